"""The lines of a text in the model language: cut, bounded and looked over before Python's parser sees them.

What the parser would report only as "invalid syntax" is found here, where its reason is still known.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import NamedTuple

from derive.errors import LanguageError, Place, shortened
from derive.model.names import KEYWORDS, WORDS

MAX_TEXT = 200_000
MAX_LINE = 2_000
MAX_EQUATION = 10_000
MAX_DEPTH = 60
MAX_DIGITS = 40
MAX_EXPONENT = 300

_SPACE = re.compile(r"[^\S\n]")
_TOKEN = re.compile(
    r"""(?P<comment>\#)
      | (?P<number>(?:[0-9][0-9_]*(?:\.[0-9_]*)?|\.[0-9][0-9_]*)(?:[eE][+-]?[0-9]+)?)
      | (?P<name>[^\W\d]\w*)
      | (?P<opening>[(\[])
      | (?P<closing>[)\]])
      | (?P<wrong>//|:=|->|\.\.\.|[-+*/%@&|]=(?!=))
      | (?P<operator>\*\*|[=!<>]=|[-+*/<>,])
      | (?P<equals>=)
      | (?P<unknown>\S)""",
    re.VERBOSE,
)

_POWER = "a power is written with **, as in x**2"
_TIMES = "a product is written with *"
_DIVIDE = "a quotient is written with /"
_SUM = "write sum(x[k] for k in range(n))"
_MINUS = "a minus sign is the hyphen -"
_ONE_EQUATION = "an equation is `name = expression` and nothing more"
_NO_TEXT = "the language has no texts in quotation marks; a derivative g' is what derive finds, so write g itself"
_LOGIC = "conditions are joined by `and`, `or` and `not`"
MENDS: dict[str, str] = {
    "^": _POWER,
    "²": _POWER,
    "³": _POWER,
    "−": _MINUS,
    "–": _MINUS,
    "·": _TIMES,
    "×": _TIMES,
    "⋅": _TIMES,
    "÷": _DIVIDE,
    "√": "write sqrt(x)",
    "∑": _SUM,
    "∏": _SUM.replace("sum", "prod"),
    "∂": "a model holds the equations; the derivatives are what derive finds",
    "∞": "no number is infinite",
    "≤": "write <=",
    "≥": "write >=",
    "≠": "write !=",
    "//": "whole division has no derivative; " + _DIVIDE,
    "%": "there are no remainders; choose terms with a filter such as `if i == j`",
    "@": "a matrix product is written as a sum over its index, as in sum(w[j,k]*a[k] for k in range(n))",
    ".": "there are no attributes: write exp(x) rather than np.exp(x), and x[k,j] for a transpose",
    "...": "a sum is written with its range, as in sum(x[k] for k in range(n))",
    ":": "there are no slices, and no functions made on the spot: write an index with its range",
    ":=": _ONE_EQUATION,
    ";": "write one equation a line",
    "\\": "a line goes on where a bracket is open: put the right side in brackets",
    "'": _NO_TEXT,
    '"': _NO_TEXT,
    "&": _LOGIC,
    "|": _LOGIC + "; the size of a number is abs(x)",
    "!": "`not` is the contrary of a condition, and != says that two things differ",
    "{": "brackets are ( ) and, for indices, [ ]",
    "}": "brackets are ( ) and, for indices, [ ]",
    "->": _ONE_EQUATION,
    **{f"{sign}=": _ONE_EQUATION for sign in "-+*/%@&|"},
}

_CLOSING = {"(": ")", "[": "]"}


class Token(NamedTuple):
    """A word, a number or a sign, where it stands: its row in the line's rows, its column, both from 0."""

    kind: str
    text: str
    row: int
    column: int


@dataclass
class Line:
    """One equation, on one row of the text or on several where a bracket stays open; `first` is its row, from 1.

    `rows` are shown in messages; `code` are the same without comments. `equals` is the `=` that stands in no bracket.
    While it is being scanned, `opened` are the brackets that are not yet closed, `last` is the last token and `length`
    the number of characters.
    """

    first: int
    rows: list[str] = field(default_factory=list)
    code: list[str] = field(default_factory=list)
    equals: Token | None = None
    opened: list[Token] = field(default_factory=list)
    last: Token | None = None
    length: int = 0

    def error(self, message: str, row: int, column: int) -> LanguageError:
        """The error that points at a row and column of this line, both from 0."""
        row = min(row, len(self.rows) - 1)
        shown = self.rows[row]
        return LanguageError(message, Place(self.first + row, min(column, len(shown)) + 1, shown))

    def error_at(self, message: str, token: Token) -> LanguageError:
        return self.error(message, token.row, token.column)


def logical_lines(text: str) -> Iterator[Line]:
    """The lines that hold an equation or a condition, in order."""
    if not isinstance(text, str):
        raise LanguageError(f"the model language is text, not {type(text).__name__}")
    if len(text) > MAX_TEXT:
        raise LanguageError(f"the text has {len(text)} characters, and may have at most {MAX_TEXT}")
    line = Line(1)
    for number, row in enumerate(_rows(text), start=1):
        if not line.opened:
            line = Line(number)
        _take(line, row)
        if line.last is not None and not line.opened:
            yield line
    if line.opened:
        raise line.error_at(f"this {line.opened[-1].text} is never closed", line.opened[-1])


def _rows(text: str) -> list[str]:
    """The rows of the text, with a plain space for every kind of space."""
    plain = text.removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n")
    return _SPACE.sub(" ", plain).split("\n")


def one_line(text: str, what: str) -> Line:
    """The only line of a text that is one expression, index or quantity."""
    lines = list(logical_lines(text))
    if len(lines) != 1:
        raise LanguageError(f"{what} is one line of text, and {shortened(text)} has {len(lines)}")
    if lines[0].equals is not None:
        raise lines[0].error_at(f"{what} has no `=`", lines[0].equals)
    return lines[0]


def _take(line: Line, row: str) -> None:
    """Adds a row of the text to the line."""
    at = len(line.rows)
    line.rows.append(row if row.isprintable() else "".join(c if c.isprintable() else "\ufffd" for c in row))
    if len(row) > MAX_LINE:
        raise line.error(f"the line has {len(row)} characters, and may have at most {MAX_LINE}", at, 0)
    end = len(row)
    for match in _TOKEN.finditer(row):
        kind = match.lastgroup or ""
        if kind == "comment":
            end = match.start()
            break
        token = Token(kind, match.group(), at, match.start())
        _CHECKS[kind](line, token)
        line.last = token
    line.code.append(row[:end])
    line.length += end + 1
    if line.length > MAX_EQUATION:
        raise line.error(f"the equation has more than {MAX_EQUATION} characters: give its parts names", 0, 0)


def _check_opening(line: Line, token: Token) -> None:
    line.opened.append(token)
    if len(line.opened) > MAX_DEPTH:
        raise line.error_at(f"more than {MAX_DEPTH} brackets are open here: give the parts names", token)


def _check_closing(line: Line, token: Token) -> None:
    if not line.opened:
        raise line.error_at(f"this {token.text} closes nothing", token)
    opening = line.opened.pop()
    if _CLOSING[opening.text] != token.text:
        where = f"line {line.first + opening.row}, column {opening.column + 1}"
        raise line.error_at(f"this {token.text} cannot close the {opening.text} of {where}", token)


def _check_equals(line: Line, token: Token) -> None:
    if line.opened:
        raise line.error_at("a comparison is written with ==, as in `1 if i == j else 0`", token)
    if line.equals is not None:
        raise line.error_at("an equation has one `=`; a comparison is written with ==", token)
    line.equals = token


def _check_operator(line: Line, token: Token) -> None:
    if line.last is None and token.text not in "+-":
        raise line.error_at(_GOES_ON.format(text=token.text), token)


_GOES_ON = "a line cannot begin with `{text}`. To go on from the line before, put the right side in brackets"


def _check_number(line: Line, token: Token) -> None:
    mantissa, _, exponent = token.text.lower().partition("e")
    if len(mantissa) > MAX_DIGITS and sum(map(str.isdigit, mantissa)) > MAX_DIGITS:
        raise line.error_at(f"a number may have at most {MAX_DIGITS} digits", token)
    if exponent and (len(exponent) > 5 or abs(int(exponent)) > MAX_EXPONENT):
        raise line.error_at(f"the exponent of a number may be at most {MAX_EXPONENT}", token)
    _check_operand(line, token)


def _check_name(line: Line, token: Token) -> None:
    name = token.text if token.text.isascii() else unicodedata.normalize("NFKC", token.text)  # as Python's parser does
    if name in KEYWORDS:
        raise line.error_at(f"`{name}` is a word of Python's own, so it names nothing: write `{_other(name)}`", token)
    if not token.text.isidentifier() or (name != token.text and name in WORDS):
        mend = next((MENDS[c] for c in token.text if c in MENDS), "a name is made of letters, digits and _")
        raise line.error_at(f"{shortened(token.text)} is no name: {mend}", token)
    if line.last is None and name in WORDS - {"not", "True", "False"}:
        raise line.error_at(_GOES_ON.format(text=name), token)
    if name not in WORDS or (line.last is not None and line.last.kind == "number"):
        _check_operand(line, token)


def _other(name: str) -> str:
    return "lam" if name == "lambda" else f"{name.lower()}_"


def _check_operand(line: Line, token: Token) -> None:
    """Two operands side by side: `2 x`, `x[i] y`, `2x`, `x[i] i in range(n)`."""
    last = line.last
    if last is None or not _ends_operand(last) or (token.text in WORDS and _apart(last, token)):
        return
    raise line.error_at(
        f"between {shortened(last.text)} and {shortened(token.text)} something is missing: an operator such as *, or "
        "`for`",
        token,
    )


def _apart(last: Token, token: Token) -> bool:
    return last.row != token.row or last.column + len(last.text) < token.column


def _ends_operand(token: Token) -> bool:
    if token.kind == "name":
        return token.text not in WORDS
    return token.kind in ("number", "closing")


def _check_wrong(line: Line, token: Token) -> None:
    mend = MENDS.get(token.text, "it has no meaning here")
    raise line.error_at(f"{shortened(token.text)} is not in the model language: {mend}", token)


_CHECKS = {
    "opening": _check_opening,
    "closing": _check_closing,
    "equals": _check_equals,
    "operator": _check_operator,
    "number": _check_number,
    "name": _check_name,
    "wrong": _check_wrong,
    "unknown": _check_wrong,
}
