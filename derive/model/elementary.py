"""The elementary functions of the model language: what every other function is made of."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Known:
    """A function of one argument z and its derivative, as texts in the model language.

    The derivative may also mention a, the function's own value at z, as textbooks do: sigmoid' = a*(1 - a).
    `formula` is None for a function that is not made of others. At the points `kinks` there is no derivative;
    there the derivative's text gives `convention`, a value or a text in z. `domain` is the condition on z under which
    there is a value and a derivative; an empty one holds everywhere.
    """

    name: str
    derivative: str
    source: str
    formula: str | None = None
    kinks: tuple[str, ...] = ()
    convention: str = ""
    domain: str = ""
    aliases: tuple[str, ...] = ()


_DLMF = "NIST Digital Library of Mathematical Functions"

ELEMENTARY: dict[str, Known] = {
    known.name: known
    for known in (
        Known("exp", "a", f"{_DLMF}, 4.7"),
        Known("log", "1/z", f"{_DLMF}, 4.7", domain="z > 0"),
        Known("sqrt", "1/(2*a)", f"{_DLMF}, 4.7", domain="z > 0"),
        Known("sin", "cos(z)", f"{_DLMF}, 4.20"),
        Known("cos", "-sin(z)", f"{_DLMF}, 4.20"),
        Known("tan", "1 + a**2", f"{_DLMF}, 4.20", domain="cos(z) != 0"),
        Known("sinh", "cosh(z)", f"{_DLMF}, 4.34"),
        Known("cosh", "sinh(z)", f"{_DLMF}, 4.34"),
        Known("tanh", "1 - a**2", f"{_DLMF}, 4.34"),
        Known("erf", "2/sqrt(pi)*exp(-z**2)", f"{_DLMF}, 7.10"),
        Known("abs", "sign(z)", f"{_DLMF}, 1.9", kinks=("0",), convention="0"),
        Known("sign", "0", f"{_DLMF}, front matter: common notations", kinks=("0",), convention="0"),
    )
}
