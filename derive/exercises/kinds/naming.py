"""Rules to choose from: the one that licenses a step, and others that certainly do not."""

from __future__ import annotations

import random
from collections.abc import Iterator

from derive.calculus.facts import Facts, contrary
from derive.calculus.rules import RULES
from derive.calculus.steps import Step
from derive.exercises.kinds.chains import Chain
from derive.model.model import Range
from derive.writing.nodes import Apply, Cases, Delta, Expr, Fold, Gradient, Node, Partial, Quantity
from derive.writing.walk import parts, walk

FEWEST, MOST = 3, 5
# Rules of which a reader could say that they are the same, or that one of them is part of the other.
KIN = (
    frozenset({"sum rule", "term by term", "under the sum"}),
    frozenset({"constant factor", "product rule", "quotient rule"}),
    frozenset({"product rule", "under the product"}),
    frozenset({"chain rule", "power rule", "exponential rule", "chain rule over paths"}),
    frozenset({"at the extremum", "larger argument", "by cases"}),
)
NAMESAKES = frozenset({"chain rule", "chain rule over paths"})
ASKED = (frozenset(RULES) - {"constant", "itself"}) | {"definition", "chain rule over paths", "sift"}
LISTED = tuple(name for name in (*RULES, "definition", "chain rule over paths", "sift") if name in ASKED)


def can_be_named(step: Step) -> bool:
    """Whether a step is made by one rule that has a name, and that more than one look is needed to see."""
    return step.rule in ASKED and not _is_slope(step)


def _is_slope(step: Step) -> bool:
    """Whether it is d(f(x))/dx = f'(x), with nothing inside: the chain rule is not needed."""
    match step.before:
        case Partial(Apply(_, arguments), by):
            return arguments == (by,)
    return False


def rules_to_choose_from(chain: Chain, step: Step, rng: random.Random) -> tuple[str, ...]:
    """The rule of the step among others that do not give it, in any order, first of all those that the derivation
    uses elsewhere; () where there are too few others."""
    others = others_than(chain, step)
    if len(others) < FEWEST - 1:
        return ()
    used = {step.rule for step in chain.derivation.steps}
    near = sorted(rng.sample(others, len(others)), key=lambda name: name not in used)
    chosen = [step.rule, *_told_apart(near)[: MOST - 1]]
    rng.shuffle(chosen)
    return tuple(chosen)


def _told_apart(names: list[str]) -> list[str]:
    """The rules without a second one that readers know by the same name."""
    namesakes = [name for name in names if name in NAMESAKES]
    return [name for name in names if name not in namesakes[1:]]


def others_than(chain: Chain, step: Step) -> list[str]:
    """The rules that apply to nothing in the line before the step, and are no kin to the rule that does."""
    kin = frozenset({step.rule}).union(*(group for group in KIN if step.rule in group))
    open_ = list(_derivatives(step.before, chain.facts))
    return [name for name in LISTED if name not in kin and not _applies(name, step.before, open_)]


Open = tuple[Partial, Facts]


def _applies(name: str, line: Expr, open_: list[Open]) -> bool:
    if name in RULES:
        return any(RULES[name].rewrite(node, facts) is not None for node, facts in open_)
    return any(isinstance(node, FORMS[name]) and _is_meant(name, node) for node in walk(line))


# What a line must hold for the rules that rewrite more than a derivative of an expression.
FORMS: dict[str, type[Node]] = {"definition": Partial, "chain rule over paths": Gradient, "sift": Delta}


def _is_meant(name: str, node: Node) -> bool:
    return name != "definition" or (isinstance(node, Partial) and isinstance(node.of, Quantity))


def _derivatives(node: Node, facts: Facts) -> Iterator[Open]:
    """Every local derivative of an expression, with what is known of the letters there."""
    match node:
        case Partial():
            yield node, facts
        case Fold():
            inner = facts.within([Range(node.symbol, node.lower, node.upper)]).given(node.where)
            yield from _derivatives(node.body, inner)
        case Cases(condition, then, otherwise):
            yield from _derivatives(then, facts.given([condition]))
            yield from _derivatives(otherwise, facts.given([contrary(condition)]))
        case _:
            for part in parts(node):
                yield from _derivatives(part, facts)
