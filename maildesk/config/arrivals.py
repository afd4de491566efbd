"""The tables about mail that comes in: `[[senders]]`, whose it is, and `[[filters]]`, what is spam.

In: TOML tables. Out: frozen models; addresses and list ids are in lower case.
*Fails:* pydantic.ValidationError. What spans several keys is judged by `maildesk.config.checks`.
"""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, PlainValidator

from maildesk.config.base import Model
from maildesk.config.values import Address, Domain, Flag, HeaderName, Name, header_name, text

# How contact forms and chat programs name the line with a person's address, and with the name.
ADDRESS_LABELS = (
    "E-mail",
    "Email",
    "E-mail address",
    "Email address",
    "Your email",
    "Visitor email",
    "E-Mail-Adresse",
    "Mail",
    "From",
    "Von",
    "De",
    "Reply-To",
)
NAME_LABELS = ("Name", "Your name", "Full name", "Visitor name", "Nom", "Nombre", "Nome")


def header_and_value(value: object) -> tuple[str, str]:
    """`"X-Form: contact"` as the field's name and the text in it; `"X-Form"` alone has any."""
    if isinstance(value, tuple):
        return value
    name, _, wanted = text(value).partition(":")
    return header_name(name.strip()), wanted.strip()


HeaderAndValue = Annotated[tuple[str, str], PlainValidator(header_and_value)]
Labels = Annotated[tuple[Name, ...], Field(min_length=1, max_length=50)]


class SenderTable(Model):
    """Mail that a program or a list hands on for a person. What is given must all fit."""

    name: Name
    addresses: tuple[Address, ...] = ()
    domains: tuple[Domain, ...] = ()
    list_ids: tuple[Domain, ...] = ()
    header: HeaderAndValue | None = None
    requester: Literal["reply-to", "body", "from"] = "reply-to"
    labels: Labels = ADDRESS_LABELS
    name_labels: Labels = NAME_LABELS
    answer: Flag = True


class FilterTable(Model):
    """What the mail server's spam filter has written, and what is done with such mail."""

    name: Name
    header: HeaderName
    words: tuple[Name, ...] = ()
    at_least: Annotated[float, Field(allow_inf_nan=False)] | None = None
    action: Literal["hold", "ignore"] = "hold"
