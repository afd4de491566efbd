"""`maildesk ticket …` and `maildesk search`: what is on the desk.

In: filters, a key, words. Out: tables, a ticket as a page, or JSON.
*Fails:* NotFound for a key that names nothing; exit code 1.
"""

from __future__ import annotations

import textwrap
from collections.abc import Iterator
from typing import TYPE_CHECKING

import click

from maildesk.cli.frame import Frame, json_option, limit_option, pass_frame, urgent_option
from maildesk.cli.printing import print_json, print_table, say, short_time

if TYPE_CHECKING:
    from maildesk.store.shapes import CommentShape, EventShape, TicketShape, WholeTicket
    from maildesk.store.view import View


@click.group()
def ticket() -> None:
    """List tickets, show one, tell its history."""


@ticket.command("list")
@click.option("--desk", help="Tickets of this desk.")
@click.option("--status", help="In this status.")
@click.option("--owner", help="Owned by this agent.")
@click.option("--organisation", help="Of this organisation.")
@click.option("--type", help="Of this type.")
@click.option("--priority", help="Of this priority.")
@click.option("--open", "is_open", is_flag=True, help="Only what is not done.")
@limit_option
@json_option
@pass_frame
def list_(
    frame: Frame, /, is_open: bool, limit: int | None, as_json: bool, **filters: str | None
) -> None:
    """List tickets, oldest first."""
    from maildesk.store.tickets import TicketFilter, list_tickets

    wanted = TicketFilter(is_open=True if is_open else None, limit=limit, **filters)
    with frame.look() as desk:
        found = list_tickets(desk.conn, wanted)
    _print_list(found, as_json)


@click.command()
@urgent_option
@json_option
@pass_frame
def queue(frame: Frame, limit: int | None, as_json: bool) -> None:
    """List open tickets, the most urgent first."""
    from maildesk.store import tickets

    with frame.look() as desk:
        found = tickets.queue(desk.conn, limit=limit)
    _print_list(found, as_json)


def _print_list(found: list[TicketShape], as_json: bool) -> None:
    if as_json:
        print_json(found)
        return
    rows = [
        (
            t["key"],
            t["status"],
            t["priority"],
            t["owner"] or "-",
            t["requester"]["email"],
            short_time(t["updated_at"]),
            t["subject"],
        )
        for t in found
    ]
    headers = ("KEY", "STATUS", "PRIO", "OWNER", "REQUESTER", "UPDATED (UTC)", "SUBJECT")
    print_table(headers, rows, "no tickets", wide=("REQUESTER", "SUBJECT"))


@ticket.command()
@click.argument("key")
@json_option
@pass_frame
def show(frame: Frame, key: str, as_json: bool) -> None:
    """Show one ticket with all its comments."""
    from maildesk.store.tickets import show_ticket

    with frame.look() as desk:
        found = show_ticket(desk.conn, key)
        beside = () if as_json else _beside(desk, found["key"])
    if as_json:
        print_json(found)
    else:
        _print_ticket(found, beside)


@ticket.command()
@click.argument("key")
@json_option
@pass_frame
def log(frame: Frame, key: str, as_json: bool) -> None:
    """Tell what happened to a ticket, oldest first."""
    from maildesk.store.tickets import ticket_log

    with frame.look() as desk:
        found = ticket_log(desk.conn, key)
    if as_json:
        print_json(found)
        return
    rows = [row for e in found for row in _log_rows(e)]
    headers = ("AT (UTC)", "WHO", "WHAT", "DETAIL")
    print_table(headers, rows, "nothing happened yet", wide=("WHO", "DETAIL"))


@click.command()
@click.argument("words", nargs=-1, required=True)
@limit_option
@json_option
@pass_frame
def search(frame: Frame, words: tuple[str, ...], limit: int | None, as_json: bool) -> None:
    """Find comments that hold all the words, oldest first."""
    from maildesk.store.search import hits

    with frame.look() as desk:
        found = hits(desk.conn, " ".join(words), limit)
    if as_json:
        print_json(found)
        return
    rows = [(h["ticket"], short_time(h["at"]), h["snippet"]) for h in found]
    print_table(("TICKET", "AT (UTC)", "WORDS"), rows, "nothing found", wide=("WORDS",))


def _beside(desk: View, key: str) -> tuple[str, ...]:
    """What lies beside the ticket: its day, estimates, work, fields, rating."""
    from maildesk.outbox.matters import matters_of
    from maildesk.store.aliases import ticket_of
    from maildesk.store.gather import load_ticket

    ticket_id = ticket_of(desk.conn, key)
    found = load_ticket(desk.conn, ticket_id) if ticket_id is not None else None
    lines = tuple(matters_of(found)) if found else ()
    if not lines:
        return ()
    from maildesk.outbox.speech import ENGLISH, plain

    return tuple(plain(line, ENGLISH) for line in lines)


def _print_ticket(found: WholeTicket, beside: tuple[str, ...]) -> None:
    requester = found["requester"]
    say(f"[{found['key']}] {found['subject']}")
    facts = (found["status"], found["priority"], found["type"], found["owner"] or "no owner")
    say(" · ".join(facts))
    say(f"from {_who(requester['name'], requester['email'])}")
    others = [p["email"] for p in found["participants"] if p["role"] != "requester"]
    if others:
        say(f"with {', '.join(others)}")
    for link in found["links"]:
        say(f"{link['kind']}: {link['to']}")
    for line in beside:
        say(line)
    for comment in found["comments"]:
        _print_comment(comment)


def _print_comment(comment: CommentShape) -> None:
    author = comment["author"]
    note = " · internal note" if comment["visibility"] == "internal" else ""
    who = _who(author["name"], author["email"])
    say(f"\n── {short_time(comment['at'])} UTC · {who}{note}")
    say(textwrap.indent(comment["text"] or "(no text)", "   "))
    for file in comment["attachments"]:
        say(f"   [{file['name']}, {file['type']}, {file['size']} bytes]")


def _who(name: str, email: str) -> str:
    return f"{name} <{email}>" if name else email


def _log_rows(event: EventShape) -> Iterator[tuple[str, str, str, str]]:
    """One row for what happened, and one for each hint that spoke for this ticket or another."""
    plain = {name: value for name, value in event["detail"].items() if name != "hints"}
    detail = ", ".join(f"{name} {value}" for name, value in plain.items())
    yield short_time(event["at"]), event["actor"], event["kind"], detail
    hints = event["detail"].get("hints", [])
    for hint in hints if isinstance(hints, list) else []:
        leads = f" -> {hint['ticket']}" if hint["ticket"] else ""
        yield "", "", "", f"{hint['kind']} {hint['value']}{leads}: {hint['use']}"
