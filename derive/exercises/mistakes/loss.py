"""Mistakes with the loss: its square, its residual, its mean, its penalty."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from fractions import Fraction

from derive.exercises.mistakes.edits import Factors, at_each, each_product, everywhere, factors_of, is_matrix
from derive.exercises.mistakes.mistake import Example, Mistake
from derive.exercises.mistakes.patterns import is_size
from derive.exercises.mistakes.setting import Setting
from derive.writing.nodes import (
    ONE,
    TWO,
    Expr,
    Fold,
    IndexValue,
    Negative,
    Number,
    Product,
    Quotient,
    Sum,
)
from derive.writing.tidy import plus, tidy, times
from derive.writing.walk import free_symbols, walk


def two_missing(expr: Expr, setting: Setting) -> Iterator[Expr]:
    """2*(a - y) => a - y, where no square has 1/2 in front"""
    if setting.squared and not setting.halved:
        yield from each_product(
            expr, lambda factors: _without_two(factors) if not setting.is_penalty(factors) else iter(())
        )


def _without_two(factors: Factors) -> Iterator[Expr]:
    for place, factor in enumerate(factors.flat):
        match factor:
            case Number(value) if value == 2:
                yield factors.without([place])
            case Quotient(Number(value), bottom) if value == 2:
                yield factors.changed({place: Quotient(ONE, bottom)})


def two_extra(expr: Expr, setting: Setting) -> Iterator[Expr]:
    """a - y => 2*(a - y), where the square has 1/2 in front"""
    if setting.squared and setting.halved:
        yield from everywhere(expr, lambda n: iter((Product((TWO, n)),)) if setting.residual(n) else iter(()))


def residual_turned(expr: Expr, setting: Setting) -> Iterator[Expr]:
    """a - y => y - a"""

    def turned(node: Expr) -> Iterator[Expr]:
        if isinstance(node, Sum) and setting.residual(node):
            first, second = (t.body if isinstance(t, Negative) else t for t in node.terms)
            yield Sum((second, Negative(first))) if isinstance(node.terms[1], Negative) else Sum((first, second))

    return everywhere(expr, turned)


def slope_extra(expr: Expr, setting: Setting) -> Iterator[Expr]:
    """p - y => (p - y)*p*(1 - p), where y*log(p) has cancelled the slope of the output"""
    outputs = {p.family for p, _ in setting.crossed} if not is_matrix(expr) else frozenset()

    def with_slope(node: Expr) -> Iterator[Expr]:
        pair = setting.residual(node)
        if pair is not None and pair[0].family in outputs:
            yield Product((node, pair[0], Sum((ONE, Negative(pair[0])))))

    return everywhere(expr, with_slope)


# ---------------------------------------------------------------- means


def mean_missing(expr: Expr, setting: Setting) -> Iterator[Expr]:
    """1/n*sum(…) => sum(…)"""
    if setting.has_mean:
        yield from each_product(
            expr, lambda factors: iter(()) if setting.is_penalty(factors) else without_size(factors)
        )


def without_size(factors: Factors) -> Iterator[Expr]:
    """1/m => 1, for a size m"""
    for place, factor in enumerate(factors.flat):
        if isinstance(factor, Quotient) and is_size(factor.denominator):
            numbers = tuple(f for f in factors_of(factor.denominator).flat if not isinstance(f, IndexValue))
            rest = Quotient(factor.numerator, times(*numbers)) if numbers else factor.numerator
            yield factors.changed({place: rest})


def batch_sum_missing(expr: Expr, setting: Setting) -> Iterator[Expr]:
    """sum over samples => one sample"""
    return at_each(
        expr,
        lambda n: iter((n.body,)) if isinstance(n, Fold) and setting.counts(n) == "samples" else iter(()),
    )


def averages_multiplied(expr: Expr, setting: Setting) -> Iterator[Expr]:
    """1/n*sum(d[i]*x[i]) => 1/n*sum(d[i]) * 1/n*sum(x[i])"""

    def split(node: Expr) -> Iterator[Expr]:
        if setting.has_mean and isinstance(node, Fold) and setting.counts(node) == "samples":
            moving = [f for f in factors_of(node.body).flat if node.symbol in free_symbols(f)]
            still = [f for f in factors_of(node.body).flat if node.symbol not in free_symbols(f)]
            if len(moving) > 1:
                first, second = (replace(node, body=times(*part)) for part in (moving[:-1], moving[-1:]))
                yield Product((*still, first, Quotient(ONE, IndexValue(node.upper - node.lower)), second))

    return at_each(expr, split)


# ---------------------------------------------------------------- penalties


def penalty_mean(expr: Expr, setting: Setting) -> Iterator[Expr]:
    """lam/n*w => lam*w, and the other way round where the penalty is not divided by n"""
    divided = any(is_size(n.denominator) for n in _quotients(tuple(setting.penalties.values())))

    def changed(factors: Factors) -> Iterator[Expr]:
        if setting.is_penalty(factors) and divided:
            yield from without_size(factors)
        elif setting.is_penalty(factors):
            yield from (Product((Quotient(ONE, size), *factors.of)) for size in _sizes_of(setting))

    return each_product(expr, changed)


def _quotients(trees: Iterable[Expr]) -> Iterator[Quotient]:
    return (n for tree in trees for n in walk(tree) if isinstance(n, Quotient))


def _sizes_of(setting: Setting) -> Iterator[Expr]:
    """The size by which the loss divides its data."""
    sizes = (n.denominator for n in _quotients((setting.loss,)) if is_size(n.denominator))
    for size in sizes:
        yield next(f for f in factors_of(size).flat if isinstance(f, IndexValue))
        return


def penalty_factor(expr: Expr, setting: Setting) -> Iterator[Expr]:
    """lam*w => 2*lam*w, and 2*lam*w => lam*w"""

    def changed(factors: Factors) -> Iterator[Expr]:
        if setting.is_penalty(factors):
            halved = list(_without_two(factors))
            yield from halved or [tidy(Product((TWO, *factors.of)))]

    return each_product(expr, changed)


def bias_penalised(expr: Expr, setting: Setting) -> Iterator[Expr]:
    """the derivative by b => the same + lam*b"""
    if setting.by.family in setting.biases and setting.penalties and setting.by.family not in setting.penalties:
        front = next(iter(setting.penalties.values()))
        yield plus(expr, tidy(Product((Number(Fraction(2)), front, setting.by))))


RIDGE = """
C = sum((p[i] - y[i])**2 for i in range(m)) + lam*sum(w[k]**2 for k in range(d))
p[i] = sum(w[k]*x[i,k] for k in range(d)) + b for i in range(m)
"""
LOSS = (
    Mistake("two_missing", "loss", two_missing, Example("lesson", "C0", "w(L)[j,k]")),
    Mistake("two_extra", "loss", two_extra, Example("mazur", "E", "w(2)[0,1]")),
    Mistake("residual_turned", "loss", residual_turned, Example("lesson", "C0", "w(L)[j,k]")),
    Mistake("slope_extra", "loss", slope_extra, Example("logistic_regression", "J", "w[k]")),
    Mistake("mean_missing", "batch", mean_missing, Example("linear_regression", "J", "w[k]")),
    Mistake("batch_sum_missing", "batch", batch_sum_missing, Example("linear_regression", "J", "b")),
    Mistake("averages_multiplied", "batch", averages_multiplied, Example("linear_regression", "J", "w[k]")),
    Mistake("penalty_mean", "penalty", penalty_mean, Example("linear_regression", "J", "w[k]")),
    Mistake("penalty_factor", "penalty", penalty_factor, Example(RIDGE, "C", "w[k]")),
    Mistake("bias_penalised", "penalty", bias_penalised, Example("linear_regression", "J", "b")),
)
