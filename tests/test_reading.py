"""Reading answers: what each spelling means, what is refused and in which words, and how large an answer may be."""

from __future__ import annotations

from fractions import Fraction

import pytest
from answers_corpus import PAIRS, Pair
from hypothesis import given, settings
from hypothesis import strategies as st
from published import refusals as blocks

from derive.errors import Unreadable
from derive.exercises.reading import conventions_of, lesson_conventions
from derive.model.activations import ACTIVATIONS
from derive.model.language import read_model
from derive.model.ready import ready_model
from derive.notation.reading.answer import Answer, read_answer
from derive.notation.reading.conventions import Conventions
from derive.writing.nodes import Gradient, Negative, Number, Partial

MODELS = ("lesson", "dense", "softmax", "rnn", "lstm", "batchnorm", "autoencoder", "conv1d")
CONVENTIONS: dict[str, Conventions] = {
    "none": lesson_conventions(),
    **{name: conventions_of(ready_model(name)) for name in MODELS},
}


def told(answer: Answer) -> str:
    """Every line in the model language."""
    lines = []
    for line in answer.lines:
        left = [] if line.left is None else [str(line.left)]
        lines.append("= " * line.goes_on + " = ".join([*left, *map(str, line.members)]))
    return "; ".join(lines)


SAME = [
    (*head.partition(": ")[::2], spelling.replace("⏎", "\n"))
    for head, spellings in blocks("readings.txt")
    for spelling in spellings.split("\n")
]


def test_all_readings_are_found() -> None:
    assert len(SAME) > 200


@pytest.mark.parametrize(("model", "meaning", "text"), SAME)
def test_all_spellings_mean_the_same(model: str, meaning: str, text: str) -> None:
    assert told(read_answer(text, CONVENTIONS[model])) == meaning


REFUSED = [(*text.partition(": ")[::2], message) for text, message in blocks("unreadable.txt")]


@pytest.mark.parametrize(("model", "text", "message"), REFUSED)
def test_an_answer_is_refused_with_its_reason_and_place(model: str, text: str, message: str) -> None:
    with pytest.raises(Unreadable) as caught:
        read_answer(text, CONVENTIONS[model])
    assert str(caught.value) == message


def test_all_answers_to_refuse_are_found() -> None:
    assert len(REFUSED) > 80


# What no hand writes, and how it begins to be refused.
HOSTILE: dict[str, str] = {
    "{" * 100_000: "the answer has 100000 characters, and may have at most 10000",
    "x" * 1_000_000: "the answer has 1000000 characters, and may have at most 10000",
    "{" * 4_900 + "}" * 4_900: "more than 40 brackets are open here",
    "(" * 9_999: "more than 40 brackets are open here",
    r"\begin{cases}" * 700: "more than 40 brackets are open here",
    "x" * 4_001: "the answer has more than 4000 signs",
    "1/" * 1_000 + "1": "too many / stand in a row: write fractions",
    r"\sum_k" * 1_000: "the formula is nested too deeply to be read",
    r"\sin" * 2_000: "the formula is nested too deeply to be read",
    r"\frac{1}{" * 39 + "x" + "}" * 39: "the formula is nested too deeply to be read",
    "x\n" * 101: "the answer has more than 100 lines",
    r"x\\" * 101: "the answer has more than 100 lines",
    "1" * 101: "a number may have at most 100 digits",
    "w_{1234567890123}": "an index may have at most 12 digits",
    "1e999": "an exponent may be at most 300",
    "2^{10^{9}}": "an exponent may be at most 300",
    "(" * 30 + "2" + ")^{300}" * 30: "the value of this would have too many digits",
    "g(" * 39 + "z" + ")" * 39: "the value of this would have too many digits",
    r"\sum_{k=0}^{999999999}a_k": "a range may have at most 10000 numbers, and this one has 1000000000",
    "": "the answer is empty: write an expression, such as 2(a_1 - y_1)",
    " \n\t ": "the answer is empty: write an expression, such as 2(a_1 - y_1)",
    "a\x00": "the character U+0000 cannot be seen: take it out",
    "a\u200b": "the character U+200B ZERO WIDTH SPACE cannot be seen: take it out",
    "a\u202eb": "the character U+202E RIGHT-TO-LEFT OVERRIDE cannot be seen: take it out",
    "\ud800": "the character U+D800 cannot be seen: take it out",
}


@pytest.mark.parametrize("text", HOSTILE, ids=range(len(HOSTILE)))
def test_bounds_are_kept(text: str) -> None:
    with pytest.raises(Unreadable) as caught:
        read_answer(text, CONVENTIONS["none"])
    assert caught.value.message == HOSTILE[text]


def test_an_answer_is_text() -> None:
    with pytest.raises(Unreadable, match=r"^an answer is text, not int$"):
        read_answer(3, CONVENTIONS["none"])  # type: ignore[arg-type]


PIECES = (
    *"abwzyxgCndeLjk0123456789+-*/=^_{}()[]|'&,.;:<>! \n\\$%~⁽ᴸ₁½∂σ",
    *[
        r"\frac",
        r"\partial",
        r"\sum",
        r"\sigma",
        r"\delta",
        r"\left(",
        r"\right)",
        r"\begin{cases}",
        r"\end{cases}",
        r"\\",
        r"\sqrt",
        r"\mathrm{",
        r"\text{if}",
        r"\hat",
    ],
    *[
        r"\mathbf{1}",
        r"\odot",
        r"\top",
        r"\cdots",
        r"\log",
        r"\max",
        r"\nabla",
        r"\substack{",
        r"\lvert",
        r"\prime",
        r"\in",
        r"\boldsymbol{",
        r"\text{softmax}",
    ],
)


@settings(max_examples=400, deadline=None)
@given(st.lists(st.sampled_from(PIECES), max_size=30).map("".join), st.sampled_from(["none", "lesson", "softmax"]))
def test_no_text_meets_another_error(text: str, model: str) -> None:
    try:
        read = read_answer(text, CONVENTIONS[model])
    except Unreadable:
        return
    assert read.lines


@pytest.mark.parametrize("name", ACTIVATIONS)
def test_every_activation_is_known_by_all_its_names(name: str) -> None:
    for word in (name, *ACTIVATIONS[name].aliases, name.replace("_", ""), name.upper()):
        escaped = word.replace("_", r"\_")
        assert told(read_answer(rf"\mathrm{{{escaped}}}(z)", CONVENTIONS["none"])) == f"{name}(z)"


def test_a_derivative_of_the_loss_goes_through_everything() -> None:
    of_loss, local = r"\frac{\partial C_0}{\partial z_1}", r"\frac{\partial a_1^{(L)}}{\partial z_1}"
    assert isinstance(read_answer(of_loss, CONVENTIONS["lesson"]).final, Gradient)
    assert isinstance(read_answer(local, CONVENTIONS["lesson"]).final, Partial)


def test_each_member_has_its_place() -> None:
    answer = read_answer("\\frac{\\partial C_0}{\\partial w_{12}} = 2y_1\n = y_1 + y_1", CONVENTIONS["lesson"])
    places = [(place.line, place.column) for line in answer.lines for place in line.places]
    assert places == [(1, 40), (2, 4)]
    assert str(answer.left) == "d(C0)/d(w(L)[1,2])"
    assert str(answer.final) == "y[1] + y[1]"
    assert [line.goes_on for line in answer.lines] == [False, True]


def test_numbers_keep_what_was_written() -> None:
    assert read_answer("0.50", CONVENTIONS["none"]).final == Number(Fraction(1, 2), decimal=True)
    assert read_answer("-2.5e-3", CONVENTIONS["none"]).final == Negative(Number(Fraction(1, 400), decimal=True))


def test_a_layer_decides_which_size_is_meant() -> None:
    conventions = conventions_of(read_model("C = sum(x[i] for i in range(n)) + sum(y[j] for j in range(m))"))
    assert told(read_answer(r"\sum_j y_j", conventions)) == "sum(y[j] for j in range(m))"
    with pytest.raises(Unreadable, match="its indices tell different ranges"):
        read_answer(r"\sum_j x_j y_j", conventions)


@pytest.mark.parametrize("pair", PAIRS)
def test_answers_to_mark_are_readable_or_not(pair: Pair) -> None:
    conventions = lesson_conventions() if pair.model is None else conventions_of(ready_model(pair.model))
    assert read_answer(pair.reference, conventions).members
    if pair.outcome == "unreadable":
        with pytest.raises(Unreadable):
            read_answer(pair.answer, conventions)
    elif "[" not in pair.answer or "\\" in pair.answer:  # the model language has a reader of its own
        assert read_answer(pair.answer, conventions).members


def test_the_answers_to_mark_are_many_and_of_all_kinds() -> None:
    assert len(PAIRS) >= 150
    assert {pair.outcome for pair in PAIRS} == {"equal", "different", "form", "unreadable"}
