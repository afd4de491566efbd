"""Who wrote a forwarded mail, as each mail program and language shows it.

In: mails as these programs forward them. Out: the original's sender, date, people and words.

*Fails:* as every test does.
"""

from __future__ import annotations

from datetime import UTC, datetime
from email.message import EmailMessage
from time import perf_counter
from typing import Any

import pytest

from maildesk.core.model import Forwarded, Mailbox
from maildesk.mail.parse import extract, parse
from maildesk.mail.reply import strip_reply
from tests.cost import at_most

ADA = Mailbox(email="ada@customer.example", name="Ada Lovelace")
MORNING = datetime(2026, 11, 20, 8, 50, tzinfo=UTC)


def forward(
    text: str,
    *,
    subject: str = "Fwd: Printer",
    html: str = "",
    headers: dict[str, str] | None = None,
) -> Forwarded | None:
    """What the reader makes of Alice's forward with this text."""
    mail = EmailMessage()
    mail["From"] = "Alice Doe <alice@desk.example>"
    mail["To"] = "support@desk.example"
    mail["Subject"] = subject
    mail["Date"] = "Sat, 21 Nov 2026 13:00:00 +0100"
    mail["Message-ID"] = "<outer@desk.example>"
    for name, value in (headers or {}).items():
        mail[name] = value
    if text or not html:
        mail.set_content(text)
    if html and text:
        mail.add_alternative(html, subtype="html")
    elif html:
        mail.set_content(html, subtype="html")
    return parse(mail.as_bytes(), "alice@desk.example").forwarded


def read(text: str, **more: Any) -> Forwarded:
    found = forward(text, **more)
    assert found is not None
    return found


CLIENTS = {
    "Gmail": """Please have a look.

---------- Forwarded message ---------
From: Ada Lovelace <ada@customer.example>
Date: Fri, Nov 20, 2026 at 9:50 AM
Subject: Printer
To: Alice Doe <alice@desk.example>
Cc: Carl <carl@customer.example>, <dora@customer.example>


It burns.

Ada
""",
    "Outlook desktop": """Please have a look.

From: Ada Lovelace <ada@customer.example>
Sent: Friday, November 20, 2026 9:50 AM
To: Alice Doe <alice@desk.example>
Cc: Carl <carl@customer.example>; dora@customer.example
Subject: Printer

It burns.

Ada
""",
    "Outlook with mailto": """Please have a look.

-----Original Message-----
From: Ada Lovelace [mailto:ada@customer.example]
Sent: Friday, November 20, 2026 9:50 AM
To: Alice Doe
Cc: Carl [mailto:carl@customer.example]; dora@customer.example
Subject: Printer

It burns.

Ada
""",
    "Outlook on the web": """Please have a look.
________________________________
From: Ada Lovelace <ada@customer.example>
Sent: Friday, November 20, 2026 9:50 AM
To: Alice Doe <alice@desk.example>
Cc: Carl <carl@customer.example>; dora@customer.example <dora@customer.example>
Subject: Printer

It burns.

Ada
""",
    "Outlook for telephones": """Please have a look.

Get Outlook for iOS<https://aka.ms/o0ukef>
________________________________
From: Ada Lovelace <ada@customer.example<mailto:ada@customer.example>>
Sent: Friday, November 20, 2026 9:50:00 AM
To: Alice Doe <alice@desk.example<mailto:alice@desk.example>>
Cc: Carl <carl@customer.example<mailto:carl@customer.example>>; dora@customer.example
Subject: Printer

It burns.

Ada
""",
    "Apple Mail": """Please have a look.

Begin forwarded message:

> From: Ada Lovelace <ada@customer.example>
> Subject: Printer
> Date: 20 November 2026 at 09:50:00 CET
> To: Alice Doe <alice@desk.example>
> Cc: Carl <carl@customer.example>, dora@customer.example
> Reply-To: ada@customer.example
>
> It burns.
>
> Ada
""",
    "Apple Mail, sentence quoted": """Please have a look.

> Begin forwarded message:
>
> From: "Ada Lovelace" <ada@customer.example>
> Date: November 20, 2026 at 9:50:00 AM GMT+1
> To: Alice Doe <alice@desk.example>
> Cc: Carl <carl@customer.example>, dora@customer.example
> Subject: Printer
>
> It burns.
>
> Ada
""",
    "Thunderbird": """Please have a look.


-------- Forwarded Message --------
Subject: \tPrinter
Date: \tFri, 20 Nov 2026 09:50:00 +0100
From: \tAda Lovelace <ada@customer.example>
To: \tAlice Doe <alice@desk.example>
CC: \tCarl <carl@customer.example>, dora@customer.example



It burns.

Ada
""",
    "Yahoo": """ Please have a look.
   ----- Forwarded Message ----- From: Ada Lovelace <ada@customer.example>To: \
"alice@desk.example" \
<alice@desk.example>Cc: Carl <carl@customer.example>; dora@customer.example \
<dora@customer.example>Sent: Friday, November 20, 2026, 09:50:00 AM GMT+1Subject: Printer
 It burns.

Ada
""",
    "Zoho": """Please have a look.

============ Forwarded message ============
From: Ada Lovelace <ada@customer.example>
To: "alice"<alice@desk.example>
Cc: "Carl"<carl@customer.example>, dora@customer.example
Date: Fri, 20 Nov 2026 09:50:00 +0100
Subject: Printer
============ Forwarded message ============

It burns.

Ada
""",
    "Lotus Notes": """Please have a look.

----- Forwarded by Alice Doe/Desk on 11/20/2026 10:15 AM -----

From:\tAda Lovelace <ada@customer.example>
To:\tAlice Doe/Desk@DESK, alice@desk.example
Cc:\tCarl <carl@customer.example>, dora@customer.example
Date:\t11/20/2026 09:50 AM
Subject:\tPrinter

It burns.

Ada
""",
    "GMX": """Please have a look.

Gesendet: Freitag, 20. November 2026 um 09:50 Uhr
Von: "Ada Lovelace" <ada@customer.example>
An: alice@desk.example
CC: "Carl" <carl@customer.example>, dora@customer.example
Betreff: Printer

It burns.

Ada
""",
    "Proton": """Please have a look.

Sent with Proton Mail secure email.

------- Forwarded Message -------
From: Ada Lovelace <ada@customer.example>
Date: On Friday, November 20th, 2026 at 09:50
Subject: Printer
To: alice@desk.example <alice@desk.example>
CC: Carl <carl@customer.example>, dora@customer.example <dora@customer.example>

> It burns.
>
> Ada
""",
    "neomutt": """Please have a look.

----- Forwarded message from Ada Lovelace <ada@customer.example> -----

Date: Fri, 20 Nov 2026 09:50:00 +0100
From: Ada Lovelace <ada@customer.example>
To: Alice Doe <alice@desk.example>
Cc: Carl <carl@customer.example>, dora@customer.example
Subject: Printer
User-Agent: Mutt

It burns.

Ada

----- End forwarded message -----
""",
    "s-nail": """Please have a look.

-------- Original Message --------
From: Ada Lovelace <ada@customer.example>
Date: Fri, 20 Nov 2026 09:50:00 +0100
To: Alice Doe <alice@desk.example>
Cc: Carl <carl@customer.example>, dora@customer.example
Subject: Printer
Message-ID: <written@customer.example>

It burns.

Ada
""",
    "mh, mblaze": """Please have a look.

------- Forwarded Message

Return-Path: ada@customer.example
Received: from mx by desk.example; Fri, 20 Nov 2026 09:50:01 +0100
From: Ada Lovelace <ada@customer.example>
To: alice@desk.example
Cc: Carl <carl@customer.example>,
\tdora@customer.example
Subject: Printer
Date: Fri, 20 Nov 2026 09:50:00 +0100

It burns.

Ada

------- End of Forwarded Message
""",
    "Emacs, notmuch": """Please have a look.

-------------------- Start of forwarded message --------------------
From: Ada Lovelace <ada@customer.example>
To: alice@desk.example
Cc: Carl <carl@customer.example>, dora@customer.example
Subject: Printer
Date: Fri, 20 Nov 2026 09:50:00 +0100

It burns.

Ada
-------------------- End of forwarded message --------------------
""",
    "Horde": """Please have a look.

----- Forwarded message from Ada Lovelace <ada@customer.example> -----
   Date: Fri, 20 Nov 2026 09:50:00 +0100
   From: Ada Lovelace <ada@customer.example>
Reply-To: ada@customer.example
Subject: Printer
     To: alice@desk.example
     Cc: Carl <carl@customer.example>, dora@customer.example

It burns.

Ada

----- End forwarded message -----
""",
    "Roundcube": """Please have a look.

-------- Original Message --------
Subject: Printer
Date: 2026-11-20 09:50
From: Ada Lovelace <ada@customer.example>
To: alice@desk.example
Cc: Carl <carl@customer.example>, dora@customer.example

It burns.

Ada
""",
    "SquirrelMail": """Please have a look.

---------------------------- Original Message ----------------------------
Subject: Printer
From:    "Ada Lovelace" <ada@customer.example>
Date:    Fri, November 20, 2026 9:50 am
To:      alice@desk.example
Cc:      "Carl" <carl@customer.example>, dora@customer.example
--------------------------------------------------------------------------

It burns.

Ada
""",
    "Claws Mail": """Please have a look.

Begin forwarded message:

Date: Fri, 20 Nov 2026 09:50:00 +0100
From: Ada Lovelace <ada@customer.example>
To: alice@desk.example
Cc: Carl <carl@customer.example>, dora@customer.example
Subject: Printer


It burns.

Ada
""",
    "MailMate": """Please have a look.

Forwarded message:

> From: Ada Lovelace <ada@customer.example>
> To: alice@desk.example
> Cc: Carl <carl@customer.example>, dora@customer.example
> Subject: Printer
> Date: Fri, 20 Nov 2026 08:50:00 +0000
>
> It burns.
and this line was broken on its way.
>
> Ada
""",
    "Missive": """Please have a look.

---------- Forwarded message ----------
From: Ada Lovelace <ada@customer.example>
Date: November 20, 2026 at 9:50 AM
To: alice@desk.example
Cc: Carl <carl@customer.example>, dora@customer.example
Subject: Printer

> It burns.
>
> Ada
""",
    "IONOS": """Please have a look.

> ---------- Original Message ----------
> From: Ada Lovelace <ada@customer.example>
> To: "alice@desk.example" <alice@desk.example>
> Cc: Carl <carl@customer.example>, dora@customer.example
> Date: 11/20/2026 9:50 AM CET
> Subject: Printer
>  \

>  \

> It burns.
>  \

> Ada
""",
    "Yahoo in Russian": """Please have a look.
   ----- Пересылаемое сообщение ----- От: Ada Lovelace <ada@customer.example>Кому: \
"alice@desk.example" <alice@desk.example>Копия: Carl <carl@customer.example>; \
dora@customer.example <dora@customer.example>Отправлено: \
пятница, 20 ноября 2026 г., 09:50:00 GMT+1Тема: Printer
 It burns.

Ada
""",
    "bold labels": """Please have a look.

*From:* Ada Lovelace <ada@customer.example>
*Sent:* Friday, November 20, 2026 9:50 AM
*To:* alice@desk.example
*Cc:* Carl <carl@customer.example>; dora@customer.example
*Subject:* Printer

It burns.

Ada
""",
}


@pytest.mark.parametrize("client", CLIENTS)
def test_every_program_names_the_original(client: str) -> None:
    found = read(CLIENTS[client])
    assert found.sender == ADA
    assert found.date == MORNING
    assert found.subject == "Printer"
    assert [m.email for m in found.cc] == ["carl@customer.example", "dora@customer.example"]
    assert [m.email for m in found.to] in (["alice@desk.example"], [])
    assert found.full_text.strip().startswith("It burns.")
    assert found.text.split()[:2] == ["It", "burns."]
    assert "Ada" in found.full_text
    assert "End" not in found.full_text
    assert found.note.splitlines()[0] == "Please have a look."
    assert "From:" not in found.note


LANGUAGES = {
    "de": "Weitergeleitete Nachricht|Von|Datum|Betreff|An|Freitag, 20. November 2026 um 09:50 Uhr",
    "fr": "Message transféré|De |Date |Objet |À |ven. 20 nov. 2026 à 09:50",
    "es": "Mensaje reenviado|De|Fecha|Asunto|Para|vie, 20 nov 2026 a las 9:50",
    "it": "Messaggio Inoltrato|Da|Data|Oggetto|A|venerdì 20 novembre 2026 09:50",
    "pl": "Treść przekazanej wiadomości|Nadawca|Data|Temat|Adresat|20 listopada 2026 09:50",
    "nl": "Doorgestuurd bericht|Van|Datum|Onderwerp|Aan|vrijdag 20 november 2026 09:50",
    "pt": "Mensagem encaminhada|De|Data|Assunto|Para|20 de novembro de 2026 às 09:50",
    "pt-PT": "Mensagem reencaminhada|De|Enviado|Assunto|Para|20 de novembro de 2026 09:50",
    "sv": "Vidarebefordrat meddelande|Från|Datum|Ämne|Till|fredag 20 november 2026 09:50",
    "da": "Videresendt meddelelse|Fra|Dato|Emne|Til|20. november 2026 09.50",
    "no": "Videresendt melding|Fra|Dato|Emne|Til|20. november 2026 kl. 09:50",
    "fi": "Välitetty viesti / Fwd.Msg|Lähettäjä|Päiväys|Aihe|Vastaanottaja"
    "|20. marraskuuta 2026 klo 9.50",
    "cs": "Přeposlaná zpráva|Od|Datum|Předmět|Komu|20. listopadu 2026 9:50",
    "sk": "Preposlaná správa|Od|Dátum|Predmet|Komu|20. novembra 2026 9:50",
    "ru": "Пересылаемое сообщение|От кого|Дата|Тема|Кому|пятница, 20 ноября 2026, 9:50 +01:00",
    "uk": "Переслане повідомлення|Від|Дата|Тема|Кому|пт, 20 лист. 2026 р. о 09:50",
    "hu": "Továbbított üzenet|Feladó|Dátum|Tárgy|Címzett|2026. 11. 20. 9:50",
    "tr": "İletilen İleti|Kimden|Tarih|Konu|Kime|20 Kasım 2026 Cuma 09:50",
    "ro": "Mesaj redirecționat|De la|Dată|Subiect|Către|20 noiembrie 2026 09:50",
    "el": "Προωθημένο μήνυμα|Από|Στάλθηκε|Θέμα|Προς|Παρασκευή, 20 Νοεμβρίου 2026 9:50 πμ",
    "he": "הודעה שהועברה|מאת|נשלח|נושא|אל|יום שישי 20 נובמבר 2026 09:50",
    "ar": "رسالة معاد توجيهها|من|تم الإرسال|الموضوع|إلى|الجمعة، 20 نوفمبر 2026 9:50 ص",
    "ar, Levant": "رسالة محولة|من|التاريخ|الموضوع|الى|الجمعة، ٢٠ تشرين الثاني ٢٠٢٦ ٠٩:٥٠",
    "vi": "Thư chuyển tiếp|Từ|Đã gửi|Chủ đề|Tới|Thứ Sáu, 20 Tháng Mười Một 2026 9:50 SA",
    "vi, numbers": "Thư chuyển tiếp|Từ|Ngày|Tiêu đề|Đến|20 tháng 11, 2026 lúc 09:50",
    "th": "ข้อความที่ส่งต่อ|จาก|ส่งเมื่อ|เรื่อง|ถึง|วันศุกร์ที่ 20 พฤศจิกายน 2569 9:50",
    "th, short": "ข้อความที่ส่งต่อ|จาก|วันที่|หัวเรื่อง|ถึง|20/11/2569 9:50",
    "ja": "転送メッセージ|送信者|日付|件名|宛先|2026年11月20日(金) 9:50",
    "ko": "전달된 메시지|보낸사람|날짜|제목|받는사람|2026년 11월 20일 오전 9:50",
    "zh": "转发邮件信息|发件人|发送日期|主题|收件人|2026-11-20 09:50:00",
    "zh-TW": "轉寄的郵件|寄件者|日期|主旨|收件者|2026年11月20日 上午9:50",
}


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("colon", [":", "："])
def test_every_language_names_the_original(language: str, colon: str) -> None:
    title, sender, date, subject, to, when = LANGUAGES[language].split("|")
    text = (
        f"FYI\n\n-------- {title} --------\n{subject}{colon} Printer\n{date}{colon} {when}\n"
        f"{sender}{colon} Ada Lovelace <ada@customer.example>\n{to}{colon} alice@desk.example\n\n"
        "It burns.\n"
    )
    found = read(text, subject="The printer")
    assert (found.sender, found.date) == (ADA, MORNING)
    assert (found.subject, found.text, found.note) == ("Printer", "It burns.", "FYI")
    assert [m.email for m in found.to] == ["alice@desk.example"]


@pytest.mark.parametrize("language", LANGUAGES)
def test_header_lines_alone_do_where_the_subject_says_forward(language: str) -> None:
    _, sender, date, subject, to, when = LANGUAGES[language].split("|")
    text = (
        f"FYI\n\n{sender}: Ada Lovelace <ada@customer.example>\n{date}: {when}\n"
        f"{to}: alice@desk.example\n{subject}: Printer\n\nIt burns.\n"
    )
    assert read(text, subject="WG: Printer").sender == ADA
    assert forward(text, subject="AW: Printer") is None
    assert forward(text, subject="Printer") is None


OUTLOOK = {
    "el": "Από|Στάλθηκε|Προς|Κοιν.|Θέμα|Παρασκευή, 20 Νοεμβρίου 2026 9:50 πμ",
    "he": "מאת|נשלח|אל|עותק|נושא|יום שישי 20 נובמבר 2026 09:50",
    "ar": "من|تم الإرسال|إلى|نسخة|الموضوع|20/نوفمبر/2026 09:50 ص",
    "vi": "Từ|Đã gửi|Tới|Cc|Chủ đề|Thứ Sáu, 20 Tháng Mười Một 2026 9:50 SA",
    "th": "จาก|ส่ง|ถึง|สำเนา|เรื่อง|วันศุกร์ที่ 20 พฤศจิกายน 2569 9:50",
}


@pytest.mark.parametrize("language", OUTLOOK)
@pytest.mark.parametrize("mark", ["", "\u200f", "\u202b", "*"])
def test_outlook_is_read_in_more_scripts_with_marks_of_direction(language: str, mark: str) -> None:
    sender, sent, to, cc, subject, when = OUTLOOK[language].split("|")
    end = {"\u202b": "\u202c", "*": "*"}.get(mark, "")
    rule = "_" * 32
    text = (
        f"FYI\n\n{rule}\n{mark}{sender}:{end} Ada Lovelace <ada@customer.example>\n"
        f"{mark}{sent}:{end} {when}\n{mark}{to}:{end} Alice Doe <alice@desk.example>\n"
        f"{mark}{cc}:{end} Carl <carl@customer.example>\n{mark}{subject}:{end} Printer\n\n"
        "It burns.\n"
    )
    found = read(text, subject="FW: Printer")
    assert (found.sender, found.date, found.subject) == (ADA, MORNING, "Printer")
    assert [m.email for m in found.cc] == ["carl@customer.example"]
    assert (found.text, found.note) == ("It burns.", "FYI")


@pytest.mark.parametrize("language", OUTLOOK)
def test_the_same_lines_above_an_answered_mail_are_cut_from_a_reply(language: str) -> None:
    sender, sent, to, _, subject, when = OUTLOOK[language].split("|")
    text = (
        f"Thank you.\n\n{sender}: Support <support@desk.example>\n{sent}: {when}\n"
        f"{to}: Ada Lovelace\n{subject}: Printer\n\nDear Ada\n"
    )
    assert strip_reply(text) == "Thank you."


SENTENCES = [
    "Αρχή προωθημένου μηνύματος:",
    "תחילת ההודעה שהועברה:",
    "Bắt đầu thư được chuyển tiếp:",
    "Anfang der weitergeleiteten Nachricht:",
    "Début du message réexpédié :",
    "Inicio del mensaje reenviado:",
    "Inizio messaggio inoltrato:",
    "Początek przekazywanej wiadomości:",
    "Begin doorgestuurd bericht:",
    "Início da mensagem encaminhada:",
    "Vidarebefordrat mejl:",
    "Start på videresendt besked:",
    "Videresendt melding:",
    "Välitetty viesti alkaa:",
    "Začátek přeposílané zprávy:",
    "Начало переадресованного сообщения:",
    "Початок листа, що пересилається:",
    "Továbbított levél kezdete:",
    "İleti başlangıcı:",
]


@pytest.mark.parametrize("sentence", SENTENCES)
def test_apple_mail_says_it_in_a_sentence(sentence: str) -> None:
    text = (
        f"{sentence}\n\n> Von: Ada Lovelace <ada@customer.example>\n> Betreff: Printer\n>\n> Hi\n"
    )
    found = read(text, subject="Printer")
    assert (found.sender, found.text) == (ADA, "Hi")


HTML = {
    "Gmail": """<div dir="ltr">FYI</div><br><div class="gmail_quote"><div dir="ltr"
class="gmail_attr">---------- Forwarded message ---------<br>From: <strong class="gmail_sendername"
dir="auto">Ada Lovelace</strong> <span dir="auto">&lt;<a href="mailto:ada@customer.example">
ada@customer.example</a>&gt;</span><br>Date: Fri, Nov 20, 2026 at 9:50 AM<br>Subject: Printer<br>
To:  &lt;<a href="mailto:alice@desk.example">alice@desk.example</a>&gt;<br></div><br><br>
<div>It burns.</div></div>""",
    "Thunderbird": """<p>FYI</p><div class="moz-forward-container"><br>-------- Forwarded Message
--------<table class="moz-email-headers-table" cellpadding="0"><tbody><tr><th valign="BASELINE"
align="RIGHT">Subject: </th><td>Printer</td></tr><tr><th>Date: </th><td>Fri, 20 Nov 2026 09:50:00
+0100</td></tr><tr><th>From: </th><td>Ada Lovelace <a class="moz-txt-link-rfc2396E"
href="mailto:ada@customer.example">&lt;ada@customer.example&gt;</a></td></tr><tr><th>To: </th>
<td><a href="mailto:alice@desk.example">alice@desk.example</a></td></tr></tbody></table><br><br>
<p>It burns.</p></div>""",
    "Outlook": """<div class="WordSection1"><p class="MsoNormal">FYI<o:p></o:p></p><p
class="MsoNormal"><o:p>&nbsp;</o:p></p><div style="border:none;border-top:solid #E1E1E1 1.0pt"><p
class="MsoNormal"><b>From:</b> Ada Lovelace &lt;ada@customer.example&gt; <br><b>Sent:</b> Friday,
November 20, 2026 9:50 AM<br><b>To:</b> Alice Doe &lt;alice@desk.example&gt;<br><b>Subject:</b>
Printer<o:p></o:p></p></div><p class="MsoNormal">It burns.</p></div>""",
    "Outlook on the web": """<div>FYI</div><hr style="display:inline-block;width:98%"><div
id="divRplyFwdMsg"><font><b>From:</b> Ada Lovelace &lt;ada@customer.example&gt;<br><b>Sent:</b>
Friday, November 20, 2026 9:50 AM<br><b>To:</b> Alice Doe &lt;alice@desk.example&gt;<br>
<b>Subject:</b> Printer</font><div>&nbsp;</div></div><div>It burns.</div>""",
    "Apple Mail": """<body>FYI<br><div><br><blockquote type="cite"><div>Begin forwarded
message:</div><br><div style="margin:0"><span><b>From: </b></span><span>Ada Lovelace &lt;<a
href="mailto:ada@customer.example">ada@customer.example</a>&gt;<br></span></div><div><span>
<b>Subject: </b></span><span><b>Printer</b><br></span></div><div><span><b>Date: </b></span><span>20
November 2026 at 09:50:00 CET<br></span></div><div><span><b>To: </b></span><span>alice@desk.example
<br></span></div><br><div>It burns.</div></blockquote></div></body>""",
    "paragraphs": """<p>FYI</p><p>---------- Forwarded message ----------</p><p>From: Ada Lovelace
&lt;ada@customer.example&gt;</p><p>Date: Fri, Nov 20, 2026 at 9:50 AM</p><p>Subject: Printer</p>
<p>It burns.</p>""",
}


@pytest.mark.parametrize("client", HTML)
def test_html_alone_will_do(client: str) -> None:
    found = read("", html=HTML[client])
    assert (found.sender, found.date, found.subject) == (ADA, MORNING, "Printer")
    assert (found.text, found.note) == ("It burns.", "FYI")


@pytest.mark.parametrize("client", HTML)
def test_the_markup_of_the_original_is_cut_out_of_the_forwards(client: str) -> None:
    markup = HTML[client].replace("It burns.", 'It <b>burns</b>.<img src="cid:smoke">')
    for text in ("", f"FYI\n\n{CLIENTS['Gmail'].partition('look.')[2]}".replace("\n\nAda", "")):
        found = read(text, html=markup).html
        assert found is not None
        assert "It <b>burns</b>." in found
        assert "cid:smoke" in found
        assert not [word for word in ("FYI", "From", "Printer", "blockquote") if word in found]


BELOW = "<div>He never pays.</div><div>Boris</div>"


@pytest.mark.parametrize("client", ["Gmail", "Thunderbird"])
@pytest.mark.parametrize("has_text", [True, False])
def test_where_the_markup_ends_the_forward_words_below_it_are_the_forwarders(
    client: str, has_text: bool
) -> None:
    text = CLIENTS["Gmail"].replace("Please have a look.", "FYI").replace("\n\nAda", "")
    found = read(
        f"{text}\nHe never pays.\n\nBoris\n" if has_text else "", html=HTML[client] + BELOW
    )
    assert (found.full_text.strip(), found.is_mixed) == ("It burns.", False)
    assert found.note.split() == ["FYI", "He", "never", "pays.", "Boris"]
    assert "never" not in (found.html or "never")


def test_a_quote_in_the_original_does_not_end_it() -> None:
    quoted = "<div>It burns.<blockquote>Does it?</blockquote>Yes.</div>"
    markup = HTML["Gmail"].replace("<div>It burns.</div>", quoted)
    found = read("", html=markup + BELOW)
    assert "Yes." in found.full_text
    assert "never" not in found.full_text


@pytest.mark.parametrize(
    "markup",
    [
        HTML["Gmail"].replace("FYI", "It burns."),
        HTML["Gmail"].replace("burns.", "is on fire."),
        "<pre>-----</pre>",
        "<p>a</p>" * 30_000,
    ],
)
def test_where_the_words_do_not_stand_once_there_is_no_markup(markup: str) -> None:
    begun = perf_counter()
    assert read(CLIENTS["Gmail"].replace("\n\nAda", ""), html=markup).html is None
    assert perf_counter() - begun < 1.5


@pytest.mark.parametrize(
    ("line", "email", "name"),
    [
        ("Ada <ada@x.example>", "ada@x.example", "Ada"),
        ('"Lovelace, Ada" <ada@x.example>', "ada@x.example", "Lovelace, Ada"),
        ("'Ada' <ADA@X.example>", "ada@x.example", "Ada"),
        ("ada@x.example", "ada@x.example", ""),
        ("<ada@x.example>", "ada@x.example", ""),
        ("Ada [ada@x.example]", "ada@x.example", "Ada"),
        ("ada@x.example [mailto:ada@x.example]", "ada@x.example", ""),
        ("Ada <ada@x.example> <ada@x.example>", "ada@x.example", "Ada"),
        ("news@x.example on behalf of Ada <ada@y.example>", "ada@y.example", "Ada"),
        ("Ada im Auftrag von Bea <bea@y.example>", "bea@y.example", "Bea"),
        ("Ada Lovelace", None, None),
        ("Ada Lovelace/ACME@ACME", None, None),
        ("ada@x.example, bea@y.example", None, None),
        ("", None, None),
    ],
)
def test_the_from_line_names_one_address_or_nobody(
    line: str, email: str | None, name: str | None
) -> None:
    text = f"---- Forwarded message ----\nFrom: {line}\nDate: x\nSubject: Printer\n\nHi\n"
    found = read(text).sender
    assert (found.email if found else None, found.name if found else None) == (email, name)


def test_outlook_for_mac_shows_an_attribution_only() -> None:
    text = 'FYI\n\nOn 20/11/2026 9.50, "Ada Lovelace" <ada@customer.example> wrote:\n\n    Burns.\n'
    found = read(text, subject="FW: Printer")
    assert (found.sender, found.date, found.text.strip()) == (ADA, MORNING, "Burns.")
    assert forward(text, subject="RE: Printer") is None


def test_yandex_shows_an_attribution_below_its_line() -> None:
    text = (
        "FYI\n\n-------- Пересылаемое сообщение --------\n"
        '20.11.2026, 09:50, "Ada Lovelace" <ada@customer.example>:\n\nГорит.\n\n'
        "-------- Конец пересылаемого сообщения --------\n"
    )
    found = read(text)
    assert (found.sender, found.text) == (ADA, "Горит.")


def test_of_several_forwards_the_outermost_counts() -> None:
    inner = "---- Forwarded message ----\nFrom: Carl <carl@x.example>\nSubject: a\n\nfirst\n"
    text = f"---- Forwarded message ----\nFrom: Ada <ada@x.example>\nSubject: b\n\nsee\n\n{inner}"
    found = read(text)
    assert found.sender == Mailbox(email="ada@x.example", name="Ada")
    assert "first" in found.full_text


def test_words_below_a_quoted_forward_are_the_forwarders() -> None:
    text = (
        "> Begin forwarded message:\n>\n> From: a@x.example\n> Subject: b\n>\n> Hi\n\nCall her!\n"
    )
    found = read(text)
    assert (found.text, found.note) == ("Hi", "Call her!")


def test_a_signature_alone_is_no_note() -> None:
    for above in ("-- \nAlice Doe\nExample Ltd", "Sent from my iPhone", ""):
        text = f"{above}\n\n---- Forwarded message ----\nFrom: a@x.example\nSubject: b\n\nHi\n"
        assert read(text).note == ""


@pytest.mark.parametrize(
    ("headers", "wanted", "thread"),
    [
        ({"X-Forwarded-Message-Id": "<o@x>", "In-Reply-To": "<p@x>"}, "<o@x>", ("<p@x>",)),
        ({"In-Reply-To": "<o@x>", "References": "<r@x> <o@x>"}, "<o@x>", ("<r@x>",)),
        ({"References": "<r@x> <o@x>"}, "<o@x>", ("<r@x>",)),
        ({}, None, ()),
    ],
)
def test_the_original_id_comes_from_the_header(
    headers: dict[str, str], wanted: str | None, thread: tuple[str, ...]
) -> None:
    found = read(CLIENTS["Gmail"], headers=headers)
    assert (found.message_id, found.thread) == (wanted, thread)


def test_a_message_id_line_is_the_originals_own_word() -> None:
    assert read(CLIENTS["s-nail"]).message_id == "<written@customer.example>"


@pytest.mark.parametrize(
    "subject", ["Fwd: x", "WG: x", "TR: x", "[EXT] FW: x", "İLT: x", "转发：x"]
)
def test_a_forward_that_shows_nobody_has_no_sender(subject: str) -> None:
    found = read("See below, please.", subject=subject)
    assert (found.sender, found.note) == (None, "See below, please.")


@pytest.mark.parametrize("subject", ["Re: Fwd: x", "VS: x", "I: x", "x", "Fwd x", "Trains: late"])
def test_an_ordinary_mail_is_no_forward(subject: str) -> None:
    assert forward("See below, please.\n\nFrom: here\n", subject=subject) is None


def _enclosing(
    inner: EmailMessage, *, text: str = "See attached.", subject: str = "Fwd: Printer"
) -> EmailMessage:
    outer = EmailMessage()
    outer["From"] = "Alice Doe <alice@desk.example>"
    outer["To"] = "support@desk.example"
    outer["Subject"] = subject
    outer["Message-ID"] = "<outer@desk.example>"
    outer.set_content(text)
    outer.add_attachment(inner)
    return outer


def _original(subject: str = "Printer") -> EmailMessage:
    inner = EmailMessage()
    inner["From"] = "Ada Lovelace <ada@customer.example>"
    inner["To"] = "Alice Doe <alice@desk.example>"
    inner["Cc"] = "carl@customer.example"
    inner["Subject"] = subject
    inner["Date"] = "Fri, 20 Nov 2026 09:50:00 +0100"
    inner["Message-ID"] = "<original@customer.example>"
    inner["References"] = "<root@customer.example>"
    inner.set_content("It burns.\n\n> quoted\n")
    inner.add_attachment(b"smoke", "image", "png", filename="smoke.png")
    return inner


def test_an_enclosed_mail_is_read_exactly() -> None:
    raw = _enclosing(_original()).as_bytes()
    found = parse(raw, "").forwarded
    assert found is not None
    assert (found.sender, found.date, found.subject) == (ADA, MORNING, "Printer")
    assert (found.message_id, found.thread) == (
        "<original@customer.example>",
        ("<root@customer.example>",),
    )
    assert (found.text, found.note) == ("It burns.", "See attached.")
    assert [m.email for m in found.cc] == ["carl@customer.example"]
    [file] = found.attachments
    assert file.name == "smoke.png"
    assert extract(raw, (file.part,)) == (b"smoke",)


def test_an_enclosed_mail_has_the_fingerprint_of_the_same_mail_alone() -> None:
    inner = _original()
    found = parse(_enclosing(inner).as_bytes(), "").forwarded
    assert found is not None
    assert found.fingerprint == parse(inner.as_bytes(), "ada@customer.example").fingerprint


def test_an_enclosed_mail_beats_header_lines() -> None:
    text = "---- Forwarded message ----\nFrom: Eve <eve@x.example>\nSubject: Printer\n\nHi\n"
    found = parse(_enclosing(_original(), text=text).as_bytes(), "").forwarded
    assert found is not None
    assert found.sender == ADA


def test_a_mail_enclosed_in_the_forwarded_one_is_a_file_of_it() -> None:
    text = "---- Forwarded message ----\nFrom: Bea <bea@x.example>\nSubject: Printer\n\nHi\n"
    raw = _enclosing(_original("Old story"), text=text).as_bytes()
    found = parse(raw, "").forwarded
    assert found is not None
    assert found.sender == Mailbox(email="bea@x.example", name="Bea")
    assert [a.type for a in found.attachments] == ["message/rfc822"]


def test_little_text_beside_an_enclosed_mail_forwards_it_whatever_the_subject() -> None:
    raw = _enclosing(_original(), subject="Hello").as_bytes()
    assert parse(raw, "").forwarded is not None
    long = "I have a question of my own. " * 40
    raw = _enclosing(_original(), subject="Hello", text=long).as_bytes()
    assert parse(raw, "").forwarded is None


def test_two_enclosed_mails_are_nobodys() -> None:
    outer = _enclosing(_original())
    outer.add_attachment(_original())
    found = parse(outer.as_bytes(), "").forwarded
    assert found is not None
    assert found.sender is None


def test_only_one_level_is_opened() -> None:
    mail = _original()
    for _ in range(12):
        mail = _enclosing(mail, subject="Fwd: again")
    found = parse(mail.as_bytes(), "").forwarded
    assert found is not None
    assert found.sender == Mailbox(email="alice@desk.example", name="Alice Doe")
    assert [a.type for a in found.attachments] == ["message/rfc822"]


def test_an_enclosed_mail_that_cannot_be_read_has_no_sender() -> None:
    head = b"From: a@b.example\r\nSubject: Fwd: x\r\nContent-Type: message/rfc822\r\n\r\n"
    found = parse(head + b"no header at all", "").forwarded
    assert found is not None
    assert found.sender is None


_BLOCK = "From: a@x.example\nSent: today\nTo: b@x.example\nSubject: x\n\nHi\n"
HOSTILE = {
    "100 forwards": ("---- Forwarded message ----\n" + _BLOCK) * 100,
    "10,000 lines": "a line of text\n" * 10_000,
    "labels": "From: x\n" * 20_000,
    "headers without From": "Date: x\nX-A: b\nX-B: c\n" * 6_000,
    "announcements": "---- Forwarded message ----\n" * 6_000,
    "stuck labels": "From: " + "a:b to: " * 25_000,
    "stuck lines": ("From: " + "x>To: " * 500 + "\n") * 60,
    "addresses": "From: " + "a@" * 90_000 + "\nTo: x\nSubject: y\n\n",
    "quotes": ("> " * 90_000) + "\n",
    "deep quotes": ("> " * 30 + "From: x\n") * 3_000,
    "colons": ":" * 190_000,
    "dashes": ("-" * 399 + "\n") * 480,
    "folded": "From: x\nTo: a,\n" + " b,\n" * 40_000,
    "attributions": ("a@b.example 12:30\nwrote\n") * 8_000,
    "brackets": "Fwd: " + "[" * 100_000,
}


@pytest.mark.parametrize("kind", HOSTILE)
def test_hostile_text_is_read_at_once(kind: str) -> None:
    with at_most(4):
        forward(HOSTILE[kind])
        forward("", html=f"<pre>{HOSTILE[kind][:100_000]}</pre>", subject="Printer")
