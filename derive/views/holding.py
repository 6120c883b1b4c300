"""Which letters of an equation a program has to count through, because no slice of an array can stand for them."""

from __future__ import annotations

from collections.abc import Iterator
from functools import singledispatch

from derive.model.model import Equation
from derive.writing.index import Symbol
from derive.writing.nodes import Condition, Delta, Fold, IndexValue, Node, Quantity
from derive.writing.walk import indices, parts, walk

Letters = frozenset[Symbol]


def held(equation: Equation) -> Letters:
    """The letters to count through; every other one runs along an axis: x[i+u] is a slice of x once i is a number."""
    own = tuple(r.symbol for r in equation.ranges)
    bound = tuple(n.symbol for n in walk(equation.right) if isinstance(n, Fold))
    found = frozenset(s for side in (equation.left, equation.right) for s in _forced(side))
    for quantity in (n for side in (equation.left, equation.right) for n in walk(side) if isinstance(n, Quantity)):
        found |= _crowded(quantity, (*own, *bound), found)
    return found & frozenset((*own, *bound))


def _crowded(quantity: Quantity, letters: tuple[Symbol, ...], already: Letters) -> Letters:
    """In x[i+u], all letters but one; in w[i,i], the letter."""
    found = already
    for i in quantity.indices:
        running = [s for s in letters if s in i.symbols and s not in found]
        slices = [s for s in running if i.coefficient(s) == 1]
        keep = slices[-1] if slices else None
        found |= frozenset(s for s in running if s != keep)
    met = [s for i in quantity.indices for s in i.symbols - found]
    return found | {s for s in met if met.count(s) > 1}


@singledispatch
def _forced(node: Node) -> Iterator[Symbol]:
    """The letters that stand where an array has none: in labels, conditions and ranges, or as a number."""
    for i in indices(node):  # the label of a function
        yield from i.symbols
    yield from _below(node)


def _below(node: Node) -> Iterator[Symbol]:
    return (s for part in parts(node) for s in _forced(part))


@_forced.register
def _in_quantity(node: Quantity) -> Iterator[Symbol]:
    return iter(() if node.label is None else node.label.symbols)


@_forced.register
def _in_fold(node: Fold) -> Iterator[Symbol]:
    yield from node.lower.symbols | node.upper.symbols
    for condition in node.where:  # a filter is asked once for all entries of a term
        yield from (s for inner in walk(condition) for i in indices(inner) for s in i.symbols)
    if node.where:
        yield node.symbol
    yield from _forced(node.body)


@_forced.register
def _in_condition(node: Condition) -> Iterator[Symbol]:
    for inner in walk(node):
        if isinstance(inner, IndexValue | Delta):
            yield from (s for i in indices(inner) for s in i.symbols)
    yield from _below(node)
