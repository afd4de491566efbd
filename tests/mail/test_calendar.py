"""An invitation is a line that an agent can read without opening the file."""

from __future__ import annotations

import pytest

from maildesk.mail.calendar import describe
from maildesk.mail.parse import parse


def event(*lines: str, method: str = "REQUEST", kind: str = "VEVENT") -> bytes:
    head = ("BEGIN:VCALENDAR", f"METHOD:{method}" if method else "X-A:b", f"BEGIN:{kind}")
    return "\r\n".join((*head, *lines, f"END:{kind}", "END:VCALENDAR", "")).encode()


@pytest.mark.parametrize(
    ("lines", "line"),
    [
        (
            (
                "SUMMARY:Kick-off\\, part 2",
                "DTSTART;TZID=Europe/Rome:20261116T100000",
                "DTEND;TZID=Europe/Rome:20261116T113000",
                "LOCATION:Room 5\\nsecond floor",
                'ORGANIZER;CN="Example, Anna":mailto:anna@customer.example',
                "ATTENDEE:mailto:a@x.example",
                "ATTENDEE:mailto:b@x.example",
            ),
            (
                "Invitation: Kick-off, part 2 | Mon 16 Nov 2026, 10:00–11:30 (Europe/Rome)"
                " | at Room 5 second floor | by Example, Anna <anna@customer.example>,"
                " with 2 people"
            ),
        ),
        (
            ("SUMMARY:x", "DTSTART:20261116T230000Z", "DTEND:20261117T010000Z"),
            "Invitation: x | Mon 16 Nov 2026, 23:00 – Tue 17 Nov 2026, 01:00 (UTC)",
        ),
        (
            ("SUMMARY:x", "DTSTART;VALUE=DATE:20261116", "DTEND;VALUE=DATE:20261119"),
            "Invitation: x | Mon 16 Nov 2026 – Wed 18 Nov 2026",
        ),
        (
            ("SUMMARY:x", "DTSTART;VALUE=DATE:20261116", "DTEND;VALUE=DATE:20261117"),
            "Invitation: x | Mon 16 Nov 2026",
        ),
        (
            ("SUMMARY:x", "DTSTART:20261116T100000", "DURATION:PT1H30M", "SEQUENCE:2"),
            "Invitation, changed: x | Mon 16 Nov 2026, 10:00–11:30",
        ),
        (
            ("SUMMARY:x", "DTSTART:20261116T100000", "RRULE:FREQ=WEEKLY;BYDAY=MO"),
            "Invitation: x | Mon 16 Nov 2026, 10:00, every week",
        ),
        (
            ("SUMMARY:x", "DTSTART:20261116T100000", "RRULE:FREQ=WEEKLY;INTERVAL=2"),
            "Invitation: x | Mon 16 Nov 2026, 10:00, repeated",
        ),
        (
            (
                "SUMMARY:flight",
                "DTSTART;TZID=Europe/Rome:20261116T100000",
                "DTEND;TZID=America/New_York:20261116T130000",
            ),
            "Invitation: flight | Mon 16 Nov 2026, 10:00 (Europe/Rome)–13:00 (America/New_York)",
        ),
        (("SUMMARY:x", "STATUS:CANCELLED"), "Cancelled: x"),
        (("SUMMARY:a very", "  long one"), "Invitation: a very long one"),
        (("DTSTART:nonsense", "DTEND:20269999T999999"), "Invitation: ?"),
        (("DTSTART:99981116T100000", "DURATION:P99999D"), "Invitation: ? | Mon 16 Nov 9998, 10:00"),
        (
            ("DTSTART;TZID=W. Europe Standard Time:20261116T100000",),
            "Invitation: ? | Mon 16 Nov 2026, 10:00 (W. Europe Standard Time)",
        ),
        (
            ("BEGIN:VALARM", "SUMMARY:alarm", "END:VALARM", "SUMMARY:the event"),
            "Invitation: the event",
        ),
    ],
)
def test_an_event_is_one_line(lines: tuple[str, ...], line: str) -> None:
    assert describe(event(*lines), "utf-8") == line


@pytest.mark.parametrize(
    ("method", "headline"),
    [
        ("CANCEL", "Cancelled"),
        ("COUNTER", "Another time proposed"),
        ("PUBLISH", "Event"),
        ("", "Event"),
        ("REPLY", "Declined"),
    ],
)
def test_the_headline_says_what_the_sender_does(method: str, headline: str) -> None:
    lines = ("SUMMARY:x", "ATTENDEE;PARTSTAT=DECLINED:mailto:b@x.example")
    assert describe(event(*lines, method=method), "").startswith(f"{headline}: x")


def test_the_method_of_the_content_type_counts_where_the_calendar_has_none() -> None:
    assert describe(event("SUMMARY:x", method=""), "", "CANCEL") == "Cancelled: x"


def test_a_task_is_a_task() -> None:
    data = event("SUMMARY:x", "DUE:20261116T100000", method="PUBLISH", kind="VTODO")
    assert describe(data, "") == "Task: x | Mon 16 Nov 2026, 10:00"


def test_of_several_events_the_first_is_told_and_the_others_counted() -> None:
    data = event("SUMMARY:a") + event("SUMMARY:b") + event("SUMMARY:c")
    assert describe(data, "") == "Invitation: a | and 2 more in the calendar file"


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"no calendar",
        b"BEGIN:VCALENDAR\r\n" * 10_000,
        b"END:VEVENT\r\n" * 10_000,
        event("SUMMARY" + ";A=b" * 60_000 + ":x"),
        event('SUMMARY;CN="' + '"' * 200_000),
        event("SUMMARY:" + "\\" * 250_000),
        event(*("ATTENDEE:x",) * 20_000),
        event("SUMMARY:\u202e\u2028\x1b[31mevil\\nBcc: x"),
        event("DTSTART:00010101T000000", "DTEND;VALUE=DATE:00010101"),
        event("DTSTART;VALUE=DATE:99991231", "DURATION:P1D"),
        event("RRULE:FREQ=" + "A" * 100_000),
    ],
    ids=range(12),
)
def test_a_hostile_calendar_is_one_clean_line_or_none(data: bytes) -> None:
    line = describe(data, "utf-8")
    assert line.isprintable()
    assert "\u202e" not in line
    assert len(line) < 1_500


def test_the_line_stands_once_below_the_text_and_the_file_is_kept() -> None:
    calendar = event("SUMMARY:x", "DTSTART:20261116T100000Z")
    part = b"\r\n--b\r\nContent-Type: text/calendar; method=REQUEST%s\r\n\r\n" + calendar
    raw = (
        b"From: a@b.example\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n"
        b"--b\r\n\r\nSee you.\r\n-- \r\nAnna\r\n"
        + part % b""
        + part % b"; name=invite.ics"
        + b"--b--\r\n"
    )
    message = parse(raw, None)
    line = "Invitation: x | Mon 16 Nov 2026, 10:00 (UTC)"
    assert message.text == f"See you.\n\n{line}"
    assert message.full_text == f"See you.\n-- \nAnna\n\n{line}"
    assert [file.name for file in message.attachments] == ["part-2.ics", "invite.ics"]
