"""What agents say among themselves reaches no customer, whatever becomes of ids and quotes."""

from __future__ import annotations

import email.policy
from email.message import EmailMessage
from email.parser import BytesParser

import pytest

from tests.walks.walk import ADA, ALICE, BORIS, STRANGER, TRUSTED, Step, Walk, body, mail, reply

PASSES = {"Authentication-Results": "mx.desk.example; dmarc=pass header.from=desk.example"}
NOTE = "She never pays in time, so let us take it slowly with this printer of hers.\nNo discount!"
LEAK = "let us take it slowly"


@pytest.fixture
def note(walk: Walk) -> EmailMessage:
    """Alice's note on Ada's ticket, as Boris got it."""
    walk.receive(mail())
    stray = walk.receive(reply(walk.sent()[0], STRANGER, "Let me in."))
    told = walk.receive(reply(stray.mail_to("alice@desk.example"), ALICE, NOTE))
    news = told.mail_to("boris@desk.example")
    assert news["X-Maildesk-Event"] == "comment.internal"
    return news


def without_ids(text: str, subject: str = "Re: [HELP-1] The printer burns") -> bytes:
    """Boris's mail as a gateway leaves it that takes the ids of the answered mail away."""
    return mail(BORIS, subject, text, headers=PASSES)


def send(walk: Walk, raw: bytes) -> Step:
    return walk.receive(raw, peer=TRUSTED)


def to_customers(walk: Walk) -> str:
    mails = [m for m in walk.sent() if "desk.example" not in str(m["X-Original-To"])]
    return "\n".join(body(m) + body(m, "html") for m in mails)


def quoted(news: EmailMessage, mark: str) -> str:
    return "\n".join(f"{mark}{line}" for line in body(news).splitlines())


def last(walk: Walk) -> tuple[str, str]:
    comment = walk.ticket("HELP-1")["comments"][-1]
    return comment["visibility"], comment["text"]


@pytest.mark.parametrize("mark", ["> ", "", "| "])
def test_an_answer_to_a_note_without_its_ids_is_a_note_and_its_writer_hears_so(
    walk: Walk, note: EmailMessage, mark: str
) -> None:
    step = send(walk, without_ids(f"I agree with you.\n\nBoris\n\n{quoted(note, mark)}"))
    assert last(walk)[0] == "internal"
    assert "I agree" not in to_customers(walk)
    answer = step.mail_to("boris@desk.example")
    assert answer["X-Maildesk-Event"] == "command.failed"
    assert "#public" in body(answer)


def test_an_answer_to_a_note_of_long_ago_without_its_ids_is_a_note(
    walk: Walk, note: EmailMessage
) -> None:
    [news] = [m for m in walk.sent() if m["X-Maildesk-Event"] == "ticket.new"][:1]
    for n in range(8):
        walk.receive(reply(news, ADA, f"And it smokes, for the {n + 2}. time.", to=""))
    send(walk, without_ids(f"She is a liar.\n\n{quoted(note, '> ')}"))
    assert last(walk) == ("internal", "She is a liar.")


@pytest.mark.parametrize("words", ["She is a liar.", "She is a liar, and I do not believe " * 5])
def test_an_answer_to_a_note_without_ids_and_quote_is_a_note(
    walk: Walk, note: EmailMessage, words: str
) -> None:
    step = send(walk, without_ids(words))
    assert last(walk)[0] == "internal"
    assert "#public" in body(step.mail_to("boris@desk.example"))
    walk.receive(mail(ADA, "Re: [HELP-1] x", "Are you there?"))
    send(walk, without_ids("We are."))
    assert last(walk) == ("public", "We are.")


def test_a_fresh_mail_with_the_key_alone_after_a_note_is_a_note_and_its_writer_is_asked(
    walk: Walk, note: EmailMessage
) -> None:
    step = send(walk, mail(BORIS, "[HELP-1] x", "She is a liar.", headers=PASSES))
    assert last(walk) == ("internal", "She is a liar.")
    assert "#public" in body(step.mail_to("boris@desk.example"))
    send(walk, mail(BORIS, "[HELP-1] x", "#public\n\nWe are on it.", headers=PASSES))
    assert last(walk) == ("public", "We are on it.")


def test_a_fresh_mail_with_the_key_alone_after_a_command_is_for_the_customer(walk: Walk) -> None:
    walk.receive(mail())
    walk.receive(mail(BORIS, "[HELP-1]", "#take"), auth="boris")
    send(walk, mail(BORIS, "[HELP-1] x", "We are on it.", headers=PASSES))
    assert last(walk) == ("public", "We are on it.")


def test_an_answer_to_a_note_without_its_ids_goes_out_below_the_line_public(
    walk: Walk, note: EmailMessage
) -> None:
    send(walk, without_ids(f"#public\n\nWe look at it.\n\n{quoted(note, '')}"))
    assert last(walk) == ("public", "We look at it.")
    assert "We look at it." in to_customers(walk)
    assert LEAK not in to_customers(walk)


@pytest.mark.parametrize("wrap", [False, True])
def test_a_note_below_a_public_answer_keeps_all_of_it_inside(
    walk: Walk, note: EmailMessage, wrap: bool
) -> None:
    [news] = [m for m in walk.sent() if m["X-Maildesk-Event"] == "ticket.new"][1:2]
    pasted = NOTE.replace(" ", "\n") if wrap else NOTE
    step = walk.receive(reply(news, BORIS, f"Dear Ada,\nwe are on it.\n\n{pasted}"))
    assert last(walk)[0] == "internal"
    assert LEAK not in to_customers(walk).replace("\n", " ")
    answer = body(step.mail_to("boris@desk.example"))
    assert "Nobody else has got your mail." in answer
    assert "#public anyway" in answer
    [event] = [e for e in walk.ticket("HELP-1")["events"] if e["kind"] == "not sent on"]
    assert "internal note" in str(event["detail"])


def test_a_whole_internal_mail_below_a_public_answer_keeps_it_inside_however_short_its_note(
    walk: Walk,
) -> None:
    news = walk.receive(mail()).mail_to("boris@desk.example")
    stray = walk.receive(reply(walk.sent()[0], STRANGER, "Let me in."))
    told = walk.receive(reply(stray.mail_to("alice@desk.example"), ALICE, "She lies."))
    pasted = quoted(told.mail_to("boris@desk.example"), "")
    step = walk.receive(reply(news, BORIS, f"Dear Ada,\nwe are on it.\n\n{pasted}"))
    assert "She lies." not in to_customers(walk)
    assert step.mail_to("boris@desk.example")["X-Maildesk-Event"] == "command.failed"


def test_the_form_of_html_alone_is_looked_at_too(walk: Walk, note: EmailMessage) -> None:
    [news] = [m for m in walk.sent() if m["X-Maildesk-Event"] == "ticket.new"][1:2]
    message = BytesParser(policy=email.policy.SMTP).parsebytes(mail(BORIS, "Re: x", answers=news))
    assert isinstance(message, EmailMessage)
    words = NOTE.replace("time", "<b>ti</b>me").replace("\n", "<br>")
    message.set_content(f"<p>We are on it.</p><div>{words}</div>", subtype="html")
    walk.receive(message.as_bytes())
    assert last(walk)[0] == "internal"
    assert "discount" not in to_customers(walk)


def test_words_of_a_note_go_out_below_the_line_public_anyway(
    walk: Walk, note: EmailMessage
) -> None:
    [news] = [m for m in walk.sent() if m["X-Maildesk-Event"] == "ticket.new"][1:2]
    held = walk.receive(reply(news, BORIS, f"#public\n\n{NOTE}"))
    assert (last(walk)[0], held.events[0][0]) == ("internal", "command.failed")
    assert "command.failed" in {event for event, _ in held.events}
    walk.receive(reply(news, BORIS, f"#public anyway\n\n{NOTE}"))
    assert last(walk) == ("public", NOTE)
    assert LEAK in to_customers(walk)


def test_words_that_the_customer_has_seen_are_no_secret(walk: Walk) -> None:
    line = "Error 0x80070035: the network path was not found, says Windows."
    news = walk.receive(mail(text=line)).mail_to("boris@desk.example")
    stray = walk.receive(reply(walk.sent()[0], STRANGER, "Let me in."))
    walk.receive(reply(stray.mail_to("alice@desk.example"), ALICE, f"Look:\n{line}\nEasy."))
    answer = f"You wrote\n\n{line}\n\nIs that on Monday as well?"
    walk.receive(reply(news, BORIS, answer))
    assert last(walk) == ("public", answer)


def test_an_agents_own_signature_is_no_secret(walk: Walk) -> None:
    sign = "Boris Roe, Example Support, second floor on the left\nTelephone 030 123456, room 2.17"
    first = walk.receive(mail()).mail_to("boris@desk.example")
    walk.receive(reply(first, BORIS, f"It will be mended.\n\n{sign}"))
    second = walk.receive(mail(ADA, "Another matter"))
    news = second.mail_to("boris@desk.example")
    stray = walk.receive(reply(second.mail_to("ada@acme.example"), STRANGER, "Let me in."))
    walk.receive(reply(stray.mail_to("boris@desk.example"), BORIS, f"Who is that?\n\n{sign}"))
    walk.receive(reply(news, BORIS, f"We look at it.\n\n{sign}"))
    comment = walk.ticket("HELP-2")["comments"][-1]
    assert (comment["visibility"], comment["text"][:14]) == ("public", "We look at it.")


def test_what_a_faulty_command_kept_inside_may_be_sent_again(walk: Walk) -> None:
    news = walk.receive(mail()).mail_to("boris@desk.example")
    words = "Dear Ada,\nplease pull the plug out of the wall and wait for a minute or two."
    walk.receive(reply(news, BORIS, f"#spamm\n\n{words}"))
    assert last(walk)[0] == "internal"
    walk.receive(reply(news, BORIS, words))
    assert last(walk) == ("public", words)


def test_public_makes_an_answer_to_a_note_one_for_the_customer(
    walk: Walk, note: EmailMessage
) -> None:
    step = walk.receive(reply(note, BORIS, "#public\n\nWe look at it."))
    assert last(walk) == ("public", "We look at it.")
    assert "We look at it." in body(step.mail_to("ada@acme.example"))
    assert LEAK not in to_customers(walk)


def test_public_sends_files_alone_and_nothing_without_words_or_files(
    walk: Walk, note: EmailMessage
) -> None:
    step = walk.receive(reply(note, BORIS, "#public", files=[("manual.pdf", b"%PDF")]))
    files = list(step.mail_to("ada@acme.example").iter_attachments())
    assert [f.get_filename() for f in files] == ["manual.pdf"]
    empty = walk.receive(reply(note, BORIS, "#public"))
    assert [event for event, _ in empty.events] == ["command.failed"]
    assert "Nothing stands below it" in body(empty.mails[0])


def test_an_agents_own_words_from_a_note_go_out_when_he_says_public(
    walk: Walk, note: EmailMessage
) -> None:
    words = "Please pull the plug out of the wall and wait for a minute or two."
    walk.receive(reply(note, BORIS, words))
    assert last(walk) == ("internal", words)
    walk.receive(reply(note, BORIS, f"#public\n\n{words}"))
    assert last(walk) == ("public", words)


def test_a_note_on_an_earlier_line_of_the_archive_does_not_hide_what_was_sent(walk: Walk) -> None:
    news = walk.receive(mail()).mail_to("boris@desk.example")
    stray = walk.receive(reply(walk.sent()[0], STRANGER, "Let me in."))
    walk.receive(reply(stray.mail_to("alice@desk.example"), ALICE, NOTE))
    step = walk.receive(reply(news, BORIS, NOTE), by="import")
    assert (step.mails, last(walk)[0]) == ([], "public")


def test_words_of_a_note_on_another_ticket_that_the_mail_names_stay_inside(
    walk: Walk, note: EmailMessage
) -> None:
    news = walk.receive(mail("bea@far.example", "Scanner")).mail_to("boris@desk.example")
    walk.receive(reply(news, BORIS, f"It is the same.\n\n{NOTE}", subject="[HELP-1] [HELP-2] x"))
    assert "slowly" not in to_customers(walk)


def test_an_agents_answer_to_a_customers_own_mail_is_public_though_a_note_came_last(
    walk: Walk, note: EmailMessage
) -> None:
    own = mail(ADA, "Re: [HELP-1] x", "Hello?", cc="boris@desk.example, alice@desk.example")
    walk.receive(own)
    stray = walk.receive(reply(walk.sent()[0], STRANGER, "Let me in."))
    walk.receive(reply(stray.mail_to("alice@desk.example"), ALICE, "No."))
    message = BytesParser(policy=email.policy.default).parsebytes(own)
    assert isinstance(message, EmailMessage)
    answer = mail(BORIS, "Re: [HELP-1] x", "We are on it.", answers=message, headers=PASSES)
    send(walk, answer)
    assert last(walk) == ("public", "We are on it.")


@pytest.mark.parametrize(
    "line",
    ["#subject", "#split", "#close", "#estimate 3h", "#cc vic@vendor.example,", "#requester"],
)
def test_words_of_a_note_on_a_command_line_are_as_secret_as_those_below_it(
    walk: Walk, note: EmailMessage, line: str
) -> None:
    told = NOTE.splitlines()[0]
    below = "\n\nThe scanner hums." if line == "#split" else ""
    step = walk.receive(reply(note, BORIS, f"{line} {told}{below}"))
    assert ("command.failed", "boris@desk.example") in step.events
    assert [e for e in step.events if e[1] == "boris@desk.example"] == [
        ("command.failed", "boris@desk.example")
    ]
    assert LEAK not in to_customers(walk)
    assert LEAK not in " ".join(str(m["Subject"]) for m in walk.sent())
    assert "#public anyway" in body(step.mail_to("boris@desk.example"))
    ticket = walk.ticket("HELP-1")
    assert (ticket["status"], ticket["subject"]) == ("Open", "The printer burns")


def test_words_of_a_note_on_a_command_line_go_out_below_the_line_public_anyway(
    walk: Walk, note: EmailMessage
) -> None:
    told = "let us take it slowly with this printer of hers"
    walk.receive(reply(note, BORIS, f"#public anyway\n#subject {told}"))
    assert walk.ticket("HELP-1")["subject"] == told


def test_words_that_are_kept_inside_leave_the_commands_above_them_undone(
    walk: Walk, note: EmailMessage
) -> None:
    step = walk.receive(reply(note, BORIS, f"#reply install-details\n#take\n\n{NOTE}"))
    assert step.events == [("command.failed", "boris@desk.example")]
    answer = " ".join(body(step.mail_to("boris@desk.example")).split())
    assert "Nothing in your mail was done." in answer
    assert "It says what an internal note on this ticket says." in answer
    ticket = walk.ticket("HELP-1")
    assert (ticket["status"], ticket["owner"]) == ("Open", None)
    assert last(walk) == ("internal", f"#reply install-details\n#take\n\n{NOTE}")


def test_a_mail_to_somebody_beside_the_ticket_gets_one_answer_to_its_commands(walk: Walk) -> None:
    news = walk.receive(mail()).mail_to("boris@desk.example")
    raw = reply(
        news,
        BORIS,
        "#time 1h\n\nDo you know this printer?",
        to="vic@vendor.example",
        cc="support@desk.example",
    )
    step = walk.receive(raw)
    assert step.events == [
        ("command.done", "boris@desk.example"),
        ("comment.internal", "alice@desk.example"),
    ]
    answer = " ".join(body(step.mail_to("boris@desk.example")).split())
    assert "The customer has not got your mail." in answer


def test_who_answers_a_note_hears_that_it_stays_inside_and_how_to_send_it_on(
    walk: Walk, note: EmailMessage
) -> None:
    step = send(walk, reply(note, BORIS, "Dear Ada, we look at it."))
    assert step.events == [
        ("command.done", "boris@desk.example"),
        ("comment.internal", "alice@desk.example"),
    ]
    told = step.mail_to("boris@desk.example")
    text = " ".join(body(told).split())
    assert "Your mail is kept as an internal note" in text
    assert "nobody outside has got it from us" in text
    assert "send it again below the line #public." in text
    assert "%23public%0D%0A%0D%0ADear%20Ada" in body(told)
    sent = send(walk, reply(told, BORIS, "#public\n\nDear Ada, we look at it."))
    assert ("comment.public", "ada@acme.example") in sent.events
    assert "Dear Ada, we look at it." in body(sent.mail_to("ada@acme.example"))


def test_commands_above_words_that_stay_inside_have_one_transcript_that_says_so(
    walk: Walk, note: EmailMessage
) -> None:
    done = send(walk, reply(note, BORIS, "#take")).mail_to("boris@desk.example")
    step = send(walk, reply(done, BORIS, "#done\n\nAll is fixed, Ada."))
    told = step.mail_to("boris@desk.example")
    assert told["X-Maildesk-Event"] == "command.done"
    text = " ".join(body(told).split())
    assert text.count("an internal note") == 1
    assert "%23public%0D%0A%0D%0AAll%20is%20fixed" in body(told)
    assert "Done" in text
    assert "All is fixed" not in body(step.event("ticket.resolved"))


def test_a_mended_line_in_answer_to_command_failed_tells_where_its_words_have_gone(
    walk: Walk, note: EmailMessage
) -> None:
    news = next(m for m in walk.sent() if m["X-Maildesk-Event"] == "ticket.new")
    words = "Dear Ada, we are looking at it."
    failed = send(walk, reply(news, ALICE, f"#statsu Analysis\n\n{words}")).event("command.failed")
    said = " ".join(body(failed).split())
    assert "Your reply to this mail stays inside: it becomes a note." in said
    assert "begin your reply with the line #public" in said
    step = send(walk, reply(failed, ALICE, f"#status Analysis\n\n{words}"))
    told = " ".join(body(step.mail_to("alice@desk.example")).split())
    assert "The words below are an internal note" in told
    on = send(walk, reply(failed, ALICE, f"#public\n#status On hold\n\n{words}"))
    assert words in body(on.mail_to("ada@acme.example"))


@pytest.mark.parametrize("words", ["#internal\n\nMind her.", "I am on holiday until 3 May."])
def test_who_asks_for_a_note_and_a_program_get_no_word_that_it_stays_inside(
    walk: Walk, note: EmailMessage, words: str
) -> None:
    step = send(walk, reply(note, BORIS, words))
    assert not [
        m
        for m in step.mails
        if m["X-Original-To"] == "boris@desk.example" and "send it again" in body(m)
    ]


@pytest.mark.parametrize("line", ["\u201c#take\u201d", "1. #take", '"#take"', "1) #done"])
def test_a_command_in_quotation_marks_or_in_a_list_goes_to_no_customer(
    walk: Walk, line: str
) -> None:
    news = walk.receive(mail()).mail_to("alice@desk.example")
    step = walk.receive(reply(news, ALICE, f"{line}\n\nIt was the fuse."))
    assert "ada@acme.example" not in {to for _, to in step.events}
    assert step.mail_to("alice@desk.example")["X-Maildesk-Event"] == "command.failed"
    assert "is a command" in body(step.mail_to("alice@desk.example"))


def test_a_day_with_the_hyphens_of_a_word_processor_is_a_day(walk: Walk) -> None:
    news = walk.receive(mail()).mail_to("alice@desk.example")
    step = walk.receive(reply(news, ALICE, "#due 2026\u201112\u201101"))
    assert step.event("command.done")
