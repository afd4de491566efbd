"""An invitation as one line that a person can read: what, when, where, who.

In: the bytes of a text/calendar part (RFC 5545, RFC 5546). Out: a line for its first event, with a
count of the others; "" when there is none. Times are shown as they stand, with the name of their
zone: nothing is converted, and nothing that repeats is worked out.
*Fails:* never; what cannot be read is left out of the line, and the file is attached anyway.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from maildesk.mail.charsets import decode
from maildesk.mail.clean import clean_line

_SIZE_LIMIT = 256 * 1024
_WORDS_LIMIT = 200  # characters of one value
_FOLD = re.compile(r"(?:\r\n|\r|\n)[ \t]")
_PROPERTY = re.compile(r'([A-Za-z0-9-]{1,60}+)((?:;(?:[^";:]|"[^"]*+")*+)*+):(.*)', re.DOTALL)
_PARAMETER = re.compile(r';([A-Za-z0-9-]{1,60}+)=(?:"([^"]*+)"|([^";:]*+))')
_ESCAPED = re.compile(r"\\(.)", re.DOTALL)
_MOMENT = re.compile(r"(\d{8})(?:T(\d{4})(?:\d{2})?(Z?))?", re.ASCII)
_DURATION = re.compile(
    r"\+?P(?:(\d{1,4})W)?(?:(\d{1,5})D)?(?:T(?:(\d{1,5})H)?(?:(\d{1,6})M)?(?:\d{1,8}S)?)?", re.ASCII
)
_HEADLINES = {
    "REQUEST": "Invitation",
    "ADD": "Invitation",
    "CANCEL": "Cancelled",
    "COUNTER": "Another time proposed",
    "DECLINECOUNTER": "Proposed time declined",
    "REFRESH": "Asked for again",
}
_ANSWERS = {"ACCEPTED": "Accepted", "DECLINED": "Declined", "TENTATIVE": "Accepted for now"}
_REPEATS = {"DAILY": "day", "WEEKLY": "week", "MONTHLY": "month", "YEARLY": "year"}
_DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
_MONTH_NAMES = "Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec"
_MONTHS = _MONTH_NAMES.split()


@dataclass(frozen=True, slots=True)
class _Property:
    """One value with its parameters, names in upper case."""

    value: str
    parameters: dict[str, str]

    def words(self) -> str:
        """The value as a person reads it, on one line."""
        text = _ESCAPED.sub(lambda found: " " if found[1] in "nN" else found[1], self.value)
        return clean_line(" ".join(text.split()))[:_WORDS_LIMIT]

    def person(self) -> str:
        """`Name <address>` of an organiser or attendee."""
        address = clean_line(self.value)[:_WORDS_LIMIT]
        if address.lower().startswith("mailto:"):
            address = address[7:]
        name = clean_line(self.parameters.get("CN", ""))[:_WORDS_LIMIT].strip("'")
        return f"{name} <{address}>" if name and name != address else address


@dataclass(slots=True)
class _Event:
    """What is shown of an event or task."""

    is_task: bool = False
    values: dict[str, _Property] = field(default_factory=dict)  # the first of each name
    attendees: list[_Property] = field(default_factory=list)

    def words(self, name: str) -> str:
        found = self.values.get(name)
        return found.words() if found else ""


def describe(data: bytes, charset: str, method: str = "") -> str:
    """The line; `method` is what Content-Type says where the calendar does not."""
    text = decode(data[:_SIZE_LIMIT], charset)
    events, found_method = _read(_FOLD.sub("", text))
    if not events:
        return ""
    event = events[0]
    facts = (
        f"{_headline(event, (found_method or method).upper())}: {event.words('SUMMARY') or '?'}",
        _when(event),
        f"at {event.words('LOCATION')}" if event.words("LOCATION") else "",
        _who(event),
        f"and {len(events) - 1} more in the calendar file" if len(events) > 1 else "",
    )
    return clean_line(" | ".join(fact for fact in facts if fact))


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What an invited person's program sends back: what they said, and whether Outlook wrote it."""

    comment: str
    is_by_outlook: bool


def read_answer(data: bytes, charset: str, method: str = "") -> Answer | None:
    """The answer to an invitation; None for a calendar that is none."""
    text = _FOLD.sub("", decode(data[:_SIZE_LIMIT], charset))
    events, found_method = _read(text)
    if not events or (found_method or method).upper() != "REPLY":
        return None
    maker = next((line for line in text.splitlines() if line[:7].upper() == "PRODID:"), "")
    is_by_outlook = "microsoft" in maker.lower()
    # Google keeps what its user adds in a parameter of its own.
    said = (a.parameters.get("X-RESPONSE-COMMENT", "") for a in events[0].attendees)
    comment = events[0].words("COMMENT") or next((clean_line(s) for s in said if s.strip()), "")
    return Answer(comment=comment, is_by_outlook=is_by_outlook)


def _read(text: str) -> tuple[list[_Event], str]:
    """The events and tasks of the calendar, and its method."""
    events: list[_Event] = []
    method, inside = "", [""]
    for line in text.splitlines():
        found = _PROPERTY.match(line)
        if not found:
            continue
        name, value = found[1].upper(), found[3]
        if name == "BEGIN":
            kind = value.strip().upper()
            inside.append(kind)
            if kind in ("VEVENT", "VTODO"):
                events.append(_Event(is_task=kind == "VTODO"))
        elif name == "END":
            del inside[max(1, len(inside) - 1) :]
        elif name == "METHOD":
            method = method or clean_line(value)[:40]
        elif inside[-1] in ("VEVENT", "VTODO") and len(events) == 1:
            _take(events[0], name, _Property(value, _parameters(found[2])))
    return events, method


def _take(event: _Event, name: str, value: _Property) -> None:
    if name == "ATTENDEE":
        event.attendees.append(value)
    else:
        event.values.setdefault(name, value)


def _parameters(text: str) -> dict[str, str]:
    return {found[1].upper(): found[2] or found[3] or "" for found in _PARAMETER.finditer(text)}


def _headline(event: _Event, method: str) -> str:
    if event.words("STATUS").upper() == "CANCELLED":
        return "Cancelled"
    if method == "REPLY":
        answers = (person.parameters.get("PARTSTAT", "").upper() for person in event.attendees)
        return _ANSWERS.get(next(answers, ""), "Answer to an invitation")
    is_change = event.words("SEQUENCE").lstrip("0") != ""
    if method == "REQUEST" and is_change:
        return "Invitation, changed"
    return _HEADLINES.get(method, "Task" if event.is_task else "Event")


def _when(event: _Event) -> str:
    """`Mon 16 Nov 2026, 10:00–11:00 (Europe/Rome), every week`."""
    begin = event.values.get("DTSTART") or event.values.get("DUE")
    start = _moment(begin)
    if begin is None or start is None:
        return ""
    end = _end(event, start, begin)
    zone, end_zone = _zone(begin), _zone(event.values.get("DTEND") or begin)
    by_the_day = "T" not in begin.value
    shown = _day(start) if by_the_day else f"{_day(start)}, {start:%H:%M}"
    if by_the_day:
        shown += f" – {_day(end)}" if end > start else ""
    elif end > start or end_zone != zone:
        zone_between = f" ({zone})" if end_zone != zone and zone else ""
        is_same_day = end.date() == start.date()
        until = f"–{end:%H:%M}" if is_same_day else f" – {_day(end)}, {end:%H:%M}"
        shown += zone_between + until
    shown += f" ({end_zone})" if end_zone and not by_the_day else ""
    return shown + _repeats(event)


def _end(event: _Event, start: datetime, begin: _Property) -> datetime:
    """The end; of whole days the last one, where the field names the day after it."""
    ends, lasts = event.values.get("DTEND"), event.values.get("DURATION")
    end = _moment(ends)
    if end is None and lasts and (found := _DURATION.fullmatch(lasts.value.strip())):
        weeks, days, hours, minutes = (int(number or 0) for number in found.groups())
        try:
            end = start + timedelta(weeks=weeks, days=days, hours=hours, minutes=minutes)
        except OverflowError:
            end = None
    if end is None:
        return start
    return end - timedelta(days=1) if "T" not in begin.value and end > start else end


def _moment(field_: _Property | None) -> datetime | None:
    found = _MOMENT.fullmatch(field_.value.strip()) if field_ else None
    if not found:
        return None
    try:
        return datetime.fromisoformat(f"{found[1]}T{found[2] or '0000'}")  # as it stands: no zone
    except ValueError:
        return None


def _zone(field_: _Property) -> str:
    if field_.value.strip().endswith("Z"):
        return "UTC"
    return clean_line(field_.parameters.get("TZID", ""))[:_WORDS_LIMIT]


def _day(moment: datetime) -> str:
    # No strftime: its names follow the locale of the process.
    return f"{_DAYS[moment.weekday()]} {moment.day} {_MONTHS[moment.month - 1]} {moment.year}"


def _repeats(event: _Event) -> str:
    found = re.search(r"FREQ=(\w{1,20})", event.words("RRULE").upper())
    if not found:
        return ""
    every = _REPEATS.get(found[1])
    return f", every {every}" if every and "INTERVAL=" not in event.words("RRULE") else ", repeated"


def _who(event: _Event) -> str:
    organiser = event.values.get("ORGANIZER")
    invited = len(event.attendees)
    people = "1 person" if invited == 1 else f"{invited} people"
    if organiser is None:
        return f"with {people}" if invited else ""
    return f"by {organiser.person()}" + (f", with {people}" if invited else "")
