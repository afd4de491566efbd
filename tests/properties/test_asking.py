"""Whatever customers ask, no answer holds a word of a note, a hidden status or others' tickets."""

from __future__ import annotations

import itertools
from collections.abc import Iterator

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from maildesk.mail.worker import ParserPool
from tests.walks import walk as walks
from tests.walks.walk import ALICE, BORIS, Walk, mail

HIDDEN = "Secret review"
STATUSES = f"""
[[workflow.statuses]]
name = "{HIDDEN}"
category = "active"
customer_visible = false
"""
NOTE = "swordfish"
OTHERS = "flamingo"

# What agents do to a ticket: the lines of a mail about it.
steps = st.lists(
    st.sampled_from(
        [
            f"#internal\n\nThe {NOTE} is below the mat.",
            f"#internal\n\n{NOTE}\n\n> {NOTE} again",
            f"#status {HIDDEN}",
            f"#take\n#status {HIDDEN}\n\nWe are at it.",
            "#done\n\nIt is done.",
            "#status In progress",
            f"#wrong\n\n{NOTE} stays with us.",
            "#cc bea@far.example",
            "Pull the plug.",
        ]
    ),
    max_size=5,
)
questions = st.lists(
    st.sampled_from(
        ["#mine", "#show {key}", "#show", "#help", "#help show", "#show {other}", "#show [{key}]"]
    ),
    min_size=1,
    max_size=3,
)
_numbers = itertools.count(1)


@pytest.fixture(scope="module")
def walk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Walk]:
    pool = ParserPool()
    walk = walks.begin(
        tmp_path_factory.mktemp("asking"),
        pool,
        limits="automatic_mails_per_address = 0\ntickets_per_sender = 0",
        more=STATUSES,
    )
    yield walk
    walk.close()
    pool.close()


@settings(max_examples=10)
@given(done=steps, asked=questions, by=st.sampled_from(["requester", "bea@far.example"]))
def test_no_answer_to_a_customer_holds_what_is_not_theirs(
    walk: Walk, done: list[str], asked: list[str], by: str
) -> None:
    customer = f"c{next(_numbers)}@acme.example"
    other = walk.receive(mail("eve@elsewhere.example", OTHERS, f"My {OTHERS} is ill.")).ticket
    key = walk.receive(mail(customer, "Printer")).ticket
    agents = itertools.cycle([(ALICE, "alice"), (BORIS, "boris")])
    for text, (agent, auth) in zip(done, agents, strict=False):
        walk.receive(mail(agent, f"Re: [{key}] Printer", text), auth=auth)
    writer = customer if by == "requester" else by
    lines = "\n".join(line.format(key=key, other=other) for line in asked)
    subject = f"Re: [{key}] Printer" if "#show" in asked else "hello"
    step = walk.receive(mail(writer, subject, lines))
    for answer in (m for m in step.mails if m["X-Original-To"] == writer):
        for secret in (NOTE, HIDDEN, OTHERS):
            assert secret not in "".join(map(str, answer.items()))
            for part in answer.walk():
                if not part.is_multipart():
                    assert secret not in part.get_content()
