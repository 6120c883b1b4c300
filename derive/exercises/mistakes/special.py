"""Mistakes with particular kinds of layers: softmax, attention, gates, dropout, quadratic forms."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from derive.exercises.mistakes.edits import Factors, at_each, each_product, everywhere, factors_of, is_matrix
from derive.exercises.mistakes.mistake import Example, Mistake
from derive.exercises.mistakes.patterns import difference, is_size
from derive.exercises.mistakes.setting import Setting
from derive.writing.index import index
from derive.writing.matrices import Array, Transpose
from derive.writing.nodes import (
    ONE,
    TWO,
    Apply,
    Delta,
    Expr,
    Fold,
    Gradient,
    Negative,
    Node,
    Product,
    Quantity,
    Quotient,
    Sum,
)
from derive.writing.tidy import SQRT
from derive.writing.walk import quantities


def diagonal_only(expr: Expr, _: Setting) -> Iterator[Expr]:
    """p[i]*(delta(i,j) - p[j]) => p[i]*delta(i,j)*(1 - p[j])"""

    def diagonal(node: Expr) -> Iterator[Expr]:
        match node:
            case Sum((Delta() as delta, Negative(Quantity() as p))):
                yield Product((delta, Sum((ONE, Negative(p)))))

    return everywhere(expr, diagonal)


def off_diagonal_sign(expr: Expr, _: Setting) -> Iterator[Expr]:
    """p[i]*(delta(i,j) - p[j]) => p[i]*(delta(i,j) + p[j])"""

    def added(node: Expr) -> Iterator[Expr]:
        match node:
            case Sum((Delta() as delta, Negative(Quantity() as p))):
                yield Sum((delta, p))

    return everywhere(expr, added)


def true_class_only(expr: Expr, setting: Setting) -> Iterator[Expr]:
    """p[j] - y[j] => y[j]*(p[j] - 1)"""
    outputs = {p.family for p, _ in setting.crossed} - setting.activation_families
    if is_matrix(expr):
        return iter(())

    def at_label(node: Expr) -> Iterator[Expr]:
        pair = setting.residual(node)
        if pair is not None and pair[0].family in outputs:
            yield Product((pair[1], Sum((pair[0], Negative(ONE)))))

    return everywhere(expr, at_label)


# ---------------------------------------------------------------- attention


def row_sum_missing(expr: Expr, _: Setting) -> Iterator[Expr]:
    """A[i,j]*(dA[i,j] - sum(A[i,l]*dA[i,l])) => A[i,j]*dA[i,j]"""

    def alone(node: Expr) -> Iterator[Expr]:
        match node:
            case Sum((Gradient() as upstream, Negative(Fold()))):
                yield upstream

    return at_each(expr, alone)


def scale_missing(expr: Expr, _: Setting) -> Iterator[Expr]:
    """1/sqrt(d)*dS*K => dS*K"""

    def unscaled(factors: Factors) -> Iterator[Expr]:
        for place, factor in enumerate(factors.flat):
            match factor:
                case Quotient(numerator, Apply(function, (size,))) if function == SQRT and is_size(size):
                    yield factors.changed({place: numerator})

    return each_product(expr, unscaled)


def upstream_turned(expr: Expr, setting: Setting) -> Iterator[Expr]:
    """sum(dS[i,j]*Q[i,k] for i) => sum(dS[j,i]*Q[i,k] for i), and dS^T*Q => dS*Q"""

    def turned(node: Expr) -> Iterator[Expr]:
        match node:
            case Transpose(Array(Gradient()) as array):
                yield array
        if isinstance(node, Fold) and setting.counts(node) != "positions":
            factors = factors_of(node.body)
            for place, factor in enumerate(factors.flat):
                if isinstance(factor, Gradient) and _is_square(factor.by, index(node.symbol)):
                    *kept, first, second = factor.by.indices
                    by = Quantity(factor.by.family, factor.by.label, (*kept, second, first))
                    yield replace(node, body=factors.changed({place: Gradient(factor.of, by)}))

    return at_each(expr, turned)


def _is_square(quantity: Quantity, running: object) -> bool:
    own = quantity.indices[-2:]
    return len(own) == 2 and running in own and own[0] != own[1] and all(i.symbol is not None for i in own)


# ---------------------------------------------------------------- gates, dropout


def gate_sign(expr: Expr, setting: Setting) -> Iterator[Expr]:
    """dh*(h[t-1] - g[t]) => dh*(h[t-1] + g[t]), from z*h[t-1] + (1 - z)*g[t]"""
    defined = setting.model.definitions

    def added(node: Expr) -> Iterator[Expr]:
        pair = difference(node)
        gated = pair is not None and all(q.family in defined for q in pair) and not setting.residual(node)
        if isinstance(node, Sum) and gated:
            yield Sum(tuple(t.body if isinstance(t, Negative) else t for t in node.terms))

    return at_each(expr, added)


def mask_missing(expr: Expr, setting: Setting) -> Iterator[Expr]:
    """r/q*dd => dd: what dropout multiplies with, or its 1/q, is left out"""
    masks = {q.family for numerator, _ in _masks(setting) for q in quantities(numerator)}
    scales = {q.family for _, denominator in _masks(setting) for q in quantities(denominator)}

    def unmasked(factors: Factors) -> Iterator[Expr]:
        places = [i for i, f in enumerate(factors.flat) if isinstance(f, Quantity) and f.family in masks]
        if places and len(factors.flat) > 1:
            yield factors.without(places)

    yield from each_product(expr, unmasked)
    yield from at_each(
        expr,
        lambda n: (
            iter((n.numerator,))
            if isinstance(n, Quotient) and isinstance(n.denominator, Quantity) and n.denominator.family in scales
            else iter(())
        ),
    )


def _masks(setting: Setting) -> Iterator[tuple[Expr, Expr]]:
    """(r, q) for every equation d = r/q*h with a given mask r and an h that the model computes."""
    given = setting.model.given
    for equation in setting.model.equations:
        match equation.right:
            case Product((Quotient(Quantity(mask) as top, bottom), Quantity(h))) if mask in given and h not in given:
                yield top, bottom


# ---------------------------------------------------------------- quadratic forms


def form_symmetric(expr: Expr, _: Setting) -> Iterator[Expr]:
    """sum(A[i,j]*x[j]) + sum(A[j,i]*x[j]) => 2*sum(A[i,j]*x[j]), as if A were symmetric"""

    def doubled(node: Expr) -> Iterator[Expr]:
        match node:
            case Sum((Fold() as first, Fold() as second)) if _families(first) == _families(second):
                yield Product((TWO, first))
                yield Product((TWO, second))

    return at_each(expr, doubled)


def _families(node: Node) -> list[str]:
    return sorted(q.family for q in quantities(node))


QUADRATIC = "C = sum(sum(x[i]*A[i,j]*x[j] for j in range(n)) for i in range(n))"
SPECIAL = (
    Mistake("diagonal_only", "softmax", diagonal_only, Example("softmax", "E", "z[j]", "factor")),
    Mistake("off_diagonal_sign", "softmax", off_diagonal_sign, Example("softmax", "E", "z[j]", "factor")),
    Mistake("true_class_only", "softmax", true_class_only, Example("softmax", "E", "z[j]")),
    Mistake("row_sum_missing", "attention", row_sum_missing, Example("attention", "loss", "S[i,j]")),
    Mistake("scale_missing", "attention", scale_missing, Example("attention", "loss", "Q[i,k]")),
    Mistake("upstream_turned", "attention", upstream_turned, Example("attention", "loss", "K[j,k]")),
    Mistake("gate_sign", "recurrence", gate_sign, Example("gru", "loss", "z[t,j]")),
    Mistake("mask_missing", "dropout", mask_missing, Example("dropout", "loss", "h[k]")),
    Mistake("form_symmetric", "matrix", form_symmetric, Example(QUADRATIC, "C", "x[i]")),
)
