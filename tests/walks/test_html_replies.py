"""An agent's HTML reply carries the agent's words to the customer, and nothing it quotes."""

from __future__ import annotations

import email.policy
from email.message import EmailMessage
from email.parser import BytesParser

from tests.walks.walk import ALICE, STRANGER, Walk, body, mail, reply


def html_reply(told: EmailMessage, sender: str, words: str, *, with_quote: bool) -> bytes:
    """A reply as Thunderbird and Gmail write it: the quote stands in the HTML, too."""
    raw = reply(told, sender, words) if with_quote else mail(sender, answers=told, text=words)
    message = BytesParser(policy=email.policy.SMTP).parsebytes(raw)
    assert isinstance(message, EmailMessage)
    quote = f'<blockquote type="cite">{body(told, "html")}</blockquote>' if with_quote else ""
    message.add_alternative(f"<p><b>{words}</b></p>{quote}", subtype="html")
    return message.as_bytes()


def test_what_was_for_agents_alone_never_reaches_a_stranger_in_a_quote(walk: Walk) -> None:
    walk.receive(mail())
    news = walk.receive(mail(STRANGER, "[HELP-1] let me in")).mail_to("alice@desk.example")
    assert "HELP-1" in body(news, "html")
    assert "no owner" in body(news, "html")
    answer = walk.receive(html_reply(news, ALICE, "Who are you?", with_quote=True))
    told = answer.mail_to("mallory@elsewhere.example")
    for part in ("plain", "html"):
        assert "Who are you?" in body(told, part)
        for inner in ("HELP-1", "no owner", "P3", "learned nothing"):
            assert inner not in body(told, part).replace("HELP-2", "")


def test_html_without_a_quote_keeps_its_form(walk: Walk) -> None:
    news = walk.receive(mail()).mail_to("alice@desk.example")
    answer = walk.receive(html_reply(news, ALICE, "Pull the plug.", with_quote=False))
    assert "<b>Pull the plug.</b>" in body(answer.mail_to("ada@acme.example"), "html")
