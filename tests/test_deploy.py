"""The systemd units: taken by systemd, hardened, and no harder than our libraries can bear.

In: the files of deploy/ and systemd's own tools. Out: their verdicts.

*Fails:* as every test does.
"""

from __future__ import annotations

import ctypes
import re
import subprocess
import sys
from pathlib import Path

import pytest

from maildesk.inbox.smtp_limits import DEFAULT_LIMITS
from tests import parts

DEPLOY = Path(__file__).resolve().parent.parent / "deploy"
SERVICE = DEPLOY / "maildesk.service"
LIBRARIES = (
    "aiosmtpd.controller, apscheduler.schedulers.background, babel.dates, css_inline, ctypes, "
    "holidays, imapclient, jinja2, mailparser, nh3, pydantic, sqlite3, ssl, "
    "sqlite_utils, tabulate"
)
# What MemoryDenyWriteExecute=yes does, asked of the kernel itself (Linux 6.3 and newer).
DENY_WRITE_EXECUTE = "import ctypes; refused = ctypes.CDLL(None).prctl(65, 1, 0, 0, 0)\n"


class Unit:
    """A unit file; a key may stand more than once."""

    def __init__(self, path: Path) -> None:
        self.lines = [
            line for line in path.read_text().splitlines() if line and not line.startswith("#")
        ]

    def all(self, key: str) -> list[str]:
        return [line.partition("=")[2] for line in self.lines if line.startswith(f"{key}=")]

    def __getitem__(self, key: str) -> str:
        (value,) = self.all(key)
        return value


@pytest.fixture
def unit() -> Unit:
    return Unit(SERVICE)


@parts.need("systemd-analyze")
@pytest.mark.parametrize("name", ["maildesk.service", "maildesk.socket"])
def test_systemd_takes_the_unit_without_a_word(name: str, tmp_path: Path) -> None:
    # The program that the unit starts need not be installed where the test runs.
    for file in (SERVICE, DEPLOY / "maildesk.socket"):
        text = file.read_text().replace("/opt/maildesk/bin/maildesk", sys.executable)
        (tmp_path / file.name).write_text(text)
    done = subprocess.run(
        [parts.path("systemd-analyze"), "verify", "--man=no", str(tmp_path / name)],
        capture_output=True,
        text=True,
        check=False,
    )
    about_us = [line for line in done.stderr.splitlines() if "maildesk" in line]
    assert about_us == []
    assert done.returncode == 0, done.stderr


@parts.need("systemd-analyze")
def test_the_service_may_do_very_little() -> None:
    done = subprocess.run(
        [
            parts.path("systemd-analyze"),
            "security",
            "--offline=yes",
            "--threshold=15",
            "--no-pager",
            str(SERVICE),
        ],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout[-400:] + done.stderr


def test_it_runs_the_daemon_in_words_the_command_line_knows(unit: Unit) -> None:
    assert unit["ExecStart"] == "/opt/maildesk/bin/maildesk -c /etc/maildesk/config.toml run"
    assert unit["Type"] == "notify"
    assert unit["ExecReload"] == "/bin/kill -HUP $MAINPID"


def test_a_wrong_configuration_is_not_tried_again(unit: Unit) -> None:
    assert unit["Restart"] == "on-failure"
    assert unit["RestartPreventExitStatus"] == "78"


def test_a_daemon_that_hangs_is_noticed(unit: Unit) -> None:
    assert unit["WatchdogSec"] == "60s"
    assert unit["NotifyAccess"] == "main"


def test_the_data_directory_is_nobody_elses(unit: Unit) -> None:
    assert unit["StateDirectory"] == "maildesk"
    assert unit["StateDirectoryMode"] == "0700"
    assert unit["UMask"] == "0077"
    assert unit["User"] == "maildesk"


def test_a_secret_that_is_not_there_does_not_keep_the_daemon_from_starting(unit: Unit) -> None:
    # With a path behind the name, systemd insists on the file.
    for name in unit.all("LoadCredential"):
        assert re.fullmatch(r"maildesk\.[a-z0-9-]+", name)


def test_the_parsers_may_limit_themselves(unit: Unit) -> None:
    allowed = unit.all("SystemCallFilter")
    assert allowed.index("prlimit64 setrlimit") > allowed.index("~@privileged @resources")
    assert int(unit["TasksMax"]) >= 64


def test_full_listeners_leave_file_descriptors_for_everything_else(unit: Unit) -> None:
    assert int(unit["LimitNOFILE"]) >= 10 * DEFAULT_LIMITS.sessions


def test_a_mail_that_eats_a_parsers_memory_ends_that_parser_alone(unit: Unit) -> None:
    # ParserPool lets one parser have 512 MiB, and the daemon lives in the same control group.
    assert unit["OOMPolicy"] == "continue"
    assert unit["MemoryMax"] == "1G"


def test_the_socket_hands_port_25_over_by_name() -> None:
    socket = Unit(DEPLOY / "maildesk.socket")
    assert socket["ListenStream"] == "25"
    assert socket["FileDescriptorName"] == "smtp"


def test_our_libraries_work_without_writable_executable_memory() -> None:
    if sys.platform != "linux" or ctypes.CDLL(None).prctl(66, 0, 0, 0, 0) < 0:
        pytest.skip("this kernel cannot deny writable executable memory")
    code = DENY_WRITE_EXECUTE + f"import {LIBRARIES}\n"
    code += "css_inline.CSSInliner().inline('<style>b{color:red}</style><b>x</b>')\n"
    code += "nh3.clean('<b>x</b>')\n"
    code += "ctypes.CDLL(None).prctl(1, 9, 0, 0, 0); ssl.create_default_context()\n"
    code += "pydantic.TypeAdapter(list[int]).validate_python(['1']); raise SystemExit(refused)"
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, timeout=50, check=False
    )
    assert done.returncode == 0, done.stderr
