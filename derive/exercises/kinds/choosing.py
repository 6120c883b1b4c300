"""Choose: a derivative among what people write in its place who make a mistake."""

from __future__ import annotations

import random
from collections.abc import Iterator
from string import ascii_uppercase

from derive.exercises.answers import Choice, Option
from derive.exercises.exercise import Exercise, Part, Topic, remembered
from derive.exercises.kinds.chains import Chain, Wrong, are_readable, chains
from derive.exercises.kinds.stem import given_of
from derive.exercises.kinds.wrongs import wrong_lines
from derive.pages.blocks import Block, Equations, Item, Lines, Message, say

FEWEST, MOST = 3, 5  # options
MARKS = 2


def choose(topic: Topic, rng: random.Random) -> Exercise | None:
    """The result of one chain and two to four wrong ones; None where no result has as many."""
    known = _short(topic)
    for chain in rng.sample(known, len(known)):
        wrong = wrong_lines(chain, len(chain.lines) - 1)
        if len(wrong) >= FEWEST - 1:
            return _exercise(topic, chain, wrong, rng)
    return None


@remembered
def _short(topic: Topic) -> tuple[Chain, ...]:
    return tuple(chain for chain in chains(topic) if are_readable(chain.left, chain.result))


def _exercise(topic: Topic, chain: Chain, wrong: tuple[Wrong, ...], rng: random.Random) -> Exercise:
    options = [Option(w.line, w.mistake) for w in _some(wrong, rng)]
    right = rng.randrange(len(options) + 1)
    options.insert(right, Option(chain.result))
    return Exercise(
        "choose",
        topic,
        (
            *given_of(topic, chain),
            say("exercise.choose.question", left=chain.asked),
            Lines(tuple(Equations(option.expr) for option in options)),
        ),
        (Part((say("exercise.choose.part"),), Choice(tuple(options), right), MARKS, 1),),
        (Equations(chain.left, chain.lines), *_why(options)),
        topic.measure,
    )


def _why(options: list[Option]) -> Iterator[Block]:
    """What a teacher says to who chose another letter."""
    for letter, option in zip(ascii_uppercase, options, strict=False):
        if option.mistake is not None:
            yield Item(letter, (Message(f"mistake.{option.mistake}.feedback"),))


def _some(wrong: tuple[Wrong, ...], rng: random.Random) -> list[Wrong]:
    """Some of the wrong results, of as many mistakes as can be."""
    drawn = rng.sample(wrong, len(wrong))
    first = {w.mistake: w for w in reversed(drawn)}
    drawn.sort(key=lambda w: first[w.mistake] is not w)
    return drawn[: rng.randint(FEWEST, MOST) - 1]
