"""A plan of worksheets: what stands at the top, what exercises are drawn from, and which kinds of them are asked."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from itertools import product
from typing import Any, Literal

from derive.errors import DeriveError, OptionError
from derive.exercises.kinds.catalogue import KINDS
from derive.exercises.plan_text import LONGEST_TEXT, Entry, line, one_of, parsed, several, text, whole
from derive.model.dense import dense_model
from derive.model.language import read_model, read_quantity
from derive.model.model import Model
from derive.model.ready import READY, ready, ready_model
from derive.notation.notations import NOTATIONS
from derive.pages.languages import ENGLISH, LANGUAGES

DETAILS = ("brief", "lesson", "full")
LETTERS = ("shared", "apart")
ENDLESS = 1_000_000
DIFFICULTIES: Mapping[str, tuple[int, int]] = {"easy": (0, 8), "medium": (6, 14), "hard": (12, ENDLESS)}
MOST_SOURCES, MOST_TARGETS, MOST_QUESTIONS, MOST_MODELS = 40, 40, 60, 200
LESSON = "lesson"
NETWORK = ("sizes", "activation", "loss")  # what a source may choose for the network of the lesson

Read = Callable[[str], str]  # the text of a file that a plan names


@dataclass(frozen=True)
class Source:
    """A model, and the quantities to differentiate `of` by; an asterisk stands for any number that an index can be."""

    name: str
    model: Model
    of: str
    targets: tuple[str, ...]


@dataclass(frozen=True)
class Wanted:
    """`count` questions of a kind, worth `marks` each (None leaves that to the kind), of topics in a range."""

    kind: str
    count: int = 1
    marks: int | None = None
    difficulty: tuple[int, int] | None = None
    models: tuple[str, ...] = ()


@dataclass(frozen=True)
class Plan:
    """What a worksheet is made of.

    `difficulty` bounds the measure of what is drawn; the variants of one question differ in their measure by at most
    `band`. `detail` is that of the derivations in the key.
    """

    title: str
    sources: tuple[Source, ...]
    questions: tuple[Wanted, ...]
    course: str = ""
    date: str = ""
    language: str = ENGLISH
    notation: str = "lesson"
    letters: Literal["shared", "apart"] = "shared"
    detail: str = "lesson"
    difficulty: tuple[int, int] = (0, ENDLESS)
    band: int = 2
    text: str = field(default="", compare=False)

    @property
    def wanted(self) -> tuple[Wanted, ...]:
        """One entry for each question of a sheet, in order."""
        return tuple(wanted for wanted in self.questions for _ in range(wanted.count))


def read_plan(source: str, name: str = "the plan", read: Read | None = None) -> Plan:
    """The plan that a text in TOML describes; an OptionError says what is wrong, in which line, and what may be there.

    `read` gives the text of a model's file; without it, a plan that names a file is refused.
    """
    try:
        return _plan(parsed(source), source, read or _no_files)
    except OptionError as error:
        raise OptionError(f"cannot use {name}: {error}") from error


def _no_files(name: str) -> str:
    raise OptionError(f"the file {name!r} is not at hand here: write the model into the plan, as text")


def _plan(root: Entry, source: str, read: Read) -> Plan:
    found = root.fields({**HEAD, "topics": lambda entry: _sources(entry, read), "questions": _questions})
    for name, example in (("title", 'title = "Week 6"'), ("topics", "[[topics]]"), ("questions", "[[questions]]")):
        if name not in found:
            raise OptionError(f"{name} is missing: begin with {example}")
    plan = Plan(sources=found.pop("topics"), **found, text=source)
    if len(plan.wanted) > MOST_QUESTIONS:
        raise OptionError(f"a sheet may have at most {MOST_QUESTIONS} questions, and this plan asks {len(plan.wanted)}")
    known = dict.fromkeys(source.name for source in plan.sources)
    for i, wanted in enumerate(plan.questions):
        for model in wanted.models:
            one_of("model", known)(Entry(model, ("questions", i, "models"), root.places))
    return plan


def _difficulty(entry: Entry) -> tuple[int, int]:
    """easy, medium, hard, or [least, most]."""
    if isinstance(entry.value, list):
        found = several(whole(0, ENDLESS), 2)(entry)
        if len(found) != 2 or found[0] > found[1]:
            raise entry.error("a range is written [least, most], such as [6, 14]")
        return found
    return DIFFICULTIES[one_of("difficulty", DIFFICULTIES)(entry)]


def _title(entry: Entry) -> str:
    if not line(entry).strip():
        raise entry.error("a worksheet needs a title")
    return line(entry)


HEAD: dict[str, Callable[[Entry], Any]] = {
    "title": _title,
    "course": line,
    "date": line,
    "language": one_of("language", LANGUAGES),
    "notation": one_of("notation", NOTATIONS),
    "letters": one_of("choice of letters", LETTERS),
    "detail": one_of("detail", DETAILS),
    "difficulty": _difficulty,
    "band": whole(0, 100),
}


# ---------------------------------------------------------------- questions


def _questions(entry: Entry) -> tuple[Wanted, ...]:
    return several(_wanted, MOST_QUESTIONS)(entry)


def _wanted(entry: Entry) -> Wanted:
    found = entry.fields(
        {
            "kind": one_of("kind of exercise", KINDS),
            "count": whole(1, MOST_QUESTIONS),
            "marks": whole(1, 100),
            "difficulty": _difficulty,
            "models": several(line, MOST_SOURCES),
        }
    )
    if "kind" not in found:
        raise entry.error(f"kind is missing: it must be one of {', '.join(KINDS)}")
    return Wanted(**found)


# ---------------------------------------------------------------- topics


def _sources(entry: Entry, read: Read) -> tuple[Source, ...]:
    tables = several(lambda table: tuple(_of_table(table, read)), MOST_SOURCES)(entry)
    found = tuple(source for sources in tables for source in sources)
    if len(found) > MOST_MODELS:
        raise entry.error(f"they make {len(found)} models, and may make at most {MOST_MODELS}")
    return found


def _of_table(entry: Entry, read: Read) -> Iterator[Source]:
    """The sources of one [[topics]]: one for each choice of sizes, activation and loss."""
    found = entry.fields(TOPIC)
    if ("model" in found) == ("text" in found):
        raise entry.error("give either model, a ready model or a file, or text, the equations themselves")
    chosen = {name: found[name] for name in NETWORK if name in found}
    if chosen and found.get("model") != LESSON:
        raise entry.inner(next(iter(chosen))).error(f'it goes with model = "{LESSON}"; other models have their own')
    named = entry.inner("text" if "text" in found else "model")
    for choice in product(*chosen.values()):
        model = _reading(entry, named, dict(zip(chosen, choice, strict=True)), read)
        source = Source(
            found.get("name", model.name),
            model.model,
            found.get("of", model.of),
            found.get("targets", model.targets),
        )
        if not source.targets:
            raise entry.error('targets are missing: the quantities to differentiate by, such as targets = ["w"]')
        _check(entry, source)
        yield source


TOPIC: dict[str, Callable[[Entry], Any]] = {
    "name": line,
    "model": line,
    "text": lambda entry: text(entry, LONGEST_TEXT),
    "of": line,
    "targets": several(line, MOST_TARGETS),
    **{name: several(line, MOST_TARGETS) for name in NETWORK},
}


def _reading(entry: Entry, named: Entry, chosen: Mapping[str, str], read: Read) -> Source:
    try:
        return _model(named, chosen, read)
    except DeriveError as error:
        guilty = next((entry.inner(key) for key, value in chosen.items() if _refused({key: value})), named)
        raise guilty.error(str(error)) from error


def _refused(chosen: Mapping[str, Any]) -> bool:
    """Whether this choice is wrong by itself."""
    try:
        dense_model(**chosen)
    except DeriveError:
        return True
    return False


def _model(named: Entry, chosen: Mapping[str, Any], read: Read) -> Source:
    """The model with its loss, and a target where its entry in READY says one."""
    value: str = named.value
    if named.path[-1] == "text":
        return _of_text("model", value)
    if chosen:
        return Source(LESSON, dense_model(**chosen), "C0", (READY[LESSON].target,))
    if "." in value or "/" in value:
        return _of_text(value, read(value))
    entry = ready(value)
    return Source(entry.name, ready_model(value), entry.loss, (entry.target,))


def _of_text(name: str, source: str) -> Source:
    model = read_model(source, name=name)
    return Source(name, model, str(model.equations[0].left), ())


def _check(entry: Entry, source: Source) -> None:
    """What a source names exists in its model."""
    named = [("of", source.of), *(("targets", target.replace("*", "0")) for target in source.targets)]
    for key, quantity in named:
        where = entry.inner(key) if key in entry.value else entry
        try:
            read_quantity(quantity, source.model)
        except DeriveError as error:
            raise where.error(str(error)) from error
