"""The keys that exist: which table stands where, and which known key is meant by a wrong one.

In: a path of keys and indexes. Out: the model at that place, or the words of a suggestion.
*Fails:* never.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, get_args, get_origin

from maildesk.config.base import Model
from maildesk.config.settings import Settings

Path = tuple[str | int, ...]


def table_at(path: Path) -> type[Model] | None:
    """The model of the table at `path`, or None where the path leads to no table."""
    model: type[Model] | None = Settings
    inside = False  # an index, or the free name of a table such as [sla.NAME], comes next
    for part in path:
        if inside:
            inside = False
        elif model is None or part not in model.model_fields:
            return None
        else:
            annotation = model.model_fields[str(part)].annotation
            model, inside = model_in(annotation), is_container(annotation)
    return model


def model_in(annotation: Any) -> type[Model] | None:
    """The model inside `tuple[Model, ...]`, `Mapping[str, Model]`, `Model | None`."""
    if isinstance(annotation, type) and issubclass(annotation, Model):
        return annotation
    found = (model_in(part) for part in get_args(annotation))
    return next((model for model in found if model), None)


def is_container(annotation: Any) -> bool:
    """Whether an index or a free name stands between the key and the model."""
    return get_origin(annotation) in (tuple, Mapping)


def suggestion(path: Path) -> str:
    """What an unknown key at `path` was probably meant to be."""
    wanted, model = str(path[-1]), table_at(path[:-1])
    known = model.known_keys() if model else ()
    close = _close(wanted.lower(), known)
    if close:
        return f'did you mean "{close[0]}"?'
    homes = [place for place, keys in tables() if wanted in keys and place != _names(path[:-1])]
    if homes:
        return "it belongs " + " or ".join(_home(place) for place in homes[:3])
    near = _close(wanted.lower(), known, 0.0) or known[:1]
    return f'the nearest is "{"".join(near)}"; known here are {", ".join(known)}'


def nearest(name: str, known: list[str]) -> str:
    """The words that offer the name that was probably meant."""
    close = _close(name, known)
    if close:
        return f"; did you mean {quoted(close[0])}?"
    return f"; known are {', '.join(map(quoted, known))}" if 0 < len(known) <= 12 else ""


def quoted(name: str) -> str:
    """A name in quotes, cut to a sane length, control characters escaped."""
    text = json.dumps(name if len(name) <= 60 else name[:59] + "…", ensure_ascii=False)
    return "".join(c if c.isprintable() else f"\\u{ord(c):04x}" for c in text)


def tables(model: type[Model] = Settings, place: Path = ()) -> Iterator[tuple[Path, Path]]:
    """Every table, nested ones too: where it stands, and its keys."""
    yield place, model.known_keys()
    for name, field in model.model_fields.items():
        inner = model_in(field.annotation)
        if inner:
            yield from tables(inner, (*place, name))


def _close(word: str, known: Sequence[str], cutoff: float = 0.6) -> list[str]:
    # Only a fault pays for this import.
    import difflib

    return difflib.get_close_matches(word, known, 1, cutoff)


def _names(path: Path) -> Path:
    return tuple(part for part in path if isinstance(part, str))


def _home(place: Path) -> str:
    if not place:
        return "at the top, above the first [table]"
    return f"under {'.'.join(map(str, place))}"
