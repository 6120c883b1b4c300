"""What a mistake needs to know of a model, read off the structure of its equations, never off names."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from fractions import Fraction
from functools import cached_property
from typing import Literal, NamedTuple

from derive.calculus.derivation import Derivation
from derive.exercises.mistakes.edits import Factors, bare, factors_of
from derive.exercises.mistakes.patterns import (
    bias_terms,
    bound,
    difference,
    is_half,
    is_size,
    letters_of,
    quantities_and_names,
    symbol_in,
)
from derive.model.functions import derivative_of, known
from derive.model.model import Equation, Model, Range
from derive.writing.index import Index, Symbol, index
from derive.writing.nodes import (
    Apply,
    Expr,
    Fold,
    Function,
    Gradient,
    Number,
    Power,
    Product,
    Quantity,
    Quotient,
    Sum,
)
from derive.writing.walk import quantities, replaced, substitute, walk


class Link(NamedTuple):
    """A product of two elements under a sum: `weight` leads to `to` from `source`, `size` of them by their `symbol`."""

    to: Quantity
    weight: Quantity
    source: Quantity
    symbol: Symbol
    size: Index

    @property
    def slides(self) -> bool:
        """Whether the weight is a kernel: what it is multiplied with is shifted by the letter of the sum."""
        return any(self.symbol in i.symbols and i.symbol is None for i in self.source.indices)


@dataclass(frozen=True)
class Setting:
    """A line of a derivation: the derivative of `of` by `by`, whose letters have `ranges`."""

    model: Model
    of: Quantity
    by: Quantity
    ranges: Mapping[Symbol, Range]

    def at(self, by: Quantity, ranges: Mapping[Symbol, Range]) -> Setting:
        """The setting of another line: the derivative by another quantity."""
        return replace(self, by=by, ranges={**self.ranges, **ranges})

    # ------------------------------------------------------------ activations

    @cached_property
    def activations(self) -> tuple[Equation, ...]:
        """The equations a = f(…) with a function of one argument that is applied element by element."""
        return tuple(
            e
            for e in self.model.equations
            if e.left.indices and isinstance(e.right, Apply) and len(e.right.arguments) == 1
        )

    @cached_property
    def activation_families(self) -> frozenset[str]:
        return frozenset(e.left.family for e in self.activations)

    def applied(self, activation: Quantity) -> Apply | None:
        """f(z) for an activation a."""
        for equation in self.activations:
            binding = bound(equation.left, activation)
            if binding is not None:
                found = substitute(equation.right, binding)
                return found if isinstance(found, Apply) else None
        return None

    def before(self, activation: Quantity) -> Quantity | None:
        """z for an activation a, where a single element is put in."""
        applied = self.applied(activation)
        return applied.arguments[0] if applied and isinstance(applied.arguments[0], Quantity) else None

    def after(self, argument: Quantity) -> Quantity | None:
        """a for a pre-activation z."""
        for equation in self.activations:
            right = equation.right
            if isinstance(right, Apply) and isinstance(right.arguments[0], Quantity):
                binding = bound(right.arguments[0], argument)
                if binding is not None:
                    return substitute(equation.left, binding)
        return None

    def above(self, to: Quantity) -> Quantity | None:
        """What is computed from an element, node by node: a for z, a probability for what softmax is given."""
        for equation in self.model.uses.get(to.family, ()):
            for mention in quantities(equation.right):
                binding = bound(mention, to) if mention.indices == equation.left.indices else None
                if mention.family == to.family and binding is not None and to.indices:
                    return substitute(equation.left, binding)
        return None

    def slopes(self, activation: Quantity) -> Iterator[Expr]:
        """The derivative of an activation in every way in which it is written: f'(z), a(1 - a), a case distinction."""
        applied = self.applied(activation)
        if applied is None:
            return
        function, (argument,) = applied.function, applied.arguments
        yield Apply(Function(function.name, function.label, (1,)), (argument,))
        if known(function.name) is not None:
            form = derivative_of(function.name)
            yield replaced(form, {Quantity("z"): argument, Quantity("a"): activation})
            yield replaced(form, {Quantity("z"): argument, Quantity("a"): applied})

    # ------------------------------------------------------------ layers

    @cached_property
    def links(self) -> tuple[Link, ...]:
        """Every weighted sum of the model."""
        return tuple(link for equation in self.model.equations for link in self._links_in(equation))

    def _links_in(self, equation: Equation) -> Iterator[Link]:
        for fold in (n for n in walk(equation.right) if isinstance(n, Fold) and n.kind == "sum"):
            summed = [f for f in factors_of(fold.body).flat if isinstance(f, Quantity) and symbol_in(f, fold.symbol)]
            weight = next((q for q in summed if self._weighs(q, summed, equation)), None)
            if weight is not None:
                source = next(q for q in reversed(summed) if q != weight)
                yield Link(equation.left, weight, source, fold.symbol, fold.upper - fold.lower)

    def _weighs(self, weight: Quantity, summed: list[Quantity], equation: Equation) -> bool:
        """Whether a factor of a sum is given and has those letters of the left side that number nodes, and no others.

        Nodes are numbered by the letters of a bias; without a bias, by the letters that only one factor has.
        """
        if weight.family not in self.model.given or len(summed) < 2:
            return False
        own, left = letters_of(weight), letters_of(equation.left)
        biases = [letters_of(term) & left for term in bias_terms(equation, self.model)]
        if biases:
            return own & left == frozenset().union(*biases)
        return bool(own & left) and not any(letters_of(q) & left for q in summed if q != weight)

    @cached_property
    def weights(self) -> frozenset[str]:
        return frozenset(link.weight.family for link in self.links)

    @cached_property
    def matrices(self) -> frozenset[str]:
        """The weights that have a transpose: those of layers, not the kernels that slide over what they weigh."""
        shifted = {link.weight.family for link in self.links if link.slides}
        return self.weights - shifted

    def link_of(self, weight: Quantity) -> Link | None:
        """The weighted sum in which an element of a weight stands."""
        for link in self.links:
            binding = bound(link.weight, weight)
            if binding is not None:
                to, own, source = (substitute(q, binding) for q in (link.to, link.weight, link.source))
                return Link(to, own, source, link.symbol, link.size.substitute(binding))
        return None

    @cached_property
    def biases(self) -> Mapping[str, tuple[Quantity, Quantity]]:
        """Given families that are added to a weighted sum, each with the element it is added to."""
        found: dict[str, tuple[Quantity, Quantity]] = {}
        for equation in self.model.equations:
            found |= {term.family: (term, equation.left) for term in bias_terms(equation, self.model)}
        return found

    # ------------------------------------------------------------ the loss

    @cached_property
    def loss(self) -> Expr:
        """What defines the loss."""
        return self.model.definitions[self.of.family][0].right

    @cached_property
    def compared(self) -> tuple[tuple[Quantity, Quantity], ...]:
        """(output, target) for every pair that the loss compares: in a square, or by y*log(p)."""
        return (*self.squared, *self.crossed)

    @cached_property
    def squared(self) -> tuple[tuple[Quantity, Quantity], ...]:
        """(a, y) in every square (a - y)**2 or (y - a)**2 of the loss."""
        bases = (bare(n.base) for n in walk(self.loss) if isinstance(n, Power) and n.exponent == Number(Fraction(2)))
        return tuple(pair for base in bases if (pair := self._output_first(difference(base))) is not None)

    @cached_property
    def crossed(self) -> tuple[tuple[Quantity, Quantity], ...]:
        """(p, y) in every y*log(p) of the loss."""
        found: list[tuple[Quantity, Quantity]] = []
        for node in walk(self.loss):
            factors = factors_of(node).flat if isinstance(node, Product) else ()
            for y in factors:
                found += [
                    (n.arguments[0], y)
                    for n in factors
                    if isinstance(y, Quantity)
                    and isinstance(n, Apply)
                    and n.function.name == "log"
                    and isinstance(n.arguments[0], Quantity)
                ]
        return tuple(found)

    def _output_first(self, pair: tuple[Quantity, Quantity] | None) -> tuple[Quantity, Quantity] | None:
        if pair is None or (pair[0].family in self.model.given) == (pair[1].family in self.model.given):
            return None
        return pair if pair[1].family in self.model.given else (pair[1], pair[0])

    def residual(self, expr: Expr) -> tuple[Quantity, Quantity] | None:
        """(output, target) where an expression is the difference of the two, either way round."""
        pair = self._output_first(difference(expr))
        families = {(a.family, y.family) for a, y in self.compared}
        return pair if pair is not None and (pair[0].family, pair[1].family) in families else None

    def is_output(self, quantity: Quantity) -> bool:
        """Whether the loss compares a quantity with its target."""
        return any(a.label == quantity.label and bound(a, quantity) is not None for a, _ in self.compared)

    @cached_property
    def penalties(self) -> Mapping[str, Expr]:
        """The parameters whose squares are added to the loss, each with the factor in front."""
        found: dict[str, Expr] = {}
        for term in self.loss.terms if isinstance(self.loss, Sum) else ():
            for fold in (f for f in factors_of(term).flat if isinstance(f, Fold | Power)):
                body = bare(fold.body) if isinstance(fold, Fold) else fold
                if isinstance(body, Power) and isinstance(body.base, Quantity):
                    front = tuple(f for f in factors_of(term).flat if f != fold)
                    found[body.base.family] = front[0] if len(front) == 1 else Product(front)
        return found

    @cached_property
    def strengths(self) -> frozenset[str]:
        """The families in front of the penalties."""
        return frozenset(q.family for front in self.penalties.values() for q in quantities(front))

    def is_penalty(self, factors: Factors) -> bool:
        """Whether a product comes from a penalty."""
        return any(q.family in self.strengths for f in factors.flat for q in quantities_and_names(f))

    @cached_property
    def halved(self) -> bool:
        """Whether every square of the loss has 1/2 in front."""
        return any(is_half(f) for n in walk(self.loss) if isinstance(n, Expr) for f in factors_of(n).flat)

    # ------------------------------------------------------------ samples, positions, statistics

    @cached_property
    def _shifted(self) -> frozenset[tuple[str, int]]:
        """The places of letters that are read elsewhere than they are written: time steps, positions of a kernel."""
        return frozenset(
            (q.family, place)
            for q in (link.source for link in self.links)
            for place, i in enumerate(q.indices)
            if i.symbol is None and i.value is None
        )

    @cached_property
    def _counting(self) -> Mapping[tuple[str, int], bool]:
        """The places of letters that the weights do not have: whether they count samples, rather than positions."""
        found: dict[tuple[str, int], bool] = {}
        for link in self.links:
            for place, i in enumerate(link.to.indices):
                if i.symbol is None or symbol_in(link.weight, i.symbol):
                    continue
                sources = [(link.source.family, p) for p, j in enumerate(link.source.indices) if i.symbol in j.symbols]
                sample = all(at not in self._shifted for at in sources)
                for family in {link.to.family, *self._above(link.to)}:
                    found[family, place] = found.get((family, place), True) and sample
        return found

    def _above(self, quantity: Quantity) -> Iterator[str]:
        """The families that are computed from one, index by index."""
        for equation in self.model.uses.get(quantity.family, ()):
            if equation.left.indices and equation.left.indices[:1] == quantity.indices[:1]:
                yield equation.left.family

    def counts(self, fold: Fold) -> Literal["samples", "positions"] | None:
        """What a sum runs over where that is no layer: samples, or the positions and time steps that share weights."""
        symbol = index(fold.symbol)
        samples = [
            self._counting[q.family, place]
            for q in quantities_and_names(fold.body)
            for place, i in enumerate(q.indices)
            if i == symbol and (q.family, place) in self._counting
        ]
        return None if not samples else "samples" if all(samples) else "positions"

    @cached_property
    def averages(self) -> frozenset[str]:
        """The families that are means over an index: 1/m times a sum."""
        return frozenset(
            e.left.family
            for e in self.model.equations
            if any(isinstance(f, Quotient) and is_size(f.denominator) for f in factors_of(e.right).flat)
            and any(isinstance(f, Fold) for f in factors_of(e.right).flat)
            and e.left.family != self.of.family
        )

    @cached_property
    def has_mean(self) -> bool:
        """Whether the loss is a mean: it has a size in a denominator outside its penalties."""
        quotients = (n for n in walk(self.loss) if isinstance(n, Quotient) and is_size(n.denominator))
        return any(self.strengths.isdisjoint(q.family for q in quantities(n)) for n in quotients)

    def flows(self, expr: Expr) -> bool:
        """Whether an expression carries what comes from the loss: a residual, or a derivative of the loss."""
        return any(isinstance(n, Gradient) or (isinstance(n, Sum) and self.residual(n)) for n in walk(expr))


def setting_of(derivation: Derivation) -> Setting:
    """The setting of a derivation's result."""
    return Setting(derivation.model, derivation.of, derivation.by, derivation.target.facts.ranges)
