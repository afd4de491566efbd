"""One snapshot for each event that has templates, as the door writes them."""

from __future__ import annotations

import json
from copy import deepcopy
from typing import Any

BOB = {"name": "Bob Müller", "email": "bob@acme.example"}
ALICE = {"name": "Alice Doe", "email": "alice@example.com"}
SUBJECT = "The printer on floor 3 prints only pink pages"
BOBS_WORDS = """Hello,

since this morning every page comes out pink, and this line of mine has over 72 columns.
  - I changed the cartridge
  - I restarted it

See https://printers.example.com/help?a=1&b=2. What can I do?"""
FILES = [
    {"name": "pink page.pdf", "type": "application/pdf", "size": 1234567, "sent": True},
    {"name": "log.txt", "type": "text/plain", "size": 34200000, "sent": False},
]
TICKET = {
    "key": "HELP-12",
    "subject": SUBJECT,
    "status": "Open",
    "priority": "P3",
    "type": "incident",
    "created_at": "2026-11-21T09:00:00Z",
    "requester": BOB,
    "owner": None,
}
BASE: dict[str, Any] = {
    "version": 1,
    "subject_line": f"[HELP-12] {SUBJECT}",
    "desk": {"key": "HELP", "name": "Example Support", "address": "support@example.com"},
    "recipient": {**BOB, "role": "requester"},
    "reason": "requester",
    "ticket": TICKET,
}
TO_ALICE: dict[str, Any] = {"recipient": {**ALICE, "role": "agent"}, "reason": "agent"}


def comment(author: dict[str, str], text: str, **more: Any) -> dict[str, Any]:
    """What the courier adds for a row with a comment."""
    whole = {
        "author": author,
        "author_is_agent": author is ALICE,
        "at": "2026-11-21T10:00:00+00:00",
        "text": text,
        "html": None,
        "attachments": [],
    }
    return {**whole, **more}


_OWNED = {**TICKET, "status": "In progress", "owner": "Alice Doe"}
_ALERT = {
    "title": "The mailbox support@example.com refuses our login",
    "lines": [
        "since: 2026-11-21 08:12 UTC",
        "answer: NO [AUTHENTICATIONFAILED] Invalid credentials",
    ],
}
_SAMPLES: dict[str, dict[str, Any]] = {
    "ticket.received": {"comment": comment(BOB, BOBS_WORDS, attachments=FILES)},
    "ticket.new": {
        **TO_ALICE,
        "related": {"key": "HELP-3"},
        "comment": comment(BOB, BOBS_WORDS, attachments=FILES),
    },
    "command.done": {
        **TO_ALICE,
        "alert": {"title": "Done.", "lines": ["#spam: HELP-12 is closed as spam."]},
    },
    "command.failed": {
        **TO_ALICE,
        "alert": {
            "title": "Who wrote the mail that you forwarded?",
            "lines": ["It only shows: Bob Müller"],
        },
        "forms": ["#requester name@example.com"],
    },
    "comment.public": {
        "ticket": _OWNED,
        "comment": comment(ALICE, "Hello Bob,\n\nplease pull the blue lever.\n\nAlice"),
    },
    "comment.internal": {
        **TO_ALICE,
        "ticket": _OWNED,
        "comment": comment(ALICE, "He has the old model.\nLet us send Carol."),
    },
    "admin.alert": {
        **TO_ALICE,
        "reason": "admin",
        "ticket": None,
        "subject_line": f"[maildesk] {_ALERT['title']}",
        "alert": _ALERT,
    },
    "sender.unverified": {
        **TO_ALICE,
        "reason": "",
        "ticket": None,
        "subject_line": "Was this you? Re: [HELP-12] The printer",
        "alert": {
            "title": "Was this you? Re: [HELP-12] The printer",
            "lines": ["subject: Re: [HELP-12] The printer", "received: 2026-11-21 08:12 UTC"],
        },
        "comment": comment(ALICE, "#done\n\nIt works again."),
    },
    "ticket.assigned": {
        **TO_ALICE,
        "reason": "owner",
        "ticket": _OWNED,
        "changes": [{"say": "changed.owner", "with": {"after": "Alice Doe"}}],
    },
    "ticket.resolved": {
        "ticket": {**_OWNED, "status": "Done"},
        "changes": [{"say": "changed.status", "with": {"before": "Open", "after": "Done"}}],
        "comment": comment(ALICE, "The lever was stuck."),
    },
    "ticket.reopened": {
        "ticket": {**_OWNED, "status": "Open"},
        "changes": [{"say": "changed.status", "with": {"before": "Done", "after": "Open"}}],
        "comment": comment(BOB, "It is pink again."),
    },
    "status.changed": {
        "ticket": _OWNED,
        "changes": [{"say": "changed.status", "with": {"before": "Open", "after": "In progress"}}],
    },
    "delivery.failed": {
        **TO_ALICE,
        "alert": {
            "title": "A mail to bob@acme.example could not be delivered",
            "lines": ["to: bob@acme.example", "reason: 550 5.1.1 no such user here"],
        },
    },
}
EVENTS = sorted(_SAMPLES)


def sample(event: str, **more: Any) -> dict[str, Any]:
    """A fresh snapshot for `event`, through JSON as a row would keep it."""
    whole = {**deepcopy(BASE), **deepcopy(_SAMPLES[event]), **more}
    read: dict[str, Any] = json.loads(json.dumps(whole))
    return read
