"""Formulas in indices as NumPy expressions over whole arrays."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import reduce, singledispatch

from derive.model.functions import known
from derive.views.frame import Frame, counting
from derive.views.terms import Factors, Level, Term, entrywise, multiplied, summed, union
from derive.writing.index import Index
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
    Grouped,
    IndexValue,
    Logic,
    Negative,
    Node,
    Not,
    Number,
    Power,
    Product,
    Quantity,
    Quotient,
    Sum,
)
from derive.writing.text import text
from derive.writing.walk import walk

# What NumPy calls the elementary functions; the others become functions of their own, above the generated one.
NUMPY = {
    **{
        name: f"np.{name}"
        for name in ("exp", "log", "sqrt", "sin", "cos", "tan", "tanh", "sinh", "cosh", "abs", "sign")
    },
    "max": "np.maximum",
    "min": "np.minimum",
}
OF_TWO = {"np.maximum", "np.minimum"}


@singledispatch
def term(node: Node, _frame: Frame) -> Term:
    """The code of an expression."""
    raise TypeError(f"no NumPy code for {type(node).__name__}")


# ---------------------------------------------------------------- leaves


@term.register
def term_of_number(node: Number, _frame: Frame) -> Term:
    written = text(node)
    return Term(written.replace("/", " / "), Level.PRODUCT if "/" in written else Level.ATOM)


@term.register
def term_of_constant(node: Constant, _frame: Frame) -> Term:
    return Term(f"np.{node.name}")


@term.register
def term_of_quantity(node: Quantity, frame: Frame) -> Term:
    found = frame.arrays.reached(node, frame.axes)
    return Term(found.text, Level.ATOM, found.letters)


@term.register
def term_of_index_value(node: IndexValue, frame: Frame) -> Term:
    return Term(frame.arrays.index(node.index), _level(node.index))


def _level(value: Index) -> Level:
    if len(value.terms) > 1 or (value.value or 0) < 0:
        return Level.SUM
    return Level.ATOM if value.symbol is not None or value.value is not None else Level.PRODUCT


@term.register
def term_of_delta(node: Delta, frame: Frame) -> Term:
    left, right = (frame.arrays.index(i) for i in (node.left, node.right))
    return Term(f"{left} == {right}", Level.COMPARE)


# ---------------------------------------------------------------- arithmetic


@term.register
def term_of_grouped(node: Grouped, frame: Frame) -> Term:
    return term(node.body, frame)


@term.register
def term_of_negative(node: Negative, frame: Frame) -> Term:
    return _signed(term(node.body, frame))


def _signed(body: Term) -> Term:
    firm = f"-{body.whole.at(Level.PRODUCT)}" if body.firm else ""
    return Term(f"-{body.at(Level.PRODUCT)}", Level.SUM, body.letters, firm)


@term.register
def term_of_sum(node: Sum, frame: Frame) -> Term:
    signs = [isinstance(part, Negative) for part in node.terms]
    bodies = [part.body if isinstance(part, Negative) else part for part in node.terms]
    found, order = entrywise([term(body, frame) for body in bodies], frame.first)
    code = ("-" if signs[0] else "") + found[0].at(Level.PRODUCT if signs[0] else Level.SUM)
    for negative, part in zip(signs[1:], found[1:], strict=True):
        code += (" - " if negative else " + ") + part.at(Level.PRODUCT)
    return Term(code, Level.SUM, order)


@term.register
def term_of_product(node: Product | Quotient, frame: Frame) -> Term:
    negative, above, below = _factors(node)
    factors = Factors(*(tuple(term(f, frame) for f in side) for side in (above, below)))
    found = multiplied(factors, frame.first)
    return _signed(found) if negative else found


def _factors(expr: Expr) -> tuple[bool, list[Expr], list[Expr]]:
    """The sign of a product, and what stands above and below its line."""
    match expr:
        case Grouped(body):
            return _factors(body)
        case Negative(body):
            negative, above, below = _factors(body)
            return not negative, above, below
        case Product(factors):
            parts = [_factors(f) for f in factors]
            signs = sum(negative for negative, _, _ in parts)
            return signs % 2 == 1, [f for _, above, _ in parts for f in above], [f for _, _, b in parts for f in b]
        case Quotient(numerator, denominator):
            (one, above, under), (other, below, over) = _factors(numerator), _factors(denominator)
            return one != other, [*above, *over], [*under, *below]
    return False, [] if expr == ONE else [expr], []


@term.register
def term_of_power(node: Power, frame: Frame) -> Term:
    base, exponent = term(node.base, frame), term(node.exponent, frame)
    (base, exponent), order = entrywise([base, exponent], frame.first)
    return Term(f"{base.at(Level.ATOM)}**{exponent.at(Level.ATOM)}", Level.POWER, order)


# ---------------------------------------------------------------- functions


@term.register
def term_of_apply(node: Apply, frame: Frame) -> Term:
    found, order = entrywise([term(argument, frame) for argument in node.arguments], frame.first)
    name = function(node.function, frame)
    if name in OF_TWO:
        return Term(reduce(lambda one, other: f"{name}({one}, {other})", [t.text for t in found]), Level.ATOM, order)
    return Term(f"{name}({', '.join(t.text for t in found)})", Level.ATOM, order)


def function(node: Function, frame: Frame) -> str:
    """The name of a function, with a d for each derivative: np.exp, sigmoid, drelu, dg[l]."""
    if node.name in NUMPY and not any(node.orders):
        return NUMPY[node.name]
    if known(node.name) is not None:
        return derivative_name(node.name, node.orders)
    name = derivative_name(frame.arrays.names.function(node.name, node.label), node.orders)
    stacked = node.name in frame.arrays.names.stacked and node.label is not None
    return f"{name}[{frame.arrays.index(node.label)}]" if stacked and node.label is not None else name


def derivative_name(name: str, orders: Sequence[int]) -> str:
    """g, dg, ddg; d1_f and d2_f for a function of several arguments."""
    if len(orders) <= 1:
        return "d" * sum(orders) + name
    return "".join(f"d{place}_" * order for place, order in enumerate(orders, 1)) + name


# ---------------------------------------------------------------- over a range


@term.register
def term_of_expanded_sum(node: ExpandedSum, frame: Frame) -> Term:
    return term(node.sigma, frame)


@term.register
def term_of_fold(node: Fold, frame: Frame) -> Term:
    if node.kind == "sum":
        return _summed(list(_nested(node)), frame)
    if node.symbol in frame.held:
        return _counted([node], node.body, frame)
    body = term(node.body, frame.along(node)).whole
    if node.symbol not in body.letters:
        return _repeated(body, node, frame)
    axis = body.letters.index(node.symbol)
    rest = tuple(s for s in body.letters if s != node.symbol)
    return Term(f"np.{node.kind}({body.text}" + (f", axis={axis})" if rest else ")"), Level.ATOM, rest)


def _repeated(body: Term, fold: Fold, frame: Frame) -> Term:
    """The product, maximum or minimum of the same number again and again."""
    if fold.kind != "prod":
        return body
    times = term(IndexValue(fold.upper - fold.lower), frame)
    return Term(f"{body.at(Level.ATOM)}**{times.at(Level.ATOM)}", Level.POWER, body.letters)


def _nested(fold: Fold) -> Iterator[Fold]:
    """The sum, and the sums that stand directly in it."""
    yield fold
    if isinstance(fold.body, Fold) and fold.body.kind == "sum":
        yield from _nested(fold.body)


def _summed(folds: list[Fold], frame: Frame) -> Term:
    """A sum over several letters: those that are counted through outside, those along axes all at once inside."""
    counted = [fold for fold in folds if fold.symbol in frame.held]
    along = [fold for fold in folds if fold.symbol not in frame.held]
    body = folds[-1].body
    for fold in reversed(along):
        body = Fold("sum", body, fold.symbol, fold.lower, fold.upper)
    return _counted(counted, body, frame) if counted else _along(along, folds[-1].body, frame)


def _along(folds: list[Fold], body: Expr, frame: Frame) -> Term:
    for fold in folds:
        frame = frame.along(fold)
    negative, above, below = _factors(body)
    factors = Factors(*(tuple(term(f, frame) for f in side) for side in (above, below)))
    met = {s for t in factors.terms for s in t.letters}
    counts = [term(IndexValue(f.upper - f.lower), frame) for f in folds if f.symbol not in met]
    over = tuple(f.symbol for f in folds if f.symbol in met)
    factors = Factors((*counts, *factors.above), factors.below)
    found = summed(over, factors, frame.first) if over else multiplied(factors, frame.first)
    return _signed(found) if negative else found


REPEATED = {
    "sum": "sum({})",
    "prod": "np.prod([{}], axis=0)",
    "max": "np.max([{}], axis=0)",
    "min": "np.min([{}], axis=0)",
}


def _counted(folds: list[Fold], body: Expr, frame: Frame) -> Term:
    """sum(… for k in range(n) if …), where each term is a number or an array."""
    inner = term(body, frame).whole
    clauses = "".join(_clause(fold, frame) for fold in folds)
    return Term(REPEATED[folds[0].kind].format(inner.text + clauses), Level.ATOM, inner.letters)


def _clause(fold: Fold, frame: Frame) -> str:
    letter = frame.arrays.names.letter(fold.symbol)
    filters = "".join(f" if {condition(c, frame).at(Level.COMPARE)}" for c in fold.where)
    return f" for {letter} in {counting(fold.lower, fold.upper, frame.arrays)}{filters}"


# ---------------------------------------------------------------- cases and conditions


@term.register
def term_of_cases(node: Cases, frame: Frame) -> Term:
    """A choice entry by entry where the condition has arrays in it, and otherwise one choice for the whole."""
    test = condition(node.condition, frame)
    then, otherwise = term(node.then, frame.given(node.condition)), term(node.otherwise, frame)
    if not on_numbers(node.condition):
        found, order = entrywise([test, then, otherwise], frame.first)
        return Term(f"np.where({', '.join(t.text for t in found)})", Level.ATOM, order)
    order = union([then, otherwise], frame.first)
    short, firm = (
        _chosen(test, *sides) for sides in ((then, otherwise), (frame.filled(t, order) for t in (then, otherwise)))
    )
    if set(then.letters) == set(otherwise.letters) and not (then.firm or otherwise.firm):
        return Term(firm, Level.CASES, order)
    partly = any(t.letters and set(t.letters) != set(order) for t in (then, otherwise))
    return Term(firm if partly else short, Level.CASES, order, firm)


def _chosen(test: Term, then: Term, otherwise: Term) -> str:
    return f"{then.at(Level.COMPARE)} if {test.text} else {otherwise.text}"


def on_numbers(node: Condition) -> bool:
    """Whether a condition speaks of indices and sizes only."""
    return not any(isinstance(n, Quantity) for n in walk(node))


@singledispatch
def condition(node: Node, _frame: Frame) -> Term:
    """The code of a condition."""
    raise TypeError(f"no NumPy code for {type(node).__name__}")


@condition.register
def condition_of_compare(node: Compare, frame: Frame) -> Term:
    (left, right), order = entrywise([term(side, frame) for side in (node.left, node.right)], frame.first)
    return Term(f"{left.at(Level.SUM)} {node.relation} {right.at(Level.SUM)}", Level.COMPARE, order)


@condition.register
def condition_of_logic(node: Logic, frame: Frame) -> Term:
    found, order = entrywise([condition(part, frame) for part in node.parts], frame.first)
    if on_numbers(node):
        return Term(f" {node.connective} ".join(t.at(Level.COMPARE) for t in found), Level.CASES, order)
    return Term(BITWISE[node.connective].join(f"({t.text})" for t in found), Level.CASES, order)


BITWISE = {"and": " & ", "or": " | "}  # they bind tighter than comparisons


@condition.register
def condition_of_not(node: Not, frame: Frame) -> Term:
    found = condition(node.part, frame)
    return Term(f"{'not ' if on_numbers(node) else '~'}({found.text})", Level.CASES, found.letters)
