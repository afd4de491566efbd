"""Which words about a sender are believed."""

from __future__ import annotations

from dataclasses import replace

import pytest

from maildesk.core import thread
from maildesk.core.authres import AuthResult, AuthResults
from maildesk.core.model import Context, Mailbox, Policy
from maildesk.core.trust import agent_at, identify, own_address
from tests.core.build import ENVELOPE, NOW, POLICY, SECRET, message

ALICE = Mailbox(email="alice@desk.example")
BY_IMAP = replace(ENVELOPE, source="imap:box", peer="")


def field(
    authserv_id: str, method: str = "dmarc", result: str = "pass", **properties: str
) -> AuthResults:
    named = tuple((name.replace("_", "."), value) for name, value in properties.items())
    return AuthResults(
        authserv_id=authserv_id,
        results=(AuthResult(method=method, result=result, properties=named),),
    )


GOOD = field("mx.desk.example", header_from="desk.example")
BAD = field("mx.desk.example", result="fail", header_from="desk.example")


def proof(*fields: AuthResults, policy: Policy = POLICY, **changes: object) -> str:
    mail = message(ALICE, auth_results=fields)
    envelope = replace(BY_IMAP, **changes)
    refs = thread.refs(mail, envelope, policy)
    return identify(mail, envelope, refs, Context(policy=policy, secret=SECRET), NOW).proof


def test_a_pass_of_the_configured_id_is_a_proof_whatever_its_case() -> None:
    assert proof(GOOD) == "dmarc"
    assert proof(replace(GOOD, authserv_id="MX.Desk.Example")) == "dmarc"


def test_a_field_of_another_id_above_does_not_hinder() -> None:
    assert proof(field("mx.elsewhere.example"), GOOD) == "dmarc"


def test_only_the_topmost_field_of_the_id_counts() -> None:
    assert proof(BAD, GOOD) == ""


@pytest.mark.parametrize(
    "forged",
    [
        field("mx.evil.example", header_from="desk.example"),
        field("", header_from="desk.example"),
        field("mx.desk.example", header_from="evil.example"),
        field("mx.desk.example"),
        field("mx.desk.example", "spf", smtp_mailfrom="desk.example"),
        field("mx.desk.example", "dkim", header_d="evil.example"),
        field("mx.desk.example", "dkim", header_d="example"),
        field("mx.desk.example", "dkim", result="neutral", header_d="desk.example"),
    ],
)
def test_what_does_not_speak_of_the_from_domain_is_no_proof(forged: AuthResults) -> None:
    assert proof(forged) == ""


def test_a_signature_of_the_domain_or_its_organisation_is_a_proof() -> None:
    assert proof(field("mx.desk.example", "dkim", header_d="desk.example")) == "dkim"


DEEP = replace(
    POLICY,
    agents=(replace(POLICY.agents[0], emails=("alice@it.desk.co.uk",)),),
    organisational_domains=(("it.desk.co.uk", "desk.co.uk"),),
)


@pytest.mark.parametrize(
    ("signer", "believed"),
    [
        ("it.desk.co.uk", "dkim"),
        ("desk.co.uk", "dkim"),
        ("co.uk", ""),
        ("uk", ""),
        ("mail.it.desk.co.uk", ""),
        ("hr.desk.co.uk", ""),
    ],
)
def test_a_signer_above_the_domain_counts_only_as_its_organisational_domain(
    signer: str, believed: str
) -> None:
    mail = message(
        Mailbox(email="alice@it.desk.co.uk"),
        auth_results=(field("mx.desk.example", "dkim", header_d=signer),),
    )
    refs = thread.refs(mail, BY_IMAP, DEEP)
    assert identify(mail, BY_IMAP, refs, Context(policy=DEEP, secret=SECRET), NOW).proof == believed


@pytest.mark.parametrize(
    "spelling", ['"alice"@desk.example', "alice@desk.example.", "ALICE@Desk.Example"]
)
def test_an_agents_address_is_known_in_every_spelling(spelling: str) -> None:
    agent = agent_at(POLICY, spelling)
    assert agent
    assert own_address(agent, spelling) == "alice@desk.example"


@pytest.mark.parametrize("other", ["", "alice", "alice+x@desk.example", "alice@desk.example.org"])
def test_what_only_resembles_it_is_somebody_elses(other: str) -> None:
    assert agent_at(POLICY, other) is None


def test_a_domain_in_unicode_is_the_one_that_servers_write_in_ascii() -> None:
    idn = replace(POLICY, agents=(replace(POLICY.agents[0], emails=("a@m\u00fcnchen.example",)),))
    field_in_ascii = field("mx.desk.example", header_from="xn--mnchen-3ya.example")
    for address, believed in (("a@m\u00fcnchen.example", "dmarc"), ("a@munchen.example", "")):
        mail = message(Mailbox(email=address), auth_results=(field_in_ascii,))
        refs = thread.refs(mail, BY_IMAP, idn)
        assert (
            identify(mail, BY_IMAP, refs, Context(policy=idn, secret=SECRET), NOW).proof == believed
        )


def results(*found: AuthResults) -> AuthResults:
    merged = tuple(one for each in found for one in each.results)
    return AuthResults(authserv_id="mx.desk.example", results=merged)


def test_a_field_that_contradicts_itself_proves_nothing() -> None:
    signed = field("mx.desk.example", "dkim", header_d="desk.example")
    unsigned = field("mx.desk.example", "dkim", result="none")
    assert proof(results(GOOD, BAD)) == ""
    assert proof(results(signed, BAD)) == ""
    assert proof(results(signed, unsigned)) == ""
    assert proof(results(signed, field("mx.desk.example", header_from="evil.example"))) == ""


def test_a_signature_counts_beside_another_that_failed_and_where_no_policy_is_published() -> None:
    signed = field("mx.desk.example", "dkim", header_d="desk.example")
    other = field("mx.desk.example", "dkim", result="fail", header_d="list.example")
    no_policy = field("mx.desk.example", result="none", header_from="desk.example")
    assert proof(results(other, signed, no_policy)) == "dkim"


def test_a_field_without_an_id_counts_only_at_microsoft_and_only_on_top() -> None:
    mode = replace(POLICY, microsoft365=True)
    bare = field("", header_from="desk.example")
    assert proof(bare, policy=mode) == "dmarc"
    assert proof(field("other.example"), bare, policy=mode) == ""


def test_without_a_configured_id_nothing_is_verified() -> None:
    assert proof(GOOD, policy=replace(POLICY, authserv_ids=())) == ""


def test_a_login_proves_only_the_agent_who_logged_in() -> None:
    assert proof(source="smtp", authenticated_as="alice") == "auth"
    assert proof(source="smtp", authenticated_as="boris") == ""


def test_the_from_line_counts_where_the_admin_says_so() -> None:
    assert proof(policy=replace(POLICY, staff="from")) == "from"
    assert proof() == ""
