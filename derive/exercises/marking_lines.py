"""Working in lines: which line is the first that does not follow, and what is right from there on.

A line says that one expression equals another. It is right where the judge finds both the same. After a wrong line
others may follow from it: where what it claims of a derivative is put in the place of that derivative, they hold.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

from derive.calculus.derivation import Derivation
from derive.exercises.canonical import canonical
from derive.exercises.marking_judges import Judges
from derive.exercises.marking_reading import Kind, key, kind
from derive.exercises.verdict import LineVerdict, Standing
from derive.pages.blocks import Equations
from derive.writing.nodes import Delta, ExpandedSum, Expr, Fold, Gradient, Node, Number, Partial, Quantity
from derive.writing.walk import replaced, walk

_OPEN = (Partial, Gradient, Fold, ExpandedSum, Delta)  # what is still to be worked out


@dataclass(frozen=True)
class Equality:
    """`left = right`, the line of this number, in a chain that begins with `head`."""

    number: int
    left: Expr
    right: Expr
    head: Expr

    @property
    def starts(self) -> bool:
        """Whether the left side was written in it, not carried over."""
        return self.left is self.head

    @property
    def read(self) -> Equations:
        """As it was written."""
        return Equations(self.left, (self.right,))


def equalities(chains: Sequence[Sequence[Expr]]) -> tuple[Equality, ...]:
    """Every equality of the chains a = b = c, numbered through; a lone expression is no equality."""
    found: list[Equality] = []
    for chain in chains:
        for left, right in pairwise(chain):
            found.append(Equality(len(found) + 1, left, right, chain[0]))
    return tuple(found)


class Workings:
    """Judges lines of working about one derivation."""

    def __init__(self, judges: Judges, derivation: Derivation | None) -> None:
        self.judges = judges
        self.products: Mapping[Node, Expr] = dict(_products(derivation)) if derivation is not None else {}

    def judged(self, lines: Sequence[Equality]) -> tuple[LineVerdict, ...]:
        """How each line stands to those above it."""
        claims: dict[Node, Expr] = {}
        found: list[LineVerdict] = []
        slipped: Expr | None = None
        for line in lines:
            standing = self._standing(line, claims, slipped)
            if standing is not Standing.RIGHT and line.starts:
                claims |= dict.fromkeys(_both(line.left), line.right)
            if standing is Standing.WRONG:
                slipped = line.right
            found.append(LineVerdict(line.number, line.read, standing, line.head))
        return tuple(found)

    def _standing(self, line: Equality, claims: Mapping[Node, Expr], slipped: Expr | None) -> Standing:
        same = self.judges.same_on_a_path(line.left, line.right)
        if same is None:
            return Standing.UNSURE
        if same:
            carried = slipped is not None and not line.starts and self.judges.same(line.left, slipped)
            return self._carried(line.left, line.right) if carried else Standing.RIGHT
        for left in self._given(line.left, claims):
            if self.judges.same(left, line.right):
                trivial = any(isinstance(claim, Number) for claim in claims.values())
                return Standing.TRIVIAL if trivial else Standing.FOLLOWS
        return Standing.WRONG

    def _carried(self, left: Expr, right: Expr) -> Standing:
        """A line that goes on from the wrong one: trivial where nothing was left to be worked out."""
        done = not any(isinstance(n, _OPEN) for n in walk(left)) or canonical(left) == canonical(right)
        return Standing.TRIVIAL if done else Standing.FOLLOWS

    def _given(self, left: Expr, claims: Mapping[Node, Expr]) -> Iterator[Expr]:
        """The left side with what was claimed in its place, also inside the product that the chain rule makes of it."""
        if not claims:
            return
        own = _both(left)
        for before in (left, self.products.get(left, left)):
            after = replaced(before, {node: claim for node, claim in claims.items() if node not in own})
            if after != before:
                yield after


def _both(derivative: Expr) -> tuple[Node, ...]:
    """A derivative of a quantity as the local one and as that through everything: people write both alike."""
    match derivative:
        case Partial(Quantity() as of, by) | Gradient(of, by):
            return (Partial(of, by), Gradient(of, by))
    return ()


def _products(derivation: Derivation) -> Iterator[tuple[Node, Expr]]:
    """{derivative of the loss: what the chain rule makes of it}"""
    for stage in derivation.stages:
        if stage.steps and stage.steps[0].rule == "chain rule over paths":
            yield Gradient(derivation.of, stage.by), stage.steps[0].after


def first_wrong(lines: Sequence[LineVerdict]) -> LineVerdict | None:
    """The first line that does not follow."""
    return next((line for line in lines if line.standing is Standing.WRONG), None)


def worked_out(lines: Sequence[LineVerdict], standing: frozenset[Kind]) -> frozenset[Kind]:
    """The kinds of derivatives that right lines work out, so that later ones may speak of them; `standing` ones too."""
    known = set(standing)
    for line in lines:
        own, written = kind(line.head), [n for n in walk(line.read.members[0]) if key(n)]
        is_new = own is not None and key(line.head) not in map(key, written)
        if line.standing is Standing.RIGHT and own and is_new and {kind(n) for n in written} <= {*known, own}:
            known.add(own)
    return frozenset(known)
