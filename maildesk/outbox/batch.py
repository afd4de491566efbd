"""Quick changes of one ticket become one mail a person.

In: a mail that is to be queued, and those that still wait for this person about this ticket. Out:
the waiting mail with the new one in it, or None where they are two.

A mail waits for `[outgoing] batch` from the first change on, and what comes meanwhile goes with
it: several comments, a status behind a comment, a status there and back. The words of several
people go in the names of all. Words for agents alone and words for everybody stay two mails, since
an answer to the one stays inside (docs/decisions/0033-one-mail-of-several).
*Fails:* never.
"""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

from maildesk.core import signature
from maildesk.core.model import Event
from maildesk.store.outbox import OutboxItem

# The weakest first: the news of several goes under the name of the greatest.
EVENTS = (
    Event.STATUS_CHANGED,
    Event.TICKET_ASSIGNED,
    Event.COMMENT_INTERNAL,
    Event.COMMENT_PUBLIC,
    Event.TICKET_REOPENED,
    Event.TICKET_RESOLVED,
)
# What goes with the news, and not before it: `#undo` finds both still here.
WAITING = (*EVENTS, Event.RATING_REQUESTED)
_NAMED = 3  # people in one From
_RATING = "changed.rating"
_LINK, _NEWS = "changed.link", "status.changed.news"
_ENDS = (Event.TICKET_REOPENED, Event.TICKET_RESOLVED)


def joined(waiting: OutboxItem, new: OutboxItem) -> OutboxItem | None:
    """Both as one mail, under the Message-ID of the one that waits; None where they stay two."""
    if not _fit(waiting, new):
        return None
    spoken = new if _has_words(new) else waiting
    is_both = _has_words(new) and _has_words(waiting)
    snapshot = _together(waiting, new)
    return replace(
        new,
        event=_event(waiting, new),
        cause=waiting.cause,
        due_at=waiting.due_at,
        message_id=waiting.message_id,
        in_reply_to=waiting.in_reply_to,
        thread=waiting.thread,
        from_name=_names(waiting, new) if is_both else spoken.from_name,
        reverse_path=spoken.reverse_path,
        auto_submitted=spoken.auto_submitted,
        comment_id=spoken.comment_id,
        snapshot=json.dumps(snapshot, ensure_ascii=False),
    )


def is_idle(item: OutboxItem) -> bool:
    """Whether nothing is left to say: a status that went there and back."""
    is_about_change = item.event in (Event.STATUS_CHANGED, *_ENDS)
    return is_about_change and not _has_words(item) and not json.loads(item.snapshot).get("changes")


def _fit(waiting: OutboxItem, new: OutboxItem) -> bool:
    return _scope(waiting) == _scope(new) and waiting.language == new.language


def _names(waiting: OutboxItem, new: OutboxItem) -> str:
    """Everybody whose words the mail brings, before the desk; too many are the desk alone."""
    desk = str(json.loads(new.snapshot)["desk"]["name"])
    behind = f" ({desk})"
    if waiting.from_name == desk or not new.from_name.endswith(behind):
        return desk
    before = waiting.from_name.removesuffix(behind).split(" + ")
    people = tuple(dict.fromkeys((*before, new.from_name.removesuffix(behind))))
    return " + ".join(people) + behind if len(people) <= _NAMED else desk


def _has_words(item: OutboxItem) -> bool:
    return item.auto_submitted is None


def _scope(item: OutboxItem) -> str:
    signed = signature.read(item.message_id)
    return signed.scope if signed else ""


def _event(waiting: OutboxItem, new: OutboxItem) -> str:
    """The greater news; of an end and a reopening the later one."""
    if waiting.event in _ENDS and new.event in _ENDS:
        return new.event
    return max(waiting.event, new.event, key=lambda event: EVENTS.index(Event(event)))


def _together(waiting: OutboxItem, new: OutboxItem) -> dict[str, Any]:
    """The newer facts, with what has changed since before the older ones, and all comments."""
    old: dict[str, Any] = json.loads(waiting.snapshot)
    now: dict[str, Any] = json.loads(new.snapshot)
    now["changes"] = _chained([*old.get("changes", ()), *now.get("changes", ())])
    if _is_of_a_link(now):
        now["alert"] = _news_of_links(now) if _is_of_a_link(old) else None
    comments = [*_comments(waiting, old), *_comments(new, now)]
    if len(comments) > 1:
        now["comment_ids"] = comments
    return now


def _is_of_a_link(snapshot: dict[str, Any]) -> bool:
    """Whether a link that was shown to customers is all the news."""
    title = (snapshot.get("alert") or {}).get("title")
    return isinstance(title, dict) and title["say"] in (_LINK, _NEWS)


def _news_of_links(snapshot: dict[str, Any]) -> dict[str, Any]:
    return {"title": {"say": _NEWS, "with": {}}, "lines": snapshot["changes"]}


def _comments(item: OutboxItem, snapshot: dict[str, Any]) -> list[int]:
    alone = [item.comment_id] if item.comment_id is not None else []
    return list(snapshot.get("comment_ids", alone))


def _chained(lines: list[Any]) -> list[Any]:
    """Of each thing what it was at first and what it is now; nothing where that is the same."""
    last: dict[str, Any] = {}
    for line in lines:
        code = line["say"] if isinstance(line, dict) else line
        if code == _RATING:  # the words below it are those of the newer one
            last = {known: other for known, other in last.items() if isinstance(other, dict)}
        if code == _LINK:
            code = str(line["with"])  # two links are two things
        before = last.get(code)
        if isinstance(line, dict) and isinstance(before, dict) and "before" in before["with"]:
            line = {**line, "with": {**line["with"], "before": before["with"]["before"]}}
        last[code] = line
    return [line for line in last.values() if not _is_as_before(line)]


def _is_as_before(line: Any) -> bool:
    values = line["with"] if isinstance(line, dict) else {}
    return "before" in values and values["before"] == values.get("after")
