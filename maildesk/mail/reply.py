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
    answers one that was never here                 stay     goes (`with_quotes`)
    neither, though it may name a ticket            stay     goes

A quote in which answers may stand unmarked is shown whole (`mail.inline`); what only looks like a
quote is content (`mail.pasted`). What a first mail quotes is news to the desk; and what it holds
may be a form, a log, what a prompt shows. Our own mail goes in any case, where it is known again
word for word (`mail.unquote`).
"""

from __future__ import annotations

from dataclasses import dataclass

from maildesk.mail import attribution, inline, old_programs, sealed
from maildesk.mail import reply_words as words
from maildesk.mail.attribution import LONGEST_LINE
from maildesk.mail.pasted import bare_lines, is_introduction, is_pasted_quote, pasted_header
from maildesk.mail.quote_starts import FORWARD, QUOTE, RULE, end_of_quote, find_suspects, judge
from maildesk.mail.signature import strip_signature


@dataclass(frozen=True, slots=True, kw_only=True)
class _Told:
    """What is known of a reply beside its lines; the words are `strip_reply`'s."""

    is_mixed: bool = False
    is_coloured: bool = False
    has_own_marks: bool = False
    audience: frozenset[str] = frozenset()


_NOTHING_TOLD = _Told()


def strip_reply(
    text: str,
    *,
    is_forward: bool = False,
    is_reply: bool = True,
    is_mixed: bool = False,
    is_coloured: bool = False,
    has_own_marks: bool = False,
    audience: frozenset[str] = frozenset(),
) -> str:
    """The writer's own words.

    `is_forward` says that the subject called it a forwarded mail, `is_reply` that it answers one.
    A mail that is neither quotes nobody, whatever its lines look like. `is_mixed` says that answers
    stand in a quote that nothing marks, `is_coloured` that words in a quote have a colour of their
    own, `has_own_marks` that what is marked and not introduced is nothing that it answers;
    `audience` are the addresses that the mail goes to, where they are known.
    """
    lines = text.split("\n")
    if is_forward or not is_reply:
        return _with_quotes(lines, is_forward=is_forward) or text.strip("\n")
    told = _Told(
        is_mixed=is_mixed,
        is_coloured=is_coloured,
        has_own_marks=has_own_marks,
        audience=audience,
    )
    return _without_signatures(*_own_stretches(lines, told)) or text.strip("\n")


def strip_stretch(text: str) -> str:
    """The writer's own words of a part of a reply; "" where all of it is quoted or signs."""
    return _without_signatures(*_own_stretches(text.split("\n")))


def _without_signatures(stretches: list[list[str]], forwarded: tuple[str, ...]) -> str:
    kept = [stripped for own in stretches if (stripped := strip_signature(own))]
    return "\n\n".join((*kept, *forwarded)).strip("\n")


def with_quotes(text: str) -> str:
    """The words of an answer to a mail that nobody here has seen: it goes on in what it quotes."""
    return strip_reply(sealed.unwrap(text), is_reply=False)


def outside_quotes(text: str) -> list[str]:
    """The lines of a text that no quote holds, signatures and all."""
    stretches, forwarded = _own_stretches(text.split("\n"))
    return [line for own in stretches for line in own] + "\n".join(forwarded).split("\n")


def _with_quotes(lines: list[str], *, is_forward: bool) -> str:
    """The text without signatures alone: what is quoted in it or forwarded stays as it is."""
    kept: list[str] = []
    above = at = 0
    suspects = find_suspects(lines)
    while (at := suspects.find(1, at)) >= 0:
        end = end_of_quote(lines, at, lines[max(0, at - attribution.MOST_LINES) : at])
        found = QUOTE if end > at else judge(lines, at)
        end = max(end, at + 1)
        if found:
            kept.extend(_unsigned(lines[above:at]))
            end = len(lines) if is_forward or found is FORWARD else end
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
    stripped = strip_signature(words[first:start], is_first=True)
    if stripped == "\n".join(map(str.rstrip, words[first:start])).rstrip():
        return own
    rest = own[start:]
    gap = [""] if rest and rest[0].strip() else []
    return [*own[:first], *stripped.split("\n"), *gap, *rest]


def _own_stretches(
    lines: list[str], told: _Told = _NOTHING_TOLD
) -> tuple[list[list[str]], tuple[str, ...]]:
    """The lines outside quotes, as the stretches that the quotes leave; and what stays below.

    That is a forwarded mail, or a quote in which answers may stand.
    """
    stretches: list[list[str]] = [[]]
    at = 0
    suspects = find_suspects(lines)
    answered = _Answered(lines, suspects, told)
    while at < len(lines):
        if not suspects[at]:
            end = suspects.find(1, at)
            end = len(lines) if end < 0 else end
            stretches[-1].extend(lines[at:end])
            at = end
            continue
        end = end_of_quote(lines, at, stretches[-1])
        if end > at and not answered.is_shown(at, end, stretches[-1]):
            if told.is_coloured or _is_answered_inside(lines, at, stretches):
                return stretches, ("\n".join(lines[at:]),)
            _drop_introduction(stretches[-1])
            stretches.append([])
            at = end
            continue
        end = max(end, at + pasted_header(lines, at, stretches[-1], told.audience))
        if end > at:
            stretches[-1].extend(lines[at:end])
            at = end
            continue
        found = judge(lines, at)
        if found is QUOTE and not _may_be_below(lines, at, stretches[-1], told):
            _drop_rule(stretches[-1])
            return stretches, ()
        if found:
            return stretches, ("\n".join(lines[at:]),)
        stretches[-1].append(lines[at])
        at += 1
    return stretches, ()


class _Answered:
    """The first quote that a program introduced; looked for once, and only when it matters.

    Marked lines above it were marked by the writer, unless they stand in it, too.
    """

    def __init__(self, lines: list[str], suspects: bytearray, told: _Told) -> None:
        self._lines, self._suspects = lines, suspects
        self._has_own_marks = told.has_own_marks
        self._start = -1
        self._quoted: frozenset[str] = frozenset()

    def is_shown(self, at: int, end: int, own: list[str]) -> bool:
        """Whether marked lines are content: announced, or above what the program introduced."""
        if _is_introduced(own) or is_introduction(self._lines[at]):
            return False
        if self._has_own_marks or is_pasted_quote(own, self._lines[at:end]):
            return True
        if self._start < 0:
            self._start = self._find()
            self._quoted = bare_lines(self._lines[self._start :])
        return end <= self._start < len(self._lines) and self._quoted.isdisjoint(
            bare_lines(self._lines[at:end])
        )

    def _find(self) -> int:
        at = -1
        while (at := self._suspects.find(1, at + 1)) >= 0:
            if not _is_marked(self._lines[at]):
                if judge(self._lines, at) is QUOTE:
                    return at
            elif self._begins_introduced(at):
                return at
        return len(self._lines)

    def _begins_introduced(self, at: int) -> bool:
        above = self._lines[max(0, at - attribution.MOST_LINES) : at]
        return bool(above) and not _is_marked(above[-1]) and _is_introduced(above)


def _may_be_below(lines: list[str], at: int, own: list[str], told: _Told) -> bool:
    return told.is_mixed or inline.may_be_below(own, lines[at:])


def _is_answered_inside(lines: list[str], at: int, stretches: list[list[str]]) -> bool:
    """Whether the words above the marked quote announce answers below, and none stand outside."""
    if len(stretches) > 1 or not inline.has_cue(stretches[0]):
        return False
    below = "\n".join(line for line in lines[at:] if not _is_marked(line))
    return not strip_signature(below.split("\n")).strip()


def _is_introduced(above: list[str]) -> bool:
    """Whether the last of these lines are what a program writes above a quote."""
    near = above[-attribution.MOST_LINES - 2 :]
    _drop_idle_end(near)
    if not near:
        return False
    return attribution.length_above(near) > 0 or attribution.words_before(near[-1]) is not None


def _is_marked(line: str) -> bool:
    return line.startswith((">", " >"))


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
    if RULE.fullmatch(last) or old_programs.FRAMED.fullmatch(last) or old_programs.is_foxmails(own):
        own.pop()
