"""From a bare Python to a running desk: makes `.venv` once, then shows or tests maildesk.

In: `python3 -m maildesk.bootstrap demo` or `… test [pytest's own words]`, from the checkout.
Out: the exit code of `maildesk try` or of pytest. A second start finds the stamp of the first,
the hash of pyproject.toml and of what was installed, and goes straight on. MAILDESK_VENV names
another place than `.venv`.

Standard library only, and in words that Python 3.8 can read, so that an old Python gets a
sentence instead of a SyntaxError.

*Fails:* exit 2 for unknown words, 69 when venv, a package index or the old `.venv` is in the way,
73 when there is no place to write, 78 for a Python older than 3.11; always with what to do.
"""

from __future__ import annotations

import hashlib
import importlib.util
import os
import shlex
import shutil
import subprocess
import sys
from pathlib import Path
from typing import NoReturn

NEEDED = (3, 11)
ROOT = Path(__file__).resolve().parent.parent
USAGE = """usage: python3 -m maildesk.bootstrap demo [words for "maildesk try"]
       python3 -m maildesk.bootstrap test [words for pytest]"""
NEXT = """
Next:
  {maildesk} run            starts a desk here, without any configuration
  {maildesk} ticket list    shows its tickets, in a second terminal
  {maildesk} --help         all commands
README.md tells how to connect a mailbox and how to install it as a service."""

USAGE_ERROR, UNAVAILABLE, CANNOT_CREATE, CONFIGURATION, INTERRUPTED = 2, 69, 73, 78, 130


class SetupError(Exception):
    """What stands in the way, in a sentence that says what to do, and the exit code for it."""

    def __init__(self, sentence: str, code: int) -> None:
        super().__init__(sentence)
        self.code = code


def stop(sentence: str, code: int = UNAVAILABLE) -> NoReturn:
    """Ends the set-up here."""
    raise SetupError(sentence, code)


def main(words: list[str]) -> int:
    """Carries out `words` and returns the exit code."""
    if not words or words[0] not in ("demo", "test"):
        asked_for_help = bool(words) and words[0] in ("-h", "--help")
        print(USAGE, file=sys.stdout if asked_for_help else sys.stderr)
        return 0 if asked_for_help else USAGE_ERROR
    try:
        refuse_an_old_python()
        folder = venv_folder()
        python = make_venv(folder)
        install(folder, python, "test" if words[0] == "test" else "")
        return run_tests(python, words[1:]) if words[0] == "test" else show(python, words[1:])
    except SetupError as error:
        print(f"maildesk: {error}", file=sys.stderr)
        return error.code
    except KeyboardInterrupt:
        return INTERRUPTED


def show(python: Path, words: list[str]) -> int:
    """Runs the guided tour and says what to type next."""
    code = subprocess.call([str(python), "-m", "maildesk", "try", *words])
    if code == 0 and "--json" not in words:
        print(NEXT.format(maildesk=shlex.quote(_as_typed(python.parent / "maildesk"))))
    return code


def run_tests(python: Path, words: list[str]) -> int:
    """Runs pytest in the checkout."""
    return subprocess.call([str(python), "-m", "pytest", *words], cwd=str(ROOT))


def refuse_an_old_python() -> None:
    """Stops here where the rest of the package could not even be read."""
    if tuple(sys.version_info[:2]) < NEEDED:
        stop(
            f"Python 3.11 or newer is needed; {sys.executable} is {_version()}. "
            "Start this command with a newer one, for example python3.11.",
            CONFIGURATION,
        )


def venv_folder() -> Path:
    """Where the environment stands or will stand."""
    named = os.environ.get("MAILDESK_VENV", "")
    return Path(os.path.abspath(named)) if named else ROOT / ".venv"


def make_venv(folder: Path) -> Path:
    """The environment's Python; makes the environment when there is none for this Python."""
    python = folder / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
    if os.path.lexists(str(folder)) and not _is_empty(folder):
        if _whose(python) == _this_python():
            return python
        _give_up_or_clear(folder, python)
    if not os.access(str(_nearest(folder)), os.W_OK):
        stop(
            f"{folder} cannot be made: {_nearest(folder)} is read-only here. "
            "Set MAILDESK_VENV to a folder that can be written, or copy the checkout.",
            CANNOT_CREATE,
        )
    _say(f"setting up {_as_typed(folder)}, once")
    try:
        _create(folder)
    except BaseException:
        # Half an environment would look like somebody else's the next time.
        shutil.rmtree(str(folder), ignore_errors=True)
        raise
    return python


def install(folder: Path, python: Path, extra: str) -> None:
    """Puts maildesk, editable, and its libraries as wheels into the environment, once."""
    wanted = _fingerprint(extra)
    stamp = folder / (".maildesk-" + (extra or "base"))
    if stamp.is_file() and stamp.read_text() == wanted:
        return
    _say("installing the libraries" + (" and the test tools" if extra else ""))
    target = f"{ROOT}[{extra}]" if extra else str(ROOT)
    command = [*_installer(python), "--quiet", "--only-binary", ":all:", "--editable", target]
    if subprocess.call(command) != 0:
        stop(
            "installing the libraries failed; the lines above say why. If no package index was "
            "reached: the settings of pip count here (PIP_INDEX_URL, HTTPS_PROXY, pip.conf), or "
            "those of uv (UV_DEFAULT_INDEX) where uv is installed."
        )
    try:
        stamp.write_text(wanted)
        (folder / ".maildesk-base").write_text(_fingerprint(""))
    except OSError as error:
        stop(f"{folder} cannot be written: {error.strerror}", CANNOT_CREATE)


def _create(folder: Path) -> None:
    uv = shutil.which("uv")
    if uv:
        command = [uv, "venv", "--quiet", "--python", sys.executable, str(folder)]
    else:
        _get_ensurepip()
        command = [sys.executable, "-m", "venv", str(folder)]
    if subprocess.call(command) != 0:
        stop(f"no environment could be made in {folder}; the lines above say why.")


def _installer(python: Path) -> list[str]:
    """pip where the environment has it, else uv: an environment made by uv has no pip."""
    pip = [str(python), "-m", "pip"]
    uv = shutil.which("uv")
    if uv:
        return [uv, "pip", "install", "--python", str(python)]
    if subprocess.call([*pip, "--version"], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL):
        _get_ensurepip()
        if subprocess.call([str(python), "-m", "ensurepip"], stdout=subprocess.DEVNULL):
            stop(f"{python} has no pip; remove {python.parent.parent} and try again.")
    return [*pip, "install", "--disable-pip-version-check", "--no-input"]


def _get_ensurepip() -> None:
    """Debian and Ubuntu keep the half of venv that makes environments in a package of its own."""
    if importlib.util.find_spec("ensurepip") is not None:
        return
    line = "apt-get install -y --no-install-recommends python3-venv"
    is_root = os.name == "posix" and os.geteuid() == 0
    if not (is_root and shutil.which("apt-get")):
        stop(
            "this Python cannot make virtual environments (no ensurepip). "
            f"On Debian or Ubuntu type:\n\n    sudo {line}\n"
        )
    _say(f"this Python has no ensurepip; running: {line}")
    env = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    for command in ("apt-get update -qq", f"{line} -qq"):
        code = subprocess.call(command.split(), env=env, stdout=subprocess.DEVNULL)
    if code != 0:
        stop(f"that failed; the lines above say why. Type it yourself:\n\n    {line}\n")


def _give_up_or_clear(folder: Path, python: Path) -> None:
    """An environment of another Python is made anew if it is ours, and never touched if not."""
    found = _whose(python) or "a Python that does not start"
    if not (folder / ".maildesk-base").is_file():
        stop(
            f"{folder} belongs to {found}, this is {_this_python()}, and this command did not "
            "make it. Remove it, or set MAILDESK_VENV to another folder."
        )
    _say(f"{_as_typed(folder)} belongs to {found}, this is {_this_python()}: making it anew")
    shutil.rmtree(str(folder))


def _this_python() -> str:
    return f"Python {_version()} in {os.path.realpath(sys.base_prefix)}"


def _whose(python: Path) -> str:
    """What the environment's Python says of itself, in the words of `_this_python`; "" if none."""
    ask = "import os, sys; print(*sys.version_info[:3], os.path.realpath(sys.base_prefix))"
    try:
        answer = subprocess.check_output([str(python), "-I", "-c", ask], stderr=subprocess.DEVNULL)
    except (OSError, subprocess.CalledProcessError):
        return ""
    major, minor, micro, place = answer.decode().strip().split(" ", 3)
    return f"Python {major}.{minor}.{micro} in {place}"


def _fingerprint(extra: str) -> str:
    """Changes when pyproject.toml does, or when the checkout has moved."""
    project = (ROOT / "pyproject.toml").read_bytes()
    return hashlib.sha256(b"\0".join((project, extra.encode(), os.fsencode(str(ROOT))))).hexdigest()


def _is_empty(folder: Path) -> bool:
    return folder.is_dir() and not os.listdir(str(folder))


def _nearest(folder: Path) -> Path:
    """The folder above that exists."""
    return next(parent for parent in folder.parents if parent.exists())


def _as_typed(path: Path) -> str:
    """The path as one types it here."""
    here = Path.cwd()
    return str(path.relative_to(here)) if here in path.parents else str(path)


def _version() -> str:
    return ".".join(str(number) for number in sys.version_info[:3])


def _say(words: str) -> None:
    print(f"maildesk: {words}", file=sys.stderr, flush=True)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
