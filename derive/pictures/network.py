"""The network around a target, as columns of nodes: which nodes a small change of the target passes on its way.

A column stands for a family with one index, such as the activations of a layer. It is found by going up from the
target through the equations that mention it, and down once, to what the target is multiplied by.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import pairwise
from math import hypot

from derive.calculus.derivation import Derivation
from derive.calculus.expanding import indices_shown
from derive.calculus.facts import Facts
from derive.calculus.matching import Consumer, consumers, occurrences
from derive.calculus.spans import spans_of
from derive.pictures.drawing import Dots, Drawing, Item, Label, Line, Place, Role, Shape
from derive.writing.index import Index, Symbol, index
from derive.writing.nodes import Apply, Expr, Fold, Product, Quantity
from derive.writing.walk import names_in, quantities, walk

COLUMNS = 5  # more layers than these are left out in the middle
FURTHEST = 40
APART, BELOW, RADIUS, MARGIN = 110.0, 44.0, 16.0, 8.0
LETTER = Symbol("i_node")  # stands for any node while a column's range is looked up


@dataclass(frozen=True)
class Column:
    """The elements of a family with one index: `unit`, the indices of its nodes, None for dots.

    `active` is the node that the change passes; None stands for all of them. `one_to_one` says that a node hears only
    from its neighbour of the same index. A column without a unit stands for columns that are left out.
    """

    unit: Quantity | None
    shown: tuple[Index | None, ...] = ()
    active: Index | None = None
    one_to_one: bool = False

    def is_active(self, node: Index) -> bool:
        """Whether the change passes this node."""
        return self.active in (None, node)


def network(derivation: Derivation) -> Drawing | None:
    """The network around the target; None where the model has no columns of nodes, or several ways to the loss."""
    columns = _columns(derivation)
    return _drawn(columns, derivation) if len(columns) > 2 else None


# ---------------------------------------------------------------- which columns


def _columns(derivation: Derivation) -> list[Column]:
    facts, by = derivation.target.facts, derivation.by
    below: list[Column] = []
    start = by
    if len(by.indices) != 1 or by.family not in derivation.model.definitions:
        first = _way_up(derivation, by, facts)
        if first is None or len(first.element.indices) != 1 or first.sums:
            return []
        source, start = _source(first.definition, by), first.element
        below = [] if source is None else [_column(derivation, source, source.indices[0], facts)]
    own = _merged(derivation, start, facts)
    columns = [*below, _column(derivation, own, own.indices[0], facts), *_above(derivation, own, facts)]
    return _fewer(columns) if columns[-1].unit == derivation.of else []


def _way_up(derivation: Derivation, by: Quantity, facts: Facts) -> Consumer | None:
    """The elements that mention a quantity; None where they are of several kinds, or where there are none."""
    found = consumers(derivation.model, by, facts, tuple(names_in(by)))
    nodes = [way for way in found if way.element.indices]
    chosen = nodes or found
    return chosen[0] if len(chosen) == 1 else None


def _merged(derivation: Derivation, unit: Quantity, facts: Facts) -> Quantity:
    """The activation in the place of its pre-activation: both are one node."""
    above = _way_up(derivation, unit, facts)
    match above:
        case Consumer(element, Apply(_, (argument,)), ()) if argument == unit:
            return element
    return unit


def _source(definition: Expr, by: Quantity) -> Quantity | None:
    """What a weight is multiplied by: at the weight's own index, inside the sum that mentions it."""
    for mention, binders in occurrences(definition, by.family):
        for fold in binders[-1:]:
            places = [
                want for have, want in zip(mention.indices, by.indices, strict=True) if fold.symbol in have.symbols
            ]
            for other in _multiplied(fold, by.family):
                if places and other.indices == (index(fold.symbol),):
                    return replace(other, indices=(places[0],))
    return None


def _multiplied(fold: Fold, family: str) -> Iterator[Quantity]:
    products = (node for node in walk(fold.body) if isinstance(node, Product))
    return (q for product in products for q in quantities(product) if q.family != family and len(q.indices) == 1)


def _above(derivation: Derivation, unit: Quantity, facts: Facts) -> Iterator[Column]:
    """The columns that the change passes on its way to the loss, and the loss."""
    last = {q.family: q for q in _mentioned_by_the_loss(derivation)}
    active: Index | None = unit.indices[0]
    for _ in range(FURTHEST):
        end = last.get(unit.family)
        if end is not None and not _is_countable(unit, end):
            yield Column(None)
            unit, active = end, None
            yield _column(derivation, unit, None, derivation.target.facts)
        way = _way_up(derivation, unit, facts)
        if way is None:
            return
        if not way.element.indices:
            yield Column(way.element, (index(0),))
            return
        facts = facts.within(way.sums).given(way.guards)
        unit = _merged(derivation, way.element, facts)
        if len(unit.indices) != 1:
            return
        active = None if way.sums else active
        yield replace(_column(derivation, unit, active, facts), one_to_one=not way.sums)


def _mentioned_by_the_loss(derivation: Derivation) -> Iterator[Quantity]:
    for equation in derivation.model.definitions.get(derivation.of.family, ()):
        yield from (q for q in quantities(equation.right) if len(q.indices) == 1)


def _is_countable(unit: Quantity, end: Quantity) -> bool:
    """Whether it is known how many layers lie between: L - 1 and L, not l and L."""
    return unit.label is None or end.label is None or (end.label - unit.label).value is not None


def _column(derivation: Derivation, unit: Quantity, active: Index | None, facts: Facts) -> Column:
    general = replace(unit, indices=(index(LETTER),))
    lower, upper = spans_of(derivation.model, general, facts)[int(unit.label is not None)]
    shown = indices_shown(lower, upper, lower if active is None else active, derivation.model.sizes) or ()
    return Column(unit, shown, active)


def _fewer(columns: list[Column]) -> list[Column]:
    if len(columns) <= COLUMNS:
        return columns
    return [*columns[: COLUMNS - 3], Column(None), *columns[-2:]]


# ---------------------------------------------------------------- where everything stands


Node = tuple[Index, Place]


def _drawn(columns: list[Column], derivation: Derivation) -> Drawing:
    highest = max(len(column.shown) for column in columns)
    height = 2 * MARGIN + BELOW * highest
    placed = [(column, list(_places(column, position, height))) for position, column in enumerate(columns)]
    edges = [edge for left, right in pairwise(placed) for edge in _edges(left, right, height)]
    weight = list(_weight(placed, derivation.by))
    nodes = [item for column, places in placed for item in _nodes(column, places, derivation.of)]
    dots = [Dots((_x(position), height / 2), upright=False) for position, c in enumerate(columns) if c.unit is None]
    pale, passed = ([line for line in edges if (line.role == "pale") is role] for role in (True, False))
    return Drawing(_x(len(columns) - 1) + _x(0), height, (*pale, *passed, *weight, *nodes, *dots))


def _x(position: int) -> float:
    return MARGIN + RADIUS + APART * position


def _places(column: Column, position: int, height: float) -> Iterator[tuple[Index | None, Place]]:
    """The middle of each node, and of the dots between them."""
    top = (height - BELOW * len(column.shown)) / 2
    for row, node in enumerate(column.shown):
        yield node, (_x(position), top + BELOW * (row + 0.5))


Placed = tuple[Column, list[tuple[Index | None, Place]]]


def _edges(left: Placed, right: Placed, height: float) -> Iterator[Line]:
    """An arrow from every node to every node of the next column; what stands beside left-out columns goes half-way."""
    (here, starts), (there, ends) = left, right
    for node, start in _real(starts):
        for other, end in _real(ends):
            if there.one_to_one and node != other:
                continue
            passed = here.is_active(node) and there.is_active(other)
            yield _arrow(start, end, "activation" if passed else "pale")
        if there.unit is None:
            yield Line(_beside(start, 1), (start[0] + APART / 2, (start[1] + height / 2) / 2), _role(here, node))
    if here.unit is None:
        for other, end in _real(ends):
            yield _arrow((end[0] - APART / 2, (end[1] + height / 2) / 2), end, _role(there, other))


def _real(places: list[tuple[Index | None, Place]]) -> Iterator[Node]:
    return ((node, place) for node, place in places if node is not None)


def _role(column: Column, node: Index) -> Role:
    return "activation" if column.is_active(node) else "pale"


def _arrow(start: Place, end: Place, role: Role) -> Line:
    """From the edge of one disc to the edge of the other."""
    long = hypot(end[0] - start[0], end[1] - start[1])
    dx, dy = (end[0] - start[0]) / long, (end[1] - start[1]) / long
    return Line(
        (start[0] + RADIUS * dx, start[1] + RADIUS * dy), (end[0] - RADIUS * dx, end[1] - RADIUS * dy), role, True
    )


def _beside(place: Place, sign: int) -> Place:
    return place[0] + sign * RADIUS, place[1]


def _weight(placed: list[Placed], by: Quantity) -> Iterator[Item]:
    """The arrow of the weight that is differentiated by, and its name above."""
    (here, starts), (there, ends) = placed[0], placed[1]
    if here.unit is None or here.unit.family == by.family or there.active is None or here.active is None:
        return
    start = next((place for node, place in starts if node == here.active), None)
    end = next((place for node, place in ends if node == there.active), None)
    if start is not None and end is not None:
        yield _arrow(start, end, "weight")
        yield Label(((start[0] + end[0]) / 2, (start[1] + end[1]) / 2 - 11), by, role="weight")


def _nodes(column: Column, places: list[tuple[Index | None, Place]], of: Quantity) -> Iterator[Item]:
    for node, place in places:
        if node is None or column.unit is None:
            yield Dots(place)
            continue
        is_loss = column.unit == of
        role: Role = "error" if is_loss else _role(column, node)
        yield Shape("ring" if is_loss else "disc", place, 2 * RADIUS, 2 * RADIUS, "plain" if role == "pale" else role)
        yield Label(place, of if is_loss else replace(column.unit, indices=(node,)))
