"""Answers that stand inside the mail that is answered, where nothing marks either of the two.

In: the writer's words above an unmarked quote, the lines of the quote, the HTML of both. Out:
whether there may be answers in it. Which lines they are nobody can tell, so all of it is shown.
*Fails:* never.

The writer says so (`see my answers below in red`), or puts a name, an arrow or one of the colours
that Word offers to what he adds.
"""

from __future__ import annotations

import re
from itertools import islice

_ABOVE_LINES = 20
_BELOW_LINES = 400
_LONGEST_LINE = 300
_CUES = """
(?:see|find|answer(?:s|ed)?|repl(?:y|ies|ied)|comment(?:s|ed)?|respon(?:se|ses|ded)|notes?).{0,40}
\\b(?:below|in-?\\s?line|in (?:red|blue|green|bold|purple|capitals)|between the lines)
|\\bin-?\\s?line (?:answers?|replies|comments)|\\bsee below
|(?:siehe|s\\.|antwort(?:en)?|kommentare?|anmerkung(?:en)?).{0,40}
\\b(?:unten|weiter unten|im text|inline|in rot|rot|in blau|blau|in grün|fett|dazwischen)\\b
|\\bs\\.\\s?u\\.|\\bin (?:rot|blau|grün)\\b
|(?:voir|réponses?|commentaires?).{0,40}
\\b(?:ci-dessous|plus bas|dans le texte|en (?:rouge|bleu|vert))
|(?:ver|vea|respuestas?|comentarios?|respondo).{0,40}
\\b(?:abajo|más abajo|entre líneas|en (?:rojo|azul|verde))
|(?:vedi|risposte?|commenti|rispondo).{0,40}\\b(?:sotto|nel testo|in (?:rosso|blu|verde))
|(?:ver|respostas?|comentários?).{0,40}\\b(?:abaixo|no texto|em (?:vermelho|azul|verde))
|(?:zie|antwoord(?:en)?|reacties?|opmerkingen).{0,40}
\\b(?:hieronder|onder|in de tekst|in (?:rood|blauw|groen))
|(?:patrz|odpowiedzi|komentarze).{0,40}(?:poniżej|w tekście|na (?:czerwono|niebiesko|zielono))
|\\b(?:se|svar|kommentar\\w{0,3}).{0,40}
\\b(?:nedan|nedenfor|under|i texten|i teksten|(?:i|med) (?:rött|rødt|blått|blåt))
|(?:vastaukse\\w{0,4}).{0,40}(?:alla|punaisella)|(?:viz|odpovědi).{0,40}(?:níže|červeně)
|(?:см\\.|ответ\\w{0,3}).{0,40}(?:ниже|в тексте|красным|синим)
"""
_CUE = re.compile(_CUES.replace("\n", ""), re.IGNORECASE)
# One of these stands in every such line; looked for first, because that costs next to nothing.
_HINTS = """
below inline in-line line between red blue green bold purple capitals unten text rot blau grün fett
dazwischen s.u s. ci-dessous bas rouge bleu vert abajo líneas rojo azul verde sotto testo rosso blu
abaixo texto vermelho hieronder onder rood groen poniżej tekście czerwono niebiesko zielono nedan
nedenfor under rött rødt blåt alla punaisella níže červeně ниже тексте красным синим
"""
_HINTED = tuple(_HINTS.split())
# `[Ada] yes`, `<Ada> yes`, `AL> yes`, `--> yes`.
_MARKED = re.compile(
    r"[ \t]{0,8}(?:\[(?![A-Z]{4})[^\W\d_][^\W\d]{0,15}(?:[ .][^\W\d]{1,15}){0,2}\]:?"
    r"|<[^\W\d_]{1,15}>|[A-Z]{1,3}>|-{1,3}>|={1,3}>|→|➔|➜|»)[ \t]{1,4}\S"
)
_ELEMENT = re.compile(
    r"<(?:span|font|p|div|td|li|b|i|strong|em)\s[^<>]{0,400}?(?<![\w-])color\s?[:=]\s?[\"']?\s?"
    r"(?:red|blue|green|purple|#(?:f00|00f|ff0000|c00000|0070c0|00b0f0|0000ff|00b050|92d050|7030a0"
    r"|ffc000|e97132|ed7d31)|rgb\((?:255, ?0, ?0|192, ?0, ?0|0, ?112, ?192|0, ?176, ?240"
    r"|0, ?0, ?255|0, ?176, ?80|112, ?48, ?160|200, ?38, ?19|12, ?100, ?192))(?![\w])[^<>]{0,400}>",
    re.IGNORECASE,
)
_IS_LINK = re.compile(r"text-decoration[^;]{0,20}underline", re.IGNORECASE)
_BANNER = re.compile(r"extern|caution|warning|achtung|vorsicht|attention|atenci|attenzion", re.I)
_TAG = re.compile(r"<[^<>]{0,2000}>")
_WORDS = re.compile(r"[^\W_]{2}")
_COLOURED = 200  # elements looked at


def is_cue(line: str) -> bool:
    """Whether a line says that answers stand below."""
    return has_cue([line])


def has_cue(own: list[str]) -> bool:
    """Whether one of the last lines says so."""
    near = [line[:_LONGEST_LINE] for line in own[-_ABOVE_LINES:]]
    if not _is_hinted("\n".join(near)):
        return False
    return any(_CUE.search(line) for line in near if _is_hinted(line))


def _is_hinted(text: str) -> bool:
    low = text.casefold().replace("wrote", "")  # `rot` is in nearly every introduction
    return any(hint in low for hint in _HINTED)


def may_be_below(own: list[str], below: list[str]) -> bool:
    """Whether answers may stand in an unmarked quote; `own` are the words above it."""
    return has_cue(own) or any(
        _MARKED.match(line[:_LONGEST_LINE]) for line in below[1:_BELOW_LINES]
    )


def has_coloured_words(markup: str, at: int) -> bool:
    """Whether words from `at` on have a colour that a person gave them."""
    coloured = islice(_ELEMENT.finditer(markup, at), _COLOURED)
    return any(_is_answer(markup, found) for found in coloured)


def _is_answer(markup: str, found: re.Match[str]) -> bool:
    """Neither a link nor what a mail server put above a stranger's mail."""
    before = markup[max(0, found.start() - 200) : found.start()]
    if _IS_LINK.search(found[0]) or before.rfind("<a ") > before.rfind("</a"):
        return False
    words = _TAG.sub("", markup[found.end() : found.end() + 300])
    return bool(_WORDS.search(words)) and not _BANNER.search(words)
