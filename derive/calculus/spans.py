"""Where the elements of a family live: the range of each index, read off the model's own equations."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from derive.calculus.facts import Facts, contrary, differences
from derive.calculus.matching import apart, arguments, solved
from derive.errors import TargetError
from derive.model.model import Equation, Model, Range
from derive.writing.index import ONE, ZERO, Index, Symbol
from derive.writing.nodes import Cases, Condition, ExpandedSum, Fold, Node, Quantity
from derive.writing.walk import Renaming, names_in, parts

Span = tuple[Index, Index]
Ranges = Mapping[Symbol, Range]
Mention = tuple[Quantity, Ranges, tuple[Condition, ...]]  # with the ranges and the conditions around it


def spans_of(model: Model, quantity: Quantity, facts: Facts, only: Equation | None = None) -> dict[int, Span]:
    """{position: (lower, upper)} for the label and indices of a quantity, where the model says the range.

    `facts` are those of the model's sizes. With `only`, where that equation, one of those that define the quantity,
    says it.
    """
    found: dict[int, Span] = {}
    labels: list[Index] = []
    for have, ranges, conditions in sorted(_mentions(model, quantity, only), key=_fixed_last):
        if len(arguments(have)) != len(arguments(quantity)) or (have.label is None) != (quantity.label is None):
            raise TargetError(_shape(quantity, have))
        labels += [have.label] if have.label is not None else []
        if have.label is not None and not _same_label(have.label, quantity, ranges, facts):
            continue
        inner = _at_label(have.label, quantity.label, ranges)
        here = _met(have.label, quantity.label)
        for position, i in enumerate(arguments(have)):
            is_label = position == 0 and have.label is not None
            span = extent(i, ranges if is_label else inner)
            known = found.get(position)
            if span is None or (known and (known[0].substitute(here), known[1].substitute(here)) == span):
                continue
            span = _narrowed(span, i, ranges, conditions, facts)
            found[position] = _joined(known, span, facts)
    if quantity.label is not None and labels and not found and quantity.indices:
        raise TargetError(_no_label(quantity, labels))
    return found


def _fixed_last(mention: Mention) -> bool:
    """x[i] says more of the range of x than x[c] does."""
    have, ranges, _ = mention
    return any(i.symbols and i.symbols.isdisjoint(ranges) for i in have.indices)


def _same_label(label: Index, quantity: Quantity, ranges: Ranges, facts: Facts) -> bool:
    """Whether a mention may carry the quantity's label."""
    if quantity.label is None or not label.symbols.isdisjoint(ranges):
        return True
    if quantity.label.value is not None:
        return facts.equal(label, quantity.label) is not False
    return (label - quantity.label).value in (0, None)


def _at_label(have: Index | None, want: Index | None, ranges: Ranges) -> Ranges:
    """The ranges with the letter of the mention's label replaced: range(n(l)) at l = L - 1 is range(n(L - 1))."""
    if have is None or want is None:
        return ranges
    solution = solved(have - want, [s for s in ranges if s in have.symbols])
    return {
        s: Range(s, r.lower.substitute(solution), r.upper.substitute(solution))
        for s, r in ranges.items()
        if s not in solution
    }


def _met(have: Index | None, want: Index | None) -> Renaming:
    """The label at which a mention speaks of the quantity: at l = L, n(l) is n(L)."""
    if have is None or want is None:
        return {}
    return solved(want - have, sorted(want.symbols - have.symbols, key=lambda s: s.order))


def _shape(quantity: Quantity, have: Quantity) -> str:
    return (
        f"{quantity} is not written as in the model, which has {have}: the same label and number of indices are needed"
    )


def _no_label(quantity: Quantity, labels: list[Index]) -> str:
    known = ", ".join(dict.fromkeys(str(label) for label in labels))
    return f"{quantity} does not exist: {quantity.family} has the label {known} in this model"


def _mentions(model: Model, quantity: Quantity, only: Equation | None) -> Iterator[Mention]:
    """Every mention of a family, definitions first."""
    taken = names_in(quantity)
    for equation in model.definitions.get(quantity.family, ()):
        if only in (None, equation):
            own = apart(equation, taken)
            yield own.left, {r.symbol: r for r in own.ranges}, ()
    for equation in model.uses.get(quantity.family, ()) if only is None else ():
        own = apart(equation, taken)
        yield from _inside(own.right, quantity.family, {r.symbol: r for r in own.ranges}, ())


def _inside(node: Node, family: str, ranges: Ranges, conditions: tuple[Condition, ...]) -> Iterator[Mention]:
    match node:
        case Quantity() if node.family == family:
            yield node, ranges, conditions
        case ExpandedSum(sigma):
            yield from _inside(sigma, family, ranges, conditions)
        case Fold():
            inner = {**ranges, node.symbol: Range(node.symbol, node.lower, node.upper)}
            yield from _inside(node.body, family, inner, (*conditions, *node.where))
            for condition in node.where:
                yield from _inside(condition, family, inner, conditions)
        case Cases(condition, then, otherwise):
            yield from _inside(condition, family, ranges, conditions)
            yield from _inside(then, family, ranges, (*conditions, condition))
            yield from _inside(otherwise, family, ranges, (*conditions, contrary(condition)))
        case _:
            for part in parts(node):
                yield from _inside(part, family, ranges, conditions)


# ---------------------------------------------------------------- from ranges to the ends of an index


def extent(place: Index, ranges: Ranges) -> Span | None:
    """The least value of an index and one more than its greatest, while its letters run over their ranges."""
    least, greatest = _end(place, ranges, -1), _end(place, ranges, 1)
    return None if least is None or greatest is None else (least, greatest + 1)


def _end(place: Index, ranges: Ranges, sign: int) -> Index | None:
    """The least (-1) or greatest (1) value; a range that speaks of another letter, as j <= i does, comes first."""
    for _ in ranges:
        letters = sorted(place.symbols & ranges.keys(), key=lambda s: s.order)
        if not letters:
            break
        outer = {s for other in letters for s in ranges[other].lower.symbols | ranges[other].upper.symbols}
        letter = next((s for s in letters if s not in outer), letters[0])
        c = place.coefficient(letter)
        if c is None:
            return None
        span = ranges[letter]
        place = place.substitute({letter: span.upper - 1 if c * sign > 0 else span.lower})
    return place if place.symbols.isdisjoint(ranges) else None


def _narrowed(span: Span, place: Index, ranges: Ranges, conditions: Iterable[Condition], facts: Facts) -> Span:
    """The span, where the conditions around a mention of x[i-p] leave less of it: x[i-p] if 0 <= i-p < n."""
    lower, upper = span
    for difference in (d for condition in conditions for d in differences(condition)):
        least, most = place - difference, place + difference + 1
        if least.symbols.isdisjoint(ranges) and facts.at_least(least - lower, 0):
            lower = least
        if most.symbols.isdisjoint(ranges) and facts.at_least(upper - most, 0):
            upper = most
    return span if facts.at_least(lower - upper, 0) else (lower, upper)


def _joined(old: Span | None, new: Span, facts: Facts) -> Span:
    """The smallest range that holds both; where two sizes cannot be compared, their sum is large enough.

    A fixed index that cannot be compared with a range counts with the greatest value that the model lets it have, and
    where the model is silent, it is believed to lie in a range that has a size.
    """
    if old is None:
        return new
    lower, upper = _least(old[0], new[0], facts), _greatest(old[1], new[1], facts)
    is_fixed = new[1] - new[0] == ONE and new[0].symbols & facts.from_zero
    if not is_fixed or upper in (old[1], new[1]):
        return lower, upper
    comparable = (end for end in _ends(new[1], facts) if facts.at_least(end - old[1], 0))
    return lower, next(comparable, upper if old[1].value is not None else old[1])


def _ends(fixed: Index, facts: Facts) -> Iterator[Index]:
    """What a fixed index may not exceed: n, for c + 1 where c < n."""
    for known in facts.known:
        end = fixed + known
        if end.symbols.isdisjoint(fixed.symbols):
            yield end


def _least(old: Index, new: Index, facts: Facts) -> Index:
    if facts.at_least(old - new, 0):
        return new
    either = facts.at_least(new - old, 0) or not (facts.at_least(old, 0) and facts.at_least(new, 0))
    return old if either else ZERO


def _greatest(old: Index, new: Index, facts: Facts) -> Index:
    if facts.at_least(old - new, 0):
        return old
    return new if facts.at_least(new - old, 0) else old + new
