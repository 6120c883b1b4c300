"""A model evaluated forward: each defined quantity by its equation, each derivative by dual numbers.

What the model itself does not say (sizes, given quantities, unknown functions, the arithmetic) its `Ground` says.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterable
from fractions import Fraction
from functools import lru_cache

from derive.errors import ModelError, TooLarge
from derive.model.definitions import Letters, matched
from derive.model.formula import Formula, WideFormula
from derive.model.model import Equation, Model
from derive.model.spreading import Spreader
from derive.writing.dual import Dual, Num, Orders, finite, mapped, nth_derivative, slope, through
from derive.writing.evaluate import evaluate
from derive.writing.index import Index
from derive.writing.nodes import Expr, Fold, Node, Quantity
from derive.writing.numbers import EXACT_BITS, Arithmetic, bits, precise
from derive.writing.scene import Element, Scene
from derive.writing.walk import parts

# How much of Python's stack (1000 frames by default) one run may take; definitions that need more wait for each other.
_FRAMES = 250
_KEPT_PASSES = 64


class Ground(ABC):
    """What stands under a model's equations."""

    arithmetic: Arithmetic
    smooth = False  # as in Scene

    @abstractmethod
    def size(self, name: str, label: int | None) -> int:
        """The value of a size or label symbol."""

    @abstractmethod
    def given(self, element: Element) -> Num:
        """The value of an element that no equation defines."""

    @abstractmethod
    def overriding(self, element: Element) -> Num | None:
        """The value that an element has in spite of its equation, or None."""

    @abstractmethod
    def formula(self, name: str, label: int | None) -> Expr | None:
        """The formula of a function in z, where it has one: of every catalogue function."""

    @abstractmethod
    def unknown(self, name: str, label: int | None, orders: Orders, arguments: list[Num]) -> Num:
        """The value of a function without a formula, or of its derivative, at plain numbers."""


class ModelScene(Scene):
    """A model and its ground. `letters` are those of a target; `level` is that of its dual numbers."""

    level = 0

    def __init__(self, model: Model, ground: Ground, letters: Letters, spreader: Spreader) -> None:
        super().__init__(letters)
        self.model = model
        self.ground = ground
        self.smooth = ground.smooth
        self.spreader = spreader
        self._known: dict[Element, Num] = {}
        self._open: dict[Element, None] = {}
        self._frames = 0
        self._passes: dict[Element, _Pass] = {}

    def number(self, value: Fraction | int) -> Num:
        return self.ground.arithmetic.number(value)

    def constant(self, name: str) -> Num:
        if name != "pi":
            raise ModelError(f"no constant is called {name}: there is pi")
        return self.ground.arithmetic.pi()

    def size(self, name: str, label: int | None) -> int:
        return self.ground.size(name, label)

    def spread(self, fold: Fold, lower: int, upper: int) -> Iterable[tuple[int, int]]:
        return self.spreader.spread(fold, lower, upper, self)

    # ------------------------------------------------------------ quantities

    def element(self, element: Element) -> Num:
        """The value of an element.

        Where definitions need each other further down than the stack reaches (a recurrence over thousands of steps),
        the innermost are evaluated first, and the others find them known.
        """
        value = self._known.get(element)
        if value is not None:
            return value
        if self._open:
            return self._remembered(element)
        waiting = [element]
        while waiting:
            try:
                value = self._remembered(waiting[-1])
                waiting.pop()
            except _Postponed as postponed:
                if postponed.element in waiting:
                    raise _circle(waiting, postponed.element) from None
                waiting.append(postponed.element)
        return value

    def _remembered(self, element: Element) -> Num:
        value = self._known[element] = self._value(element)
        return value

    def _value(self, element: Element) -> Num:
        value = self.ground.overriding(element)
        return self._computed(element) if value is None else value

    def _computed(self, element: Element) -> Num:
        found = self.definition(element)
        return self.ground.given(element) if found is None else self._defined(element, *found)

    def definition(self, element: Element) -> tuple[Equation, Letters] | None:
        """The equation that defines an element, with the numbers of its free letters; None for a given one."""
        for equation in self.model.definitions.get(element.family, ()):
            letters = matched(equation, element, self._index_at)
            if letters is not None:
                return equation, letters
        return None

    def _index_at(self, index: Index, letters: Letters) -> int:
        if index.value is not None:
            return index.value
        outer, self.letters = self.letters, letters
        try:
            return self.index(index)
        finally:
            self.letters = outer

    def _defined(self, element: Element, equation: Equation, letters: Letters) -> Num:
        if element in self._open:
            raise _circle(list(self._open), element)
        frames = _frames(equation.right)
        if self._open and self._frames + frames > _FRAMES:
            raise _Postponed(element)
        outer, self.letters = self.letters, letters
        self._open[element] = None
        self._frames += frames
        try:
            value = evaluate(equation.right, self)
        finally:
            self.letters = outer
            del self._open[element]
            self._frames -= frames
        return _bounded(value, element)

    # ------------------------------------------------------------ functions

    def applied(self, name: str, label: int | None, orders: Orders, arguments: list[Num]) -> Num:
        formula = self.ground.formula(name, label)
        if formula is None:
            return through(lambda o, values: self.ground.unknown(name, label, o, values), orders, arguments)
        value = self._by_formula(Formula(self, formula), orders[0], arguments[0])
        if finite(value):
            return value
        # sigmoid'(-1000) is inf/inf in floats, and a number in wider ones
        wide = mapped(arguments[0], precise().mpf)
        return mapped(self._by_formula(WideFormula(self, formula), orders[0], wide), float)

    def _by_formula(self, point: Formula, order: int, z: Num) -> Num:
        return nth_derivative(point.at, order, z, above=self.level)

    # ------------------------------------------------------------ derivatives

    def partial(self, of: Expr, by: Element) -> Num:
        held = _Held(self, by)
        if not isinstance(of, Quantity):
            return slope(evaluate(of, held), held.level)
        element = self.located(of)
        found = self.definition(element)
        if found is None or element == by:
            return self.number(int(element == by))
        equation, held.letters = found
        return slope(evaluate(equation.right, held), held.level)

    def gradient(self, of: Element, by: Element) -> Num:
        if by not in self._passes:
            if len(self._passes) == _KEPT_PASSES:
                self._passes.clear()
            self._passes[by] = _Pass(self, by)
        seeded = self._passes[by]
        return slope(seeded.element(of), seeded.level)


class _Tangent(ModelScene):
    """A scene in which the element `by` carries the slope 1."""

    def __init__(self, base: ModelScene, by: Element) -> None:
        super().__init__(base.model, base.ground, dict(base.letters), base.spreader.also(by.indices))
        self.base = base
        self.by = by
        self.level = base.level + 1

    def _seed(self) -> Dual:
        return Dual(self.base.element(self.by), self.number(1), self.level)


class _Held(_Tangent):
    """Every other quantity stays what it is: the local derivative."""

    def element(self, element: Element) -> Num:
        return self._seed() if element == self.by else self.base.element(element)


class _Pass(_Tangent):
    """Everything that depends on `by` is computed anew: the derivative through all paths."""

    def __init__(self, base: ModelScene, by: Element) -> None:
        super().__init__(base, by)
        self._above = _above(base.model.equations, by.family)

    def element(self, element: Element) -> Num:
        return super().element(element) if element.family in self._above else self.base.element(element)

    def _value(self, element: Element) -> Num:
        """A number that overrides an equation is the value; the slope is still the equation's."""
        if element == self.by:
            return self._seed()
        value, found = self.ground.overriding(element), self.definition(element)
        if value is None or found is None:
            return super()._value(element)
        return Dual(value, slope(self._defined(element, *found), self.level), self.level)


# ---------------------------------------------------------------- bounds


class _Postponed(Exception):
    """An element whose turn comes once the stack is empty again."""

    def __init__(self, element: Element) -> None:
        super().__init__(element)
        self.element = element


@lru_cache(maxsize=1024)
def _frames(node: Node) -> int:
    """About how many frames the evaluation of a tree puts on Python's stack."""
    return 6 + 3 * _height(node)


def _height(node: Node) -> int:
    return 1 + max(map(_height, parts(node)), default=0)


@lru_cache(maxsize=1024)
def _above(equations: tuple[Equation, ...], family: str) -> frozenset[str]:
    """The family and every family that depends on it."""
    uses = Model(equations).uses
    found, waiting = {family}, [family]
    while waiting:
        more = {equation.left.family for equation in uses.get(waiting.pop(), ())} - found
        found |= more
        waiting += sorted(more)
    return frozenset(found)


def _circle(elements: list[Element], again: Element) -> ModelError:
    chain = [*elements[elements.index(again) :], again]
    return ModelError(f"the definition of {again} needs itself: {' -> '.join(map(str, chain))}")


def _bounded(value: Num, element: Element) -> Num:
    if value.__class__ is Fraction and bits(value) > EXACT_BITS:
        raise TooLarge(f"{element} has more than {EXACT_BITS} binary digits: evaluate it with 50 decimal digits")
    return value
