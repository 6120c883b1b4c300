"""Answers with what they are worth, as a table: the marker's tests and the benchmark go by it."""

from __future__ import annotations

from typing import NamedTuple

from published import refusals as blocks


class Pair(NamedTuple):
    """An answer, the model it is about, the right answer, and the outcome: equal, different, form or unreadable."""

    answer: str
    model: str | None
    reference: str
    outcome: str


def pairs() -> tuple[Pair, ...]:
    """All answers, in the order of the file."""
    found = []
    for head, answers in blocks("answers.txt"):
        model, _, reference = head.partition(": ")
        for line in answers.split("\n"):
            outcome, _, answer = line.partition(": ")
            found.append(Pair(answer.replace("⏎", "\n"), None if model == "none" else model, reference, outcome))
    return tuple(found)


PAIRS = pairs()
