"""A stage put together: the chain rule, every factor in its place, and the result as a textbook prints it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace

from derive.calculus.chain import Draft, Path, instance_of
from derive.calculus.facts import Facts
from derive.calculus.sifting import guarded
from derive.calculus.simplifying import simplified
from derive.calculus.steps import Detail, Step
from derive.model.model import Model
from derive.writing.nodes import (
    ONE,
    ZERO,
    Cases,
    Compare,
    Condition,
    Expr,
    Fold,
    Gradient,
    Grouped,
    Logic,
    Number,
    Partial,
    Product,
    Quantity,
)
from derive.writing.tidy import plus, times
from derive.writing.walk import free_symbols, substitute, walk

INLINED = 40


@dataclass(frozen=True)
class Stage:
    """The derivative of the loss by one quantity.

    `steps` lead from `Gradient(loss, by)` over the chain rule to `result`. A stage that `stands` keeps its name where
    it is cited; the others are put in place. `recurrent` says that the stage needs itself at another index.
    """

    by: Quantity
    facts: Facts
    paths: tuple[Path, ...]
    steps: tuple[Step, ...]
    result: Expr
    stands: bool
    recurrent: bool


@dataclass(frozen=True)
class Upstream:
    """How what flows in from above is written: the derivatives by the families in `named` by their names.

    Others are put in, where the result stays short; with `unrolled`, wherever there is no recurrence.
    """

    named: frozenset[str] = frozenset()
    unrolled: bool = False

    def stands(self, by: Quantity, result: Expr, drafts: Mapping[Quantity, Draft], recurrent: bool) -> bool:
        """Whether a stage keeps its name where it is cited."""
        if recurrent or by.family in self.named:
            return True
        if self.unrolled:
            return False
        cited = [path for draft in drafts.values() for path in draft.paths if path.stage == by]
        nested = any(path.sums for path in cited) and _has_sum(result)
        often = len(cited) > 1 or len(drafts[by].paths) > 1
        return nested or (often and not _small(result)) or _large(result)


def assembled(
    model: Model,
    loss: Quantity,
    target: Quantity,
    drafts: Mapping[Quantity, Draft],
    upstream: Upstream,
    done: dict[Quantity, Stage],
) -> tuple[Stage, ...]:
    """The stages from the loss down to the target, each after those that it cites (a recurrence cites itself).

    Those that are `done` already are taken from there, and new ones are added to it.
    """
    order = _upstream_first(target, drafts)
    for by in order:
        if by not in done:
            steps = tuple(_steps(model, loss, drafts[by], done, drafts))
            result, recurrent = steps[-1].after, _reaches(by, by, drafts)
            stands = upstream.stands(by, result, drafts, recurrent)
            done[by] = Stage(by, drafts[by].facts, tuple(drafts[by].paths), steps, result, stands, recurrent)
    return tuple(done[by] for by in order)


def _upstream_first(target: Quantity, drafts: Mapping[Quantity, Draft]) -> list[Quantity]:
    """Every stage after those that it cites, as far as recurrences allow; the target's comes last."""
    order: list[Quantity] = []
    entered: set[Quantity] = set()
    waiting: list[tuple[Quantity, bool]] = [(target, False)]
    while waiting:
        by, finished = waiting.pop()
        if finished:
            order.append(by)
        elif by not in entered:
            entered.add(by)
            waiting.append((by, True))
            waiting += [(p.stage, False) for p in reversed(drafts[by].paths) if p.stage is not None]
    return order


def _reaches(start: Quantity, goal: Quantity, drafts: Mapping[Quantity, Draft]) -> bool:
    seen: set[Quantity] = set()
    waiting = [p.stage for p in drafts[start].paths]
    while waiting:
        here = waiting.pop()
        if here == goal:
            return True
        if here is not None and here not in seen:
            seen.add(here)
            waiting += [p.stage for p in drafts[here].paths]
    return False


def _small(expr: Expr) -> bool:
    return sum(1 for _ in walk(expr)) <= 2


def _has_sum(expr: Expr) -> bool:
    return any(isinstance(n, Fold) for n in walk(expr))


def _large(expr: Expr) -> bool:
    return sum(1 for _ in walk(expr)) > INLINED


# ---------------------------------------------------------------- the lines of a stage


def _steps(
    model: Model, loss: Quantity, draft: Draft, done: Mapping[Quantity, Stage], drafts: Mapping[Quantity, Draft]
) -> Iterator[Step]:
    start = Gradient(loss, draft.by)
    if draft.by == loss:
        yield Step(start, ONE, "same", Detail.BRIEF)
        return
    if not draft.paths:
        yield Step(start, ZERO, "no path", Detail.BRIEF)
        return
    chained = _over_paths(draft, lambda path: _symbols(path, loss, draft), draft.facts)
    yield Step(start, chained, "chain rule over paths", Detail.BRIEF)
    put = _over_paths(draft, lambda path: _results(path, loss, done, drafts), draft.facts)
    lines = [Step(chained, put, "substitute", Detail.LESSON), *simplified(put, model, draft.facts)]
    lines[-1] = replace(lines[-1], detail=Detail.BRIEF)
    yield from lines


def _over_paths(draft: Draft, product: Callable[[Path], Expr], facts: Facts) -> Expr:
    """The sum over all paths of the product of each, under its sums and conditions."""
    parts = [(_outer(path), _summed(path, product(path))) for path in draft.paths]
    return _joined([(guard, part) for guard, part in parts if part != ZERO], facts)


def _summed(path: Path, body: Expr) -> Expr:
    inner = tuple(g for g in path.guards if _bound(g, path))
    body = guarded(body, inner)
    for span in reversed(path.sums):
        body = Fold("sum", body, span.symbol, span.lower, span.upper)
    return body


def _bound(guard: Condition, path: Path) -> bool:
    return not free_symbols(guard).isdisjoint({r.symbol for r in path.sums})


def _joined(parts: list[tuple[Condition | None, Expr]], facts: Facts) -> Expr:
    """The parts added up, each where its condition holds: as two cases where exactly one of two holds."""
    grouped: dict[Condition | None, Expr] = {}
    for guard, part in parts:
        grouped[guard] = plus(grouped[guard], part) if guard in grouped else part
    match list(grouped.items()):
        case [(Condition() as first, one), (Condition() as second, other)] if _complementary(first, second, facts):
            return Cases(first, one, other)
    return plus(*(part if guard is None else Cases(guard, part, ZERO) for guard, part in grouped.items()))


def _outer(path: Path) -> Condition | None:
    """What must hold for the path as a whole."""
    left = tuple(g for g in path.guards if not _bound(g, path))
    return None if not left else left[0] if len(left) == 1 else Logic("and", left)


def _complementary(one: Condition, other: Condition, facts: Facts) -> bool:
    """Whether exactly one of two conditions holds, the first being an equality."""
    if facts.given([one]).decide(other) is not False:
        return False
    if not isinstance(one, Compare) or one.relation != "==":
        return False
    below = facts.given([Compare("<", one.left, one.right)]).decide(other)
    above = facts.given([Compare(">", one.left, one.right)])
    return below is True and (above.decide(other) is True or facts.decide(Compare("<=", one.left, one.right)) is True)


def _symbols(path: Path, loss: Quantity, draft: Draft) -> Expr:
    """The factors of a path as derivatives to be found."""
    factors: list[Expr] = [] if path.upstream is None else [Gradient(loss, path.upstream)]
    direct = path.upstream is None and len(path.locals_) == 1 and len(draft.paths) > 1
    factors += [Partial(local.definition if direct else local.element, local.by) for local in path.locals_]
    return factors[0] if len(factors) == 1 else Product(tuple(factors))


def _results(path: Path, loss: Quantity, done: Mapping[Quantity, Stage], drafts: Mapping[Quantity, Draft]) -> Expr:
    """The factors of a path as they were found, all but the first in brackets."""
    found = [] if path.upstream is None else [cited(path, loss, done, drafts)]
    found += [local.short for local in path.locals_]
    if ZERO in found:
        return ZERO
    rest = [f if isinstance(f, Number) or f == ONE else Grouped(f) for f in found[1:]]
    return times(found[0], *(f for f in rest if f != ONE))


def cited(path: Path, loss: Quantity, done: Mapping[Quantity, Stage], drafts: Mapping[Quantity, Draft]) -> Expr:
    """What flows in from above: by its name where its stage stands, otherwise what the stage found."""
    assert path.upstream is not None
    assert path.stage is not None
    stage = done.get(path.stage)
    if stage is None or stage.stands:
        return Gradient(loss, path.upstream)
    renaming = instance_of(path.stage, path.upstream, drafts[path.stage].facts)
    assert renaming is not None  # the pattern was made from this quantity
    return substitute(stage.result, renaming)
