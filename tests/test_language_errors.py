"""What the model language refuses: each with its reason, its place and the mend, and never with another exception."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from published import MODELS, refusals

from derive.errors import DeriveError, LanguageError
from derive.model.language import (
    read_condition,
    read_expression,
    read_index,
    read_model,
    read_quantity,
    read_symbol,
)
from derive.model.scan import MAX_DEPTH, MAX_EQUATION, MAX_LINE, MAX_TEXT

REFUSED = refusals("refused.txt")


@pytest.mark.parametrize(("text", "message"), REFUSED)
def test_a_text_is_refused_with_its_reason_and_place(text: str, message: str) -> None:
    with pytest.raises(LanguageError) as caught:
        read_model(text)
    assert str(caught.value) == message


def test_all_texts_to_refuse_are_found() -> None:
    assert len(REFUSED) > 70


def test_what_cannot_be_printed_is_not_printed() -> None:
    with pytest.raises(LanguageError) as caught:
        read_model("y = x\x1b[31m")
    assert str(caught.value) == (
        "'\\x1b' is not in the model language: it has no meaning here\n"
        "line 1, column 6:\n"
        "    y = x\ufffd[31m\n"
        "         ^"
    )


def test_the_caret_stands_under_the_place_also_behind_other_letters() -> None:
    with pytest.raises(LanguageError) as caught:
        read_model("# a comment\n\n  σ[i] = θ*x[0.5] for i in range(n)")
    assert str(caught.value) == (
        "an index is a whole number, not 0.5\n"
        "line 3, column 14:\n"
        "      σ[i] = θ*x[0.5] for i in range(n)\n"
        "                 ^"
    )


def test_of_a_long_line_only_what_stands_around_the_place_is_shown() -> None:
    with pytest.raises(LanguageError) as caught:
        read_model("y = " + "abcdefgh*" * 50 + "x[0.5]" + "*abcdefgh" * 50)
    _, place, shown, caret = str(caught.value).split("\n")
    assert place == "line 1, column 457:"
    assert len(shown) < 130
    assert shown[caret.index("^") :].startswith("0.5]*abc")


BOUNDS = [
    ("y = x\n" * (MAX_TEXT // 6 + 1), "the text has 200004 characters, and may have at most 200000"),
    ("y = " + "x+" * 1000 + "x", "the line has 2005 characters, and may have at most 2000"),
    (
        "y = (x\n" + "+ x\n" * (MAX_EQUATION // 4) + ")",
        "the equation has more than 10000 characters: give its parts names",
    ),
    ("y = (\n" + "\n" * MAX_EQUATION, "the equation has more than 10000 characters: give its parts names"),
    ("y = " + "(" * 61 + "x" + ")" * 61, "more than 60 brackets are open here: give the parts names"),
    ("y = " + "-" * 61 + "x", "the expression is nested more than 60 deep here: give its parts names"),
    ("y = x" + "/x" * 31, "the expression is nested more than 60 deep here: give its parts names"),
    ("y = " + "x**" * 61 + "x", "the expression is nested more than 60 deep here: give its parts names"),
    ("y = " + "1 if x > 0 else " * 61 + "2", "the expression is nested more than 60 deep here: give its parts names"),
    (
        "y = sum(x" + "".join(f" for i{k} in range(n)" for k in range(61)) + ")",
        "the expression is nested more than 60 deep here: give its parts names",
    ),
    ("y = " + "1" * 41, "a number may have at most 40 digits"),
    ("y = 1e301", "the exponent of a number may be at most 300"),
    ("y = 1e-" + "9" * 30, "the exponent of a number may be at most 300"),
    ("y = x[" + "9" * 30 + "*" + "9" * 30 + "]", "a number may have at most 40 digits"),
    ("y = x[1,2,3,4,5,6,7,8,9]", "a quantity may have at most 8 indices"),
    ("y = x[a*b*c*d*e]", "an index may have at most 50 terms of at most 4 letters each"),
    (
        "y = x[" + "+".join(f"a{k}" for k in range(51)) + "]",
        "an index may have at most 50 terms of at most 4 letters each",
    ),
    ("\n".join(f"x{k} = 1" for k in range(1001)), "a model may have at most 1000 equations"),
]


@pytest.mark.parametrize(("text", "message"), BOUNDS, ids=range(len(BOUNDS)))
def test_what_is_read_is_bounded(text: str, message: str) -> None:
    with pytest.raises(LanguageError) as caught:
        read_model(text)
    assert caught.value.message == message


WITHIN = [
    "y = " + "x+" * 990 + "x",
    "y = " + "x*" * 990 + "x",
    "y = " + "(" * MAX_DEPTH + "x" + ")" * MAX_DEPTH,
    "y = x" + "/x" * 29,
    "y = x[" + "-" * 1500 + "1]",
    "y = " + "1" * 40,
    "y = 1e300",
    "y =" + " " * (MAX_LINE - 4) + "x",
    "y = (x\n" + "+ x\n" * 2000 + ")",
    "\n".join(f"x{k} = 1" for k in range(1000)),
]


@pytest.mark.parametrize("text", WITHIN, ids=range(len(WITHIN)))
def test_what_is_within_the_bounds_is_read(text: str) -> None:
    assert read_model(text).equations


EMPTY = ["", "\n\n", "# nothing but a comment", "x == 1"]


@pytest.mark.parametrize("text", EMPTY)
def test_a_text_without_equations_is_refused(text: str) -> None:
    with pytest.raises(
        LanguageError, match=r"^the text has no equation: write one a line, such as `C = \(w\*x - y\)\*\*2`$"
    ):
        read_model(text)


READERS = (read_model, read_quantity, read_expression, read_condition, read_index, read_symbol)
PIECES = st.sampled_from(
    [
        *"xyijnLzg()[]+-*/=<,.01'\"\\#\n\t\x00²∑σ",
        "**",
        "==",
        "2.5",
        "1e5",
        "pi",
        "tanh",
        "lambda",
        "a(L)[j]",
        "w[i,j]",
        "n(L)",
    ]
    + [f" {word} " for word in ("for", "in", "if", "else", "and", "or", "not", "True", "None")]
    + ["range(n)", "sum(x[k] for k in range(n))", " for j in range(n)", "max(", "y = "]
)


@settings(max_examples=400, deadline=None)
@given(st.one_of(st.lists(PIECES, max_size=30).map("".join), st.text(max_size=40)))
def test_no_text_is_met_with_anything_but_an_answer_or_a_clear_error(text: str) -> None:
    for read in READERS:
        try:
            read(text)
        except DeriveError:
            continue


@settings(max_examples=300, deadline=None)
@given(st.sampled_from([text for text, _ in MODELS.values()]), st.data())
def test_a_model_with_a_slip_of_the_pen_is_read_or_refused(text: str, data: st.DataObject) -> None:
    start = data.draw(st.integers(0, len(text)))
    stop = data.draw(st.integers(start, min(start + 5, len(text))))
    slipped = text[:start] + data.draw(st.one_of(st.just(""), PIECES)) + text[stop:]
    try:
        model = read_model(slipped)
    except DeriveError:
        return
    assert read_model("\n".join(map(str, (*model.equations, *model.assumptions)))).equations
