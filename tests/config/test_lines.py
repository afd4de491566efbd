"""The scanner that knows where keys stand."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from maildesk.config.lines import key_lines

ROOT = Path(__file__).parents[2]

TRICKY = '''\
# a = 1, [b]
top = "# no comment [x] = 1"      # b = { c = 1 }
many = """
inner = 1
[not.a.table]
ends with quotes: \\""" ""\"""
raw = \'\'\'
also = "not" \\
\'\'\'
"quoted key" . 'another.one' = 2   # dotted = 3

dotted.key.deep = 4
list = [
  "a]",  # ]
  [1, 2],
  # [ {
  { x = 1, y = [ "}" ] },
]
empty = []
when = 1979-05-27 07:32:00
[table] # comment = [
a = 1
[table."in quotes"]
b = { c = { d = "\\u0022}" }, e.f = 1 }
[[rows]]
k = 1
[rows.sub]
s = 1
[[rows.inner]]
i = 1
[[rows.inner]]
i = 2
[[rows]]
k = 2
[[rows.inner]]
i = 3
[later]
z = 1
[sup.er]'''


def test_every_key_has_its_line_however_it_is_written() -> None:
    expected = {
        ("top",): 2,
        ("many",): 3,
        ("raw",): 7,
        ("quoted key", "another.one"): 10,
        ("dotted", "key", "deep"): 12,
        ("list",): 13,
        ("list", 0): 14,
        ("list", 1): 15,
        ("list", 1, 1): 15,
        ("list", 2): 17,
        ("list", 2, "y"): 17,
        ("list", 2, "y", 0): 17,
        ("empty",): 19,
        ("when",): 20,
        ("table",): 21,
        ("table", "a"): 22,
        ("table", "in quotes"): 23,
        ("sup",): 39,
        ("sup", "er"): 39,
        ("table", "in quotes", "b", "c", "d"): 24,
        ("table", "in quotes", "b", "e", "f"): 24,
        ("rows", 0): 25,
        ("rows", 0, "sub", "s"): 28,
        ("rows", 0, "inner", 0, "i"): 30,
        ("rows", 0, "inner", 1, "i"): 32,
        ("rows", 1): 33,
        ("rows", 1, "inner", 0): 35,
        ("rows", 1, "inner", 0, "i"): 36,
        ("later", "z"): 38,
    }
    found = key_lines(TRICKY)
    assert {path: found.get(path) for path in expected} == expected


def test_the_scanner_finds_just_the_keys_that_tomllib_finds() -> None:
    for text in (TRICKY, TRICKY.replace("\n", "\r\n"), (ROOT / "config.example.toml").read_text()):
        assert paths_of(tomllib.loads(text)) == set(key_lines(text))


@given(
    st.recursive(
        st.integers() | st.text(max_size=8) | st.booleans(),
        lambda inner: (
            st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3)
        ),
        max_leaves=8,
    )
)
def test_any_value_on_one_line_is_walked_to_its_end(value: Any) -> None:
    text = f"before = 1\nv = {written(value)}\nafter = 2\n"
    found = key_lines(text)
    assert set(found) == paths_of(tomllib.loads(text))
    assert found[("after",)] == 3


def test_text_that_is_no_toml_neither_hangs_nor_fails() -> None:
    for text in (
        "[",
        "[[",
        "a",
        "=",
        "a = [",
        "a = {",
        'a = "',
        "]]]",
        "a = [1 2",
        "\0",
        "a.=1",
        '"',
    ):
        key_lines(text)


def paths_of(value: Any, base: tuple[str | int, ...] = ()) -> set[tuple[str | int, ...]]:
    """Every path in a tree of tables and lists."""
    pairs = value.items() if isinstance(value, dict) else enumerate(value)
    found = set()
    for key, inner in pairs:
        found.add((*base, key))
        if isinstance(inner, dict | list):
            found |= paths_of(inner, (*base, key))
    return found


def written(value: Any) -> str:
    """The value as TOML on one line."""
    if isinstance(value, dict):
        return "{" + ", ".join(f"{written(k)} = {written(v)}" for k, v in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(written(item) for item in value) + "]"
    if isinstance(value, str):
        return '"' + "".join(f"\\U{ord(c):08x}" if not c.isalnum() else c for c in value) + '"'
    return str(value).lower()
