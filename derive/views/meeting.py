"""Whether one equation reads what another one defines."""

from __future__ import annotations

from derive.calculus.matching import arguments
from derive.calculus.spans import extent
from derive.model.model import Equation, Range
from derive.writing.index import Index, Symbol
from derive.writing.nodes import Quantity
from derive.writing.walk import quantities


def reads(one: Equation, other: Equation) -> bool:
    """Whether an equation needs an element that the other defines, at whatever index."""
    return any(meets(quantity, one, other) for quantity in quantities(one.right))


def meets(quantity: Quantity, one: Equation, other: Equation) -> bool:
    """Whether a quantity on the right of one equation may be defined by the other."""
    if quantity.family != other.left.family:
        return False
    pairs = zip(arguments(quantity), arguments(other.left), strict=True)
    return not any(_apart(have, _ranges(one), left, _ranges(other)) for have, left in pairs)


def _ranges(equation: Equation) -> dict[Symbol, Range]:
    return {r.symbol: r for r in equation.ranges}


def _apart(one: Index, its: dict[Symbol, Range], other: Index, their: dict[Symbol, Range]) -> bool:
    """Whether two indices never meet, whatever their letters are."""
    if one.symbols.isdisjoint(its) and other.symbols.isdisjoint(their):
        return (one - other).value not in (0, None)
    first, second = extent(one, its), extent(other, their)
    if first is None or second is None:
        return False
    gaps = (first[0] - second[1]).value, (second[0] - first[1]).value
    return any(gap is not None and gap >= 0 for gap in gaps)
