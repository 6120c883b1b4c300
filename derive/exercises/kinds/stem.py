"""What a question gives before it asks: definitions, ranges, sizes, functions, and what was found elsewhere."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from derive.calculus.steps import Step
from derive.exercises.exercise import Topic
from derive.exercises.kinds.chains import Chain
from derive.model.functions import formula_of, known
from derive.model.model import Equation, Model
from derive.pages.blocks import Block, Equations, Message, Paragraph, System, say
from derive.writing.index import Index, Symbol, index
from derive.writing.nodes import Apply, Expr, Function, Quantity
from derive.writing.walk import free_symbols, walk

Z = Quantity("z")


def given_of(topic: Topic, chain: Chain) -> tuple[Block, ...]:
    """What a reader of the chain needs to know."""
    assumed = any(step.rule == "assumption" for step in chain.rules)
    where = tuple(say("exercise.given.where", condition=condition) for condition in chain.guards)
    fixed = (say("exercise.given.fixed", by=chain.by), Equations(chain.left)) if chain.is_local else ()
    return (*given(topic.derivation.model, chain.equations, chain.cited, assumed=assumed), *where, *fixed)


def given(
    model: Model, equations: Sequence[Equation], cited: Sequence[Step] = (), *, assumed: bool = False
) -> tuple[Block, ...]:
    """The equations, with all that they do not say themselves; with `assumed`, also what the inputs satisfy."""
    notes = tuple(_notes(model, equations, assumed))
    return (
        say("exercise.given.equations", count=len(equations)),
        System(tuple(Equations(equation.left, (equation.right,)) for equation in equations)),
        *([Paragraph(notes)] if notes else []),
        *_formulas(equations),
        *_known(cited),
    )


def _notes(model: Model, equations: Sequence[Equation], assumed: bool) -> Iterator[Message]:
    ranges = tuple(_ranges(model, equations))
    if ranges:
        yield Message("exercise.given.ranges", {"ranges": ranges})
    sizes = tuple(_sizes(model, equations))
    if sizes:
        yield Message("exercise.given.sizes", {"sizes": sizes})
    unknown = tuple(f for f in _functions(equations) if known(f.name) is None)
    for name in dict.fromkeys(f.name for f in unknown):
        yield Message("exercise.given.unknown", {"function": Apply(Function(name), (Z,)), "slope": _slope(name)})
    for condition in model.assumptions if assumed else ():
        yield Message("exercise.given.assumed", {"condition": condition})


def _ranges(model: Model, equations: Sequence[Equation]) -> Iterator[tuple[Symbol, Index, Index, Quantity | None]]:
    """The range of each letter; where a letter has several, each with a quantity in which it has that one."""
    numbers = {symbol: index(value) for symbol, value in model.sizes.items()}
    found: dict[Symbol, dict[tuple[Index, Index], Quantity]] = {}
    for equation in equations:
        for r in equation.ranges:
            found.setdefault(r.symbol, {}).setdefault((r.lower, (r.upper - 1).substitute(numbers)), equation.left)
    for letter, ranges in found.items():
        for (lower, last), place in ranges.items():
            yield letter, lower, last, place if len(ranges) > 1 else None


def _sizes(model: Model, equations: Sequence[Equation]) -> Iterator[tuple[Index, Index | None, int]]:
    """The sizes in the equations whose numbers are known, each with the label that it belongs to."""
    mentioned = frozenset().union(*(_mentioned(e) for e in equations))
    for symbol, value in model.sizes.items():
        if symbol in mentioned:
            yield index(symbol), symbol.label, value


def _mentioned(equation: Equation) -> frozenset[Symbol]:
    ends = (s for r in equation.ranges for end in (r.lower, r.upper) for s in end.symbols)
    return free_symbols(equation.right).union(ends)


def _functions(equations: Sequence[Equation]) -> Iterator[Function]:
    return (n.function for e in equations for n in walk(e.right) if isinstance(n, Apply))


def _slope(name: str) -> Expr:
    return Apply(Function(name, None, (1,)), (Z,))


def _formulas(equations: Sequence[Equation]) -> Iterator[Block]:
    """What the named functions are made of."""
    for name in dict.fromkeys(f.name for f in _functions(equations)):
        formula = formula_of(name)
        if formula is not None:
            function = Apply(Function(name), (Z,))
            yield say("exercise.given.function", function=function)
            yield Equations(function, (formula,))


def _known(cited: Sequence[Step]) -> Iterator[Block]:
    if cited:
        yield say("exercise.given.cited", count=len(cited))
    for step in cited:
        yield Equations(step.before, (step.after,))
