"""The words by which mail programs mark a mail that is passed on, in the languages of our readers.

In: nothing. Out: phrases in case-folded form, and the labels of the header lines that programs
write above a forwarded mail (en de fr es it pt nl sv da no fi pl cs sk ru uk hu tr ro hr el he ar
vi th ja zh ko).
`forward_block` knows what to do with them; a new language is only words.
*Fails:* never.
"""

from __future__ import annotations

import re
from enum import IntEnum

from maildesk.mail import reply_words


def fold(text: str) -> str:
    """Text for comparison: `İ` folds to an i with a dot above, which nobody types; and marks of
    direction are not seen.
    """
    return text.casefold().replace("\u0307", "").translate(reply_words.DIRECTIONS).strip()


class Label(IntEnum):
    """What a header line of a forwarded mail is about; the first five as in `reply_words`."""

    FROM = 0
    DATE = 1
    TO = 2
    CC = 3
    SUBJECT = 4
    MESSAGE_ID = 5
    OTHER = 6
    REPLY_TO = 7


# What stands before the subject of a forward. `VS` and `I` are also a Finnish reply and an
# English list item, so they say nothing without a forwarded mail below.
_SURE = (
    "fwd?|wg|tr|rv|enc|vb|vl|doorst|pd|tov|továbbítás|ilt|i̇lt|videresend|redir|пересл|прп|reenv"
    "|转发|轉寄|轉發|転送|전달|πρθ|προώθ(?:ηση)?"
    "|הועבר|העברה|تحويل|إعادة توجيه|اعادة توجيه|chuyển tiếp|ส่งต่อ"
)
_TAGS = r"(?:\s*\[[^\[\]]{0,40}\]){0,2}\s*"  # [EXT], [HELP-12]
SURE_SUBJECT = re.compile(rf"{_TAGS}(?:{_SURE})\.?\s?[:：]", re.IGNORECASE)
ANY_SUBJECT = re.compile(rf"{_TAGS}(?:{_SURE}|vs|i|ct)\.?\s?[:：]", re.IGNORECASE)

# Between dashes, above a forwarded mail.
FORWARDS = tuple(
    fold(word)
    for word in (
        *reply_words.FORWARDS,
        "forwarded mail",
        "start of forwarded message",
        "begin forwarded message",
        "weitergeleitet von",
        "weitergeleitete mail",
        "message transmis",
        "message réexpédié",
        "transféré par",
        "reenviado por",
        "inoltrato da",
        "encaminhado por",
        "mensagem reencaminhada",
        "doorgestuurd door",
        "edelleenlähetetty viesti",
        "przekazana wiadomość",
        "preposlaná správa",
        "továbbított üzenet",
        "továbbított levél",
        "mesaj redirecționat",
        "proslijeđena poruka",
        "перенаправленное сообщение",
        "переслане повідомлення",
        "перенаправлене повідомлення",
        "iletilmiş mesaj",
        "iletilen ileti",
        "yönlendirilmiş ileti",
        "yönlendirilen ileti",
        "メッセージを転送",
        "転送されたメッセージ",
        "转发的邮件",
        "转发邮件",
        "轉寄郵件",
        "전달된 메일",
        "전달 메시지",
        "προωθημένο μήνυμα",
        "προώθηση μηνύματος",
        "הודעה מועברת",
        "הודעה שהועברה",
        "رسالة معاد توجيهها",
        "الرسالة المعاد توجيهها",
        "رسالة محولة",
        "thư chuyển tiếp",
        "thư được chuyển tiếp",
        "thư đã chuyển tiếp",
        "ข้อความที่ส่งต่อ",
    )
)
# Between dashes, below it.
ENDS = tuple(
    fold(word)
    for word in (
        "end forwarded message",
        "end of forwarded message",
        "ende der weitergeleiteten nachricht",
        "fin du message transféré",
        "fin del mensaje reenviado",
        "fine messaggio inoltrato",
        "fine del messaggio inoltrato",
        "конец пересылаемого сообщения",
        "конец пересланного сообщения",
    )
)
# Apple Mail, Claws and Sylpheed write a sentence instead; without its colon.
SENTENCES = frozenset(
    fold(sentence).rstrip(" :\u00a0")
    for sentence in (
        *reply_words.FORWARD_LINES,
        "Forwarded message",
        "Začátek přeposílané zprávy",
        "Start på videresendt besked",
        "Välitetty viesti alkaa",
        "Započni proslijeđenu poruku",
        "Továbbított levél kezdete",
        "Videresendt melding",
        "Início da mensagem reencaminhada",
        "Începe mesajul redirecționat",
        "Začiatok preposlanej správy",
        "Vidarebefordrat mejl",
        "İleti başlangıcı",
        "Начало переадресованного сообщения",
        "Початок листа, що пересилається",
        "転送されたメッセージ",
        "下面是被转发的邮件",
        "以下是轉寄的郵件",
        "전달된 메시지",
        "Αρχή προωθημένου μηνύματος",
        "Έναρξη προωθημένου μηνύματος",
        "תחילת ההודעה שהועברה",
        "בתחילת הודעה שהועברה",
        "بداية الرسالة المعاد توجيهها",
        "بدء الرسالة المُعاد توجيهها",
        "Bắt đầu thư được chuyển tiếp",
        "เริ่มต้นข้อความที่ส่งต่อ",
        "เริ่มข้อความที่ส่งต่อ",
    )
)

_MORE_LABELS = {
    Label.FROM: (
        "absender|afzender|afsender|avsender|avsändare|mittente|odesílatel|odosielateľ|šalje"
        "|feladó|kimden|gönderen|expeditor|expeditorul|de la|saatja|отправитель|от кого|від кого"
        "|αποστολέας|השולח|שולח|المرسل|người gửi|ผู้ส่ง|送信者|送信元"
        "|发信人|發件人|寄件人|보낸이|보낸 이|발신|발신자"
    ),
    Label.DATE: (
        "päivämäärä|päiväys|odesláno|odoslané|dátum|elküldve|küldve|dată|trimis|tarih"
        "|gönderilen|gönderme tarihi|gönderim tarihi|gönderildi|надіслано|відправлено"
        "|gửi lúc|วันที่ส่ง|дата отправки|送信日|日時|送信時刻"
        "|发送日期|發送日期|时间|時間|보낸날짜|보낸 시간"
        "|sent at|date d'envoi|skickat den"
    ),
    Label.TO: (
        "empfänger|destinataire|destinatario|destinatário|ontvanger|modtager|mottaker|mottagare"
        "|pour|komu|adresat|prima|pre|címzett|către|destinatarul|kime|alıcı|送信先|收信人"
        "|παραλήπτης|נמען|المستلم|người nhận|ผู้รับ|받는이|받는 이|수신|수신자"
    ),
    Label.CC: (
        "copie à|copia|cópia|en copie|kopie (cc)|kopi|kópia|másolat|másolatot kap|bilgi|копія"
        "|копии|抄送|副本|참조"
    ),
    Label.SUBJECT: ("sujet|předmět|predmet|tárgy|subiect|subiectul|naslov|konu|主旨|题目|標題"),
    Label.MESSAGE_ID: "message-id",
    Label.REPLY_TO: (
        "reply-to|antwort an|répondre à|responder a|rispondi a|odpowiedź-do|antwoord aan"
        "|svara till|svar til|vastaus|odpověď na|odpovedať-pre|válaszcím|yanıt adresi"
        "|ответ-кому|кому відповісти|răspuns către|odgovori na|返信先|回复至|답장 받는 사람"
    ),
    Label.OTHER: (
        "bcc|importance|wichtigkeit|priority|priorität|priorité|attachments|anlagen"
        "|pièces jointes|allegati|bijlagen|organization|organisation|sender|in-reply-to"
        "|references|user-agent|mime-version|content-type|content-transfer-encoding"
        "|return-path|received|delivered-to|resent-from|resent-date|x-mailer|to-do"
    ),
}
LABELS: dict[str, Label] = {word: Label(kind) for word, kind in reply_words.LABEL_KINDS.items()} | {
    fold(word): kind for kind, words in _MORE_LABELS.items() for word in words.split("|")
}
LABEL = re.compile(r"[\s*]{0,24}([^\s:：*][^:：*]{0,30}?)[\s*]{0,4}[:：]\*{0,2}")

# Yahoo and others may stick the lines of a header block together: `<ada@x.example>To: …Sent: …`.
STUCK = re.compile(
    r"(?<=[>\w;)\]])\s{0,3}(?="
    r"(?:to|an|à|para|a|aan|do|komu|till?|kime|кому|címzett|vastaanottaja|cc"
    r"|kopie|kopio|kopia|kopi|kópia|másolat|копия|копія|sent"
    r"|gesendet|envoyé|enviado|enviada em|inviato|verzonden|wysłano|wysłane"
    r"|skickat|sendt|lähetetty|elküldve|trimis"
    r"|отправлено|відправлено|gönderilen|subject|betreff|objet|asunto|oggetto|onderwerp|assunto"
    r"|temat|ämne|emne|aihe|předmět|predmet|tárgy|subiect|тема|konu)\s?:\s)",
    re.IGNORECASE,
)
# `x@y on behalf of Ada <ada@z>`: whoever stands behind these words wrote it.
ON_BEHALF = re.compile(
    r"\b(?:on behalf of|im auftrag von|au nom de|en nombre de|per conto di|namens|em nome de"
    r"|på uppdrag av|på vegne af|på vegne av|w imieniu|от имени)\b",
    re.IGNORECASE,
)
