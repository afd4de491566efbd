"""How soon a ticket's turn comes: priority from urgency and impact.

In: urgency (how soon the customer needs it), impact (how much stands still), the matrix of the
configuration. Out: `P1` to `P4`. An agent who says `#priority` has the last word: from then on
urgency and impact change without it.

                  impact  high  medium  low
    urgency  high          P1     P2    P3
             medium        P2     P2    P3
             low           P3     P3    P4       as delivered

*Fails:* never; a word that is no level leaves everything as it was.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from maildesk.core.model import Ticket

LEVELS = ("high", "medium", "low")
PRIORITIES = ("P1", "P2", "P3", "P4")
# How customers say the levels, in the languages that we write to them.
_WORDS = {
    "high": "high hoch haute haut élevée élevé wysoki wysoka alta alto hög högt 高 高い 높음 상",
    "medium": "medium mittel normal moyenne moyen średni średnia media medio medel 中 보통 중간",
    "low": "low niedrig basse faible niski niska baja bajo låg lågt bassa basso 低 低い 낮음",
}
_LEVEL = {word: level for level, words in _WORDS.items() for word in words.split()}
USUAL_URGENCY, USUAL_IMPACT = "medium", "low"


@dataclass(frozen=True, slots=True, kw_only=True)
class Matrix:
    """A row of priorities, for high, medium and low impact, for each urgency."""

    high: tuple[str, str, str] = ("P1", "P2", "P3")
    medium: tuple[str, str, str] = ("P2", "P2", "P3")
    low: tuple[str, str, str] = ("P3", "P3", "P4")

    def priority(self, urgency: str, impact: str) -> str:
        """The priority of two levels."""
        rows = {"high": self.high, "medium": self.medium, "low": self.low}
        return rows[urgency][LEVELS.index(impact)]


DELIVERED = Matrix()


def weighed(ticket: Ticket, matrix: Matrix, *, urgency: str = "", impact: str = "") -> Ticket:
    """The ticket after a word about urgency, impact or both; "" leaves one as it was."""
    now_urgency = urgency if urgency in LEVELS else ticket.urgency
    now_impact = impact if impact in LEVELS else ticket.impact
    is_kept = ticket.has_own_priority or not {now_urgency, now_impact} <= set(LEVELS)
    return replace(
        ticket,
        urgency=now_urgency,
        impact=now_impact,
        priority=ticket.priority if is_kept else matrix.priority(now_urgency, now_impact),
    )


def level(word: str) -> str:
    """`high`, `medium` or `low` in a person's word, in any case; "" for none of them."""
    return _LEVEL.get(word.strip().casefold(), "")


def named(word: str) -> str:
    """The priority that a word names: `P2`, `p2`, `2`; "" for none."""
    bare = word.strip().upper()
    found = bare if bare.startswith("P") else f"P{bare}"
    return found if found in PRIORITIES else ""
