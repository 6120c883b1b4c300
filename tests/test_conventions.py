"""Where a function has no derivative, the page says what is taken there; where it has one, it says nothing."""

from __future__ import annotations

import pytest

import derive
from derive.api import dense_derivation

TIE = {
    "E = max(a, b)*w\na = w*x\nb = 2*w": r"Where the greatest value in $\max(a, b)$ is reached twice",
    "E = min(a, b)*w\na = w*x\nb = 2*w": r"Where the least value in $\min(a, b)$ is reached twice",
    "E = max(p[i] for i in range(n))\np[i] = w*x[i] for i in range(n)": r"Where the greatest value in $\max_{0 \le j",
    "E = relu(w*x)": r"At $z = 0$ the function $\mathrm{ReLU}(z)$ has no derivative; $0$ is taken there",
    "E = abs(w*x)": r"At $z = 0$ the function $\lvert z \rvert$ has no derivative; $0$ is taken there",
}


@pytest.mark.parametrize("text", TIE)
def test_a_kink_is_told(text: str) -> None:
    page = derive.differentiate(derive.read_model(text), of="E", by="w").markdown()
    assert page.count(TIE[text]) == 1
    assert "as is usual" in page


@pytest.mark.parametrize(("loss", "told"), [("hinge", 1), ("squared_hinge", 0), ("squared error", 0)])
def test_a_kink_that_is_none_is_not_told(loss: str, told: int) -> None:
    page = dense_derivation("1,2", loss=loss).markdown()
    assert page.count("this maximum has no derivative") == told


def test_a_delta_in_a_case_is_sifted() -> None:
    model = derive.read_model("E = max(p[i] for i in range(n))\np[i] = w*x[i] for i in range(n)")
    result = derive.differentiate(model, of="E", by="w").result
    assert str(result) == "sum((1 if p[i] == E else 0)*x[i] for i in range(n))"
