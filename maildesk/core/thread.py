"""Which ticket a message may be about: every hint in it, strongest kind first.

In: a parsed message, its envelope, the policy. Out: references to look up (`Refs`), and the subject
as a ticket keeps it. Nothing here is proof: `decide` weighs who wrote against what they held.
*Fails:* never.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass

from maildesk.core import signature
from maildesk.core.model import Envelope, InboundMessage, Policy
from maildesk.core.recipients import find_desk
from maildesk.core.signature import SignedId

# ASCII only, on text that is NFKC and free of format characters: `[HELP-١]` is no key.
# Phones and word processors make other dashes of the hyphen.
_KEY = re.compile(
    r"\[\s{0,4}([A-Za-z][A-Za-z0-9]{0,15})\s{0,2}[-\u2010-\u2015\u2212]\s{0,2}([0-9]{1,9})\s{0,4}\]"
)
_MAX_KEYS = 10
_TAG = re.compile(r"([A-Za-z][A-Za-z0-9]{0,15})-([0-9]{1,9})")

# What clients put before the subject of a reply or a forward; `Re[2]:` and `RE (3):` count, too.
_PREFIX = re.compile(
    r"\s*(?:re|r|aw|antw|antwort|sv|vs|odp|ynt|res|rif|ref|bls|vá|fwd?|wg|tr|rv|enc|doorst|i|pd"
    r"|vb|vl|tov|hal|ha|reenv|回复|回覆|答复|答覆|转发|轉寄|轉發|返信|転送|답장|회신|전달|отв|пересл"
    r"|ilt|videresend|redir\.?|továbbítás|прп|απ|πρθ|השב|הועבר|رد|تحويل)"
    r"\s{0,2}(?:[\[(]\d{1,3}[\])])?\s{0,2}[:：]\s*",
    re.IGNORECASE,
)
_MAX_SUBJECT = 200
NO_SUBJECT = "(no subject)"


@dataclass(frozen=True, slots=True, kw_only=True)
class Refs:
    """What a message points at, each kind in its order of weight."""

    signed: tuple[tuple[str, SignedId], ...] = ()
    plus_keys: tuple[str, ...] = ()
    subject_keys: tuple[str, ...] = ()
    message_ids: tuple[str, ...] = ()
    quoted_keys: tuple[str, ...] = ()


def refs(message: InboundMessage, envelope: Envelope, policy: Policy) -> Refs:
    """Every hint of the message, read from the newest reference to the oldest."""
    ids = tuple(dict.fromkeys((*message.in_reply_to, *reversed(message.references))))
    forms = ((i, signature.read(i)) for i in ids)
    signed = tuple((i, form) for i, form in forms if form)
    return Refs(
        signed=signed,
        plus_keys=_plus_keys(message, envelope, policy),
        subject_keys=subject_keys(message.subject),
        message_ids=tuple(i for i in ids if not signature.has_our_form(i)),
        quoted_keys=(message.quoted_key,) if message.quoted_key else (),
    )


def subject_keys(subject: str) -> tuple[str, ...]:
    """What has the form of a key in a subject, as written by people and gateways, normalised.

    Which of them are ours the store knows: a desk that was renamed still has its old tickets.
    """
    found = (_normal(*match.groups()) for match in _KEY.finditer(_plain(subject)))
    return tuple(dict.fromkeys(found))[:_MAX_KEYS]


def key_of(words: str) -> str:
    """The one key that the words are, with or without brackets, normalised; "" for none."""
    bare = " ".join(_plain(words).split()).strip("[]").replace(" ", "")
    found = _KEY.fullmatch(f"[{bare}]")
    return _normal(*found.groups()) if found else ""


def is_answer(message: InboundMessage) -> bool:
    """Whether a mail says that it answers one, if only by its subject."""
    is_threaded = bool(message.in_reply_to or message.references)
    return is_threaded or _PREFIX.match(_plain(message.subject)) is not None


def keys_in(text: str, policy: Policy) -> tuple[str, ...]:
    """The keys of our desks that stand in a text, without brackets, as our own mails show them."""
    known = {desk.key.upper() for desk in policy.desks}
    found = (_normal(*m.groups()) for m in _TAG.finditer(text) if m[1].upper() in known)
    return tuple(dict.fromkeys(found))[:_MAX_KEYS]


def ticket_subject(subject: str, policy: Policy) -> str:
    """The subject as the ticket keeps it for life: no reply prefixes, no keys of ours."""
    known = {desk.key.upper() for desk in policy.desks}
    bare = _KEY.sub(lambda m: "" if m[1].upper() in known else m[0], _plain(subject))
    bare = " ".join(bare.split())
    while found := _PREFIX.match(bare):
        bare = bare[found.end() :]
    return bare[:_MAX_SUBJECT].rstrip() or NO_SUBJECT


def is_own(message: InboundMessage, secret: bytes) -> bool:
    """Whether we sent this very mail ourselves: its Message-ID is signed for whom it is To."""
    form = signature.read(message.message_id or "")
    return form is not None and any(
        signature.is_signed_for(form, mailbox.email, secret) for mailbox in message.to
    )


def subject_line(key: str, subject: str) -> str:
    """The subject of every mail about a ticket."""
    return f"[{key}] {subject}"


def _plus_keys(message: InboundMessage, envelope: Envelope, policy: Policy) -> tuple[str, ...]:
    addresses = (
        *envelope.rcpt_to,
        *message.delivered_to,
        *(m.email for m in (*message.to, *message.cc)),
    )
    tags = (d.tag for d in (find_desk(policy, a) for a in addresses) if d and not d.is_bounce)
    found = (_TAG.match(tag) for tag in tags)
    return tuple(dict.fromkeys(_normal(*m.groups()) for m in found if m))


def _plain(text: str) -> str:
    """Compatibility forms folded and invisible format characters (bidi, zero width) removed."""
    folded = unicodedata.normalize("NFKC", text)
    return "".join(c for c in folded if unicodedata.category(c) not in ("Cf", "Cc"))


def _normal(desk: str, number: str) -> str:
    return f"{desk.upper()}-{int(number)}"
