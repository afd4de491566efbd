"""What stands in a comment in the place of words that nobody could read, in the reader's language.

In: a comment's text, as it was recorded. Out: the same text; lines that the readers of mail wrote
there themselves are said in the language of the mail.
*Fails:* never.
"""

from __future__ import annotations

import re

from maildesk.core.phrase import phrase
from maildesk.mail.clean import CUT
from maildesk.mail.sealed import ENCRYPTED, ENCRYPTED_HERE, WRAPPED
from maildesk.outbox.speech import plain

_LINES = {
    ENCRYPTED: phrase("read.encrypted"),
    ENCRYPTED_HERE: phrase("read.encrypted-here"),
    WRAPPED: phrase("read.wrapped"),
    CUT: phrase("read.cut"),
}
_NOT_WHOLE = re.compile(r"This message could not be read whole \([^\n]*+")


def in_words(text: str, language: str) -> str:
    """The text for a reader of that language."""
    return "\n".join(_line(line, language) for line in text.split("\n"))


def _line(line: str, language: str) -> str:
    if line.endswith("); the original is attached.") and _NOT_WHOLE.match(line):
        return plain(phrase("read.not-whole"), language)
    known = _LINES.get(line)
    return plain(known, language) if known else line
