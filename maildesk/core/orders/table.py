"""What obeys each command of `forms`.

In: nothing. Out: the table.
*Fails:* never.
"""

from __future__ import annotations

from collections.abc import Callable

from maildesk.core.orders import (
    asking,
    audience,
    company,
    dividing,
    due,
    escalation,
    estimate,
    hearing,
    linking,
    merging,
    owner,
    rate,
    reply,
    requester,
    sorting,
    status,
    undo,
    work,
)
from maildesk.core.orders.situation import Outcome, Situation

DOERS: dict[str, Callable[[Situation], Outcome]] = {
    "status": status.set_status,
    "done": status.finish,
    "close": status.close,
    "reopen": status.reopen,
    "assign": owner.assign,
    "take": owner.take,
    "internal": audience.keep_internal,
    "public": audience.make_public,
    "type": sorting.set_type,
    "urgency": sorting.set_urgency,
    "impact": sorting.set_impact,
    "priority": sorting.set_priority,
    "subject": sorting.set_subject,
    "language": sorting.set_language,
    "organisation": sorting.set_organisation,
    "requester": requester.set_requester,
    "due": due.set_due,
    "estimate": estimate.ask,
    "approve": estimate.approve,
    "reject": estimate.reject,
    "rate": rate.rate,
    "reply": reply.send_canned,
    "time": work.enter_time,
    "link": linking.link,
    "merge": merging.merge,
    "split": dividing.split,
    "cc": company.bring,
    "uncc": company.take_off,
    "escalate": escalation.escalate,
    "share": company.share,
    "private": company.make_private,
    "mute": hearing.mute,
    "unmute": hearing.unmute,
    "undo": undo.undo,
    "spam": requester.mark_spam,
    "queue": asking.ask_queue,
    "mine": asking.ask_mine,
    "search": asking.ask_search,
    "show": asking.ask_show,
    "budget": asking.ask_budget,
    "help": asking.ask_help,
}
