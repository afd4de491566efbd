"""`python -m bench.bounces`: how many reports of real mail systems are read right, by us and flufl.

In: `--folder` for what is fetched (flufl.bounce 6.0.0 from PyPI, Apache-2.0: its tests hold 111
reports with the addresses that failed), `--show` to print what we read otherwise. Out: a table on
stdout for those, and for the reports in tests/bounces.

found      taken for a report of a failure or a delay
recipient  exactly the addresses that failed, of the mails where any is known
mail       a Message-ID of the mail that came back (tests/bounces alone; flufl does not look)

The first set is flufl's own: what it cannot read is not in it.
*Fails:* SystemExit when nothing can be fetched.
"""

from __future__ import annotations

import argparse
import re
import subprocess
import sys
import tarfile
import tempfile
import time
import tomllib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from email import message_from_bytes
from pathlib import Path

from maildesk.core.report import Action
from maildesk.mail.parse import parse

ROOT = Path(__file__).parent.parent
_PACKAGE = "flufl.bounce==6.0.0"
_CASE = re.compile(r"\(\s*'\w+',\s*'(\w+\.txt)',\s*\[(.*?)\],\s*(?:True|False),?\s*\)", re.DOTALL)


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """One report, and who failed by it."""

    name: str
    raw: bytes
    failed: frozenset[str]


Reader = Callable[[Case], frozenset[str] | None]


def main() -> None:
    options = _options()
    folder = Path(options.folder or tempfile.mkdtemp(prefix="bounces-"))
    sets = {"flufl's tests": list(flufls(fetch(folder))), "tests/bounces": list(shapes())}
    readers: dict[str, Reader] = {"maildesk": ours}
    flufl = library(folder)
    if flufl:
        readers["flufl.bounce"] = flufl
    head = ("set", "reader", "reports", "found", "recipient", "ms", "worst")
    print("{:15} {:13} {:>8} {:>6} {:>10} {:>6} {:>6}".format(*head))
    for name, cases in sets.items():
        for reader, read in readers.items():
            print(row(name, reader, cases, read, show=options.show and reader == "maildesk"))
    named = [case for case in sets["tests/bounces"] if message_ids(case)]
    print(f"tests/bounces: the mail that came back is named in {len(named)}")


def row(name: str, reader: str, cases: list[Case], read: Reader, *, show: bool) -> str:
    found = right = 0
    times = []
    for case in cases:
        start = time.perf_counter()
        got = read(case)
        times.append((time.perf_counter() - start) * 1000)
        found += bool(got)
        right += got == case.failed
        if show and got != case.failed:
            print(f"  {case.name}: {sorted(case.failed)} read as {sorted(got or ())}")
    times.sort()
    return (
        f"{name:15} {reader:13} {len(cases):8} {found:6} {right:10} "
        f"{times[len(times) // 2]:6.1f} {times[-1]:6.1f}"
    )


def ours(case: Case) -> frozenset[str] | None:
    """The addresses of our report; the original ones where they are what the set has."""
    report = parse(case.raw, None).report
    if report is None:
        return None
    bad = [f for f in report.fates if f.action in (Action.FAILED, Action.DELAYED)]
    pairs = [{f.recipient, f.original} - {""} for f in bad]
    return frozenset(a for pair in pairs for a in (pair & case.failed or pair))


def message_ids(case: Case) -> tuple[str, ...]:
    report = parse(case.raw, None).report
    return report.message_ids if report else ()


def fetch(folder: Path) -> Path:
    """The sources of flufl.bounce, its tests among them."""
    found = list(folder.glob("flufl_bounce-*/tests"))
    if not found:
        words = ("download", "--quiet", "--no-deps", "--no-binary", ":all:", "-d", str(folder))
        done = subprocess.run([sys.executable, "-m", "pip", *words, _PACKAGE], check=False)
        archives = list(folder.glob("flufl*bounce-*.tar.gz"))
        if done.returncode or not archives:
            raise SystemExit(f"{_PACKAGE} could not be fetched")
        with tarfile.open(archives[0]) as archive:
            archive.extractall(folder, filter="data")
        found = list(folder.glob("flufl_bounce-*/tests"))
    return found[0]


def flufls(tests: Path) -> Iterator[Case]:
    """Its reports with the addresses that its own tests want; those that name none are left out."""
    wanted: dict[str, set[str]] = {}
    for name, addresses in _CASE.findall((tests / "test_detectors.py").read_text()):
        found = (a.lower() for a in re.findall(r"b'([^']*)'", addresses))
        wanted.setdefault(name, set()).update(found)
    for name, addresses in sorted(wanted.items()):
        if addresses:
            raw = (tests / "data" / name).read_bytes()
            yield Case(name=name, raw=raw, failed=frozenset(addresses))


def shapes() -> Iterator[Case]:
    """The reports of failures and delays that our own tests read."""
    for toml in sorted((ROOT / "tests" / "bounces").glob("*.toml")):
        expected = tomllib.loads(toml.read_text(encoding="utf-8"))["expected"]
        if expected.get("action") in ("failed", "delayed"):
            raw = toml.with_suffix(".eml").read_bytes()
            address = expected.get("original") or expected["recipient"]
            yield Case(name=toml.stem, raw=raw, failed=frozenset({address}))


def library(folder: Path) -> Reader | None:
    """flufl.bounce itself, installed into the folder; None where that fails."""
    target = folder / "installed"
    if not target.exists():
        words = ("install", "--quiet", "--target", str(target), _PACKAGE)
        if subprocess.run([sys.executable, "-m", "pip", *words], check=False).returncode:
            return None
    sys.path.insert(0, str(target))
    from flufl.bounce import all_failures

    def read(case: Case) -> frozenset[str] | None:
        try:
            temporary, permanent = all_failures(message_from_bytes(case.raw))
        except Exception as error:  # it raises on 8-bit headers and on mail without From
            print(f"  {case.name}: flufl.bounce raised {error!r}")
            return None
        both = (*temporary, *permanent)
        found = (a.decode("ascii", "replace") if isinstance(a, bytes) else str(a) for a in both)
        return frozenset(a.lower() for a in found) or None

    return read


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m bench.bounces", description=__doc__)
    parser.add_argument("--folder", help="where to keep what is fetched")
    parser.add_argument("--show", action="store_true", help="print what is read otherwise")
    return parser.parse_args()


if __name__ == "__main__":
    main()
