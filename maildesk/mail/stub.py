"""Whether a plain alternative is a stub: it only says that there is HTML to read.

In: the plain text, and the HTML beside it as markup or text. Out: whether the HTML is the mail.
*Fails:* never.

A person's plain text is in the HTML too, word for word; a stub's is not. That is looked for in the
markup first, so that ordinary mail is not rendered for it.
"""

from __future__ import annotations

import re

_LENGTH = 300
_SAYS = re.compile(
    r"""html
    | (?:can(?:no|')t | unable\ to | not\ able\ to | trouble | problems?)\ (?:view|display|read|see)
    | (?:does\ not|doesn['’]t)\ (?:support|display)
    | (?:view|read|open)\ (?:it|this\ \w{4,10})\ in\ (?:a|your)\ (?:web\ ?)?browser
    | nicht\ (?:richtig\ |korrekt\ )?(?:an|dar)(?:zeigen|gezeigt|stellen|gestellt)
    | pas\ (?:à\ )?(?:afficher|lire|visualiser|correctement) | s['’]affiche\ pas
    | no\ (?:se\ )?pued\w{1,5}\ (?:ver|leer|mostrar|visualizar)
    | non\ (?:riesc[ei]\ a|puoi|può|si)\ (?:vede|legge|visualizza)
    | niet\ (?:goed\ |juist\ )?(?:worden\ )?(?:weerge(?:ge)?ven|getoond|tonen|lezen|bekijken)
    | nie\ (?:można|może|obsługuje)\ (?:wyświetl|odczyta|format)
    | não\ (?:consegue|pode|suporta)\ (?:ver|ler|visualizar|exibir|este)
    | (?:inte|ikke)\ (?:kan\ )?(?:visa|vise|läsa|læse|lese|stöd)
    | ei\ (?:voi\ näyttää|voida\ näyttää|näy\ oikein|tue)
    | (?:nelze|nemůže|nepodporuje)\ (?:zobraz|přečíst|formát)
    | nem\ (?:jeleníthető|tudja\ megjelen|támogat)
    | не\ (?:может|удаётся|удается|поддерживает)\ (?:отобра|показа|прочит|формат)
    | görüntülenemiyor | görüntüleyemiyor
    | 表示(?:でき(?:ない|ませ)|され(?:ない|ませ)) | 対応していない
    | (?:无法|無法|不能|不支持|不支援)(?:正常|正确|正確)?(?:显示|顯示|查看|阅读|閱讀)
    | 표시(?:할\ 수\ 없|되지\ 않)
    """,
    re.IGNORECASE | re.VERBOSE,
)
# What programs write into the text where the HTML shows a picture.
_PICTURE = re.compile(
    r"\[(?:cid|image|inline image|bild|imagen?|immagine|afbeelding)\s?:[^\[\]\n]{0,200}\]"
    r"|<image[\w.]{0,60}>|\[https?://[^\s\]]{1,500}\]",
    re.IGNORECASE,
)
_WORD = re.compile(r"\w{3,}")


def may_be_stub(plain: str, markup: str) -> bool:
    """Whether it is worth while to make text of the markup, to know it."""
    plain = plain.strip()
    if _is_pictures(plain):
        return True
    return len(plain) <= _LENGTH and (bool(_SAYS.search(plain)) or _share(plain, markup) <= 0.25)


def is_stub(plain: str, text: str) -> bool:
    """Whether `plain` stands for `text`, what the HTML says."""
    plain = plain.strip()
    if _is_pictures(plain):
        return bool(_WORD.search(text))
    says = bool(_SAYS.search(plain))
    if len(plain) > _LENGTH or (says and len(text) > 2 * len(plain)):
        return len(plain) <= _LENGTH
    share = _share(plain, text)
    if says:
        return share < 0.5 and len(text) * 2 > len(plain)
    return share <= 0.25 and len(text) > 3 * len(plain)


def _is_pictures(plain: str) -> bool:
    """Whether there is nothing but names of pictures."""
    return plain[:1] in ("[", "<") and not _PICTURE.sub("", plain).strip()


def _share(plain: str, text: str) -> float:
    """How many of the words of `plain` stand in `text`, wherever its lines end."""
    found = _WORD.findall(plain.lower())
    words = set(found or plain.lower().split())
    text = "".join(text.lower().split())
    return sum(word in text for word in words) / max(1, len(words))
