"""The kinds of exercise about steps, of every ready model: what they promise is checked in other ways than theirs."""

from __future__ import annotations

import random
import tomllib
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import fields, is_dataclass
from functools import cache
from itertools import combinations, pairwise
from string import ascii_uppercase
from typing import Any, TypeVar

import pytest

import derive
from derive.calculus.rules import RULES
from derive.calculus.samples import local_claims
from derive.documents.marks import rule_names
from derive.documents.render import render
from derive.documents.wording import TEMPLATES
from derive.exercises.answers import Choice, Expected, Formula, IndexText, Order, RuleName, WrongLine
from derive.exercises.exercise import Exercise, Topic
from derive.exercises.kinds.catalogue import KINDS
from derive.exercises.kinds.ordering import with_one_order
from derive.exercises.marking import Marker
from derive.exercises.marking_setting import Setting
from derive.model.forward import POSITIVE, SIGNED, ModelScene, random_scene
from derive.model.functions import formula_of
from derive.model.language import read_expression
from derive.model.model import Range
from derive.model.ready import READY
from derive.notation.latex import latex
from derive.pages.blocks import Block, Document, Equations, Lines, Listing, Message, Table
from derive.writing.evaluate import evaluate, holds
from derive.writing.index import BLANK, Index, Symbol, index
from derive.writing.nodes import ONE, Blank, Compare, Condition, Expr, Gradient, Grouped, Node, Partial, Quantity, Sum
from derive.writing.numbers import OutsideDomain, agree
from derive.writing.walk import free_symbols, rebuilt, replaced, walk

N = TypeVar("N", bound=Node)
WORDED = ("derive", "fill in", "choose", "find the error", "order the steps", "justify")
SEEDS = range(3)
FEW, MANY = 2, 40  # points
ROOM = 5  # for sizes that the model leaves open


@cache
def topic(name: str) -> Topic:
    ready = READY[name]
    return Topic(derive.differentiate(derive.ready_model(name), ready.loss, ready.target), name)


def made(kind: str, name: str) -> list[Exercise]:
    found = (KINDS[kind].make(topic(name), random.Random(seed)) for seed in SEEDS)
    return [exercise for exercise in found if exercise is not None]


def of_all_models(kind: str) -> list[Exercise]:
    return [exercise for name in READY for exercise in made(kind, name)]


def blocks_of(exercise: Exercise) -> tuple[Block, ...]:
    return (*exercise.stem, *(block for part in exercise.parts for block in part.blocks), *exercise.solution)


def equations(exercise: Exercise) -> Equations:
    """What is displayed last in the stem."""
    return [block for block in exercise.stem if isinstance(block, Equations)][-1]


# ---------------------------------------------------------------- an oracle of its own


@cache
def point(name: str, seed: int) -> ModelScene:
    """A point at which lines are evaluated: every letter in the narrowest of its ranges."""
    derivation, rng = topic(name).derivation, random.Random(seed)
    spans = [span for known in known_ranges(topic(name)) for span in known.values()]
    sizes = {**sizes_of(name, rng), **derivation.model.sizes}
    signs = SIGNED if seed % 2 else POSITIVE
    scene = random_scene(derivation.model, sizes, {}, rng, range(9), "precise", functions=formula_of, elsewhere=signs)
    for _ in range(20_000):
        scene.letters.clear()
        scene.letters.update({span.symbol: rng.randrange(5) for span in spans})
        inside = all(scene.index(s.lower) <= scene.letters[s.symbol] < scene.index(s.upper) for s in spans)
        if inside and all(holds(condition, scene) for condition in derivation.target.conditions):
            return scene
    raise AssertionError(f"no point for {name}")


def known_ranges(about: Topic) -> list[Mapping[Symbol, Range]]:
    stages = [stage.facts.ranges for stage in about.derivation.stages]
    return [*(claim.ranges for claim, _ in local_claims(about.derivation)), *stages]


def sizes_of(name: str, rng: random.Random) -> dict[Symbol, int]:
    """Numbers for the sizes that stay letters; a layer's label stays small."""
    model = topic(name).derivation.model
    mentioned = {s for e in model.equations for r in e.ranges for i in (r.lower, r.upper) for s in i.symbols}
    inner = {s for e in model.equations for n in walk(e.right) for s in fold_symbols(n)}
    free = {s for s in mentioned | inner if s.label is None} - {r.symbol for e in model.equations for r in e.ranges}
    return {symbol: 3 if symbol.name == "K" else rng.randrange(3, ROOM) for symbol in sorted(free, key=str)}


def fold_symbols(node: object) -> Iterator[Symbol]:
    for end in (getattr(node, "lower", None), getattr(node, "upper", None)):
        if isinstance(end, Index):
            yield from end.symbols


def is_right(name: str, left: Expr, right: Expr) -> bool:
    """Whether both sides have one value at each of a few points at which they have any."""
    found = [agreeing(left, right, point(name, seed)) for seed in range(FEW)]
    return False not in found and True in found


def is_wrong(name: str, left: Expr, right: Expr) -> bool:
    """Whether the sides differ at one of many points."""
    return any(agreeing(left, right, point(name, seed)) is False for seed in range(MANY))


@cache
def guards_of(name: str) -> Mapping[Expr, tuple[Condition, ...]]:
    """The conditions under which local derivatives are needed."""
    found: dict[Expr, tuple[Condition, ...]] = {}
    for claim, local in local_claims(topic(name).derivation):
        for of in (local.element, local.definition):
            found[Partial(of, local.by)] = claim.guards
    return found


def agreeing(left: Expr, right: Expr, scene: ModelScene) -> bool | None:
    if not all(holds(guard, scene) for guard in guards_of(scene.model.name).get(left, ())):
        return None
    try:
        return agree(evaluate(left, scene), evaluate(right, scene))
    except OutsideDomain:
        return None


# ---------------------------------------------------------------- every kind


# Shifted indices have no form in matrices.
NOTHING_TO_ASK = {"matrix": ["conv1d", "conv2d", "mean_pooling"]}


@pytest.mark.parametrize("kind", WORDED)
def test_every_ready_model_has_something_to_ask_about(kind: str) -> None:
    assert [name for name in READY if not made(kind, name)] == NOTHING_TO_ASK.get(kind, [])


@pytest.mark.parametrize("kind", WORDED)
def test_the_same_seed_gives_the_same_exercise_and_others_give_others(kind: str) -> None:
    for name in ("lesson", "batchnorm", "lstm"):
        fresh = Topic(topic(name).derivation, name)
        again = [KINDS[kind].make(fresh, random.Random(seed)) for seed in (2, 1, 0)]
        contents = [(e.stem, e.parts, e.solution) for e in again[::-1] if e is not None]
        assert contents == [(e.stem, e.parts, e.solution) for e in made(kind, name)]
        assert len(set(contents)) > 1 or kind == "derive"


@pytest.mark.parametrize("kind", WORDED)
def test_every_question_can_be_answered_on_the_sheet_and_earns_marks(kind: str) -> None:
    for exercise in of_all_models(kind):
        assert exercise.kind == kind
        assert exercise.parts
        assert all(part.marks > 0 for part in exercise.parts)
        in_a_table = any(isinstance(block, Table) for block in exercise.stem)
        assert in_a_table or all(part.space > 0 and part.blocks for part in exercise.parts)


@pytest.mark.parametrize("kind", WORDED)
@pytest.mark.parametrize("format_name", ["md", "tex"])
def test_every_exercise_is_printed(kind: str, format_name: str) -> None:
    for exercise in of_all_models(kind):
        assert render(Document(Message("whole.model"), blocks_of(exercise)), format_name)


UNSURE = """
C = sum((a[j] - y[j])**2 for j in range(n))
a[j] = g(sum(w[j,k]*x[k] for k in range(m))) for j in range(n)
"""


@pytest.mark.parametrize("kind", WORDED)
def test_nothing_is_asked_about_steps_that_are_not_verified(kind: str) -> None:
    derivation = derive.differentiate(derive.read_model(UNSURE), "C", "w[1,2]")
    doubtful = Topic(derivation, "unsure")
    doubtful.__dict__["doubted"] = frozenset(derivation.steps)
    assert KINDS[kind].make(doubtful, random.Random(1)) is None
    assert KINDS[kind].make(Topic(derivation, "sure"), random.Random(1)) is not None


# ---------------------------------------------------------------- derive


def test_the_gradient_that_is_asked_for_agrees_with_duals() -> None:
    for exercise in of_all_models("derive"):
        last = exercise.parts[-1].expected
        assert isinstance(last, Formula)
        assert (last.of, last.by) == (exercise.topic.derivation.of, exercise.topic.derivation.by)
        assert last.of is not None
        assert last.by is not None
        assert is_right(exercise.topic.model_name, Gradient(last.of, last.by), last.expr)


# ---------------------------------------------------------------- fill in


def filled(exercise: Exercise, other: int = 0) -> Equations:
    """The lines with every box filled; box number `other` with the index after the right one, or the factor plus 1."""
    block = equations(exercise)
    lines = block.members
    for number, part in enumerate(exercise.parts, 1):
        match part.expected:
            case Formula(expr):
                wrong = Sum((expr, ONE))
                lines = tuple(replaced(line, {Blank(number): wrong if number == other else expr}) for line in lines)
            case IndexText(right):
                renaming = {Symbol(BLANK, index(number)): right + (number == other)}
                lines = tuple(written(line, renaming) for line in lines)
    return Equations(block.left, lines)


def written(node: N, renaming: dict[Symbol, Index]) -> N:
    """The tree with an index written into a box; a letter that a sum binds is meant to be bound there."""
    return rebuilt(node, lambda part: written(part, renaming), lambda place: place.substitute(renaming))


def boxes(exercise: Exercise) -> list[int]:
    return [n for n, part in enumerate(exercise.parts, 1) if not isinstance(part.expected, RuleName)]


@pytest.mark.parametrize("name", READY)
def test_every_line_is_right_with_its_box_filled_and_wrong_with_something_else(name: str) -> None:
    for exercise in made("fill in", name):
        right = filled(exercise)
        assert all(is_right(name, right.left, line) for line in right.members)
        assert all(in_line(line) == [] for line in right.members)
        for number in boxes(exercise):
            (changed,) = (line for line in filled(exercise, number).members if line not in right.members)
            assert is_wrong(name, right.left, changed), (name, number)


def test_a_line_has_one_box_at_most_and_the_left_side_none() -> None:
    for exercise in of_all_models("fill in"):
        block = equations(exercise)
        found = [len(in_line(line)) for line in block.members]
        assert set(found) <= {0, 1}
        assert sum(found) == len(boxes(exercise))
        assert in_line(block.left) == []


def in_line(line: Expr) -> list[int]:
    blanks = [n.number for n in walk(line) if isinstance(n, Blank)]
    return blanks + [s.label.value or 0 for s in free_symbols(line) if s.name == BLANK and s.label is not None]


# ---------------------------------------------------------------- order the steps


def lines_of(exercise: Exercise) -> list[Expr]:
    (block,) = (block for block in exercise.stem if isinstance(block, Lines))
    return [line.left for line in block.lines if isinstance(line, Equations)]


@pytest.mark.parametrize("name", READY)
def test_the_lines_in_their_order_are_those_of_the_derivation(name: str) -> None:
    for exercise in made("order the steps", name):
        expected, lines = exercise.parts[0].expected, lines_of(exercise)
        assert isinstance(expected, Order)
        assert sorted([*expected.order, *([expected.intruder] if expected.intruder is not None else [])]) == list(
            range(len(lines))
        )
        whole = [step.after for step in exercise.topic.derivation.steps]
        places = [whole.index(lines[i]) for i in expected.order]
        assert places == sorted(set(places))


def derivatives(line: Expr) -> tuple[int, int]:
    """How many derivatives a line has of quantities by their names, and how many of something written out."""
    of = [n.of for n in walk(line) if isinstance(n, Partial | Gradient)]
    named = sum(isinstance(inner, Quantity) for inner in of)
    return named, len(of) - named


def test_of_two_lines_the_later_one_has_less_to_be_done() -> None:
    """A line without derivatives comes after all that have one, and definitions are put in first."""
    for exercise in of_all_models("order the steps"):
        expected, lines = exercise.parts[0].expected, lines_of(exercise)
        assert isinstance(expected, Order)
        open_ = [derivatives(lines[i]) for i in expected.order]
        assert all(a[0] >= b[0] for a, b in pairwise(open_))
        assert all(a != (0, 0) or b == (0, 0) for a, b in pairwise(open_))
        unlike = {str(lines[i]).replace("(", "").replace(")", "") for i in expected.order}
        assert len(unlike) == len(expected.order)


ORDERS = [
    # brackets are no step, and neither are two lines that could be exchanged
    (["2*(a - b)", "2*a - 2*b", "2*a"], ["2*a - 2*b", "2*a"]),
    (["a*b", "b*a", "a"], ["b*a", "a"]),
    (["a", "a*b", "b"], ["a*b", "b"]),
]


@pytest.mark.parametrize(("lines", "kept"), ORDERS)
def test_lines_that_need_not_stand_where_they_do_are_left_out(lines: list[str], kept: list[str]) -> None:
    assert list(map(str, with_one_order(list(map(read_expression, lines))))) == kept


# ---------------------------------------------------------------- justify


def rules_of(exercise: Exercise) -> list[str]:
    (block,) = (block for block in exercise.stem if isinstance(block, Listing))
    return [str(message.values["rule"]) for message in block.messages]


def test_the_rule_is_listed_once_among_others_of_which_none_applies() -> None:
    for exercise in of_all_models("justify"):
        expected, block = exercise.parts[0].expected, equations(exercise)
        assert isinstance(expected, RuleName)
        listed = rules_of(exercise)
        assert listed.count(expected.rule) == 1
        assert 3 <= len(set(listed)) == len(listed)
        steps = [s for s in exercise.topic.derivation.steps if (s.before, s.after) == (block.left, block.members[0])]
        assert {step.rule for step in steps} == {expected.rule}
        facts = exercise.topic.derivation.target.facts
        open_ = [node for node in walk(block.left) if isinstance(node, Partial)]
        for other in set(listed) - {expected.rule}:
            assert other not in RULES or all(RULES[other].rewrite(node, facts) is None for node in open_), other


# ---------------------------------------------------------------- choose


@pytest.mark.parametrize("name", READY)
def test_one_option_is_right_and_no_two_are_equal(name: str) -> None:
    for exercise in made("choose", name):
        expected = exercise.parts[0].expected
        assert isinstance(expected, Choice)
        options = [option.expr for option in expected.options]
        assert 3 <= len(options) <= 5
        assert options == lines_of(exercise)
        left = solution(exercise).left
        assert is_right(name, left, options[expected.right])
        assert all(is_wrong(name, a, b) for a, b in combinations(options, 2))
        assert [o.mistake is None for o in expected.options] == [i == expected.right for i in range(len(options))]


def solution(exercise: Exercise) -> Equations:
    return next(block for block in exercise.solution if isinstance(block, Equations))


MOST_LIKELY = {3: 13.8, 4: 16.3, 5: 18.5}  # chi squared with one degree of freedom less, at one in a thousand


def test_the_right_option_is_anywhere() -> None:
    found: dict[int, list[int]] = {count: [] for count in MOST_LIKELY}
    for seed in range(1500):
        exercise = KINDS["choose"].make(topic("lesson"), random.Random(seed))
        assert exercise is not None
        expected = exercise.parts[0].expected
        assert isinstance(expected, Choice)
        found[len(expected.options)].append(expected.right)
    for count, bound in MOST_LIKELY.items():
        each = len(found[count]) / count
        assert each > 10
        assert sum((found[count].count(i) - each) ** 2 / each for i in range(count)) < bound


# ---------------------------------------------------------------- find the error


def account(blocks: Sequence[Block]) -> list[Equations]:
    """The numbered lines among the blocks."""
    (block,) = (block for block in blocks if isinstance(block, Lines))
    assert block.numbered
    return [line if isinstance(line, Equations) else equated(line.values["equation"]) for line in block.lines]


def equated(condition: object) -> Equations:
    assert isinstance(condition, Compare)
    return Equations(condition.left, (condition.right,))


@pytest.mark.parametrize("name", READY)
def test_one_line_is_wrong_and_the_others_are_right_or_follow(name: str) -> None:
    for exercise in made("find the error", name):
        expected = exercise.parts[0].expected
        assert isinstance(expected, WrongLine)
        wrong, right = account(exercise.stem), account(exercise.solution)
        place = expected.line - 1
        assert all(a.left == b.left for a, b in zip(wrong, right, strict=False))
        assert right[place].members == (expected.corrected,)
        assert all(is_right(name, line.left, *line.members) for line in right)
        assert wrong[:place] == right[:place]
        assert is_wrong(name, wrong[place].left, *wrong[place].members)
        whole = wrong[0].left
        (value,) = wrong[place].members
        if wrong[place].left != whole:
            value = replaced(wrong[0].members[0], {wrong[place].left: Grouped(value)})
        for number, line in enumerate(wrong[place + 1 :], place + 1):
            if line.left == whole:
                assert is_right(name, value, *line.members)
                assert is_wrong(name, whole, *line.members)
            else:
                assert line == right[number]


def test_errors_are_planted_in_many_lines_by_many_mistakes() -> None:
    found = [e.parts[0].expected for e in of_all_models("find the error")]
    wrong = [expected for expected in found if isinstance(expected, WrongLine)]
    assert len({expected.line for expected in wrong}) > 4
    assert len({expected.mistake for expected in wrong}) > 12


# ---------------------------------------------------------------- intruders


@pytest.mark.parametrize("name", READY)
def test_an_intruder_equals_no_line_of_the_order(name: str) -> None:
    for exercise in made("order the steps", name):
        expected, lines = exercise.parts[0].expected, lines_of(exercise)
        assert isinstance(expected, Order)
        if expected.intruder is not None:
            assert all(is_wrong(name, lines[i], lines[expected.intruder]) for i in expected.order)


def test_there_are_orders_with_an_intruder_and_without() -> None:
    found = [e.parts[0].expected for e in of_all_models("order the steps")]
    assert {isinstance(e, Order) and e.intruder is None for e in found} == {True, False}


# ---------------------------------------------------------------- the wording


def test_every_message_is_used() -> None:
    drawn = [e for kind in WORDED for e in of_all_models(kind)]
    drawn += [e for seed in range(40) for e in [KINDS["derive"].make(topic("batchnorm"), random.Random(seed))] if e]
    used = {message.key for exercise in drawn for message in messages(blocks_of(exercise))}
    table = tomllib.loads((TEMPLATES / "en" / "exercises.toml").read_text(encoding="utf-8"))
    assert set(keys(table)) - used == set()


def keys(table: Mapping[str, object], before: str = "") -> Iterator[str]:
    for name, value in table.items():
        if isinstance(value, Mapping):
            yield from keys(value, f"{before}{name}.")
        else:
            yield f"{before}{name}"


def messages(value: object) -> Iterator[Message]:
    """Every message in blocks."""
    if isinstance(value, Message):
        yield value
    elif isinstance(value, tuple):
        for item in value:
            yield from messages(item)
    elif is_dataclass(value) and not isinstance(value, Expr | Topic):
        for field in fields(value):
            yield from messages(getattr(value, field.name))


# ---------------------------------------------------------------- the marker

QUICK = [name for name in READY if name not in {"conv2d", "lstm", "gru", "multihead"}]


@pytest.mark.parametrize("name", QUICK)
def test_what_is_expected_gets_full_marks_as_it_is_printed(name: str) -> None:
    derivation = topic(name).derivation
    setting = Setting(derivation.model, derivation, rules=rule_names())
    for exercise in (e for kind in WORDED for e in made(kind, name)):
        for part in exercise.parts:
            answer = ANSWERS[type(part.expected)](part.expected)
            verdict = Marker(part.expected, setting).verdict(answer)
            assert verdict.credit == 1, (exercise.kind, answer, verdict.messages)


def order_text(expected: Order) -> str:
    letters = " ".join(ascii_uppercase[i] for i in expected.order)
    return letters if expected.intruder is None else f"{letters}; {ascii_uppercase[expected.intruder]}"


ANSWERS: dict[type[Expected], Callable[[Any], str]] = {
    Formula: lambda expected: latex(expected.expr),
    IndexText: lambda expected: latex(expected.index),
    Choice: lambda expected: ascii_uppercase[expected.right],
    Order: order_text,
    RuleName: lambda expected: next(name for name, rules in rule_names().items() if expected.rule in rules),
    WrongLine: lambda expected: f"{expected.line}: {latex(expected.corrected)}",
}
