"""Replies in the forms that mail programs give them: the writer's words, and nothing of the quote.

Written down from what the programs send; the words are ours. In the HTML forms the line above the
quote is in Basque, which no table knows: there the structure must be enough.
"""

from __future__ import annotations

import pytest

from maildesk.mail.parse import parse
from maildesk.mail.quote_marks import mark, unmark
from tests.cost import at_most

EU = "Support erabiltzaileak (support@desk.example) hau idatzi du (2026 aza. 16(a), al. (9:00)):"
QUOTE = "<p>Which version do you use?</p><p>Support</p>"
GMAIL = (
    '<div dir="ltr">Version 3.</div><br><div class="gmail_quote gmail_quote_container">'
    f'<div dir="ltr" class="gmail_attr">{EU}<br></div><blockquote class="gmail_quote" '
    'style="margin:0px 0px 0px 0.8ex;border-left:1px solid rgb(204,204,204);padding-left:1ex">'
    f"{QUOTE}</blockquote></div>"
)
GMAIL_SIGNATURE = (
    '<div><br clear="all"><br>-- <br><div dir="ltr" class="gmail_signature" '
    'data-smartmail="gmail_signature"><div>Ada Lovelace</div></div></div>'
)
OUTLOOK_LABELS = (
    "<p class=MsoNormal><b><span lang=EU>Nork:</span></b><span lang=EU> Support "
    "&lt;support@desk.example&gt; <br><b>Bidalia:</b> astelehena<br><b>Nori:</b> Ada<br>"
    "<b>Gaia:</b> [HELP-1] x<o:p></o:p></span></p>"
)

HTML = {
    "Gmail on the web": GMAIL,
    "Gmail on Android, without a container's name": (
        f'<div dir="auto">Version 3.</div><br><div class="gmail_quote"><div '
        f'dir="ltr">{EU}<br></div>'
        f'<blockquote class="gmail_quote" style="margin:0">{QUOTE}</blockquote></div>'
    ),
    "Gmail with a signature": GMAIL.replace("</div><br>", f"</div>{GMAIL_SIGNATURE}<br>", 1),
    "Gmail with the answer below": (
        f'<div class="gmail_quote"><div class="gmail_attr">{EU}</div><blockquote '
        f'class="gmail_quote">{QUOTE}</blockquote><div>Version 3.</div></div>'
    ),
    "Outlook 2016": (
        "<div class=WordSection1><p class=MsoNormal>Version 3.<o:p></o:p></p><p class=MsoNormal>"
        "<o:p>&nbsp;</o:p></p><div><div style='border:none;border-top:solid #E1E1E1 1.0pt;padding:"
        f"3.0pt 0cm 0cm 0cm'>{OUTLOOK_LABELS}</div></div>{QUOTE}</div>"
    ),
    "Outlook 2010": (
        "<div class=WordSection1><p class=MsoNormal>Version 3.</p><div><div style='border:none;"
        f"border-top:solid #B5C4DF 1.0pt;padding:3.0pt 0in 0in 0in'>{OUTLOOK_LABELS}</div></div>"
        f"{QUOTE}</div>"
    ),
    "Outlook on the web and 365": (
        '<div class="elementToProof">Version 3.</div><div id="appendonsend"></div><hr style='
        '"display:inline-block;width:98%" tabindex="-1"><div id="divRplyFwdMsg" dir="ltr"><font>'
        f"<b>Nork:</b> Support<br><b>Bidalia:</b> astelehena</font></div><div>{QUOTE}</div>"
    ),
    "Outlook for Android": (
        '<div dir="auto">Version 3.</div><div id="ms-outlook-mobile-signature"><div>Eskuratu '
        '<a href="https://aka.ms/AAb9ysg">Outlook</a></div></div><hr style="width:98%"><div '
        f'id="divRplyFwdMsg"><b>Nork:</b> Support</div>{QUOTE}'
    ),
    "Outlook for iOS": (
        '<div>Version 3.</div><div id="ms-outlook-mobile-signature">x</div><div '
        'id="mail-editor-reference-message-container"><div style="border-top:1px solid #B5C4DF">'
        f"<b>Nork:</b> Support</div>{QUOTE}</div>"
    ),
    "Thunderbird": (
        f'<p>Version 3.</p><div class="moz-cite-prefix">{EU}<br></div><blockquote type="cite" '
        f'cite="mid:1@desk.example">{QUOTE}</blockquote><div class="moz-signature">-- <br>Ada</div>'
    ),
    "Apple Mail": (
        'Version 3.<br><div><br><blockquote type="cite"><div>2026 aza. 16, 09:00, Support '
        f"&lt;support@desk.example&gt;:</div><br><div>{QUOTE}</div></blockquote></div>"
    ),
    "Yahoo": (
        '<div class="ydp1yahoo-style-wrap"><div>Version 3.</div></div><div id="ydp2yahoo_quoted_1" '
        f'class="yahoo_quoted"><div>{EU}</div><div><br></div><div>{QUOTE}</div></div>'
    ),
    "Proton": (
        '<div>Version 3.</div><div class="protonmail_signature_block"><div>Ada</div></div><div '
        f'class="protonmail_quote">{EU}<br><blockquote class="protonmail_quote" type="cite">{QUOTE}'
        "</blockquote></div>"
    ),
    "Zoho": (
        '<div>Version 3.<br></div><div class="zmail_extra_hr" style="border-top: 1px solid '
        'rgb(204, 204, 204)"></div><div class="zmail_extra"><div id="Zm-_Id_-Sgn1">---- '
        f"{EU} ----<br></div><blockquote>{QUOTE}</blockquote></div>"
    ),
    "K-9": (
        f'<div dir="auto">Version 3.</div><br><br><div class="gmail_quote">{EU}<blockquote '
        f'class="gmail_quote">{QUOTE}</blockquote></div>'
    ),
    "Tutanota": (
        f"<div>Version 3.</div><br>2026-11-16 09:00, support@desk.example:<br><blockquote "
        f'class="tutanota_quote">{QUOTE}</blockquote>'
    ),
    "Zimbra": (
        f'<div>Version 3.</div><hr id="zwchr" data-marker="__DIVIDER__"><div><b>Nork: </b>x</div>'
        f"{QUOTE}"
    ),
    "Yandex": (
        '<div>Version 3.</div><div>16.11.2026, 9:00, "Support" &lt;support@desk.example&gt;:</div>'
        f"<blockquote>{QUOTE}</blockquote>"
    ),
    "NetEase": f'<div>Version 3.</div><div id="isReplyContent">{EU}{QUOTE}</div>',
}


def read(text: str, kind: str = "plain") -> tuple[str, str]:
    """What is shown of a reply, and all of it."""
    head = "From: a@b.example\nIn-Reply-To: <1@desk.example>\n"
    head += f"Content-Type: text/{kind}; charset=utf-8"
    message = parse(f"{head}\nContent-Transfer-Encoding: 8bit\n\n{text}\n".encode(), None)
    return message.text, message.full_text


@pytest.mark.parametrize("program", HTML)
def test_the_structure_of_the_html_says_where_the_quote_is(program: str) -> None:
    text, full_text = read(HTML[program], "html")
    assert text == "Version 3."
    assert "Which version do you use?" in full_text


@pytest.mark.parametrize("subject", ["Printer", "[HELP-1] Printer", "Fwd: Printer"])
@pytest.mark.parametrize("program", HTML)
def test_what_a_mail_quotes_that_answers_none_is_shown_whatever_its_form(
    program: str, subject: str
) -> None:
    head = f"From: a@b.example\nSubject: {subject}\nContent-Type: text/html; charset=utf-8"
    text = parse(f"{head}\n\n{HTML[program]}".encode(), None).text
    assert "Version 3." in text
    assert "Which version do you use?" in text
    assert "Ada Lovelace" not in text
    assert "Eskuratu" not in text or subject.startswith("Fwd")


def test_a_first_mail_of_html_alone_ends_above_its_signature() -> None:
    for signature in (
        GMAIL_SIGNATURE,
        '<div class="moz-signature">Ada Lovelace<br>ACME</div>',
        '<div class="protonmail_signature_block"><div>Ada</div></div>',
        '<div id="ms-outlook-mobile-signature">Eskuratu Outlook</div>',
    ):
        head = "From: a@b.example\nSubject: Printer\nContent-Type: text/html; charset=utf-8"
        message = parse(f"{head}\n\n<div>It burns.</div>{signature}".encode(), None)
        assert message.text == "It burns."
        assert len(message.full_text) > len(message.text)


@pytest.mark.parametrize("program", HTML)
def test_markup_that_is_shown_holds_all_and_no_marks(program: str) -> None:
    head = "From: a@b.example\nContent-Type: text/html; charset=utf-8"
    html = parse(f"{head}\n\n{HTML[program]}".encode(), None).html
    assert html is not None
    assert "Which version" in html
    assert "\ufdd0" not in html
    assert "\ufdd1" not in html
    assert "\ufdd2" not in html


def test_answers_between_the_quotes_of_one_container_are_kept() -> None:
    text, _ = read(
        f'<div dir="ltr">See below.</div><div class="gmail_quote"><div '
        f'class="gmail_attr">{EU}</div>'
        "<blockquote>Which version?</blockquote><div>Version 3.</div><blockquote>Which system?"
        "</blockquote><div>Debian.</div></div>",
        "html",
    )
    assert text.split("\n\n") == ["See below.", "Version 3.", "Debian."]


def test_a_forwarded_mail_in_a_container_is_content() -> None:
    text, _ = read(
        '<div>Look.</div><div class="gmail_quote"><div class="gmail_attr">---------- Forwarded '
        "message ---------<br>From: Bob &lt;bob@b.example&gt;</div><p>It broke.</p></div>",
        "html",
    )
    assert "It broke." in text


def test_a_table_with_a_grey_line_is_no_header_block() -> None:
    text, _ = read(
        "<p>Before.</p><div style='border:none;border-top:solid #E1E1E1 1.0pt'><p>After.</p></div>",
        "html",
    )
    assert text == "Before.\nAfter." or text.split() == ["Before.", "After."]


def test_marks_that_a_sender_wrote_mean_nothing() -> None:
    text, _ = read("<p>Yes.</p>\ufdd1<p>And no.</p>\ufdd0<div>Perhaps.</div>", "html")
    assert text.split() == ["Yes.", "And", "no.", "Perhaps."]


def test_a_subject_that_says_reply_is_enough_for_a_reply() -> None:
    body = "Version 3.\n\nOn Nov 16, 2026 you wrote:\n\nWhich version?\n"
    for subject, text in (("AW: [HELP-1] x", "Version 3."), ("x", body.strip())):
        head = f"From: a@b.example\nSubject: {subject}"
        assert parse(f"{head}\n\n{body}".encode(), None).text == text


def test_a_reply_that_is_a_container_alone_is_shown_whole() -> None:
    text, _ = read(f'<div class="yahoo_quoted">{QUOTE}</div>', "html")
    assert "Which version do you use?" in text


@pytest.mark.parametrize(
    "scrap",
    [
        "<div ",
        '<div class="gmail_quote">',
        "<div style='border-top:solid #E1E1E1'>",
        '<hr id="zwchr">',
        "class=gmail_quote ",
        "<div style='border-top:solid #E1E1E1'><b>a:</b><b>b:</b>",
    ],
)
def test_hostile_markup_costs_no_more_than_its_length(scrap: str) -> None:
    source = (scrap * 100_000)[: 250 * 1024]
    with at_most(3):
        assert unmark(mark(source)) == source


PLAIN = {
    "neomutt": "> Which version?\n\nVersion 3.\n",
    "neomutt's line": "On Mon, Nov 16, 2026 at 09:00:00AM +0100, Support wrote:\n> Which?\n\n"
    "Version 3.",
    "s-nail": "Support wrote in\n <20261116090000.x%support@desk.example>:\n |Which version?\n\n"
    "Version 3.\n",
    "mblaze": "Support <support@desk.example> writes:\n\n> Which version?\n\nVersion 3.\n",
    "notmuch": "Support <support@desk.example> writes:\n\n> Which version?\n"
    "Non-text part: text/html\n\n"
    "Version 3.",
    "Thunderbird, de": "Version 3.\n\nAm 16.11.26 um 09:00 schrieb Support:\n> Welche?\n",
    "Thunderbird, fr": "Version 3.\n\nLe 16/11/2026 à 09:00, Support a écrit :\n> Laquelle ?\n",
    "Thunderbird, pl": "Version 3.\n\nW dniu 16.11.2026 o 09:00, Support pisze:\n> Która?\n",
    "Thunderbird, ja": "Version 3.\n\nOn 2026/11/16 9:00, Support wrote:\n> どれ?\n",
    "Gmail, es": "Version 3.\n\nEl lun, 16 nov 2026 a las 9:00, Support (<support@desk.example>)\n"
    "escribió:\n\n> ¿Cuál?\n",
    "Gmail, sv": "Version 3.\n\n"
    "Den mån 16 nov. 2026 kl 09:00 skrev Support <support@desk.example\n>:\n\n"
    "> Vilken?\n",
    "Gmail, it": "Version 3.\n\nIl giorno lun 16 nov 2026 alle ore 09:00 Support <\n"
    "support@desk.example> ha scritto:\n\n> Quale?\n",
    "Gmail, ko": "Version 3.\n\n"
    "2026년 11월 16일 (월) 오전 9:00, Support <support@desk.example>님이 작성:\n\n> 어느?\n",
    "Gmail, zh": "Version 3.\n\n"
    "Support <support@desk.example> 于2026年11月16日周一 09:00写道：\n\n> 哪个?\n",
    "Gmail, ru": "Version 3.\n\nпн, 16 нояб. 2026 г. в 09:00, Support <support@desk.example>:\n"
    "\n> Какая?\n",
    "Gmail, nl": "Version 3.\n\n"
    "Op ma 16 nov 2026 om 09:00 schreef Support <support@desk.example>:\n\n"
    "> Welke?\n",
    "Gmail, pt": "Version 3.\n\n"
    "Em seg., 16 de nov. de 2026 às 09:00, Support <support@desk.example>\n"
    "escreveu:\n\n> Qual?\n",
    "Gmail, tr": "Version 3.\n\n"
    "Support <support@desk.example>, 16 Kas 2026 Pzt, 09:00 tarihinde şunu\n"
    "yazdı:\n\n> Hangisi?\n",
    "Apple Mail": "Version 3.\n\n"
    "> On 16 Nov 2026, at 09:00, Support <support@desk.example> wrote:\n> \n"
    "> Which?\n\n",
    "iPhone, de": "Version 3.\n\nVon meinem iPhone gesendet\n\n"
    "> Am 16.11.2026 um 09:00 schrieb Support "
    "<support@desk.example>:\n> \n> ﻿Welche?\n",
    "iPhone, ja": "Version 3.\n\niPhoneから送信\n\n"
    "> 2026/11/16 9:00、Support <support@desk.example>のメール:\n"
    "> \n> どれ?\n",
    "Outlook, text, de": "Version 3.\n\n-----Ursprüngliche Nachricht-----\nVon: Support "
    "<support@desk.example> \nGesendet: Montag, 16. November 2026 09:00\nAn: Ada\nBetreff: x\n\n"
    "Welche?\n",
    "Outlook for iOS, text": "Version 3.\n\nGet Outlook for iOS<https://aka.ms/o0ukef>\n"
    "________________________________\nFrom: Support <support@desk.example>\n"
    "Sent: Monday, November 16, "
    "2026 9:00:00 AM\nTo: Ada\nSubject: x\n\nWhich?\n",
    "Yahoo, text": "Version 3.\n\n    On Monday, 16 November 2026 at 09:00:00 GMT+1, Support "
    "<support@desk.example> wrote:  \n \n Which version?\n",
    "Yahoo on Android, text": "Version 3.\n\nSent from Yahoo Mail on Android \n \n"
    "  On Mon, 16 Nov 2026 at "
    "9:00, Support<support@desk.example> wrote:   Which version?\nSupport\n",
    "Proton, text": "Version 3.\n\n"
    "Sent with [Proton Mail](https://proton.me/mail/home) secure email.\n\n"
    "On Monday, November 16th, 2026 at 09:00, Support <support@desk.example> wrote:\n\n> Which?\n",
    "Zoho, text": "Version 3.\n\n\n\n---- On Mon, 16 Nov 2026 09:00:00 +0100 Support "
    "<support@desk.example> wrote ---\n\nWhich version?\n",
    "K-9, text": "Version 3.\n\n"
    "Am 16. November 2026 09:00:00 MEZ schrieb Support <support@desk.example>:\n"
    ">Welche?\n-- \nDiese Nachricht wurde von meinem Android-Gerät mit K-9 Mail gesendet.\n",
}


@pytest.mark.parametrize("program", PLAIN)
def test_the_text_that_a_program_writes_is_read_right(program: str) -> None:
    text, full_text = read(PLAIN[program])
    assert text == "Version 3."
    assert len(full_text) > len(text)


# Programs that few people use, and lines that Gmail breaks behind 72 letters.
RARE = {
    "Gmail, he, with marks of direction": (
        "Version 3.\n"
        "\n"
        "\u202bבתאריך יום ב׳, 16 בנוב׳ 2026 ב-9:00 מאת \u202aExample Support\u202c\u200f <\u202a\n"
        "support@desk.example\u202c\u200f>:\u202c\n"
        "\n"
        "> Which?"
    ),
    "Gmail, he": (
        "Version 3.\n"
        "\n"
        "בתאריך יום ב׳, 16 בנוב׳ 2026 ב-9:00 מאת Example Support <\n"
        "support@desk.example>:\n"
        "\n"
        "> Which?"
    ),
    "Gmail, th": (
        "Version 3.\n"
        "\n"
        "เมื่อ จ. 16 พ.ย. 2026 เวลา 09:00 Example Support <support@desk.example>\n"
        "เขียนว่า:\n"
        "\n"
        "> Which?"
    ),
    "Gmail, th, in the address": (
        "Version 3.\n"
        "\n"
        "ในวันที่ จ. 16 พ.ย. 2026 เวลา 09:00 Example Support <\n"
        "support@desk.example> เขียนว่า:\n"
        "\n"
        "> Which?"
    ),
    "Gmail, ca": (
        "Version 3.\n"
        "\n"
        "Missatge de Example Support <support@desk.example> del dia dl., 16 de nov.\n"
        "2026 a les 9:00:\n"
        "\n"
        "> Which?"
    ),
    "Gmail, tr, before the verb": (
        "Version 3.\n"
        "\n"
        "Example Support <support@desk.example>, 16 Kas 2026 Pzt, 09:00 tarihinde\n"
        "şunu yazdı:\n"
        "\n"
        "> Which?"
    ),
    "Gmail, tr, in the date": (
        "Version 3.\n"
        "\n"
        "Example Support Long Name Here <support@desk.example>, 16 Kas 2026\n"
        "Pzt, 09:00 tarihinde şunu yazdı:\n"
        "\n"
        "> Which?"
    ),
    "Gmail, tr, in the address": (
        "Version 3.\n"
        "\n"
        "16 Kas 2026 Pzt, saat 09:00 tarihinde Example Support <\n"
        "support@desk.example> şunu yazdı:\n"
        "\n"
        "> Which?"
    ),
    "Gmail, zh": (
        "Version 3.\n"
        "\n"
        "Example Support <support@desk.example> 于2026年11月16日周一\n"
        "09:00写道：\n"
        "\n"
        "> Which?"
    ),
    "Gmail, zh, in the address": (
        "Version 3.\n"
        "\n"
        "Example Support <\n"
        "support@desk.example> 于2026年11月16日周一 09:00写道：\n"
        "\n"
        "> Which?"
    ),
    "Apple Mail, zh": (
        "Version 3.\n"
        "\n"
        "在 2026年11月16日星期一，Example Support <support@desk.example>\n"
        "写道：\n"
        "\n"
        "> Which?"
    ),
    "Gmail, zh-tw": (
        "Version 3.\n"
        "\n"
        "Example Support <support@desk.example> 於 2026年11月16日 週一\n"
        "上午9:00寫道：\n"
        "\n"
        "> Which?"
    ),
    "Gmail, zh-tw, in one line": (
        "Version 3.\n"
        "\n"
        "Example Support <support@desk.example>於 2026年11月16日 週一，上午9:00 寫道：\n"
        "\n"
        "> Which?"
    ),
    "Gmail, zh-tw, in the address": (
        "Version 3.\n"
        "\n"
        "於 2026年11月16日 上午9:00，Example Support <\n"
        "support@desk.example>寫道：\n"
        "\n"
        "> Which?"
    ),
    "Horde, de": ("Version 3.\n\nZitat von Example Support <support@desk.example>:\n\n> Which?"),
    "Horde": ("Version 3.\n\nQuoting Example Support <support@desk.example>:\n\n> Which?"),
    "Horde, es": ("Version 3.\n\nCitando a Example Support <support@desk.example>:\n\n> Which?"),
    "Horde, an address alone": ("Version 3.\n\nZitat von support@desk.example:\n\n> Which?"),
    "Horde, the answer below": (
        "Zitat von Example Support <support@desk.example>:\n\n> Which?\n\nVersion 3."
    ),
    "Foxmail": (
        "Version 3.\n"
        "\n"
        "\n"
        "\n"
        "ada@acme.example\n"
        " \n"
        "From: Example Support\n"
        "Date: 2026-11-16 09:00\n"
        "To: ada\n"
        "Subject: [HELP-1] x\n"
        "Which?"
    ),
    "Foxmail, zh": (
        "Version 3.\n"
        "\n"
        "\n"
        "\n"
        "ada@acme.example\n"
        " \n"
        "发件人： Example Support\n"
        "发送时间： 2026-11-16 09:00\n"
        "收件人： ada\n"
        "主题： [HELP-1] x\n"
        "Which?"
    ),
    "QQ": (
        "Version 3.\n"
        "\n"
        "\n"
        "\n"
        "------------------ Original ------------------\n"
        'From:  "Example Support"<support@desk.example>;\n'
        "Date:  Mon, Nov 16, 2026 09:00 AM\n"
        'To:  "ada"<ada@acme.example>;\n'
        "\n"
        "Subject:  [HELP-1] x\n"
        "\n"
        "Which?"
    ),
    "QQ, zh": (
        "Version 3.\n"
        "\n"
        "\n"
        "------------------&nbsp;原始邮件&nbsp;------------------\n"
        '发件人: "Example Support" <support@desk.example>;\n'
        "发送时间: 2026年11月16日(星期一) 上午9:00\n"
        '收件人: "ada"<ada@acme.example>;\n'
        "主题: x\n"
        "\n"
        "Which?"
    ),
    "GroupWise, de": (
        "Version 3.\n"
        "\n"
        ">>> Example Support <support@desk.example> 16.11.2026 09:00 >>>\n"
        "Which?\n"
        "\n"
        "Support"
    ),
    "GroupWise": (
        "Version 3.\n"
        "\n"
        ">>> Example Support <support@desk.example> 11/16/2026 9:00 AM >>>\n"
        "Which?\n"
        "\n"
        "Support"
    ),
    "GroupWise, marked": (
        "Version 3.\n"
        "\n"
        ">>> On 11/16/2026 at 9:00 AM, in message\n"
        "<20261116.x@desk.example>, Example Support <support@desk.example> wrote:\n"
        "> Which?\n"
    ),
    "Notes, with arrows": (
        "Version 3.\n"
        "\n"
        "|------------>\n"
        "| From:      |\n"
        "|------------>\n"
        "  >--------------------------------------------------------------------|\n"
        "  |Example Support <support@desk.example>                              |\n"
        "  >--------------------------------------------------------------------|\n"
        "|------------>\n"
        "| To:        |\n"
        "|------------>\n"
        "  >--------------------------------------------------------------------|\n"
        "  |ada@acme.example                                                    |\n"
        "  >--------------------------------------------------------------------|\n"
        "|------------>\n"
        "| Date:      |\n"
        "|------------>\n"
        "  >--------------------------------------------------------------------|\n"
        "  |16.11.2026 09:00                                                    |\n"
        "  >--------------------------------------------------------------------|\n"
        "|------------>\n"
        "| Subject:   |\n"
        "|------------>\n"
        "  >--------------------------------------------------------------------|\n"
        "  |x                                                                   |\n"
        "  >--------------------------------------------------------------------|\n"
        "\n"
        "\n"
        "\n"
        "\n"
        "Which?"
    ),
    "Notes, a line": (
        "Version 3.\n"
        "\n"
        "Example Support <support@desk.example> wrote on 11/16/2026 09:00:00 AM:\n"
        "\n"
        "> From: Example Support\n"
        "> Which?"
    ),
    "Notes, de": (
        "Version 3.\n"
        "\n"
        "\n"
        "\n"
        "Von:\tExample Support <support@desk.example>\n"
        "An:\tada@acme.example\n"
        "Datum:\t16.11.2026 09:00\n"
        "Betreff:\tx\n"
        "\n"
        "\n"
        "\n"
        "Which?"
    ),
    "Notes, framed": (
        "Version 3.\n"
        "\n"
        "-----Example Support <support@desk.example> wrote: -----\n"
        "To: ada@acme.example\n"
        "From: Example Support <support@desk.example>\n"
        "Date: 11/16/2026 09:00AM\n"
        "Subject: x\n"
        "\n"
        "Which?"
    ),
    "Notes, framed, de": (
        "Version 3.\n"
        "\n"
        "-----Example Support <support@desk.example> schrieb: -----\n"
        "An: ada@acme.example\n"
        "Von: Example Support <support@desk.example>\n"
        "Datum: 16.11.2026 09:00\n"
        "Betreff: x\n"
        "\n"
        "Which?"
    ),
    "Daum": (
        "Version 3.\n"
        "\n"
        "--------- 원본 메일 ---------\n"
        "보낸사람: Example Support <support@desk.example>\n"
        "받는사람: ada@acme.example\n"
        "날짜: 2026년 11월 16일 월요일, 09시 00분 00초 +0900\n"
        "제목: x\n"
        "\n"
        "Which?"
    ),
    "Daum, without header lines": ("Version 3.\n\n--------- 원본 메일 ---------\nWhich?"),
    "Zimbra, fr": (
        "Version 3.\n"
        "\n"
        "----- Mail original -----\n"
        'De: "Example Support" <support@desk.example>\n'
        'À: "ada" <ada@acme.example>\n'
        "Envoyé: Lundi 16 Novembre 2026 09:00:00\n"
        "Objet: x\n"
        "\n"
        "Which?"
    ),
    "Zimbra, fr, marked": (
        "Version 3.\n"
        "\n"
        "----- Mail original -----\n"
        'De: "Example Support" <support@desk.example>\n'
        "> Which?"
    ),
    "Zimbra, de": (
        "Version 3.\n"
        "\n"
        "----- Ursprüngliche Mail -----\n"
        'Von: "Example Support" <support@desk.example>\n'
        "\n"
        "Which?"
    ),
}


@pytest.mark.parametrize("program", RARE)
def test_the_text_that_a_rare_program_writes_is_read_right(program: str) -> None:
    text, full_text = read(RARE[program])
    assert text == "Version 3."
    assert len(full_text) > len(text)


@pytest.mark.parametrize(
    ("text", "own"),
    [
        ("Type\n\n>>> x = 1\n\nand look.", ["Type", ">>> x = 1", "and look."]),
        ("Quoting the manual, 2024:\n> step 3\nSo?", ["Quoting the manual, 2024:", "So?"]),
        ("Which?\n\nada@acme.example", ["Which?", "ada@acme.example"]),
        ("|------|\n| From: |\n|------|\nSo.", ["|------|", "| From: |", "|------|", "So."]),
        ("-----see what I wrote-----\nSo.", ["-----see what I wrote-----", "So."]),
    ],
)
def test_what_only_resembles_a_rare_program_loses_no_line_of_its_own(
    text: str, own: list[str]
) -> None:
    shown, _ = read(text)
    assert [line for line in shown.split("\n") if line] == own


def test_an_address_right_above_a_header_block_is_an_answer() -> None:
    block = "From: Support\nSent: Mon 16 Nov 2026\nTo: Ada\nSubject: x\n\nWhich address?"
    assert read(f"This one:\n\nada@acme.example\n\n{block}")[0].endswith("ada@acme.example")
