"""What is wrong with a model though its text can be read; and what is not."""

from __future__ import annotations

import pytest
from published import refusals

from derive.errors import ModelError
from derive.model.check import check
from derive.model.circles import on_circles
from derive.model.language import read_model
from derive.model.model import Equation, Model, Range
from derive.writing.index import Symbol, index
from derive.writing.nodes import Quantity

WRONG = refusals("wrong_models.txt")


@pytest.mark.parametrize(("text", "message"), WRONG)
def test_a_wrong_model_is_refused(text: str, message: str) -> None:
    with pytest.raises(ModelError) as caught:
        read_model(text)
    assert str(caught.value) == message


def test_all_wrong_models_are_found() -> None:
    assert len(WRONG) > 15


RIGHT = {
    "a recurrence": "h[t] = w*h[t-1] for t in range(1, T)\nh[0] = 1",
    "a backward recurrence": "b[t] = w*b[t+1] for t in range(T)\nb[T] = 1",
    "two directions": "f[t] = f[t-1] for t in range(1, T)\nb[t] = b[t+1] + f[t] for t in range(T)",
    "several steps back": "h[t] = h[t-1] + h[t-2] for t in range(2, T)\nh[0] = 1\nh[1] = 1",
    "layers": "z(l)[j] = sum(w(l)[j,k]*a(l-1)[k] for k in range(n(l-1))) for l in range(1, L+1) for j in range(n(l))\n"
    "a(l)[j] = tanh(z(l)[j]) for l in range(1, L+1) for j in range(n(l))\na(0)[k] = x[k] for k in range(n(0))",
    "everything before": "h[t] = sum(h[s] for s in range(t)) for t in range(T)",
    "everything before, by a filter": "h[t] = sum(h[s] for s in range(T) if not s >= t) for t in range(T)",
    "a graph given by data": "h[i] = sum(h[j] for j in range(n) if A[i,j] == 1) for i in range(n)",
    "a guarded recurrence": "h[t] = h[t-1] if t > 0 or False else x for t in range(T)",
    "a diagonal order": "d[i,j] = d[i-1,j] + d[i,j-1] for i in range(1, n) for j in range(1, m)",
    "two fixed elements": "y[p] = y[q]\np >= 0\nq >= 0",
    "ranges side by side": "x[i] = 0 for i in range(K)\nx[i] = 1 for i in range(K, N)",
    "ranges that nobody can compare": "x[i] = 0 for i in range(K)\nx[i] = 1 for i in range(M, N)",
    "triangles": "x[i,j] = 0 for i in range(n) for j in range(i)\nx[i,j] = 1 for i in range(n) for j in range(i, n)",
    "first, inner and last": "x[0] = a\nx[i] = b for i in range(1, n)\nx[n] = c",
    "a stride and a margin": "y[i] = sum(w[u]*x[s*i+u-p] for u in range(K)) for i in range(N)",
    "a fixed index by its comparison": "L = sum(s[j] - s[c] for j in range(K) if j != c)",
    "a fixed index by its name": "L = -log(p[target])",
    "a fixed index in a line of its own": "L = -log(p[c])\nc >= 0",
    "a label without a range": "a(l)[j] = z(l)[j] for j in range(n(l))",
    "a label as an index": "y[t] = h(t)",
    "very wide": "h[t] = w*h[t-1] for t in range(1, 10000000000)\nh[0] = 1",
    "a size that is also a family": "C = sum(N[i] for i in range(N))",
}


@pytest.mark.parametrize("name", RIGHT)
def test_a_right_model_is_read(name: str) -> None:
    assert read_model(RIGHT[name]).equations


def test_sizes_with_numbers_are_used() -> None:
    text = "x[i] = 0 for i in range(K)\nx[i] = 1 for i in range(M, N)"
    with pytest.raises(ModelError, match=r"^x\[2\] is defined here and in line 1: "):
        read_model(text, sizes={"K": 3, "M": 2, "N": 9})
    assert read_model(text, sizes={"K": 3, "M": 3, "N": 9}).equations


def test_a_model_made_without_text_names_the_equation() -> None:
    letter = Symbol("j")
    left = Quantity("y", None, (index(letter),))
    wrong = Equation(left, left, (Range(letter, index(0), index(3)),))
    with pytest.raises(ModelError) as caught:
        check(Model((wrong,)))
    assert str(caught.value).startswith("y[0] needs itself: y[0] -> y[0]. ")
    assert str(caught.value).endswith(f"\nin {wrong}")


def test_only_families_that_need_each_other_are_searched_for_circles() -> None:
    model = read_model("C = h[T] + y\ny = 2*x\nh[t] = a[t] for t in range(1, T)\na[t] = h[t-1]*y for t in range(1, T)")
    assert on_circles(model) == {"h", "a"}
