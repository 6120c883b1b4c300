"""SymPy's own derivatives: each definition, written out at small sizes, is differentiated by SymPy as well.

It shares nothing with the rules: no index is matched and no delta is sifted, as no letter is left in what SymPy gets.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import TypeVar

import sympy

from derive.calculus.naming import matched
from derive.calculus.steps import Local
from derive.errors import TooLarge
from derive.model.functions import formula_of
from derive.model.model import Equation
from derive.writing.evaluate import holds
from derive.writing.index import Index, index
from derive.writing.meaning import meaning
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
from derive.writing.walk import quantities, rebuilt, substitute, walk

MOST_TERMS = 48
N = TypeVar("N", bound=Node)


def agrees_with_sympy(local: Local, scene: Scene) -> bool | None:
    """Whether SymPy's derivative of the definition is the result, at the scene's sizes and letters.

    None where SymPy cannot tell, or where writing the definition out would take too many terms.
    """
    try:
        definition = concrete(local.definition, scene)
        by = concrete(local.by, scene)
        result = concrete(_unnamed(local), scene)
    except TooLarge:
        return None
    functions = _functions((definition, result))
    theirs = meaning(definition, functions).diff(meaning(by, functions))
    return _zero(theirs - meaning(result, functions))


def _zero(difference: sympy.Expr) -> bool | None:
    """True where SymPy shows that it is 0; numbers decide where no letter is left; None where it cannot tell."""
    for simpler in (sympy.expand, sympy.cancel):
        difference = simpler(difference)
        if difference == 0:
            return True
        if difference.is_number:
            return False
    return None


def _functions(trees: tuple[Node, ...]) -> Mapping[str, sympy.Lambda]:
    """What the catalogue functions in the trees mean to SymPy: their formulas."""
    found: dict[str, sympy.Lambda] = {}
    waiting = [name for tree in trees for name in _applied(tree)]
    while waiting:
        name = waiting.pop()
        formula = formula_of(name)
        if name not in found and formula is not None:
            inner = _functions((formula,))
            found |= {**inner, name: sympy.Lambda(meaning(Quantity("z")), meaning(formula, inner))}
    return found


def _applied(tree: Node) -> Iterator[str]:
    return (n.function.name for n in walk(tree) if isinstance(n, Apply))


def _unnamed(local: Local) -> Expr:
    """The result with the names written out that the definition itself does not use."""
    own = frozenset(quantities(local.definition))
    return _opened(local.result, local.equation, own)  # type: ignore[return-value]


def _opened(node: Node, equation: Equation, own: frozenset[Quantity]) -> Node:
    if isinstance(node, Quantity) and node.family == equation.left.family and node not in own:
        binding = matched(equation.left, node, {r.symbol for r in equation.ranges}, {})
        return node if binding is None else substitute(equation.right, binding)
    return rebuilt(node, lambda part: _opened(part, equation, own))


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
        case Cases(condition, then, otherwise) if _on_indices(condition):
            return _concrete(then if holds(condition, scene) else otherwise, scene)
    return rebuilt(node, lambda part: _concrete(part, scene), lambda i: _number(i, scene))


def _number(place: Index, scene: Scene) -> Index:
    return index(scene.index(place))


def _on_indices(condition: Condition) -> bool:
    match condition:
        case Compare(_, left, right):
            return isinstance(left, IndexValue) and isinstance(right, IndexValue)
        case Logic(_, parts):
            return all(map(_on_indices, parts))
        case Not(part):
            return _on_indices(part)
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
