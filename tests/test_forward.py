"""Models evaluated forward at random points: against plain Python loops over fractions."""

from __future__ import annotations

import itertools
import math
import random
import subprocess
import sys
from collections.abc import Callable
from fractions import Fraction

import pytest
from scenes import LESSON, drawn, gradient, n_at, sizes, value

from derive.errors import DeriveError, ModelError, TooLarge, ValueMissing
from derive.model.forward import (
    POSITIVE,
    SIGNED,
    ModelScene,
    given_scene,
    random_scene,
)
from derive.model.language import read_condition, read_expression, read_index, read_model, read_quantity
from derive.model.model import Equation, Model, Range
from derive.writing.evaluate import evaluate
from derive.writing.index import Symbol, index
from derive.writing.nodes import Gradient, Partial, Product, Quantity, Sum
from derive.writing.numbers import NotExact, OutsideDomain, agree

F = Fraction


# ---------------------------------------------------------------- random scenes, exactly


def test_the_lesson_by_loops_over_fractions() -> None:
    scene = drawn(LESSON, sizes={**n_at("L", 3), **n_at("L-1", 4)})
    w = [[value(scene, f"w(L)[{j},{k}]") for k in range(4)] for j in range(3)]
    a = [value(scene, f"a(L-1)[{k}]") for k in range(4)]
    y = [value(scene, f"y[{j}]") for j in range(3)]
    z = [sum((w[j][k] * a[k] for k in range(4)), F(0)) for j in range(3)]
    g, slope = cubic(scene)
    cost = sum(((g(z[j]) - y[j]) ** 2 for j in range(3)), F(0))
    assert value(scene, "C0") == cost
    for j, k in itertools.product(range(3), range(4)):
        assert gradient(scene, "C0", f"w(L)[{j},{k}]") == 2 * (g(z[j]) - y[j]) * slope(z[j]) * a[k]


Polynomial = Callable[[Fraction], Fraction]


def cubic(scene: ModelScene) -> tuple[Polynomial, Polynomial]:
    """The unknown g(L) as the cubic through four of its points, and its derivative; a fifth point is checked."""
    label = scene.size("L", None)
    points: list[Fraction] = [scene.applied("g", label, (0,), [F(i)]) for i in range(4)]
    d1, d2, d3 = (difference(points, order) for order in (1, 2, 3))

    def g(x: Fraction) -> Fraction:
        return points[0] + d1 * x + d2 * x * (x - 1) / 2 + d3 * x * (x - 1) * (x - 2) / 6

    def slope(x: Fraction) -> Fraction:
        return d1 + d2 * (2 * x - 1) / 2 + d3 * (3 * x * x - 6 * x + 2) / 6

    assert d3 != 0
    assert scene.applied("g", label, (0,), [F(9)]) == g(F(9))
    return g, slope


def difference(points: list[Fraction], order: int) -> Fraction:
    return points[0] if order == 0 else difference(points[1:], order - 1) - difference(points[:-1], order - 1)


def test_derivatives_of_unknown_functions_are_those_of_the_function() -> None:
    scene = drawn("C = f(x, y)*g(x)")
    step = F(1, 10**9)
    for orders in [(1, 0), (0, 1), (1, 1), (2, 0), (2, 1), (0, 3)]:
        place = 0 if orders[0] else 1
        lower = tuple(order - (i == place) for i, order in enumerate(orders))
        here, there = [F(1, 3), F(1, 5)], [F(1, 3), F(1, 5)]
        here[place] -= step
        there[place] += step
        secant = (scene.applied("f", None, lower, there) - scene.applied("f", None, lower, here)) / (2 * step)
        exact = scene.applied("f", None, orders, [F(1, 3), F(1, 5)])
        assert exact != 0
        assert abs(secant - exact) < F(1, 10**15)
    assert scene.applied("g", None, (4,), [F(2)]) == 0


def test_functions_differ_by_name_and_label() -> None:
    scene = drawn("C = sum(g(l)(x) + f(x) for l in range(3))")
    values = {scene.applied(name, label, (0,), [F(1, 2)]) for name in "gf" for label in (None, 0, 1)}
    assert len(values) == 6


def test_a_scene_depends_on_its_seed_alone() -> None:
    text = "C = sum(w[i]*g(x[i]) for i in range(m))"
    forwards, backwards = drawn(text, 7, sizes=sizes(m=5)), drawn(text, 7, sizes=sizes(m=5))
    names = [f"w[{i}]" for i in range(5)] + ["C"] + [f"x[{i}]" for i in range(5)]
    values = [value(forwards, name) for name in names]
    assert [value(backwards, name) for name in reversed(names)] == values[::-1]
    assert value(drawn(text, 8, sizes=sizes(m=5)), "w[0]") != values[0]
    assert len(set(values)) == len(values)


def test_a_scene_is_the_same_in_every_run() -> None:
    code = (
        "import random; from derive.model.forward import random_scene; from derive.model.language import *;"
        "s = random_scene(read_model('C = w*g(x[1]) + m'), {}, {}, random.Random(3));"
        "print(s.element(s.located(read_quantity('C'))))"
    )
    found = {
        subprocess.run(
            [sys.executable, "-c", code], env={"PYTHONHASHSEED": seed}, capture_output=True, check=True
        ).stdout
        for seed in ("1", "2")
    }
    assert len(found) == 1


def test_values_lie_where_they_should() -> None:
    scene = drawn(
        "C = sum(w[i]*x[i]*v[i] for i in range(m))", sizes=sizes(m=20), between={"x": SIGNED, "v": (F(2), F(3))}
    )
    for family, (low, high) in {"w": POSITIVE, "x": SIGNED, "v": (F(2), F(3))}.items():
        values = [value(scene, f"{family}[{i}]") for i in range(20)]
        assert all(low < v < high and v != 0 for v in values)
        assert min(values) < (low + high) / 2 < max(values)
    assert value(drawn("C = x", elsewhere=(F(5), F(6))), "x") > 5


def test_missing_sizes_are_drawn_and_missing_letters_are_not() -> None:
    scene = drawn("C = sum(x[i] for i in range(m)) + sum(y(L)[k] for k in range(n(L)))")
    assert scene.size("m", None) in (2, 3, 4)
    assert scene.size("n", scene.size("L", None)) in (2, 3, 4)
    with pytest.raises(ValueMissing) as caught:
        evaluate(read_expression("x[j]", letters=["j"]), scene)
    assert str(caught.value) == "letters['j'] is missing: give the number at which to evaluate"


def test_a_letter_of_the_target_is_not_the_letter_that_the_model_binds() -> None:
    scene = drawn("C = sum(v[j] for j in range(3))\nv[j] = j*x[j] for j in range(3)", letters=sizes(j=2))
    x = [value(scene, f"x[{i}]") for i in range(3)]
    assert evaluate(read_expression("C + v[j]", letters=["j"]), scene) == x[1] + 4 * x[2]


ASSUMED = "loss = sum(y[t,i]*x[t,i] for t in range(3) for i in range(K))"


@pytest.mark.parametrize("size", [4, 40, 10**9])
def test_promised_sums_are_kept(size: int) -> None:
    model = read_model(ASSUMED)
    promised = read_condition("sum(y[t,i] for i in range(K)) == 1", letters=["t", "K"])
    model = Model(model.equations, assumptions=(promised,))
    scene = random_scene(model, sizes(K=size), {}, random.Random(1), marked=[1, 2, 7])
    for t in range(3):
        total = evaluate(read_expression(f"sum(y[{t},i] for i in range(K))", letters=["K"]), scene)
        assert total == 1
    assert value(scene, "y[0,1]") != value(scene, "y[1,1]")
    assert value(scene, "y[0,1]") > 0


# ---------------------------------------------------------------- which equation

SEVERAL = """
h[0]   = a
h[t]   = h[t-1]*x[t] for t in range(1, T)
p[m-1] = q
C      = h[1] + sum(p[i] for i in range(m))
"""


def ranged(left: Quantity, right: str, letter: str, stop: int) -> Equation:
    return Equation(left, read_expression(right, letters=[letter]), (Range(Symbol(letter), index(0), index(stop)),))


# Left sides that people do not write, and rewriting may yet bring about.
UNUSUAL = Model(
    (
        ranged(Quantity("d", None, (read_index("i"), read_index("i"))), "u[i]", "i", 3),
        ranged(Quantity("e", read_index("l+1")), "2*e(l)", "l", 2),
        ranged(Quantity("r", None, (read_index("5-2*i"),)), "u[i]", "i", 3),
    )
)


def test_equations_are_found_by_constants_and_ranges() -> None:
    scene = drawn(SEVERAL, sizes=sizes(T=4, m=5))
    a, x = value(scene, "a"), [value(scene, f"x[{i}]") for i in range(6)]
    assert value(scene, "h[0]") == a
    assert value(scene, "h[3]") == a * x[1] * x[2] * x[3]
    assert value(scene, "h[4]") not in (a, a * x[1] * x[2] * x[3] * x[4])
    assert value(scene, "p[4]") == value(scene, "q")
    assert value(scene, "p[3]") != value(scene, "q")


def test_left_sides_are_solved_for_their_letters() -> None:
    scene = random_scene(UNUSUAL, {}, {}, random.Random(1))
    u, e = [value(scene, f"u[{i}]") for i in range(4)], value(scene, "e(0)")
    assert [value(scene, f"d[{i},{i}]") == u[i] for i in range(4)] == [True, True, True, False]
    assert value(scene, "d[1,2]") not in u
    assert [value(scene, f"e({i})") for i in (1, 2)] == [2 * e, 4 * e]
    assert value(scene, "e(3)") not in (4 * e, 8 * e)
    assert [value(scene, f"r[{i}]") for i in (5, 3, 1)] == u[:3]
    assert value(scene, "r[4]") not in u


def test_a_long_recurrence_needs_no_deep_stack() -> None:
    model = read_model("C = h[T]\nh[0] = h0\nh[t] = c*h[t-1] + x[t]*h[t-1]/T for t in range(1, T+1)")
    steps = 2000
    scene = random_scene(model, sizes(T=steps), {}, random.Random(2), arithmetic="precise")
    h, slope, c = value(scene, "h0"), 0, value(scene, "c")
    x = [value(scene, f"x[{t}]") for t in range(steps + 1)]
    for t in range(1, steps + 1):
        h, slope = c * h + x[t] * h / steps, h + (c + x[t] / steps) * slope
    assert agree(value(scene, "C") / h, h / h)
    assert agree(gradient(scene, "C", "c") / slope, h / h)


def test_two_recurrences_that_need_each_other() -> None:
    text = """
    C = a[T]
    a[t] = sum(b[t-1,i] for i in range(3)) for t in range(1, T+1)
    b[t,i] = a[t]/3 for t in range(1, T) for i in range(3)
    """
    scene = drawn(text, sizes=sizes(T=500))
    assert value(scene, "C") == sum((value(scene, f"b[0,{i}]") for i in range(3)), F(0))


def ring(length: int) -> Model:
    first = Equation(Quantity("a", None, (index(length),)), Quantity("a", None, (index(0),)))
    t = index(Symbol("t"))
    others = Range(Symbol("t"), index(0), index(length))
    return Model((first, Equation(Quantity("a", None, (t,)), Quantity("a", None, (t + 1,)), (others,))))


@pytest.mark.parametrize(
    ("model", "message"),
    [
        (ring(1), "the definition of a[0] needs itself: a[0] -> a[1] -> a[0]"),
        (ring(0), "the definition of a[0] needs itself: a[0] -> a[0]"),
    ],
)
def test_a_circle_is_shown(model: Model, message: str) -> None:
    with pytest.raises(ModelError) as caught:
        value(random_scene(model, {}, {}, random.Random(1)), "a[0]")
    assert str(caught.value) == message


def test_a_long_circle_ends_too() -> None:
    with pytest.raises(ModelError, match=r"^the definition of a\[\d+\] needs itself: "):
        value(random_scene(ring(1000), {}, {}, random.Random(1)), "a[0]")


@pytest.mark.parametrize(
    ("left", "right", "message"),
    [
        (
            Quantity("x", None, (read_index("i+j"),)),
            "1",
            "the index i + j on a left side has no single letter that it determines: write one letter",
        ),
        (
            Quantity("x", None, (read_index("i"),)),
            "1",
            (
                "x[i] = 1 for i in range(0, 3) for j in range(0, 3) says nothing of j on its left side: "
                "write it as an index there"
            ),
        ),
    ],
)
def test_left_sides_that_determine_nothing(left: Quantity, right: str, message: str) -> None:
    ranges = tuple(Range(Symbol(name), index(0), index(3)) for name in "ij")
    model = Model((Equation(left, read_expression(right), ranges),))
    with pytest.raises(ModelError) as caught:
        value(random_scene(model, {}, {}, random.Random(1)), "x[0]")
    assert str(caught.value) == message


# ---------------------------------------------------------------- local derivatives


def test_partials_are_one_level_deep() -> None:
    scene = drawn(LESSON, sizes={**n_at("L", 3), **n_at("L-1", 4)}, letters=sizes(j=1, k=2))
    w, y, z = (read_quantity(text) for text in ("w(L)[j,k]", "y[j]", "z(L)[j]"))
    c, a = read_quantity("C0"), read_quantity("a(L)[j]")
    _, slope = cubic(scene)
    table = [
        (c, w, F(0)),
        (c, a, 2 * (value(scene, "a(L)[1]") - value(scene, "y[1]"))),
        (a, z, slope(value(scene, "z(L)[1]"))),
        (a, w, F(0)),
        (z, w, value(scene, "a(L-1)[2]")),
        (read_quantity("z(L)[0]"), w, F(0)),
        (z, z, F(1)),
        (y, y, F(1)),
        (y, read_quantity("y[0]"), F(0)),
        (read_expression("y[1]**3 + y[0]"), y, 3 * value(scene, "y[1]") ** 2),
        (Sum((c, a)), a, F(1)),
    ]
    assert [evaluate(Partial(of, by), scene) for of, by, _ in table] == [expected for *_, expected in table]


def test_derivatives_of_derivatives() -> None:
    scene = drawn("C = u*x**3\nu = x*v\nv = 2*x")
    x, c = value(scene, "x"), read_quantity("C")
    first = Gradient(c, read_quantity("x"))
    assert evaluate(first, scene) == 10 * x**4
    assert evaluate(Partial(Product((first, read_quantity("x"))), read_quantity("x")), scene) == 10 * x**4 + 40 * x**4


def test_the_loss_by_something_in_between() -> None:
    scene = drawn("C = u**2*v\nv = 3*u\nu = x**2")
    u = value(scene, "u")
    assert gradient(scene, "C", "u") == 9 * u**2
    assert gradient(scene, "C", "v") == u**2
    assert gradient(scene, "u", "C") == 0
    assert gradient(scene, "C", "C") == 1


def test_kinks_take_the_branch_that_the_condition_chooses() -> None:
    text = "C = sum(max(0, x[i]) + 2*abs(x[i]) + (x[i] if x[i] >= 0 else 0.01*x[i]) for i in range(3))"
    scene = given_scene(read_model(text), {"x": [-1, 0, 1]})
    assert [gradient(scene, "C", f"x[{i}]") for i in range(3)] == [-1.99, 1, 4]


# ---------------------------------------------------------------- bounds


@pytest.mark.parametrize(
    ("text", "error", "message"),
    [
        ("C = log(-x)", OutsideDomain, r"^log\(-0\.\d+\) has no value: log needs a number above 0$"),
        ("C = x/(y - y)", OutsideDomain, r"^x/\(y - y\) divides by 0 here$"),
        ("C = sigmoid(x)", NotExact, r"^exp\(-\d+/\d+\) is not rational: evaluate it with 50 digits$"),
        (
            "C = h[20]\nh[0] = x\nh[t] = h[t-1]*h[t-1] for t in range(1, 21)",
            TooLarge,
            r"^h\[\d+\] has more than 10000 binary digits: evaluate it with 50 decimal digits$",
        ),
    ],
)
def test_what_a_point_cannot_give(text: str, error: type[DeriveError], message: str) -> None:
    with pytest.raises(error, match=message):
        value(drawn(text, functions={"sigmoid": read_expression("1/(1 + exp(-z))")}.get), "C")


def test_pi_has_a_rational_stand_in() -> None:
    assert value(drawn("C = 2*pi"), "C") == F(710, 113)
    assert value(given_scene(read_model("C = 2*pi"), {}), "C") == 2 * math.pi
