"""What the person wrote: a text without the mail it answers and without a signature.

In: the full text of a message. Out: the part to show; the whole when nothing would be left.
*Fails:* never.

Line by line, in one pass: every pattern looks at a line of at most 400 characters (or at four of
them), so hostile text costs no more than honest text. Text between and below quotes
is kept: answers stand there. A forwarded message is content, not a quote, and is kept whole.
"""

from __future__ import annotations

import re

from maildesk.mail import reply_words as words

_LONGEST_LINE = 400
_ATTRIBUTION_LINES = 4
_DATED = re.compile(r"\d{1,2}[:.h]\d{2}|\d{4}|\d{1,2}[./-]\d{1,2}|@")
_TIME = re.compile(r"\d{1,2}[:.]\d{2}")
_RULE = re.compile(r"[_\-–—=]{5,}")
_DASHES = " \t-–—*_="
_RULE_STARTS = tuple("-–—_=")
_QUOTE, _FORWARD = "quote", "forward"


def strip_reply(text: str, *, is_forward: bool = False) -> str:
    """The writer's own words; `is_forward` says that the subject called it a forwarded mail."""
    lines = text.split("\n")
    stretches = _own_stretches(lines, is_forward=is_forward)
    kept = [stripped for own in stretches if (stripped := _strip_signature(own))]
    return "\n\n".join(kept) or text.strip("\n")


def _own_stretches(lines: list[str], *, is_forward: bool) -> list[list[str]]:
    """The lines outside quotes, as the stretches that the quotes leave."""
    stretches: list[list[str]] = [[]]
    at = 0
    while at < len(lines):
        if _is_quoted(lines[at]):
            _drop_attribution(stretches[-1])
            stretches.append([])
            at = _end_of_quote(lines, at)
            continue
        found = _judge(lines, at, is_forward=is_forward)
        if found is _QUOTE:
            return stretches
        if found is _FORWARD:
            stretches[-1].extend(lines[at:])
            return stretches
        stretches[-1].append(lines[at])
        at += 1
    return stretches


def _judge(lines: list[str], at: int, *, is_forward: bool) -> str:
    """What begins with this line: _QUOTE (all the rest is quoted), _FORWARD, or "" for neither."""
    line = lines[at][:_LONGEST_LINE].strip()
    if line[:1] in _RULE_STARTS:
        inner = line.strip(_DASHES).casefold()
        if inner.startswith(words.FORWARDS) and line[:2] == "--":
            return _FORWARD
        if (inner in words.ORIGINALS and line[:2] == "--") or _is_rule_above_block(lines, at):
            return _FORWARD if is_forward else _QUOTE
    if ":" in line[:40] or "：" in line[:40]:
        if line.casefold() in words.FORWARD_LINES:
            return _FORWARD
        if _starts_header_block(lines, at):
            return _FORWARD if is_forward else _QUOTE
    if (at == 0 or not lines[at - 1].strip()) and _starts_unmarked_attribution(lines, at):
        return _QUOTE
    return ""


def _short(line: str) -> str:
    return line[:_LONGEST_LINE]


def _is_quoted(line: str) -> bool:
    return line.startswith((">", " >"))


def _end_of_quote(lines: list[str], at: int) -> int:
    while at < len(lines) and _is_quoted(lines[at]):
        at += 1
    return at


def _drop_attribution(own: list[str]) -> None:
    """Take the line or lines that introduce the quote off the end of the stretch above it."""
    while own and not own[-1].strip():
        own.pop()
    length = _attribution_length(own)
    del own[len(own) - length :]


def _attribution_length(own: list[str]) -> int:
    """How many of the last lines are an attribution, which mail programs break as they like."""
    if not own or not own[-1].rstrip().endswith(words.ENDS):
        return 0
    joined, best = "", 0
    for count, line in enumerate(reversed(own[-_ATTRIBUTION_LINES:]), start=1):
        if not line.strip():
            break
        joined = f"{_short(line).strip()} {joined}".strip()
        starts = bool(words.STARTS.match(joined)) and bool(_DATED.search(_short(line)))
        if _is_attribution(joined) and (best == 0 or starts):
            best = count
        if best and starts:
            break
    return best


def _is_attribution(joined: str) -> bool:
    """Who, when and a colon: a verb at the end will do, or with a date; else address and time."""
    if len(joined) > _LONGEST_LINE:
        return False
    if words.WROTE.search(joined):
        return bool(_DATED.search(joined) or words.WROTE.search(joined[-20:]))
    return "@" in joined and bool(_TIME.search(joined))


def _is_rule_above_block(lines: list[str], at: int) -> bool:
    """A line of dashes or underscores, and header lines right below it."""
    if not _RULE.fullmatch(lines[at][:_LONGEST_LINE].strip()):
        return False
    below = (n for n in range(at + 1, min(at + 4, len(lines))) if lines[n].strip())
    return _starts_header_block(lines, next(below, at))


def _starts_header_block(lines: list[str], at: int) -> bool:
    """`From:` with two more of Sent, To, Cc and Subject in the five lines below it."""
    if _label_kind(lines[at]) != 0:
        return False
    kinds = {_label_kind(line) for line in lines[at + 1 : at + 8] if line.strip()}
    return len(kinds - {None, 0}) >= 2


def _label_kind(line: str) -> int | None:
    found = words.LABEL.match(line[:40])
    return words.LABEL_KINDS.get(found[1].strip().casefold()) if found else None


def _starts_unmarked_attribution(lines: list[str], at: int) -> bool:
    """`On … wrote:` above text without `>`: only in full, with a verb, a date and an address."""
    if not words.STARTS.match(lines[at]):
        return False
    joined, end = "", at
    for end in range(at, min(at + 3, len(lines))):
        joined = f"{joined} {_short(lines[end]).strip()}".strip()
        if not lines[end].strip() or joined.endswith(words.ENDS):
            break
    below = next((line for line in lines[end + 1 : end + 4] if line.strip()), ">")
    is_full = joined.endswith(words.ENDS) and "@" in joined and bool(_DATED.search(joined))
    return is_full and bool(words.WROTE.search(joined)) and not _is_quoted(below)


def _strip_signature(own: list[str]) -> str:
    """The stretch up to `-- `, without the line that a device adds at its end."""
    end = next((at for at, line in enumerate(own) if line.rstrip() == "--"), len(own))
    kept = "\n".join(map(str.rstrip, own[:end])).strip("\n")
    above, _, last = kept.rpartition("\n")
    return above.strip("\n") if words.DEVICE.fullmatch(_short(last)) else kept
