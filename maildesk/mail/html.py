"""HTML of strangers made harmless, and made into text.

In: an HTML part as str. Out: `Clean`: allow-listed markup without remote images, scripts, styles
and forms, and on demand its plain text.
*Fails:* never; markup that would cost too much to clean is not kept, only its text.

nh3 (ammonia) goes first, always: what the renderer walks is already small and sound. Its cost
grows with the square of the nesting, so depth and attributes are counted before.
"""

from __future__ import annotations

import html as entities
import re
from dataclasses import dataclass

import nh3

from maildesk.mail.clean import clean_text, mark_cut
from maildesk.mail.hidden import ATTRIBUTE, drop_hidden, name_hidden
from maildesk.mail.inline import has_coloured_words
from maildesk.mail.quote_marks import INDENT, MARKS, REST, SIGN, mark, only_indents, unmark
from maildesk.mail.render_text import render, render_own

SIZE_LIMIT = 256 * 1024
_DEPTH_LIMIT = 300
_ATTRIBUTES_LIMIT = 1_000  # in one tag
_HARMLESS_SIZE = 64 * 1024  # with few tags, too little to hurt whatever it is: 0.1 s at worst
_HARMLESS_TAGS = 4_000

_TAG = re.compile(r"<(/?)([a-zA-Z][a-zA-Z0-9]*)([^<>]*+)")
_ANY_TAG = re.compile(r"<[a-zA-Z/!?][^<>]*+>?")
_QUOTED = re.compile(r"\"[^\"]*+\"|'[^']*+'")
# An address between angles that nobody escaped is no tag.
_ADDRESS = re.compile(r"<((?:mailto:)?[\w.+'-]{1,64}+@[\w.-]{1,100}+)>")
_SEPARATOR = re.compile(r"[\s/]")
_BLOCK_END = re.compile(r"<(?:br|/p|/div|/tr|/li|/h[1-6]|/blockquote)\b[^<>]*+>?", re.IGNORECASE)
# One with a class or a source, as programs write it, and none that indents.
_BLOCKQUOTE = re.compile(rf"(?<!{INDENT})<blockquote\s[^<>]", re.IGNORECASE)
_UNCLOSED_TAGS = """
br hr img input meta link area base col wbr p li td tr th dt dd option
"""
_UNCLOSED = frozenset(_UNCLOSED_TAGS.split())
_DROPPED_WITH_CONTENT = {"script", "style", "title", "noscript", "template", "select"}
_UNSHOWN = re.compile(
    r"<(?:!--|(script|style|title|noscript|template|select)(?![a-z0-9]))", re.IGNORECASE
)
_RAW = ("script", "style", "title")
_UNSHOWN_ENDS = {
    name: re.compile(rf"</{name}(?![a-z0-9])[^<>]*+>?", re.IGNORECASE)
    for name in _DROPPED_WITH_CONTENT
} | {"--": re.compile(r"--!?>")}
# The sources of quotes are links to nh3 as to us, but their schemes are not looked at.
_ATTRIBUTES = {tag: names - {"cite"} for tag, names in nh3.ALLOWED_ATTRIBUTES.items()}
_ATTRIBUTES_WITHOUT_SOURCES = {tag: names - {"src"} for tag, names in _ATTRIBUTES.items()}
_SCHEMES = {"http", "https", "mailto", "cid"}


@dataclass(frozen=True, slots=True)
class Clean:
    """Markup fit to be shown, None when the part was too large or too twisted to clean."""

    markup: str | None
    source: str = ""  # only where there is no markup
    marked: str = ""  # the markup with marks, where a mail program said what is not the writer's
    is_cut: bool = False  # the source is the beginning of what came
    is_mixed: bool = False  # words of a colour of their own stand in the answered mail

    def text(self) -> str:
        """What a person would read: quotes marked, links readable."""
        if self.markup is None:
            text = strip_tags(self.source)
            return mark_cut(text) if self.is_cut else text
        return render(only_indents(self.marked) or self.markup)

    def own_text(self, *, is_answer: bool = True) -> str:
        """The text without what the program called a signature, and in an answer a quote."""
        if not self.marked or (not is_answer and SIGN not in self.marked):
            return self.text()
        return render_own(self.marked, is_answer=is_answer)


def sanitise(source: str) -> Clean:
    """The markup through the allow-list; remote images go, so that reading a mail calls nobody."""
    if len(source) > SIZE_LIMIT or _is_twisted(source):
        return Clean(None, source[:SIZE_LIMIT], is_cut=len(source) > SIZE_LIMIT)
    marked = name_hidden(mark(_ADDRESS.sub(r"&lt;\1&gt;", source) if "@" in source else source))
    quoted = _start_of_quote(marked)
    cleaner = _CLEANER if "cid:" in source.lower() else _CLEANER_WITHOUT_IMAGES
    cleaned = drop_hidden(cleaner.clean(marked), MARKS).strip()
    markup = unmark(cleaned)
    return Clean(
        markup,
        marked=cleaned if len(cleaned) > len(markup) else "",
        is_mixed=quoted >= 0 and has_coloured_words(marked, quoted),
    )


def _start_of_quote(marked: str) -> int:
    """Where the answered mail begins, -1 where none does."""
    rest = marked.find(REST)
    if "<blockquote " not in marked and "<BLOCKQUOTE " not in marked:
        return rest
    found = _BLOCKQUOTE.search(marked)
    starts = (rest, found.start() if found else -1)
    return min((at for at in starts if at >= 0), default=-1)


def strip_tags(source: str) -> str:
    """Text of markup by linear passes, for markup that no parser should get."""
    shown = _drop_unshown(_ADDRESS.sub(r"&lt;\1&gt;", source))
    text = entities.unescape(_ANY_TAG.sub(" ", _BLOCK_END.sub("\n", shown)))
    lines = (" ".join(line.split()) for line in clean_text(text).split("\n"))
    return "\n".join(line for line in lines if line)


def _drop_unshown(source: str) -> str:
    """The markup without comments, and without elements that hold no text to read."""
    kept, at = [], 0
    unclosed: set[str] = set()  # searched for to the end once, never again
    while found := _UNSHOWN.search(source, at):
        kept.append(source[at : found.start()])
        name = (found[1] or "--").lower()
        end = None if name in unclosed else _UNSHOWN_ENDS[name].search(source, found.end())
        if end is None:
            unclosed.add(name)
            at = found.end()
            if name in _RAW:
                return "".join(kept)  # a browser shows nothing of the rest either
            continue
        at = end.end()
    kept.append(source[at:])
    return " ".join(kept)


def _keep_attribute(tag: str, name: str, value: str) -> str | None:
    if name == "src" and not value.strip().lower().startswith("cid:"):
        return None
    return value


def _make_cleaner(*, keeps_images: bool) -> nh3.Cleaner:
    """To look at each source is slow; where none is the mail's own, images lose theirs unasked."""
    attributes = dict(_ATTRIBUTES if keeps_images else _ATTRIBUTES_WITHOUT_SOURCES)
    attributes["*"] = {*attributes.get("*", ()), ATTRIBUTE}
    return nh3.Cleaner(
        url_schemes=_SCHEMES,
        attributes=attributes,
        clean_content_tags=_DROPPED_WITH_CONTENT,
        attribute_filter=_keep_attribute if keeps_images else None,
        link_rel="noopener noreferrer nofollow",
        url_relative="deny",  # a mail has no base; `//host` would be one of its own
    )


_CLEANER = _make_cleaner(keeps_images=True)
_CLEANER_WITHOUT_IMAGES = _make_cleaner(keeps_images=False)


def _is_twisted(source: str) -> bool:
    """Whether tags nest or carry attributes as no mail program writes them."""
    if len(source) <= _HARMLESS_SIZE and source.count("<") <= _HARMLESS_TAGS:
        return False
    depth = 0
    for found in _TAG.finditer(source):
        closing, name, rest = found.groups()
        if len(rest) > _ATTRIBUTES_LIMIT * 2 and _count_attributes(rest) > _ATTRIBUTES_LIMIT:
            return True
        if closing:
            depth -= depth > 0
        elif name.lower() not in _UNCLOSED:
            depth += 1
            if depth > _DEPTH_LIMIT:
                return True
    return False


def _count_attributes(rest: str) -> int:
    """Roughly: separators outside quotes; an image in a `data:` URL is one attribute."""
    return len(_SEPARATOR.findall(_QUOTED.sub("", rest)))
