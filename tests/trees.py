"""Random written trees that the model language can write, for tests that read back what is printed."""

from __future__ import annotations

from fractions import Fraction
from typing import Literal

from hypothesis import strategies as st

from derive.writing.index import Index, Symbol, index
from derive.writing.nodes import (
    Apply,
    Cases,
    Compare,
    Condition,
    Constant,
    Expr,
    Fold,
    Function,
    IndexValue,
    Logic,
    Negative,
    Not,
    Number,
    Power,
    Product,
    Quantity,
    Quotient,
    Sum,
)

LETTERS = ("i", "j", "k", "m", "L", "n(L)")
RELATIONS = ("==", "!=", "<", "<=", ">", ">=")

letters = st.sampled_from(LETTERS[:-1]).map(Symbol)
sizes = st.builds(lambda offset: Symbol("n", index(Symbol("L")) + offset), st.integers(-2, 2))


@st.composite
def indices(draw: st.DrawFn) -> Index:
    """An integer, plus a few letters and sizes with small coefficients."""
    total = index(draw(st.integers(-3, 12)))
    for symbol in draw(st.lists(st.one_of(letters, sizes), max_size=2)):
        total = total + index(symbol) * draw(st.sampled_from([1, 1, 1, -1, 2]))
    return total


labels = st.one_of(st.integers(0, 3).map(index), st.builds(lambda o: index(Symbol("L")) + o, st.integers(-2, 2)))

numbers = st.one_of(
    st.integers(0, 10**6).map(lambda n: Number(Fraction(n))),
    st.builds(lambda n, k: Number(Fraction(n, 10**k), decimal=True), st.integers(0, 10**12), st.integers(0, 9)),
    st.builds(lambda n, k: Number(Fraction(n) * Fraction(10) ** k, True), st.integers(1, 999), st.integers(-60, 60)),
)

# Each family has one form, and no name is used for two kinds of thing.
quantities = st.one_of(
    st.sampled_from(["C", "beta", "E"]).map(Quantity),
    st.builds(lambda i: Quantity("x", None, (i,)), indices()),
    st.builds(lambda i, j: Quantity("A", None, (i, j)), indices(), indices()),
    st.builds(lambda label, i: Quantity("z", label, (i,)), labels, indices()),
    st.builds(lambda label: Quantity("b", label), labels),
)

leaves = st.one_of(
    numbers,
    quantities,
    st.just(Constant("pi")),
    st.one_of(letters, sizes).map(lambda symbol: IndexValue(index(symbol))),
)


Kind = Literal["sum", "prod", "max", "min"]
KINDS: tuple[Kind, ...] = ("sum", "prod", "max", "min")


@st.composite
def expressions(draw: st.DrawFn, depth: int = 4) -> Expr:
    """A tree of at most this depth."""
    if depth == 0 or draw(st.integers(0, 3)) == 0:
        return draw(leaves)
    return draw(draw(st.sampled_from(COMPOSED))(depth - 1))


@st.composite
def negatives(draw: st.DrawFn, depth: int) -> Expr:
    return Negative(draw(expressions(depth)))


@st.composite
def sums_and_products(draw: st.DrawFn, depth: int) -> Expr:
    parts = tuple(draw(expressions(depth)) for _ in range(draw(st.integers(2, 4))))
    return draw(st.sampled_from([Sum, Product]))(parts)


@st.composite
def powers_and_quotients(draw: st.DrawFn, depth: int) -> Expr:
    return draw(st.sampled_from([Power, Quotient]))(draw(expressions(depth)), draw(expressions(depth)))


@st.composite
def applications(draw: st.DrawFn, depth: int) -> Expr:
    argument = draw(expressions(depth))
    match draw(st.sampled_from(["known", "several", "labelled", "unknown"])):
        case "known":
            return Apply(Function(draw(st.sampled_from(["exp", "tanh", "relu", "sign"]))), (argument,))
        case "several":
            name = draw(st.sampled_from(["max", "min", "f2"]))
            return Apply(Function(name), (argument, draw(expressions(depth))))
        case "labelled":
            return Apply(Function("g", draw(labels)), (argument,))
    return Apply(Function("h"), (Quotient(argument, Quantity("C")),))


@st.composite
def folds(draw: st.DrawFn, depth: int) -> Expr:
    limits = st.one_of(sizes.map(index), st.just(index(Symbol("m"))), st.integers(0, 5).map(index))
    where = tuple(draw(conditions(depth)) for _ in range(draw(st.sampled_from([0, 0, 0, 1, 2]))))
    kind, letter = draw(st.sampled_from(KINDS)), draw(st.sampled_from("ijk"))
    return Fold(kind, draw(expressions(depth)), Symbol(letter), draw(limits), draw(limits), where)


@st.composite
def cases(draw: st.DrawFn, depth: int) -> Expr:
    return Cases(draw(conditions(depth)), draw(expressions(depth)), draw(expressions(depth)))


COMPOSED = (negatives, sums_and_products, sums_and_products, powers_and_quotients, applications, folds, cases)


@st.composite
def conditions(draw: st.DrawFn, depth: int = 3) -> Condition:
    """A condition of at most this depth."""
    match draw(st.sampled_from(["indices", "values", "truth"] + ["and", "or", "not"] * (depth > 0))):
        case "indices":
            letter, other = draw(letters), draw(indices())
            return Compare(draw(st.sampled_from(RELATIONS)), IndexValue(index(letter)), IndexValue(other))
        case "values":
            value = draw(expressions(max(depth - 1, 0)))
            return Compare(draw(st.sampled_from(RELATIONS)), draw(quantities), value)
        case "truth":
            return Logic(draw(st.sampled_from(["and", "or"])), ())
        case "not":
            return Not(draw(conditions(depth - 1)))
        case connective:
            parts = tuple(draw(conditions(depth - 1)) for _ in range(draw(st.integers(2, 3))))
            return Logic("and" if connective == "and" else "or", parts)
