"""Intake blocks: lines `Field: value` that a customer is asked to fill in, and reads of them.

In: the blocks of the configuration; a customer's words, and the whole mail with what it quotes.
Out: the values by field, urgency, impact and type where the customer names them; what is missing.

    Version: 4.2                       anywhere in the customer's own words
    > Version: 4.2                     filled in inside the quote of our mail
    > Version:                         answered below the quoted line
    4.2
    *Version:* 4.2   - Version: 4.2    dressed up by a mail program

What a customer writes beats what the mail quotes, and a quote says nothing of a field that has a
value: it may be an old one. A line that still says what the block itself says is not filled in.
*Fails:* never; a line that is no field's is text.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from types import MappingProxyType
from typing import NamedTuple

from maildesk.core import intake_words, priority
from maildesk.core.intake_words import IMPACT, TYPE, URGENCY, plain

LONGEST_NAME = 40
_LONGEST_VALUE = 1_000  # characters
_MOST_LINES = 2_000
_LINES_OF_A_VALUE = 20

_QUOTE = re.compile(r"(?:[ \t]{0,3}[>|])+[ \t]?")
_MAY_QUOTE = frozenset(" \t>|")
_BULLET = re.compile(r"[ \t]{0,8}(?:[-*•·–][ \t]+|[0-9]{1,2}[.)][ \t]+)?")
_FIELD = re.compile(rf"([^:：\n]{{1,{LONGEST_NAME + 8}}})[:：](.*)", re.DOTALL)
_DRESS = "*_ \t\u00a0"
_NOTHING = re.compile(r"[\s._…\-–—?]*")


@dataclass(frozen=True, slots=True, kw_only=True)
class Block:
    """What a desk asks for; "" fits every desk, type or language."""

    text: str
    desk: str = ""
    type: str = ""
    language: str = ""
    required: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Filled:
    """What a mail says: fields by the names that they have in the block, and levels as ours."""

    fields: tuple[tuple[str, str], ...] = ()
    urgency: str = ""
    impact: str = ""
    type: str = ""


class _Line(NamedTuple):
    depth: int
    text: str


def fields_in(text: str) -> tuple[tuple[str, str], ...]:
    """The fields of a block's text, with what stands behind each: an example, or nothing."""
    found = (_field(line.text) for line in _lines(text))
    return tuple(dict(pair for pair in found if pair).items())


def block_for(
    blocks: tuple[Block, ...], *, desk: str, ticket_type: str, language: str
) -> Block | None:
    """The block that asks this ticket's customer: the one that fits closest, else the first."""
    fitting = [
        block
        for block in blocks
        if block.desk in ("", desk)
        and block.type in ("", ticket_type)
        and block.language in ("", language)
    ]
    return max(fitting, key=lambda b: (b.desk != "", b.type != "", b.language != ""), default=None)


def read(
    text: str,
    full_text: str,
    blocks: tuple[Block, ...],
    known: tuple[tuple[str, str], ...] = (),
) -> Filled:
    """What the mail fills in of the blocks; `known` are the values that the ticket has already."""
    names, examples = _asked(blocks)
    has = {plain(name) for name, _ in known}
    said: dict[str, str] = {}
    for name, value, depth in _values(list(_lines(text)), names, examples):
        if depth == 0:
            said.setdefault(name, value)
    for name, value, _ in _values(list(_lines(full_text)), names, examples) if names else ():
        if name in names and name not in has:
            said.setdefault(name, value)
    return _filled(said, names)


@lru_cache(maxsize=64)
def _asked(blocks: tuple[Block, ...]) -> tuple[Mapping[str, str], frozenset[tuple[str, str]]]:
    """The fields as they compare, with the names that the blocks give them; and the examples."""
    asked = [pair for block in blocks for pair in fields_in(block.text)]
    names = {plain(name): name for name, _ in reversed(asked)}
    examples = frozenset((plain(name), plain(example)) for name, example in asked)
    return MappingProxyType(names), examples


def missing(block: Block, fields: tuple[tuple[str, str], ...]) -> tuple[str, ...]:
    """The fields that the block must have and that nobody has filled in."""
    has = {plain(name) for name, value in fields if value}
    return tuple(name for name in block.required if plain(name) not in has)


def remaining(block: Block, fields: tuple[tuple[str, str], ...]) -> str:
    """The block's text without the lines that are filled in.

    What was filled in is not sent back: a forged address must not be a way to reach people.
    """
    known = {plain(name) for name, _ in fields}
    pairs = ((line, _field(line)) for line in block.text.strip().split("\n"))
    return "\n".join(line for line, pair in pairs if not (pair and plain(pair[0]) in known))


def _filled(said: dict[str, str], names: Mapping[str, str]) -> Filled:
    """The values by meaning; a level that is none of ours stays as the customer wrote it."""
    levels = {intake_words.label(n): value.rstrip(".!,;") for n, value in reversed(said.items())}
    return Filled(
        fields=tuple((names[name], value) for name, value in said.items() if name in names),
        urgency=priority.level(levels.get(URGENCY, "")),
        impact=priority.level(levels.get(IMPACT, "")),
        type=intake_words.ticket_type(levels.get(TYPE, "")),
    )


def _values(
    lines: list[_Line], names: Mapping[str, str], examples: frozenset[tuple[str, str]]
) -> Iterator[tuple[str, str, int]]:
    """Every field that has a value, in the order of the text, and how deep it is quoted."""
    for at, line in enumerate(lines):
        pair = _field(line.text)
        if pair is None:
            continue
        name, value = plain(pair[0]), pair[1]
        if name not in names and not intake_words.label(name):
            continue
        if (name, plain(value)) in examples or not value:
            value = _below(lines, at, names) if name in names else ""
        if value and not _NOTHING.fullmatch(value):
            yield name, value[:_LONGEST_VALUE], line.depth


def _below(lines: list[_Line], at: int, names: Mapping[str, str]) -> str:
    """The answer below a line that was left empty: in the quote's gap, or right underneath."""
    depth, start = lines[at].depth, at + 1
    after = next((line for line in lines[start : start + 2] if line.text.strip()), None)
    if after is None or (after.depth >= depth and after is not lines[start]):
        return ""
    if after.depth > depth:
        return ""
    taken: list[str] = []
    for line in lines[lines.index(after, start) : start + _LINES_OF_A_VALUE]:
        pair = _field(line.text)
        is_field = pair is not None and (plain(pair[0]) in names or intake_words.label(pair[0]))
        if line.depth != after.depth or not line.text.strip() or is_field:
            break
        taken.append(line.text.strip())
    return "\n".join(taken)


def _field(line: str) -> tuple[str, str] | None:
    """The name and the value of a line `Field: value`, without what a mail program adds."""
    if ":" not in line and "：" not in line:
        return None
    bullet = _BULLET.match(line)
    found = _FIELD.fullmatch(line[bullet.end() if bullet else 0 :])
    if found is None:
        return None
    name, value = found[1].strip(_DRESS), found[2].strip().strip(_DRESS)
    return (name, value) if 0 < len(name) <= LONGEST_NAME else None


def _lines(text: str) -> Iterator[_Line]:
    for line in text.split("\n", _MOST_LINES)[:_MOST_LINES]:
        quote = _QUOTE.match(line) if line[:1] in _MAY_QUOTE else None
        bare = line[quote.end() if quote else 0 :][: 2 * _LONGEST_VALUE].replace("\u00a0", " ")
        if not bare.isascii():
            bare = "".join(c for c in bare if unicodedata.category(c) != "Cf")
        yield _Line(sum(c in ">|" for c in quote[0]) if quote else 0, bare)
