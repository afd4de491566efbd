"""DKIM: what we sign verifies, and what was changed on the way does not."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from maildesk.config.wires import Dkim
from maildesk.errors import ConfigError
from maildesk.outbox.signing import signer
from tests import parts

pytestmark = parts.need("dkimpy", "openssl")

MAIL = (
    b"From: Support <support@desk.example>\r\nTo: ada@acme.example\r\nSubject: x\r\n"
    b"Auto-Submitted: auto-replied\r\n\r\nhello\r\n"
)


@pytest.fixture(scope="module")
def keys(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, bytes]:
    folder = tmp_path_factory.mktemp("dkim")
    private = folder / "key.pem"
    subprocess.run(["openssl", "genrsa", "-out", private, "2048"], check=True, capture_output=True)
    shown = subprocess.run(
        ["openssl", "rsa", "-in", private, "-pubout"], check=True, capture_output=True
    )
    record = b"v=DKIM1; k=rsa; p=" + b"".join(shown.stdout.split(b"\n")[1:-2])
    return private, record


def verifies(mail: bytes, record: bytes) -> bool:
    import dkim

    def lookup(name: bytes, timeout: float = 5) -> bytes:
        assert name == b"s1._domainkey.desk.example."
        return record

    return bool(dkim.verify(mail, dnsfunc=lookup))


def configured(key: Path) -> Dkim:
    return Dkim.model_construct(domain="desk.example", selector="s1", key_file=key)


def test_a_signed_mail_verifies_and_a_changed_one_does_not(keys: tuple[Path, bytes]) -> None:
    signed = signer(configured(keys[0]))(MAIL)
    assert signed.endswith(MAIL)
    assert verifies(signed, keys[1])
    assert not verifies(signed.replace(b"hello", b"hullo"), keys[1])
    assert not verifies(signed.replace(b"Subject: x", b"Subject: y"), keys[1])


def test_nobody_can_add_a_second_from(keys: tuple[Path, bytes]) -> None:
    signed = signer(configured(keys[0]))(MAIL)
    forged = signed.replace(b"\r\nTo:", b"\r\nFrom: evil@evil.example\r\nTo:")
    assert not verifies(forged, keys[1])


def test_without_a_configuration_mail_stays_as_it_is() -> None:
    assert signer(None)(MAIL) == MAIL


@pytest.mark.parametrize("content", [None, b"", b"no key at all"])
def test_a_key_that_cannot_sign_is_a_fault_of_the_configuration(
    tmp_path: Path, content: bytes | None
) -> None:
    key = tmp_path / "key.pem"
    if content is not None:
        key.write_bytes(content)
    with pytest.raises(ConfigError, match="key_file"):
        signer(configured(key))
