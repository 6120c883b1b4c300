"""Numbers for a worked example that a student can multiply by hand."""

from __future__ import annotations

import random
from collections.abc import Iterator, Mapping
from fractions import Fraction

from derive.errors import unknown
from derive.model.drawn import Promise, promises
from derive.model.functions import formula_of
from derive.model.given import Given, UserFunction, UserGround
from derive.model.model import Model
from derive.writing.dual import Num
from derive.writing.scene import Element


def _both_signs(values: Iterator[Fraction]) -> tuple[Fraction, ...]:
    return tuple(signed for value in values for signed in (value, -value))


# What is drawn from; 0 is left out, because a factor of 0 hides every other.
SHORT: dict[str, tuple[Fraction, ...]] = {
    "integers": _both_signs(Fraction(n) for n in range(1, 4)),
    "halves": _both_signs(Fraction(n, 2) for n in range(1, 5)),
    "tenths": _both_signs(Fraction(n, 10) for n in range(1, 10)),
    "positive tenths": tuple(Fraction(n, 10) for n in range(1, 10)),
}


class ShortGround(UserGround):
    """The numbers of a user, and short ones drawn for what he leaves out; labels that add up to 1 are one-hot."""

    def __init__(
        self,
        model: Model,
        values: Mapping[str, Given],
        sizes: Mapping[str, int],
        functions: Mapping[str, UserFunction],
        arithmetic: str,
        seed: int,
        short: str,
    ) -> None:
        super().__init__(model, values, sizes, functions, formula_of, arithmetic)
        self.draw(seed, short)

    def draw(self, seed: int, short: str) -> None:
        """Other numbers from now on."""
        if short not in SHORT:
            raise unknown("kind of numbers", short, SHORT)
        self.seed = seed
        self.short = SHORT[short]

    def given(self, element: Element) -> Num:
        promise = next((p for p in promises(self.model) if p.quantity.family == element.family), None)
        value = self._rng(element).choice(self.short) if promise is None else self._one_hot(promise, element)
        return self.arithmetic.number(value)

    def _one_hot(self, promise: Promise, element: Element) -> Fraction:
        """The total at one place of a range that is the same for all its elements, 0 elsewhere."""
        lower, upper = self._index(promise.lower), self._index(promise.upper)
        others = tuple(i for place, i in enumerate(element.indices) if place != promise.place)
        hot = self._rng(element._replace(indices=others)).randrange(lower, upper)
        return promise.total if element.indices[promise.place] == hot else Fraction(0)

    def _rng(self, element: Element) -> random.Random:
        """The same number for the same element, whatever is asked for first."""
        return random.Random(f"{self.seed} {element}")
