r"""The lines of an answer: where one ends, and where the next row goes on with it."""

from __future__ import annotations

from derive.notation.reading.cursor import CLOSING
from derive.notation.reading.tokens import Token

END = "\\\\"
_ENDS = frozenset({END, "newline"})
_GOING_ON = frozenset({"+", "*", "/", "odot"})
_OPEN_ENDED = frozenset({"+", "-", "*", "/", "=", "odot"})
_PUNCTUATION = frozenset({".", ",", ";"})
_AFTER_A_NAME = frozenset({"_", "^", "}"})


def lines(tokens: list[Token]) -> list[list[Token]]:
    """The tokens of each line that holds something."""
    found: list[list[Token]] = []
    for row in map(_trimmed, _rows(_plain(tokens))):
        if not row:
            continue
        if found and _goes_on(found[-1], row):
            found[-1] += row
        else:
            found.append(row)
    return found


def _plain(tokens: list[Token]) -> list[Token]:
    """The tokens without braces around a lone name, as {w}_{12} is w_{12} and {g'}(z) is g'(z)."""
    found: list[Token] = []
    i = 0
    while i < len(tokens):
        size = _lone(tokens, i) if tokens[i].text == "{" and tokens[i].kind == "sign" else 0
        found += tokens[i + 1 : i + size - 1] if size else [tokens[i]]
        i += size or 1
    return found


def _lone(tokens: list[Token], at: int) -> int:
    """How many tokens a brace with a name, perhaps with primes, takes; 0 where it holds something else."""
    end = at + 2
    if tokens[at + 1].kind not in {"letter", "word"}:
        return 0
    if at == 0 or tokens[at - 1].text not in _AFTER_A_NAME:
        while tokens[end].text == "'":
            end += 1
    return end + 1 - at if tokens[end].text == "}" and tokens[end].kind == "sign" else 0


def _rows(tokens: list[Token]) -> list[list[Token]]:
    """The tokens between the ends of lines; inside brackets a line does not end, and what aligns means nothing."""
    rows: list[list[Token]] = [[]]
    opened: list[str] = []
    for token in tokens:
        if token.kind != "sign":
            if token.kind != "end":
                rows[-1].append(token)
            continue
        _follow(opened, token.text)
        kept = bool(opened) and opened[-1] in {"}", "endcases"}
        if token.text in _ENDS and not opened:
            rows.append([])
        elif (token.text not in _ENDS and token.text != "&") or (kept and token.text != "newline"):
            rows[-1].append(token)
    return rows


def _follow(opened: list[str], sign: str) -> None:
    closing = CLOSING.get(sign)
    if closing is not None:
        opened.append(closing)
    elif opened and sign == opened[-1]:
        opened.pop()


def _trimmed(row: list[Token]) -> list[Token]:
    """The row without the punctuation behind it."""
    end = len(row)
    while end and row[end - 1].kind == "sign" and row[end - 1].text in _PUNCTUATION:
        end -= 1
    return row[:end]


def _goes_on(before: list[Token], row: list[Token]) -> bool:
    r"""Whether a row goes on with the expression of the one before: a + b \\ + c."""
    first, last = row[0], before[-1]
    if last.kind == "sign" and last.text in _OPEN_ENDED:
        return True
    if first.kind != "sign":
        return False
    if first.text == "-":
        return _has_equals(before) and not _has_equals(row)
    return first.text in _GOING_ON


def _has_equals(row: list[Token]) -> bool:
    return any(token.kind == "sign" and token.text == "=" for token in row)
