"""How out-of-office notices begin their subjects, in the languages that mail systems speak.

In: a decoded subject. Out: whether it is such a notice. The table holds what Exchange, Outlook,
Gmail, Notes, GroupWise and Zimbra write, each in its own languages, and how people word it.
*Fails:* never; the cost is linear in the subject.

A word counts at the start alone, after reply prefixes and tags in brackets: in 4,150 real mails
"vacation" anywhere in a subject named a question about holidays ten times, at the start never.
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
"""


def _words(*tables: str) -> tuple[str, ...]:
    found = (word for table in tables for word in re.split(r"[|\n]", table))
    return tuple(_folded(word.strip()) for word in found if word.strip())


def _folded(text: str) -> str:
    """One form for letters that are written in several: composed, case folded, plain quotes."""
    return unicodedata.normalize("NFC", text.casefold()).replace("’", "'").replace("\u00a0", " ")


_STARTS = _words(_ANSWERS, _AWAY)
_PREFIX = re.compile(
    r"(?:(?:re|aw|sv|vs|antw|odp|rif|r|ynt|回复|回覆|答复|返信|답장|отв)\s{0,2}[:：]"
    r"|\[[^\]]{0,60}\])\s{0,9}"
)
# Notes: "AUTO: Jane Doe is out of the office (returning 05/05/2026)", the first word at times gone.
_SOMEBODY = re.compile(r"[^:]{2,60} is (?:currently )?(?:out of (?:the )?office|on vacation)\b")


def is_away_subject(subject: str) -> bool:
    """Whether a subject starts, after reply prefixes and tags, like an out-of-office notice."""
    text = _folded(subject[:500]).lstrip()
    for _ in range(10):
        found = _PREFIX.match(text)
        if not found:
            break
        text = text[found.end() :]
    return text.startswith(_STARTS) or _SOMEBODY.match(text) is not None
