"""Fill in: a chain with numbered boxes in the place of what has a meaning, at most one in each line.

The left side stays whole, so that each line alone determines its box.
"""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from derive.calculus.steps import Step
from derive.exercises.answers import Expected, Formula, IndexText, RuleName
from derive.exercises.exercise import Exercise, Part, Topic, remembered
from derive.exercises.kinds.chains import Chain, readable
from derive.exercises.kinds.holes import Filling, Hole, Meaning, holes, is_determined
from derive.exercises.kinds.naming import can_be_named, rules_to_choose_from
from derive.exercises.kinds.stem import given_of
from derive.pages.blocks import Block, Equations, Listing, Message, say
from derive.writing.index import Index, blank_index
from derive.writing.nodes import Blank

MOST = 4  # boxes
TRIES = 6  # holes of one line that are looked at
SPELLED_OUT = frozenset({"definition", "chain rule over paths", "substitute"})  # rules that say what stands in a sum
RULE = 0.5  # how often a rule's name is asked for too


@dataclass(frozen=True, eq=False)
class Gapped:
    """A chain with its holes by line; those that were looked at and found determined, or not, are remembered."""

    chain: Chain
    holes: tuple[tuple[Hole, ...], ...]
    known: dict[Hole, bool]

    def is_determined(self, hole: Hole) -> bool:
        """Whether what is left of the line determines what stood in the hole."""
        if hole not in self.known:
            self.known[hole] = is_determined(hole, self.chain)
        return self.known[hole]


@remembered
def _gapped(topic: Topic) -> tuple[Gapped, ...]:
    made = (Gapped(chain, tuple(_of_line(chain, i) for i in range(len(chain.lines))), {}) for chain in readable(topic))
    return tuple(gapped for gapped in made if any(gapped.holes))


def _of_line(chain: Chain, place: int) -> tuple[Hole, ...]:
    """The holes of one line; the last may be left out as a whole where there is one before it."""
    line, is_last = chain.lines[place], place == len(chain.lines) - 1
    whole = (Hole("step", line, lambda new: new),) if is_last and place else ()
    spelled_out = chain.steps[place].rule in SPELLED_OUT
    sure = (hole for hole in holes(line) if hole.meaning != "factor" or not hole.inside or spelled_out)
    return (*sure, *whole)


def fill_in(topic: Topic, rng: random.Random) -> Exercise | None:
    """A chain with boxes; None where nothing in it is determined by what is left."""
    found = _gapped(topic)
    for gapped in rng.sample(found, len(found)):
        chosen = _chosen(gapped, rng)
        if chosen:
            return _exercise(topic, gapped.chain, chosen, rng)
    return None


def _chosen(gapped: Gapped, rng: random.Random) -> dict[int, Hole]:
    """A hole for each of some lines, of as many meanings as there are."""
    chosen: dict[int, Hole] = {}
    for place in rng.sample(range(len(gapped.holes)), len(gapped.holes)):
        hole = _hole(gapped, gapped.holes[place], {hole.meaning for hole in chosen.values()}, rng)
        if hole is not None and len(chosen) < MOST:
            chosen[place] = hole
    return dict(sorted(chosen.items()))


def _hole(gapped: Gapped, of_line: Sequence[Hole], used: set[Meaning], rng: random.Random) -> Hole | None:
    """One of the holes of a line that is determined, of a new meaning if there is one."""
    by_meaning: dict[Meaning, list[Hole]] = {}
    for hole in of_line:
        by_meaning.setdefault(hole.meaning, []).append(hole)
    meanings = rng.sample(list(by_meaning), len(by_meaning))
    meanings.sort(key=lambda meaning: meaning in used)
    tried = [hole for meaning in meanings for hole in rng.sample(by_meaning[meaning], len(by_meaning[meaning]))]
    return next((hole for hole in tried[:TRIES] if gapped.is_determined(hole)), None)


# ---------------------------------------------------------------- the exercise


def _exercise(topic: Topic, chain: Chain, chosen: dict[int, Hole], rng: random.Random) -> Exercise:
    boxes = {place: number for number, place in enumerate(chosen, 1)}
    lines = (
        chosen[place].line(_blank(chosen[place].right, boxes[place])) if place in chosen else line
        for place, line in enumerate(chain.lines)
    )
    asked = tuple(_part(chain, hole, number) for number, hole in enumerate(chosen.values(), 1))
    return Exercise(
        "fill in",
        topic,
        (
            *given_of(topic, chain),
            say("exercise.fill.question", left=chain.asked, count=len(chosen)),
            Equations(chain.left, tuple(lines)),
        ),
        (*asked, *_rule(chain, chosen, rng)),
        (Equations(chain.left, chain.lines),),
        topic.measure,
    )


def _blank(right: Filling, number: int) -> Filling:
    return blank_index(number) if isinstance(right, Index) else Blank(number)


def _part(chain: Chain, hole: Hole, number: int) -> Part:
    box = blank_index(number) if isinstance(hole.right, Index) else Blank(number)
    return Part((say(f"exercise.fill.{hole.meaning}", box=box),), _expected(chain, hole), 1, 1)


def _expected(chain: Chain, hole: Hole) -> Expected:
    if isinstance(hole.right, Index):
        return IndexText(hole.right)
    return Formula(hole.right, chain.of, chain.by) if hole.meaning == "step" else Formula(hole.right)


def _rule(chain: Chain, chosen: dict[int, Hole], rng: random.Random) -> Iterator[Part]:
    """The name of the rule that leads from one whole line to the next, sometimes."""
    steps = [s for i, s in enumerate(chain.steps) if not {i - 1, i} & chosen.keys() and s in chain.rules]
    asked = [step for step in steps if can_be_named(step)]
    if asked and rng.random() < RULE:
        step = rng.choice(asked)
        rules = rules_to_choose_from(chain, step, rng)
        if rules:
            yield Part(tuple(_naming(step, rules)), RuleName(step.rule), 1, 1)


def _naming(step: Step, rules: Sequence[str]) -> Iterator[Block]:
    yield say("exercise.fill.rule")
    yield Equations(step.before, (step.after,))
    yield Listing(tuple(Message("exercise.rule", {"rule": rule}) for rule in rules))
