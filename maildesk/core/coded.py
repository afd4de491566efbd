"""Command lines with a code: whose word they are, and about which ticket.

In: a message, what was gathered. Out: whether its lines prove an agent, the ticket that a line
names behind its code, and what each code is worth to its writer.

    #take 7K3M-Q2XD-9FHA-4TRW HELP-12

A mail that holds nothing but such lines, each with a code that was made for one agent, is that
agent's: nobody else has had the mail in which they stood. It does what its codes say and no more;
with a word beside them the mail must be proved otherwise (docs/decisions/0021-codes-as-proof).
*Fails:* never.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from maildesk.core import codes
from maildesk.core.actions import proved
from maildesk.core.codes import Bond, Match, Verdict
from maildesk.core.hint import Hint, HintKind
from maildesk.core.model import Agent, Context, InboundMessage
from maildesk.core.orders.reading import Command, key_named, read
from maildesk.core.phrase import Phrase, phrase

HELD = "held "  # what a code about a held answer stands for, before its number

# Commands whose links stand in mails to agents; answers to estimates and ratings judge their own.
CODED = ("take", "show", "undo", "mute", "public", "internal", "escalate")


def is_by_codes(
    message: InboundMessage, keys: tuple[str, ...], context: Context, agent: Agent, now: datetime
) -> bool:
    """Whether the mail is nothing but lines with codes for this agent, good or too old."""
    reading = read(message.text)
    if not reading.commands or reading.rest.strip() or message.attachments:
        return False
    return all(_match(c, keys, agent.emails, context, now) for c in reading.commands)


def named_by_code(
    message: InboundMessage, context: Context, addresses: Iterable[str], now: datetime
) -> Hint | None:
    """The hint that a line with a good code names its ticket: who has the code was sent it."""
    for command in read(message.text).commands:
        key = key_named(command.words) if codes.read(command.words) else ""
        ticket = context.named_ticket(key)
        if ticket is None:
            continue
        match = _match(command, (), addresses, context, now)
        if match and match.verdict is Verdict.GOOD:
            return Hint(kind=HintKind.CODE, value=key, ticket_id=ticket.id)
    return None


def without_code(
    command: Command,
    keys: tuple[str, ...],
    addresses: tuple[str, ...],
    context: Context,
    now: datetime,
) -> str | Phrase:
    """The command's words without their code, or why that is not good for its writer."""
    written = codes.read(command.words)
    if written is None or command.name not in CODED:
        return command.words
    match = _match(command, keys, addresses, context, now)
    if match is None:
        return phrase("code.unknown")
    if match.verdict is Verdict.EXPIRED:
        return phrase("code.expired")
    return written.rest


def held_answer(
    command: Command,
    keys: tuple[str, ...],
    addresses: tuple[str, ...],
    context: Context,
    now: datetime,
) -> int | None:
    """The held answer that the command's code is about; None where it is about none."""
    match = _match(command, keys, addresses, context, now)
    if match is None or not match.bond.extra.startswith(HELD):
        return None
    return int(match.bond.extra.removeprefix(HELD))


def _match(
    command: Command,
    keys: tuple[str, ...],
    addresses: Iterable[str],
    context: Context,
    now: datetime,
) -> Match | None:
    """What the command's code was made for, as far as its line and its mail can tell."""
    named = key_named(command.words)
    bonds = (
        Bond(key=key, recipient=address, action=command.name, extra=extra)
        for key in dict.fromkeys((named,) if named else keys)
        for address in addresses
        for extra in _extras(key, context)
    )
    return proved(command.words, bonds, context.secret, now)


def _extras(key: str, context: Context) -> tuple[str, ...]:
    """What a code may stand for beside the ticket: estimates, held answers, what can be undone."""
    found = [t for t in context.tickets if t.key == key]
    held = (
        inbox_id
        for t in found
        for ticket_id, inbox_id in (*context.unseen.held, *context.unseen.let_in)
        if ticket_id == t.id
    )
    return (
        "",
        *(str(e.number) for t in found for e in t.estimates),
        *(f"{HELD}{inbox_id}" for inbox_id in held),
        *(u.kept.mail for u in context.undoables if u.key == key),
    )
