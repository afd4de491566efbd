"""What somebody did in a mail program without a word: a reaction, a recall, an invitation answered.

In: header block, parts, the text with all that it quotes, the sender. Out: `Gesture`: which one,
and the mark that said so; None for a mail that says something.
*Fails:* never.

    reaction     Gmail's part `text/vnd.google.email-reaction+json`, or its line where a gateway has
                 dropped the part; Outlook's line "[like] Ada reacted to your message:"
    recall       the fields that Exchange Online writes, the class of Outlook's packages, or its one
                 sentence below its subject; and the report of what became of one
    invitation   text/calendar with METHOD:REPLY (RFC 5546 §3.2.3), nothing said beside it

`X-MS-Reactions` stands on ordinary mail: it says whether Outlook may offer reactions to it.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from maildesk.core.message import Machine, Mailbox
from maildesk.mail import calendar
from maildesk.mail.headers import HeaderBlock
from maildesk.mail.tree import Part, is_package

_REACTION_PART = "text/vnd.google.email-reaction+json"
_GMAIL_LINE = "utm_campaign=emojireactionemail"
_REACTED = " reacted to your "
_LOOK = 4_000  # characters of a text
_FEW_LINES = 5  # below which Gmail's line says all that is said
_OUTLOOK_LINE = re.compile(
    r"(?:\[[^\[\]]{1,40}\] ?)?.{1,120} reacted to your (?:message|e?-?mail):?"
)
_OUTLOOK_TAG = re.compile(r"\[[^\[\]]{1,40}\] ?(.{1,160}):")
_RULE = re.compile(r"[_\-–—]{5,}")
_RECALL_FIELD = "x-ms-exchange-recallreportgenerated"
_DIAGNOSTIC = "x-ms-traffictypediagnostic"
_RECALL_KINDS = ("messagerecallemail", "legacyoutlookrecall")
_RECALL_SUBJECT = re.compile(r"(?:recall|rückruf)\s?: ?", re.IGNORECASE)
_RECALL_SENTENCE = re.compile(
    r'[^"\u201c\u201e]{1,120} (?:would like to recall the message|möchte die Nachricht),?'
    r' ["\u201c\u201e](.{0,1000})["\u201c\u201d](?: zurückrufen)?\.?',
    re.DOTALL,
)
_RECALL_REPORT = re.compile(r"message recall (?:report|success|failure)\b", re.IGNORECASE)
_RECALL_CLASSES = (b"IPM.Outlook.Recall", b"IPM.Recall.Report")
_ANSWER_CLASSES = (b"IPM.Schedule.Meeting.Resp", b"IPM.Microsoft Schedule.MtgResp")
_HEAD_OF_PACKAGE = 400  # bytes in which the class of its message stands


@dataclass(frozen=True, slots=True, kw_only=True)
class Gesture:
    """One of `Machine.REACTION`, `RECALL` or `INVITATION`, and what said so."""

    kind: Machine
    mark: str


def read_gesture(
    block: HeaderBlock, parts: list[Part], text: str, sender: Mailbox | None
) -> Gesture | None:
    """What the message does, where it says nothing."""
    for kind, mark in (
        (Machine.REACTION, _reaction(parts, text, sender)),
        (Machine.RECALL, _recall(block, parts, text)),
        (Machine.INVITATION, _invitation(parts, text)),
    ):
        if mark:
            return Gesture(kind=kind, mark=mark)
    return None


def _reaction(parts: list[Part], text: str, sender: Mailbox | None) -> str:
    if any(p.type == _REACTION_PART and p.disposition != "attachment" for p in parts):
        return _REACTION_PART
    head = text[:_LOOK]
    if _GMAIL_LINE not in head and _REACTED not in head and not head.lstrip().startswith("["):
        return ""
    lines = _first_lines(head)
    if any(_GMAIL_LINE in line for line in lines) and not _says_more(lines):
        return "Gmail's line"
    return "Outlook's line" if _is_outlooks(lines, sender) else ""


def _first_lines(text: str) -> list[str]:
    """The first lines that are not empty."""
    found = (line.strip() for line in text.split("\n"))
    return [line for line in found if line][:_FEW_LINES]


def _says_more(lines: list[str]) -> bool:
    """Whether more than an emoji and the name of its sender stands above Gmail's link."""
    at = next(at for at, line in enumerate(lines) if _GMAIL_LINE in line)
    return at > 2 or len("".join(lines[:at])) > 120


def _is_outlooks(lines: list[str], sender: Mailbox | None) -> bool:
    """Outlook's line above a rule or above nothing; in other languages by tag and name."""
    if not lines:
        return False
    is_all = len(lines) == 1 or _RULE.fullmatch(lines[1]) is not None
    if is_all and _OUTLOOK_LINE.fullmatch(lines[0]):
        return True
    tagged = _OUTLOOK_TAG.fullmatch(lines[0])
    name = sender.name.casefold() if sender else ""
    is_named = tagged is not None and bool(name) and name in tagged[1].casefold()
    return is_named and len(lines) > 1 and _RULE.fullmatch(lines[1]) is not None


def _recall(block: HeaderBlock, parts: list[Part], text: str) -> str:
    if _is_by_exchange(block):
        return _RECALL_FIELD.title()
    if _is_of_class(parts, _RECALL_CLASSES):
        return "winmail.dat"
    subject = block.text("subject")[:200]
    if _is_outlooks_recall(subject, text):
        return "Outlook's sentence"
    if not _RECALL_REPORT.match(subject):
        return ""
    is_outlooks = block.text("from").lower().lstrip('" ').startswith("microsoft outlook")
    return "Subject" if is_outlooks else ""


def _is_outlooks_recall(subject: str, text: str) -> bool:
    """Whether one sentence is all that is said, and quotes what stands behind its title."""
    title = _RECALL_SUBJECT.match(subject)
    said = _RECALL_SENTENCE.fullmatch(text[:1_300].strip()) if title else None
    if title is None or said is None:
        return False
    meant, quoted = subject[title.end() :].split(), said[1].split()
    return meant[:20] == quoted[: len(meant[:20])]


def _is_by_exchange(block: HeaderBlock) -> bool:
    """Whether Exchange Online says so in one of its fields."""
    if block.first(_RECALL_FIELD) is not None:
        return block.text(_RECALL_FIELD).strip().lower() == "true"
    if block.first(_DIAGNOSTIC) is None:
        return False
    diagnostic = block.text(_DIAGNOSTIC).lower()
    return any(kind in diagnostic for kind in _RECALL_KINDS)


def _is_of_class(parts: list[Part], classes: tuple[bytes, ...]) -> bool:
    """Whether an Outlook package says that its message is of one of these classes."""
    heads = (p.bytes()[:_HEAD_OF_PACKAGE] for p in parts if is_package(p))
    return any(name in head for head in heads for name in classes)


def _invitation(parts: list[Part], text: str) -> str:
    found = (p for p in parts if p.type == "text/calendar" and p.disposition != "attachment")
    part = next(found, None)
    if part is None:
        is_answer = not text.strip() and _is_of_class(parts, _ANSWER_CLASSES)
        return "winmail.dat" if is_answer else ""
    answer = calendar.read_answer(part.bytes(), part.param("charset"), part.param("method"))
    if answer is None or answer.comment:
        return ""
    # Outlook sends what its user writes as the text; others write the text themselves.
    return "" if answer.is_by_outlook and text.strip() else "text/calendar; method=REPLY"
