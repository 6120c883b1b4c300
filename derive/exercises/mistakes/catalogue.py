"""MISTAKES, and what is done with them: wrong versions of what is right, and the mistake behind what is wrong.

A new mistake is one entry in the table of its area, and its messages. It needs no test of its own but an example.
"""

from __future__ import annotations

from collections.abc import Iterator

from derive.errors import unknown
from derive.exercises.equality import Judge
from derive.exercises.mistakes.edits import folded, smooth
from derive.exercises.mistakes.indices import INDICES
from derive.exercises.mistakes.loss import LOSS
from derive.exercises.mistakes.mistake import Mistake
from derive.exercises.mistakes.paths import PATHS
from derive.exercises.mistakes.setting import Setting
from derive.exercises.mistakes.slopes import SLOPES
from derive.exercises.mistakes.special import SPECIAL
from derive.exercises.mistakes.whole import WHOLE
from derive.writing.index import Symbol, index
from derive.writing.nodes import Expr
from derive.writing.walk import free_symbols, substitute

MISTAKES: dict[str, Mistake] = {m.name: m for m in (*LOSS, *SLOPES, *INDICES, *PATHS, *SPECIAL, *WHOLE)}


def mistake(name: str) -> Mistake:
    """The mistake of that name."""
    if name not in MISTAKES:
        raise unknown("mistake", name, MISTAKES)
    return MISTAKES[name]


def altered(name: str, expr: Expr, setting: Setting) -> Iterator[Expr]:
    """What people write in the place of an expression who make one mistake; nothing where it cannot be made."""
    seen = {expr}
    for new in mistake(name).alter(folded(expr), setting):
        wrong = smooth(new)
        if wrong not in seen:
            seen.add(wrong)
            yield wrong


def wrong_versions(expr: Expr, setting: Setting, judge: Judge) -> Iterator[tuple[Mistake, Expr]]:
    """Every wrong version of an expression that is proved to differ from it and from those before it, and looks so."""
    found = {_with_one_letter(folded(expr)): expr}
    for name, made in MISTAKES.items():
        for wrong in altered(name, expr, setting):
            look = _with_one_letter(wrong)
            if look not in found and all(judge.same(wrong, other) is False for other in found.values()):
                found[look] = wrong
                yield made, wrong


def _with_one_letter(expr: Expr) -> Expr:
    """The expression with one letter for the sizes of all layers, as lessons print them."""
    return substitute(expr, {s: index(Symbol(s.name)) for s in free_symbols(expr) if s.label is not None})


def diagnosed(answer: Expr, right: Expr, setting: Setting, judge: Judge) -> Mistake | None:
    """The first mistake that leads from what is right to a wrong answer; None where no known one does."""
    if judge.same(answer, right) is not False:
        return None
    for name, made in MISTAKES.items():
        if any(judge.same(answer, wrong) is True for wrong in altered(name, right, setting)):
            return made
    return None
