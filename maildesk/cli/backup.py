"""`maildesk backup` and `maildesk restore`: a consistent copy while the daemon runs, and back.

In: a file. Out: the file, mode 0600, or the restored data directory.
*Fails:* NotFound where no desk is; StoreError for a file that cannot be written, is no backup, or
over a directory that is not empty; StoreBusy while a daemon runs.
"""

from __future__ import annotations

from pathlib import Path

import click

from maildesk.cli.frame import Frame, json_option, pass_frame
from maildesk.cli.printing import print_json, say
from maildesk.errors import NotFound


@click.command()
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False))
@json_option
@pass_frame
def backup(frame: Frame, file: Path, as_json: bool) -> None:
    """Write a consistent copy to FILE; the daemon may run."""
    from maildesk.store.backup import write_backup
    from maildesk.store.view import has_desk

    data_dir = frame.load().data_dir
    if not has_desk(data_dir):
        # A wrong folder or a forgotten `-c` must not look like a good backup.
        message = f"there is no desk in {data_dir}, so there is nothing to back up"
        raise NotFound(message)
    with frame.store() as store:
        size = write_backup(store, file)
    if as_json:
        print_json({"file": str(file), "size": size})
    else:
        say(f"{file}: {size} bytes; it holds the signing secret, keep it closed")


@click.command()
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False))
@click.option("--force", is_flag=True, help="Move what is in the data directory aside.")
@json_option
@pass_frame
def restore(frame: Frame, file: Path, force: bool, as_json: bool) -> None:
    """Put a backup into the data directory; no daemon may run."""
    from maildesk.store.backup import restore_backup

    data_dir = frame.load().data_dir
    restore_backup(file, data_dir, force=force)
    if as_json:
        print_json({"restored": str(data_dir)})
    else:
        say(f"restored to {data_dir}")
