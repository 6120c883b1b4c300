"""Ink as Office MathML, the equations of Word: elements of the prefixes m and w, as text."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from html import escape
from typing import Any

from derive.notation import names
from derive.notation.ink import (
    COLOURS,
    SIGNS,
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
    Role,
    Root,
    Row,
    Scripts,
    Sign,
    Space,
    Word,
)


@dataclass(frozen=True)
class Place:
    """Where ink stands: on a line of its own, in bold, in colour, or smaller than the text by a factor."""

    display: bool = False
    bold: str = ""
    colour: str = ""
    scale: float = 1.0


IN_TEXT, ON_ITS_OWN = Place(), Place(display=True)


def omml(ink: Ink, place: Place = IN_TEXT) -> str:
    """The elements of ink, for the inside of `m:oMath`."""
    return PRINTERS[type(ink)](ink, place)


def formula(ink: Ink, place: Place = IN_TEXT) -> str:
    """A formula for the middle of a paragraph."""
    return f"<m:oMath>{_filled(omml(ink, place))}</m:oMath>"


def paragraph(ink: Ink, justified: str, place: Place = ON_ITS_OWN) -> str:
    """A formula that is a paragraph, to the left, to the right or in the centre."""
    properties = f'<m:oMathParaPr><m:jc m:val="{justified}"/></m:oMathParaPr>'
    return f"<m:oMathPara>{properties}{formula(ink, place)}</m:oMathPara>"


# ---------------------------------------------------------------- runs

FONT = '<w:rFonts w:ascii="Cambria Math" w:hAnsi="Cambria Math"/>'
POINTS = 11
NOT_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
STYLES = {"": "i", "upright": "b", "italic": "bi"}
UPRIGHT = {"": "p", "upright": "b", "italic": "b"}


def text(words: str) -> str:
    """Words as text of XML; characters that XML has no place for are replaced."""
    return escape(NOT_XML.sub("\N{REPLACEMENT CHARACTER}", words))


def _run(words: str, style: str, place: Place, larger: float = 1.0) -> str:
    kind = "<m:nor/>" if style == "nor" else f'<m:sty m:val="{style}"/>'
    look = _look(place, larger)
    return f'<m:r><m:rPr>{kind}</m:rPr>{look}<m:t xml:space="preserve">{text(words)}</m:t></m:r>' if words else ""


def _look(place: Place, larger: float = 1.0) -> str:
    """Font, colour and size, in the order that Word wants."""
    colour = f'<w:color w:val="{place.colour}"/>' if place.colour else ""
    half_points = round(2 * POINTS * place.scale * larger)
    size = f'<w:sz w:val="{half_points}"/>' if half_points != 2 * POINTS else ""
    return f"<w:rPr>{FONT}{colour}{size}</w:rPr>"


def _filled(inner: str) -> str:
    """Word shows a dotted box where there is nothing."""
    return inner or f"<m:r><m:t>{ZERO_WIDTH}</m:t></m:r>"


ZERO_WIDTH = "\N{ZERO WIDTH SPACE}"


def _of(tag: str, inner: str) -> str:
    return f"<m:{tag}>{_filled(inner)}</m:{tag}>"


def _built(tag: str, properties: str, place: Place, *parts: tuple[str, str]) -> str:
    """A structure with its properties, of which the last gives its own signs their look, and its parts in order."""
    inner = "".join(_of(name, part) for name, part in parts)
    control = f"<m:ctrlPr>{_look(place)}</m:ctrlPr>"
    return f"<m:{tag}><m:{tag}Pr>{properties}{control}</m:{tag}Pr>{inner}</m:{tag}>"


def _value(name: str, value: str | int) -> str:
    return f'<m:{name} m:val="{value}"/>'


# ---------------------------------------------------------------- letters, signs and spaces


def _letter(ink: Letter, place: Place) -> str:
    return _run(names.GREEK.get(ink.name, ink.name), STYLES[place.bold], place)


def _word(ink: Word, place: Place) -> str:
    return _run("".join(names.shortened(tuple(ink.text), SIGNS["ldots"])), UPRIGHT[place.bold], place)


SPACE = {"none": "", "thin": "\N{THIN SPACE}", "back": "", "quad": "\N{EM SPACE}"}
LARGE = {"sum": "∑", "prod": "∏"}


def _operator(ink: Operator, place: Place) -> str:
    return _run(LARGE.get(ink.name, ink.name), UPRIGHT[place.bold], place)


# ---------------------------------------------------------------- what is built of other ink


def _row(ink: Row, place: Place) -> str:
    return _side_by_side(ink.parts, place)


def _side_by_side(parts: Sequence[Ink], place: Place) -> str:
    """The parts; what follows a large operator with limits stands inside its structure."""
    made = ""
    for i, part in enumerate(parts):
        if _is_large(part):
            return made + _large(part, _side_by_side(parts[i + 1 :], place), place)  # type: ignore[arg-type]
        if isinstance(part, Space) and part.name == "none" and any(map(_is_named, parts[max(i - 1, 0) : i + 2])):
            made += _run(SPACE["thin"], "p", place)
        else:
            made += omml(part, place)
    return made


def _is_large(ink: Ink) -> bool:
    return isinstance(ink, Limits) and isinstance(ink.operator, Operator) and ink.operator.name in LARGE


def _is_named(ink: Ink) -> bool:
    """Whether a named operator begins, which stands off from what is beside it."""
    if isinstance(ink, Row):
        return bool(ink.parts) and _is_named(ink.parts[0])
    core = ink.base if isinstance(ink, Scripts) else ink.operator if isinstance(ink, Limits) else ink
    return isinstance(core, Operator) and core.name not in LARGE


def _large(ink: Limits, body: str, place: Place) -> str:
    """A sum or a product over its body."""
    assert isinstance(ink.operator, Operator)  # as _is_large has seen
    location = "undOvr" if place.display else "subSup"
    above = "" if ink.above is not None else _value("supHide", 1)
    properties = _value("chr", LARGE[ink.operator.name]) + _value("limLoc", location) + above
    parts = (("sub", _below(ink, place)), ("sup", "" if ink.above is None else omml(ink.above, place)), ("e", body))
    return _built("nary", properties, place, *parts)


def _below(ink: Limits, place: Place) -> str:
    lines = [omml(line, place) for line in ink.below]
    return lines[0] if len(lines) == 1 else _built("eqArr", "", place, *(("e", line) for line in lines))


def _limits(ink: Limits, place: Place) -> str:
    if _is_large(ink):
        return _large(ink, "", place)
    below = _built("limLow", "", place, ("e", omml(ink.operator, place)), ("lim", _below(ink, place)))
    return below if ink.above is None else _built("limUpp", "", place, ("e", below), ("lim", omml(ink.above, place)))


ACCENTS = {"hat": "\u0302", "tilde": "\u0303", "dot": "\u0307"}


def _accent(ink: Accent, place: Place) -> str:
    body = ("e", omml(ink.body, place))
    if ink.name == "bar":
        return _built("bar", _value("pos", "top"), place, body)
    return _built("acc", _value("chr", ACCENTS[ink.name]), place, body)


def _bold(ink: Bold, place: Place) -> str:
    return omml(ink.body, replace(place, bold="upright" if ink.upright else "italic"))


def _scripts(ink: Scripts, place: Place) -> str:
    plain = replace(place, bold="")
    base = ("e", omml(ink.base, place))
    sup = _run("′" * ink.primes, "p", plain) + ("" if ink.sup is None else omml(ink.sup, plain))
    below = () if ink.sub is None else (("sub", omml(ink.sub, plain)),)
    above = (("sup", sup),) if sup else ()
    if not below and not above:
        return base[1]
    return _built(f"s{'Sub' if below else ''}{'Sup' if above else ''}", "", place, base, *below, *above)


def _fraction(ink: Fraction, place: Place) -> str:
    return _built("f", "", place, ("num", omml(ink.above, place)), ("den", omml(ink.below, place)))


def _root(ink: Root, place: Place) -> str:
    made = _built("rad", _value("degHide", 1), place, ("e", omml(ink.body, place)))
    return made.replace("</m:radPr>", "</m:radPr><m:deg/>", 1)


def _branches(ink: Branches, place: Place) -> str:
    """Values and conditions in two columns, behind a brace."""
    column = f"<m:mc><m:mcPr>{_value('count', 2)}{_value('mcJc', 'left')}</m:mcPr></m:mc>"
    rows = "".join(f"<m:mr>{_of('e', omml(a, place))}{_of('e', omml(b, place))}</m:mr>" for a, b in ink.rows)
    table = f"<m:m><m:mPr><m:mcs>{column}</m:mcs></m:mPr>{rows}</m:m>"
    return _built("d", _value("begChr", "{") + _value("endChr", ""), place, ("e", table))


# ---------------------------------------------------------------- brackets

HEIGHTS = {"": 1.0, "grow": 1.0, "big": 1.2, "Big": 1.6, "bigg": 2.0}


def _fenced(ink: Fenced, place: Place) -> str:
    if not ink.left and not ink.right:
        return omml(ink.body, place)
    properties = _value("begChr", ink.left) + _value("endChr", ink.right) + ("" if ink.size else _value("grow", 0))
    return _built("d", properties, place, ("e", omml(ink.body, place)))


def _fence(ink: Fence, place: Place) -> str:
    return _run(ink.bracket, "p", place, HEIGHTS[ink.size])


# ---------------------------------------------------------------- exercises and marks


def _blank(ink: Blank, place: Place) -> str:
    inner = _run(str(ink.number), "p", place, SMALL) + _run(SPACE["quad"] * ink.room, "p", place)
    return _built("borderBox", "", place, ("e", inner))


SMALL = 0.7


def _struck(inner: str, place: Place) -> str:
    sides = "".join(_value(f"hide{side}", 1) for side in ("Top", "Bot", "Left", "Right"))
    return _built("borderBox", sides + _value("strikeBLTR", 1), place, ("e", inner))


# What tells a mark apart where there is no colour.
SHAPES: dict[Role, Callable[[str, Place], str]] = {
    "changed": lambda inner, place: _built("bar", _value("pos", "bot"), place, ("e", inner)),
    "vanishing": _struck,
}


def _marked(ink: Marked, place: Place) -> str:
    coloured = replace(place, colour=COLOURS[ink.role])
    inner = omml(ink.body, coloured)
    return SHAPES[ink.role](inner, coloured) if ink.role in SHAPES else inner


PRINTERS: dict[type, Callable[[Any, Place], str]] = {
    Letter: _letter,
    Letters: lambda ink, place: _run(ink.text, STYLES[place.bold], place),
    Indices: lambda ink, place: _side_by_side(ink.parts, place),
    Digits: lambda ink, place: _run(ink.text, UPRIGHT[place.bold], place),
    Word: _word,
    Prose: lambda ink, place: _run(ink.text, "nor", place),
    Sign: lambda ink, place: _run(SIGNS[ink.name], "p", place),
    Operator: _operator,
    Space: lambda ink, place: _run(SPACE[ink.name], "p", place),
    Accent: _accent,
    Bold: _bold,
    Row: _row,
    Scripts: _scripts,
    Limits: _limits,
    Fraction: _fraction,
    Root: _root,
    Fenced: _fenced,
    Fence: _fence,
    Branches: _branches,
    Blank: _blank,
    Marked: _marked,
}
