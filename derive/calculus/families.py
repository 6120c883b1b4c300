"""Which families depend on which, and a family's element at letters for its indices."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

from derive.calculus.domains import fixed_symbols
from derive.calculus.matching import arguments, occurrences
from derive.model.model import Model
from derive.writing.index import Index, Symbol, index
from derive.writing.nodes import Apply, Fold, Quantity, Sum
from derive.writing.walk import fresh, quantities, walk


def families_above(model: Model, family: str) -> tuple[str, ...]:
    """The family and all that it is computed from, those that are nearer first."""

    def parents(name: str) -> Iterator[str]:
        return (q.family for equation in model.definitions.get(name, ()) for q in quantities(equation.right))

    return _reached(family, parents)


def families_below(model: Model, family: str) -> tuple[str, ...]:
    """The family and all that is computed from it, those that are nearer first."""
    return _reached(family, lambda name: (equation.left.family for equation in model.uses.get(name, ())))


def _reached(family: str, neighbours: Callable[[str], Iterator[str]]) -> tuple[str, ...]:
    reached = {family: None}
    waiting = [family]
    while waiting:
        new = [name for name in dict.fromkeys(neighbours(waiting.pop(0))) if name not in reached]
        reached |= dict.fromkeys(new)
        waiting += new
    return tuple(reached)


def parameters(model: Model, of: Quantity) -> tuple[Quantity, ...]:
    """Every given family that a quantity depends on, at letters for its indices; what is nearer to it comes first."""
    given = (name for name in families_above(model, of.family) if name not in model.definitions)
    return tuple(quantity for name in given for quantity in lettered(model, name))


def pre_activations(model: Model) -> tuple[str, ...]:
    """The families that a function is applied to, each element by itself: a[j] = g(z[j])."""
    bare = (
        equation.right.arguments[0]
        for equation in model.equations
        if isinstance(equation.right, Apply) and len(equation.right.arguments) == 1
    )
    return tuple(dict.fromkeys(q.family for q in bare if isinstance(q, Quantity) and q.family in model.definitions))


def weights(model: Model) -> frozenset[str]:
    """The families that lead from one node to another: w[j,k] in the sum over k of the equation for node j."""
    return frozenset(
        q.family
        for equation in model.equations
        for fold in walk(equation.right)
        if isinstance(fold, Fold) and fold.kind == "sum"
        for q in quantities(fold.body)
        if q.family not in model.definitions
        and len(q.indices) >= 2
        and fold.symbol in q.indices[-1].symbols
        and any(r.symbol in q.indices[-2].symbols for r in equation.ranges)
    )


def biases(model: Model) -> frozenset[str]:
    """The families that are added to a weighted sum, one for each node: b[j]."""
    own = weights(model)
    return frozenset(
        term.family
        for equation in model.equations
        if isinstance(equation.right, Sum) and any(q.family in own for q in quantities(equation.right))
        for term in equation.right.terms
        if isinstance(term, Quantity) and term.family not in model.definitions and len(term.indices) == 1
    )


def lettered(model: Model, family: str) -> Iterator[Quantity]:
    """A family's element at letters for its indices, as the model calls them: one for each label that is no letter."""
    taken = frozenset(s.name for s in fixed_symbols(model)) | frozenset(model.families)
    found: dict[Index | None, Quantity] = {}
    for equation in model.uses.get(family, ()):
        for mention, binders in occurrences(equation.right, family):
            bound = {f.symbol for f in binders} | {r.symbol for r in equation.ranges}
            fixed = None if mention.label is None or not mention.label.symbols.isdisjoint(bound) else mention.label
            found.setdefault(fixed, _with_letters(mention, bound, taken))
    yield from found.values()


def _with_letters(mention: Quantity, bound: set[Symbol], taken: frozenset[str]) -> Quantity:
    used = set(taken)
    found: list[Index] = []
    for position, have in enumerate(arguments(mention)):
        is_label = mention.label is not None and position == 0
        if is_label and have.symbols.isdisjoint(bound):
            found.append(have)
            continue
        letter = min(have.symbols & bound, key=lambda s: s.order, default=Symbol("i"))
        letter = fresh(letter, used)
        used.add(letter.name)
        found.append(index(letter))
    return with_arguments(mention, found)


def with_arguments(quantity: Quantity, indices: Sequence[Index]) -> Quantity:
    """The quantity with another label and other indices, given in one row."""
    if quantity.label is None:
        return Quantity(quantity.family, None, tuple(indices))
    return Quantity(quantity.family, indices[0], tuple(indices[1:]))
