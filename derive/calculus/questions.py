"""Questions for SymPy: a definition without letters, what to differentiate it by, and what the rules found.

Each definition is written out at small sizes, so that SymPy shares nothing with the rules: no index is matched and no
delta is sifted, as no letter is left in what it gets.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import TypeVar

from derive.calculus.naming import matched
from derive.calculus.steps import Local
from derive.errors import TooLarge
from derive.writing.evaluate import holds
from derive.writing.index import Index, index
from derive.writing.nodes import (
    ONE,
    ZERO,
    Apply,
    Cases,
    Compare,
    Condition,
    Delta,
    ExpandedSum,
    Expr,
    Fold,
    Function,
    IndexValue,
    Logic,
    Node,
    Not,
    Product,
    Quantity,
    Sum,
)
from derive.writing.scene import Scene
from derive.writing.walk import quantities, rebuilt, substitute

MOST_TERMS = 48
Answer = bool | None  # None: SymPy cannot tell
N = TypeVar("N", bound=Node)


@dataclass(frozen=True)
class Question:
    """Is d(definition)/d(by) = result?"""

    definition: Expr
    by: Quantity
    result: Expr


Ask = Callable[[Sequence[Question]], Callable[[], Sequence[Answer]]]


def question(local: Local, scene: Scene) -> Question | None:
    """A local derivative at the scene's sizes and letters; None where writing it out would take too many terms."""
    try:
        definition = concrete(local.definition, scene)
        return Question(definition, concrete(local.by, scene), _unnamed(local, definition, scene))
    except TooLarge:
        return None


def _unnamed(local: Local, definition: Expr, scene: Scene) -> Expr:
    """The result, with the names written out that the definition itself does not use."""
    own = frozenset(quantities(definition))
    equation, letters = local.equation, {r.symbol for r in local.equation.ranges}
    left = rebuilt(equation.left, lambda part: part, lambda i: i if i.symbols & letters else _number(i, scene))

    def opened(node: Node) -> Node:
        if isinstance(node, Quantity) and node.family == left.family and node not in own:
            binding = matched(left, node, letters, {})
            return node if binding is None else concrete(substitute(equation.right, binding), scene)
        return rebuilt(node, opened)

    return opened(concrete(local.result, scene))  # type: ignore[return-value]


# ---------------------------------------------------------------- without letters


def concrete(node: N, scene: Scene) -> N:
    """The tree with every letter and size replaced by its number, and every sum written out."""
    return _concrete(node, scene)  # type: ignore[return-value]


def _concrete(node: Node, scene: Scene) -> Node:
    match node:
        case ExpandedSum(sigma):
            return _concrete(sigma, scene)
        case Fold():
            return _FOLDS[node.kind](tuple(_bodies(node, scene)))
        case Delta(left, right):
            return ONE if scene.index(left) == scene.index(right) else ZERO
        case Cases(condition, then, otherwise) if on_indices(condition):
            return _concrete(then if holds(condition, scene) else otherwise, scene)
    return rebuilt(node, lambda part: _concrete(part, scene), lambda i: _number(i, scene))


def _number(place: Index, scene: Scene) -> Index:
    return index(scene.index(place))


def on_indices(condition: Condition) -> bool:
    """Whether a condition compares nothing but indices, so that it holds whatever the quantities are worth."""
    match condition:
        case Compare(_, left, right):
            return isinstance(left, IndexValue) and isinstance(right, IndexValue)
        case Logic(_, parts):
            return all(map(on_indices, parts))
        case Not(part):
            return on_indices(part)
    return False


def _bodies(fold: Fold, scene: Scene) -> Iterator[Expr]:
    lower, upper = scene.index(fold.lower), scene.index(fold.upper)
    if upper - lower > MOST_TERMS:
        raise TooLarge(f"a sum of {upper - lower} terms is not written out for SymPy")
    outer = scene.letters.get(fold.symbol)
    for i in range(lower, upper):
        scene.letters[fold.symbol] = i
        if all(holds(condition, scene) for condition in fold.where):
            yield concrete(fold.body, scene)
    if outer is None:
        scene.letters.pop(fold.symbol, None)
    else:
        scene.letters[fold.symbol] = outer


_FOLDS: dict[str, Callable[[tuple[Expr, ...]], Expr]] = {
    "sum": Sum,
    "prod": Product,
    "max": lambda bodies: Apply(Function("max"), bodies),
    "min": lambda bodies: Apply(Function("min"), bodies),
}
