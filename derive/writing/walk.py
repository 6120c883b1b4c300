"""Walking over trees: parts, rebuilding, replacing, and renaming indices without capture."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any, TypeVar, cast

from derive.writing.index import Index, Symbol, index
from derive.writing.nodes import ExpandedSum, Expr, Fold, Function, Node, Quantity

N = TypeVar("N", bound=Node)
Renaming = Mapping[Symbol, Index]


def parts(node: Node) -> Iterator[Node]:
    """The nodes directly below, in reading order."""
    for name in node.INSIDE:
        value = getattr(node, name)
        if isinstance(value, Node):
            yield value
        elif isinstance(value, tuple):
            for item in value:
                if isinstance(item, Node):
                    yield item


def walk(node: Node) -> Iterator[Node]:
    """The node and all below it, in reading order; the sigma behind an expanded sum is not written, so left out."""
    yield node
    for part in node.terms if isinstance(node, ExpandedSum) else parts(node):
        yield from walk(part)


def indices(node: Node) -> Iterator[Index]:
    """The indices that stand in the node itself, not those below it."""
    for name in node.INSIDE:
        value = getattr(node, name)
        if isinstance(value, Index):
            yield value
        elif isinstance(value, Function) and value.label is not None:
            yield value.label
        elif isinstance(value, tuple):
            yield from (item for item in value if isinstance(item, Index))


def rebuilt(node: N, inner: Callable[[Node], Node], outer: Callable[[Index], Index] | None = None) -> N:
    """The same node with `inner` applied to the nodes directly below and `outer` to its own indices."""
    changed: dict[str, object] = {}
    for name in node.INSIDE:
        old = getattr(node, name)
        new = _mapped(old, inner, outer)
        if new is not old:
            changed[name] = new
    if not changed:
        return node
    return type(node)(*[changed[name] if name in changed else getattr(node, name) for name in node.FIELDS])


def _mapped(value: Any, inner: Callable[[Node], Node], outer: Callable[[Index], Index] | None) -> Any:
    if isinstance(value, Node):
        return inner(value)
    if isinstance(value, tuple):
        mapped = tuple(_mapped(item, inner, outer) for item in value)
        return value if all(new is old for new, old in zip(mapped, value, strict=True)) else mapped
    if outer is not None:
        if isinstance(value, Index):
            return outer(value)
        if isinstance(value, Function) and value.label is not None:
            return Function(value.name, outer(value.label), value.orders)
    return value


def replaced(node: N, table: Mapping[Node, Node]) -> N:
    """The tree with every node that is a key of `table` replaced, the largest first."""
    if node in table:
        return cast(N, table[node])
    return rebuilt(node, lambda part: replaced(part, table))


def free_symbols(node: Node) -> frozenset[Symbol]:
    """The letters, labels and sizes that the node mentions and does not bind itself; the node remembers them."""
    known: frozenset[Symbol] | None = node.__dict__.get("_free")
    if known is None:
        known = node.__dict__["_free"] = _free_symbols(node)
    return known


def _free_symbols(node: Node) -> frozenset[Symbol]:
    found = frozenset().union(*(i.symbols for i in indices(node)), *(free_symbols(p) for p in parts(node)))
    if isinstance(node, Fold):
        bounds = node.lower.symbols | node.upper.symbols
        return (found - {node.symbol}) | bounds
    if isinstance(node, ExpandedSum):
        return free_symbols(node.sigma).union(*(i.symbols for i in node.shown if i is not None))
    return found


def bound_names(node: Node) -> frozenset[str]:
    """The names of all indices that some sum in the tree binds."""
    own = {node.symbol.name} if isinstance(node, Fold) else set()
    return frozenset(own).union(*(bound_names(p) for p in parts(node)))


def names_in(node: Node) -> frozenset[str]:
    """Every name that stands in the tree: families, letters, sizes."""
    found = {s.name for s in free_symbols(node)} | bound_names(node)
    return frozenset(found | {n.family for n in walk(node) if isinstance(n, Quantity)})


def substitute(node: N, renaming: Renaming) -> N:
    """The tree with free letters replaced by indices; a bound letter that would capture one of them is renamed."""
    if not renaming:
        return node
    if isinstance(node, Fold):
        return cast(N, _substitute_fold(node, renaming))
    if isinstance(node, ExpandedSum):
        return cast(N, _substitute_expanded(node, renaming))
    return rebuilt(node, lambda part: substitute(part, renaming), lambda i: i.substitute(renaming))


def _substitute_fold(fold: Fold, renaming: Renaming) -> Fold:
    inner = {s: i for s, i in renaming.items() if s != fold.symbol}
    symbol = fold.symbol
    entering = {s.name for i in inner.values() for s in i.symbols}
    if symbol.name in entering:
        symbol = fresh(symbol, entering | names_in(fold))
        inner = {**inner, fold.symbol: index(symbol)}
    return Fold(
        fold.kind,
        substitute(fold.body, inner),
        symbol,
        fold.lower.substitute(renaming),
        fold.upper.substitute(renaming),
        tuple(substitute(condition, inner) for condition in fold.where),
    )


def _substitute_expanded(expanded: ExpandedSum, renaming: Renaming) -> ExpandedSum:
    return ExpandedSum(
        _substitute_fold(expanded.sigma, renaming),
        tuple(None if i is None else i.substitute(renaming) for i in expanded.shown),
        tuple(substitute(term, renaming) for term in expanded.terms),
    )


LETTERS = ("i", "j", "k", "m", "p", "q", "r", "s", "t", "u", "v")


def fresh(symbol: Symbol, taken: Iterable[str]) -> Symbol:
    """The letter itself where it is not taken, otherwise the first free one of i, j, k, m, …, at last i1, i2, …

    l is left out: it looks like 1, and people read it as a layer.
    """
    used = set(taken)
    numbered = (f"{symbol.name}{n}" for n in range(1, len(used) + 2))
    return Symbol(next(name for name in (symbol.name, *LETTERS, *numbered) if name not in used))


def contains(node: Node, family: str) -> bool:
    """Whether some element of the family stands in the tree."""
    return any(isinstance(n, Quantity) and n.family == family for n in walk(node))


def quantities(node: Node) -> Iterator[Quantity]:
    """Every quantity that stands in the tree, in reading order, repeated where it is repeated."""
    return (n for n in walk(node) if isinstance(n, Quantity))


def expressions(node: Node) -> Iterator[Expr]:
    """Every expression of the tree, conditions left out."""
    return (n for n in walk(node) if isinstance(n, Expr))
