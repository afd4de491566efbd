"""What all tables of the configuration have in common: frozen, closed, silent about values.

In: one TOML table. Out: a model whose fields are named as the keys are. A class that holds secrets
names them in `secrets`; each then has four keys (see `maildesk.config.secret`).
*Fails:* pydantic.ValidationError, which `maildesk.config.faults` puts into words.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Annotated, Any, ClassVar, TypeVar

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, WrapSerializer, model_validator

from maildesk.config import secret

Value = TypeVar("Value")

# A dict inside a frozen model could still be changed; a view of one cannot.
Table = Annotated[
    Mapping[str, Value],
    AfterValidator(MappingProxyType),
    WrapSerializer(lambda table, rest: rest(dict(table))),
]


def empty_table() -> Mapping[str, Any]:
    """The default of a `Table`."""
    return MappingProxyType({})


def left_out(value: Any) -> Any:
    """The default of a key whose absence means the same as this TOML value."""
    return Field(default_factory=lambda: value, validate_default=True)


class Model(BaseModel):
    """One table of the configuration."""

    model_config = ConfigDict(
        frozen=True,
        extra="forbid",
        hide_input_in_errors=True,
        arbitrary_types_allowed=True,
        # Only `Settings` is ever built: it holds the schemas of all others.
        defer_build=True,
    )

    secrets: ClassVar[tuple[str, ...]] = ()

    @model_validator(mode="before")
    @classmethod
    def _gather_secrets(cls, data: Any) -> Any:
        return secret.fold(data, cls.secrets) if cls.secrets and isinstance(data, dict) else data

    @classmethod
    def known_keys(cls) -> tuple[str, ...]:
        """Every key that this table may hold, in the order of the documentation."""
        keys: list[str] = []
        for name in cls.model_fields:
            keys += secret.keys(name) if name in cls.secrets else (name,)
        return tuple(keys)
