"""Sums over 10**9 terms: against closed forms, and against sums evaluated term by term."""

from __future__ import annotations

import random
from fractions import Fraction

import pytest
from scenes import drawn, gradient, n_at, sizes, value

from derive.errors import TooLarge
from derive.model.forward import (
    ModelScene,
    random_scene,
)
from derive.model.language import read_expression, read_model
from derive.model.spreading import IN_FULL, Spreader
from derive.writing.evaluate import evaluate
from derive.writing.index import Symbol, index
from derive.writing.nodes import Delta, Fold, Gradient, Partial, Product, Quantity, Sum
from derive.writing.numbers import agree
from derive.writing.scene import Scene

F = Fraction


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
    "an order against a number": ("C = sum((x[i] if i < 7 else 2*x[i])**2 for i in range(n))", "x[35]"),
    "ranges that end at numbers": (
        "C = sum(v[i]**2 for i in range(n))\nv[i] = 3*x[i] for i in range(5)\nv[i] = x[i]*x[0] for i in range(9, n)",
        "x[36]",
    ),
    "a case inside a definition": (
        "C = sum(v[i]**2 for i in range(n))\nv[i] = (x[i] if i == 7 else 3*x[i]) for i in range(n)",
        "x[7]",
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


OUTSIDE = [
    "sum((x[i] if i < 7 else 2*x[i]) for i in range(n))",
    "sum((x[i] if i == j+1 else 2*x[i]) for i in range(n))",
    "sum(x[i]*(1 if i != n-2 else 3) for i in range(n))",
    "sum(sum(x[i]*x[k] for k in range(5) if k == i) for i in range(n))",
    "sum(x[i]*p[i] for i in range(j, n-3))",
]


@pytest.mark.parametrize("text", OUTSIDE)
def test_expressions_that_are_no_part_of_the_model(text: str) -> None:
    model = read_model(SYMMETRIC["softmax"][0])
    scene = random_scene(model, sizes(n=40), sizes(j=7), random.Random(5), marked=[1])
    tree = read_expression(text, letters=["n", "j"])
    assert evaluate(tree, scene) == evaluate(tree, term_by_term(scene))
    evaluate(tree, random_scene(model, sizes(n=10**9), sizes(j=7), random.Random(5)))


def test_times_and_layers_are_told_apart_even_in_wide_models() -> None:
    text = "C = h[99]\nh[0] = x[0]\nh[t] = h[t-1] + x[t]*sum(u[i] for i in range(n)) for t in range(1, 100)"
    scene = drawn(text, sizes=sizes(n=10**9))
    assert len({value(scene, f"x[{t}]") for t in range(100)}) == 100
    assert value(scene, "u[5]") == value(scene, "u[6]")


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
    ("sum(v[k] for k in range(n))\nv[k] = sum(x[k] for i in range(5) if k == i+1) for k in range(n)", "k"),
    ("sum(v[k] for k in range(n))\nv[k] = sum(i*x[k] for i in range(5) if k == i) for k in range(n)", "k"),
    ("sum(x[k]*s[k] for k in range(n)) + sum(s[i+1] for i in range(3))", "k"),
    (
        (
            "sum(h[3,i] for i in range(n))\n"
            "h[t,i] = sum(x[k] for k in range(t) if k == i) for t in range(5) for i in range(n)"
        ),
        "i",
    ),
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
    assert letter in "ik"


def test_a_maximum_of_many_equal_values_has_no_derivative() -> None:
    scene = random_scene(read_model("C = max(x[i] for i in range(n))"), sizes(n=50), {}, random.Random(1))
    assert value(scene, "C") == value(scene, "x[3]")
    with pytest.raises(TooLarge) as caught:
        gradient(scene, "C", "x[3]")
    assert str(caught.value) == "max over this many equal values has no derivative: take smaller sizes"
