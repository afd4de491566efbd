"""The shape of the house, held by a walk over every module's syntax tree.

In: the sources under maildesk/. Out: for each rule the places that break it, and nothing else.

*Fails:* as every test does.
"""

from __future__ import annotations

import ast
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

PACKAGE = Path(__file__).resolve().parent.parent / "maildesk"

# Imports go one way: a room may use the rooms of the rows above its own, never its neighbours in
# the same row. A new room gets its place here.
ORDER = (
    ("errors", "log", "supervision", "bootstrap"),
    ("core",),
    ("config", "mail", "store"),
    ("oauth2",),
    ("outbox",),
    ("desk",),
    ("morning", "patience", "recording"),
    ("process", "sweeps"),
    ("inbox", "scheduler", "loops"),
    ("daemon",),
    ("cli",),
    ("__main__",),
)
ROW = {room: number for number, row in enumerate(ORDER) for room in row}
# Tighter than the order: these rooms use nothing of ours but what is named.
ONLY = {"core": {"errors"}, "config": {"errors", "core"}}

# What a decision may be made of. No clock, no randomness, no files, no network, no logging.
PURE = frozenset(
    {
        *("__future__", "collections.abc", "dataclasses", "enum", "functools", "types", "typing"),
        *("bisect", "collections", "copy", "heapq", "itertools", "operator"),
        *("calendar", "datetime", "decimal", "fractions", "math", "zoneinfo"),
        *("difflib", "re", "string", "textwrap", "unicodedata"),
        *("base64", "binascii", "hashlib", "hmac", "ipaddress", "urllib.parse"),
    }
)
IMPURE_CALLS = frozenset({"now", "utcnow", "today", "open", "print", "input", "getenv"})
SLOW_TO_LOAD = frozenset(
    {
        *("aiosmtpd", "apscheduler", "asyncio", "babel", "css_inline", "holidays", "imapclient"),
        *("jinja2", "mailparser", "multiprocessing", "nh3", "publicsuffixlist", "selectolax"),
        *("sqlite_utils", "ssl", "urllib.request", "maildesk.core.model", "maildesk.mail.parse"),
    }
)
SQL_CALLS = frozenset({"execute", "executemany", "executescript"})
VAGUE = frozenset({"util", "utils", "helper", "helpers", "common", "manager", "misc"})

FRONT = "__init__.py"
LINES_OF_A_MODULE = 400
LINES_OF_A_FUNCTION = 40


class Module:
    """One source file."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.name = str(path.relative_to(PACKAGE.parent))
        parts = path.relative_to(PACKAGE).with_suffix("").parts
        self.room = parts[0]
        self.source = path.read_text()
        self.tree = ast.parse(self.source)

    def imports(self) -> Iterator[tuple[int, str]]:
        """Line and full name of everything imported, wherever it stands in the file."""
        for node in ast.walk(self.tree):
            if isinstance(node, ast.Import):
                yield from ((node.lineno, alias.name) for alias in node.names)
            elif isinstance(node, ast.ImportFrom) and node.module == "maildesk":
                yield from ((node.lineno, f"maildesk.{alias.name}") for alias in node.names)
            elif isinstance(node, ast.ImportFrom):
                yield node.lineno, "." * node.level + (node.module or "")

    def calls(self, names: frozenset[str]) -> Iterator[tuple[int, str]]:
        """Line and name of every call of one of `names`, as a function or as a method."""
        for node in ast.walk(self.tree):
            if isinstance(node, ast.Call):
                called = getattr(node.func, "attr", getattr(node.func, "id", ""))
                if called in names:
                    yield node.lineno, called

    def functions(self) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef]:
        """Every function and method."""
        for node in ast.walk(self.tree):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                yield node


@pytest.fixture(scope="module")
def modules() -> list[Module]:
    """Every module but the front door itself, which belongs to no room."""
    return [Module(path) for path in sorted(PACKAGE.rglob("*.py")) if path != PACKAGE / FRONT]


def holds(violations: list[str], rule: str) -> None:
    """Fails with the rule and every place that breaks it."""
    if violations:
        pytest.fail(rule + "\n  " + "\n  ".join(violations), pytrace=False)


def test_every_room_has_its_place_in_the_order(modules: list[Module]) -> None:
    unplaced = sorted({m.name for m in modules if m.room not in ROW})
    holds(unplaced, "These modules stand in no row of ORDER:")


def test_imports_go_one_way(modules: list[Module]) -> None:
    wrong = []
    for module in modules:
        for line, name in module.imports():
            other = name.split(".")[1] if name.startswith("maildesk.") else module.room
            if other in (module.room, "__version__"):
                continue
            allowed = ONLY.get(module.room)
            fits = ROW.get(other, 99) < ROW.get(module.room, 0)
            if not fits or (allowed is not None and other not in allowed):
                wrong.append(f"{module.name}:{line} imports {name}")
    holds(wrong, "Imports go one way (ORDER, ONLY):")


def test_imports_name_the_whole_path(modules: list[Module]) -> None:
    wrong = [f"{m.name}:{n} {name}" for m in modules for n, name in m.imports() if name[:1] == "."]
    holds(wrong, "No relative imports:")


def test_core_imports_nothing_that_touches_the_world(modules: list[Module]) -> None:
    wrong = [
        f"{module.name}:{line} imports {name}"
        for module in modules
        if module.room == "core"
        for line, name in module.imports()
        if name not in PURE and not name.startswith(("maildesk.core", "maildesk.errors"))
    ]
    holds(wrong, "core/ is pure; it imports only what PURE lists:")


def test_core_asks_neither_the_clock_nor_the_disk(modules: list[Module]) -> None:
    wrong = [
        f"{module.name}:{line} calls {name}()"
        for module in modules
        if module.room == "core"
        for line, name in module.calls(IMPURE_CALLS)
    ]
    holds(wrong, "core/ depends on its arguments alone; `now` is one of them:")


def test_sql_stands_in_the_store_alone(modules: list[Module]) -> None:
    outside = [module for module in modules if module.room != "store"]
    wrong = [f"{m.name}:{n} calls {name}()" for m in outside for n, name in m.calls(SQL_CALLS)]
    wrong += [
        f"{module.name}:{line} imports {name}"
        for module in outside
        for line, name in module.imports()
        if name.partition(".")[0] in ("sqlite3", "sqlite_utils")
    ]
    holds(wrong, "SQL and its libraries stand in store/ alone:")


def test_the_library_that_parses_mail_is_known_to_the_mail_room_alone(
    modules: list[Module],
) -> None:
    wrong = [
        f"{module.name}:{line} imports {name}"
        for module in modules
        if module.room != "mail"
        for line, name in module.imports()
        if name.partition(".")[0] == "mailparser"
    ]
    holds(wrong, "mail/ alone knows mail-parser:")


def test_every_module_opens_with_its_page(modules: list[Module]) -> None:
    wrong = [m.name for m in modules if not ast.get_docstring(m.tree)]
    holds(wrong, "Every module has a docstring:")


def test_every_page_says_what_fails(modules: list[Module]) -> None:
    wrong = [
        module.name
        for module in modules
        if module.path.name not in (FRONT, "__main__.py")
        and not re.search(r"^\*Fails:\* \S", ast.get_docstring(module.tree) or "", re.MULTILINE)
        # The tree of errors is itself the answer.
        and module.room != "errors"
    ]
    holds(wrong, "Every module's docstring has a line that starts with *Fails:*")


def test_no_module_is_longer_than_a_reader_holds(modules: list[Module]) -> None:
    wrong = [
        f"{module.name}: {lines} lines"
        for module in modules
        if (lines := module.source.count("\n")) > LINES_OF_A_MODULE
    ]
    holds(wrong, f"A module has at most {LINES_OF_A_MODULE} lines:")


def test_no_function_is_longer_than_a_screen(modules: list[Module]) -> None:
    wrong = [
        f"{module.name}:{function.lineno} {function.name}: {lines} lines"
        for module in modules
        for function in module.functions()
        if (lines := (function.end_lineno or 0) - function.lineno + 1) > LINES_OF_A_FUNCTION
        and not _is_a_table(function)
    ]
    holds(wrong, f"A function has at most {LINES_OF_A_FUNCTION} lines, unless it is a table:")


def test_no_module_or_class_has_a_name_that_says_nothing(modules: list[Module]) -> None:
    wrong = []
    for module in modules:
        names = [(1, module.path.stem)]
        names += [(n.lineno, n.name) for n in ast.walk(module.tree) if isinstance(n, ast.ClassDef)]
        wrong += [f"{module.name}:{line} {name}" for line, name in names if _words(name) & VAGUE]
    holds(wrong, f"No names like {', '.join(sorted(VAGUE))}:")


def test_nothing_is_left_for_later(modules: list[Module]) -> None:
    mark = re.compile(r"\b(TODO|FIXME|XXX|HACK)\b|raise NotImplementedError")
    wrong = [
        f"{module.name}:{number} {line.strip()}"
        for module in modules
        for number, line in enumerate(module.source.splitlines(), 1)
        if mark.search(line)
    ]
    holds(wrong, "Nothing is left for later:")


def test_only_the_command_line_prints(modules: list[Module]) -> None:
    wrong = [
        f"{module.name}:{line}"
        for module in modules
        if module.room not in ("cli", "bootstrap")
        for line, _ in module.calls(frozenset({"print"}))
    ]
    holds(wrong, "Only cli/ and bootstrap print; everybody else logs:")


@pytest.mark.parametrize(
    "words",
    [("deliver",), ("ticket", "list"), ("search", "x"), ("inbox", "list"), ("outbox", "list")],
    ids=" ".join,
)
def test_a_short_command_loads_nothing_that_only_the_daemon_needs(
    words: tuple[str, ...], desk: Path
) -> None:
    """A pipe transport starts `deliver` for each mail, and waits for it."""
    loaded = _loaded_by(words, desk)
    assert "maildesk.config.settings" in loaded
    holds(sorted(SLOW_TO_LOAD & loaded), f"`{' '.join(words)}` can do without:")


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a desk in it: to make one takes more."""
    folder = tmp_path_factory.mktemp("desk")
    _loaded_by(("deliver",), folder)
    return folder


def test_the_parse_worker_knows_of_no_desk_and_no_store(desk: Path) -> None:
    """It starts for each `process`, and again after each mail that it dies of."""
    loaded = _loaded_by((), desk, program="import maildesk.mail.worker_main")
    beyond = {"maildesk.config", "maildesk.core.model", "maildesk.store", "pydantic", "sqlite3"}
    holds(sorted(beyond & loaded), "The parse worker can do without:")


def _loaded_by(
    words: tuple[str, ...],
    folder: Path,
    program: str = "from maildesk.cli import main; main()",
) -> set[str]:
    tell = "import atexit, sys; atexit.register(lambda: print(*sys.modules))"
    done = subprocess.run(
        [sys.executable, "-c", f"{tell}; {program}", *words],
        cwd=folder,
        env={"PATH": os.environ["PATH"], "PYTHONPATH": str(PACKAGE.parent)},
        input=b"To: support@localhost\n\nx\n",
        stdout=subprocess.PIPE,
        check=True,
    )
    return set(done.stdout.decode().splitlines()[-1].split())


def _is_a_table(function: ast.FunctionDef | ast.AsyncFunctionDef) -> bool:
    """Whether the body is one literal, returned, under an optional docstring."""
    body = function.body[1:] if ast.get_docstring(function) else function.body
    literal = (ast.Dict, ast.List, ast.Tuple, ast.Set, ast.Constant)
    return len(body) == 1 and isinstance(body[0], ast.Return) and isinstance(body[0].value, literal)


def _words(name: str) -> set[str]:
    """`SmtpSession_two` -> smtp, session, two."""
    return {word.lower() for word in re.findall(r"[A-Z]?[a-z]+|[A-Z]+", name)}
