"""What is known when answers about a model are read: its families, sizes and functions, in a notation.

Without a model the lesson's conventions hold: sigma is the sigmoid and g unknown, and delta_j^{(l)} stands for the
derivative of C_0 by z_j^{(l)}.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace

from derive.calculus.axes import choosing
from derive.calculus.families import pre_activations
from derive.model.functions import FUNCTIONS
from derive.model.mentions import model_mentions
from derive.model.model import Model
from derive.model.names import OF_SEVERAL, RESERVED
from derive.notation.notations import LESSON, Notation
from derive.notation.reading.conventions import Conventions, Extent, Family
from derive.notation.telling import told, told_place
from derive.writing.index import Index, Symbol, index
from derive.writing.nodes import Apply, Fold, Node, Quantity
from derive.writing.walk import parts, quantities, walk

SPELLINGS: Mapping[str, str] = {
    **{
        "".join(c for c in name if c != "_"): known.name
        for known in FUNCTIONS.values()
        for name in (known.name, *known.aliases)
    },
    **{name: name for name in (*FUNCTIONS, *OF_SEVERAL)},
    "ln": "log",
    "sgn": "sign",
    "sigm": "sigmoid",
    "id": "identity",
}

PAIR = 2  # the indices of a weight
L, j, k = index(Symbol("L")), Symbol("j"), Symbol("k")


def lesson_conventions(notation: Notation = LESSON) -> Conventions:
    """What holds where no model is given: the letters of the lesson, which may leave out layers and indices."""
    counts = {"a": 1, "z": 1, "b": 1, "y": 1, "w": 2, "x": 1}
    families = {name: Family(name not in {"y", "x"}, count, exact=False) for name, count in counts.items()}
    width, below = index(Symbol("n", L)), index(Symbol("n", L - 1))
    sizes = [("a", 0, width), ("z", 0, width), ("b", 0, width), ("w", 0, width), ("w", 1, below)]
    extents = [Extent(name, L, place, index(0), size) for name, place, size in sizes]
    losses = {"C0": Family(), "C": Family()}
    found = Conventions(
        families={**families, **losses},
        sizes={"n_samples": False, "n": True, "L": False, "l": False, "ell": False, "m": False, "N": False},
        functions={"g": True},
        known=SPELLINGS,
        losses=("C0", "C", "E", "J"),
        deltas={"delta": "z"},
        labels=frozenset({"L", "l", "ell"}),
        extents=(*extents, *_without_layers(sizes)),
        notation=notation,
        open=True,
    )
    whole = {name: replace(form, exact=True, free_label=True) for name, form in families.items()}
    of_arrays = (Extent(name, None, place, index(0), width) for name, count in counts.items() for place in range(count))
    with_layers = tuple(extent for extent in extents if extent.label is not None)
    for_arrays = replace(found, families={**whole, **losses}, extents=(*with_layers, *of_arrays))
    return replace(found, for_arrays=for_arrays)


def _without_layers(sizes: list[tuple[str, int, Index]]) -> Iterator[Extent]:
    """The ranges of what is written without its layer: all of one size; y has that of the last layer's nodes."""
    yield Extent("y", None, 0, index(0), index(Symbol("n", L)))
    for name, place, _ in sizes:
        yield Extent(name, None, place, index(0), index(Symbol("n")))


def conventions_of(model: Model, notation: Notation = LESSON, of: Quantity | None = None) -> Conventions:
    """What a model and a notation say; `of` is the loss where the model leaves several in question."""
    families = {name: replace(_family(model, name), choosing=_choosing(model, name)) for name in model.families}
    functions = {a.function.name: a.function.label for a in _unknown(model)}
    deltas = {name: family for family, name in notation.deltas.items() if family in families}
    return Conventions(
        families=families,
        sizes=_sizes(model),
        functions={name: label is not None for name, label in functions.items()},
        known={word: name for word, name in SPELLINGS.items() if word not in functions},
        losses=(of.family,) if of is not None else _losses(model),
        deltas=deltas or _deltas(model),
        labels=_labels(model),
        function_labels={name: _function_labels(model, name) for name in functions},
        extents=tuple(_told_extent(extent, notation) for extent in dict.fromkeys(_extents(model))),
        numbers=model.sizes,
        notation=notation,
    )


def _told_extent(extent: Extent, notation: Notation) -> Extent:
    """The range of an index as the notation counts it, at the place where the notation writes it."""
    own = Quantity(extent.family, extent.label)
    turned = notation.from_to and extent.family in notation.weights and extent.place < PAIR
    return Extent(
        extent.family,
        told(own, notation).label,
        PAIR - 1 - extent.place if turned else extent.place,
        told_place(extent.lower, notation),
        told_place(extent.upper, notation),
    )


def _mentioned(model: Model) -> Iterator[Quantity]:
    for equation in model.equations:
        yield equation.left
        yield from quantities(equation.right)


def _family(model: Model, name: str) -> Family:
    found = [q for q in _mentioned(model) if q.family == name]
    labels = dict.fromkeys(q.label for q in found if q.label is not None)
    return Family(found[0].label is not None, len(found[0].indices), tuple(labels))


def _choosing(model: Model, name: str) -> int:
    """How many indices, from the first on, choose an array; all of them where others do so too."""
    count = _family(model, name).indices
    places = [place for family, place in choosing(model) if family == name]
    return len(places) if sorted(places) == list(range(len(places))) else count


def _unknown(model: Model) -> Iterator[Apply]:
    """Every application of a function that no catalogue knows."""
    for equation in model.equations:
        for node in walk(equation.right):
            if isinstance(node, Apply) and node.function.name not in RESERVED:
                yield node


def _function_labels(model: Model, name: str) -> tuple[Index, ...]:
    labels = (a.function.label for a in _unknown(model) if a.function.name == name)
    return tuple(dict.fromkeys(label for label in labels if label is not None))


def _sizes(model: Model) -> dict[str, bool]:
    """Letters that nothing binds, and the letters of layers, each with whether it carries a label."""
    found: dict[str, bool] = {}
    for mention in model_mentions(model):
        for symbol in sorted(mention.index.symbols - mention.bound, key=lambda s: s.name):
            found[symbol.name] = found.get(symbol.name, False) or symbol.label is not None
    return found


def _labels(model: Model) -> frozenset[str]:
    """The letters of layers."""
    labels = [m.index for m in model_mentions(model) if m.role == "label"]
    return frozenset(s.name for label in labels for s in label.symbols)


def _losses(model: Model) -> tuple[str, ...]:
    """What is defined, and used by nothing."""
    return tuple(name for name in model.definitions if name not in model.uses)


def _deltas(model: Model) -> dict[str, str]:
    """delta for the pre-activation, where there is one, its name is free, and it cannot look like Kronecker's."""
    named = pre_activations(model)
    if len(named) != 1 or "delta" in model.families:
        return {}
    form = _family(model, named[0])
    return {} if form.indices == 2 and not form.labelled else {"delta": named[0]}


def _extents(model: Model) -> Iterator[Extent]:
    """The range of every index that is a letter of a range around it."""
    for equation in model.equations:
        around = {r.symbol: (r.lower, r.upper) for r in equation.ranges}
        yield from _own_extents(equation.left, around)
        yield from _inner_extents(equation.right, around)


Ranges = Mapping[Symbol, tuple[Index, Index]]


def _inner_extents(node: Node, around: Ranges) -> Iterator[Extent]:
    if isinstance(node, Quantity):
        yield from _own_extents(node, around)
    if isinstance(node, Fold):
        around = {**around, node.symbol: (node.lower, node.upper)}
    for part in parts(node):
        yield from _inner_extents(part, around)


def _own_extents(quantity: Quantity, around: Ranges) -> Iterator[Extent]:
    for place, at in enumerate(quantity.indices):
        if at.symbol is not None and at.symbol in around:
            yield Extent(quantity.family, quantity.label, place, *around[at.symbol])
