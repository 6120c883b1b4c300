"""SymPy differentiates each definition in its own way, and says whether that is what the rules found."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

import sympy

from derive.calculus.questions import Answer, Question
from derive.model.functions import formula_of
from derive.writing.meaning import meaning
from derive.writing.nodes import Apply, Node, Quantity
from derive.writing.walk import walk

MOST_OPERATIONS = 200  # SymPy's time grows steeply with them


def answers(questions: Sequence[Question]) -> list[Answer]:
    """Whether SymPy's derivative is the result, for each question."""
    return list(map(answer, questions))


def answer(question: Question) -> Answer:
    functions = _functions((question.definition, question.result))
    theirs = meaning(question.definition, functions).diff(meaning(question.by, functions))
    return _zero(theirs - meaning(question.result, functions))


def _zero(difference: sympy.Expr) -> Answer:
    """True where SymPy shows that it is 0; numbers decide where no letter is left; None where it cannot tell."""
    difference = _with_letters(difference)
    if difference.count_ops() > MOST_OPERATIONS:
        return None
    numerator, _ = sympy.fraction(sympy.together(difference))  # quick, where expanding fractions may take for ever
    for simpler in (sympy.expand, sympy.cancel):
        numerator = simpler(numerator)
        if numerator == 0:
            return True
        if numerator.is_number:
            return False
    return None


def _with_letters(expr: sympy.Expr) -> sympy.Expr:
    """exp(u) as one letter: exp(a + b) would be expanded to exp(a)*exp(b). exp(2*u) is that letter's square."""
    raised = sorted((e for e in expr.atoms(sympy.exp) if e.free_symbols), key=sympy.default_sort_key)
    letters: dict[sympy.Expr, sympy.Dummy] = {}
    powers: dict[sympy.Expr, sympy.Expr] = {}
    for exponential in raised:
        times, inner = exponential.exp.as_content_primitive()
        if not times.is_Integer:
            times, inner = sympy.Integer(1), exponential.exp
        if inner.could_extract_minus_sign():
            times, inner = -times, -inner
        powers[exponential] = letters.setdefault(inner, sympy.Dummy()) ** times
    return expr.xreplace(powers)


def _functions(trees: tuple[Node, ...]) -> Mapping[str, sympy.Lambda]:
    """What the catalogue functions in the trees mean to SymPy: their formulas."""
    found: dict[str, sympy.Lambda] = {}
    waiting = [name for tree in trees for name in _applied(tree)]
    while waiting:
        name = waiting.pop()
        formula = formula_of(name)
        if name not in found and formula is not None:
            inner = _functions((formula,))
            found |= {**inner, name: sympy.Lambda(meaning(Quantity("z")), meaning(formula, inner))}
    return found


def _applied(tree: Node) -> Iterator[str]:
    return (n.function.name for n in walk(tree) if isinstance(n, Apply))
