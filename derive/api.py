"""What Python and the command line ask for: models in, derivations out, with their documents and their verification."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, fields, replace
from functools import cached_property
from typing import Any

from derive.asking import Asked
from derive.asking import asked as read_request
from derive.calculus import derivation as calculus
from derive.calculus.data import from_data
from derive.calculus.families import parameters, pre_activations
from derive.calculus.printed import evaluated
from derive.calculus.questions import Ask
from derive.calculus.stages import Upstream
from derive.calculus.steps import Detail
from derive.calculus.verify import Verification, verified
from derive.documents.formats.base import Setting
from derive.documents.formats.terminal import terminal
from derive.documents.lesson import View, lesson
from derive.documents.render import files, render
from derive.documents.screen import Screen
from derive.documents.tables import listing, summary, table
from derive.documents.whole import whole_gradient
from derive.documents.wording import wording
from derive.errors import OptionError, unknown
from derive.model import language, ready
from derive.model.activations import ACTIVATIONS
from derive.model.dense import dense
from derive.model.losses import LOSSES
from derive.model.model import Model
from derive.notation.latex import latex
from derive.notation.notations import LESSON, NOTATIONS, Notation
from derive.notation.plain import plain_chain
from derive.options import Request, stem
from derive.pages.blocks import Document
from derive.pages.notating import adapted
from derive.writing.nodes import Gradient, Quantity

DETAILS = {"brief": Detail.BRIEF, "lesson": Detail.LESSON, "full": Detail.FULL}
LETTERS = ("shared", "apart")


@dataclass(frozen=True)
class Derivation(calculus.Derivation):
    """A derivation that shows itself in a notebook, evaluates what it printed, and verifies itself."""

    dense: bool = False
    upstream: str = "partial"
    written: Notation = LESSON

    def __repr__(self) -> str:
        return f"Derivation({Gradient(self.of, self.by)} = {self.result})"

    def evaluate(
        self,
        values: Mapping[str, Any],
        sizes: Mapping[str, int] | None = None,
        functions: Mapping[str, Any] | None = None,
    ) -> float:
        """The value of the printed result, with numbers for the model's quantities, sizes and unknown functions.

        `values` are keyed as the model writes its families ("w(L)", "y", "C0"), as numbers, nested lists or arrays
        indexed from 0. `sizes` gives sizes, labels and the letters of the target ("n(L)": 4, "L": 3, "j": 1).
        `functions` names a catalogue entry, or gives the pair (f, f'), for each unknown function ("g(L)": "tanh").
        """
        return evaluated(self, values, sizes or {}, functions or {})

    def verify(self, ask: Ask | None = None) -> Verification:
        """How each step, and the result as a whole, was checked; `ask` is as in `verified`."""
        return verified(self, ask=ask)

    def markdown(self, detail: str = "lesson", letters: str = "shared", language: str = "en") -> str:
        """The derivation as Markdown for GitHub and Jupyter."""
        return self._rendered("md", detail, letters, language)

    def latex(self, detail: str = "lesson", letters: str = "shared", language: str = "en") -> str:
        """The derivation as a LaTeX document."""
        return self._rendered("tex", detail, letters, language)

    def _rendered(self, format_name: str, detail: str, letters: str, language: str) -> str:
        if (detail, letters) not in self._documents:
            self._documents[detail, letters] = lesson(self, self.view(detail, letters))
        return render(self._documents[detail, letters], format_name, self.notation(letters), wording(language))

    @cached_property
    def _documents(self) -> dict[tuple[str, str], Document]:
        """What was told already: one document serves all formats."""
        return {}

    def view(self, detail: str = "lesson", letters: str = "shared") -> View:
        """How it is told."""
        deltas = frozenset(self.notation(letters).deltas)
        return View(DETAILS[detail], self.dense, letters == "shared", deltas=deltas, notation=self.notation(letters))

    def line(self, letters: str = "shared") -> str:
        """The result as one line of text."""
        notation = self.notation(letters)
        return plain_chain(Gradient(self.of, self.by), (self.result,), notation)

    def notation(self, letters: str = "shared") -> Notation:
        """The notation in which it is printed: with deltas, where they were asked for and one letter is enough."""
        return adapted(self.written, [self.model], deltas=self.upstream == "delta", apart=letters == "apart")

    def _repr_markdown_(self) -> str:
        return self.markdown()

    def _repr_latex_(self) -> str:
        return f"${latex(Gradient(self.of, self.by))} = {latex(self.result)}$"


@dataclass(frozen=True)
class Gradients(Sequence[Derivation]):
    """Derivations that share what they need alike, and one document."""

    derivations: tuple[Derivation, ...]

    def __repr__(self) -> str:
        return "".join(("Gradients(", ",\n          ".join(map(repr, self.derivations)), ")"))

    def __getitem__(self, i):  # type: ignore[no-untyped-def]  # an index or a slice, as of any sequence
        return self.derivations[i]

    def __len__(self) -> int:
        return len(self.derivations)

    def markdown(self, detail: str = "lesson", letters: str = "shared", language: str = "en") -> str:
        """All of them as one Markdown document."""
        return self._rendered("md", detail, letters, language)

    def latex(self, detail: str = "lesson", letters: str = "shared", language: str = "en") -> str:
        """All of them as one LaTeX document."""
        return self._rendered("tex", detail, letters, language)

    def _rendered(self, format_name: str, detail: str, letters: str, language: str) -> str:
        first = self.derivations[0]
        document = whole_gradient(self, first.view(detail, letters))
        return render(document, format_name, first.notation(letters), wording(language))

    def _repr_markdown_(self) -> str:
        return self.markdown()


def read_derivation(text: str) -> Derivation:
    """The derivation that was written as JSON; an OptionError says what is wrong with another text."""
    try:
        found = from_data(json.loads(text))
    except (json.JSONDecodeError, RecursionError) as error:
        raise OptionError(f"this is no derivation, as it is not JSON: {error}") from error
    return _own(found, "partial")


def read_model(text: str, *, sizes: Mapping[str, int] | None = None) -> Model:
    """The model that a text in the model language describes; a LanguageError or ModelError says what is wrong."""
    return language.read_model(text, sizes=sizes)


def ready_model(name: str) -> Model:
    """One of the ready models: `derive models` lists them."""
    return ready.ready_model(name)


def differentiate(model: Model, of: str, by: str, *, upstream: str = "partial") -> Derivation:
    """The derivative of one quantity of a model by another, derived step by step.

    `of` and `by` are written as in the model: "C0", "w(L)[1,2]"; letters that the model does not use as sizes or labels
    stand for any index ("w(L)[j,k]"). `upstream` says how what flows in from above is
    written: as a "partial" where it is long, with a "delta" for every pre-activation, or "unrolled" all the way.
    """
    loss, target = language.read_quantity(of, model), language.read_quantity(by, model)
    return _derived(model, loss, target, upstream)


def differentiate_all(
    model: Model, of: str, by: Sequence[str] | None = None, *, upstream: str = "partial"
) -> Gradients:
    """The derivatives of one quantity by several, by every parameter and input where none are named.

    What they need alike is worked out once. They come in the order in which they are met from `of` backwards.
    """
    loss = language.read_quantity(of, model)
    targets = parameters(model, loss) if by is None else [language.read_quantity(text, model) for text in by]
    found = calculus.differentiate_all(model, loss, targets, upstream=_upstream(model, upstream))
    return Gradients(tuple(_own(derivation, upstream) for derivation in found))


def _derived(model: Model, of: Quantity, by: Quantity, upstream: str, dense: bool = False) -> Derivation:
    return _own(calculus.differentiate(model, of, by, upstream=_upstream(model, upstream)), upstream, dense)


def _own(found: calculus.Derivation, upstream: str, dense: bool = False) -> Derivation:
    own = {f.name: getattr(found, f.name) for f in fields(calculus.Derivation)}
    return Derivation(**own, dense=dense, upstream=upstream)


def _upstream(model: Model, name: str) -> Upstream:
    if name not in UPSTREAM:
        raise unknown("way to write what flows in", name, UPSTREAM)
    return UPSTREAM[name](model)


def _deltas(model: Model) -> Upstream:
    named = pre_activations(model)
    if not named:
        raise OptionError(
            "the model has no pre-activation, a quantity that a function is applied to, to name deltas for"
        )
    return Upstream(frozenset(named))


UPSTREAM: Mapping[str, Callable[[Model], Upstream]] = {
    "partial": lambda model: Upstream(),
    "delta": _deltas,
    "unrolled": lambda model: Upstream(unrolled=True),
}


def dense_derivation(
    weight: str = "1,2",
    layer: str = "L",
    sizes: str = "6,4",
    activation: str = "g",
    loss: str = "squared error",
    *,
    upstream: str = "partial",
) -> Derivation:
    """The derivative of the loss of a dense network by one weight, from options as the command line takes them."""
    network = dense(weight, layer, sizes, activation, loss)
    return _derived(network.model, network.loss, network.target, upstream, dense=True)


# ---------------------------------------------------------------- for the command line


@dataclass(frozen=True)
class Outcome:
    """What `derive gradient` prints and writes."""

    result_text: str
    documents: Mapping[str, bytes]
    verified: str
    shown: str = ""


def gradient(asked: Asked, ask: Ask | None = None, screen: Screen | None = None) -> Outcome:
    """The documents of a derivation, or of all, each result in one line, and how they were verified.

    With a `screen` the derivation is shown there, and no document is made.
    """
    request = asked.request
    words = wording(request.language, request.templates)  # first, as a mistake in it must not wait for the derivation
    derivations = derivations_for(asked)
    reports = [derivation.verify(ask if len(derivations) == 1 else None) for derivation in derivations]
    notation, view = derivations[0].notation(request.letters), _view(derivations, request, reports)
    document = lesson(derivations[0], view) if asked.by is not None else whole_gradient(derivations, view)
    setting = Setting(notation, words, stem(request), request.pdf_engine, marks=request.marks == "changes")
    documents = files(document, request.written, setting) if screen is None else {}
    shown = "" if screen is None else terminal(document, setting, screen)
    for step in (step for report in reports for step in report.wrong):  # last, as this waits for SymPy
        raise AssertionError(f"a step by the rule {step.rule} is wrong: {step}")
    lines = "\n".join(derivation.line(request.letters) for derivation in derivations)
    return Outcome(lines, documents, summary(reports), shown)


def _view(derivations: Sequence[Derivation], request: Request, reports: Sequence[Verification]) -> View:
    unchecked = tuple(step for report in reports for step in report.unchecked)
    view = derivations[0].view(request.detail, request.letters)
    return replace(view, unchecked=unchecked, views=request.views)


def derivations_for(asked: Asked) -> Sequence[Derivation]:
    """The derivation that is asked for, or those by every parameter."""
    if asked.by is not None:
        found = _derived(asked.model, asked.of, asked.by, asked.upstream, asked.dense)
        return (replace(found, written=asked.notation),)
    every = differentiate_all(asked.model, str(asked.of), upstream=asked.upstream)
    return Gradients(tuple(replace(derivation, written=asked.notation) for derivation in every))


def verification(asked: Asked) -> str:
    """The table of all steps and how each was checked."""
    tables = [table(d.verify(), d.notation(asked.request.letters)) for d in derivations_for(asked)]
    return "\n\n".join(tables)


def list_models() -> str:
    """The ready models, a line each: what it is, and a quantity to differentiate by."""
    return listing({name: f"{r.target:<13}{ready.ready_title(name)}" for name, r in ready.READY.items()})


def model_text(name: str) -> str:
    """A ready model as text."""
    return ready.ready_text(name)


def list_notations() -> str:
    """The notations, a line each: how they write the derivative by a weight, and what they take for granted."""
    requests = {name: Request(weight="1,2", notation=name) for name in NOTATIONS}
    return listing({name: derivations_for(read_request(request))[0].line() for name, request in requests.items()})


def list_activations() -> str:
    """The activations with formula and derivative, a line each."""
    return listing(
        {a.name: f"{a.formula or a.name + '(z)'}    derivative {a.derivative}" for a in ACTIVATIONS.values()}
    )


def list_losses() -> str:
    """The losses with formula and derivative, a line each."""
    return listing({loss.name: f"{loss.formula}    derivative {loss.derivative}" for loss in LOSSES.values()})
