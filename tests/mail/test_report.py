"""Reports in the shapes of real mail systems are read as the .toml beside each says."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any

import pytest

from maildesk.core.report import Report
from maildesk.mail.parse import parse

BOUNCES = Path(__file__).parent.parent / "bounces"
CASES = sorted(BOUNCES.glob("*.toml"))
OURS = "<help-12.p.abcdefghij.abcdefghijklmnopqrstuvwxyz@desk.example>"
HEAD = b"From: MAILER-DAEMON@mx.example\r\nTo: support@desk.example\r\nSubject: failure notice\r\n"


@pytest.mark.parametrize("case", CASES, ids=lambda path: path.stem)
def test_a_report_is_read_as_expected(case: Path) -> None:
    wanted = tomllib.loads(case.read_text(encoding="utf-8"))
    message = parse(case.with_suffix(".eml").read_bytes(), wanted.get("envelope_sender"))
    expected = wanted["expected"]
    assert message.machine == expected["machine"]
    report = message.report
    assert report is not None
    assert found(report, expected) == expected


def found(report: Report, expected: dict[str, Any]) -> dict[str, Any]:
    """The report in the words of the file, as far as the file asks for them."""
    words: dict[str, Any] = {
        "machine": expected["machine"],
        "kind": report.kind.value,
        "names_our_mail": OURS in report.message_ids,
    }
    for name, values in (
        ("references_have", report.references),
        ("reverse_paths_have", report.reverse_paths),
    ):
        words[name] = expected.get(name) if expected.get(name) in values else values
    if report.fates:
        [fate] = report.fates
        words |= {
            "recipient": fate.recipient,
            "original": fate.original,
            "action": fate.action.value,
            "status": fate.status,
        }
    return {name: words.get(name) for name in expected}


def test_every_report_says_what_is_expected_of_it_and_why() -> None:
    assert {path.stem for path in BOUNCES.glob("*.eml")} == {path.stem for path in CASES}
    assert len(CASES) >= 25
    for case in CASES:
        assert tomllib.loads(case.read_text(encoding="utf-8"))["why"]


def test_a_persons_mail_has_no_report() -> None:
    raw = HEAD.replace(b"MAILER-DAEMON@mx", b"ada@acme").replace(b"failure notice", b"Printer")
    assert parse(raw + b"\r\n<bob@acme.example>: it failed", "ada@acme.example").report is None


def test_a_status_with_several_recipients_is_read_for_each() -> None:
    raw = HEAD + (
        b"Content-Type: multipart/report; report-type=delivery-status; boundary=b\r\n\r\n"
        b"--b\r\nContent-Type: message/delivery-status\r\n\r\nReporting-MTA: dns; mx\r\n\r\n"
        b"Final-Recipient: rfc822; a@x.example\r\nAction: failed\r\nStatus: 5.1.1\r\n\r\n"
        b"Final-Recipient: rfc822; b@x.example\r\nAction: delayed\r\nStatus: 4.2.2\r\n--b--\r\n"
    )
    report = parse(raw, "").report
    assert report is not None
    assert [(f.recipient, f.action, f.status) for f in report.fates] == [
        ("a@x.example", "failed", "5.1.1"),
        ("b@x.example", "delayed", "4.2.2"),
    ]


@pytest.mark.parametrize(
    "body",
    [
        b"x@" * 500_000,
        b"<a@b.example>:\r\n" * 100_000,
        b"Message-ID: <" * 50_000,
        b"Message-ID:\r\n <" + b"a" * 1_000_000,
        b"Final-Recipient: " * 50_000,
        b"----- " * 200_000,
        b"> " * 500_000,
        b"failed " + b"a." * 400_000 + b"@b.example",
        b"returned " + (b" " * 900 + b"\r\n") * 2_000,
        b"error for <" + b"<" * 500_000,
    ],
)
def test_a_hostile_report_costs_no_more_than_its_size(body: bytes) -> None:
    # A reader that backtracks needs minutes for one of these.
    assert parse(HEAD + b"\r\n" + body, "").machine == "bounce"
    wrapped = b"Content-Type: text/html\r\n\r\n" + body.replace(b"x@", b"<p>")
    assert parse(HEAD + wrapped, "").machine == "bounce"
