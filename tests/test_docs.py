"""The documents and the program say the same, both ways.

In: README.md, docs/, the click commands, the configuration's model. Out: what one side knows and
the other does not.

*Fails:* as every test does.
"""

from __future__ import annotations

import re
import subprocess
import tomllib
from collections.abc import Iterator
from pathlib import Path

import click
import pytest

import maildesk
import maildesk.cli
from maildesk.config import load
from maildesk.config.settings import Settings
from maildesk.core.orders.forms import FORMS
from tests import parts

ROOT = Path(__file__).resolve().parent.parent
README = (ROOT / "README.md").read_text()
MAN_PAGE = ROOT / "docs" / "maildesk.1"
DOCUMENTS = sorted([ROOT / "README.md", *(ROOT / "docs").rglob("*.md"), *ROOT.glob("bench/*.md")])
# What every configuration must have, for the README's pieces that leave it out.
REST = {
    "trust": '[trust]\nauthserv_ids = ["mx.example.com"]\npeers = ["127.0.0.1"]\n',
    "desks": """
[[desks]]
key = "HELP"
address = "support@example.com"
agents = ["alice"]
[[agents]]
id = "alice"
name = "Alice Doe"
emails = ["alice@example.com"]
""",
}


def _doc(name: str) -> str:
    return (ROOT / "docs" / name).read_text()


def commands(group: click.Group | None = None, name: str = "") -> Iterator[tuple[str, object]]:
    """`("ticket list", command)` for every command that does something."""
    if group is None:
        (group,) = {id(v): v for v in vars(maildesk.cli).values() if _is_group(v)}.values()
    context = click.Context(group)
    for word in group.list_commands(context):
        command = group.get_command(context, word)
        full = f"{name} {word}".strip()
        if isinstance(command, click.Group):
            yield from commands(command, full)
        else:
            yield full, command


def _is_group(value: object) -> bool:
    return isinstance(value, click.Group)


def man_page() -> str:
    """The manual's text without its dressing."""
    text = re.sub(r"\\f[BIRP]", "", MAN_PAGE.read_text()).replace("\\-", "-")
    text = re.sub(r"^\.(?:B|I|BI|IR|RB|BR|RI|IB) +", "", text, flags=re.MULTILINE)
    return re.sub(r'[ "]+', " ", text)


def blocks(language: str) -> list[str]:
    """The code blocks in that language, of the README and of the pages for agents and admins."""
    text = "\n".join((README, _doc("BY-MAIL.md"), _doc("TEXTS.md")))
    return re.findall(rf"^```{language}\n(.*?)^```$", text, re.MULTILINE | re.DOTALL)


def test_the_readme_names_every_command() -> None:
    table = set(re.findall(r"^\| `maildesk ([a-z ]+?)(?: [A-Z]+…?)?` \|", README, re.MULTILINE))
    assert table == {name for name, _ in commands()}


def test_the_page_on_mail_names_every_command_that_a_mail_may_hold() -> None:
    page = _doc("BY-MAIL.md")
    assert {name for name in FORMS if f"`#{name}" not in page} == set()


def test_the_manual_names_every_command() -> None:
    headings = re.findall(
        r"^\.TP\n\.BI? \"?maildesk ([a-z ]+?) ?\"?(?: [A-Z].*)?$",
        MAN_PAGE.read_text(),
        re.MULTILINE,
    )
    assert set(headings) - {"ready"} == {name for name, _ in commands()}


def test_the_manual_names_every_option() -> None:
    text = man_page()
    unknown = [
        f"{name} {option}"
        for name, command in commands()
        if isinstance(command, click.Command)
        for parameter in command.params
        if isinstance(parameter, click.Option)
        for option in parameter.opts
        if option.startswith("--") and not re.search(rf"{option}\b", text)
    ]
    assert unknown == []


def test_every_command_in_a_document_exists() -> None:
    known = {name for name, _ in commands()}
    groups = {name.partition(" ")[0] for name in known if " " in name}
    for line in "\n".join(blocks("sh")).splitlines():
        for words in re.findall(r"bin/maildesk(?: -c \S+)? ([a-z]+(?: [a-z]+)?)", line):
            first = words.partition(" ")[0]
            assert (words if first in groups else first) in known, line


def test_the_two_commands_stand_in_the_readme_once() -> None:
    for word in ("demo", "test"):
        lines = re.findall(rf"^python3 -m maildesk\.bootstrap {word}\b.*$", README, re.MULTILINE)
        assert len(lines) == 1


@pytest.mark.parametrize("number", range(len(blocks("toml"))))
def test_every_piece_of_configuration_in_the_readme_is_right(number: int, tmp_path: Path) -> None:
    text = blocks("toml")[number]
    given = tomllib.loads(text)
    missing = "".join(words for table, words in REST.items() if table not in given)
    file = tmp_path / "config.toml"
    file.write_text(text + missing)
    assert load(file, {}).warnings == ()


def test_the_readme_names_every_table_of_the_configuration() -> None:
    section = README.partition("| table | holds |")[2].partition("\n\n")[0]
    cells = [line.split("|")[1] for line in section.splitlines() if line.startswith("| `")]
    assert set(re.findall(r"`(\w+)`", "".join(cells))) == set(Settings.model_fields)


@parts.need("man")
def test_the_manual_renders_without_a_warning() -> None:
    done = subprocess.run(
        [parts.path("man"), "--warnings=w", "-l", str(MAN_PAGE)],
        capture_output=True,
        text=True,
        check=True,
        env={"LC_ALL": "C.UTF-8", "PATH": "/usr/bin:/bin", "MANWIDTH": "80"},
    )
    assert done.stderr == ""
    assert "maildesk - e-mail ticket desk" in done.stdout


def test_this_version_stands_wherever_a_version_stands() -> None:
    version = maildesk.__version__
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    assert project["version"] == version
    assert f'"maildesk {version}"' in MAN_PAGE.read_text()
    assert re.search(rf"^## {re.escape(version)}\b", _doc("CHANGELOG.md"), re.MULTILINE)
    assert re.search(rf"^## .*\b{re.escape(version)}\b", _doc("UPGRADING.md"), re.MULTILINE)


def test_every_change_stands_once_and_under_a_heading() -> None:
    _, *versions = _doc("CHANGELOG.md").split("\n## ")
    for version in versions:
        above, *groups = version.split("\n### ")
        assert "\n- " not in above, f"no heading (### …) above: {above[:200]}"
        entries = [entry for group in groups for entry in group.split("\n- ")[1:]]
        # Nobody begins a new thing with the same six words; who tells the old one anew does.
        begun = [" ".join(entry.split()[:6]) for entry in entries]
        assert entries
        assert sorted({words for words in begun if begun.count(words) > 1}) == []


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: str(path.relative_to(ROOT)))
def test_every_link_leads_somewhere(document: Path) -> None:
    for target in re.findall(r"\]\(([^)#\s]+)(?:#[^)]*)?\)", document.read_text()):
        if "://" not in target and not target.startswith("mailto:"):
            assert (document.parent / target).exists(), f"{document.name} links to {target}"


def test_every_decision_is_in_the_index_by_its_number_and_its_title() -> None:
    pages = sorted((ROOT / "docs" / "decisions").glob("[0-9]*.md"))
    titles = [page.read_text().splitlines()[0].removeprefix("# ") for page in pages]
    numbers = [page.name[:4] for page in pages]
    assert [title[:5] for title in titles] == [f"{number} " for number in numbers]
    assert len(set(numbers)) == len(numbers)
    listed = re.findall(r"^- \[(\d+)\]\(([^)]+)\) (.+)$", _doc("decisions/README.md"), re.MULTILINE)
    assert [(name, f"{number} {title}") for number, name, title in listed] == [
        (page.name, title) for page, title in zip(pages, titles, strict=True)
    ]


def test_every_module_that_the_architecture_names_exists() -> None:
    rooms = "core|mail|store|config|inbox|outbox|cli"
    named = set(re.findall(rf"\b((?:{rooms})(?:/\w*[a-z])+)\b(?![_*])", _doc("ARCHITECTURE.md")))
    assert len(named) > 100
    places = {name: ROOT / "maildesk" / name for name in named}
    assert [
        n for n, at in places.items() if not (at.is_dir() or at.with_suffix(".py").is_file())
    ] == []


def test_every_library_has_its_reason() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    wanted = {re.split(r"[><=\[]", line)[0] for line in project["dependencies"]}
    text = _doc("decisions/0003-dependencies.md")
    named = set(re.findall(r"^\| \*\*([\w-]+)\*\*", text, re.MULTILINE))
    assert named == wanted


def test_the_files_of_the_recipes_exist() -> None:
    for name in re.findall(r"\b((?:deploy|docs)/[\w./-]*\w)", "\n".join(blocks("sh"))):
        assert (ROOT / name).is_file(), name


def pains() -> dict[int, list[str]]:
    """The tests that docs/PAINS.md names, by the number of the complaint."""
    page = (ROOT / "docs" / "PAINS.md").read_text()
    _, *sections = re.split(r"^## (?=\d)", page, flags=re.MULTILINE)
    return {
        int(section.partition(".")[0]): re.findall(r"`(tests/\S+::\w+)`", section)
        for section in sections
    }


def test_every_complaint_about_mail_desks_has_its_tests() -> None:
    assert list(pains()) == list(range(1, 32))
    assert [number for number, tests in pains().items() if not tests] == []


def test_every_test_that_the_page_of_complaints_names_exists() -> None:
    for name in (name for tests in pains().values() for name in tests):
        file, _, function = name.partition("::")
        assert f"def {function}(" in (ROOT / file).read_text(), name
