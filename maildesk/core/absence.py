"""Whether a text is an absence notice and nothing else, where no header says so.

In: what somebody wrote. Out: yes, where one sentence says "I am away", and each other one is such
as stands beside it: thanks for the mail, when one is back, whom to ask, a greeting. One sentence
of another kind, or a question, and it is a person's comment.
*Fails:* never; the cost is linear in the text.
"""

from __future__ import annotations

import re

from maildesk.core.away_words import folded

_LONGEST = 1_500  # characters of a text
_SENTENCE = 220
_FEW = r"(?: [\w'./-]{1,20}){0,8} "


def _pattern(*words: str) -> re.Pattern[str]:
    return re.compile("|".join(folded(word) for word in words))


_AWAY = _pattern(
    rf"\b(?:i|we)(?:'m| am|'re| are|'ll be| will be){_FEW}?"
    r"(?:out of (?:the |my )?office|away|on (?:[a-z]{1,12} ){0,2}(?:leave|vacation|holidays?))\b",
    rf"\bich bin{_FEW}?(?:nicht (?:im (?:büro|haus)|erreichbar)|abwesend|i[mn] urlaub|außer haus"
    r"|auf dienstreise|in elternzeit)\b",
    rf"\bje (?:suis|serai){_FEW}?(?:absente?|en congés?|en vacances|en déplacement)\b",
    rf"\b(?:sono|sarò){_FEW}?(?:fuori (?:ufficio|sede)|assente|in ferie|in vacanza)\b",
    rf"\b(?:estoy|estaré){_FEW}?(?:fuera de la oficina|ausente|de vacaciones)\b",
    rf"\b(?:estou|estarei){_FEW}?(?:fora do escritório|ausente|de férias)\b",
    rf"\bik ben{_FEW}?(?:afwezig|niet (?:aanwezig|op kantoor)|(?:op|met) vakantie)\b",
    rf"\b(?:jestem|będę){_FEW}?(?:na urlopie|poza biurem|nieobecn[ya])\b",
    rf"\bjag är{_FEW}?(?:på semester|inte på (?:kontoret|plats)|frånvarande|föräldraledig)\b",
    rf"\bjeg er{_FEW}?(?:ikke (?:på kontoret|til stede)|på ferie|fraværende)\b",
    "不在にして|不在です|休暇中|休暇を(?:いただ|頂)|出張中",
    "부재 ?중|휴가 ?중|출장 ?중|자리를 비",
    "不在办公室|休假中|出差中|不在辦公室",
)
_BESIDE = _pattern(
    r"^(?:many )?thank(?:s| you)(?: very much)? for (?:your|the|contacting)\b",
    r"^(?:for|in|if|should)\b.{0,80}\b(?:urgent|urgency|emergency|immediate|emergencies)\b",
    r"^please (?:contact|call|write to|turn to|reach out to)\b",
    r"^i(?:'ll| will| shall)(?: then)? (?:be back|be returning|return|reply|answer|respond|get back"
    r"|have|read|deal with)\b",
    r"^(?:i )?(?:will )?(?:have|with) (?:only )?(?:very )?(?:limited|no|restricted) access\b",
    r"^your (?:e-?mail|message|mail) (?:will|is)\b",
    r"^this is an auto",
    r"^(?:vielen dank|danke|besten dank|herzlichen dank) für (?:ihre|deine|eure)\b",
    r"^ihre (?:e-?mail|mail|nachricht)(?:en)? w(?:ird|erden)\b",
    r"^(?:in|bei|für) dringende[nrm]?\b|^bitte (?:wenden|kontaktieren|schreiben) sie\b",
    r"\bwieder (?:erreichbar|im büro|für sie da)\b|^ich werde ihre\b",
    r"^merci (?:pour|de) (?:votre|ton)\b|^(?:en cas d'|pour toute )urgence\b"
    r"|^veuillez (?:contacter|vous adresser)\b",
    r"^je (?:serai de retour|vous répondrai|répondrai|traiterai)\b"
    r"|^votre (?:message|e-?mail|courriel) (?:ne )?(?:sera|est)\b",
    r"^grazie per (?:il|la|aver)\b|^(?:per|in caso di) (?:urgenz|necessità|comunicazioni urgenti)",
    r"^(?:rientrerò|risponderò|sarò di ritorno|tornerò|le risponderò)\b|^si prega di contattare\b",
    r"^gracias por (?:su|tu)\b|^(?:en caso de urgencia|para (?:asuntos|temas) urgentes)\b",
    r"^(?:volveré|responderé|estaré de (?:vuelta|regreso)|le responderé)\b",
    r"^obrigad[oa] (?:pelo|pela)\b|^em caso de urgência\b|^responderei\b|^regresso\b",
    r"^bedankt voor\b|^(?:bij|voor) dringende\b|^ik ben .{0,40}weer (?:aanwezig|bereikbaar)\b",
    r"^dziękuję za (?:wiadomość|e-?mail)|^w pilnych sprawach\b|^wracam\b|^odpowiem\b",
    r"^tack för (?:ditt|ert)\b|^(?:vid|i) brådskande\b|^jag (?:är tillbaka|svarar)\b",
    r"^tak for din\b|^takk for (?:din|e-post)",
    r"^(?:dear|hello|hi|good (?:morning|day)|sehr geehrte|guten tag|hallo|bonjour|madame|buongiorno"
    r"|gentile|hola|buenos días|estimad|olá|beste|geachte|dzień dobry|hej|god dag)\b.{0,40}$",
    r"お世話になって|ありがとうございます|お急ぎの|ご連絡(?:ください|いたします|をお願い)|ご迷惑|よろしくお願い",
    r"감사합니다|급한|긴급|연락|답변 ?드리",
    r"谢谢|感谢|如有(?:急事|紧急)|紧急|请联系|回复您",
)
_CLOSING = _pattern(
    r"^(?:(?:with )?(?:kind|best|warm)(?:est)? )?regards\b|^yours\b|^sincerely\b"
    r"|^(?:mit freundlichen|viele|beste|liebe|freundliche) grüße[n]?\b",
    r"^(?:bien )?cordialement\b|^(?:cordiali|distinti) saluti\b|^(?:un )?(?:cordial )?saludos?\b",
    r"^met vriendelijke groet|^pozdrawiam\b|^z poważaniem\b|^(?:med )?vänliga? hälsning",
)
_ADDRESS = re.compile(r"[^\s<>()]{1,80}@[^\s<>()]{1,120}")
_NUMBER_DOT = re.compile(r"(?<=\d)\.")
_PLACE = re.compile(r"[.!;。！\n]{1,20}")
_AND = re.compile(r",|、| (?:and|but|however|und|aber|et|mais|ed|pero|maar|oraz|ale|och|men|og) ")
_MINE = re.compile(r"\b(?:me|mich|mir|moi|mi|mij)\b")
_WRAPPED = 50  # characters from which on a line goes on in the next
_NAME = 4  # words


def is_absence_alone(text: str, name: str = "") -> bool:
    """Whether the text says that its writer is away, and nothing that anybody has to do.

    The writer's name may stand below it, and below a closing phrase other short lines, too.
    """
    plain = folded(text[: _LONGEST + 1]).strip()
    if not plain or len(plain) > 2 * _LONGEST or len(text) > _LONGEST or "?" in plain:
        return False
    sentences = _sentences(plain)
    away = [bool(_AWAY.search(sentence)) for sentence in sentences]
    if not any(away):
        return False
    closed = next((at for at, s in enumerate(sentences) if _CLOSING.match(s)), len(sentences))
    names = set(folded(name).split())
    return all(
        (is_away and len(sentence) <= _SENTENCE)
        or _is_beside(sentence)
        or set(sentence.split()) <= names
        or _is_date(sentence)
        or (at > closed and len(sentence.split()) <= _NAME)
        for at, (sentence, is_away) in enumerate(zip(sentences, away, strict=True))
    )


def _sentences(text: str) -> list[str]:
    """Sentences, and what stands behind an "and" or a comma as one of its own."""
    text = _NUMBER_DOT.sub(" ", _ADDRESS.sub("", text))
    lines = (f"{x} " if len(x) > _WRAPPED else f"{x}\n" for x in map(str.strip, text.split("\n")))
    found = (part for place in _PLACE.split("".join(lines)) for part in _AND.split(place))
    trimmed = (re.sub(r"[\s,:]{1,9}", " ", part).strip(" -–—\"'") for part in found)
    return [part for part in trimmed if any(map(str.isalpha, part))]


def _is_date(sentence: str) -> bool:
    return len(sentence.split()) <= _NAME and any(map(str.isdigit, sentence))


def _is_beside(sentence: str) -> bool:
    is_usual = bool(_BESIDE.search(sentence) or _CLOSING.match(sentence))
    return is_usual and not _MINE.search(sentence) and len(sentence) <= _SENTENCE
