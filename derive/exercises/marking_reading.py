"""Answers as chains a = b = c, from LaTeX or from the model language."""

from __future__ import annotations

import re
from dataclasses import replace

from derive.errors import DeriveError, Unreadable
from derive.exercises.marking_setting import Setting
from derive.model.language import read_expression
from derive.notation.reading.answer import Line, read_answer
from derive.notation.reading.conventions import Conventions, Family
from derive.notation.reading.places import MAX_TEXT
from derive.writing.matrices import MATRIX_LEAVES, Array
from derive.writing.nodes import Expr, Gradient, Node, Partial, Quantity
from derive.writing.walk import quantities, walk

Chains = tuple[tuple[Expr, ...], ...]

_LATEX = re.compile(r"[\\^_{}$]")
_LANGUAGE = re.compile(r"\*|\[|\w\([A-Z]")  # what LaTeX does not write, or not so
_ELEMENT = re.compile(r"([A-Za-z]\w{0,30})(?:\(([^()\[\]]{1,30})\))?\[([^\[\]]{1,60})\]")
_NAMED = Family(labelled=True, indices=4, exact=False)


def read_chains(text: str, setting: Setting) -> Chains:
    """The chains of an answer; Unreadable says what cannot be read, and where."""
    found = _in_model_language(text, setting)
    if found is not None:
        return ((found,),)
    lines = read_answer(_as_latex(text), setting.conventions).lines
    chains: list[tuple[Expr, ...]] = []
    for line in lines:
        own = _own(line, setting)
        if chains and _carries_on(line):
            chains[-1] = (*chains[-1], *own)
        elif own:
            chains.append(own)
    return tuple(chains)


def read_left(text: str, setting: Setting) -> Partial | Gradient | None:
    """The derivative that an answer says it is, also one of something that the model has not; None where it is none."""
    if _in_model_language(text, setting) is not None:
        return None
    left = read_answer(_as_latex(text), setting.conventions).left
    return left if isinstance(left, Partial | Gradient) else None


def _own(line: Line, setting: Setting) -> tuple[Expr, ...]:
    """The members of a line, without a name that is given to the answer: y = 2x, or an unknown derivative."""
    if line.left is None or (line.members and _is_name(line.left, setting)):
        return line.members
    return (line.left, *line.members)


def _is_name(left: Expr, setting: Setting) -> bool:
    if isinstance(left, Array):
        return isinstance(left.of, Quantity)
    of = left.of if isinstance(left, Partial | Gradient) else left
    return isinstance(of, Quantity) and not setting.judges.opaque.is_known(of)


def _carries_on(line: Line) -> bool:
    """Whether a line goes on from the one before: = b, or b alone on its line."""
    return line.goes_on or (line.left is None and len(line.members) == 1)


def _in_model_language(text: str, setting: Setting) -> Expr | None:
    """2*(a(L)[1] - y[1]); None where it is something else, or names something that the model has not."""
    if _LATEX.search(text) or not _LANGUAGE.search(text):
        return None
    try:
        found = read_expression(text.rsplit("=", 1)[-1], letters=setting.sizes)
    except DeriveError:
        return None
    return found if all(q.family in setting.model.families for q in quantities(found)) else None


def _as_latex(text: str) -> str:
    """An answer with elements as the model language writes them, a(L)[1], in LaTeX; any other as it is."""
    return text if "\\" in text or len(text) > MAX_TEXT else _ELEMENT.sub(_element, text).replace("**", "^")


def _element(found: re.Match[str]) -> str:
    """z_f(l)[t,j] => z_{f,t,j}^{(l)}"""
    base, _, own = found[1].partition("_")
    below = ",".join(filter(None, (own, found[3])))
    return f"{base}_{{{below}}}" + (f"^{{({found[2]})}}" if found[2] else "")


# ---------------------------------------------------------------- what is written


def key(derivative: Node) -> tuple[Expr, Quantity] | None:
    """(of, by) of a derivative, whether it is the local one or goes through everything; None for anything else."""
    return (derivative.of, derivative.by) if isinstance(derivative, Partial | Gradient) else None


Kind = tuple[str, str]


def kind(derivative: Node) -> Kind | None:
    """The families of a derivative of a quantity, for any element of theirs; None for anything else."""
    match derivative:
        case Partial(Quantity(family), by) | Gradient(Quantity(family), by):
            return family, by.family
    return None


def is_matrix(expr: Expr) -> bool:
    """Whether whole arrays stand in it."""
    return any(isinstance(n, MATRIX_LEAVES) for n in walk(expr))


def written_derivatives(expr: Expr, text: str, setting: Setting) -> tuple[Expr, ...]:
    """The derivatives that are written as such: one that has a name, delta, is not."""
    found = tuple(dict.fromkeys(n for n in walk(expr) if isinstance(n, Partial | Gradient)))
    if not any(isinstance(n, Gradient) and n.by.family in setting.conventions.deltas.values() for n in found):
        return found
    apart = _read_apart(text, setting.conventions)
    return tuple(n for n in found if apart is None or n in apart)


def _read_apart(text: str, conventions: Conventions) -> frozenset[Expr] | None:
    """The derivatives of an answer in which deltas are quantities of their own; None where it cannot be read so."""
    families = {**conventions.families, **dict.fromkeys(conventions.deltas, _NAMED)}
    try:
        lines = read_answer(text, replace(conventions, families=families, deltas={})).lines
    except Unreadable:
        return None
    read = (member for line in lines for member in (line.left, *line.members) if member is not None)
    return frozenset(n for member in read for n in walk(member) if isinstance(n, Partial | Gradient))
