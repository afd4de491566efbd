"""A reply without the mail that it answers, found by comparing with that very mail.

In: the full text of a reply, and the text of the mail that we sent. Out: the reply's other lines,
or None where too little of the sent mail stands in it. No language and no mark is asked for: only
words count, so quote marks, line ends and spaces may have become what they like.
*Fails:* never.

A person may write a line that stands in our mail, too. So a line counts as quoted only in a run:
at least twelve words in the order of our mail, or fewer between two such runs, in that order.
Linear: each word of the reply is looked up once, by the four words that begin with it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from maildesk.mail import attribution, sealed, within
from maildesk.mail import reply_words as words
from maildesk.mail.addendum import is_written, paragraphs
from maildesk.mail.header_block import block_at_the_end
from maildesk.mail.reply import strip_reply
from maildesk.mail.signature import strip_signature

TEXT_LIMIT = 64 * 1024
_WORD = re.compile(r"\w+")
# Programs and gateways rewrite them, or add them.
_LINK = re.compile(r"<?\b(?:https?://|mailto:)[^\s<>]{1,2000}>?")
_SHORT = 200
_MARKS = " \t>|-_=*–—.\u00a0"
_GRAM = 4
_RUN = 12  # words
_PLACES = 16  # of the same four words in the sent mail
_INTRODUCTION = 9  # lines
_LABEL = re.compile(r"[\s>|*]{0,8}[^\s:：][^:：]{0,40}[:：]")
_DIGIT = re.compile(r"\d")
_RULED = re.compile(r"\W{0,4}[-_=*–—]{3,}.{0,80}")


@dataclass(frozen=True, slots=True)
class Sent:
    """The mail that we sent: its text, and the names that an introduction would say."""

    text: str
    names: tuple[str, ...] = ()  # addresses and names of sender and recipient


@dataclass(slots=True)
class _Line:
    """A line of the reply; `first` and `last` are where its words stand in the sent mail."""

    text: str
    words: int = 0
    matched: int = 0
    first: int = -1
    last: int = -1
    ends_as_ours: bool = False

    @property
    def is_altered(self) -> bool:
        """A marked line of ours with other words at its start; at its end an answer may stand."""
        is_mostly_ours = self.matched >= max(_GRAM, self.words // 2)
        return self.ends_as_ours and is_mostly_ours and within.depth(self.text) > 0

    @property
    def is_answered(self) -> bool:
        """A marked line of ours with other words at its end."""
        is_quoted = self.matched >= _GRAM and within.depth(self.text) == 1
        return is_quoted and self.matched < self.words and not self.ends_as_ours

    @property
    def is_ours(self) -> bool:
        return bool(self.words) and self.matched == self.words

    @property
    def is_idle(self) -> bool:
        """Nothing but marks, or notmuch's line about a part. A smiley is an answer."""
        bare = self.text[:_SHORT].strip(_MARKS)
        return not (self.words or bare) or bool(words.PART_LINE.fullmatch(bare))


@dataclass(frozen=True, slots=True)
class _Run:
    """Lines from `start` up to `end` that stand in the sent mail."""

    start: int
    end: int
    words: int
    first: int
    last: int


@dataclass(frozen=True, slots=True)
class _Own:
    """What is left of a reply; whether it stood above our mail, which was quoted from its start.

    In `stretches` what stood inside our mail is apart from what stood around it.
    """

    sent: Sent
    text: str
    is_above: bool
    stretches: tuple[within.Stretch, ...]


def own_words(full_text: str, text: str, forms: Iterable[Sent], *, is_direct: bool = False) -> str:
    """What the person wrote, by the form of our mail that `full_text` quotes most of; else `text`.

    What is left may quote others and end in a signature, so the other rules look at it, too. Not so
    where our mail stands whole below it and the reply `is_direct`, to that very mail: then nobody
    else is quoted, and lines that look like a quote are the writer's.
    """
    plain, forms = sealed.unwrap(full_text), tuple(forms)
    found = (left for sent in forms if (left := _find_own(plain, sent, is_direct)) and left.text)
    shortest = min(found, key=lambda left: len(left.text), default=None)
    if shortest is None:
        return (_answers_at_the_end(plain, forms) if is_direct else "") or text
    if is_direct and shortest.is_above:
        own = _strip_last_signature(shortest.text)
    else:
        own = within.join(shortest.stretches) or strip_reply(shortest.text)
    shown = set(_lines(plain))
    missed = _missed(text, own, shortest.sent) if shown.issuperset(_lines(text)) else ()
    return "\n\n".join((own, *missed))


def _answers_at_the_end(plain: str, forms: Iterable[Sent]) -> str:
    """The words, where each quoted line of ours has got an answer at its end; "" elsewhere."""
    for sent in forms if len(plain) <= TEXT_LIMIT else ():
        lines = _compare(plain, sent)
        if any(line.is_answered for line in lines):
            shown = (line.text.lstrip(" >") if line.is_answered else line.text for line in lines)
            return strip_reply("\n".join(shown))
    return ""


def _lines(text: str) -> Iterator[str]:
    return map(str.strip, text.split("\n"))


def _missed(text: str, own: str, sent: Sent) -> Iterator[str]:
    """What the HTML's structure tells to be the writer's, and its text does not: below a name.

    Nothing with words of ours; and sentences alone where the structure left our mail in the text.
    """
    known = set(_lines(own))
    missing = [line for line in text.split("\n") if not line.strip() or line.strip() not in known]
    if len(text) > TEXT_LIMIT or not any(map(str.strip, missing)):
        return
    is_clean = not _trusted_runs(_compare(text, sent))
    theirs = {line.text for line in _compare("\n".join(missing), sent) if not line.matched}
    for paragraph in paragraphs(missing):
        if not theirs.issuperset(paragraph) or any(map(within.depth, paragraph)):
            continue
        rest = paragraph.copy()
        _drop_introduction(rest, sent.names)
        if is_written(paragraph) or (is_clean and rest):
            yield "\n".join(paragraph)


def is_nothing_else(full_text: str, forms: Iterable[Sent]) -> bool:
    """Whether one form of our mail, and what introduces it, is all there is."""
    plain = sealed.unwrap(full_text)
    found = (_find_own(plain, sent) for sent in forms)
    return any(own is not None and not own.text for own in found)


def most_quoted(full_text: str, mails: Sequence[Iterable[Sent]]) -> int | None:
    """Which of these mails, each in its forms, the text quotes most of; None for none."""
    plain = sealed.unwrap(full_text)
    left = [
        (len(own.text), at)
        for at, sent in enumerate(mails)
        for form in sent
        if (own := _find_own(plain, form)) is not None
    ]
    return min(left)[1] if left else None


def stands_in(text: str, forms: Iterable[Sent]) -> bool:
    """Whether a stretch of one of these mails stands in the text."""
    return may_quote(text) and any(_trusted_runs(_compare(text, sent)) for sent in forms)


def may_quote(text: str) -> bool:
    """Whether there are words enough for a quote; if not, nothing need be rendered for it."""
    return len(_words_of(text)) >= _RUN


def unquote(text: str, sent: Sent) -> str | None:
    """The lines of `text` that we did not send, without what introduces ours."""
    own = _find_own(text, sent)
    return own.text or None if own else None


def _find_own(text: str, sent: Sent, is_direct: bool = False) -> _Own | None:
    """What is left without ours, "" for nothing; None where ours does not stand in it."""
    if len(text) > TEXT_LIMIT:
        return None
    lines = _compare(text, sent)
    runs = _trusted_runs(lines, is_direct=is_direct)
    if not runs:
        return None
    stretches = tuple(_without(lines, runs, sent.names, is_direct))
    own = "\n".join(stretch.text for stretch in stretches).strip("\n")
    is_above = _is_tail(lines, runs)
    own = own if own.strip(_MARKS + "\n") else ""
    return _Own(sent, own, is_above, stretches)


def _without(
    lines: list[_Line], runs: list[_Run], names: tuple[str, ...], is_direct: bool
) -> Iterator[within.Stretch]:
    ends = [0, *(run.end for run in runs)]
    starts = [*(run.start for run in runs), len(lines)]
    for at, (start, end) in enumerate(zip(ends, starts, strict=True)):
        between = lines[start:end]
        if not at and is_direct:
            between = [line for line in between if not line.is_altered]
        gap = [line.text for line in between]
        above = lines[start - 1].text if at else None
        below = lines[end].text if at < len(runs) else None
        is_ours = is_direct or (0 < at < len(runs) and _goes_on(runs[at - 1], runs[at]))
        for stretch in within.divide(gap, above, below, is_direct=is_direct, is_ours=is_ours):
            kept = list(stretch.lines)
            if at < len(runs) and not (at and stretch.is_inside):
                _drop_introduction(kept, names)
                kept.append("")
            yield within.Stretch(tuple(line.rstrip() for line in kept), stretch.is_inside)


def _goes_on(above: _Run, below: _Run) -> bool:
    """Whether hardly a word of our mail is missing between two stretches of it.

    Where many are, another mail of ours may stand there, with the same head and foot.
    """
    return below.first - above.last <= _GRAM


def _is_tail(lines: list[_Line], runs: list[_Run]) -> bool:
    """Whether our mail is quoted from its first word, once, and nothing stands in or below it."""
    first = lines[runs[0].start].text[:_SHORT]
    if runs[0].first != 0 or first.count(">", 0, len(first) - len(first.lstrip("> \t"))) > 1:
        return False  # a line of ours that was not known again may stand above; or another's quote
    between = pairwise(runs)
    gaps = [(run.end, below.start) for run, below in between] + [(runs[-1].end, len(lines))]
    return all(line.is_idle for start, end in gaps for line in lines[start:end])


def _strip_last_signature(own: str) -> str:
    """The words without the signature below them: a `-- ` further up is the writer's own line."""
    lines = own.split("\n")
    marks = [at for at, line in enumerate(lines) if line.rstrip() == "--"]
    # Below the last one stands a signature, unless an empty line does.
    if marks and marks[-1] + 1 < len(lines) and lines[marks[-1] + 1].strip():
        marks.pop()
    start = marks[-1] + 1 if marks else 0
    while start < len(lines) and not lines[start]:
        start += 1
    return "\n".join((*lines[:start], strip_signature(lines[start:]))).strip("\n") or own


def _compare(text: str, mail: Sent) -> list[_Line]:
    """The lines with how many of their words stand in the sent mail, in its order."""
    sent = _words_of(mail.text)
    lines = [_Line(line) for line in text.split("\n")]
    words: list[str] = []
    owners: list[_Line] = []
    for line in lines:
        found = _words_of(line.text)
        line.words = len(found)
        words.extend(found)
        owners.extend([line] * len(found))
    places: dict[tuple[str, ...], list[int]] = {}
    for at in range(len(sent) - _GRAM + 1):
        known = places.setdefault(tuple(sent[at : at + _GRAM]), [])
        if len(known) < _PLACES:
            known.append(at)
    at = behind = 0
    while at < len(words):
        place = _next_place(places.get(tuple(words[at : at + _GRAM])), behind)
        if place is None:
            at += 1
            continue
        while at < len(words) and place < len(sent) and words[at] == sent[place]:
            _note(owners[at], place)
            at, place = at + 1, place + 1
            owners[at - 1].ends_as_ours = at == len(owners) or owners[at] is not owners[at - 1]
        behind = place
    return lines


def _words_of(text: str) -> list[str]:
    has_links = "://" in text or "mailto:" in text
    return _WORD.findall((_LINK.sub(" ", text) if has_links else text).casefold())


def _next_place(places: list[int] | None, behind: int) -> int | None:
    """The first place behind what was matched last, else the first of all."""
    if not places:
        return None
    return next((place for place in places if place >= behind), places[0])


def _note(line: _Line, place: int) -> None:
    line.matched += 1
    line.first = place if line.first < 0 else line.first
    line.last = place


def _runs(lines: list[_Line]) -> Iterator[_Run]:
    """Stretches of lines of ours; lines without words may stand between them."""
    start = end = -1
    for at, line in enumerate(lines):
        if line.is_ours:
            start = at if start < 0 else start
            end = at + 1
        elif start >= 0 and line.is_idle:
            end = at + 1 if line.text.strip() else end
        elif start >= 0:
            yield _run(lines, start, end)
            start = -1
    if start >= 0:
        yield _run(lines, start, end)


def _run(lines: list[_Line], start: int, end: int) -> _Run:
    ours = [line for line in lines[start:end] if line.is_ours]
    words = sum(line.words for line in ours)
    return _Run(start, end, words, ours[0].first, ours[-1].last)


def _trusted_runs(lines: list[_Line], *, is_direct: bool = False) -> list[_Run]:
    """Long runs, and short ones between two of them that go on where the sent mail does.

    In a direct answer to that mail, a few marked words are quoted from nowhere else.
    """
    runs = list(_runs(lines))
    long = [at for at, run in enumerate(runs) if run.words >= _RUN]
    chosen: list[_Run] = []
    for at, run in enumerate(runs):
        before = next((runs[n] for n in reversed(long) if n < at), None)
        after = next((runs[n] for n in long if n > at), None)
        fits = before and after and before.last < run.first and run.last < after.first
        is_marked = is_direct and run.words >= _GRAM and within.depth(lines[run.start].text) == 1
        if run.words >= _RUN or fits or is_marked:
            chosen.append(run)
    return chosen


def _drop_introduction(kept: list[str], names: tuple[str, ...]) -> None:
    """Take off the lines above a run that say whose mail follows."""
    _drop_empty_end(kept)
    length = (
        attribution.length_above(kept)
        or _length_of_block(kept, names)
        or int(bool(kept) and _says_who_wrote(kept[-1].strip()))
        or block_at_the_end(kept, _INTRODUCTION)
    )
    del kept[len(kept) - length :]
    _drop_empty_end(kept)
    if length and kept and _RULED.fullmatch(kept[-1][: attribution.LONGEST_LINE]):
        kept.pop()


def _drop_empty_end(lines: list[str]) -> None:
    while lines and not lines[-1].strip(" >|\t"):
        lines.pop()


def _length_of_block(kept: list[str], names: tuple[str, ...]) -> int:
    """Header lines in any language, or one line with a number, that name who wrote or was asked."""
    block: list[str] = []
    for line in reversed(kept[-_INTRODUCTION:]):
        if not _LABEL.match(line[: attribution.LONGEST_LINE]):
            break
        block.append(line)
    if len(block) >= 2 and _names_one(" ".join(block), names):
        return len(block)
    last = kept[-1].strip() if kept else ""
    is_one = last.endswith((":", "：", ">", "-")) and bool(_DIGIT.search(last))
    return int(is_one and len(last) <= attribution.LONGEST_LINE and _names_one(last, names))


def _says_who_wrote(line: str) -> bool:
    """`On Friday, Support wrote:` without a number: right above our mail that is enough."""
    is_short = len(line) <= attribution.LONGEST_LINE and line.endswith(words.ENDS)
    if not is_short or attribution.is_in_first_person(line):
        return False
    return bool(words.STARTS.match(line)) and attribution.has_verb(line[-20:])


def _names_one(text: str, names: tuple[str, ...]) -> bool:
    folded = text.casefold()
    return any(name.casefold() in folded for name in names if len(name) > 3)
