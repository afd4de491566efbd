"""The words of mails that we sent, for comparison with what answers them.

In: a parsed message, and what it points at. Out: it, without what it quotes of ours, and with word
of mails for agents alone that stand in it. A mail of ours is rendered again, as text and as its
HTML's text: whoever answers quotes the one that the mail program showed. Nothing is stored for this
(docs/decisions/0014-comparing-with-what-we-sent).
*Fails:* never; a template that no longer renders gives nothing to compare with.

Which mail is answered its ids say. Where a gateway has taken these away, or a program never wrote
them, the newest mails to this very address on the ticket are tried: nobody learns anything by it.
Where even the key in the subject is gone, the keys that stand in a customer's answer name tickets,
and one counts if our mail about it, to this very address, is quoted there.
Where nothing leads to a ticket, the mails that are quoted were never here (the desk was taken into
somebody's conversation): they are the matter, and stay in the words.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace

from maildesk.core import signature, thread
from maildesk.core.hint import HintKind
from maildesk.core.model import Event, InboundMessage, Policy
from maildesk.core.orders.reading import read
from maildesk.core.signature import Scope
from maildesk.core.thread import Refs
from maildesk.core.trust import agent_at
from maildesk.errors import NotFound, TemplateError
from maildesk.mail import sealed
from maildesk.mail.forward_words import ANY_SUBJECT
from maildesk.mail.html import sanitise
from maildesk.mail.own_marks import are_own
from maildesk.mail.reply import strip_reply, with_quotes
from maildesk.mail.unquote import (
    Sent,
    is_nothing_else,
    may_quote,
    most_quoted,
    own_words,
    stands_in,
)
from maildesk.outbox.letter import LetterWriter
from maildesk.store import gather, outbox
from maildesk.store.aliases import ticket_of
from maildesk.store.outbox import OutboxItem
from maildesk.store.store import Store

_PROBES = 2
_TICKETS = 3  # that one mail points at
_RECENT = 40  # mails of ours on a ticket to one person, the newest
_TRIED = 6  # of them


@dataclass(frozen=True, slots=True, kw_only=True)
class _Ours:
    """Mails of ours that a message may quote."""

    answered: OutboxItem | None  # by its ids
    recent: tuple[OutboxItem, ...]  # to the same person on the same tickets, newest first
    is_to_agent: bool
    is_lost: bool = False  # no id and no key leads to a ticket, only the quote does
    is_unknown: bool = False  # nothing leads to a ticket but, perhaps, the quote
    is_to_another: bool = False  # the message answers a mail that somebody else wrote

    def inside(self) -> tuple[OutboxItem, ...]:
        """The newest that were for agents alone."""
        return tuple(item for item in self.recent if _is_inside(item))[:_TRIED]

    def by_people(self) -> tuple[OutboxItem, ...]:
        """The newest, but for what the desk itself has told the agents."""
        found = (i for i in self.recent if i.event == Event.COMMENT_INTERNAL or not _is_inside(i))
        return tuple(found)


def without_ours(
    message: InboundMessage,
    refs: Refs,
    store: Store,
    letters: Callable[[], LetterWriter],
    policy: Policy,
) -> InboundMessage:
    """The message without what it quotes of ours; a forward whole, it is meant to be read.

    So is what an agent has made of a canned reply that came to them by mail.
    """
    ours = _find(message, refs, store, policy)
    if not (ANY_SUBJECT.match(message.subject) or _brings_a_reply(message)):
        cut = _cut(message, ours, letters)
        is_news = ours.is_unknown and cut.text == message.text and not cut.quoted_key
        message = replace(cut, text=with_quotes(cut.full_text)) if is_news else cut
    if not ours.is_to_agent:
        return message
    # What the notes themselves say `store.notes` knows; a very short one is known by its frame.
    frames = (f for item in ours.inside() for f in forms(letters(), item, with_words=False))
    return replace(message, holds_inside=stands_in(message.text, frames))


def _brings_a_reply(message: InboundMessage) -> bool:
    """Whether what may stand below is a canned text, edited: it came in a mail of ours, too."""
    return any(command.name == "reply" for command in read(message.text).commands)


def _find(message: InboundMessage, refs: Refs, store: Store, policy: Policy) -> _Ours:
    agent = agent_at(policy, message.shown_from)
    addresses = agent.emails if agent else (message.shown_from.lower(),)
    with store.read() as conn:
        ids = (*message.in_reply_to, *reversed(message.references))
        probes = [i for i in ids if signature.has_our_form(i)][:_PROBES]
        answered = next(filter(None, (outbox.by_message_id(conn, i) for i in probes)), None)
        if answered and not agent:
            return _Ours(answered=answered, recent=(), is_to_agent=False)
        hints = tuple(gather.find_hints(conn, refs))
        named = [hint.ticket_id for hint in hints]
        is_unknown = not named and answered is None and thread.is_answer(message)
        is_lost = is_unknown and agent is None
        if is_lost:
            keys = thread.keys_in(message.full_text, policy)
            named = [i for key in keys if (i := ticket_of(conn, key)) is not None]
        recent = tuple(
            item
            for ticket_id in tuple(dict.fromkeys(named))[:_TICKETS]
            for item in outbox.newest_to(conn, ticket_id, addresses, _RECENT)
        )
    return _Ours(
        answered=answered,
        recent=recent,
        is_to_agent=agent is not None,
        is_lost=is_lost,
        is_unknown=is_unknown,
        is_to_another=any(
            h.kind is HintKind.MESSAGE_ID and h.value in message.in_reply_to for h in hints
        ),
    )


def _cut(
    message: InboundMessage, ours: _Ours, letters: Callable[[], LetterWriter]
) -> InboundMessage:
    """The message without the mail that it answers, or the one it quotes most of."""
    if ours.answered:
        return _without(message, ours.answered, tuple(forms(letters(), ours.answered)))
    if not may_quote(message.full_text):
        return _by_newest(message, ours)
    tried = [tuple(forms(letters(), item)) for item in ours.recent[:_TRIED]]
    at = most_quoted(message.full_text, tried)
    if at is None:
        return _by_newest(message, ours)
    quoted = ours.recent[at]
    signed = signature.read(quoted.message_id)
    return replace(
        _without(message, quoted, tried[at]),
        answers_inside=ours.is_to_agent and _is_inside(quoted),
        quoted_key=signed.ref.upper() if signed and ours.is_lost else "",
    )


def _by_newest(message: InboundMessage, ours: _Ours) -> InboundMessage:
    """What an agent's mail without ids and without a quote answers is best taken for the newest.

    It may be another one, or a mail of its own by somebody who has typed the key; but what is
    wrongly kept inside can still be sent.
    """
    is_unclear = ours.is_to_agent and not ours.is_to_another
    # Whoever begins a mail of his own answers people, and neither a transcript nor a clock.
    recent = ours.recent if thread.is_answer(message) else ours.by_people()
    is_inside = bool(recent) and _is_inside(recent[0])
    return replace(message, answers_inside=is_unclear and is_inside)


def _without(message: InboundMessage, item: OutboxItem, sent: tuple[Sent, ...]) -> InboundMessage:
    if is_nothing_else(message.full_text, sent):
        return replace(message, is_all_quote=True)
    is_direct = message.in_reply_to == (item.message_id,)
    own = own_words(message.full_text, message.text, sent, is_direct=is_direct)
    if is_direct and own == message.text and are_own(message.full_text, (s.text for s in sent)):
        own = strip_reply(sealed.unwrap(message.full_text), has_own_marks=True)
    return message if own == message.text else replace(message, text=own)


def _is_inside(item: OutboxItem) -> bool:
    """Whether an answer to this mail stays among agents."""
    signed = signature.read(item.message_id)
    return signed is not None and signed.scope is Scope.INTERNAL


def forms(letters: LetterWriter, item: OutboxItem, *, with_words: bool = True) -> Iterator[Sent]:
    """The mail's text, then its HTML as text; each with the names that an introduction says."""
    names = (item.from_address, item.from_name, item.recipient, item.recipient_name)
    try:
        rendered = letters.rendered(item, with_words=with_words)
    except (NotFound, TemplateError):
        return
    yield Sent(rendered.text, names)
    if rendered.html:
        yield Sent(sanitise(rendered.html).text(), names)
