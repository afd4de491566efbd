"""Where the shipped templates lie: inside the wheel, or at the top of a checkout.

In: nothing, or the admin's directory. Out: the directories for `render.Renderer`, in order.
*Fails:* `TemplateError` when the installation has no templates at all.
"""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

import maildesk
from maildesk.errors import TemplateError


def template_directories(own: Path | None = None) -> tuple[Path, ...]:
    """The admin's directory (when configured), then the shipped one."""
    return (*([own] if own else []), shipped_templates())


def languages_of(directories: Iterable[Path]) -> tuple[str, ...]:
    """The languages that have any words of ours."""
    found = (file.parent.name for d in directories for file in d.glob("*/words.toml"))
    return tuple(sorted(set(found)))


def shipped_templates() -> Path:
    """The directory that came with this maildesk. Raises TemplateError."""
    package = Path(maildesk.__file__).resolve().parent
    places = (package / "_data" / "templates", package.parent / "templates")
    for place in places:
        if (place / "_base.html.j2").is_file():
            return place
    msg = f"no templates in {' or '.join(map(str, places))}; is the installation complete?"
    raise TemplateError(msg)
