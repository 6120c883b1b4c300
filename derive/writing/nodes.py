"""Written mathematics: a small closed set of immutable nodes that do nothing until they are asked.

SymPy rewrites as it builds (`2*(a - y)` becomes `2*a - 2*y`), so it cannot hold what is *written*; these trees hold
exactly that and nothing else. What they mean to SymPy is `meaning.py`, what they evaluate to is `evaluate.py`,
and how they look is decided by the notation floor. Trees are compared by structure.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, fields
from fractions import Fraction
from typing import TYPE_CHECKING, Any, ClassVar, Literal, TypeVar, cast, dataclass_transform

from derive.writing.index import Index, Symbol

if TYPE_CHECKING:
    import sympy


# Annotations of fields that hold neither nodes nor indices.
_PLAIN = frozenset({"str", "bool", "int", "Fraction", "Symbol", "Relation", "Literal"})


class Node:
    """What expressions and conditions have in common.

    `FIELDS` are the names of a node's fields, `INSIDE` of those that may hold nodes or indices.
    """

    FIELDS: ClassVar[tuple[str, ...]] = ()
    INSIDE: ClassVar[tuple[str, ...]] = ()

    def __str__(self) -> str:
        from derive.writing.text import text  # stands on the nodes, so it cannot be imported before them

        return text(self)

    def symbols(self) -> dict[str, sympy.Basic]:
        """The SymPy object of each quantity, letter, size and function in it, by its text."""
        from derive.writing.meaning import symbols_of  # costs 0.4 s, which only those who ask for it should pay

        return symbols_of(self)

    def sympy(self, functions: Mapping[str, Callable[..., sympy.Expr]] | None = None) -> sympy.Basic:
        """What this means, as a SymPy object; the first call imports SymPy.

        `functions` says what named functions are, such as {"sigmoid": lambda z: 1/(1 + sympy.exp(-z))}.
        """
        from derive.writing.meaning import meaning  # imports SymPy, as above

        return meaning(self, functions)


class Expr(Node):
    """A written expression."""


class Condition(Node):
    """A written condition: true or false once its letters have values."""


_N = TypeVar("_N", bound=Node)


@dataclass_transform(frozen_default=True)
def node_class(cls: type[_N]) -> type[_N]:
    """A frozen dataclass that knows its fields and computes its hash once: trees are the keys of many tables."""
    made: Any = dataclass(frozen=True)(cls)
    structural: Callable[[Node], int] = made.__hash__

    def remembered(self: Node) -> int:
        known: int | None = self.__dict__.get("_hash")
        if known is None:
            known = self.__dict__["_hash"] = structural(self)
        return known

    made.__hash__ = remembered
    made.FIELDS = tuple(field.name for field in fields(made))
    made.INSIDE = tuple(field.name for field in fields(made) if str(field.type).partition("[")[0] not in _PLAIN)
    return cast(type[_N], made)


# ---------------------------------------------------------------- leaves


@node_class
class Number(Expr):
    """An exact number that is not negative; `decimal` keeps 0.5 from being printed as 1/2."""

    value: Fraction
    decimal: bool = False


@node_class
class Constant(Expr):
    """A number that has a name: pi."""

    name: str


@node_class
class Quantity(Expr):
    """One element of a family: `w(L)[1,2]` is family w, label L, indices 1 and 2."""

    family: str
    label: Index | None = None
    indices: tuple[Index, ...] = ()


@node_class
class IndexValue(Expr):
    """An index, a label or a size used as a number: the m in `1/m`."""

    index: Index


@node_class
class Delta(Expr):
    """Kronecker's delta: 1 where both indices are equal, otherwise 0."""

    left: Index
    right: Index


@node_class
class Blank(Expr):
    """A place for an expression to be written into, by its number in an exercise; one for an index is `blank_index`."""

    number: int


# ---------------------------------------------------------------- arithmetic


@node_class
class Negative(Expr):
    """-body"""

    body: Expr


@node_class
class Sum(Expr):
    """terms[0] + terms[1] + …, where a `Negative` term is written as a subtraction."""

    terms: tuple[Expr, ...]


@node_class
class Product(Expr):
    """factors[0] * factors[1] * …, in the order in which they are read."""

    factors: tuple[Expr, ...]


@node_class
class Power(Expr):
    """base ** exponent"""

    base: Expr
    exponent: Expr


@node_class
class Quotient(Expr):
    """numerator / denominator"""

    numerator: Expr
    denominator: Expr


@node_class
class Grouped(Expr):
    """A body whose brackets are kept for show: a factor that was just put in the place of a derivative."""

    body: Expr


# ---------------------------------------------------------------- functions and derivatives


@dataclass(frozen=True)
class Function:
    """A function's name, with its label where each layer has its own: g(L).

    `orders` counts how often it was differentiated by each of its arguments; () is the function itself, (1,) is g'.
    """

    name: str
    label: Index | None = None
    orders: tuple[int, ...] = ()


@node_class
class Apply(Expr):
    """function(arguments)"""

    function: Function
    arguments: tuple[Expr, ...]


@node_class
class Partial(Expr):
    """The local derivative of a written expression by one quantity, every other quantity held fixed.

    Where `of` is a quantity, its own definition is differentiated: one level deep.
    """

    of: Expr
    by: Quantity


@node_class
class Gradient(Expr):
    """The derivative of the loss by a quantity through everything that depends on it."""

    of: Quantity
    by: Quantity


# ---------------------------------------------------------------- over a range


@node_class
class Fold(Expr):
    """The sum, product, maximum or minimum of `body` over lower <= symbol < upper, where all of `where` hold."""

    kind: Literal["sum", "prod", "max", "min"]
    body: Expr
    symbol: Symbol
    lower: Index
    upper: Index
    where: tuple[Condition, ...] = ()


@node_class
class ExpandedSum(Expr):
    """A sum written out: it remembers the `sigma` it stands for.

    `shown` gives the index of each written term and None for dots; `terms` are the written terms, one for each
    index that is shown.
    """

    sigma: Fold
    shown: tuple[Index | None, ...]
    terms: tuple[Expr, ...]


@node_class
class Cases(Expr):
    """`then if condition else otherwise`; what is not chosen is never looked at."""

    condition: Condition
    then: Expr
    otherwise: Expr


# ---------------------------------------------------------------- conditions

Relation = Literal["==", "!=", "<", "<=", ">", ">="]


@node_class
class Compare(Condition):
    """left relation right; indices are compared as `IndexValue`."""

    relation: Relation
    left: Expr
    right: Expr


@node_class
class Logic(Condition):
    """All (`and`) or any (`or`) of the parts; no part is `True` for `and`, `False` for `or`."""

    connective: Literal["and", "or"]
    parts: tuple[Condition, ...]


@node_class
class Not(Condition):
    """The contrary of a condition."""

    part: Condition


ZERO = Number(Fraction(0))
ONE = Number(Fraction(1))
TWO = Number(Fraction(2))
