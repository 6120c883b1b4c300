"""Derive: a gradient from the definitions, or stage by stage where what flows in from above has a name."""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence

from derive.calculus.derivation import Derivation
from derive.calculus.stages import Stage
from derive.exercises.answers import Formula
from derive.exercises.exercise import Exercise, Part, Topic
from derive.exercises.kinds.stem import given
from derive.pages.blocks import Block, Equations, say
from derive.writing.nodes import Apply, Gradient
from derive.writing.walk import walk

MOST_PARTS = 3
LINES, LINES_A_FACTOR, MOST_LINES = 4, 2, 16
MOST_MARKS = 8


def derive(topic: Topic, rng: random.Random) -> Exercise | None:
    """The whole gradient; None where a step of the derivation is not verified."""
    derivation = topic.derivation
    if topic.doubted or not any(stage.paths for stage in derivation.stages):
        return None
    asked = rng.choice(_ways_to_ask(derivation))
    equations = dict.fromkeys(local.equation for local in derivation.lemmas)
    assumed = any(step.rule == "assumption" for step in derivation.steps)
    return Exercise(
        "derive",
        topic,
        (
            *given(derivation.model, tuple(equations), assumed=assumed),
            say("exercise.derive.question", count=len(asked)),
        ),
        tuple(_part(derivation, stage, asked[:i]) for i, stage in enumerate(asked)),
        (),
        topic.measure,
        worked=True,
    )


def _ways_to_ask(derivation: Derivation) -> list[tuple[Stage, ...]]:
    """For the target alone; or first for each derivative that its own is written with, where those are few."""
    *above, last = derivation.stages
    named = {n.by.family for n in walk(last.result) if isinstance(n, Gradient)}
    first = tuple(stage for stage in above if stage.stands and stage.paths and not stage.recurrent)
    cited = [stage for stage in first if stage.by.family in named]
    return [(last,), (*first, last)] if cited and len(first) < MOST_PARTS else [(last,)]


def _part(derivation: Derivation, stage: Stage, before: Sequence[Stage]) -> Part:
    factors = sum(len(path.locals_) for path in stage.paths)
    return Part(
        (say("exercise.derive.part"), Equations(Gradient(derivation.of, stage.by)), *_form(stage, before)),
        Formula(stage.result, derivation.of, stage.by, working=True),
        min(factors + 1, MOST_MARKS),
        min(LINES + LINES_A_FACTOR * factors, MOST_LINES),
    )


def _form(stage: Stage, before: Sequence[Stage]) -> Iterator[Block]:
    """What may stand in the answer, and that nothing else may."""
    cited = tuple(dict.fromkeys(n for n in walk(stage.result) if isinstance(n, Gradient)))
    slopes = any(isinstance(n, Apply) and any(n.function.orders) for n in walk(stage.result))
    families = {earlier.by.family for earlier in before}
    found = all(gradient.by.family in families for gradient in cited)
    key = "plain" if not cited else "found" if found else "cited"
    yield say(f"exercise.derive.form.{key}", cited=cited, slopes=slopes)
