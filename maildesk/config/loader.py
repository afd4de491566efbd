"""From a file to `Settings`: find it, read it, judge it whole, say every fault at once.

In: a path (None: the embedded default) and the environment. Out: frozen `Settings`.
*Fails:* ConfigError with a line for each fault; nothing else. No network is used and no file but
the configuration itself is opened, so secrets may be missing.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from maildesk.config import documents, faults
from maildesk.config.cautions import cautions
from maildesk.config.checks import check
from maildesk.config.documents import Document
from maildesk.config.settings import Settings, context
from maildesk.errors import ConfigError

SYSTEM_CONFIG = Path("/etc/maildesk/config.toml")

# Contract of the program without any configuration: everything on this machine, mail to a Maildir.
EMBEDDED = """
[listener]
port = 8025

[outgoing]
transport = "maildir"

[[desks]]
key = "HELP"
name = "Support"
address = "support@localhost"
agents = ["agent"]

[[agents]]
id = "agent"
name = "Agent"
emails = ["agent@localhost"]
"""


def find_config(option: Path | None, env: Mapping[str, str], cwd: Path) -> Path | None:
    """The file to read: `-c`, $MAILDESK_CONFIG, ./config.toml, /etc/maildesk/config.toml, or None.

    What was named is returned even when it is missing, so that `load` can say so.
    """
    if option is not None:
        return option
    if env.get("MAILDESK_CONFIG"):
        return Path(env["MAILDESK_CONFIG"])
    usual = (cwd / "config.toml", SYSTEM_CONFIG)
    return next((path for path in usual if os.path.lexists(path)), None)


def load(path: Path | None, env: Mapping[str, str]) -> Settings:
    """The settings of the file, or the embedded default; ConfigError names every fault."""
    if path is None:
        document = documents.parse(EMBEDDED, "the embedded default")
    else:
        document = documents.read(path)
        documents.join_included(document, path)
    document.data.setdefault("data_dir", _default_data_dir(env))
    folder = (path.parent if path else Path()).absolute()
    settings = judged(document, folder, str(path))
    # The embedded default is for a first look, and says what it is at the start.
    found = cautions(settings, document) if path else ()
    words = faults.lines(found, document.spots, str(path))
    return settings.loaded_from(path, words)


def judged(document: Document, folder: Path, source: str) -> Settings:
    """The settings that a document holds; `folder` is where relative paths start."""
    found = [*document.faults, *check(document.data, folder)]
    settings = None
    try:
        settings = Settings.model_validate(document.data, context=context(folder, document.data))
    except ValidationError as error:
        found += faults.from_pydantic(error)
    if settings is None or found:
        raise ConfigError(faults.lines(found, document.spots, source))
    return settings


def _default_data_dir(env: Mapping[str, str]) -> Any:
    # systemd gives several directories separated by colons when a unit has several.
    return env.get("STATE_DIRECTORY", "").partition(":")[0] or "maildesk-data"
