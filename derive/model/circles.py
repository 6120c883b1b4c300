"""Definitions that need themselves: a -> b -> a. Recurrences that go back, or forth, are none."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import singledispatch

from derive.model.concrete import Definition, Element, Example, Values, examples, quantity_of
from derive.model.model import Equation, Model
from derive.writing.nodes import Cases, Compare, Condition, Fold, IndexValue, Logic, Node, Not, Quantity
from derive.writing.walk import parts, quantities

Circle = list[tuple[Element, Definition]]


def circle(model: Model) -> tuple[Equation, tuple[Quantity, ...]] | None:
    """The first circle: the equation where it begins, and its elements, the first one again at the end."""
    families = on_circles(model)
    if not families:
        return None
    # The third example turns the sizes' order round, which may leave ranges empty where a circle is.
    first, second, _ = examples(model, families)
    found = _circle(first)
    if found is None or _circle(second) is None:
        return None
    path = tuple(quantity_of(element, definition) for element, definition in found)
    return found[0][1].equation, (*path, path[0])


def on_circles(model: Model) -> frozenset[str]:
    """The families that need each other, whatever their indices, or stand between such families."""
    needs = {
        family: {q.family for equation in equations for q in quantities(equation.right)} & model.definitions.keys()
        for family, equations in model.definitions.items()
    }
    needs = _without_ends(needs)
    users: dict[str, set[str]] = {family: set() for family in needs}
    for family, found in needs.items():
        for needed in found:
            users[needed].add(family)
    return frozenset(_without_ends(users))


def _without_ends(graph: dict[str, set[str]]) -> dict[str, set[str]]:
    """The graph without what leads nowhere, again and again."""
    sources: dict[str, list[str]] = {node: [] for node in graph}
    for node, targets in graph.items():
        for target in targets:
            sources[target].append(node)
    left = {node: len(targets) for node, targets in graph.items()}
    ends = [node for node, number in left.items() if not number]
    while ends:
        for source in sources[ends.pop()]:
            left[source] -= 1
            if not left[source]:
                ends.append(source)
    kept = {node for node, number in left.items() if number}
    return {node: targets & kept for node, targets in graph.items() if node in kept}


def _circle(example: Example) -> Circle | None:
    done: set[Element] = set()
    for definitions in example.definitions.values():
        for definition in definitions:
            for values in example.cases(definition):
                found = _search(example.element(definition.equation.left, values), example, done)
                if found:
                    return found
    return None


def _search(start: Element, example: Example, done: set[Element]) -> Circle | None:
    """Depth first without recursion, as a chain of elements may be long."""
    path: dict[Element, Definition] = {}
    stack = [iter([start])]
    while stack and example.left > 0:
        element = next(stack[-1], None)
        if element is None:
            stack.pop()
            done.update([path.popitem()[0]] if path else [])
        elif element in path:
            elements = list(path)
            return [(e, path[e]) for e in elements[elements.index(element) :]]
        elif element not in done and example.afford():
            definitions = list(example.defining(element))
            if definitions:
                path[element] = definitions[0][0]
                stack.append(_needed(definitions, example))
    return None


def _needed(definitions: Iterable[tuple[Definition, Values]], example: Example) -> Iterator[Element]:
    for definition, values in definitions:
        yield from needed(definition.equation.right, values, example)


# ---------------------------------------------------------------- what an expression needs


@singledispatch
def needed(node: Node, values: Values, example: Example) -> Iterator[Element]:
    """The elements, of the families that matter, that the value of an expression needs."""
    if example.afford():
        for part in parts(node):
            yield from needed(part, values, example)


@needed.register
def needed_by_quantity(node: Quantity, values: Values, example: Example) -> Iterator[Element]:
    if node.family in example.families and example.afford():
        yield example.element(node, values)


@needed.register
def needed_by_fold(node: Fold, values: Values, example: Example) -> Iterator[Element]:
    for value in example.run(node.lower, node.upper, values):
        inner = {**values, node.symbol: value}
        # A filter that depends on data may leave out whatever would close a circle.
        if example.afford() and all(truth(condition, inner, example) is True for condition in node.where):
            yield from needed(node.body, inner, example)


@needed.register
def needed_by_cases(node: Cases, values: Values, example: Example) -> Iterator[Element]:
    chosen = truth(node.condition, values, example)
    if chosen is not False:
        yield from needed(node.then, values, example)
    if chosen is not True:
        yield from needed(node.otherwise, values, example)


_RELATIONS = {
    "==": int.__eq__,
    "!=": int.__ne__,
    "<": int.__lt__,
    "<=": int.__le__,
    ">": int.__gt__,
    ">=": int.__ge__,
}


@singledispatch
def truth(condition: Condition, values: Values, example: Example) -> bool | None:  # noqa: ARG001
    """Whether a condition holds; None where it depends on more than indices."""
    raise TypeError(f"no truth for {type(condition).__name__}")


@truth.register
def truth_of_compare(condition: Compare, values: Values, example: Example) -> bool | None:
    match condition.left, condition.right:
        case IndexValue(left), IndexValue(right):
            return _RELATIONS[condition.relation](example.number(left, values), example.number(right, values))
    return None


@truth.register
def truth_of_logic(condition: Logic, values: Values, example: Example) -> bool | None:
    decisive = condition.connective == "or"
    found = [truth(part, values, example) for part in condition.parts]
    if decisive in found:
        return decisive
    return None if None in found else not decisive


@truth.register
def truth_of_not(condition: Not, values: Values, example: Example) -> bool | None:
    found = truth(condition.part, values, example)
    return None if found is None else not found
