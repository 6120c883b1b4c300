"""How the terms of a sum are visited: one by one, or one of each class of equal terms."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from itertools import pairwise

from derive.errors import TooLarge
from derive.model.symmetry import Sorts
from derive.writing.index import Index
from derive.writing.nodes import Fold
from derive.writing.scene import Scene

IN_FULL = 32


@dataclass(frozen=True)
class Spreader:
    """Visits the indices of a range. Up to `limit` one by one; beyond IN_FULL by classes, where `sorts` are known.

    The value of a term is the same for all indices of a sort that is not rigid, but for the `points` and what is named
    where the term is evaluated, and as long as no end of a range lies between them.
    """

    limit: int
    sorts: Sorts | None = None
    points: frozenset[int] = frozenset()
    ends: frozenset[int] = frozenset()
    _read: dict[Fold, Sorts] = field(default_factory=dict)

    def also(self, points: Iterable[int]) -> Spreader:
        """The spreader that looks at further indices each by itself."""
        return replace(self, points=self.points.union(points)) if self.sorts else self

    def spread(self, fold: Fold, lower: int, upper: int, scene: Scene) -> Iterable[tuple[int, int]]:
        """(index, count) for one index of each class, with the number of those in it."""
        if self.sorts is None or upper - lower <= IN_FULL:
            return self._one_by_one(fold, lower, upper)
        sorts = self._sorts_in(fold)
        if sorts.rigid((fold, fold.symbol)):
            return self._one_by_one(fold, lower, upper)
        points = self.points.union(_values(sorts.named, scene))
        return by_classes(lower, upper, points, self.ends.union(_values(sorts.ends, scene)))

    def _one_by_one(self, fold: Fold, lower: int, upper: int) -> Iterable[tuple[int, int]]:
        if upper - lower > self.limit:
            raise TooLarge(
                f"a {fold.kind} over {upper - lower} values of {fold.symbol} has to be evaluated term by term: "
                f"take at most {self.limit}"
            )
        return ((i, 1) for i in range(lower, upper))

    def _sorts_in(self, fold: Fold) -> Sorts:
        sorts = self._read.get(fold)
        if sorts is None:
            sorts = self._read[fold] = Sorts(self.sorts)
            sorts.read(fold, {})
        return sorts


def by_classes(lower: int, upper: int, points: Iterable[int], ends: Iterable[int]) -> Iterator[tuple[int, int]]:
    """(index, count) over lower <= index < upper: each point by itself, and between two ends one for all others."""
    inside = sorted(p for p in set(points) if lower <= p < upper)
    cuts = sorted({lower, upper, *(e for e in ends if lower < e < upper)})
    for start, stop in pairwise(cuts):
        single = [p for p in inside if start <= p < stop]
        yield from ((p, 1) for p in single)
        others = stop - start - len(single)
        if others:
            yield next(i for i in range(start, stop) if i not in single), others


def _values(indices: Iterable[Index], scene: Scene) -> list[int]:
    return [scene.index(i) for i in indices]
