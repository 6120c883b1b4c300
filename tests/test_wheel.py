"""The wheel in a clean environment, run from a folder that has nothing to do with the repository."""

from __future__ import annotations

import importlib.util
import os
import subprocess
import sys
import zipfile
from dataclasses import dataclass
from pathlib import Path

import pytest
from conftest import missing
from golden import FOLDER

from derive.options import TEXTS

ROOT = Path(__file__).parents[1]
FROM_PYTHON = """
import pathlib, derive
found = derive.dense_derivation(weight="1,2")
assert "site-packages" in derive.__file__, derive.__file__
print(found.markdown() == pathlib.Path("here/derivation-w-1-2.md").read_text(encoding="utf-8"))
"""


@dataclass(frozen=True)
class Installed:
    """A clean environment with the wheel in it, and an empty folder to run in."""

    wheel: Path
    programs: Path
    folder: Path

    def run(self, program: str, *arguments: str) -> subprocess.CompletedProcess[str]:
        environment = {"PATH": os.environ["PATH"], "PYTHONUTF8": "1"}
        command = [str(self.programs / program), *arguments]
        return subprocess.run(command, cwd=self.folder, env=environment, capture_output=True, text=True, check=False)


def run(*command: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Installed:
    if importlib.util.find_spec("hatchling") is None:
        missing("hatchling is not installed")
    folder = tmp_path_factory.mktemp("wheel")
    built = run(sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(folder / "dist"))
    assert built.returncode == 0, built.stderr
    (wheel,) = (folder / "dist").glob("*.whl")
    run(sys.executable, "-m", "venv", str(folder / "venv"))
    programs = folder / "venv" / "bin"
    done = run(str(programs / "python"), "-m", "pip", "install", "--quiet", "--disable-pip-version-check", str(wheel))
    if done.returncode:
        missing(f"the wheel's dependencies could not be had: {done.stderr.strip()[-300:]}")
    (folder / "elsewhere").mkdir()
    return Installed(wheel, programs, folder / "elsewhere")


def test_it_writes_what_the_repository_writes(installed: Installed) -> None:
    done = installed.run("derive", "gradient", "--weight", "1,2", "--out", "here")
    assert (done.returncode, done.stderr) == (0, "")
    for kind in TEXTS:
        text = (installed.folder / "here" / f"derivation-w-1-2.{kind}").read_text(encoding="utf-8")
        assert text == (FOLDER / f"lesson.{kind}").read_text(encoding="utf-8")
    told = installed.run("python", "-c", FROM_PYTHON)
    assert (told.stderr, told.stdout) == ("", "True\n")


def test_the_ready_models_travel_with_it(installed: Installed) -> None:
    done = installed.run("python", "-m", "derive", "models", "lstm")
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout == (ROOT / "derive" / "model" / "ready" / "lstm.txt").read_text(encoding="utf-8")


def test_it_holds_the_package_and_nothing_else(installed: Installed) -> None:
    names = zipfile.ZipFile(installed.wheel).namelist()
    assert {name.split("/")[0].split("-")[0] for name in names} == {"derive"}
    assert {"derive/py.typed", "derive/templates/tex/document.j2", "derive/templates/en/messages.toml"} <= set(names)
    assert {"derive/templates/html/STIXTwoMath-subset.woff2", "derive/templates/html/OFL.txt"} <= set(names)
    assert [name for name in names if "test" in name or "__pycache__" in name] == []
