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

What a first mail quotes is news to the desk; and what it holds may be a form, a log, what a prompt
shows. Our own mail goes in any case, where it is known again word for word (`mail.unquote`).
"""

from __future__ import annotations

import re
from functools import lru_cache

from maildesk.mail import attribution
from maildesk.mail import reply_words as words
from maildesk.mail.attribution import LONGEST_LINE
from maildesk.mail.signature import strip_signature

_RULE = re.compile(r"[_\-–—=*]{3,}")
_FRAMED = re.compile(r"[-_=–—]{3,100}[^-_=–—].{0,60}[-_=–—]{3,100}")
_TIME = re.compile(r"\d{1,2}[:.h]\d{2}")
_LINK_ONLY = re.compile(r"\s*[(<\[]https?://\S{1,380}[)>\]][\s>]*")
_DASHES = " \t-–—*_="
_RULE_STARTS = tuple("-–—_=*")
_STARTS = frozenset((*_RULE_STARTS, ">", "|"))
_FULL_LINE = 70  # no shorter line was broken by a program that breaks quotes
_BLOCK_LINES = 8
_QUOTE, _FORWARD = "quote", "forward"
_FROM, _SENT, _TO, _SUBJECT = 0, 1, 2, 4


def strip_reply(text: str, *, is_forward: bool = False, is_reply: bool = True) -> str:
    """The writer's own words.

    `is_forward` says that the subject called it a forwarded mail, `is_reply` that it answers one.
    A mail that is neither quotes nobody, whatever its lines look like.
    """
    lines = text.split("\n")
    if is_forward or not is_reply:
        return _with_quotes(lines, is_forward=is_forward) or text.strip("\n")
    stretches, forwarded = _own_stretches(lines)
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


def _own_stretches(lines: list[str]) -> tuple[list[list[str]], tuple[str, ...]]:
    """The lines outside quotes, as the stretches that the quotes leave; and a forwarded mail."""
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
        if end > at:
            _drop_introduction(stretches[-1])
            stretches.append([])
            at = end
            continue
        found = _judge(lines, at)
        if found is _QUOTE:
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
    if line[:1] in "Oo" and line.casefold().startswith(words.ORIGINAL_LINES):
        return _QUOTE
    if ":" in line[:40] or "：" in line[:40]:
        if line.casefold() in words.FORWARD_LINES:
            return _FORWARD
        if _starts_header_block(lines, at):
            return _QUOTE
    return _QUOTE if _starts_unmarked_quote(lines, at) else ""


def _starts_unmarked_quote(lines: list[str], at: int) -> bool:
    """An introduction with text below it that nothing marks; a marked quote takes its own off."""
    end = attribution.end_of_unmarked(lines, at)
    if not end:
        return False
    below = next((n for n in range(end, min(end + 4, len(lines))) if lines[n].strip()), None)
    return below is not None and not _is_quoted(lines, below)


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
    if _RULE.fullmatch(last) or _FRAMED.fullmatch(last):
        own.pop()


def _is_rule_above_block(lines: list[str], at: int) -> bool:
    """A line of dashes or underscores, and header lines right below it."""
    if not _RULE.fullmatch(lines[at][:LONGEST_LINE].strip()):
        return False
    below = (n for n in range(at + 1, min(at + 4, len(lines))) if lines[n].strip())
    return _starts_header_block(lines, next(below, at))


def block_at_the_end(own: list[str], reach: int) -> int:
    """How many of the last lines are a header block and nothing else; 0 for none."""
    for at in range(max(0, len(own) - reach), len(own)):
        rest = own[at:]
        if all(_label_kind(line) is not None for line in rest) and _starts_header_block(own, at):
            return len(rest)
    return 0


def _starts_header_block(lines: list[str], at: int) -> bool:
    """Header lines one below the other: three kinds of them, or two with an address and a time.

    Who orders a journey writes `From: Berlin` and `To: Riga`, too; so a block has a subject, or an
    address, or a time.
    """
    if _label_kind(lines[at]) not in (_FROM, _SENT, _SUBJECT):
        return False
    block = _block(lines, at)
    kinds = {_label_kind(line) for line in block} - {None}
    joined = " ".join(line[:LONGEST_LINE] for line in block)
    if _FROM in kinds and len(kinds) >= 3:
        return _SUBJECT in kinds or "@" in joined or bool(_TIME.search(joined))
    return _SENT in kinds and len(kinds) >= 2 and "@" in joined and bool(_TIME.search(joined))


def _block(lines: list[str], at: int) -> list[str]:
    """The lines from `at` on that may be one block of header lines."""
    below = lines[at : at + _BLOCK_LINES]
    return [line for line in below if line.strip()]


def _label_kind(line: str) -> int | None:
    return _kind_of_start(line[:40])


@lru_cache(maxsize=256)
def _kind_of_start(start: str) -> int | None:
    found = words.LABEL.match(start)
    if not found:
        return None
    return words.LABEL_KINDS.get(found[1].translate(words.DIRECTIONS).strip().casefold())
