"""`#internal` and `#public`: who reads this very mail.

In: a situation. Out: the visibility of the whole mail.
*Fails:* never.
"""

from __future__ import annotations

from maildesk.core.model import Visibility
from maildesk.core.orders.situation import Done, Fault, Outcome, Situation
from maildesk.core.phrase import phrase

_ANYWAY = "anyway"


def keep_internal(situation: Situation) -> Outcome:
    """`#internal`: for agents alone."""
    said = phrase("orders.internal")
    return Done(ticket=situation.ticket, said=said, visibility=Visibility.INTERNAL)


def make_public(situation: Situation) -> Outcome:
    """`#public`: for the customer, though the mail answers an internal one.

    `#public anyway`: although it says what an internal note says (decision 0017).
    """
    words = situation.words.casefold()
    if words not in ("", _ANYWAY):
        return Fault(why=phrase("orders.words-below"))
    if not situation.has_more:
        return Fault(why=phrase("orders.nothing-below"))
    return Done(
        ticket=situation.ticket,
        said=phrase("orders.public"),
        visibility=Visibility.PUBLIC,
        is_anyway=words == _ANYWAY,
    )
