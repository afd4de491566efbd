"""Whose mail it really is, where a program or a list hands on what a person wrote.

In: a message, the policy. Out: the same message, its `sender` the human author. Contact forms, chat
transcripts and groups that rewrite From are meant; a `[[senders]]` rule says which, and where the
author stands. A list that rewrites From is known without one: `"Ada" via Support <support@lists…>`
marked as a list's, a List-Id of the same domain, the author in X-Original-From, X-Original-Sender
or Reply-To.

Anybody can write such fields, so they give no more than a new ticket: never an agent's power (the
agent is only claimed, `trust`), and a comment only with a Message-ID that we signed for this very
person (`admission`). Reports, automatic replies and our own mail stay what they are.
A mail that an agent forwards is read by the same rules, but for those that ask for a header field:
of a forwarded mail not all fields are there.
*Fails:* never; an author who cannot be read leaves From as it is.
"""

from __future__ import annotations

import re
from dataclasses import replace

from maildesk.core.model import Forwarded, InboundMessage, Machine, Mailbox, Policy
from maildesk.core.recipients import is_nobody, is_ours
from maildesk.core.rules import SenderRule
from maildesk.core.spelling import canonical

NULL_SENDER = "null sender"  # the mark of a message that is a report by its envelope alone
_LIST_RULE = "list"
_LETTER = re.compile(r"\w")
_LOOK = 16_000  # characters of a body
_LINES = 200
_LINE = 500
_ADDRESS = re.compile(r"[^\s<>()\[\],;:\"'|]{1,64}@[A-Za-z0-9.-]{1,255}[A-Za-z0-9]")
_AFTER_LABEL = re.compile(r"[*_]{0,2}(?:\s{0,3}[:=|]|\s{2}|\t|\Z)[*_]{0,2}")
_VIA = re.compile(r"(.{1,200}?)\s(?:via|über|через|przez|tramite)\s.", re.IGNORECASE)


def attributed(message: InboundMessage, policy: Policy) -> InboundMessage:
    """The message as its human author's, and what it passes on as that one's author's."""
    if message.forwarded:
        message = replace(message, forwarded=_passed_on(message.forwarded, policy))
    if not _may_be_handed_on(message):
        return message
    rule = next((rule for rule in policy.senders if _fits(rule, message)), None)
    if rule is None:
        return _by_list(message, policy)
    named = _authors(rule, message)
    author = next((a for a in named if _is_usable(a, policy)), None)
    if author is None:
        # Where a form names us as its author, nobody reads at its own address.
        is_forms = bool(named) or rule.requester == "body"
        lost = replace(message, handed_on_as=f"{rule.name}: no author found")
        return _judged(replace(rule, answer=rule.answer and not is_forms), lost)
    return _judged(rule, _written_by(message, author, rule.name))


def _passed_on(original: Forwarded, policy: Policy) -> Forwarded:
    """A mail that somebody forwards, by the same rules; one that asks for a field never fits."""
    if original.sender is None:
        return original
    as_it_came = InboundMessage(
        fingerprint=original.fingerprint,
        message_id=original.message_id,
        sender=original.sender,
        shown_from=original.sender.email,
        subject=original.subject,
        machine=original.machine,
        may_be_answered=original.may_be_answered,
        full_text=original.full_text,
        reply_to=original.reply_to,
        list_id=original.list_id,
        original_sender=original.original_sender,
    )
    found = attributed(as_it_came, policy)
    return replace(
        original,
        sender=found.sender,
        shown_from=found.shown_from if found.handed_on_by else original.shown_from,
        machine=found.machine,
        may_be_answered=found.may_be_answered,
        handed_on_by=found.handed_on_by,
    )


def hands_on(rules: tuple[SenderRule, ...], address: str) -> bool:
    """Whether mail from this address may be somebody else's, as far as the address tells."""
    wanted = canonical(address)
    domain = wanted.rpartition("@")[2]
    return any(wanted in rule.addresses or domain in rule.domains for rule in rules)


def _may_be_handed_on(message: InboundMessage) -> bool:
    """Web servers send with the null sender; everything else about such mail must be ordinary."""
    is_bare = message.machine is Machine.BOUNCE and message.machine_mark == NULL_SENDER
    return is_bare or message.machine in (Machine.PERSON, Machine.GENERATED, Machine.LIST)


def _fits(rule: SenderRule, message: InboundMessage) -> bool:
    """Whether everything that the rule names is so."""
    address = canonical(message.shown_from)
    return (
        (not rule.addresses or address in rule.addresses)
        and (not rule.domains or address.rpartition("@")[2] in rule.domains)
        and (not rule.list_ids or message.list_id in rule.list_ids)
        and (rule.header is None or _has_field(message, *rule.header))
    )


def _has_field(message: InboundMessage, name: str, wanted: str) -> bool:
    text = wanted.casefold()
    return any(n == name and text in value.casefold() for n, value in message.fields)


def _authors(rule: SenderRule, message: InboundMessage) -> tuple[Mailbox, ...]:
    """Who may be meant, the likeliest first."""
    if rule.requester == "body":
        found = (read_author(message.full_text, rule.labels, rule.name_labels),)
    elif rule.requester == "from":
        found = (message.sender,)
    else:
        return tuple(filter(None, (message.original_sender, *message.reply_to)))
    return tuple(filter(None, found))


def _judged(rule: SenderRule, message: InboundMessage) -> InboundMessage:
    """A person's mail that is answered, or one that is read and never answered."""
    if rule.answer:
        return replace(message, machine=Machine.PERSON, machine_mark="", may_be_answered=True)
    is_report = message.machine is Machine.BOUNCE
    kind = Machine.GENERATED if is_report else message.machine
    return replace(message, machine=kind, may_be_answered=False)


def _by_list(message: InboundMessage, policy: Policy) -> InboundMessage:
    """A list that put its own address into From, told by the name it gives and its List-Id."""
    shown = message.sender
    via = _VIA.match(shown.name) if shown else None
    if message.machine is not Machine.LIST or shown is None or via is None:
        return message
    # Some lists write Precedence alone; where there is a List-Id, it is of the same domain.
    domain = shown.email.rpartition("@")[2]
    if message.list_id and not f".{message.list_id}".endswith(f".{domain}"):
        return message
    candidates = (message.original_sender, *message.reply_to)
    authors = (a for a in candidates if a and a.email != shown.email and _is_usable(a, policy))
    author = next(authors, None)
    if author is None:
        return message
    name = author.name or via[1].strip("'\"„“”‘’«» ")
    return _written_by(message, Mailbox(email=author.email, name=name), _LIST_RULE)


def _is_usable(author: Mailbox, policy: Policy) -> bool:
    return not is_ours(policy, author.email) and not is_nobody(author.email)


def _written_by(message: InboundMessage, author: Mailbox, rule: str) -> InboundMessage:
    if message.sender is not None and author.email == message.sender.email:
        return replace(message, handed_on_as=rule)
    return replace(
        message,
        sender=author,
        shown_from=author.email,
        handed_on_by=message.shown_from,
        handed_on_as=rule,
    )


def read_author(text: str, labels: tuple[str, ...], name_labels: tuple[str, ...]) -> Mailbox | None:
    """The person that a form or a transcript names, by lines such as `E-mail: ada@acme.example`."""
    lines = [line[:_LINE].strip(" \t\r>*_") for line in text[:_LOOK].split("\n")[:_LINES]]
    found = (_address_in(value) for value in _values(lines, labels))
    address = next((canonical(value) for value in found if value), None)
    if address is None:
        return None
    named = (v for v in _values(lines, name_labels) if v and "@" not in v)
    return Mailbox(email=address, name=next(named, "")[:200])


def _address_in(value: str) -> str:
    """The address that a value is, perhaps with a name; "" where words say something about it."""
    found = _ADDRESS.search(value)
    if found is None:
        return ""
    rest = value[found.end() :].replace(found[0], "").replace("mailto:", "")
    before = value[: found.start()].replace("mailto:", "")
    is_framed = before.rstrip()[-1:] in tuple("<([")
    is_alone = is_framed or not _LETTER.search(before)
    return found[0] if is_alone and not _LETTER.search(rest) else ""


def _values(lines: list[str], labels: tuple[str, ...]) -> list[str]:
    """What stands behind the labels, on the same line or on the next one with words."""
    wanted = tuple(label.casefold() for label in labels)
    values = []
    for place, line in enumerate(lines):
        value = _behind(line, wanted)
        if value == "":
            value = next((text for text in lines[place + 1 : place + 3] if text), "")
        if value:
            values.append(value)
    return values


def _behind(line: str, labels: tuple[str, ...]) -> str | None:
    """The rest of a line that begins with a label, None for another line."""
    for label in labels:
        if line[: len(label)].casefold() == label:
            found = _AFTER_LABEL.match(line, len(label))
            if found:
                return line[found.end() :].strip(" \t*_:=|")
    return None
