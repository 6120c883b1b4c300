"""Which elements of which equations mention a quantity: matching of indices."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache

from derive.calculus.facts import Facts, undecided, within
from derive.model.model import Equation, Model, Range
from derive.writing.index import ZERO, Index, Symbol, index
from derive.writing.nodes import Compare, Condition, ExpandedSum, Expr, Fold, IndexValue, Node, Quantity
from derive.writing.walk import bound_names, fresh, names_in, parts, rebuilt, substitute

Solution = dict[Symbol, Index]
Guards = tuple[Condition, ...]


@dataclass(frozen=True)
class Consumer:
    """The elements of one equation that mention a quantity directly.

    `element = definition` for every value of the letters in `sums`, where all of `guards` hold.
    """

    element: Quantity
    definition: Expr
    sums: tuple[Range, ...]
    guards: tuple[Condition, ...]
    equation: Equation


def arguments(quantity: Quantity) -> tuple[Index, ...]:
    """Label and indices in one row."""
    return quantity.indices if quantity.label is None else (quantity.label, *quantity.indices)


def same_element(left: Quantity, right: Quantity, facts: Facts) -> bool | None:
    """Whether both are the same element of one family: True, False, or None where that is not known."""
    if left.family != right.family:
        return False
    known = [facts.equal(a, b) for a, b in zip(arguments(left), arguments(right), strict=True)]
    if False in known:
        return False
    return None if None in known else True


def occurrences(node: Node, family: str, binders: tuple[Fold, ...] = ()) -> Iterator[tuple[Quantity, tuple[Fold, ...]]]:
    """Every element of the family in the tree, with the folds that bind letters around it.

    What stands in a condition is left out: a condition has no derivative.
    """
    if isinstance(node, Condition):
        return
    if isinstance(node, Quantity) and node.family == family:
        yield node, binders
    if isinstance(node, ExpandedSum):
        node = node.sigma
    inner = (*binders, node) if isinstance(node, Fold) else binders
    for part in parts(node):
        yield from occurrences(part, family, inner)


def consumers(model: Model, quantity: Quantity, facts: Facts, taken: Iterable[str]) -> tuple[Consumer, ...]:
    """The elements that mention the quantity in their own definition, in the order of the model's equations."""
    return _consumers(model.uses.get(quantity.family, ()), quantity, facts, frozenset(taken))


@lru_cache(maxsize=2048)
def _consumers(
    equations: tuple[Equation, ...], quantity: Quantity, facts: Facts, taken: frozenset[str]
) -> tuple[Consumer, ...]:
    found: list[Consumer] = []
    for equation in equations:
        own = apart(equation, taken)
        for solution, guards in _solutions(own, quantity, facts):
            consumer = _instance(own, solution, guards, facts, equation)
            if consumer is not None:
                found.append(consumer)
    return tuple(found)


@lru_cache(maxsize=4096)
def apart(equation: Equation, taken: frozenset[str]) -> Equation:
    """The equation with its free and bound letters renamed so that none of them is taken."""
    used = set(taken)
    renaming: Solution = {}
    own = {r.symbol.name for r in equation.ranges}
    bounds = {s.name for span in equation.ranges for s in span.lower.symbols | span.upper.symbols}
    avoided = used | ((names_in(equation.right) | names_in(equation.left) | bounds) - own)
    for span in equation.ranges:
        letter = fresh(span.symbol, avoided)
        avoided.add(letter.name)
        if letter != span.symbol:
            renaming[span.symbol] = index(letter)
    left, right = substitute(equation.left, renaming), substitute(equation.right, renaming)
    free = {name for i in renaming.values() for name in (s.name for s in i.symbols)} | own
    ranges = tuple(_renamed(span, renaming) for span in equation.ranges)
    return Equation(left, rebound(right, used | free | bounds), ranges, equation.line)


def _renamed(span: Range, renaming: Solution) -> Range:
    letter = renaming.get(span.symbol, index(span.symbol)).symbol or span.symbol
    return Range(letter, span.lower.substitute(renaming), span.upper.substitute(renaming))


def rebound(expr: Expr, taken: set[str]) -> Expr:
    """The expression with every bound letter renamed that is taken outside, to a letter that it has nowhere."""
    if taken.isdisjoint(bound_names(expr)):
        return expr
    return _rebound(expr, taken, names_in(expr))  # type: ignore[return-value]


def _rebound(node: Node, taken: set[str], avoided: frozenset[str]) -> Node:
    if isinstance(node, Fold) and node.symbol.name in taken:
        letter = fresh(node.symbol, taken | avoided | names_in(node))
        change = {node.symbol: index(letter)}
        node = Fold(
            node.kind,
            substitute(node.body, change),
            letter,
            node.lower,
            node.upper,
            tuple(substitute(c, change) for c in node.where),
        )
    inside = taken | {node.symbol.name} if isinstance(node, Fold) else taken
    return rebuilt(node, lambda part: _rebound(part, inside, avoided))


def _solutions(equation: Equation, quantity: Quantity, facts: Facts) -> list[tuple[Solution, Guards]]:
    """How the equation's free letters must be chosen for its right side to mention the quantity, and what must hold.

    A letter that is left out stays free. Different solutions never meet in one element.
    """
    letters = [r.symbol for r in equation.ranges]
    inner = facts.within(equation.ranges)
    found: list[tuple[Solution, Guards]] = []
    for occurrence, binders in occurrences(equation.right, quantity.family):
        solution = _unify(occurrence, binders, quantity, letters, inner)
        if solution is not None and solution not in found:
            found.append(solution)
    return _disjoint(found, facts)


def _unify(
    occurrence: Quantity, binders: tuple[Fold, ...], quantity: Quantity, letters: list[Symbol], facts: Facts
) -> tuple[Solution, Guards] | None:
    """The choice of letters for which `occurrence` can be `quantity`, and what must hold; None where it never is."""
    bound = frozenset(fold.symbol for fold in binders)
    facts = facts.within(Range(f.symbol, f.lower, f.upper) for f in binders)
    solution: Solution = {}
    guards: Guards = ()
    pairs = list(zip(arguments(occurrence), arguments(quantity), strict=True))
    for have, want in sorted(pairs, key=lambda pair: len(pair[0].symbols)):
        difference = have.substitute(solution) - want
        same = facts.equal(difference, ZERO)
        if same is False:
            return None
        if bound.isdisjoint(difference.symbols):
            chosen = solved(difference, [s for s in letters if s not in solution])
            solution |= chosen
            if not chosen and same is None and difference.symbols.isdisjoint(letters):
                guards += (Compare("==", IndexValue(want), IndexValue(have.substitute(solution))),)
    return solution, guards


def solved(difference: Index, letters: Iterable[Symbol]) -> Solution:
    """{letter: index} for the first letter by which `difference = 0` can be solved in whole numbers, or {}."""
    for letter in letters:
        c = difference.coefficient(letter)
        if c in (1, -1):
            rest = difference - index(letter) * c
            return {letter: -rest if c == 1 else rest}
    return {}


def _disjoint(found: list[tuple[Solution, Guards]], facts: Facts) -> list[tuple[Solution, Guards]]:
    """The solutions made disjoint: where two may meet in one element, what they disagree on stays free."""
    for i, (one, guards) in enumerate(found):
        for other, more in found[i + 1 :]:
            if not _exclude(one, other, facts):
                joined = {letter: e for letter, e in one.items() if other.get(letter) == e}
                shared = tuple(g for g in guards if g in more)
                rest = [s for s in found if s not in ((one, guards), (other, more))]
                return _disjoint([(joined, shared), *rest], facts)
    return found


def _exclude(one: Solution, other: Solution, facts: Facts) -> bool:
    return any(letter in other and facts.equal(e, other[letter]) is False for letter, e in one.items())


def _instance(
    equation: Equation, solution: Solution, needed: Guards, facts: Facts, origin: Equation
) -> Consumer | None:
    """The equation at the solution, with the conditions under which that element exists."""
    sums = tuple(
        Range(r.symbol, r.lower.substitute(solution), r.upper.substitute(solution))
        for r in equation.ranges
        if r.symbol not in solution
    )
    spans = [(solution[r.symbol], r) for r in equation.ranges if r.symbol in solution]
    wanted = [c for e, r in spans for c in within(e, _at(r, solution))]
    guards = undecided((*needed, *wanted), facts.within(sums))
    if guards is None:
        return None
    element, definition = substitute(equation.left, solution), substitute(equation.right, solution)
    return Consumer(element, definition, sums, guards, origin)


def _at(span: Range, solution: Solution) -> Range:
    return Range(span.symbol, span.lower.substitute(solution), span.upper.substitute(solution))
