"""The commands by which customers change a ticket; an organisation's plan may leave some out.

In: nothing. Out: their names.
*Fails:* never.
"""

from __future__ import annotations

from typing import Literal, get_args

Changing = Literal["close", "reopen", "urgency", "impact", "type", "share", "private", "requester"]
CHANGING: tuple[Changing, ...] = get_args(Changing)
