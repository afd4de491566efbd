"""What a person was not sent while mail to them was withheld.

In: a ticket and an address. Out: the comments that they have not had, oldest first.
*Fails:* sqlite3.Error as the database gives it.
"""

from __future__ import annotations

import json

from maildesk.store.writer import Tx

_MOST = 20  # the newest; who was away for longer asks


def missed_comments(tx: Tx, ticket_id: int, email: str) -> tuple[int, ...]:
    """The comments whose mail was withheld from this address since it last worked."""
    rows = tx.execute(
        """SELECT detail FROM events
           WHERE ticket_id = :ticket_id AND actor = :email AND kind = 'mail withheld'
               AND id > coalesce((SELECT max(id) FROM events WHERE ticket_id = :ticket_id
                   AND actor = :email AND kind = 'delivery resumed'), 0)
           ORDER BY id DESC LIMIT :most""",
        {"ticket_id": ticket_id, "email": email, "most": _MOST},
    )
    found = (json.loads(row["detail"]).get("comment") for row in rows)
    return tuple(reversed(list(dict.fromkeys(int(c) for c in found if c))))
