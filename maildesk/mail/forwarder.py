"""Whether more than one mail stands below header lines, or the forwarder's words do.

In: the text below the header lines, the forwarder, the writer of the original. Out: True when the
last lines of it bear the forwarder's name or address, as a signature does. Below an inline forward
without quote marks nothing tells the forwarder's words from the original's, so they are nobody's to
publish (docs/decisions/0015-forwarded-mail). Nor are a command that begins a later paragraph, or a
second forwarded mail: one that the original's writer got was forwarded by him, another may be
anybody's.
*Fails:* never.
"""

from __future__ import annotations

import re
import unicodedata

from maildesk.core.message import Mailbox
from maildesk.core.orders.forms import FORMS
from maildesk.mail.addendum import paragraphs
from maildesk.mail.forward_block import find
from maildesk.mail.forward_words import Label
from maildesk.mail.reply import outside_quotes

_LAST = 16  # lines with words, as many as a signature has
_LONGEST = 80
_SHORTEST_NAME = 3
_ORDER = re.compile(r"\s{0,4}#([a-z]{2,20})(?![^\s:])")
_DIRT = " \t-–—~*_.|/<>()[]\"'"


def signs_below(text: str, forwarder: Mailbox | None, writer: Mailbox | None) -> bool:
    """Whether one of the last lines is the forwarder's name or address.

    What the original quotes is older than both; and the first line, or one with a comma behind the
    name, greets the forwarder.
    """
    if forwarder is None:
        return False
    names = _names(forwarder) - (_names(writer) if writer else set())
    own = [line for line in outside_quotes(text) if line.strip()]
    return any(_is_by(line, forwarder.email, names) for line in own[1:][-_LAST:])


def holds_more(text: str, writer: Mailbox | None) -> bool:
    """Whether a command stands there, or another mail that `writer` never got.

    Without a writer the words are the forwarder's from the first line on.
    """
    own = outside_quotes(text)
    begun = (part[0] for part in paragraphs(own)[0 if writer is None else 1 :])
    if any((found := _ORDER.match(line)) and found[1] in FORMS for line in begun):
        return True
    another = find("\n".join(own), is_forward=False)
    if another is None:
        return False
    readers = " ".join(another.headers.get(kind, "") for kind in (Label.TO, Label.CC)).casefold()
    return writer is None or writer.email not in readers


def _names(person: Mailbox) -> set[str]:
    """The whole name and the first one, as people put them below a mail."""
    name = _plain(person.name)
    first = name.partition(" ")[0]
    return {n for n in (name, first) if len(n) >= _SHORTEST_NAME and "@" not in n}


def _is_by(line: str, email: str, names: set[str]) -> bool:
    if len(line) > _LONGEST or line.rstrip().endswith((",", ":", "!", "?")):
        return False
    plain = _plain(line)
    return plain in names or (email in plain and len(plain.split()) <= 3)


def _plain(text: str) -> str:
    folded = unicodedata.normalize("NFKC", text[: 4 * _LONGEST]).casefold()
    return " ".join(folded.strip(_DIRT).split())
