"""What is known of letters and sizes, and what follows from it for indices."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from derive.model.model import Range
from derive.writing.index import Index, Monomial, Symbol, index
from derive.writing.nodes import Compare, Condition, IndexValue, Logic, Not

Terms = dict[Monomial, int]
_DEPTH = 8
_CONTRARY = {"==": "!=", "!=": "==", "<": ">=", ">=": "<", ">": "<=", "<=": ">"}


@dataclass(frozen=True)
class Facts:
    """Ranges of letters, values of sizes, differences known to be at least 0, and letters known to equal an index.

    A symbol with neither a range nor a value is a size or a layer's label: a whole number of at least 1, or where it is
    among `from_zero`, a fixed index of at least 0.
    """

    ranges: Mapping[Symbol, Range] = field(default_factory=dict)
    sizes: Mapping[Symbol, int] = field(default_factory=dict)
    known: tuple[Index, ...] = ()
    aliases: Mapping[Symbol, Index] = field(default_factory=dict)
    from_zero: frozenset[Symbol] = frozenset()

    def __hash__(self) -> int:
        """Of what tells facts apart most often, found once: facts are keys of what is remembered."""
        known: int | None = self.__dict__.get("_hash")
        if known is None:
            known = self.__dict__["_hash"] = hash((frozenset(self.ranges.items()), self.known))
        return known

    @property
    def names(self) -> frozenset[str]:
        """The letters that have a range, and the names that stand in the ranges."""
        ends = (symbol for r in self.ranges.values() for end in (r.lower, r.upper) for symbol in end.symbols)
        return frozenset(symbol.name for symbol in (*self.ranges, *ends))

    def within(self, ranges: Iterable[Range]) -> Facts:
        """The facts with the ranges of further letters, each of which hides an outer one of its name."""
        more = {r.symbol: r for r in ranges}
        if not more:
            return self
        outer = self if self.ranges.keys().isdisjoint(more) else self.without(more)
        return Facts({**outer.ranges, **more}, outer.sizes, outer.known, outer.aliases, self.from_zero)

    def given(self, conditions: Iterable[Condition]) -> Facts:
        """The facts with further conditions that hold."""
        conditions = tuple(conditions)
        more = tuple(d for condition in conditions for d in differences(condition))
        equal = dict(pair for condition in conditions for pair in equalities(condition) if pair[0] in self.ranges)
        if not more:
            return self
        return Facts(self.ranges, self.sizes, self.known + more, {**self.aliases, **equal}, self.from_zero)

    def without(self, letters: Iterable[Symbol]) -> Facts:
        """The facts that do not speak of the letters."""
        gone = frozenset(letters)
        ranges = {s: r for s, r in self.ranges.items() if s not in gone}
        aliases = {s: i for s, i in self.aliases.items() if s not in gone and gone.isdisjoint(i.symbols)}
        known = tuple(d for d in self.known if gone.isdisjoint(d.symbols))
        return Facts(ranges, self.sizes, known, aliases, self.from_zero)

    def decide(self, condition: Condition) -> bool | None:
        """Whether a condition on indices holds: True, False, or None where that is not known."""
        match condition:
            case Compare(relation, IndexValue(left), IndexValue(right)):
                return self._compare(relation, left, right)
            case Not(part):
                known = self.decide(part)
                return None if known is None else not known
            case Logic(connective, parts):
                return _joined(connective, [self.decide(part) for part in parts])
        return None

    def equal(self, left: Index, right: Index) -> bool | None:
        """Whether two indices are the same number: True, False, or None where that is not known."""
        return True if left == right else self._zero(right - left)

    def _compare(self, relation: str, left: Index, right: Index) -> bool | None:
        match relation:
            case "==":
                return self._zero(right - left)
            case "!=":
                same = self._zero(right - left)
                return None if same is None else not same
            case "<" | ">=":
                less = self._less(left, right)
                return less if relation == "<" or less is None else not less
            case _:
                more = self._less(right, left)
                return more if relation == ">" or more is None else not more

    def _zero(self, difference: Index) -> bool | None:
        difference = self._aliased(difference)
        if difference.value is not None:
            return difference.value == 0
        if self.at_least(difference, 1) or self.at_least(-difference, 1):
            return False
        same = bool(self.known) and self.at_least(difference, 0) and self.at_least(-difference, 0)
        return True if same else None

    def _less(self, left: Index, right: Index) -> bool | None:
        if self.at_least(right - left, 1):
            return True
        return False if self.at_least(left - right, 0) else None

    def at_least(self, difference: Index, bound: int) -> bool:
        """Whether difference >= bound follows, from the ranges alone or with one of the known differences."""
        difference = self._aliased(difference)
        if difference.value is not None:
            return difference.value >= bound
        if self._minimum(difference, bound):
            return True
        near = (known for known in self.known if not known.symbols.isdisjoint(difference.symbols))
        return any(self._minimum(difference - known, bound) for known in near)

    def _minimum(self, difference: Index, bound: int) -> bool:
        """Whether the least value is at least `bound`; letters stand at the ends of their ranges that make it least."""
        terms = dict(difference.terms)
        for _ in range(_DEPTH):
            letter = next((m[0] for m in terms if len(m) == 1 and m[0] in self.ranges), None)
            if letter is None:
                break
            c = terms.pop((letter,))
            if any(_mentions(monomial, letter) for monomial in terms):
                return False
            self._add_end(terms, self.ranges[letter], c)
        return self._least(terms) >= bound

    def _add_end(self, terms: Terms, span: Range, c: int) -> None:
        """Add c times the end of a range at which that is least: its beginning, or one less than its end."""
        end = span.lower if c > 0 else span.upper
        for monomial, coefficient in self._aliased(end).terms:
            terms[monomial] = terms.get(monomial, 0) + c * coefficient
        if c < 0:
            terms[()] = terms.get((), 0) - c

    def _aliased(self, difference: Index) -> Index:
        return difference.substitute(self.aliases) if self.aliases else difference

    def _least(self, terms: Terms) -> float:
        total: float = 0
        for monomial, c in terms.items():
            value = 1
            for symbol in monomial:
                if c and symbol not in self.sizes and (c < 0 or symbol in self.ranges):
                    return float("-inf")
                value *= self.sizes.get(symbol, int(symbol not in self.from_zero))
            total += c * value
        return total


def _mentions(monomial: Monomial, letter: Symbol) -> bool:
    return any(s == letter or (s.label is not None and letter in s.label.symbols) for s in monomial)


def within(inner: Index, span: Range) -> tuple[Condition, ...]:
    """The conditions for an index to lie in a range."""
    return (
        Compare("<=", IndexValue(span.lower), IndexValue(inner)),
        Compare("<", IndexValue(inner), IndexValue(span.upper)),
    )


def undecided(conditions: Iterable[Condition], facts: Facts) -> tuple[Condition, ...] | None:
    """The conditions that follow neither from the facts nor from those before them; None where one cannot hold."""
    left: list[Condition] = []
    for condition in conditions:
        known = (facts.given(left) if left else facts).decide(condition)
        if known is False:
            return None
        plain = balanced(condition)
        if known is None and plain not in left:
            left.append(plain)
    return tuple(left)


def balanced(condition: Condition) -> Condition:
    """The comparison of two indices without what stands on both sides: k + 1 < T + 1 is k < T."""
    match condition:
        case Compare(relation, IndexValue(left), IndexValue(right)):
            difference = right - left
            below = Index(tuple((m, -c) for m, c in difference.terms if c < 0))
            above = Index(tuple((m, c) for m, c in difference.terms if c > 0))
            if (left, right) != (below, above) and len(below.terms) + len(above.terms) < len(left.terms + right.terms):
                return Compare(relation, IndexValue(below), IndexValue(above))
    return condition


def contrary(condition: Condition) -> Condition:
    """The condition that holds exactly where the given one does not."""
    match condition:
        case Compare(relation, left, right):
            return Compare(_CONTRARY[relation], left, right)  # type: ignore[arg-type]
        case Not(part):
            return part
    return Not(condition)


def differences(condition: Condition) -> Iterable[Index]:
    """The differences that are at least 0 where the condition holds."""
    match condition:
        case Compare("<", IndexValue(left), IndexValue(right)):
            return (right - left - 1,)
        case Compare("<=", IndexValue(left), IndexValue(right)):
            return (right - left,)
        case Compare(">", IndexValue(left), IndexValue(right)):
            return (left - right - 1,)
        case Compare(">=", IndexValue(left), IndexValue(right)):
            return (left - right,)
        case Compare("==", IndexValue(left), IndexValue(right)):
            return (left - right, right - left)
        case Logic("and", parts):
            return tuple(d for part in parts for d in differences(part))
    return ()


def equalities(condition: Condition) -> Iterable[tuple[Symbol, Index]]:
    """(letter, index) where the condition says that they are equal."""
    match condition:
        case Compare("==", IndexValue(left), IndexValue(right)) if left.symbol is not None:
            return ((left.symbol, right),)
        case Logic("and", parts):
            return tuple(pair for part in parts for pair in equalities(part))
    return ()


def _joined(connective: str, known: list[bool | None]) -> bool | None:
    decisive = connective == "or"
    if decisive in known:
        return decisive
    return None if None in known else not decisive


def as_index(value: Index | Symbol | int) -> IndexValue:
    """An index as a node that can be compared."""
    return IndexValue(index(value))
