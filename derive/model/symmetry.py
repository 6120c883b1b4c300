"""Which indices of a model are interchangeable: a sum over 10**9 alike elements is one element, times 10**9.

Indices that meet in one place (the same position of a family, the two sides of an equality) are of one sort. A sort is
*rigid* when something looks at the number behind an index: `i + 1`, `i < j`, `range(i)`, i used as a number or as a
label. In all other sorts any two indices can change places, as long as nothing names one of them and no range ends
between them.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Mapping
from functools import lru_cache, singledispatchmethod

from derive.model.model import Equation
from derive.writing.index import Index, Symbol
from derive.writing.nodes import Apply, Compare, Delta, ExpandedSum, Fold, IndexValue, Node, Quantity
from derive.writing.walk import parts

Sort = Hashable
Letters = Mapping[Symbol, Sort]


class Sorts:
    """The sorts of index positions and letters, found by reading trees.

    `named` are the indices without bound letters that stand somewhere, `ends` the bounds of ranges, likewise.
    """

    def __init__(self, known: Sorts | None = None) -> None:
        self._parents: dict[Sort, Sort] = dict(known._parents) if known else {}
        self._rigid: set[Sort] = set(known._rigid) if known else set()
        self.named: dict[Index, None] = {}
        self.ends: dict[Index, None] = {}

    def rigid(self, sort: Sort) -> bool:
        """Whether the numbers behind the indices of a sort matter."""
        return self._root(sort) in self._rigid

    def _root(self, sort: Sort) -> Sort:
        while sort in self._parents:
            sort = self._parents[sort]
        return sort

    def _join(self, one: Sort, other: Sort) -> None:
        one, other = self._root(one), self._root(other)
        if one != other:
            self._parents[one] = other
            if one in self._rigid:
                self._rigid.add(other)

    def _stiffen(self, sorts: Iterable[Sort]) -> None:
        self._rigid.update(map(self._root, sorts))

    def _numbers(self, index: Index, letters: Letters) -> None:
        """An index whose number matters."""
        self._stiffen(letters[s] for s in index.symbols if s in letters)

    def _place(self, index: Index, letters: Letters) -> Sort | None:
        """The sort of a bare letter, None for an index without bound letters; other indices are rigid."""
        if index.symbols.isdisjoint(letters):
            self.named[index] = None
            return None
        if index.symbol is not None and index.symbol in letters:
            return letters[index.symbol]
        self._numbers(index, letters)
        self._stiffen([index])
        return index

    def _meet(self, left: Index, right: Index, letters: Letters) -> None:
        one, other = self._place(left, letters), self._place(right, letters)
        if one is not None and other is not None:
            self._join(one, other)

    def equation(self, equation: Equation) -> None:
        """Both sides of an equation, with the letters of its ranges."""
        letters: dict[Symbol, Sort] = {r.symbol: (equation, r.symbol) for r in equation.ranges}
        for r in equation.ranges:
            self._range(r.symbol, r.lower, r.upper, letters)
        self.read(equation.left, letters)
        self.read(equation.right, letters)

    def _range(self, symbol: Symbol, lower: Index, upper: Index, letters: Letters) -> None:
        """Bounds are compared with indices: a letter in them is rigid, and so is the letter that they bound.

        But for `range(n(l))`: every size of a layer that has a value is known to be the end of a range.
        """
        for bound in (lower, upper):
            self._numbers(bound, letters)
            if bound.symbols.isdisjoint(letters):
                self.ends[bound] = None
            elif bound.symbol is None or bound.symbol in letters:
                self._stiffen([letters[symbol]])

    @singledispatchmethod
    def read(self, node: Node, letters: Letters) -> None:
        """Every index of a tree, where `letters` are those that are bound around it."""
        for part in parts(node):
            self.read(part, letters)

    @read.register
    def _quantity(self, node: Quantity, letters: Letters) -> None:
        if node.label is not None:
            self._numbers(node.label, letters)
        for i, index in enumerate(node.indices):
            sort = self._place(index, letters)
            if sort is not None:
                self._join(sort, position(node.family, i))

    @read.register
    def _apply(self, node: Apply, letters: Letters) -> None:
        if node.function.label is not None:
            self._numbers(node.function.label, letters)
        for argument in node.arguments:
            self.read(argument, letters)

    @read.register
    def _delta(self, node: Delta, letters: Letters) -> None:
        self._meet(node.left, node.right, letters)

    @read.register
    def _index_value(self, node: IndexValue, letters: Letters) -> None:
        self._numbers(node.index, letters)

    @read.register
    def _compare(self, node: Compare, letters: Letters) -> None:
        if not isinstance(node.left, IndexValue) or not isinstance(node.right, IndexValue):
            self.read(node.left, letters)
            self.read(node.right, letters)
        elif node.relation in ("==", "!="):
            self._meet(node.left.index, node.right.index, letters)
        else:
            self._order(node.left.index, node.right.index, letters)

    def _order(self, left: Index, right: Index, letters: Letters) -> None:
        """`k < 3` is an end at 3; where letters stand on both sides, they are rigid."""
        sides = (left, right)
        free = [side for side in sides if side.symbols.isdisjoint(letters)]
        for side in free:
            self.named[side] = self.ends[side] = None
        if not free or any(side not in free and side.symbol not in letters for side in sides):
            for side in sides:
                self._numbers(side, letters)

    @read.register
    def _fold(self, node: Fold, letters: Letters) -> None:
        inner = {**letters, node.symbol: (node, node.symbol)}
        self._range(node.symbol, node.lower, node.upper, {**letters, node.symbol: inner[node.symbol]})
        for condition in node.where:
            self.read(condition, inner)
        self.read(node.body, inner)

    @read.register
    def _expanded_sum(self, node: ExpandedSum, letters: Letters) -> None:
        self.read(node.sigma, letters)


def position(family: str, place: int) -> Sort:
    """The sort of one index of a family."""
    return ("position", family, place)


@lru_cache(maxsize=64)
def sorts_of(equations: tuple[Equation, ...]) -> Sorts:
    """The sorts of a model."""
    sorts = Sorts()
    for equation in equations:
        sorts.equation(equation)
    return sorts
