"""What a person wrote is shown; what they answered and how they sign is folded away."""

import pytest

from maildesk.mail.reply import strip_reply

QUOTE = "> Which version?\n> And which system?"
ATTRIBUTIONS = [
    "On Mon, Nov 16, 2026 at 9:00 AM Support <support@desk.example> wrote:",
    "On Mon, Nov 16, 2026 at 9:00 AM Example Support Long\n<support@desk.example> wrote:",
    "Support <support@desk.example> wrote:",
    "Example Support wrote:",
    "Am 16.11.2026 um 09:00 schrieb Support:",
    "Am Mo., 16. Nov. 2026 um 09:00 Uhr schrieb Support <support@desk.example>:",
    "Support <support@desk.example> schrieb am Mo., 16. Nov. 2026, 09:00:",
    "Le lun. 16 nov. 2026 à 09:00, Support <support@desk.example> a écrit :",
    "El lun, 16 nov 2026 a las 9:00, Support (<support@desk.example>) escribió:",
    "Il giorno lun 16 nov 2026 alle ore 09:00 Support <support@desk.example>\nha scritto:",
    "W dniu 16.11.2026 o 09:00, Support pisze:",
    "pon., 16 lis 2026 o 09:00 Support <support@desk.example> napisał(a):",
    "Op ma 16 nov 2026 om 09:00 schreef Support <support@desk.example>:",
    "Em seg., 16 de nov. de 2026 às 09:00, Support <support@desk.example> escreveu:",
    "Den mån 16 nov. 2026 kl 09:00 skrev Support <support@desk.example>:",
    "man. 16. nov. 2026 kl. 09.00 skrev Support <support@desk.example>:",
    "16.11.2026 9:00, Support пишет:",
    "пн, 16 нояб. 2026 г. в 09:00, Support <support@desk.example>:",
    "2026年11月16日(月) 9:00 Support <support@desk.example>:",
    "Support <support@desk.example> 于2026年11月16日周一 09:00写道：",
    "2026년 11월 16일 (월) 오전 9:00, Support <support@desk.example>님이 작성:",
    "2026-11-16 9:00 GMT+01:00 Support <support@desk.example>:",
    "---- On Mon, 16 Nov 2026 09:00:00 +0100 Support <support@desk.example> wrote ----",
]


@pytest.mark.parametrize("line", ATTRIBUTIONS)
def test_a_quote_and_the_line_above_it_are_folded_away(line: str) -> None:
    assert strip_reply(f"Version 3.\n\n{line}\n\n{QUOTE}\n") == "Version 3."


@pytest.mark.parametrize("line", ATTRIBUTIONS)
def test_an_answer_below_the_quote_is_kept(line: str) -> None:
    assert strip_reply(f"{line}\n{QUOTE}\n\nVersion 3.\n") == "Version 3."


HEADER_BLOCKS = [
    "From: Support <s@desk.example>\nSent: Monday\nTo: Anna\nSubject: x",
    "*From:* Support <s@desk.example>\n*Sent:* Monday\n*To:* Anna\n*Subject:* x",
    "Von: Support\nGesendet: Montag\nAn: Anna\nBetreff: x",
    "De : Support\nEnvoyé : lundi\nÀ : Anna\nObjet : x",
    "De: Support\nEnviado: lunes\nPara: Anna\nAsunto: x",
    "Da: Support\nInviato: lunedì\nA: Anna\nOggetto: x",
    "Od: Support\nWysłano: poniedziałek\nDo: Anna\nTemat: x",
    "Van: Support\nVerzonden: maandag\nAan: Anna\nOnderwerp: x",
    "Från: Support\nSkickat: måndag\nTill: Anna\nÄmne: x",
    "От: Support\nОтправлено: понедельник\nКому: Anna\nТема: x",
    "发件人: Support\n发送时间: 2026年\n收件人: Anna\n主题: x",
    "보낸 사람: Support\n보낸 날짜: 2026년\n받는 사람: Anna\n제목: x",
]


@pytest.mark.parametrize("block", HEADER_BLOCKS)
@pytest.mark.parametrize("rule", ["", "________________________________\n", "-----\n\n"])
def test_all_below_a_block_of_header_lines_is_the_answered_mail(rule: str, block: str) -> None:
    assert strip_reply(f"It works.\n\n{rule}{block}\n\nPlease restart.\n") == "It works."


@pytest.mark.parametrize("block", HEADER_BLOCKS)
def test_a_forwarded_mail_is_kept_whole(block: str) -> None:
    text = f"Please look.\n\n{block}\n\nThe lift is stuck."
    assert strip_reply(text, is_forward=True) == text


@pytest.mark.parametrize(
    "line",
    [
        "-----Original Message-----",
        "-------- Original Message --------",
        "-----Ursprüngliche Nachricht-----",
        "-----Message d'origine-----",
        "-----Mensaje original-----",
        "-----Messaggio originale-----",
        "-----原始邮件-----",
    ],
)
def test_all_below_the_line_original_message_is_the_answered_mail(line: str) -> None:
    assert strip_reply(f"It works.\n\n{line}\nPlease restart.") == "It works."


@pytest.mark.parametrize(
    "line",
    [
        "---------- Forwarded message ---------",
        "-------- Weitergeleitete Nachricht --------",
        "Begin forwarded message:",
        "Anfang der weitergeleiteten Nachricht:",
    ],
)
def test_all_below_the_line_forwarded_message_is_content(line: str) -> None:
    text = f"Please look.\n\n{line}\n\nFrom: Bob\nDate: today\nSubject: x\n\n> it broke"
    assert strip_reply(text) == text


def test_answers_between_quotes_are_kept_in_order() -> None:
    text = "Hi,\n\nOn 16 Nov 2026, Support wrote:\n> a?\nyes\n>\n> b?\nno\n\nAnna"
    assert strip_reply(text) == "Hi,\n\nyes\n\nno\n\nAnna"


def test_a_signature_ends_the_text_and_not_the_answer_below() -> None:
    assert strip_reply("Words.\n\n-- \nAnna\nCustomer Inc.\n") == "Words."
    assert strip_reply("Words.\n--\nAnna\n\nOn 2026 X wrote:\n> q\n") == "Words."
    assert strip_reply("> q\n\nWords.\n-- \nAnna\n") == "Words."


def test_the_line_of_a_device_is_not_the_writers() -> None:
    for line in ("Sent from my iPhone", "Gesendet von Outlook für iOS", "Envoyé de mon iPad"):
        assert strip_reply(f"Yes.\n\n{line}") == "Yes."


def test_when_nothing_would_be_left_everything_is_shown() -> None:
    for text in ("> only a quote", "-- \nAnna", "From: a\nTo: b\nSubject: c\n\nd"):
        assert strip_reply(text) == text
    assert strip_reply("") == ""


def test_words_that_only_look_like_quoting_are_kept() -> None:
    for text in (
        "From: the menu choose Save.\nThen it hangs.",
        "I wrote:\n\nhello",
        "On Monday it wrote:\nerror 5",
        "a\n-----\nb",
        "Subject: what I mean",
        "x > y\nand y > z",
    ):
        assert strip_reply(text) == text
