"""Text of an HTML mail that its markup hides: openings for a list of mails, traps, leftovers.

In: markup as it came, before the allow-list takes styles away; later the cleaned markup. Out: the
markup with each element named that hides something; the cleaned markup without what they hide.
*Fails:* never.

Nobody sees such text, so it is neither in the text nor in the stored HTML, where it would become
visible for want of its style; the raw message keeps it. Where nothing else is left it is shown.
`mso-hide` alone hides from Outlook what all others see, so it hides nothing here.
"""

from __future__ import annotations

import re

ATTRIBUTE = "data-hide"
_ALL, _ITS_TEXT, _SHOWN = "all", "text", "no"  # no: text in it is large enough again

_WRITTEN = re.compile(r"\bdata-hide", re.IGNORECASE)
_START = re.compile(r"<[a-z][a-z0-9]{0,20}+(?=[\s/][^<>])", re.IGNORECASE)
_TAG_REST = re.compile(r"[^<>]{0,3000}")
_STYLE = re.compile(r"\sstyle\s{0,3}=\s{0,3}(?:\"([^\"]*+)|'([^']*+))", re.IGNORECASE)
_NONE = re.compile(r"display\s{0,3}:\s{0,3}none|visibility\s{0,3}:\s{0,3}hidden", re.IGNORECASE)
_VALUE = re.compile(r"\"[^\"]*+\"?|'[^']*+'?")
_HIDDEN = re.compile(r"\shidden(?=[\s/=]|$)", re.IGNORECASE)
_SIZE = re.compile(r"font-size\s{0,3}:\s{0,3}([\w.%-]{1,20})", re.IGNORECASE)
_ZERO = re.compile(r"0(?:\.0{1,4})?(?:px|pt|em|rem|%)?", re.IGNORECASE)
_PIECE = re.compile(r"<(/?)([a-z][a-z0-9]*+)((?: [^\s=<>\"]++=\"[^\"]*+\")*+)>")
_MARK = re.compile(rf' {ATTRIBUTE}="([a-z]*+)"')
_VOID = frozenset(("area", "br", "col", "hr", "img", "wbr"))


def name_hidden(source: str) -> str:
    """The markup with an attribute on each element that hides something."""
    low = source.lower()
    if "data-hide" in low:
        source = _WRITTEN.sub("data-x", source)
    has_none = "none" in low or "hidden" in low
    has_zero = "font-size" in low and any(_ZERO.fullmatch(f[1]) for f in _SIZE.finditer(low))
    if not (has_none or has_zero):
        return source

    def named(found: re.Match[str]) -> str:
        rest = _TAG_REST.match(source, found.end())
        how = _how(rest[0] if rest else "", has_zero=has_zero)
        return f'{found[0]} {ATTRIBUTE}="{how}"' if how else found[0]

    return _START.sub(named, source)


def _how(attributes: str, *, has_zero: bool) -> str:
    if "hidden" in attributes.lower() and _HIDDEN.search(_VALUE.sub("", attributes)):
        return _ALL
    found = _STYLE.search(attributes)
    style = (found[1] or found[2] or "") if found else ""
    if _NONE.search(style):
        return _ALL
    size = _SIZE.search(style) if has_zero else None
    if size is None:
        return ""
    return _ITS_TEXT if _ZERO.fullmatch(size[1]) else _SHOWN


def drop_hidden(markup: str, marks: str) -> str:
    """The cleaned markup without what it hides; `marks` before a dropped element go with it."""
    if ATTRIBUTE not in markup:
        return markup
    kept = _shown(markup, marks)
    bare = _MARK.sub("", "".join(kept))
    if re.search(r"\w", _PIECE.sub("", bare)):
        return bare
    return _MARK.sub("", markup)


def _shown(markup: str, marks: str) -> list[str]:
    """The pieces of the markup that a person sees."""
    kept: list[str] = []
    hides: list[bool] = []  # for each open element, whether text right in it is too small
    depth = 0  # of elements within one that is dropped, itself included
    at = 0
    for found in _PIECE.finditer(markup):
        if not depth and not (hides and hides[-1]):
            kept.append(markup[at : found.start()])
        at = found.end()
        closing, tag, attributes = found.groups()
        if tag in _VOID:
            if not depth:
                kept.append(found[0])
            continue
        how = _MARK.search(attributes) if ATTRIBUTE in attributes else None
        if depth:
            depth += -1 if closing else 1
        elif not closing and how and how[1] == _ALL:
            depth = 1
            kept[-1:] = [kept[-1].rstrip(marks)] if kept else []
        else:
            kept.append(found[0])
            _track(hides, bool(closing), how[1] if how else "")
    if not depth:
        kept.append(markup[at:])
    return kept


def _track(hides: list[bool], is_end: bool, how: str) -> None:
    if is_end:
        del hides[-1:]
    elif how:
        hides.append(how == _ITS_TEXT)
    else:
        hides.append(bool(hides and hides[-1]))
