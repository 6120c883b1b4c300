"""Ink in LaTeX: exact strings for every class, each sign and each mark, before judges outside the package."""

from __future__ import annotations

from pathlib import Path

import pytest
import texcheck
from inks import CLASSES, EXAMPLES, classes

from derive.notation import tex as printer
from derive.notation.breaking import markdown_tex
from derive.notation.ink import COLOURS, SIGNS, Ink, Letter, Marked, Word
from derive.notation.tex import line, tex


@pytest.mark.parametrize(("ink", "expected"), EXAMPLES.values(), ids=EXAMPLES)
def test_exact_strings(ink: Ink, expected: str) -> None:
    assert expected in ("", tex(ink))
    assert texcheck.problems(tex(ink)) == []


def test_the_examples_hold_every_class() -> None:
    assert set().union(*(classes(ink) for ink, _ in EXAMPLES.values())) == set(CLASSES)


def test_the_printer_has_a_row_for_every_class_and_sign() -> None:
    assert set(printer.PRINTERS) == set(CLASSES)
    assert set(printer.SIGN) == set(SIGNS)


def test_ink_of_one_class_is_not_that_of_another() -> None:
    alike: list[Ink] = [Letter("w"), Word("w"), Letter("w")]
    assert len(set(alike)) == 2


def test_a_line_has_one_space_where_two_meet() -> None:
    assert line(EXAMPLES["moved in"][0]) == r"\quad + x"
    assert line(EXAMPLES["lone braces"][0]) == r"\biggl\lbrace x\biggr\rbrace"


def test_colours_are_written_as_each_reader_wants_them() -> None:
    assert markdown_tex(tex(Marked("weight", Letter("w")))) == r"\textcolor{#A34700}{w}"


@pytest.mark.parametrize("colour", COLOURS.values())
def test_colours_can_be_read_on_white(colour: str) -> None:
    assert 1.05 / (luminance(colour) + 0.05) >= 4.5


def luminance(colour: str) -> float:
    """The relative luminance of WCAG 2."""
    channels = (int(colour[i : i + 2], 16) / 255 for i in (0, 2, 4))
    linear = (c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels)
    return sum(weight * c for weight, c in zip((0.2126, 0.7152, 0.0722), linear, strict=True))


def test_pdflatex_sets_every_example(pdflatex: str, tmp_path: Path) -> None:
    blocks = [rf"\[{tex(ink)}\]" for ink, _ in EXAMPLES.values()]
    assert texcheck.complaints(texcheck.compile_latex(pdflatex, tmp_path, blocks)) == []


def test_katex_sets_every_example(node: str, katex: Path) -> None:
    formulas = [markdown_tex(tex(ink)) for ink, _ in EXAMPLES.values()]
    assert texcheck.katex_errors(node, katex, formulas) == []
