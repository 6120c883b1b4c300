"""Where the elements of a family live: the range of each index, read off the model's own equations."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from derive.calculus.facts import Facts, undecided, within
from derive.calculus.matching import apart, arguments, occurrences, solved
from derive.errors import TargetError, unknown
from derive.model.model import Equation, Model, Range
from derive.writing.index import Index, Symbol, index
from derive.writing.nodes import Condition, Fold, Quantity
from derive.writing.walk import free_symbols, names_in

Span = tuple[Index, Index]


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
    spans = spans_of(model, quantity, general)
    ranges = [Range(letters[i], *span) for i, span in spans.items() if i in letters]
    facts = Facts(sizes=model.sizes).within(ranges)
    wanted: list[Condition] = [] if general is None else list(_beginnings(ranges))
    for position, span in spans.items():
        wanted += _conditions(quantity, position, span, letters, facts)
    return Target(quantity, facts.given(wanted), tuple(wanted))


def _general(model: Model, quantity: Quantity, letters: dict[int, Symbol]) -> Equation | None:
    """The equation that defines the quantity for its letters, where others define it at special indices."""
    definitions = model.definitions.get(quantity.family, ())
    if len(definitions) < 2:
        return None
    return next((e for e in definitions if _ranged(e) >= letters.keys() and covers(e, quantity, None)), None)


def _ranged(equation: Equation) -> set[int]:
    """The positions at which an equation has letters of its own."""
    own = {r.symbol for r in equation.ranges}
    return {position for position, i in enumerate(arguments(equation.left)) if i.symbol in own}


def _beginnings(ranges: list[Range]) -> Iterator[Condition]:
    """What a letter must at least be, where that is more than 0."""
    return (within(index(r.symbol), r)[0] for r in ranges if r.lower.value != 0)


def covers(equation: Equation, quantity: Quantity, facts: Facts | None) -> bool:
    """Whether an equation defines a quantity; with facts, only where its indices are known to lie in the ranges."""
    own = apart(equation, names_in(quantity))
    letters = [r.symbol for r in own.ranges]
    binding: dict[Symbol, Index] = {}
    for have, want in zip(arguments(own.left), arguments(quantity), strict=True):
        difference = have.substitute(binding) - want
        binding |= solved(difference, [s for s in letters if s not in binding])
        rest = have.substitute(binding) - want
        if rest.value not in (0, None) or (facts is not None and facts.equal(rest, index(0)) is not True):
            return False
    if facts is None:
        return True
    wanted = (c for r in own.ranges for c in within(binding.get(r.symbol, index(r.symbol)), _replaced(r, binding)))
    return undecided(wanted, facts) == ()


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


def _free(equation: Equation) -> frozenset[Symbol]:
    return free_symbols(equation.right)


def spans_of(model: Model, quantity: Quantity, only: Equation | None = None) -> dict[int, Span]:
    """{position: (lower, upper)} for the label and indices of a quantity, where the model says the range.

    With `only`, where that equation, one of those that define the quantity, says it.
    """
    found: dict[int, Span] = {}
    labels: list[Index] = []
    for have, ranges in _mentions(model, quantity, only):
        if len(arguments(have)) != len(arguments(quantity)) or (have.label is None) != (quantity.label is None):
            raise TargetError(_shape(quantity, have))
        labels += [have.label] if have.label is not None else []
        if have.label is not None and not _same_label(have.label, quantity, ranges):
            continue
        inner = _at_label(have.label, quantity.label, ranges)
        for position, i in enumerate(arguments(have)):
            is_label = position == 0 and have.label is not None
            span = extent(i, ranges if is_label else inner)
            if span is not None:
                found[position] = _joined(found.get(position), span)
    if quantity.label is not None and labels and not found and quantity.indices:
        raise TargetError(_no_label(quantity, labels))
    return found


def _same_label(label: Index, quantity: Quantity, ranges: dict[Symbol, Range]) -> bool:
    """Whether a mention may carry the quantity's label."""
    if quantity.label is None or not label.symbols.isdisjoint(ranges):
        return True
    difference = (label - quantity.label).value
    return difference is None or difference == 0


def _at_label(have: Index | None, want: Index | None, ranges: dict[Symbol, Range]) -> dict[Symbol, Range]:
    """The ranges with the letter of the mention's label replaced: range(n(l)) at l = L - 1 is range(n(L - 1))."""
    if have is None or want is None:
        return ranges
    solution = solved(have - want, [s for s in ranges if s in have.symbols])
    return {
        s: Range(s, r.lower.substitute(solution), r.upper.substitute(solution))
        for s, r in ranges.items()
        if s not in solution
    }


def _shape(quantity: Quantity, have: Quantity) -> str:
    return (
        f"{quantity} is not written as in the model, which has {have}: the same label and number of indices are needed"
    )


def _no_label(quantity: Quantity, labels: list[Index]) -> str:
    known = ", ".join(dict.fromkeys(str(label) for label in labels))
    return f"{quantity} does not exist: {quantity.family} has the label {known} in this model"


def _mentions(
    model: Model, quantity: Quantity, only: Equation | None
) -> Iterator[tuple[Quantity, dict[Symbol, Range]]]:
    """Every mention of a family with the ranges of the letters in it, definitions first."""
    taken = names_in(quantity)
    for equation in model.definitions.get(quantity.family, ()):
        if only in (None, equation):
            own = apart(equation, taken)
            yield own.left, {r.symbol: r for r in own.ranges}
    for equation in model.uses.get(quantity.family, ()) if only is None else ():
        own = apart(equation, taken)
        for found, binders in occurrences(own.right, quantity.family):
            yield found, _ranges(own, binders)


def _ranges(equation: Equation, binders: tuple[Fold, ...]) -> dict[Symbol, Range]:
    inner = {f.symbol: Range(f.symbol, f.lower, f.upper) for f in binders}
    return {r.symbol: r for r in equation.ranges} | inner


def extent(place: Index, ranges: dict[Symbol, Range]) -> Span | None:
    """The least value of an index and one more than its greatest, while its letters run over their ranges."""
    lower, upper = place, place
    if place.symbols.isdisjoint(ranges):
        return None if place.symbols else (place, place + 1)
    for letter in sorted(place.symbols & ranges.keys(), key=lambda s: s.order):
        c = place.coefficient(letter)
        if c is None:
            return None
        first, last = ranges[letter].lower, ranges[letter].upper - 1
        low, high = (first, last) if c > 0 else (last, first)
        lower, upper = lower.substitute({letter: low}), upper.substitute({letter: high})
    if not (lower.symbols | upper.symbols).isdisjoint(ranges):
        return None
    return lower, upper + 1


def _joined(old: Span | None, new: Span) -> Span:
    """The smallest range that holds both, where that can be said; otherwise the first."""
    if old is None:
        return new
    lower = new[0] if ((new[0] - old[0]).value or 0) < 0 else old[0]
    upper = new[1] if ((new[1] - old[1]).value or 0) > 0 else old[1]
    return lower, upper
