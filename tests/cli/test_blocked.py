"""`maildesk blocked`: who is ignored, by a person's word at the command line."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.cli.shell import maildesk


def test_a_sender_is_blocked_listed_and_welcome_again(tmp_path: Path) -> None:
    assert maildesk("blocked", "list", cwd=tmp_path).text == "nobody is blocked\n"
    assert maildesk("blocked", "add", "Mallory+x@Elsewhere.example", cwd=tmp_path).code == 0
    (found,) = maildesk("blocked", "list", "--json", cwd=tmp_path).json
    assert found["address"] == "mallory@elsewhere.example"
    assert found["by"] == "command line"
    assert found["at"].endswith("Z")
    assert "mallory@elsewhere.example" in maildesk("blocked", "list", cwd=tmp_path).text
    assert maildesk("blocked", "remove", "mallory@elsewhere.example", cwd=tmp_path).code == 0
    assert maildesk("blocked", "list", "--json", cwd=tmp_path).json == []


def test_nobody_unblocks_who_is_not_blocked(tmp_path: Path) -> None:
    done = maildesk("blocked", "remove", "ada@acme.example", "--json", cwd=tmp_path)
    assert (done.code, done.json) == (1, {"error": "ada@acme.example is not blocked"})


@pytest.mark.parametrize("address", ["agent@localhost", "support@localhost", "ada", "@"])
def test_agents_desks_and_what_is_no_address_cannot_be_blocked(
    tmp_path: Path, address: str
) -> None:
    done = maildesk("blocked", "add", address, cwd=tmp_path)
    assert (done.code, address in done.err) == (2, True)
