"""Estimates: what is asked, who may answer, and which answers count."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime

import pytest

from maildesk.core.dates import DateFault, Misread
from maildesk.core.durations import DurationFault
from maildesk.core.estimates import (
    Answer,
    Estimate,
    EstimateState,
    Proof,
    Request,
    Verdict,
    approvers,
    current,
    judge,
    read,
)
from maildesk.core.model import Organisation
from tests.core.build import POLICY, TICKET

TODAY = date(2026, 11, 21)
FIRST = Estimate(
    number=1,
    minutes=480,
    by=None,
    words="New disks.",
    asked_by="alice",
    asked_at=datetime(2026, 11, 21, 9, tzinfo=UTC),
)
APPROVED = replace(FIRST, state=EstimateState.APPROVED, decided_by="cto@acme.example")
REJECTED = replace(FIRST, state=EstimateState.REJECTED, decided_by="cto@acme.example")
SECOND = replace(FIRST, number=2, minutes=960)


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ("8h", Request(minutes=480, by=None, words="")),
        ("8h new disks", Request(minutes=480, by=None, words="new disks")),
        ("8h by 2026-12-01", Request(minutes=480, by=date(2026, 12, 1), words="")),
        ("8h by 1 Dec: new disks", Request(minutes=480, by=date(2026, 12, 1), words="new disks")),
        ("8h, by friday", Request(minutes=480, by=date(2026, 11, 27), words="")),
        ("8h bystanders welcome", Request(minutes=480, by=None, words="bystanders welcome")),
        ("8h new disks by friday", Request(minutes=480, by=None, words="new disks by friday")),
        ("", DurationFault.MISSING),
        ("2d", DurationFault.DAYS),
        ("8h by far the best", Misread(why=DateFault.UNREADABLE)),
        ("8h by", Misread(why=DateFault.MISSING)),
    ],
)
def test_an_estimate_is_read_with_its_day_and_words(words: str, expected: object) -> None:
    assert read(words, TODAY) == expected


def test_the_approvers_of_the_organisation_are_asked() -> None:
    acme = Organisation(name="ACME", approvers=("cto@acme.example", "cfo@acme.example"))
    policy = replace(POLICY, organisations=(acme,))
    asked = approvers(policy, replace(TICKET, organisation="ACME"))
    assert [a.email for a in asked] == ["cto@acme.example", "cfo@acme.example"]


@pytest.mark.parametrize("organisation", [None, "ACME", "Gone"])
def test_without_approvers_the_requester_is_asked(organisation: str | None) -> None:
    policy = replace(POLICY, organisations=(Organisation(name="ACME"),))
    ticket = replace(TICKET, organisation=organisation)
    assert approvers(policy, ticket) == (ticket.requester,)


def test_the_newest_estimate_is_the_current_one() -> None:
    assert current((FIRST, SECOND)) == SECOND
    assert current((SECOND, FIRST)) == SECOND
    assert current((FIRST, replace(SECOND, state=EstimateState.REPLACED))) == FIRST
    assert current(()) is None


@pytest.mark.parametrize(
    ("estimates", "number", "answer", "proof", "verdict"),
    [
        ((FIRST,), 1, Answer.APPROVE, Proof.CODE, Verdict.SOUND),
        ((FIRST,), 1, Answer.REJECT, Proof.OWN_MAIL, Verdict.SOUND),
        ((), 1, Answer.APPROVE, Proof.NOTHING, Verdict.NONE),
        ((FIRST,), 1, Answer.APPROVE, Proof.NOTHING, Verdict.UNPROVED),
        ((FIRST,), 1, Answer.APPROVE, Proof.EXPIRED, Verdict.EXPIRED),
        ((FIRST,), 1, Answer.APPROVE, Proof.FOREIGN, Verdict.FOREIGN),
        ((FIRST,), 1, Answer.APPROVE, Proof.UNKNOWN, Verdict.UNKNOWN),
        ((FIRST,), 1, Answer.APPROVE, Proof.MOVED, Verdict.MOVED),
        ((FIRST,), 7, Answer.APPROVE, Proof.OWN_MAIL, Verdict.UNKNOWN),
        ((APPROVED,), 1, Answer.APPROVE, Proof.CODE, Verdict.AGAIN),
        ((APPROVED,), 1, Answer.REJECT, Proof.CODE, Verdict.DECIDED),
        ((REJECTED,), 1, Answer.REJECT, Proof.CODE, Verdict.AGAIN),
        ((REJECTED,), 1, Answer.APPROVE, Proof.CODE, Verdict.DECIDED),
        ((FIRST, SECOND), 1, Answer.APPROVE, Proof.CODE, Verdict.REPLACED),
        ((FIRST, SECOND), 1, Answer.REJECT, Proof.CODE, Verdict.REPLACED),
        ((FIRST, SECOND), 2, Answer.APPROVE, Proof.CODE, Verdict.SOUND),
        ((APPROVED, SECOND), 1, Answer.APPROVE, Proof.CODE, Verdict.AGAIN),
        ((REJECTED, SECOND), 2, Answer.APPROVE, Proof.CODE, Verdict.SOUND),
        (
            (replace(FIRST, state=EstimateState.REPLACED), SECOND),
            1,
            Answer.APPROVE,
            Proof.OWN_MAIL,
            Verdict.REPLACED,
        ),
    ],
)
def test_what_an_answer_is_worth(
    estimates: tuple[Estimate, ...], number: int, answer: Answer, proof: Proof, verdict: Verdict
) -> None:
    assert judge(estimates, number, answer, proof, is_approver=True) is verdict


def test_who_may_no_longer_approve_decides_nothing() -> None:
    verdict = judge((FIRST,), 1, Answer.APPROVE, Proof.CODE, is_approver=False)
    assert verdict is Verdict.NOT_YOURS
    again = judge((APPROVED,), 1, Answer.APPROVE, Proof.CODE, is_approver=False)
    assert again is Verdict.AGAIN
