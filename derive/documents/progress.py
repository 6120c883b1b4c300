"""A progress bar for whoever sits at a terminal and waits for more than a second; nobody else sees anything."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable
from typing import TextIO

AFTER = 1.0  # seconds before anything is shown
EVERY = 0.1  # seconds between two pictures
WIDTH = 30


class Progress:
    """`marking [########......]  27 %  2,700 answers  12 s`, on standard error where that is a terminal.

    A context manager: at the end of the block the bar is gone.
    """

    def __init__(
        self, doing: str, things: str, stream: TextIO | None = None, clock: Callable[[], float] = time.monotonic
    ):
        self._doing = doing
        self._things = things
        self._stream = sys.stderr if stream is None else stream
        self._clock = clock
        self._start = clock()
        self._next = self._start + AFTER if self._stream.isatty() else float("inf")
        self._shown = False

    def __enter__(self) -> Progress:
        return self

    def __exit__(self, *_: object) -> None:
        if self._shown:
            self._write("\r\033[K")

    def show(self, count: int, part: float | None = None) -> None:
        """So many are done; `part`, from 0 to 1, says how much of the whole that is, where it is known."""
        now = self._clock()
        if now < self._next:
            return
        self._next = now + EVERY
        self._shown = True
        share = "" if part is None else f"{_bar(part)} {part:4.0%}  "
        self._write(f"\r\033[K{self._doing} {share}{count:,} {self._things}  {now - self._start:.0f} s")

    def _write(self, text: str) -> None:
        self._stream.write(text)
        self._stream.flush()


def _bar(part: float) -> str:
    full = round(min(1.0, part) * WIDTH)
    return f"[{'#' * full}{'.' * (WIDTH - full)}]"
