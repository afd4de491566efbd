"""A consistent copy of a data directory in one file, and the way back.

In: a store or a backup file. Out: a tar archive with `maildesk.db` and the raw files that it names,
mode 0600, taken while the daemon runs and checked before it gets its name. It holds the signing
secret, so it is to be kept like a password. A restored directory is an installation of its own: it
knows the mail that is in the backup, and no mail that the original has sent since. The contents are
unpacked, checked and synced beside their place before anything of the old desk moves; from there on
`restoring` sees to it that a kill leaves a whole desk, the old one or the new.
*Fails:* StoreError for a file that cannot be written, is no backup, or is damaged; StoreBusy while
a daemon holds the directory.
"""

from __future__ import annotations

import lzma
import os
import re
import shutil
import sqlite3
import tarfile
import tempfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from maildesk.errors import StoreError
from maildesk.store import restoring
from maildesk.store.database import connect_reader, daemon_lock, write_lock
from maildesk.store.raw import sync_folder
from maildesk.store.store import Store, rename_instance

_DATABASE = "maildesk.db"
_NAMES = re.compile(r"maildesk\.db|raw/[0-9a-f]{2}/[0-9a-f]{64}")


def write_backup(store: Store, target: Path) -> int:
    """Write the backup; how many bytes it has."""
    _refuse_what_must_stay(store, target)
    try:
        with tempfile.TemporaryDirectory(dir=target.absolute().parent, prefix=".maildesk-") as work:
            copy = Path(work, _DATABASE)
            _copy_database(store, copy)
            draft = Path(work, "backup.tar")
            _pack(store, copy, draft)
            draft.chmod(0o600)
            draft.replace(target)
        sync_folder(target.absolute().parent)
        return target.stat().st_size
    except OSError as error:
        message = f"cannot write the backup {target}: {error.strerror or error}"
        raise StoreError(message) from error


def restore_backup(source: Path, data_dir: Path, *, force: bool) -> None:
    """Put the backup's contents into a data directory; with `force` what is there moves aside."""
    with daemon_lock(data_dir), write_lock(data_dir, wait_seconds=30):
        was_interrupted = restoring.finish(data_dir)
        restoring.remove_drafts(data_dir)
        if not force:
            _refuse_what_is_there(data_dir, was_interrupted=was_interrupted)
        with _unpacked(source, data_dir) as draft:
            restoring.begin(draft, data_dir)
        restoring.finish(data_dir)


def _refuse_what_is_there(data_dir: Path, *, was_interrupted: bool) -> None:
    if was_interrupted:
        message = (
            f"{data_dir}: an earlier restore that was interrupted is finished now; "
            "--force restores once more"
        )
        raise StoreError(message)
    if restoring.belongings(data_dir):
        message = f"{data_dir} is not empty; --force moves what is there aside"
        raise StoreError(message)


def _refuse_what_must_stay(store: Store, target: Path) -> None:
    """A new file takes the target's place: not that of a device, nor of the desk itself."""
    place = target.resolve()
    if place.exists() and not place.is_file():
        message = f"cannot write the backup {target}: it is no ordinary file"
        raise StoreError(message)
    names = (_DATABASE, f"{_DATABASE}-wal", f"{_DATABASE}-shm", "daemon.lock", "write.lock")
    if place.parent == store.data_dir.resolve() and place.name in names:
        message = f"cannot write the backup {target}: it is a part of the desk itself"
        raise StoreError(message)


def _copy_database(store: Store, copy: Path) -> None:
    os.close(os.open(copy, os.O_CREAT | os.O_WRONLY | os.O_EXCL, 0o600))
    source = connect_reader(store.data_dir)
    target = sqlite3.connect(copy)
    try:
        source.backup(target)
        _check(target, copy)
    except sqlite3.Error as error:
        message = f"the database cannot be copied: {error}"
        raise StoreError(message) from error
    finally:
        source.close()
        target.close()


def _pack(store: Store, copy: Path, draft: Path) -> None:
    conn = sqlite3.connect(f"{copy.absolute().as_uri()}?mode=ro", uri=True)
    try:
        names = [r[0] for r in conn.execute("SELECT DISTINCT file FROM raw WHERE file NOTNULL")]
    finally:
        conn.close()
    with draft.open("xb") as file:
        with tarfile.open(fileobj=file, mode="w") as archive:
            archive.add(copy, _DATABASE)
            for name in names:
                archive.add(store.raw.path_of(name), f"raw/{name[:2]}/{name}")
        file.flush()
        os.fsync(file.fileno())


@contextmanager
def _unpacked(source: Path, data_dir: Path) -> Iterator[Path]:
    """A draft with the checked contents of a backup, in the data directory itself."""
    with tempfile.TemporaryDirectory(dir=data_dir, prefix=restoring.DRAFT) as work:
        fresh = Path(work, restoring.NEW)
        fresh.mkdir(mode=0o700)
        try:
            with tarfile.open(source) as archive:
                for member in archive:
                    _unpack(archive, member, fresh)
        except (tarfile.TarError, EOFError, zlib.error, lzma.LZMAError) as error:
            message = f"{source} is no backup of maildesk, or is damaged"
            raise StoreError(message) from error
        except OSError as error:
            message = f"{source} cannot be restored: {error.strerror or error}"
            raise StoreError(message) from error
        database = fresh / _DATABASE
        if not database.is_file():
            message = f"{source} is no backup of maildesk: it holds no {_DATABASE}"
            raise StoreError(message)
        conn = sqlite3.connect(database)
        try:
            _check(conn, source)
            _rename(conn, source)
        finally:
            conn.close()
        _sync_file(database)
        yield Path(work)


def _unpack(archive: tarfile.TarFile, member: tarfile.TarInfo, fresh: Path) -> None:
    """Write one file of the archive; a name that no backup of ours has is refused."""
    content = archive.extractfile(member) if _NAMES.fullmatch(member.name) else None
    if content is None:
        message = f"{archive.name!s} is no backup of maildesk: it holds {member.name!r}"
        raise StoreError(message)
    place = fresh / member.name
    place.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    with content, open(os.open(place, os.O_CREAT | os.O_WRONLY | os.O_EXCL, 0o600), "wb") as file:
        shutil.copyfileobj(content, file)
        file.flush()
        os.fsync(file.fileno())


def _check(conn: sqlite3.Connection, place: Path) -> None:
    try:
        verdict = conn.execute("PRAGMA integrity_check").fetchone()[0]
        orphans = conn.execute("PRAGMA foreign_key_check").fetchone()
    except sqlite3.Error as error:
        verdict, orphans = str(error), None
    if verdict != "ok" or orphans:
        message = (
            f"{place} is damaged: {verdict if verdict != 'ok' else 'rows without their owner'}"
        )
        raise StoreError(message)


def _rename(conn: sqlite3.Connection, place: Path) -> None:
    """The original may still run, or have sent mail since: what is signed here differs from now."""
    try:
        rename_instance(conn)
        conn.commit()
    except sqlite3.Error as error:
        message = f"{place} is no backup of maildesk: {error}"
        raise StoreError(message) from error


def _sync_file(path: Path) -> None:
    with path.open("rb") as file:
        os.fsync(file.fileno())
