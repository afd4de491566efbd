"""What the configuration says of mail that comes in: who hands it on for whom, what is spam.

In: nothing. Out: frozen rules; addresses, list ids and names of header fields are in lower case.
*Fails:* never.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class SenderRule:
    """A program or a list that hands mail on for people; what is given must all fit.

    `header` is a field's name and a text in it. `requester` is reply-to, body or from; `labels`
    begin the lines of a body that name the person's address.
    """

    name: str
    addresses: tuple[str, ...] = ()
    domains: tuple[str, ...] = ()
    list_ids: tuple[str, ...] = ()
    header: tuple[str, str] | None = None
    requester: str = "reply-to"
    labels: tuple[str, ...] = ()
    name_labels: tuple[str, ...] = ()
    answer: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class FilterRule:
    """A field of the mail server's spam filter: its first word, or a number in it."""

    name: str
    header: str
    words: tuple[str, ...] = ()
    at_least: float | None = None
    action: str = "hold"  # or "ignore"


def asked_fields(
    senders: tuple[SenderRule, ...], filters: tuple[FilterRule, ...]
) -> tuple[str, ...]:
    """The header fields that these rules look at."""
    asked = [rule.header for rule in filters]
    asked += [rule.header[0] for rule in senders if rule.header]
    return tuple(dict.fromkeys(asked))
