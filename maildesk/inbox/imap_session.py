"""One IMAP connection, from login to goodbye: the only place that knows imapclient.

In: settings and a token source. Out: what lies in the folder, messages, and their filing; whole
answers or an error, never half of one. One thread at a time; `cut` alone may come from another.

The libraries below raise a dozen kinds of errors and after most of them the connection no longer
knows which answer belongs to which command. So there are two outcomes here: the server said NO or
BAD and the session goes on (`is_usable`), or the session is over.
*Fails:* MailboxError, naming the step, LoginRefused for a login that was judged and refused; it
never holds a password or a token.
"""

from __future__ import annotations

import contextlib
import imaplib
import logging
import socket
import ssl
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NoReturn

from imapclient import DELETED, SEEN
from imapclient.exceptions import CapabilityError, LoginError, ProtocolError

from maildesk.errors import ConfigError, LoginRefused, MailboxError
from maildesk.inbox import imap_idle
from maildesk.inbox.imap_login import connect, is_verdict, log_in, words_of
from maildesk.inbox.imap_settings import (
    AFTER_DELETE,
    AFTER_SEEN,
    TLS_STARTTLS,
    MailboxSettings,
    Patience,
)
from maildesk.oauth2 import TokenSource

# At DEBUG imapclient logs whole answers, and with them people's mail.
logging.getLogger("imapclient").setLevel(logging.WARNING)

# What imapclient, imaplib, ssl and socket raise for a server that is gone or talks nonsense:
# OSError holds timeouts and TLS faults, ValueError numbers that are none and bytes that are no
# ASCII, RecursionError nested lists without end, MemoryError and ArithmeticError literals of
# absurd sizes, the others answers in shapes nobody expects.
_BROKEN = (
    imaplib.IMAP4.error,
    OSError,
    ValueError,
    RecursionError,
    LookupError,
    ArithmeticError,
    MemoryError,
    TypeError,
    AttributeError,
    AssertionError,
)
_NO_FOLDER = {b"\\noselect", b"\\nonexistent"}
_BODY = b"BODY[]"
_HEADER = b"BODY[HEADER]<0>"
_LARGEST_HEADER = 256 * 1024


@dataclass(frozen=True, slots=True, kw_only=True)
class Folder:
    """The folder as SELECT showed it; `uidnext` is 0 where the server does not tell."""

    uidvalidity: int
    uidnext: int
    exists: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Listed:
    """A message before it is fetched: its size in bytes and when the server got it."""

    size: int
    arrived: datetime | None


class Session:
    """A connection that is logged in; `open` makes one, `close` ends it."""

    def __init__(self, settings: MailboxSettings, patience: Patience) -> None:
        self._settings = settings
        self._patience = patience
        self._secrets: list[str] = []
        self._archive = ""  # its real name, once it is known to be there
        self.is_usable = True
        with self._step(f"connect to {settings.host}:{settings.port}"):
            self._client = connect(settings, patience)

    @classmethod
    def open(
        cls, settings: MailboxSettings, tokens: TokenSource | None, patience: Patience
    ) -> Session:
        """Connect, secure and log in."""
        session = cls(settings, patience)
        try:
            session._secure()
            session._log_in(tokens)
        except BaseException:
            session.abort()
            raise
        return session

    def can(self, capability: str) -> bool:
        """Whether the server offers a capability."""
        with self._step("ask for capabilities"):
            return bool(self._client.has_capability(capability))

    def select(self, *, readonly: bool = False) -> Folder:
        """Open the folder, anew each time: only so its UIDVALIDITY is certain."""
        # A fresh SELECT also empties imaplib's list of unasked answers, which else only grows.
        with self._step(f"open the folder {self._settings.folder}"):
            seen = self._selected(readonly)
            folder = Folder(
                uidvalidity=int(seen.get(b"UIDVALIDITY", 0)),
                uidnext=int(seen.get(b"UIDNEXT", 0)),
                exists=int(seen.get(b"EXISTS", 0)),
            )
        if not 0 < folder.uidvalidity < 2**32:
            self._give_up("the server names no UIDVALIDITY, so no message can be told apart")
        return folder

    def _selected(self, readonly: bool) -> dict[bytes, Any]:
        folder = self._settings.folder
        try:
            answer: dict[bytes, Any] = self._client.select_folder(folder, readonly)
        except imaplib.IMAP4.readonly:
            who = self._settings.username
            self._give_up(f"{folder} is read-only for {who}: mail cannot be marked or moved there")
        return answer

    def last_uid(self) -> int:
        """The highest UID in the folder, 0 when it is empty."""
        with self._step("search"):
            return max(self._client.search(["UID", "*"]), default=0)

    def search(self, low: int, high: int | None) -> list[int]:
        """The UIDs from `low` to `high` (None: to the end), ascending."""
        with self._step("search"):
            found = self._client.search(["UID", f"{low}:{'*' if high is None else high}"])
            # RFC 9051 §6.4.9: `n:*` always holds the last message, even when it is below n.
            return sorted({uid for uid in found if uid >= low and (high is None or uid <= high)})

    def listing(self, uids: Sequence[int]) -> dict[int, Listed]:
        """Size and arrival of those messages that are (still) there."""
        with self._step("fetch sizes"):
            answer = self._client.fetch(list(uids), ["RFC822.SIZE", "INTERNALDATE"])
            return {uid: _listed(items) for uid, items in answer.items() if b"RFC822.SIZE" in items}

    def bodies(self, uids: Sequence[int]) -> dict[int, bytes]:
        """The messages, untouched; one that the server does not hand out is left out."""
        return self._fetch(uids, "BODY.PEEK[]", _BODY)

    def headers(self, uid: int) -> bytes:
        """The header of one message; b"" when the server does not hand it out."""
        item = f"BODY.PEEK[HEADER]<0.{_LARGEST_HEADER}>"
        return self._fetch([uid], item, _HEADER).get(uid, b"")

    def has_folder(self, name: str) -> bool:
        """Whether the account has a folder of that very name that can hold mail."""
        with self._step(f"look for the folder {name}"):
            found = self._client.list_folders("", name)
            known = [flags for flags, _, known in found if known == name]
            return any(not _NO_FOLDER & {flag.lower() for flag in flags} for flags in known)

    def archive_name(self) -> str:
        """The archive's name on this server: as configured, or behind its prefix for folders.

        Some servers make folders only below a prefix of theirs, mostly `INBOX.` (RFC 2342).
        """
        name = self._settings.archive_folder
        if self.has_folder(name) or not self.can("NAMESPACE"):
            return name
        with self._step("ask for the namespace"):
            personal = self._client.namespace().personal
        prefix = str(personal[0][0]) if personal else ""
        return name if name.startswith(prefix) else prefix + name

    def file(self, uids: Sequence[int], copied: set[int]) -> None:
        """Do with committed messages what the settings say; those that are gone do not matter.

        `copied` outlives the session: after a copy whose deletion failed, a second one would only
        fill the archive.
        """
        if not uids:
            return
        # A move into the folder itself would give every message a new UID, and so again and again.
        if self._settings.after == AFTER_SEEN or self._is_its_own_archive():
            with self._step("flag as seen"):
                self._client.add_flags(list(uids), [SEEN], silent=True)
        elif self._settings.after == AFTER_DELETE:
            self._delete(uids)
        else:
            self._move(uids, copied)

    def idle(self, seconds: float, is_over: Callable[[], bool]) -> bool:
        """Wait for news, at most so long; `is_over` is asked every second or so."""
        with self._step("IDLE"):
            if imap_idle.has_heard(self._client):
                return True
            self._client.idle()
            has_news = self._watch(time.monotonic() + seconds, is_over)
            if is_over():
                self._client.socket().settimeout(self._patience.goodbye)
            self._client.idle_done()
            return has_news

    def _watch(self, deadline: float, is_over: Callable[[], bool]) -> bool:
        try:
            return imap_idle.watch(
                self._client,
                deadline=deadline,
                is_over=is_over,
                slice_seconds=self._patience.idle_slice,
                read_seconds=self._patience.read,
            )
        except imap_idle.Gone as end:
            self._give_up(str(end))

    def close(self) -> None:
        """Say goodbye, briefly."""
        if not self.is_usable:
            self.abort()
            return
        self.is_usable = False
        try:
            self._client.socket().settimeout(self._patience.goodbye)
            self._client.logout()
        except _BROKEN:
            self.abort()

    def cut(self) -> None:
        """End the connection from another thread; whoever waits for the server gets an error."""
        with contextlib.suppress(*_BROKEN):
            # Past the TLS layer, which must not be touched from two threads.
            socket.socket.shutdown(self._client.socket(), socket.SHUT_RDWR)

    def abort(self) -> None:
        """End the connection without a goodbye."""
        self.is_usable = False
        self.cut()
        with contextlib.suppress(*_BROKEN):
            self._client.shutdown()

    def _secure(self) -> None:
        if self._settings.tls == TLS_STARTTLS:
            with self._step("STARTTLS"):
                self._client.starttls(ssl.create_default_context())

    def _log_in(self, tokens: TokenSource | None) -> None:
        if self._settings.oauth2 and tokens:
            self._log_in_by_token(tokens)
            return
        with self._login():
            password = self._settings.password() if self._settings.password else ""
            self._secrets.append(password)
            log_in(self._client, self._settings.username, password)

    def _log_in_by_token(self, tokens: TokenSource) -> None:
        token = tokens.token()
        self._secrets.append(token)
        bearer = self._settings.oauth2 and self._settings.oauth2.mechanism == "oauthbearer"
        with self._login(tokens):
            login = self._client.oauthbearer_login if bearer else self._client.oauth2_login
            login(self._settings.username, token)

    @contextlib.contextmanager
    def _login(self, tokens: TokenSource | None = None) -> Iterator[None]:
        """A login; a refusal counts as one when nothing but a person can mend it."""
        what = f"log in as {self._settings.username}"
        with self._step(what):
            try:
                yield
            except LoginError as error:
                # A kept token may have been revoked; the next login asks for a fresh one.
                may_pass = tokens is not None and tokens.forget()
                if may_pass or not is_verdict(error):
                    raise
                self._break()
                raise LoginRefused(str(self._failure(what, error))) from None

    def _fetch(self, uids: Sequence[int], item: str, key: bytes) -> dict[int, bytes]:
        # PEEK, for a look of ours must not set \Seen.
        with self._step("fetch"):
            answer = self._client.fetch(list(uids), [item])
            found = {uid: items.get(key) for uid, items in answer.items()}
            return {uid: body for uid, body in found.items() if isinstance(body, bytes) and body}

    def _move(self, uids: Sequence[int], copied: set[int]) -> None:
        archive = self._find_archive()
        # Only a success proves that the folder is there; somebody may have removed it.
        self._archive = ""
        if self.can("MOVE"):
            with self._step(f"move to {archive}"):
                self._client.move(list(uids), archive)
            self._archive = archive
            return
        fresh = [uid for uid in uids if uid not in copied]
        if fresh:
            with self._step(f"copy to {archive}"):
                self._client.copy(fresh, archive)
            copied.update(fresh)
        self._delete(uids)
        copied.difference_update(uids)
        self._archive = archive

    def _delete(self, uids: Sequence[int]) -> None:
        with self._step("delete"):
            self._client.add_flags(list(uids), [DELETED], silent=True)
            # Without UIDPLUS an EXPUNGE would also take what a person has flagged as deleted.
            if self.can("UIDPLUS"):
                self._client.uid_expunge(list(uids))

    def _is_its_own_archive(self) -> bool:
        settings = self._settings
        return settings.after != AFTER_DELETE and settings.archive_folder == settings.folder

    def _find_archive(self) -> str:
        if self._archive:
            return self._archive
        archive = self.archive_name()
        if not self.has_folder(archive):
            with self._step(f"create the folder {archive}"):
                self._client.create_folder(archive)
        return archive

    def _give_up(self, words: str) -> NoReturn:
        self.abort()
        message = f"{self._settings.host}: {words}"
        raise MailboxError(message)

    @contextlib.contextmanager
    def _step(self, what: str) -> Iterator[None]:
        """Turn whatever goes wrong inside into one sentence, and judge the session by it."""
        try:
            yield
        except (MailboxError, ConfigError):
            raise
        except CapabilityError as error:
            raise self._failure(what, error) from None
        except _BROKEN as error:
            if not _is_refusal(error):
                self._break()
            raise self._failure(what, error) from None

    def _break(self) -> None:
        if hasattr(self, "_client"):
            self.abort()
        self.is_usable = False

    def _failure(self, what: str, error: BaseException) -> MailboxError:
        words = " ".join(words_of(error).split()) or type(error).__name__
        for secret in self._secrets:
            if secret:
                words = words.replace(secret, "********")
        shown = "".join(c if c.isprintable() else "?" for c in words)[:300]
        return MailboxError(f"{self._settings.host}: cannot {what}: {shown}")


def _is_refusal(error: BaseException) -> bool:
    """Whether this is a NO or BAD to one command, after which the session is still in step."""
    if isinstance(error, imaplib.IMAP4.abort | ProtocolError | LoginError):
        return False
    words = str(error)
    return isinstance(error, imaplib.IMAP4.error) and (
        " failed: " in words or " command error: BAD" in words
    )


def _listed(items: dict[bytes, Any]) -> Listed:
    arrived = items.get(b"INTERNALDATE")
    # Moments at the edges of the calendar cannot be put into UTC; no mailbox is that old.
    is_sound = isinstance(arrived, datetime) and arrived.tzinfo and 1970 <= arrived.year < 9999
    return Listed(size=int(items[b"RFC822.SIZE"]), arrived=arrived if is_sound else None)
