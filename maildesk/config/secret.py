"""A secret and where it is kept; nothing is read before somebody needs it.

In: one of `password`, `password_file`, `password_env`, `password_credential` (and the same four
forms of other secrets). Out: `Secret.read(env)`. Files, variables and systemd credentials are read
at every call, so a renewed secret counts without a restart.
*Fails:* ValueError when the forms are wrong; ConfigError from `read` when nothing can be read.
`repr`, `str`, dumps and errors never hold the value.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any

from pydantic import PlainSerializer, PlainValidator, ValidationInfo

from maildesk.config.values import MisplacedError
from maildesk.errors import ConfigError

MASK = "********"
_LARGEST = 64 * 1024


class Kind(StrEnum):
    """Where the value stands; the key's ending in the configuration."""

    INLINE = ""
    FILE = "_file"
    ENV = "_env"
    CREDENTIAL = "_credential"


@dataclass(frozen=True, slots=True)
class Secret:
    """Where one secret is to be had; `key` is the configuration's name for it, for messages."""

    kind: Kind
    place: str = field(repr=False)
    key: str = "password"

    def read(self, env: Mapping[str, str]) -> str:
        """The secret itself, one line end at its end taken off."""
        if self.kind is Kind.INLINE:
            return self.place
        if self.kind is Kind.ENV:
            return self._checked(env.get(self.place, ""), f"the variable {self.place} is not set")
        return self._from_file(self._path(env))

    def __repr__(self) -> str:
        return f"Secret({self.key}{self.kind.value}={MASK!r})"

    __str__ = __repr__

    def _path(self, env: Mapping[str, str]) -> Path:
        if self.kind is Kind.FILE:
            return Path(self.place)
        folder = env.get("CREDENTIALS_DIRECTORY", "")
        return Path(self._checked(folder, "systemd gave no $CREDENTIALS_DIRECTORY"), self.place)

    def _from_file(self, path: Path) -> str:
        try:
            with path.open("rb") as stream:
                content = stream.read(_LARGEST).decode()
        except UnicodeDecodeError:
            words = f"{path} is no UTF-8 text"
            raise self._fault(words) from None
        except OSError as error:
            words = f"{path} cannot be read: {error.strerror}"
            raise self._fault(words) from None
        return self._checked(content.removesuffix("\n").removesuffix("\r"), f"{path} is empty")

    def _checked(self, value: str, otherwise: str) -> str:
        if not value:
            raise self._fault(otherwise)
        return value

    def _fault(self, words: str) -> ConfigError:
        return ConfigError((f"{self.key}{self.kind.value}: {words}",))


def keys(name: str) -> tuple[str, ...]:
    """The four keys under which a secret may stand."""
    return tuple(name + kind.value for kind in Kind)


def fold(table: dict[str, Any], names: tuple[str, ...]) -> dict[str, Any]:
    """The table with the forms of each secret gathered under its plain name."""
    forms = {form for name in names for form in keys(name)}
    folded = {key: value for key, value in table.items() if key not in forms}
    for name in names:
        given = {form: table[form] for form in keys(name) if form in table}
        if given and not isinstance(table.get(name), Secret):
            folded[name] = Forms(name, given)
        elif given:
            folded[name] = table[name]
    return folded


@dataclass(frozen=True, slots=True)
class Forms:
    """A secret's keys as found in one table, before they are judged."""

    name: str
    given: dict[str, Any] = field(repr=False)


def settle(value: Any, info: ValidationInfo) -> Secret | None:
    """The one secret that the forms name, or None where they are left empty."""
    if value is None or isinstance(value, Secret):
        return value
    if not isinstance(value, Forms):
        words = "must be text"
        raise ValueError(words)
    for key, place in value.given.items():
        if not isinstance(place, str) or "\0" in place:
            raise MisplacedError(key, "must be text in quotes")
    given = {key: place for key, place in value.given.items() if place}
    if len(given) > 1:
        raise MisplacedError(
            list(given)[1], f"stands beside {next(iter(given))}; one of them is enough"
        )
    return next((_secret(value.name, key, given[key], info) for key in given), None)


def _secret(name: str, key: str, place: str, info: ValidationInfo) -> Secret:
    kind = Kind(key.removeprefix(name))
    if kind is Kind.FILE:
        place = str(Path((info.context or {}).get("folder", Path.cwd()), place))
    if kind is Kind.CREDENTIAL and ("/" in place or place in {".", ".."}):
        raise MisplacedError(key, "must be the bare name of a systemd credential")
    return Secret(kind, place, name)


SecretField = Annotated[
    Secret | None, PlainValidator(settle), PlainSerializer(lambda secret: secret and MASK)
]
