"""Whether lines below a closing phrase or below `-- ` are more than who somebody is.

In: the lines there. Out: whether they hold matter (a log, facts with labels, a table, code); and
whether they are plainly a signature. Between the two nobody can be sure.
*Fails:* never.

A signature that is shown costs three lines, a log that is lost costs the answer. So a reply shows
what looks like matter; a mail that opens a ticket hides only what is plainly a signature, for all
that it says is news.
"""

from __future__ import annotations

import re

from maildesk.mail.addendum import begins_with_cue, is_boilerplate, is_written, paragraphs

_LONGEST_LINE = 200
_NAME_WORDS = 8  # a name, a title, a function
_MOST_LINES = 16  # of a signature; lawyers write long ones, not many
_LOG = re.compile(
    r"^\W{0,3}\d{4}[-/.]\d\d[-/.]\d\d[ T]|^\W{0,3}(?:\w{3} {1,2}\d{1,2} )?\d\d:\d\d:\d\d"
    r"|\b(?:ERROR|WARN|WARNING|INFO|DEBUG|FATAL|TRACE|SEVERE|CRITICAL|NOTICE|PANIC)\b"
    r"|\w(?:Exception|Error)\b|^Traceback|^\s{0,8}at [\w$.<>]{1,120}\(|\b0x[0-9a-fA-F]{2}"
    r"|^\s{0,4}(?:[$#%>]|[A-Z]:\\|/\w{1,40}/)\s?\S"
)
_TROUBLE = re.compile(
    r"\b(?:errors?|exception|failed|failure|fehler\w{0,8}|erreurs?|errore|errores|erro|błąd|fout"
    r"|fel|fejl|virhe|chyba|hiba|hata|ошибк\w|помилк\w)\b",
    re.IGNORECASE,
)
_CODE = re.compile(
    r"[;{}\\=]$|\w\(.{0,80}\);?$|(?:^|\s)[\w.-]{1,40}\s?=\s?\S|^\s{0,8}[<\[{]/?\w{1,40}[>\]:}]"
)
_LABEL = re.compile(r"\s{0,8}([^\W\d_][^:：]{0,40})[:：](?!//)\s{0,8}(.{0,200})")
# What a label or a line says that tells how to reach somebody, or who he is.
_CONTACTS = """
t|f|m|e|w|p|o|d|c|a|tel|phone|telephone|telefon\\w{0,3}|tél|téléphone|teléfono|telefone|telefono|puh
|fon|fone|handy|mobil\\w{0,4}|mob|móvil|cell|cellulare|celular|gsm|kom|direct|direkt|office|desk
|durchwahl|zentrale|fax|telefax|e-?mail|mail|correo|courriel|web|www|url|homepage|site|internet
|address|adresse|anschrift|indirizzo|dirección|endereço|adres|skype|teams|zoom|signal|whatsapp
|telegram|linkedin|xing|twitter|x|facebook|instagram|youtube|github|blog|sitz|hq|company|firma
|ceo|cfo|cto|managing directors?|chairman|director|iban|bic|swift|konto|bank|ust|uid|vat|siret
|siren|nip|regon|krs|p\\. ?iva|c\\.f|cif|nif|hrb|hra|tax|steuernummer
|тел|моб|факс|почта|сайт|телефон
|電話|电话|手机|携帯|メール|전화|이메일|휴대폰
"""
_CONTACT_WORDS = re.compile(
    rf"\W{{0,3}}(?:{_CONTACTS.replace(chr(10), '')})(?![^\W_])", re.IGNORECASE
)
_PLACE = re.compile(
    r"\b(?:gmbh|ag|kg|ohg|gbr|e\.? ?v|ug|ltd|limited|llc|llp|plc|inc|corp|corporation|company"
    r"|s\.?a\.?s|s\.?a\.?r\.?l|s\.?r\.?l|s\.?p\.?a|s\.?a|s\.?l|b\.?v|n\.?v|ab|a/s|aps|oy|sp\. ?z"
    r"|s\.?r\.?o|a\.?s|kft|d\.?o\.?o|university|universität|université|institute?"
    r"|street|st|road|rd|avenue|ave|lane|square|suite|floor|building|box|via|rue|calle|plaza|ul"
    r"|department|dept|abteilung|team|group|support)\b|(?:straße|strasse|str\.|weg|platz|allee"
    r"|gasse|straat|laan|gatan|vägen)\b",
    re.IGNORECASE,
)
_POSTCODE = re.compile(r"\b(?:[A-Z]{1,2}-)?\d{4,6}\b\s+[^\W\d]|\b[A-Z]{1,2}\d[A-Z\d]? \d[A-Z]{2}\b")
_SERIAL = re.compile(r"\b(?=[A-Z\d-]{0,30}\d{2})(?=[A-Z\d-]{0,30}[A-Z])[A-Z\d-]{5,30}\b")
_ZIP = re.compile(r"[A-Z]{1,2}-\d{4,5}")
_PHONE = re.compile(r"^\W{0,3}\+?[\d\s()/.-]{6,25}\d\W{0,3}$")


def holds_matter(below: list[str]) -> bool:
    """Whether one of the lines is a log's, a fact with its label, a row of numbers, or code."""
    return any(_is_matter(line[:_LONGEST_LINE]) for line in below if line.strip())


def is_plainly_signature(below: list[str]) -> bool:
    """Whether every paragraph says who somebody is: a name first, then how to reach them."""
    parts = paragraphs([line[:_LONGEST_LINE] for line in below])
    if sum(map(len, parts)) > _MOST_LINES or holds_matter(below):
        return False
    return not parts or (_is_person(parts[0]) and all(map(_is_contact, parts[1:])))


def _is_person(lines: list[str]) -> bool:
    """Lines of a few words each that nobody ends as a sentence, or what tells who they are of."""
    return all(_is_told(line) or _is_short(line) for line in lines) or _is_contact(lines)


def _is_short(line: str) -> bool:
    return len(line.split()) <= _NAME_WORDS and not begins_with_cue(line) and line[-1] not in "?:;"


def _is_contact(lines: list[str]) -> bool:
    """How to reach somebody, what lawyers want, or a motto that is no sentence to anybody."""
    return any(map(_is_told, lines)) and not is_written(lines)


def _is_told(line: str) -> bool:
    found = _CONTACT_WORDS.match(line) or _PLACE.search(line) or _POSTCODE.search(line)
    return bool(found) or is_boilerplate(line) or _PHONE.match(line) is not None


def _is_matter(line: str) -> bool:
    if _LOG.search(line):
        return True
    if is_boilerplate(_SERIAL.sub(" ", line)) or _CONTACT_WORDS.match(line):
        return False
    if _LABEL.match(line):
        return _PLACE.search(line) is None
    return _has_serial(line) or bool(_TROUBLE.search(line) or _CODE.search(line))


def _has_serial(line: str) -> bool:
    """Whether letters and digits make a number of a thing; a place has them, too."""
    found = _SERIAL.search(line)
    return found is not None and not (_ZIP.fullmatch(found[0]) or _POSTCODE.search(line))
