"""Whole arrays: a family without its last indices, as matrix algebra writes it."""

from __future__ import annotations

from derive.notation.reading.cursor import Cursor
from derive.notation.reading.tokens import Token
from derive.writing.index import Index, index
from derive.writing.matrices import COLUMN, ROW, Array, Axis
from derive.writing.nodes import Gradient, Quantity


def whole(
    c: Cursor,
    family: str,
    label: Index | None,
    token: Token,
    loss: Quantity | None = None,
    fixed: tuple[Index, ...] = (),
) -> Array:
    """All elements of a family that have these first indices, or all derivatives of the loss by them."""
    form = c.conventions.families[family]
    if form.needs_label(label):
        raise c.error(f"the layer of {token.text} is missing: write {token.text}^{{(L)}}", token)
    places = range(len(fixed), form.indices)
    extents = [c.conventions.extent(family, label, place) for place in places]
    axes = tuple(Axis(*extent) for extent in extents if extent is not None)
    if len(axes) < len(places):
        raise c.error(f"the indices of {token.text} are due here, as the size of the whole is not known", token)
    running = (index(ROW), index(COLUMN))[: len(places)]
    own = Quantity(family, label, (*fixed, *running))
    c.has_arrays = True
    return Array(own if loss is None else Gradient(loss, own), axes, capital=c.conventions.has_capital(family))


def column(c: Cursor, family: str) -> Array:
    """A column under a family's own letter, as in w^T x, where its matrix has a capital."""
    extent = c.conventions.extent(family, None, 0)
    assert extent is not None  # where labels are free, the conventions have an extent without one
    c.has_arrays = True
    return Array(Quantity(family, None, (index(ROW),)), (Axis(*extent),))
