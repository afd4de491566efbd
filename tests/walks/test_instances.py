"""Two installations from one backup: what one has sent means nothing to the other."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from maildesk.mail.worker import ParserPool
from maildesk.store.backup import restore_backup, write_backup
from tests.walks import walk as walks
from tests.walks.walk import ADA, ALICE, Step, Walk, mail, reply

BOB = "Bob <bob@acme.example>"


@pytest.fixture
def first(walk: Walk) -> Step:
    """The ticket that both know."""
    return walk.receive(mail())


@pytest.fixture
def twins(
    walk: Walk, first: Step, tmp_path: Path, parser: ParserPool
) -> Iterator[tuple[Walk, Walk]]:
    """A desk with that ticket, and what a backup of it became elsewhere."""
    write_backup(walk.desk.store, tmp_path / "backup.tar")
    folder = tmp_path / "elsewhere"
    folder.mkdir()
    restore_backup(tmp_path / "backup.tar", folder / "data", force=False)
    copy = walks.begin(folder, parser)
    yield walk, copy
    copy.close()


def test_mail_from_before_still_counts_at_both(twins: tuple[Walk, Walk], first: Step) -> None:
    for desk in twins:
        news = reply(first.mail_to("alice@desk.example"), ALICE, "Pull the plug.", subject="Re: x")
        assert desk.receive(news).ticket == "HELP-1"
        answer = reply(first.mail_to("ada@acme.example"), ADA, "I did.", subject="Re: x")
        assert desk.receive(answer).ticket == "HELP-1"


def test_mail_that_one_has_sent_since_is_no_proof_to_the_other(twins: tuple[Walk, Walk]) -> None:
    original, copy = twins
    assert original.receive(mail(subject="Ada's second")).ticket == "HELP-2"
    theirs = copy.receive(mail(BOB, "Bob's first"))
    assert theirs.ticket == "HELP-2"
    strayed = original.receive(reply(theirs.mail_to("bob@acme.example"), BOB, "More."))
    assert strayed.ticket == "HELP-3"
    assert len(original.ticket("HELP-2")["comments"]) == 1
    order = original.receive(reply(theirs.mail_to("alice@desk.example"), ALICE, "Refund him."))
    assert (order.state, order.reason) == ("held", "not verified as alice")
    assert {event for event, _ in order.events} == {"sender.unverified"}


def test_no_message_id_is_made_twice(twins: tuple[Walk, Walk]) -> None:
    original, copy = twins
    before = {row["message_id"] for row in original.outbox()}
    assert before == {row["message_id"] for row in copy.outbox()}
    for desk in twins:
        desk.receive(mail(BOB, "The same to both"))
    made = [{row["message_id"] for row in desk.outbox()} - before for desk in twins]
    assert len(made[0]) == len(made[1]) == 3
    assert not made[0] & made[1]
