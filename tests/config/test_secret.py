"""Secrets: where they are kept, when they are read, and that they are never shown."""

from __future__ import annotations

import copy
import pickle
from pathlib import Path

import pytest

from maildesk.config import load
from maildesk.config.secret import Kind, Secret
from maildesk.errors import ConfigError
from tests.config.test_load import SMALL, write


def relay_password(folder: Path, line: str) -> Secret:
    text = SMALL + f'[outgoing]\nusername = "u"\n{line}\n'
    found = load(write(folder, text), {}).outgoing.password
    assert found
    return found


def test_each_of_the_four_forms_is_read_when_asked(tmp_path: Path) -> None:
    assert relay_password(tmp_path, 'password = "p w\\n"').read({}) == "p w\n"
    assert relay_password(tmp_path, 'password_env = "PW"').read({"PW": "from env"}) == "from env"
    by_file = relay_password(tmp_path, 'password_file = "pw"')
    by_credential = relay_password(tmp_path, 'password_credential = "pw"')
    (tmp_path / "pw").write_bytes("grün\r\n".encode())
    assert by_file.read({}) == "grün"
    assert by_credential.read({"CREDENTIALS_DIRECTORY": str(tmp_path)}) == "grün"
    (tmp_path / "pw").write_text("renewed")
    assert by_file.read({}) == "renewed"


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ('password_file = "gone"', "password_file: .*/gone cannot be read: No such file"),
        ('password_file = "empty"', "password_file: .*/empty is empty"),
        ('password_file = "latin"', "password_file: .*/latin is no UTF-8 text"),
        ('password_env = "PW"', "password_env: the variable PW is not set"),
        ('password_credential = "pw"', "password_credential: systemd gave no"),
    ],
)
def test_a_secret_that_is_not_there_is_named_by_its_key(
    tmp_path: Path, line: str, words: str
) -> None:
    (tmp_path / "empty").write_text("\n")
    (tmp_path / "latin").write_bytes(b"gr\xfcn")
    secret = relay_password(tmp_path, line)
    with pytest.raises(ConfigError, match=words):
        secret.read({})


def test_nothing_that_prints_settings_prints_a_secret(tmp_path: Path) -> None:
    settings = load(write(tmp_path, SMALL + '[outgoing]\nusername="u"\npassword="HUNTER2"\n'), {})
    secret = settings.outgoing.password
    assert secret == Secret(Kind.INLINE, "HUNTER2")
    shown = [repr(settings), str(settings), f"{secret} {secret!r}", repr(settings.model_dump())]
    assert not any("HUNTER2" in text for text in shown)
    assert pickle.loads(pickle.dumps(secret)) == copy.deepcopy(secret) == secret


@pytest.mark.parametrize(
    "lines",
    ['password_file = "a"\npassword_env = "B"', 'password = "a"\npassword_credential = "b"'],
)
def test_two_forms_of_one_secret_are_a_fault(tmp_path: Path, lines: str) -> None:
    second = lines.splitlines()[1].partition(" ")[0]
    with pytest.raises(ConfigError, match=f":13: outgoing.{second}: stands beside password"):
        relay_password(tmp_path, lines)


def test_a_credential_is_a_name_and_not_a_path(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="password_credential: must be the bare name"):
        relay_password(tmp_path, 'password_credential = "../shadow"')
