"""A small IMAP server that keeps its promises, until a script tells it not to.

In: folders with messages, capabilities, faults. Out: a port on loopback; what is in the folders,
and every command that came. UIDs, UIDVALIDITY, flags, MOVE, COPY and EXPUNGE are a real state
machine; a fault is (command, from its nth time on, how often, action).

*Fails:* AssertionError in `forbid` when a client does what a careful one never does.
"""

from __future__ import annotations

import base64
import contextlib
import re
import socket
import threading
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field

CAPABILITIES = "IMAP4rev1 IDLE UIDPLUS MOVE AUTH=PLAIN AUTH=XOAUTH2 AUTH=OAUTHBEARER"
PASSWORD = "s3cret"


@dataclass(eq=False)
class Message:
    uid: int
    raw: bytes
    flags: set[str] = field(default_factory=set)
    arrived: str = "17-Jul-2026 02:44:25 +0000"
    size: int | None = None  # what RFC822.SIZE claims; None: the truth


@dataclass
class Folder:
    uidvalidity: int = 77
    uidnext: int = 1
    messages: list[Message] = field(default_factory=list)


@dataclass
class Fault:
    command: str  # "UID FETCH", "IDLE", "UID FETCH BODY", …
    nth: int
    action: str
    times: int = 1


class FakeImap:
    """The server; one state for all connections."""

    def __init__(self, capabilities: str = CAPABILITIES, faults: tuple[Fault, ...] = ()) -> None:
        self.folders: dict[str, Folder] = {"INBOX": Folder()}
        self.capabilities = capabilities
        self.faults = list(faults)
        self.seen: Counter[str] = Counter()
        self.log: list[bytes] = []
        self.connections = 0
        self.good_tokens: set[str] = set()
        self.claimed_exists = 0  # in place of the true number, where not 0
        self.prefix = ""  # behind which alone folders can be made
        self.no_folders: set[str] = set()  # names that are listed and cannot hold mail
        self.lock = threading.RLock()
        self.news = threading.Condition(self.lock)
        self.on_command: Callable[[str], None] = lambda name: None
        self._open: set[socket.socket] = set()
        self._closing = threading.Event()
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._listener.getsockname()[1]
        self._threads: list[threading.Thread] = []
        self._accepting = threading.Thread(target=self._accept, daemon=True)
        self._accepting.start()

    def append(self, raw: bytes, folder: str = "INBOX", **more: object) -> int:
        """Put a message into a folder, as a delivery would."""
        with self.lock:
            box = self.folders.setdefault(folder, Folder(uidvalidity=78))
            message = Message(uid=box.uidnext, raw=raw, **more)  # type: ignore[arg-type]
            box.uidnext += 1
            box.messages.append(message)
            self.news.notify_all()
            return message.uid

    def uids(self, folder: str = "INBOX") -> list[int]:
        """The UIDs in a folder."""
        with self.lock:
            return [m.uid for m in self.folders[folder].messages]

    def count(self, start: str) -> int:
        """How many commands began so, without their tag."""
        return sum(1 for line in self.log if line.startswith(start.encode()))

    def close(self) -> None:
        """End all connections and threads."""
        self._closing.set()
        with self.lock:
            self.news.notify_all()
        with contextlib.suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        for connection in list(self._open):
            with contextlib.suppress(OSError):
                connection.shutdown(socket.SHUT_RDWR)
        self._accepting.join(5)
        for thread in self._threads:
            thread.join(5)

    def __enter__(self) -> FakeImap:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def action(self, *names: str) -> str:
        """What to do instead of the ordinary thing, for a command known under several names."""
        with self.lock:
            for name in names:
                self.seen[name] += 1
            for fault in self.faults:
                n = self.seen[fault.command]
                if fault.command in names and fault.nth <= n < fault.nth + fault.times:
                    return fault.action
        return ""

    def wait(self, seconds: float) -> None:
        """Do nothing for so long, or until the server closes."""
        self._closing.wait(seconds)

    @property
    def is_closing(self) -> bool:
        return self._closing.is_set()

    def _accept(self) -> None:
        while True:
            try:
                connection, _ = self._listener.accept()
            except OSError:
                return
            connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            self._open.add(connection)
            self.connections += 1
            thread = threading.Thread(target=self._serve, args=(connection,), daemon=True)
            self._threads.append(thread)
            thread.start()

    def _serve(self, connection: socket.socket) -> None:
        try:
            with contextlib.suppress(OSError, ConnectionError):
                _Dialogue(self, connection).run()
        finally:
            self._open.discard(connection)
            connection.close()


class _HangUp(Exception):
    pass


class _Dialogue:
    """One connection."""

    def __init__(self, server: FakeImap, connection: socket.socket) -> None:
        self.server = server
        self.connection = connection
        self.file = connection.makefile("rb")
        self.folder = Folder()
        self.tag = b""
        self.action = ""

    def run(self) -> None:
        with self.file, contextlib.suppress(_HangUp):
            if self._misbehaved(self.server.action("GREETING")):
                return
            self._send(f"* OK [CAPABILITY {self.server.capabilities}] ready")
            while line := self.file.readline():
                self._one(line.rstrip(b"\r\n"))

    def _one(self, line: bytes) -> None:
        self.tag, _, rest = line.partition(b" ")
        with self.server.lock:
            self.server.log.append(rest)
        words = rest.decode().split(" ")
        name = words.pop(0).upper()
        if name == "UID":
            name = f"UID {words.pop(0).upper()}"
        names = (name, f"{name} BODY") if "BODY" in rest.decode() else (name,)
        self.server.on_command(name)
        self.action = self.server.action(*names)
        if self._misbehaved(self.action):
            return
        handler = getattr(self, "_do_" + name.lower().replace(" ", "_"), None)
        if handler is None:
            self._send(f"{self.tag.decode()} BAD what is {name}?")
            return
        answer = handler(words)
        if self.action == "close_after":
            raise _HangUp
        if answer is not None:
            self._send(f"{self.tag.decode()} {answer}")

    def _misbehaved(self, action: str) -> bool:
        """Do what the script says in place of the command; False: go on as ever."""
        if action.startswith("absurd "):
            self._raw(f"* 1 FETCH (UID 1 BODY[] {{{action.split()[1]}}}\r\nx".encode())
            raise _HangUp
        act = getattr(self, f"_act_{action.lower()}", None)
        return bool(act and act())

    def _act_close(self) -> bool:
        raise _HangUp

    def _act_bye(self) -> bool:
        self._send("* BYE see you never")
        raise _HangUp

    def _act_hang(self) -> bool:
        self.server.wait(30)
        raise _HangUp

    def _act_half(self) -> bool:
        self._raw(b"* 1 FETCH (UID 1 BO")
        raise _HangUp

    def _act_slow(self) -> bool:
        self.server.wait(0.1)
        return False

    def _act_garbage(self) -> bool:
        self._send("* \x01\x02 ((((( %$")
        self._send("what? ** 12 EXISTS")
        return True

    def _act_flood(self) -> bool:
        for n in range(200):
            self._send(f"* {n} FETCH (FLAGS (\\Seen))")
        return False

    def _act_no(self) -> bool:
        self._send(f"{self.tag.decode()} NO [SERVERBUG] not now")
        return True

    def _act_bad(self) -> bool:
        self._send(f"{self.tag.decode()} BAD [SERVERBUG] not now")
        return True

    def _act_echo(self) -> bool:
        self._send(f"{self.tag.decode()} NO you said {self.server.log[-1].decode()}")
        return True

    def _act_silent(self) -> bool:
        return True

    def _act_wrong_tag(self) -> bool:
        self._send("ZZZZ9 OK done")
        return True

    def _do_capability(self, words: list[str]) -> str:
        self._send(f"* CAPABILITY {self.server.capabilities}")
        return "OK done"

    def _do_noop(self, words: list[str]) -> str:
        return "OK done"

    def _do_logout(self, words: list[str]) -> str:
        self._send("* BYE bye")
        return "OK done"

    def _do_login(self, words: list[str]) -> str:
        good = words[-1].strip('"') == PASSWORD
        return "OK in" if good else "NO [AUTHENTICATIONFAILED] wrong"

    def _do_authenticate(self, words: list[str]) -> str:
        self._send("+ ")
        said = base64.b64decode(self.file.readline()).decode()
        self.server.log.append(f"SASL {words[0]} {said!r}".encode())
        if words[0] == "PLAIN":
            return "OK in" if said.endswith("\0" + PASSWORD + "é") else "NO wrong"
        token = re.search(r"Bearer (\S+?)\x01", said)
        if token and token[1] in self.server.good_tokens:
            return "OK in"
        # RFC 7628 §3.2.3: the error is a challenge, and the client must answer it.
        self._send("+ " + base64.b64encode(b'{"status":"401"}').decode())
        self.file.readline()
        return "NO [AUTHENTICATIONFAILED] bad token"

    def _do_select(self, words: list[str]) -> str:
        name = " ".join(words).strip('"')
        with self.server.lock:
            if name not in self.server.folders:
                return "NO [NONEXISTENT] no such folder"
            self.folder = folder = self.server.folders[name]
            self._send(f"* {self.server.claimed_exists or len(folder.messages)} EXISTS")
            self._send("* 0 RECENT")
            self._send("* FLAGS (\\Seen \\Deleted)")
            self._send(f"* OK [UIDVALIDITY {folder.uidvalidity}] ok")
            if self.action != "no_uidnext":
                self._send(f"* OK [UIDNEXT {folder.uidnext}] ok")
        return "OK [READ-ONLY] see" if self.action == "read_only" else "OK [READ-WRITE] selected"

    _do_examine = _do_select

    def _do_list(self, words: list[str]) -> str:
        pattern = words[-1].strip('"')
        for name in {*self.server.folders, *self.server.no_folders}:
            if re.fullmatch(re.escape(pattern).replace("%", "[^/]*"), name):
                flags = "\\Noselect" if name in self.server.no_folders else ""
                self._send(f'* LIST ({flags}) "/" "{name}"')
        return "OK done"

    def _do_namespace(self, words: list[str]) -> str:
        self._send(f'* NAMESPACE (("{self.server.prefix}" "/")) NIL NIL')
        return "OK done"

    def _do_create(self, words: list[str]) -> str:
        name = " ".join(words).strip('"')
        if not name.startswith(self.server.prefix):
            return "NO [CANNOT] not there"
        self.server.folders.setdefault(name, Folder(uidvalidity=78))
        self.server.no_folders.discard(name)
        return "OK made"

    def _do_uid_search(self, words: list[str]) -> str:
        with self.server.lock:
            uids = [m.uid for m in self._chosen(words[1])]
        self._send(" ".join(["* SEARCH", *map(str, uids)]))
        if self.action == "late_news":
            self.server.append(b"Subject: late\r\n\r\nhello\r\n")
            self._send(f"* {len(self.folder.messages)} EXISTS")
        return "OK done"

    def _do_uid_fetch(self, words: list[str]) -> str:
        items = " ".join(words[1:])
        with self.server.lock:
            chosen = list(self._chosen(words[0]))
        for number, message in enumerate(chosen, 1):
            if self.action == "empty":
                continue
            self._fetch_one(number, message, items)
        return "OK done"

    def _fetch_one(self, number: int, message: Message, items: str) -> None:
        head = f"* {number} FETCH (UID {message.uid}"
        if "BODY" not in items:
            size = len(message.raw) if message.size is None else message.size
            self._send(f'{head} RFC822.SIZE {size} INTERNALDATE "{message.arrived}")')
            return
        if "BODY.PEEK" not in items:
            message.flags.add("\\Seen")
        body, key = message.raw, "BODY[]"
        if "HEADER" in items:
            body, key = message.raw.partition(b"\r\n\r\n")[0] + b"\r\n\r\n", "BODY[HEADER]<0>"
        if self.action == "nil":
            self._send(f"{head} {key} NIL)")
            return
        claimed = len(body) + {"too_long": 50, "too_short": -7}.get(self.action, 0)
        self._raw(f"{head} {key} {{{claimed}}}\r\n".encode())
        if self.action == "cut":
            self._raw(body[: len(body) // 2])
            raise _HangUp
        self._raw(body + b")\r\n")
        if self.action == "too_long":
            raise _HangUp

    def _do_uid_store(self, words: list[str]) -> str:
        flags = set(" ".join(words[2:]).strip("()").split())
        with self.server.lock:
            for message in self._chosen(words[0]):
                message.flags |= flags
        return "OK done"

    def _do_uid_copy(self, words: list[str]) -> str:
        target = self.server.folders.get(" ".join(words[1:]).strip('"'))
        if target is None:
            return "NO [TRYCREATE] no such folder"
        with self.server.lock:
            for message in list(self._chosen(words[0])):
                copy = Message(target.uidnext, message.raw, set(message.flags))
                target.messages.append(copy)
                target.uidnext += 1
        return "OK done"

    def _do_uid_move(self, words: list[str]) -> str:
        with self.server.lock:
            answer = self._do_uid_copy(words)
            if answer.startswith("OK"):
                self._remove(list(self._chosen(words[0])))
        return answer

    def _do_uid_expunge(self, words: list[str]) -> str:
        with self.server.lock:
            gone = [m for m in self._chosen(words[0]) if "\\Deleted" in m.flags]
            self._remove(gone)
        return "OK done"

    def _do_expunge(self, words: list[str]) -> str:
        with self.server.lock:
            self._remove([m for m in self.folder.messages if "\\Deleted" in m.flags])
        return "OK done"

    def _do_idle(self, words: list[str]) -> str | None:
        count = len(self.folder.messages)
        if self.action == "early_news":
            self._raw(b"+ idling\r\n* 1 EXISTS\r\n")
        else:
            self._send("+ idling")
        self.connection.settimeout(0.02)
        while not self.server.is_closing:
            if self.action in ("idle_close", "idle_bye", "idle_half"):
                self._spoil_idle()
            with self.server.lock:
                now = len(self.folder.messages)
            if now > count and self.action != "deaf":
                self._send(f"* {now} EXISTS")
            count = now
            try:
                line = self.connection.recv(100)
            except TimeoutError:
                continue
            self.connection.settimeout(None)
            if line.upper().startswith(b"DONE") and self.action != "no_done":
                return "OK idled"
            if not line:
                raise _HangUp
            self.server.wait(30)
            raise _HangUp
        return None

    def _spoil_idle(self) -> None:
        if self.action == "idle_bye":
            self._send("* BYE too long")
        elif self.action == "idle_half":
            self._raw(b"* 4 EX")
            self.server.wait(0.3)
        raise _HangUp

    def _chosen(self, uid_set: str) -> list[Message]:
        messages = self.folder.messages
        last = messages[-1].uid if messages else 0
        chosen: list[Message] = []
        by_uid = {message.uid: message for message in messages}
        for part in uid_set.split(","):
            low, colon, high = part.partition(":")
            if not colon and low != "*":
                chosen += [by_uid[int(low)]] if int(low) in by_uid else []
                continue
            ends = [last if end == "*" else int(end) for end in (low, high or low)]
            chosen += [m for m in messages if min(ends) <= m.uid <= max(ends)]
        return chosen

    def _remove(self, gone: list[Message]) -> None:
        numbers = []
        for message in gone:
            numbers.append(self.folder.messages.index(message) + 1)
            self.folder.messages.remove(message)
        # A client that dies while it is told must not keep half of them in the folder.
        for number in numbers:
            self._send(f"* {number} EXPUNGE")

    def _send(self, line: str) -> None:
        self._raw(line.encode() + b"\r\n")

    def _raw(self, data: bytes) -> None:
        self.connection.sendall(data)
