"""AUTH PLAIN and LOGIN (RFC 4954, RFC 4616): an agent proves who he is.

In: the session to ask through, the agents' passwords, AUTH's argument. Out: the reply; after 235
`session.agent` is the agent's id.
*Fails:* `Ended` after too many failures; a password that cannot be read is 454, never a refusal.
"""

from __future__ import annotations

import asyncio
import base64
import binascii
import hmac
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

from maildesk import log
from maildesk.inbox.smtp_replies import Reply
from maildesk.inbox.smtp_syntax import Refused
from maildesk.inbox.smtp_wire import Ended

if TYPE_CHECKING:
    from maildesk.inbox.smtp_session import MailSession

Passwords = Mapping[str, Callable[[], str]]

# RFC 4954 §4.3.8 lets an answer have 12,288 bytes; names and passwords need far fewer.
_LONGEST_ANSWER = 4096


async def log_in(session: MailSession, passwords: Passwords, argument: bytes) -> str:
    """Carry out `AUTH mechanism [initial-response]`."""
    mechanism, _, initial = argument.partition(b" ")
    match mechanism.upper():
        case b"PLAIN":
            name, password = await _ask_plain(session, initial.strip())
        case b"LOGIN":
            name, password = await _ask_login(session, initial.strip())
        case _:
            return Reply.UNKNOWN_MECHANISM
    try:
        is_right = _is_right(passwords, name, password)
    except Exception:
        log.bug("password-unreadable", peer=session.peer)
        return Reply.NO_PASSWORDS
    if is_right:
        session.agent = name
        return Reply.AUTHENTICATED
    return await _fail(session)


async def _fail(session: MailSession) -> Reply:
    session.auth_failures += 1
    log.warning("login-failed", peer=session.peer)
    await asyncio.sleep(session.limits.auth_pause_seconds)
    if session.auth_failures >= session.limits.auth_tries:
        raise Ended(Reply.AUTH_TRIES)
    return Reply.BAD_CREDENTIALS


async def _ask_plain(session: MailSession, initial: bytes) -> tuple[str, bytes]:
    """RFC 4616: identity to act as, NUL, name, NUL, password; one acts as nobody but oneself."""
    answer = _decode(initial) if initial else await _ask(session, b"")
    parts = answer.split(b"\0")
    if len(parts) != 3:
        raise Refused(Reply.BAD_SYNTAX)
    act_as, name, password = parts
    if act_as not in (b"", name):
        raise Refused(Reply.BAD_CREDENTIALS)
    return name.decode("utf-8", "replace"), password


async def _ask_login(session: MailSession, initial: bytes) -> tuple[str, bytes]:
    name = _decode(initial) if initial else await _ask(session, b"Username:")
    password = await _ask(session, b"Password:")
    return name.decode("utf-8", "replace"), password


async def _ask(session: MailSession, question: bytes) -> bytes:
    await session.say("334 " + base64.b64encode(question).decode())
    line = (await session.read_line()).strip()
    if line == b"*":
        raise Refused(Reply.AUTH_CANCELLED)
    if len(line) > _LONGEST_ANSWER:
        raise Refused(Reply.LONG_LINE)
    return _decode(line)


def _decode(text: bytes) -> bytes:
    if text == b"=":  # RFC 4954 §4: an empty initial response
        return b""
    try:
        return base64.b64decode(text, validate=True)
    except binascii.Error:
        raise Refused(Reply.BAD_BASE64) from None


def _is_right(passwords: Passwords, name: str, password: bytes) -> bool:
    """Whether the name is known and the password its own; both take the same time to deny."""
    read = passwords.get(name) or next(iter(passwords.values()))
    wanted = read().encode()
    is_same = hmac.compare_digest(wanted, password)
    return is_same and name in passwords and bool(wanted)
