"""Changing a written expression at one place, or at all of them at once.

Denominators, exponents, conditions and what a derivative names are left alone, as are brackets around what is kept.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import cast

from derive.writing.matrices import MATRIX_LEAVES, Array
from derive.writing.nodes import (
    ONE,
    ZERO,
    ExpandedSum,
    Expr,
    Gradient,
    Grouped,
    Negative,
    Node,
    Partial,
    Product,
    Quantity,
    Sum,
)
from derive.writing.tidy import plus, times
from derive.writing.walk import rebuilt, walk

Change = Callable[[Expr], Iterator[Expr]]

_CLOSED = (Gradient, Partial, Array)
_LEFT_ALONE = frozenset({"denominator", "exponent", "condition", "where"})


def at_each(expr: Expr, change: Change) -> Iterator[Expr]:
    """Every tree that differs at one place: a node there has been changed."""
    return _at_each(expr, lambda node, _: change(node), None)


def _at_each(expr: Expr, change: Callable[[Expr, Expr | None], Iterator[Expr]], parent: Expr | None) -> Iterator[Expr]:
    """As `at_each`; the change is told the node above, brackets left out."""
    yield from change(expr, parent)
    if isinstance(expr, _CLOSED):
        return
    above = parent if isinstance(expr, Grouped) else expr
    for name in expr.INSIDE:
        if name in _LEFT_ALONE:
            continue
        value = getattr(expr, name)
        for i, part in enumerate(value if isinstance(value, tuple) else (value,)):
            if isinstance(part, Expr):
                for new in _at_each(part, change, above):
                    yield _with(expr, name, (*value[:i], new, *value[i + 1 :]) if isinstance(value, tuple) else new)


def _with(expr: Expr, name: str, value: object) -> Expr:
    return type(expr)(*[value if field == name else getattr(expr, field) for field in expr.FIELDS])


def everywhere(expr: Expr, change: Change) -> Iterator[Expr]:
    """The tree with every node changed that can be, the largest first; nothing where there is none."""
    new = _changed(expr, change)
    if new != expr:
        yield new


def _changed(expr: Expr, change: Change) -> Expr:
    new = next(change(expr), None)
    if new is not None:
        return new
    return expr if isinstance(expr, _CLOSED) else rebuilt(expr, lambda part: _inner(part, change))


def _inner(part: Node, change: Change) -> Node:
    return _changed(part, change) if isinstance(part, Expr) else part


# ---------------------------------------------------------------- before and after


def folded(expr: Expr) -> Expr:
    """Every sum that is written out folded again."""
    return cast(Expr, _folded(expr))


def _folded(node: Node) -> Node:
    return _folded(node.sigma) if isinstance(node, ExpandedSum) else rebuilt(node, _folded)


def smooth(expr: Expr) -> Expr:
    """Products in products and sums in sums flattened, without ones and zeros, as a hand writes them."""
    return cast(Expr, _smooth(expr))


def _smooth(node: Node) -> Node:
    if isinstance(node, _CLOSED):
        return node
    inner = rebuilt(node, _smooth)
    match inner:
        case Product(factors) if _nests(factors, Product, Negative) or ONE in factors:
            return times(*factors)
        case Sum(terms) if _nests(terms, Sum) or ZERO in terms:
            return plus(*terms)
        case Negative(Negative(body)):
            return body
    return inner


def _nests(parts: Iterable[Expr], *kinds: type[Expr]) -> bool:
    return any(isinstance(part, kinds) for part in parts)


# ---------------------------------------------------------------- factors and terms


@dataclass(frozen=True)
class Factors:
    """The factors of a product, those in brackets one by one; `owners` says in which factor each of them stands."""

    of: tuple[Expr, ...]
    flat: tuple[Expr, ...]
    owners: tuple[int, ...]

    def changed(self, changes: Mapping[int, Expr]) -> Expr:
        """The product with some of its flat factors replaced; a factor that becomes 1 is left out."""
        kept: list[Expr] = []
        for i, factor in enumerate(self.of):
            places = [place for place, owner in enumerate(self.owners) if owner == i]
            if changes.keys().isdisjoint(places):
                kept.append(factor)
                continue
            parts = [changes.get(place, self.flat[place]) for place in places]
            new = times(*(part for part in parts if part != ONE))
            if new != ONE:
                kept.append(Grouped(new) if isinstance(factor, Grouped) else new)
        return Product(tuple(kept)) if len(kept) > 1 else kept[0] if kept else ONE

    def without(self, places: Iterable[int]) -> Expr:
        """The product without some of its flat factors."""
        return self.changed(dict.fromkeys(places, ONE))


def factors_of(expr: Expr) -> Factors:
    """The factors of an expression, itself where it is no product."""
    of = expr.factors if isinstance(expr, Product) else (expr,)
    pairs = [(part, i) for i, factor in enumerate(of) for part in _parts(factor)]
    return Factors(of, tuple(part for part, _ in pairs), tuple(owner for _, owner in pairs))


def _parts(factor: Expr) -> Iterator[Expr]:
    body = bare(factor)
    if isinstance(body, Product):
        for inner in body.factors:
            yield from _parts(inner)
    else:
        yield body


def bare(expr: Expr) -> Expr:
    """The expression without the brackets around it."""
    return bare(expr.body) if isinstance(expr, Grouped) else expr


def each_product(expr: Expr, change: Callable[[Factors], Iterator[Expr]]) -> Iterator[Expr]:
    """Every tree in which one product, or one term that is no product, has been changed."""

    def changed(node: Expr, parent: Expr | None) -> Iterator[Expr]:
        if not isinstance(node, _PASSED_OVER) and not isinstance(parent, Product):
            yield from change(factors_of(node))

    return _at_each(expr, changed, None)


_PASSED_OVER = (Grouped, Negative, Sum)


def is_matrix(expr: Expr) -> bool:
    """Whether whole arrays stand in an expression."""
    return any(isinstance(n, MATRIX_LEAVES) for n in walk(expr))


def mapped_quantities(expr: Expr, change: Callable[[Quantity], Quantity]) -> Expr:
    """The tree with every quantity changed, those that derivatives name too."""

    def inner(node: Node) -> Node:
        return change(node) if isinstance(node, Quantity) else rebuilt(node, inner)

    return cast(Expr, inner(expr))
