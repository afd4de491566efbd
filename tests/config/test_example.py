"""config.example.toml and the model hold the same keys, and its defaults are the true ones."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path
from typing import Any

import pytest

from maildesk.config import load
from maildesk.config.base import Model
from maildesk.config.keys import table_at, tables
from maildesk.config.secret import keys as secret_keys
from tests.config.test_load import SMALL, write

EXAMPLE = Path(__file__).parents[2] / "config.example.toml"

# Where the example must differ from the default, because the default is nothing or the machine's.
EXAMPLES_BY_NATURE = {
    "workflow.transitions",
    "data_dir",
    "include",
    "listener",
    "mailboxes",
    "outgoing.dkim",
    "trust.authserv_ids",
    "senders",
    "filters",
    "intake",
    "desks",
    "agents",
    "organisations",
    "calendars",
    "sla",
}

Names = tuple[str | int, ...]


def keys_in(value: Any, path: Names = (), shown: Names = ()) -> set[Names]:
    """Every key of the example, with the free names of tables such as [sla.NAME] left out."""
    found: set[Names] = set()
    if isinstance(value, list):
        for index, item in enumerate(value):
            found |= keys_in(item, (*path, index), shown)
    if isinstance(value, dict):
        model = table_at(path)
        for key, inner in value.items():
            is_key = model is not None and key in model.known_keys()
            name = (*shown, key) if is_key else shown
            found |= {name} | keys_in(inner, (*path, key), name)
    return found - {()}


def keys_of_the_model() -> set[Names]:
    return {(*place, key) for place, known in tables() for key in known}


def without_other_forms(names: set[Names]) -> set[Names]:
    """The forms of a secret are explained once, at the top: one of them anywhere is enough."""
    plain = {
        form: name
        for name in ("password", "client_secret", "refresh_token")
        for form in secret_keys(name)
    }
    return {(*name[:-1], plain.get(str(name[-1]), name[-1])) for name in names}


def test_the_example_and_the_model_hold_the_same_keys() -> None:
    shown = without_other_forms(keys_in(tomllib.loads(EXAMPLE.read_text())))
    known = without_other_forms(keys_of_the_model())
    # The relay's oauth2 is the mailboxes' one, and the example says so.
    known = {name for name in known if name[:2] != ("outgoing", "oauth2")}
    assert shown == known


def test_every_form_of_a_secret_is_explained() -> None:
    for form in secret_keys("password"):
        assert form in EXAMPLE.read_text()
    assert "outgoing.oauth2" in EXAMPLE.read_text()


def test_the_example_loads_without_a_fault_or_a_warning(tmp_path: Path) -> None:
    settings = load(EXAMPLE, {})
    assert settings.warnings == ()
    assert settings.policy().desks[0].key == "HELP"


def test_what_the_example_shows_as_default_is_the_default(tmp_path: Path) -> None:
    example, small = load(EXAMPLE, {}), load(write(tmp_path, SMALL), {})
    differing = set()
    for name in type(small).model_fields:
        one, two = getattr(example, name), getattr(small, name)
        if isinstance(one, Model):
            fields = type(one).model_fields
            differing |= {f"{name}.{f}" for f in fields if getattr(one, f) != getattr(two, f)}
        elif one != two:
            differing.add(name)
    assert differing - {"outgoing.maildir"} == EXAMPLES_BY_NATURE


@pytest.mark.parametrize("table", ["listener", "desks", "mailboxes"])
def test_a_default_named_in_a_comment_is_the_models(table: str) -> None:
    """Lines such as `language = "en"` of the first of several tables hold the default."""
    example = load(EXAMPLE, {})
    own = {
        "listener": {"tls_certificate", "tls_key", "auth"},
        "desks": {"key", "name", "address", "aliases", "agents", "sla"},
        "mailboxes": {"name", "host", "username", "password", "desk"},
    }[table]
    shown = getattr(example, table)[0]
    for name, field in type(shown).model_fields.items():
        if name not in own and not field.is_required() and field.default_factory is None:
            assert getattr(shown, name) == field.default, name


def test_every_key_has_a_comment_or_stands_beside_one() -> None:
    """A blank or commented line, or a comment on the line: nothing longer than four bare keys."""
    bare = 0
    for line in EXAMPLE.read_text().splitlines():
        is_bare = bool(re.match(r"[a-z0-9_]+ = ", line)) and "  #" not in line
        bare = bare + 1 if is_bare else 0
        assert bare <= 4, line
