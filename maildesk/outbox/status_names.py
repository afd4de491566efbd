"""What mails call the statuses, for agents who write those names back.

In: the template directories, the statuses, the languages that agents are written to in. Out: their
names there, an admin's own before ours.
*Fails:* never.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

from maildesk.core.workflow import Status, StatusName
from maildesk.outbox.speech import Speaker, language_chain, speech


def status_names(
    directories: Sequence[Path], statuses: Sequence[Status], tags: Iterable[str]
) -> tuple[StatusName, ...]:
    """The names in each of these languages."""
    return tuple(n for tag in dict.fromkeys(tags) for n in _names(directories, statuses, tag))


def _names(
    directories: Sequence[Path], statuses: Sequence[Status], language: str
) -> Iterator[StatusName]:
    said = speech(directories, language_chain(language))
    speaker = Speaker(said, locale=language, values={}, is_html=False)
    for status in statuses:
        name = speaker.named("status", status.name)
        yield StatusName(language=language, status=status.name, name=name)
