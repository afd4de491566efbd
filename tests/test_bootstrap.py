"""The first command somebody types, on machines where something is missing.

In: a copy of the checkout with bare files, a PATH with programs written by hand, the real
interpreter. Out: exit codes, the sentences people read, and which programs were called.

*Fails:* as every test does.
"""

from __future__ import annotations

import ast
import hashlib
import os
import resource
import subprocess
import sys
from pathlib import Path

import pytest

from tests.cost import slowness

ROOT = Path(__file__).resolve().parent.parent

# uv that makes a real, empty environment and "installs" a pytest that prints its words.
UV = """#!{bash}
echo "uv $*" >> "$CALLS"
if [ "$1" = venv ]; then exec {python} -m venv --without-pip "${{@: -1}}"; fi
[ -n "$UV_FAILS" ] && exit 2
for site in "$(dirname "$(dirname "$4")")"/lib/python*/site-packages; do
  echo "import sys; print('pytest', *sys.argv[1:])" > "$site/pytest.py"
done
"""
APT_GET = """#!{bash}
echo "apt-get $* DEBIAN_FRONTEND=$DEBIAN_FRONTEND" >> "$CALLS"
exit "${{APT_FAILS:-0}}"
"""
RUN = "import runpy, sys; runpy.run_module('maildesk.bootstrap', run_name='__main__')"
OLD = "import sys; sys.version_info = (3, 10, 9, 'final', 0)\n"
NO_ENSUREPIP = "import sys; sys.modules['ensurepip'] = None\n"
AS_ROOT = "import os; os.geteuid = lambda: 0\n"
AS_USER = "import os; os.geteuid = lambda: 1000\n"
READ_ONLY = "import os; os.access = lambda path, mode: mode != os.W_OK\n"


class Checkout:
    """A folder with a space in its name that looks like the checkout."""

    def __init__(self, place: Path) -> None:
        self.root = place / "my desk"
        self.programs = place / "bin"
        self.calls = place / "calls"
        self.venv = self.root / ".venv"
        (self.root / "maildesk").mkdir(parents=True)
        self.programs.mkdir()
        self.calls.touch()
        for name in ("__init__.py", "bootstrap.py"):
            (self.root / "maildesk" / name).write_bytes((ROOT / "maildesk" / name).read_bytes())
        (self.root / "pyproject.toml").write_bytes((ROOT / "pyproject.toml").read_bytes())
        tour = "import sys; print('maildesk', *sys.argv[1:]); sys.exit('--fail' in sys.argv)\n"
        (self.root / "maildesk" / "__main__.py").write_text(tour)
        self.put("dirname", '#!{bash}\nexec /usr/bin/dirname "$@"\n')

    def put(self, name: str, script: str) -> None:
        """Puts a program on the PATH."""
        file = self.programs / name
        file.write_text(script.format(bash="/bin/bash", python=f"'{sys.executable}'"))
        file.chmod(0o755)

    def run(self, *words: str, first: str = "", **env: str) -> subprocess.CompletedProcess[str]:
        """Types `python3 -m maildesk.bootstrap` and the words."""
        code = first + RUN
        bare = {"PATH": str(self.programs), "CALLS": str(self.calls), "HOME": str(self.root)}
        return subprocess.run(
            [sys.executable, "-c", code, *words],
            cwd=self.root,
            env={**bare, **env},
            capture_output=True,
            text=True,
            check=False,
        )

    def called(self) -> list[str]:
        """The calls of the programs on the PATH since the last question."""
        lines = self.calls.read_text().splitlines()
        self.calls.write_text("")
        return lines


@pytest.fixture
def checkout(tmp_path: Path) -> Checkout:
    return Checkout(tmp_path)


@pytest.fixture
def with_uv(checkout: Checkout) -> Checkout:
    checkout.put("uv", UV)
    return checkout


def test_it_can_be_read_by_python_3_8() -> None:
    for name in ("__init__.py", "bootstrap.py"):
        source = (ROOT / "maildesk" / name).read_text()
        ast.parse(source, name, feature_version=(3, 8))


def test_it_needs_nothing_but_the_standard_library() -> None:
    for name in ("__init__.py", "bootstrap.py"):
        for node in ast.walk(ast.parse((ROOT / "maildesk" / name).read_text())):
            names = [a.name for a in node.names] if isinstance(node, ast.Import) else []
            names += [node.module or ""] if isinstance(node, ast.ImportFrom) else []
            assert {n.partition(".")[0] for n in names} <= set(sys.stdlib_module_names), name


def test_an_old_python_gets_a_sentence(checkout: Checkout) -> None:
    done = checkout.run("demo", first=OLD)
    assert done.returncode == 78
    assert "Python 3.11 or newer is needed" in done.stderr
    assert "is 3.10.9" in done.stderr
    assert not checkout.venv.exists()


def test_unknown_words_get_the_usage(checkout: Checkout) -> None:
    done = checkout.run("demmo")
    assert done.returncode == 2
    assert "maildesk.bootstrap demo" in done.stderr
    assert checkout.run("--help").returncode == 0


def test_demo_sets_up_once_and_says_what_to_type_next(with_uv: Checkout) -> None:
    done = with_uv.run("demo", "--words")
    assert done.returncode == 0, done.stderr
    lines = done.stdout.splitlines()
    assert lines[0] == "maildesk try --words"
    assert "  .venv/bin/maildesk run            starts a desk here" in done.stdout
    assert with_uv.called() == [
        f"uv venv --quiet --python {sys.executable} {with_uv.venv}",
        (
            f"uv pip install --python {with_uv.venv}/bin/python --quiet "
            f"--only-binary :all: --editable {with_uv.root}"
        ),
    ]


def spent_by_programs() -> float:
    """Processor time, which is what they take where nobody else wants it."""
    usage = resource.getrusage(resource.RUSAGE_CHILDREN)
    return usage.ru_utime + usage.ru_stime


def test_a_second_start_installs_nothing_and_takes_less_than_a_second(with_uv: Checkout) -> None:
    with_uv.run("test")
    with_uv.called()
    before = spent_by_programs()
    done = with_uv.run("test", "-q", "tests/core")
    assert spent_by_programs() - before < slowness()
    assert done.stdout == "pytest -q tests/core\n"
    assert with_uv.run("demo").returncode == 0, "the test tools include all that demo needs"
    assert with_uv.called() == []


def test_a_changed_pyproject_is_installed_again(with_uv: Checkout) -> None:
    with_uv.run("demo")
    with_uv.called()
    with (with_uv.root / "pyproject.toml").open("a") as file:
        file.write("\n# another library\n")
    with_uv.run("demo")
    assert [line.split()[1] for line in with_uv.called()] == ["pip"]


def test_a_moved_checkout_is_installed_again(with_uv: Checkout) -> None:
    with_uv.run("demo")
    with_uv.called()
    stamp = with_uv.venv / ".maildesk-base"
    project = (with_uv.root / "pyproject.toml").read_bytes()
    elsewhere = hashlib.sha256(b"\0".join((project, b"", b"/somewhere/else"))).hexdigest()
    assert stamp.read_text() != elsewhere
    stamp.write_text(elsewhere)
    with_uv.run("demo")
    assert [line.split()[1] for line in with_uv.called()] == ["pip"]


def test_a_demo_that_fails_keeps_its_exit_code_and_promises_nothing(with_uv: Checkout) -> None:
    done = with_uv.run("demo", "--fail")
    assert done.returncode == 1
    assert "Next:" not in done.stdout


def test_a_failed_installation_is_69_and_tried_again(with_uv: Checkout) -> None:
    done = with_uv.run("demo", UV_FAILS="yes")
    assert done.returncode == 69
    assert "installing the libraries failed" in done.stderr
    assert with_uv.run("demo").returncode == 0


def test_a_user_without_ensurepip_gets_the_line_to_type(checkout: Checkout) -> None:
    checkout.put("apt-get", APT_GET)
    done = checkout.run("demo", first=NO_ENSUREPIP + AS_USER)
    assert done.returncode == 69
    assert "    sudo apt-get install -y --no-install-recommends python3-venv\n" in done.stderr
    assert not checkout.venv.exists()
    assert checkout.called() == []


@pytest.mark.slow
def test_root_without_ensurepip_installs_it(checkout: Checkout) -> None:
    checkout.put("apt-get", APT_GET)
    checkout.run("demo", first=NO_ENSUREPIP + AS_ROOT, PIP_NO_INDEX="1")
    assert checkout.called()[:2] == [
        "apt-get update -qq DEBIAN_FRONTEND=noninteractive",
        (
            "apt-get install -y --no-install-recommends python3-venv -qq "
            "DEBIAN_FRONTEND=noninteractive"
        ),
    ]


def test_root_gets_the_line_to_type_where_apt_fails(checkout: Checkout) -> None:
    checkout.put("apt-get", APT_GET)
    done = checkout.run("demo", first=NO_ENSUREPIP + AS_ROOT, APT_FAILS="100")
    assert done.returncode == 69
    assert "    apt-get install -y --no-install-recommends python3-venv\n" in done.stderr
    assert not checkout.venv.exists()


def test_a_read_only_checkout_names_the_way_out(checkout: Checkout) -> None:
    done = checkout.run("demo", first=READ_ONLY)
    assert done.returncode == 73
    assert "is read-only here. Set MAILDESK_VENV" in done.stderr


def test_the_environment_can_stand_elsewhere(with_uv: Checkout, tmp_path: Path) -> None:
    done = with_uv.run("demo", MAILDESK_VENV=str(tmp_path / "else where"))
    assert done.returncode == 0, done.stderr
    assert f"'{tmp_path}/else where/bin/maildesk' run" in done.stdout
    assert not with_uv.venv.exists()


def test_an_empty_folder_is_a_place_for_the_environment(with_uv: Checkout) -> None:
    with_uv.venv.mkdir()
    assert with_uv.run("demo").returncode == 0


def test_the_environment_of_another_python_is_made_anew_aloud(with_uv: Checkout) -> None:
    with_uv.run("demo")
    with_uv.called()
    another = "import sys; sys.version_info = (3, 99, 1, 'final', 0)\n"
    done = with_uv.run("demo", first=another)
    assert "this is Python 3.99.1" in done.stderr
    assert "making it anew" in done.stderr
    assert [line.split()[1] for line in with_uv.called()] == ["venv", "pip"]


def test_what_somebody_else_made_is_never_removed(with_uv: Checkout) -> None:
    with_uv.venv.mkdir()
    (with_uv.venv / "thesis.txt").write_text("the only copy")
    done = with_uv.run("demo")
    assert done.returncode == 69
    assert "this command did not make it" in done.stderr
    assert (with_uv.venv / "thesis.txt").read_text() == "the only copy"
    assert with_uv.called() == []


def test_half_an_environment_is_removed(checkout: Checkout) -> None:
    checkout.put("uv", '#!{bash}\n/bin/mkdir -p "${{@: -1}}/bin"\nexit 1\n')
    assert checkout.run("demo").returncode == 69
    assert not checkout.venv.exists()


@pytest.mark.slow
@pytest.mark.timeout(300)
def test_without_uv_it_makes_a_real_environment_with_pip(checkout: Checkout) -> None:
    (checkout.root / "pyproject.toml").write_text(
        '[build-system]\nrequires = []\nbuild-backend = "backend"\nbackend-path = ["."]\n'
    )
    # Its backend refuses: what counts is that pip was there, asked, and its failure told.
    (checkout.root / "backend.py").write_text("raise SystemExit('the backend was asked')\n")
    done = checkout.run("demo")
    assert done.returncode == 69
    assert "the backend was asked" in done.stderr
    assert (checkout.venv / "bin" / "pip").exists()
    assert os.access(checkout.venv / "bin" / "python", os.X_OK)
