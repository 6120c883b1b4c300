"""Plans: what they say, and what is wrong with those that cannot be used, with the line."""

from __future__ import annotations

import pytest

from derive import handouts
from derive.errors import OptionError
from derive.exercises.kinds.catalogue import KINDS
from derive.exercises.plan import DIFFICULTIES, Wanted, read_plan
from derive.model.activations import ACTIVATIONS

TOPICS = '[[topics]]\nmodel = "lesson"\n'
QUESTIONS = '[[questions]]\nkind = "derive"\n'
SMALL = f'title = "Week 6"\n{TOPICS}{QUESTIONS}'


def refusal(text: str) -> str:
    with pytest.raises(OptionError) as caught:
        read_plan(text, "the plan p.toml")
    return str(caught.value)


def test_the_smallest_plan_has_a_default_for_everything_else() -> None:
    plan = read_plan(SMALL)
    assert (plan.title, plan.course, plan.date, plan.letters, plan.detail) == ("Week 6", "", "", "shared", "lesson")
    assert plan.questions == (Wanted("derive"),)
    assert [(source.name, source.of, source.targets) for source in plan.sources] == [("lesson", "C0", ("w(L)[1,2]",))]
    assert plan.text == SMALL


def test_the_example_can_be_used_and_shows_every_key() -> None:
    text = handouts.example_plan()
    plan = read_plan(text)
    assert {wanted.kind for wanted in plan.questions} == set(KINDS)
    assert all(f"\n{key} " in text for key in ("title", "course", "date", "language", "notation", "letters"))
    assert all(f"\n{key} " in text for key in ("detail", "difficulty", "band", "model", "targets", "sizes"))
    assert all(f"\n{key} " in text for key in ("activation", "loss", "name", "text", "kind", "count", "marks"))


def test_questions_are_counted_out() -> None:
    plan = read_plan(f"{SMALL}count = 3\nmarks = 5\n")
    assert plan.wanted == (Wanted("derive", 3, 5),) * 3


def test_several_activations_make_several_models() -> None:
    text = f'title = "a"\n{TOPICS}activation = ["tanh", "sigmoid"]\nsizes = ["3,2", "4,2"]\n{QUESTIONS}'
    sources = read_plan(text).sources
    assert len(sources) == 4
    assert len({(source.model.source, *source.model.sizes.items()) for source in sources}) == 4


def test_a_file_is_read_by_whoever_can_read_it() -> None:
    text = f'title = "a"\n[[topics]]\nmodel = "mine.txt"\ntargets = "x"\n{QUESTIONS}'
    (source,) = read_plan(text, read=lambda name: f"{name.removesuffix('.txt')} = x**2\n").sources
    assert (source.name, source.of, source.targets) == ("mine.txt", "mine", ("x",))


@pytest.mark.parametrize(("written", "bounds"), [(f'"{name}"', bounds) for name, bounds in DIFFICULTIES.items()])
def test_a_difficulty_is_a_name_or_a_range(written: str, bounds: tuple[int, int]) -> None:
    assert read_plan(f"difficulty = {written}\n{SMALL}").difficulty == bounds
    assert read_plan(f"difficulty = [3, 9]\n{SMALL}").difficulty == (3, 9)


def line(number: int, text: str) -> str:
    """A line as it is shown below a complaint, with the caret at its beginning."""
    return f"line {number}, column 1:\n    {text}\n    ^"


ACTIVATED = ", ".join(("g", "softmax", *ACTIVATIONS))
HEAD = "title, course, date, language, notation, letters, detail, difficulty, band, topics, questions"
WRONG = [
    ("x = [", "this is not TOML: invalid value\nline 1, column 1:\n    x = [\n    ^"),
    ("title = 1\ntitle = 2", "this is not TOML: cannot overwrite a value\nline 2, column 1:\n    title = 2\n    ^"),
    (TOPICS + QUESTIONS, 'title is missing: begin with title = "Week 6"'),
    (f'title = "a"\n{TOPICS}', "questions is missing: begin with [[questions]]"),
    (f'title = "a"\n{QUESTIONS}', "topics is missing: begin with [[topics]]"),
    (
        f"# a plan\ntitel = 3\n{SMALL}",
        f"titel: unknown key 'titel': it must be one of {HEAD}. Did you mean title?\n{line(2, 'titel = 3')}",
    ),
    (
        f'title = ""\n{TOPICS}{QUESTIONS}',
        'title: a worksheet needs a title\nline 1, column 1:\n    title = ""\n    ^',
    ),
    (
        f"{SMALL}count = 0",
        "questions[1].count: it must be a whole number from 1 to 60, not '0'\nline 6, column 1:\n    count = 0\n    ^",
    ),
    (f"{SMALL}count = 40\n{QUESTIONS}count = 40", "a sheet may have at most 60 questions, and this plan asks 80"),
    (
        f"{SMALL}marks = true",
        (
            "questions[1].marks: it must be a whole number from 1 to 100, not 'True'\n"
            "line 6, column 1:\n    marks = true\n    ^"
        ),
    ),
    (
        f'{SMALL}[[questions]]\nkind = "derove"',
        (
            f"questions[2].kind: unknown kind of exercise 'derove': it must be one of {', '.join(KINDS)}. "
            'Did you mean derive?\nline 7, column 1:\n    kind = "derove"\n    ^'
        ),
    ),
    (
        f"difficulty = [9, 3]\n{SMALL}",
        (
            "difficulty: a range is written [least, most], such as [6, 14]\n"
            "line 1, column 1:\n    difficulty = [9, 3]\n    ^"
        ),
    ),
    (
        f'course = """two\nlines"""\n{SMALL}',
        'course: it must be one line\nline 1, column 1:\n    course = """two\n    ^',
    ),
    (
        f'title = "a"\n{QUESTIONS}[[topics]]\ntext = """\nC = x**2 +\nmodel = 1\n"""\ntargets = "x"\n',
        (
            "topics[1].text: the line ends too early: something is missing here\nline 1, column 11:\n    C = x**2 +\n"
            '              ^\nline 5, column 1:\n    text = """\n    ^'
        ),
    ),
    (
        f'title = "a"\n{QUESTIONS}[[topics]]\nmodel = "lesson"\ntargets = [\n  "w(L)[1,2]",\n  "v",\n]\n',
        (
            "topics[1].targets: unknown quantity 'v': it must be one of C0, a, y, z, w.\n"
            "line 6, column 1:\n    targets = [\n    ^"
        ),
    ),
    (
        f'title = "a"\n{TOPICS}activation = "tanhh"\n{QUESTIONS}',
        (
            f"topics[1].activation: unknown activation 'tanhh': it must be one of {ACTIVATED}. "
            'Did you mean tanh?\nline 4, column 1:\n    activation = "tanhh"\n    ^'
        ),
    ),
    (
        f'title = "a"\n[[topics]]\nmodel = "softmax"\nsizes = "3,2"\n{QUESTIONS}',
        (
            'topics[1].sizes: it goes with model = "lesson"; other models have their own\n'
            'line 4, column 1:\n    sizes = "3,2"\n    ^'
        ),
    ),
    (
        f'title = "a"\n[[topics]]\nof = "C"\n{QUESTIONS}',
        (
            "topics[1]: give either model, a ready model or a file, or text, the equations themselves\n"
            "line 2, column 1:\n    [[topics]]\n    ^"
        ),
    ),
    (
        f'title = "a"\n[[topics]]\nmodel = "mine.txt"\n{QUESTIONS}',
        (
            "topics[1].model: the file 'mine.txt' is not at hand here: write the model into the plan, as text\n"
            'line 3, column 1:\n    model = "mine.txt"\n    ^'
        ),
    ),
    (
        f'title = "a"\n[[topics]]\ntext = "C = x**2"\n{QUESTIONS}',
        (
            'topics[1]: targets are missing: the quantities to differentiate by, such as targets = ["w"]\n'
            "line 2, column 1:\n    [[topics]]\n    ^"
        ),
    ),
    (
        f'{SMALL}models = "lessen"',
        (
            "questions[1].models: unknown model 'lessen': it must be one of lesson. Did you mean lesson?\n"
            'line 6, column 1:\n    models = "lessen"\n    ^'
        ),
    ),
    ("x = 1\n" * 20_000, "the text has 120,000 characters, and may have at most 100,000"),
    (f"x = {'[' * 3000}", "it is nested too deep, or a number has too many digits"),
]


@pytest.mark.parametrize(("text", "message"), WRONG)
def test_a_wrong_plan_is_refused_with_its_line(text: str, message: str) -> None:
    assert refusal(text) == f"cannot use the plan p.toml: {message}"
