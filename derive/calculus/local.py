"""One local derivative, step by step: the definition is put in, and rules rewrite it until no derivative is left."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

from derive.calculus.expanding import place
from derive.calculus.facts import Facts, contrary
from derive.calculus.matching import Consumer
from derive.calculus.naming import matched, named
from derive.calculus.rules import RULES, Rule
from derive.calculus.sifting import common_factor, sifted
from derive.calculus.steps import Detail, Local, Step
from derive.errors import TooLarge
from derive.model.model import Range, Stated
from derive.writing.nodes import (
    ZERO,
    Cases,
    ExpandedSum,
    Expr,
    Fold,
    Grouped,
    Negative,
    Node,
    Partial,
    Product,
    Quantity,
    Sum,
)
from derive.writing.tidy import plus, tidy
from derive.writing.walk import parts, rebuilt, substitute

MAX_STEPS = 400
LINEAR = (Sum, Product, Negative, Grouped)
SHOWN_IN_LESSON = frozenset({"definition", "expand", "term by term"})
SHOWN_WITHOUT_EXPANSION = frozenset({"product rule", "quotient rule", "power rule", "chain rule", "larger argument"})


def local(
    consumer: Consumer,
    by: Quantity,
    facts: Facts,
    rules: Mapping[str, Rule] = RULES,
    stated: Sequence[Stated] = (),
) -> Local:
    """The derivative of `consumer.element` by `by`, everything else held fixed, from its definition to the result.

    Where one of the forms that textbooks give is that of this derivative, it is the last line. Lemmas are remembered:
    a course's worksheets meet the same ones again and again.
    """
    if rules is RULES:
        return _remembered(consumer, by, facts, tuple(stated))
    return _worked_out(consumer, by, facts, rules, stated)


@lru_cache(maxsize=1024)
def _remembered(consumer: Consumer, by: Quantity, facts: Facts, stated: tuple[Stated, ...]) -> Local:
    return _worked_out(consumer, by, facts, RULES, stated)


def _worked_out(
    consumer: Consumer, by: Quantity, facts: Facts, rules: Mapping[str, Rule], stated: Sequence[Stated]
) -> Local:
    facts = facts.within(consumer.sums).given(consumer.guards)
    start = Partial(consumer.element, by)
    lines = [Step(start, Partial(consumer.definition, by), "definition", Detail.LESSON)]
    lines += _rewritten(lines[0].after, consumer, facts, rules)
    lines += _finished(lines[-1].after, consumer, facts)
    lines += _as_stated(lines[-1].after, start, stated)
    steps = _levelled(lines)
    result = steps[-1].after
    return Local(
        consumer.element,
        by,
        consumer.definition,
        consumer.equation,
        consumer.sums,
        consumer.guards,
        steps,
        result,
        frozenset(facts.ranges),
    )


def _rewritten(tree: Expr, consumer: Consumer, facts: Facts, rules: Mapping[str, Rule]) -> Iterator[Step]:
    """One step for each rule, applied wherever it fits, until no derivative is left."""
    for _ in range(MAX_STEPS):
        step = _next_step(tree, consumer, facts, rules)
        if step is None:
            return
        yield step
        tree = step.after
    raise TooLarge(f"the derivative of {tree} takes more than {MAX_STEPS} steps: split its equation into several")


def _next_step(tree: Expr, consumer: Consumer, facts: Facts, rules: Mapping[str, Rule]) -> Step | None:
    lone = _collapsed(tree)
    if lone != tree:
        return Step(tree, lone, "collapse")
    short = named(tree, consumer.equation, facts)
    if short != tree:
        return Step(tree, short, "name")
    open_ = list(_derivatives(tree, facts, linear=True))
    for rule in rules.values() if open_ else ():
        if any(_fits(rule, *place) for place in open_):
            after = _apply(tree, rule, facts, linear=True)
            return Step(tree, after, rule.name)  # type: ignore[arg-type]
    return None


def _derivatives(node: Node, facts: Facts, linear: bool) -> Iterator[tuple[Partial, Facts, bool, bool]]:
    """Every derivative still to be taken, what is known there, whether it stands alone, and whether it must vanish."""
    match node:
        case Partial():
            yield node, facts, linear, False
        case ExpandedSum():
            matters = _matters(node)
            for i, term in zip((i for i in node.shown if i is not None), node.terms, strict=True):
                if isinstance(term, Partial):
                    yield term, facts, False, matters is not None and i != matters
                else:
                    yield from _derivatives(term, facts, False)
        case _:
            for part, known, alone in _below(node, facts, linear):
                yield from _derivatives(part, known, alone)


def _below(node: Node, facts: Facts, linear: bool) -> Iterator[tuple[Node, Facts, bool]]:
    """The parts of a node, with what is known there and whether a derivative in them stands alone."""
    match node:
        case Fold():
            inner = facts.within([Range(node.symbol, node.lower, node.upper)]).given(node.where)
            yield from ((part, inner, False) for part in parts(node))
        case Cases(condition, then, otherwise):
            yield then, facts.given([condition]), linear
            yield otherwise, facts.given([contrary(condition)]), linear
        case _:
            inside = linear and isinstance(node, LINEAR)
            yield from ((part, facts, inside) for part in parts(node))


def _fits(rule: Rule, node: Partial, facts: Facts, linear: bool, vanishing: bool) -> bool:
    if vanishing and rule.name == "constant":
        return True
    return (linear or rule.name != "expand") and rule.rewrite(node, facts) is not None


def _apply(node: Node, rule: Rule, facts: Facts, linear: bool) -> Node:
    """The tree with the rule applied to every derivative it fits; sums are only written out where they stand alone."""
    match node:
        case Partial():
            if rule.name == "expand" and not linear:
                return node
            after = rule.rewrite(node, facts)
            return node if after is None else after
        case ExpandedSum():
            return _apply_to_terms(node, rule, facts)
        case Fold():
            inner = facts.within([Range(node.symbol, node.lower, node.upper)]).given(node.where)
            return rebuilt(node, lambda part: _apply(part, rule, inner, False))
        case Cases(condition, then, otherwise):
            first = _apply(then, rule, facts.given([condition]), linear)
            second = _apply(otherwise, rule, facts.given([contrary(condition)]), linear)
            same = first is then and second is otherwise
            return node if same else Cases(condition, first, second)  # type: ignore[arg-type]
    inside = linear and isinstance(node, LINEAR)
    return rebuilt(node, lambda part: _apply(part, rule, facts, inside))


def _apply_to_terms(node: ExpandedSum, rule: Rule, facts: Facts) -> ExpandedSum:
    """The rule applied to the written terms; the sum that they stand for stays as it was."""
    matters = _matters(node)
    terms: list[Expr] = []
    for i, term in zip((i for i in node.shown if i is not None), node.terms, strict=True):
        if rule.name == "constant" and matters is not None and i != matters and isinstance(term, Partial):
            terms.append(ZERO)
        else:
            terms.append(_apply(term, rule, facts, False))  # type: ignore[arg-type]
    if all(new is old for new, old in zip(terms, node.terms, strict=True)):
        return node
    return ExpandedSum(node.sigma, node.shown, tuple(terms))


def _matters(node: ExpandedSum) -> object:
    body = node.sigma.body
    if not isinstance(body, Partial):
        return None
    return place(Fold("sum", body.of, node.sigma.symbol, node.sigma.lower, node.sigma.upper), body.by)


def _collapsed(node: Expr) -> Expr:
    """f(0) + 0 + … + 0 => f(0), in every sum that is written out and has lost all terms but one; u + 0 => u."""
    return _collapse(node)  # type: ignore[return-value]


def _collapse(node: Node) -> Node:
    if isinstance(node, ExpandedSum):
        left = [term for term in node.terms if term != ZERO]
        return left[0] if len(left) == 1 else node if left else ZERO
    if isinstance(node, Partial):
        return node
    inner = rebuilt(node, _collapse)
    return plus(*inner.terms) if isinstance(inner, Sum) and ZERO in inner.terms else inner


# ---------------------------------------------------------------- the last lines

Finish = Callable[[Expr, Consumer, Facts], Expr]


@dataclass(frozen=True)
class Finisher:
    """A rewriting of a line that holds no derivative any more."""

    rule: str
    rewrite: Finish


def _finished(tree: Expr, consumer: Consumer, facts: Facts) -> Iterator[Step]:
    """Deltas sifted, names put for what they name, factors collected: twice, as one opens the way for another."""
    for finisher in FINISHERS * 2:
        after = finisher.rewrite(tree, consumer, facts)
        if after != tree:
            yield Step(tree, after, finisher.rule)
            tree = after


def _as_stated(tree: Expr, start: Partial, stated: Sequence[Stated]) -> Iterator[Step]:
    """The form that textbooks give to the derivative that the lines began with, where it looks different."""
    for form in stated:
        binding = matched((form.of, form.by), (start.of, start.by), form.letters, {})
        if binding is not None:
            after = tidy(substitute(form.form, binding))
            if after != tree:
                yield Step(tree, after, "textbook")
            return


FINISHERS = (
    Finisher("sift", lambda tree, consumer, facts: sifted(tree, facts)),
    Finisher("name", lambda tree, consumer, facts: named(tree, consumer.equation, facts)),
    Finisher("simplify", lambda tree, consumer, facts: tidy(tree)),
    Finisher("common factor", lambda tree, consumer, facts: common_factor(tree)),
)


def _levelled(steps: list[Step]) -> tuple[Step, ...]:
    """Each step with the detail at which it is shown; the last is shown always."""
    expands = any(step.rule == "expand" for step in steps)
    lesson = SHOWN_IN_LESSON if expands else SHOWN_IN_LESSON | SHOWN_WITHOUT_EXPANSION
    levels = [Detail.LESSON if step.rule in lesson else Detail.FULL for step in steps]
    for i, step in enumerate(steps[1:]):
        if step.rule == "name":  # a line is shown with the names put back, not before
            levels[i], levels[i + 1] = Detail.FULL, levels[i]
    levels[-1] = Detail.BRIEF
    return tuple(Step(s.before, s.after, s.rule, level, s.conditions) for s, level in zip(steps, levels, strict=True))
