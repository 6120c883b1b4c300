"""What a mistake is."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Literal

from derive.exercises.mistakes.setting import Setting
from derive.writing.nodes import Expr

Alter = Callable[[Expr, Setting], Iterator[Expr]]


@dataclass(frozen=True)
class Example:
    """Where a mistake can be made: in the derivative of `of` by `by`, in a ready model or one whose text is given.

    That is in the result, in its matrix form, or in the last factor of its chain.
    """

    model: str
    of: str
    by: str
    place: Literal["result", "matrix", "factor"] = "result"


@dataclass(frozen=True)
class Mistake:
    """Something that people get wrong: `alter` gives what they write in the place of a right expression.

    It gives nothing where the mistake cannot be made. Its title and what a teacher says to it are the messages
    `mistake.NAME.title` and `mistake.NAME.feedback`.
    """

    name: str
    area: str
    alter: Alter
    example: Example
