"""Whole arrays: a family without its indices, as matrix algebra writes it."""

from __future__ import annotations

from derive.notation.reading.cursor import Cursor
from derive.notation.reading.tokens import Token
from derive.writing.index import Index, index
from derive.writing.matrices import COLUMN, ROW, Array, Axis
from derive.writing.nodes import Gradient, Quantity


def whole(c: Cursor, family: str, label: Index | None, token: Token, loss: Quantity | None = None) -> Array:
    """All elements of a family, or all derivatives of the loss by them."""
    form = c.conventions.families[family]
    if label is None and form.labelled:
        raise c.error(f"the layer of {token.text} is missing: write {token.text}^{{(L)}}", token)
    if form.indices > 2:
        raise c.error(f"{token.text} has {form.indices} indices, and all of them are due here", token)
    extents = [c.conventions.extent(family, label, place) for place in range(form.indices)]
    axes = tuple(Axis(*extent) for extent in extents if extent is not None)
    if len(axes) < form.indices:
        raise c.error(f"the indices of {token.text} are due here, as the size of the whole is not known", token)
    running = (index(ROW), index(COLUMN))[: form.indices]
    own = Quantity(family, label, running)
    capitals = c.conventions.capitals
    return Array(own if loss is None else Gradient(loss, own), axes, capital=form.indices < 2 or family in capitals)
