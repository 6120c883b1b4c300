"""One example of each way to use ink, for every printer: letters, signs, brackets, marks."""

from __future__ import annotations

from dataclasses import fields
from typing import get_args

from derive.notation.ink import (
    BACK,
    BESIDE,
    COLOURS,
    QUAD,
    SIGNS,
    THIN,
    Accent,
    Blank,
    Bold,
    Branches,
    Digits,
    Fence,
    Fenced,
    Fraction,
    Indices,
    Ink,
    Letter,
    Letters,
    Limits,
    Marked,
    Operator,
    Prose,
    Root,
    Row,
    Scripts,
    Sign,
    Word,
)

CLASSES = get_args(Ink)
w, x, one, two = Letter("w"), Letter("x"), Digits("1"), Digits("2")
layer = Fenced("(", Letter("L"), ")")
half = Fraction(one, two)
below = Row((Letter("k"), Sign("tight ="), Digits("0")))
above = Row((Letter("n"), Sign("tight -"), one))

# The name of a test, the ink, and its LaTeX.
EXAMPLES: dict[str, tuple[Ink, str]] = {
    "letter": (w, "w"),
    "Greek letter": (Letter("alpha"), r"\alpha"),
    "letter with a mark": (Letter("é"), r"\acute{e}"),
    "letters": (Letters("h1"), "h1"),
    "indices": (Indices((Letter("j"), Letter("k"))), "jk"),
    "indices in Greek": (Indices((Letter("alpha"), Letter("k"))), r"\alpha k"),
    "digits": (Digits("0.5"), "0.5"),
    "word": (Word("ReLU"), r"\mathrm{ReLU}"),
    "word in Greek": (Word("αβ"), r"\mathrm{{\alpha}{\beta}}"),
    "word in Chinese": (Word("重"), r"\mathrm{U91CD}"),
    "prose": (Row((x, Prose(" if "), one)), r"x\text{ if }1"),
    "sum": (Row((x, Sign("+"), one)), "x + 1"),
    "negative": (Row((Sign("negative"), x)), "-x"),
    "arguments": (Row((x, Sign(","), one)), "x, 1"),
    "operator": (Row((Operator("max"), BESIDE, x)), r"\max x"),
    "side by side": (Row((w, BESIDE, x)), "w x"),
    "words side by side": (Row((Word("net"), THIN, Word("out"))), r"\mathrm{net}\, \mathrm{out}"),
    "moved in": (Row((QUAD, Sign("+"), x)), r"\quad  + x"),
    "accent": (Accent("hat", x), r"\hat{x}"),
    "wide accent": (Accent("bar", Word("net"), wide=True), r"\overline{\mathrm{net}}"),
    "bold": (Bold(w), r"\boldsymbol{w}"),
    "upright bold": (Bold(one, upright=True), r"\mathbf{1}"),
    "scripts": (Scripts(w, Indices((one, two)), layer), "w_{12}^{(L)}"),
    "primes": (Scripts(Letter("g"), None, layer, 2), "g''^{(L)}"),
    "sigma": (Row((Limits(Operator("sum"), (below,), above), BESIDE, x)), r"\sum_{k=0}^{n-1} x"),
    "limits in lines": (
        Limits(Operator("max"), (below, Row((Letter("k"), Sign("ne"), one)))),
        r"\max_{\substack{k=0 \\ k \ne 1}}",
    ),
    "fraction": (half, r"\frac{1}{2}"),
    "root": (Root(x), r"\sqrt{x}"),
    "brackets": (Fenced("(", x, ")"), "(x)"),
    "square brackets": (Fenced("[", x, "]"), "[x]"),
    "bars": (Fenced("|", x, "|"), r"\lvert x \rvert"),
    "growing brackets": (Row((Letter("g"), BACK, Fenced("(", half, ")", "grow"))), r"g\!\left(\frac{1}{2}\right)"),
    "growing square brackets": (Fenced("[", half, "]", "grow"), r"\left\lbrack \frac{1}{2}\right\rbrack"),
    "growing bars": (Fenced("|", half, "|", "grow"), r"\left\lvert \frac{1}{2} \right\rvert"),
    "no bracket": (Fenced("", x, ""), "x"),
    "lone brackets": (Row((Fence("(", "big", True), x, Fence(")", "big", False))), r"\bigl(x\bigr)"),
    "lone braces": (
        Row((Fence("{", "bigg", True), x, Fence("}", "bigg", False))),
        r"\biggl\lbrace x\biggr\rbrace ",
    ),
    "lone bars": (Row((Fence("|", "Big", True), x, Fence("|", "Big", False))), r"\Bigl\lvert x\Bigr\rvert "),
    "cases": (
        Branches(((x, Row((Prose("if "), BESIDE, x, Sign(">"), Digits("0")))), (Digits("0"), Prose("otherwise")))),
        r"\begin{cases} x & \text{if } x > 0 \\ 0 & \text{otherwise} \end{cases}",
    ),
    "blank": (Blank(1, 1), r"\boxed{\scriptstyle 1 \quad}"),
    "blank for an index": (Scripts(w, Blank(12)), r"w_{\boxed{\scriptstyle 12}}"),
    **{f"sign {name}": (Row((x, BESIDE, Sign(name), BESIDE, x)), "") for name in SIGNS},
    **{f"marked as {role}": (Marked(role, Row((w, BESIDE, x))), "") for role in COLOURS},
    "vanishing": (Marked("vanishing", x), r"\textcolor[HTML]{6B6B6B}{\cancel{x}}"),
    "changed": (Marked("changed", x), r"\textcolor[HTML]{B4236A}{\underline{x}}"),
    "coloured": (Marked("weight", w), r"\textcolor[HTML]{A34700}{w}"),
}


def classes(ink: Ink) -> set[type]:
    """The classes of all that the ink is made of."""
    inside = (getattr(ink, field.name) for field in fields(ink))
    return {type(ink)}.union(*(_inside(value) for value in inside))


def _inside(value: object) -> set[type]:
    if isinstance(value, tuple):
        return set[type]().union(*map(_inside, value))
    return classes(value) if isinstance(value, CLASSES) else set()
