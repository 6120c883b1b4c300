"""Worksheets with their keys as files: one plan and one seed, any number of variants, on all cores."""

from __future__ import annotations

import multiprocessing
import os
import signal
from collections import deque
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from contextlib import ExitStack
from dataclasses import dataclass, replace
from functools import lru_cache
from itertools import islice
from pathlib import Path

from derive.documents.files import written_whole
from derive.documents.formats.base import Setting
from derive.documents.progress import Progress
from derive.documents.render import files
from derive.documents.wording import Wording, wording
from derive.documents.worksheet import Head, answer_key, worksheet
from derive.exercises.drawing import Different, Drawing, Drawn, Made
from derive.exercises.plan import Plan
from derive.exercises.stored import CLOSING, Key, Shelf, StoredFile, key_opening, question_text, sheet_of
from derive.notation.notations import NOTATIONS, Notation
from derive.pages.notating import adapted

CHUNK = 16  # variants that a process makes at a time
ALONE = 48  # so few are made by one process
MANIFEST = "worksheet-key.json"


@dataclass(frozen=True)
class Batch:
    """What is to be made: so many variants of a plan, from a seed, in these formats; `files` are those that it names.

    Without `sheets` the keys are made alone. `words` are those of the plan's language where nothing else is given.
    """

    plan: Plan
    seed: int
    variants: int = 1
    formats: tuple[str, ...] = ("md", "tex")
    files: tuple[StoredFile, ...] = ()
    sheets: bool = True
    words: Wording | None = None


@dataclass(frozen=True)
class Variant:
    """One variant as it is written: its files, its sheet in the manifest, and the mark that tells it from others."""

    mark: int
    files: tuple[tuple[str, bytes], ...]
    stored: str


def write(batch: Batch, folder: Path, cores: int | None = None) -> tuple[Path, ...]:
    """All files of a batch and their paths; an OptionError says why there are none, and then nothing is written."""
    maker = Maker(batch)
    with written_whole(folder) as workshop, ExitStack() as open_files, Progress("making", "worksheets") as progress:
        manifest = open_files.enter_context(workshop.stream(MANIFEST)) if batch.sheets else None
        opening = key_opening(maker.key)
        for count, variant in enumerate(_variants(maker, cores or _cores()), 1):
            for name, content in variant.files:
                workshop.write(name, content)
            if manifest is not None:
                manifest.write((opening if count == 1 else ",\n").encode() + variant.stored.encode())
            progress.show(count, count / batch.variants)
        if manifest is not None:
            manifest.write(CLOSING.encode())
    return tuple(sorted(workshop.paths, key=lambda path: path.name == MANIFEST))


class Maker:
    """Makes the variants of one batch; what several of them share is made once."""

    def __init__(self, batch: Batch) -> None:
        self.batch = batch
        self.drawing = Drawing(batch.plan, batch.seed)
        self._different = Different(self.drawing)
        self._shelf = Shelf()
        for source in batch.plan.sources:
            self._shelf.put(source.model, source.name)
        self.setting = Setting(notation_of(batch.plan), batch.words or wording(batch.plan.language))
        self._stored = lru_cache(maxsize=8192)(self._question)

    @property
    def key(self) -> Key:
        """The manifest without its sheets."""
        plan, batch = self.batch.plan, self.batch
        notation = "apart" if plan.letters == "apart" else plan.notation
        head = (plan.course, plan.date, plan.text, batch.files, plan.language)
        return Key(plan.title, batch.seed, notation, self._shelf.models, (), *head)

    def variant(self, number: int) -> Variant:
        """One variant, though it may be like another."""
        return self._made(self.drawing.sheet(number))

    def different(self, number: int, variant: Variant) -> Variant:
        """The variant, or in its place another one that is like none before it."""
        drawn = self._different.of(number, variant.mark)
        return variant if drawn is None else self._made(drawn)

    def _made(self, drawn: Drawn) -> Variant:
        stored = sheet_of(drawn.variant, map(self._stored, drawn.questions))
        return Variant(drawn.mark, tuple(self._files(drawn)), stored)

    def _files(self, drawn: Drawn) -> Iterator[tuple[str, bytes]]:
        alone = self.batch.variants == 1
        number = "" if alone else f"-{drawn.variant:0{max(2, len(str(self.batch.variants)))}}"
        head = Head(self.batch.plan, "" if alone else str(drawn.variant))
        documents = [(f"worksheet{number}-key", answer_key(drawn, head))]
        if self.batch.sheets:
            documents.insert(0, (f"worksheet{number}", worksheet(drawn, head)))
        for name, document in documents:
            yield from files(document, self.batch.formats, replace(self.setting, stem=name)).items()

    def _question(self, made: Made) -> str:
        return question_text(self._shelf.question(made.exercise))


def notation_of(plan: Plan) -> Notation:
    """The notation that a plan asks for, for all of its models."""
    models = [source.model for source in plan.sources]
    return adapted(NOTATIONS[plan.notation], models, apart=plan.letters == "apart")


# ---------------------------------------------------------------- on one core or several


def _variants(maker: Maker, cores: int) -> Iterator[Variant]:
    """All variants in order; the bytes do not depend on how many cores make them."""
    count = maker.batch.variants
    alone = cores == 1 or count < ALONE or "fork" not in multiprocessing.get_all_start_methods()
    made = map(maker.variant, range(1, count + 1)) if alone else _by_processes(maker, cores)
    return (maker.different(number, variant) for number, variant in enumerate(made, 1))


def _cores() -> int:
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


_MAKERS: dict[int, Maker] = {}  # what a process inherits from the one that it was forked from


def _by_processes(maker: Maker, cores: int) -> Iterator[Variant]:
    """As `map(maker.variant, …)`, chunk by chunk; only few chunks wait to be taken, so that memory stays flat."""
    numbers = range(1, maker.batch.variants + 1)
    chunks = iter([numbers[i : i + CHUNK] for i in range(0, len(numbers), CHUNK)])
    _ = maker.drawing.measures  # is worked out once, and inherited
    _MAKERS[id(maker)] = maker
    context = multiprocessing.get_context("fork")
    with ProcessPoolExecutor(cores, mp_context=context, initializer=_begin) as pool:
        waiting = deque(pool.submit(_chunk, id(maker), chunk) for chunk in islice(chunks, 3 * cores))
        while waiting:
            yield from waiting.popleft().result()
            waiting.extend(pool.submit(_chunk, id(maker), chunk) for chunk in islice(chunks, 1))
    del _MAKERS[id(maker)]


def _begin() -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the process that waits for this one is interrupted, and ends it


def _chunk(maker: int, numbers: Sequence[int]) -> list[Variant]:
    return [_MAKERS[maker].variant(number) for number in numbers]
