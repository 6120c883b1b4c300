"""Where something is shown: how wide it is, and whether it has colours."""

from __future__ import annotations

import os
import shutil
from dataclasses import dataclass
from typing import TextIO

PIPED = 80  # columns, where nobody looks


@dataclass(frozen=True)
class Screen:
    """Columns, and whether there are colours."""

    width: int = PIPED
    colour: bool = False


def screen_of(stream: TextIO | None) -> Screen:
    """What a stream shows; NO_COLOR and a dumb terminal are kept plain, and so is what is no terminal."""
    if stream is None or not stream.isatty():
        return Screen()
    plain = bool(os.environ.get("NO_COLOR")) or os.environ.get("TERM") == "dumb"
    return Screen(shutil.get_terminal_size((PIPED, 24)).columns, not plain)
