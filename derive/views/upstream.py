"""The derivative of the loss by one quantity, in the derivatives of what comes after it: one step of the way back."""

from __future__ import annotations

from collections.abc import Iterable

from derive.calculus.derivation import Derivation, differentiate_all
from derive.calculus.stages import Upstream
from derive.model.model import Model
from derive.writing.nodes import Delta, Expr, Quantity
from derive.writing.walk import walk


class Derivatives:
    """The derivatives of one loss, those by `likely` worked out together, others when they are asked for."""

    def __init__(self, model: Model, of: Quantity, likely: Iterable[Quantity] = ()) -> None:
        self.model, self.of = model, of
        self._known: dict[Quantity, Derivation] = {}
        self._find(list(dict.fromkeys(likely)))

    def formula(self, by: Quantity) -> Expr:
        """The derivative by a quantity, other derivatives cited by their names where that makes it simpler."""
        return self.derivation(by).result

    def derivation(self, by: Quantity) -> Derivation:
        """The derivation of that formula."""
        if by not in self._known:
            self._find([by])
        return self._known[by]

    def _find(self, by: list[Quantity]) -> None:
        ways = Upstream(named=frozenset(self.model.definitions)), Upstream()
        found = [differentiate_all(self.model, self.of, by, upstream=way) for way in ways]
        for pair in zip(*found, strict=True):
            self._known[pair[0].by] = min(pair, key=lambda derivation: _complexity(derivation.result))


def _complexity(formula: Expr) -> tuple[bool, int]:
    """Formulas without deltas are simpler than those with, and short ones than long ones."""
    nodes = list(walk(formula))
    return any(isinstance(n, Delta) for n in nodes), len(nodes)
