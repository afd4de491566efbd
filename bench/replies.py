"""`python -m bench.replies`: how well replies are stripped, by us and by libraries, in one table.

In: `--folder` for what is fetched (sets and libraries, from PyPI and npm; nothing of it belongs
into the repository), `--json FILE`, `--show OUTCOME` to print the cases that ended so. Out: a
table on stdout: for every set, and for all together, each message counted once.

exact    equal, white space folded
minor    nothing lost, and only a marker or a signature too much or too little: the sets do not
         agree whether `Sent from my iPhone` belongs to the answer
leak     quoted text left over
lost     a line that the writer wrote is missing

*Fails:* with what could not be fetched named in the table, never silently.
"""

from __future__ import annotations

import argparse
import json
import re
import subprocess
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path

from bench.reply_sets import SETS, Case, SetMissing, obtain, without_copies
from maildesk.mail import html
from maildesk.mail.reply import strip_reply

OUTCOMES = ("exact", "minor", "leak", "lost")
_HANG_SECONDS = 20
_HOSTILE = {
    "On On On…": "On " * 2_700,
    "8 KB of newlines": "a" + "\n" * 8_000 + "b",
    "8 KB of spaces": "a" + " " * 8_000 + "b",
    "> > > >": "> " * 4_000,
    "From: From:": "From: a\n" * 1_000,
}
# A line that may stand at the end of an answer without being quoted text.
_SIGNATURE = re.compile(
    r"-{1,3}\s*\S{0,40}(?:\s\S{1,40}){0,3}$|(?:[a-zäöü]{1,12}\s){0,3}(?:regards|sincerely|cheers|grüße"
    r"|grüßen|cordialement|saludos|hälsningar|hilsen|pozdrawiam|thanks)\b.{0,40}$"
    r"|(?:sent|gesendet|envoyé|enviado|skickat|verzonden|wysłane) \w+ .{1,60}$",
    re.IGNORECASE,
)


def judge(case: Case, got: str) -> str:
    """How the answer ended, by the meanings above."""
    have, gold = _fold(got), _fold(case.gold)
    if have == gold:
        return "exact"
    wanted = _unsigned([_fold(line) for line in case.gold.split("\n") if _fold(line)])
    if not all(line in have for line in wanted):
        return "lost"
    more = [_fold(line) for line in got.split("\n") if _fold(line) and _fold(line) not in gold]
    unsigned = _unsigned(more)
    marks = all(not re.search(r"\w", line) for line in unsigned)
    return "minor" if marks and len(more) - len(unsigned) <= 8 else "leak"


def _unsigned(lines: list[str]) -> list[str]:
    """The lines above a signature."""
    return lines[
        : next((at for at, line in enumerate(lines) if _SIGNATURE.match(line)), len(lines))
    ]


def _fold(text: str) -> str:
    return " ".join(text.split())


def ours(case: Case) -> str:
    """What maildesk shows of the message."""
    return strip_reply(html.sanitise(case.text).own_text() if case.is_html else case.text)


# --- the libraries, each in a process of its own: they hang

_LOAD = {
    "talon": """
import sys, types
for name in ("cchardet",):
    sys.modules.setdefault(name, types.ModuleType(name))
from talon.quotations import extract_from_plain as strip
""",
    "mail-parser-reply": """
from mailparser_reply import EmailReplyParser as Parser
languages = "en de fr it es pl nl sv da cs ja ko zh david".split()
def strip(text):
    return Parser(languages=languages).parse_reply(text=text)
""",
    "email-reply-parser": """
from email_reply_parser import EmailReplyParser
strip = EmailReplyParser.parse_reply
""",
    "quotequail": """
import quotequail
def strip(text):
    found = quotequail.quote(text, quote_intro_line=True)
    return "\\n".join(part for is_shown, part in found if is_shown)
""",
    "unquotemail": """
import sys, types
sys.modules.setdefault("html2text", types.ModuleType("html2text"))
from unquotemail import Unquote
def strip(text):
    made = Unquote(None, text, parse=False)
    made.parse()
    return made.get_text()
""",
}
# What they import; without html2text, which only HTML needs and whose licence is the GPL.
_EXTRAS = ["six", "regex", "chardet", "lxml", "beautifulsoup4", "cssselect", "markdown", "html5lib"]
_WORK = """
import json, sys
{load}
for line in sys.stdin:
    try:
        got = strip(json.loads(line))
        got = got.decode() if isinstance(got, bytes) else got
    except Exception:
        got = None
    print(json.dumps(got), flush=True)
"""


def library(name: str, folder: Path, texts: list[str]) -> list[str] | None:
    """What the library makes of each text; None where it cannot be installed or does not run."""
    place = folder / f"lib-{name}"
    if not place.exists():
        pip = [sys.executable, "-m", "pip", "install", "--quiet", "--target", str(place)]
        for wanted in (["--no-deps", name], _EXTRAS):
            subprocess.run([*pip, *wanted], capture_output=True, check=False)
    done = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", _WORK.format(load=_LOAD[name])],
        input="\n".join(map(json.dumps, texts)),
        capture_output=True,
        text=True,
        env={"PYTHONPATH": str(place)},
        timeout=600,
        check=False,
    )
    answers = [json.loads(line) for line in done.stdout.splitlines()]
    if len(answers) != len(texts):
        print(f"{name}: {done.stderr.strip().splitlines()[-1:]}", file=sys.stderr)
        return None
    return [answer or "" for answer in answers]


def hangs(name: str, folder: Path) -> list[str]:
    """The hostile texts of 8 KB on which the library takes more than a second."""
    found = []
    for what, text in _HOSTILE.items():
        code = f"import time\n{_LOAD[name]}\ntext = {text!r}\nbegan = time.perf_counter()\n"
        code += "try:\n    strip(text)\nexcept Exception:\n    pass\n"
        code += "print(time.perf_counter() - began)"
        try:
            done = subprocess.run(
                [sys.executable, "-W", "ignore", "-c", code],
                env={"PYTHONPATH": str(folder / f"lib-{name}")},
                capture_output=True,
                text=True,
                timeout=_HANG_SECONDS,
                check=False,
            )
            if float(done.stdout or 0) > 1:
                found.append(f"{what}: {float(done.stdout):.1f} s")
        except subprocess.TimeoutExpired:
            found.append(f"{what}: > {_HANG_SECONDS} s")
    return found


def tally(cases: list[Case], got: list[str]) -> dict[str, Counter[str]]:
    """Outcomes by set, and of all."""
    table: dict[str, Counter[str]] = {"all": Counter()}
    for case, text in zip(cases, got, strict=True):
        outcome = judge(case, text)
        table["all"][outcome] += 1
        table.setdefault(case.set, Counter())[outcome] += 1
    return table


def gather(folder: Path) -> tuple[list[Case], dict[str, str]]:
    """Every case once, and the sets that could not be had, with the reason."""
    cases: list[Case] = []
    missing: dict[str, str] = {}
    for name in SETS:
        try:
            cases += obtain(name, folder)
        except SetMissing as error:
            missing[name] = str(error)
    return without_copies(cases), missing


def main() -> None:
    options = _options()
    folder = Path(options.folder)
    cases, missing = gather(folder)
    plain = [case for case in cases if not case.is_html]
    began = time.perf_counter()
    got = [ours(case) for case in cases]
    took = time.perf_counter() - began
    figures: dict[str, object] = {"missing": missing, "ms_per_reply": 1000 * took / len(cases)}
    results = {
        "maildesk": tally(cases, got),
        "maildesk (text)": tally(plain, list(map(ours, plain))),
    }
    for name in () if options.ours else _LOAD:
        answers = library(name, folder, [case.text for case in plain])
        if answers is None:
            missing[name] = "does not install or run here"
            continue
        results[name] = tally(plain, answers)
        figures[f"hangs of {name}"] = hangs(name, folder)
    _print(results, figures)
    if options.show:
        _print_cases(cases, got, options.show)
    if options.json:
        kept = {
            name: {key: dict(value) for key, value in of.items()} for name, of in results.items()
        }
        Path(options.json).write_text(json.dumps({**figures, "results": kept}, indent=2) + "\n")


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m bench.replies", description=__doc__)
    parser.add_argument("--folder", default=str(Path(tempfile.gettempdir(), "maildesk-replies")))
    parser.add_argument("--json", metavar="FILE", help="write all figures there")
    parser.add_argument("--show", metavar="OUTCOME", help="print the cases that ended so")
    parser.add_argument("--ours", action="store_true", help="leave the libraries out")
    return parser.parse_args()


def _print(results: dict[str, dict[str, Counter[str]]], figures: dict[str, object]) -> None:
    for name, table in results.items():
        for of, counts in table.items():
            total = sum(counts.values())
            shares = "  ".join(f"{what} {counts[what]:3}" for what in OUTCOMES)
            good = 100 * (counts["exact"] + counts["minor"]) / total
            print(f"{name:20} {of:12} {total:4}  {shares}  good {good:5.1f} %")
    for name, value in figures.items():
        print(f"{name}: {value}")


def _print_cases(cases: list[Case], got: list[str], outcome: str) -> None:
    for case, text in zip(cases, got, strict=True):
        if judge(case, text) == outcome:
            print(f"\n===== {case.set}/{case.name}\n{case.text}\n----- gold\n{case.gold}")
            print(f"----- got\n{text}")


if __name__ == "__main__":
    main()
