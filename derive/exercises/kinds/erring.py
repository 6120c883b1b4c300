"""Find the error: how a gradient is worked out, with one mistake made in one line and carried on to the end."""

from __future__ import annotations

import random
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import chain, repeat

from derive.exercises.answers import WrongLine
from derive.exercises.exercise import Exercise, Part, Topic, remembered
from derive.exercises.kinds.chains import Chain, Wrong, are_readable, chains
from derive.exercises.kinds.stem import given_of
from derive.exercises.kinds.wrongs import carried_on, wrong_lines
from derive.pages.blocks import Equations, Lines, Message, say
from derive.writing.nodes import Compare, Condition, Expr, Grouped, Partial, Quantity
from derive.writing.walk import replaced, walk

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
    """The chain rule, each local derivative that stands in it, and then what they give together, line by line."""

    stage: Chain
    locals_: Mapping[Expr, Chain]
    known: dict[int, tuple[Planted, ...]] = field(default_factory=dict)

    @property
    def lines(self) -> tuple[Equations, ...]:
        """The lines as they are right."""
        first, *others = (Equations(self.stage.left, (line,)) for line in self.stage.lines)
        return (first, *(Equations(node, (local.result,)) for node, local in self.locals_.items()), *others)

    def shown(self, lines: Sequence[Equations]) -> Lines:
        """The lines with numbers, and the conditions under which local derivatives are needed."""
        where = chain([()], (local.guards for local in self.locals_.values()), repeat(()))
        return Lines(tuple(map(_conditioned, lines, where)), numbered=True)

    def planted(self, place: int) -> tuple[Planted, ...]:
        """Every mistake that can be made in one line and carried on from there."""
        if place not in self.known:
            self.known[place] = tuple(self._planted(place))
        return self.known[place]

    def _planted(self, place: int) -> Iterator[Planted]:
        """The line is one of the stage, the first of which is the account's first, or of a local derivative."""
        many = len(self.locals_)
        if place == 0 and any(not isinstance(node.of, Quantity) for node in _partials(self.stage.lines[0])):
            return  # what it should say is too much to write down
        if 1 <= place <= many:
            node, local = list(self.locals_.items())[place - 1]
            for wrong in wrong_lines(local, len(local.lines) - 1):
                value = replaced(self.stage.lines[0], {node: Grouped(wrong.line)})
                yield from self._carried_on(place, 1, wrong, value)
            return
        own = place - many if place else 0
        for wrong in wrong_lines(self.stage, own):
            yield from self._carried_on(place, own + 1, wrong, wrong.line)

    def _carried_on(self, place: int, since: int, wrong: Wrong, value: Expr) -> Iterator[Planted]:
        """The lines with a wrong one, where each line of the stage from `since` on can be written to follow from it."""
        if not self.stage.is_broken_by(value):
            return
        lines = list(self.lines)
        lines[place] = Equations(lines[place].left, (wrong.line,))
        for own in range(since, len(self.stage.lines)):
            line = carried_on(self.stage, own, wrong.mistake, value)
            if line is None or not are_readable(line):
                return
            lines[own + len(self.locals_)] = Equations(self.stage.left, (line,))
        yield Planted(tuple(lines), place, wrong.mistake)


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
            found = account.planted(place)
            if found:
                return _exercise(topic, account, rng.choice(found))
    return None


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


def _partials(line: Expr) -> Iterator[Partial]:
    return (n for n in walk(line) if isinstance(n, Partial))


def _account(stage: Chain, known: dict[Expr, Chain]) -> Account | None:
    """None where a local derivative is missing, or there are too few lines or too many."""
    needed = dict.fromkeys(_partials(stage.lines[0]))
    locals_: dict[Expr, Chain] = {node: known[node] for node in needed if node in known}
    whole = FEWEST <= len(stage.lines) + len(locals_) <= MOST and all(node in known for node in needed)
    account = Account(stage, locals_)
    return account if whole and are_readable(*(line for block in account.lines for line in block.members)) else None
