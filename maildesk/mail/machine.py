"""Whether a person or a machine wrote a message, and whether a machine may answer it.

In: header block, parts, decoded subject, strict sender, envelope sender. Out: `Verdict`: the kind,
the mark that said so, and whether an automatic answer may go out.
*Fails:* never.

The rule is RFC 3834 §2 and what 8,500 real messages showed: the null sender, Auto-Submitted and
reports are sure signs. Lists, bulk and X-Auto-Response-Suppress also stand on words of
people, so such mail is read like any other and only never answered by a machine.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from maildesk.core.model import Machine, Mailbox
from maildesk.mail.headers import HeaderBlock
from maildesk.mail.tree import Part

_DAEMONS = ("mailer-daemon", "mail-daemon", "postmaster", "mailerdaemon", "mail.delivery.system")
_NO_REPLY = re.compile(
    r"(?:do[-_.]?not[-_.]?reply|no[-_.]?reply|non[-_.]?rispondere|ne[-_.]?pas[-_.]?repondre"
    r"|nicht[-_.]?antworten|no[-_.]?responder|bounces?|notifications?)(?:[-_+.].*)?"
)
_REPORT_PARTS = (
    "message/delivery-status",
    "message/global-delivery-status",
    "message/disposition-notification",
    "message/feedback-report",
)
_AUTO_REPLY_FIELDS = ("x-autoreply", "x-autorespond", "x-autoreply-from", "x-autoresponse")
_PREFIX = re.compile(
    r"(?:(?:re|aw|sv|fwd?|antw|odp|rif|r)\s*:\s*|\[[^\]]{0,60}\]\s*)", re.IGNORECASE
)
_AWAY = tuple(
    words.casefold()
    for words in (
        "out of office",
        "out of the office",
        "automatic reply",
        "auto reply",
        "auto-reply",
        "autoreply",
        "auto:",
        "vacation reply",
        "abwesenheitsnotiz",
        "abwesend",
        "automatische antwort",
        "réponse automatique",
        "absence du bureau",
        "respuesta automática",
        "fuera de la oficina",
        "risposta automatica",
        "fuori sede",
        "fuori ufficio",
        "resposta automática",
        "automatisch antwoord",
        "afwezig",
        "autosvar",
        "automatiskt svar",
        "automatisk svar",
        "frånvaro",
        "poissa",
        "automaattinen vastaus",
        "automatyczna odpowiedź",
        "odpowiedź automatyczna",
        "автоответ",
        "автоматический ответ",
        "自動返信",
        "自動応答",
        "自动回复",
        "自動回覆",
        "자동 회신",
        "부재중",
    )
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """What was found; `mark` names the field that said so, "" for a person."""

    kind: Machine
    mark: str
    may_be_answered: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Signs:
    """What the judgement looks at; `envelope_sender` is None where there was no envelope."""

    block: HeaderBlock
    parts: list[Part]
    subject: str
    sender: Mailbox | None
    from_address: str
    envelope_sender: str | None
    is_reply: bool


def judge(signs: Signs) -> Verdict:
    """The first rule that fits, surest signs first."""
    # X-Maildesk-Event is a hint only: anybody can write it; the signed Message-ID is the proof.
    for kind, mark in (
        (Machine.BOUNCE, _report(signs)),
        (Machine.REPLY, _automatic_reply(signs)),
        (Machine.BOUNCE, _daemon(signs)),
        (Machine.OWN, _field(signs, "x-maildesk-event")),
        (Machine.GENERATED, _generated(signs)),
        (Machine.LIST, _list(signs)),
        (Machine.GENERATED, _no_reply(signs)),
    ):
        if mark:
            return Verdict(kind=kind, mark=mark, may_be_answered=False)
    mark = _suppressed(signs)
    return Verdict(kind=Machine.PERSON, mark=mark, may_be_answered=not mark)


def _field(signs: Signs, name: str) -> str:
    value = signs.block.first(name)
    return "" if value is None else f"{name.title()}: {signs.block.text(name)[:80]}"


def _keyword(signs: Signs, name: str) -> str:
    """The first word of a field in lower case, without parameters and comments."""
    return re.split(r"[\s;(,]", signs.block.text(name).lower(), maxsplit=1)[0]


def _report(signs: Signs) -> str:
    """DSN, MDN, ARF and other reports (RFC 6522, 3464, 8098, 5965)."""
    if signs.parts[0].type == "multipart/report":
        return f"multipart/report {signs.parts[0].param('report-type')}".strip()
    # A report that was forwarded whole lies in an enclosed message, which the walk never enters.
    for part in signs.parts:
        if part.type in _REPORT_PARTS:
            return part.type
    return _field(signs, "x-failed-recipients")


def _automatic_reply(signs: Signs) -> str:
    if _keyword(signs, "auto-submitted") == "auto-replied":
        return "Auto-Submitted: auto-replied"
    if _keyword(signs, "precedence") in ("auto_reply", "auto-reply"):
        return "Precedence: auto_reply"
    for name in _AUTO_REPLY_FIELDS:
        if _keyword(signs, name) not in ("", "no"):
            return _field(signs, name)
    if signs.block.first("x-ms-exchange-inbox-rules-loop") is not None:
        return "X-MS-Exchange-Inbox-Rules-Loop"
    # Words alone are weak: a question about holidays may start like that. In a reply they count.
    if signs.is_reply and is_away_subject(signs.subject):
        return f"Subject: {signs.subject[:80]}"
    return ""


def is_away_subject(subject: str) -> bool:
    """Whether a subject starts, after reply prefixes and tags, like an out-of-office notice."""
    text = subject.casefold()
    for _ in range(10):
        found = _PREFIX.match(text)
        if not found:
            break
        text = text[found.end() :]
    return text.lstrip().startswith(_AWAY)


def _daemon(signs: Signs) -> str:
    if signs.envelope_sender == "":
        return "null sender"
    local = signs.from_address.partition("@")[0]
    if local in _DAEMONS:
        return f"From: {signs.from_address[:80]}"
    # `From: MAILER-DAEMON (Mail Delivery System)` has no address at all.
    name = signs.block.text("from").casefold()
    if not signs.from_address and name.startswith(_DAEMONS):
        return f"From: {name[:80]}"
    return ""


def _generated(signs: Signs) -> str:
    value = _keyword(signs, "auto-submitted")
    return f"Auto-Submitted: {value[:40]}" if value not in ("", "no") else ""


def _list(signs: Signs) -> str:
    if _keyword(signs, "precedence") in ("bulk", "list", "junk"):
        return f"Precedence: {_keyword(signs, 'precedence')}"
    for name in ("list-id", "list-unsubscribe", "list-post", "feedback-id", "x-mailing-list"):
        if signs.block.first(name) is not None:
            return name.title()
    return ""


def _no_reply(signs: Signs) -> str:
    local = signs.from_address.partition("@")[0]
    return f"From: {signs.from_address[:80]}" if _NO_REPLY.fullmatch(local) else ""


def _suppressed(signs: Signs) -> str:
    """Marks on a person's mail that forbid automatic answers to it."""
    if _keyword(signs, "x-auto-response-suppress") not in ("", "none"):
        return _field(signs, "x-auto-response-suppress")
    return "X-Loop" if signs.block.first("x-loop") is not None else ""
