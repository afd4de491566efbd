"""What the mail server's spam filter says of a message, by the rules of the configuration.

In: rules, and the fields they look at as (name in lower case, value). Out: the first rule that fits
and the value that made it fit. A sender can write such fields, too, and harms nobody but himself:
every field of the name is looked at, so a "no" of his own hides no "yes" of the server's.
*Fails:* never.
"""

from __future__ import annotations

import re

from maildesk.core.rules import FilterRule

_NUMBER = re.compile(r"[-+]?\d{1,9}(?:\.\d{1,9})?")


def first_that_fits(
    rules: tuple[FilterRule, ...], fields: tuple[tuple[str, str], ...]
) -> tuple[FilterRule, str] | None:
    """The first rule with a field that fits it, and that field's value."""
    for rule in rules:
        for name, value in fields:
            if name == rule.header and _fits(rule, value):
                return rule, value
    return None


def _fits(rule: FilterRule, value: str) -> bool:
    """Whether the value begins with one of the words and its first number is large enough."""
    begins = value.strip().casefold().startswith(tuple(w.casefold() for w in rule.words))
    if rule.words and not begins:
        return False
    if rule.at_least is None:
        return True
    number = _NUMBER.search(value)
    return number is not None and float(number[0]) >= rule.at_least
