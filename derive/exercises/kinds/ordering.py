"""Order the steps: the lines of a chain, shuffled, perhaps with one among them that belongs nowhere."""

from __future__ import annotations

import random
from collections.abc import Sequence

from derive.exercises.answers import Order
from derive.exercises.exercise import Exercise, Part, Topic, remembered
from derive.exercises.kinds.chains import Chain, readable
from derive.exercises.kinds.stem import given_of
from derive.exercises.kinds.wrongs import wrong_lines
from derive.pages.blocks import Equations, Lines, say
from derive.writing.nodes import Delta, Expr, Fold, Gradient, Grouped, Partial, Quantity
from derive.writing.walk import walk

FEWEST, MOST = 3, 7
INTRUDERS = 0.5  # how often there is one


def order_the_steps(topic: Topic, rng: random.Random) -> Exercise | None:
    """The lines of one chain to be put in order; None where no chain has enough lines of which each has its place."""
    found = _orders(topic)
    if not found:
        return None
    chain, lines = rng.choice(found)
    intruder = _intruder(chain, lines, rng) if rng.random() < INTRUDERS else None
    shuffled = _shuffled([*lines] if intruder is None else [*lines, intruder], rng)
    stranger = None if intruder is None else shuffled.index(intruder)
    expected = Order(tuple(map(shuffled.index, lines)), stranger)
    return Exercise(
        "order the steps",
        topic,
        (
            *given_of(topic, chain),
            say("exercise.order.question", left=chain.asked, intruder=intruder is not None),
            Lines(tuple(map(Equations, shuffled))),
        ),
        (Part((say("exercise.order.part", intruder=intruder is not None),), expected, len(shuffled) - 1, 1),),
        (Equations(chain.left, lines),),
        topic.measure,
    )


def _intruder(chain: Chain, lines: Sequence[Expr], rng: random.Random) -> Expr | None:
    """A line that equals none of them, as somebody writes it who makes a mistake in one of them."""
    wrong = [w.line for place, line in enumerate(chain.lines) if line in lines for w in wrong_lines(chain, place)]
    return rng.choice(wrong) if wrong else None


def _shuffled(lines: list[Expr], rng: random.Random) -> list[Expr]:
    """In any order but the one in which they come."""
    before = list(lines)
    while lines == before:
        rng.shuffle(lines)
    return lines


@remembered
def _orders(topic: Topic) -> tuple[tuple[Chain, tuple[Expr, ...]], ...]:
    found = ((chain, with_one_order(chain.lines)) for chain in readable(topic))
    return tuple((chain, lines) for chain, lines in found if FEWEST <= len(lines) <= MOST)


def with_one_order(lines: Sequence[Expr]) -> tuple[Expr, ...]:
    """The lines without those that need not stand where they do: in what is left, each has less to be done.

    A step never makes more to be done, so no line can follow one that has less.
    """
    kept = [lines[-1]]
    for line in reversed(lines[:-1]):
        if left_to_do(line) > left_to_do(kept[0]):
            kept.insert(0, line)
    return tuple(kept)


def left_to_do(line: Expr) -> tuple[int, ...]:
    """What a line leaves to be done, the coarsest first.

    Derivatives of quantities whose definition is not put in; sums under a derivative that are not written out; how
    much stands under derivatives; deltas; and how long it is, but for brackets that are kept for show.
    """
    nodes = list(walk(line))
    under = [n.of for n in nodes if isinstance(n, Partial) and not isinstance(n.of, Quantity)]
    return (
        sum(isinstance(n, Gradient) or (isinstance(n, Partial) and isinstance(n.of, Quantity)) for n in nodes),
        sum(isinstance(n, Fold) for of in under for n in walk(of)),
        sum(1 for of in under for _ in walk(of)),
        sum(isinstance(n, Delta) for n in nodes),
        sum(not isinstance(n, Grouped) for n in nodes),
    )
