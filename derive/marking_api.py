"""`derive.mark`: what an answer is worth beside a reference, from Python."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from functools import cache

from derive.calculus.derivation import Derivation, differentiate
from derive.documents.marks import feedback, rule_names, told_back
from derive.documents.wording import Wording, wording
from derive.errors import DeriveError, OptionError, Unreadable
from derive.exercises.answers import Formula, Numeral
from derive.exercises.marking import Marker
from derive.exercises.marking_reading import is_matrix, read_chains, read_left
from derive.exercises.marking_setting import Setting
from derive.exercises.marking_short import number
from derive.exercises.verdict import Verdict
from derive.model.activations import ACTIVATIONS
from derive.model.language import read_model
from derive.model.model import Model
from derive.model.ready import ready_model
from derive.notation.notations import LESSON
from derive.pages.languages import ENGLISH
from derive.writing.index import Symbol, index
from derive.writing.nodes import Apply, Expr, Quantity
from derive.writing.walk import indices, walk

# The lesson, for any layer: sigma is the sigmoid, g unknown, and C_0 the sum of squares.
NETWORK = """
C0      = sum((a(L)[j] - y[j])**2 for j in range(n(L)))
a(l)[j] = g(l)(z(l)[j]) for l in range(1, L+1) for j in range(n(l))
z(l)[j] = sum(w(l)[j,k] * a(l-1)[k] for k in range(n(l-1))) for l in range(1, L+1) for j in range(n(l))
"""
MOST_KEPT = 64

Answer = str | int | float | Fraction
Reference = Answer | Derivation


@dataclass(frozen=True)
class MarkedLine:
    """One line of working: its number from 1, what was understood as LaTeX, and how it stands to those above it.

    `standing` is "right", "wrong", "follows" (right, given the first wrong line), "trivial" (nothing was left to do
    after that line), or "unsure".
    """

    number: int
    read: str
    standing: str


@dataclass(frozen=True)
class Mark:
    """What an answer is worth.

    `outcome` is "equal", "different", "form" (not worked out, or not in the form that was asked), "unreadable", or
    "unsure" (somebody must look). `mistake` is the name of the mistake that reproduces the answer, where one does;
    `feedback` says it in words; `read` is what was understood, as LaTeX. `credit` is the part of the marks that it
    earns, None where somebody must look.
    """

    outcome: str
    mistake: str | None
    feedback: str
    read: str
    credit: Fraction | None
    lines: tuple[MarkedLine, ...] = ()


def mark(answer: Answer, reference: Reference, model: Model | str | None = None, *, language: str = ENGLISH) -> Mark:
    r"""What an answer is worth beside a reference, both in LaTeX, in the model language, or as a number.

    The reference may be a derivation. `model` says what the letters mean, a model or the name of a ready one; with
    none, the conventions of the lesson are in force: g is unknown and \sigma the sigmoid, \delta_j^{(l)} stands for
    \partial C_0/\partial z_j^{(l)}, and C_0 is the sum of squares. A reference that cannot be read is an error.
    `language` is that of the feedback.
    """
    words = wording(language)
    return _mark(_marker(reference, model).verdict(str(answer)), words)


def _mark(verdict: Verdict, words: Wording) -> Mark:
    lines = tuple(MarkedLine(v.number, told_back([v.read]), v.standing.value) for v in verdict.lines)
    said, read = feedback(verdict.messages, words=words), told_back(verdict.read)
    return Mark(verdict.outcome.value, verdict.mistake, said, read, verdict.credit, lines)


# ---------------------------------------------------------------- one marker for each reference


class _Numbers:
    """Marks answers to a number: as a number where they are one, otherwise as a formula."""

    def __init__(self, value: Fraction, formula: Marker, setting: Setting) -> None:
        self.plain, self.formula = Marker(Numeral(value), setting), formula

    def verdict(self, text: str) -> Verdict:
        """What an answer is worth."""
        return (self.formula if number(text) is None else self.plain).verdict(text)


_KEPT: OrderedDict[tuple[object, ...], tuple[Marker | _Numbers, object]] = OrderedDict()


def _marker(reference: Reference, model: Model | str | None) -> Marker | _Numbers:
    """The marker of a reference; what was prepared for it is kept. Models and derivations are told apart as objects."""
    key = tuple(part if isinstance(part, str) else id(part) for part in (_text(reference), model))
    if key not in _KEPT:
        _KEPT[key] = (_made(reference, model), (reference, model))  # kept alive, so that no other gets its identity
        if len(_KEPT) > MOST_KEPT:
            _KEPT.popitem(last=False)
    return _KEPT[key][0]


def _text(reference: Reference) -> str | Derivation:
    return reference if isinstance(reference, Derivation) else str(reference)


def _made(reference: Reference, model: Model | str | None) -> Marker | _Numbers:
    if isinstance(reference, Derivation):
        return _of_derivation(reference)
    setting = _lesson(()) if model is None else Setting(_model(model), rules=rule_names())
    chains = _read(str(reference), setting)
    if model is None:
        setting = _lesson((), _activation(chains[-1]))
    left, expr = read_left(str(reference), setting), chains[-1][-1]
    if left is not None and isinstance(left.of, Quantity) and left != expr:
        derivation = _derived(setting.model, left.of, left.by)
        if derivation is not None:
            setting = Setting(setting.model, derivation, rules=setting.rules, loose=setting.loose)
        return Marker(Formula(expr, left.of, left.by, is_matrix(expr), working=True), setting)
    if model is None:
        setting = _lesson(tuple(_numbers(expr)), _activation(chains[-1]))
    formula, value = Marker(Formula(expr, matrix=is_matrix(expr), working=True), setting), number(str(reference))
    return formula if value is None else _Numbers(value, formula, setting)


def _of_derivation(reference: Derivation) -> Marker:
    expected = Formula(reference.result, reference.of, reference.by, working=True)
    return Marker(expected, Setting(reference.model, reference, rules=rule_names()))


def _model(model: Model | str) -> Model:
    return ready_model(model) if isinstance(model, str) else model


def _read(text: str, setting: Setting) -> tuple[tuple[Expr, ...], ...]:
    try:
        return read_chains(text, setting)
    except Unreadable as error:
        raise OptionError(f"the reference cannot be read: {error}") from None


def _derived(model: Model, of: Quantity, by: Quantity) -> Derivation | None:
    """The derivation of what a reference says it is, where the model has it."""
    try:
        return differentiate(model, of, by)
    except DeriveError:
        return None


@cache
def _network(activation: str) -> Model:
    return read_model(NETWORK.replace("g(l)(", f"{activation}("))


def _activation(chain: tuple[Expr, ...]) -> str:
    """The activation of the network that a reference speaks of: g, or the only one that it applies."""
    found = {n.function.name for side in chain for n in walk(side) if isinstance(n, Apply)}
    named = sorted(found & ACTIVATIONS.keys())
    return named[0] if len(named) == 1 and "g" not in found else "g(l)"


@cache
def _lesson(numbers: tuple[int, ...], activation: str = "g(l)") -> Setting:
    """The lesson's conventions, in layers that are large enough for these indices."""
    place, label, model = index(max(numbers, default=2)), index(Symbol("L")), _network(activation)
    near = differentiate(model, Quantity("C0"), Quantity("w", label, (place, place)))
    return Setting(model, None, LESSON, rule_names(), near, loose=True)


def _numbers(expr: Expr) -> Iterator[int]:
    """The numbers that stand as indices."""
    return (i.value for node in walk(expr) for i in indices(node) if i.value is not None)
