"""One snapshot for each event, as the door writes them: for previews, checks and tests.

In: an event's name. Out: a snapshot about people and tickets that nobody has.
*Fails:* `NotFound` for an event without a sample.
"""

from __future__ import annotations

import json
from typing import Any

from maildesk.core.phrase import phrase
from maildesk.errors import NotFound
from maildesk.outbox.snapshot import (
    Action,
    AttachmentFacts,
    CommentFacts,
    Person,
    Recipient,
    Snapshot,
    TicketFacts,
    TicketRow,
    line_of,
    lines_of,
)

BOB: Person = {"name": "Bob Müller", "email": "bob@acme.example"}
CAROL: Person = {"name": "Carol Reed", "email": "carol@acme.example"}
ALICE: Person = {"name": "Alice Doe", "email": "alice@example.com"}
SUBJECT = "The printer on floor 3 prints only pink pages"
BOBS_WORDS = """Hello,

since this morning every page comes out pink, and this line of mine has over 72 columns.
  - I changed the cartridge
  - I restarted it

See https://printers.example.com/help?a=1&b=2. What can I do?"""
ALICES_WORDS = "Hello Bob,\n\nplease pull the blue lever.\n\nAlice"
FILES: list[AttachmentFacts] = [
    {"name": "pink page.pdf", "type": "application/pdf", "size": 1234567, "sent": True},
    {"name": "log.txt", "type": "text/plain", "size": 34200000, "sent": False},
]
TICKET: TicketFacts = {
    "key": "HELP-12",
    "subject": SUBJECT,
    "status": "Open",
    "priority": "P3",
    "type": "incident",
    "created_at": "2026-11-21T09:00:00Z",
    "requester": BOB,
    "owner": None,
}
DESK_ADDRESS = "support@example.com"
SUBJECT_LINE = f"[HELP-12] {SUBJECT}"
BASE: Snapshot = {
    "version": 1,
    "subject_line": SUBJECT_LINE,
    "desk": {"key": "HELP", "name": "Example Support", "address": DESK_ADDRESS},
    "recipient": {"name": BOB["name"], "email": BOB["email"], "role": "requester"},
    "reason": "requester",
    "ticket": TICKET,
    "timezone": "Europe/Rome",
}
_TO_ALICE: Recipient = {"name": ALICE["name"], "email": ALICE["email"], "role": "agent"}
_TO_CAROL: Recipient = {"name": CAROL["name"], "email": CAROL["email"], "role": "participant"}
_OWNED: TicketFacts = {**TICKET, "status": "In progress", "owner": "Alice Doe"}
_WAITING: TicketFacts = {**_OWNED, "status": "Waiting for the client"}
_DONE: TicketFacts = {**_OWNED, "status": "Done"}


def comment(
    author: Person,
    text: str,
    *,
    at: str = "2026-11-21T10:00:00+00:00",
    html: str | None = None,
    attachments: list[AttachmentFacts] | None = None,
) -> CommentFacts:
    """What the courier adds for a row with a comment."""
    return {
        "author": author,
        "author_is_agent": author is ALICE,
        "is_internal": False,
        "at": at,
        "text": text,
        "html": html,
        "attachments": attachments or [],
    }


def action(label: str, line: str, subject: str = SUBJECT_LINE) -> Action:
    """A link of ours; `label` is the code of its words."""
    return {
        "label": {"say": label, "with": {}},
        "to": DESK_ADDRESS,
        "subject": subject,
        "line": line,
        "is_whole": False,
    }


def _row(key: str, subject: str, group: str, *, owner: str | None, note: str = "") -> TicketRow:
    show = action("action.show", f"#show {key}", f"[{key}]")
    return {
        "key": key,
        "subject": subject,
        "status": "In progress" if owner else "Open",
        "priority": "P2",
        "owner": owner,
        "requester": BOB,
        "at": "2026-11-21T07:12:00+00:00",
        "note": note or None,
        "group": line_of(phrase(f"digest.queue.{group}")),
        "actions": [show] if owner else [show, action("action.take", "#take", f"[{key}]")],
    }


_HISTORY = [
    comment(BOB, BOBS_WORDS, at="2026-11-21T09:00:00+00:00", attachments=FILES[:1]),
    comment(ALICE, ALICES_WORDS),
]
_QUEUE = [
    _row("HELP-7", "No mail since Monday", "yours", owner="Alice Doe", note="less than 30 min"),
    _row("HELP-12", SUBJECT, "nobodys", owner=None),
]
_WAS_IT_YOU = line_of(phrase("sender.unverified.subject", name="Example Support"))
_THEIR_SUBJECT = line_of(
    phrase("sender.unverified.their-subject", words="Re: [HELP-12] The printer")
)
_REFUSED = (
    phrase(
        "alert.mailbox-refused-words",
        place="support@example.com",
        words="[AUTHENTICATIONFAILED] Invalid credentials",
    ),
    phrase("alert.mailbox-refused-why"),
    phrase("alert.mailbox-at-once", command="systemctl reload maildesk"),
)
SAMPLES: dict[str, Snapshot] = {
    "ticket.received": {
        "comment": comment(BOB, BOBS_WORDS, attachments=FILES),
        "intake": "Version: (see Help, About)\nOperating system:\nUrgency: high / medium / low",
        "missing": ["Version", "Operating system"],
    },
    "ticket.new": {
        "recipient": _TO_ALICE,
        "reason": "agent",
        "related": {"key": "HELP-3"},
        "fields": [{"name": "Version", "value": "4.2"}, {"name": "Operating system", "value": "x"}],
        "comment": comment(BOB, BOBS_WORDS, attachments=FILES),
    },
    "ticket.assigned": {
        "recipient": _TO_ALICE,
        "reason": "owner",
        "ticket": _OWNED,
        "changes": [{"say": "changed.owner", "with": {"after": "Alice Doe"}}],
        "comment": comment(BOB, BOBS_WORDS),
    },
    "ticket.escalated": {
        "recipient": {**_TO_ALICE, "name": "Mona Boss", "email": "mona@example.com"},
        "reason": "agent",
        "is_inside": True,
        "ticket": _OWNED,
        "actor": ALICE,
        "comment": comment(ALICE, "I have no more ideas. Who knows this printer?"),
    },
    "status.changed": {
        "ticket": _OWNED,
        "changes": [{"say": "changed.status", "with": {"before": "Open", "after": "In progress"}}],
    },
    "ticket.resolved": {
        "ticket": _DONE,
        "changes": [{"say": "changed.status", "with": {"before": "In progress", "after": "Done"}}],
        "comment": comment(ALICE, ALICES_WORDS),
    },
    "ticket.reopened": {
        "recipient": _TO_ALICE,
        "reason": "owner",
        "ticket": {**_OWNED, "status": "Open"},
        "changes": [{"say": "changed.status", "with": {"before": "Done", "after": "Open"}}],
        "comment": comment(BOB, "Now it prints only blue pages."),
    },
    "comment.public": {"ticket": _OWNED, "comment": comment(ALICE, ALICES_WORDS)},
    "comment.internal": {
        "recipient": _TO_ALICE,
        "reason": "agent",
        "is_inside": True,
        "ticket": _OWNED,
        "comment": comment(ALICE, "He has the old model.\nLet us send Carol."),
    },
    "participant.added": {
        "recipient": _TO_CAROL,
        "reason": "participant",
        "ticket": _OWNED,
        "actor": ALICE,
        "comments": _HISTORY,
        "actions": [action("action.mute", "#mute")],
    },
    "estimate.requested": {
        "recipient": _TO_CAROL,
        "reason": "participant",
        "ticket": _WAITING,
        "estimate": {
            "number": 1,
            "seconds": 8 * 3600,
            "by": "2026-12-01",
            "words": "A new print head, and a day to fit it.",
            "left_seconds": 6 * 3600 + 1800,
            "package": "Support package 2026",
            "is_budgeted": True,
            "approved": None,
        },
        "actions": [
            action("action.approve", "#approve 7K3M-XQ2P-A4RT-9WZC"),
            action("action.reject", "#reject M3LC-77DK-PPQE-2ZXA"),
        ],
    },
    "estimate.decided": {
        "recipient": _TO_ALICE,
        "reason": "owner",
        "ticket": {**_OWNED, "status": "Approved"},
        "actor": CAROL,
        "estimate": {
            "number": 1,
            "seconds": 8 * 3600,
            "by": "2026-12-01",
            "words": "",
            "left_seconds": None,
            "package": "Support package 2026",
            "is_budgeted": True,
            "approved": True,
        },
        "comment": comment(CAROL, "Please come before noon."),
    },
    "rating.requested": {
        "ticket": _DONE,
        "actions": [
            action(f"action.rate-{stars}", f"#rate {stars} 7K3M-XQ2P-A4RT-9WZ{stars}")
            for stars in (5, 4, 3, 2, 1)
        ],
    },
    "waiting.reminder": {
        "ticket": _WAITING,
        "comment": comment(ALICE, "Hello Bob,\n\nwhich colour has the lever?"),
        "closes_at": "2026-12-05T09:00:00+00:00",
        "actions": [action("action.close", "#close")],
    },
    "digest.queue": {
        "recipient": _TO_ALICE,
        "reason": "agent",
        "is_inside": True,
        "ticket": None,
        "subject_line": line_of(phrase("digest.queue.subject", day="2026-11-21")),
        "table": _QUEUE,
        "more": 3,
    },
    "command.done": {
        "recipient": _TO_ALICE,
        "reason": "agent",
        "is_inside": True,
        "ticket": _OWNED,
        "transcript": [
            {
                "line": "#status In progress",
                "said": {
                    "say": "changed.status",
                    "with": {"before": "Open", "after": "In progress"},
                },
                "form": "",
            },
            {
                "line": "#take",
                "said": {"say": "changed.owner", "with": {"after": "Alice Doe"}},
                "form": "",
            },
        ],
        "actions": [action("action.undo", "#undo")],
    },
    "command.failed": {
        "recipient": _TO_ALICE,
        "reason": "agent",
        "is_inside": True,
        "alert": {
            "title": line_of(phrase("riddle.title")),
            "lines": lines_of((phrase("riddle.yours"), phrase("riddle.shows", words="Bob Müller"))),
        },
        "forms": ["#requester name@example.com"],
    },
    "sender.unverified": {
        "recipient": _TO_ALICE,
        "reason": "",
        "ticket": None,
        "subject_line": _WAS_IT_YOU,
        "alert": {"title": _WAS_IT_YOU, "lines": [_THEIR_SUBJECT]},
        "comment": comment(ALICE, "#done\n\nIt works again."),
    },
    "delivery.failed": {
        "recipient": _TO_ALICE,
        "reason": "agent",
        "is_inside": True,
        "alert": {
            "title": line_of(phrase("returned.title", address=BOB["email"])),
            "lines": lines_of(
                (
                    phrase("returned.to", address=BOB["email"]),
                    phrase("returned.reason", words="550 5.1.1 no such user here"),
                )
            ),
        },
    },
    "admin.alert": {
        "recipient": _TO_ALICE,
        "reason": "admin",
        "ticket": None,
        "subject_line": "[maildesk] Mailbox support",
        "alert": {
            "title": line_of(
                phrase("alert.mailbox-refused", name="support", at="2026-11-21T07:12:00+00:00")
            ),
            "lines": lines_of(_REFUSED),
        },
    },
}
EVENTS = sorted(SAMPLES)


def sample(event: str, **more: object) -> dict[str, Any]:
    """A fresh snapshot for `event`, through JSON as a row would keep it. Raises NotFound."""
    if event not in SAMPLES:
        msg = f"there is no event {event}; there are {', '.join(EVENTS)}"
        raise NotFound(msg)
    whole: dict[str, Any] = json.loads(json.dumps({**BASE, **SAMPLES[event], **more}))
    return whole
