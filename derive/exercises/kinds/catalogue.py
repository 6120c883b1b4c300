"""The kinds of exercise, by the names that a plan gives them."""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import dataclass

from derive.exercises.exercise import Exercise, Topic

Make = Callable[[Topic, random.Random], Exercise | None]


@dataclass(frozen=True)
class Kind:
    """A kind of exercise, and the function that draws one of a topic: None where it has nothing to ask about it."""

    name: str
    make: Make


_ALL: tuple[Kind, ...] = ()
KINDS: dict[str, Kind] = {kind.name: kind for kind in _ALL}
