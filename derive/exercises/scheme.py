"""The mark scheme of a derivation: what each mark is given for, and what counts as well."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from itertools import islice

from derive.calculus.derivation import Derivation, differentiate
from derive.calculus.families import pre_activations
from derive.calculus.matrix import MatrixForm, matrix_form_of
from derive.calculus.stages import Upstream
from derive.calculus.steps import Local
from derive.exercises.marking_judges import Judges
from derive.exercises.mistakes import MISTAKES, altered, setting_of
from derive.pages.blocks import Block, Equations, Listing, Message, head, say
from derive.writing.nodes import Expr, Gradient, Partial

# The rules that carry a local derivative, the one that says most about it first.
TELLING = (
    "exponential rule",
    "quotient rule",
    "power rule",
    "product rule",
    "under the product",
    "at the extremum",
    "larger argument",
    "by cases",
    "chain rule",
    "slope",
    "constant factor",
    "under the sum",
    "sum rule",
)

MOST_COMMON = 5


@dataclass(frozen=True)
class Claim:
    """An equality that a derivation makes, and the rule that carries it."""

    equation: Equations
    rule: str


@dataclass(frozen=True)
class Award:
    """Marks for claims that belong together: for the method, or where `answer` is true for the right result."""

    claims: tuple[Claim, ...]
    marks: int
    answer: bool = False


@dataclass(frozen=True)
class Alternative:
    """Another form or way that earns all of the marks, by its key in the wording, and what it looks like."""

    key: str
    equation: Equations | None = None


@dataclass(frozen=True)
class Common:
    """A wrong result that people often give, the mistake that leads to it, and the marks that it still earns."""

    mistake: str
    result: Expr
    marks: int


@dataclass(frozen=True)
class Scheme:
    """The marks of a derivation in the order in which they are earned, and what else earns some of them."""

    marks: int
    awards: tuple[Award, ...]
    alternatives: tuple[Alternative, ...]
    common: tuple[Common, ...]


def scheme(derivation: Derivation, marks: int) -> Scheme:
    """The mark scheme of a whole derivation."""
    judges = Judges(derivation.model, derivation)
    return Scheme(
        marks, awards(derivation, marks), tuple(alternatives(derivation)), tuple(common(derivation, marks, judges))
    )


# ---------------------------------------------------------------- what the marks are given for


def awards(derivation: Derivation, marks: int) -> tuple[Award, ...]:
    """`marks` shared out: one for the result, the others for the method, in groups where they are few."""
    *method, last = claims(derivation)
    groups = _grouped(method, min(len(method), max(marks - 1, 0)))
    found = [*(Award(group, 1) for group in groups), Award((last,), min(marks, 1), answer=True)]
    for spare in range(max(marks - len(found), 0)):
        place = len(found) - 1 - spare % len(found)  # the result first, then what is near it
        found[place] = replace(found[place], marks=found[place].marks + 1)
    return tuple(award for award in found if award.marks)


def _grouped(method: Sequence[Claim], count: int) -> Iterator[tuple[Claim, ...]]:
    """The claims in `count` groups of neighbours, as even as can be."""
    for i in range(count):
        yield tuple(method[i * len(method) // count : (i + 1) * len(method) // count])


def claims(derivation: Derivation) -> Iterator[Claim]:
    """What a derivation claims: of each stage the chain rule, each new factor, and what they make."""
    told: set[tuple[object, object]] = set()
    for stage in derivation.stages:
        gradient = Gradient(derivation.of, stage.by)
        for step in stage.steps[:1]:
            if step.rule == "chain rule over paths" and step.after != stage.result:
                yield Claim(Equations(gradient, (step.after,)), step.rule)
        for path, local in ((p, local) for p in stage.paths for local in p.locals_):
            if (local.element, local.by) not in told and local.result != stage.result:
                told.add((local.element, local.by))
                is_direct = path.upstream is None and len(path.locals_) == 1 and len(stage.paths) > 1
                left = Partial(local.definition if is_direct else local.element, local.by)
                yield Claim(Equations(left, (local.result,)), rule_of(local))
        yield Claim(Equations(gradient, (stage.result,)), "substitute")


def rule_of(local: Local) -> str:
    """The rule that says most about how a local derivative is found."""
    used = [step.rule for step in local.steps]
    return next((rule for rule in TELLING if rule in used), used[-1])


# ---------------------------------------------------------------- what counts as well


def alternatives(derivation: Derivation) -> Iterator[Alternative]:
    """The forms and ways beside the one that is printed."""
    for key, found in FORMS.items():
        equation = found(derivation)
        if equation is not None:
            yield Alternative(key, equation)
    yield Alternative("shorter")


def _by_deltas(derivation: Derivation) -> Equations | None:
    """The derivative by the pre-activations first, by its name."""
    named = frozenset(pre_activations(derivation.model))
    if len(named) != 1 or derivation.by.family in named:
        return None
    result = differentiate(derivation.model, derivation.of, derivation.by, upstream=Upstream(named)).result
    return None if result == derivation.result else Equations(Gradient(derivation.of, derivation.by), (result,))


def _by_matrices(derivation: Derivation) -> Equations | None:
    """All elements at once."""
    form = matrix_form_of(derivation)
    return Equations(form.left, (form.right,)) if isinstance(form, MatrixForm) and form.letters else None


FORMS = {"delta": _by_deltas, "matrix": _by_matrices}


# ---------------------------------------------------------------- what is often wrong


def common(derivation: Derivation, marks: int, judges: Judges) -> Iterator[Common]:
    """One result for each mistake that changes it, as far as a key has room for them."""
    kept = int(slip_credit(list(claims(derivation))) * marks)
    found = (Common(name, wrong, kept) for name, wrong in _wrong(derivation, judges))
    yield from islice(found, MOST_COMMON)


def _wrong(derivation: Derivation, judges: Judges) -> Iterator[tuple[str, Expr]]:
    told = [derivation.result]
    for name in MISTAKES:
        wrong = next(altered(name, derivation.result, setting_of(derivation)), None)
        if wrong is not None and all(judges.same(wrong, other) is False for other in told):
            told.append(wrong)
            yield name, wrong


def slip_credit(found: Sequence[Claim]) -> Fraction:
    """What a result with one mistake earns: all but the mark for the result, and one for the method."""
    return Fraction(max(len(found) - 2, 0), len(found)) if found else Fraction(0)


# ---------------------------------------------------------------- as a key prints it


def scheme_blocks(found: Scheme) -> Iterator[Block]:
    """The scheme as a part of a key."""
    yield head("scheme.heading", 3, marks=found.marks)
    for award in found.awards:
        rules = tuple(dict.fromkeys(claim.rule for claim in award.claims))
        yield say("scheme.award", marks=award.marks, answer=award.answer, rules=rules)
        for claim in award.claims:
            yield claim.equation
    yield say("scheme.alternatives")
    yield Listing(tuple(_alternative(alternative) for alternative in found.alternatives))
    if found.common:
        yield say("scheme.common", marks=found.common[0].marks)
        yield Listing(tuple(Message("scheme.wrong", {"result": c.result, "mistake": c.mistake}) for c in found.common))


def _alternative(found: Alternative) -> Message:
    values: Mapping[str, object] = {}
    if found.equation is not None:
        values = {"left": found.equation.left, "right": found.equation.members[0]}
    return Message(f"scheme.also.{found.key}", values)
