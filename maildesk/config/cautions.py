"""Cautions."""

from __future__ import annotations

from collections.abc import Iterator

from maildesk.config.documents import Document
from maildesk.config.faults import Fault
from maildesk.config.settings import Settings


def cautions(settings: Settings, document: Document) -> Iterator[Fault]:
    yield from ()
