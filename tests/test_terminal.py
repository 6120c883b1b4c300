"""Documents in a terminal: folded to the width, plain or coloured, with every layout that a page can have."""

from __future__ import annotations

import re

import pytest

import derive
from derive.calculus.families import parameters
from derive.documents import voice
from derive.documents.formats.base import Setting
from derive.documents.formats.terminal import LAYOUTS, _Page, terminal
from derive.documents.lesson import View, lesson
from derive.documents.screen import Screen
from derive.documents.views import VIEWS
from derive.model.language import read_quantity
from derive.model.ready import READY, ready

COLOUR = re.compile("\033\\[[0-9;]*m")


def shown(name: str, width: int, *, colour: bool = False) -> str:
    model = derive.ready_model(name)
    by = parameters(model, read_quantity(ready(name).loss, model))[-1]
    derivation = derive.differentiate(model, ready(name).loss, str(by))
    document = lesson(derivation, View(views=tuple(view for view in VIEWS if view != "code")))
    return terminal(document, Setting(derivation.notation()), Screen(width, colour))


@pytest.mark.parametrize("width", [60, 80, 100])
@pytest.mark.parametrize("name", READY)
def test_lines_are_folded_to_the_width(name: str, width: int) -> None:
    longest = max(shown(name, width).splitlines(), key=len)
    assert len(longest) <= width or " " not in longest.strip()


def test_colours_stand_around_the_same_text() -> None:
    plain, coloured = shown("lesson", 80), shown("lesson", 80, colour=True)
    assert COLOUR.search(plain) is None
    assert COLOUR.sub("", coloured) == plain
    assert "\033[1;36mThe question\033[0m" in coloured


def test_a_line_ends_before_a_sign_outside_brackets() -> None:
    derivation = derive.dense_derivation("1,2")
    text = terminal(lesson(derivation, derivation.view()), Setting(derivation.notation()), Screen(80))
    assert (
        "  ∂/∂a₁⁽ᴸ⁾ (Σ_{j=0}^{n−1} (aⱼ⁽ᴸ⁾ − yⱼ)²)\n"
        "    = ∂/∂a₁⁽ᴸ⁾ ((a₀⁽ᴸ⁾ − y₀)² + (a₁⁽ᴸ⁾ − y₁)² + (a₂⁽ᴸ⁾ − y₂)² + (a₃⁽ᴸ⁾ − y₃)²)\n"
    ) in text


def test_there_is_a_layout_for_every_block() -> None:
    assert {kind for kind, _ in voice.LAYOUTS.values()} == {*LAYOUTS, "together"}


def test_chinese_words_are_folded_without_spaces() -> None:
    text = "按照惯例" * 30
    lines = _Page(40, colour=False).folded(text).splitlines()
    assert "".join(lines) == text
    assert max(map(len, lines)) == 20  # of two columns each
