"""Whether a customer can mean a line as a command: people begin sentences with such words, too.

    #private                                  a command
    #private key of the server was stolen     a report, like every line with words that do not fit
    #close the window and it crashes          a command in an answer, whose words are kept; in a
                                              first mail, where nothing can be closed, a report

In: a command line as it was read. Out: whether it is one.
*Fails:* never.
"""

from __future__ import annotations

from maildesk.core import codes
from maildesk.core.orders import asking, hearing
from maildesk.core.orders.reading import Command

_ALONE = ("mute", "unmute", "share", "private", "reopen")
_ONE_VALUE = ("type", "urgency", "impact", "rate")
_VALUE_WORDS = 2
_ANSWERS = ("close", "approve", "reject")


def is_meant(command: Command) -> bool:
    """Whether the words behind the command fit it."""
    if command.name in _ALONE:
        return hearing.is_meant(command)
    if command.name in _ONE_VALUE and not command.words[:1].isdigit():
        return len(command.words.split()) <= _VALUE_WORDS
    return asking.is_meant(command)


def may_begin_prose(command: Command) -> bool:
    """Whether a line that would answer something is a report where there is nothing to answer."""
    has_code = codes.read(command.words) is not None
    return command.name in _ANSWERS and bool(command.words) and not has_code
