"""What a person missed while mail to them was withheld is sent when they write again.

In: the comments that were withheld, the occasion of the mail that shows that they are there. Out:
a mail for each, as it would have gone out; the ticket's log counts them.
*Fails:* NotFound for a comment that is gone; sqlite3.Error as the database gives it.
"""

from __future__ import annotations

from dataclasses import replace

from maildesk.core.model import Event, Fact, Mailbox, Notice, Participant
from maildesk.core.notices import language_for
from maildesk.outbox import compose
from maildesk.outbox.occasion import Occasion
from maildesk.store.gather import load_ticket
from maildesk.store.letters import StoredComment, read_comment
from maildesk.store.record import add_facts
from maildesk.store.writer import Tx


def send_missed(
    tx: Tx, ticket_id: int, email: str, comments: tuple[int, ...], occasion: Occasion
) -> None:
    """Queue what was withheld from the person at this address, who is reachable again."""
    ticket = load_ticket(tx, ticket_id)
    reader = next((p for p in ticket.participants if p.email == email), None)
    if reader is None or not comments:
        return
    desk = next((d for d in occasion.policy.desks if d.key == ticket.desk), occasion.desk)
    for comment_id in comments:
        words = read_comment(tx, comment_id)
        about = replace(
            occasion.about(ticket, desk, comment_id), cause=f"{occasion.cause}:missed:{comment_id}"
        )
        language = language_for(occasion.policy, desk, ticket, email)
        compose.queue(tx, (_notice(reader, words, language),), about)
    detail = (("comments", str(len(comments))),)
    fact = Fact(kind="withheld mail sent", actor=email, detail=detail)
    add_facts(tx, ticket_id, (fact,), occasion.now, {"inbox_id": occasion.inbox_id})


def _notice(reader: Participant, words: StoredComment, language: str) -> Notice:
    name, address = words.author.name, words.author.email
    return Notice(
        event=Event.COMMENT_PUBLIC,
        to=Mailbox(email=reader.email, name=reader.name),
        role=reader.role,
        reason=reader.role,
        language=language,
        words_of=name if name and "@" not in name else address,
    )
