"""How difficult a derivation is, measured: what a person must keep in mind."""

from __future__ import annotations

from dataclasses import dataclass

from derive.calculus.derivation import Derivation
from derive.writing.walk import free_symbols, walk


@dataclass(frozen=True)
class Measure:
    """Local derivatives multiplied, paths added up, letters that stand for indices, and nodes in the result's tree."""

    factors: int
    paths: int
    letters: int
    size: int

    @property
    def total(self) -> int:
        """One number: a path and a letter ask for as much as two factors, twelve nodes for as much as one."""
        return self.factors + 2 * (self.paths + self.letters) + self.size // 12


def measured(derivation: Derivation) -> Measure:
    """The measure of a whole derivation."""
    paths = [path for stage in derivation.stages for path in stage.paths]
    return Measure(
        factors=sum(len(path.locals_) for path in paths),
        paths=len(paths),
        letters=len(free_symbols(derivation.result) | free_symbols(derivation.by)),
        size=sum(1 for _ in walk(derivation.result)),
    )
