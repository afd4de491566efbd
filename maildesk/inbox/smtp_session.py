"""The SMTP and LMTP dialogue (RFC 5321, RFC 2033): one reply for each command, and no more.

In: a connection, the policy that knows our addresses, the door to the store. Out: mails handed to
the door; "250" only when the door's future is done, and that is after the commit.
*Fails:* never towards the client but by a reply: whatever goes wrong here is 451, and 421 where
it left a mail half read.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from aiosmtpd.smtp import TLSSetupException

from maildesk import log
from maildesk.core.model import Envelope, Policy
from maildesk.core.recipients import find_desk
from maildesk.inbox import smtp_auth, smtp_syntax
from maildesk.inbox.smtp_data import MailReader
from maildesk.inbox.smtp_handover import Door, hand_over
from maildesk.inbox.smtp_limits import Gate
from maildesk.inbox.smtp_replies import Reply
from maildesk.inbox.smtp_settings import ListenerSettings
from maildesk.inbox.smtp_wire import Ended, Wire

# Not the client's errors: they count towards no cap.
_NO_ERROR = {Reply.RECIPIENTS, Reply.BUSY, Reply.TEMPORARY}
_USUAL_ENDS = {None, Reply.BYE, Reply.SHUTTING_DOWN}


@dataclass(frozen=True, slots=True, kw_only=True)
class House:
    """What all sessions of a listener share."""

    settings: ListenerSettings
    policy: Callable[[], Policy]
    door: Door
    now: Callable[[], datetime]
    hostname: str
    gate: Gate


@dataclass(slots=True)
class Transaction:
    """The mail that is being announced: sender, then recipients as they were accepted."""

    mail_from: str
    rcpt_to: list[str] = field(default_factory=list)


class MailSession(Wire):
    """One client's dialogue."""

    def __init__(self, house: House, peer: str) -> None:
        settings, limits = house.settings, house.gate.limits
        super().__init__(hostname=house.hostname, tls=settings.tls_context, limits=limits)
        self.house = house
        self.peer = peer
        self.agent: str | None = None  # after AUTH
        self.auth_failures = 0
        self._is_lmtp = settings.protocol == "lmtp"
        self._commands = LMTP_COMMANDS if self._is_lmtp else SMTP_COMMANDS
        self._is_capped = not house.gate.is_relay(peer)
        self._helo = ""
        self._mail: Transaction | None = None
        self._mails = self._errors = self._idle_commands = 0
        self._unknown_recipients = self._recipients_beyond = 0
        if self._is_capped:
            self.limit_session(limits.session_seconds)

    def is_in_mail(self) -> bool:
        """Whether MAIL was accepted and the mail is not over."""
        return self._mail is not None

    async def converse(self) -> None:
        """Greet, then answer one line after another."""
        kind = "LMTP" if self._is_lmtp else "ESMTP"
        await self.say(f"220 {self.hostname} {kind} maildesk")
        while True:
            line = await self.read_line()
            if self._is_capped and self._errors >= self.limits.errors:
                raise Ended(Reply.ERRORS)
            reply = await self._answer(line)
            if reply[0] in "45" and reply not in _NO_ERROR:
                self._errors += 1
            if reply is not Reply.READY_FOR_TLS:
                await self.say(reply)

    async def _answer(self, line: bytes) -> str:
        try:
            if len(line) > self.limits.command_bytes:
                return Reply.LONG_LINE
            verb, argument = smtp_syntax.split(line)
            command = self._commands.get(verb)
            return Reply.UNKNOWN_COMMAND if command is None else await command(self, argument)
        except smtp_syntax.Refused as refusal:
            return refusal.reply
        except (Ended, ConnectionError, asyncio.IncompleteReadError, TLSSetupException):
            raise
        except Exception:
            log.bug("smtp-bug", peer=self.peer)
            return Reply.TEMPORARY

    def _close(self, reply: Reply | None) -> None:
        if reply not in _USUAL_ENDS:
            log.info("session-ended", peer=self.peer, reply=reply)
        super()._close(reply)

    def _forget(self) -> None:
        self._mail = None

    def _count_idle(self) -> None:
        self._idle_commands += 1
        if self._is_capped and self._idle_commands > self.limits.idle_commands:
            raise Ended(Reply.IDLE_COMMANDS)

    # ---- greeting and small talk

    async def helo(self, argument: bytes) -> str:
        """HELO: no extensions are named, though none is refused."""
        self._greet(argument)
        return f"250 {self.hostname}"

    async def ehlo(self, argument: bytes) -> str:
        """EHLO and LHLO; RFC 2033 §5 wants PIPELINING named by LMTP servers."""
        self._greet(argument)
        settings = self.house.settings
        lines = [self.hostname, f"SIZE {settings.max_message_size}", "8BITMIME", "SMTPUTF8"]
        lines += ["PIPELINING"] if self._is_lmtp else []
        if settings.tls_context is not None and not self.has_tls():
            lines.append("STARTTLS")
        if settings.auth and self.has_tls():
            lines.append("AUTH PLAIN LOGIN")
        lines.append("ENHANCEDSTATUSCODES")
        head = "".join(f"250-{line}\r\n" for line in lines[:-1])
        return f"{head}250 {lines[-1]}"

    def _greet(self, argument: bytes) -> None:
        self._count_idle()
        self._helo = smtp_syntax.read_name(argument)
        self._forget()

    async def noop(self, argument: bytes) -> str:
        """NOOP, with any argument."""
        self._count_idle()
        return Reply.OK

    async def rset(self, argument: bytes) -> str:
        """RSET: the mail that was being announced is forgotten."""
        self._count_idle()
        if argument:
            return Reply.BAD_ARGUMENT
        self._forget()
        return Reply.OK

    async def vrfy(self, argument: bytes) -> str:
        """VRFY tells nobody who is here (RFC 5321 §7.3)."""
        self._count_idle()
        return Reply.CANNOT_VERIFY if argument else Reply.BAD_ARGUMENT

    async def expn(self, argument: bytes) -> str:
        """EXPN: there are no lists here."""
        return Reply.NOT_IMPLEMENTED

    async def say_help(self, argument: bytes) -> str:
        """HELP, in short."""
        self._count_idle()
        return Reply.HELP

    async def quit(self, argument: bytes) -> str:
        """QUIT: 221 and the end."""
        if argument:
            return Reply.BAD_ARGUMENT
        raise Ended(Reply.BYE)

    # ---- encryption and login

    async def starttls(self, argument: bytes) -> str:
        """STARTTLS: what was said before counts for nothing (RFC 3207 §4.2)."""
        if self.house.settings.tls_context is None:
            return Reply.NOT_IMPLEMENTED
        if argument:
            return Reply.BAD_ARGUMENT
        if self.has_tls():
            return Reply.TLS_TWICE
        self._forget()
        self._helo = ""
        await self.start_tls()
        return Reply.READY_FOR_TLS

    async def auth(self, argument: bytes) -> str:
        """AUTH: an agent hands in mail as himself."""
        if not self.house.settings.auth:
            return Reply.NOT_IMPLEMENTED
        if not self.has_tls():
            return Reply.TLS_FIRST
        if not self._helo:
            return self._greet_first()
        if self.agent or self.is_in_mail():
            return Reply.AUTH_NOT_NOW
        return await smtp_auth.log_in(self, self.house.settings.auth, argument)

    # ---- the mail

    def _greet_first(self) -> Reply:
        return Reply.GREET_FIRST_LMTP if self._is_lmtp else Reply.GREET_FIRST

    async def mail(self, argument: bytes) -> str:
        """MAIL: a sender, who may be nobody; too large a mail is refused before it is sent."""
        if not self._helo:
            return self._greet_first()
        if self._mail is not None:
            return Reply.SENDER_TWICE
        if self._is_capped and self._mails >= self.limits.mails:
            raise Ended(Reply.MAILS)
        sender = smtp_syntax.read_sender(argument)
        if sender.size > self.house.settings.max_message_size:
            log.info(
                "refused",
                peer=self.peer,
                sender=sender.address,
                size=sender.size,
                reply=Reply.TOO_BIG,
            )
            return Reply.TOO_BIG
        if not self.house.gate.has_room(sender.size):
            return Reply.BUSY
        self._mail = Transaction(sender.address)
        return Reply.SENDER_OK

    async def rcpt(self, argument: bytes) -> str:
        """RCPT: judged here and now, so that nothing is taken that must be bounced."""
        if self._mail is None:
            return Reply.SENDER_FIRST
        address = smtp_syntax.read_recipient(argument)
        if len(self._mail.rcpt_to) >= self.limits.recipients:
            return self._one_too_many()
        if find_desk(self.house.policy(), address) is None:
            return self._nobody_here()
        self._mail.rcpt_to.append(address)
        return Reply.RECIPIENT_OK

    def _one_too_many(self) -> Reply:
        self._recipients_beyond += 1
        if self._recipients_beyond > self.limits.recipients_beyond:
            raise Ended(Reply.ERRORS)
        return Reply.RECIPIENTS

    def _nobody_here(self) -> Reply:
        self._unknown_recipients += 1
        if self._is_capped and self._unknown_recipients > self.limits.unknown_recipients:
            raise Ended(Reply.UNKNOWN_RECIPIENTS)
        return Reply.UNKNOWN_RECIPIENT

    async def data(self, argument: bytes) -> str:
        """DATA: the mail itself, and then one answer (LMTP: one for each recipient)."""
        if self._mail is None:
            return Reply.SENDER_FIRST
        if not self._mail.rcpt_to:
            return Reply.RECIPIENT_FIRST
        if argument:
            return Reply.BAD_ARGUMENT
        envelope = self._envelope(self._mail)
        reader = MailReader(self.house.settings.max_message_size, self.house.gate)
        try:
            await self._read_mail(reader)
        except BaseException:
            reader.release()
            raise
        self._forget()
        answer = await hand_over(self.house.door, self.limits, envelope, reader)
        if answer.is_taken:
            self._mails += 1
            self._idle_commands = 0
        return answer.text

    def _envelope(self, mail: Transaction) -> Envelope:
        return Envelope(
            source=self.house.settings.protocol,
            received_at=self.house.now(),
            mail_from=mail.mail_from,
            rcpt_to=tuple(mail.rcpt_to),
            peer=self.peer,
            helo=self._helo,
            authenticated_as=self.agent,
            is_encrypted=self.has_tls(),
        )

    async def _read_mail(self, reader: MailReader) -> None:
        await self.say(Reply.GO_ON)
        deadline = self.loop.time() + self.limits.data_seconds
        flood = self.limits.flood_factor * self.house.settings.max_message_size
        rest = None
        while rest is None:
            piece = await self.read_piece(deadline)
            try:
                rest = reader.feed(piece)
            except Exception as fault:
                # A 451 now would let the rest of the mail be read as commands.
                log.bug("smtp-bug", peer=self.peer)
                raise Ended(Reply.FAULT) from fault
            if reader.received > flood:
                raise Ended(Reply.FLOOD)
        if rest:
            self.put_back(rest)


Command = Callable[[MailSession, bytes], Awaitable[str]]

_COMMON: Mapping[str, Command] = {
    "MAIL": MailSession.mail,
    "RCPT": MailSession.rcpt,
    "DATA": MailSession.data,
    "RSET": MailSession.rset,
    "NOOP": MailSession.noop,
    "QUIT": MailSession.quit,
    "VRFY": MailSession.vrfy,
    "EXPN": MailSession.expn,
    "HELP": MailSession.say_help,
    "STARTTLS": MailSession.starttls,
    "AUTH": MailSession.auth,
}
SMTP_COMMANDS: Mapping[str, Command] = {
    "HELO": MailSession.helo,
    "EHLO": MailSession.ehlo,
    **_COMMON,
}
LMTP_COMMANDS: Mapping[str, Command] = {"LHLO": MailSession.ehlo, **_COMMON}
