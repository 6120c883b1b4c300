"""Trees as a book writes them: where it counts from, which index of a weight comes first, which layer it numbers.

The engine counts from 0, writes w[to,from] at the layer it leads to, and the factors of a chain loss side first. `told`
turns a tree of the engine into what a notation prints, `untold` turns what was read in that notation back.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Any, TypeVar, cast

from derive.notation.notations import Notation
from derive.writing.index import BLANK, Index, Symbol, index
from derive.writing.matrices import Array
from derive.writing.nodes import (
    Apply,
    Compare,
    Delta,
    ExpandedSum,
    Expr,
    Fold,
    Gradient,
    Grouped,
    IndexValue,
    Negative,
    Node,
    Partial,
    Product,
    Quantity,
)
from derive.writing.tidy import negative
from derive.writing.walk import free_symbols, rebuilt

N = TypeVar("N", bound=Node)


def told(node: N, notation: Notation) -> N:
    """The tree as the notation writes it."""
    return node if notation.is_ordinary else cast(N, _told(node, notation))


def untold(node: N, notation: Notation) -> N:
    """The tree of the engine that the notation writes so."""
    return node if notation.is_ordinary else _Turn(notation, -1).node(node)


def told_chain(left: Expr, members: Sequence[Expr], notation: Notation) -> tuple[Expr, tuple[Expr, ...]]:
    """left = members[0] = …, as the notation writes it: delta = -(…) and not -delta = … where delta is a derivative's
    contrary."""
    own, others = told(left, notation), tuple(told(member, notation) for member in members)
    if isinstance(own, Negative) and isinstance(left, Gradient) and others:
        return own.body, tuple(map(negative, others))
    return own, others


def told_place(place: Index, notation: Notation) -> Index:
    """The index of a node as the notation writes it."""
    return _Turn(notation, 1).place(place)


def told_layer(label: Index, notation: Notation) -> Index:
    """A layer's label as the notation writes it."""
    return _Turn(notation, 1).layer(label)


def untold_place(place: Index, notation: Notation) -> Index:
    """The engine's index of a node that the notation writes so."""
    return _Turn(notation, -1).place(place)


@lru_cache(maxsize=8192)
def _told(node: Node, notation: Notation) -> Node:
    return _Turn(notation, 1).node(node)


@dataclass(frozen=True)
class _Turn:
    """Turns trees into a notation (`way` is 1) or back (-1)."""

    notation: Notation
    way: int

    def node(self, node: N) -> N:
        turn = TURNS.get(type(node))
        return rebuilt(node, self.node) if turn is None else cast(N, turn(self, node))

    # ------------------------------------------------------------ indices and labels

    def place(self, place: Index) -> Index:
        """An index of a node: the letters of the book stand one higher than ours, and so does the whole."""
        if any(symbol.name == BLANK for symbol in place.symbols):
            return place
        return self.value(place) + self.way * self.notation.base

    def value(self, place: Index) -> Index:
        """An index used as a number, in the letters of the book."""
        base = self.way * self.notation.base
        inner = {s: index(s) - base for s in place.symbols if base and self.is_letter(s)}
        labelled = {s: index(Symbol(s.name, self.layer(s.label))) for s in place.symbols if s.label is not None}
        return place.substitute(inner | labelled) if inner or labelled else place

    def is_letter(self, symbol: Symbol) -> bool:
        return symbol.label is None and symbol.name not in self.notation.fixed

    def layer(self, label: Index) -> Index:
        """A layer: only numbers are counted from elsewhere, L stays the last one."""
        shift = self.way * self.notation.layer_base
        return label + shift if label.value is not None else label

    # ------------------------------------------------------------ nodes

    def quantity(self, node: Quantity) -> Quantity:
        indices = tuple(map(self.place, node.indices))
        label = None if node.label is None else self.layer(node.label)
        if node.family in self.notation.weights and self.notation.from_to:
            indices = (*indices[:-2], *indices[-2:][::-1])
        if label is not None and self.notation.from_layer and self.is_parameter(node.family):
            label = label - self.way
        return Quantity(node.family, label, indices)

    def is_parameter(self, family: str) -> bool:
        return family in self.notation.weights or family in self.notation.biases

    def delta(self, node: Delta) -> Delta:
        return Delta(self.place(node.left), self.place(node.right))

    def index_value(self, node: IndexValue) -> IndexValue:
        return IndexValue(self.value(node.index))

    def comparison(self, node: Compare) -> Compare:
        """Of indices; what says something of layers or sizes alone stays, and i < n is i <= n counted from 1."""
        match node:
            case Compare(relation, IndexValue(left), IndexValue(right)) if self.notation.base and self.counts(node):
                if relation == ("<" if self.way > 0 else "<=") and self.is_end(right):
                    return Compare("<=" if self.way > 0 else "<", IndexValue(self.place(left)), node.right)
                return Compare(relation, IndexValue(self.place(left)), IndexValue(self.place(right)))
            case Compare(_, IndexValue(), IndexValue()):
                return node
        return rebuilt(node, self.node)

    def counts(self, node: Compare) -> bool:
        return any(self.is_letter(s) for side in (node.left, node.right) for s in free_symbols(side))

    def is_end(self, place: Index) -> bool:
        """Whether this is a size, and no index."""
        return place.value is None and not any(map(self.is_letter, place.symbols))

    def applied(self, node: Apply) -> Apply:
        label = None if node.function.label is None else self.layer(node.function.label)
        return Apply(replace(node.function, label=label), tuple(map(self.node, node.arguments)))

    def expanded(self, node: ExpandedSum) -> ExpandedSum:
        places = tuple(None if i is None else self.place(i) for i in node.shown)
        return ExpandedSum(self.fold(node.sigma), places, tuple(map(self.node, node.terms)))

    def fold(self, node: Fold) -> Fold:
        return Fold(
            node.kind,
            self.node(node.body),
            node.symbol,
            self.place(node.lower),
            self.place(node.upper),
            tuple(map(self.node, node.where)),
        )

    def gradient(self, node: Gradient) -> Expr:
        turned = Gradient(self.node(node.of), self.node(node.by))
        named = self.notation.delta(node.by) is not None
        return Negative(turned) if self.way > 0 and named and self.notation.delta_sign < 0 else turned

    def array(self, node: Array) -> Expr:
        """All elements of a family, or all derivatives by them, with the sign of a delta in front."""
        if isinstance(node.of, Quantity):
            return replace(node, of=self.quantity(node.of))
        turned = replace(node, of=Gradient(self.node(node.of.of), self.node(node.of.by)))
        named = self.notation.delta(node.quantity) is not None
        return Negative(turned) if self.way > 0 and named and self.notation.delta_sign < 0 else turned

    def product(self, node: Product) -> Expr:
        """A chain in the order of the book; a sign that came from a delta stands in front of the whole."""
        turned = [self.node(factor) for factor in node.factors]
        pairs = list(zip(node.factors, turned, strict=True))
        minus = [isinstance(new, Negative) and not isinstance(old, Negative) for old, new in pairs]
        plain = [f.body if m and isinstance(f, Negative) else f for f, m in zip(turned, minus, strict=True)]
        if self.notation.weight_first and all(map(_is_link, node.factors)):
            plain.reverse()
        whole = Product(tuple(plain))
        return Negative(whole) if sum(minus) % 2 else whole


TURNS: dict[type[Node], Callable[[_Turn, Any], Node]] = {
    Quantity: _Turn.quantity,
    Delta: _Turn.delta,
    IndexValue: _Turn.index_value,
    Compare: _Turn.comparison,
    Fold: _Turn.fold,
    ExpandedSum: _Turn.expanded,
    Gradient: _Turn.gradient,
    Array: _Turn.array,
    Product: _Turn.product,
    Apply: _Turn.applied,
}


def _is_link(factor: Expr) -> bool:
    """Whether a factor of a product is one link of a chain."""
    return isinstance(factor.body if isinstance(factor, Grouped) else factor, Partial | Gradient)
