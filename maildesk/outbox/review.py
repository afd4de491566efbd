"""Which mail texts there are, whose they are, and whether an admin's own can be used.

In: the directories of `templates_dir`, the last of which is ours. Out: what each event is laid out
with; every fault and oddity of the admin's files, found by rendering each sample in each language
and reading each canned reply.
*Fails:* never; what is wrong is what comes out.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from maildesk.config.keys import nearest
from maildesk.core.workflow import Workflow
from maildesk.errors import TemplateError
from maildesk.outbox import canned
from maildesk.outbox.catalogue import NAME, read
from maildesk.outbox.render import Renderer
from maildesk.outbox.samples import EVENTS, sample
from maildesk.outbox.speech import ENGLISH, language_chain
from maildesk.outbox.templates_dir import shipped_templates

_PARTS = ("subject", "txt", "html")
_END = ".j2"


@dataclass(frozen=True, slots=True, kw_only=True)
class Layout:
    """One file, and whether it is the admin's."""

    language: str
    part: str  # "subject", "txt" or "html"
    path: Path
    is_own: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Review:
    """What is wrong with the admin's files, and what is only worth knowing."""

    faults: tuple[str, ...]
    remarks: tuple[str, ...]


def layouts(directories: Sequence[Path], event: str) -> tuple[Layout, ...]:
    """The files that mails of this event are laid out with; an admin's hides ours."""
    return tuple(
        _first(directories, language, event, part)
        for language in languages(directories)
        for part in _PARTS
        if any((d / language / f"{event}.{part}{_END}").is_file() for d in directories)
    )


def languages(directories: Sequence[Path]) -> tuple[str, ...]:
    """Every language that has words or a layout, in alphabetical order."""
    found = {
        folder.name
        for directory in directories
        for folder in directory.iterdir()
        if folder.is_dir() and _is_language(folder.name) and any(map(_speaks, folder.iterdir()))
    }
    return tuple(sorted(found))


def spoken(directories: Sequence[Path], event: str) -> tuple[str, ...]:
    """The languages that a mail of this event can be in."""
    with_words = {p.parent.name for d in directories for p in d.glob(f"*/{NAME}")}
    return tuple(sorted(with_words | {layout.language for layout in layouts(directories, event)}))


def review(directories: Sequence[Path], workflow: Workflow) -> Review:
    """Every sample in every language, and every file that nothing would ever use."""
    own = directories[:-1]
    faults = dict.fromkeys(fault for d in own for fault in _unused(d))
    faults |= dict.fromkeys(canned.load(directories).faults)
    faults |= dict.fromkeys(fault for d in own for fault in canned.oddities(d, workflow))
    renderer = Renderer(directories)
    for language in languages(directories):
        for event in EVENTS:
            faults |= dict.fromkeys(_faults(renderer, event, language))
    return Review(faults=tuple(faults), remarks=tuple(r for d in own for r in _partial(d, own)))


def _faults(renderer: Renderer, event: str, language: str) -> tuple[str, ...]:
    try:
        return renderer.render(event, language, sample(event)).faults
    except TemplateError as error:
        return (str(error),)


def _unused(directory: Path) -> Iterator[str]:
    """Files by a name that no mail asks for; those that begin with `_` are parts of others."""
    known = {f"{event}.{part}{_END}" for event in EVENTS for part in _PARTS} | {NAME}
    for path in sorted(directory.rglob("*")):
        if (
            not path.is_file()
            or path.name.startswith(("_", "."))
            or path.parent.name == canned.FOLDER
        ):
            continue
        if path.parent.parent != directory or not _is_language(path.parent.name):
            yield f"{path}: lies in no directory of a language, such as {directory / ENGLISH}"
        elif path.name not in known:
            yield f"{path}: no mail has this text{nearest(path.name, sorted(known))}"


def _partial(directory: Path, own: Sequence[Path]) -> Iterator[str]:
    """Languages that are only half there: sentences missing, or a text without its HTML."""
    shipped = shipped_templates()
    english = shipped / ENGLISH / NAME
    whole = len(read(english, english).phrases)
    for path in sorted(directory.glob(f"*/{NAME}")):
        said = len(read(path, english).phrases)
        if not (shipped / path.parent.name / NAME).is_file() and said < whole:
            yield f"{path}: {said} of {whole} sentences; mails say the others in English"
    for path in sorted(directory.glob(f"*/*.txt{_END}")):
        html = path.with_name(path.name.replace(f".txt{_END}", f".html{_END}"))
        has_words = any((d / path.parent.name / NAME).is_file() for d in (*own, shipped))
        if not has_words and not html.is_file():
            yield f"{path}: has no {html.name} beside it, so the mail goes out as text alone"


def _first(directories: Sequence[Path], language: str, event: str, part: str) -> Layout:
    for directory in directories:
        path = directory / language / f"{event}.{part}{_END}"
        if path.is_file():
            break
    return Layout(language=language, part=part, path=path, is_own=directory != directories[-1])


def _is_language(name: str) -> bool:
    return name in language_chain(name)


def _speaks(path: Path) -> bool:
    return path.name == NAME or path.name.endswith(_END)
