"""Derivations with numbers: against a published example, against dual numbers, and as they are read."""

from __future__ import annotations

import random
from collections.abc import Iterable
from fractions import Fraction
from typing import Any, Literal

import pytest

from derive.calculus.derivation import differentiate
from derive.errors import OptionError, TooLarge, ValueMissing
from derive.model.forward import given_scene
from derive.model.functions import formula_of
from derive.model.language import read_model, read_quantity
from derive.model.model import Model
from derive.model.ready import READY, ready_model
from derive.views.drawing import SHORT
from derive.views.numbers import NumbersView, Tables, numbers, tables
from derive.views.point import Point
from derive.views.rounding import Rounding, exactly
from derive.views.sheet import Row
from derive.writing.evaluate import evaluate
from derive.writing.nodes import Expr, Gradient, Node, Quantity
from derive.writing.numbers import agree
from derive.writing.text import text
from derive.writing.walk import walk

EXACT = Rounding(fractions=True)


def loss(model: Model) -> Quantity:
    return model.equations[0].left


def view(model: Model, target: str, point: Point, rounding: Rounding = EXACT) -> NumbersView:
    return numbers(differentiate(model, loss(model), read_quantity(target, model)), point, rounding)


def line(row: Row) -> str:
    """left = formula = substituted = value, as far as there is any of it."""
    sides: list[Expr] = [side for side in (row.left, row.formula, row.substituted) if side is not None]
    return " = ".join(map(text, sides)) + f" {'=' if row.exact else '~'} {text(row.value)}"


def value_of(rows: Iterable[Row], left: str) -> str:
    return next(text(row.value) for row in rows if text(row.left) == left)


# ---------------------------------------------------------------- Mazur's example

PUBLISHED = {
    "net(1)[0]": "0.3775",
    "out(1)[0]": "0.593269992",
    "out(1)[1]": "0.596884378",
    "net(2)[0]": "1.105905967",
    "out(2)[0]": "0.75136507",
    "out(2)[1]": "0.772928465",
    "E": "0.298371109",
    "d(E)/d(out(2)[0])": "0.74136507",
    "d(E)/d(net(2)[0])": "0.138498562",
    "d(E)/d(w(2)[0,0])": "0.082167041",
    "d(E)/d(out(1)[0])": "0.036350306",
    "d(E)/d(w(1)[0,0])": "0.000438568",
}


@pytest.fixture(scope="module")
def mazur() -> Tables:
    model = ready_model("mazur")
    return tables(model, loss(model), Point(READY["mazur"].values), Rounding(9))


@pytest.mark.parametrize("left", PUBLISHED)
def test_mazur_published_these_values(mazur: Tables, left: str) -> None:
    assert value_of((*mazur.forward, *mazur.backward), left) == PUBLISHED[left]


LINES = [
    "x[0] = 0.05",
    "net(1)[0] = w(1)[0,0]*x[0] + w(1)[0,1]*x[1] + b(1)[0] = 0.15*0.05 + 0.2*0.1 + 0.35 = 0.3775",
    "out(1)[0] = sigmoid(net(1)[0]) = sigmoid(0.3775) ~ 0.593269992",
    "d(E)/d(out(2)[1]) = out(2)[1] - target[1] = 0.772928465 - 0.99 ~ -0.217071535",
    (
        "d(E)/d(out(1)[0]) = d(E)/d(net(2)[0])*w(2)[0,0] + d(E)/d(net(2)[1])*w(2)[1,0]"
        " = 0.138498562*0.4 + (-0.038098237)*0.5 ~ 0.036350306"
    ),
    "d(E)/d(w(1)[0,0]) = d(E)/d(net(1)[0])*x[0] = 0.008771355*0.05 ~ 0.000438568",
    "d(E)/d(b(1)[0]) = d(E)/d(net(1)[0]) ~ 0.008771355",
]


@pytest.mark.parametrize("wanted", LINES)
def test_each_line_is_formula_numbers_value(mazur: Tables, wanted: str) -> None:
    assert wanted in map(line, (*mazur.given, *mazur.forward, *mazur.backward))


def test_the_forward_table_follows_the_computation(mazur: Tables) -> None:
    layer_by_layer = [
        "net(1)[0]",
        "net(1)[1]",
        "out(1)[0]",
        "out(1)[1]",
        "net(2)[0]",
        "net(2)[1]",
        "out(2)[0]",
        "out(2)[1]",
        "E",
    ]
    assert [str(row.left) for row in mazur.forward] == layer_by_layer


def test_every_derivative_stands_after_those_it_cites(mazur: Tables) -> None:
    known: set[Node] = set()
    for row in mazur.backward:
        assert row.formula is not None
        assert {n for n in walk(row.formula) if isinstance(n, Gradient)} <= known
        known.add(row.left)


# ---------------------------------------------------------------- every ready model

SIZES = {
    "lesson": {"n(L)": 2, "n(L-1)": 3},
    "dense": {"L": 2, "n(0)": 2, "n(1)": 3, "n(2)": 2},
    "linear_regression": {"m": 3, "d": 2},
    "logistic_regression": {"m": 3, "d": 2},
    "softmax": {"K": 3, "D": 2},
    "batchnorm": {"m": 3},
    "layernorm": {"H": 3},
    "rmsnorm": {"n": 3},
    "conv1d": {"C": 2, "F": 2, "N": 4, "K": 2},
    "conv2d": {"C": 1, "F": 2, "H": 3, "W": 3, "K": 2},
    "mean_pooling": {"H": 1, "W": 2},
    "residual": {"n": 2, "m": 3},
    "dropout": {"n": 2, "m": 2, "p": 2},
    "rnn": {"T": 2, "K": 2, "n": 2, "m": 1},
    "lstm": {"T": 2, "n": 1, "m": 1},
    "gru": {"T": 2, "n": 1, "m": 1},
    "attention": {"n": 2, "v": 2, "m": 3, "d": 2},
    "multihead": {"H": 2, "n": 2, "D": 2, "d": 1},
    "embedding": {"N": 3, "d": 2},
    "autoencoder": {"d": 3, "m": 2},
    "word2vec": {"d": 2, "K": 2},
}
FUNCTIONS = {"lesson": {"g(L)": "tanh"}, "dense": {"g": "sigmoid"}}


def arrays(rows: Iterable[Row]) -> dict[str, Any]:
    """The given numbers as nested lists by family, with 0 where no number stands."""
    elements: dict[str, dict[tuple[int, ...], Any]] = {}
    for row in rows:
        assert isinstance(row.left, Quantity)
        key = str(Quantity(row.left.family, row.left.label))
        elements.setdefault(key, {})[tuple(i.value or 0 for i in row.left.indices)] = exactly(row.number)
    return {key: nested(found, ()) for key, found in elements.items()}


def nested(found: dict[tuple[int, ...], Any], start: tuple[int, ...]) -> Any:
    if start in found:
        return found[start]
    below = [place[len(start)] for place in found if place[: len(start)] == start]
    return [nested(found, (*start, i)) for i in range(max(below) + 1)] if below else 0


@pytest.mark.parametrize("name", READY)
def test_both_tables_of_every_ready_model_agree_with_dual_numbers(name: str) -> None:
    """Each derivative is computed from those above it; dual numbers know nothing of these formulas."""
    model = ready_model(name)
    values, rng = READY[name].values, None if READY[name].values else random.Random(11)
    point = Point(values, SIZES.get(name, {}), FUNCTIONS.get(name, {}), rng, "positive tenths")
    found = tables(model, loss(model), point)
    sizes, functions = SIZES.get(name, {}), FUNCTIONS.get(name, {})
    scene = given_scene(model, arrays(found.given), sizes, functions, catalogue=formula_of, arithmetic="precise")
    for row in found.forward:
        assert agree(scene.number(1) * evaluate(row.left, scene), scene.number(1) * row.number), text(row.left)
    for row in found.backward:
        assert agree(scene.number(1) * evaluate(row.left, scene), scene.number(1) * row.number), text(row.left)
    assert {row.left.family for row in found.given if isinstance(row.left, Quantity)} >= set(model.given)


@pytest.mark.parametrize("name", READY)
def test_numbers_put_in_give_the_value(name: str) -> None:
    """What stands between the last two equal signs is true up to what was rounded off."""
    model = ready_model(name)
    values, rng = READY[name].values, None if READY[name].values else random.Random(4)
    point = Point(values, SIZES.get(name, {}), FUNCTIONS.get(name, {}), rng, "positive tenths")
    found = tables(model, loss(model), point, Rounding(12))
    scene = given_scene(model, {}, {}, FUNCTIONS.get(name, {}), catalogue=formula_of)
    for row in (*found.forward, *found.backward):
        if row.substituted is not None:
            assert float(evaluate(row.substituted, scene)) == pytest.approx(float(row.number), abs=1e-9), line(row)


# ---------------------------------------------------------------- one derivative

SMALL = {"n(L)": 2, "n(L-1)": 3}
VALUES = {"w(L)": [[1, 2, 3], [4, 5, 6]], "a(L-1)": [0.5, 1, -2], "y": [1, 0]}
LESSON = Point(VALUES, SMALL, {"g(L)": "identity"})


def test_one_derivative_with_its_factors() -> None:
    found = view(ready_model("lesson"), "w(L)[1,2]", LESSON)
    assert [line(row) for row in found.given] == [
        "a(L-1)[0] = 1/2",
        "a(L-1)[1] = 1",
        "a(L-1)[2] = -2",
        "y[1] = 0",
        "w(L)[1,0] = 4",
        "w(L)[1,1] = 5",
        "w(L)[1,2] = 6",
    ]
    assert [line(row) for row in found.forward] == [
        "z(L)[1] = w(L)[1,0]*a(L-1)[0] + w(L)[1,1]*a(L-1)[1] + w(L)[1,2]*a(L-1)[2] = 4*(1/2) + 5*1 + 6*(-2) = -5",
        "a(L)[1] = g(L)(z(L)[1]) = g(L)(-5) = -5",
    ]
    assert [line(row) for row in found.factors] == [
        "d(C0)/d(a(L)[1]) = 2*(a(L)[1] - y[1]) = 2*(-5 - 0) = -10",
        "d(a(L)[1])/d(z(L)[1]) = g(L)'(z(L)[1]) = g(L)'(-5) = 1",
        "d(z(L)[1])/d(w(L)[1,2]) = a(L-1)[2] = -2",
    ]
    assert line(found.chain) == (
        "d(C0)/d(w(L)[1,2]) = d(C0)/d(a(L)[1])*d(a(L)[1])/d(z(L)[1])*d(z(L)[1])/d(w(L)[1,2]) = (-10)*1*(-2) = 20"
    )
    assert line(found.result) == (
        "d(C0)/d(w(L)[1,2]) = 2*(a(L)[1] - y[1])*g(L)'(z(L)[1])*a(L-1)[2] = 2*(-5 - 0)*g(L)'(-5)*(-2) = 20"
    )


def test_letters_of_the_target_get_their_numbers_from_the_sizes() -> None:
    letters = Point(VALUES, {**SMALL, "j": 1, "k": 2}, LESSON.functions)
    assert (
        view(ready_model("lesson"), "w(L)[j,k]", letters).result
        == view(ready_model("lesson"), "w(L)[1,2]", LESSON).result
    )
    with pytest.raises(ValueMissing) as missing:
        view(ready_model("lesson"), "w(L)[j,k]", LESSON)
    assert str(missing.value) == "sizes['j'] is missing: give the letter j of the target a number"


def test_what_is_cited_from_above_is_worked_out_before() -> None:
    model = ready_model("rnn")
    point = Point({}, SIZES["rnn"], {}, random.Random(1))
    found = view(model, "W[0,1]", point, Rounding(4))
    cited = {n for n in walk(found.result.formula or found.result.left) if isinstance(n, Gradient)}
    assert cited
    assert cited <= {row.left for row in found.upstream}


def test_a_long_sum_keeps_its_first_terms_and_its_last() -> None:
    model = read_model("C = sum(w[k]*x[k] for k in range(n))")
    found = view(model, "w[3]", Point({"w": list(range(1, 10)), "x": [2] * 9}))
    (row,) = tables(model, loss(model), Point({"w": list(range(1, 10)), "x": [2] * 9}), EXACT).forward
    assert line(row) == "C = w[0]*x[0] + w[1]*x[1] + ... + w[8]*x[8] = 1*2 + 2*2 + ... + 9*2 = 90"
    assert line(found.result) == "d(C)/d(w[3]) = x[3] = 2"


def test_cases_and_filters_are_decided() -> None:
    model = read_model("C = sum(x[i]**2 if x[i] > 0 else 0 for i in range(n) if i != 1)")
    found = tables(model, loss(model), Point({"x": [1, 5, -3, 2]}), EXACT)
    assert line(found.forward[0]) == "C = x[0]**2 + x[3]**2 = 1**2 + 2**2 = 5"


# ---------------------------------------------------------------- rounding

HALVES = [
    (Rounding(2), "0.125", "0.12"),
    (Rounding(2), "0.135", "0.14"),
    (Rounding(0), "2.5", "2"),
    (Rounding(0), "3.5", "4"),
    (Rounding(3), "-0.0005", "0"),
    (Rounding(3), "1/3", "0.333"),
    (Rounding(3, "significant"), "0.00123456", "0.00123"),
    (Rounding(3, "significant"), "123456", "123000"),
    (Rounding(2, "significant"), "0.0995", "0.1"),
    (Rounding(1, "significant"), "1000", "1000"),
    (Rounding(2, "significant"), "0", "0"),
    (EXACT, "1/3", "1/3"),
    (EXACT, "-7/2", "-7/2"),
]


@pytest.mark.parametrize(("rounding", "number", "wanted"), HALVES)
def test_rounding_is_half_to_even(rounding: Rounding, number: str, wanted: str) -> None:
    assert text(rounding.shown(Fraction(number)).expr) == wanted


def test_what_is_rounded_off_is_told() -> None:
    assert Rounding(2).shown(Fraction(1, 4)).exact
    assert not Rounding(2).shown(Fraction(1, 3)).exact
    assert Rounding(4).shown(0.1).exact
    assert exactly(0.1) == Fraction(1, 10)


@pytest.mark.parametrize(("digits", "kind"), [(-1, "decimal"), (31, "decimal"), (0, "significant")])
def test_digits_have_bounds(digits: int, kind: Literal["decimal", "significant"]) -> None:
    with pytest.raises(OptionError) as refused:
        Rounding(digits, kind)
    least = 0 if kind == "decimal" else 1
    assert str(refused.value) == f"digits is {digits}, but must lie between {least} and 30"


# ---------------------------------------------------------------- numbers drawn


def drawn(seed: int, short: str) -> Tables:
    model = ready_model("softmax")
    return tables(model, loss(model), Point({}, SIZES["softmax"], {}, random.Random(seed), short), Rounding(6))


@pytest.mark.parametrize("short", SHORT)
def test_drawn_numbers_are_short_and_the_labels_one_hot(short: str) -> None:
    rows = drawn(3, short).given
    labels = [row.number for row in rows if str(row.left).startswith("y")]
    assert sorted(map(float, labels)) == [0, 0, 1]
    allowed = {float(value) for value in SHORT[short]}
    assert {float(row.number) for row in rows if not str(row.left).startswith("y")} <= allowed


def test_the_same_seed_draws_the_same_numbers() -> None:
    assert list(map(line, drawn(3, "tenths").given)) == list(map(line, drawn(3, "tenths").given))
    assert list(map(line, drawn(3, "tenths").given)) != list(map(line, drawn(4, "tenths").given))


def test_given_numbers_go_before_drawn_ones() -> None:
    model = ready_model("softmax")
    found = tables(model, loss(model), Point({"x": [7, 8]}, SIZES["softmax"], {}, random.Random(1)), EXACT)
    assert value_of(found.given, "x[1]") == "8"


def test_an_unknown_kind_of_numbers_is_refused() -> None:
    with pytest.raises(OptionError) as refused:
        drawn(1, "huge")
    assert str(refused.value) == (
        "unknown kind of numbers 'huge': it must be one of integers, halves, tenths, positive tenths."
    )


def test_missing_numbers_are_named() -> None:
    with pytest.raises(ValueMissing) as missing:
        view(ready_model("lesson"), "w(L)[1,2]", Point({"w(L)": [[1, 2, 3], [4, 5, 6]], "y": [1, 0]}))
    assert str(missing.value).endswith("is missing: give it as lists or an array, indexed from 0")


def test_large_models_are_refused() -> None:
    model = read_model("C = sum(w[k]*x[k] for k in range(n))")
    with pytest.raises(TooLarge) as refused:
        tables(model, loss(model), Point({}, {"n": 5000}, {}, random.Random(1)))
    assert str(refused.value) == "a worked example may have at most 1000 terms in a sum: take smaller sizes"


def test_only_the_derivatives_asked_for(mazur: Tables) -> None:
    model = ready_model("mazur")
    found = tables(model, loss(model), Point(READY["mazur"].values), Rounding(9), by=["w"])
    wanted = {str(row.left) for row in mazur.backward if "w(" in str(row.left)}
    assert {str(row.left) for row in found.backward if "w(" in str(row.left)} == wanted
    assert not any("d(b" in str(row.left) or "d(x" in str(row.left) for row in found.backward)
