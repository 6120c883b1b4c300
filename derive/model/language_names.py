"""What each name of a model is: a letter, a size, a family with a label, or an unknown function.

Python's grammar cannot tell `b(L)` from `g(x)`. The whole text can: ranges, indices and labels show which names are
letters and sizes, left sides and `w(L)[j]` show which families have a label, and `g(x*y)` and `g(L)(x)` show functions.
"""

from __future__ import annotations

import ast
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field

from derive.errors import LanguageError
from derive.model.names import CONSTANTS, FOLDS, RESERVED, is_elementary
from derive.model.parse import Parsed, error, is_whole, shape, starts_bare
from derive.model.scan import MAX_DEPTH, Line

_NESTED = f"the expression is nested more than {MAX_DEPTH} deep here: give its parts names"


@dataclass(frozen=True)
class Names:
    """What names stand for. `letters` are indices, labels and sizes that no range around them binds; `sizes` are the
    names of sizes with a label; `labelled` those of families with a label; `functions` those of unknown functions.
    """

    letters: frozenset[str] = frozenset()
    sizes: frozenset[str] = frozenset()
    labelled: frozenset[str] = frozenset()
    functions: frozenset[str] = frozenset()


@dataclass(frozen=True)
class _Use:
    """A place where a name is used; `free` are the names in its argument that nothing around it binds."""

    name: str
    line: Line
    node: ast.expr
    free: frozenset[str] = frozenset()


def names_of(lines: Iterable[Parsed], letters: Collection[str] = (), sizes: Collection[str] = ()) -> Names:
    """The names of a text; `letters` and `sizes` are known from elsewhere."""
    evidence = _Evidence(set(letters), dict.fromkeys(sizes))
    for parsed in lines:
        evidence.take(parsed)
    evidence.decide()
    evidence.refuse_contradictions()
    return Names(
        frozenset(evidence.letters | evidence.left_labels.keys()),
        frozenset(evidence.sizes),
        frozenset(evidence.labelled),
        frozenset(evidence.functions),
    )


@dataclass
class _Evidence:
    """What the text shows of its names; the dictionaries hold the first place that shows it."""

    letters: set[str]
    sizes: dict[str, _Use | None]
    labelled: dict[str, _Use] = field(default_factory=dict)
    functions: dict[str, _Use] = field(default_factory=dict)
    families: dict[str, _Use] = field(default_factory=dict)
    labels: dict[str, _Use] = field(default_factory=dict)
    left_labels: dict[str, _Use] = field(default_factory=dict)
    open_calls: list[_Use] = field(default_factory=list)
    numbers: set[str] = field(default_factory=set)
    line: Line = field(default_factory=lambda: Line(1))

    # ------------------------------------------------------------ collecting

    def take(self, parsed: Parsed) -> None:
        """Everything that one line shows."""
        self.line = parsed.line
        self.numbers = set()
        bound = self._comprehension(parsed.right, parsed.ranges, frozenset(), 0)
        if parsed.left is not None:
            self._left(parsed.left, bound)

    def _left(self, left: ast.expr, bound: frozenset[str]) -> None:
        found = shape(left)
        if found is None:
            return  # the reader says what is wrong with it
        use = _Use(found.name, self.line, left)
        self.families.setdefault(found.name, use)
        if found.label is not None:
            self.labelled.setdefault(found.name, use)
            free = self._free_letters(found.label, bound)
            doubtful = frozenset[str]() if found.indices else free & self.numbers
            _note(self.labels, free, use)
            _note(self.left_labels, doubtful, use)
            self.letters |= free - doubtful
        for index in found.indices:
            self.letters |= self._free_letters(index, bound)

    def _comprehension(
        self, body: ast.expr, ranges: Sequence[ast.comprehension], bound: frozenset[str], depth: int
    ) -> frozenset[str]:
        """The letters bound in the body: those bound around it, and those of the ranges."""
        for part in ranges:
            if isinstance(part.iter, ast.Call):
                for limit in part.iter.args:
                    self.letters |= self._free_letters(limit, bound)
            if isinstance(part.target, ast.Name):
                bound |= {part.target.id}
            for condition in part.ifs:
                self._expression(condition, bound, depth + 1)
        self._expression(body, bound, depth + len(ranges))
        return bound

    def _expression(self, node: ast.expr, bound: frozenset[str], depth: int) -> None:
        while isinstance(node, ast.BinOp):  # a long sum leans to the left, and must not take a call for each term
            self._expression(node.right, bound, depth + 1)
            flat = isinstance(node.op, ast.Add | ast.Sub | ast.Mult) and starts_bare(node, node.left)
            depth += 0 if flat else 2
            node = node.left
        if depth > MAX_DEPTH:
            raise error(self.line, node, _NESTED)
        match node:
            case ast.Name(id=name):
                self.numbers |= {name} - bound
            case ast.Subscript():
                self._subscript(node, bound, depth)
            case ast.Call():
                self._call(node, bound, depth)
            case ast.GeneratorExp() | ast.ListComp():
                self._comprehension(node.elt, node.generators, bound, depth)
            case _:
                self._below(ast.iter_child_nodes(node), bound, depth)

    def _below(self, nodes: Iterable[ast.AST], bound: frozenset[str], depth: int) -> None:
        for node in nodes:
            if isinstance(node, ast.expr):
                self._expression(node, bound, depth + 1)

    def _subscript(self, node: ast.Subscript, bound: frozenset[str], depth: int) -> None:
        found = shape(node)
        if found is None:
            self._below([node.value], bound, depth)
            return
        use = _Use(found.name, self.line, node)
        self.families.setdefault(found.name, use)
        if found.label is not None:
            self.labelled.setdefault(found.name, use)
            self._label(found.label, use, bound)
        for index in found.indices:
            self.letters |= self._free_letters(index, bound)

    def _call(self, node: ast.Call, bound: frozenset[str], depth: int) -> None:
        match node:
            case ast.Call(func=ast.Name(id=name), args=[ast.GeneratorExp() | ast.ListComp() as body]) if name in FOLDS:
                self._comprehension(body.elt, body.generators, bound, depth)
                return
            case ast.Call(func=ast.Name(id=name), args=[label]) if _may_be_labelled(name, label):
                free = frozenset(n.id for n in ast.walk(label) if isinstance(n, ast.Name)) - bound
                self.open_calls.append(_Use(name, self.line, node, free))
                return
            case ast.Call(func=ast.Name(id=name)) if name not in RESERVED:
                self.functions.setdefault(name, _Use(name, self.line, node))
            case ast.Call(func=ast.Call(func=ast.Name(id=name), args=[label])):
                self.functions.setdefault(name, _Use(name, self.line, node))
                self._label(label, _Use(name, self.line, node), bound)
            case _:
                self._below([node.func], bound, depth)
        self._below(node.args, bound, depth)

    def _label(self, label: ast.expr, use: _Use, bound: frozenset[str]) -> None:
        free = self._free_letters(label, bound)
        _note(self.labels, free, use)
        self.letters |= free

    def _free_letters(self, node: ast.expr, bound: frozenset[str]) -> frozenset[str]:
        """The letters in an index, a label or a limit of a range; notes the sizes with a label on the way."""
        found: set[str] = set()
        rest: list[ast.AST] = [node]
        while rest:
            part = rest.pop()
            if isinstance(part, ast.Name):
                found.add(part.id)
            elif isinstance(part, ast.Call) and isinstance(part.func, ast.Name):
                self.sizes.setdefault(part.func.id, _Use(part.func.id, self.line, part))
                rest += part.args
            else:
                rest += ast.iter_child_nodes(part)
        return frozenset(found - bound - RESERVED - CONSTANTS)

    # ------------------------------------------------------------ deciding

    def decide(self) -> None:
        """f(x) is a labelled quantity or a size where other places say so, or where x is a letter; else a function."""
        while self._decided_by_label():
            pass
        letters = self.letters | self.left_labels.keys()
        for use in self.open_calls:
            if not use.free <= letters and use.name not in self.labelled and use.name not in self.sizes:
                self.functions.setdefault(use.name, use)
        for use in self.open_calls:
            if use.name not in self.functions and use.name not in self.sizes:
                self.labelled.setdefault(use.name, use)

    def _decided_by_label(self) -> bool:
        """Letters that are known because they stand as the label of a known family or size; whether there were any."""
        before = len(self.letters)
        for use in self.open_calls:
            if use.name not in self.functions and (use.name in self.labelled or use.name in self.sizes):
                _note(self.labels, use.free - self.letters, use)
                self.letters |= use.free
        return len(self.letters) > before

    # ------------------------------------------------------------ contradictions

    def refuse_contradictions(self) -> None:
        for name, use in self.functions.items():
            if name in self.labelled:
                raise _both(use, self.labelled[name])
            if name in self.sizes:
                raise error(use.line, use.node, f"{name} is the name of sizes, and here it is applied as a function")
        for name, use in self.left_labels.items():
            if name not in self.letters:
                raise error(use.line, use.node, _argument_on_the_left(use.name, name))
        for name, use in self.labels.items():
            if name in self.families:
                raise error(use.line, use.node, _quantity_as_label(use.name, name, self.families[name]))


def _note(places: dict[str, _Use], names: frozenset[str], use: _Use) -> None:
    """Notes where names stand, unless an earlier place is known."""
    for name in sorted(names):
        places.setdefault(name, use)


def _may_be_labelled(name: str, label: ast.expr) -> bool:
    return name not in RESERVED and not is_elementary(name) and _like_a_label(label)


_LABEL_PARTS = (ast.Name, ast.BinOp, ast.UnaryOp, ast.Add, ast.Sub, ast.USub, ast.UAdd, ast.Load)


def _like_a_label(node: ast.expr) -> bool:
    """Whether the node could be a label: whole numbers and names with + and -."""
    return all(
        (isinstance(part, _LABEL_PARTS) or is_whole(part))
        and not (isinstance(part, ast.Name) and part.id in RESERVED | CONSTANTS)
        for part in ast.walk(node)
    )


def _both(use: _Use, labelled: _Use) -> LanguageError:
    name, line = use.name, labelled.line.first
    return error(
        use.line,
        use.node,
        f"{name} is applied as a function here, and in line {line} it is a quantity with a label. Give one of them "
        "another name; an equation defines quantities, so what a function does is written where it is used",
    )


def _argument_on_the_left(family: str, name: str) -> str:
    return (
        f"{family}({name}) is a quantity with the label {name}, and the right side uses {name} as a number. Write "
        f"`{family} = …` if {name} is a quantity, or give {name} a range if it is a label"
    )


def _quantity_as_label(family: str, name: str, quantity: _Use) -> str:
    return (
        f"{name} stands as the label of {family} here, and is a quantity in line {quantity.line.first}. Write "
        f"{family} without ({name}), apply a function to one element at a time, as in exp(x[j]), or give one of them "
        "another name"
    )
