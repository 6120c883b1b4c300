"""The model language: what is written is what is read."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction

import pytest
from published import MODELS

from derive.errors import DeriveError, OptionError, TargetError
from derive.model.language import (
    read_condition,
    read_expression,
    read_index,
    read_model,
    read_quantity,
    read_symbol,
)
from derive.model.model import Equation, Range
from derive.model.names import FUNCTION_NAMES
from derive.writing.index import Index, Symbol, index
from derive.writing.nodes import (
    ONE,
    TWO,
    Apply,
    Cases,
    Compare,
    Constant,
    Expr,
    Fold,
    Function,
    IndexValue,
    Logic,
    Negative,
    Node,
    Not,
    Number,
    Power,
    Product,
    Quantity,
    Quotient,
    Sum,
)
from derive.writing.walk import walk

A, B, C = Quantity("a"), Quantity("b"), Quantity("c")
J, K, L, M, N, T = (Symbol(name) for name in "jkLmnT")
X_J, X_K = (Quantity("x", None, (index(letter),)) for letter in (J, K))
WIDTH = Symbol("n", index(L))


def value(of: Symbol | Index | int) -> IndexValue:
    return IndexValue(index(of))


def total(body: Expr, letter: Symbol, upper: Symbol | Index, *, lower: int = 0) -> Fold:
    return Fold("sum", body, letter, index(lower), index(upper))


def applied(name: str, *arguments: Expr) -> Apply:
    return Apply(Function(name), arguments)


# ---------------------------------------------------------------- expressions

EXPRESSIONS: list[tuple[str, Expr]] = [
    ("2", Number(Fraction(2))),
    ("0.1", Number(Fraction(1, 10), decimal=True)),
    ("1_000.5", Number(Fraction(2001, 2), decimal=True)),
    ("1e-5", Number(Fraction(1, 100000), decimal=True)),
    ("0.1234567890123456789", Number(Fraction(1234567890123456789, 10**19), decimal=True)),
    ("pi", Constant("pi")),
    ("a - b", Sum((A, Negative(B)))),
    ("a - b + c", Sum((A, Negative(B), C))),
    ("a + (b - c)", Sum((A, Sum((B, Negative(C)))))),
    ("(a + b) + c", Sum((Sum((A, B)), C))),
    ("a*b*c", Product((A, B, C))),
    ("(a*b)*c", Product((Product((A, B)), C))),
    ("(a)*b*c", Product((A, B, C))),
    ("a*b/c", Quotient(Product((A, B)), C)),
    ("a/b*c", Product((Quotient(A, B), C))),
    ("a/b/c", Quotient(Quotient(A, B), C)),
    ("-a*b", Negative(Product((A, B)))),
    ("(-a)*b", Product((Negative(A), B))),
    ("-a/b", Negative(Quotient(A, B))),
    ("-a + b", Sum((Negative(A), B))),
    ("-(a + b)", Negative(Sum((A, B)))),
    ("-a**2", Negative(Power(A, TWO))),
    ("a**-1", Power(A, Negative(ONE))),
    ("a**b**c", Power(A, Power(B, C))),
    ("+a", A),
    ("2*(a - b)", Product((TWO, Sum((A, Negative(B)))))),
    ("w(L-1)[1,k+1]", Quantity("w", index(L) - 1, (index(1), index(K) + 1))),
    ("w(L)[1][2]", Quantity("w", index(L), (index(1), index(2)))),
    ("b(2)", Quantity("b", index(2))),
    ("x[2*j - 1 + n(L)]", Quantity("x", None, (index(J) * 2 - 1 + WIDTH,))),
    ("x[-1]", Quantity("x", None, (index(-1),))),
    ("tanh(a)", applied("tanh", A)),
    ("f(a)", applied("f", A)),
    ("f(a, 2)", applied("f", A, TWO)),
    ("f(a) - f(0)", Sum((applied("f", A), Negative(applied("f", Number(Fraction(0))))))),
    ("g(L)(a)", Apply(Function("g", index(L)), (A,))),
    ("ReLU(a)", applied("relu", A)),
    ("swish(a)", applied("silu", A)),
    ("ln(2)", applied("log", TWO)),
    ("max(a, b, 0)", applied("max", A, B, Number(Fraction(0)))),
    ("max(x[j] for j in range(n))", Fold("max", X_J, J, index(0), index(N))),
    ("prod(x[j] for j in range(1, n))", Fold("prod", X_J, J, index(1), index(N))),
    ("1/n*sum(x[j] for j in range(n))", Product((Quotient(ONE, value(N)), total(X_J, J, N)))),
    ("sum(x[k] for k in range(n(L)))/n(L)", Quotient(total(X_K, K, WIDTH), value(WIDTH))),
    ("sum(j*x[j] for j in range(n))", total(Product((value(J), X_J)), J, N)),
    ("sum(x[j]*j for j in range(n)) + j", Sum((total(Product((X_J, value(J))), J, N), Quantity("j")))),
    ("j[0] + sum(x[j] for j in range(n))", Sum((Quantity("j", None, (index(0),)), total(X_J, J, N)))),
    ("sum(sum(x[k] for k in range(m)) for j in range(n))", total(total(X_K, K, M), J, N)),
    ("sum(x[k] for j in range(n) for k in range(j))", total(total(X_K, K, J), J, N)),
    ("sum([x[j] for j in range(n)])", total(X_J, J, N)),
    ("a if b > 0 else c", Cases(Compare(">", B, Number(Fraction(0))), A, C)),
    ("x[j] if j == 0 else a", Cases(Compare("==", value(J), value(0)), X_J, A)),
    ("x[j] if j < n(L) - 1 else a", Cases(Compare("<", value(J), value(index(WIDTH) - 1)), X_J, A)),
]


@pytest.mark.parametrize(("text", "tree"), EXPRESSIONS, ids=[text for text, _ in EXPRESSIONS])
def test_an_expression_is_read_as_it_is_written(text: str, tree: Expr) -> None:
    assert read_expression(text, letters=["n(L)"]) == tree


def test_filters_stay_with_the_range_before_them() -> None:
    text = "sum(x[k] for j in range(n) if j != 0 for k in range(m) if a > 0 if j < k)"
    inner = Fold(
        "sum",
        X_K,
        K,
        index(0),
        index(M),
        (Compare(">", A, Number(Fraction(0))), Compare("<", value(J), value(K))),
    )
    outer = Fold("sum", inner, J, index(0), index(N), (Compare("!=", value(J), value(0)),))
    assert read_expression(text) == outer


CONDITIONS: list[tuple[str, Node]] = [
    ("a < b", Compare("<", A, B)),
    ("a < b <= c", Logic("and", (Compare("<", A, B), Compare("<=", B, C)))),
    ("not a == b", Not(Compare("==", A, B))),
    ("a == 1 or a == -1", Logic("or", (Compare("==", A, ONE), Compare("==", A, Negative(ONE))))),
    ("True", Logic("and", ())),
    ("False", Logic("or", ())),
    ("2 < 3", Compare("<", TWO, Number(Fraction(3)))),
]


@pytest.mark.parametrize(("text", "tree"), CONDITIONS, ids=[text for text, _ in CONDITIONS])
def test_a_condition_is_read_as_it_is_written(text: str, tree: Node) -> None:
    assert read_condition(text) == tree


@pytest.mark.parametrize("name", sorted(FUNCTION_NAMES - {"max", "min"}))
def test_every_known_function_is_one_of_an_argument(name: str) -> None:
    assert read_expression(f"{name}(2)") == applied(name, TWO)
    with pytest.raises(DeriveError, match=rf"^{name} is a function, so it cannot name a quantity: "):
        read_model(f"{name}[i] = x[i] for i in range(n)")


# ---------------------------------------------------------------- models


@pytest.mark.parametrize("name", MODELS)
def test_a_published_model_is_read(name: str) -> None:
    text, given = MODELS[name]
    model = read_model(text)
    assert model.given == given
    again = read_model("\n".join(map(str, (*model.equations, *model.assumptions))))
    assert [bare(e) for e in again.equations] == [bare(e) for e in model.equations]
    assert again.assumptions == model.assumptions


def bare(equation: Equation) -> tuple[object, ...]:
    return equation.left, equation.right, equation.ranges


def test_all_published_models_are_found() -> None:
    assert len(MODELS) > 60


def only(text: str) -> Equation:
    return read_model(text).equations[0]


def test_the_lesson() -> None:
    text = "# the lesson\n\nz(L)[j] = sum(w(L)[j,k] * a(L-1)[k] for k in range(n(L-1))) for j in range(n(L))"
    before = index(L) - 1
    body = Product((Quantity("w", index(L), (index(J), index(K))), Quantity("a", before, (index(K),))))
    assert only(text) == Equation(
        Quantity("z", index(L), (index(J),)),
        total(body, K, Symbol("n", before)),
        (Range(J, index(0), index(WIDTH)),),
        3,
    )


LEFT_SIDES = [
    ("h[t+1] = w*h[t] for t in range(0, T)", "h[t] = w*h[t-1] for t in range(1, T+1)"),
    ("h[t-1] = w*h[t] for t in range(1, T)", "h[t] = w*h[t+1] for t in range(0, T-1)"),
    ("r[n-1-i] = x[i]*i for i in range(n)", "r[i] = x[n-i-1]*(n-i-1) for i in range(n)"),
    (
        "a(l+1)[j] = z(l)[j] for l in range(L) for j in range(n(l+1))",
        "a(l)[j] = z(l-1)[j] for l in range(1, L+1) for j in range(n(l))",
    ),
    (
        "h[t+1] = sum(x[t] for t in range(3)) + x[t] for t in range(T)",
        "h[t] = sum(x[t] for t in range(3)) + x[t-1] for t in range(1, T+1)",
    ),
    ("h[t+k] = x[t] for t in range(T)\nk >= 0", "h[t] = x[t-k] for t in range(k, T+k)\nk >= 0"),
]


@pytest.mark.parametrize(("text", "same"), LEFT_SIDES)
def test_a_left_side_with_an_offset_is_brought_to_its_letter(text: str, same: str) -> None:
    found, expected = only(text), only(same)
    assert (found.left, found.ranges) == (expected.left, expected.ranges)
    assert spelt(found.right) == spelt(expected.right)


def spelt(node: Node) -> str:
    return str(node).replace(" ", "")


NAMES: list[tuple[str, str, str, type[Node]]] = [
    ("a label on the left", "a(L) = w(L)*x\nC = a(L)", "w(L)", Quantity),
    ("a label by another family", "a(L)[0] = b(L)", "b(L)", Quantity),
    ("an unknown function of a quantity", "C = f(u)\nu = w*x", "f(u)", Apply),
    ("a size", "C = n(L)*sum(x[k] for k in range(n(L)))", "n(L)", IndexValue),
    ("a number as a label", "C = (E(2) - y)**2", "E(2)", Quantity),
    ("a letter of a range", "C = sum(y(k) for k in range(K))", "y(k)", Quantity),
    ("an argument that is a letter elsewhere", "C = f(a*b) + f(n) + sum(x[k] for k in range(n))", "f(n)", Apply),
    ("a function applied through its label", "C = g(L)(z(L))\nz(L) = w(L)*x", "g(L)(z(L))", Apply),
]


@pytest.mark.parametrize(("text", "part", "kind"), [row[1:] for row in NAMES], ids=[row[0] for row in NAMES])
def test_the_whole_text_tells_what_a_call_is(text: str, part: str, kind: type[Node]) -> None:
    nodes = {node for e in read_model(text).equations for node in (e.left, *walk(e.right))}
    assert [type(node) for node in nodes if str(node) == part] == [kind]


def test_one_name_is_a_letter_in_its_range_and_a_quantity_outside() -> None:
    model = read_model("C = sum(x[i] for i in range(n)) + q\nq = i*r")
    assert Quantity("i") in set(walk(model.equations[1].right))


def test_conditions_in_lines_of_their_own_are_assumptions() -> None:
    model = read_model("C = -log(p[c])\n0 <= c < K\nsum(p[k] for k in range(K)) == 1")
    assert list(map(str, model.assumptions)) == ["0 <= c and c < K", "sum(p[k] for k in range(K)) == 1"]


def test_source_name_and_lines_are_kept() -> None:
    text = "\n# one\nC = (a\n     + b)\na = w*x  # two\n"
    model = read_model(text, name="two lines")
    assert (model.source, model.name, [e.line for e in model.equations]) == (text, "two lines", [3, 5])


# ---------------------------------------------------------------- sizes

SIZED = "C = sum(a(L)[j] for j in range(n(L))) + m"


def test_sizes_are_read_by_their_symbols() -> None:
    model = read_model(SIZED, sizes={"n(L)": 4, "m": 7, "L": 2})
    assert model.sizes == {WIDTH: 4, M: 7, L: 2}
    assert value(M) in set(walk(model.equations[0].right))


WRONG_SIZES: list[tuple[dict[str, object], type[DeriveError], str]] = [
    ({"q": 3}, OptionError, "unknown size 'q': it must be one of L, n(L)."),
    ({"n(L)": -1}, OptionError, "the size n(L) must be a whole number from 0, not -1"),
    ({"n(L)": 1.5}, OptionError, "the size n(L) must be a whole number, not '1.5'"),
    ({"n(L)": True}, OptionError, "the size n(L) must be a whole number from 0, not True"),
]


@pytest.mark.parametrize(("sizes", "kind", "message"), WRONG_SIZES)
def test_a_wrong_size_is_refused(sizes: dict[str, int], kind: type[DeriveError], message: str) -> None:
    with pytest.raises(kind) as caught:
        read_model(SIZED, sizes=sizes)
    assert str(caught.value) == message


# ---------------------------------------------------------------- targets, indices

LESSON = read_model(
    "C = sum((a(L)[j] - y[j])**2 for j in range(n(L)))\n"
    "a(L)[j] = g(z(L)[j]) for j in range(n(L))\n"
    "z(L)[j] = sum(w(L)[j,k]*a(L-1)[k] for k in range(n(L-1))) for j in range(n(L))"
)

TARGETS: list[tuple[str, Quantity | str]] = [
    ("C", Quantity("C")),
    ("w(L-1)[1,k]", Quantity("w", index(L) - 1, (index(1), index(K)))),
    (" y[ n(L) - 1 ] ", Quantity("y", None, (index(WIDTH) - 1,))),
    ("ww", "unknown quantity 'ww': it must be one of C, a, y, z, w. Did you mean w?"),
    ("w[1,2]", "w[1,2] has 2 indices, and the model has w(L)[j,k], with a label and 2 indices: write w(L)[1,2]"),
    ("w(3)", "w(3) has a label and no index, and the model has w(L)[j,k], with a label and 2 indices: write w(3)[j,k]"),
    ("y(L)[0]", "y(L)[0] has a label and 1 index, and the model has y[j], with 1 index: write y[0]"),
    ("C[0]", "C[0] has 1 index, and the model has C, with no index: write C"),
    ("n(L)", "n is a size, a label or an index of the model: there is no derivative by it"),
    ("j", "j is a size, a label or an index of the model: there is no derivative by it"),
    ("g", "g is a function of the model: there is no derivative by it, only by a quantity"),
]


@pytest.mark.parametrize(("text", "expected"), TARGETS)
def test_a_target_is_a_quantity_of_the_model(text: str, expected: Quantity | str) -> None:
    if isinstance(expected, Quantity):
        assert read_quantity(text, LESSON) == expected
        return
    with pytest.raises(TargetError) as caught:
        read_quantity(text, LESSON)
    assert str(caught.value) == expected


NOT_ALONE: list[tuple[Callable[[str], object], str, str]] = [
    (read_quantity, "a + b", "a quantity is a name with its label and indices, such as C, gamma[i] or w(L)[1,k]"),
    (read_quantity, "a = b", "a quantity has no `=`"),
    (read_quantity, "a\nb", "a quantity is one line of text, and 'a\\nb' has 2"),
    (read_expression, "", "an expression is one line of text, and '' has 0"),
    (
        read_expression,
        "x[i] for i in range(n)",
        "an expression has no range of its own: only an equation has, at the end of its line",
    ),
    (read_condition, "a", "a condition compares two expressions, as in `i < n`"),
    (
        read_index,
        "L/2",
        "an index is made of whole numbers, letters and sizes with +, - and *; give anything else a letter of its own",
    ),
    (read_symbol, "n + 1", "a size is a letter, or a letter with a label such as n(L), not 'n + 1'"),
]


@pytest.mark.parametrize(("read", "text", "message"), NOT_ALONE)
def test_what_is_no_such_thing_is_refused(read: Callable[[str], object], text: str, message: str) -> None:
    with pytest.raises(DeriveError) as caught:
        read(text)
    assert str(caught.value).split("\nline")[0] == message


INDICES: list[tuple[str, Index]] = [
    ("12", index(12)),
    ("L-1", index(L) - 1),
    ("--j", index(J)),
    ("2*(j+1) - j*3", index(J) * 2 + 2 - index(J) * 3),
    ("n(L-1)-1", index(Symbol("n", index(L) - 1)) - 1),
]


@pytest.mark.parametrize(("text", "expected"), INDICES)
def test_an_index_is_read(text: str, expected: Index) -> None:
    assert read_index(text) == expected


def test_a_symbol_is_read() -> None:
    assert [read_symbol(text) for text in ("m", "n(L)")] == [M, WIDTH]


def test_a_model_is_text() -> None:
    with pytest.raises(DeriveError, match=r"^the model language is text, not bytes$"):
        read_model(b"y = x")  # type: ignore[arg-type]
