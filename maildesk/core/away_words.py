"""How out-of-office notices word it, in the languages that mail systems and people speak.

In: a decoded subject, or what somebody wrote. Out: whether it is such a notice. The table holds
what Exchange, Outlook, Gmail, Notes, GroupWise, Zimbra, Yahoo and the panels of providers write,
each in its own languages, and how people word it.
*Fails:* never; the cost is linear in the text, of which the first 4,000 characters count.

In a subject a word counts at the start, after reply prefixes and tags in brackets, within such a
tag, or alone behind a dash: in 4,150 real mails "vacation" anywhere in a subject named a question
about holidays ten times, at the start never. In a text it counts anywhere, so a text is asked only
where a false alarm costs a question.
"""

from __future__ import annotations

import re
import unicodedata

# What "Automatic reply:" is called.
_ANSWERS = """
auto: | automatic reply | automatic response | automated reply | automated response | auto reply
auto-reply | autoreply | auto response | auto-response | autoresponse | autoresponder
auto responder | automatische antwort | automatische rückmeldung | automatische email-antwort
automatische e-mail-antwort | autom. antwort | réponse automatique | reponse automatique
message automatique | respuesta automática | respuesta automatica | contestación automática
auto-respuesta | autorespuesta | risposta automatica | risponditore automatico
resposta automática | resposta automatica | resposta automàtica | automatisch antwoord
automatische beantwoording | automatische reactie | autosvar | automatiskt svar | automatisk svar
automatisk besked | automaattinen vastaus | automaattivastaus | automaatvastus
automatyczna odpowiedź | odpowiedź automatyczna | autoodpowiedź | automatická odpověď
automatická odpoveď | automatikus válasz | automatikus valasz | răspuns automat | raspuns automat
автоматичен отговор | αυτόματη απάντηση | otomatik yanıt | otomatik cevap | автоответ
автоматический ответ | автоматическое сообщение | автоматична відповідь | автовідповідь
automatski odgovor | аутоматски одговор | samodejni odgovor | automatinis atsakymas
automātiska atbilde | automātiskā atbilde | erantzun automatikoa | balasan otomatis
balasan automatik | trả lời tự động | thư trả lời tự động | ตอบกลับอัตโนมัติ | 自動返信 | 自動応答
自动回复 | 自动答复 | 自動回覆 | 自動回復 | 자동 회신 | 자동회신 | 자동 응답 | 자동응답 | 자동 답장
תשובה אוטומטית | מענה אוטומטי | رد تلقائي | رد آلي | स्वचालित उत्तर
automatic email reply | automatic e-mail reply | automated email response | automated message
auto answer | auto-answer | autoanswer | yahoo! auto response | yahoo auto response
automatische nachricht | automatische mitteilung | automatisch generierte antwort | auto-antwort
autoantwort | automatische eingangsbestätigung | automatische abwesenheits | réponse automatisée
réponse auto | auto-réponse | répondeur automatique | courriel automatique | auto-odpowiedź
automatyczne potwierdzenie | wiadomość automatyczna | automatyczna wiadomość
respuesta automatizada | auto respuesta | mensaje automático | contestador automático
automatsvar | autosvar | automatiskt meddelande | automatiskt e-postsvar | messaggio automatico
risposta automatizzata | autorisposta | auto risposta | risposta non al computer | 自動返答
自動送信 | 自動配信 | 自動回答 | 자동 발송 | 자동발송 | 자동답장 | 자동 답변
自动回信 | 自动应答 | 自動回信
автоответчик | автоматическая ответ | автоматическое уведомление об отсутствии
"""

# What being away is called.
_AWAY = """
out of office | out-of-office | out of the office | ooo: | ooo - | vacation reply
vacation response | vacation message | vacation notice | on vacation | i am on vacation
i'm on vacation | i am away | i'm away | i am out of | i'm out of | away from my mail
away from the office | away until | on annual leave | on holiday until | on leave until
on parental leave | on maternity leave | abwesenheitsnotiz | abwesenheitsmeldung
abwesenheitsbenachrichtigung | abwesenheit vom büro | abwesenheitsassistent | abwesend
ich bin nicht im büro | nicht im büro | außer haus | ausser haus | urlaubsbenachrichtigung
urlaubsabwesenheit | absence du bureau | absent du bureau | absent(e) du bureau
absente du bureau | message d'absence | notification d'absence | je suis absent
fuera de la oficina | fuera de oficina | ausente de la oficina | estoy fuera de
fuori sede | fuori ufficio | assente dall'ufficio | sono fuori ufficio | sono assente
fora do escritório | fora do escritorio | ausência temporária | ausente do escritório
fora de l'oficina | afwezig | afwezigheidsbericht | afwezigheidsmelding | niet aanwezig
buiten kantoor | frånvaro | frånvarande | ej på kontoret | inte på kontoret | ikke til stede
ikke på kontoret | fraværende | fraværsbesked | fraværsmelding | ude af kontoret | poissa
poissaoloviesti | poissaoloilmoitus | lomalla | nieobecność | nieobecny | nieobecna
poza biurem | jestem na urlopie | mimo kancelář | nepřítomnost | jsem mimo kancelář
mimo kancelárie | neprítomnosť | irodán kívül | házon kívül | în afara biroului
absent din birou | извън офиса | отсъствам | εκτός γραφείου | ofis dışında | ofis disinda
нет на рабочем месте | отсутствую | вне офиса | не в офисе | я в отпуске | поза офісом
не в офісі | izvan ureda | van kancelarije | odsutan | odsoten | odsotnost | nesu biure
ārpus biroja | kontorist väljas | nädalal puudun | di luar kantor | vắng mặt | ไม่อยู่ที่สำนักงาน
不在通知 | 不在のお知らせ | 外出中 | 休暇中 | 不在办公室 | 外出自动回复 | 不在辦公室 | 休假中
부재중 | 부재 중 | 외출 중 | 휴가 중 | מחוץ למשרד | לא במשרד | خارج المكتب
out of office reply | out of office autoreply | out of office message | vacation auto
vacation: | on leave: | away message
away notice | i am on holiday | i'm on holiday | i am on leave | i'm on leave | currently away
currently out of | abwesenheits | abwesenheit: | im urlaub | ich bin im urlaub | urlaub:
urlaubsnotiz | urlaubsmeldung | urlaubsvertretung | absence: | avis d'absence | réponse d'absence
absence temporaire | en congé | en congés | je suis en congé | je suis en vacances
nieobecność w biurze | na urlopie | urlop: | zastępstwo: | ausente hasta | ausencia
mensaje de ausencia | de vacaciones | estoy de vacaciones | estaré fuera | semestermeddelande
semesterhälsning | på semester | jag är på semester | jag är inte på | messaggio di assenza
avviso di assenza | notifica di assenza | in ferie | sono in ferie | sono in vacanza | 不在連絡
不在案内 | 不在です | 休暇のお知らせ | 休暇案内 | 休業のお知らせ | 夏季休業 | 年末年始休業
출장 중 | 출장중 | 휴가중 | 휴가 안내 | 부재 안내 | 부재중 안내 | 休假通知 | 外出通知 | 度假中
в отпуске | нахожусь в отпуске
"""

# What people and templates say in the text of such a notice; no subject begins like that.
_SAID = """
on holiday | on vacation | on leave | on annual leave | out of office | out of the office
away from my desk | away from the office | be back on | back in the office | return to the office
returning on | limited access to | no access to | on a business trip | on sick leave
parental leave | automatic reply | automated reply | automatically generated | im urlaub
in urlaub | urlaub bis | bis zum | nicht im haus | nicht am platz | nicht erreichbar
wieder erreichbar | wieder im büro | wieder für sie da | ab dem | dienstreise | elternzeit | krank
automatisch generiert | automatisch erstellt | vertretung | en congé | en congés | en vacances
en déplacement | jusqu'au | de retour | absent | absente | congé maternité | réponse automatique
généré automatiquement | na urlopie | nie ma mnie | nie będzie mnie | poza biurem | do dnia
wracam | wrócę | nieobecny | nieobecna | nieobecność | wygenerowana automatycznie | de vacaciones
de viaje | fuera de la oficina | hasta el | de regreso | de baja | ausente | respuesta automática
på semester | semester till | är ledig | föräldraledig | åter på kontoret | tillbaka den
tillbaka på | inte på plats | automatiskt svar | in ferie | in vacanza | fuori ufficio
fino al | di ritorno | rientro | rientrerò | assente | generato automaticamente | 休暇
不在 | 出張 | 休業 | 休みを | 戻り次第 | 自動返信 | 自動応答 | 휴가 | 부재 | 출장 | 자동 | 복귀
休假 | 不在办公室 | 出差 | 自动 | 自動 | в отпуске | в командировке | отсутству | na dovolené
mimo kancelář | met vakantie | op vakantie | afwezig | de férias | fora do escritório | ferie til
på ferie | lomalla | izinde | izindeyim | szabadságon
"""


_LONGEST = 500  # characters of a subject
_LOOK = 4_000  # characters of a text
_LETTERS = str.maketrans({"ł": "l", "ø": "o", "đ": "d", "ı": "i", "’": "'", "`": "'", "´": "'"})


def _words(*tables: str) -> tuple[str, ...]:
    found = (word for table in tables for word in re.split(r"[|\n]", table))
    return tuple(dict.fromkeys(folded(word).strip() for word in found if word.strip()))


def folded(text: str) -> str:
    """Case folded and without accents, since many a sender leaves them out; plain quotes."""
    apart = unicodedata.normalize("NFKD", text.casefold().translate(_LETTERS))
    return "".join(c for c in apart if not unicodedata.combining(c))


_IN_A_TAG = _words(_ANSWERS)
_ALONE = frozenset(_words(_ANSWERS, _AWAY))
_STARTS = tuple(_ALONE)
_PUNCTUATION = frozenset(":-\u2013\u2014(,.!;|/\uff1a\u3001\u3002")
_WITH_COLON = tuple(word for word in _STARTS if word[-1] in _PUNCTUATION)
_IN_A_TEXT = re.compile("|".join(map(re.escape, _words(_ANSWERS, _AWAY, _SAID))))
_PREFIX = re.compile(
    r"(?:(?:re|aw|sv|vs|antw|odp|rif|r|ynt|回复|回覆|答复|返信|답장|отв)\s{0,2}:"
    r"|[\[(【][^\[\]()【】]{0,60}[\])】])\s{0,9}".replace("답장", folded("답장"))
)
_TAG = re.compile(r"[\[(【]([^\[\]()【】]{1,60})[\])】]")
# Notes: "AUTO: Jane Doe is out of the office (returning 05/05/2026)", the first word at times gone,
# and in the language of its server.
_SOMEBODY = re.compile(
    r"[^:]{2,60} (?:"
    r"is (?:currently )?(?:out of (?:the )?office|on vacation)"
    r"|ist (?:derzeit |zurzeit )?(?:ausser haus|nicht im (?:buro|haus)|abwesend|im urlaub)"
    r"|est (?:actuellement )?(?:absente?|en conges?|en vacances)"
    r"|e (?:fuori (?:sede|ufficio)|assente|in ferie)"
    r"|esta (?:ausente|fuera de la oficina|de vacaciones|fora do escritorio)"
    r"|is (?:momenteel )?(?:niet aanwezig|afwezig|niet op kantoor)"
    r"|ar (?:inte pa kontoret|franvarande|pa semester)"
    r"|er (?:ikke (?:pa kontoret|til stede)|fravaerende|pa ferie)"
    r"|jest (?:poza biurem|nieobecn[ya]|na urlopie)"
    r")\b"
)


def is_away_subject(subject: str) -> bool:
    """Whether a subject is worded like an out-of-office notice's."""
    text = folded(subject[:_LONGEST]).strip()
    if text.rpartition(" - ")[2] in _ALONE or any(map(_says_so, _TAG.findall(text))):
        return True
    text = _without_prefixes(text)
    return text.startswith(_STARTS) or _SOMEBODY.match(text) is not None


def is_away_title(subject: str) -> bool:
    """Whether such words are all that a subject says, or a title above another subject.

    So programs write "Automatic reply: The printer". A monitor that reports "Out of office hours
    backup failed" begins with the same words.
    """
    text = folded(subject[:_LONGEST]).strip()
    if any(map(_says_so, _TAG.findall(text))):
        return True
    text = _without_prefixes(text)
    ends = (text[len(word) :].lstrip() for word in _STARTS if text.startswith(word))
    is_title = any(not end or end[0] in _PUNCTUATION for end in ends)
    is_whole = text.startswith(_WITH_COLON) or _SOMEBODY.match(text) is not None
    return is_title or is_whole


def _without_prefixes(text: str) -> str:
    for _ in range(10):
        found = _PREFIX.match(text)
        if not found:
            break
        text = text[found.end() :]
    return text


def _says_so(tag: str) -> bool:
    inner = tag.strip()
    return inner in _ALONE or inner.startswith(_IN_A_TAG)


def is_away_text(text: str) -> bool:
    """Whether words of absence, or of an automatic answer, stand in a text."""
    return _IN_A_TEXT.search(folded(text[:_LOOK])) is not None
