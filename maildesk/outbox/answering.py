"""Questions become what their mail shows: lists with something to do on each line, and comments.

In: a notice with questions, in the transaction that queues it. Out: that part of its snapshot.

    question      title                    rows                          comments
    queue, mine   how many tickets         the first 20, and how many    -
                                           are left out
    search        the words                the newest 20                 -
    digest        the day                  the agent's, then nobody's    -
    show          where the ticket stands  -; beside other answers one   the last 5
                                           and what lies beside it
    budget        whose it is              -; a line for each package    -

Beside other answers a list's title stands above its rows.
*Fails:* sqlite3.Error as the database gives it.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime

from maildesk.core.actions import action
from maildesk.core.codes import Bond
from maildesk.core.model import Desk, Notice, Policy
from maildesk.core.packages import Account
from maildesk.core.phrase import Phrase, phrase
from maildesk.core.questions import Question, Topic
from maildesk.core.thread import subject_line
from maildesk.core.workflow import Category
from maildesk.outbox.matters import matters_of
from maildesk.outbox.snapshot import (
    Action,
    CommentFacts,
    GuideRow,
    LineFacts,
    TicketRow,
    line_of,
    lines_of,
)
from maildesk.store import answers
from maildesk.store.answers import Listed, Page
from maildesk.store.gather import load_ticket
from maildesk.store.letters import StoredComment
from maildesk.store.packages import accounts_of
from maildesk.store.search import search
from maildesk.store.writer import Tx

_ROWS = 20
_COMMENTS = 5
_NEVER = datetime.max.replace(tzinfo=UTC)
_SHOWN = 3_000  # characters of a comment


@dataclass(frozen=True, slots=True, kw_only=True)
class Reader:
    """Who gets the answer, and what its links are made with."""

    policy: Policy
    secret: bytes
    desk: Desk
    now: datetime
    address: str
    agent: str  # an id; "" for a customer


@dataclass(frozen=True, slots=True, kw_only=True)
class _Part:
    """The answer to one question."""

    title: Phrase
    rows: tuple[TicketRow, ...] = ()
    more: int = 0
    lines: tuple[Phrase, ...] = ()
    actions: tuple[Action, ...] = ()
    comments: tuple[CommentFacts, ...] = ()


def facts(tx: Tx, notice: Notice, reader: Reader) -> dict[str, object]:
    """What the snapshot holds of the answers to a notice's questions."""
    parts = [_ANSWERS[q.topic](tx, q, reader) for q in notice.questions]
    is_alone = len(parts) == 1 and not notice.guide and not notice.transcript
    found: dict[str, object] = {
        "table": [row for part in parts for row in _grouped(part, is_alone=is_alone)],
        "more": sum(part.more for part in parts),
        "comments": [comment for part in parts for comment in part.comments],
        "guide": [GuideRow(line=g.line, words=line_of(g.words)) for g in notice.guide],
    }
    if is_alone and parts[0].actions:
        found["actions"] = list(parts[0].actions)
    if parts:
        title = parts[0].title if is_alone else notice.title or phrase("asking.several")
        beside = (line for part in parts for line in _beside(part, is_alone=is_alone))
        lines = (*notice.lines, *beside)
        found["alert"] = {"title": line_of(title), "lines": lines_of(lines)}
    return found


def row(found: Listed, reader: Reader) -> TicketRow:
    """One ticket of a list, as its reader may see it."""
    names = {agent.id: agent.name for agent in reader.policy.agents}
    shown = reader.policy.workflow.shown(found.status, is_open=found.is_open)
    is_staffs = bool(reader.agent)
    return TicketRow(
        key=found.key,
        subject=found.subject,
        status=found.status if is_staffs else shown,
        priority=found.priority if is_staffs else None,
        owner=names.get(found.owner, found.owner) if is_staffs and found.owner else None,
        requester={"name": found.requester.name, "email": found.requester.email},
        at=found.updated_at.isoformat(),
        note=_due(found) if is_staffs else None,
        group=None,
        actions=list(_links(found, reader)),
    )


def _with_note(found: TicketRow, snippet: str) -> TicketRow:
    return TicketRow({**found, "note": snippet or found["note"]})


def _due(found: Listed) -> LineFacts | None:
    if found.due_on is None or not found.is_open:
        return None
    return line_of(phrase("beside.due", day=found.due_on.isoformat()))


def _links(found: Listed, reader: Reader) -> tuple[Action, ...]:
    names = ["show"]
    if reader.agent and found.owner != reader.agent:
        names.append("take")
    return tuple(
        Action(
            label=line_of(phrase(f"action.{name}")),
            to=reader.desk.address,
            subject=subject_line(found.key, found.subject),
            line=line_for(name, found.key, reader),
            is_whole=False,
        )
        for name in names
    )


def line_for(name: str, key: str, reader: Reader) -> str:
    """The command with its code: it proves an agent, and a customer's word needs none for this."""
    if not reader.agent:
        return f"#{name} {key}"
    bond = Bond(key=key, recipient=reader.address, action=name)
    return f"{action('', bond, reader.secret, reader.now).line} {key}"


def _queue(tx: Tx, question: Question, reader: Reader) -> _Part:
    page = answers.queue(tx, question.desks, _ROWS)
    title = phrase("asking.queue", count=page.count) if page.count else phrase("asking.no-queue")
    return _list(page, title, reader)


def _mine(tx: Tx, question: Question, reader: Reader) -> _Part:
    if question.is_staffs:
        page = answers.mine(tx, question.agent, _ROWS)
    else:
        page = answers.theirs(tx, question.address, _ROWS)
    title = phrase("asking.mine", count=page.count) if page.count else phrase("asking.no-mine")
    return _list(page, title, reader)


def _search(tx: Tx, question: Question, reader: Reader) -> _Part:
    found = search(tx, question.words, question.desks, _ROWS)
    code = "asking.search" if found.tickets else "asking.no-search"
    rows = tuple(_with_note(row(one.ticket, reader), one.snippet) for one in found.tickets)
    return _Part(
        title=phrase(code, words=question.words),
        rows=rows,
        lines=(phrase("asking.newest"),) if found.is_more and rows else (),
    )


def _budget(tx: Tx, question: Question, reader: Reader) -> _Part:
    paying = (o for o in reader.policy.organisations if o.name == question.words)
    organisation = next(paying, None)
    found = accounts_of(tx, organisation, reader.now) if organisation else ()
    today = reader.now.date()
    current = [a for a in found if a.package.ends >= today] or found[-1:]
    return _Part(
        title=phrase("budget.title", organisation=question.words),
        lines=tuple(map(_account, current)),
    )


def _account(account: Account) -> Phrase:
    return phrase(
        "budget.package",
        package=account.package.name,
        ends=account.package.ends.isoformat(),
        amount=account.package.minutes * 60,
        spent=account.spent * 60,
        reserved=account.reserved * 60,
        left=account.left * 60,
    )


def _list(page: Page, title: Phrase, reader: Reader) -> _Part:
    rows = tuple(row(found, reader) for found in page.tickets)
    return _Part(title=title, rows=rows, more=page.more)


def has_morning(tx: Tx, notice: Notice, policy: Policy) -> bool:
    """Whether anything stands on the list of the morning."""
    return any(page.count for q in notice.questions for page in _morning(tx, q, policy))


def _digest(tx: Tx, question: Question, reader: Reader) -> _Part:
    mine, nobodys = _morning(tx, question, reader.policy)
    groups = ((phrase("digest.queue.yours"), mine), (phrase("digest.queue.nobodys"), nobodys))
    waiting = answers.waiting_of(tx, question.agent, _waiting(reader.policy))
    return _Part(
        title=phrase("asking.several"),
        rows=tuple(
            TicketRow({**row(one, reader), "group": line_of(group)})
            for group, page in groups
            for one in page.tickets
        ),
        more=mine.more + nobodys.more,
        lines=(phrase("digest.queue.waiting", count=waiting),) if waiting else (),
    )


def _morning(tx: Tx, question: Question, policy: Policy) -> tuple[Page, Page]:
    """The agent's own tickets, and those of nobody at their desks."""
    waiting, before = _waiting(policy), question.before or _NEVER
    return (
        answers.to_do(tx, question.agent, waiting, before, _ROWS),
        answers.nobodys(tx, question.desks, waiting, before, _ROWS),
    )


def _waiting(policy: Policy) -> tuple[str, ...]:
    statuses = policy.workflow.statuses
    return tuple(s.name for s in statuses if s.category is Category.WAITING)


def _show(tx: Tx, question: Question, reader: Reader) -> _Part:
    if question.ticket_id is None:
        return _Part(title=phrase("asking.show"))
    comments = answers.last_words(
        tx,
        question.ticket_id,
        _COMMENTS,
        is_inside=question.is_staffs,
        after=question.sees_after,
        address=question.address,
    )
    ticket = answers.one(tx, question.ticket_id)
    return _Part(
        title=phrase("asking.show"),
        rows=(row(ticket, reader),),
        actions=tuple(a for a in _links(ticket, reader) if not a["line"].startswith("#show")),
        lines=tuple(matters_of(load_ticket(tx, question.ticket_id)) if question.is_staffs else ()),
        comments=tuple(map(_comment, comments)),
    )


def _grouped(part: _Part, *, is_alone: bool) -> list[TicketRow]:
    """A lone answer has its title above all, and what a lone ticket is stands there, too."""
    if is_alone:
        return [] if part.comments or part.title.code == "asking.show" else list(part.rows)
    group: LineFacts = line_of(part.title)
    return [{**one, "group": group} for one in part.rows]


def _beside(part: _Part, *, is_alone: bool) -> tuple[Phrase, ...]:
    """What stands beside the rows; a list without rows has nowhere else to say so."""
    is_empty = not part.rows and not part.comments
    return (*((part.title,) if is_empty and not is_alone else ()), *part.lines)


def _comment(found: StoredComment) -> CommentFacts:
    cut = found.text[:_SHOWN]
    return CommentFacts(
        author={"name": found.author.name, "email": found.author.email},
        author_is_agent=found.is_by_agent,
        is_internal=found.is_internal,
        at=found.at.isoformat(),
        text=f"{cut} …" if len(found.text) > _SHOWN else cut,
        html=None,
        attachments=[
            {"name": f.name, "type": f.type, "size": f.size, "sent": False}
            for f in found.attachments
        ],
    )


_ANSWERS = {
    Topic.QUEUE: _queue,
    Topic.MINE: _mine,
    Topic.SEARCH: _search,
    Topic.SHOW: _show,
    Topic.DIGEST: _digest,
    Topic.BUDGET: _budget,
}
