"""Short ways to write trees down, and random trees for the printers: of every node, and of arithmetic alone."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from typing import Literal

from hypothesis import strategies as st

from derive.writing.index import IndexLike, Symbol, index
from derive.writing.nodes import (
    ONE,
    Apply,
    Cases,
    Compare,
    Condition,
    Constant,
    Delta,
    ExpandedSum,
    Expr,
    Fold,
    Function,
    Gradient,
    Grouped,
    IndexValue,
    Logic,
    Negative,
    Not,
    Number,
    Partial,
    Power,
    Product,
    Quantity,
    Quotient,
    Relation,
    Sum,
)

# ---------------------------------------------------------------- by hand

j, k, L = (index(Symbol(name)) for name in "jkL")
WIDTH, WIDTH_BEFORE = (index(Symbol("n", label)) for label in (L, L - 1))
SAMPLES = index(Symbol("n_samples"))


def number(value: int | str) -> Number:
    return Number(Fraction(value), decimal=isinstance(value, str) and "." in value)


def q(family: str, *indices: IndexLike, at: IndexLike | None = None) -> Quantity:
    return Quantity(family, None if at is None else index(at), tuple(map(index, indices)))


def w(*indices: IndexLike) -> Quantity:
    return q("w", *indices, at=L)


def a(*indices: IndexLike) -> Quantity:
    return q("a", *indices, at=L)


def z(*indices: IndexLike) -> Quantity:
    return q("z", *indices, at=L)


def before(*indices: IndexLike) -> Quantity:
    """a of the layer before."""
    return q("a", *indices, at=L - 1)


def plus(*terms: Expr) -> Sum:
    return Sum(terms)


def minus(left: Expr, right: Expr) -> Sum:
    return Sum((left, Negative(right)))


def times(*factors: Expr) -> Product:
    return Product(factors)


def call(name: str, *arguments: Expr, at: IndexLike | None = None, orders: tuple[int, ...] = ()) -> Apply:
    return Apply(Function(name, None if at is None else index(at), orders), arguments)


Kind = Literal["sum", "prod", "max", "min"]


def fold(kind: Kind, letter: str, upper: IndexLike, body: Expr, *where: Condition) -> Fold:
    return Fold(kind, body, Symbol(letter), index(0), index(upper), where)


def expanded(kind: Kind, *terms: Expr | None) -> ExpandedSum:
    """Written terms, None for dots."""
    shown = tuple(None if term is None else index(i) for i, term in enumerate(terms))
    return ExpandedSum(fold(kind, "k", WIDTH, ONE), shown, tuple(term for term in terms if term is not None))


# ---------------------------------------------------------------- at random, of every node

Draw = st.DrawFn
NAMES = (
    "a", "w", "x", "W_q", "C0", "E_total", "out_h1", "xhat", "x_bar", "net_hat", "lam", "sigma", "Omega", "h_prev",
    "beta1", "i_hat", "café", "é", "ß", "ж", "重み", "αβ", "Σ", "\u0391", "\u0131", "f_α", "_", "_1", "x__y", "lambda_",
    "momentum", "hat", "a_very_long_name_of_a_quantity_in_a_model_that_somebody_wrote",
    "supercalifragilisticexpialidocious_units",
)  # fmt: skip
FUNCTIONS = ("g", "f_1", "sigmoid", "tanh", "exp", "relu", "leaky_relu", "sqrt", "abs", "softplus", "my_gate", "é")
LETTERS = ("i", "j", "k", "l", "n", "t", "alpha", "n_a", "batch", "n_samples")

symbols = st.sampled_from([*map(Symbol, LETTERS), Symbol("n", L), Symbol("n", L - 1)])
whole = st.one_of(st.integers(0, 12), st.sampled_from([345, 10**9, -1]))
affine = st.builds(
    lambda s, t, c, n: index(s) * c + index(t) * (c - 1) + n, symbols, symbols, st.integers(-3, 3), whole
)
indices = st.one_of(whole.map(index), symbols.map(index), affine)
labels = st.sampled_from([None, None, L, L - 1, index(2), index(Symbol("t")) - 1, index(12)])
quantities = st.builds(Quantity, st.sampled_from(NAMES), labels, st.lists(indices, max_size=3).map(tuple))
decimals = st.sampled_from(["0.5", "0.001", "1e-8", "1.5e-7", "1.0507009873554805", "2.0", "1/3"]).map(Fraction)
numbers = st.one_of(
    st.one_of(st.integers(0, 20), st.fractions(0, 30, max_denominator=40), st.just(10**30 + 7))
    .map(Fraction)
    .map(Number),
    st.builds(Number, decimals, st.booleans()),
)
leaves: st.SearchStrategy[Expr] = st.one_of(
    quantities,
    quantities,
    numbers,
    st.just(Constant("pi")),
    indices.map(IndexValue),
    st.builds(Delta, indices, indices),
    st.builds(Gradient, quantities, quantities),
    st.builds(Partial, quantities, quantities),
)
RELATIONS: list[Relation] = ["==", "!=", "<", "<=", ">", ">="]
KINDS: list[Kind] = ["sum", "sum", "prod", "max", "min"]


@st.composite
def expressions(draw: Draw, depth: int = 3) -> Expr:
    """A tree of at most this depth. (Strategies that contain each other would print themselves at enormous length.)"""
    if depth == 0 or draw(st.integers(0, 4)) == 0:
        return draw(leaves)
    return draw(st.sampled_from(LARGER))(draw, depth - 1)


@st.composite
def conditions(draw: Draw, depth: int = 1) -> Condition:
    kind = draw(st.sampled_from(["compare", "compare", "not", "and", "or"]))
    if kind == "compare":
        return Compare(draw(st.sampled_from(RELATIONS)), draw(expressions(depth)), draw(expressions(depth)))
    if kind == "not":
        return Not(draw(conditions(0)))
    return Logic("and" if kind == "and" else "or", tuple(draw(st.lists(conditions(0), max_size=3))))


def _one(draw: Draw, depth: int) -> Expr:
    return draw(expressions(depth))


def _several(draw: Draw, depth: int, most: int = 4) -> tuple[Expr, ...]:
    return tuple(draw(st.lists(expressions(depth), min_size=1, max_size=most)))


def _called(draw: Draw, depth: int) -> Expr:
    arguments = _several(draw, depth, 2)
    orders = draw(st.one_of(st.just(()), st.tuples(*[st.integers(0, 3)] * len(arguments))))
    names = FUNCTIONS if len(arguments) == 1 else ("max", "min", "f")
    return Apply(Function(draw(st.sampled_from(names)), draw(labels), orders), arguments)


def _folded(draw: Draw, depth: int) -> Expr:
    where = tuple(draw(st.lists(conditions(min(depth, 1)), max_size=2)))
    return Fold(draw(st.sampled_from(KINDS)), _one(draw, depth), draw(symbols), draw(indices), draw(indices), where)


def _written_out(draw: Draw, depth: int) -> Expr:
    dots = draw(st.lists(st.booleans(), min_size=1, max_size=5))
    return expanded(draw(st.sampled_from(KINDS)), *(None if dot else _one(draw, depth) for dot in dots))


LARGER: list[Callable[[Draw, int], Expr]] = [
    lambda draw, depth: Negative(_one(draw, depth)),
    lambda draw, depth: Grouped(_one(draw, depth)),
    lambda draw, depth: Sum(_several(draw, depth)),
    lambda draw, depth: Sum(_several(draw, depth)),
    lambda draw, depth: Product(_several(draw, depth)),
    lambda draw, depth: Product(_several(draw, depth)),
    lambda draw, depth: Power(_one(draw, depth), _one(draw, min(depth, 1))),
    lambda draw, depth: Quotient(_one(draw, depth), _one(draw, depth)),
    lambda draw, depth: Partial(_one(draw, depth), draw(quantities)),
    lambda draw, depth: Cases(draw(conditions(min(depth, 1))), _one(draw, depth), _one(draw, depth)),
    _called,
    _folded,
    _written_out,
]


# ---------------------------------------------------------------- at random, of arithmetic alone

_simple = st.builds(
    Quantity,
    st.sampled_from("abx"),
    st.sampled_from([None, L]),
    st.lists(st.integers(0, 9).map(index), max_size=2).map(tuple),
)
_counted = st.sampled_from([k, k + 1, k - 1, -k, k * 2, k * -2 + 1, index(3), index(-2)]).map(IndexValue)
arithmetic_leaves: st.SearchStrategy[Expr] = st.one_of(
    _simple,
    st.integers(0, 12).map(number),
    st.fractions(0, 3, max_denominator=5).map(Number),
    st.just(number("0.5")),
    _counted,
)


@st.composite
def arithmetic(draw: Draw, depth: int = 4) -> Expr:
    """Trees whose every part can be read back from what is printed."""
    if depth == 0 or draw(st.integers(0, 5)) == 0:
        return draw(arithmetic_leaves)
    return draw(st.sampled_from(ARITHMETIC))(draw, depth - 1)


def _part(draw: Draw, depth: int) -> Expr:
    return draw(arithmetic(depth))


def _parts(draw: Draw, depth: int) -> tuple[Expr, ...]:
    return tuple(draw(st.lists(arithmetic(depth), min_size=2, max_size=3)))


def _ranged(draw: Draw, depth: int) -> Expr:
    kind: Kind = draw(st.sampled_from(["sum", "prod", "max"]))
    lower, upper = index(draw(st.integers(0, 2))), index(draw(st.integers(0, 4)))
    return Fold(kind, _part(draw, depth), Symbol("k"), lower, upper)


ARITHMETIC: list[Callable[[Draw, int], Expr]] = [
    lambda draw, depth: Negative(_part(draw, depth)),
    lambda draw, depth: Grouped(_part(draw, depth)),
    lambda draw, depth: Sum(_parts(draw, depth)),
    lambda draw, depth: minus(*_parts(draw, depth)[:2]),
    lambda draw, depth: Product(_parts(draw, depth)),
    lambda draw, depth: Product(_parts(draw, depth)),
    lambda draw, depth: expanded("sum", *_parts(draw, depth)),
    lambda draw, depth: Power(_part(draw, depth), _part(draw, min(depth, 2))),
    lambda draw, depth: Quotient(_part(draw, depth), _part(draw, depth)),
    lambda draw, depth: call(draw(st.sampled_from(["g", "sigmoid", "sqrt"])), _part(draw, depth)),
    _ranged,
]
