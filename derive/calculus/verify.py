"""The judge: every step evaluated on both sides, the result against a derivative that shares no code with the rules.

Both sides of a step are evaluated at random rational points, exactly, with a polynomial in the place of an unknown
function, at several sizes; where a function has no exact values, with 50 digits. The result is compared with the slope
of the model evaluated forward in dual numbers. SymPy differentiates each definition once more in its own way.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from enum import Enum
from functools import cached_property, partial
from itertools import pairwise

from derive.calculus.derivation import Derivation
from derive.calculus.questions import Answer, Ask, Question, question
from derive.calculus.samples import Claim, Sampler, Sizes, claims, local_claims
from derive.calculus.steps import Detail, Step
from derive.errors import TooLarge
from derive.model.forward import ModelScene
from derive.writing.dual import Num
from derive.writing.evaluate import evaluate, shown_terms_hold
from derive.writing.nodes import ExpandedSum, Expr, Gradient, Partial
from derive.writing.numbers import NotExact, OutsideDomain, agree
from derive.writing.walk import walk

POINTS = 3
MORE_POINTS = 12
SEED = 20_211


class Status(Enum):
    """How sure an equality is."""

    PROVED = "proved"
    EXACT = "exact"
    NUMERIC = "50 digits"
    UNCHECKED = "unchecked"
    WRONG = "wrong"


@dataclass(frozen=True)
class Check:
    """A step, how it was checked, and at how many points and how many choices of sizes."""

    step: Step
    status: Status
    points: int = 0
    sizes: int = 0


@dataclass(frozen=True)
class Verification:
    """The checks of all steps, of SymPy's own local derivatives, and of the result as a whole."""

    steps: tuple[Check, ...]
    result: Check
    fetch: Callable[[], tuple[Check, ...]]

    def __repr__(self) -> str:
        wrong = sum(c.status is Status.WRONG for c in (*self.steps, self.result))  # SymPy is not waited for
        return f"Verification({len(self.steps)} steps and the result: {wrong} wrong, {len(self.unchecked)} unchecked)"

    @cached_property
    def sympy(self) -> tuple[Check, ...]:
        """SymPy's own derivative of each definition; the first look at it waits for SymPy."""
        return self.fetch()

    @property
    def wrong(self) -> tuple[Step, ...]:
        """The steps whose sides differ."""
        return tuple(c.step for c in (*self.steps, *self.sympy, self.result) if c.status is Status.WRONG)

    @property
    def unchecked(self) -> tuple[Step, ...]:
        """The steps that no point could decide."""
        return tuple(c.step for c in (*self.steps, self.result) if c.status is Status.UNCHECKED)


def verified(derivation: Derivation, *, points: int = POINTS, seed: int = SEED, ask: Ask | None = None) -> Verification:
    """Every step of a derivation checked, and the result against the model evaluated forward.

    `ask` puts questions to SymPy; where it is not given, SymPy answers in this process, once its answers are looked at.
    """
    judge = _Judge(derivation, points, random.Random(seed))
    asked = judge.asked(derivation)
    fetch = (ask or ask_here)([question for _, question in asked if question is not None])
    steps = tuple(check for claim in claims(derivation) for check in judge.checks(claim))
    whole = Step(Gradient(derivation.of, derivation.by), derivation.result, "result", Detail.BRIEF)
    (result,) = judge.checks(Claim((whole,), derivation.target.facts.ranges, ()))
    return Verification(steps, result, lambda: tuple(_answered(asked, iter(fetch()))))


class _Judge:
    """Checks the claims of one derivation, at the sizes that the model was given and at others."""

    def __init__(self, derivation: Derivation, points: int, rng: random.Random) -> None:
        self.sampler = Sampler(derivation, rng)
        self.given, self.other = self.sampler.sizes(), self.sampler.sizes(others=True)
        self.places = [(self.other if i % 2 and self.other != self.given else self.given, i) for i in range(points)]

    @cached_property
    def exact(self) -> list[tuple[Sizes, ModelScene]]:
        return [(sizes, self.sampler.scene(sizes, attempt)) for sizes, attempt in self.places]

    @cached_property
    def precise(self) -> list[tuple[Sizes, ModelScene]]:
        return [(sizes, self.sampler.scene(sizes, attempt, "precise")) for sizes, attempt in self.places]

    @cached_property
    def more(self) -> list[tuple[Sizes, ModelScene]]:
        """Further points, for what holds at few: smaller sizes, other fixed indices."""
        drawn = (self.sampler.sizes(small=attempt % 3 > 0) for attempt in range(MORE_POINTS))
        return [(sizes, self.sampler.scene(sizes, attempt, "precise")) for attempt, sizes in enumerate(drawn)]

    def checks(self, claim: Claim) -> list[Check]:
        """One check for each step of a claim: in exact fractions, or with 50 digits where that is not possible."""
        found = self._tallied(claim, self.exact) if self.sampler.is_rational else [_Tally() for _ in claim.steps]
        if all(tally.held for tally in found):
            return [t.check(s, Status.EXACT) for t, s in zip(found, claim.steps, strict=True)]
        found = self._tallied(claim, self.precise)
        if not all(tally.held for tally in found):
            found = self._tallied(claim, [*self.precise, *self.more])
        return [t.check(s, Status.NUMERIC) for t, s in zip(found, claim.steps, strict=True)]

    def _tallied(self, claim: Claim, scenes: list[tuple[Sizes, ModelScene]]) -> list[_Tally]:
        """A sum that is written out to its last number is only looked at where the sizes are those of the model."""
        found = [_Tally() for _ in claim.steps]
        for sizes, scene in scenes:
            if not self.sampler.placed(scene, claim):
                continue
            values: dict[Expr, Num] = {}
            for tally, step in zip(found, claim.steps, strict=True):
                if self.sampler.model.sizes.items() <= sizes.items() or not _is_for_given_sizes(step):
                    tally.add(sizes, partial(_equal, step, scene, values))
        return found

    def asked(self, derivation: Derivation) -> list[tuple[Step, Question | None]]:
        """SymPy's derivative of every definition, against the result of its steps, as questions."""
        scene = self.sampler.scene(self.other, arithmetic="exact" if self.sampler.is_rational else "precise")
        found: list[tuple[Step, Question | None]] = []
        for claim, local in local_claims(derivation):
            step = Step(Partial(local.definition, local.by), local.result, "SymPy", Detail.BRIEF)
            found.append((step, question(local, scene) if self.sampler.placed(scene, claim) else None))
        return found


def _answered(asked: list[tuple[Step, Question | None]], answers: Iterator[Answer]) -> Iterator[Check]:
    for step, put in asked:
        known = None if put is None else next(answers)
        yield Check(step, _BY_SYMPY[known], points=int(known is not None), sizes=1)


def ask_here(questions: Sequence[Question]) -> Callable[[], Sequence[Answer]]:
    """What gets SymPy's answers from this process."""

    def fetch() -> Sequence[Answer]:
        from derive.calculus.symbolic import answers  # imports SymPy, 0.3 s, for those who look at its answers

        return answers(questions)

    return fetch


_BY_SYMPY = {True: Status.PROVED, False: Status.WRONG, None: Status.UNCHECKED}


class _Tally:
    """Counts the points at which a step held, and the choices of sizes."""

    def __init__(self) -> None:
        self.held, self.failed = 0, False
        self.sizes: list[Sizes] = []

    def add(self, sizes: Sizes, holds: Callable[[], bool]) -> None:
        try:
            held = holds()
        except (OutsideDomain, TooLarge, NotExact):
            return  # this point says nothing
        self.held += held
        self.failed = self.failed or not held
        if sizes not in self.sizes:
            self.sizes.append(sizes)

    def check(self, step: Step, sure: Status) -> Check:
        status = Status.WRONG if self.failed else sure if self.held else Status.UNCHECKED
        return Check(step, status, self.held, len(self.sizes))


def _equal(step: Step, scene: ModelScene, values: dict[Expr, Num]) -> bool:
    """Whether both sides have one value; each line is evaluated once, as the next step begins where this one ends."""
    for side in (step.before, step.after):
        if side not in values:
            values[side] = evaluate(side, scene)
    written = all(shown_terms_hold(n, scene) for n in _written_out(step.after) if _has_room(n, scene))
    return written and agree(values[step.before], values[step.after])


def _is_for_given_sizes(step: Step) -> bool:
    return any(isinstance(n, ExpandedSum) for side in (step.before, step.after) for n in walk(side))


def _written_out(expr: Expr) -> Iterator[ExpandedSum]:
    return (n for n in walk(expr) if isinstance(n, ExpandedSum))


def _has_room(expanded: ExpandedSum, scene: ModelScene) -> bool:
    """Whether the shown indices ascend at this point: a letter may happen to be 0, which the page does not mean."""
    shown = [scene.index(i) for i in expanded.shown if i is not None]
    return all(a < b for a, b in pairwise(shown))
