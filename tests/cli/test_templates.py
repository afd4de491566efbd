"""`maildesk template`: what mails there are, what they look like, and what is wrong with one's own.

In: a desk with and without texts of its own. Out: tables, JSON, mails, exit codes.
*Fails:* as every test does.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.cli.shell import Done, maildesk
from tests.desk_config import EXAMPLE, write_config


def own(folder: Path, files: dict[str, str]) -> tuple[Path, Path]:
    """The configuration of a desk with texts of its own, and where these are."""
    place = folder / "texts"
    for name, text in {"en/.keep": "", **files}.items():
        (place / name).parent.mkdir(parents=True, exist_ok=True)
        (place / name).write_text(text)
    tables = f'[templates]\ndirectory = "{place}"\n'
    return write_config(folder, tables, desk=EXAMPLE), place


def test_the_list_names_every_mail_and_whose_its_texts_are(tmp_path: Path) -> None:
    files = {"nl/comment.public.txt.j2": "Hallo", "nl/comment.public.html.j2": "Hallo"}
    config, place = own(tmp_path, files)
    found = {e["event"]: e for e in maildesk("-c", config, "template", "list", "--json").json}
    assert {"ticket.received", "estimate.requested", "admin.alert"} <= found.keys()
    assert "nl" not in found["ticket.received"]["languages"]
    assert {"en", "nl"} <= set(found["comment.public"]["languages"])
    of_mine = [f for f in found["comment.public"]["files"] if f["own"]]
    assert [(f["language"], f["part"]) for f in of_mine] == [("nl", "txt"), ("nl", "html")]
    assert of_mine[0]["file"] == str(place / "nl/comment.public.txt.j2")
    shown = maildesk("-c", config, "template", "list").text
    (line,) = [line for line in shown.splitlines() if line.startswith("comment.public")]
    assert line.endswith("nl/comment.public.txt.j2 nl/comment.public.html.j2")


def test_a_preview_shows_the_mail_and_writes_its_html(tmp_path: Path) -> None:
    file = tmp_path / "mail.html"
    done = maildesk("template", "preview", "comment.public", "--html", file, cwd=tmp_path)
    assert done.code == 0
    assert done.text.startswith("Subject: [HELP-12] The printer on floor 3")
    assert "please pull the blue lever." in done.text
    assert file.read_text().startswith("<!DOCTYPE html>")


def test_a_preview_speaks_the_language_that_is_asked_for(tmp_path: Path) -> None:
    config, _ = own(tmp_path, {"nl/words.toml": '[next]\njust-reply = "Antwoord gewoon."'})
    words = ("template", "preview", "comment.public", "--language", "nl-BE", "--json")
    found = maildesk("-c", config, *words).json
    assert "Antwoord gewoon." in found["text"]
    assert '<html lang="nl"' in found["html"]


def test_a_preview_of_a_mail_that_there_is_not_names_those_that_there_are(tmp_path: Path) -> None:
    done = maildesk("template", "preview", "ticket.recieved", cwd=tmp_path)
    assert done.code == 1
    assert "ticket.received" in done.err


def test_a_preview_tells_what_it_had_to_pass_over(tmp_path: Path) -> None:
    config, place = own(tmp_path, {"en/comment.public.txt.j2": "{{ nothing }}"})
    done = maildesk("-c", config, "template", "preview", "comment.public")
    assert done.code == 0
    assert f"passed over: {place / 'en/comment.public.txt.j2'}:1: " in done.err
    assert "please pull the blue lever." in done.text


def test_what_was_delivered_has_no_faults(tmp_path: Path) -> None:
    done = maildesk("template", "check", cwd=tmp_path)
    assert (done.code, done.text[:5]) == (0, "ok   ")
    (found,) = maildesk("template", "check", "--json", cwd=tmp_path).json
    assert found["result"] == "ok"


FAULTY = {
    "a layout that does not render": (
        "en/ticket.new.html.j2",
        "\n{{ ticket.wrong }}",
        ":2: ",
    ),
    "a sentence with an unknown value": (
        "en/words.toml",
        '[facts]\nowner = "{nane}"',
        ":2: facts.owner: {nane} is not known here",
    ),
    "a layout by a name that no mail has": (
        "en/ticket.recieved.txt.j2",
        "Hi",
        ': no mail has this text; did you mean "ticket.received.txt.j2"?',
    ),
    "a layout in no language": ("ticket.new.txt.j2", "Hi", ": lies in no directory of a language"),
    "a layout that only one language uses": ("pt-BR/ticket.new.txt.j2", "{{ x }}", ":1: "),
    "a layout that says nothing": ("en/ticket.assigned.txt.j2", "\n", ":1: says nothing"),
    "a reply with a status that there is not": (
        "en/replies/gone.md",
        "---\ntitle: x\nstatus: Nosuch\n---\nHi",
        ":3: Nosuch: no status",
    ),
    "a reply with a type that there is not": (
        "en/replies/kind.md",
        "---\ntype: incidental\n---\nHi",
        ':2: incidental: no type; did you mean "incident"?',
    ),
    "a reply with a slot that nothing fills in": (
        "en/replies/slot.txt",
        "Hello {name},\n\nyour {nane} is here.",
        ":3: {nane} is filled in by nothing",
    ),
    "a canned reply without words": ("en/replies/empty.md", "\n", ":1: has no text"),
}


@pytest.fixture(scope="module")
def faulty(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Done]:
    """All of them side by side: where they lie, and what the check says."""
    files = {name: text for name, text, _ in FAULTY.values()}
    config, place = own(tmp_path_factory.mktemp("faulty"), files)
    return place, maildesk("-c", config, "template", "check")


@pytest.mark.parametrize("kind", FAULTY)
def test_what_of_ones_own_cannot_be_used_is_named_by_file(
    kind: str, faulty: tuple[Path, Done]
) -> None:
    name, _, fault = FAULTY[kind]
    place, done = faulty
    assert done.code == 1
    assert f"FAIL {place / name}{fault}" in done.text


def test_a_frame_of_ones_own_that_does_not_end_is_named_by_file(tmp_path: Path) -> None:
    config, place = own(tmp_path, {"_base.txt.j2": "{% if x %}"})
    done = maildesk("-c", config, "template", "check")
    assert done.code == 1
    assert f"FAIL {place / '_base.txt.j2'}:1: " in done.text


def test_as_json_too_each_fault_is_named_by_file(tmp_path: Path) -> None:
    files = {"en/replies/empty.md": "\n", "ticket.new.txt.j2": "Hi"}
    config, place = own(tmp_path, files)
    told = maildesk("-c", config, "template", "check", "--json")
    assert (told.code, list(told.json)) == (1, ["error"])
    faults = (":1: has no text", ": lies in no directory of a language")
    for file, fault in zip(files, faults, strict=True):
        assert f"{place / file}{fault}" in told.json["error"]


def test_check_warns_of_texts_that_cannot_be_used(tmp_path: Path) -> None:
    config, place = own(tmp_path, {"en/words.toml": '[facts]\nowner = "{nane}"'})
    done = maildesk("-c", config, "check")
    assert done.code == 0
    assert f"warn {place / 'en/words.toml'}:2: facts.owner: " in done.text


def test_a_language_that_is_only_half_there_is_worth_a_warning(tmp_path: Path) -> None:
    files = {
        "nl/words.toml": '[next]\njust-reply = "Antwoord gewoon."',
        "pt/ticket.new.txt.j2": "Novo: {{ ticket.subject }}",
    }
    config, place = own(tmp_path, files)
    done = maildesk("-c", config, "template", "check")
    assert done.code == 0
    assert f"warn {place / 'nl/words.toml'}: 1 of " in done.text
    assert f"warn {place / 'pt/ticket.new.txt.j2'}: has no ticket.new.html.j2" in done.text
