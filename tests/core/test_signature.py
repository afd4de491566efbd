"""Signed Message-IDs prove exactly one ticket, recipient, scope and nonce."""

from __future__ import annotations

import pytest

from maildesk.core import signature
from maildesk.core.signature import Scope
from tests.core.build import NONCE, SECRET, signed_id


def test_a_minted_id_is_proof_for_its_recipient_in_any_case() -> None:
    form = signature.read(signed_id("Ada@ACME.example").upper())
    assert form
    assert form.ref == "help-7"
    assert signature.is_signed_for(form, "ada@acme.example", SECRET)


@pytest.mark.parametrize(
    "change",
    [
        lambda i: i.replace("help-7", "help-8"),
        lambda i: i.replace(".p.", ".i."),
        lambda i: i.replace(NONCE, NONCE[::-1]),
        lambda i: i[: i.index("@") - 1] + ("a" if i[i.index("@") - 1] != "a" else "b") + "@x>",
    ],
    ids=["ticket", "scope", "nonce", "signature"],
)
def test_any_change_breaks_the_proof(change: object) -> None:
    assert callable(change)
    form = signature.read(change(signed_id("ada@acme.example")))
    assert form
    assert not signature.is_signed_for(form, "ada@acme.example", SECRET)


def test_another_recipient_or_secret_is_no_proof() -> None:
    form = signature.read(signed_id("ada@acme.example"))
    assert form
    assert not signature.is_signed_for(form, "eve@evil.example", SECRET)
    assert not signature.is_signed_for(form, "ada@acme.example", b"other")


@pytest.mark.parametrize("text", ["", "<a@b>", "help-7.p.x@y", f"<help-7.p.{NONCE}.short@x>"])
def test_other_ids_are_not_taken_for_ours(text: str) -> None:
    assert signature.read(text) is None


def test_the_thread_root_is_never_mistaken_for_a_signed_id() -> None:
    assert signature.read(signature.thread_root("HELP-7", "desk.example")) is None


def test_every_scope_reads_back() -> None:
    for scope in Scope:
        form = signature.read(signed_id("a@b.example", scope=scope))
        assert form
        assert form.scope is scope
