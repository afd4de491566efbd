"""What a sender has written and had of us lately: the ground of every cap.

In: nothing. Out: a frozen value.
*Fails:* never.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Lately:
    """Counts of the last hour, unless a field says otherwise."""

    automatic_mails: int = 0  # to the sender
    automatic_mails_to_original: int = 0  # to the writer of a forwarded mail
    tickets: int = 0  # that the sender has opened
    questions_last_day: int = 0  # "was this you?", to the sender
    is_echo: bool = False  # the sender had a day's acknowledgements, all for these words
