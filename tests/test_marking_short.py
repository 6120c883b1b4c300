"""Short answers in the ways in which people write them: what they are worth, and what is said of them."""

from __future__ import annotations

from fractions import Fraction

import pytest

from derive.calculus.rules import RULES
from derive.documents.marks import feedback, rule_names
from derive.errors import DeriveError
from derive.exercises.answers import (
    Choice,
    Expected,
    IndexText,
    Numeral,
    Option,
    Order,
    RuleName,
    Selection,
    Shape,
)
from derive.exercises.marking import judgement, marked
from derive.exercises.marking_setting import Setting
from derive.model.language import read_index
from derive.model.ready import ready_model
from derive.writing.nodes import ONE, TWO, ZERO

LESSON = Setting(ready_model("lesson"), rules=rule_names())


def shape(*axes: str) -> Shape:
    return Shape(tuple(map(read_index, axes)))


CHOICE = Choice((Option(ZERO, "drop"), Option(ONE), Option(TWO)), 1)
ORDER = Order((2, 0, 1, 3))
INTRUDED = Order((2, 0, 1), 3)
SELECTION = Selection((0, 2), 4)
NONE = Selection((), 3)
HALF = Numeral(Fraction(-1, 2))
ROUNDED = Numeral(Fraction(1, 3), Fraction(1, 200))
TOP = IndexText(read_index("n(L)-1"))
BELOW = IndexText(read_index("L-1"))
MATRIX = shape("n(L)", "n(L-1)")
NUMBERS = shape("4", "6")

EQUAL, DIFFERENT, UNREADABLE = "equal", "different", "unreadable"

Row = tuple[Expected, str, str, str | Fraction | None]


def each(expected: Expected, outcome: str, rest: str | Fraction | None, *texts: str) -> list[Row]:
    """One row for each of the texts."""
    return [(expected, text, outcome, rest) for text in texts]


TABLE: list[Row] = [
    # expected, answer, outcome, and: what was read where it is right, the credit where it is not
    *each(CHOICE, EQUAL, "B", "B", "b", "b)", "(b)", " B. ", "$B$", r"\text{B}", "[b]", "\uff22"),
    (CHOICE, "A", DIFFERENT, Fraction(0)),
    *each(CHOICE, UNREADABLE, Fraction(0), "D", "", "  ", "AB", "B or C", "7", "ß", "B" * 5000),
    *each(ORDER, EQUAL, "C A B D", "C A B D", "C, A, B, D", "CABD", "cabd", "(C)(A)(B)(D)", "C → A → B → D"),
    (ORDER, r"C \to A \to B \to D", EQUAL, "C A B D"),
    (ORDER, "C>A>B>D", EQUAL, "C A B D"),
    (ORDER, "D C A B", DIFFERENT, Fraction(2, 3)),
    (ORDER, "D B A C", DIFFERENT, Fraction(0)),
    (ORDER, "C A D", DIFFERENT, Fraction(2, 3)),
    (ORDER, "C A B", DIFFERENT, Fraction(2, 3)),
    *each(ORDER, UNREADABLE, Fraction(0), "C A B B", "C A B E", "1 2 3 4", "; A", "C;A;B"),
    (INTRUDED, "CAB", EQUAL, "C A B"),
    (INTRUDED, "C A B; D", EQUAL, "C A B; D"),
    (INTRUDED, "C A B, not D", EQUAL, "C A B; D"),
    (INTRUDED, "C A D B", DIFFERENT, Fraction(1, 3)),
    (INTRUDED, "C A; B", DIFFERENT, Fraction(1, 2)),
    *each(SELECTION, EQUAL, "A, C", "A, C", "c a", "AC", "A and C", "{A, C}", r"\{A, C\}"),
    (SELECTION, "A", DIFFERENT, Fraction(1, 2)),
    (SELECTION, "A B", DIFFERENT, Fraction(0)),
    (SELECTION, "A B C D", DIFFERENT, Fraction(0)),
    (SELECTION, "none", DIFFERENT, Fraction(0)),
    (SELECTION, "A, E", UNREADABLE, Fraction(0)),
    *each(NONE, EQUAL, "none", "none", "None", "-", "∅", r"\emptyset", r"$\varnothing$"),
    (NONE, "B", DIFFERENT, Fraction(0)),
    *each(HALF, EQUAL, "-1/2", "-1/2", "-0.5", "-.5", "−0,5", r"-\frac{1}{2}", r"-\tfrac12", r"\frac{-1}{2}"),
    *each(HALF, EQUAL, "-1/2", "x = -1/2", "-5e-1", r"-5 \cdot 10^{-1}", r"$-5\times10^{-1}$", "-50 %", "(-1/2)"),
    (HALF, "- 0.50", EQUAL, "-1/2"),
    (HALF, "1/2", DIFFERENT, Fraction(0)),
    (HALF, "-0.501", DIFFERENT, Fraction(0)),
    (HALF, "12", DIFFERENT, Fraction(0)),
    *each(HALF, UNREADABLE, Fraction(0), "", ".", "-", "one half", "1/0", "1e999999999", "--1/2", "1/2/3", "9" * 100),
    *each(HALF, UNREADABLE, Fraction(0), "__import__('os')", "1e", "nan", "inf", "0x10", "1_000", "٣/٤x", "9" * 10**6),
    (ROUNDED, "0.33", EQUAL, "33/100"),
    (ROUNDED, "1/3", EQUAL, "1/3"),
    (ROUNDED, "0.3", DIFFERENT, Fraction(0)),
    *each(TOP, EQUAL, None, "n(L)-1", "n-1", "n - 1", "-1+n", "n_L - 1", "n_{L}-1", "n^{(L)}-1", "$n-1$", "3"),
    *each(TOP, DIFFERENT, Fraction(0), "n", "n-2", "m-1", "n(L-1)-1", "4", "n_{L-1}-1"),
    *each(TOP, UNREADABLE, Fraction(0), "", "n-", "n/2", "eval('1')", "n**999", "(" * 100 + "n"),
    (BELOW, "L-1", EQUAL, "L - 1"),
    (BELOW, "L - 1", EQUAL, "L - 1"),
    (BELOW, "L", DIFFERENT, Fraction(0)),
    *each(
        NUMBERS, EQUAL, "4 x 6", "4x6", "4 x 6", "4×6", r"4 \times 6", "(4, 6)", "[4,6]", "4 by 6", "4*6", r"$4\times6$"
    ),
    (NUMBERS, "6 x 4", DIFFERENT, Fraction(0)),
    (NUMBERS, "4", DIFFERENT, Fraction(0)),
    (NUMBERS, "4 x 6 x 1", DIFFERENT, Fraction(0)),
    *each(NUMBERS, UNREADABLE, Fraction(0), "", "x", "4x", "four by six", "4 / 6"),
    (MATRIX, "n(L) x n(L-1)", EQUAL, "n(L) x n(L - 1)"),
    (MATRIX, r"n_L \times n_{L-1}", EQUAL, "n(L) x n(L - 1)"),
    (MATRIX, "n x n", EQUAL, "n x n"),
    (MATRIX, "4 x 6", EQUAL, "4 x 6"),
    (MATRIX, "n(L-1) x n(L)", DIFFERENT, Fraction(0)),
]


@pytest.mark.parametrize(("expected", "text", "outcome", "rest"), TABLE, ids=lambda value: str(value)[:40])
def test_a_short_answer_is_understood(expected: Expected, text: str, outcome: str, rest: str | Fraction | None) -> None:
    verdict = marked(expected, text, LESSON)
    assert verdict.outcome.value == outcome
    if outcome == EQUAL:
        assert verdict.credit == 1
        assert rest is None or verdict.read == (rest,)
    else:
        assert verdict.credit == rest


SAID: list[tuple[Expected, str, str]] = [
    (CHOICE, "B", "Right."),
    (CHOICE, "", "There is no answer here."),
    (CHOICE, "B" * 5000, "This is longer than any answer: at most 200 characters are read."),
    (CHOICE, "A", "A is not the right one."),
    (CHOICE, "maybe", "Answer with one letter, from A to C."),
    (ORDER, "C B A D", "The order goes wrong at line 2 of yours."),
    (ORDER, "C A B", "A line is missing: each but an intruder has its place."),
    (ORDER, "?", "Answer with letters from A to D, each at most once, in their right order: B A C."),
    (INTRUDED, "C A D B", "Line D belongs nowhere: no step leads to it."),
    (SELECTION, "A, B", "C belongs to the answer too. B does not belong to it."),
    (SELECTION, "B, D", "A, C belong to the answer too. B, D do not belong to it."),
    (SELECTION, "1", "Answer with letters from A to D, each at most once, such as A, C, or with none."),
    (RuleName("sum rule"), "the chain rule", "The chain rule does something else to a line."),
    (RuleName("sum rule"), "magic", "No rule of this name is known."),
    (HALF, "1/2", "The size is right, the sign is not."),
    (HALF, "0.499", "The value is another one."),
    (HALF, "-0.499", "This is close, but not close enough: the number itself is asked, as a fraction."),
    (
        Numeral(Fraction(1, 3), Fraction(1, 20000)),
        "0.332",
        "This is close, but not close enough: round once, at the very end, to 4 decimals.",
    ),
    (HALF, "half", "Answer with one number, such as 3/4 or -0.75."),
    (TOP, "n", "n is another one: it is too large by 1."),
    (BELOW, "L-2", "L−2 is another one: it is too small by 1."),
    (BELOW, "k", "k is another one."),
    (BELOW, "L-", "Answer with an index, a layer or the end of a range, such as k, L-1 or n-1."),
    (NUMBERS, "6x4", "These are the right numbers in the wrong order: rows come first, then columns."),
    (NUMBERS, "4x5", "The shape is another one: the gradient is as large as what it is taken by."),
    (NUMBERS, "24", "2 numbers are due, one for each axis."),
    (NUMBERS, "wide", "Answer with the number of rows and of columns, such as 4 x 6."),
]


@pytest.mark.parametrize(("expected", "text", "said"), SAID, ids=lambda value: str(value)[:40])
def test_what_is_said_of_a_short_answer(expected: Expected, text: str, said: str) -> None:
    assert feedback(marked(expected, text, LESSON).messages) == said


@pytest.mark.parametrize("rule", RULES)
def test_a_rule_is_known_by_its_key_and_by_its_name(rule: str) -> None:
    names = [name for name, rules in rule_names().items() if rule in rules]
    for name in (rule, rule.upper(), f"the {rule}.", *names):
        assert marked(RuleName(rule), name, LESSON).outcome.value == EQUAL


def test_an_answer_of_another_class_is_named() -> None:
    with pytest.raises(TypeError, match="no answer of the class str can be marked"):
        judgement("x", LESSON)  # type: ignore[arg-type]


@pytest.mark.parametrize("error", [DeriveError, RecursionError, OverflowError, MemoryError])
def test_what_cannot_be_decided_is_never_wrong(error: type[Exception], monkeypatch: pytest.MonkeyPatch) -> None:
    def fails(*_: object) -> None:
        raise error

    monkeypatch.setattr("derive.exercises.marking.choice", fails)
    verdict = marked(CHOICE, "B", LESSON)
    assert (verdict.outcome.value, verdict.credit) == ("unsure", None)
    assert feedback(verdict.messages) == (
        "This could not be decided. It is neither right nor wrong until somebody has looked at it."
    )
