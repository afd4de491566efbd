"""The words by which mail programs mark what they quote, in the languages people write us in.

In: nothing. Out: phrases in case-folded form and patterns over one line (en de fr es it pl nl pt
sv da no fi cs sk hu ro tr el ru uk vi ja zh ko). `reply` knows what to do with them; a new
language is only words.
*Fails:* never.
"""

from __future__ import annotations

import re

# The line above a quote says who wrote and when.
_VERBS = """
wrote writes sent said says schrieb schrieben geschrieben écrit ecrit escribió escribio scritto
scrisse scrive napisał napisała pisze schreef geschreven escreveu skrev kirjoitti napsal napsala
napísal napísala írta scris написал написала пишет писал писала пише написав yazdı tarihinde
έγραψε viết menulis escriure napisao написао написа rašė rakstīja kirjutas
"""
VERBS = frozenset(_VERBS.split())
# Of these the ones that programs write only beside a date; and how people begin such a line.
SPOKEN = frozenset(("said", "says", "sent"))
_SPEAKERS = """
a an the my our his her their this that i we he she they it and but then so as
der die das ein eine mein meine unser unsere sein ihre dieser dann ich wir er es und
le la les un une mon ma mes notre nos son sa je nous il elle et
el los las una mi mis nuestro nuestra su yo nosotros él ella y
lo gli i mio mia nostro nostra suo io noi lui lei e
o os as um uma meu minha nosso nossa seu eu nós ele ela
de het een mijn onze zijn haar ik wij hij zij en
min mitt vår mitt jag vi han hon och mój moja nasz nasza ja my on ona
мой моя наш наша я мы он она и minä me hän ben biz o
"""
SPEAKERS = frozenset(_SPEAKERS.split())
# Horde says whom it quotes, and never when.
QUOTING = re.compile(
    r"(?:zitat von|quoting|citando(?: a)?|cytowanie|citerar|citeren van) [^:]{0,100}@[^:]{1,100}:",
    re.IGNORECASE,
)
# Where words do not stand apart.
WROTE = re.compile(
    "写道|寫道|写了|寫了|写到|書きました|のメール|님이 작성|님이 쓴|작성:|כתב|כתבה|كتب|เขียนว่า"
)
# How such a line begins: a preposition, a weekday, a date.
STARTS = re.compile(
    r"[\s*]{0,4}(?:-{1,10}\s?)?(?:on|at|in message|am|le|el|il|op|em|no dia|den|på|w dniu|dnia|dne"
    r"|dňa|pe|ma|ti|ke|ke\.|su|la|pada|vào|στις|mon|tue|wed|thu|fri|sat|sun|mo|di|mi|do|fr|sa|so"
    r"|в|вт|пн|ср|чт|пт|сб|вс|\d{1,4}[-./年]|\d{1,2}:\d\d|\d{1,2}\.? |-{2,})\b"
    r"|\s*(?:在|于|於|20\d\d|-{2,})"
    # A weekday or a month in any language: a word or two, and a number behind them.
    r"|\s{0,4}(?:[^\W\d]{1,14}[.,]{0,2} ){1,2}\d",
    re.IGNORECASE,
)
# How it ends. Zoho puts it between dashes.
ENDS = (":", "：", "----", ":*", "-----")

# The labels of header lines that Outlook and others put above an unmarked quote, by kind.
_LABELS = (
    """
    from von de da od van från fra от від lähettäjä expéditeur remitente mittente nadawca feladó
    absender kimden gönderen από מאת من từ จาก afzender
    odesílatel odosielateľ avsändare avsender afsender nuo saatja
    """,
    """
    sent gesendet envoyé enviado enviada inviato wysłano wysłane verzonden skickat sendt
    date datum dato odesláno odoslané elküldve küldve trimis tarih εστάλη στάλθηκε αποστολή
    ημερομηνία
    poslano poslato изпратено išsiųsta saadetud enviat
    נשלח תאריך التاريخ ngày ส่ง ส่งเมื่อ วันที่ надіслано
    """,
    """
    to an à para a do aan till til кому vastaanottaja 宛先 收件人 收件者 받는사람 komu pre
    címzett za kam adressaat до
    către kime προς אל إلى الى tới đến ถึง alıcı
    """,
    """
    cc kopie kopia копия kopio dw udw másolatot копія bilgi κοιν κοιν. κοινοποίηση
    עותק העתק نسخة สำเนา สำเนาถึง
    """,
    """
    subject betreff objet asunto oggetto temat onderwerp assunto ämne emne тема aihe 件名 主题
    předmět predmet tárgy subiect konu θέμα zadeva относно teema tema assumpte
    נושא الموضوع เรื่อง หัวเรื่อง sujet 主旨
    """,
)
_BY_KIND = {word: kind for kind, words in enumerate(_LABELS) for word in words.split()} | {
    "đã gửi": 1,
    "ngày gửi": 1,
    "تم الإرسال": 1,
    "تم الارسال": 1,
    "تاريخ الإرسال": 1,
    "نسخة إلى": 3,
    "đồng gửi": 3,
    "chủ đề": 4,
    "tiêu đề": 4,
    "差出人": 0,
    "主題": 4,
    "data": 1,
    "发件人": 0,
    "寄件者": 0,
    "寄件人": 0,
    "보낸 사람": 0,
    "보낸사람": 0,
    "de la": 0,
    "fecha": 1,
    "dato": 1,
    "дата": 1,
    "отправлено": 1,
    "lähetetty": 1,
    "送信日時": 1,
    "日付": 1,
    "日時": 1,
    "发送时间": 1,
    "發送時間": 1,
    "寄件日期": 1,
    "寄送日期": 1,
    "日期": 1,
    "보낸 날짜": 1,
    "날짜": 1,
    "envoyé le": 1,
    "message du": 1,
    "enviado el": 1,
    "enviado em": 1,
    "enviada em": 1,
    "enviada el": 1,
    "data de envio": 1,
    "inviato il": 1,
    "gönderildi": 1,
    "gönderme tarihi": 1,
    "copie à": 3,
    "抄送": 3,
    "副本": 3,
    "참조": 3,
    "받는 사람": 2,
    "제목": 4,
    "標題": 4,
}
# As they compare: a final sigma folds to another letter.
LABEL_KINDS = {word.casefold(): kind for word, kind in _BY_KIND.items()}
# Programs put invisible marks around labels that are written from right to left.
DIRECTIONS = dict.fromkeys(map(ord, "\u200e\u200f\u061c\u202a\u202b\u202c\u2066\u2067\u2069"))
LABEL = re.compile(r"[\s*]{0,8}([^\s:：*][^:：*]{0,20}?)\s?\*?\s?[:：]")

# Between dashes, above everything that is quoted.
ORIGINALS = frozenset(
    (
        "original message",
        "original appointment",
        "original e-mail",
        "original email",
        "reply message",
        "antwort nachricht",
        "origineel bericht",
        "message initial",
        "mail original",
        "mail originale",
        "ursprüngliche mail",
        "원본 메일",
        "correo original",
        "oorspronkelijk e-mailbericht",
        "původní e-mail",
        "pôvodná správa",
        "eredeti üzenet",
        "mesaj original",
        "mesajul original",
        "orijinal mesaj",
        "özgün ileti",
        "αρχικό μήνυμα",
        "оригинальное сообщение",
        "вихідне повідомлення",
        "оригінальне повідомлення",
        "thư gốc",
        "tin nhắn gốc",
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
# The same without dashes: a line begins so.
ORIGINAL_LINES = ("original message processed by ",)
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
# What notmuch writes for a part that it cannot quote.
PART_LINE = re.compile(r"Non-text part: [\w.+-]{1,60}/[\w.+-]{1,80}")
