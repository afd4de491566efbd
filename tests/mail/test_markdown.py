"""Markdown of canned replies: what becomes of it, and what stays text."""

from __future__ import annotations

import pytest

from maildesk.mail.markdown import plain_to_html, to_html, to_text
from tests.cost import at_most


@pytest.mark.parametrize(
    ("source", "markup"),
    [
        ("Hello Ada,\nhow are you?", "<p>Hello Ada,<br>how are you?</p>"),
        ("one\n\n\ntwo", "<p>one</p><p>two</p>"),
        ("# Steps", "<h2>Steps</h2>"),
        ("#### Deep ##", "<h4>Deep</h4>"),
        ("**now** or *soon*", "<p><strong>now</strong> or <em>soon</em></p>"),
        ("__now__ or _soon_", "<p><strong>now</strong> or <em>soon</em></p>"),
        ("**really *very* soon**", "<p><strong>really <em>very</em> soon</strong></p>"),
        ("~~old~~", "<p><del>old</del></p>"),
        ("`rm *.log*`", "<p><code>rm *.log*</code></p>"),
        ("- a\n- b", "<ul><li>a</li><li>b</li></ul>"),
        ("1. a\n2. b", "<ol><li>a</li><li>b</li></ol>"),
        ("- a\n  more\n  - b", "<ul><li>a<br>more<ul><li>b</li></ul></li></ul>"),
        ("> said\n> twice", "<blockquote><p>said<br>twice</p></blockquote>"),
        ("```\na  b\n<c>\n```", "<pre>a  b\n&lt;c&gt;</pre>"),
        ("one\n---\ntwo", "<p>one</p><hr><p>two</p>"),
    ],
)
def test_marks_become_tags(source: str, markup: str) -> None:
    assert to_html(source) == markup


@pytest.mark.parametrize(
    ("source", "address", "name"),
    [
        (
            "[the guide](https://x.example/a?b=1&c=2)",
            "https://x.example/a?b=1&amp;c=2",
            "the guide",
        ),
        ("[it](https://x.example/a_(b))", "https://x.example/a_(b)", "it"),
        ("<mailto:a@x.example>", "mailto:a@x.example", "a@x.example"),
        ("https://x.example/_a_", "https://x.example/_a", "https://x.example/_a"),
        ("![plan](https://x.example/p.png)", "https://x.example/p.png", "plan"),
    ],
)
def test_links_lead_where_they_say_and_load_nothing(source: str, address: str, name: str) -> None:
    shown = to_html(source)
    assert f'<a href="{address}" ' in str(shown)
    assert f">{name}</a>" in str(shown)
    assert "<img" not in str(shown)


@pytest.mark.parametrize(
    "source",
    [
        "snake_case_name and 2*3*4 and 2 * 3 * 4",
        "3. November, 14 Uhr",
        "2026. A year.",
        "#12 and #reply",
        "-- ",
        "[evil](javascript:alert)",
        "a ** b ** c",
        "Version:",
    ],
)
def test_what_only_looks_like_a_mark_stays_text(source: str) -> None:
    assert to_html(source) == f"<p>{source.strip()}</p>"


def test_html_is_text() -> None:
    assert to_html("<b onclick=x>&amp;</b>") == "<p>&lt;b onclick=x&gt;&amp;amp;&lt;/b&gt;</p>"


def test_a_backslash_takes_a_mark_its_meaning() -> None:
    assert to_html(r"\*not\* \# this") == "<p>*not* # this</p>"


def test_the_text_part_has_no_marks_and_all_the_words() -> None:
    source = (
        "# Steps\n\n1. **Stop** the `cups` service.\n2. See [the guide](https://x.example/g).\n"
    )
    shown = to_text(str(to_html(source)))
    assert shown == "Steps\n\n1. Stop the cups service.\n2. See the guide <https://x.example/g>."


def test_plain_words_keep_their_lines() -> None:
    assert plain_to_html("*a*\n_b_\n\n<c>") == "<p>*a*<br>_b_</p><p>&lt;c&gt;</p>"


def test_a_text_that_is_too_long_is_left_as_it_is() -> None:
    assert to_html("x" * 100_001) is None


@pytest.mark.parametrize(
    "piece",
    [
        "*",
        "_a",
        "[",
        "`",
        "**a+",
        "[a](",
        ">+",
        "-+",
        "1.+",
        "https://",
        "\\",
        "<https://a",
        "~~",
        "[a](https://a(",
        "-+x|",
        ">+-+|",
        "*a",
        "```|",
        "#+",
        "++-+x|",
    ],
)
def test_hostile_marks_cost_little(piece: str) -> None:
    written = piece.replace("+", " ").replace("|", "\n")
    with at_most(2):  # 0.4 s for the dearest
        to_html((written * 100_000)[:100_000])
