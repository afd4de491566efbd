"""Outgoing mail into a Maildir: for demos, tests, and sites that fetch it from there.

In: a mail and its envelope. Out: one durable file a recipient in `new/`, LF line ends, the envelope
in `Return-Path` and `X-Original-To` in front. The file's name comes from Message-ID and recipient,
so the same mail handed over again after a crash is still one file.
*Fails:* `RelayDown` when the directory cannot be written: the mail was not judged.
"""

from __future__ import annotations

import hashlib
import os
import re
from email.message import Message
from email.parser import BytesHeaderParser
from email.utils import parsedate_to_datetime
from pathlib import Path

from maildesk.errors import RelayDown
from maildesk.mail.header_encoding import clean
from maildesk.outbox.transport import with_line_ends
from maildesk.store.database import hand_over
from maildesk.store.raw import remove_abandoned, sync_folder

_UNFINISHED = re.compile(r"[0-9]+\.[0-9a-f]{32}\.maildesk\.[0-9]+")


class MaildirTransport:
    """A `Transport` into the Maildir at `path`, which is made when it is missing."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._read_names: set[str] = set()  # what clients have moved to cur/
        self._cur_changed_at = -1

    def send(self, mail: bytes, mail_from: str, rcpt_to: str) -> str:
        """Writes the file, synced with its directory.

        Returns the file's name. Raises RelayDown.
        """
        name = _file_name(mail, rcpt_to)
        envelope = f"Return-Path: <{clean(mail_from)}>\nX-Original-To: {clean(rcpt_to)}\n"
        try:
            self._make()
            if not self._has(name):
                self._write(name, envelope.encode() + with_line_ends(mail, b"\n"))
        except OSError as error:
            msg = f"{self._path}: {error.strerror or error}"
            raise RelayDown(msg) from error
        return name

    def tidy(self, now: float) -> int:
        """Remove from `tmp/` what we left there when we were killed; how many files."""
        return remove_abandoned(self._path / "tmp", _UNFINISHED, now)

    def close_idle(self) -> None:
        """Nothing is held open."""

    def close(self) -> None:
        """Nothing is held open."""

    def _make(self) -> None:
        for folder in (self._path, *(self._path / name for name in ("tmp", "new", "cur"))):
            if not folder.is_dir():
                folder.mkdir(mode=0o700, parents=True, exist_ok=True)
                hand_over(folder, folder.parent)

    def _has(self, name: str) -> bool:
        """Whether the mail is here already. `cur/` is listed only when it changed since."""
        if (self._path / "new" / name).exists():
            return True
        changed_at = (self._path / "cur").stat().st_mtime_ns
        if changed_at != self._cur_changed_at:
            self._read_names = {n.partition(":")[0] for n in os.listdir(self._path / "cur")}
            self._cur_changed_at = changed_at
        return name in self._read_names

    def _write(self, name: str, data: bytes) -> None:
        unfinished = self._path / "tmp" / f"{name}.{os.getpid()}"
        flags = os.O_WRONLY | os.O_CREAT | os.O_TRUNC
        with os.fdopen(os.open(unfinished, flags, 0o600), "wb") as file:
            hand_over(file.fileno(), self._path)
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        unfinished.rename(self._path / "new" / name)
        sync_folder(self._path / "new")


def _file_name(mail: bytes, rcpt_to: str) -> str:
    """`SECONDS.DIGEST.maildesk`: the mail's own Date, so that clients list in order."""
    fields = BytesHeaderParser().parsebytes(mail)
    identity = str(fields.get("Message-ID", "")).encode() or mail
    digest = hashlib.sha256(identity + b"\n" + rcpt_to.lower().encode("utf-8", "replace"))
    return f"{_seconds(fields)}.{digest.hexdigest()[:32]}.maildesk"


def _seconds(fields: Message) -> int:
    try:
        return max(0, int(parsedate_to_datetime(str(fields.get("Date", ""))).timestamp()))
    except (ValueError, OverflowError):
        return 0
