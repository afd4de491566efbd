"""Values for the core's tests: a small desk, its people, and messages to it."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

from maildesk.core import signature, thread
from maildesk.core.decide import decide
from maildesk.core.hint import Hint, HintKind
from maildesk.core.model import (
    Agent,
    Context,
    Decision,
    Desk,
    Envelope,
    InboundMessage,
    Mailbox,
    Organisation,
    Participant,
    Policy,
    Role,
    Ticket,
)
from maildesk.core.signature import Scope, is_signed_for

NOW = datetime(2026, 11, 21, 9, 0, tzinfo=UTC)
SECRET = b"s" * 32
NONCE = "abcdefghij"
SENT_TO = ("ada@acme.example", "carl@acme.example", "alice@desk.example", "boris@desk.example")

ALICE = Agent(id="alice", name="Alice Doe", emails=("alice@desk.example", "al@home.example"))
BORIS = Agent(id="boris", name="Boris", emails=("boris@desk.example",), roles=("agent", "manager"))
HELP = Desk(
    key="HELP",
    name="Example Support",
    address="support@desk.example",
    aliases=("help@desk.example",),
    agents=("alice", "boris"),
)
SALES = Desk(key="SALES", name="Sales", address="sales@desk.example", agents=("boris",))
ACME = Organisation(name="ACME", domains=("acme.example",), people=("cto@acme.example",))
POLICY = Policy(
    desks=(HELP, SALES),
    agents=(ALICE, BORIS),
    organisations=(ACME,),
    authserv_ids=("mx.desk.example",),
)

ADA = Mailbox(email="ada@acme.example", name="Ada")
TICKET = Ticket(
    id=7,
    key="HELP-7",
    desk="HELP",
    subject="Printer",
    status="Open",
    language="en",
    requester=ADA,
    organisation="ACME",
    owner=None,
    opening_message_id="<first@acme.example>",
    created_at=NOW,
    is_shared=True,
    participants=(
        Participant(email="ada@acme.example", name="Ada", role=Role.REQUESTER),
        Participant(email="carl@acme.example", name="Carl", role=Role.PARTICIPANT),
    ),
)
ENVELOPE = Envelope(
    source="smtp",
    received_at=NOW,
    mail_from="ada@acme.example",
    rcpt_to=("support@desk.example",),
    peer="192.0.2.1",
)


def message(sender: Mailbox | None = ADA, **changes: object) -> InboundMessage:
    """A person's plain mail to the first desk."""
    base = InboundMessage(
        fingerprint="f",
        message_id="<m@acme.example>",
        sender=sender,
        shown_from=sender.email if sender else "ada@acme.example",
        subject="Printer burns",
        to=(Mailbox(email="support@desk.example"),),
        text="It burns.",
        full_text="It burns.",
    )
    return replace(base, **changes)


def signed_id(recipient: str, *, scope: Scope = Scope.PUBLIC, key: str = "HELP-7") -> str:
    """The Message-ID of a mail that we sent to `recipient` about a ticket."""
    return signature.mint(
        SECRET, ref=key, scope=scope, nonce=NONCE, recipient=recipient, domain="desk.example"
    )


def context(msg: InboundMessage, envelope: Envelope = ENVELOPE, **changes: object) -> Context:
    """What the store would gather for the message, were TICKET the only ticket."""
    policy = changes.get("policy", POLICY)
    assert isinstance(policy, Policy)
    refs = thread.refs(msg, envelope, policy)
    signed = [(i, s) for i, s in refs.signed if s.ref == TICKET.key.lower()]
    hints = [
        *(
            Hint(
                kind=HintKind.SIGNED,
                value=i,
                ticket_id=7,
                signed=s,
                sent_to=next((p for p in SENT_TO if is_signed_for(s, p, SECRET)), None),
            )
            for i, s in signed
        ),
        *(Hint(kind=HintKind.PLUS, value=k, ticket_id=7) for k in refs.plus_keys),
        *(Hint(kind=HintKind.KEY, value=k, ticket_id=7) for k in refs.subject_keys),
        *(
            Hint(kind=HintKind.MESSAGE_ID, value=i, ticket_id=7)
            for i in refs.message_ids
            if i == TICKET.opening_message_id
        ),
    ]
    base = Context(
        policy=POLICY,
        secret=SECRET,
        hints=tuple(h for h in hints if h.value != "HELP-8"),
        tickets=(TICKET,),
    )
    return replace(base, **changes)


def decided(msg: InboundMessage, envelope: Envelope = ENVELOPE, **changes: object) -> Decision:
    """The decision about the message."""
    return decide(msg, envelope, context(msg, envelope, **changes), NOW)
