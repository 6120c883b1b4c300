"""Texts for the tests of the model language: models as people write them, and texts that are refused."""

from __future__ import annotations

import re
from pathlib import Path

HERE = Path(__file__).parent
_TEXT = (HERE / "published.txt").read_text(encoding="utf-8")

# name -> (text, the given families in the order of first mention)
MODELS: dict[str, tuple[str, tuple[str, ...]]] = {
    name: (text, tuple(given.split()))
    for name, given, text in re.findall(r"^=== (.*): (.*)\n((?:(?!===).*\n?)*)", _TEXT, re.MULTILINE)
}


def refusals(name: str) -> list[tuple[str, str]]:
    """The texts of a file that are refused, each with its whole error."""
    _, *parts = (HERE / name).read_text(encoding="utf-8").removesuffix("\n").split("\n===\n")
    return [(text, message) for text, _, message in (part.partition("\n---\n") for part in parts)]
