"""Mistakes with the slope of an activation, and with the factors of a chain."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from derive.exercises.mistakes.edits import Factors, at_each, each_product, factors_of, is_matrix
from derive.exercises.mistakes.mistake import Example, Mistake
from derive.exercises.mistakes.patterns import bound, quantities_and_names
from derive.exercises.mistakes.setting import Setting
from derive.model.functions import derivative_of, known
from derive.writing.matrices import Indicator
from derive.writing.nodes import (
    ONE,
    TWO,
    Apply,
    Cases,
    Compare,
    Expr,
    Function,
    IndexValue,
    Negative,
    Node,
    Power,
    Product,
    Quantity,
    Relation,
    Sum,
)
from derive.writing.walk import free_symbols, replaced, substitute


class Slope(NamedTuple):
    """Where the slope of an activation stands among the factors of a product."""

    activation: Quantity
    applied: Apply
    places: tuple[int, ...]


def slopes_in(factors: Factors, setting: Setting) -> Iterator[Slope]:
    """Every slope among the factors, once each."""
    for activation in _activations_near(factors, setting):
        applied = setting.applied(activation)
        for form in setting.slopes(activation):
            places = _places(factors_of(form).flat, factors.flat)
            if places and applied is not None:
                yield Slope(activation, applied, places)
                break


def _activations_near(factors: Factors, setting: Setting) -> dict[Quantity, None]:
    found: dict[Quantity, None] = {}
    for quantity in (q for factor in factors.flat for q in quantities_and_names(factor)):
        after = setting.after(quantity)
        if after is not None:
            found.setdefault(after)
        if quantity.family in setting.activation_families:
            found.setdefault(quantity)
    return found


def _places(wanted: tuple[Expr, ...], among: tuple[Expr, ...]) -> tuple[int, ...]:
    """The places of all wanted factors; () where one is missing."""
    found: list[int] = []
    for part in wanted:
        place = next((i for i, factor in enumerate(among) if factor == part and i not in found), None)
        if place is None:
            return ()
        found.append(place)
    return tuple(found)


# ---------------------------------------------------------------- the slope of an activation


def hidden_slope_missing(expr: Expr, setting: Setting) -> Iterator[Expr]:
    """f'(z) of a hidden node => 1"""
    return _slopes_dropped(expr, setting, output=False)


def output_slope_missing(expr: Expr, setting: Setting) -> Iterator[Expr]:
    """f'(z) of an output under a squared error => 1"""
    return _slopes_dropped(expr, setting, output=True)


def _slopes_dropped(expr: Expr, setting: Setting, *, output: bool) -> Iterator[Expr]:
    return each_product(
        expr,
        lambda factors: (
            factors.without(slope.places)
            for slope in slopes_in(factors, setting)
            if setting.is_output(slope.activation) == output
        ),
    )


def slope_at_activation(expr: Expr, setting: Setting) -> Iterator[Expr]:
    """f'(z) => f'(a), and a*(1 - a) => f(a)*(1 - f(a))"""

    def changed(factors: Factors) -> Iterator[Expr]:
        for slope in slopes_in(factors, setting):
            function, (argument,) = slope.applied.function, slope.applied.arguments
            again = Apply(function, (slope.activation,))
            table: dict[Node, Node] = {slope.activation: again, slope.applied: again}
            prime = Apply(Function(function.name, function.label, (1,)), (argument,))
            table |= {prime: Apply(prime.function, (slope.activation,))}
            yield factors.changed({place: replaced(factors.flat[place], table) for place in slope.places})

    return each_product(expr, changed)


def slope_of_pre_activation(expr: Expr, setting: Setting) -> Iterator[Expr]:
    """a*(1 - a) => z*(1 - z)"""

    def changed(factors: Factors) -> Iterator[Expr]:
        for slope in slopes_in(factors, setting):
            argument = slope.applied.arguments[0]
            table: dict[Node, Node] = {slope.activation: argument, slope.applied: argument}
            yield factors.changed({place: replaced(factors.flat[place], table) for place in slope.places})

    return each_product(expr, changed)


def slope_misremembered(expr: Expr, setting: Setting) -> Iterator[Expr]:
    """1 - a**2 => 1 - a, and a*(1 - a) => a*(1 + a)"""

    def changed(factors: Factors) -> Iterator[Expr]:
        for slope in slopes_in(factors, setting):
            for place in slope.places:
                match factors.flat[place]:
                    case Sum((first, Negative(Power(base, exponent)))) if first == ONE and exponent == TWO:
                        yield factors.changed({place: Sum((ONE, Negative(base)))})
                    case Sum((first, Negative(second))) if first == ONE and second in factors.flat:
                        yield factors.changed({place: Sum((ONE, second))})

    return each_product(expr, changed)


_TURNED: dict[Relation, Relation] = {">": "<", "<": ">", ">=": "<=", "<=": ">="}


def mask_inverted(expr: Expr, _: Setting) -> Iterator[Expr]:
    """1 if z > 0 else 0 => 1 if z < 0 else 0"""

    def turned(node: Expr) -> Iterator[Expr]:
        match node:
            case Indicator(relation, left, right) if relation in _TURNED:
                yield Indicator(_TURNED[relation], left, right)
            case Apply(Function(name, None, (1,)), (argument,)) if known(name) is not None and not is_matrix(argument):
                form = replaced(derivative_of(name), {Quantity("z"): argument})
                if isinstance(form, Cases):
                    yield from turned(form)
            case Cases(Compare(relation, left, right), then, otherwise) if relation in _TURNED:
                if not isinstance(left, IndexValue) and not isinstance(right, IndexValue):
                    yield Cases(Compare(_TURNED[relation], left, right), then, otherwise)

    return at_each(expr, turned)


# ---------------------------------------------------------------- the chain


def inner_derivative_missing(expr: Expr, setting: Setting) -> Iterator[Expr]:
    """g'(w*x)*x => g'(w*x): the derivative of z by the weight is left out"""
    link = setting.link_of(setting.by)
    if link is not None:
        yield from each_product(expr, lambda factors: _without_each(factors, _alike(factors, link.source)))


def _alike(factors: Factors, quantity: Quantity) -> list[int]:
    """The places of factors of a quantity's family; the letters of a sum may be others than the model's."""
    return [i for i, f in enumerate(factors.flat) if isinstance(f, Quantity) and f.family == quantity.family][-1:]


def _without_each(factors: Factors, places: list[int]) -> Iterator[Expr]:
    return (factors.without([place]) for place in places if len(factors.flat) > 1)


def weight_missing(expr: Expr, setting: Setting) -> Iterator[Expr]:
    """w*f'(z) => f'(z): a weight on the way is left out"""

    def changed(factors: Factors) -> Iterator[Expr]:
        if setting.is_penalty(factors):
            return iter(())
        weights = [i for i, f in enumerate(factors.flat) if isinstance(f, Quantity) and f.family in setting.weights]
        return _without_each(factors, weights)

    return each_product(expr, changed)


def bias_as_weight(expr: Expr, setting: Setting) -> Iterator[Expr]:
    """the derivative by a bias => the same times the activation of the layer below"""
    term, to = setting.biases.get(setting.by.family, (None, None))
    binding = None if term is None else bound(term, setting.by)
    if binding is None or not setting.by.indices or is_matrix(expr):
        return
    for link in setting.links:
        letters = {s for i in link.to.indices for s in i.symbols} - binding.keys()
        source = substitute(link.source, {**binding, link.symbol: setting.by.indices[-1]})
        if link.to == to and letters.isdisjoint(free_symbols(source)):
            yield Product((expr, source))
            return


RELU = """
C = 1/2*sum((a[j] - y[j])**2 for j in range(n))
a[j] = relu(z[j]) for j in range(n)
z[j] = sum(w[j,k]*x[k] for k in range(m)) + b[j] for j in range(n)
"""
SLOPES = (
    Mistake("hidden_slope_missing", "activation", hidden_slope_missing, Example("mazur", "E", "w(1)[j,k]")),
    Mistake("output_slope_missing", "loss", output_slope_missing, Example("lesson", "C0", "w(L)[j,k]")),
    Mistake("slope_at_activation", "activation", slope_at_activation, Example("lesson", "C0", "w(L)[j,k]")),
    Mistake("slope_of_pre_activation", "activation", slope_of_pre_activation, Example("mazur", "E", "w(2)[j,k]")),
    Mistake("slope_misremembered", "activation", slope_misremembered, Example("rnn", "loss", "W[i,k]")),
    Mistake("mask_inverted", "activation", mask_inverted, Example(RELU, "C", "w[j,k]")),
    Mistake("inner_derivative_missing", "chain", inner_derivative_missing, Example("softmax", "E", "w[j,k]")),
    Mistake("weight_missing", "chain", weight_missing, Example("mazur", "E", "w(1)[0,1]")),
    Mistake("bias_as_weight", "bias", bias_as_weight, Example("mazur", "E", "b(1)[j]")),
)
