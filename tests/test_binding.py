"""A target may use the model's own letters: bound ones make room, and never take the name of a size."""

from __future__ import annotations

import pytest

import derive

TENSOR = "E = sum(t[i,j,k]*x[i]*y[j]*z[k] for i in range(n) for j in range(m) for k in range(d))"
COLUMNS = "E = sum(B[i]*prod(A[j,i] for j in range(n)) for i in range(m))"
CHAIN = "E = sum((x[i+1] - x[i])**2 for i in range(n-1))"
TARGETS = [
    (TENSOR, "t[i,j,k]", "x[i]*y[j]*z[k]"),
    (TENSOR, "t[k,i,j]", "x[k]*y[i]*z[j]"),
    (TENSOR, "t[p,q,r]", "x[p]*y[q]*z[r]"),
    (TENSOR, "x[j]", "sum(y[p]*sum(t[j,p,k]*z[k] for k in range(d)) for p in range(m))"),
    (COLUMNS, "A[i,j]", "B[j]*prod(A[q,j] for q in range(n) if q != i)"),
    (COLUMNS, "A[j,i]", "B[i]*prod(A[q,i] for q in range(n) if q != j)"),
    (COLUMNS, "A[u,v]", "B[v]*prod(A[k,v] for k in range(n) if k != u)"),
    (CHAIN, "x[i]", "(2*(x[i] - x[i-1]) if 0 <= i - 1 else 0) + (2*(x[i] - x[i+1]) if i < n - 1 else 0)"),
]


@pytest.mark.parametrize(("text", "by", "result"), TARGETS)
def test_no_letter_is_captured(text: str, by: str, result: str) -> None:
    derivation = derive.differentiate(derive.read_model(text), of="E", by=by)
    assert str(derivation.result) == result
    assert not derivation.verify().wrong


@pytest.mark.parametrize(("k", "expected"), list(enumerate([-2.0, -2.0, -4.0, 18.0, -10.0])))
def test_the_furthest_mention_says_how_long_an_array_is(k: int, expected: float) -> None:
    derivation = derive.differentiate(derive.read_model(CHAIN), of="E", by="x[k]")
    assert derivation.evaluate({"x": [1, 2, 4, 8, 3]}, {"k": k}) == expected


FIXED_PLACES = [
    ("E = sum(x[i]**2 for i in range(n-1)) + x[c]", "0 <= c < n", "x[i]", {"n": 2, "c": 1, "i": 1}),
    ("E = x[1]**2 + sum(x[c] for k in range(n))/n", "0 <= c < n", "x[i]", {"n": 3, "c": 2, "i": 2}),
]


@pytest.mark.parametrize(("text", "assumed", "by", "sizes"), FIXED_PLACES)
def test_a_fixed_index_may_lie_where_no_other_mention_does(
    text: str, assumed: str, by: str, sizes: dict[str, int]
) -> None:
    derivation = derive.differentiate(derive.read_model(f"{text}\n{assumed}"), of="E", by=by)
    assert derivation.evaluate({"x": [1, 2, 4]}, sizes) == 1
