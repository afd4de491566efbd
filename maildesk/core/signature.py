"""Our Message-IDs: signed for one ticket, one recipient and one visibility.

In: the instance's secret, what the mail is about, who gets it, a fresh nonce. Out: a Message-ID
(RFC 5322 §3.6.4), and later the proof that the writer of a reply held exactly that mail.

    <help-12.p.k3f9x2m4q7.b5…26 characters…@example.com>
     ref     | nonce       HMAC-SHA256 over all of it and the recipient, 128 bits
             scope

*Fails:* never; a Message-ID that is not ours, or whose signature is wrong, is simply not a proof.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import re
from dataclasses import dataclass
from enum import StrEnum

# Mail systems on the way may change the case of a Message-ID, so all parts are compared in lower
# case. 128 bits of MAC and 50 bits of nonce leave nothing to guess.
_OURS = re.compile(
    r"<(?P<ref>[a-z0-9]{1,32}(?:-[0-9]{1,12})?)\.(?P<scope>[pica])\.(?P<nonce>[a-z2-7]{10,32})"
    r"\.(?P<mac>[a-z2-7]{26})@(?P<domain>[^<>@\s]{1,255})>",
    re.IGNORECASE,
)

_ROOT = re.compile(r"<[a-z0-9]{1,32}-[0-9]{1,12}\.root@[^<>@\s]{1,255}>", re.IGNORECASE)

NO_TICKET = "0"  # the ref of mails about no ticket and no message: lists, alerts


class Scope(StrEnum):
    """What a reply to the mail means: a public comment, a note, a confirmation, nothing."""

    PUBLIC = "p"
    INTERNAL = "i"
    CONFIRM = "c"
    ALERT = "a"


@dataclass(frozen=True, slots=True, kw_only=True)
class SignedId:
    """A Message-ID that has the form of ours; nothing is proved before `is_signed_for`."""

    ref: str  # a ticket's key in lower case, an inbox id, or "0"
    scope: Scope
    nonce: str
    mac: str


def mint(secret: bytes, *, ref: str, scope: Scope, nonce: str, recipient: str, domain: str) -> str:
    """A Message-ID for the mail about `ref` to `recipient`; `nonce` is 10 to 32 of [a-z2-7]."""
    mac = _mac(secret, ref, scope, nonce, recipient)
    return f"<{ref.lower()}.{scope}.{nonce}.{mac}@{domain}>"


def read(message_id: str) -> SignedId | None:
    """The parts of a Message-ID that has the form of ours, else None."""
    found = _OURS.fullmatch(message_id.strip())
    if not found:
        return None
    return SignedId(
        ref=found["ref"].lower(),
        scope=Scope(found["scope"].lower()),
        nonce=found["nonce"].lower(),
        mac=found["mac"].lower(),
    )


def is_signed_for(signed: SignedId, recipient: str, secret: bytes) -> bool:
    """Whether we made this Message-ID for a mail to `recipient`."""
    wanted = _mac(secret, signed.ref, signed.scope, signed.nonce, recipient)
    return hmac.compare_digest(wanted, signed.mac)


def thread_root(key: str, domain: str) -> str:
    """The id that stands in References of every mail of a ticket and is never a Message-ID.

    Gmail and Thunderbird keep a conversation together by it even when the first mail is missing.
    """
    return f"<{key.lower()}.root@{domain}>"


def has_our_form(message_id: str) -> bool:
    """Whether it looks like one of our Message-IDs or thread roots, whoever made it."""
    return read(message_id) is not None or _ROOT.fullmatch(message_id) is not None


def bounce_tag(secret: bytes, row_id: int, recipient: str) -> str:
    """What stands behind the plus of a mail's own reverse path (`reverse_path = "verp"`)."""
    digest = _digest(secret, ("bounce", str(row_id), recipient.lower()))
    return f"b.{row_id}.{digest}"


def _mac(secret: bytes, ref: str, scope: Scope, nonce: str, recipient: str) -> str:
    return _digest(secret, ("message-id", ref.lower(), scope.value, nonce, recipient.lower()))


def _digest(secret: bytes, parts: tuple[str, ...]) -> str:
    text = "\n".join(parts).encode("utf-8", "replace")
    digest = hmac.new(secret, text, hashlib.sha256).digest()
    return base64.b32encode(digest[:16]).decode().rstrip("=").lower()
