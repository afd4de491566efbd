"""Every event's mail, word for word, and what a template may and may not do.

In: snapshots, the shipped templates, and templates of an admin's, whole and broken. Out: texts.
`MAILDESK_WRITE_GOLDENS=1` writes the goldens anew, to be read before they are kept.
*Fails:* as every test does.
"""

from __future__ import annotations

import os
import re
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
from selectolax.lexbor import LexborHTMLParser

from maildesk.core.model import Event
from maildesk.errors import TemplateError
from maildesk.outbox import wording
from maildesk.outbox.render import Rendered, Renderer, language_chain
from maildesk.outbox.samples import ALICE, BOB, BOBS_WORDS, EVENTS, TICKET, comment, sample
from maildesk.outbox.templates_dir import shipped_templates, template_directories

GOLDEN = Path(__file__).parent / "golden"
SHIPPED = Renderer(template_directories())


ESTIMATE = sample("estimate.requested")["estimate"]
ROW = sample("digest.queue")["table"][0]


def render(event: str, language: str = "en", **more: Any) -> Rendered:
    return SHIPPED.render(event, language, sample(event, **more))


def html_of(rendered: Rendered) -> LexborHTMLParser:
    assert rendered.html
    return LexborHTMLParser(rendered.html)


def own(folder: Path, files: dict[str, str]) -> Renderer:
    """A renderer with an admin's directory that holds `files`."""
    for name, source in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(source)
    return Renderer(template_directories(folder))


def test_every_event_with_templates_has_a_sample_and_a_golden() -> None:
    assert SHIPPED.events() == EVENTS
    assert sorted(path.stem for path in GOLDEN.iterdir()) == EVENTS


def test_every_event_that_a_notice_may_have_has_a_mail() -> None:
    assert {event.value for event in Event} <= set(EVENTS)


@pytest.mark.parametrize("event", EVENTS)
def test_the_words_of_each_mail(event: str) -> None:
    rendered = render(event)
    whole = f"Subject: {rendered.subject}\n\n{rendered.text}"
    if os.environ.get("MAILDESK_WRITE_GOLDENS"):
        (GOLDEN / f"{event}.txt").write_text(whole)
    assert whole == (GOLDEN / f"{event}.txt").read_text()
    assert rendered.faults == ()


def test_english_has_every_layout_in_three_forms() -> None:
    names = {p.name for p in (shipped_templates() / "en").iterdir() if p.is_file()}
    wanted = {f"{event}.{kind}.j2" for event in EVENTS for kind in ("subject", "txt", "html")}
    assert names == wanted | {"words.toml"}


@pytest.mark.parametrize("event", EVENTS)
def test_our_own_prose_keeps_to_72_columns(event: str) -> None:
    text = re.sub(r"(?m)^.*: mailto:.*\n", "", render(event).text)
    long = [line for line in text.split("\n") if len(line) > 72]
    assert set(long) <= set(BOBS_WORDS.split("\n"))


ALERTS = ("admin.alert", "command.done", "command.failed", "delivery.failed", "sender.unverified")


@pytest.mark.parametrize("event", ALERTS)
def test_a_sentence_of_an_alert_is_broken_and_foreign_lines_are_not(event: str) -> None:
    theirs = "what  they wrote, " * 6
    told = [{"say": "asking.how", "with": {}}, theirs.strip()]
    text = render(event, "de", alert={"title": "x", "lines": told}).text
    assert "  " + theirs.strip() in text.split("\n")
    assert max(len(line) for line in text.split("\n") if "über allem" in line) <= 72


@pytest.mark.parametrize("event", ["ticket.new", "comment.public"])
def test_nobodys_words_are_broken_or_changed(event: str) -> None:
    words = "  indented\n\n\n\n" + "x" * 300 + " y" * 100 + "\n-- \n{{ 7 * 7 }} <b>&amp;"
    rendered = render(event, comment=comment(BOB, words))
    assert words.strip("\n") in rendered.text
    shown = html_of(rendered).css_first(".md-words").text()
    assert re.sub(r"\s", "", shown) == re.sub(r"\s", "", words)


@pytest.mark.parametrize("event", EVENTS)
def test_a_mail_asks_for_nothing_from_outside(event: str) -> None:
    html = '<p>x<img src="https://t.example/1.gif" alt="a>b"><IMG src=cid:a><b>bold</b></p>'
    words = comment(BOB, "x", html=html)
    rendered = render(event, comment=words, comments=[words])
    assert rendered.html
    assert not re.search(r"(?i)\bsrc\s*=|url\(|@import|<link|<script|<img", rendered.html)
    links = [a.attributes["href"] for a in html_of(rendered).css("a")]
    assert {link.partition("?")[0] for link in links} == {"mailto:support@example.com"}


@pytest.mark.parametrize("event", EVENTS)
def test_the_html_stands_without_its_style_sheet(event: str) -> None:
    tree = html_of(render(event))
    assert tree.css_first("html").attributes["lang"] == "en"
    assert len(tree.css("style")) == 1
    assert tree.css_first("style").text().count("@media") == 3
    assert "max-width: 600px" in (tree.css_first("table.md-card").attributes["style"] or "")
    assert all(t.attributes["role"] == "presentation" for t in tree.css("table"))
    assert not [e for e in tree.css("body [class^=md-]") if not e.attributes.get("style")]


@pytest.mark.parametrize("event", EVENTS)
def test_hostile_values_stay_text(event: str) -> None:
    evil = "</p><script>alert(1)</script><b onclick=x>{{ 7 * 7 }}{% if %}"
    person = {"name": evil, "email": "bob@acme.example"}
    rendered = render(
        event,
        subject_line=f"[HELP-1] {evil}\r\nBcc: x@y.z",
        ticket={**TICKET, "subject": evil, "status": evil, "requester": person, "owner": evil},
        comment=comment(
            person, evil, attachments=[{"name": evil, "type": evil, "size": 1, "sent": True}]
        ),
        comments=[comment(person, evil)],
        actor=person,
        alert={"title": evil, "lines": [evil]},
        related={"key": evil},
        changes=[evil],
        transcript=[{"line": evil, "said": evil, "form": evil}],
        estimate={**ESTIMATE, "words": evil, "package": evil},
        table=[{**ROW, "key": evil, "subject": evil, "status": evil, "owner": evil, "note": evil}],
        guide=[{"line": evil, "words": evil}],
        fields=[{"name": evil, "value": evil}],
        missing=[evil],
        actions=[{"label": evil, "to": "support@example.com", "subject": evil, "line": evil}],
        forms=[evil],
    )
    assert "\n" not in rendered.subject
    assert rendered.html
    assert not re.search(r"<script|<b ", rendered.html)
    assert "49" not in rendered.text + rendered.html
    assert rendered.faults == ()


FOR_STAFF_ALONE = {"ticket.new", "ticket.escalated", "comment.internal", "delivery.failed"}
FOR_STAFF_ALONE |= {"admin.alert", "sender.unverified", "digest.queue", "ticket.assigned"}
CUSTOMERS_EVENTS = sorted(set(EVENTS) - FOR_STAFF_ALONE)


@pytest.mark.parametrize("role", ["requester", "participant"])
@pytest.mark.parametrize("event", CUSTOMERS_EVENTS)
def test_a_customer_sees_no_inner_facts(event: str, role: str) -> None:
    owned = {**TICKET, "owner": "Olga Owner", "priority": "P3", "type": "incident"}
    rendered = render(
        event,
        recipient={**BOB, "role": role},
        reason=role,
        ticket=owned,
        comment=comment(BOB, "x"),
        related={"key": "HELP-77"},
        forward={"by": "Alice", "note": ["for agents only"]},
        table=[{**ROW, "owner": "Olga Owner"}],
    )
    for inner in ("P3", "incident", "Olga", "HELP-77", "for agents only"):
        assert inner not in rendered.text + str(rendered.html)


def test_an_agent_sees_the_inner_facts() -> None:
    owned = {**TICKET, "owner": "Alice Doe"}
    assert "P3 · incident · with Alice Doe" in render("ticket.new", ticket=owned).text


def test_somebody_without_a_name_is_named_by_address_once() -> None:
    nameless = {**TICKET, "requester": {"name": "", "email": "bob@acme.example"}}
    rendered = render("ticket.new", ticket=nameless)
    assert "New ticket from bob@acme.example: " in rendered.text
    assert "&lt;" not in str(rendered.html)


def test_an_acknowledgement_sends_nobodys_words_back() -> None:
    rendered = render("ticket.received")
    assert "pink, and this line" not in rendered.text + str(rendered.html)


def test_html_that_was_made_safe_is_shown_unless_it_is_huge() -> None:
    shown = render("comment.public", comment=comment(ALICE, "plain", html="<ul><li>one</li></ul>"))
    assert html_of(shown).css_first(".md-words li").text() == "one"
    huge = render("comment.public", comment=comment(ALICE, "plain", html="<p>x</p>" * 20_000))
    assert html_of(huge).css_first(".md-words").text() == "plain"


HUGE = {
    "one line": "x" * 500_000,
    "many lines": "line\n" * 40_000,
    "many paragraphs": "x\n\n" * 40_000,
    "many links": "https://a.example/ " * 10_000,
    "what HTML must escape": "<&>\n" * 30_000,
}


@pytest.mark.parametrize("kind", HUGE)
def test_html_keeps_short_of_what_gmail_cuts_and_the_text_says_all(kind: str) -> None:
    words = HUGE[kind].strip()
    rendered = render("participant.added", comments=[comment(BOB, "short"), comment(ALICE, words)])
    assert len(str(rendered.html).encode()) <= 80 * 1024
    assert "You get this mail because" in str(rendered.html)
    assert words in rendered.text
    assert "in the plain text of this mail." in str(rendered.html)


def test_html_whose_frame_alone_is_too_large_is_left_out() -> None:
    rendered = render("digest.queue", table=[ROW] * 400)
    assert rendered.html is None
    assert rendered.text.count("HELP-7 · ") == 400


def test_a_link_is_short_enough_for_every_mail_program_and_keeps_the_key() -> None:
    subject = "[HELP-12] " + "ピンクのページ" * 60
    line = "#approve 7K3M & more"
    made = wording.mailto(to="support+x@example.com", subject=subject, line=line)
    assert len(made) <= 1500
    assert made.startswith("mailto:support+x@example.com?subject=%5BHELP-12%5D%20%E3%83%94")
    assert made.endswith("&body=%23approve%207K3M%20%26%20more")


def test_every_action_stands_as_a_link_and_as_a_line() -> None:
    rendered = render("estimate.requested")
    links = [a.attributes["href"] for a in html_of(rendered).css("a")]
    for action in sample("estimate.requested")["actions"]:
        (made,) = [link for link in links if str(link).endswith(quote(action["line"]))]
        short = wording.mailto(
            to=action["to"], subject=wording.by_key(action["subject"]), line=action["line"]
        )
        assert "subject=%5BHELP-12%5D%20The%20printer" in str(made)
        assert f": {short}\n" in rendered.text
        assert "subject=%5BHELP-12%5D&body=" in short
        assert f"or answer with the line {action['line']}\n" in rendered.text
        assert action["line"] in html_of(rendered).body.text()


def test_the_subject_of_an_action_may_be_a_phrase() -> None:
    action = sample("estimate.requested")["actions"][0]
    action["subject"] = {"say": "ticket.reopened.news", "with": {}}
    rendered = render("estimate.requested", actions=[action])
    assert "?subject=This%20ticket%20is%20open%20again&body=%23approve" in rendered.text


def test_a_mail_says_nothing_about_packages_where_nobody_counts_them() -> None:
    uncounted = render("estimate.requested", estimate={"seconds": 3600})
    assert "package" not in uncounted.text + str(uncounted.html)
    none_fits = render("estimate.requested", estimate={"seconds": 3600, "is_budgeted": True})
    assert "There is no package that it could be taken from." in none_fits.text


def test_a_customer_is_not_told_by_a_line_what_the_headline_says() -> None:
    assert "→" not in render("ticket.resolved").text
    told = render("ticket.resolved", recipient={**ALICE, "role": "agent"}, reason="owner")
    assert "Status: In progress → Done" in told.text
    assert "Status: In progress → Done" in str(told.html)


def test_a_row_of_an_older_maildesk_still_renders() -> None:
    old = {
        "subject_line": "[HELP-1] x",
        "desk": {"key": "HELP", "name": "Help", "address": "help@example.com"},
        "recipient": {"email": "bob@example.net"},
        "ticket": {"key": "HELP-1", "subject": "x", "status": "Open", "requester": BOB},
        "comment": {"author": BOB, "text": "hello"},
    }
    for event in EVENTS:
        if event not in ("admin.alert", "estimate.requested", "estimate.decided"):
            assert SHIPPED.render(event, "en", old).faults == ()


@pytest.mark.parametrize(
    ("language", "chain"),
    [
        ("de-AT", ("de-AT", "de", "en")),
        ("DE_at", ("de-AT", "de", "en")),
        ("zh-hant-tw", ("zh-Hant-TW", "zh-Hant", "zh", "en")),
        ("en", ("en",)),
        ("", ("en",)),
        ("../../etc", ("en",)),
    ],
)
def test_languages_are_asked_from_narrow_to_wide(language: str, chain: tuple[str, ...]) -> None:
    assert language_chain(language) == chain


def test_an_admins_template_goes_first_file_by_file(tmp_path: Path) -> None:
    renderer = own(tmp_path, {"en/ticket.received.txt.j2": "Hi {{ recipient.name }}."})
    rendered = renderer.render("ticket.received", "en", sample("ticket.received"))
    assert rendered.text == "Hi Bob Müller."
    assert "Thank you" in str(rendered.html)


def test_a_narrower_language_of_the_admins_beats_ours(tmp_path: Path) -> None:
    files = {"de/ticket.received.txt.j2": "Hallo", "de/ticket.received.html.j2": "<p>Hallo</p>"}
    rendered = own(tmp_path, files).render("ticket.received", "de-AT", sample("ticket.received"))
    assert rendered.text == "Hallo"
    assert "<p>Hallo</p>" in str(rendered.html)


def test_text_in_one_language_never_goes_with_html_in_another(tmp_path: Path) -> None:
    renderer = own(tmp_path, {"nl/ticket.received.txt.j2": "Hallo"})
    rendered = renderer.render("ticket.received", "nl", sample("ticket.received"))
    assert (rendered.text, rendered.html) == ("Hallo", None)


def test_a_language_needs_no_more_than_its_words(tmp_path: Path) -> None:
    words = '[next]\njust-reply = "Antwoord gewoon op deze mail."'
    renderer = own(tmp_path, {"nl/words.toml": words})
    rendered = renderer.render("comment.public", "nl-BE", sample("comment.public"))
    assert "Antwoord gewoon op deze mail." in rendered.text
    assert "Antwoord gewoon op deze mail." in str(rendered.html)
    assert '<html lang="nl"' in str(rendered.html)
    assert "opened 21 nov 2026" in rendered.text  # what Dutch lacks is English, but for the day
    assert rendered.faults == ()


def test_an_own_layout_in_one_language_speaks_the_words_of_that_language(tmp_path: Path) -> None:
    files = {
        "nl/words.toml": '[next]\njust-reply = "Antwoord gewoon."',
        "nl/comment.public.txt.j2": '{{ say("next.just-reply") }}',
    }
    rendered = own(tmp_path, files).render("comment.public", "nl", sample("comment.public"))
    assert rendered.text == "Antwoord gewoon."
    assert "Antwoord gewoon." in str(rendered.html)


BROKEN = {
    "does not end": ("Hi\n\n{% if x %}", 3, "end of template"),
    "names what is not there": ("Hi\n{{ ticket.wrong }}", 2, "wrong"),
    "leaves the sandbox": ("{{ ().__class__.__base__ }}", 1, "unsafe"),
    "divides by zero": ("\n\n\n{{ 1 / 0 }}", 4, "division"),
    "extends nothing": ('{% extends "en/nothing" %}', 1, "nothing"),
}


@pytest.mark.parametrize("kind", BROKEN)
def test_a_broken_template_of_the_admins_is_named_and_passed_over(
    kind: str, tmp_path: Path
) -> None:
    source, line, words = BROKEN[kind]
    name = "en/ticket.received.txt.j2"
    rendered = own(tmp_path, {name: source}).render(
        "ticket.received", "en", sample("ticket.received")
    )
    assert rendered.text == render("ticket.received").text
    (fault,) = rendered.faults
    assert fault.startswith(f"{tmp_path / name}:{line}: ")
    assert words in fault


UNSOUND = {
    "is empty": ("en/ticket.received.txt.j2", b"", 1, "says nothing"),
    "is no UTF-8": ("en/ticket.received.txt.j2", b"Hi\n\xff\xfe", 2, "UTF-8"),
    "has a subject without the key": ("en/ticket.received.subject.j2", b"Hello", 1, "key"),
    "fetches a picture": (
        "en/ticket.received.html.j2",
        b'<p>\n<img alt="" src="http://tracker.example/x.png"></p>',
        2,
        "from elsewhere",
    ),
    "fetches a style": (
        "en/ticket.received.html.j2",
        b"<p style=\"background: url('//tracker.example/x')\">Hi</p>",
        1,
        "from elsewhere",
    ),
}


@pytest.mark.parametrize("kind", UNSOUND)
def test_an_admins_layout_that_renders_and_must_not_go_out_is_passed_over(
    kind: str, tmp_path: Path
) -> None:
    name, source, line, words = UNSOUND[kind]
    (tmp_path / "en").mkdir()
    (tmp_path / name).write_bytes(source)
    rendered = Renderer(template_directories(tmp_path)).render(
        "ticket.received", "en", sample("ticket.received")
    )
    delivered = render("ticket.received")
    assert (rendered.subject, rendered.text) == (delivered.subject, delivered.text)
    assert rendered.html == delivered.html
    (fault,) = rendered.faults
    assert fault.startswith(f"{tmp_path / name}:{line}: ")
    assert words in fault


def test_what_a_customer_writes_about_pictures_is_no_fault_of_a_layout(tmp_path: Path) -> None:
    renderer = own(tmp_path, {"_none.j2": ""})
    text = '<img src="http://x.example/a.png"> and style="background:url(http://x.example)"'
    values = sample("comment.public", comment=comment(BOB, text))
    assert renderer.render("comment.public", "en", values).faults == ()


def test_a_broken_layout_of_the_admins_is_passed_over(tmp_path: Path) -> None:
    renderer = own(tmp_path, {"_base.html.j2": "<p>\n{{ nonsense }}"})
    rendered = renderer.render("comment.public", "en", sample("comment.public"))
    assert rendered.html == render("comment.public").html
    assert rendered.faults == (f"{tmp_path / '_base.html.j2'}:2: 'nonsense' is undefined",)


def test_a_template_that_was_mended_is_used_at_once(tmp_path: Path) -> None:
    name = "en/ticket.received.txt.j2"
    renderer = own(tmp_path, {name: "{{ broken"})
    assert renderer.render("ticket.received", "en", sample("ticket.received")).faults
    (tmp_path / name).write_text("Hi")
    os.utime(tmp_path / name, (1, 1))
    assert renderer.render("ticket.received", "en", sample("ticket.received")).text == "Hi"


def test_broken_words_of_the_admins_are_named_and_passed_over(tmp_path: Path) -> None:
    renderer = own(tmp_path, {"en/words.toml": '[next]\njust-reply = "Answer, {nobody}."'})
    rendered = renderer.render("comment.public", "en", sample("comment.public"))
    assert rendered.text == render("comment.public").text
    place = f"{tmp_path / 'en/words.toml'}:2: next.just-reply: "
    assert rendered.faults == (f"{place}{{nobody}} is not known here; this phrase has no values",)


def test_an_admins_sentence_takes_the_place_of_ours_and_no_other(tmp_path: Path) -> None:
    renderer = own(tmp_path, {"en/words.toml": '[next]\njust-reply = "Answer {desk} on {key}!"'})
    rendered = renderer.render("comment.public", "en", sample("comment.public"))
    changed = render("comment.public").text.replace(
        "To answer, just reply to this mail.", "Answer Example Support on HELP-12!"
    )
    assert rendered.text == changed


def test_words_that_were_mended_are_used_at_once(tmp_path: Path) -> None:
    renderer = own(tmp_path, {"en/words.toml": "[next"})
    assert renderer.render("comment.public", "en", sample("comment.public")).faults
    (tmp_path / "en/words.toml").write_text('[next]\njust-reply = "Just answer."')
    rendered = renderer.render("comment.public", "en", sample("comment.public"))
    assert rendered.faults == ()
    assert "Just answer." in rendered.text


def test_a_phrase_of_the_cores_is_said_in_text_and_html_and_a_plain_line_stays(
    tmp_path: Path,
) -> None:
    words = '[own]\ntook = "{name} heeft het {at:date}"'
    renderer = own(tmp_path, {"nl/words.toml": words})
    said = {"say": "own.took", "with": {"name": "<Alice>", "at": "2026-11-21T09:00:00Z"}}
    values = sample("command.done", alert={"title": said, "lines": [said, "{name} <as it is>"]})
    rendered = renderer.render("command.done", "nl", values)
    assert rendered.text.startswith("<Alice> heeft het 21 nov 2026\n")
    assert "  <Alice> heeft het 21 nov 2026\n  {name} <as it is>\n" in rendered.text
    shown = "&lt;Alice&gt; heeft het 21&nbsp;nov&nbsp;2026<br>{name} &lt;as it is&gt;"
    assert shown in str(rendered.html)


def test_a_phrase_that_no_language_has_is_an_error_that_names_it() -> None:
    values = sample("command.done", alert={"title": {"say": "no.such", "with": {}}, "lines": []})
    with pytest.raises(TemplateError, match=r"words\.toml has the phrase no\.such"):
        SHIPPED.render("command.done", "en", values)


def test_an_event_without_a_template_is_an_error() -> None:
    with pytest.raises(TemplateError, match=r"no template no\.such\.subject\.j2"):
        SHIPPED.render("no.such", "en", sample("ticket.new"))


def test_a_fault_in_our_own_template_is_an_error_with_file_and_line(tmp_path: Path) -> None:
    for kind in ("subject", "txt", "html"):
        (tmp_path / "en").mkdir(exist_ok=True)
        (tmp_path / "en" / f"x.{kind}.j2").write_text("\n{{ y }}")
    (tmp_path / "en" / "words.toml").write_text("")
    with pytest.raises(TemplateError, match=r"en/x\.subject\.j2:2: 'y' is undefined"):
        Renderer([tmp_path]).render("x", "en", sample("ticket.new"))


@pytest.mark.parametrize(
    ("count", "language", "shown"),
    [
        (0, "en", "0 B"),
        (999, "en", "999 B"),
        (34_200, "en", "34 KB"),
        (1_234_567, "en", "1.2 MB"),
        (1_234_567, "de", "1,2 MB"),
        (345_600_000, "en", "346 MB"),
    ],
)
def test_sizes_are_told_as_people_say_them(count: int, language: str, shown: str) -> None:
    assert wording.size(count, language) == shown


@pytest.mark.parametrize(
    ("moment", "language", "timezone", "shown"),
    [
        ("2026-11-21T23:30:00Z", "en", "UTC", "21 Nov 2026"),
        ("2026-11-21T23:30:00Z", "en", "Europe/Rome", "22 Nov 2026"),
        ("2026-11-21T23:30:00+00:00", "de", "nowhere", "21.11.2026"),
        ("2026-11-21T23:30:00Z", "xx-YY", "UTC", "21 Nov 2026"),
        ("yesterday", "en", "UTC", "yesterday"),
    ],
)
def test_days_are_told_where_the_reader_lives(
    moment: str, language: str, timezone: str, shown: str
) -> None:
    assert wording.day(moment, language, timezone) == shown


def test_links_end_where_the_address_ends() -> None:
    shown = wording.paragraphs(
        'see https://a.example/x?a=1&b=2, (https://b.example/) "https://c.example"'
    )
    links = [a.attributes["href"] for a in LexborHTMLParser(str(shown)).css("a")]
    assert links == ["https://a.example/x?a=1&b=2", "https://b.example/", "https://c.example"]


@pytest.mark.parametrize("tag", ["td", "p", "li", "b"])
def test_peoples_own_markup_keeps_a_mail_below_the_cut(tag: str) -> None:
    cells = f"<{tag}>x</{tag}>" * 4_000
    words = {**sample("comment.public")["comment"], "html": cells, "text": "x\n" * 4_000}
    html = render("comment.public", comment=words).html
    assert html is not None
    assert len(html.encode()) <= 80 * 1024
