"""The progress bar: seen at a terminal, after a second, and gone at the end."""

from __future__ import annotations

import io
from collections.abc import Iterator

import pytest

from derive.documents.progress import Progress


class Terminal(io.StringIO):
    """A stand-in that keeps everything that is written to it."""

    def isatty(self) -> bool:
        return True


def ticks(*times: float) -> Iterator[float]:
    yield from times


FIRST = "\r\033[Kmarking [##########....................]  33%  2 answers  1 s"
SHOWN = [
    ((0.0, 0.9), ""),
    ((0.0, 1.0), "\r\033[Kmarking [##############################] 100%  2 answers  1 s\r\033[K"),
    (
        (0.0, 1.0, 1.05, 62.0),
        f"{FIRST}\r\033[Kmarking [##############################] 100%  4,002 answers  62 s\r\033[K",
    ),
]


@pytest.mark.parametrize(("times", "text"), SHOWN)
def test_it_is_shown_after_a_second_and_not_too_often(times: tuple[float, ...], text: str) -> None:
    stream, clock = Terminal(), ticks(*times)
    with Progress("marking", "answers", stream, lambda: next(clock)) as bar:
        for i in range(1, len(times)):
            bar.show(2 + 2000 * (i - 1), i / (len(times) - 1))
    assert stream.getvalue() == text


def test_without_an_end_it_counts() -> None:
    stream, clock = Terminal(), ticks(0.0, 5.0)
    with Progress("marking", "answers", stream, lambda: next(clock)) as bar:
        bar.show(1234)
    assert stream.getvalue() == "\r\033[Kmarking 1,234 answers  5 s\r\033[K"


def test_what_is_piped_shows_nothing() -> None:
    stream, clock = io.StringIO(), ticks(0.0, 100.0)
    with Progress("marking", "answers", stream, lambda: next(clock)) as bar:
        bar.show(1)
    assert stream.getvalue() == ""
