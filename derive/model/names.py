"""Names that mean something in the model language; every other name is free."""

from __future__ import annotations

import keyword

from derive.model.activations import ACTIVATIONS
from derive.model.elementary import ELEMENTARY

CONSTANTS = frozenset({"pi"})
FOLDS = frozenset({"sum", "prod", "max", "min"})
OF_SEVERAL = frozenset({"max", "min"})  # functions of two arguments or more
FUNCTION_NAMES = frozenset({*ELEMENTARY, *ACTIVATIONS}) | OF_SEVERAL
RESERVED = FUNCTION_NAMES | FOLDS | {"range"}

WORDS = frozenset({"for", "in", "if", "else", "and", "or", "not", "True", "False"})
KEYWORDS = frozenset(keyword.kwlist) - WORDS  # words of Python's own that the language does not use


def _spelling(name: str) -> str:
    return name.replace("_", "").lower()


_ELEMENTARY = {**{_spelling(name): name for name in ELEMENTARY}, "ln": "log"}
_SPELLINGS = {
    **{_spelling(name): known.name for known in ACTIVATIONS.values() for name in (known.name, *known.aliases)},
    **_ELEMENTARY,
}


def function_name(name: str) -> str:
    """The known function that an applied name means, as ReLU, LeakyReLU, ln and swish do; otherwise the name itself."""
    return name if name in FUNCTION_NAMES else _SPELLINGS.get(_spelling(name), name)


def is_elementary(name: str) -> bool:
    """Whether the name is one of an elementary function, so that even ln(2) is no quantity with a label."""
    return _spelling(name) in _ELEMENTARY
