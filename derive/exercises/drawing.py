"""Sheets drawn from a plan and a seed: the same plan and seed give the same sheets, in any order and on any machine."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cached_property, lru_cache
from itertools import islice, product

from derive.calculus.derivation import Derivation, differentiate
from derive.errors import OptionError, TargetError
from derive.exercises.exercise import Exercise, Topic
from derive.exercises.kinds.catalogue import KINDS
from derive.exercises.measure import measured
from derive.exercises.plan import Plan, Source, Wanted
from derive.model.language import read_quantity

EDITIONS = 8  # exercises of one kind about one topic
STARS = 4  # numbers that an asterisk in a target stands for, from 0
REDRAWN = 40  # times that a sheet like an earlier one is drawn anew


@dataclass(frozen=True, eq=False)
class Subject:
    """What may become a topic: a model, its place in the plan, and a target. It is derived when it is needed, once."""

    source: Source
    place: int
    target: str

    @cached_property
    def derivation(self) -> Derivation | None:
        """The derivation; None where the model has no such element."""
        model = self.source.model
        try:
            return differentiate(model, read_quantity(self.source.of, model), read_quantity(self.target, model))
        except TargetError:
            return None

    @cached_property
    def total(self) -> int | None:
        """How difficult it is."""
        return None if self.derivation is None else measured(self.derivation).total

    @cached_property
    def topic(self) -> Topic | None:
        """The topic; None where a step of its derivation could not be verified."""
        topic = None if self.derivation is None else Topic(self.derivation, self.source.name)
        return None if topic is None or topic.doubted else topic


def subjects(source: Source, place: int) -> Iterator[Subject]:
    """Everything that a source may be about, each asterisk of a target being the numbers that it may stand for."""
    for target in source.targets:
        parts = target.split("*")
        for numbers in product(map(str, range(STARS)), repeat=len(parts) - 1):
            yield Subject(source, place, "".join(a + b for a, b in zip(parts, (*numbers, ""), strict=True)))


@dataclass(frozen=True, eq=False)
class Made:
    """An exercise and the subject that it is about.

    `mark` is a number that tells it from others; those with one `solution` are alike, whatever they leave out.
    """

    exercise: Exercise
    subject: Subject
    mark: int
    solution: int


@dataclass(frozen=True)
class Held:
    """The totals that the variants of a question are held to: of what it is about, and of what it asks."""

    topic: int
    exercise: int


@dataclass(frozen=True)
class Drawn:
    """The questions of one variant, and a number that tells them from those of others."""

    variant: int
    questions: tuple[Made, ...]
    mark: int

    @property
    def exercises(self) -> tuple[Exercise, ...]:
        return tuple(made.exercise for made in self.questions)

    @property
    def marks(self) -> int:
        """What the whole sheet is worth."""
        return sum(made.exercise.marks for made in self.questions)


class Drawing:
    """Draws the variants of one plan and one seed, each by itself."""

    def __init__(self, plan: Plan, seed: int) -> None:
        self.plan, self.seed = plan, seed
        self._subjects = tuple(s for place, source in enumerate(plan.sources) for s in subjects(source, place))
        self._made = lru_cache(maxsize=8192)(self._make)

    def sheets(self, variants: int) -> Iterator[Drawn]:
        """The variants 1, 2, …, no two of them alike."""
        different = Different(self)
        for variant in range(1, variants + 1):
            drawn = self.sheet(variant)
            yield different.of(variant, drawn.mark) or drawn

    def sheet(self, variant: int, attempt: int = 0) -> Drawn:
        """One variant; another attempt gives another sheet."""
        found: list[Made] = []
        for number, wanted in enumerate(self.plan.wanted):
            rng = self._rng("sheet", variant, attempt, number)
            candidates = self._candidates(number, wanted, rng, found)
            solved = {made.solution for made in found}
            made = next((made for made in candidates if made.solution not in solved), None)
            if made is None:
                raise _too_narrow(number, wanted)
            found.append(made)
        return Drawn(variant, tuple(found), hash(tuple(made.mark for made in found)))

    def _candidates(self, number: int, wanted: Wanted, rng: random.Random, found: Sequence[Made]) -> Iterator[Made]:
        """What the question may be: about topics that the sheet does not have yet first, then those of rare models."""
        measure = self.measures[number]
        used = Counter(made.subject for made in found)
        models = Counter(made.subject.place for made in found)
        near = [subject for subject in self._pool(wanted) if self._is_near(subject.total, measure.topic)]
        shuffled = rng.sample(near, len(near))
        for subject in sorted(shuffled, key=lambda subject: (used[subject], models[subject.place])):
            for made in self._editions(wanted, subject, rng):
                if self._is_near(made.exercise.measure.total, measure.exercise):
                    yield made

    def _is_near(self, total: int | None, measure: int) -> bool:
        return total is not None and abs(total - measure) <= self.plan.band

    def _editions(self, wanted: Wanted, subject: Subject, rng: random.Random) -> Iterator[Made]:
        for edition in rng.sample(range(EDITIONS), EDITIONS):
            made = self._made(wanted, subject, edition)
            if made is not None:
                yield made

    def _pool(self, wanted: Wanted) -> list[Subject]:
        """What a question may be about: of the models that it names, if any, and as difficult as it says."""
        return self._pools(wanted.models, wanted.difficulty or self.plan.difficulty)

    @cached_property
    def _pools(self) -> Callable[[tuple[str, ...], tuple[int, int]], list[Subject]]:
        def pool(models: tuple[str, ...], bounds: tuple[int, int]) -> list[Subject]:
            least, most = bounds
            named = (s for s in self._subjects if not models or s.source.name in models)
            return [subject for subject in named if subject.total is not None and least <= subject.total <= most]

        return lru_cache(maxsize=None)(pool)

    @cached_property
    def measures(self) -> tuple[Held, ...]:
        """The measure that the variants of each question are held to."""
        return tuple(self._measure(number, wanted) for number, wanted in enumerate(self.plan.wanted))

    def _measure(self, number: int, wanted: Wanted) -> Held:
        """That of a topic which the kind can ask about, and to which another one comes near where that can be."""
        rng = self._rng("measure", number)
        pool = self._pool(wanted)
        shuffled = rng.sample(pool, len(pool))
        totals = [subject.total for subject in pool]
        alone = {subject: sum(self._is_near(total, subject.total or 0) for total in totals) < 2 for subject in pool}
        for subject in sorted(shuffled, key=alone.__getitem__):
            made = next(self._editions(wanted, subject, rng), None)
            if made is not None and subject.total is not None:
                return Held(subject.total, made.exercise.measure.total)
        raise _too_narrow(number, wanted)

    def _make(self, wanted: Wanted, subject: Subject, edition: int) -> Made | None:
        if subject.topic is None:
            return None
        rng = self._rng("exercise", wanted.kind, subject.place, subject.target, edition)
        exercise = KINDS[wanted.kind].make(subject.topic, rng)
        if exercise is None:
            return None
        exercise = exercise if wanted.marks is None else worth(exercise, wanted.marks)
        asked = (exercise.kind, exercise.stem, exercise.parts)
        return Made(exercise, subject, hash(asked), hash((exercise.kind, exercise.solution or asked)))

    def _rng(self, *names: object) -> random.Random:
        """A source of chance of its own for everything that is drawn, whatever was drawn before."""
        return random.Random("/".join(map(str, (self.seed, *names))))


class Different:
    """Keeps sheets apart: one like an earlier one is drawn anew."""

    def __init__(self, drawing: Drawing) -> None:
        self._drawing = drawing
        self._seen: set[int] = set()

    def of(self, variant: int, mark: int) -> Drawn | None:
        """None where no earlier variant has this mark; otherwise the first sheet that none of them is like."""
        drawn = None
        for attempt in range(1, REDRAWN):
            if mark not in self._seen:
                self._seen.add(mark)
                return drawn
            drawn = self._drawing.sheet(variant, attempt)
            mark = drawn.mark
        raise OptionError(
            f"the plan gives no more than about {len(self._seen)} different sheets: "
            "ask for fewer variants, or add topics or kinds of exercise to it"
        )


def worth(exercise: Exercise, marks: int) -> Exercise:
    """The exercise with so many marks as a whole, its parts sharing them as they did; each is worth one at least."""
    total, parts = exercise.marks, exercise.parts
    shares = [max(1, part.marks * marks // total) for part in parts]
    order = sorted(range(len(parts)), key=lambda i: (-(parts[i].marks * marks % total), i))
    for i in islice((i for _ in range(marks) for i in order), max(0, marks - sum(shares))):
        shares[i] += 1
    return replace(exercise, parts=tuple(replace(p, marks=m) for p, m in zip(parts, shares, strict=True)))


def _too_narrow(number: int, wanted: Wanted) -> OptionError:
    return OptionError(
        f"question {number + 1} of the plan, of the kind {wanted.kind!r}, finds no new exercise for the sheet: "
        "add topics to the plan, allow another difficulty, or ask fewer of this kind"
    )
