"""The README's examples, run: every `console` block again, with what is printed now."""

from __future__ import annotations

import os
import re
import shlex
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).parents[1]
README = ROOT / "README.md"
CONSOLE = re.compile(r"(?<=^```console\n).*?(?=^```$)", re.DOTALL | re.MULTILINE)
FILE = re.compile(r"`([\w-]+\.(?:txt|toml|csv))`[^`\n]*:\n\n```\n(.*?)^```$", re.DOTALL | re.MULTILINE)


def repository_in(folder: Path) -> None:
    """What `make` needs of the repository, as after it has set up, with the Python that runs this."""
    for name in ("Makefile", "pyproject.toml"):
        shutil.copy(ROOT / name, folder)
    python = folder / ".venv" / "bin" / "python"
    python.parent.mkdir(parents=True)
    python.write_text(f'#!/bin/sh\nexec "{sys.executable}" "$@"\n')
    python.chmod(0o755)
    (folder / ".venv" / ".ready").touch()


def run(line: str, folder: Path) -> str:
    """What a line of a terminal prints; `derive` is the package of this repository."""
    words = shlex.split(line)
    command = [sys.executable, "-m", "derive", *words[1:]] if words[0] == "derive" else words
    environment = {"PATH": os.environ["PATH"], "PYTHONPATH": str(ROOT), "PYTHONUTF8": "1"}
    done = subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, check=False)
    return done.stdout + done.stderr


def rerun(text: str, folder: Path) -> str:
    """The text with the output under each `$ command` as it is now, and the files that the text shows at hand."""
    repository_in(folder)
    for name, content in FILE.findall(text):
        (folder / name).write_text(content, encoding="utf-8")
    return CONSOLE.sub(lambda block: _rerun(block[0], folder), text)


def _rerun(block: str, folder: Path) -> str:
    commands = (line for line in block.splitlines() if line.startswith("$ "))
    return "\n".join(f"{line}\n{run(line[2:], folder)}" for line in commands)


def main() -> None:
    """Write every output in the README anew."""
    with tempfile.TemporaryDirectory() as folder:
        README.write_text(rerun(README.read_text(encoding="utf-8"), Path(folder)), encoding="utf-8")


if __name__ == "__main__":
    main()
