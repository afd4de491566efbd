"""What `inbox show` says of a sender, field by field."""

from __future__ import annotations

from dataclasses import replace

from maildesk.core.authres import AuthResult, AuthResults
from maildesk.core.evidence import evidence
from maildesk.core.model import Envelope, Mailbox, Policy
from tests.core.build import ENVELOPE, POLICY, message

ALICE = Mailbox(email="alice@desk.example")
PASS = (AuthResult(method="dmarc", result="pass", properties=(("header.from", "desk.example"),)),)
OURS = AuthResults(authserv_id="MX.desk.example", results=PASS)
OTHER = AuthResults(authserv_id="mx.evil.example", results=PASS)
BARE = AuthResults(authserv_id="", results=PASS)
BY_IMAP = replace(ENVELOPE, source="imap:box", peer="")


def said(
    *fields: AuthResults, envelope: Envelope = BY_IMAP, policy: Policy = POLICY
) -> tuple[str, ...]:
    return evidence(message(ALICE, auth_results=fields), envelope, policy)[1:]


def test_the_writer_is_named_first() -> None:
    assert evidence(message(ALICE), ENVELOPE, POLICY) == (
        "From is alice@desk.example, the address of the agent alice",
        "there is no Authentication-Results field",
    )
    logged_in = replace(ENVELOPE, authenticated_as="alice")
    assert evidence(message(ALICE), logged_in, POLICY)[1].endswith("confirmed it, as alice")
    [first, _] = evidence(message(None, shown_from="alice@desk.example"), ENVELOPE, POLICY)
    assert first.startswith("From is not one sound mailbox; it shows alice@desk.example")


def test_each_field_says_whether_it_is_believed_and_why_not() -> None:
    words = "dmarc=pass header.from=desk.example"
    assert said(OTHER, OURS, OURS) == (
        f"not believed: mx.evil.example: {words} (its id is not in [trust] authserv_ids)",
        f"believed: MX.desk.example: {words}",
        f"not believed: MX.desk.example: {words} (another stands above it)",
    )


def test_the_way_in_and_the_mode_are_named_as_reasons() -> None:
    [line] = said(OURS, envelope=ENVELOPE)
    assert line.endswith("(the peer 192.0.2.1 is not in [trust] peers)")
    [line] = said(BARE)
    assert line.endswith("(it names no server, and [trust] microsoft365 is off)")
    assert said(OTHER, BARE, policy=replace(POLICY, microsoft365=True))[1].endswith(
        "(it is not the topmost)"
    )


def test_a_field_that_cannot_be_read_says_so() -> None:
    assert said(AuthResults(authserv_id="mx.desk.example")) == (
        "believed: mx.desk.example: nothing that can be read",
    )
