"""A model and the way back through it as one list of equations, the derivatives being quantities like all others."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import cast

from derive.calculus.domains import fixed_symbols, known_of
from derive.calculus.facts import Facts, undecided
from derive.calculus.families import families_above, lettered, with_arguments
from derive.calculus.matching import apart, arguments
from derive.calculus.spans import Span, spans_of
from derive.errors import TargetError, unknown
from derive.model.model import Equation, Model, Range
from derive.views.meeting import reads
from derive.views.upstream import Derivatives
from derive.writing.index import Index, index
from derive.writing.nodes import Cases, Compare, Condition, Expr, Fold, Gradient, IndexValue, Logic, Node, Quantity
from derive.writing.walk import quantities, rebuilt, walk

LARGE = 1000
PREFIXES = ("d", "grad_", "gradient_of_")


@dataclass(frozen=True)
class Program:
    """`forward` computes `of`, `backward` its derivatives: that by the family w is the family `derivatives["w"]`.

    These names begin with `prefix`. `given` is what comes from without, and `wanted` what is differentiated by, both at
    letters for their indices.
    """

    model: Model
    of: Quantity
    forward: tuple[Equation, ...]
    backward: tuple[Equation, ...]
    derivatives: Mapping[str, str]
    prefix: str
    given: tuple[Quantity, ...]
    wanted: tuple[Quantity, ...]


@dataclass(frozen=True)
class Part:
    """Some elements of a family, at letters for their indices; the ranges of the letters where they are special."""

    quantity: Quantity
    ranges: tuple[Range, ...] | None = None


def program(model: Model, of: Quantity, by: Iterable[str] | None = None) -> Program:
    """The equations that lead to `of`, and those that lead from there to its derivatives by some families.

    Without `by`, these are all quantities that are given from without.
    """
    above = families_above(model, of.family)
    read = [*above, *_compared(model)]
    given = [part for family in model.families if family in read for part in given_parts(model, family)]
    wanted = (
        [part for part in given if part.quantity.family in above]
        if by is None
        else [part for family in by for part in _parts(model, family)]
    )
    taken = frozenset(model.families) | {s.name for s in fixed_symbols(model)}
    forward = tuple(apart(e, taken) for e in model.equations if e.left.family in above)
    back = _Back(model, of, above, wanted)
    backward = tuple(apart(e, taken) for e in back.in_order())
    only_compared = (q for q in _compared(model).values() if not any(p.quantity.family == q.family for p in given))
    names = (*(p.quantity for p in given), *only_compared), tuple(p.quantity for p in wanted)
    return Program(model, of, forward, backward, back.names, back.prefix, *names)


def _compared(model: Model) -> dict[str, Quantity]:
    """The given families that stand in conditions, each as it is written there."""
    conditions = (n for e in model.equations for n in walk(e.right) if isinstance(n, Condition))
    return {q.family: q for c in conditions for q in quantities(c) if q.family not in model.definitions}


# ---------------------------------------------------------------- the parts of a family


def _parts(model: Model, family: str) -> Iterator[Part]:
    """The elements of a family as its equations define them, and those given from without."""
    if family not in model.families:
        raise TargetError(str(unknown("quantity", family, model.families)))
    yield from _defined_parts(model, family)
    yield from given_parts(model, family)


def _defined_parts(model: Model, family: str) -> Iterator[Part]:
    return (Part(equation.left, equation.ranges) for equation in model.definitions.get(family, ()))


def given_parts(model: Model, family: str) -> Iterator[Part]:
    """What of a family no equation defines: all of it, or the labels and indices that its equations leave out.

    Layers may be defined from 1 on and read from 0 on; a(L) may be defined and a(L-1) given.
    """
    lefts = [equation.left for equation in model.definitions.get(family, ())]
    for quantity in lettered(model, family):
        if not lefts:
            yield Part(quantity)
        elif not _is_fixed(quantity.label, model):
            yield from _left_out(model, quantity)
        elif all(_is_fixed(left.label, model) and left.label != quantity.label for left in lefts):
            yield Part(quantity)


def _whole(model: Model, quantity: Quantity) -> tuple[Range, ...]:
    """The ranges of the letters of a quantity: all that its family has."""
    found = spans(model, quantity)
    letters = ((place, i.symbol) for place, i in enumerate(arguments(quantity)) if i.symbol not in fixed_symbols(model))
    return tuple(Range(s, *found[place]) for place, s in letters if s is not None and place in found)


def _is_fixed(label: Index | None, model: Model) -> bool:
    return label is not None and label.symbols <= fixed_symbols(model)


def spans(model: Model, quantity: Quantity, only: Equation | None = None) -> dict[int, Span]:
    """{position: (lower, upper)} for the label and indices of a quantity, by one equation or by all.

    Sizes are taken to be large: where y[1] stands beside y[j] for all j below n, the array has n elements.
    """
    large = (Compare(">=", IndexValue(index(s)), IndexValue(index(LARGE))) for s in fixed_symbols(model))
    return spans_of(model, quantity, known_of(model).given(large), only)


def _left_out(model: Model, quantity: Quantity) -> Iterator[Part]:
    """The elements before the first that an equation defines, along each index."""
    whole = spans(model, quantity)
    own = [spans(model, quantity, equation) for equation in model.definitions[quantity.family]]
    for place, (lower, _) in whole.items():
        gaps = [(one[place][0] - lower).value for one in own if place in one]
        indices = list(arguments(quantity))
        letters = [(other, i.symbol) for other, i in enumerate(indices) if other != place and i.symbol is not None]
        ranges = tuple(Range(s, *own[0][other]) for other, s in letters if other in own[0])
        is_label = place == 0 and quantity.label is not None
        for i in range(min((gap for gap in gaps if gap is not None), default=0)):
            fixed = with_arguments(quantity, [*indices[:place], lower + i, *indices[place + 1 :]])
            yield Part(fixed, None if is_label else ranges)


# ---------------------------------------------------------------- the way back


class _Back:
    """The equations of the way back, found from the derivatives that are wanted."""

    def __init__(self, model: Model, of: Quantity, above: tuple[str, ...], wanted: list[Part]) -> None:
        self.model, self.of, self.above, self.wanted = model, of, above, wanted
        between = [e.left for e in model.equations if e.left.family in above and e.left != of]
        self.derivatives = Derivatives(model, of, [*between, *(part.quantity for part in wanted)])
        self.prefix = next(p for p in PREFIXES if not any(p + f in model.families for f in model.families))
        self.names = {family: self.prefix + family for family in model.families}
        self.found: dict[Quantity, Equation] = {}
        for part in wanted:
            self._find(part)

    def _find(self, part: Part) -> None:
        """The equations for the derivative by a part of a family, and by all that it may need."""
        waiting = [part]
        while waiting:
            here = waiting.pop()
            if here.quantity not in self.found and here.quantity != self.of:
                self.found[here.quantity] = self._equation(here)
                formula = self.derivatives.formula(here.quantity)
                cited = dict.fromkeys(n.by.family for n in walk(formula) if isinstance(n, Gradient))
                waiting += [part for family in cited for part in _defined_parts(self.model, family)]

    def in_order(self) -> tuple[Equation, ...]:
        """Those that the wanted ones need, from the loss down."""
        needed = [self.found[part.quantity] for part in self.wanted if part.quantity in self.found]
        for one in needed:  # grows while it is gone through
            needed += [e for e in self.found.values() if e not in needed and reads(one, e)]
        order = {self.names[family]: place for place, family in enumerate(self.above)}
        return tuple(sorted(needed, key=lambda e: order.get(e.left.family, len(order))))

    def _equation(self, part: Part) -> Equation:
        by = part.quantity
        ranges = _whole(self.model, by) if part.ranges is None else part.ranges
        facts = Facts(sizes=self.model.sizes).within(ranges)
        return Equation(self._name(by), self._named(decided(self.derivatives.formula(by), facts)), ranges)

    def _named(self, expr: Expr) -> Expr:
        return cast(Expr, self._renamed(expr))

    def _renamed(self, node: Node) -> Node:
        return self._name(node.by) if isinstance(node, Gradient) else rebuilt(node, self._renamed)

    def _name(self, by: Quantity) -> Quantity:
        return Quantity(self.names[by.family], by.label, by.indices)


def decided(expr: Expr, facts: Facts) -> Expr:
    """The expression without the cases that the ranges of its letters decide."""
    return cast(Expr, _decided(expr, facts))


def _decided(node: Node, facts: Facts) -> Node:
    if isinstance(node, Cases):
        left = undecided(_joined(node.condition), facts)
        if left is None:
            return _decided(node.otherwise, facts)
        if not left:
            return _decided(node.then, facts)
        condition = left[0] if len(left) == 1 else Logic("and", left)
        return rebuilt(Cases(condition, node.then, node.otherwise), lambda part: _decided(part, facts))
    if isinstance(node, Fold):
        facts = facts.within([Range(node.symbol, node.lower, node.upper)])
    return rebuilt(node, lambda part: _decided(part, facts))


def _joined(condition: Condition) -> tuple[Condition, ...]:
    return condition.parts if isinstance(condition, Logic) and condition.connective == "and" else (condition,)
