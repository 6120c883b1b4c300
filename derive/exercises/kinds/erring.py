"""Find the error: how a gradient is worked out, with one mistake made in one line and carried on to the end."""

from __future__ import annotations

import random
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import chain, repeat

from derive.calculus.derivation import Derivation
from derive.calculus.steps import Step
from derive.exercises.answers import WrongLine
from derive.exercises.exercise import Exercise, Part, Topic, remembered
from derive.exercises.kinds.chains import Chain, Wrong, are_readable, chains, told
from derive.exercises.kinds.stem import given_of
from derive.exercises.kinds.wrongs import wrong_lines
from derive.exercises.planting import carried
from derive.pages.blocks import Equations, Lines, Message, say
from derive.writing.nodes import Compare, Condition, Expr, Partial, Quantity
from derive.writing.walk import walk

FEWEST, MOST = 3, 10  # lines
MARKS = 3


@dataclass(frozen=True)
class Planted:
    """Lines of which one is wrong by a mistake; those after it follow from it, or do not need it."""

    lines: tuple[Equations, ...]
    place: int
    mistake: str


@dataclass(frozen=True, eq=False)
class Account:
    """The chain rule, each local derivative that stands in it, and then what they give together, line by line.

    `derivation` ends with this stage.
    """

    stage: Chain
    locals_: Mapping[Expr, Chain]
    derivation: Derivation
    known: dict[tuple[int, Wrong], Planted | None] = field(default_factory=dict)

    @property
    def lines(self) -> tuple[Equations, ...]:
        """The lines as they are right."""
        first, *others = (Equations(self.stage.left, (line,)) for line in self.stage.lines)
        return (first, *(Equations(node, (local.result,)) for node, local in self.locals_.items()), *others)

    def shown(self, lines: Sequence[Equations]) -> Lines:
        """The lines with numbers, and the conditions under which local derivatives are needed."""
        where = chain([()], (local.guards for local in self.locals_.values()), repeat(()))
        return Lines(tuple(map(_conditioned, lines, where)), numbered=True)

    def wrong(self, place: int) -> tuple[Wrong, ...]:
        """What people write in a line who make a mistake there."""
        if place == 0 and any(not isinstance(node.of, Quantity) for node in _partials(self.stage.lines[0])):
            return ()  # what it should say is too much to write down
        return wrong_lines(*self._line(place))

    def planted(self, place: int, wrong: Wrong) -> Planted | None:
        """A mistake made in one line and carried on from there; None where it cannot be."""
        if (place, wrong) not in self.known:
            self.known[place, wrong] = self._planted(place, wrong)
        return self.known[place, wrong]

    def _line(self, place: int) -> tuple[Chain, int]:
        """The chain of which a line is, and its place there."""
        local = dict(enumerate(self.locals_.values(), 1)).get(place)
        return (self.stage, max(place - len(self.locals_), 0)) if local is None else (local, len(local.lines) - 1)

    def _planted(self, place: int, wrong: Wrong) -> Planted | None:
        about, own = self._line(place)
        step = next(step for step in reversed(about.rules) if step.after == about.lines[own])
        until = self.derivation
        steps = carried(until, until.steps.index(step), wrong.mistake, wrong.line, self.stage.judge)
        if steps is None:
            return None
        lines = self._told(steps, {place: wrong.line})
        readable = are_readable(*(line for equation in lines for line in equation.members))
        return Planted(lines, place, wrong.mistake) if readable else None

    def _told(self, steps: tuple[Step, ...], wrong: Mapping[int, Expr]) -> tuple[Equations, ...]:
        """The lines of the account in a derivation that somebody gets wrong, with a wrong local derivative."""
        own = list(_run(steps, self.stage.left))
        first, *others = (Equations(self.stage.left, (step.after,)) for step in told(tuple(own)))
        locals_ = enumerate(self.locals_.items(), 1)
        return (first, *(Equations(node, (wrong.get(i, local.result),)) for i, (node, local) in locals_), *others)


def _run(steps: Iterable[Step], start: Expr) -> Iterator[Step]:
    """The steps that follow each other from a line on."""
    for step in steps:
        if step.before == start:
            yield step
            start = step.after


def _conditioned(line: Equations, where: tuple[Condition, ...]) -> Equations | Message:
    if not where:
        return line
    equation = Compare("==", line.left, *line.members)
    return Message("exercise.error.where", {"equation": equation, "conditions": where})


def find_the_error(topic: Topic, rng: random.Random) -> Exercise | None:
    """One of the topic's gradients worked out with one mistake; None where none can be made and carried on."""
    accounts = _accounts(topic)
    for account in rng.sample(accounts, len(accounts)):
        for place in rng.sample(range(len(account.lines)), len(account.lines)):
            planted = _one(account, place, rng)
            if planted is not None:
                return _exercise(topic, account, planted)
    return None


def _one(account: Account, place: int, rng: random.Random) -> Planted | None:
    wrong = account.wrong(place)
    tried = (account.planted(place, one) for one in rng.sample(wrong, len(wrong)))
    return next((planted for planted in tried if planted is not None), None)


def _exercise(topic: Topic, account: Account, planted: Planted) -> Exercise:
    (corrected,) = account.lines[planted.place].members
    return Exercise(
        "find the error",
        topic,
        (
            *given_of(topic, account.stage),
            say("exercise.error.question", left=account.stage.left),
            account.shown(planted.lines),
        ),
        (
            Part(
                (say("exercise.error.part"),),
                WrongLine(planted.place + 1, planted.mistake, corrected),
                MARKS,
                2,
            ),
        ),
        (
            say(f"mistake.{planted.mistake}.feedback"),
            say("exercise.error.solution"),
            account.shown(account.lines),
        ),
        topic.measure,
    )


@remembered
def _accounts(topic: Topic) -> tuple[Account, ...]:
    known = {node: chain for chain in chains(topic) for node in _spellings(chain)}
    stages = (chain for chain in chains(topic) if chain.rules[0].rule == "chain rule over paths")
    return tuple(account for account in (_account(chain, known) for chain in stages) if account is not None)


def _spellings(chain: Chain) -> tuple[Expr, ...]:
    """A local derivative by its name, and with its definition put in."""
    return (chain.name, chain.left, chain.rules[0].after)


def _until(stage: Chain) -> Derivation:
    stages = stage.derivation.stages
    last = next(i for i, each in enumerate(stages) if each.by == stage.by)
    return replace(stage.derivation, by=stage.by, stages=stages[: last + 1])


def _partials(line: Expr) -> Iterator[Partial]:
    return (n for n in walk(line) if isinstance(n, Partial))


def _account(stage: Chain, known: dict[Expr, Chain]) -> Account | None:
    """None where a local derivative is missing, or there are too few lines or too many."""
    needed = dict.fromkeys(_partials(stage.lines[0]))
    locals_: dict[Expr, Chain] = {node: known[node] for node in needed if node in known}
    whole = FEWEST <= len(stage.lines) + len(locals_) <= MOST and all(node in known for node in needed)
    account = Account(stage, locals_, _until(stage))
    return account if whole and are_readable(*(line for block in account.lines for line in block.members)) else None
