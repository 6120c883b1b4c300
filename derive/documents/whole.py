"""The whole gradient of a model in one document: every parameter, from the loss backwards, shared parts told once."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from derive.calculus.derivation import Derivation
from derive.documents.lesson import Told, View, deltas, stage_section, viewed
from derive.pages.blocks import Block, Document, Equations, Message, flat, head, say
from derive.writing.nodes import Gradient


def whole_gradient(derivations: Sequence[Derivation], view: View) -> Document:
    """One document for the derivatives of a loss by several quantities."""
    title = Message("whole.title", {"of": derivations[0].of})
    return Document(title, flat(_blocks(derivations, view)), about=tuple(derivations))


def _blocks(derivations: Sequence[Derivation], view: View) -> Iterator[Block]:
    of, model = derivations[0].of, derivations[0].model
    yield head("whole.model")
    yield say("whole.equations", of=of)
    yield from (Equations(equation.left, (equation.right,)) for equation in model.equations)
    yield say("whole.asked", of=of, by=tuple(d.by for d in derivations))
    stages = {stage.by: stage for derivation in derivations for stage in derivation.stages}
    yield from deltas(tuple(stages.values()), of, view)
    told = Told()
    for derivation in derivations:
        for stage in derivation.stages:
            if stage.by not in told.nodes:
                yield from stage_section(stage, derivation, view, told)
    yield head("whole.results")
    yield say("whole.summary", of=of, count=len(derivations))
    for derivation in derivations:
        yield Equations(Gradient(of, derivation.by), (derivation.result,))
        yield from viewed(derivation, view)
