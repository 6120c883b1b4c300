"""The computational graph of a model: an arrow from what is mentioned to what it is computed into.

Families stand in columns, by how far they are from the loss. What lies on a way from the target to the loss is told
apart, so that all paths are seen at once.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from math import hypot

from derive.calculus.derivation import Derivation
from derive.calculus.families import lettered
from derive.model.model import Model
from derive.pictures.drawing import Arc, Drawing, Item, Label, Line, Place, Role, Shape
from derive.writing.index import Index
from derive.writing.nodes import Quantity
from derive.writing.walk import quantities

LARGEST = 40  # nodes; a graph of more is a thicket
APART, BELOW, WIDTH, HEIGHT, MARGIN = 92.0, 44.0, 44.0, 26.0, 10.0
SWEEPS = 4


@dataclass(frozen=True, order=True)
class Family:
    """A node of the graph: a family, or one layer of a family whose layers are all numbered."""

    name: str
    label: int | None = None


Parents = Mapping[Family, tuple[Family, ...]]


def graph(derivation: Derivation) -> Drawing | None:
    """The graph of all that the loss is computed from; None where it has too many nodes to be read."""
    model = derivation.model
    elements = _elements(derivation)
    node_of = _nodes_by(model)
    loss, target = node_of(derivation.of), node_of(derivation.by)
    parents = _parents(model, node_of, loss)
    if len(parents) > LARGEST:
        return None
    columns = _ordered(_columns(loss, parents), parents)
    passed = _below(target, parents)
    return _drawn(columns, parents, passed, {node: elements[node] for node in parents}, model)


def _nodes_by(model: Model) -> Callable[[Quantity], Family]:
    """What tells a quantity's node: its family, with its label where the model has numbers only for labels."""
    labels: dict[str, set[Index | None]] = {}
    for equation in model.equations:
        for quantity in (equation.left, *quantities(equation.right)):
            labels.setdefault(quantity.family, set()).add(quantity.label)
    numbered = {name for name, own in labels.items() if all(i is not None and i.value is not None for i in own)}
    return lambda q: Family(q.family, q.label.value if q.family in numbered and q.label is not None else None)


def _parents(model: Model, node_of: Callable[[Quantity], Family], loss: Family) -> Parents:
    """What each node is computed from, for all that the loss is computed from."""
    direct: dict[Family, dict[Family, None]] = {}
    for equation in model.equations:
        own = direct.setdefault(node_of(equation.left), {})
        own.update(dict.fromkeys(map(node_of, quantities(equation.right))))
    found: dict[Family, tuple[Family, ...]] = {}
    waiting = [loss]
    while waiting:
        node = waiting.pop(0)
        if node not in found:
            found[node] = tuple(direct.get(node, ()))
            waiting += found[node]
    return found


def _below(target: Family, parents: Parents) -> frozenset[Family]:
    """The target and all that is computed from it."""
    reached = {target}
    while more := {node for node, own in parents.items() if node not in reached and reached.intersection(own)}:
        reached |= more
    return frozenset(reached)


def _elements(derivation: Derivation) -> dict[Family, Quantity]:
    """How a node is written: the target and the loss as they are, others as the equation of most letters has them."""
    model = derivation.model
    node_of = _nodes_by(model)
    by_letters = sorted(model.equations, key=lambda equation: len(equation.ranges))
    found = {node_of(q): q for equation in model.equations for q in quantities(equation.right)}
    found |= {node_of(q): q for name in model.given for q in lettered(model, name)}
    found |= {node_of(equation.left): equation.left for equation in by_letters}
    return found | {node_of(derivation.by): derivation.by, node_of(derivation.of): derivation.of}


# ---------------------------------------------------------------- columns


def _columns(of: Family, parents: Parents) -> list[list[Family]]:
    """Nodes by their longest way to the loss, the loss's column first; arrows that go round are left out."""
    onwards: dict[Family, list[Family]] = {}
    _visit(of, frozenset(), parents, onwards)
    depth = dict.fromkeys(onwards, 0)
    for node in reversed(onwards):
        for parent in onwards[node]:
            depth[parent] = max(depth[parent], depth[node] + 1)
    columns: list[list[Family]] = [[] for _ in range(max(depth.values()) + 1)]
    for node in parents:
        columns[depth[node]].append(node)
    return columns


def _visit(node: Family, way: frozenset[Family], parents: Parents, onwards: dict[Family, list[Family]]) -> None:
    """Note what a node is computed from, without what lies on the way to it; every node comes after those it needs."""
    inner = way | {node}
    needed = [parent for parent in parents[node] if parent not in inner]
    for parent in needed:
        if parent not in onwards:
            _visit(parent, inner, parents, onwards)
    onwards[node] = needed


def _ordered(columns: list[list[Family]], parents: Parents) -> list[list[Family]]:
    """Each column in the order in which its arrows cross least: by the mean height of its neighbours."""
    children = {name: [child for child, own in parents.items() if name in own] for name in parents}
    for sweep in range(SWEEPS):
        upwards = sweep % 2 == 0
        order = columns if upwards else columns[::-1]
        neighbours = children if upwards else parents
        heights: dict[Family, float] = {}
        for column in order:
            column.sort(key=lambda name: _mean(heights, neighbours[name], name))
            heights |= {name: (i + 0.5) / len(column) for i, name in enumerate(column)}
    return columns


def _mean(heights: Mapping[Family, float], neighbours: Iterable[Family], name: Family) -> float:
    known = [heights[other] for other in neighbours if other in heights and other != name]
    return sum(known) / len(known) if known else 0.5


# ---------------------------------------------------------------- where everything stands


def _drawn(
    columns: list[list[Family]],
    parents: Parents,
    passed: frozenset[Family],
    elements: Mapping[Family, Quantity],
    model: Model,
) -> Drawing:
    width = 2 * MARGIN + WIDTH + APART * (len(columns) - 1)
    height = BELOW * max(map(len, columns))
    places = {name: place for i, column in enumerate(columns) for name, place in _places(column, width, i, height)}
    above, below = _room(list(_arrows(places, parents, passed)), height)
    places = {name: (x, y + above) for name, (x, y) in places.items()}
    arrows = sorted(_arrows(places, parents, passed), key=lambda arrow: arrow.role != "pale")
    (loss,) = columns[0]
    nodes = [
        item
        for name in parents
        for item in _node(
            elements[name], places[name], name.name not in model.definitions, name in passed, name == loss
        )
    ]
    return Drawing(width, above + height + below, (*arrows, *nodes))


def _arrows(places: Mapping[Family, Place], parents: Parents, passed: frozenset[Family]) -> Iterator[Line | Arc]:
    for name, own in parents.items():
        for parent in own:
            yield _arrow(places[parent], places[name], parent, name, passed)


def _room(arrows: Iterable[Line | Arc], height: float) -> tuple[float, float]:
    """How far arrows that are bent lead above and below the nodes, and a margin."""
    bends = [(arrow.start[1] + arrow.end[1]) / 4 + arrow.over[1] / 2 for arrow in arrows if isinstance(arrow, Arc)]
    return MARGIN + max(0.0, -min(bends, default=0.0)), MARGIN + max(0.0, max(bends, default=0.0) - height)


def _places(column: list[Family], width: float, position: int, height: float) -> Iterator[tuple[Family, Place]]:
    x = width - MARGIN - WIDTH / 2 - APART * position
    step = height / len(column)
    return ((name, (x, step * (row + 0.5))) for row, name in enumerate(column))


def _arrow(start: Place, end: Place, parent: Family, name: Family, passed: frozenset[Family]) -> Line | Arc:
    role: Role = "activation" if parent in passed and name in passed else "pale"
    if parent == name:
        return _loop(start, role)
    begin, stop = (start[0] + WIDTH / 2, start[1]), (end[0] - WIDTH / 2, end[1])
    if end[0] - start[0] > 1.5 * APART:
        return Arc(begin, ((begin[0] + stop[0]) / 2, _outside(begin, stop)), stop, role)
    if end[0] <= start[0]:
        return Arc((start[0], start[1] - HEIGHT / 2), ((start[0] + end[0]) / 2, min(start[1], end[1]) - BELOW),
                   (end[0], end[1] - HEIGHT / 2), role)  # fmt: skip
    return Line(begin, stop, role, True)


def _loop(place: Place, role: Role) -> Arc:
    """A recurrence: from a family to itself."""
    x, y = place
    return Arc((x + WIDTH / 4, y - HEIGHT / 2), (x, y - HEIGHT / 2 - 22), (x - WIDTH / 4, y - HEIGHT / 2), role)


def _outside(begin: Place, stop: Place) -> float:
    """How far an arrow that passes over columns is bent, so that it does not run through their nodes."""
    return (begin[1] + stop[1]) / 2 + 0.22 * hypot(stop[0] - begin[0], stop[1] - begin[1])


def _node(element: Quantity, place: Place, given: bool, is_passed: bool, is_loss: bool) -> Iterator[Item]:
    role: Role = "activation" if is_passed else "plain"
    if is_loss:
        yield Shape("ring", place, WIDTH, HEIGHT, "error")
    else:
        yield Shape("box" if given else "disc", place, WIDTH, HEIGHT, role)
    yield Label(place, element)
