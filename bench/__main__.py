"""`python -m bench`: every figure of the README beside it, as a table and as JSON.

In: `--quick` for a tenth of the mails; `--only NAME` (commands, render, floor, acks, flow,
idle, start, outbox);
`--json FILE`; `--dir FOLDER` on the disk that counts. Out: a table on stdout, and the JSON file.

*Fails:* AssertionError when a mail that was acknowledged is not stored.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import sqlite3
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from bench import measures
from bench.asking import asking
from bench.commands import commands
from bench.mails import render
from bench.table import show


def main() -> None:
    options = _options()
    os.environ["BENCH_DIR"] = options.dir
    scale = 0.1 if options.quick else 1
    with tempfile.TemporaryDirectory(dir=options.dir, prefix="bench-") as name:
        folder = Path(name)
        work: dict[str, Callable[[], object]] = {
            "commands": lambda: commands(folder, 5 if options.quick else 20),
            "render": lambda: render(5 if options.quick else 40),
            "start": lambda: measures.start(folder, 3 if options.quick else 5),
            "idle": lambda: measures.idle(folder, 8 if options.quick else 30),
            "floor": lambda: measures.floor(int(2000 * max(scale, 0.25))),
            "acks": lambda: measures.acks(folder, int(6000 * scale)),
            "outbox": lambda: measures.outbox(folder, int(3000 * scale)),
            "asking": lambda: asking(
                folder, int(100_000 * scale), int(1_000_000 * scale), 5 if options.quick else 20
            ),
            "flow": lambda: measures.flow(folder, int(20_000 * scale)),
        }
        figures: dict[str, object] = {"machine": _machine()}
        for what in options.only or work:
            print(f"{what} …", file=sys.stderr, flush=True)
            figures[what] = work[what]()
    if options.json:
        Path(options.json).write_text(json.dumps(figures, indent=2) + "\n")
    print(show(figures))


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    parser.add_argument("--quick", action="store_true", help="a tenth of the mails")
    parser.add_argument("--only", action="append", metavar="NAME", help="only this measurement")
    parser.add_argument("--json", metavar="FILE", help="write all figures there")
    parser.add_argument("--dir", default=tempfile.gettempdir(), help="a folder on the disk to use")
    return parser.parse_args()


def _machine() -> dict[str, object]:
    return {
        "at": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime()),
        "python": platform.python_version(),
        "sqlite": sqlite3.sqlite_version,
        "cores": os.cpu_count(),
        "load": os.getloadavg()[0],
    }


if __name__ == "__main__":
    main()
