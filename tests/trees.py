"""Random written trees that the model language can write, for tests that read back what is printed."""

from __future__ import annotations

from fractions import Fraction

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

LETTERS = ("i", "j", "k", "m", "L")
RELATIONS = ("==", "!=", "<", "<=", ">", ">=")

letters = st.sampled_from(LETTERS).map(Symbol)
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


def applications(inner: st.SearchStrategy[Expr]) -> st.SearchStrategy[Expr]:
    unclear = (IndexValue, Number)  # f(2) is a quantity with the label 2
    return st.one_of(
        st.builds(lambda name, e: Apply(Function(name), (e,)), st.sampled_from(["exp", "tanh", "relu", "sign"]), inner),
        st.builds(lambda name, e, f: Apply(Function(name), (e, f)), st.sampled_from(["max", "min", "f2"]), inner, inner),
        st.builds(lambda label, e: Apply(Function("g", label), (e,)), labels, inner),
        inner.filter(lambda e: not isinstance(e, unclear)).map(lambda e: Apply(Function("h"), (Power(e, Quantity("C")),))),
    )


def conditions(inner: st.SearchStrategy[Expr]) -> st.SearchStrategy[Condition]:
    plain = inner.filter(lambda e: isinstance(e, Quantity | Apply | Fold))
    compared = st.one_of(
        st.builds(Compare, st.sampled_from(RELATIONS), plain, inner),
        st.builds(
            lambda relation, symbol, other: Compare(relation, IndexValue(index(symbol)), IndexValue(other)),
            st.sampled_from(RELATIONS),
            letters,
            indices(),
        ),
        st.sampled_from([Logic("and", ()), Logic("or", ())]),
    )
    return st.recursive(
        compared,
        lambda part: st.one_of(
            part.map(Not),
            st.builds(
                lambda c, parts: Logic(c, tuple(parts)),
                st.sampled_from(["and", "or"]),
                st.lists(part, min_size=2, max_size=3),
            ),
        ),
        max_leaves=4,
    )


def folds(inner: st.SearchStrategy[Expr]) -> st.SearchStrategy[Expr]:
    limits = st.one_of(sizes.map(index), st.just(index(Symbol("m"))), st.integers(0, 5).map(index))
    return st.builds(
        lambda kind, body, symbol, lower, upper, where: Fold(kind, body, symbol, lower, upper, tuple(where)),
        st.sampled_from(["sum", "prod", "max", "min"]),
        inner,
        st.sampled_from([Symbol("i"), Symbol("j"), Symbol("k")]),
        limits,
        limits,
        st.lists(conditions(inner), max_size=2),
    )


def composed(inner: st.SearchStrategy[Expr]) -> st.SearchStrategy[Expr]:
    several = st.lists(inner, min_size=2, max_size=4).map(tuple)
    return st.one_of(
        inner.map(Negative),
        several.map(Sum),
        several.map(Product),
        st.builds(Power, inner, inner),
        st.builds(Quotient, inner, inner),
        applications(inner),
        folds(inner),
        st.builds(Cases, conditions(inner), inner, inner),
    )


expressions: st.SearchStrategy[Expr] = st.recursive(leaves, composed, max_leaves=12)
