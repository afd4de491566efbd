"""What a person wrote is shown; what they answered and how they sign is folded away."""

import pytest

from maildesk.mail.reply import strip_reply
from tests.cost import at_most

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


# Nothing marks the quote below: only a full line tells.
UNMARKED = [
    "On Mon, Nov 16, 2026 at 9:00 AM Support <support@desk.example> wrote:",
    "On Mon, 16 Nov 2026 09:00:43 -0200 Support <support@desk.example> wrote",
    "---- On Mon, 16 Nov 2026 09:00:00 +0100 Support<support@desk.example> wrote ----",
    "------On 11/16/2026 09:00 AM, Support wrote-----",
    "Den 16 november, 2026 09:00:18, Support (support@desk.example) skrev:",
    "2026-11-16 9:00 GMT+01:00 Support <support@desk.example>:",
    '16.11.2026, 09.00, "Support - Desk" <support@desk.example>:',
    '9:00 AM, November 16, 2026, "Support" <support@desk.example>:',
    "Monday, 16 November 2026, 9:00 AM +0100 from support@desk.example <support@desk.example>:",
    "2026. jan. 5., h 14:32 időpontban Support <support@desk.example> ezt írta:",
    "Support <support@desk.example> 在 2026年11月16日 周一 09:00 写道：",
    "16 Kas 2026 Pzt, 09:00 tarihinde Support <support@desk.example> şunu yazdı:",
    "Vào 09:00 16 tháng 11, 2026, Support <support@desk.example> đã viết:",
    "Στις Δευ 16 Νοε 2026 στις 09:00, Support <support@desk.example> έγραψε:",
    "On Nov 16, 2026, at 09:00, Support <\nsupport@desk.example>\nwrote:",
]


@pytest.mark.parametrize("line", UNMARKED)
def test_a_full_line_of_introduction_begins_a_quote_that_nothing_marks(line: str) -> None:
    text = f"Version 3.\n\n{line}\n\nWhich version?\n\nSupport\n"
    assert strip_reply(text) == "Version 3."
    assert strip_reply(text, is_reply=False) == text.strip()


def test_a_line_without_an_address_begins_an_unmarked_quote_only_in_replies() -> None:
    text = "Version 3.\n\nOn Nov 16, 2026 you wrote:\n\nWhich version?"
    assert strip_reply(text) == "Version 3."
    assert strip_reply(text, is_reply=False) == text


@pytest.mark.parametrize(
    "lines",
    [
        "From: root@host\nTo: me@host\nSubject: cron\nDate: Fri, 20 Nov 2026 10:00:00 +0000",
        "Von: Lager 3\nAn: Lager 4\nDatum: 20.11.2026\nBetreff: Palette 7",
        "> show version\nFirmware 1.2\n> reboot",
        "-----Original Message-----",
        "On Mon, Nov 16, 2026 at 9:00 AM Bob <bob@acme.example> wrote:\n> Which?",
    ],
)
def test_a_mail_that_answers_nothing_loses_its_signature_alone(lines: str) -> None:
    text = f"We see this.\n\n{lines}\n\nWhy?"
    assert strip_reply(f"{text}\n\n-- \nAda\n", is_reply=False) == text
    assert strip_reply(f"{text}\n\n-- \nAda\n") != text


@pytest.mark.parametrize(
    "line",
    [
        "Am 25.06.2026 um 10:55 schrieb Support:",
        "Le 19/03/2026 11:34, Support a écrit :",
        "Support <support@desk.example> schrieb:",
    ],
)
def test_one_line_of_introduction_may_do_without_an_address_in_replies(line: str) -> None:
    text = f"Version 3.\n\n{line}\n\nWhich version?"
    assert strip_reply(text) == "Version 3."
    assert strip_reply(text, is_reply=False) == text


def test_what_looks_like_an_introduction_and_is_content_is_kept() -> None:
    for text in (
        "On the other hand, we should be careful.\nOn average, it works well.",
        "They come from: john@b.example and from: jane@b.example\n\nFrom: our database.",
        "Formats:\n\n2026-01-15 14:30:25\n15.01.2026 14:30\n01/15/2026 at 2:30 PM\n\nAll of them.",
        "## Points\n----\n\n1. faster\n\n====\n\nAnd smaller.",
        'See https://b.example/on-date-someone-wrote-about\n\nIt has "wrote:" in it.',
        "```\n// Sent from my custom mailer\nsignature: '--'\n```\n\nSee?",
    ):
        assert strip_reply(text) == text


def test_words_in_front_of_an_introduction_on_its_line_are_kept() -> None:
    line = "On Wed, Apr 4, 2026 at 3:59 PM, bob@desk.example wrote:"
    assert strip_reply(f"yes {line}\n> q") == "yes"
    assert strip_reply(f"yes\nand no--- {line}\n> q") == "yes\nand no"


def test_a_sentence_above_an_introduction_is_kept() -> None:
    text = "On 3 Nov I installed it.\nSupport wrote:\n> Which one?\n\nThe third."
    assert strip_reply(text) == "On 3 Nov I installed it.\n\nThe third."


def test_lines_that_a_program_broke_off_a_quote_belong_to_it() -> None:
    long = "> Could you please tell us the number that stands below the machine near"
    assert strip_reply(f"Yes.\n\n{long}\nthe plug\n> and the year?") == "Yes."
    assert strip_reply("Yes.\n\n> see (http://desk.example/a\n_b=3dd)\n>") == "Yes."
    assert strip_reply(f"{long} the plug?\nthird\n> and the year?") == "third"


def test_an_address_that_is_closed_on_the_next_line_is_no_quote() -> None:
    line = "tir. 18. apr. 2026 kl. 13:09 skrev Support <support@desk.example\n>:"
    assert strip_reply(f"Ja.\n\n{line}\n\n> Hvilken?") == "Ja."


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
    "Date: Mon, 16 Nov 2026 09:00\nFrom: s@desk.example\nTo: a@b.example\nSubject: x",
    "Message du : 16/11/2026 09:00\nDe : Support\nA : Anna\nCopie à :\nSujet : x",
    "      De : Support\n À : Anna\n Envoyé le : lundi\n Objet : x",
    "Kimden: Support\nGönderildi: Pazartesi\nKime: Anna\nKonu: x",
    "Feladó: Support\nElküldve: hétfő\nCímzett: Anna\nTárgy: x",
    "差出人: Support\n送信日時: 2026年\n宛先: Anna\n件名: x",
    "寄件者: Support\n寄件日期: 2026年\n收件者: Anna\n主旨: x",
    "From: Support <s@desk.example>\nSent: Monday, 16 November 2026 09:00",
]


@pytest.mark.parametrize("block", HEADER_BLOCKS)
@pytest.mark.parametrize("rule", ["", "________________________________\n", "-----\n\n"])
def test_all_below_a_block_of_header_lines_is_the_answered_mail(rule: str, block: str) -> None:
    assert strip_reply(f"It works.\n\n{rule}{block}\n\nPlease restart.\n") == "It works."


def test_a_line_in_dashes_above_header_lines_goes_whatever_it_says() -> None:
    text = f"It works.\n\n-------- Oprindelig besked --------\n{HEADER_BLOCKS[0]}\n\nx"
    assert strip_reply(text) == "It works."


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
        "Original Message processed by david®\nRe: x 9. August 2026, 12:44 Uhr",
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


DEVICES = [
    "Sent from my Samsung Galaxy s5 device",
    "Sent from my HTC M8 phone.  Please excuse typos",
    "Sent from Mail for Windows 10",
    "Sent from Yahoo Mail on Android",
    "Sent from Outlook for iOS<https://aka.ms/o0ukef>",
    "Sent from TypeApp<http://www.typeapp.com/r?b=2621>",
    "Get Outlook for Android<https://aka.ms/AAb9ysg>",
    "Sent with Proton Mail secure email.",
    "(Sent from mobile device)",
    "Von meinem iPhone gesendet",
    "Diese Nachricht wurde von meinem Android-Gerät mit K-9 Mail gesendet.",
    "Envoyé depuis mon iPhone",
    "Enviado desde mi iPhone",
    "Enviado do meu iPhone",
    "Inviato da iPhone",
    "Verstuurd vanaf mijn iPhone",
    "Skickat från min iPhone",
    "Lähetetty iPhonesta",
    "Wysłane z iPhone'a",
    "Отправлено с iPhone",
    "iPhone'umdan gönderildi",
    "iPhoneから送信",
    "发自我的iPhone",
    "나의 iPhone에서 보냄",
]


@pytest.mark.parametrize("line", DEVICES)
def test_what_a_device_adds_is_taken_off_in_many_languages(line: str) -> None:
    assert strip_reply(f"Yes.\n\n{line}\n") == "Yes."
    assert strip_reply(f"Yes.\n\n{line}\n\nOn 2026-11-16 09:00, S wrote:\n> q") == "Yes."


@pytest.mark.parametrize(
    "line",
    [
        "Get me a new phone please.",
        "Sent by courier yesterday",
        "From my phone I cannot see this",
        "Sent from my desk, is much easier than my mobile phone.",
        "Verzonden via PostNL vorige week",
        "We sent it with the truck.",
    ],
)
def test_a_sentence_that_begins_like_a_devices_line_is_kept(line: str) -> None:
    assert strip_reply(f"Hello,\n\n{line}") == f"Hello,\n\n{line}"


CLOSINGS = [
    "Best regards,",
    "Kind regards",
    "Sincerely yours,",
    "Mit freundlichen Grüßen",
    "Viele Grüße aus Köln",
    "Cordialement,",
    "Saludos,",
    "Cordiali saluti",
    "Atenciosamente,",
    "Met vriendelijke groet,",
    "Med vänliga hälsningar",
    "Venlig hilsen",
    "Pozdrawiam,",
    "С уважением,",
    "Saygılarımla,",
]


@pytest.mark.parametrize("line", CLOSINGS)
def test_a_closing_phrase_with_a_name_ends_the_text(line: str) -> None:
    assert strip_reply(f"It works.\n\n{line}\nAnna Example\n") == "It works."
    assert strip_reply(f"It works.\n\n{line}\n\nAnna Example\n+49 30 1234\n") == "It works."


def test_a_signature_with_many_empty_lines_is_one() -> None:
    signature = "Kind regards,\n\n\n\nLisa\n\nAdministrator\n\n**Partnership**\n\n07759"
    assert strip_reply(f"We can.\n\n{signature}\n") == "We can."


def test_what_only_looks_like_a_closing_is_kept() -> None:
    for text in (
        "Best regards,\nAnna",
        "It works.\n\nBest regards",
        "It works.\n\nBest regards,\nAnna\n\nPS: The other one, too.",
        "I wrote\nregards\nbut it should be kind regards in all letters that we send to customers.",
    ):
        assert strip_reply(text) == text


def test_what_a_mailing_list_adds_is_taken_off() -> None:
    footer = "____\nusers mailing list\nusers@lists.example"
    assert strip_reply(f"How?\n\nAnna\n\n{footer}\n") == "How?\n\nAnna"
    text = "first\n____\nsecond"
    assert strip_reply(text) == text


def test_what_notmuch_writes_for_a_part_it_cannot_quote_goes_with_the_quote() -> None:
    quoted = "On Mon, 16 Nov 2026, Support <s@desk.example> wrote:\n> Which?\n"
    assert strip_reply(f"{quoted}Non-text part: text/html\n\nThe third.") == "The third."
    assert strip_reply(f"The third.\n\nNon-text part: text/html\n{quoted}") == "The third."


def test_who_orders_a_journey_writes_no_header_block() -> None:
    for text in (
        "From: Berlin\nTo: Riga\nDate: 24 December\nPlease book two seats.",
        "Please book:\n\nFrom: Berlin\nTo: Riga",
    ):
        assert strip_reply(text) == text


def test_the_fields_of_a_web_form_are_no_header_block() -> None:
    for fields in (
        "From: Ada <ada@acme.example>\nSubject: Printer\nDate: 2026-11-16 09:00",
        "Date: 2026-11-16 09:00\nSubject: Printer\nE-mail: ada@acme.example",
        "Von: Ada\nDatum: 16.11.2026 09:00\nBetreff: Drucker",
    ):
        text = f"New message from your site\n\n{fields}\n\nIt burns."
        assert strip_reply(text, is_reply=False) == text


HOSTILE = {
    "prepositions": "On ",
    "empty lines": "\n",
    "spaces": " ",
    "marks": "> ",
    "marked lines": ">\n",
    "labels": "From: a@b.example 10:00\n",
    "dates": "On 2026-11-16 10:00 x@y.example\n",
    "introductions": "On 16.11.2026 10:00 a@b.example wrote:\n",
    "open addresses": "On 3 <\n",
    "answers": "> a\nb\n",
    "broken quotes": "> " + "a" * 72 + "\nbcd e\n",
    "rules": "---\n",
    "underscores": "_\n__\n",
    "closings": "best regards,\nA\n",
    "devices": "sent from my a\n\n",
    "bars": " |x\n",
    "verbs": "wrote:\n",
    "addresses": "a@",
    "digits": "1",
}


@pytest.mark.parametrize("scrap", HOSTILE)
def test_hostile_text_costs_no_more_than_its_length(scrap: str) -> None:
    text = (HOSTILE[scrap] * 200_000)[:200_000]
    with at_most(5):  # a quadratic rule would take minutes
        strip_reply(text)


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


VENDOR = [
    "On Mon, Nov 16, 2026 at 9:00 AM Vendor <help@vendor.example> wrote:\n\n> It is their fault.",
    "-----Original Message-----\nFrom: Vendor\nSubject: x\n\nIt is their fault.",
    (
        "From: Vendor <help@vendor.example>\nSent: 16 November 2026 9:00\nTo: Ada\nSubject: x"
        "\n\nIt is their fault."
    ),
    "---------- Forwarded message ---------\nFrom: Vendor\n\nIt is their fault.",
    "On Mon, Nov 16, 2026 at 9:00 AM Vendor <help@vendor.example> wrote:\n\nIt is their fault.",
]


@pytest.mark.parametrize("signature", ["-- \nAda\nACME", "Best regards\nAda", ""])
@pytest.mark.parametrize("quote", VENDOR)
def test_a_first_mail_loses_its_signature_and_not_the_quote_below(
    signature: str, quote: str
) -> None:
    text = f"Is that so?\n\n{signature}\n\n{quote}" if signature else f"Is that so?\n\n{quote}"
    for is_forward in (False, True):
        got = strip_reply(text, is_forward=is_forward, is_reply=False)
        assert got == f"Is that so?\n\n{quote}"


def test_a_forward_keeps_what_its_program_marks_as_a_quote() -> None:
    apple = "> Begin forwarded message:\n> \n> From: Bob <bob@b.example>\n> Subject: x\n> \n> Help!"
    assert strip_reply(f"Look.\n\n{apple}", is_forward=True) == f"Look.\n\n{apple}"
    assert strip_reply(f"Look.\n\n-- \nAda\n\n{apple}", is_forward=True) == f"Look.\n\n{apple}"


def test_a_forwarded_mail_in_an_answer_stays_below_a_signature() -> None:
    passed = "---------- Forwarded message ---------\nFrom: Bob\n\nIt broke.\n-- \nBob"
    assert strip_reply(f"Look.\n\n-- \nAda\n\n{passed}") == f"Look.\n\n{passed}"


@pytest.mark.parametrize(
    "piece", ["> a\nb\n", "-- \n", "From: a\n", "On 1 May 2026 x wrote:\n> a\n"]
)
def test_a_hostile_first_mail_costs_no_more_than_its_length(piece: str) -> None:
    with at_most(4):
        strip_reply((piece * 40_000)[: 256 * 1024], is_reply=False)


ADDED = [
    "Also the mail is down",
    "Nachtrag: Der Drucker im Keller brennt auch.",
    "I also noticed that the scanner is slow.",
    "By the way, when do you close?",
    "Übrigens geht das Fax auch nicht",
    "Au fait, le fax aussi.",
    "Además, el fax no funciona",
    "The second printer burns as well.",
    "Können Sie mich bitte heute noch anrufen?",
    "追伸：スキャナも動きません。",
]
BELOW_A_NAME = ["Ada Lovelace", "Ada Lovelace\nHead of Engines\nACME Ltd.\nPhone: 030 1234567"]
SIGNED = [
    "ACME GmbH & Co. KG\nSitz: Köln, HRB 4711",
    "This mail is confidential.\nAre you not the recipient? Delete it.",
    "Visit our new website for more offers.",
    "Think big.",
    "12, rue du Port\n75000 Paris",
    "I work from Monday to Thursday.",
    "Please think of the environment\nbefore you print this.",
    "Office: +49 30 1234567\nAlso: +49 170 1234567",
]


@pytest.mark.parametrize("name", BELOW_A_NAME)
@pytest.mark.parametrize("added", ADDED)
def test_what_is_added_below_a_name_is_not_lost(added: str, name: str) -> None:
    got = strip_reply(f"It burns.\n\nBest regards\n{name}\n\n{added}\n\n> Which printer?")
    assert got.startswith("It burns.")
    assert got.endswith(added)


@pytest.mark.parametrize("line", ["Sent from my iPhone", "Von meinem iPhone gesendet"])
@pytest.mark.parametrize("added", ADDED)
def test_what_is_added_below_the_line_of_a_device_is_not_lost(added: str, line: str) -> None:
    assert strip_reply(f"It burns.\n\n{line}\n\n{added}") == f"It burns.\n\n{added}"


@pytest.mark.parametrize("name", BELOW_A_NAME)
@pytest.mark.parametrize("signed", SIGNED)
def test_what_stands_below_every_mail_of_somebody_goes_with_the_name(
    signed: str, name: str
) -> None:
    assert strip_reply(f"It burns.\n\nBest regards\n{name}\n\n{signed}") == "It burns."


def test_long_text_below_the_line_of_a_device_is_what_the_device_quotes() -> None:
    quoted = "Sehr geehrte Frau Lovelace,\n\n" + "bitte starten Sie das Gerät neu. " * 8
    assert strip_reply(f"Nein.\n\nSent from my iPhone\n\n{quoted}") == "Nein."
