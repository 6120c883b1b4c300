"""What a model says nothing of, made into quantities of which nothing is known but that each is the same as itself."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from itertools import product
from typing import cast

from derive.model.model import Model
from derive.writing.index import ZERO, Index, Symbol, index
from derive.writing.nodes import Apply, Expr, Gradient, Node, Partial, Quantity
from derive.writing.walk import quantities, rebuilt, replaced, walk

LAYER = index(Symbol("L"))
MOST_KEPT = 4096
MOST_LEFT_OUT = 3


class Opaque:
    """Rewrites what no point of a model has a value for."""

    def __init__(self, model: Model, *, loose: bool) -> None:
        self.model, self.loose = model, loose
        self._known: dict[Expr, Expr] = {}
        self.forms: dict[str, tuple[bool, int]] = {}
        self.functions = frozenset(
            n.function.name for e in model.equations for n in walk(e.right) if isinstance(n, Apply) and n.function.label
        )
        for equation in model.equations:
            for q in (equation.left, *quantities(equation.right)):
                self.forms.setdefault(q.family, (q.label is not None, len(q.indices)))

    def is_known(self, found: Quantity) -> bool:
        """Whether the model has such a quantity, but for a layer that may be left out."""
        labelled, count = self.forms.get(found.family, (False, -1))
        return len(found.indices) == count and (labelled or found.label is None)

    def seen(self, expr: Expr) -> Expr:
        """The expression with layers that were left out put in, and unknown derivatives as quantities."""
        if expr not in self._known:
            if len(self._known) >= MOST_KEPT:
                self._known.clear()
            self._known[expr] = cast(Expr, self._seen(expr))
        return self._known[expr]

    def _seen(self, node: Node) -> Node:
        if isinstance(node, Partial | Gradient) and isinstance(node.of, Quantity):
            of, by = self._quantity(node.of), self._quantity(node.by)
            if of.family not in self.model.definitions or by.family not in self.forms:
                return _veiled(f"{of.family}/{by.family}", (of, by))
            return type(node)(of, by)
        if isinstance(node, Quantity):
            return self._quantity(node)
        inner = rebuilt(node, self._seen)
        if self.loose and isinstance(inner, Apply) and inner.function.name in self.functions:
            return replace(inner, function=replace(inner.function, label=inner.function.label or LAYER))
        return inner

    def left_out(self, expr: Expr) -> tuple[Quantity, ...]:
        """The quantities of a layer that was not said."""
        found = (q for q in quantities(expr) if q.label is None and self.forms.get(q.family, (False, 0))[0])
        return tuple(dict.fromkeys(found)) if self.loose else ()

    def in_layers(self, expr: Expr) -> Iterator[Expr]:
        """The expression with each layer that was left out being the last one or the one below it."""
        found = self.left_out(expr)[:MOST_LEFT_OUT]
        for labels in product((LAYER, LAYER - 1), repeat=len(found)):
            yield replaced(expr, {q: replace(q, label=label) for q, label in zip(found, labels, strict=True)})

    def _quantity(self, found: Quantity) -> Quantity:
        """The quantity as the model writes it, in the last layer where none was said; otherwise one of its own."""
        if not self.loose or found.family not in self.forms:
            return found
        labelled, count = self.forms[found.family]
        indices = found.indices or (ZERO,) * count  # of a layer with one node, whose index is left out
        if len(indices) != count or (found.label is not None and not labelled):
            return _veiled(found.family, (found,))
        return Quantity(found.family, (found.label or LAYER) if labelled else None, indices)


def _veiled(name: str, of: tuple[Quantity, ...]) -> Quantity:
    labels: list[Index] = [q.label for q in of if q.label is not None]
    return Quantity(f":{name}", None, (*labels, *(i for q in of for i in q.indices)))


def veiled(expr: Expr) -> frozenset[str]:
    """The names of derivatives of which nothing is known."""
    return frozenset(q.family for q in quantities(expr) if q.family.startswith(":") and "/" in q.family)
