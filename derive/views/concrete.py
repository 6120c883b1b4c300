"""Formulas at one place: every letter is a number, every sum is written out, every case decided."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from functools import singledispatch
from typing import cast

from derive.calculus.questions import on_indices
from derive.errors import TooLarge
from derive.writing.evaluate import holds
from derive.writing.index import Index, Symbol, index
from derive.writing.nodes import (
    ONE,
    ZERO,
    Apply,
    Cases,
    Delta,
    ExpandedSum,
    Expr,
    Fold,
    Function,
    Gradient,
    Grouped,
    IndexValue,
    Node,
    Partial,
    Product,
    Quantity,
    Sum,
)
from derive.writing.numbers import NotExact
from derive.writing.scene import Scene
from derive.writing.tidy import number, plus, tidy
from derive.writing.walk import rebuilt, substitute, walk

IN_FULL = 6
MOST_TERMS = 1000
FIRST = 2


@dataclass(frozen=True)
class Place:
    """A scene with numbers for all letters; of the label symbols those in `numbered` have a number too.

    Where it is not `decided`, cases that depend on the values of quantities stay as they are.
    """

    scene: Scene
    numbered: frozenset[Symbol]
    most_terms: int = IN_FULL
    decided: bool = True

    def in_full(self) -> Place:
        """The place where no sum is cut short."""
        return replace(self, most_terms=MOST_TERMS)

    def index(self, value: Index) -> Index:
        """An index as a number."""
        return index(self.scene.index(value))

    def label(self, label: Index) -> Index:
        """A label as a number where it has one: L - 1 stays where L is only a name."""
        label = self.written(label)
        return self.index(label) if label.symbols <= self.numbered else label

    def written(self, value: Index) -> Index:
        """An index with numbers for its letters, sizes as they are."""
        return value.substitute({s: index(n) for s, n in self.scene.letters.items()})


def concrete(expr: Expr, place: Place) -> Expr:
    """The formula as it is written at the place."""
    found = at(expr, place)
    assert isinstance(found, Expr)  # a rewriting keeps expressions expressions
    return tidy(found) if any(isinstance(n, Delta) for n in walk(expr)) else found


@singledispatch
def at(node: Node, place: Place) -> Node:
    return rebuilt(node, lambda part: at(part, place), place.label)


@at.register
def quantity_at(node: Quantity, place: Place) -> Quantity:
    label = None if node.label is None else place.label(node.label)
    return Quantity(node.family, label, tuple(map(place.index, node.indices)))


@at.register
def index_value_at(node: IndexValue, place: Place) -> Expr:
    left = place.written(node.index)
    return number(left.value) if left.value is not None else IndexValue(left)


@at.register
def delta_at(node: Delta, place: Place) -> Expr:
    return ONE if place.index(node.left) == place.index(node.right) else ZERO


@at.register
def sum_at(node: Sum, place: Place) -> Expr:
    return plus(*(cast(Expr, at(term, place)) for term in node.terms))


@at.register
def cases_at(node: Cases, place: Place) -> Node:
    if not place.decided and not on_indices(node.condition):
        return rebuilt(node, lambda part: at(part, place), place.label)
    return at(node.then if holds(node.condition, place.scene) else node.otherwise, place)


@at.register
def expanded_at(node: ExpandedSum, place: Place) -> Node:
    return at(node.sigma, place)


@at.register
def fold_at(node: Fold, place: Place) -> Expr:
    """The terms side by side; of many, the first two and the last."""
    included = [i for i in _range(node, place) if _at(node, i, place, lambda: _included(node, place))]
    if len(included) > MOST_TERMS:
        raise TooLarge(f"a worked example may have at most {MOST_TERMS} terms in a sum: take smaller sizes")
    if len(included) > place.most_terms and node.kind == "sum":
        return _with_dots(node, included, place)
    return JOINED[node.kind]([cast(Expr, _at(node, i, place, lambda: at(node.body, place))) for i in included])


def _range(fold: Fold, place: Place) -> range:
    return range(place.scene.index(fold.lower), place.scene.index(fold.upper))


def _included(fold: Fold, place: Place) -> bool:
    if not place.decided and not all(map(on_indices, fold.where)):
        raise NotExact(f"which terms {fold} has depends on numbers that are not known yet")
    return all(holds(condition, place.scene) for condition in fold.where)


def _at(fold: Fold, i: int, place: Place, asked: Callable[[], object]) -> object:
    """What is asked, with the letter of the fold at i."""
    letters = place.scene.letters
    outer = letters.get(fold.symbol)
    letters[fold.symbol] = i
    try:
        return asked()
    finally:
        del letters[fold.symbol]
        if outer is not None:
            letters[fold.symbol] = outer


def _with_dots(fold: Fold, included: list[int], place: Place) -> ExpandedSum:
    shown = [*included[:FIRST], included[-1]]
    terms = tuple(cast(Expr, _at(fold, i, place, lambda: at(fold.body, place))) for i in shown)
    letters = {s: index(n) for s, n in place.scene.letters.items()}
    return ExpandedSum(substitute(fold, letters), (*map(index, shown[:-1]), None, index(shown[-1])), terms)


def _product(terms: list[Expr]) -> Expr:
    return terms[0] if len(terms) == 1 else Product(tuple(terms)) if terms else ONE


def _largest(name: str) -> Callable[[list[Expr]], Expr]:
    return lambda terms: terms[0] if len(terms) == 1 else Apply(Function(name), tuple(terms))


JOINED: dict[str, Callable[[list[Expr]], Expr]] = {
    "sum": lambda terms: plus(*terms),
    "prod": _product,
    "max": _largest("max"),
    "min": _largest("min"),
}


# ---------------------------------------------------------------- numbers put in

VALUED = (Quantity, Gradient, Partial, IndexValue)


def valued(expr: Expr) -> Iterator[Expr]:
    """The parts of a formula at one place that a number takes the place of, in reading order."""
    for node in walk(expr):
        if isinstance(node, VALUED):
            yield node


def substituted(node: Expr, shown: Callable[[Expr], Expr]) -> Expr:
    """The formula with numbers in the place of quantities, derivatives and sizes."""
    if isinstance(node, VALUED):
        return shown(node)
    if isinstance(node, ExpandedSum):
        return ExpandedSum(node.sigma, node.shown, tuple(substituted(term, shown) for term in node.terms))
    if isinstance(node, Grouped):
        return substituted(node.body, shown)
    return rebuilt(node, lambda part: substituted(part, shown) if isinstance(part, Expr) else part)
