"""Reactions, recalls and answers to invitations: what a mail program sends without a word said."""

from __future__ import annotations

import base64

import pytest

from maildesk.core.model import Machine
from maildesk.mail.parse import parse
from tests.cost import at_most

RULE = "_" * 32


def kind(text: str, *fields: str, subject: str = "Re: [HELP-1] The printer burns") -> Machine:
    """What a mail of Ada's with this text and these fields is."""
    lines = [
        "From: Ada Lovelace <ada@acme.example>",
        "To: support@desk.example",
        f"Subject: {subject}",
        "Message-ID: <1@acme.example>",
        "Content-Type: text/plain; charset=utf-8",
        *fields,
        "",
        text,
    ]
    return parse("\r\n".join(lines).encode(), "ada@acme.example").machine


def package(message_class: str) -> str:
    """A mail with a winmail.dat that is nothing but its class."""
    name = message_class.encode() + b"\0"
    size = len(name).to_bytes(4, "little")
    attribute = b"\x01\x08\x80\x07\x00" + size + name + (sum(name) % 65536).to_bytes(2, "little")
    data = base64.b64encode(b"\x78\x9f\x3e\x22\x00\x00" + attribute).decode()
    return (
        '--b\r\nContent-Type: application/ms-tnef; name="winmail.dat"\r\n'
        f"Content-Transfer-Encoding: base64\r\n\r\n{data}\r\n--b--"
    )


GMAIL = "https://www.google.com/gmail/about/?utm_medium=et&utm_campaign=emojireactionemail#app"


def test_gmails_line_is_a_reaction_where_a_gateway_has_dropped_the_part() -> None:
    assert kind(f"\U0001f44d\n\nAda hat \u00fcber Gmail reagiert\n<{GMAIL}>\n") is Machine.REACTION


def test_words_above_gmails_line_are_somebodys_words() -> None:
    words = "Please look at this:\nwhy do I get such mails?\n\nAda reacted via Gmail\n"
    assert kind(f"{words}<{GMAIL}>\n") is Machine.PERSON


@pytest.mark.parametrize(
    "line",
    [
        "[like] Ada Lovelace reacted to your message:",
        "Ada Lovelace reacted to your message:",
        "[heart]  Lovelace, Ada reacted to your email:",
        "[Gef\u00e4llt mir] Ada Lovelace hat auf Ihre Nachricht reagiert:",
    ],
)
def test_outlooks_line_above_a_rule_is_a_reaction(line: str) -> None:
    quoted = "From: Example Support\nSent: Friday\n\nPlease restart it."
    assert kind(f"{line}\n\n{RULE}\n{quoted}\n") is Machine.REACTION


@pytest.mark.parametrize(
    "text",
    [
        "[Note] please read this:\n\nThe printer burns.\n",
        f"[Note] please read this:\n\n{RULE}\nThe printer burns.\n",
        "Ada reacted to your message:\nshe says that it still burns.\n",
        "My boss reacted to your message: he is angry.\n",
    ],
)
def test_what_a_person_writes_is_no_reaction(text: str) -> None:
    assert kind(text) is Machine.PERSON


def test_leave_to_react_is_no_reaction() -> None:
    assert kind("It still burns.", "X-MS-Reactions: allow") is Machine.PERSON


@pytest.mark.parametrize(
    "field",
    [
        "X-MS-Exchange-RecallReportGenerated: true",
        "X-MS-TrafficTypeDiagnostic: CY8PR11MB6818:EE_|MW4PR11MB6885:EE_LegacyOutlookRecall",
    ],
)
def test_what_exchange_calls_a_recall_is_one(field: str) -> None:
    assert kind("Wer auch immer.", field) is Machine.RECALL


@pytest.mark.parametrize(
    ("subject", "text"),
    [
        (
            "Recall: The printer burns",
            'Lovelace, Ada would like to recall the message, "The printer burns".',
        ),
        (
            "R\u00fcckruf: Der Drucker brennt",
            "Ada m\u00f6chte die Nachricht \u201eDer Drucker brennt\u201c zur\u00fcckrufen.",
        ),
    ],
)
def test_outlooks_sentence_below_its_subject_is_a_recall(subject: str, text: str) -> None:
    assert kind(text, subject=subject) is Machine.RECALL
    assert kind(text, subject="The printer burns") is Machine.PERSON
    assert kind("Our cars were recalled, what now?", subject=subject) is Machine.PERSON
    board = "We would like to recall the message board, please help."
    assert kind(board, subject=subject) is Machine.PERSON
    assert kind(f"{text} Please delete it!", subject=subject) is Machine.PERSON


@pytest.mark.parametrize(
    ("message_class", "found"),
    [
        ("IPM.Outlook.Recall", Machine.RECALL),
        ("IPM.Schedule.Meeting.Resp.Pos", Machine.INVITATION),
        ("IPM.Microsoft Schedule.MtgRespN", Machine.INVITATION),
        ("IPM.Microsoft Mail.Note", Machine.PERSON),
    ],
)
def test_a_package_of_outlook_says_what_its_message_is(message_class: str, found: Machine) -> None:
    raw = "From: ada@acme.example\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n"
    assert parse((raw + package(message_class)).encode(), None).machine is found


def test_a_report_of_a_recall_is_exchanges_and_not_a_question_about_one() -> None:
    subject = "Message Recall Report for message [The printer burns]"
    report = f"From: Microsoft Outlook <exchange@acme.example>\r\nSubject: {subject}\r\n\r\nx"
    assert parse(report.encode(), "exchange@acme.example").machine is Machine.RECALL
    assert kind("It is empty.", subject="Message Recall Report is empty") is Machine.PERSON


@pytest.mark.parametrize("method", ["REQUEST", "COUNTER", "CANCEL"])
def test_other_calendar_mail_is_a_persons(method: str) -> None:
    assert invited(method) is Machine.PERSON


@pytest.mark.parametrize(
    ("maker", "text", "comment", "found"),
    [
        ("-//Google Inc//Google Calendar//EN", "Ada accepts.", "", Machine.INVITATION),
        ("-//Google Inc//Google Calendar//EN", "Ada accepts.", "Ring twice", Machine.PERSON),
        ("-//Mozilla.org//NONSGML Mozilla Calendar//EN", "Ada accepts.", "", Machine.INVITATION),
        ("Microsoft Exchange Server 2010", "", "", Machine.INVITATION),
        ("Microsoft Exchange Server 2010", "Ring twice", "", Machine.PERSON),
    ],
)
def test_an_answer_to_an_invitation_is_a_gesture_unless_somebody_says_something(
    maker: str, text: str, comment: str, found: Machine
) -> None:
    assert invited("REPLY", maker, text, comment) is found


def test_what_google_keeps_of_its_users_words_is_a_comment() -> None:
    said = 'ATTENDEE;PARTSTAT=DECLINED;X-RESPONSE-COMMENT="Not on Tuesday":mailto:ada@acme.example'
    assert invited("REPLY", comment=f"\r\n{said}") is Machine.PERSON


def invited(method: str, maker: str = "x", text: str = "", comment: str = "") -> Machine:
    """What a calendar mail of Ada's is."""
    calendar = (
        f"BEGIN:VCALENDAR\r\nPRODID:{maker}\r\nMETHOD:{method}\r\nBEGIN:VEVENT\r\nUID:1\r\n"
        f"COMMENT:{comment}\r\nSUMMARY:Visit\r\nEND:VEVENT\r\nEND:VCALENDAR"
    )
    raw = (
        "From: ada@acme.example\r\nContent-Type: multipart/alternative; boundary=b\r\n\r\n"
        f"--b\r\nContent-Type: text/plain\r\n\r\n{text}\r\n"
        f"--b\r\nContent-Type: text/calendar; method={method}\r\n\r\n{calendar}\r\n--b--"
    )
    return parse(raw.encode(), "ada@acme.example").machine


def test_looking_for_gestures_costs_time_in_line_with_the_text() -> None:
    hostile = "[" + "a" * 2_000 + " reacted to your " * 5_000
    with at_most(0.5):
        kind(hostile, subject="Recall: x")
        kind("x would like to recall the message, " * 2_000, subject="Recall: x")
