"""Keys as files: what is written is read back as it was, and a wrong file is refused where it is wrong."""

from __future__ import annotations

import json
import random
from collections.abc import Callable
from dataclasses import replace
from fractions import Fraction
from functools import cache
from typing import Any, get_args

import pytest
from hypothesis import given, settings
from trees import conditions, expressions

import derive
from derive.calculus.matrix import Layout, MatrixForm, matrix_forms_of
from derive.errors import OptionError
from derive.exercises import stored
from derive.exercises.answers import (
    Choice,
    Expected,
    Formula,
    IndexText,
    Numeral,
    Option,
    Order,
    RuleName,
    Selection,
    Shape,
    WrongLine,
)
from derive.exercises.coding import MAX_DEPTH, MAX_TEXT, Entry, read, written
from derive.exercises.exercise import Exercise, Part, Topic
from derive.exercises.kinds.catalogue import KINDS
from derive.exercises.measure import measured
from derive.exercises.mistakes import MISTAKES
from derive.exercises.stored import Key, Sheet, Shelf, key_text, read_key
from derive.model.dense import dense
from derive.model.language import read_expression
from derive.model.ready import READY
from derive.writing import matrices, nodes
from derive.writing.index import Symbol, index
from derive.writing.nodes import Condition, Expr, Gradient, Quantity


def through_json(value: Any, kind: Any) -> Any:
    return read(Entry(json.loads(json.dumps(written(value, kind)))), kind)


@given(expressions())
@settings(max_examples=150, deadline=None)
def test_a_random_expression_is_read_back_as_it_was(expr: Expr) -> None:
    assert through_json(expr, Expr) == expr


@given(conditions())
@settings(max_examples=50, deadline=None)
def test_a_random_condition_is_read_back_as_it_was(condition: Condition) -> None:
    assert through_json(condition, Condition) == condition


@cache
def topic(name: str) -> Topic:
    entry = READY[name]
    return Topic(derive.differentiate(derive.ready_model(name), entry.loss, entry.target), name)


@pytest.mark.parametrize("name", READY)
def test_every_line_of_a_derivation_is_read_back_as_it_was(name: str) -> None:
    """Lines with derivatives, Kronecker deltas and sums written out, which the model language cannot say."""
    steps = topic(name).derivation.steps
    lines = [line for step in steps for line in (step.before, step.after)]
    assert [line for line in lines if through_json(line, Expr) != line] == []


@pytest.mark.parametrize("name", READY)
def test_every_matrix_form_is_read_back_as_it_was(name: str) -> None:
    """Whole arrays, of which some are flipped, with the indices that run in them."""
    forms = [form for layout in Layout for form in matrix_forms_of(topic(name).derivation, layout)]
    sides = [side for form in forms if isinstance(form, MatrixForm) for side in (form.left, form.right)]
    assert [side for side in sides if through_json(side, Expr) != side] == []


WRITTEN = [
    (read_expression("2*(a(L)[1] - y[1])*a(L-1)[2]"), "2*(a(L)[1] - y[1])*a(L-1)[2]"),
    (Gradient(Quantity("C"), Quantity("w")), {"node": "Gradient", "of": "C", "by": "w"}),
    (
        topic("lesson").derivation.result,
        {
            "node": "Product",
            "factors": [
                "2",
                "a(L)[1] - y[1]",
                {
                    "node": "Apply",
                    "function": {"name": "g", "label": "L", "orders": [1]},
                    "arguments": ["z(L)[1]"],
                },
                "a(L-1)[2]",
            ],
        },
    ),
]


@pytest.mark.parametrize(("expr", "expected"), WRITTEN)
def test_it_is_text_wherever_the_language_can_say_it(expr: Expr, expected: object) -> None:
    assert written(expr, Expr) == expected


RESULT = topic("lesson").derivation.result
ANSWERS: list[Expected] = [
    Formula(RESULT, Quantity("C0"), Quantity("w", index(Symbol("L")), (index(1), index(2))), working=True),
    Formula(RESULT, matrix=True),
    Choice((Option(RESULT), Option(read_expression("a(L-1)[2]"), "two_missing")), 0),
    Order((2, 0, 1)),
    Order((2, 0, 3), intruder=1),
    RuleName("chain"),
    Numeral(Fraction(-7, 3), Fraction(1, 1000)),
    Numeral(Fraction(2)),
    WrongLine(3, "residual_turned", RESULT),
    Shape((index(Symbol("n", index(Symbol("L")))), index(4))),
    Selection((0, 2), 5),
    Selection((), 3),
    IndexText(index(Symbol("L")) - 1),
]


def test_every_kind_of_answer_is_tried() -> None:
    assert {type(answer) for answer in ANSWERS} == set(get_args(Expected))


@pytest.mark.parametrize("answer", ANSWERS)
def test_an_answer_is_read_back_as_it_was(answer: Expected) -> None:
    assert through_json(answer, Expected) == answer


# ---------------------------------------------------------------- whole keys

DRAWN = ("lesson", "softmax", "mazur", "linear_regression")


def exercise(kind: str, about: Topic, *expected: Expected) -> Exercise:
    parts = tuple(Part((), answer, marks=i + 1) for i, answer in enumerate(expected))
    return Exercise(kind, about, (), parts, (), measured(about.derivation))


@cache
def key() -> Key:
    shelf = Shelf()
    network = dense("1,2", sizes="5,4", loss="cross-entropy with softmax")
    other = Topic(derive.differentiate(network.model, "C0", "w(L)[1,2]"), "lesson")
    sheets = (
        shelf.sheet(1, [exercise("derive", topic("lesson"), *ANSWERS), exercise("choose", other, ANSWERS[2])]),
        shelf.sheet(2, [exercise("numbers", topic("softmax"), ANSWERS[6])]),
    )
    return Key("Gradients", 7, "lesson", shelf.models, sheets, course="ML 1", date="today", plan='title = "…"\n')


def test_a_key_is_read_back_as_it_was() -> None:
    text = key_text(key())
    assert read_key(text) == key()
    assert key_text(read_key(text)) == text


@pytest.mark.parametrize("kind", KINDS)
def test_whatever_a_kind_of_exercise_expects_is_read_back(kind: str) -> None:
    shelf = Shelf()
    made = [KINDS[kind].make(topic(name), random.Random(seed)) for name in DRAWN for seed in range(3)]
    sheet = shelf.sheet(1, [found for found in made if found is not None])
    assert len(sheet.questions) >= 3
    drawn = Key("", 0, "lesson", shelf.models, (sheet,))
    assert read_key(key_text(drawn)) == drawn


def test_models_of_one_name_are_told_apart() -> None:
    assert [model.name for model in key().models] == ["lesson", "lesson-2", "softmax"]


def test_a_question_is_derived_anew_as_it_was() -> None:
    """Also for a dense network, whose loss has a stated derivative and whose sizes have numbers."""
    again = read_key(key_text(key()))
    first, second = again.sheets[0].questions
    assert again.topic(first).derivation.result == RESULT
    assert again.topic(second).derivation.model.stated != ()
    fresh = dense("1,2", sizes="5,4", loss="cross-entropy with softmax")
    expected = derive.differentiate(fresh.model, "C0", "w(L)[1,2]")
    assert again.topic(second).derivation.steps == expected.steps
    assert again.topic(second) is again.topic(replace(second, kind="derive"))


def test_marks_add_up() -> None:
    count = len(ANSWERS)
    assert key().sheets[0].marks == count * (count + 1) // 2 + 1


def test_no_model_is_no_key() -> None:
    assert read_key(key_text(Key("", 0, "lesson", (), ()))) == Key("", 0, "lesson", (), ())
    assert Sheet(1, ()).marks == 0


# ---------------------------------------------------------------- wrong files

Change = Callable[[dict[str, Any]], object]
FIRST = "sheets[0].questions[0]"


def part(data: dict[str, Any], number: int) -> dict[str, Any]:
    found: dict[str, Any] = data["sheets"][0]["questions"][0]["parts"][number]
    return found


def nested(depth: int) -> object:
    inner: object = "1"
    for _ in range(depth):
        inner = {"node": "Grouped", "body": inner}
    return inner


def deep(data: dict[str, Any]) -> None:
    part(data, 0)["answer"]["expr"] = nested(MAX_DEPTH)


def is_expression(kind: type) -> bool:
    return issubclass(kind, Expr) and kind is not Expr


def twice(data: dict[str, Any]) -> None:
    data["sheets"][1]["variant"] = 1


ONE_OF = f"it must be one of {', '.join(MISTAKES)}."
EXPR = f"{FIRST}.parts[0].answer.expr"
NO_EXPRESSION = "the line cannot be read from here on: something is missing, or stands here that is no expression"
KNOWN = {**vars(nodes), **vars(matrices)}.values()
NODES = ", ".join(kind.__name__ for kind in KNOWN if isinstance(kind, type) and is_expression(kind))
FORMULA = ", ".join(("expr", "of", "by", "matrix", "working"))
WRONG: list[tuple[Change, str]] = [
    (lambda d: d.update(format="x"), "format: it must be 'derive key': this is a file of another kind"),
    (lambda d: d.update(version=2), "version: this derive reads version 1, not 2"),
    (lambda d: d.update(version=True), "version: it must be a whole number, not 'True'"),
    (lambda d: d.pop("version"), "the whole of it: its entry 'version' is missing"),
    (lambda d: d.update(seed="7"), "seed: it must be a whole number, not '7'"),
    (lambda d: d.update(seed=10**13), "seed: the number must be between -1,000,000,000,000 and 1,000,000,000,000"),
    (
        lambda d: d.update(plan="x" * (MAX_TEXT + 1)),
        "plan: the text has 200,001 characters, and may have at most 200,000",
    ),
    (lambda d: d.update(sheets={}), "sheets: it must be a list, not an object"),
    (twice, "sheets[1].variant: another sheet has the number 1 too"),
    (lambda d: d["sheets"][0]["questions"].append(3), "sheets[0].questions[2]: it must be an object, not '3'"),
    (lambda d: part(d, 0).update(marks=-1), f"{FIRST}.parts[0].marks: marks are never negative, and these are -1"),
    (
        lambda d: part(d, 0)["answer"].update(work=True),
        f"{FIRST}.parts[0].answer: unknown entry 'work': it must be one of {FORMULA}. Did you mean working?",
    ),
    (
        lambda d: part(d, 0)["answer"].update(expr="a + * b"),
        f"{EXPR}: {NO_EXPRESSION}\nline 1, column 5:\n    a + * b\n        ^",
    ),
    (
        lambda d: part(d, 0)["answer"].update(expr={"node": "System", "body": "1"}),
        f"{EXPR}.node: unknown name 'System': it must be one of {NODES}.",
    ),
    (lambda d: part(d, 0)["answer"].update(expr=3), f"{EXPR}: it must be an object, not '3'"),
    (deep, f"{EXPR}{'.body' * 7}.b…body{'.body' * 7}: it is nested more than {MAX_DEPTH} deep"),
    (lambda d: part(d, 6)["answer"].update(value="1/0"), f"{FIRST}.parts[6].answer.value: '1/0' divides by 0"),
    (
        lambda d: part(d, 6)["answer"].update(value="1e999999999"),
        f'{FIRST}.parts[6].answer.value: a number is written as "3" or "-1/4", not \'1e999999999\'',
    ),
    (
        lambda d: part(d, 6)["answer"].update(tolerance="-1"),
        f"{FIRST}.parts[6].answer.tolerance: it is never negative, and this one is -1",
    ),
    (
        lambda d: part(d, 2)["answer"].update(right=2),
        f"{FIRST}.parts[2].answer.right: it must be from 0 to 1, as there are 2 options, not 2",
    ),
    (
        lambda d: part(d, 3)["answer"].update(order=[0, 2]),
        f"{FIRST}.parts[3].answer.order: it must name each line once, and all without a gap",
    ),
    (
        lambda d: part(d, 8)["answer"].update(mistake="two_mising"),
        f"{FIRST}.parts[8].answer.mistake: unknown mistake 'two_mising': {ONE_OF} Did you mean two_missing?",
    ),
    (
        lambda d: part(d, 2)["answer"]["options"][1].update(mistake=""),
        f"{FIRST}.parts[2].answer.options[1].mistake: unknown mistake '': {ONE_OF}",
    ),
    (
        lambda d: part(d, 8)["answer"].update(line=0),
        f"{FIRST}.parts[8].answer.line: lines are counted from 1, and this one is 0",
    ),
    (
        lambda d: part(d, 10)["answer"].update(right=[5]),
        f"{FIRST}.parts[10].answer.right: each must be from 0 to 4",
    ),
    (
        lambda d: d["sheets"][0]["questions"][0].update(model="less"),
        f"{FIRST}.model: unknown model 'less': it must be one of lesson, lesson-2, softmax. Did you mean lesson?",
    ),
    (
        lambda d: d["models"][2].update(source="E = "),
        "models[2]: nothing stands after the `=`\nline 1, column 3:\n    E = \n      ^",
    ),
    (
        lambda d: d["sheets"][0]["questions"][0].update(by="q[1]"),
        f"{FIRST}.by: unknown quantity 'q': it must be one of C0, a, y, z, w.",
    ),
]
BEFORE, AFTER = "cannot mark with key.json: ", "\nGive the key that derive worksheet wrote, as it wrote it"


@pytest.mark.parametrize(("change", "message"), WRONG, ids=[message[:60] for _, message in WRONG])
def test_a_wrong_key_is_refused_where_it_is_wrong(change: Change, message: str) -> None:
    data = json.loads(key_text(key()))
    change(data)
    with pytest.raises(OptionError) as caught:
        read_key(json.dumps(data), "key.json")
    assert str(caught.value) == f"{BEFORE}{message}{AFTER}"


NO_JSON = [
    ("", "line 1, column 1: this is not JSON (expecting value)"),
    ('{"format": }', "line 1, column 12: this is not JSON (expecting value)"),
    ("[]", "the whole of it: it must be an object, not a list"),
    ('{"format": NaN}', "the whole of it: NaN is no number in JSON"),
    ('{"seed": ' + "9" * 5000 + "}", "the whole of it: a number has too many digits"),
    ("[" * 100_000, "the whole of it: it is nested too deep"),
    ('{"seed": 1, "seed": 2}', "the whole of it: an object has the entry 'seed' twice"),
]


@pytest.mark.parametrize(("text", "message"), NO_JSON)
def test_what_is_no_key_at_all(text: str, message: str) -> None:
    with pytest.raises(OptionError) as caught:
        read_key(text, "key.json")
    assert str(caught.value) == f"{BEFORE}{message}{AFTER}"


def test_a_list_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("derive.exercises.coding.MAX_ITEMS", 2)
    with pytest.raises(OptionError, match=r"models: the list has 3 entries, and may have at most 2"):
        read_key(key_text(key()))


def test_a_type_that_has_no_json_is_a_bug() -> None:
    with pytest.raises(TypeError, match="no JSON for"):
        written({}, dict)


def test_letters_are_enough_for_the_options() -> None:
    many = Choice((Option(RESULT),) * 27, 0)
    assert stored.wrong(many) == "right: it must be from 0 to 26, as there are 27 options, not 0"
