"""Models as people write them, with the families that each leaves to be given: what the language must read."""

from __future__ import annotations

import re
from pathlib import Path

_TEXT = (Path(__file__).parent / "published.txt").read_text(encoding="utf-8")

# name -> (text, the given families in the order of first mention)
MODELS: dict[str, tuple[str, tuple[str, ...]]] = {
    name: (text, tuple(given.split()))
    for name, given, text in re.findall(r"^=== (.*): (.*)\n((?:(?!===).*\n?)*)", _TEXT, re.MULTILINE)
}
