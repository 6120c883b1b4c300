"""Lines of the model language as trees of Python's own parser; nothing is ever run."""

from __future__ import annotations

import ast
from dataclasses import dataclass

from derive.errors import LanguageError
from derive.model.scan import Line, logical_lines

# Python's own messages change between versions, and few of them say what to do.
_REASONS = {
    "expected 'else'": "`A if CONDITION` needs its `else B`",
    "Generator expression must be parenthesized": "a sum over a range has no other argument beside it",
    "leading zeros": "a whole number does not begin with 0",
    "positional argument follows keyword": "a comparison is written with ==",
}
_NOT_READ = "the line cannot be read from here on: something is missing, or stands here that is no expression"


@dataclass(frozen=True)
class Parsed:
    """A line `left = right for … in range(…)`, or a condition, which has no left side."""

    line: Line
    left: ast.expr | None
    right: ast.expr
    ranges: tuple[ast.comprehension, ...] = ()


def parse(text: str) -> list[Parsed]:
    return [parse_line(line) for line in logical_lines(text)]


def parse_line(line: Line) -> Parsed:
    if line.equals is None:
        return Parsed(line, None, *_ranges(parse_code(line, line.code)))
    row, column = line.equals.row, line.equals.column
    left = [*line.code[:row], line.code[row][:column]]
    # Blanks keep what follows in its column; Python's parser counts columns in bytes.
    blanks = [" " * len(part.encode()) for part in left]
    right = [*blanks[:-1], f"{blanks[-1]} {line.code[row][column + 1 :]}", *line.code[row + 1 :]]
    for side, code in (("before", left), ("after", right)):
        if not "".join(code).strip():
            raise line.error_at(f"nothing stands {side} the `=`", line.equals)
    return Parsed(line, parse_code(line, left), *_ranges(parse_code(line, right)))


def _ranges(right: ast.expr) -> tuple[ast.expr, tuple[ast.comprehension, ...]]:
    """`E for k in range(n)` is read in brackets, where it is a generator."""
    if isinstance(right, ast.GeneratorExp):
        return right.elt, tuple(right.generators)
    return right, ()


def parse_code(line: Line, code: list[str]) -> ast.expr:
    """The tree of an expression; the brackets that allow it to go on in the next row shift its first row by one."""
    body = "\n".join(code)
    try:
        return ast.parse(f"({body}\n)", mode="eval").body
    except SyntaxError as error:
        raise _not_read(line, code, error) from None
    except (RecursionError, MemoryError, ValueError, OverflowError):
        raise line.error("the line is nested too deeply to be read: give its parts names", 0, 0) from None


def _not_read(line: Line, code: list[str], error: SyntaxError) -> LanguageError:
    reason = next((mend for known, mend in _REASONS.items() if known in (error.msg or "")), _NOT_READ)
    row = (error.lineno or 1) - 1
    if row >= len(code):
        return line.error("the line ends too early: something is missing here", len(code) - 1, len(code[-1].rstrip()))
    before = code[row][: max((error.offset or 1) - 1 - (row == 0), 0)]
    return line.error(reason, row, _characters(line, row, len(before.encode())))


def _characters(line: Line, row: int, count: int) -> int:
    """How many characters the first `count` bytes of a row are."""
    return len(line.code[row].encode()[:count].decode(errors="ignore"))


def place(line: Line, node: ast.expr | ast.comprehension) -> tuple[int, int]:
    """Row and column of a node in the line, both from 0."""
    where = node.target if isinstance(node, ast.comprehension) else node
    row = where.lineno - 1
    return row, _characters(line, row, where.col_offset - (row == 0))


def error(line: Line, node: ast.expr | ast.comprehension, message: str) -> LanguageError:
    """The error that points at the node."""
    return line.error(message, *place(line, node))


def written(line: Line, node: ast.expr) -> str:
    """The text of a node that stands on one row."""
    row = node.lineno - 1
    shift = row == 0
    return line.code[row].encode()[node.col_offset - shift : (node.end_col_offset or 0) - shift].decode()


def starts_bare(node: ast.BinOp, left: ast.expr) -> bool:
    """Whether the left operand stands without brackets: nothing else tells the tree of (a*b)*c from that of a*b*c."""
    return (node.lineno, node.col_offset) == (left.lineno, left.col_offset)


Chain = tuple[ast.expr, list[tuple[ast.operator, ast.expr]]]


def chain(node: ast.expr, operators: tuple[type[ast.operator], ...]) -> Chain:
    """`a + b - c => a, [(+, b), (-, c)]`, as far as no brackets stand in the way; no recursion, as sums get long."""
    rest: list[tuple[ast.operator, ast.expr]] = []
    bare = True
    while bare and isinstance(node, ast.BinOp) and isinstance(node.op, operators):
        rest.append((node.op, node.right))
        bare = starts_bare(node, node.left)
        node = node.left
    return node, rest[::-1]


@dataclass(frozen=True)
class Shape:
    """`name(label)[indices]` as it stands in the tree; a label or indices may be absent."""

    name: str
    label: ast.expr | None
    indices: tuple[ast.expr, ...]


def shape(node: ast.expr) -> Shape | None:
    """The quantity that the tree looks like; x[i][j] is read as x[i,j], as NumPy does."""
    indices: tuple[ast.expr, ...] = ()
    while isinstance(node, ast.Subscript):
        inner = node.slice.elts if isinstance(node.slice, ast.Tuple) else [node.slice]
        indices = (*inner, *indices)
        node = node.value
    match node:
        case ast.Name(id=name):
            return Shape(name, None, indices)
        case ast.Call(func=ast.Name(id=name), args=[label], keywords=[]):
            return Shape(name, label, indices)
    return None


def is_whole(node: ast.AST) -> bool:
    """Whether the node is a whole number."""
    return isinstance(node, ast.Constant) and type(node.value) is int
