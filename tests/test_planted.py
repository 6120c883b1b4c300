"""The judge judged: a rule that is made wrong is caught, by its name, in every derivation that uses it."""

from __future__ import annotations

from dataclasses import replace

import pytest

from derive.calculus.derivation import Derivation, differentiate
from derive.calculus.facts import Facts
from derive.calculus.rules import RULES, Rule
from derive.calculus.simplifying import SIMPLIFIERS
from derive.calculus.verify import verified
from derive.model.language import read_model, read_quantity
from derive.model.model import Model
from derive.model.ready import READY, ready_model
from derive.writing.nodes import ONE, Expr, Partial
from derive.writing.tidy import plus

USES = {
    "constant": ("E = 2*w + c**2", "w"),
    "itself": ("E = w", "w"),
    "expand": ("E = sum(v[i]*w[i] for i in range(n))", "w[k]"),
    "term by term": ("E = sum(v[i]*w[i] for i in range(n))", "w[k]"),
    "sum rule": ("E = w + c", "w"),
    "constant factor": ("E = c*w", "w"),
    "product rule": ("E = w**2*(w + 1)", "w"),
    "quotient rule": ("E = x/(1 + w)", "w"),
    "power rule": ("E = w**3", "w"),
    "exponential rule": ("E = w**w", "w"),
    "chain rule": ("E = tanh(3*w)", "w"),
    "under the sum": ("E = sum(w*x[i] for i in range(n))", "w"),
    "under the product": ("E = prod(w*x[i] for i in range(n))", "w"),
    "at the extremum": ("E = max(w*x[i] for i in range(n))", "w"),
    "larger argument": ("E = max(w, c)", "w"),
    "by cases": ("E = (w**2 if w < c else w)", "w"),
}
SIMPLIFIED = {
    "simplify": ("dropout", "h[k]"),
    "restrict": ("word2vec", "v[i]"),
    "sift": ("softmax", "z[j]"),
    "assumption": ("softmax", "z[j]"),
    "common factor": ("E = a*b\na = c*w\nb = c*w + c*a", "w"),
    "cancel": ("logistic_regression", "w[k]"),
}
FOLLOWS = ("substitute", "SymPy", "result")  # what a wrong factor is carried into, and who else finds it


def wrong(rule: Rule) -> Rule:
    """The rule with 1 more than is right in every result."""

    def rewrite(node: Partial, facts: Facts) -> Expr | None:
        right = rule.rewrite(node, facts)
        return None if right is None else plus(right, ONE)

    return replace(rule, rewrite=rewrite)


def derived(text: str, by: str, rules: dict[str, Rule] = RULES) -> Derivation:
    model = ready_model(text) if text in READY else read_model(text)
    return differentiate(model, model.equations[0].left, read_quantity(by, model), rules=rules)


@pytest.mark.parametrize("name", RULES)
def test_a_wrong_rule_is_caught_by_name(name: str) -> None:
    text, by = USES[name]
    honest = verified(derived(text, by))
    assert name in {check.step.rule for check in honest.steps}
    assert (honest.wrong, honest.unchecked) == ((), ())
    planted = verified(derived(text, by, {**RULES, name: wrong(RULES[name])}))
    assert name in {step.rule for step in planted.wrong}
    assert {step.rule for step in planted.wrong} <= {name, *FOLLOWS}


@pytest.mark.parametrize("name", SIMPLIFIERS)
def test_a_wrong_simplification_is_caught_by_name(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    text, by = SIMPLIFIED[name]
    assert not verified(derived(text, by)).wrong
    right = SIMPLIFIERS[name]
    used: list[Expr] = []

    def twice(tree: Expr, model: Model, facts: Facts) -> Expr:
        after = right(tree, model, facts)
        if after == tree or used:
            return after
        used.append(after)
        return plus(after, ONE)

    monkeypatch.setitem(SIMPLIFIERS, name, twice)
    planted = verified(derived(text, by))
    assert used, f"{name} is not used by {text}"
    assert name in {step.rule for step in planted.wrong}
