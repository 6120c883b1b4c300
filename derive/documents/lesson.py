"""A derivation as a lesson: the question, the chain rule with its reason, each factor, everything put together."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

from derive.calculus.chain import Path
from derive.calculus.derivation import Derivation, differentiate
from derive.calculus.stages import Stage
from derive.calculus.steps import Detail, Local, Step, shown
from derive.documents.blocks import Block, Document, Equations, Listing, Message, Paragraph, flat, head, say
from derive.documents.factor import factor_section
from derive.writing.index import Index, Symbol, index
from derive.writing.nodes import (
    ONE,
    Compare,
    Condition,
    Expr,
    Fold,
    Gradient,
    IndexValue,
    Node,
    Partial,
    Product,
    Quantity,
    Quotient,
)

SAMPLES = Symbol("n_samples")  # notations print it with the letter that they use for the number of samples


@dataclass(frozen=True)
class View:
    """How a derivation is told: how much of it, whether of a dense network, whether one letter means several sizes."""

    detail: Detail = Detail.LESSON
    dense: bool = False
    letters_shared: bool = True
    samples: Symbol = SAMPLES
    unchecked: tuple[Step, ...] = ()


def lesson(derivation: Derivation, view: View) -> Document:
    """The whole document."""
    title = Message("title", {"of": derivation.of, "by": derivation.by})
    return Document(title, flat(_blocks(derivation, view)))


def _blocks(derivation: Derivation, view: View) -> Iterator[Block]:
    yield from _question(derivation, view)
    told: set[Node] = set()
    for stage in derivation.stages:
        yield from _stage(stage, derivation, view, told)
    yield from _conditions(derivation)
    if view.dense:
        yield from _all_samples(derivation, view)
        yield from _other_weights(derivation)
    yield from _unchecked(view)


# ---------------------------------------------------------------- the question


def _question(derivation: Derivation, view: View) -> Iterator[Block]:
    by = derivation.by
    yield head("question.heading")
    if view.dense and by.family == "w" and by.label is not None:
        to, origin = by.indices
        yield say("question.weight", by=by, to=to, origin=origin, layer=by.label, below=by.label - 1)
    else:
        yield say("question.quantity", by=by)
    yield say("question.asked", of=derivation.of, by=by)
    yield Equations(Gradient(derivation.of, by))
    if view.dense and view.letters_shared:
        yield from _one_letter(derivation)
    if len(derivation.stages) > 1:
        yield say("question.plan", stages=tuple(stage.by for stage in derivation.stages))


def _one_letter(derivation: Derivation) -> Iterator[Block]:
    """A word on the letter n, where it stands for more than one number."""
    labels = dict.fromkeys(symbol.label for symbol in _sizes(derivation) if symbol.label is not None)
    if labels:
        values = derivation.model.sizes
        counts = tuple((label, values.get(Symbol("n", label))) for label in labels)
        yield say("question.one_letter", counts=counts, letter=Symbol("n"))


def _sizes(derivation: Derivation) -> tuple[Symbol, ...]:
    """The sizes over which the definitions that are used run."""
    folds = (n for local in derivation.lemmas for n in walk(local.equation.right) if isinstance(n, Fold))
    found = (s for fold in folds for s in sorted(fold.upper.symbols, key=lambda s: s.order))
    return tuple(dict.fromkeys(s for s in found if s.name == "n"))


# ---------------------------------------------------------------- a stage


def _stage(stage: Stage, derivation: Derivation, view: View, told: set[Node]) -> Iterator[Block]:
    several = len(derivation.stages) > 1
    yield head("chain.heading_of" if several else "chain.heading", of=derivation.of, by=stage.by)
    yield from _paths(stage, derivation, told)
    if stage.steps[0].rule == "chain rule over paths":
        yield Equations(stage.steps[0].before, (stage.steps[0].after,))
    if stage.recurrent:
        yield say("chain.recurrent", of=derivation.of, by=stage.by)
    yield from _factors(stage, view, told)
    yield from _together(stage, view)
    if any(step.rule == "assumption" for step in stage.steps):
        yield from map(_assumption, derivation.model.assumptions)
    told.add(stage.by)


def _paths(stage: Stage, derivation: Derivation, told: set[Node]) -> Iterator[Block]:
    """What depends on what, and why the derivative is a product, or a sum of products."""
    if stage.steps[0].rule in ("same", "no path"):
        yield say(f"chain.{stage.steps[0].rule}", of=derivation.of, by=stage.by)
        return
    paths = [_path(path) for path in stage.paths]
    yield Paragraph(tuple(paths)) if len(paths) == 1 else Listing(tuple(paths))
    for upstream, stage_of_it in dict.fromkeys((path.upstream, path.stage) for path in stage.paths):
        if upstream is not None and stage_of_it is not None:
            when = "again" if stage_of_it == stage.by else "above" if stage_of_it in told else "below"
            yield say(f"chain.{when}", of=derivation.of, upstream=upstream)
    added = len(stage.paths) > 1 or any(path.sums for path in stage.paths)
    yield say("chain.added" if added else "chain.single", by=stage.by)


def _path(path: Path) -> Message:
    """From link to link: w appears in z, which appears in a, which appears in C."""
    links = tuple((local.by, local.element) for local in reversed(path.locals_))
    many = tuple(span.symbol for span in path.sums)
    return Message("chain.path", {"links": links, "many": many, "guards": path.guards})


def _factors(stage: Stage, view: View, told: set[Node]) -> Iterator[Block]:
    """A section for each local derivative that was not told before."""
    new = list(_new_locals(stage, told))
    if view.detail == Detail.BRIEF and new:
        yield say("factor.brief", count=len(new))
    for local in new:
        if view.detail != Detail.BRIEF:
            yield head("factor.heading", 3, factor=_name(local))
        yield from factor_section(local, view.detail, told)


def _new_locals(stage: Stage, told: set[Node]) -> Iterator[Local]:
    for path in stage.paths:
        for local in path.locals_:
            if _name(local) not in told:
                told.add(_name(local))
                yield local


def _name(local: Local) -> Partial:
    return Partial(local.element, local.by)


def _together(stage: Stage, view: View) -> Iterator[Block]:
    """The factors in their places, and what that makes."""
    steps = shown(stage.steps[1:], view.detail)
    if not steps:
        return
    if view.detail != Detail.BRIEF:
        yield head("together.heading", 3, by=stage.by)
    if view.detail == Detail.FULL:
        for step in steps:
            yield say(f"rule.{step.rule}.sentence", by=stage.by)
            yield Equations(step.before, (step.after,))
        return
    yield say("together.text", count=sum(len(p.locals_) for p in stage.paths))
    yield Equations(stage.steps[0].before, (steps[0].before, *(step.after for step in steps)))


# ---------------------------------------------------------------- conditions, samples, other weights


def _conditions(derivation: Derivation) -> Iterator[Block]:
    for condition in derivation.target.conditions:
        yield _condition(condition, derivation.by)


def _condition(condition: Condition, by: Quantity) -> Block:
    """What must hold for the target to exist."""
    match condition:
        case Compare("<", IndexValue(have), IndexValue(Index() as size)) if have.value is not None:
            symbol = size.symbol
            if symbol is not None and symbol.label is not None:
                return say("condition.nodes", by=by, count=have.value + 1, layer=symbol.label)
            return say("condition.size", by=by, count=have.value + 1, size=size)
    return say("condition.other", condition=condition)


def _assumption(condition: Condition) -> Block:
    """What the inputs were promised to satisfy."""
    match condition:
        case Compare("==", Fold("sum", body), right) if right == ONE:
            return say("condition.sum_to_one", body=body, condition=condition)
    return say("condition.assumed", condition=condition)


def _all_samples(derivation: Derivation, view: View) -> Iterator[Block]:
    """The mean over all training samples: C = 1/n sum(C_i)."""
    whole, letter = Quantity("C"), Symbol("i")
    count = index(_samples(derivation, view))
    one = Quantity("C", None, (index(letter),))

    def mean(body: Expr) -> Expr:
        return Product((Quotient(ONE, IndexValue(count)), Fold("sum", body, letter, index(0), count)))

    yield head("samples.heading")
    yield say("samples.definition", whole=whole, of=derivation.of, count=count)
    yield Equations(whole, (mean(one),))
    yield say("samples.derivative")
    yield Equations(Gradient(whole, derivation.by), (mean(Gradient(one, derivation.by)),))


def _samples(derivation: Derivation, view: View) -> Symbol:
    """The letter for the number of samples: not the one that somebody chose as the size of a layer."""
    chosen = {s.name for s in _sizes(derivation) if s.label is None}
    return fresh(Symbol("N"), chosen) if "n" in chosen else view.samples


def _other_weights(derivation: Derivation) -> Iterator[Block]:
    """The same result for any weight of the layer."""
    by = derivation.by
    if all(i.value is None for i in by.indices):
        return
    any_weight = replace(by, indices=(index(Symbol("j")), index(Symbol("k"))))
    result = differentiate(derivation.model, derivation.of, any_weight).result
    yield head("others.heading")
    yield say("others.text", by=by, any=any_weight)
    yield Equations(Gradient(derivation.of, any_weight), (result,))


def _unchecked(view: View) -> Iterator[Block]:
    if view.unchecked:
        yield head("unchecked.heading")
    for step in view.unchecked:
        yield say("unchecked.text", rule=step.rule)
        yield Equations(step.before, (step.after,))
