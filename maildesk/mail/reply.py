"""What the person wrote: a text without the mail it answers and without a signature.

In: the full text of a message. Out: the part to show; the whole when nothing would be left.
*Fails:* never.

Line by line, in one pass: every pattern looks at a line of at most 400 characters (or at six of
them), so hostile text costs no more than honest text. Text between and below quotes
is kept: answers stand there.

What goes depends on the mail, whether it comes as text or as HTML alone:

    the mail                                        quotes   signature
    answers one, by its ids or by `Re:` and kin     go       goes
    forwards one                                    stay     goes above the forwarded mail
    neither, though it may name a ticket            stay     goes

A quote in which answers may stand unmarked is shown whole (`mail.inline`); what only looks like a
quote is content (`mail.pasted`). What a first mail quotes is news to the desk; and what it holds
may be a form, a log, what a prompt shows. Our own mail goes in any case, where it is known again
word for word (`mail.unquote`).
"""

from __future__ import annotations

import re

from maildesk.mail import attribution, inline, old_programs
from maildesk.mail import reply_words as words
from maildesk.mail.attribution import LONGEST_LINE
from maildesk.mail.header_block import starts_header_block
from maildesk.mail.pasted import is_pasted_quote, pasted_header
from maildesk.mail.signature import strip_signature

_RULE = re.compile(r"[_\-–—=*]{3,}")
_LINK_ONLY = re.compile(r"\s*[(<\[]https?://\S{1,380}[)>\]][\s>]*")
_DASHES = " \t-–—*_="
_RULE_STARTS = tuple("-–—_=*")
_STARTS = frozenset((*_RULE_STARTS, ">", "|"))
_FULL_LINE = 70  # no shorter line was broken by a program that breaks quotes
_QUOTE, _FORWARD = "quote", "forward"


def strip_reply(
    text: str,
    *,
    is_forward: bool = False,
    is_reply: bool = True,
    is_mixed: bool = False,
    audience: frozenset[str] = frozenset(),
) -> str:
    """The writer's own words.

    `is_forward` says that the subject called it a forwarded mail, `is_reply` that it answers one.
    A mail that is neither quotes nobody, whatever its lines look like. `is_mixed` says that answers
    stand in a quote that nothing marks; `audience` are the addresses that the mail goes to, where
    they are known.
    """
    lines = text.split("\n")
    if is_forward or not is_reply:
        return _with_quotes(lines, is_forward=is_forward) or text.strip("\n")
    stretches, forwarded = _own_stretches(lines, is_mixed=is_mixed, audience=audience)
    kept = [stripped for own in stretches if (stripped := strip_signature(own))]
    return "\n\n".join((*kept, *forwarded)).strip("\n") or text.strip("\n")


def outside_quotes(text: str) -> list[str]:
    """The lines of a text that no quote holds, signatures and all."""
    stretches, forwarded = _own_stretches(text.split("\n"))
    return [line for own in stretches for line in own] + "\n".join(forwarded).split("\n")


def _with_quotes(lines: list[str], *, is_forward: bool) -> str:
    """The text without signatures alone: what is quoted in it or forwarded stays as it is."""
    kept: list[str] = []
    above = at = 0
    suspects = _suspects(lines)
    while (at := suspects.find(1, at)) >= 0:
        end = _end_of_quote(lines, at, lines[max(0, at - attribution.MOST_LINES) : at])
        found = _QUOTE if end > at else _judge(lines, at)
        end = max(end, at + 1)
        if found:
            kept.extend(_unsigned(lines[above:at]))
            end = len(lines) if is_forward or found is _FORWARD else end
            kept.extend(lines[at:end])
            above = end
        at = end
    kept.extend(_unsigned(lines[above:]))
    return "\n".join(kept).strip("\n")


def _unsigned(own: list[str]) -> list[str]:
    """The lines without a signature; those that introduce the quote below them stay."""
    words = own.copy()
    _drop_idle_end(words)
    start = len(words) - attribution.length_above(words)
    first = next((at for at, line in enumerate(words[:start]) if line.strip()), start)
    stripped = strip_signature(words[first:start])
    if stripped == "\n".join(map(str.rstrip, words[first:start])).rstrip():
        return own
    rest = own[start:]
    gap = [""] if rest and rest[0].strip() else []
    return [*own[:first], *stripped.split("\n"), *gap, *rest]


def _own_stretches(
    lines: list[str], *, is_mixed: bool = False, audience: frozenset[str] = frozenset()
) -> tuple[list[list[str]], tuple[str, ...]]:
    """The lines outside quotes, as the stretches that the quotes leave; and what stays below.

    That is a forwarded mail, or a quote in which answers may stand.
    """
    stretches: list[list[str]] = [[]]
    at = 0
    suspects = _suspects(lines)
    while at < len(lines):
        if not suspects[at]:
            end = suspects.find(1, at)
            end = len(lines) if end < 0 else end
            stretches[-1].extend(lines[at:end])
            at = end
            continue
        end = _end_of_quote(lines, at, stretches[-1])
        if end > at and not is_pasted_quote(stretches[-1], lines[at:end]):
            _drop_introduction(stretches[-1])
            stretches.append([])
            at = end
            continue
        end = max(end, at + pasted_header(lines, at, stretches[-1], audience))
        if end > at:
            stretches[-1].extend(lines[at:end])
            at = end
            continue
        found = _judge(lines, at)
        if found is _QUOTE:
            if is_mixed or inline.may_be_below(stretches[-1], lines[at:]):
                return stretches, ("\n".join(lines[at:]),)
            _drop_rule(stretches[-1])
            return stretches, ()
        if found is _FORWARD:
            return stretches, ("\n".join(lines[at:]),)
        stretches[-1].append(lines[at])
        at += 1
    return stretches, ()


def _suspects(lines: list[str]) -> bytearray:
    """Which lines may begin something: nearly all lines of nearly all mails may not.

    What begins a quote begins with a mark or a rule, or has a colon or an address in one of its
    lines; an introduction may have begun five lines above that.
    """
    found = bytearray(len(lines))
    for at, line in enumerate(lines):
        start = line[:1]
        if ":" in line or "@" in line or "：" in line:
            first = max(0, at - attribution.MOST_LINES + 1)
            found[first : at + 1] = b"\x01" * (at + 1 - first)
        elif start in _STARTS or (start.isspace() and line.lstrip()[:1] in _STARTS):
            found[at] = 1
    return found


def _judge(lines: list[str], at: int) -> str:
    """What begins with this line: _QUOTE (all the rest is quoted), _FORWARD, or "" for neither."""
    line = lines[at][:LONGEST_LINE].strip()
    if not line:
        return ""
    if line[:1] in _RULE_STARTS:
        inner = line.strip(_DASHES).casefold()
        if inner.startswith(words.FORWARDS) and line[:2] == "--":
            return _FORWARD
        if (inner in words.ORIGINALS and "--" in line[:3]) or _is_rule_above_block(lines, at):
            return _QUOTE
    if line[:1] in "-|" and _is_by_old_program(lines, at):
        return _QUOTE
    if line[:1] in "Oo" and line.casefold().startswith(words.ORIGINAL_LINES):
        return _QUOTE
    if ":" in line[:40] or "：" in line[:40]:
        if line.casefold() in words.FORWARD_LINES:
            return _FORWARD
        if starts_header_block(lines, at):
            return _QUOTE
    return _QUOTE if _starts_unmarked_quote(lines, at) else ""


def _starts_unmarked_quote(lines: list[str], at: int) -> bool:
    """An introduction with text below it that nothing marks; a marked quote takes its own off."""
    end = attribution.end_of_unmarked(lines, at)
    if not end:
        return False
    below = next((n for n in range(end, min(end + 4, len(lines))) if lines[n].strip()), None)
    return below is not None and not _is_quoted(lines, below)


def _is_by_old_program(lines: list[str], at: int) -> bool:
    return old_programs.is_framed_introduction(lines, at) or old_programs.is_table_of_labels(
        lines, at
    )


def _is_quoted(lines: list[str], at: int) -> bool:
    line = lines[at]
    return line.startswith((">", " >")) and not attribution.is_rest_of_address(lines, at)


def _end_of_quote(lines: list[str], at: int, above: list[str]) -> int:
    """The first line behind a marked quote that begins here; `at` itself where none does.

    Lines that a program broke off quoted ones belong to it. s-nail marks with `|`, as tables do: it
    counts only below an introduction.
    """
    if _is_barred(lines[at]) and attribution.length_above(above[-6:]):
        while at < len(lines) and _is_barred(lines[at]):
            at += 1
        return at
    if not _is_quoted(lines, at):
        return at
    if old_programs.is_line_between_arrows(lines, at):
        return len(lines)
    while at < len(lines) and (_is_quoted(lines, at) or _is_broken_off(lines, at)):
        at += 1
    while at < len(lines) and words.PART_LINE.fullmatch(lines[at][:200].strip()):
        at += 1
    return at


def _is_barred(line: str) -> bool:
    bare = line.strip()
    return line.startswith(("|", " |")) and (bare == "|" or not bare.endswith("|"))


def _is_broken_off(lines: list[str], at: int) -> bool:
    """Whether this line, without a mark of its own, goes on where the quoted line above stopped."""
    line, above = lines[at][:LONGEST_LINE].strip(), lines[at - 1][:LONGEST_LINE].rstrip()
    if not line or at + 1 >= len(lines) or not lines[at + 1].startswith(">"):
        return False
    if _LINK_ONLY.fullmatch(lines[at][:LONGEST_LINE]):
        return True
    if above.count("(") > above.count(")") and line.endswith(")") and " " not in line:
        return True
    is_full = len(above) >= _FULL_LINE and (above[-1].isalpha() or above[-1] == ",")
    return is_full and line[0].islower()


def _drop_introduction(own: list[str]) -> None:
    """Take what introduces the quote off the end of the stretch above it."""
    _drop_idle_end(own)
    if not own:
        return
    before = attribution.words_before(own[-1])
    if before is not None:
        own[-1] = before
        return
    length = attribution.length_above(own)
    del own[len(own) - length :]
    _drop_idle_end(own)


def _drop_idle_end(own: list[str]) -> None:
    while own and (not own[-1].strip() or words.PART_LINE.fullmatch(own[-1][:200].strip())):
        own.pop()


def _drop_rule(own: list[str]) -> None:
    """Take the line of dashes off, with words in it or none, that a program draws above a quote."""
    while own and not own[-1].strip():
        own.pop()
    last = own[-1].strip()[:LONGEST_LINE] if own else ""
    if (
        _RULE.fullmatch(last)
        or old_programs.FRAMED.fullmatch(last)
        or old_programs.is_foxmails(own)
    ):
        own.pop()


def _is_rule_above_block(lines: list[str], at: int) -> bool:
    """A line of dashes or underscores, and header lines right below it."""
    if not _RULE.fullmatch(lines[at][:LONGEST_LINE].strip()):
        return False
    below = (n for n in range(at + 1, min(at + 4, len(lines))) if lines[n].strip())
    return starts_header_block(lines, next(below, at))
