"""What the mail server calls spam, and senders that an agent has blocked."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from maildesk.store import blocked
from tests.walks.walk import ADA, ALICE, NOON, STRANGER, Walk, mail, reply

Begin = Callable[..., Walk]

FILTERS = """
[[filters]]
name = "flag"
header = "X-Spam-Flag"
words = ["YES"]
[[filters]]
name = "status"
header = "X-Spam-Status"
words = ["Yes"]
[[filters]]
name = "rspamd"
header = "X-Rspamd-Action"
words = ["add header", "rewrite subject", "reject"]
action = "ignore"
[[filters]]
name = "exchange"
header = "X-MS-Exchange-Organization-SCL"
at_least = 6
[[filters]]
name = "score"
header = "X-Spam-Score"
at_least = 5.5
action = "ignore"
"""
HELD = [
    ({"X-Spam-Flag": "YES"}, "filter flag (x-spam-flag: YES)"),
    ({"X-Spam-Flag": "yes"}, "filter flag (x-spam-flag: yes)"),
    (
        {"X-Spam-Status": "Yes, score=7.2 required=5.0\n tests=BAYES_99"},
        "filter status (x-spam-status: Yes, score=7.2 required=5.0 tests=BAYES_99)",
    ),
    ({"X-MS-Exchange-Organization-SCL": "6"}, "filter exchange"),
]
IGNORED = [
    ({"X-Rspamd-Action": "add header"}, "filter rspamd (x-rspamd-action: add header)"),
    ({"X-Spam-Score": "+++++++ (7.25)"}, "filter score"),
]
WELCOME = [
    {},
    {"X-Spam-Flag": "NO"},
    {"X-Spam-Status": "No, score=-1.2 required=5.0"},
    {"X-Rspamd-Action": "no action"},
    {"X-MS-Exchange-Organization-SCL": "5"},
    {"X-MS-Exchange-Organization-SCL": "-1"},
    {"X-Spam-Score": "5.4"},
    {"X-Spam-Score": "none"},
]


@pytest.mark.parametrize(("headers", "reason"), HELD)
def test_spam_is_held_and_nobody_is_answered(
    begin: Begin, headers: dict[str, str], reason: str
) -> None:
    walk = begin(top=FILTERS)
    headers = {name: value.replace("\n", "") for name, value in headers.items()}
    step = walk.receive(mail(STRANGER, headers=headers))
    assert (step.state, step.mails) == ("held", [])
    assert step.reason.startswith(reason)
    assert walk.keys() == []
    assert walk.retry(step.row["id"]).ticket == "HELP-1"


@pytest.mark.parametrize(("headers", "reason"), IGNORED)
def test_spam_may_be_ignored(begin: Begin, headers: dict[str, str], reason: str) -> None:
    step = begin(top=FILTERS).receive(mail(STRANGER, headers=headers))
    assert (step.state, step.mails) == ("ignored", [])
    assert step.reason.startswith(reason)


@pytest.mark.parametrize("headers", WELCOME)
def test_what_no_rule_names_is_welcome(begin: Begin, headers: dict[str, str]) -> None:
    assert begin(top=FILTERS).receive(mail(headers=headers)).ticket == "HELP-1"


def test_a_senders_own_no_hides_no_yes_of_the_server(begin: Begin) -> None:
    forged = b"X-Spam-Flag: NO\r\n" + mail(STRANGER, headers={"X-Spam-Flag": "YES"})
    assert begin(top=FILTERS).receive(forged).state == "held"


def test_a_verified_agent_is_nobodys_spam(begin: Begin) -> None:
    walk = begin(top=FILTERS)
    news = walk.receive(mail()).mail_to("alice@desk.example")
    answer = reply(news, ALICE, "Pull the plug.", headers={"X-Spam-Flag": "YES"})
    assert walk.receive(answer).mail_to("ada@acme.example")


def test_somebody_who_only_claims_to_be_an_agent_is_not_even_asked(begin: Begin) -> None:
    step = begin(top=FILTERS).receive(mail(ALICE, headers={"X-Spam-Flag": "YES"}))
    assert (step.state, step.mails) == ("held", [])


def block(walk: Walk, address: str) -> None:
    walk.desk.store.write(lambda tx: blocked.block_sender(tx, address, "alice", NOON))


@pytest.mark.parametrize(
    "sender", [STRANGER, "MALLORY@elsewhere.example", "mallory+sale@elsewhere.example"]
)
def test_a_blocked_senders_mail_is_ignored(walk: Walk, sender: str) -> None:
    block(walk, "Mallory@Elsewhere.example")
    step = walk.receive(mail(sender))
    assert (step.state, step.reason, step.mails) == ("ignored", "blocked sender", [])
    assert walk.receive(mail("mallory2@elsewhere.example")).ticket == "HELP-1"


def test_blocking_an_agent_by_mistake_silences_nobody(walk: Walk) -> None:
    block(walk, "alice@desk.example")
    news = walk.receive(mail()).mail_to("alice@desk.example")
    assert walk.receive(reply(news, ALICE, "Pull the plug.")).mail_to("ada@acme.example")


def test_a_sender_who_is_blocked_no_more_is_welcome(walk: Walk) -> None:
    block(walk, "ada@acme.example")
    block(walk, "ada@acme.example")
    assert walk.receive(mail(ADA)).state == "ignored"
    with walk.desk.store.read() as conn:
        assert [(b.address, b.by) for b in blocked.list_blocked(conn)] == [
            ("ada@acme.example", "alice")
        ]
    walk.desk.store.write(lambda tx: blocked.unblock_sender(tx, "ADA@acme.example"))
    assert walk.receive(mail(ADA)).ticket == "HELP-1"
