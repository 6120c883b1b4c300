"""Models evaluated forward: against plain Python loops over fractions, NumPy and the complex step, and closed forms."""

from __future__ import annotations

import itertools
import math
import random
import subprocess
import sys
from collections.abc import Callable, Mapping
from fractions import Fraction
from typing import Any

import numpy as np
import pytest

from derive.errors import DeriveError, ModelError, OptionError, TooLarge, ValueMissing
from derive.model.forward import (
    POSITIVE,
    SIGNED,
    ModelScene,
    given_scene,
    gradient_by_duals,
    random_scene,
)
from derive.model.language import read_condition, read_expression, read_index, read_model, read_quantity, read_symbol
from derive.model.model import Equation, Model, Range
from derive.model.spreading import IN_FULL, Spreader
from derive.writing.evaluate import evaluate
from derive.writing.index import Symbol, index
from derive.writing.nodes import Apply, Delta, Expr, Fold, Function, Gradient, Partial, Product, Quantity, Sum
from derive.writing.numbers import NotExact, OutsideDomain, agree
from derive.writing.scene import Scene

F = Fraction

LESSON = """
C0      = sum((a(L)[j] - y[j])**2 for j in range(n(L)))
a(L)[j] = g(L)(z(L)[j]) for j in range(n(L))
z(L)[j] = sum(w(L)[j,k] * a(L-1)[k] for k in range(n(L-1))) for j in range(n(L))
"""
NETWORK = """
C       = 1/2*sum((y[j] - a(L)[j])**2 for j in range(n(L)))
a(l)[j] = g(l)(z(l)[j]) for l in range(1, L+1) for j in range(n(l))
z(l)[j] = sum(w(l)[j,k] * a(l-1)[k] for k in range(n(l-1))) + b(l)[j] for l in range(1, L+1) for j in range(n(l))
"""


def sizes(**numbers: int) -> dict[Symbol, int]:
    return {Symbol(name): number for name, number in numbers.items()}


def drawn(text: str, seed: int = 1, **options: Any) -> ModelScene:
    options = {"sizes": {}, "letters": {}, **options}
    return random_scene(read_model(text), rng=random.Random(seed), **options)


def value(scene: ModelScene, text: str) -> Any:
    return scene.element(scene.located(read_quantity(text)))


def gradient(scene: ModelScene, of: str, by: str) -> Any:
    return gradient_by_duals(scene, read_quantity(of), read_quantity(by))


def n_at(label: str, number: int) -> dict[Symbol, int]:
    return {read_symbol(f"n({label})"): number}


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
    points = [scene.applied("g", label, (0,), [F(i)]) for i in range(4)]
    d1, d2, d3 = (difference(points, order) for order in (1, 2, 3))

    def g(x: Fraction) -> Fraction:
        return points[0] + d1 * x + d2 * x * (x - 1) / 2 + d3 * x * (x - 1) * (x - 2) / 6

    def slope(x: Fraction) -> Fraction:
        return d1 + d2 * (2 * x - 1) / 2 + d3 * (3 * x * x - 6 * x + 2) / 6

    assert d3 != 0
    assert scene.applied("g", label, (0,), [F(9)]) == g(F(9))
    return g, slope


def difference(points: list[Fraction], order: int) -> Fraction:
    return sum(((-1) ** (order - i) * math.comb(order, i) * points[i] for i in range(order + 1)), F(0))


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


# ---------------------------------------------------------------- wide sums

WIDE = """
C    = sum(u[i]*v[i] for i in range(n))
v[i] = sum(w[i,k]*x[k] for k in range(n)) + sum(x[k] for k in range(n) if k != i) for i in range(n)
"""


def by_hand(x: dict[int, Fraction], u: dict[int, Fraction], w: dict[tuple[int, int], Fraction], n: int) -> Fraction:
    """C in plain Python; index 0 stands for each of the n - 2 indices that are neither 1 nor 2."""
    count = {0: n - 2, 1: 1, 2: 1}
    whole = sum((count[k] * x[k] for k in count), F(0))
    inner = {i: sum((count[k] * w[i, k] * x[k] for k in count), F(0)) + whole - x[i] for i in count}
    return sum((count[i] * u[i] * inner[i] for i in count), F(0))


@pytest.mark.parametrize("n", [40, 10**9])
def test_a_wide_double_sum_has_its_closed_form(n: int) -> None:
    scene = random_scene(read_model(WIDE), sizes(n=n), {}, random.Random(4), marked=[1, 2])
    x, u = ({i: value(scene, f"{name}[{i}]") for i in range(3)} for name in "xu")
    w = {(i, k): value(scene, f"w[{i},{k}]") for i in range(3) for k in range(3)}
    assert len({*x.values(), *u.values(), *w.values()}) == 15
    assert value(scene, "C") == by_hand(x, u, w, n)
    assert gradient(scene, "C", "w[1,2]") == u[1] * x[2]
    assert gradient(scene, "C", f"w[{n - 1},2]") == u[0] * x[2]
    total = (n - 2) * u[0] + u[1] + u[2]
    weights = (n - 2) * u[0] * w[0, 2] + u[1] * w[1, 2] + u[2] * w[2, 2]
    assert gradient(scene, "C", "x[2]") == weights + total - u[2]


def visits(scene: ModelScene, of: str, monkeypatch: pytest.MonkeyPatch) -> int:
    """How many terms of sums are evaluated for a value."""
    visited: list[tuple[int, int]] = []
    spread = Spreader.spread

    def counted(self: Spreader, fold: Fold, lower: int, upper: int, scene: Scene) -> list[tuple[int, int]]:
        terms = list(spread(self, fold, lower, upper, scene))
        visited.extend(terms)
        return terms

    with monkeypatch.context() as patch:
        patch.setattr(Spreader, "spread", counted)
        value(scene, of)
    return len(visited)


def test_the_work_does_not_grow_with_the_size(monkeypatch: pytest.MonkeyPatch) -> None:
    model = read_model(WIDE)
    scenes = [random_scene(model, sizes(n=n), {}, random.Random(4), marked=[1, 2]) for n in (100, 10**6, 10**9)]
    few, many, most = (visits(scene, "C", monkeypatch) for scene in scenes)
    assert few == many == most < 100


SYMMETRIC = {
    "sums": (
        "C = sum(u[i]*v[i] for i in range(n))\nv[i] = sum(w[i,k]*x[k]**2 for k in range(n)) for i in range(n)",
        "x[2]",
    ),
    "products": ("C = prod(1 + x[k]/n for k in range(n))*sum(x[i] for i in range(1, n))", "x[1]"),
    "softmax": (
        "C = sum(y[i]*p[i]**2 for i in range(n))\np[i] = x[i]**2/sum(x[k]**2 for k in range(n)) for i in range(n)",
        "x[2]",
    ),
    "conditions": (
        "C = sum((x[i] if i == 1 or i == k else 2*x[k])*x[i] for i in range(n) for k in range(n) if i != k)",
        "x[1]",
    ),
    "an order against a size": (
        "C = sum((x[i] if i < m else 2*x[i])**2 for i in range(n)) + sum(x[i] for i in range(m))",
        "x[35]",
    ),
    "several ranges": (
        (
            "C = sum(v[i]**2 for i in range(n))\nv[0] = x[3]\nv[i] = 3*x[i] for i in range(1, m)\n"
            "v[i] = x[i]*x[m] for i in range(m, n-1)"
        ),
        "x[36]",
    ),
    "an element by name": (
        "C = sum(v[i]*x[n-1] for i in range(n))\nv[i] = x[i]*x[m] for i in range(n)\nm >= 0",
        "x[m]",
    ),
    "an offset elsewhere": (
        (
            "C = sum(v[i]*h[3] for i in range(n))\nh[0] = 1\n"
            "h[t] = h[t-1]*sum(x[t,i] for i in range(n)) for t in range(1, 5)\nv[i] = x[1,i] for i in range(n)"
        ),
        "x[2,1]",
    ),
    "layers": (
        (
            "C = sum(a(3)[j]*y[j] for j in range(n(3)))\n"
            "a(l)[j] = sum(w(l)[j,k]*a(l-1)[k] for k in range(n(l-1)))/n(l-1) for l in range(1, 4) for j in range(n(l))"
        ),
        "w(1)[2,0]",
    ),
    "largest": ("C = max(x[i] + y[k] for i in range(n) for k in range(n))*sum(x[i] for i in range(n))", None),
}


def term_by_term(scene: ModelScene) -> ModelScene:
    """The same point with every sum evaluated term by term."""
    return ModelScene(scene.model, scene.ground, dict(scene.letters), Spreader(10**6))


@pytest.mark.parametrize("name", SYMMETRIC)
@pytest.mark.parametrize("marked", [(), (1, 2), (0, 36, 39)])
def test_classes_give_what_direct_sums_give(
    name: str, marked: tuple[int, ...], monkeypatch: pytest.MonkeyPatch
) -> None:
    text, by = SYMMETRIC[name]
    widths = {**sizes(n=40, m=36), **{s: 40 - label for label in range(4) for s in n_at(str(label), 0)}}
    scene = random_scene(read_model(text), widths, {}, random.Random(5), marked=marked, arithmetic="precise")
    direct = term_by_term(scene)
    assert visits(scene, "C", monkeypatch) < visits(direct, "C", monkeypatch)
    assert agree(value(scene, "C"), value(direct, "C"))
    if by is not None:
        assert agree(gradient(scene, "C", by), gradient(direct, "C", by))
        assert not marked or gradient(direct, "C", by) != 0


def test_sums_of_derivatives_go_by_classes_too() -> None:
    text = SYMMETRIC["softmax"][0]
    k, j = index(Symbol("k")), index(Symbol("j"))
    x = Quantity("x", None, (k,))
    body = Product((Gradient(Quantity("C"), x), Sum((Partial(Quantity("p", None, (j,)), x), Delta(j, k)))))
    total = Fold("sum", body, Symbol("k"), index(0), index(Symbol("n")))
    scene = random_scene(read_model(text), sizes(n=40), sizes(j=7), random.Random(5), marked=[1])
    assert evaluate(total, scene) == evaluate(total, term_by_term(scene))
    wide = random_scene(read_model(text), sizes(n=10**9), sizes(j=7), random.Random(5), marked=[1])
    assert evaluate(total, wide) != 0


RIGID = [
    ("sum(x[i]*i for i in range(n))", "i"),
    ("sum(x[i+1] for i in range(n))", "i"),
    ("sum(x[i] for k in range(2) for i in range(n) if i > k)", "i"),
    ("sum(sum(x[k] for k in range(i)) for i in range(n))", "i"),
    ("sum(a(i) for i in range(n))", "i"),
    ("sum(g(i)(y) for i in range(n))", "i"),
    ("sum(v[i] for i in range(n))\nv[i] = x[i]*i for i in range(n)", "i"),
    ("sum(v[i] for i in range(n))\nv[i] = sum(x[k] for k in range(9) if k == i+1) for i in range(n)", "i"),
]


@pytest.mark.parametrize(("text", "letter"), RIGID)
def test_wide_sums_that_look_at_the_number_of_an_index_are_refused(text: str, letter: str) -> None:
    with pytest.raises(TooLarge) as caught:
        value(drawn(f"C = {text}", sizes=sizes(n=10**9)), "C")
    assert str(caught.value) == (
        f"a sum over 1000000000 values of {letter} has to be evaluated term by term: take at most 5000"
    )


@pytest.mark.parametrize(("text", "letter"), RIGID)
def test_they_are_evaluated_term_by_term_where_that_is_possible(text: str, letter: str) -> None:
    scene = drawn(f"C = {text}", sizes=sizes(n=IN_FULL + 8))
    assert value(scene, "C") == value(term_by_term(scene), "C")
    assert letter == "i"


def test_a_maximum_of_many_equal_values_has_no_derivative() -> None:
    scene = random_scene(read_model("C = max(x[i] for i in range(n))"), sizes(n=50), {}, random.Random(1))
    assert value(scene, "C") == value(scene, "x[3]")
    with pytest.raises(TooLarge) as caught:
        gradient(scene, "C", "x[3]")
    assert str(caught.value) == "max over this many equal values has no derivative: take smaller sizes"


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


# ---------------------------------------------------------------- a user's numbers

Arrays = Mapping[str, Any]


def tanh_lesson(v: Arrays) -> Any:
    z = v["w(L)"] @ v["a(L-1)"]
    return ((np.tanh(z) - v["y"]) ** 2).sum()


def cross_entropy(v: Arrays) -> Any:
    p = np.exp(v["W"] @ v["x"] + v["b"])
    return -(v["y"] * np.log(p / p.sum())).sum()


def batch_norm(v: Arrays) -> Any:
    mu = v["x"].mean()
    var = ((v["x"] - mu) ** 2).mean()
    return (((v["x"] - mu) / np.sqrt(var + v["eps"]) * v["gamma"] + v["beta"] - v["t"]) ** 2).sum() / 2


def recurrent(v: Arrays) -> Any:
    h, loss = v["h0"], 0
    for t in range(1, 5):
        h = np.tanh(v["W"] @ h + v["U"] @ v["x"][t])
        loss = loss + (h * v["y"][t]).sum()
    return loss


def convolution(v: Arrays) -> Any:
    z = np.array([(v["w"] * v["x"][i : i + 3]).sum() for i in range(6)])
    return (z**3).sum()


def normal(*shape: int) -> Any:
    return np.random.default_rng(sum(shape) + 17 * len(shape)).normal(size=shape)


MODELS: dict[str, tuple[str, Callable[[Arrays], Any], Arrays, dict[str, str]]] = {
    "lesson": (LESSON, tanh_lesson, {"w(L)": normal(3, 5), "a(L-1)": normal(5), "y": normal(3)}, {"g(L)": "tanh"}),
    "softmax": (
        (
            "loss = -sum(y[i]*log(p[i]) for i in range(K))\n"
            "p[i] = exp(s[i])/sum(exp(s[j]) for j in range(K)) for i in range(K)\n"
            "s[i] = sum(W[i,k]*x[k] for k in range(D)) + b[i] for i in range(K)"
        ),
        cross_entropy,
        {"W": normal(4, 3), "x": normal(3), "b": normal(4), "y": np.array([0.1, 0.2, 0.3, 0.4])},
        {},
    ),
    "batch norm": (
        (
            "loss = 1/2*sum((gamma*xhat[i] + beta - t[i])**2 for i in range(m))\n"
            "xhat[i] = (x[i] - mu)/sqrt(var + eps) for i in range(m)\n"
            "var = 1/m*sum((x[i] - mu)**2 for i in range(m))\nmu = 1/m*sum(x[i] for i in range(m))"
        ),
        batch_norm,
        {"x": normal(5), "t": normal(5) + 1, "gamma": 1.5, "beta": -0.5, "eps": 0.01},
        {},
    ),
    "recurrent": (
        (
            "loss = sum(h[t,i]*y[t,i] for t in range(1, T+1) for i in range(n))\n"
            "h[t,i] = tanh(sum(W[i,k]*h[t-1,k] for k in range(n)) + sum(U[i,k]*x[t,k] for k in range(m)))"
            " for t in range(1, T+1) for i in range(n)\nh[0,i] = h0[i] for i in range(n)"
        ),
        recurrent,
        {"W": normal(3, 3), "U": normal(3, 2), "x": normal(5, 2), "y": normal(5, 3), "h0": normal(3)},
        {},
    ),
    "convolution": (
        "loss = sum(c[i]**3 for i in range(N-K+1))\nc[i] = sum(w[u]*x[i+u] for u in range(K)) for i in range(N-K+1)",
        convolution,
        {"w": normal(3), "x": normal(8)},
        {},
    ),
}


@pytest.mark.parametrize("name", MODELS)
def test_gradients_by_the_complex_step(name: str) -> None:
    text, program, values, functions = MODELS[name]
    more = {"N": 8} if name == "convolution" else {}
    scene = given_scene(read_model(text), values, sizes=more, functions=functions)
    loss = text.split("=", maxsplit=1)[0].strip()
    assert value(scene, loss) == pytest.approx(program(values), rel=1e-12)
    for family, array in values.items():
        for place in np.ndindex(np.shape(array)):
            moved = {name: np.array(given, dtype=complex) for name, given in values.items()}
            moved[family][place] += 1e-100j
            expected = program(moved).imag / 1e-100
            by = family + (f"[{','.join(map(str, place))}]" if place else "")
            assert gradient(scene, loss, by) == pytest.approx(expected, rel=1e-10, abs=1e-14)


def lesson_values() -> dict[str, Any]:
    return {"w(L)": [[1.0, 2.0], [3.0, 4.0], [5.0, 6.0]], "a(L-1)": [0.5, 0.25], "y": [1, 0, 1]}


def test_a_printed_piece_is_evaluated() -> None:
    pair = (lambda z: z**2, lambda z: 2 * z)
    scene = given_scene(read_model(LESSON), lesson_values(), sizes={"j": 1, "k": 0}, functions={"g(L)": pair})
    slope = Apply(Function("g", index(Symbol("L")), (1,)), (read_quantity("z(L)[j]"),))
    piece = Product((read_expression("2*(a(L)[j] - y[j])*a(L-1)[k]", letters=["j", "k"]), slope))
    z = 3 * 0.5 + 4 * 0.25
    assert evaluate(piece, scene) == 2 * (z**2 - 0) * 0.5 * 2 * z
    assert gradient(scene, "C0", "w(L)[1,0]") == evaluate(piece, scene)


def test_labels_may_have_numbers() -> None:
    values = {"w(1)": [[2.0]], "b(1)": [0.5], "w(2)": [[3.0]], "b(2)": [0.25], "a(0)": [1.5], "y": [1.0]}
    scene = given_scene(read_model(NETWORK), values, sizes={"L": 2}, functions={"g": "tanh"})
    hidden = math.tanh(2 * 1.5 + 0.5)
    out = math.tanh(3 * hidden + 0.25)
    assert value(scene, "C") == pytest.approx((1 - out) ** 2 / 2)
    expected = -(1 - out) * (1 - out**2) * 3 * (1 - hidden**2) * 1.5
    assert gradient(scene, "C", "w(1)[0,0]") == pytest.approx(expected)


def test_each_label_may_have_its_own_function() -> None:
    pair = (lambda z: z, lambda _: 1.0)
    values = {"w(1)": [[2.0]], "b(1)": [0.5], "w(2)": [[3.0]], "b(2)": [0.25], "a(0)": [1.5], "y": [1.0]}
    scene = given_scene(read_model(NETWORK), values, sizes={"L": 2}, functions={"g(1)": "exp", "g(L)": pair})
    assert value(scene, "a(L)[0]") == 3 * math.exp(3.5) + 0.25


def test_a_given_value_comes_before_its_equation_and_keeps_its_slope() -> None:
    scene = given_scene(read_model("C = v**2\nv = 3*u\nu = x*x"), {"x": 2.0, "v": 100.0})
    assert value(scene, "C") == 10000
    assert gradient(scene, "C", "x") == 2 * 100 * 3 * 2 * 2


def test_values_of_inner_quantities_are_enough() -> None:
    scene = given_scene(read_model(NETWORK), {"a(L)": [0.5, 0.75], "y": [1.0, 0.0], "a(L-1)": [2.0]})
    assert evaluate(read_expression("(a(L)[1] - y[1])*a(L-1)[0]"), scene) == 1.5


def test_rows_that_an_array_lacks_come_from_the_equation() -> None:
    model = read_model("C = h[2]\nh[t] = 2*h[t-1] for t in range(1, 3)")
    assert value(given_scene(model, {"h": [5.0]}), "C") == 20
    assert value(given_scene(model, {"h": [None, 7.0]}), "C") == 14


@pytest.mark.parametrize(
    ("given", "kind"), [(3, float), (np.float32(3), float), (True, float), (F(3), float), (np.array(3), float)]
)
def test_numbers_of_every_kind(given: object, kind: type) -> None:
    found = value(given_scene(read_model("C = 2*x"), {"x": given}), "C")
    assert type(found) is kind
    assert found == 2 * float(given)  # type: ignore[arg-type]


def test_exact_numbers_stay_exact() -> None:
    scene = given_scene(read_model("C = x/y"), {"x": 1, "y": F(3, 2)}, arithmetic="exact")
    assert value(scene, "C") == F(2, 3)
    assert gradient(scene, "C", "y") == F(-4, 9)


CATALOGUE: dict[str, Expr] = {
    "sigmoid": read_expression("1/(1 + exp(-z))"),
    "relu": read_expression("max(0, z)"),
    "elu": read_expression("z if z > 0 else exp(z) - 1"),
    "softplus": read_expression("log(1 + exp(z))"),
    "swish": read_expression("z*sigmoid(z)"),
}


@pytest.mark.parametrize(
    ("name", "order", "z", "expected"),
    [
        ("sigmoid", 0, 0.0, 0.5),
        ("sigmoid", 1, 0.0, 0.25),
        ("sigmoid", 2, 0.0, 0.0),
        ("sigmoid", 3, 0.0, -0.125),
        ("sigmoid", 1, -1000.0, 0.0),
        ("softplus", 0, 1000.0, 1000.0),
        ("softplus", 1, 1000.0, 1.0),
        ("relu", 1, 0.0, 0.0),
        ("relu", 1, 2.0, 1.0),
        ("elu", 1, -1.0, math.exp(-1)),
        ("swish", 1, 0.0, 0.5),
        ("swish", 2, 0.0, 0.5),
    ],
)
def test_catalogue_functions_go_through_their_formula(name: str, order: int, z: float, expected: float) -> None:
    scene = given_scene(read_model("C = g(x)"), {"x": z}, functions={"g": name}, catalogue=CATALOGUE.get)
    found = evaluate(Apply(Function("g", None, (order,) if order else ()), (Quantity("x"),)), scene)
    assert found == pytest.approx(expected, abs=1e-15)
    assert type(found) is float


def test_a_formula_may_hold_parameters() -> None:
    catalogue = {"leaky": read_expression("z if z > 0 else alpha*z")}
    scene = given_scene(read_model("C = leaky(x)*alpha"), {"x": -3, "alpha": 0.5}, catalogue=catalogue.get)
    assert gradient(scene, "C", "alpha") == 2 * 0.5 * -3
    assert evaluate(Apply(Function("leaky", None, (1,)), (Quantity("x"),)), scene) == 0.5


def test_an_infinite_slope_is_computed_again() -> None:
    scene = given_scene(read_model("C = sigmoid(w*x)"), {"w": 1.0, "x": -1000.0}, catalogue=CATALOGUE.get)
    assert gradient(scene, "C", "w") == 0.0


def given(text: str, values: Arrays, **options: Any) -> Callable[[], Any]:
    return lambda: value(given_scene(read_model(text), values, **options), text.split("=", maxsplit=1)[0].strip())


X = "C = sum(x[i]*v(L)[i,k] for i in range(m) for k in range(n(L)))"

COMPLAINTS: list[tuple[Callable[[], Any], type[DeriveError], str]] = [
    (
        given(X, {"x": [1]}),
        ValueMissing,
        "sizes['n(L)'] is missing: give it as a whole number",
    ),
    (
        given(X, {"x": [1]}, sizes={"n(L)": 1}),
        ValueMissing,
        "values['v(L)'] is missing: give it as lists or an array, indexed from 0",
    ),
    (given("C = w*x", {"x": 1}), ValueMissing, "values['w'] is missing: give it as a number"),
    (
        given(NETWORK, {"y": [1]}, sizes={"L": 2, "n(2)": 1, "n(1)": 1}),
        ValueMissing,
        "values['w(2)'] is missing: give it as lists or an array, indexed from 0",
    ),
    (
        given(X, {"x": [1], "v(L)": [[1]]}, sizes={"m": 2}),
        ValueMissing,
        "values['x'] has 1 entries along its index 1, so x[1] is missing",
    ),
    (
        given("C = x[m-3] + sum(x[i] for i in range(m))", {"x": [1, 2]}, sizes={"m": 2}),
        ValueMissing,
        "values['x'] has 2 entries along its index 1, so x[-1] is missing",
    ),
    (
        given("C = g(L)(x)", {"x": 1}),
        ValueMissing,
        (
            "functions['g(L)'] is missing: give the name of a known function, such as 'tanh', or a pair of callables, "
            "g and its derivative"
        ),
    ),
    (
        given(X, {"x": [1, 2], "v(L)": [[1]]}),
        OptionError,
        "values['x'] shows that m is 2, but values['v(L)'] that it is 1: give sizes['m']",
    ),
    (
        given("C = x", {"x": 1, "q": 2}),
        OptionError,
        "values: unknown quantity 'q': it must be one of C, x.",
    ),
    (
        given(X, {"v": [1]}),
        OptionError,
        "values['v'] is not how values are given: the model writes v(L)[i,k], so v(L)",
    ),
    (
        given(X, {"x[0]": 1}),
        OptionError,
        "values['x[0]'] is not how values are given: the model writes x[i], so x",
    ),
    (given("C = x", {"x": "1"}), OptionError, "values['x'] holds '1', which is not a number"),
    (given("C = x", {"x": 1j}), OptionError, "values['x'] holds '1j', which is not a number"),
    (given("C = x", {"x": [1]}), OptionError, "values['x'] has more dimensions than x, which is one number"),
    (
        given("C = x[0,1]", {"x": [1, 2]}),
        OptionError,
        "values['x'] has 1 dimensions, but the model has x[0,1]",
    ),
    (given("C = x*m", {"x": 1}, sizes={"m": 1.5}), OptionError, "sizes['m'] is '1.5', but must be a whole number"),
    (
        given("C = g(x)", {"x": 1}, functions={"f": "tanh"}),
        OptionError,
        "functions: unknown function 'f': it must be one of g.",
    ),
    (
        given("C = exp(x)", {"x": 1}, functions={"f": "tanh"}),
        OptionError,
        "functions['f'] has nothing to stand for: the model has no unknown function",
    ),
    (
        given("C = g(x)", {"x": 1}, functions={"g": "tahn"}),
        OptionError,
        "functions['g'] is 'tahn', which no catalogue knows",
    ),
]


@pytest.mark.parametrize(("asked", "error", "message"), COMPLAINTS)
def test_what_is_missing_or_wrong_is_named(asked: Callable[[], Any], error: type[DeriveError], message: str) -> None:
    with pytest.raises(error) as caught:
        asked()
    assert str(caught.value) == message
    assert type(caught.value) is error


@pytest.mark.parametrize(
    ("functions", "orders", "message"),
    [
        (math.sin, (1,), "functions['g'] has no derivative: give a pair of callables, the function and its derivative"),
        (
            (math.sin, math.cos),
            (2,),
            "functions['g'] has no derivative of order 2: give the name of a known function instead",
        ),
    ],
)
def test_derivatives_that_a_user_did_not_give(functions: Any, orders: tuple[int, ...], message: str) -> None:
    scene = given_scene(read_model("C = g(x)"), {"x": 1.0}, functions={"g": functions})
    assert value(scene, "C") == math.sin(1)
    with pytest.raises(ValueMissing) as caught:
        evaluate(Apply(Function("g", None, orders), (Quantity("x"),)), scene)
    assert str(caught.value) == message


def test_functions_of_several_arguments() -> None:
    triple = (lambda x, y: x * y, lambda x, y: y, lambda x, y: x)
    scene = given_scene(read_model("C = f(x, x**2)"), {"x": 3.0}, functions={"f": triple})
    assert (value(scene, "C"), gradient(scene, "C", "x")) == (27.0, 27.0)


@pytest.mark.parametrize(
    ("text", "values", "known", "name", "size"),
    [
        ("C = sum(x[i] for i in range(m))", {"x": [1, 2, 3]}, {}, "m", 3),
        ("C = sum(x[t] for t in range(1, T+1))", {"x": [0, 1, 2, 3]}, {}, "T", 3),
        ("C = sum(x[t] for t in range(2*m))", {"x": [0, 1]}, {"m": 1}, "m", 1),
        ("C = sum(c[i] for i in range(N-K+1))", {"c": [1, 2]}, {"N": 4}, "K", 3),
        ("C = sum(a(L)[i] for i in range(n(L)))", {"a(L)": [1, 2]}, {"L": 7}, "n(7)", 2),
        ("C = sum(x[i] for i in range(m))", {"x": np.zeros(0)}, {}, "m", 0),
    ],
)
def test_sizes_are_read_off_arrays(text: str, values: Arrays, known: dict[str, int], name: str, size: int) -> None:
    scene = given_scene(read_model(text), values, sizes=known)
    assert scene.symbol(read_symbol(name)) == size
    assert value(scene, "C") == sum(v for array in values.values() for v in array)
