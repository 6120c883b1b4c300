"""The kinds of exercise, by the names that a plan gives them."""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import dataclass

from derive.exercises.exercise import Exercise, Topic
from derive.exercises.kinds.choosing import choose
from derive.exercises.kinds.counting import counts
from derive.exercises.kinds.deriving import derive
from derive.exercises.kinds.erring import find_the_error
from derive.exercises.kinds.filling import fill_in
from derive.exercises.kinds.justifying import justify
from derive.exercises.kinds.matrices import matrix
from derive.exercises.kinds.numbers import numbers
from derive.exercises.kinds.ordering import order_the_steps
from derive.exercises.kinds.zeros import zeros

Make = Callable[[Topic, random.Random], Exercise | None]


@dataclass(frozen=True)
class Kind:
    """A kind of exercise, and the function that draws one of a topic: None where it has nothing to ask about it."""

    name: str
    make: Make


KINDS: dict[str, Kind] = {
    kind.name: kind
    for kind in (
        Kind("derive", derive),
        Kind("fill in", fill_in),
        Kind("choose", choose),
        Kind("find the error", find_the_error),
        Kind("order the steps", order_the_steps),
        Kind("justify", justify),
        Kind("numbers", numbers),
        Kind("shapes and counts", counts),
        Kind("why zero", zeros),
        Kind("matrix", matrix),
    )
}
