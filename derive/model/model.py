"""A model: equations between indexed quantities."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property

from derive.writing.index import Index, Symbol
from derive.writing.nodes import Condition, Expr, Quantity
from derive.writing.walk import quantities


@dataclass(frozen=True)
class Range:
    """lower <= symbol < upper"""

    symbol: Symbol
    lower: Index
    upper: Index


@dataclass(frozen=True)
class Equation:
    """`left = right` for every value of the free indices in `ranges`; `line` is its line in the text, from 1."""

    left: Quantity
    right: Expr
    ranges: tuple[Range, ...] = ()
    line: int | None = None

    def __str__(self) -> str:
        ranges = "".join(f" for {r.symbol} in range({r.lower}, {r.upper})" for r in self.ranges)
        return f"{self.left} = {self.right}{ranges}"


@dataclass(frozen=True)
class Stated:
    """The derivative of `of` by `by`, as textbooks state it, for any index that `letters` stand for."""

    of: Quantity
    by: Quantity
    form: Expr
    letters: frozenset[Symbol]


@dataclass(frozen=True)
class Model:
    """Equations, with the numbers known for some of its sizes and labels.

    A size has a letter and may have a value: the equations keep the letter, `sizes` has the value. `assumptions` are
    conditions that the inputs are promised to satisfy (labels that sum to 1), `stated` the forms that textbooks give to
    derivatives; a derivation ends in them, and its judge checks them like any other line.
    """

    equations: tuple[Equation, ...]
    sizes: Mapping[Symbol, int] = field(default_factory=dict)
    assumptions: tuple[Condition, ...] = ()
    name: str = ""
    source: str = ""
    stated: tuple[Stated, ...] = ()

    @cached_property
    def definitions(self) -> Mapping[str, tuple[Equation, ...]]:
        """The equations that define each family, in the order of the text."""
        table: dict[str, tuple[Equation, ...]] = {}
        for equation in self.equations:
            family = equation.left.family
            table[family] = (*table.get(family, ()), equation)
        return table

    @cached_property
    def uses(self) -> Mapping[str, tuple[Equation, ...]]:
        """The equations whose right side mentions each family, in the order of the text."""
        table: dict[str, list[Equation]] = {}
        for equation in self.equations:
            for family in dict.fromkeys(q.family for q in quantities(equation.right)):
                table.setdefault(family, []).append(equation)
        return {family: tuple(found) for family, found in table.items()}

    @cached_property
    def families(self) -> tuple[str, ...]:
        """Every family, defined or given, in the order of first mention."""
        return tuple(dict.fromkeys(q.family for q in self._mentioned()))

    @cached_property
    def given(self) -> tuple[str, ...]:
        """The families that no equation defines: parameters and inputs."""
        return tuple(f for f in self.families if f not in self.definitions)

    def __repr__(self) -> str:
        left = ", ".join(str(equation.left) for equation in self.equations)
        return f"Model({self.name + ': ' if self.name else ''}{left})"

    def _mentioned(self) -> Iterator[Quantity]:
        for equation in self.equations:
            yield equation.left
            yield from quantities(equation.right)
