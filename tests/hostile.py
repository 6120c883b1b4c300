"""A marker for tests of what surrounds the marker: some answers hang, eat memory or end it, the others are right.

As a program it is `derive` with a marker that notes in LOG each answer that it marks.
"""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Callable
from fractions import Fraction
from functools import partial
from pathlib import Path

from derive.cli import main
from derive.documents.batch import run
from derive.documents.batch.answers import Spot
from derive.documents.batch.crew import Limits
from derive.documents.batch.desk import Mark, Words
from derive.exercises.stored import Key
from derive.pages.blocks import Message

LIMITS = Limits(seconds=0.2, preparing=1.0, waiting=3.0, megabytes=1_024)
Piece = tuple[Spot | Message, str]


def hang() -> None:
    while True:
        pass


def sleep() -> None:
    signal.sigwait([signal.SIGUSR1])


def eat() -> None:
    bytearray(1 << 33)


def fail() -> None:
    raise ZeroDivisionError


def die() -> None:
    os.kill(os.getpid(), signal.SIGSEGV)


def recurse(depth: int = 0) -> int:
    return recurse(depth + 1) + 1


POISON: dict[str, Callable[[], object]] = {
    "hang": hang,
    "sleep": sleep,
    "eat": eat,
    "fail": fail,
    "die": die,
    "recurse": recurse,
}
REASONS = {"hang": "time", "sleep": "time", "eat": "memory", "fail": "stopped", "die": "stopped", "recurse": "stopped"}


def setup(*_: object) -> Callable[[str], Callable[[], str]]:
    """A worker whose result is the text in capitals."""
    return lambda text: partial(shouted, text)


def unable(*_: object) -> Callable[[str], Callable[[], str]]:
    """A worker that cannot be set up."""
    raise ZeroDivisionError


def shouted(text: str) -> str:
    POISON.get(text, str)()
    return text.upper()


def poisoned(_: Key, __: Words) -> Callable[[Piece], Callable[[], Mark]]:
    """A marker to whom everything is right that lets it go on."""
    return lambda piece: partial(survived, piece[1])


def survived(text: str) -> Mark:
    return Mark("equal", Fraction(1), read=shouted(text))


def noting(_: Key, __: Words) -> Callable[[Piece], Callable[[], Mark]]:
    """A marker to whom everything is right."""
    return lambda piece: partial(noted, piece[1])


def noted(text: str) -> Mark:
    """Where the environment says so, the answer AT makes the SIGNAL end the whole program."""
    if text == os.environ.get("AT"):
        os.kill(int(os.environ["PROGRAM"]), int(os.environ["SIGNAL"]))
        os._exit(0)
    with Path(os.environ["LOG"]).open("a", encoding="utf-8") as log:
        log.write(f"{text}\n")
    return Mark("equal", Fraction(1), feedback=text)


if __name__ == "__main__":
    os.environ["PROGRAM"] = str(os.getpid())
    run.mark_answers.__defaults__ = (run.Staff(noting, size=1),)
    sys.exit(main(sys.argv[1:]))
