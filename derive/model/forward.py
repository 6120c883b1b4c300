"""The model evaluated: at random points, which judge a derivation, and with a user's own numbers."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterable, Mapping
from typing import Literal

from derive.model.drawn import POSITIVE, SIGNED, Drawn, Span, open_symbols
from derive.model.given import Catalogue, Given, UserFunction, UserGround
from derive.model.model import Model
from derive.model.running import ModelScene
from derive.model.spreading import Spreader
from derive.writing.dual import Num
from derive.writing.index import Symbol
from derive.writing.nodes import Expr, Quantity

__all__ = ["POSITIVE", "SIGNED", "ModelScene", "given_scene", "gradient_by_duals", "random_scene"]

_MOST_TERMS = 10**7


def no_catalogue(_: str) -> Expr | None:
    """The catalogue that knows no function."""
    return None


def random_scene(
    model: Model,
    sizes: Mapping[Symbol, int],
    letters: Mapping[Symbol, int],
    rng: random.Random,
    marked: Iterable[int] = (),
    arithmetic: Literal["exact", "precise"] = "exact",
    *,
    functions: Callable[[str], Expr | None] = no_catalogue,
    between: Mapping[str, Span] | None = None,
    elsewhere: Span = POSITIVE,
) -> ModelScene:
    """A point drawn from `rng`: given quantities, unknown functions, and the sizes that `sizes` leaves open.

    The values of a family lie in the range that `between` gives, or in `elsewhere`; they keep the model's assumptions
    of the form sum(y[j] for j in range(…)) == 1. `functions` gives the formula of a catalogue function in z. Where a
    size is above 32, only elements with `marked` indices differ from others of their family.

    Evaluation raises OutsideDomain where a formula has no value at this point, NotExact where exact arithmetic needs
    "precise", TooLarge where sizes must be smaller.
    """
    labels = {s: n for s, n in letters.items() if s in open_symbols(model)}
    ground = Drawn(
        model,
        {**labels, **sizes},
        rng.getrandbits(64),
        frozenset(marked).union(letters.values()),
        arithmetic,
        between or {},
        elsewhere,
        functions,
    )
    return ModelScene(model, ground, dict(letters), ground.spreader)


def given_scene(
    model: Model,
    values: Mapping[str, Given],
    sizes: Mapping[str, int] | None = None,
    functions: Mapping[str, UserFunction] | None = None,
    letters: Mapping[Symbol, int] | None = None,
    *,
    catalogue: Catalogue = no_catalogue,
    arithmetic: Literal["float", "exact", "precise"] = "float",
) -> ModelScene:
    """A user's own numbers.

    `values` has numbers, nested lists or arrays by family ("w(L)", "y", or "w(3)" where `sizes` gives L), indexed from
    0; a value of a defined quantity comes before its equation. `sizes` gives sizes, labels and the letters of a target;
    sizes that it leaves out are read off the arrays. `functions` names a known function for each unknown one, or gives
    a pair of callables. What is missing is named by ValueMissing, what is wrong by OptionError.
    """
    ground = UserGround(model, values, sizes or {}, functions or {}, catalogue, arithmetic)
    return ModelScene(model, ground, dict(letters or {}), Spreader(_MOST_TERMS))


def gradient_by_duals(scene: ModelScene, of: Quantity, by: Quantity) -> Num:
    """The derivative of one element by another: the model evaluated forward with dual numbers."""
    return scene.gradient(scene.located(of), scene.located(by))
