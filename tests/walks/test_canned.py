"""`#reply`: canned replies from an agent's mail to the customer's."""

from __future__ import annotations

import re
from collections.abc import Callable
from html import unescape
from pathlib import Path
from urllib.parse import unquote

import pytest

from maildesk.mail.worker import ParserPool
from tests.walks.walk import ADA, ALICE, BORIS, Step, Walk, begin, body, mail, reply


@pytest.fixture
def alice(walk: Walk) -> Callable[[str], Step]:
    """Ada's ticket is there, and Alice answers its news with a text."""
    told = walk.receive(mail()).mail_to("alice@desk.example")
    return lambda text: walk.receive(reply(told, ALICE, text))


def words(step: Step, to: str) -> str:
    return " ".join(body(step.mail_to(to)).split())


def test_the_line_alone_sends_the_text_and_waits_for_the_customer(
    walk: Walk, alice: Callable[[str], Step]
) -> None:
    step = alice("#reply install-details")
    told = step.mail_to("ada@acme.example")
    assert told["X-Maildesk-Event"] == "comment.public"
    assert str(told["From"]).startswith('"Alice Doe (Example Support)"')
    for part in ("Hello Ada Lovelace,", "Version:", "Operating system:", "Firewalls:", "Logs:"):
        assert part in body(told)
    assert "#reply" not in body(told)
    assert "install-details has gone" in words(step, "alice@desk.example")
    ticket = walk.ticket("HELP-1")
    assert ticket["status"] == "Waiting for the client"
    assert ticket["comments"][-1]["visibility"] == "public"
    assert "canned reply" in [event["kind"] for event in ticket["events"]]


def test_it_comes_in_the_tickets_language(walk: Walk, alice: Callable[[str], Step]) -> None:
    step = alice("#language de\n#reply install-details")
    assert "Betriebssystem:" in body(step.mail_to("ada@acme.example"))


def test_ones_own_words_go_above_it(alice: Callable[[str], Step]) -> None:
    text = body(
        alice("#reply install-details\n\nAs we said on the phone:").mail_to("ada@acme.example")
    )
    assert text.index("As we said on the phone:") < text.index("Hello Ada Lovelace,")


def test_the_edited_text_goes_in_its_place(alice: Callable[[str], Step]) -> None:
    shown = alice("#reply install-details show")
    assert shown.events == [("command.done", "alice@desk.example")]
    text = body(shown.mail_to("alice@desk.example"))
    begun = text.index("Hello Ada")
    edited = text[begun : text.index("What you do not know")].replace("Firewalls:", "Browser:", 1)
    step = alice("#reply install-details\n\n" + edited)
    told = body(step.mail_to("ada@acme.example"))
    assert told.count("Operating system:") == 1
    assert "Browser:" in told
    assert "What you do not know" not in told
    assert "in the place of the reply" in words(step, "alice@desk.example")


def edit_link(shown: Step) -> str:
    """The words that the link of `#reply NAME show` puts into a mail."""
    html = body(shown.mail_to("alice@desk.example"), "html")
    (link,) = [unescape(h) for h in re.findall(r'href="(mailto:[^"]+)"', html) if "reply" in h]
    return unquote(link.partition("body=")[2])


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("", ""),
        ("Hello Ada Lovelace,", "Dear Ada,"),
        ("Logs:", "Logs:\r\nNumber of users:"),
        ("Firewalls:\r\n", ""),
    ],
)
@pytest.mark.parametrize("is_answer", [True, False])
def test_the_text_of_its_own_link_goes_as_the_agent_leaves_it(
    walk: Walk, alice: Callable[[str], Step], old: str, new: str, *, is_answer: bool
) -> None:
    shown = alice("#reply install-details show")
    text = edit_link(shown)
    assert text.replace("\r\n", "").count("\n") == 0
    edited = text.replace(old, new).replace("\r\n", "\n")
    draft = mail(ALICE, "[HELP-1] The printer burns", edited)
    if is_answer:
        draft = reply(shown.mail_to("alice@desk.example"), ALICE, edited)
    walk.receive(draft, auth="alice")
    sent = walk.ticket("HELP-1")["comments"][-1]
    assert (sent["visibility"], sent["text"]) == ("public", edited.partition("\n\n")[2].rstrip())


def test_slots_in_an_edited_text_are_filled_in(walk: Walk, alice: Callable[[str], Step]) -> None:
    text = edit_link(alice("#reply install-details show")).replace("\r\n", "\n")
    alice(text.replace("Ada Lovelace", "{name}"))
    assert walk.ticket("HELP-1")["comments"][-1]["text"].startswith("Hello Ada Lovelace,")


def test_looking_at_a_reply_is_nothing_to_take_back(
    walk: Walk, alice: Callable[[str], Step]
) -> None:
    shown = alice("#reply install-details show").mail_to("alice@desk.example")
    assert "#undo" not in body(shown)


def test_the_text_to_edit_changes_nothing(walk: Walk, alice: Callable[[str], Step]) -> None:
    alice("#reply install-details show")
    assert walk.ticket("HELP-1")["status"] == "Open"
    assert len(walk.ticket("HELP-1")["comments"]) == 1


@pytest.mark.parametrize(
    ("line", "why", "form"),
    [
        ("#reply", "Which one? There are: install-details.", "#reply install-details"),
        ("#reply instal", "There is no reply instal.", "#reply install-details"),
        ("#reply goodbye", "There is no reply goodbye.", "#reply install-details"),
        ("#reply install-details please", "stand below it", "#reply install-details"),
    ],
)
def test_a_reply_that_is_not_there_goes_to_nobody(
    alice: Callable[[str], Step], line: str, why: str, form: str
) -> None:
    step = alice(f"{line}\n\nDear Ada.")
    assert step.events == [("command.failed", "alice@desk.example")]
    assert why in words(step, "alice@desk.example")
    assert form in words(step, "alice@desk.example")


def test_an_admins_own_reply_counts_at_once_and_a_broken_one_is_told(
    tmp_path: Path, parser: ParserPool
) -> None:
    folder = tmp_path / "texts" / "en" / "replies"
    folder.mkdir(parents=True)
    walk = begin(tmp_path, parser, more=f'[templates]\ndirectory = "{tmp_path}/texts"')
    told = walk.receive(mail()).mail_to("alice@desk.example")
    (folder / "toner.md").write_text("---\ntype: incident\n---\nPlease shake the toner, {name}.")
    step = walk.receive(reply(told, ALICE, "#reply toner"))
    assert "Please shake the toner, Ada Lovelace." in body(step.mail_to("ada@acme.example"))
    assert walk.ticket("HELP-1")["type"] == "incident"
    (folder / "install-details.md").write_text("---\ntitel: x\n---\nMine.")
    step = walk.receive(reply(told, ALICE, "#reply install-details"))
    assert "Operating system:" in body(step.mail_to("ada@acme.example"))
    alert = step.event("admin.alert")
    assert "install-details.md:2: titel: unknown key" in " ".join(body(alert).split())
    walk.close()


def test_markdown_is_html_in_the_one_part_and_plain_words_in_the_other(
    tmp_path: Path, parser: ParserPool
) -> None:
    folder = tmp_path / "texts" / "en" / "replies"
    folder.mkdir(parents=True)
    source = "## Steps\n\n1. **Stop** it.\n2. See [the guide](https://x.example/g).\n"
    (folder / "toner.md").write_text(source)
    (folder / "plain.txt").write_text("**Stars** stay.")
    walk = begin(tmp_path, parser, more=f'[templates]\ndirectory = "{tmp_path}/texts"')
    told = walk.receive(mail()).mail_to("alice@desk.example")
    step = walk.receive(reply(told, ALICE, "#reply toner\n\n*Dear* Ada,\nas you asked:"))
    got = step.mail_to("ada@acme.example")
    assert "*Dear* Ada,\nas you asked:\n\nSteps\n\n1. Stop it.\n2. See the guide <https" in body(
        got
    )
    html = str(got.get_body(("html",)).get_content())
    assert "<strong>Stop</strong> it." in html
    assert '<a href="https://x.example/g"' in html
    assert "*Dear* Ada,<br>as you asked:" in html
    edited = walk.receive(reply(told, ALICE, "#reply toner\n\n" + source.replace("it", "**them**")))
    html = str(edited.mail_to("ada@acme.example").get_body(("html",)).get_content())
    assert "<strong>them</strong>" in html
    plain = walk.receive(reply(told, ALICE, "#reply plain")).mail_to("ada@acme.example")
    assert "**Stars** stay." in str(plain.get_body(("html",)).get_content())
    walk.close()


def test_a_reply_to_an_internal_mail_reaches_the_customer(walk: Walk) -> None:
    told = walk.receive(mail()).mail_to("alice@desk.example")
    note = walk.receive(reply(told, ALICE, "#internal\n\nHe always does that."))
    to_boris = note.mail_to("boris@desk.example")
    step = walk.receive(reply(to_boris, BORIS, "#reply install-details"))
    assert "Operating system:" in body(step.mail_to("ada@acme.example"))
    assert "always does that" not in step.mail_to("ada@acme.example").as_string()


def test_a_customers_line_is_text(walk: Walk) -> None:
    receipt = walk.receive(mail()).mail_to("ada@acme.example")
    walk.receive(reply(receipt, ADA, "#reply install-details"))
    assert walk.ticket("HELP-1")["comments"][-1]["text"] == "#reply install-details"
