"""The Makefile, run for real in a folder of its own, with stand-ins for Python that note how they are called."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
pytestmark = pytest.mark.skipif(shutil.which("make") is None, reason="make is not installed")

# Prints its arguments, so that a test sees what the shell made of a recipe.
ECHO = f"""#!{sys.executable}
import json, sys
print(json.dumps(sys.argv[1:]))
"""

# Answers like a Python of the given kind, notes its calls, and makes an environment of copies of itself.
SYSTEM = """#!/bin/sh
echo "$*" >>"$CALLS"
case "$*" in
*version_info*) exit {too_old} ;;
*ensurepip*) exit {no_venv} ;;
"-m venv "*) mkdir -p .venv/bin && cp "$0" .venv/bin/python ;;
"-m pip "*) test -x .venv/bin/python ;;
"-m derive "*) echo derived ;;
esac
"""


@dataclass(frozen=True)
class Repository:
    folder: Path

    def make(self, *arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
        """Run make with an empty environment, except for PATH and what is given."""
        surroundings = {"PATH": os.environ["PATH"], "CALLS": str(self.calls_file), **environment}
        command = [shutil.which("make") or "make", *arguments]
        return subprocess.run(command, cwd=self.folder, env=surroundings, capture_output=True, text=True, check=False)

    @property
    def calls_file(self) -> Path:
        return self.folder / "calls"

    @property
    def calls(self) -> list[str]:
        return self.calls_file.read_text().splitlines()

    def files(self) -> set[str]:
        return {path.name for path in self.folder.iterdir()}


def program(place: Path, text: str) -> None:
    place.parent.mkdir(parents=True, exist_ok=True)
    place.write_text(text)
    place.chmod(0o755)


@pytest.fixture
def fresh(tmp_path: Path) -> Repository:
    """What make needs of the repository; nothing is set up."""
    for name in ("Makefile", "pyproject.toml"):
        shutil.copy(ROOT / name, tmp_path)
    (tmp_path / "derive").mkdir()
    return Repository(tmp_path)


@pytest.fixture
def ready(fresh: Repository) -> Repository:
    """As after setting up, with a Python that prints its arguments."""
    program(fresh.folder / ".venv" / "bin" / "python", ECHO)
    (fresh.folder / ".venv" / ".ready").touch()
    return fresh


def arguments(repository: Repository, *options: str, **environment: str) -> list[str]:
    done = repository.make("derivation", *options, **environment)
    assert (done.returncode, done.stderr) == (0, "")
    called: list[str] = json.loads(done.stdout)
    assert called[:3] == ["-m", "derive", "gradient"]
    return [argument for argument in called[3:] if argument != "--out=output"]  # where make writes by itself


def test_make_alone_lists_every_target_with_an_example(fresh: Repository) -> None:
    done = fresh.make()
    assert (done.returncode, done.stderr) == (0, "")
    lines = done.stdout.splitlines()
    declared = next(line for line in (ROOT / "Makefile").read_text().splitlines() if line.startswith(".PHONY: "))
    targets = declared.split()[1:]
    assert [line.split()[0] for line in lines[0 : 2 * len(targets) : 2]] == targets
    examples = [line.split()[:2] for line in lines[1 : 2 * len(targets) : 2]]
    assert examples == [["make"] if target == "help" else ["make", target] for target in targets]


def test_each_option_of_the_lists_is_handed_on(ready: Repository) -> None:
    listed = ready.make().stdout.partition("Options of a derivation: ")[2].splitlines()[0].split()
    handed = arguments(ready, *(f"{name}=x" for name in listed if name != "TARGET"), "TARGET=t")
    names = {"W": "--weight=x", "TARGET": "t", "ALL": "--all"}
    assert sorted(handed) == sorted(
        ["--", *(names.get(name, f"--{name.lower().replace('_', '-')}=x") for name in listed)]
    )


@pytest.mark.parametrize("goal", ["worksheet", "key"])
def test_each_option_of_worksheets_is_handed_on(ready: Repository, goal: str) -> None:
    listed = ready.make().stdout.partition("Options of worksheets and keys: ")[2].splitlines()[0].split()
    done = ready.make(goal, *(f"{name}=x y" for name in listed))
    called: list[str] = json.loads(done.stdout)
    assert called[:3] == ["-m", "derive", goal]
    out = ["--out=x y", "--", "x y"]
    assert called[3:] == ["--seed=x y", "--variants=x y", "--formats=x y", "--language=x y", "--templates=x y", *out]
    assert len(listed) == 7
    assert json.loads(ready.make(goal).stdout) == ["-m", "derive", goal]


def test_each_option_of_marking_is_handed_on(ready: Repository) -> None:
    listed = ready.make().stdout.partition("Options of marking: ")[2].splitlines()[0].split()
    done = ready.make("mark", *(f"{name}={name} $(x)" for name in listed))
    named = [f"--{name.lower()}={name} $(x)" for name in ("FORMATS", "LANGUAGE", "TEMPLATES", "OUT")]
    called = ["--restart", *named, "--", "KEY $(x)", "ANSWERS $(x)"]
    assert json.loads(done.stdout) == ["-m", "derive", "mark", *called]
    assert sorted(listed) == ["ANSWERS", "FORMATS", "KEY", "LANGUAGE", "OUT", "RESTART", "TEMPLATES"]
    assert json.loads(ready.make("mark").stdout) == ["-m", "derive", "mark", "--", "", ""]


def test_what_is_not_given_is_not_handed_on_and_empty_is_given(ready: Repository) -> None:
    assert arguments(ready) == []
    assert arguments(ready, "W=") == ["--weight="]


def test_the_environment_is_nobodys_wish(ready: Repository) -> None:
    assert arguments(ready, LOSS="huber", W="$(shell touch pwned)", OUT="x") == []
    assert arguments(ready, "-e", "W=1,2", LOSS="huber", W="3,4") == ["--weight=1,2"]


ATTACKS = [
    "$(shell touch pwned)",
    "${shell touch pwned}",
    "$$(touch pwned)",
    "$(touch pwned)",
    "`touch pwned`",
    "'; touch pwned; '",
    '"; touch pwned; "',
    '"; touch pwned #',
    "1,2; touch pwned",
    "1,2 && touch pwned",
    "1,2 | touch pwned",
    "1\n2\n\ttouch pwned\n",
    "\n$(shell touch pwned)",
    "$(eval $(shell touch pwned))",
    "$(error pwned)",
    "$(info pwned)",
    "$(file >pwned)",
    "$(call shell,touch pwned)",
    "$(",
    "${",
    "$",
    "$$",
    "$@ $< $^ $(W) $W ${HOME} $HOME",
    "\\",
    "a\\",
    "\\input{/etc/passwd} \\write18{touch pwned} % comment",
    "# not a comment",
    "* ? [a-z] ~ {a,b} !1",
    "--out=elsewhere",
    "-x",
    "∂ ü \t tab",
]
OPTIONS = {"W": "--weight=", "OUT": "--out=", "MODEL": "--model=", "TARGET": ""}


@pytest.mark.parametrize("name", OPTIONS)
@pytest.mark.parametrize("text", ATTACKS)
def test_no_text_in_an_option_is_run(ready: Repository, name: str, text: str) -> None:
    before = ready.files()
    typed = text.lstrip()  # make itself drops the blanks between = and the text
    assert arguments(ready, f"{name}={text}")[-1] == f"{OPTIONS[name]}{typed}"
    assert ready.files() == before


@pytest.mark.parametrize("goal", ["help", "verify", "models", "-n derivation", "test"])
def test_nor_by_another_target(ready: Repository, goal: str) -> None:
    before = ready.files()
    ready.make(*goal.split(), "W=$(shell touch pwned)", "PYTHON=$(shell touch pwned)", "TESTS=$(shell touch pwned)")
    assert ready.files() - {"tests"} == before


def test_a_misspelt_option_is_refused_unread(ready: Repository) -> None:
    done = ready.make("derivation", "W=1,2", "SIZE=$(shell touch pwned)")
    assert (done.returncode, done.stdout) == (2, "")
    assert "*** unknown option SIZE: it must be one of W TARGET ALL LAYER SIZES " in done.stderr
    assert "pwned" not in ready.files()


def test_a_refusal_of_the_program_is_the_status_of_make(ready: Repository) -> None:
    program(ready.folder / ".venv" / "bin" / "python", "#!/bin/sh\necho 'derive: no' >&2\nexit 2\n")
    done = ready.make("derivation", "W=1")
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.splitlines()[0] == "derive: no"


def on_path(repository: Repository, **pythons: str) -> str:
    """A PATH with the tools of a bare system and these Pythons."""
    folder = repository.folder / "path"
    for tool in ("sh", "touch", "cp", "mkdir", "echo"):
        (folder / tool).parent.mkdir(exist_ok=True)
        (folder / tool).symlink_to(shutil.which(tool) or "")
    for name, text in pythons.items():
        program(folder / name.replace("_", "."), text)
    return str(folder)


GOOD = SYSTEM.format(too_old=0, no_venv=0)
OLD = SYSTEM.format(too_old=1, no_venv=0)
NO_VENV = SYSTEM.format(too_old=0, no_venv=1)


def test_it_sets_up_once_and_a_later_call_goes_straight_to_work(fresh: Repository) -> None:
    path = on_path(fresh, python3=GOOD)
    first = fresh.make("derivation", "W=1,2", PATH=path)
    assert (first.returncode, first.stdout) == (0, "derived\n")
    assert first.stderr == "Setting up .venv with python3, once\n"
    assert [call for call in fresh.calls if "-m venv" in call or " install" in call] == [
        "-m venv --clear .venv",
        "-m pip --disable-pip-version-check --quiet install --editable .[pdf]",
    ]
    fresh.calls_file.unlink()
    second = fresh.make("derivation", "W=1,2", PATH=path)
    assert (second.returncode, second.stdout, second.stderr) == (0, "derived\n", "")
    assert fresh.calls == ["-m derive gradient --weight=1,2 --out=output"]


def test_a_change_of_what_is_needed_installs_again_into_the_same_environment(fresh: Repository) -> None:
    path = on_path(fresh, python3=GOOD)
    fresh.make("derivation", PATH=path)
    fresh.calls_file.unlink()
    stamp = fresh.folder / ".venv" / ".ready"
    os.utime(stamp, (1, 1))
    assert fresh.make("derivation", PATH=path).returncode == 0
    assert [call for call in fresh.calls if "venv" in call] == []
    assert [call for call in fresh.calls if call.endswith("install --editable .[pdf]")] != []


def test_a_newer_python_under_its_full_name_is_found(fresh: Repository) -> None:
    done = fresh.make("derivation", PATH=on_path(fresh, python3=OLD, python3_12=GOOD))
    assert (done.returncode, done.stderr) == (0, "Setting up .venv with python3.12, once\n")


def test_a_python_can_be_named(fresh: Repository) -> None:
    path = on_path(fresh, python3=GOOD)
    program(fresh.folder / "my python", GOOD)
    done = fresh.make("derivation", "PYTHON=./my python", PATH=path)
    assert (done.returncode, done.stderr) == (0, "Setting up .venv with ./my python, once\n")


NOT_FOUND = "Python 3.11 or later is needed and was not found ({}): install it, or name it, make PYTHON=/path/to/python"
NO_MODULE = "cannot make virtual environments: install its module venv (on Debian and Ubuntu: apt install python3-venv)"
REFUSED = [
    ({"python3": OLD}, (), NOT_FOUND.format("python3 python3.14 python3.13 python3.12 python3.11")),
    ({"python3": GOOD}, ("PYTHON=nowhere",), NOT_FOUND.format("nowhere")),
    ({"python3": NO_VENV, "python3_11": OLD}, (), f"python3 {NO_MODULE}, then run make again"),
]


@pytest.mark.parametrize(("pythons", "options", "message"), REFUSED, ids=["too old", "not there", "without venv"])
def test_without_a_fit_python_it_says_what_to_do(
    fresh: Repository, pythons: dict[str, str], options: tuple[str, ...], message: str
) -> None:
    done = fresh.make("derivation", *options, PATH=on_path(fresh, **pythons))
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.splitlines()[0] == f"derive: {message}"
    assert ".venv" not in fresh.files()
