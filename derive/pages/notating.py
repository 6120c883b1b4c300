"""A notation for given models: what it turns depends on what is a weight there, and what a size."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from functools import lru_cache

from derive.calculus.domains import fixed_indices, fixed_symbols
from derive.calculus.families import biases, pre_activations, weights
from derive.model.functions import known
from derive.model.given import applied
from derive.model.model import Model
from derive.notation.notations import SAMPLES, Notation

DELTA = "delta"


def adapted(notation: Notation, models: Iterable[Model], *, deltas: bool = False, apart: bool = False) -> Notation:
    """The notation for these models; a family whose letter in the book is another one's here keeps its own.

    With `deltas`, the derivative of the loss by the pre-activations gets a name, where they are of one family only.
    With `apart`, every size has a letter of its own.
    """
    found = tuple(models)
    named = {name for model in found for name in pre_activations(model)}
    return _adapted(
        notation,
        frozenset(name for model in found for name in model.families),
        frozenset[str]().union(*map(weights, found)),
        frozenset[str]().union(*map(biases, found)),
        frozenset(s.name for model in found for s in fixed_symbols(model) - fixed_indices(model)),
        named.pop() if deltas and len(named) == 1 else None,
        apart,
    )


@lru_cache(maxsize=256)
def _adapted(
    notation: Notation,
    families: frozenset[str],
    weights: frozenset[str],
    biases: frozenset[str],
    fixed: frozenset[str],
    delta: str | None,
    apart: bool,
) -> Notation:
    """One object for each choice, as what is printed in a notation is remembered by it."""
    free = _free(notation.families, families)
    notation = notation if free == notation.families else replace(notation, families=free)
    own = notation if delta is None else replace(notation, deltas={delta: notation.delta_name or DELTA})
    if apart:
        own = replace(own, sizes_apart=True, letters={**own.letters, SAMPLES: "N"})
    return own if own.is_ordinary else replace(own, weights=weights, biases=biases, fixed=fixed | {SAMPLES, "N"})


def _free(renamed: Mapping[str, str], families: frozenset[str]) -> Mapping[str, str]:
    """The new names that no family of the models has which keeps its own."""
    kept = dict(renamed)
    while taken := {old for old, new in kept.items() if new != old and new in families and new not in kept}:
        kept = {old: new for old, new in kept.items() if old not in taken}
    return kept


Clash = tuple[str, tuple[str, ...]]


def clashes(notation: Notation, model: Model) -> tuple[Clash, ...]:
    """The letters that a notation uses for several things of a model, each with the kinds of things that it means.

    A letter that the model itself uses twice, as n for the sizes of several layers, is no clash.
    """
    meanings: dict[str, dict[tuple[str, str], None]] = {}
    own = [("family", name, notation.family(name)) for name in model.families]
    own += [("size", s.name, notation.letter(s)) for s in sorted(fixed_symbols(model), key=lambda s: s.name)]
    own += [("function", f.name, notation.function(f.name)) for f in applied(model) if known(f.name) is None]
    for kind, name, printed in own:
        meanings.setdefault(printed, {})[kind, name] = None
    return tuple((printed, tuple(kind for kind, _ in found)) for printed, found in meanings.items() if len(found) > 1)
