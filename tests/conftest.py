"""Tools that some tests need beside Python: without one a test is skipped and says so; in CI it fails instead."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import pytest

KATEX = Path(__file__).parent / "node_modules" / "katex"


def missing(what: str) -> None:
    if os.environ.get("CI"):
        pytest.fail(f"{what}, and CI must run this test")
    pytest.skip(what)


def program(name: str) -> str:
    found = shutil.which(name)
    if found is None:
        missing(f"{name} is not installed")
    return found or ""


@pytest.fixture(scope="session")
def pdflatex() -> str:
    """The path of pdflatex."""
    return program("pdflatex")


@pytest.fixture(scope="session")
def chromium() -> str:
    """The path of Chromium or Chrome."""
    found = (shutil.which(name) for name in ("chromium", "chromium-browser", "google-chrome"))
    return next((path for path in found if path), None) or program("chromium")


@pytest.fixture(scope="session")
def node() -> str:
    """The path of Node.js."""
    return program("node")


@pytest.fixture(scope="session")
def katex() -> Path:
    """The folder of KaTeX, for `require` in Node.js."""
    if not KATEX.is_dir():
        missing("KaTeX is not installed (make test installs it where there is npm)")
    return KATEX
