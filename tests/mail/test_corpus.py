"""Every mail of tests/corpus is read as its .toml says; keys left out are not looked at."""

import tomllib
from dataclasses import asdict
from pathlib import Path
from typing import Any

import pytest

from maildesk.core.model import Forwarded, InboundMessage
from maildesk.mail.parse import parse

CORPUS = Path(__file__).parent.parent / "corpus"
CASES = sorted(CORPUS.glob("*.toml"))


@pytest.mark.parametrize("case", CASES, ids=lambda path: path.stem)
def test_a_mail_of_the_corpus_is_read_as_expected(case: Path) -> None:
    wanted = tomllib.loads(case.read_text(encoding="utf-8"))
    raw = case.with_suffix(".eml").read_bytes()
    message = parse(raw, wanted.get("envelope_sender"))
    for key, value in wanted["expected"].items():
        check(message, key, value)


def check(message: InboundMessage | Forwarded | None, key: str, wanted: Any) -> None:
    if key.startswith("forwarded_"):
        assert isinstance(message, InboundMessage)
        check(message.forwarded, key.removeprefix("forwarded_"), wanted)
    elif key.startswith("has_"):
        assert (getattr(message, key.removeprefix("has_")) is not None) == wanted, key
    elif key.endswith(("_has", "_have")):
        assert wanted in (getattr(message, key.rsplit("_", 1)[0]) or ""), key
    elif key.endswith("_lacks"):
        for word in [wanted] if isinstance(wanted, str) else wanted:
            assert word not in (getattr(message, key.removesuffix("_lacks")) or ""), key
    elif key == "attachments":
        assert message is not None
        assert len(message.attachments) == len(wanted), message.attachments
        for found, expected in zip(message.attachments, wanted, strict=True):
            assert {name: getattr(found, name) for name in expected} == expected
    else:
        assert as_plain(getattr(message, key)) == wanted, key


def as_plain(value: Any) -> Any:
    """Tuples as lists and dataclasses as dicts, as TOML has them."""
    if isinstance(value, tuple):
        return [as_plain(item) for item in value]
    if hasattr(value, "__dataclass_fields__"):
        return {name: as_plain(item) for name, item in asdict(value).items()}
    if isinstance(value, dict):
        return {name: as_plain(item) for name, item in value.items()}
    return value


def test_every_mail_of_the_corpus_says_what_is_expected_of_it_and_why() -> None:
    mails = {path.stem for path in CORPUS.glob("*.eml")}
    assert mails == {path.stem for path in CASES}
    assert len(mails) >= 50
    for case in CASES:
        assert tomllib.loads(case.read_text(encoding="utf-8"))["why"]
