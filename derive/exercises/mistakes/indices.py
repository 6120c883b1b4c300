"""Mistakes with indices, layers and time steps."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from itertools import pairwise

from derive.calculus.domains import fixed_symbols
from derive.exercises.mistakes.edits import Factors, at_each, each_product, everywhere, factors_of, mapped_quantities
from derive.exercises.mistakes.mistake import Example, Mistake
from derive.exercises.mistakes.setting import Link, Setting
from derive.writing.index import Index, index
from derive.writing.matrices import Array, Transpose
from derive.writing.nodes import Expr, Fold, Gradient, Negative, Product, Quantity, Sum
from derive.writing.walk import free_symbols, replaced, substitute


def indices_swapped(expr: Expr, setting: Setting) -> Iterator[Expr]:
    """delta[j]*a[k] => delta[k]*a[j], for the derivative by w[j,k]"""
    if setting.by.family in setting.matrices and len(setting.by.indices) >= 2:
        first, second = setting.by.indices[-2:]
        exchange = {first: second, second: first}
        yield mapped_quantities(expr, lambda q: _placed(q, tuple(exchange.get(i, i) for i in q.indices)))


def _placed(quantity: Quantity, indices: tuple[Index, ...]) -> Quantity:
    return Quantity(quantity.family, quantity.label, indices)


def _turned(quantity: Quantity) -> Quantity:
    return _placed(quantity, (*quantity.indices[:-2], quantity.indices[-1], quantity.indices[-2]))


def weight_turned(expr: Expr, setting: Setting) -> Iterator[Expr]:
    """sum(w[j,k]*delta[j]) => sum(w[k,j]*delta[j]), and W^T*delta => W*delta"""

    def turned(node: Expr) -> Iterator[Expr]:
        match node:
            case Transpose(Array() as array) if array.quantity.family in setting.matrices:
                yield array
            case Quantity(family) if family in setting.matrices and len(set(node.indices[-2:])) == 2:
                yield _turned(node)
            case Fold():
                yield from _turned_with_range(node, setting)

    return at_each(expr, turned)


def _turned_with_range(fold: Fold, setting: Setting) -> Iterator[Expr]:
    """sum(w[j,k]*delta[j] for j in range(n)) => sum(w[k,j]*delta[j] for j in range(m)), for w with n rows, m columns"""
    factors = factors_of(fold.body)
    for place, factor in enumerate(factors.flat):
        if isinstance(factor, Quantity) and factor.indices[-2:-1] == (index(fold.symbol),):
            link = setting.link_of(factor)
            if link is not None and not link.slides and link.size != fold.upper:
                yield replace(fold, body=factors.changed({place: _turned(factor)}), lower=index(0), upper=link.size)


def weight_of_layer(expr: Expr, setting: Setting) -> Iterator[Expr]:
    """w(l+1)[j,k] => w(l)[j,k]"""

    def below(node: Expr) -> Iterator[Expr]:
        if isinstance(node, Quantity) and node.family in setting.weights:
            label = node.label
            if label is not None and label != index(1):
                yield Quantity(node.family, label - 1, node.indices)

    return at_each(expr, below)


def weight_of_gate(expr: Expr, setting: Setting) -> Iterator[Expr]:
    """sum(delta_f[j]*U_f[j,k]) => sum(delta_f[j]*U_i[j,k]), where both flow into one sum"""

    def exchanged(node: Expr) -> Iterator[Expr]:
        gates = [q for t in node.terms for q in _summed_weights(t, setting)] if isinstance(node, Sum) else []
        for gate, other in pairwise(gates):
            if gate.family != other.family and gate.indices == other.indices:
                wrong = Quantity(other.family, other.label, other.indices)
                yield replaced(node, {gate: wrong})

    return at_each(expr, exchanged)


def _summed_weights(term: Expr, setting: Setting) -> Iterator[Quantity]:
    for fold in (f for f in factors_of(term).flat if isinstance(f, Fold)):
        yield from (f for f in factors_of(fold.body).flat if isinstance(f, Quantity) and f.family in setting.weights)


def weight_updated(expr: Expr, setting: Setting) -> Iterator[Expr]:
    """w[j,k] => w[j,k] - eta*d(C)/d(w[j,k]): the weights after the step, in the deltas of the layer below"""

    def updated(node: Expr) -> Iterator[Expr]:
        own = (setting.by.family, setting.by.label)
        if isinstance(node, Quantity) and node.family in setting.weights and (node.family, node.label) != own:
            yield _after_the_step(node, setting)

    return at_each(expr, updated)


def _after_the_step(weight: Quantity, setting: Setting) -> Expr:
    rate = Quantity("eta" if "eta" not in setting.model.families else "rate")
    return Sum((weight, Negative(Product((rate, Gradient(setting.of, weight))))))


# ---------------------------------------------------------------- what the weight is multiplied with


def _each_source(expr: Expr, setting: Setting, wrong: Callable[[Quantity, Link], Quantity | None]) -> Iterator[Expr]:
    """The activation with which the weight of the target is multiplied, replaced wherever it is a factor."""
    link = setting.link_of(setting.by)
    if link is None:
        return

    def replaced_in(factors: Factors) -> Iterator[Expr]:
        alone = len(factors.flat) == 1 and factors.of != (expr,)
        for place, factor in enumerate(factors.flat):
            if not alone and isinstance(factor, Quantity) and _is_source(factor, link.source):
                new = wrong(factor, link)
                if new is not None:
                    yield factors.changed({place: new})

    yield from each_product(expr, replaced_in)


def _is_source(factor: Quantity, source: Quantity) -> bool:
    """Whether a factor is what a weight is multiplied with; the letter of a time step may be another one."""
    if (factor.family, factor.label, len(factor.indices)) != (source.family, source.label, len(source.indices)):
        return False
    if factor.indices[-1:] != source.indices[-1:]:
        return False
    return all(i.constant == j.constant for i, j in zip(factor.indices, source.indices, strict=True))


def _is_shifted(source: Quantity) -> bool:
    return any(i.symbols and i.constant for i in source.indices)


def activation_of_layer(expr: Expr, setting: Setting) -> Iterator[Expr]:
    """a(L-1)[k] => a(L)[k]"""

    def above(source: Quantity, link: Link) -> Quantity | None:
        own = setting.above(link.to)
        if own is None or _is_shifted(source) or not source.indices:
            return None
        return _placed(own, (*own.indices[:-1], source.indices[-1]))

    return _each_source(expr, setting, above)


def step_not_shifted(expr: Expr, setting: Setting) -> Iterator[Expr]:
    """h[t-1,k] => h[t,k]"""

    def now(source: Quantity, _: Link) -> Quantity | None:
        return _placed(source, tuple(i - i.constant if i.symbols else i for i in source.indices))

    return _each_source(expr, setting, now)


def pre_activation_of_layer(expr: Expr, setting: Setting) -> Iterator[Expr]:
    """a(L-1)[k] => z(L-1)[k]"""
    return _each_source(expr, setting, lambda source, _: setting.before(source))


# ---------------------------------------------------------------- letters


def letter_collides(expr: Expr, setting: Setting) -> Iterator[Expr]:
    """sum(delta[i]*w[i,k]) => sum(delta[k]*w[i,k]): a letter of the target in the place of the sum's"""

    def collided(node: Expr) -> Iterator[Expr]:
        if not isinstance(node, Fold) or not setting.by.indices or setting.counts(node):
            return
        factors = factors_of(node.body)
        moving = [i for i, f in enumerate(factors.flat) if node.symbol in free_symbols(f)]
        flowing = [i for i in moving if setting.flows(factors.flat[i])]
        if len(moving) > 1 and flowing:
            place = flowing[0]
            new = substitute(factors.flat[place], {node.symbol: setting.by.indices[-1]})
            yield replace(node, body=factors.changed({place: new}))

    return at_each(expr, collided)


def kernel_not_turned(expr: Expr, setting: Setting) -> Iterator[Expr]:
    """sum(dz[j]*w[i-j]) => sum(dz[j]*w[K-1-i+j]): the kernel runs the other way"""
    sizes = {link.weight.family: link.size for link in setting.links if link.slides}

    def turned(node: Expr) -> Iterator[Expr]:
        if isinstance(node, Quantity) and node.family in sizes:
            size = sizes[node.family]
            for place, i in enumerate(node.indices):
                if i.symbol is None and any(c < 0 for monomial, c in i.terms if monomial):
                    yield _placed(node, (*node.indices[:place], size - 1 - i, *node.indices[place + 1 :]))

    return everywhere(expr, turned)


def block_of_weights(expr: Expr, setting: Setting) -> Iterator[Expr]:
    """w[j,n+k] => w[j,k]: the block that belongs to another part of the input"""
    sizes = [index(s) for s in sorted(fixed_symbols(setting.model), key=lambda s: s.order)]

    def first(node: Expr) -> Iterator[Expr]:
        if isinstance(node, Quantity) and node.family in setting.weights:
            for place, i in enumerate(node.indices):
                for size in sizes:
                    if len(i.terms) > 1 and (i - size).symbols.isdisjoint(size.symbols):
                        yield _placed(node, (*node.indices[:place], i - size, *node.indices[place + 1 :]))

    return at_each(expr, first)


# Recurrent weights that stand beside those of the input in one matrix
JOINED = """
C = 1/2*sum((a[j] - y[j])**2 for j in range(n))
a[j] = tanh(z[j]) for j in range(n)
z[j] = sum(w[j,k]*h[k] for k in range(n)) + sum(w[j,n+k]*x[k] for k in range(m)) + b[j] for j in range(n)
"""
INDICES = (
    Mistake("indices_swapped", "index", indices_swapped, Example("lesson", "C0", "w(L)[j,k]")),
    Mistake("weight_turned", "matrix", weight_turned, Example("lesson", "C0", "a(L-1)[k]", "matrix")),
    Mistake("weight_of_layer", "index", weight_of_layer, Example("mazur", "E", "w(1)[j,k]")),
    Mistake("weight_of_gate", "recurrence", weight_of_gate, Example("lstm", "loss", "h[t,k]")),
    Mistake("weight_updated", "update", weight_updated, Example("mazur", "E", "w(1)[j,k]")),
    Mistake("activation_of_layer", "index", activation_of_layer, Example("lesson", "C0", "w(L)[j,k]")),
    Mistake("step_not_shifted", "recurrence", step_not_shifted, Example("rnn", "loss", "W[i,k]")),
    Mistake("pre_activation_of_layer", "index", pre_activation_of_layer, Example("mazur", "E", "w(2)[j,k]")),
    Mistake("letter_collides", "index", letter_collides, Example("lesson", "C0", "a(L-1)[k]")),
    Mistake("kernel_not_turned", "convolution", kernel_not_turned, Example("conv1d", "loss", "x[c,i]")),
    Mistake("block_of_weights", "index", block_of_weights, Example(JOINED, "C", "x[k]")),
)
