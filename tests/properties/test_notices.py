"""Who is told what of one mail: one person once, nobody their own words, notes for agents alone.

In: a ticket with any people on it, one mail by anybody with any commands. Out: the notices.
*Fails:* as every test does.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import replace

from hypothesis import given, settings
from hypothesis import strategies as st

from maildesk.core.model import (
    Agent,
    Decision,
    Event,
    Mailbox,
    Notice,
    Organisation,
    Participant,
    Role,
    Ticket,
    Visibility,
)
from tests.core.build import ENVELOPE, POLICY, TICKET, decided, message
from tests.properties.test_readers import LINES

ACME = replace(POLICY.organisations[0], share=True)
OTHER = Organisation(name="Other", domains=("other.example",))
CARLA = Agent(id="carla", name="Carla", emails=("carla@desk.example",))
HOUSE = replace(POLICY, organisations=(ACME, OTHER), agents=(*POLICY.agents, CARLA))
AGENTS = {address: agent for agent in HOUSE.agents for address in agent.emails}
CUSTOMERS = ("ada@acme.example", "carl@acme.example", "cto@acme.example", "bob@other.example")
RECEIPTS = (Event.COMMAND_DONE, Event.COMMAND_FAILED, Event.TICKET_RECEIVED)

people = st.builds(
    Participant,
    email=st.sampled_from((*CUSTOMERS[1:], "eve@other.example")),
    name=st.just(""),
    role=st.just(Role.PARTICIPANT),
    is_muted=st.booleans(),
)
colleagues = st.builds(
    Participant,
    email=st.sampled_from(tuple(AGENTS)),
    name=st.just(""),
    role=st.just(Role.AGENT),
    is_muted=st.booleans(),
)


@st.composite
def tickets(draw: st.DrawFn) -> Ticket:
    requester = TICKET.participants[0]
    found = [*draw(st.lists(people, max_size=3)), *draw(st.lists(colleagues, max_size=2))]
    others = tuple({p.email: p for p in found}.values())
    return replace(
        TICKET,
        participants=(replace(requester, is_muted=draw(st.booleans())), *others),
        is_shared=draw(st.booleans()),
        owner=draw(st.sampled_from((None, "alice", "boris", "carla"))),
    )


def of(address: str) -> str:
    """Whose address it is."""
    return AGENTS[address].id if address in AGENTS else address


def reader(notice: Notice) -> str:
    return of(notice.to.email)


def told(decision: Decision) -> list[Notice]:
    """News of the ticket, without receipts and what is asked once in its life."""
    return [n for n in decision.notices if n.event not in RECEIPTS and not n.once]


@settings(max_examples=400)
@given(
    ticket=tickets(),
    writer=st.sampled_from((*AGENTS, *AGENTS, *CUSTOMERS)),
    lines=st.tuples(st.sampled_from(LINES), st.sampled_from(("", "", "#internal", *LINES))),
    words=st.sampled_from(("", "So it is.", "So it is.")),
    cc=st.lists(st.sampled_from((*AGENTS, *CUSTOMERS)), max_size=2, unique=True),
    is_new=st.booleans(),
)
def test_one_person_once_nobody_their_own_and_notes_for_agents_alone(
    ticket: Ticket, writer: str, lines: tuple[str, ...], words: str, cc: list[str], is_new: bool
) -> None:
    text = "\n".join((*dict.fromkeys(lines), "", words))
    agent = AGENTS.get(writer)
    mail = message(
        Mailbox(email=writer),
        subject="Printer" if is_new else "[HELP-7]",
        text=text,
        full_text=text,
        cc=tuple(Mailbox(email=address) for address in cc),
    )
    envelope = replace(ENVELOPE, authenticated_as=agent.id if agent else None)
    decision = decided(mail, envelope, policy=HOUSE, tickets=(ticket,))
    for found in (told(decision), *([*aside.notices] for aside in decision.asides)):
        assert set(Counter(map(reader, found)).values()) <= {1}, found
        assert of(writer) not in map(reader, found), found
    is_note = decision.comment is not None and decision.comment.visibility is Visibility.INTERNAL
    for notice in told(decision):
        is_staffs = notice.role in (Role.AGENT, "admin")
        assert is_staffs or notice.event is not Event.COMMENT_INTERNAL
        assert is_staffs or not is_note or notice.is_bare
        assert is_staffs == (notice.to.email in AGENTS)
        assert notice.is_bare or reader(notice) not in {of(address) for address in cc}, notice
