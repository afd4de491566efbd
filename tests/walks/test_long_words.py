"""Words that are too many for one mail: what stands in it of them, and where the rest is."""

from __future__ import annotations

from pathlib import Path

from maildesk.mail.worker import ParserPool
from tests.walks.walk import ALICE, BORIS, Walk, begin, body, mail, reply

LONG = "".join(f"Zeile {number} des Protokolls\n" for number in range(10_000))


def test_a_text_that_is_cut_says_so_in_its_readers_language_and_goes_along_whole(
    tmp_path: Path, parser: ParserPool
) -> None:
    walk = begin(tmp_path, parser, desk='language = "de"')
    told = walk.receive(mail(text=LONG)).mail_to("alice@desk.example")
    assert "Der Text geht weiter; die angehängte Datei enthält ihn ganz." in body(told)
    assert "cut here" not in body(told)
    files = [part.get_content() for part in told.iter_attachments()]
    assert any("Zeile 9999 des Protokolls" in file for file in files)
    walk.close()


def test_an_agents_text_that_is_cut_goes_to_nobody_as_its_file_holds_the_quote_too(
    walk: Walk,
) -> None:
    news = walk.receive(mail()).mail_to("alice@desk.example")
    note = walk.receive(reply(news, ALICE, "#internal\n\nShe never pays.")).mail_to(
        "boris@desk.example"
    )
    quoted = f"#public anyway\n\n{LONG}\n> {body(note)}"
    step = walk.receive(reply(note, BORIS, quoted))
    assert "ada@acme.example" not in {to for _, to in step.events}
    assert "with the long text as a file" in " ".join(
        body(step.mail_to("boris@desk.example")).split()
    )
    assert walk.ticket("HELP-1")["comments"][-1]["visibility"] == "internal"
