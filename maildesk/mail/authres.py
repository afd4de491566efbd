"""Authentication-Results fields by the grammar of RFC 8601 §2.2, and by nothing looser.

In: raw field values, topmost first. Out: one `AuthResults` for each, in the same order. A field
that breaks the grammar keeps its place with no results at all: were it left out, a forged one below
it would become the topmost.
*Fails:* never.
"""

from __future__ import annotations

import re

from maildesk.core.authres import AuthResult, AuthResults
from maildesk.mail.charsets import decode
from maildesk.mail.clean import clean_line
from maildesk.mail.headers import unfold

FIELDS_LIMIT = 50

_SPACE = " \t\r\n"
_QUOTED = re.compile(r'"((?:[^"\\]|\\.)*+)"', re.DOTALL)
_WORD = re.compile(r'[^\s;="()]++')
# A value ends at white space, `;` or a comment; senders leave `=` and `/` of base64 unquoted.
_VALUE = re.compile(r'[^\s;"()]++')
_METHOD = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9-]*[A-Za-z0-9])?(?:/[0-9]+)?")
_RESULT = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9-]*[A-Za-z0-9])?")


def read_auth_results(values: list[bytes]) -> tuple[AuthResults, ...]:
    """Every field of the message, topmost first."""
    return tuple(read_field(decode(unfold(value))) for value in values[:FIELDS_LIMIT])


def read_field(value: str) -> AuthResults:
    """One field; `authserv_id` is "" where it is left out, as Microsoft 365 does."""
    authserv_id = ""
    try:
        segments = _split(value)
        first = segments[0]
        if first and "=" not in first:
            authserv_id = _read_id(first)
            segments = segments[1:]
        results = tuple(
            _read_result(tokens) for tokens in segments if tokens and tokens != ["none"]
        )
    except ValueError:
        return AuthResults(authserv_id=authserv_id or _first_word(value))
    return AuthResults(authserv_id=authserv_id, results=results)


def _split(value: str) -> list[list[str]]:
    """Tokens between semicolons. A token is `=` or a word; comments are gone, quotes undone."""
    segments: list[list[str]] = [[]]
    at, after_equals, in_keyword = 0, False, False
    while at < len(value):
        char = value[at]
        if char in _SPACE:
            at += 1
        elif char == "(":
            at = _skip_comment(value, at)
        elif char == ";":
            if after_equals:
                segments[-1].append("")  # `smtp.mailfrom=` of the null sender
            segments.append([])
            at, after_equals, in_keyword = at + 1, False, False
        elif char == "=" and not after_equals:
            segments[-1].append("=")
            at, after_equals, in_keyword = at + 1, True, False
        else:
            word, at = _read_word(value, at, is_value=after_equals)
            # Space and comments may stand around the `/` and `.` of a keyword.
            if in_keyword and (word[0] in "/." or segments[-1][-1][-1] in "/."):
                segments[-1][-1] += word
            else:
                segments[-1].append(word)
            in_keyword, after_equals = not after_equals, False
    if after_equals:
        segments[-1].append("")
    return segments


def _read_word(value: str, at: int, *, is_value: bool) -> tuple[str, int]:
    pattern = _QUOTED if value[at] == '"' else _VALUE if is_value else _WORD
    found = pattern.match(value, at)
    if not found:
        raise ValueError(value[at])
    if pattern is not _QUOTED:
        return found[0], found.end()
    # A quoted string in the place of a keyword must not turn into one.
    word = re.sub(r"\\(.)", r"\1", found[1])
    if not is_value and (not word or not _WORD.fullmatch(word)):
        raise ValueError(word)
    return word, found.end()


def _skip_comment(value: str, at: int) -> int:
    """The place after a comment, which may hold others (RFC 5322 §3.2.2)."""
    depth = 0
    while at < len(value):
        if value[at] == "\\":
            at += 1
        elif value[at] == "(":
            depth += 1
        elif value[at] == ")":
            depth -= 1
            if not depth:
                return at + 1
        at += 1
    raise ValueError(value)


def _read_id(tokens: list[str]) -> str:
    """The authserv-id, with or without its version: the one there is (RFC 8601 §2.2)."""
    if len(tokens) > 2 or (len(tokens) == 2 and tokens[1] != "1"):
        raise ValueError(tokens)
    return clean_line(tokens[0])


def _read_result(tokens: list[str]) -> AuthResult:
    """`method=result` and its properties; `key=value` without a ptype is kept as it stands."""
    pairs = [_read_pair(tokens[at : at + 3]) for at in range(0, len(tokens), 3)]
    method, result = pairs[0]
    version = method.partition("/")[2]
    if not _METHOD.fullmatch(method) or version not in ("", "1") or not _RESULT.fullmatch(result):
        raise ValueError(method)
    return AuthResult(
        method=method.partition("/")[0].lower(),
        result=result.lower(),
        properties=tuple((key.lower(), clean_line(value)) for key, value in pairs[1:]),
    )


def _read_pair(tokens: list[str]) -> tuple[str, str]:
    if len(tokens) != 3 or tokens[1] != "=" or "=" in (tokens[0], tokens[2]):
        raise ValueError(tokens)
    return tokens[0], tokens[2]


def _first_word(value: str) -> str:
    found = _WORD.match(value.lstrip())
    return clean_line(found[0]) if found else ""
