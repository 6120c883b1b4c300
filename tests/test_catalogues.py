"""The catalogues against Python's own parser, mpmath and SymPy: none of it reads or computes as the package does.

Each test runs over a whole catalogue, so that a new entry is covered by what is here.
"""

from __future__ import annotations

import ast
import itertools
import operator
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

import mpmath
import pytest
import sympy

from derive.errors import OptionError
from derive.model.activations import ACTIVATIONS, activation
from derive.model.elementary import ELEMENTARY, Known
from derive.model.functions import FUNCTIONS, derivative_of, formula_of, known
from derive.model.losses import LOSSES, TOTALS, Loss, loss

mpmath.mp.dps = 40
mpf = mpmath.mpf


@dataclass(frozen=True)
class Both:
    """A number, and beside it the SymPy expression that holds around it: cases are decided by the number."""

    number: Any
    symbol: Any


def both(function: Callable[..., Any], *values: Both) -> Both:
    return Both(function(*(v.number for v in values)), function(*(v.symbol for v in values)))


def exact(text: str) -> Both:
    value = sympy.Rational(text)
    return Both(mpf(value.p) / value.q, value)


def largest(*values: Both) -> Both:
    return max(values, key=lambda v: v.number)


def smallest(*values: Both) -> Both:
    return min(values, key=lambda v: v.number)


def absolute(value: Both) -> Both:
    return value if value.number > 0 else both(operator.neg, value)


def sign(value: Both) -> Both:
    return exact(str(int(mpmath.sign(value.number))))


CALLS: dict[str, Callable[..., Both]] = {"max": largest, "min": smallest, "abs": absolute, "sign": sign}
OPERATORS: dict[type[ast.AST], Callable[..., Any]] = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
    ast.Div: operator.truediv,
    ast.Pow: operator.pow,
    ast.USub: operator.neg,
    ast.Lt: operator.lt,
    ast.LtE: operator.le,
    ast.Gt: operator.gt,
    ast.GtE: operator.ge,
    ast.Eq: operator.eq,
    ast.NotEq: operator.ne,
}


def compute(text: str, **names: Both) -> Both:
    return computed(ast.parse(text, mode="eval").body, {"pi": Both(+mpmath.pi, sympy.pi), **names})


def computed(node: ast.expr, names: Mapping[str, Both]) -> Both:
    match node:
        case ast.Constant(value=value):
            return exact(repr(value))
        case ast.Name(id=name):
            return names[name]
        case ast.UnaryOp(op=op, operand=operand):
            return both(OPERATORS[type(op)], computed(operand, names))
        case ast.BinOp(left=left, op=op, right=right):
            return both(OPERATORS[type(op)], computed(left, names), computed(right, names))
        case ast.IfExp(test=test, body=body, orelse=orelse):
            return computed(body if holds(test, names) else orelse, names)
        case ast.Call(func=ast.Name(id=name), args=args):
            return call(name, *(computed(arg, names) for arg in args))
    raise TypeError(f"the oracle cannot compute {ast.dump(node)}")


def holds(node: ast.expr, names: Mapping[str, Both]) -> bool:
    match node:
        case ast.Compare(left=left, ops=[op], comparators=[right]):
            return bool(OPERATORS[type(op)](computed(left, names).number, computed(right, names).number))
        case ast.BoolOp(op=op, values=values):
            return (all if isinstance(op, ast.And) else any)(holds(value, names) for value in values)
    raise TypeError(f"the oracle cannot decide {ast.dump(node)}")


def call(name: str, *values: Both) -> Both:
    if name in CALLS:
        return CALLS[name](*values)
    formula = ACTIVATIONS[name].formula if name in ACTIVATIONS else None
    if formula is not None:
        return compute(formula, z=values[0])
    return Both(getattr(mpmath, name)(values[0].number), getattr(sympy, name)(values[0].symbol))


def inside(domain: str, **names: Both) -> bool:
    return not domain or holds(ast.parse(domain, mode="eval").body, names)


def number(value: Any) -> Both:
    """A number on its own, where no symbolic result is wanted."""
    return Both(mpf(value), sympy.nan)


def slope(function: Callable[[Any], Any], at: Any, side: int) -> Any:
    """The one-sided derivative, or a huge number where the function itself jumps."""
    step = mpf(10) ** -12 * side
    return (function(at + step) - function(at)) / step


def smooth(function: Callable[[Any], Any], at: Any) -> bool:
    right, left = slope(function, at, 1), slope(function, at, -1)
    return bool(abs(right - left) < mpf(10) ** -6 and abs(right) < 1000)


# ---------------------------------------------------------------- functions of one argument

ENTRIES = [pytest.param(entry, id=entry.name) for entry in FUNCTIONS.values()]
POINTS = [mpf(p) for p in ("-7.3", "-4.1", "-2.2", "-0.8", "-0.31", "0.27", "0.9", "1.7", "3.4", "6.6")]
CANDIDATES = [mpf(p) for p in ("-6", "-3", "-2", "-1", "-0.5", "0", "0.5", "1", "2", "3", "6")]


def value(entry: Known, z: Both) -> Both:
    return call(entry.name, z) if entry.formula is None else compute(entry.formula, z=z)


def points(entry: Known) -> Iterator[Any]:
    found = [p for p in POINTS if inside(entry.domain, z=number(p))]
    assert len(found) >= 5
    yield from found


def wrong_slopes(entry: Known) -> list[Any]:
    """The points where the stated derivative is not what mpmath measures."""
    found = []
    for p in points(entry):
        stated = compute(entry.derivative, z=number(p), a=value(entry, number(p))).number
        measured = mpmath.diff(lambda t: value(entry, number(t)).number, p)
        if abs(stated - measured) > mpf(10) ** -15:
            found.append(p)
    return found


def unproved(entry: Known) -> list[Any]:
    """What SymPy finds between its own derivative and the stated one, on each piece, where that is not 0."""
    z = sympy.Symbol("z", real=True)
    differences = set()
    for p in points(entry):
        at = Both(p, z)
        a = value(entry, at)
        differences.add(sympy.diff(a.symbol, z) - compute(entry.derivative, z=at, a=a).symbol)
    return [d for d in differences if sympy.simplify(d.rewrite(sympy.exp)) != 0]


def jumps(entry: Known) -> list[Any]:
    """The points without a slope, among the kinks and other likely ones."""
    kinks = [compute(k).number for k in entry.kinks]
    return [
        p
        for p in (*CANDIDATES, *(k for k in kinks if k not in CANDIDATES))
        if inside(entry.domain, z=number(p)) and not smooth(lambda t: value(entry, number(t)).number, p)
    ]


@pytest.mark.parametrize("entry", ENTRIES)
def test_a_derivative_is_the_slope_of_the_function(entry: Known) -> None:
    assert wrong_slopes(entry) == []


@pytest.mark.parametrize("entry", ENTRIES)
def test_sympy_proves_the_derivative_on_every_piece(entry: Known) -> None:
    assert unproved(entry) == []


@pytest.mark.parametrize("entry", ENTRIES)
def test_kinks_are_where_the_slope_jumps(entry: Known) -> None:
    assert jumps(entry) == [compute(k).number for k in entry.kinks]


PLANTED = [
    replace(ACTIVATIONS["sigmoid"], derivative="a*(1 + a)"),
    replace(ACTIVATIONS["tanh"], derivative="1 - a"),
    replace(ACTIVATIONS["relu"], derivative="1 if z < 0 else 0"),
    replace(ACTIVATIONS["leaky_relu"], derivative="1 if z > 0 else 0"),
    replace(ACTIVATIONS["gelu"], derivative="1/2*(1 + erf(z/sqrt(2)))"),
    replace(ELEMENTARY["cos"], derivative="sin(z)"),
]


@pytest.mark.parametrize("entry", PLANTED, ids=[entry.name for entry in PLANTED])
def test_a_wrong_derivative_is_caught(entry: Known) -> None:
    assert wrong_slopes(entry) != []
    assert unproved(entry) != []


@pytest.mark.parametrize(
    ("entry", "true"),
    [
        (replace(ACTIVATIONS["relu"], kinks=()), [0]),
        (replace(ACTIVATIONS["elu"], kinks=("0",)), []),
        (replace(ACTIVATIONS["hard_swish"], kinks=("0", "3")), [-3, 3]),
    ],
)
def test_wrong_kinks_are_caught(entry: Known, true: list[int]) -> None:
    assert jumps(entry) == true != [compute(k).number for k in entry.kinks]


@pytest.mark.parametrize("entry", ENTRIES)
def test_the_derivative_takes_the_stated_convention_at_a_kink(entry: Known) -> None:
    for kink in entry.kinks:
        z = compute(kink)
        assert compute(entry.derivative, z=z, a=value(entry, z)) == compute(entry.convention, z=z)
    assert bool(entry.kinks) == bool(entry.convention)


@pytest.mark.parametrize("entry", ENTRIES)
def test_an_entry_names_its_source(entry: Known) -> None:
    assert len(entry.source) > 10


def test_the_catalogues_are_large_enough() -> None:
    assert len(ACTIVATIONS) >= 20
    assert len(LOSSES) >= 15


@pytest.mark.parametrize(("name", "table"), [("sigmoid", ACTIVATIONS), ("exp", ELEMENTARY), ("tanh", ACTIVATIONS)])
def test_known_functions_are_found_by_their_exact_name(name: str, table: Mapping[str, Known]) -> None:
    assert known(name) is table[name]


@pytest.mark.parametrize("name", ["g", "Sigmoid", "swish", ""])
def test_what_the_language_does_not_call_so_is_unknown(name: str) -> None:
    assert known(name) is None


def test_the_texts_are_read_as_expressions() -> None:
    for name, entry in FUNCTIONS.items():
        assert derivative_of(name) is derivative_of(name)
        assert (formula_of(name) is None) == (entry.formula is None)
    assert formula_of("g") is None


def test_an_unknown_function_has_no_derivative_in_the_catalogue() -> None:
    with pytest.raises(OptionError) as caught:
        derivative_of("sigmod")
    assert str(caught.value) == (
        f"unknown function 'sigmod': it must be one of {', '.join(FUNCTIONS)}. Did you mean sigmoid?"
    )


@pytest.mark.parametrize(
    ("typed", "name"),
    [
        ("sigmoid", "sigmoid"),
        ("Sigmoid", "sigmoid"),
        ("logistic", "sigmoid"),
        ("ReLU", "relu"),
        ("leaky relu", "leaky_relu"),
        ("LeakyReLU", "leaky_relu"),
        ("hard-swish", "hard_swish"),
        ("swish", "silu"),
        ("linear", "identity"),
    ],
)
def test_activations_are_found_by_name_and_alias(typed: str, name: str) -> None:
    assert activation(typed).name == name


def test_an_unknown_activation_is_an_error_that_lists_the_known_ones() -> None:
    with pytest.raises(OptionError) as caught:
        activation("sigmod")
    assert str(caught.value) == (
        f"unknown activation 'sigmod': it must be one of {', '.join(ACTIVATIONS)}. Did you mean sigmoid?"
    )


# ---------------------------------------------------------------- losses

LOSS_ENTRIES = [pytest.param(entry, id=entry.name) for entry in LOSSES.values()]
OUTPUTS = [mpf(p) for p in ("-2.3", "-0.7", "0.13", "0.46", "0.81", "1.9")]
TARGETS = [mpf(p) for p in ("-1", "0.31", "0.62", "1", "2.4")]
PARAMETERS = {"delta": mpf("0.875"), "epsilon": mpf("0.375"), "tau": mpf("0.25")}  # exact in binary


def root(value: Any) -> Any:
    return sympy.sqrt(value) if isinstance(value, sympy.Basic) else mpmath.sqrt(value)


# The same as TOTALS, said in Python.
MAKE_UP: dict[str, Callable[[list[Any]], Any]] = {
    "sum": sum,
    "minus": lambda terms: -sum(terms),
    "half": lambda terms: sum(terms) / 2,
    "mean": lambda terms: sum(terms) / len(terms),
    "root_mean": lambda terms: root(sum(terms) / len(terms)),
}


def whole(entry: Loss, nodes: list[tuple[Both, Both]], parameters: Mapping[str, Both]) -> Both:
    terms = [compute(entry.term, a=a, y=y, **parameters) for a, y in nodes]
    make_up = MAKE_UP[entry.total]
    return Both(make_up([t.number for t in terms]), make_up([t.symbol for t in terms]))


def cases(entry: Loss) -> Iterator[list[tuple[Any, Any]]]:
    """Outputs and targets of two nodes, each pair inside the loss's domain."""
    given = {name: number(PARAMETERS[name]) for name in entry.parameters}
    pairs = [
        (a, y)
        for a, y in itertools.product(OUTPUTS, TARGETS)
        if inside(entry.domain, a=number(a), y=number(y), **given)
    ]
    assert len(pairs) >= 5
    yield from ([pair, pairs[0]] for pair in pairs)


@pytest.mark.parametrize("entry", LOSS_ENTRIES)
def test_a_loss_derivative_is_the_slope_of_the_whole_loss(entry: Loss) -> None:
    given = {name: number(PARAMETERS[name]) for name in entry.parameters}
    for (a, y), other in cases(entry):
        rest = (number(other[0]), number(other[1]))

        def total(t: Any, y: Any = y, rest: Any = rest) -> Any:
            return whole(entry, [(number(t), number(y)), rest], given).number

        stated = compute(entry.derivative, a=number(a), y=number(y), n=number(2), C=number(total(a)), **given).number
        assert abs(stated - mpmath.diff(total, a)) < mpf(10) ** -15, (a, y)


@pytest.mark.parametrize("entry", LOSS_ENTRIES)
def test_sympy_proves_the_loss_derivative_on_every_piece(entry: Loss) -> None:
    a, y, other_a, other_y = sympy.symbols("a y other_a other_y", positive=True)
    given = {name: Both(PARAMETERS[name], sympy.Symbol(name, positive=True)) for name in entry.parameters}
    differences = set()
    for (at, target), other in cases(entry):
        first = (Both(at, a), Both(target, y))
        total = whole(entry, [first, (Both(other[0], other_a), Both(other[1], other_y))], given)
        stated = compute(entry.derivative, a=first[0], y=first[1], n=exact("2"), C=total, **given)
        differences.add(sympy.diff(total.symbol, a) - stated.symbol)
    assert [d for d in differences if sympy.simplify(d.rewrite(sympy.exp)) != 0] == []


@pytest.mark.parametrize("entry", LOSS_ENTRIES)
def test_loss_kinks_are_where_the_slope_jumps(entry: Loss) -> None:
    given = {name: number(PARAMETERS[name]) for name in entry.parameters}
    for y in TARGETS:

        def total(t: Any, y: Any = y) -> Any:
            return whole(entry, [(number(t), number(y))], given).number

        kinks = [compute(k, y=number(y), **given).number for k in entry.kinks if inside_target(entry, y, given)]
        candidates = [*kinks, *(p for p in (*OUTPUTS, y, 1 / y, y - 1, y + 1) if p not in kinks)]
        inner = [a for a in candidates if inside(entry.domain, a=number(a), y=number(y), **given)]
        assert [a for a in inner if not smooth(total, a)] == kinks


def inside_target(entry: Loss, y: Any, given: Mapping[str, Both]) -> bool:
    return any(inside(entry.domain, a=number(a), y=number(y), **given) for a in OUTPUTS)


@pytest.mark.parametrize("entry", LOSS_ENTRIES)
def test_the_loss_derivative_takes_the_stated_convention_at_a_kink(entry: Loss) -> None:
    given = {name: exact(str(PARAMETERS[name])) for name in entry.parameters}
    for kink in entry.kinks:
        y = exact("1")
        a = compute(kink, y=y, **given)
        total = whole(entry, [(a, y)], given)
        stated = compute(entry.derivative, a=a, y=y, n=exact("1"), C=total, **given)
        assert stated == compute(entry.convention, a=a, y=y, **given)
    assert bool(entry.kinks) == bool(entry.convention)


@pytest.mark.parametrize("entry", LOSS_ENTRIES)
def test_a_loss_names_its_source_and_a_known_total(entry: Loss) -> None:
    assert len(entry.source) > 10
    assert entry.total in TOTALS
    assert set(MAKE_UP) == set(TOTALS)


@pytest.mark.parametrize(
    ("typed", "name"),
    [
        ("squared error", "squared_error"),
        ("squared-error", "squared_error"),
        ("Squared_Error", "squared_error"),
        ("mse", "mean_squared_error"),
        ("MSE", "mean_squared_error"),
        ("mean absolute", "mean_absolute_error"),
        ("bce", "binary_cross_entropy"),
        ("cross-entropy with softmax", "cross_entropy_with_softmax"),
        ("pinball", "quantile"),
    ],
)
def test_losses_are_found_by_name_and_alias(typed: str, name: str) -> None:
    assert loss(typed).name == name


def test_an_unknown_loss_is_an_error_that_lists_the_known_ones() -> None:
    with pytest.raises(OptionError) as caught:
        loss("hubber")
    assert str(caught.value) == f"unknown loss 'hubber': it must be one of {', '.join(LOSSES)}. Did you mean huber?"


@pytest.mark.parametrize("catalogue", [ACTIVATIONS, LOSSES], ids=["activations", "losses"])
def test_no_name_or_alias_means_two_things(catalogue: Mapping[str, Known | Loss]) -> None:
    spellings = [
        name.lower().replace(" ", "").replace("-", "").replace("_", "")
        for entry in catalogue.values()
        for name in (entry.name, *entry.aliases)
    ]
    assert sorted(spellings) == sorted(set(spellings))
