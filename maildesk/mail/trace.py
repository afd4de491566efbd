"""Our trace in front of a message that came in: Return-Path and Received (RFC 5321 §4.4).

In: the envelope, the sender's bytes, our host's name, a mark that finds the row again. Out: the
same bytes with our two fields before them, in the message's own line ends. What a peer said of
itself (HELO, addresses) is told, but cannot make a field, a comment or a line of its own.
*Fails:* never.
"""

from __future__ import annotations

import re
from email.utils import format_datetime

from maildesk.core.envelope import Envelope

# `From ` and no colon right behind it: the first line of an mbox entry, never a header field
# (RFC 822 allowed `From :`).
_MBOX_LINE = re.compile(rb"From [ \t]*[^:\s][^\n]*\n")
_UNSAFE = re.compile(r"[^\x21\x23-\x27\x2a-\x3a\x3d\x3f-\x5b\x5d-\x7e]+")
_LONGEST = 320


def prepend(envelope: Envelope, raw: bytes, host: str, mark: str) -> bytes:
    """`raw` with Return-Path (where a sender is known) and Received in front."""
    fields = [_received(envelope, host, mark)]
    if envelope.mail_from is not None:
        fields.insert(0, f"Return-Path: <{_safe(envelope.mail_from)}>")
    raw = without_mbox_line(raw)
    end = _line_end(raw)
    trace = "\n".join(fields).encode("ascii", "replace") + b"\n"
    return trace.replace(b"\n", end) + raw


def without_mbox_line(raw: bytes) -> bytes:
    """`raw` without the `From ` line that mbox files and some pipes put first."""
    line = _MBOX_LINE.match(raw)
    return raw[line.end() :] if line else raw


def _received(envelope: Envelope, host: str, mark: str) -> str:
    by = f"by {_safe(host) or 'localhost'} (maildesk) with {_protocol(envelope)} id {_safe(mark)}"
    if envelope.source in ("smtp", "lmtp"):
        by = f"from {_safe(envelope.helo) or 'unknown'} ({_peer(envelope.peer)})\n\t{by}"
    if len(envelope.rcpt_to) == 1:
        # With more than one the list would tell each reader of the others (RFC 5321 §7.2).
        by = f"{by}\n\tfor <{_safe(envelope.rcpt_to[0])}>"
    return f"Received: {by};\n\t{format_datetime(envelope.received_at)}"


def _protocol(envelope: Envelope) -> str:
    """The name that RFC 3848 gives the transfer: with S after TLS, with A after AUTH."""
    if envelope.source not in ("smtp", "lmtp"):
        return _safe(envelope.source.partition(":")[0])
    name = "LMTP" if envelope.source == "lmtp" else "ESMTP"
    letters = "S" * envelope.is_encrypted + "A" * (envelope.authenticated_as is not None)
    return f"{name}{letters}"


def _peer(address: str) -> str:
    if not address:
        return "local"
    return f"[IPv6:{_safe(address)}]" if ":" in address else f"[{_safe(address)}]"


def _safe(text: str) -> str:
    """`text` without blanks, controls, brackets, quotes or anything beyond ASCII."""
    return _UNSAFE.sub("?", text)[:_LONGEST]


def _line_end(raw: bytes) -> bytes:
    """The line end of the message's first line; CRLF where it has none."""
    at = raw.find(b"\n")
    return b"\n" if at == 0 or (at > 0 and raw[at - 1 : at] != b"\r") else b"\r\n"
