"""Words that are too many for one mail: what stands in it of them, and where the rest is."""

from __future__ import annotations

from pathlib import Path

from maildesk.mail.worker import ParserPool
from tests.walks.walk import ALICE, begin, body, mail, reply


def test_a_text_that_is_cut_says_so_in_its_readers_language_and_goes_along_whole(
    tmp_path: Path, parser: ParserPool
) -> None:
    walk = begin(tmp_path, parser, organisation='language = "de"')
    news = walk.receive(mail()).mail_to("alice@desk.example")
    text = "".join(f"Zeile {number} des Protokolls\n" for number in range(10_000))
    told = walk.receive(reply(news, ALICE, text)).mail_to("ada@acme.example")
    assert "Der Text geht weiter; die angehängte Datei enthält ihn ganz." in body(told)
    assert "cut here" not in body(told)
    files = [part.get_content() for part in told.iter_attachments()]
    assert any("Zeile 9999 des Protokolls" in file for file in files)
    walk.close()
