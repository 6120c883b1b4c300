"""What trees evaluate to, in any arithmetic: one function for expressions, one for conditions."""

from __future__ import annotations

import operator
from collections.abc import Callable, Iterator, Sequence
from functools import singledispatch
from itertools import pairwise

from derive.errors import TooLarge
from derive.writing import nodes as written
from derive.writing.dual import Dual, Num, nth_derivative
from derive.writing.index import Symbol
from derive.writing.numbers import EXTREMES, PRIMITIVES, OutsideDomain, agree, extreme, has_kink, power
from derive.writing.scene import Scene

# An index that a condition leaves out is looked for among this many; no sum that people write out skips more.
_SKIPPED = 1000


@singledispatch
def evaluate(node: written.Node, _scene: Scene) -> Num:
    """The value of an expression in a scene; OutsideDomain where it has none."""
    raise TypeError(f"evaluate has no rule for {type(node).__name__}")


@evaluate.register(written.Number)
def _number(node: written.Number, scene: Scene) -> Num:
    return scene.number(node.value)


@evaluate.register(written.Constant)
def _constant(node: written.Constant, scene: Scene) -> Num:
    return scene.constant(node.name)


@evaluate.register(written.Quantity)
def _quantity(node: written.Quantity, scene: Scene) -> Num:
    return scene.element(scene.located(node))


@evaluate.register(written.IndexValue)
def _index_value(node: written.IndexValue, scene: Scene) -> Num:
    return scene.number(scene.index(node.index))


@evaluate.register(written.Delta)
def _delta(node: written.Delta, scene: Scene) -> Num:
    return scene.number(int(scene.index(node.left) == scene.index(node.right)))


@evaluate.register(written.Negative)
def _negative(node: written.Negative, scene: Scene) -> Num:
    return -evaluate(node.body, scene)


@evaluate.register(written.Sum)
def _sum(node: written.Sum, scene: Scene) -> Num:
    values = [evaluate(term, scene) for term in node.terms]
    return sum(values[1:], values[0]) if values else scene.number(0)


@evaluate.register(written.Product)
def _product(node: written.Product, scene: Scene) -> Num:
    value = None
    for factor in node.factors:
        value = evaluate(factor, scene) if value is None else value * evaluate(factor, scene)
    return scene.number(1) if value is None else value


@evaluate.register(written.Power)
def _power(node: written.Power, scene: Scene) -> Num:
    return power(evaluate(node.base, scene), evaluate(node.exponent, scene))


@evaluate.register(written.Quotient)
def _quotient(node: written.Quotient, scene: Scene) -> Num:
    numerator, denominator = evaluate(node.numerator, scene), evaluate(node.denominator, scene)
    try:
        return numerator / denominator
    except ZeroDivisionError:
        raise OutsideDomain(f"{node} divides by 0 here") from None


@evaluate.register(written.Grouped)
def _grouped(node: written.Grouped, scene: Scene) -> Num:
    return evaluate(node.body, scene)


@evaluate.register(written.Apply)
def _apply(node: written.Apply, scene: Scene) -> Num:
    function = node.function
    arguments = [evaluate(argument, scene) for argument in node.arguments]
    orders = function.orders or (0,) * len(arguments)
    if function.label is None and function.name in PRIMITIVES and len(arguments) == 1:
        return nth_derivative(PRIMITIVES[function.name], orders[0], arguments[0])
    if function.label is None and function.name in EXTREMES:
        _check_kink(function.name, arguments, scene)
        return extreme(function.name, orders, arguments)
    label = None if function.label is None else scene.index(function.label)
    return scene.applied(function.name, label, orders, arguments)


def _check_kink(name: str, arguments: list[Num], scene: Scene) -> None:
    if scene.smooth and has_kink(name, arguments):
        raise OutsideDomain(f"{name} has no derivative here, as several of its arguments are equal")


@evaluate.register(written.Partial)
def _partial(node: written.Partial, scene: Scene) -> Num:
    return scene.partial(node.of, scene.located(node.by))


@evaluate.register(written.Gradient)
def _gradient(node: written.Gradient, scene: Scene) -> Num:
    return scene.gradient(scene.located(node.of), scene.located(node.by))


@evaluate.register(written.ExpandedSum)
def _expanded_sum(node: written.ExpandedSum, scene: Scene) -> Num:
    return evaluate(node.sigma, scene)


@evaluate.register(written.Cases)
def _cases(node: written.Cases, scene: Scene) -> Num:
    return evaluate(node.then if holds(node.condition, scene) else node.otherwise, scene)


# ---------------------------------------------------------------- over a range

Bodies = list[tuple[Num, int]]


@evaluate.register(written.Fold)
def _fold(node: written.Fold, scene: Scene) -> Num:
    lower, upper = scene.index(node.lower), scene.index(node.upper)
    return _FOLDS[node.kind](_bodies(node, scene, lower, upper), scene)


def _bodies(fold: written.Fold, scene: Scene, lower: int, upper: int) -> Bodies:
    """(value, count) of the body at every index that is looked at."""
    letters, symbol = scene.letters, fold.symbol
    outer = letters.get(symbol)
    found: Bodies = []
    try:
        for i, count in scene.spread(fold, lower, upper):
            letters[symbol] = i
            if not fold.where or all(holds(condition, scene) for condition in fold.where):
                found.append((evaluate(fold.body, scene), count))
    finally:
        _restore(letters, symbol, outer)
    return found


def _restore(letters: dict[Symbol, int], symbol: Symbol, outer: int | None) -> None:
    if outer is None:
        letters.pop(symbol, None)
    else:
        letters[symbol] = outer


def _total(bodies: Bodies, scene: Scene) -> Num:
    values = [value if count == 1 else value * count for value, count in bodies]
    return sum(values[1:], values[0]) if values else scene.number(0)


def _multiplied(bodies: Bodies, scene: Scene) -> Num:
    total = scene.number(1)
    for value, count in bodies:
        total = total * (value if count == 1 else power(value, scene.number(count)))
    return total


def _extreme_of(name: str) -> Callable[[Bodies, Scene], Num]:
    def chosen(bodies: Bodies, scene: Scene) -> Num:
        if not bodies:
            raise OutsideDomain(f"{name} over an empty range has no value")
        values = [value for value, _ in bodies]
        best = extreme(name, (), values)
        alike = [(value, count) for value, count in bodies if value == best]
        if any(count > 1 for _, count in alike) and any(value.__class__ is Dual for value, _ in alike):
            raise TooLarge(f"{name} over this many equal values has no derivative: take smaller sizes")
        _check_kink(name, values, scene)
        return best

    return chosen


_FOLDS: dict[str, Callable[[Bodies, Scene], Num]] = {
    "sum": _total,
    "prod": _multiplied,
    "max": _extreme_of("max"),
    "min": _extreme_of("min"),
}


# ---------------------------------------------------------------- conditions

_RELATIONS: dict[str, Callable[[Num, Num], bool]] = {
    "==": operator.eq,
    "!=": operator.ne,
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
}


@singledispatch
def holds(condition: written.Node, _scene: Scene) -> bool:
    """Whether a condition is true in a scene."""
    raise TypeError(f"holds has no rule for {type(condition).__name__}")


@holds.register(written.Compare)
def _compare(condition: written.Compare, scene: Scene) -> bool:
    left, right = _side(condition.left, scene), _side(condition.right, scene)
    return bool(_RELATIONS[condition.relation](left, right))


def _side(expr: written.Expr, scene: Scene) -> Num:
    """Indices are compared as whole numbers, whatever the arithmetic."""
    return scene.index(expr.index) if isinstance(expr, written.IndexValue) else evaluate(expr, scene)


@holds.register(written.Logic)
def _logic(condition: written.Logic, scene: Scene) -> bool:
    joined = all if condition.connective == "and" else any
    return joined(holds(part, scene) for part in condition.parts)


@holds.register(written.Not)
def _not(condition: written.Not, scene: Scene) -> bool:
    return not holds(condition.part, scene)


# ---------------------------------------------------------------- sums written out


def shown_terms_hold(expanded: written.ExpandedSum, scene: Scene) -> bool:
    """Whether a sum is written out truly.

    The first and the last index are shown, those between ascend, none is left out without dots, and each written term
    is the body at its index. An index that a condition of the sum leaves out needs no dots. Where two shown indices
    coincide at the values of the letters, the sum as written is not true, and the answer is False.
    """
    fold = expanded.sigma
    lower, upper = scene.index(fold.lower), scene.index(fold.upper)
    shown = [None if i is None else scene.index(i) for i in expanded.shown]
    at = [i for i in shown if i is not None]
    return (
        len(at) == len(expanded.terms)
        and all(lower <= i < upper and _included(fold, i, scene) for i in at)
        and all(_follows(fold, *gap, scene) for gap in _gaps([lower - 1, *shown, max(lower, upper)]))
        and all(_same_term(fold, i, term, scene) for i, term in zip(at, expanded.terms, strict=True))
    )


def _gaps(shown: Sequence[int | None]) -> Iterator[tuple[int, int, bool]]:
    """(index, next index, whether dots may stand for terms between them), from before the first to after the last."""
    numbers = [place for place, i in enumerate(shown) if i is not None]
    for here, there in pairwise(numbers):
        before, after = shown[here], shown[there]
        if before is not None and after is not None:
            yield before, after, there > here + 1


def _follows(fold: written.Fold, before: int, after: int, dots: bool, scene: Scene) -> bool:
    if before >= after:
        return False
    lower, upper = scene.index(fold.lower), scene.index(fold.upper)
    if dots:
        return lower <= before and after < upper
    if not fold.where:
        return after == before + 1
    return after - before <= _SKIPPED and not any(_included(fold, i, scene) for i in range(before + 1, after))


def _included(fold: written.Fold, i: int, scene: Scene) -> bool:
    return bool(_at(fold, i, scene, lambda: all(holds(condition, scene) for condition in fold.where)))


def _same_term(fold: written.Fold, i: int, term: written.Expr, scene: Scene) -> bool:
    body = _at(fold, i, scene, lambda: evaluate(fold.body, scene))
    return agree(body, evaluate(term, scene))


def _at(fold: written.Fold, i: int, scene: Scene, asked: Callable[[], Num]) -> Num:
    """What is asked, with the letter of the fold at i."""
    outer = scene.letters.get(fold.symbol)
    scene.letters[fold.symbol] = i
    try:
        return asked()
    finally:
        _restore(scene.letters, fold.symbol, outer)
