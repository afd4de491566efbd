"""A notice's snapshot and a template become subject, text and HTML.

In: an event's name, the reader's language, a snapshot (`outbox.snapshot` says its shape). Out: the
three texts of a mail. Layouts stand in `<language>/<event>.{subject,txt,html}.j2`; directories are
asked in order, an admin's own first, file by file, and languages from narrow to wide (de-AT, de,
en). A layout says its sentences from `words.toml` (`outbox.speech`), so a language needs no layouts
of its own. A file of the admin's that does not render is passed over for ours, and named in
`Rendered.faults`.
*Fails:* `TemplateError` when our own layout does not render either, or there is none.

Templates run in Jinja's sandbox, know every value or fail (StrictUndefined), and escape in HTML
only. What a sender wrote is a value, never template source.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path
from traceback import walk_tb

import css_inline
from jinja2 import FileSystemLoader, StrictUndefined, TemplateSyntaxError, pass_context
from jinja2.runtime import Context
from jinja2.sandbox import ImmutableSandboxedEnvironment

from maildesk.errors import TemplateError
from maildesk.outbox import soundness, wording
from maildesk.outbox.room import Room
from maildesk.outbox.snapshot import complete
from maildesk.outbox.speech import ENGLISH, Speaker, Speech, language_chain, speech

_LONGEST_HTML = 80 * 1024  # bytes
_ROOMS = (60_000, 30_000, 8_000)  # of them for people's words, until the whole is short enough
_RIGHT_TO_LEFT = frozenset(("ar", "dv", "fa", "he", "ps", "ur", "yi"))


@dataclass(frozen=True, slots=True, kw_only=True)
class Rendered:
    """The texts of one mail. `faults` name the admin's templates that had to be passed over."""

    subject: str
    text: str
    html: str | None
    faults: tuple[str, ...] = ()


class Renderer:
    """Renders from `directories`, the last of which is the shipped one; threads may share it."""

    def __init__(self, directories: Sequence[Path]) -> None:
        self._directories = tuple(directories)
        # By what is made, not by the file's name: the same words stand in text and in HTML.
        self._environments = {
            (escapes, directories): _environment(directories, escapes=escapes)
            for escapes in (False, True)
            for directories in (self._directories, self._directories[-1:])
        }
        self._inliner = css_inline.CSSInliner(load_remote_stylesheets=False)

    def render(self, event: str, language: str, values: Mapping[str, object]) -> Rendered:
        """The mail for `event`. Raises TemplateError when no layout of ours renders."""
        chain = language_chain(language)
        reader = _Reader(chain, speech(self._directories, chain), complete(values))
        faults = list(reader.speech.faults)
        _, subject = self._part(event, "subject", reader, faults)
        spoken, text = self._part(event, "txt", reader, faults)
        html = None
        # HTML in another language than the text would be a second mail; then the text is enough.
        if reader.language_of(_first_language(self._directories, event, "html", chain)) == spoken:
            html = self._html(event, reader, faults)
        told = tuple(dict.fromkeys(faults))
        return Rendered(subject=" ".join(subject.split()), text=text, html=html, faults=told)

    def events(self) -> list[str]:
        """The names of all events that have a template, in alphabetical order."""
        found = (d.glob("*/*.txt.j2") for d in self._directories)
        names = {path.name.removesuffix(".txt.j2") for paths in found for path in paths}
        return sorted(name for name in names if not name.startswith("_"))

    def _part(self, event: str, kind: str, reader: _Reader, faults: list[str]) -> tuple[str, str]:
        """One of the three texts and its language, from the admin's files if they render."""
        broken: Exception | None = None
        for directories in (self._directories, self._directories[-1:]):
            environment = self._environments[kind == "html", directories]
            layout = _first_language(directories, event, kind, reader.chain)
            name = f"{layout}/{event}.{kind}.j2"
            language = reader.language_of(layout)
            try:
                if layout:
                    values = reader.values_for(language, is_html=kind == "html")
                    said = environment.get_template(name).render(values)
                    if len(directories) > 1:
                        soundness.hold_sound(kind, said, values)
                    return language, said
            except Exception as error:  # a template may fail in any way that Python knows
                faults.append(_place(error, name, directories))
                broken = error
        msg = faults[-1] if faults else f"there is no template {event}.{kind}.j2"
        raise TemplateError(msg) from broken

    def _html(self, event: str, reader: _Reader, faults: list[str]) -> str | None:
        """The HTML part with all that fits into it; None when not even the frame does."""
        for room in _ROOMS:
            given = replace(reader, room=room)
            html: str = self._inliner.inline(self._part(event, "html", given, faults)[1])
            if len(html.encode()) <= _LONGEST_HTML:
                return html
        return None


@dataclass(frozen=True, slots=True)
class _Reader:
    """For whom one mail is rendered, and from which words."""

    chain: tuple[str, ...]
    speech: Speech
    values: Mapping[str, object]
    room: int = 0  # bytes of HTML for people's words

    def language_of(self, layout: str) -> str:
        """The language that a layout of that language speaks; the English ones speak any."""
        return self.speech.language if layout == ENGLISH else layout

    def values_for(self, language: str, *, is_html: bool) -> Mapping[str, object]:
        """All that a layout may name."""
        base = language.partition("-")[0]
        locale = self.chain[0] if self.chain[0].partition("-")[0] == base else language
        speaker = Speaker(self.speech, locale=locale, values=self.values, is_html=is_html)
        return {
            **self.values,
            "language": language,
            "direction": "rtl" if base in _RIGHT_TO_LEFT else "ltr",
            "speaker": speaker,
            "say": speaker.say,
            "words": Room(self.room, speaker).words,
        }


@lru_cache(maxsize=16)
def _environment(directories: tuple[Path, ...], *, escapes: bool) -> ImmutableSandboxedEnvironment:
    """The one environment over these directories; compiled templates outlive a reload with it."""
    environment = ImmutableSandboxedEnvironment(
        loader=FileSystemLoader(list(directories)),
        autoescape=escapes,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
        cache_size=-1,
    )
    environment.globals["together"] = wording.together
    environment.filters.update(
        wrap=wording.wrap,
        facts_wrapped=wording.facts_wrapped,
        facts_unbroken=wording.facts_unbroken,
        listed=_listed,
        paragraphs=wording.paragraphs,
        opening=wording.opening,
        indent=wording.indent,
        by_group=wording.by_group,
        mailto=_mailto,
        name=wording.name,
        said=_said,
        shown=_shown,
        strong=wording.strong,
    )
    return environment


@pass_context
def _said(context: Context, line: object) -> str:
    """A filter: a line out of the snapshot, in the reader's language."""
    speaker: Speaker = context["speaker"]
    return speaker.said(line)


@pass_context
def _listed(context: Context, names: Iterable[str]) -> str:
    """A filter: names with commas between them."""
    return wording.listed(names, str(context["language"]))


@pass_context
def _mailto(context: Context, action: Mapping[str, object], *, by_key: bool = False) -> str:
    """A filter: the link of an action, its subject in the reader's language or the key alone."""
    subject = _said(context, action["subject"])
    if by_key:
        subject = wording.by_key(subject)
    return wording.mailto(to=str(action["to"]), subject=subject, line=str(action["line"]))


@pass_context
def _shown(context: Context, value: object, shown_as: str) -> str:
    """A filter: a value in one of the formats of the catalogue."""
    speaker: Speaker = context["speaker"]
    return speaker.shown(str(value), shown_as)


def _first_language(
    directories: Sequence[Path], event: str, kind: str, chain: Sequence[str]
) -> str:
    """The narrowest language in which some directory has the template, "" when none has it."""
    for language in chain:
        if any((d / language / f"{event}.{kind}.j2").is_file() for d in directories):
            return language
    return ""


def _place(error: Exception, name: str, directories: Sequence[Path]) -> str:
    """`file:line: what`, the file being the one that the fault stands in, not the one asked for."""
    if where := soundness.place_of(error, name, directories):
        is_text = isinstance(error, soundness.UnsoundError)
        return f"{where}: {error if is_text else 'is no UTF-8 text; save the file as UTF-8'}"
    if isinstance(error, TemplateSyntaxError):
        return f"{error.filename or name}:{error.lineno}: {error.message}"
    frames = [(f.f_code.co_filename, line) for f, line in walk_tb(error.__traceback__)]
    inside = [f"{file}:{line}" for file, line in frames if file.endswith(".j2")]
    where = inside[-1] if inside else name
    return f"{where}: {str(error) or type(error).__name__}"
