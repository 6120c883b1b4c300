"""What Python shows of the objects that people hold: one line that says what it is."""

from __future__ import annotations

import pytest

import derive

LINE = derive.read_model("E = (p - y)**2\np = w*x + b")
SHOWN = [
    (LINE, "Model(E, p)"),
    (derive.ready_model("lesson"), "Model(lesson: C0, a(L)[j], z(L)[j])"),
    (derive.differentiate(LINE, of="E", by="w"), "Derivation(d(E)/d(w) = 2*(p - y)*x)"),
    (
        derive.differentiate(LINE, of="E", by="w").verify(),
        "Verification(10 steps and the result: 0 wrong, 0 unchecked)",
    ),
]


@pytest.mark.parametrize(("shown", "text"), SHOWN, ids=[text.partition("(")[0] for _, text in SHOWN])
def test_an_object_says_what_it_is(shown: object, text: str) -> None:
    assert repr(shown) == text


def test_gradients_stand_below_one_another() -> None:
    lines = repr(derive.differentiate_all(LINE, of="E")).splitlines()
    assert lines[0].startswith("Gradients(Derivation(d(E)/d(")
    assert {line[10:].rstrip(",)") for line in lines} >= {"Derivation(d(E)/d(w) = 2*(p - y)*x"}
