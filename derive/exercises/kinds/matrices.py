"""The kind *matrix*: a gradient in indices is to be written for whole arrays, or the other way round."""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import dataclass

from derive.calculus.derivation import Derivation, differentiate
from derive.calculus.expanding import known as value
from derive.calculus.families import lettered
from derive.calculus.matrix import MatrixForm, matrix_forms_of
from derive.calculus.matrix_check import matrix_checked
from derive.calculus.stages import Stage
from derive.exercises.answers import Formula
from derive.exercises.exercise import Exercise, Part, Topic, remembered
from derive.pages.blocks import Block, Equations, Message, Paragraph, say
from derive.writing.index import Index, index
from derive.writing.matrices import (
    MATRIX_LEAVES,
    Diagonal,
    Hadamard,
    HadamardPower,
    HadamardQuotient,
    Indicator,
    Ones,
)
from derive.writing.nodes import Apply, Expr, Fold, Gradient
from derive.writing.walk import free_symbols, walk

MARKS, LINES = 2, 3
MOST_NODES = 80  # of a form that is still asked for
# What is told where it stands in a form.
SPELLED: dict[type[Expr], str] = {
    Ones: "ones",
    Diagonal: "diagonal",
    Indicator: "indicator",
}


@dataclass(frozen=True)
class Pair:
    """A derivative of the loss in both forms."""

    derivation: Derivation
    stage: Stage
    form: MatrixForm

    @property
    def gradient(self) -> Gradient:
        """The derivative by one element."""
        return Gradient(self.derivation.of, self.stage.by)


def matrix(topic: Topic, rng: random.Random) -> Exercise | None:
    """One form of a derivative, the other one asked for; None where no derivative has a matrix form that is checked."""
    found = () if topic.doubted else pairs(topic)
    if not found:
        return None
    pair = rng.choice(found)
    gather = rng.random() < 0.5
    of, by = pair.derivation.of, pair.stage.by
    given = (pair.gradient, pair.stage.result) if gather else (pair.form.left, pair.form.right)
    asked = (pair.form.left, pair.form.right) if gather else (pair.gradient, pair.stage.result)
    return Exercise(
        "matrix",
        topic,
        (
            Paragraph(tuple(_conventions(pair, gather))),
            say("matrices.given.indices" if gather else "matrices.given.whole"),
            Equations(given[0], (given[1],)),
            Paragraph(tuple(_notes(pair))),
        ),
        (
            Part(
                (_question(pair, gather),),
                Formula(asked[1], of, by, matrix=gather),
                MARKS,
                LINES,
            ),
        ),
        tuple(_explained(pair)),
        topic.measure,
    )


def _question(pair: Pair, gather: bool) -> Block:
    if gather:
        return say("matrices.gather", asked=pair.form.left, each=pair.form.each)
    return say("matrices.spread", asked=pair.gradient, sums=any(isinstance(n, Fold) for n in walk(pair.stage.result)))


def _size(expr: Expr) -> int:
    return sum(1 for _ in walk(expr))


# ---------------------------------------------------------------- what a topic needs once


@remembered
def pairs(topic: Topic) -> tuple[Pair, ...]:
    """The derivatives that have a matrix form, each checked entry by entry; a form of single numbers is none."""
    derivation = _for_all_elements(topic.derivation)
    found: dict[Gradient, Pair] = {}
    for stage, form in zip(derivation.stages, matrix_forms_of(derivation), strict=True):
        if isinstance(form, MatrixForm) and form.letters and _size(form.right) <= MOST_NODES and matrix_checked(form):
            pair = Pair(derivation, stage, form)
            found.setdefault(pair.gradient, pair)
    return tuple(found.values())


def _for_all_elements(derivation: Derivation) -> Derivation:
    """The same derivative by any element of the family: at letters in the place of numbers."""
    by = derivation.by
    if all(i.value is None for i in by.indices):
        return derivation
    like = next((q for q in lettered(derivation.model, by.family) if q.label in (None, by.label)), None)
    return derivation if like is None else differentiate(derivation.model, derivation.of, like)


# ---------------------------------------------------------------- what is said


def _conventions(pair: Pair, gather: bool) -> Iterator[Message]:
    yield Message("matrices.vectors")
    yield Message("matrices.shape", {"by": pair.form.left})
    if gather or any(isinstance(n, Hadamard | HadamardPower | HadamardQuotient) for n in walk(pair.form.right)):
        yield Message("matrices.entries", {"gather": gather})
    for node, name in SPELLED.items():
        if any(isinstance(n, node) for n in walk(pair.form.right)):
            yield Message(f"matrices.spelled.{name}")


def _notes(pair: Pair) -> Iterator[Message]:
    ranges = pair.stage.facts.ranges.values()
    own = [r for r in ranges if r.symbol in free_symbols(pair.gradient)]
    if own:
        numbers = {size: index(number) for size, number in pair.derivation.model.sizes.items()}
        spans = tuple((r.symbol, r.lower, (r.upper - 1).substitute(numbers)) for r in own)
        yield Message("counting.ranges", {"ranges": spans})
    yield Message("matrices.shapes", {"shapes": tuple(_sizes(pair))})
    functions = (n for n in walk(pair.form.right) if isinstance(n, Apply))
    if any(isinstance(n, MATRIX_LEAVES) for function in functions for n in walk(function)):
        yield Message("matrices.functions")


def _sizes(pair: Pair) -> Iterator[tuple[Expr, Index, Index]]:
    """Each array with its rows and columns, as numbers where the sizes have values."""
    sizes = pair.derivation.model.sizes
    for array, shape in pair.form.shapes.items():
        rows, columns = (index(found) if (found := value(size, sizes)) is not None else size for size in shape)
        yield array, rows, columns


def _explained(pair: Pair) -> Iterator[Block]:
    """The sums that became products, or the other way round, in a sentence."""
    yield say("matrices.checked", letters=tuple(r.symbol for r in pair.form.letters))
