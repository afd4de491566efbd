"""Saying a sentence to one reader: in their language, days and hours where they live.

In: a code and values. Out: the words, escaped where they go into HTML. Each sentence is taken from
the narrowest language that has it (de-AT, de, en), in each language an admin's own before ours.
*Fails:* `TemplateError` for a sentence that no catalogue has, or a value that was not given.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from markupsafe import Markup

from maildesk.core.phrase import Line
from maildesk.errors import TemplateError
from maildesk.outbox import wording
from maildesk.outbox.catalogue import COUNT, NAME, Catalogue, Phrasing, Slot, read
from maildesk.outbox.templates_dir import shipped_templates

ENGLISH = "en"
_LANGUAGE = re.compile(r"[A-Za-z]{2,3}(?:[-_][A-Za-z0-9]{2,8})*")


@dataclass(frozen=True, slots=True)
class Speech:
    """The catalogues that one mail speaks from, the narrowest language first."""

    layers: tuple[tuple[str, Catalogue], ...]

    @property
    def language(self) -> str:
        """The language that most of the mail will be in."""
        return next((language for language, c in self.layers if c.phrases), ENGLISH)

    @property
    def faults(self) -> tuple[str, ...]:
        """What is wrong in these catalogues, by file and line."""
        return tuple(fault for _, catalogue in self.layers for fault in catalogue.faults)

    def find(self, code: str) -> tuple[str, Phrasing]:
        """The sentence and its language. Raises TemplateError."""
        for language, catalogue in self.layers:
            found = catalogue.phrases.get(code)
            if found:
                return language, found
        msg = f"no {NAME} has the phrase {code}"
        raise TemplateError(msg)


def language_chain(language: str) -> tuple[str, ...]:
    """`de-AT` gives de-AT, de, en; what is no language tag gives en alone."""
    if not _LANGUAGE.fullmatch(language):
        return (ENGLISH,)
    parts = language.replace("_", "-").split("-")
    parts = [parts[0].lower(), *(p.upper() if len(p) == 2 else p.title() for p in parts[1:])]
    chain = ["-".join(parts[:count]) for count in range(len(parts), 0, -1)]
    return tuple(dict.fromkeys((*chain, ENGLISH)))


def speech(directories: Sequence[Path], chain: Sequence[str]) -> Speech:
    """What these directories have to say in these languages; the last directory is ours."""
    english = directories[-1] / ENGLISH / NAME
    return Speech(tuple(_layers(directories, chain, english)))


def _layers(
    directories: Sequence[Path], chain: Sequence[str], english: Path
) -> Iterator[tuple[str, Catalogue]]:
    for language in chain:
        for directory in directories:
            path = directory / language / NAME
            try:
                yield language, read(path, english)
            except FileNotFoundError:
                continue


def plain(line: Line, language: str) -> str:
    """A line in the delivered words: what lists show of a mail before it is rendered."""
    if isinstance(line, str):
        return line
    chain = language_chain(language)
    speaker = Speaker(
        speech((shipped_templates(),), chain), locale=chain[0], values={}, is_html=False
    )
    return speaker.say(line.code, **dict(line.values))


class Speaker:
    """Says sentences for one part of one mail."""

    def __init__(
        self, speech: Speech, *, locale: str, values: Mapping[str, object], is_html: bool
    ) -> None:
        self._speech = speech
        self.locale = locale
        self.timezone = str(values.get("timezone", "UTC"))
        self._known = _known(values)
        self._is_html = is_html

    def say(self, code: str, /, **values: object) -> str:
        """The sentence with its values; in HTML as markup, foreign text escaped."""
        language, phrasing = self._speech.find(code)
        pattern = phrasing.forms.get("other", ())
        if phrasing.is_plural:
            form = wording.plural_form(str(values.get(COUNT, "")), language)
            pattern = phrasing.forms.get(form, pattern)
        said = [p if isinstance(p, str) else self._filled(code, p, values) for p in pattern]
        return Markup("").join(said) if self._is_html else "".join(said)

    def said(self, line: object) -> str:
        """A line out of a snapshot: a phrase in its words, other text as it is."""
        if isinstance(line, Mapping):
            return self.say(str(line.get("say")), **line.get("with") or {})
        return str(line)

    def _filled(self, code: str, slot: Slot, values: Mapping[str, object]) -> str:
        given = values.get(slot.name, self._known.get(slot.name))
        if given is None:
            msg = f"the phrase {code} was not given {{{slot.name}}}"
            raise TemplateError(msg)
        if slot.format:
            shown = self.shown(str(given), slot.format)
            is_one = self._is_html and slot.format in _UNBROKEN
            return shown.replace(" ", "\u00a0") if is_one else shown
        return given if isinstance(given, Markup) and self._is_html else str(given)

    def shown(self, value: str, shown_as: str) -> str:
        """A value in one of the formats that a slot may ask for."""
        try:
            return _FORMATS[shown_as](self, value)
        except (ValueError, OverflowError):
            return value  # what it is not, it is not shown as; a mail is not lost for that

    def named(self, table: str, names: str) -> str:
        """Statuses, types, levels or fields, a line each, in the reader's language."""
        return wording.listed([self._name(table, name) for name in names.split("\n")], self.locale)

    def _name(self, table: str, name: str) -> str:
        """One of them; what has no name there stays as it is."""
        try:
            return "".join(map(str, self._speech.find(f"name.{table}.{name}")[1].forms["other"]))
        except TemplateError:
            return name

    def duration(self, seconds: str) -> str:
        """A number of seconds as hours and minutes: 1 h 30 min."""
        minutes = round(int(seconds) / 60)
        sign, minutes = "−" if minutes < 0 else "", abs(minutes)
        hours, rest = divmod(minutes, 60)
        if hours and rest:
            return sign + self.say("unit.hours-minutes", hours=hours, minutes=rest)
        said = (
            self.say("unit.hours", count=hours) if hours else self.say("unit.minutes", count=rest)
        )
        return sign + said


# What a browser must not break: 21 Nov 2026, 6 h 30 min.
_UNBROKEN = ("date", "duration", "bytes")
_FORMATS: Mapping[str, Callable[[Speaker, str], str]] = {
    "date": lambda to, value: wording.day(value, to.locale, to.timezone),
    "moment": lambda to, value: wording.moment(value, to.locale, to.timezone),
    "duration": lambda to, value: to.duration(value),
    "bytes": lambda to, value: wording.size(int(value), to.locale),
    "number": lambda to, value: wording.number(value, to.locale),
    "percent": lambda to, value: wording.percent(value, to.locale),
    "status": lambda to, value: to.named("status", value),
    "type": lambda to, value: to.named("type", value),
    "level": lambda to, value: to.named("level", value),
    "field": lambda to, value: to.named("field", value),
}


def _known(values: Mapping[str, object]) -> Mapping[str, str]:
    """What every sentence may name: the ticket, where there is one, and the desk."""
    ticket, desk = values.get("ticket"), values.get("desk")
    known = {"key": "", "subject": "", "desk": ""}
    if isinstance(ticket, Mapping):
        known |= {name: str(ticket.get(name, "")) for name in ("key", "subject")}
    if isinstance(desk, Mapping):
        known["desk"] = str(desk.get("name", ""))
    return known
