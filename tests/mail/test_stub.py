"""Of alternatives the plain text, unless it only says that there is HTML."""

from __future__ import annotations

import pytest

from maildesk.mail.html import Clean
from maildesk.mail.parse import parse

_WORDS = "Real words: the server is down since 8."


def _alternatives(plain: str, markup: str) -> bytes:
    return (
        "From: a@b.example\r\nContent-Type: multipart/alternative; boundary=s\r\n\r\n"
        f"--s\r\nContent-Type: text/plain; charset=utf-8\r\n\r\n{plain}\r\n"
        f"--s\r\nContent-Type: text/html; charset=utf-8\r\n\r\n{markup}\r\n--s--\r\n"
    ).encode()


def _read(plain: str, markup: str) -> str:
    return parse(_alternatives(plain, markup), None).full_text


@pytest.mark.parametrize(
    "stub",
    [
        "Your email client cannot read this message format.",
        "This is an HTML email. Please use an HTML capable mail client.",
        "If you are unable to see this message, click here",
        "This message contains HTML. Please view it in an HTML-capable client.",
        "This message requires an HTML viewer.",
        "Dieser Text ist nur im HTML-Format verfügbar.",
        "Diese Nachricht kann nicht angezeigt werden.",
        "Votre logiciel ne permet pas d'afficher le HTML.",
        "Si ce message ne s'affiche pas, cliquez ici.",
        "No se puede mostrar este mensaje.",
        "Se non riesci a vedere il messaggio, clicca qui.",
        "Dit bericht kan niet worden weergegeven.",
        "Nie można wyświetlić tej wiadomości.",
        "Se não consegue ver este email, clique aqui.",
        "Meddelandet kan inte visas här.",
        "Tuto zprávu nelze zobrazit.",
        "Программа не может отобразить письмо.",
        "このメールは表示できません。",
        "您的邮件程序无法显示此邮件。",
        "이 메일을 표시할 수 없습니다.",
    ],
)
def test_a_stub_that_says_so_gives_way_to_html_of_any_length(stub: str) -> None:
    assert _read(stub, f"<p>{_WORDS}</p>") == _WORDS


@pytest.mark.parametrize("stub", ["Newsletter 12", "-", "?????? ????", "[cid:image001.png@01D]"])
def test_a_short_text_whose_words_the_much_longer_html_has_not_is_a_stub(stub: str) -> None:
    assert _read(stub, f"<p>{_WORDS} {'Nobody can log in. ' * 3}</p>").startswith(_WORDS)


@pytest.mark.parametrize(
    ("plain", "markup"),
    [
        ("Thank you, that helped.", f"<p>Thank you, that helped.</p><blockquote>{_WORDS * 9}"),
        ("日本語です\n改行", f"<p>日本\n語です<br>改行</p><p>{_WORDS * 9}</p>"),
        ("👍", f"<p>👍</p><p>{_WORDS * 9}</p>"),
        ("I can't see the invoice at all.", "<p>I can't see the invoice at all.</p>"),
        ("I can't see the invoice at all.", "<p>Sent by fox</p>"),  # the words were left out
        ("Wholly other words.", f"<p>{_WORDS}</p>"),  # not so much longer
        ("Wholly other words. " * 16, f"<p>{_WORDS * 99}</p>"),  # too long for a stub
    ],
)
def test_what_a_person_wrote_is_no_stub(plain: str, markup: str) -> None:
    assert _read(plain, markup) == plain.strip()


def test_the_html_of_ordinary_mail_is_not_rendered(monkeypatch: pytest.MonkeyPatch) -> None:
    rendered: list[Clean] = []

    def count(clean: Clean) -> str:
        rendered.append(clean)
        return "rendered"

    monkeypatch.setattr(Clean, "text", count)
    _read("Thank you, that helped.", f"<p>Thank you, <b>that</b> helped.</p><p>{_WORDS * 9}</p>")
    assert not rendered
    _read("This message requires an HTML viewer.", f"<p>{_WORDS}</p>")
    assert len(rendered) == 1
