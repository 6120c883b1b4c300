"""The numbers of a worked example: those that are given, and how the others are drawn."""

from __future__ import annotations

import random
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Literal, TypeVar

from derive.model.forward import ModelScene, given_scene
from derive.model.functions import formula_of
from derive.model.given import Given, UserFunction
from derive.model.language import read_symbol
from derive.model.model import Model
from derive.model.spreading import Spreader
from derive.views.drawing import ShortGround
from derive.views.rounding import Rounding, exactly
from derive.views.sheet import Sheet
from derive.writing.index import Symbol
from derive.writing.numbers import NotExact

Arithmetic = Literal["exact", "precise"]
T = TypeVar("T")

MOST_TERMS = 10**5


@dataclass(frozen=True)
class Point:
    """Values by family as the model writes it ("w(L)"), sizes, and functions in the place of unknown ones.

    With `rng`, short numbers are drawn for what `values` leaves out: `short` is one of SHORT.
    """

    values: Mapping[str, Given] = field(default_factory=dict)
    sizes: Mapping[str, int] = field(default_factory=dict)
    functions: Mapping[str, UserFunction] = field(default_factory=dict)
    rng: random.Random | None = None
    short: str = "tenths"

    def worked(self, model: Model, letters: Mapping[Symbol, int], rounding: Rounding, work: Callable[[Sheet], T]) -> T:
        """What is worked out with fractions, or with 50 digits where a function has no exact values."""
        seed = None if self.rng is None else self.rng.getrandbits(64)
        try:
            return work(self._sheet(model, letters, rounding, "exact", seed))
        except NotExact:
            return work(self._sheet(model, letters, rounding, "precise", seed))

    def _sheet(
        self, model: Model, letters: Mapping[Symbol, int], rounding: Rounding, arithmetic: Arithmetic, seed: int | None
    ) -> Sheet:
        own = {s.name for s in letters}
        sizes = {text: n for text, n in self.sizes.items() if text not in own}
        numbered = frozenset(map(read_symbol, sizes)) | model.sizes.keys()
        return Sheet(self._scene(model, sizes, letters, arithmetic, seed), frozenset(numbered), rounding)

    def _scene(
        self,
        model: Model,
        sizes: Mapping[str, int],
        letters: Mapping[Symbol, int],
        arithmetic: Arithmetic,
        seed: int | None,
    ) -> ModelScene:
        values = {name: _exact(value) for name, value in self.values.items()}
        functions = {name: _of_floats(function) for name, function in self.functions.items()}
        if seed is None:
            return given_scene(model, values, sizes, functions, letters, catalogue=formula_of, arithmetic=arithmetic)
        ground = ShortGround(model, values, sizes, functions, arithmetic, seed, self.short)
        return ModelScene(model, ground, dict(letters), Spreader(MOST_TERMS))


def _exact(value: Given) -> Given:
    """0.05 is taken for 1/20, and not for the nearest binary fraction."""
    if hasattr(value, "tolist"):
        return _exact(value.tolist())
    if isinstance(value, list | tuple):
        return [_exact(item) for item in value]
    return exactly(value) if isinstance(value, float) else value


def _of_floats(function: UserFunction) -> UserFunction:
    """A user's own functions compute with floats, whatever the arithmetic around them is."""
    if isinstance(function, str):
        return function
    if callable(function):
        return lambda *arguments: exactly(float(function(*map(float, arguments))))
    return [one for part in function if callable(one := _of_floats(part))]
