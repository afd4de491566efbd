"""The real programs that tests run against, and what Debian calls them.

In: the names of the parts a test needs. Out: a mark that skips the test, by name, where one is
missing; the run ends with a list of what was missing, and `--require-parts=all` (or a list of
names) makes a missing part a failure. `path` gives the program to start.

    pytestmark = parts.need("dovecot")

    @parts.need("smtp-source")
    def test_sixteen_clients_at_once(): ...

*Fails:* `KeyError` for a name that is not in the table, when the test is collected.
"""

from __future__ import annotations

import importlib.util
import os
import shutil
from dataclasses import dataclass

import pytest


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """One program (or Python module) and the way to get it."""

    package: str  # what to install; for a module its name on PyPI
    tier: str = ""  # the marker that selects all tests of this kind: `pytest -m dovecot`
    program: str = ""  # the file's name where it differs from the part's
    module: str = ""  # a Python module instead of a program


PARTS = {
    "dkimpy": Part(package="dkimpy", module="dkim"),
    "dovecot": Part(package="dovecot-imapd", tier="dovecot"),
    "postfix": Part(package="postfix", tier="mta"),
    "smtp-source": Part(package="postfix", tier="mta"),
    "smtp-sink": Part(package="postfix", tier="mta"),
    "exim4": Part(package="exim4-daemon-light", tier="mta"),
    "swaks": Part(package="swaks", tier="mta"),
    "msmtp": Part(package="msmtp", tier="mta"),
    "opendkim": Part(package="opendkim", tier="mta"),
    "opendmarc": Part(package="opendmarc", tier="mta"),
    "neomutt": Part(package="neomutt", tier="clients"),
    "s-nail": Part(package="s-nail", tier="clients"),
    "mblaze": Part(package="mblaze", tier="clients", program="mshow"),
    "notmuch": Part(package="notmuch", tier="clients"),
    "script": Part(package="bsdutils", tier="clients"),
    "chromium": Part(package="chromium"),
    "man": Part(package="man-db"),
    "strace": Part(package="strace"),
    "sqlite3": Part(package="sqlite3"),
    "openssl": Part(package="openssl"),
    "systemd-analyze": Part(package="systemd", tier="systemd"),
    "systemd-socket-activate": Part(package="systemd", tier="systemd"),
    "pymap": Part(package="pymap (PyPI)", module="pymap"),
}

# Daemons stand in sbin, which is not on an ordinary user's PATH.
_SBIN = os.pathsep.join(("/usr/local/sbin", "/usr/sbin", "/sbin"))


def need(*names: str) -> pytest.MarkDecorator:
    """The mark of tests that need all of `names`."""
    for name in names:
        PARTS[name]
    return pytest.mark.needs(*names)


def path(name: str) -> str:
    """The full path of the part's program, "" where it is missing."""
    program = PARTS[name].program or name
    return shutil.which(program) or shutil.which(program, path=_SBIN) or ""


def is_here(name: str) -> bool:
    """Whether the part can be used on this machine."""
    module = PARTS[name].module
    return importlib.util.find_spec(module) is not None if module else bool(path(name))


def missing(names: tuple[str, ...]) -> list[str]:
    """Those of `names` that are not here, in their order."""
    return [name for name in names if not is_here(name)]


def how_to_get(name: str) -> str:
    """`dovecot (package dovecot-imapd)`."""
    return f"{name} (package {PARTS[name].package})"
