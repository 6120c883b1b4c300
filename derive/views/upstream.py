"""The derivative of the loss by one quantity, in the derivatives of what comes after it: one step of the way back."""

from __future__ import annotations

from derive.calculus.derivation import Derivation, differentiate
from derive.calculus.stages import Upstream
from derive.model.model import Model
from derive.writing.nodes import Delta, Expr, Quantity
from derive.writing.walk import walk


class Derivatives:
    """The derivatives of one loss, each worked out once."""

    def __init__(self, model: Model, of: Quantity) -> None:
        self.model, self.of = model, of
        self.by_name = Upstream(named=frozenset(model.definitions))
        self._known: dict[Quantity, Derivation] = {}

    def formula(self, by: Quantity) -> Expr:
        """The derivative by a quantity, other derivatives cited by their names where that makes it simpler."""
        return self.derivation(by).result

    def derivation(self, by: Quantity) -> Derivation:
        """The derivation of that formula."""
        if by not in self._known:
            found = [differentiate(self.model, self.of, by, upstream=how) for how in (self.by_name, Upstream())]
            self._known[by] = min(found, key=lambda derivation: _complexity(derivation.result))
        return self._known[by]


def _complexity(formula: Expr) -> tuple[bool, int]:
    """Formulas without deltas are simpler than those with, and short ones than long ones."""
    nodes = list(walk(formula))
    return any(isinstance(n, Delta) for n in nodes), len(nodes)
