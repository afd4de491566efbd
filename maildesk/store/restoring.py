"""One desk in the place of another, so that a kill at any instant leaves the one or the other.

In: a draft folder inside the data directory, with the new contents in `new/`, whole and synced.
Out: the new desk in its place, and what was there in a folder `before-restore-…`.

The draft's new name, `restoring`, is the decision: before it nothing of the old desk has moved, and
after it nobody opens either desk. Whoever opens the directory to write carries the rest through
first: what is there goes to `restoring/old`, then `new` is called `placing`, then its contents take
their place. Each step is one rename that a second attempt finds done or does, and its folders are
synced before the next phase begins.

The write lock is enough for that: a restore begins only under the daemon's lock too, and a daemon
that starts later opens the store, and so ends the restore, before it does anything else.
*Fails:* StoreError for what cannot be moved, while nothing is decided yet; OSError later.
"""

from __future__ import annotations

import os
import shutil
from datetime import UTC, datetime
from itertools import count
from pathlib import Path

from maildesk.errors import StoreError
from maildesk.store.database import hand_over
from maildesk.store.raw import sync_folder

DRAFT = ".restore-"
NEW = "new"

_BEGUN = "restoring"
_PLACING = "placing"
_OLD = "old"
_ASIDE = "before-restore-"
_STAYING = frozenset({"daemon.lock", "write.lock", "lost+found", _BEGUN})


def is_begun(data_dir: Path) -> bool:
    """Whether a restore is under way here, or was killed on its way."""
    return (data_dir / _BEGUN).is_dir()


def refuse_if_begun(data_dir: Path) -> None:
    """For who only looks: between two desks there is none to be seen. Raises StoreError."""
    if is_begun(data_dir):
        message = (
            f"a restore of {data_dir} is under way, or was interrupted: then `maildesk run` or "
            "`maildesk process` finishes it"
        )
        raise StoreError(message)


def belongings(data_dir: Path) -> list[Path]:
    """What a restore moves aside: all but the locks, earlier desks and drafts."""
    return sorted(
        item
        for item in data_dir.iterdir()
        if item.name not in _STAYING and not item.name.startswith((_ASIDE, DRAFT))
    )


def begin(draft: Path, data_dir: Path) -> None:
    """Decide for the new desk; from here on there is no way back but `finish`."""
    for item in belongings(data_dir):
        _refuse_if_fixed(item)
    (draft / _OLD).mkdir(mode=0o700)
    for item in (draft, *draft.rglob("*")):
        hand_over(item, data_dir)
        if item.is_dir():
            sync_folder(item)
    draft.rename(data_dir / _BEGUN)
    sync_folder(data_dir)


def finish(data_dir: Path) -> bool:
    """Carry a begun restore to its end; whether there was one. The caller holds the write lock."""
    if not is_begun(data_dir):
        return False
    begun = data_dir / _BEGUN
    if (begun / NEW).is_dir():
        _put_aside(begun, data_dir)
    if (begun / _PLACING).is_dir():
        _put_in_place(begun, data_dir)
    if (begun / _OLD).is_dir():
        _name_what_was_there(begun / _OLD, data_dir)
    begun.rmdir()
    sync_folder(data_dir)
    return True


def remove_drafts(data_dir: Path) -> None:
    """Remove what restores left that were killed before they began to move anything."""
    for draft in data_dir.glob(f"{DRAFT}*"):
        shutil.rmtree(draft, ignore_errors=True)


def _refuse_if_fixed(item: Path) -> None:
    """A mount point cannot be renamed, nor a folder by who may not write in it."""
    is_folder = item.is_dir() and not item.is_symlink()
    if is_folder and (item.is_mount() or not os.access(item, os.W_OK)):
        message = f"{item} cannot be moved aside: it is a mount point, or closed to this user"
        raise StoreError(message)


def _put_aside(begun: Path, data_dir: Path) -> None:
    for item in belongings(data_dir):
        _keep(item, begun / _OLD)
    sync_folder(begun / _OLD)
    sync_folder(data_dir)
    (begun / NEW).rename(begun / _PLACING)
    sync_folder(begun)


def _put_in_place(begun: Path, data_dir: Path) -> None:
    for item in sorted((begun / _PLACING).iterdir()):
        place = data_dir / item.name
        if os.path.lexists(place):
            _keep(place, begun / _OLD)
        item.rename(place)
    sync_folder(data_dir)
    (begun / _PLACING).rmdir()
    sync_folder(begun)


def _keep(item: Path, folder: Path) -> None:
    """Move it there. A name may come twice when others were at work between two attempts."""
    names = (f"{item.name}~{n}" if n else item.name for n in count())
    item.rename(next(p for name in names if not os.path.lexists(p := folder / name)))


def _name_what_was_there(old: Path, data_dir: Path) -> None:
    if any(old.iterdir()):
        old.rename(data_dir / f"{_ASIDE}{datetime.now(UTC):%Y%m%dT%H%M%S.%fZ}")
        sync_folder(data_dir)
    else:
        old.rmdir()
