"""Read receipts that are mere text, as Outlook sends them where no report may be sent.

In: a subject, the whole text. Out: whether it is one: a word for "read" or "not read" before the
subject, and in a short text the lines that name the mail: to, subject, sent.
*Fails:* never; the cost is linear.
"""

from __future__ import annotations

import re

from maildesk.core.away_words import folded

_LONGEST = 1_200  # characters
_FEWEST = 3  # lines of a header
_WORDS = """
read | not read | gelesen | nicht gelesen | ungelesen gelöscht | lu | lue | non lu | leído
no leído | letto | non letto | lido | lida | não lida | não lido | gelezen | niet gelezen
przeczytano | nie przeczytano | przeczytane | läst | oläst | ej läst | lest | ikke lest | læst
ikke læst | luettu | přečteno | 開封済み | 未開封 | 읽음 | 읽지 않음 | 已读
未读 | 已讀 | прочитано
"""
_READ = "|".join(re.escape(folded(w).strip()) for w in re.split(r"[|\n]", _WORDS) if w.strip())
_SUBJECT = re.compile(rf"(?:{_READ})\s{{0,2}}[:：]")
_LINE = re.compile(r"[^\W\d][\w .-]{0,20}\s{0,2}[:：]\s{0,3}\S")


def is_receipt(subject: str, text: str) -> bool:
    """Whether a mail of this subject and text says that a mail was read, or deleted unread."""
    if len(text) > _LONGEST or not _SUBJECT.match(folded(subject[:200]).strip()):
        return False
    lines = [folded(line).strip(" \t>") for line in text.split("\n")]
    return sum(_LINE.match(line) is not None for line in lines) >= _FEWEST
