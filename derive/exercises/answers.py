"""What an exercise expects for an answer; `marking` says what an answer is worth beside it."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

from derive.writing.index import Index
from derive.writing.nodes import Expr, Quantity


@dataclass(frozen=True)
class Formula:
    """An expression, compared by what it means: the derivative of `of` by `by`, or where those are None any other.

    With `matrix`, a matrix form is expected. With `working`, a chain of lines is welcome, and each step earns marks.
    """

    expr: Expr
    of: Quantity | None = None
    by: Quantity | None = None
    matrix: bool = False
    working: bool = False


@dataclass(frozen=True)
class Option:
    """One of the answers to choose from: an expression, and the mistake that leads to it where it is wrong."""

    expr: Expr
    mistake: str | None = None


@dataclass(frozen=True)
class Choice:
    """A letter, A for the first option; exactly one option is right."""

    options: tuple[Option, ...]
    right: int


@dataclass(frozen=True)
class Order:
    """The letters of shuffled lines in their right order, without the intruder where there is one."""

    order: tuple[int, ...]
    intruder: int | None = None


@dataclass(frozen=True)
class RuleName:
    """The name of a rule, of RULES."""

    rule: str


@dataclass(frozen=True)
class Numeral:
    """A number, right within `tolerance`."""

    value: Fraction
    tolerance: Fraction = Fraction(0)


@dataclass(frozen=True)
class WrongLine:
    """The number of the first wrong line, counted from 1, the mistake that was made there, and what it should say."""

    line: int
    mistake: str
    corrected: Expr


@dataclass(frozen=True)
class Shape:
    """The numbers of rows and columns, or of as many axes as there are."""

    sizes: tuple[Index, ...]


@dataclass(frozen=True)
class Selection:
    """The letters of all that is right among `count` things, A for the first; () where none is."""

    right: tuple[int, ...]
    count: int


@dataclass(frozen=True)
class IndexText:
    """An index, a layer's label, or one end of a range: `k`, `L-1`, `n-1`."""

    index: Index


Expected = Formula | Choice | Order | RuleName | Numeral | WrongLine | Shape | Selection | IndexText
