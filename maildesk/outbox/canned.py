"""The files of canned replies: `<language>/replies/<name>.md` or `.txt`.

In: the template directories, the last of which is ours. Out: every reply, an admin's own file
before the delivered one of the same language and name; and what is wrong in which file.

    ---
    title: Ask for the details of the installation
    status: Waiting for the client
    type: incident
    fields: Version, Operating system
    ---
    Hello {name}, …

All between the lines `---` may be left out, and these four keys are all there are. `{name}` is the
customer, `{agent}` who sends it, `{key}`, `{subject}` and `{desk}` what they say.
*Fails:* never; a file that cannot be used is passed over and named in `faults`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from maildesk.config.keys import nearest
from maildesk.core.canned import SLOTS, Canned, unknown_slots
from maildesk.core.orders.sorting import TYPES
from maildesk.core.workflow import Workflow

FOLDER = "replies"
_NAME = re.compile(r"[a-z0-9][a-z0-9_-]{0,62}")
_ENDINGS = (".md", ".txt")
_KEYS = ("title", "status", "type", "fields")
_FENCE = "---"
_LONGEST = 20_000  # bytes

Version = tuple[tuple[Path, int, int], ...]


@dataclass(frozen=True, slots=True)
class Replies:
    """The replies that can be used, and by file and line what is wrong with the others."""

    replies: tuple[Canned, ...] = ()
    faults: tuple[str, ...] = ()


def version_of(directories: Sequence[Path]) -> Version:
    """What changes whenever a reply does."""
    files = (path for directory in directories for path in _files(directory))
    return tuple((path, *_stamp(path)) for path in files)


def load(directories: Sequence[Path]) -> Replies:
    """Every reply of these directories."""
    found: dict[tuple[str, str], Canned] = {}
    faults: list[str] = []
    for directory in directories:
        for path in _files(directory):
            try:
                reply = _read(path)
            except ValueError as error:
                faults.append(f"{path}:{error}")
            else:
                found.setdefault((reply.language, reply.name), reply)
    return Replies(tuple(found[key] for key in sorted(found)), tuple(faults))


def oddities(directory: Path, workflow: Workflow) -> Iterator[str]:
    """What replies ask for that there is not: they go out all the same, without it."""
    for path in _files(directory):
        try:
            reply = _read(path)
        except ValueError:
            continue  # told already
        if reply.status and workflow.find(reply.status) is None:
            known = [s.name for s in workflow.statuses]
            yield f"{_at(path, 'status:')}: {reply.status}: no status{nearest(reply.status, known)}"
        if reply.type and reply.type not in TYPES:
            yield f"{_at(path, 'type:')}: {reply.type}: no type{nearest(reply.type, list(TYPES))}"
        for name in unknown_slots(reply.text):
            slot = f"{{{name}}}"
            yield f"{_at(path, slot)}: {slot} is filled in by nothing{nearest(name, list(SLOTS))}"


def _at(path: Path, part: str) -> str:
    """The file, and the first line that holds this."""
    lines = _text(path).split("\n")
    return f"{path}:{next((n for n, line in enumerate(lines, 1) if part in line), 1)}"


def _files(directory: Path) -> Iterator[Path]:
    for ending in _ENDINGS:
        yield from sorted(directory.glob(f"*/{FOLDER}/*{ending}"))


def _stamp(path: Path) -> tuple[int, int]:
    try:
        found = path.stat()
    except OSError:
        return 0, 0
    return found.st_mtime_ns, found.st_size


def _read(path: Path) -> Canned:
    """The reply in a file. Raises ValueError, whose text begins with the line."""
    if not _NAME.fullmatch(path.stem):
        msg = "1: the name must be small letters, digits and dashes, such as install-details.md"
        raise ValueError(msg)
    head, body, first = _parted(_text(path))
    values = dict(_head(head))
    if not body.strip():
        msg = f"{first}: has no text"
        raise ValueError(msg)
    return Canned(
        name=path.stem,
        language=path.parent.parent.name,
        text=body.strip("\n").rstrip(),
        title=values.get("title", ""),
        status=values.get("status", ""),
        type=values.get("type", ""),
        fields=tuple(f.strip() for f in values.get("fields", "").split(",") if f.strip()),
        is_markdown=path.suffix == _ENDINGS[0],
    )


def _text(path: Path) -> str:
    try:
        raw = path.read_bytes()
    except OSError as error:
        msg = f"1: cannot be read: {error.strerror}"
        raise ValueError(msg) from None
    if len(raw) > _LONGEST:
        msg = f"1: is longer than {_LONGEST} bytes"
        raise ValueError(msg)
    try:
        return raw.decode("utf-8-sig").replace("\r\n", "\n")
    except UnicodeDecodeError as error:
        line = raw.count(b"\n", 0, error.start) + 1
        msg = f"{line}: is no UTF-8 text; save the file as UTF-8"
        raise ValueError(msg) from None


def _parted(text: str) -> tuple[list[str], str, int]:
    """The lines of the front matter, the text below, and the line on which that begins."""
    lines = text.split("\n")
    if lines[0].rstrip() != _FENCE:
        return [], text, 1
    ends = (at for at, line in enumerate(lines[1:], 1) if line.rstrip() == _FENCE)
    end = next(ends, None)
    if end is None:
        msg = "1: the front matter is never closed by a second line ---"
        raise ValueError(msg)
    return lines[1:end], "\n".join(lines[end + 1 :]), end + 2


def _head(lines: list[str]) -> Iterator[tuple[str, str]]:
    for number, line in enumerate(lines, 2):
        key, colon, value = line.partition(":")
        if not line.strip() or line.startswith("#"):
            continue
        if not colon:
            msg = f'{number}: must be a key and a value, such as "title: …"'
            raise ValueError(msg)
        if key.strip() not in _KEYS:
            msg = f"{number}: {key.strip()}: unknown key{nearest(key.strip(), list(_KEYS))}"
            raise ValueError(msg)
        yield key.strip(), value.strip().strip("\"'")
