"""`maildesk template …`: the mails that go out, and an admin's own texts for them.

In: an event's name, a language. Out: a table or JSON; a mail as its reader gets it, made of a
sample; what is wrong with texts of one's own, by file and line, and then exit code 1.
*Fails:* NotFound for an event that there is not; Unfinished with every fault for `check --json`.
"""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

import click

from maildesk.cli.frame import Frame, json_option, pass_frame
from maildesk.cli.printing import print_json, print_table, say
from maildesk.errors import Unfinished

if TYPE_CHECKING:
    from maildesk.outbox.review import Layout


@click.group()
def template() -> None:
    """The mails that go out, and your own texts for them."""


@template.command("list")
@json_option
@pass_frame
def template_list(frame: Frame, as_json: bool) -> None:
    """List the mails, their languages, and which texts are your own."""
    from maildesk.outbox import review
    from maildesk.outbox.samples import EVENTS

    directories = _directories(frame)
    found = [(e, review.spoken(directories, e), review.layouts(directories, e)) for e in EVENTS]
    if as_json:
        print_json(
            [
                {"event": event, "languages": languages, "files": [_shape(f) for f in files]}
                for event, languages, files in found
            ]
        )
        return
    rows = [
        (event, " ".join(languages), " ".join(_short(f.path) for f in files if f.is_own))
        for event, languages, files in found
    ]
    print_table(("EVENT", "LANGUAGES", "YOUR OWN"), rows, "", wide=("LANGUAGES", "YOUR OWN"))


@template.command("preview")
@click.argument("event")
@click.option("--language", default="en", metavar="L", help="The reader's, such as de or pt-BR.")
@click.option(
    "--html", "file", type=click.Path(path_type=Path, dir_okay=False), help="Write its HTML there."
)
@json_option
@pass_frame
def template_preview(
    frame: Frame, event: str, language: str, file: Path | None, as_json: bool
) -> None:
    """Show a mail as its reader gets it, about a ticket that nobody has."""
    from maildesk.outbox.render import Renderer
    from maildesk.outbox.samples import sample

    rendered = Renderer(_directories(frame)).render(event, language, sample(event))
    if file and rendered.html is None:
        message = f"{event} has no HTML part in {language}"
        raise Unfinished(message)
    if file:
        file.write_text(rendered.html or "", encoding="utf-8")
    if as_json:
        print_json(asdict(rendered))
        return
    for fault in rendered.faults:
        say(f"passed over: {fault}", err=True)
    say(f"Subject: {rendered.subject}\n\n{rendered.text.rstrip()}")


@template.command("check")
@json_option
@pass_frame
def template_check(frame: Frame, as_json: bool) -> None:
    """Render every mail in every language, and name what cannot be used."""
    from maildesk.config.policy import workflow_of
    from maildesk.outbox.review import review
    from maildesk.outbox.samples import EVENTS

    directories = _directories(frame)
    found = review(directories, workflow_of(frame.load()))
    if found.faults and as_json:
        raise Unfinished("\n".join(found.faults))
    findings = [("FAIL", fault) for fault in found.faults]
    findings += [("warn", remark) for remark in found.remarks]
    if not found.faults:
        whose = f"with those in {directories[0]}" if len(directories) > 1 else "as delivered"
        findings.append(("ok", f"the texts of {len(EVENTS)} mails, {whose}: no faults"))
    if as_json:
        print_json([{"result": result, "about": about} for result, about in findings])
        return
    for result, about in findings:
        say(f"{result:<5}{about}")
    if found.faults:
        raise click.exceptions.Exit(1)


def _directories(frame: Frame) -> tuple[Path, ...]:
    from maildesk.outbox.templates_dir import template_directories

    return template_directories(frame.load().templates.directory)


def _shape(file: Layout) -> dict[str, object]:
    return {
        "language": file.language,
        "part": file.part,
        "file": str(file.path),
        "own": file.is_own,
    }


def _short(path: Path) -> str:
    return f"{path.parent.name}/{path.name}"
