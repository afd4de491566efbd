"""The grammar of SMTP's commands, as far as this listener speaks it (RFC 5321 §4.1).

In: one line as it came, or the text behind a verb. Out: the verb and its argument, the sender or
the recipient with its parameters.
*Fails:* `Refused`, with the reply to give; nothing else.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from maildesk.inbox.smtp_replies import Reply

# A local part is dots and atoms or a quoted string; a source route before it is read and dropped
# (RFC 5321 §4.1.1.3). Possessive repeats: no input makes the match go back.
_QUOTED = r'"(?:[^"\\\x00-\x1f\x7f]|\\[^\x00-\x1f\x7f])*+"'
_ADDRESS = rf'(?P<address>(?:{_QUOTED}|[^<>"\s\x00-\x1f\x7f])*+)'
_ROUTE = r"(?:@[^<>:\s]++:)?"
_PATH = re.compile(rf"\s*+(?:<\s*+{_ROUTE}{_ADDRESS}\s*+>|(?P<bare>[^<>\"\s\x00-\x1f\x7f]++))")
_PARAMETER = re.compile(r"(?P<key>[A-Za-z0-9][A-Za-z0-9-]*+)(?:=(?P<value>[!-<>-~]++))?")
_SIZE = re.compile(r"[0-9]{1,20}")


class Refused(Exception):
    """The command cannot be carried out; `reply` says why."""

    def __init__(self, reply: Reply) -> None:
        super().__init__(reply)
        self.reply = reply


@dataclass(frozen=True, slots=True, kw_only=True)
class Sender:
    """MAIL's argument: the reverse path, "" for the null sender, and the size it declares."""

    address: str
    size: int = 0


def split(line: bytes) -> tuple[str, bytes]:
    """The verb in upper case and the rest without white space around it."""
    verb, _, rest = line.strip(b" \t\r\n").partition(b" ")
    if not verb.isalpha():
        raise Refused(Reply.BAD_SYNTAX)
    return verb.decode("ascii", "replace").upper(), rest.strip()


def read_sender(argument: bytes) -> Sender:
    """`FROM:<path> parameters`; BODY, SMTPUTF8 and AUTH are accepted and change nothing.

    Mail is kept byte by byte whatever its BODY says, and addresses are UTF-8 anyway.
    """
    address, parameters = _read_path(argument, "FROM:", Reply.BAD_SENDER)
    size = 0
    for key, value in _read_parameters(parameters):
        if key == "SIZE" and value and _SIZE.fullmatch(value):
            size = int(value)
        elif not _is_harmless(key, value):
            known = key in {"SIZE", "BODY", "SMTPUTF8", "AUTH"}
            raise Refused(Reply.BAD_ARGUMENT if known else Reply.UNKNOWN_PARAMETER)
    return Sender(address=address, size=size)


def read_recipient(argument: bytes) -> str:
    """`TO:<path>`: the address as written, never empty."""
    address, parameters = _read_path(argument, "TO:", Reply.BAD_RECIPIENT)
    if not address:
        raise Refused(Reply.BAD_RECIPIENT)
    if parameters:
        raise Refused(Reply.UNKNOWN_PARAMETER)
    return address


def read_name(argument: bytes) -> str:
    """The name a client greets with: at least one character, only printable ASCII kept."""
    name = re.sub(r"[^!-~]", "?", argument.decode("ascii", "replace"))[:255]
    if not name:
        raise Refused(Reply.BAD_ARGUMENT)
    return name


def _is_harmless(key: str, value: str) -> bool:
    if key == "BODY":
        return value.upper() in {"7BIT", "8BITMIME"}
    return (key == "SMTPUTF8" and not value) or (key == "AUTH" and bool(value))


def _read_path(argument: bytes, keyword: str, malformed: Reply) -> tuple[str, str]:
    try:
        text = argument.decode("utf-8")
    except UnicodeDecodeError:
        raise Refused(Reply.BAD_UTF8) from None
    if text[: len(keyword)].upper() != keyword:
        raise Refused(malformed)
    text = text[len(keyword) :]
    path = _PATH.match(text)
    rest = text[path.end() :] if path else ""
    if path is None or (rest and not rest[0].isspace()):
        raise Refused(malformed)
    return path["bare"] or path["address"] or "", rest.strip()


def _read_parameters(text: str) -> list[tuple[str, str]]:
    found = [_PARAMETER.fullmatch(word) for word in text.split()]
    parameters = [(match["key"].upper(), match["value"] or "") for match in found if match]
    is_repeated = len(dict(parameters)) < len(parameters)
    if is_repeated or len(parameters) < len(found):
        raise Refused(Reply.BAD_ARGUMENT)
    return parameters
