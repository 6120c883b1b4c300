"""Keys as files: what the sheets ask and what is expected, as JSON, so that answers can be marked later."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Any

from derive.calculus.derivation import differentiate
from derive.errors import DeriveError, OptionError, unknown
from derive.exercises.answers import Choice, Expected, Numeral, Order, Selection, WrongLine
from derive.exercises.coding import Entry, read, written
from derive.exercises.exercise import Exercise, Topic
from derive.exercises.measure import Measure
from derive.exercises.mistakes import MISTAKES
from derive.model.language import read_model, read_quantity
from derive.model.model import Model, Stated
from derive.pages.languages import ENGLISH, LANGUAGES
from derive.writing.index import Symbol
from derive.writing.nodes import Expr, Quantity

FORMAT = "derive key"
VERSION = 1
LARGEST = 100_000_000  # bytes of a key
LETTERS = 26  # A to Z, by which options and lines are named


@dataclass(frozen=True)
class StoredForm:
    """The form that textbooks give to a derivative, as `Stated`, with its letters in order."""

    of: Quantity
    by: Quantity
    form: Expr
    letters: tuple[Symbol, ...]


@dataclass(frozen=True)
class Size:
    """The number that is known for a size or a label."""

    size: Symbol
    value: int


@dataclass(frozen=True)
class StoredModel:
    """A model by its text; questions refer to it by its name."""

    name: str
    source: str
    sizes: tuple[Size, ...] = ()
    stated: tuple[StoredForm, ...] = ()


@dataclass(frozen=True)
class StoredPart:
    """What one part of a question expects, and what that is worth."""

    answer: Expected
    marks: int


@dataclass(frozen=True)
class Question:
    """A question about the derivative of `of` by `by` in a model."""

    kind: str
    model: str
    of: Quantity
    by: Quantity
    measure: Measure
    parts: tuple[StoredPart, ...]

    @property
    def marks(self) -> int:
        """What the whole question is worth."""
        return sum(part.marks for part in self.parts)


@dataclass(frozen=True)
class Sheet:
    """One variant, by its number, with its questions in the order of the page."""

    variant: int
    questions: tuple[Question, ...]

    @property
    def marks(self) -> int:
        """What the whole sheet is worth."""
        return sum(question.marks for question in self.questions)


@dataclass(frozen=True)
class StoredFile:
    """The text of a model's file, by the name that the plan gives it."""

    name: str
    text: str


@dataclass(frozen=True)
class Key:
    """All the sheets that one plan and one seed gave, with what their questions expect.

    `notation` is a name of NOTATIONS, `language` one of LANGUAGES; `plan` is the text of the plan: with it, its files
    and the seed the sheets can be made again.
    """

    title: str
    seed: int
    notation: str
    models: tuple[StoredModel, ...]
    sheets: tuple[Sheet, ...]
    course: str = ""
    date: str = ""
    plan: str = ""
    files: tuple[StoredFile, ...] = ()
    language: str = ENGLISH

    def topic(self, question: Question) -> Topic:
        """What the question was drawn from, derived anew; a question about the same is given the same object."""
        stored = next(model for model in self.models if model.name == question.model)
        return _topic(stored, question.of, question.by)


@lru_cache(maxsize=256)
def _topic(stored: StoredModel, of: Quantity, by: Quantity) -> Topic:
    return Topic(differentiate(_model(stored), of, by), stored.name)


# ---------------------------------------------------------------- from exercises


class Shelf:
    """The models that questions are about, each once; another one of the same name is called `name-2`."""

    def __init__(self) -> None:
        self._names: dict[StoredModel, str] = {}

    def put(self, model: Model, name: str) -> str:
        """The name by which questions refer to a model; it is stored if it was not yet."""
        stored = _stored(model, name)
        if stored not in self._names:
            others = sum(model.name == stored.name for model in self._names)
            self._names[stored] = f"{stored.name}-{others + 1}" if others else stored.name
        return self._names[stored]

    def sheet(self, variant: int, exercises: Iterable[Exercise]) -> Sheet:
        """The sheet of these exercises, as it is stored."""
        return Sheet(variant, tuple(map(self.question, exercises)))

    @property
    def models(self) -> tuple[StoredModel, ...]:
        """Every model of the sheets so far."""
        return tuple(replace(model, name=name) for model, name in self._names.items())

    def question(self, exercise: Exercise) -> Question:
        """One question, as it is stored."""
        derivation = exercise.topic.derivation
        return Question(
            exercise.kind,
            self.put(derivation.model, exercise.topic.model_name),
            derivation.of,
            derivation.by,
            exercise.measure,
            tuple(StoredPart(part.expected, part.marks) for part in exercise.parts),
        )


def _stored(model: Model, name: str) -> StoredModel:
    forms = tuple(StoredForm(s.of, s.by, s.form, tuple(sorted(s.letters, key=_order))) for s in model.stated)
    sizes = tuple(Size(symbol, value) for symbol, value in model.sizes.items())
    return StoredModel(name, model.source, sizes, forms)


def _order(symbol: Symbol) -> tuple[object, ...]:
    return symbol.order


def _model(stored: StoredModel) -> Model:
    model = read_model(stored.source, name=stored.name, sizes={str(known.size): known.value for known in stored.sizes})
    return replace(model, stated=tuple(Stated(s.of, s.by, s.form, frozenset(s.letters)) for s in stored.stated))


# ---------------------------------------------------------------- text out


CLOSING = "\n ]\n}\n"


def key_text(key: Key) -> str:
    """The key as a file in JSON, a line for each question."""
    return key_opening(key) + ",\n".join(map(sheet_text, key.sheets)) + CLOSING


def key_opening(key: Key) -> str:
    """What stands in the file before the sheets: they follow with commas between them, and then CLOSING."""
    head = {"format": FORMAT, "version": VERSION, **written(replace(key, sheets=()), Key)}
    del head["sheets"]
    return "{\n" + "".join(f" {json.dumps(name)}: {_json(value)},\n" for name, value in head.items()) + ' "sheets": [\n'


def sheet_text(sheet: Sheet) -> str:
    """One sheet as it stands in the key."""
    return sheet_of(sheet.variant, map(question_text, sheet.questions))


def sheet_of(variant: int, questions: Iterable[str]) -> str:
    """One sheet as it stands in the key, from the texts of its questions."""
    lines = ",\n   ".join(questions)
    return f'  {{"variant": {variant}, "questions": [\n   {lines}\n  ]}}'


def question_text(question: Question) -> str:
    """One question as it stands in the key."""
    return _json(written(question, Question))


def _json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False)


# ---------------------------------------------------------------- text in


def read_key(text: str, name: str = "the key") -> Key:
    """The key of this text; an OptionError names the entry that is wrong, and says why and what can be done."""
    try:
        return _checked(_loaded(text))
    except OptionError as error:
        raise OptionError(
            f"cannot mark with {name}: {error}\nGive the key that derive worksheet wrote, as it wrote it"
        ) from error


def _loaded(text: str) -> Entry:
    try:
        return Entry(json.loads(text, parse_constant=_no_number, object_pairs_hook=_once))
    except json.JSONDecodeError as error:
        raise OptionError(
            f"line {error.lineno}, column {error.colno}: this is not JSON ({error.msg.lower()})"
        ) from None
    except RecursionError:
        raise OptionError("the whole of it: it is nested too deep") from None
    except ValueError:
        raise OptionError("the whole of it: a number has too many digits") from None


def _no_number(word: str) -> None:
    raise OptionError(f"the whole of it: {word} is no number in JSON")


def _once(pairs: Sequence[tuple[str, Any]]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for name, value in pairs:
        if name in found:
            raise OptionError(f"the whole of it: an object has the entry {name!r} twice")
        found[name] = value
    return found


def _checked(entry: Entry) -> Key:
    if entry.field("format").text() != FORMAT:
        raise entry.field("format").error(f"it must be {FORMAT!r}: this is a file of another kind")
    version = entry.field("version")
    if version.of(int) != VERSION:
        raise version.error(f"this derive reads version {VERSION}, not {version.value}")
    own = {name: value for name, value in entry.value.items() if name not in ("format", "version")}
    key: Key = read(Entry(own), Key)
    if key.language not in LANGUAGES:
        raise entry.field("language").error(str(unknown("language", key.language, LANGUAGES)))
    _check_targets(key)
    _check_sheets(key)
    return key


def _check_targets(key: Key) -> None:
    """Every model can be read, and has what the questions ask about."""
    models: dict[str, Model] = {}
    for i, stored in enumerate(key.models):
        with _at(f"models[{i}]"):
            models[stored.name] = _model(stored)
    known: set[tuple[str, Quantity]] = set()
    for path, question in _questions(key):
        if question.model not in models:
            raise OptionError(f"{path}.model: {unknown('model', question.model, models)}")
        for name, quantity in (("of", question.of), ("by", question.by)):
            if (question.model, quantity) not in known:
                with _at(f"{path}.{name}"):
                    read_quantity(str(quantity), models[question.model])
                known.add((question.model, quantity))


@contextmanager
def _at(path: str) -> Iterator[None]:
    try:
        yield
    except DeriveError as error:
        raise OptionError(f"{path}: {error}") from error


def _questions(key: Key) -> Iterator[tuple[str, Question]]:
    for i, sheet in enumerate(key.sheets):
        for j, question in enumerate(sheet.questions):
            yield f"sheets[{i}].questions[{j}]", question


def _check_sheets(key: Key) -> None:
    seen: set[int] = set()
    for i, sheet in enumerate(key.sheets):
        if sheet.variant in seen:
            raise OptionError(f"sheets[{i}].variant: another sheet has the number {sheet.variant} too")
        seen.add(sheet.variant)
    for path, question in _questions(key):
        for k, part in enumerate(question.parts):
            if part.marks < 0:
                raise OptionError(f"{path}.parts[{k}].marks: marks are never negative, and these are {part.marks}")
            why = wrong(part.answer)
            if why is not None:
                raise OptionError(f"{path}.parts[{k}].answer.{why}")


def wrong(answer: Expected) -> str | None:
    """What is impossible about an expected answer, as `entry: reason`; None where nothing is."""
    strange = next((f"{path}: {unknown('mistake', name, MISTAKES)}" for path, name in _mistakes(answer)), None)
    return strange or _impossible(answer)


def _mistakes(answer: Expected) -> Iterator[tuple[str, str]]:
    """The mistakes that it names and nobody knows, with where they stand."""
    named: list[tuple[str, str | None]] = []
    if isinstance(answer, WrongLine):
        named = [("mistake", answer.mistake)]
    elif isinstance(answer, Choice):
        named = [(f"options[{i}].mistake", option.mistake) for i, option in enumerate(answer.options)]
    return ((path, name) for path, name in named if name is not None and name not in MISTAKES)


def _impossible(answer: Expected) -> str | None:
    match answer:
        case Choice(options, right) if not 0 <= right < len(options) <= LETTERS:
            return f"right: it must be from 0 to {len(options) - 1}, as there are {len(options)} options, not {right}"
        case Order() if sorted(_lines(answer)) != list(range(len(_lines(answer)))):
            return "order: it must name each line once, and all without a gap"
        case Numeral(_, tolerance) if tolerance < 0:
            return f"tolerance: it is never negative, and this one is {tolerance}"
        case WrongLine(line) if line < 1:
            return f"line: lines are counted from 1, and this one is {line}"
        case Selection(right, count) if not (count <= LETTERS and {*right} <= {*range(count)}):
            return f"right: each must be from 0 to {count - 1}"
    return None


def _lines(answer: Order) -> tuple[int, ...]:
    return answer.order if answer.intruder is None else (*answer.order, answer.intruder)
