"""What the model language refuses: each with its reason, its place and the mend, and never with another exception."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from published import MODELS

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

REFUSED: list[tuple[str, tuple[int, int], str]] = [
    (
        "y = x^2",
        (1, 6),
        "'^' is not in the model language: a power is written with **, as in x**2",
    ),
    (
        "y = 2x",
        (1, 6),
        "between '2' and 'x' something is missing: an operator such as *, or `for`",
    ),
    (
        "y = x y",
        (1, 7),
        "between 'x' and 'y' something is missing: an operator such as *, or `for`",
    ),
    (
        "y = sum(x[i] i in range(n))",
        (1, 14),
        "between ']' and 'i' something is missing: an operator such as *, or `for`",
    ),
    (
        "lambda = 2",
        (1, 1),
        "`lambda` is a word of Python's own, so it names nothing: write `lam`",
    ),
    (
        "y = None",
        (1, 5),
        "`None` is a word of Python's own, so it names nothing: write `none_`",
    ),
    (
        "y = w @ x",
        (1, 7),
        "'@' is not in the model language: a matrix product is written as a sum over its index, as "
        "in sum(w[j,k]*a[k] for k in range(n))",
    ),
    (
        "y = np.exp(x)",
        (1, 7),
        "'.' is not in the model language: there are no attributes: write exp(x) rather than "
        "np.exp(x), and x[k,j] for a transpose",
    ),
    (
        "y = f'(x)",
        (1, 6),
        '"\'" is not in the model language: the language has no texts in quotation marks; a '
        "derivative g' is what derive finds, so write g itself",
    ),
    (
        "y = x[1:2]",
        (1, 8),
        "':' is not in the model language: there are no slices, and no functions made on the spot: "
        "write an index with its range",
    ),
    (
        "y = x²",
        (1, 5),
        "'x²' is no name: a power is written with **, as in x**2",
    ),
    (
        "y = x−z",
        (1, 6),
        "'−' is not in the model language: a minus sign is the hyphen -",
    ),
    (
        "a = b; c = d",
        (1, 6),
        "';' is not in the model language: write one equation a line",
    ),
    (
        "y += x",
        (1, 3),
        "'+=' is not in the model language: an equation is `name = expression` and nothing more",
    ),
    (
        "y = x = z",
        (1, 7),
        "an equation has one `=`; a comparison is written with ==",
    ),
    (
        "y = sum(x[i] for i in range(n) if i = 0)",
        (1, 37),
        "a comparison is written with ==, as in `1 if i == j else 0`",
    ),
    (
        "y = (a + b",
        (1, 5),
        "this ( is never closed",
    ),
    (
        "y = a + b)",
        (1, 10),
        "this ) closes nothing",
    ),
    (
        "y = (a\n + b]",
        (2, 5),
        "this ] cannot close the ( of line 1, column 5",
    ),
    (
        "= x",
        (1, 1),
        "nothing stands before the `=`",
    ),
    (
        "y =",
        (1, 3),
        "nothing stands after the `=`",
    ),
    (
        "y = x +",
        (1, 8),
        "the line ends too early: something is missing here",
    ),
    (
        "y = * x",
        (1, 5),
        "the line cannot be read from here on: something is missing, or stands here that is no expression",
    ),
    (
        "y = 007",
        (1, 5),
        "a whole number does not begin with 0",
    ),
    (
        "y = x if x > 0",
        (1, 5),
        "`A if CONDITION` needs its `else B`",
    ),
    (
        "y = sum(x[i] for i in range(n), 2)",
        (1, 9),
        "a sum over a range has no other argument beside it",
    ),
    (
        "y = a\n  for j in range(n)",
        (2, 3),
        "a line cannot begin with `for`. To go on from the line before, put the right side in brackets",
    ),
    (
        "y = a\n + b",
        (2, 2),
        "this line is neither an equation, `name = expression`, nor a condition, such as `x > 0`. "
        "Where it should go on from the line before, put the right side in brackets",
    ),
    (
        "y = x\na * b",
        (2, 1),
        "this line is neither an equation, `name = expression`, nor a condition, such as `x > 0`. "
        "Where it should go on from the line before, put the right side in brackets",
    ),
    (
        "y = sum(x[i])",
        (1, 5),
        "sum needs a letter with its range, as in sum(x[k] for k in range(n))",
    ),
    (
        "y = max(x)",
        (1, 5),
        "max needs a letter with its range, as in max(x[k] for k in range(n)), or several arguments with commas",
    ),
    (
        "y = sum(x[i] for i in n)",
        (1, 23),
        "i runs over a range: write `for i in range(n)`",
    ),
    (
        "y = sum(x[i] for i in range(0, n, 2))",
        (1, 23),
        "a range has no step: write it into the index, as in x[2*i]",
    ),
    (
        "y = sum(x[i] for i in range(len(x)))",
        (1, 29),
        "a size has a letter: write `range(n)` rather than `range(len(x))`",
    ),
    (
        "y = sum(x for i, j in range(n))",
        (1, 15),
        "one letter runs over one range: write `for i in range(n) for j in range(m)`",
    ),
    (
        "y = sum(x[i] for i in range(n) for i in range(m))",
        (1, 36),
        "i runs over two ranges: give one of them another letter",
    ),
    (
        "y = sum(x[i] for i in range(2.5))",
        (1, 29),
        "an index is a whole number, not 2.5",
    ),
    (
        "y = sum(x[i] for pi in range(2))",
        (1, 18),
        "an index is a whole number, not pi",
    ),
    (
        "y = sum(x[i] for exp in range(2))",
        (1, 18),
        "exp is a function, so it cannot name an index or a size",
    ),
    (
        "y = x[0.5]",
        (1, 7),
        "an index is a whole number, not 0.5",
    ),
    (
        "y = x[i/2]",
        (1, 7),
        "an index is made of whole numbers, letters and sizes with +, - and *; give anything else a "
        "letter, and its number with the sizes",
    ),
    (
        "y = x[pi]",
        (1, 7),
        "an index is a whole number, not pi",
    ),
    (
        "y = x[tanh]",
        (1, 7),
        "tanh is a function, so it cannot name an index or a size",
    ),
    (
        "y = x[n[0]]",
        (1, 7),
        "an element of a quantity is no index; the size of a layer is written n(L)",
    ),
    (
        "y = x[f(1, 2)]",
        (1, 7),
        "a size has one label, as in n(L)",
    ),
    (
        "y = sum(x[i*j] for i in range(n) for j in range(n))",
        (1, 11),
        "an index may not multiply letters that run over ranges, as i*j does",
    ),
    (
        "y = x[i, not i]",
        (1, 10),
        "an index is made of whole numbers, letters and sizes with +, - and *",
    ),
    (
        "tanh[i] = x[i] for i in range(n)",
        (1, 1),
        "tanh is a function, so it cannot name a quantity: apply it to an element, as in tanh(z[j]), or write tanh_",
    ),
    (
        "range = 3",
        (1, 1),
        "range is a word of the language, so it cannot name a quantity: write range_",
    ),
    (
        "y = tanh",
        (1, 5),
        "tanh is a function: apply it, as in tanh(z)",
    ),
    (
        "y = sum",
        (1, 5),
        "sum needs a letter with its range, as in sum(x[k] for k in range(n))",
    ),
    (
        "y = range(3)",
        (1, 5),
        "a range stands behind `for k in`",
    ),
    (
        "y = tanh(x, 2)",
        (1, 5),
        "tanh has one argument, and here it has 2",
    ),
    (
        "y = tanh(L)(z)",
        (1, 5),
        "tanh is a known function, so it has no label: write tanh(z)",
    ),
    (
        "y = f()",
        (1, 5),
        "nothing stands between the brackets: write an argument, or leave them out",
    ),
    (
        "y = (a + b)(c)",
        (1, 5),
        "only a name can be applied, as in g(z) or g(L)(z); a product is written with *",
    ),
    (
        "y = w[0](3)",
        (1, 5),
        "only a name can be applied, as in g(z) or g(L)(z); a product is written with *",
    ),
    (
        "y = (a + b)[0]",
        (1, 5),
        "indices stand behind a name, or behind its label, as in w(L)[j,k]",
    ),
    (
        "pi = 3",
        (1, 1),
        "pi is a constant: give the quantity another name",
    ),
    (
        "f(x) = x**2",
        (1, 1),
        "f(x) is a quantity with the label x, and the right side uses x as a number. Write `f = …` "
        "if x is a quantity, or give x a range if it is a label",
    ),
    (
        "J(theta) = sum(theta[j]**2 for j in range(n))",
        (1, 1),
        "theta stands as the label of J here, and is a quantity in line 1. Write J without (theta), "
        "apply a function to one element at a time, as in exp(x[j]), or give one of them another name",
    ),
    (
        "J(y, p) = y*p",
        (1, 1),
        "the left side is one quantity, such as C, x[i] or w(L)[j,k]",
    ),
    (
        "p = softmax(z)[0]\nz[k] = x[k] for k in range(n)",
        (1, 5),
        "z stands as the label of softmax here, and is a quantity in line 2. Write softmax without "
        "(z), apply a function to one element at a time, as in exp(x[j]), or give one of them "
        "another name",
    ),
    (
        "a(L)[0] = x\nC = a(x*y)",
        (2, 5),
        "a is applied as a function here, and in line 1 it is a quantity with a label. Give one of "
        "them another name; an equation defines quantities, so what a function does is written where "
        "it is used",
    ),
    (
        "C = n(x*y) + sum(x for i in range(n(L)))",
        (1, 5),
        "n is the name of sizes, and here it is applied as a function",
    ),
    (
        "y = (i == j)*x",
        (1, 6),
        "a condition is no number: write `1 if i == j else 0`",
    ),
    (
        "y = not x",
        (1, 5),
        "a condition is no number: write `1 if i == j else 0`",
    ),
    (
        "y = True",
        (1, 5),
        "a condition is no number: write `1 if i == j else 0`",
    ),
    (
        "y = x if x else 0",
        (1, 10),
        "a condition compares two expressions, as in `i < n`",
    ),
    (
        "y = x if 1 else 0",
        (1, 10),
        "a condition compares two expressions, as in `i < n`",
    ),
    (
        "y = 1 if -x else 0",
        (1, 10),
        "a condition compares two expressions, as in `i < n`",
    ),
    (
        "y = 1 if x in z else 0",
        (1, 15),
        "a condition compares with == != < <= > or >=; `in` stands behind `for` only",
    ),
    (
        "y = [1, 2]",
        (1, 5),
        "lists are not in the model language: an element is written x[i], with its range",
    ),
    (
        "y = a, b",
        (1, 8),
        "one expression is expected, and commas make several",
    ),
    (
        "y = g(x for x in range(3))",
        (1, 6),
        "a range stands inside sum(…), prod(…), max(…) or min(…), or at the end of the line",
    ),
    (
        "y[i] = x[i] for i in range(n) if i != 0",
        (1, 34),
        "the range of a left side has no filter: write `E if CONDITION else 0`, or two equations",
    ),
    (
        "y = x[0] for j in range(m)",
        (1, 1),
        "j has a range but is not on the left side: sum over it on the right, or write y[j]",
    ),
    (
        "y(L) = x[0] for j in range(m)",
        (1, 1),
        "j has a range but is not on the left side: sum over it on the right, or write y(L)[j]",
    ),
    (
        "y[i,i] = x[i] for i in range(n)",
        (1, 1),
        "i stands in several places of y[i,i]: give each its own letter, and write what the other "
        "elements are, as in x[i,j] = (E if i == j else 0) for i in range(n) for j in range(n)",
    ),
    (
        "y[2*i] = x[i] for i in range(n)",
        (1, 1),
        "the left side is one element for each i, as in x[i] or x[i+1], and 2*i is not of this kind: "
        "write the equation with the index that it defines",
    ),
    (
        "y[i+j] = x[i,j] for i in range(n) for j in range(m)",
        (1, 1),
        "the left side is one element for each i, as in x[i] or x[i+1], and i + j is not of this "
        "kind: write the equation with the index that it defines",
    ),
    (
        "y + x = 1",
        (1, 1),
        "the left side is one quantity, such as C, x[i] or w(L)[j,k]",
    ),
    (
        "y = x\x00",
        (1, 6),
        "'\\x00' is not in the model language: it has no meaning here",
    ),
]


@pytest.mark.parametrize(("text", "place", "message"), REFUSED)
def test_a_text_is_refused_with_its_reason_and_place(text: str, place: tuple[int, int], message: str) -> None:
    with pytest.raises(LanguageError) as caught:
        read_model(text)
    assert caught.value.message == message
    assert caught.value.place is not None
    assert (caught.value.place.line, caught.value.place.column) == place


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
        except DeriveError as error:
            assert str(error)


@settings(max_examples=300, deadline=None)
@given(st.sampled_from([text for text, _ in MODELS.values()]), st.data())
def test_a_model_with_a_slip_of_the_pen_is_read_or_refused(text: str, data: st.DataObject) -> None:
    start = data.draw(st.integers(0, len(text)))
    stop = data.draw(st.integers(start, min(start + 5, len(text))))
    slipped = text[:start] + data.draw(st.one_of(st.just(""), PIECES)) + text[stop:]
    try:
        model = read_model(slipped)
    except DeriveError as error:
        assert str(error)
    else:
        assert read_model("\n".join(map(str, (*model.equations, *model.assumptions)))).equations
