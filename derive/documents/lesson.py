"""A derivation as a lesson: the question, the chain rule with its reason, each factor, everything put together."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

from derive.calculus.chain import Path
from derive.calculus.derivation import Derivation, differentiate
from derive.calculus.naming import matched
from derive.calculus.stages import Stage
from derive.calculus.steps import Detail, Local, Step, shown
from derive.documents.factor import factor_section
from derive.notation.notations import LESSON, Notation
from derive.pages.blocks import Block, Document, Equations, Layer, Listing, Message, Paragraph, Ways, flat, head, say
from derive.pages.blocks import Node as NodeNumber
from derive.pages.notating import clashes
from derive.writing.index import Index, Symbol, index
from derive.writing.nodes import (
    ONE,
    Compare,
    Condition,
    Constant,
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
from derive.writing.walk import free_symbols, fresh, quantities, walk

SAMPLES = Symbol("n_samples")  # notations print it with the letter that they use for the number of samples


@dataclass(frozen=True)
class View:
    """How a derivation is told: how much of it, whether of a dense network, whether one letter means several sizes.

    `deltas` are the families by which the derivative of the loss is called delta; `views`, of VIEWS, show the result
    once more.
    """

    detail: Detail = Detail.LESSON
    dense: bool = False
    letters_shared: bool = True
    samples: Symbol = SAMPLES
    unchecked: tuple[Step, ...] = ()
    deltas: frozenset[str] = frozenset()
    views: tuple[str, ...] = ()
    notation: Notation = LESSON


@dataclass
class Told:
    """What the page has said so far: functions and gradients, and local derivatives."""

    nodes: set[Node] = field(default_factory=set)
    locals_: list[Local] = field(default_factory=list)

    def knows(self, local: Local) -> bool:
        """Whether this local derivative was told, perhaps with other letters."""
        return any(matched(_pattern(old), _pattern(local), _letters(old), {}) is not None for old in self.locals_)


def _pattern(local: Local) -> tuple[Expr, ...]:
    return (local.element, local.by, local.result)


def _letters(local: Local) -> frozenset[Symbol]:
    return free_symbols(local.element) | free_symbols(local.by)


def lesson(derivation: Derivation, view: View) -> Document:
    """The whole document."""
    title = Message("title", {"of": derivation.of, "by": derivation.by})
    return Document(title, flat(_blocks(derivation, view)), about=(derivation,))


def _blocks(derivation: Derivation, view: View) -> Iterator[Block]:
    yield from _question(derivation, view)
    told = Told()
    for stage in derivation.stages:
        yield from stage_section(stage, derivation, view, told, several=len(derivation.stages) > 1)
    yield from _conditions(derivation)
    if view.dense:
        yield from _all_samples(derivation, view)
        yield from _other_weights(derivation)
    yield from viewed(derivation, view)
    yield from _unchecked(view)


def viewed(derivation: Derivation, view: View) -> Iterator[Block]:
    """The result once more, in the views that were asked for."""
    if view.views:
        from derive.documents.views import VIEWS  # imports much, which few ask for

        for name in view.views:
            yield from VIEWS[name](derivation, view.notation)


# ---------------------------------------------------------------- the question


def _question(derivation: Derivation, view: View) -> Iterator[Block]:
    by = derivation.by
    yield head("question.heading")
    if view.dense and by.family == "w" and by.label is not None:
        to, origin = by.indices
        layer, below = Layer(by.label), Layer(by.label - 1)
        yield say("question.weight", by=by, to=NodeNumber(to), origin=NodeNumber(origin), layer=layer, below=below)
    else:
        yield say("question.quantity", by=by)
    yield say("question.asked", of=derivation.of, by=by)
    yield Equations(Gradient(derivation.of, by))
    if view.dense and not view.notation.sizes_apart:
        yield from _one_letter(derivation, view)
    for letter, kinds in clashes(view.notation, derivation.model):
        yield say("question.clash", letter=Constant(letter), kinds=kinds)
    if len(derivation.stages) > 1:
        yield say("question.plan", of=derivation.of, stages=tuple(stage.by for stage in derivation.stages))
    yield from deltas(derivation.stages, derivation.of, view)


def deltas(stages: Sequence[Stage], of: Quantity, view: View) -> Iterator[Block]:
    """What delta means, where it is used."""
    for by in (stage.by for stage in stages if stage.by.family in view.deltas):
        yield say("question.delta", delta=Gradient(of, by), partial=Partial(of, by))
        return


def _one_letter(derivation: Derivation, view: View) -> Iterator[Block]:
    """A word on the letter n, where it stands for more than one number."""
    values = derivation.model.sizes
    layers = ((size.symbol, label) for size, labels in _layers(derivation).items() for label in labels)
    counts = tuple((label, values.get(symbol)) for symbol, label in layers if symbol and symbol.name == "n")
    samples = view.notation.letter(_samples(derivation, view)) == "n"
    if len(counts) + samples > 1:
        yield say("question.one_letter", counts=counts, samples=samples, letter=Symbol("n"))


def _layers(derivation: Derivation) -> dict[Index, tuple[Index, ...]]:
    """{size: labels} of the layers over whose nodes the definitions sum."""
    folds = (n for local in derivation.lemmas for n in walk(local.equation.right) if isinstance(n, Fold))
    found: dict[Index, tuple[Index, ...]] = {}
    for fold in folds:
        labels = (q.label for q in quantities(fold.body) if q.indices == (index(fold.symbol),) and q.label is not None)
        found[fold.upper] = tuple(dict.fromkeys((*found.get(fold.upper, ()), *labels)))
    return found


# ---------------------------------------------------------------- a stage


def stage_section(
    stage: Stage, derivation: Derivation, view: View, told: Told, *, several: bool = True
) -> Iterator[Block]:
    """One stage: the paths, the chain rule, each factor, everything put together."""
    yield head("chain.heading_of" if several else "chain.heading", of=derivation.of, by=stage.by)
    yield from _paths(stage, derivation, told)
    if _is_direct(stage):
        yield from _factors(stage, view, told)
        told.nodes.add(stage.by)
        return
    if stage.steps[0].rule == "chain rule over paths":
        yield Equations(stage.steps[0].before, (stage.steps[0].after,))
    if stage.recurrent:
        yield say("chain.recurrent", of=derivation.of, by=stage.by)
    yield from _factors(stage, view, told)
    yield from _together(stage, view)
    if any(step.rule == "assumption" for step in stage.steps):
        yield from map(_assumption, derivation.model.assumptions)
    told.nodes.add(stage.by)


def _is_direct(stage: Stage) -> bool:
    """Whether the loss itself is all that mentions the quantity: a chain of one link."""
    match stage.paths:
        case (Path(locals_=(only,), upstream=None, sums=(), guards=()),):
            return stage.result == only.result
    return False


def _paths(stage: Stage, derivation: Derivation, told: Told) -> Iterator[Block]:
    """What depends on what, and why the derivative is a product, or a sum of products."""
    if stage.steps[0].rule in ("same", "no path"):
        yield say(f"chain.{stage.steps[0].rule}", of=derivation.of, by=stage.by)
        return
    yield from _ways(stage, derivation)
    yield picture(stage, derivation.of)
    for upstream, stage_of_it in dict.fromkeys((path.upstream, path.stage) for path in stage.paths):
        if upstream is not None and stage_of_it is not None:
            when = "again" if stage_of_it == stage.by else "above" if stage_of_it in told.nodes else "below"
            yield say(f"chain.{when}", of=derivation.of, upstream=upstream)
    letters = dict.fromkeys(span.symbol for path in stage.paths for span in path.sums)
    how = "added" if len(stage.paths) > 1 else "summed" if letters else "direct" if _is_direct(stage) else "single"
    yield say(f"chain.{how}", by=stage.by, letters=tuple(letters))


def _ways(stage: Stage, derivation: Derivation) -> Iterator[Block]:
    """The paths from link to link, several as a list."""
    if len(stage.paths) == 1:
        yield Paragraph((_path(stage.paths[0], ()),))
        return
    paths = tuple(_path(path, tuple(span.symbol for span in path.sums)) for path in stage.paths)
    yield say("chain.several", of=derivation.of, by=stage.by, count=len(paths))
    yield Listing(paths)


def picture(stage: Stage, of: Quantity) -> Ways:
    """The paths from the quantity up to the loss; one that is worked out elsewhere from some point on jumps there."""
    ways = [(stage.by, *(local.element for local in reversed(path.locals_))) for path in stage.paths]
    cut = tuple(path.upstream is not None for path in stage.paths)
    return Ways(tuple((*way, of) if jumps else way for way, jumps in zip(ways, cut, strict=True)), cut)


def _path(path: Path, many: tuple[Symbol, ...]) -> Message:
    """From link to link, for many letters: w appears in z, which appears in a, which appears in C."""
    links = tuple((local.by, local.element) for local in reversed(path.locals_))
    return Message("chain.path", {"links": links, "many": many, "guards": path.guards})


def _factors(stage: Stage, view: View, told: Told) -> Iterator[Block]:
    """The local derivatives: those known from above in a line each, a section for each new one."""
    factors = list(dict.fromkeys(local for path in stage.paths for local in path.locals_))
    if view.detail == Detail.BRIEF:
        yield from _in_lines("factor.brief", factors, told)
        return
    yield from _in_lines("factor.known", [local for local in factors if told.knows(local)], told)
    for local in factors:
        if not told.knows(local):
            told.locals_.append(local)
            yield head("factor.heading", 3, element=local.element, by=local.by)
            yield from factor_section(local, view.detail, told.nodes)


def _in_lines(key: str, factors: Sequence[Local], told: Told) -> Iterator[Block]:
    if factors:
        yield say(key, count=len(factors), renamed=any(local not in told.locals_ for local in factors))
    for local in factors:
        yield Equations(Partial(local.element, local.by), (local.result,))


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
    layers = _layers(derivation)
    for condition in derivation.target.conditions:
        yield _condition(condition, derivation.by, layers)


def _condition(condition: Condition, by: Quantity, layers: Mapping[Index, tuple[Index, ...]]) -> Block:
    """What must hold for the target to exist."""
    match condition:
        case Compare("<", IndexValue(have), IndexValue(size)) if have.value is not None:
            labels = layers.get(size, ())
            key = "condition.nodes" if len(labels) == 1 else "condition.size"
            return say(key, by=by, count=have.value + 1, size=size, layers=labels)
    return say("condition.other", condition=condition)


def _assumption(condition: Condition) -> Block:
    """What the inputs were promised to satisfy."""
    match condition:
        case Compare("==", Fold("sum", body), right) if right == ONE:
            return say("condition.sum_to_one", body=body, condition=condition)
    return say("condition.assumed", condition=condition)


def _all_samples(derivation: Derivation, view: View) -> Iterator[Block]:
    """The mean over all training samples: C = 1/n sum(C_i), or their sum."""
    whole, letter = Quantity("C"), Symbol("i")
    count = index(_samples(derivation, view))
    one = Quantity("C", None, (index(letter),))
    shift = view.notation.sample_base - view.notation.base  # what the notation adds to every index is too much here

    def together(body: Expr) -> Expr:
        added = Fold("sum", body, letter, index(shift), count + shift)
        return Product((Quotient(ONE, IndexValue(count)), added)) if view.notation.mean else added

    how = "mean" if view.notation.mean else "sum"
    yield head("samples.heading")
    yield say(f"samples.{how}.definition", whole=whole, of=derivation.of, count=count, first=view.notation.sample_base)
    yield Equations(whole, (together(one),))
    yield say(f"samples.{how}.derivative")
    yield Equations(Gradient(whole, derivation.by), (together(Gradient(one, derivation.by)),))


def _samples(derivation: Derivation, view: View) -> Symbol:
    """The letter for the number of samples: not the one that somebody chose as the size of a layer."""
    chosen = {s.name for size in _layers(derivation) for s in size.symbols if s.label is None}
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
