"""Targets: whether a quantity exists in a model, what its letters range over, and which equation defines it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from derive.calculus.facts import Facts, undecided, within
from derive.calculus.matching import apart, arguments, solved
from derive.calculus.spans import Span, spans_of
from derive.errors import TargetError, unknown
from derive.model.model import Equation, Model, Range
from derive.writing.index import Index, Symbol, index
from derive.writing.nodes import Condition, Fold, Quantity
from derive.writing.walk import free_symbols, names_in, quantities, walk


@dataclass(frozen=True)
class Target:
    """A quantity to differentiate by, with what is known of its letters and the conditions under which it exists."""

    quantity: Quantity
    facts: Facts
    conditions: tuple[Condition, ...]


def target(model: Model, quantity: Quantity) -> Target:
    """The target checked against the model: it exists, and its indices lie in their ranges."""
    if quantity.family not in model.families:
        raise TargetError(str(unknown("quantity", quantity.family, model.families)))
    letters = _letters(model, quantity)
    general = _general(model, quantity, letters)
    spans = spans_of(model, quantity, known_of(model), general)
    ranges = [Range(letters[i], *span) for i, span in spans.items() if i in letters]
    facts = known_of(model).within(ranges)
    wanted: list[Condition] = [] if general is None else list(_beginnings(ranges))
    for position, span in spans.items():
        wanted += _conditions(quantity, position, span, letters, facts)
    return Target(quantity, facts.given(wanted), tuple(wanted))


def known_of(model: Model) -> Facts:
    """What a model says of its sizes and fixed indices."""
    return Facts(sizes=model.sizes, from_zero=fixed_indices(model)).given(model.assumptions)


def _general(model: Model, quantity: Quantity, letters: dict[int, Symbol]) -> Equation | None:
    """The equation that defines the quantity for its letters, where others define it at special indices."""
    definitions = model.definitions.get(quantity.family, ())
    if len(definitions) < 2:
        return None
    fixed = {i for position, i in enumerate(arguments(quantity)) if position not in letters}
    return next((e for e in definitions if _ranged(e) >= letters.keys() and _may_cover(e, quantity, fixed)), None)


def _may_cover(equation: Equation, quantity: Quantity, fixed: set[Index]) -> bool:
    """Whether an equation defines a quantity for some of its letters, its fixed indices lying in the ranges."""
    own = apart(equation, names_in(quantity))
    binding = _binding(own, quantity, None)
    if binding is None:
        return False
    at_fixed = (_replaced(r, binding) for r in own.ranges if binding.get(r.symbol) in fixed)
    return undecided((c for r in at_fixed for c in within(binding[r.symbol], r)), Facts()) is not None


def _ranged(equation: Equation) -> set[int]:
    """The positions at which an equation has letters of its own."""
    own = {r.symbol for r in equation.ranges}
    return {position for position, i in enumerate(arguments(equation.left)) if i.symbol in own}


def _beginnings(ranges: list[Range]) -> Iterator[Condition]:
    """What a letter must at least be, where that is more than 0."""
    return (within(index(r.symbol), r)[0] for r in ranges if r.lower.value != 0)


def covers(equation: Equation, quantity: Quantity, facts: Facts) -> bool:
    """Whether an equation is known to define a quantity: its indices lie in the ranges."""
    own = apart(equation, names_in(quantity))
    binding = _binding(own, quantity, facts)
    if binding is None:
        return False
    wanted = (c for r in own.ranges for c in within(binding.get(r.symbol, index(r.symbol)), _replaced(r, binding)))
    return undecided(wanted, facts) == ()


def _binding(equation: Equation, quantity: Quantity, facts: Facts | None) -> dict[Symbol, Index] | None:
    """The letters for which an equation's left side is the quantity (with facts: is known to be it), or None."""
    letters = [r.symbol for r in equation.ranges]
    binding: dict[Symbol, Index] = {}
    for have, want in zip(arguments(equation.left), arguments(quantity), strict=True):
        difference = have.substitute(binding) - want
        binding |= solved(difference, [s for s in letters if s not in binding])
        rest = have.substitute(binding) - want
        same = (facts or Facts()).equal(rest, index(0))
        if same is False or (facts is not None and same is None):
            return None
    return binding


def _replaced(span: Range, binding: dict[Symbol, Index]) -> Range:
    return Range(span.symbol, span.lower.substitute(binding), span.upper.substitute(binding))


def _conditions(
    quantity: Quantity, position: int, span: Span, letters: dict[int, Symbol], facts: Facts
) -> tuple[Condition, ...]:
    if position in letters:
        return ()
    have = arguments(quantity)[position]
    left = undecided(within(have, Range(Symbol("_"), *span)), facts)
    if left is None:
        raise TargetError(_outside(quantity, position, span, facts))
    return left


def _outside(quantity: Quantity, position: int, span: Span, facts: Facts) -> str:
    have = arguments(quantity)[position]
    what = "label" if quantity.label is not None and position == 0 else "index"
    lower, upper = (facts_value(i, facts) for i in (span[0], span[1] - 1))
    return f"{quantity} does not exist: its {what} {have} must lie between {lower} and {upper}"


def facts_value(bound: Index, facts: Facts) -> str:
    """A bound as a number where the sizes in it are known."""
    if all(s in facts.sizes for monomial, _ in bound.terms for s in monomial):
        return str(bound.evaluate(facts.sizes.__getitem__))
    return str(bound)


def _letters(model: Model, quantity: Quantity) -> dict[int, Symbol]:
    """The positions that hold a bare letter of the target's own: no size and no fixed label of the model."""
    fixed = fixed_symbols(model)
    found = {position: i.symbol for position, i in enumerate(arguments(quantity))}
    return {position: s for position, s in found.items() if s is not None and s not in fixed}


def fixed_symbols(model: Model) -> frozenset[Symbol]:
    """The sizes and label symbols of a model: letters that no equation binds."""
    found: set[Symbol] = set(model.sizes)
    for equation in model.equations:
        bound = {r.symbol for r in equation.ranges}
        for span in equation.ranges:
            found |= (span.lower.symbols | span.upper.symbols) - bound
        found |= {s for i in arguments(equation.left) for s in i.symbols} - bound
        found |= _free(equation) - bound
    return frozenset(found)


def fixed_indices(model: Model) -> frozenset[Symbol]:
    """The letters that no equation binds and that are only used as an index: the c of p[c], which may be 0."""
    found: set[Symbol] = set()
    others: set[Symbol] = set()
    for equation in model.equations:
        found |= {s for node in (equation.left, *quantities(equation.right)) for i in node.indices for s in i.symbols}
        folds = [node for node in walk(equation.right) if isinstance(node, Fold)]
        limits = [*((r.lower, r.upper) for r in equation.ranges), *((f.lower, f.upper) for f in folds)]
        others |= {s for pair in limits for i in pair for s in i.symbols}
    return frozenset(found & fixed_symbols(model)) - others


def _free(equation: Equation) -> frozenset[Symbol]:
    return free_symbols(equation.right)
