"""Paragraphs of `format=flowed` put together again (RFC 3676 §4).

In: text whose lines a program broke, with a space at the end of each that goes on. Out: the same
with a line for each paragraph, quote marks kept.
*Fails:* never.
"""

from __future__ import annotations


def unflow(text: str, *, delete_space: bool = False) -> str:
    """The text; `delete_space` says that the space was not a word's (RFC 3676 §4.5)."""
    lines: list[str] = []
    open_depth = -1  # the quote depth of a paragraph that goes on, -1 when none does
    open_parts: list[str] = []
    for line in text.split("\n"):
        content = line.lstrip(">")
        depth = len(line) - len(content)
        content = content[1:] if content.startswith(" ") else content
        if open_depth not in (-1, depth):
            lines.append(_quote(open_depth, "".join(open_parts)))
            open_parts, open_depth = [], -1
        flows = content.endswith(" ") and content != "-- "
        open_parts.append(content[:-1] if flows and delete_space else content)
        if flows:
            open_depth = depth
        else:
            lines.append(_quote(depth, "".join(open_parts)))
            open_parts, open_depth = [], -1
    if open_parts:
        lines.append(_quote(open_depth, "".join(open_parts)))
    return "\n".join(lines)


def _quote(depth: int, content: str) -> str:
    return f"{'>' * depth} {content}" if depth else content
