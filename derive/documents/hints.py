"""Hints for exercises: what helps whoever asks for it, and says no answer."""

from __future__ import annotations

from derive.exercises.answers import (
    Choice,
    Expected,
    Formula,
    IndexText,
    Numeral,
    Order,
    RuleName,
    Selection,
    Shape,
    WrongLine,
)
from derive.exercises.exercise import Exercise
from derive.pages.blocks import Message

# The hint for each class of answer, by its name in the wording.
HINTS: dict[type[Expected], str] = {
    Formula: "formula",
    Choice: "choice",
    Order: "order",
    RuleName: "rule",
    Numeral: "number",
    WrongLine: "line",
    Shape: "shape",
    Selection: "selection",
    IndexText: "index",
}


def hints(exercise: Exercise) -> tuple[Message, ...]:
    """What helps with the parts of an exercise, and where to begin if it asks for a whole derivation."""
    names = dict.fromkeys(_name(part.expected) for part in exercise.parts)
    found = tuple(Message(f"hint.{name}") for name in names)
    return (*found, *_beginning(exercise)) if exercise.worked else found


def _name(expected: Expected) -> str:
    if isinstance(expected, Formula) and expected.matrix:
        return "matrix"
    return HINTS[type(expected)]


def _beginning(exercise: Exercise) -> tuple[Message, ...]:
    """In which definitions the target stands."""
    derivation = exercise.topic.derivation
    stages = (stage for stage in derivation.stages if stage.by == derivation.by)
    firsts = (path.locals_[-1].element for stage in stages for path in stage.paths if path.locals_)
    elements = tuple(dict.fromkeys(firsts))
    return (Message("hint.begin", {"by": derivation.by, "elements": elements}),) if elements else ()
