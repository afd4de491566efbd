"""What a receiving mail server says of a sender (RFC 8601), as values.

In: nothing. Out: frozen values that the parser makes and `trust` weighs.
*Fails:* never.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class AuthResult:
    """One method's result from an Authentication-Results field (RFC 8601 §2.2)."""

    method: str
    result: str
    properties: tuple[tuple[str, str], ...] = ()  # ("header.from", "example.com")


@dataclass(frozen=True, slots=True, kw_only=True)
class AuthResults:
    """One Authentication-Results field; `authserv_id` is "" where the field leaves it out."""

    authserv_id: str
    results: tuple[AuthResult, ...] = ()
