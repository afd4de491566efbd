"""What asking by mail costs on a large desk.

In: a folder, how many tickets and comments. Out: milliseconds from a command mail's arrival to its
transcript in the outbox, and of each search, on a store that was filled for it.

The words of the comments are as common as words are (Zipf): the commonest stands in nearly every
comment, most in one of a thousand. Behind them stands a sentence as Japanese is written, of words
as common. A search for each kind, and for two that never meet, by mail and on the command line.
*Fails:* AssertionError when a mail is not answered.
"""

from __future__ import annotations

import itertools
import random
import re
import statistics
import time
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

from maildesk.mail.worker import ParserPool
from maildesk.store.database import stamp
from maildesk.store.indexed import entry
from maildesk.store.search import hits, search
from maildesk.store.writer import Tx
from tests.walks.walk import ALICE, NOON, Walk, begin, mail

_ENDS = ("の", "を", "に", "は", "が", "です", "ます", "から", "まで", "した")
_AGENTS = ("alice", "boris")
_OPEN = 5  # of a hundred tickets
_CHUNK = 10_000
_EARLY = NOON - timedelta(days=4_000)
_COMMANDS = {
    "take": ("[HELP-{}] x", "#take"),
    "status": ("[HELP-{}] x", "#status In progress\n#urgency high\n\nI am at it."),
    "queue": ("x {}", "#queue"),
    "mine": ("x {}", "#mine"),
    "show": ("x {}", "#show HELP-7"),
    "search": ("x {}", "#search word3 word40"),
    "help": ("x {}", "#help"),
}
_SEARCHES = {
    "common": "word1",
    "two_common": "word1 word2",
    "rare": "word9000",
    "common_and_rare": "word1 word9000",
    "never_together": "onlyeven onlyodd",
    "nothing": "nosuchword",
    "another_desks": "word1",
    # In sentences without spaces: a word, one that is longer, a character, what is nowhere.
    "sentence_common": "{0}",
    "sentence_two_common": "{0} {1}",
    "sentence_rare": "{9000}",
    "sentence_longer": "{0}{7}",
    "sentence_character": "の",
    "sentence_nothing": "{0}{1}{2}{3}{4}",
}
# On the command line the newest of a list.
_LISTED = 20


def asking(folder: Path, tickets: int, comments: int, times: int) -> dict[str, object]:
    """Medians, in milliseconds, of `times` mails and searches of each kind."""
    parser = ParserPool()
    walk = begin(folder, parser)
    try:
        began = time.monotonic()
        fill(walk, tickets, comments)
        filled = time.monotonic() - began
        mails = {name: _answered(walk, name, times) for name in _COMMANDS}
        found = {name: _searched(walk, name, times) for name in _SEARCHES}
        listed = {name: _listed(walk, name, times) for name in _SEARCHES}
        return {
            "tickets": tickets,
            "comments": comments,
            "filled_s": filled,
            "slowest_command_ms": max(mails.values()),
            "slowest_search_ms": max(found.values()),
            "slowest_listed_search_ms": max(listed.values()),
            "command_ms": mails,
            "search_ms": found,
            "listed_search_ms": listed,
            "index_mib": _index_mib(walk),
        }
    finally:
        walk.close()
        parser.close()


def fill(walk: Walk, tickets: int, comments: int) -> None:
    """A desk that has been at work for years: most tickets done, some open."""
    for first in range(1, tickets + 1, _CHUNK):
        last = min(first + _CHUNK, tickets + 1)
        walk.desk.store.write(lambda tx, a=first, b=last: _add_tickets(tx, a, b))
    draw = random.Random(7)
    for first in range(1, comments + 1, _CHUNK):
        last = min(first + _CHUNK, comments + 1)
        walk.desk.store.write(lambda tx, a=first, b=last: _add_comments(tx, a, b, tickets, draw))
    walk.desk.store.write(lambda tx: tx.execute("INSERT INTO desks VALUES ('HELP', ?)", (tickets,)))


def _add_tickets(tx: Tx, first: int, last: int) -> None:
    rows = [_ticket(number) for number in range(first, last)]
    tx.executemany(
        """INSERT INTO tickets (id, key, desk, number, subject, status, priority, language,
               requester_email, requester_name, owner, is_open, created_at, updated_at)
           VALUES (?, ?, 'HELP', ?, ?, ?, ?, 'en', ?, '', ?, ?, ?, ?)""",
        rows,
    )
    tx.executemany(
        "INSERT INTO participants (ticket_id, email, name, role) VALUES (?, ?, '', 'requester')",
        [(row[0], row[6]) for row in rows],
    )


def _ticket(number: int) -> tuple[object, ...]:
    is_open = number % 100 < _OPEN
    at = stamp(NOON - timedelta(minutes=1_000_000 - number))
    return (
        number,
        f"HELP-{number}",
        number,
        f"Matter {number}",
        "Open" if is_open else "Done",
        f"P{number % 4 + 1}",
        f"c{number % 5_000}@customer{number % 300}.example",
        _AGENTS[number % 2],
        is_open,
        at,
        at,
    )


def _add_comments(tx: Tx, first: int, last: int, tickets: int, draw: random.Random) -> None:
    texts = [(number, _text(number, draw)) for number in range(first, last)]
    tx.executemany(
        """INSERT INTO comments (id, ticket_id, origin, author_email, author_name, visibility, at,
               text, full_text) VALUES (?1, ?2, ?2, 'c@customer.example', '', 'public', ?3, ?4, '')
        """,
        [
            (number, number % tickets + 1, stamp(_EARLY + timedelta(minutes=number)), text)
            for number, text in texts
        ],
    )
    entries = [(number, entry("x", text)) for number, text in texts]
    tx.executemany(
        "INSERT INTO comment_search (rowid, subject, text, letters) VALUES (?, ?, ?, ?)",
        [(number, e.subject, e.text, e.letters) for number, e in entries],
    )


def _text(number: int, draw: random.Random) -> str:
    """Thirty words: the one of rank n stands in about one text of n/10; and ten in a sentence."""
    ranks = (int(10_000 ** draw.random()) for _ in range(30))
    odd = "onlyodd" if number % 2 else "onlyeven"
    words = " ".join(f"word{rank}" for rank in ranks)
    inside = (int(10_000 ** draw.random()) - 1 for _ in range(10))
    return f"{odd} {words} " + "".join(_sentence_word(n) + draw.choice(_ENDS) for n in inside)


def _sentence_word(number: int) -> str:
    """Two characters out of two thousand, another pair for each number."""
    return chr(0x4E00 + number * 7 % 2000) + chr(0x4E00 + (number * 13 + number // 2000) % 2000)


def _words_of(name: str) -> str:
    """What is searched for; numbers in braces are words of sentences."""
    return re.sub(r"\{(\d+)\}", lambda n: _sentence_word(int(n[1])), _SEARCHES[name])


def _index_mib(walk: Walk) -> float:
    with walk.desk.store.read() as conn:
        [size] = conn.execute("SELECT sum(length(block)) FROM comment_search_data").fetchone()
    return round(size / 2**20, 1)


def _answered(walk: Walk, name: str, times: int) -> float:
    """From the arrival to the row in the outbox: read, parsed, decided, recorded."""
    subject, text = _COMMANDS[name]
    spent = []
    for number in itertools.islice(_open_tickets(), times):
        raw = mail(ALICE, subject.format(number), text)
        began = time.monotonic()
        inbox_id, _ = walk.store(raw, auth="alice")
        walk.processor.work_off()
        spent.append((time.monotonic() - began) * 1000)
        _assert_answered(walk, inbox_id)
    return statistics.median(spent)


def _assert_answered(walk: Walk, inbox_id: int) -> None:
    cause = f"inbox:{inbox_id}:command.done"
    with walk.desk.store.read() as conn:
        [count] = conn.execute("SELECT count(*) FROM outbox WHERE cause = ?", (cause,)).fetchone()
    assert count == 1, walk.row(inbox_id)


def _open_tickets() -> Iterator[int]:
    return (100 * n + _OPEN - 1 for n in itertools.count(1))


def _searched(walk: Walk, name: str, times: int) -> float:
    desks = ("SALES",) if name == "another_desks" else ("HELP", "SALES")
    spent = []
    for _ in range(times):
        began = time.monotonic()
        with walk.desk.store.read() as conn:
            search(conn, _words_of(name), desks, 20)
        spent.append((time.monotonic() - began) * 1000)
    return statistics.median(spent)


def _listed(walk: Walk, name: str, times: int) -> float:
    """`maildesk search --limit 20`, without the start of the program."""
    spent = []
    for _ in range(times):
        began = time.monotonic()
        with walk.desk.store.read() as conn:
            hits(conn, _words_of(name), _LISTED)
        spent.append((time.monotonic() - began) * 1000)
    return statistics.median(spent)
