"""The words of a mail that we sent, for comparison with what answers it.

In: a parsed message. Out: it, without what it quotes of ours. The answered mail is rendered again,
as text and as its HTML's text: whoever answers quotes the one that the mail program showed. Nothing
is stored for this (docs/decisions/0014-comparing-with-what-we-sent).
*Fails:* never; a template that no longer renders gives nothing to compare with.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace

from maildesk.core import signature
from maildesk.core.model import InboundMessage
from maildesk.errors import NotFound, TemplateError
from maildesk.mail.forward_words import ANY_SUBJECT
from maildesk.mail.html import sanitise
from maildesk.mail.unquote import Sent, is_nothing_else, own_words
from maildesk.outbox.letter import LetterWriter
from maildesk.store import outbox
from maildesk.store.outbox import OutboxItem
from maildesk.store.store import Store

_PROBES = 2


def without_ours(
    message: InboundMessage, store: Store, letters: Callable[[], LetterWriter]
) -> InboundMessage:
    """The message without what it quotes of the very mail of ours that it answers."""
    if ANY_SUBJECT.match(message.subject):
        return message  # what a forward carries is meant to be read
    item = find_answered(store, (*message.in_reply_to, *reversed(message.references)))
    if item is None:
        return message
    sent = tuple(forms(letters(), item))
    if is_nothing_else(message.full_text, sent):
        return replace(message, is_all_quote=True)
    is_direct = message.in_reply_to == (item.message_id,)
    own = own_words(message.full_text, message.text, sent, is_direct=is_direct)
    return message if own == message.text else replace(message, text=own)


def find_answered(store: Store, answered: tuple[str, ...]) -> OutboxItem | None:
    """The first of these mails that is ours: one index probe each, and of two at most."""
    ours = [i for i in answered if signature.has_our_form(i)][:_PROBES]
    if not ours:
        return None
    with store.read() as conn:
        return next(filter(None, (outbox.by_message_id(conn, i) for i in ours)), None)


def forms(letters: LetterWriter, item: OutboxItem) -> Iterator[Sent]:
    """The mail's text, then its HTML as text; each with the names that an introduction says."""
    names = (item.from_address, item.from_name, item.recipient, item.recipient_name)
    try:
        rendered = letters.rendered(item)
    except (NotFound, TemplateError):
        return
    yield Sent(rendered.text, names)
    if rendered.html:
        yield Sent(sanitise(rendered.html).text(), names)
