"""Every known mistake: it leads to something wrong, it is recognised, and no other one leads there too."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from functools import cache
from random import Random

import pytest

from derive.api import differentiate, read_model, ready_model
from derive.calculus.derivation import Derivation
from derive.calculus.matrix import MatrixForm, matrix_form_of
from derive.documents.render import render
from derive.documents.wording import TEMPLATES
from derive.errors import OptionError
from derive.exercises.equality import Judge
from derive.exercises.mistakes import MISTAKES, Setting, altered, diagnosed, mistake, setting_of, wrong_versions
from derive.model.drawn import open_symbols
from derive.model.forward import POSITIVE, SIGNED, ModelScene, gradient_by_duals, random_scene
from derive.model.functions import formula_of
from derive.pages.blocks import Document, Message, say
from derive.writing.dual import Num
from derive.writing.evaluate import evaluate
from derive.writing.matrix_values import values
from derive.writing.nodes import Expr, Number, Product, Quotient, Sum
from derive.writing.numbers import OutsideDomain, agree
from derive.writing.walk import free_symbols

SIX = Number(Fraction(6))
SIZES = {"n": 3, "m": 4, "d": 5, "p": 3, "K": 4, "D": 3, "T": 3, "L": 2, "N": 6, "C": 2, "F": 2, "v": 3, "u": 2}


@dataclass(frozen=True)
class Case:
    """A right expression with what is needed to judge others about it."""

    derivation: Derivation
    right: Expr
    setting: Setting
    judge: Judge


@cache
def case(model: str, of: str, by: str, place: str) -> Case:
    derivation = differentiate(read_model(model) if "=" in model else ready_model(model), of, by)
    setting = setting_of(derivation)
    right = derivation.result
    if place == "matrix":
        form = matrix_form_of(derivation)
        assert isinstance(form, MatrixForm)
        right = form.right
    elif place == "factor":
        right = derivation.lemmas[-1].result
    return Case(derivation, right, setting, Judge(derivation, Random(3)))


def example(name: str) -> Case:
    own = MISTAKES[name].example
    return case(own.model, own.of, own.by, own.place)


# ---------------------------------------------------------------- the oracle: the model evaluated forward


def scenes(own: Case, wrong: Expr) -> Iterator[ModelScene]:
    """Points with 50 digits, of both signs, with every letter at a number of its range."""
    model, ranges = own.derivation.model, own.derivation.target.facts.ranges
    sizes = {s: SIZES[s.name] for s in open_symbols(model) if s.label is None}
    for seed in range(6):
        rng = Random(seed)
        scene = random_scene(
            model,
            sizes,
            {},
            rng,
            arithmetic="precise",
            functions=formula_of,
            elsewhere=SIGNED if seed % 2 else POSITIVE,
        )
        for symbol in sorted(free_symbols(wrong) | free_symbols(own.right) | ranges.keys(), key=lambda s: s.order):
            if symbol in ranges:
                lower, upper = scene.index(ranges[symbol].lower), scene.index(ranges[symbol].upper)
                scene.letters[symbol] = rng.randrange(lower, upper)
            elif symbol not in open_symbols(model) and symbol.label is None:
                scene.letters[symbol] = rng.randrange(2)
        yield scene


def truth(own: Case, scene: ModelScene, place: str) -> list[list[Num]]:
    """The derivative in dual numbers: one number, or one for each row and column."""
    derivation = own.derivation
    if place == "factor":
        local = derivation.lemmas[-1]
        return [[scene.partial(local.element, scene.located(local.by))]]
    if place == "result":
        return [[gradient_by_duals(scene, derivation.of, derivation.by)]]
    form = matrix_form_of(derivation)
    assert isinstance(form, MatrixForm)
    rows, columns = ([*(range(scene.index(r.lower), scene.index(r.upper)) for r in form.letters), range(1)])[:2]
    grid: list[list[Num]] = []
    for i in rows:
        grid.append([])
        for j in columns:
            scene.letters.update(zip([r.symbol for r in form.letters], (i, j), strict=False))
            grid[-1].append(gradient_by_duals(scene, derivation.of, derivation.by))
    return grid


def is_right(own: Case, expr: Expr, place: str) -> bool:
    """Whether an expression is the derivative at every point at which it has a value."""
    agreed = 0
    for scene in scenes(own, expr):
        try:
            found = values(expr, scene) if place == "matrix" else [[evaluate(expr, scene)]]
        except OutsideDomain:
            continue
        except ValueError:
            return False  # matrices that do not fit
        wanted = truth(own, scene, place)
        if [len(row) for row in found] != [len(row) for row in wanted]:
            return False
        if not all(agree(*pair) for rows in zip(found, wanted, strict=True) for pair in zip(*rows, strict=True)):
            return False
        agreed += 1
    assert agreed
    return True


# ---------------------------------------------------------------- every mistake


@pytest.mark.parametrize("name", MISTAKES)
def test_a_mistake_leads_to_something_wrong(name: str) -> None:
    own, place = example(name), MISTAKES[name].example.place
    assert is_right(own, own.right, place)
    versions = list(altered(name, own.right, own.setting))
    assert versions
    for wrong in versions:
        assert not is_right(own, wrong, place), str(wrong)


@pytest.mark.parametrize("name", MISTAKES)
def test_a_mistake_is_diagnosed_as_itself(name: str) -> None:
    own = example(name)
    for wrong in altered(name, own.right, own.setting):
        rewritten = wrong if MISTAKES[name].example.place == "matrix" else Quotient(Product((wrong, SIX)), SIX)
        assert diagnosed(rewritten, own.right, own.setting, own.judge) is MISTAKES[name]


@pytest.mark.parametrize("name", MISTAKES)
def test_a_mistake_differs_from_every_other(name: str) -> None:
    own = example(name)
    for wrong in altered(name, own.right, own.setting):
        for other in MISTAKES.keys() - {name}:
            for version in altered(other, own.right, own.setting):
                assert own.judge.same(wrong, version) is False, f"{other}: {version}"


@pytest.mark.parametrize("name", MISTAKES)
def test_what_is_said_to_a_mistake_renders(name: str) -> None:
    said = Document(Message(f"mistake.{name}.title"), (say(f"mistake.{name}.feedback"),))
    title, feedback = render(said, "md").removeprefix("# ").strip().split("\n\n")
    assert not title.endswith(".")
    assert feedback.endswith(".")
    assert feedback in render(said, "tex")  # it has nothing that a format must escape


def test_the_wording_has_every_mistake_and_no_other() -> None:
    wording = tomllib.loads((TEMPLATES / "en" / "mistakes.toml").read_text(encoding="utf-8"))
    assert wording["mistake"].keys() == MISTAKES.keys()
    assert all(said.keys() == {"title", "feedback"} for said in wording["mistake"].values())


# ---------------------------------------------------------------- where they apply


@pytest.mark.parametrize(
    ("name", "model", "of", "by"),
    [
        ("two_missing", "mazur", "E", "w(2)[j,k]"),  # there is 1/2 in front
        ("two_extra", "lesson", "C0", "w(L)[j,k]"),  # there is none
        ("output_slope_missing", "logistic_regression", "J", "w[k]"),  # the logarithm has cancelled it
        ("slope_extra", "mazur", "E", "w(2)[j,k]"),
        ("hidden_slope_missing", "lesson", "C0", "w(L)[j,k]"),
        ("mean_missing", "mazur", "E", "w(2)[j,k]"),
        ("bias_penalised", "linear_regression", "J", "w[k]"),
        ("bias_as_weight", "mazur", "E", "w(1)[j,k]"),
        ("mask_inverted", "mazur", "E", "w(1)[j,k]"),
        ("weight_of_layer", "softmax", "E", "w[j,k]"),
        ("recurrence_missing", "residual", "loss", "x[k]"),
        ("branch_overwritten", "batchnorm", "loss", "x[i]"),
        ("shared_weight_once", "residual", "loss", "x[k]"),
        ("true_class_only", "logistic_regression", "J", "w[k]"),
        ("paths_multiplied", "attention", "loss", "S[i,j]"),
        ("weight_turned", "conv1d", "loss", "x[c,i]"),  # a kernel has no transpose
        ("indices_swapped", "conv1d", "loss", "w[f,c,u]"),
    ],
)
def test_a_mistake_that_cannot_be_made_is_not_made(name: str, model: str, of: str, by: str) -> None:
    own = case(model, of, by, "result")
    assert list(altered(name, own.right, own.setting)) == []


def test_names_of_a_model_mean_nothing() -> None:
    """The lesson with its letters exchanged: a is the pre-activation, z the activation."""
    text = (
        "q = sum((z[r] - t[r])**2 for r in range(u))\n"
        "z[r] = b(a[r]) for r in range(u)\n"
        "a[r] = sum(y[r,s]*g[s] for s in range(v)) for r in range(u)"
    )
    own = case(text, "q", "y[r,s]", "result")
    assert {m.name: str(wrong) for m, wrong in wrong_versions(own.right, own.setting, own.judge)} == {
        "two_missing": "(z[r] - t[r])*b'(a[r])*g[s]",
        "residual_turned": "2*(t[r] - z[r])*b'(a[r])*g[s]",
        "output_slope_missing": "2*(z[r] - t[r])*g[s]",
        "slope_at_activation": "2*(z[r] - t[r])*b'(z[r])*g[s]",
        "inner_derivative_missing": "2*(z[r] - t[r])*b'(a[r])",
        "indices_swapped": "2*(z[s] - t[s])*b'(a[s])*g[r]",
        "activation_of_layer": "2*(z[r] - t[r])*b'(a[r])*z[s]",
    }


def test_wrong_versions_are_wrong_and_all_different() -> None:
    own = example("hidden_slope_missing")
    found = list(wrong_versions(own.right, own.setting, own.judge))
    assert len({m.name for m, _ in found}) > 15
    trees = [own.right, *(wrong for _, wrong in found)]
    assert all(own.judge.same(a, b) is False for i, a in enumerate(trees) for b in trees[:i])


def test_wrong_versions_differ_to_the_eye_too() -> None:
    """Lessons print n for the sizes of all layers: a sum whose range alone has changed would look the same."""
    own = case("lesson", "C0", "a(L-1)[k]", "result")
    turned = list(altered("weight_turned", own.right, own.setting))
    assert [str(wrong).rpartition("range")[2] for wrong in turned] == ["(n(L-1)))", "(n(L)))"]
    assert own.judge.same(*turned) is False
    assert [m.name for m, _ in wrong_versions(own.right, own.setting, own.judge)].count("weight_turned") == 1


def test_a_mistake_that_makes_no_difference_is_no_wrong_version() -> None:
    """relu' is the same at z and at relu(z)."""
    own = case("residual", "loss", "w(1)[j,k]", "result")
    assert list(altered("slope_at_activation", own.right, own.setting))
    assert "slope_at_activation" not in {m.name for m, _ in wrong_versions(own.right, own.setting, own.judge)}


def test_what_is_right_or_wrong_in_another_way_has_no_diagnosis() -> None:
    own = example("two_missing")
    assert diagnosed(Quotient(Product((own.right, SIX)), SIX), own.right, own.setting, own.judge) is None
    assert diagnosed(Sum((own.right, SIX)), own.right, own.setting, own.judge) is None


def test_brackets_and_written_sums_are_no_obstacle() -> None:
    own = example("hidden_slope_missing")
    lines = [step.after for step in own.derivation.stages[-1].steps if step.rule != "chain rule over paths"]
    for line in lines:
        (wrong,) = altered("hidden_slope_missing", line, own.setting)
        assert diagnosed(wrong, own.right, own.setting, own.judge) is MISTAKES["hidden_slope_missing"]


def test_an_unknown_mistake_is_refused() -> None:
    with pytest.raises(OptionError, match=r"unknown mistake 'two_mising': .* Did you mean two_missing\?"):
        mistake("two_mising")
