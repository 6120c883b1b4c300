"""Holes: what can be cut out of a line by its meaning, and whether what is left determines it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from typing import Any, Literal

from derive.exercises.kinds.chains import Chain
from derive.writing.index import Index, index
from derive.writing.nodes import (
    ONE,
    TWO,
    Apply,
    Cases,
    ExpandedSum,
    Expr,
    Fold,
    Function,
    Grouped,
    IndexValue,
    Negative,
    Node,
    Partial,
    Product,
    Quantity,
    Sum,
)
from derive.writing.walk import expressions, walk

Meaning = Literal["factor", "index", "label", "range", "step"]
Filling = Expr | Index
MOST_TRIED = 40
LARGEST = 16  # nodes in a factor that is asked for


@dataclass(frozen=True, eq=False)
class Hole:
    """A place in a line: what it means, what stands there, and the line with something else there.

    One that is `inside` a sum over a range or a derivative is not determined by the value of the line alone.
    """

    meaning: Meaning
    right: Filling
    line: Callable[[Any], Expr]
    inside: bool = False


def holes(line: Expr) -> tuple[Hole, ...]:
    """Every hole of a line; none in a sum that is written out, whose terms show each other."""
    return tuple(_holes(line, lambda node: node, False))


Around = Callable[[Any], Any]


def _holes(node: Node, around: Around, inside: bool) -> Iterator[Hole]:
    match node:
        case ExpandedSum():
            return
        case Product(factors):
            places = ((i, _bare(factor)) for i, factor in enumerate(factors))
            yield from (_hole("factor", f, node, i, around, inside) for i, f in places if _can_be_asked(f))
        case Quantity(_, label, own):
            yield from (_hole("index", place, node, i, around, inside) for i, place in enumerate(own))
            if label is not None:
                yield Hole("label", label, lambda new: around(replace(node, label=new)))
        case Apply(Function(_, Index() as label)):
            yield Hole("label", label, lambda new: around(_labelled(node, new)))
        case Fold():
            last = node.upper - 1
            yield Hole("range", last, lambda new: around(replace(node, upper=new + 1)))
            yield Hole("range", node.lower, lambda new: around(replace(node, lower=new)))
    yield from _below(node, around, inside or isinstance(node, Fold | Partial))


def _can_be_asked(factor: Expr) -> bool:
    """Whether a factor is short, and needs no words to be written down."""
    nodes = list(walk(factor))
    awkward = any(
        isinstance(n, ExpandedSum | Cases) or (isinstance(n, Partial) and not isinstance(n.of, Quantity)) for n in nodes
    )
    return factor != ONE and len(nodes) <= LARGEST and not awkward


def _bare(factor: Expr) -> Expr:
    return factor.body if isinstance(factor, Grouped) else factor


def _labelled(node: Apply, label: Index) -> Apply:
    return replace(node, function=replace(node.function, label=label))


def _hole(meaning: Meaning, right: Filling, node: Node, place: int, around: Around, inside: bool) -> Hole:
    """The hole in the place of one of several factors or indices."""
    name = "factors" if isinstance(node, Product) else "indices"

    def line(new: Filling) -> Any:
        return around(_with(node, name, place, new))

    return Hole(meaning, right, line, inside)


def _with(node: Any, name: str, place: int | None, new: object) -> Any:
    if place is None:
        return replace(node, **{name: new})
    old: tuple[object, ...] = getattr(node, name)
    return replace(node, **{name: (*old[:place], new, *old[place + 1 :])})


def _below(node: Node, around: Around, inside: bool) -> Iterator[Hole]:
    """The holes of the parts of a node."""
    for name in node.INSIDE:
        value = getattr(node, name)
        if isinstance(value, Node):
            yield from _holes(value, _wrapped(node, name, None, around), inside)
        elif isinstance(value, tuple):
            for place, item in enumerate(value):
                if isinstance(item, Expr):
                    yield from _holes(item, _wrapped(node, name, place, around), inside)


def _wrapped(node: Node, name: str, place: int | None, around: Around) -> Around:
    return lambda new: around(_with(node, name, place, new))


# ---------------------------------------------------------------- what else could stand there


def is_determined(hole: Hole, chain: Chain) -> bool:
    """Whether the line is true with what stands in the hole, and false with everything else that could.

    Nothing else is tried that means the same as what stands there.
    """
    judge, right = chain.judge, hole.right
    if judge.same(chain.left, hole.line(right)) is not True:
        return False
    others = list(_others(hole, chain))
    if isinstance(right, Expr):
        others = [other for other in others if isinstance(other, Expr) and judge.same(other, right) is False]
    return bool(others) and all(chain.is_broken_by(hole.line(other)) for other in others)


def _others(hole: Hole, chain: Chain) -> Iterator[Filling]:
    right = hole.right
    found: Iterator[Filling] = _expressions(right, chain) if isinstance(right, Expr) else _indices(hole, chain)
    yield from [other for other in dict.fromkeys(found) if other != hole.right][:MOST_TRIED]


def _expressions(right: Expr, chain: Chain) -> Iterator[Expr]:
    """What is more or less by 1, or has another sign; every factor of the chain, and every quantity."""
    yield from (Sum((right, ONE)), Sum((right, Negative(ONE))), Negative(right))
    nodes = [n for line in chain.lines for n in expressions(line)]
    factors = [f for n in nodes if isinstance(n, Product) for f in n.factors if not isinstance(f, Grouped)]
    yield from (TWO, ONE)
    for factor in dict.fromkeys(factors):
        yield from (factor, Negative(factor))
    yield from (n for n in nodes if isinstance(n, Quantity))


def _indices(hole: Hole, chain: Chain) -> Iterator[Index]:
    """Every index of the chain that stands where this one does, its neighbours, and the first numbers."""
    right = hole.right
    assert isinstance(right, Index)
    yield from (right + 1, right - 1)
    for line in (chain.left, *chain.lines):
        for node in walk(line):
            yield from _of_the_same_meaning(hole.meaning, node)
    if hole.meaning != "label":
        yield from (index(0), index(1), index(2))


def _of_the_same_meaning(meaning: Meaning, node: Node) -> Iterator[Index]:
    match node:
        case Fold(_, _, symbol, lower, upper):
            if meaning == "range":
                yield from (upper, upper - 1, lower)
            elif meaning == "index":
                yield index(symbol)
        case Quantity(_, label, own):
            places = {"index": own, "label": (label,)}.get(meaning, ())
            yield from (place for place in places if place is not None)
        case IndexValue(place):
            yield from (place,) if meaning == "range" else ()
