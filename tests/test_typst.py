"""Typst: exact strings, every class of ink, and random trees before Typst itself, which measures what it sets."""

from __future__ import annotations

import itertools
import json
from collections.abc import Sequence

import pytest
import typst
from inks import CLASSES, EXAMPLES
from test_breaking import wide
from test_latex import sample
from written import q, z

from derive.notation import typst as printer
from derive.notation.breaking import TEXT_WIDTH, Row, rows
from derive.notation.expressions import Style, box
from derive.notation.ink import EMPTY, SIGNS, Digits, Ink, Letter, Prose, Word
from derive.notation.latex import ink_of
from derive.notation.notations import NOTATIONS
from derive.notation.typst import block, inline
from derive.writing.nodes import Partial

EXACT = {
    "letter": "w",
    "Greek letter": "α",
    "letter with a mark": r'accent(e, "\u{301}")',
    "letters": "h 1",
    "indices in Greek": "α k",
    "word": '"ReLU"',
    "word in Chinese": '"重"',
    "prose": 'x" if "1',
    "negative": 'class("normal", −)x',
    "arguments": r"x\,1",
    "operator": "max x",
    "words side by side": '"net"thin"out"',
    "moved in": 'quad class("binary", +)x',
    "wide accent": 'overline("net")',
    "upright bold": "upright(bold(1))",
    "scripts": r"attach(w, br: 1 2, tr: \(L\))",
    "primes": r"attach(g, tr: primes(#2)\(L\))",
    "sigma": r"attach(sum, b: k\=0, t: n−1)x",
    "limits in lines": r"attach(max, b: k\=0 \ k≠1)",
    "growing brackets": r"g lr(\(frac(1, 2)\))",
    "bars": r'class("opening", \|)x class("closing", \|)',
    "lone brackets": r"lr(\(, size: #1.2em)x lr(\), size: #1.2em)",
    "cases": r'cases(x & "if "x\>0, 0 & "otherwise")',
    "vanishing": 'std.text(fill: #rgb("6B6B6B"), cancel(x))',
}


@pytest.mark.parametrize(("name", "expected"), EXACT.items())
def test_exact_strings(name: str, expected: str) -> None:
    assert printer.typst(EXAMPLES[name][0]) == expected


def test_the_printer_has_a_row_for_every_class_and_sign() -> None:
    assert set(printer.PRINTERS) == set(CLASSES)
    assert set(printer.SIGN) == set(SIGNS)


def test_blocks_are_aligned_at_their_relations() -> None:
    one, two = Row(Letter("x"), "=", Digits("1")), Row(EMPTY, "=", Digits("2"))
    assert block([one]) == "$ x &= 1 $"
    assert block([one, two]) == "$ x &= 1 \\\n&= 2 $"
    assert block([Row(Letter("x"), "=", Digits("1"), "small")]) == "#text(size: 0.93em)[$ x &= 1 $]"


def test_a_formula_can_be_spoken() -> None:
    assert inline(Letter("x"), 'x "y"') == r'#math.equation(alt: "x \"y\"", $x$.body)'
    spoken = block([Row(Letter("x"), "=", Digits("1"))], spoken="x equals 1")
    assert spoken == '#math.equation(block: true, alt: "x equals 1", $ x &= 1 $.body)'
    page = f'#set document(title: "Formulas")\n{inline(Letter("x"), "x")}\n{spoken}'
    assert typst.compile(page.encode(), pdf_standards=["ua-1"])[:5] == b"%PDF-"


def widths(formulas: Sequence[str], width: float = TEXT_WIDTH) -> list[float]:
    """What Typst measures, in em, on a page whose text is `width` em wide."""
    page = f"#set page(width: {width * 10 + 20}pt, margin: 10pt)\n#set text(size: 10pt)\n"
    measured = "\n".join(f"#context [#metadata(measure([{formula}]).width / 10pt)<width>]" for formula in formulas)
    found = json.loads(typst.query((page + measured).encode(), "<width>", field="value"))
    return [float(value) for value in found]


def test_typst_sets_every_example() -> None:
    formulas = [f"$display({printer.typst(ink)})${inline(ink)}" for ink, _ in EXAMPLES.values()]
    assert len([found for found in widths(formulas) if found > 0]) == len(EXAMPLES)


HOSTILE = ['"#panic()', 'x"] #panic() [', "\\", "\\u{22}", "$ #panic() $", "a\nb", "// c", "é#"]


@pytest.mark.parametrize("text", HOSTILE)
@pytest.mark.parametrize("kind", [Word, Prose])
def test_no_text_is_taken_for_typst(kind: type[Word] | type[Prose], text: str) -> None:
    found = widths([inline(kind(text))])
    assert found[0] > 0.2


@pytest.mark.parametrize("chosen", ["lesson", "apart", "prince"])
def test_typst_sets_random_trees_as_wide_as_they_were_estimated(chosen: str) -> None:
    boxes = [box(tree, Style(NOTATIONS[chosen])) for tree in sample(300)]
    found = widths([f"$display({printer.typst(b.ink)})$" for b in boxes], 10_000)
    assert len(found) == len(boxes)
    beside = [(printer.typst(b.ink), b.width, real) for b, real in zip(boxes, found, strict=True)]
    assert [known for known in beside if not 0.3 * known[1] - 0.2 < known[2] < 1.1 * known[1] + 0.2] == []


@pytest.mark.parametrize("chosen", ["lesson", "apart", "prince"])
def test_nothing_leaves_the_page(chosen: str) -> None:
    trees = sample(100)
    chains = [*wide(), *((tree, [tree, other]) for tree, other in itertools.pairwise(trees))]
    found = widths([block(rows(left, members, NOTATIONS[chosen])) for left, members in chains])
    assert len(found) == len(chains)
    assert [width for width in found if width > TEXT_WIDTH + 0.01] == []


def test_a_formula_that_leaves_the_page_would_be_found() -> None:
    ink: Ink = ink_of(Partial(q("momentum_of_all_parameters", *[123456789] * 9), z(1)))
    assert widths([block([Row(EMPTY, "", ink)])], 20)[0] > 20
