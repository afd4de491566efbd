"""The words by which mail programs mark what they quote, in the languages people write us in.

In: nothing. Out: phrases in case-folded form and patterns over one line (en de fr es it pl nl pt
sv da no fi cs ru uk ja zh ko). `reply` knows what to do with them; a new language is only words.
*Fails:* never.
"""

from __future__ import annotations

import re

# The line above a quote says who wrote and when.
WROTE = re.compile(
    r"\b(?:wrote|writes|schrieb|schrieben|a écrit|écrit|escribió|escribio|ha scritto|scrisse|scrive"
    r"|napisał|napisała|napisał\(a\)|pisze|schreef|geschreven|escreveu|skrev|kirjoitti|napsal"
    r"|napsala|написал|написала|написал\(а\)|пишет|писал|писала|пише|написав)\b"
    r"|写道|寫道|写了|書きました|のメール|님이 작성|작성:|wrote:",
    re.IGNORECASE,
)
# How such a line begins: a preposition, a weekday, a date.
STARTS = re.compile(
    r"\s*(?:on|am|le|el|il|op|em|no dia|den|på|w dniu|dnia|dne|at|pe|ma|ti|ke|su"
    r"|mon|tue|wed|thu|fri|sat|sun|в|вт|пн|ср|чт|пт|сб|вс|\d{1,4}[-./年]|\d{1,2}\.? |-{2,})\b"
    r"|\s*(?:在|于|於|20\d\d|-{2,})",
    re.IGNORECASE,
)
# How it ends. Zoho puts it between dashes.
ENDS = (":", "：", "----", ":*")

# The labels of header lines that Outlook and others put above an unmarked quote, by kind.
_LABELS = (
    "from von de da od van från fra от від lähettäjä expéditeur remitente mittente nadawca",
    "sent gesendet envoyé enviado enviada inviato wysłano verzonden skickat sendt date datum",
    "to an à para a do aan till til кому vastaanottaja 宛先 收件人 收件者 받는사람",
    "cc kopie kopia копия kopio dw udw",
    "subject betreff objet asunto oggetto temat onderwerp assunto ämne emne тема aihe 件名 主题",
)
LABEL_KINDS = {word: kind for kind, words in enumerate(_LABELS) for word in words.split()} | {
    "差出人": 0,
    "主題": 4,
    "data": 1,
    "发件人": 0,
    "寄件者": 0,
    "보낸 사람": 0,
    "보낸사람": 0,
    "fecha": 1,
    "dato": 1,
    "дата": 1,
    "отправлено": 1,
    "lähetetty": 1,
    "送信日時": 1,
    "日付": 1,
    "发送时间": 1,
    "發送時間": 1,
    "寄件日期": 1,
    "日期": 1,
    "보낸 날짜": 1,
    "날짜": 1,
    "받는 사람": 2,
    "제목": 4,
}
LABEL = re.compile(r"[\s*]{0,4}([^\s:：*][^:：*]{0,20}?)\s?\*?\s?[:：]")

# Between dashes, above everything that is quoted.
ORIGINALS = frozenset(
    (
        "original message",
        "original appointment",
        "ursprüngliche nachricht",
        "originalnachricht",
        "message d'origine",
        "message original",
        "mensaje original",
        "messaggio originale",
        "wiadomość oryginalna",
        "oryginalna wiadomość",
        "oorspronkelijk bericht",
        "mensagem original",
        "ursprungligt meddelande",
        "originalmeddelande",
        "oprindelig meddelelse",
        "opprinnelig melding",
        "alkuperäinen viesti",
        "původní zpráva",
        "исходное сообщение",
        "original-nachricht",
        "元のメッセージ",
        "원본 메시지",
        "原始邮件",
        "原始郵件",
    )
)
# Between dashes, above a forwarded message: content, not a quote.
FORWARDS = (
    "forwarded message",
    "forwarded by ",
    "weitergeleitete nachricht",
    "message transféré",
    "mensaje reenviado",
    "messaggio inoltrato",
    "wiadomość przekazana",
    "treść przekazanej wiadomości",
    "doorgestuurd bericht",
    "mensagem encaminhada",
    "vidarebefordrat meddelande",
    "videresendt meddelelse",
    "videresendt melding",
    "välitetty viesti",
    "přeposlaná zpráva",
    "пересланное сообщение",
    "пересылаемое сообщение",
    "转发邮件信息",
    "轉寄的郵件",
    "転送メッセージ",
    "전달된 메시지",
)
# Apple Mail writes a sentence instead.
FORWARD_LINES = frozenset(
    (
        "begin forwarded message:",
        "anfang der weitergeleiteten nachricht:",
        "début du message transféré :",
        "début du message réexpédié :",
        "inicio del mensaje reenviado:",
        "inizio messaggio inoltrato:",
        "początek przekazywanej wiadomości:",
        "begin doorgestuurd bericht:",
        "início da mensagem encaminhada:",
        "vidarebefordrat brev:",
        "начало переадресованного сообщения:",
    )
)
# The last line, put there by a telephone.
DEVICE = re.compile(
    r"\s*(?:sent from my |sent from (?:mail|outlook|yahoo|proton|samsung)|get outlook for "
    r"|sent with |gesendet von |von meinem .{1,30} gesendet|diese nachricht wurde von meinem "
    r"|envoyé de mon |envoyé depuis |enviado desde mi |enviado do meu |inviato da |wysłane z "
    r"|verzonden vanaf |verstuurd vanaf |skickat från min|sendt fra min|lähetetty |odesláno z "
    r"|отправлено с |отправлено из |iphoneから送信|从我的|나의 .{1,20}에서 보냄).{0,60}",
    re.IGNORECASE,
)
