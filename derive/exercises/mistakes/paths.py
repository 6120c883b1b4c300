"""Mistakes with sums: over nodes, over paths, over positions and time."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace

from derive.exercises.mistakes.edits import at_each, each_product, factors_of, is_matrix
from derive.exercises.mistakes.loss import without_size
from derive.exercises.mistakes.mistake import Example, Mistake
from derive.exercises.mistakes.setting import Setting
from derive.writing.nodes import (
    Expr,
    Fold,
    Gradient,
    Product,
    Quantity,
    Sum,
)
from derive.writing.tidy import plus
from derive.writing.walk import substitute, walk


def node_sum_missing(expr: Expr, setting: Setting) -> Iterator[Expr]:
    """sum(w[j,k]*delta[j] for j in range(n)) => w[j,k]*delta[j]"""

    def single(node: Expr) -> Iterator[Expr]:
        if isinstance(node, Fold) and any(
            isinstance(f, Quantity) and f.family in setting.weights for f in factors_of(node.body).flat
        ):
            yield node.body

    return at_each(expr, single)


def position_sum_missing(expr: Expr, setting: Setting) -> Iterator[Expr]:
    """sum(dz[i]*x[i+u] for i in range(N)) => dz[0]*x[u]: a shared weight is met at every position and time step"""

    def first(node: Expr) -> Iterator[Expr]:
        if isinstance(node, Fold) and setting.counts(node) == "positions" and not _has_weights(node, setting):
            yield substitute(node.body, {node.symbol: node.lower})

    return at_each(expr, first)


def _has_weights(node: Expr, setting: Setting) -> bool:
    return any(isinstance(n, Quantity) and n.family in setting.weights for n in walk(node))


# ---------------------------------------------------------------- paths that meet


def _each_meeting(expr: Expr, setting: Setting, change: Callable[[Sum], Iterator[Expr]]) -> Iterator[Expr]:
    """Every tree in which one sum of paths has been changed: each of its terms carries what comes from the loss."""

    def changed(node: Expr) -> Iterator[Expr]:
        if isinstance(node, Sum) and _is_meeting(node, setting):
            yield from change(node)

    return at_each(expr, changed)


def _is_meeting(node: Sum, setting: Setting) -> bool:
    """Whether every term carries what comes from the loss; a residual is no such sum, and no derivative less a mean."""
    if setting.residual(node) or isinstance(node.terms[0], Gradient):
        return False
    return all(map(setting.flows, _paths(node, setting)))


def _paths(node: Sum, setting: Setting) -> list[Expr]:
    """The terms, a bare residual as one of them."""
    terms = list(node.terms)
    for i in range(len(terms) - 1):
        if setting.residual(Sum((terms[i], terms[i + 1]))):
            return [*terms[:i], Sum((terms[i], terms[i + 1])), *terms[i + 2 :]]
    return terms


def _recurs(term: Expr, setting: Setting) -> bool:
    """Whether a term comes from another time step or layer: it cites a derivative at an index that is shifted."""
    cited = [n.by for n in walk(term) if isinstance(n, Gradient)]
    return any(i.symbols and i.constant for q in cited for i in q.indices) and not setting.residual(term)


def _through_average(term: Expr, setting: Setting) -> bool:
    return any(isinstance(n, Gradient) and n.by.family in setting.averages for n in walk(term))


def paths_multiplied(expr: Expr, setting: Setting) -> Iterator[Expr]:
    """the sum over paths => their product"""

    def product(node: Sum) -> Iterator[Expr]:
        if not any(_recurs(t, setting) for t in node.terms) and not is_matrix(node):
            yield Product(tuple(_paths(node, setting)))

    yield from _each_meeting(expr, setting, product)
    yield from at_each(expr, lambda n: _short(n, setting))


def _short(node: Expr, setting: Setting) -> Iterator[Expr]:
    """A sum over the few nodes above => their product."""
    if isinstance(node, Fold) and node.kind == "sum" and node.upper.value is not None and _has_weights(node, setting):
        yield replace(node, kind="prod")


def recurrence_multiplied(expr: Expr, setting: Setting) -> Iterator[Expr]:
    """dc_next*f + dh*o*(…) => dc_next*f*dh*o*(…), where two time steps meet"""

    def product(node: Sum) -> Iterator[Expr]:
        if any(_recurs(t, setting) for t in node.terms) and not is_matrix(node):
            yield Product(tuple(_paths(node, setting)))

    return _each_meeting(expr, setting, product)


def recurrence_missing(expr: Expr, setting: Setting) -> Iterator[Expr]:
    """what comes from the next time step + what comes from this one => what comes from this one"""

    def without(node: Sum) -> Iterator[Expr]:
        kept = [t for t in _paths(node, setting) if not _recurs(t, setting)]
        if kept and len(kept) < len(_paths(node, setting)):
            yield plus(*kept)

    return _each_meeting(expr, setting, without)


def branch_overwritten(expr: Expr, setting: Setting) -> Iterator[Expr]:
    """one branch + another => the last alone"""

    def last(node: Sum) -> Iterator[Expr]:
        special = any(_recurs(t, setting) or _through_average(t, setting) for t in node.terms)
        if not special and setting.by.family not in setting.weights:
            yield _paths(node, setting)[-1]

    return _each_meeting(expr, setting, last)


def shared_weight_once(expr: Expr, setting: Setting) -> Iterator[Expr]:
    """what a weight does in one place + what it does in another => one of both"""

    def one(node: Sum) -> Iterator[Expr]:
        if setting.by.family in setting.weights:
            yield from _paths(node, setting)

    return _each_meeting(expr, setting, one)


# ---------------------------------------------------------------- statistics


def statistics_constant(expr: Expr, setting: Setting) -> Iterator[Expr]:
    """the direct path + those through mean and variance => the direct path"""

    def direct(node: Sum) -> Iterator[Expr]:
        kept = [t for t in node.terms if not _through_average(t, setting)]
        if kept and len(kept) < len(node.terms):
            yield plus(*kept)

    return _each_meeting(expr, setting, direct)


def mean_path_undivided(expr: Expr, setting: Setting) -> Iterator[Expr]:
    """1/m*d(C)/d(mu) => d(C)/d(mu)"""
    return each_product(
        expr,
        lambda factors: (
            without_size(factors)
            if any(isinstance(f, Gradient) and f.by.family in setting.averages for f in factors.flat)
            else iter(())
        ),
    )


PATHS = (
    Mistake("node_sum_missing", "sum", node_sum_missing, Example("lesson", "C0", "a(L-1)[k]")),
    Mistake("position_sum_missing", "convolution", position_sum_missing, Example("conv1d", "loss", "w[f,c,u]")),
    Mistake("paths_multiplied", "sum", paths_multiplied, Example("mazur", "E", "out(1)[k]")),
    Mistake("recurrence_multiplied", "recurrence", recurrence_multiplied, Example("lstm", "loss", "c[t,j]")),
    Mistake("recurrence_missing", "recurrence", recurrence_missing, Example("rnn", "loss", "h[t,k]")),
    Mistake("statistics_constant", "normalisation", statistics_constant, Example("batchnorm", "loss", "x[i]")),
    Mistake("mean_path_undivided", "normalisation", mean_path_undivided, Example("batchnorm", "loss", "x[i]")),
    Mistake("branch_overwritten", "sharing", branch_overwritten, Example("residual", "loss", "x[k]")),
    Mistake("shared_weight_once", "sharing", shared_weight_once, Example("autoencoder", "loss", "w[j,k]")),
)
