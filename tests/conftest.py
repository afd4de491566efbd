"""What every test run shares: parts that may be missing, slow tests left out, files in memory.

In: pytest's own hooks; `--require-parts=all|NAME,NAME` and `--slow`. Out: tests skipped by the
part's name, or failed where the part is required, and the list of missing parts at the run's end.

*Fails:* `pytest.UsageError` for a part that nobody knows.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest
from hypothesis import settings

from tests import memory, parts

if TYPE_CHECKING:
    from maildesk.mail.worker import ParserPool

# The same examples in every run: a property that fails, fails for everybody. New ones are looked
# for by hand, with `--hypothesis-profile=search`.
settings.register_profile("same", derandomize=True, deadline=None, database=None)
settings.register_profile("search", deadline=None, max_examples=5_000)
settings.load_profile("same")

# Some hundred programs are started, and each is to find its bytecode as an installed one does:
# compiling the modules anew is a third of a short command's time.
os.environ.pop("PYTHONDONTWRITEBYTECODE", None)

_SKIPPED = pytest.StashKey[dict[str, int]]()
_REQUIRED = pytest.StashKey[frozenset[str]]()


def pytest_addoption(parser: pytest.Parser) -> None:
    group = parser.getgroup("maildesk")
    group.addoption(
        "--require-parts",
        default="",
        metavar="all|NAME,...",
        help="fail instead of skipping where one of these real parts is missing",
    )
    group.addoption("--slow", action="store_true", help="run the slow tests, too")


def pytest_configure(config: pytest.Config) -> None:
    asked = [name for name in config.getoption("--require-parts").split(",") if name]
    unknown = sorted(set(asked) - set(parts.PARTS) - {"all"})
    if unknown:
        known = ", ".join(parts.PARTS)
        message = f"--require-parts: no part named {', '.join(unknown)}; there are: {known}"
        raise pytest.UsageError(message)
    _choose_folder(config)
    config.stash[_SKIPPED] = {}
    config.stash[_REQUIRED] = frozenset(parts.PARTS if "all" in asked else asked)
    config.addinivalue_line("markers", "needs(*parts): needs these real parts; see tests/parts.py")


def _choose_folder(config: pytest.Config) -> None:
    if not config.getoption("--slow") and (folder := memory.roomy_folder()):
        # pytest's own variable: `--basetemp`, and whoever has set it before, go first.
        os.environ.setdefault("PYTEST_DEBUG_TEMPROOT", str(folder))


# First, so that the tier's marker is there when `-m` selects.
@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    for item in items:
        for tier in {parts.PARTS[name].tier for name in _needed(item)} - {""}:
            item.add_marker(tier)
    if config.getoption("--slow") or "slow" in config.getoption("-m"):
        return
    slow = [item for item in items if item.get_closest_marker("slow")]
    if slow:
        config.hook.pytest_deselected(items=slow)
        items[:] = [item for item in items if not item.get_closest_marker("slow")]


# First, so that a missing program is found before a fixture tries to start it.
@pytest.hookimpl(tryfirst=True)
def pytest_runtest_setup(item: pytest.Item) -> None:
    missing = parts.missing(_needed(item))
    if not missing:
        return
    wanted = "missing: " + ", ".join(parts.how_to_get(name) for name in missing)
    if item.config.stash[_REQUIRED].intersection(missing):
        pytest.fail(wanted, pytrace=False)
    skipped = item.config.stash[_SKIPPED]
    for name in missing:
        skipped[name] = skipped.get(name, 0) + 1
    pytest.skip(wanted)


# The outermost wrapper, so that the list stands below pytest's own summary.
@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_terminal_summary(
    terminalreporter: pytest.TerminalReporter, config: pytest.Config
) -> Iterator[None]:
    yield
    skipped = config.stash[_SKIPPED]
    if not skipped:
        return
    terminalreporter.section("parts missing on this machine", sep="-")
    for name, count in sorted(skipped.items()):
        tests = "1 test" if count == 1 else f"{count} tests"
        terminalreporter.line(f"{parts.how_to_get(name)}: {tests} skipped")


def _needed(item: pytest.Item) -> tuple[str, ...]:
    names = [str(name) for mark in item.iter_markers("needs") for name in mark.args]
    return tuple(dict.fromkeys(names))


@pytest.fixture(scope="session")
def parser() -> Iterator[ParserPool]:
    """One for all desks: a worker takes a fifth of a second to start."""
    from maildesk.mail.worker import ParserPool

    pool = ParserPool()
    yield pool
    pool.close()
