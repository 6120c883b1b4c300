"""The section of one local derivative: definition, at this node, put in, written out, the result, and what it says."""

from __future__ import annotations

from collections.abc import Iterator

from derive.calculus.expanding import place
from derive.calculus.steps import Detail, Local, Step, shown
from derive.documents.functions import functions_of
from derive.pages.blocks import Block, Equations, say
from derive.writing.index import Symbol, index
from derive.writing.nodes import (
    ONE,
    Apply,
    Cases,
    Compare,
    Delta,
    ExpandedSum,
    Expr,
    Fold,
    Grouped,
    IndexValue,
    Negative,
    Node,
    Number,
    Partial,
    Sum,
)
from derive.writing.walk import contains, quantities, walk

LONGEST_READ = 60  # characters of a result that a sentence can take in and a line can hold
ANY_DELTA = Delta(index(0), index(0))  # stands for all of them among what was told
UNNAMED = frozenset({"definition", "simplify", "collapse", "constant", "name"})


def factor_section(local: Local, detail: Detail, told: set[Node]) -> Iterator[Block]:
    """The lines of a local derivative as a reader of this detail wants them; `told` is what the page said before."""
    steps = shown(local.steps, detail)
    yield from _where(local)
    yield from _definition(local)
    yield from functions_of(local, told)
    if detail == Detail.FULL:
        yield from _rule_by_rule(steps, local)
    else:
        yield from _in_blocks(steps, local)
    yield from _delta(steps, told)
    yield from _tie(local, told)
    result = Grouped(local.result) if isinstance(local.result, Sum | Negative) else local.result
    yield say(f"factor.reading.{_kind(local.result)}", element=local.element, by=local.by, result=result)


def _where(local: Local) -> Iterator[Block]:
    """That the factor is only needed for one value of a letter, where that is so."""
    for guard in local.guards:
        if isinstance(guard, Compare) and guard.relation == "==":
            yield say("factor.where", condition=guard)


def _definition(local: Local) -> Iterator[Block]:
    """The definition for any element, then for the one in question where that looks different."""
    equation = local.equation
    yield say("factor.definition", element=equation.left)
    yield Equations(equation.left, (equation.right,))
    letters = _renamed(local)
    if letters:
        yield say("factor.renamed", letters=letters)
    if local.element != equation.left:
        yield say("factor.definition_here", element=local.element)
        yield Equations(local.element, (local.definition,))


def _renamed(local: Local) -> tuple[tuple[Symbol, Symbol], ...]:
    """The letters of sums that had to be renamed at this element, each with its new name."""
    old, new = (
        [n.symbol for n in walk(tree) if isinstance(n, Fold)] for tree in (local.equation.right, local.definition)
    )
    return tuple(dict.fromkeys((a, b) for a, b in zip(old, new, strict=True) if a != b))


def _in_blocks(steps: tuple[Step, ...], local: Local) -> Iterator[Block]:
    """The definition put in; then how the sum is written out, or the rules that lead to the result."""
    written_out = any(step.rule == "expand" for step in steps)
    if not written_out:
        yield say("factor.rules", rules=_rules(steps), by=local.by, element=local.element)
        yield Equations(steps[0].before, tuple(step.after for step in steps))
        return
    yield say("factor.put_in", by=local.by, element=local.element)
    yield Equations(steps[0].before, (steps[0].after,))
    yield from _why_one_term(steps, local)
    yield Equations(steps[0].after, tuple(step.after for step in steps[1:]))


def _delta(steps: tuple[Step, ...], told: set[Node]) -> Iterator[Block]:
    """What a Kronecker delta is, where the first one stands."""
    found = next((n for step in steps for n in walk(step.after) if isinstance(n, Delta)), None)
    if found is not None and ANY_DELTA not in told:
        told.add(ANY_DELTA)
        equal = Compare("==", IndexValue(found.left), IndexValue(found.right))
        yield say("factor.delta", delta=found, equal=equal)


def _tie(local: Local, told: set[Node]) -> Iterator[Block]:
    """What is taken where a maximum or minimum has no derivative, if the result asks which value it is."""
    if not any(isinstance(n, Cases) and any(quantities(n.condition)) for n in walk(local.result)):
        return
    for node in walk(local.definition):
        name = node.kind if isinstance(node, Fold) else node.function.name if isinstance(node, Apply) else ""
        if name in ("max", "min") and contains(node, local.by.family) and node not in told:
            told.add(node)
            yield say(f"factor.tie.{name}", whole=node)


def _why_one_term(steps: tuple[Step, ...], local: Local) -> Iterator[Block]:
    for step in steps:
        sigma = _written_out(step.after)
        matters = None if sigma is None else place(sigma, local.by)
        if sigma is not None and matters is not None:
            only = Compare("==", IndexValue(index(sigma.symbol)), IndexValue(matters))
            yield say("factor.written_out", by=local.by, only=only)
            return


def _written_out(expr: Expr) -> Fold | None:
    """The sum that a line differentiates written out, if it does."""
    found = (n.of.sigma for n in walk(expr) if isinstance(n, Partial) and isinstance(n.of, ExpandedSum))
    return next(found, None)


def _rules(steps: tuple[Step, ...]) -> tuple[str, ...]:
    """The names of the rules that deserve to be named, in the order of their use."""
    return tuple(dict.fromkeys(s.rule for s in steps if s.rule not in UNNAMED and not _is_slope(s)))


def _is_slope(step: Step) -> bool:
    """Whether a step by the chain rule is d(f(x))/dx = f'(x), with nothing more inside."""
    of, by = (step.before.of, step.before.by) if isinstance(step.before, Partial) else (None, None)
    return step.rule == "chain rule" and isinstance(of, Apply) and of.arguments == (by,)


def _rule_by_rule(steps: tuple[Step, ...], local: Local) -> Iterator[Block]:
    for step in steps:
        key = "rule.slope.sentence" if _is_slope(step) else f"rule.{step.rule}.sentence"
        yield say(key, by=local.by, element=local.element)
        yield Equations(step.before, (step.after,))


def _kind(result: Expr) -> str:
    """Which sentence says what a result means."""
    if result == ONE:
        return "one"
    if isinstance(result, Number) or (isinstance(result, Negative) and isinstance(result.body, Number)):
        return "number"
    if len(str(result)) > LONGEST_READ or any(isinstance(n, Delta | Cases | Fold) for n in walk(result)):
        return "long"
    return "plain"
