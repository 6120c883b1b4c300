"""A small key, for tests of marking a class."""

from __future__ import annotations

from fractions import Fraction
from functools import cache

import derive
from derive.exercises.answers import Choice, Expected, IndexText, Numeral, Option
from derive.exercises.exercise import Exercise, Part, Topic
from derive.exercises.measure import measured
from derive.exercises.stored import Key, Shelf
from derive.model.language import read_index

HEADER = "student,sheet,question,answer\n"


@cache
def topic() -> Topic:
    return Topic(derive.differentiate(derive.ready_model("lesson"), "C0", "w(L)[1,2]"), "lesson")


def exercise(kind: str, *expected: Expected) -> Exercise:
    parts = tuple(Part((), answer, marks=2) for answer in expected)
    return Exercise(kind, topic(), (), parts, (), measured(topic().derivation))


@cache
def key(sheets: int = 2) -> Key:
    """Sheets of three questions, the first of two parts; its second part asks for the sheet's number."""
    shelf = Shelf()
    choice = Choice((Option(topic().derivation.result), Option(topic().derivation.by)), 1)
    questions = [exercise("choose", choice), exercise("fill in", IndexText(read_index("L-1")))]
    made = tuple(
        shelf.sheet(i, [exercise("numbers", Numeral(Fraction(3, 4)), Numeral(Fraction(i))), *questions])
        for i in range(1, sheets + 1)
    )
    return Key("Gradients", 7, "lesson", shelf.models, made)
