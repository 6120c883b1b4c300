"""Where letters stand in a model: in an index, as a label, as a limit of a range, or as a number."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import singledispatch
from typing import Literal

from derive.model.model import Equation, Model
from derive.writing.index import Index, Symbol
from derive.writing.nodes import Apply, Compare, Fold, IndexValue, Node, Quantity
from derive.writing.walk import parts

Role = Literal["index", "label", "limit", "compared", "number"]
Letters = frozenset[Symbol]


@dataclass(frozen=True)
class Mention:
    """An index, what it is there for, and the letters that ranges around it bind."""

    role: Role
    index: Index
    bound: Letters

    def free(self) -> Iterator[tuple[Role, Symbol]]:
        """The letters that nothing binds; one in the label of a size, n(L), stands there as a label."""
        for symbol in sorted(own_letters(self.index) - self.bound, key=lambda s: s.name):
            yield self.role, symbol
        for symbol in sorted(self.index.symbols - self.bound - own_letters(self.index), key=lambda s: s.name):
            if symbol.label is None:
                yield "label", symbol


def own_letters(index: Index) -> Letters:
    """The letters of an index itself, without those in the labels of sizes."""
    return frozenset(s for monomial, _ in index.terms for s in monomial if s.label is None)


@singledispatch
def mentions(node: Node, bound: Letters) -> Iterator[Mention]:
    """Every index that stands in the tree."""
    for part in parts(node):
        yield from mentions(part, bound)


@mentions.register
def in_quantity(node: Quantity, bound: Letters) -> Iterator[Mention]:
    if node.label is not None:
        yield Mention("label", node.label, bound)
    for index in node.indices:
        yield Mention("index", index, bound)


@mentions.register
def in_index_value(node: IndexValue, bound: Letters) -> Iterator[Mention]:
    yield Mention("number", node.index, bound)


@mentions.register
def in_apply(node: Apply, bound: Letters) -> Iterator[Mention]:
    if node.function.label is not None:
        yield Mention("label", node.function.label, bound)
    for argument in node.arguments:
        yield from mentions(argument, bound)


@mentions.register
def in_compare(node: Compare, bound: Letters) -> Iterator[Mention]:
    for side in (node.left, node.right):
        if isinstance(side, IndexValue):
            yield Mention("compared", side.index, bound)
        else:
            yield from mentions(side, bound)


@mentions.register
def in_fold(node: Fold, bound: Letters) -> Iterator[Mention]:
    yield from (Mention("limit", limit, bound) for limit in (node.lower, node.upper))
    bound |= {node.symbol}
    for part in (node.body, *node.where):
        yield from mentions(part, bound)


def equation_mentions(equation: Equation) -> Iterator[Mention]:
    bound: Letters = frozenset()
    for found in equation.ranges:
        yield from (Mention("limit", limit, bound) for limit in (found.lower, found.upper))
        bound |= {found.symbol}
    yield from mentions(equation.left, bound)
    yield from mentions(equation.right, bound)


def model_mentions(model: Model) -> Iterator[Mention]:
    for equation in model.equations:
        yield from equation_mentions(equation)
    for condition in model.assumptions:
        yield from mentions(condition, frozenset())


def symbols_of(found: Iterable[Mention]) -> frozenset[Symbol]:
    """Every symbol, bound or free, those in the labels of sizes included."""
    return frozenset(symbol for mention in found for symbol in mention.index.symbols)
