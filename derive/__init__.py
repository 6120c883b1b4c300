"""Step-by-step derivations of gradients, from models written as equations between indexed quantities."""

TYPE_CHECKING = False  # as in `typing`, whose import would be most of what `import derive` costs
if TYPE_CHECKING:
    from derive.api import (
        Derivation,
        dense_derivation,
        differentiate,
        differentiate_all,
        read_derivation,
        read_model,
        ready_model,
    )
    from derive.errors import DeriveError
    from derive.marking_api import Mark, mark

__version__ = "0.1.0"
__all__ = [
    "Derivation",
    "DeriveError",
    "Mark",
    "dense_derivation",
    "differentiate",
    "differentiate_all",
    "mark",
    "read_derivation",
    "read_model",
    "ready_model",
]

# Where each public name lives; it is imported when it is first asked for (PEP 562).
_HOMES = {
    "Derivation": "derive.api",
    "DeriveError": "derive.errors",
    "Mark": "derive.marking_api",
    "dense_derivation": "derive.api",
    "differentiate": "derive.api",
    "differentiate_all": "derive.api",
    "mark": "derive.marking_api",
    "read_derivation": "derive.api",
    "read_model": "derive.api",
    "ready_model": "derive.api",
}


def __getattr__(name: str) -> object:
    if name not in _HOMES:
        raise AttributeError(f"module 'derive' has no attribute {name!r}; it has {', '.join(__all__)}")
    from importlib import import_module  # late, so that `import derive` imports nothing at all

    value: object = getattr(import_module(_HOMES[name]), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
