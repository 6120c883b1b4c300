"""Matrix forms found from forms in indices: as published, checked entry by entry, or refused with a reason."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from texcheck import compile_latex, complaints, problems

from derive.calculus.derivation import Derivation, differentiate
from derive.calculus.matrix import Layout, MatrixForm, NoForm, matrix_form_of, matrix_forms_of
from derive.calculus.matrix_check import Anywhere, matrix_checked
from derive.model.language import read_model, read_quantity
from derive.model.model import Model
from derive.model.ready import READY, ready_model
from derive.notation.matrix import matrix_latex, matrix_plain
from derive.notation.notations import Notation
from derive.writing.index import Index, Symbol, index
from derive.writing.matrices import COLUMN, ROW, Array, Axis, Diagonal, Hadamard, Ones, Transpose
from derive.writing.matrix_algebra import matrix_product, transposed
from derive.writing.matrix_shapes import shape
from derive.writing.nodes import Expr, Negative, Product, Quantity, Sum
from derive.writing.walk import quantities

TEXTS = {
    "columns": """
C      = 1/2*sum((a[j,s] - y[j,s])**2 for j in range(n) for s in range(m))
a[j,s] = tanh(z[j,s]) for j in range(n) for s in range(m)
z[j,s] = sum(w[j,k]*x[k,s] for k in range(d)) + b[j] for j in range(n) for s in range(m)
""",
    "rows": """
C      = 1/2*sum((z[s,j] - y[s,j])**2 for s in range(m) for j in range(n))
z[s,j] = sum(x[s,k]*w[k,j] for k in range(d)) + b[j] for s in range(m) for j in range(n)
""",
    "hidden": """
C    = sum((p[j] - y[j])**2 for j in range(n))
p[j] = sum(v[j,k]*h[k] for k in range(m)) for j in range(n)
h[k] = g(z[k]) for k in range(m)
z[k] = sum(w[k,i]*x[i] for i in range(d)) + b[k] for k in range(m)
""",
    "bilinear": "C = sum(x[i]*w[i,j]*y[j] for i in range(n) for j in range(m))",
    "weighted": "C = sum(x[i]*q[k]*w[i,k]*u[k,j]*y[j] for i in range(n) for k in range(d) for j in range(m))",
    "quadratic": "C = sum(x[i]*w[i,j]*x[j] for i in range(n) for j in range(n))",
    "trace": "C = sum(w[i,i] for i in range(n))",
    "cubic": "C = sum(t[i,j,k]*x[i]*y[j]*z[k] for i in range(n) for j in range(m) for k in range(d))",
    "part": "C = sum(x[i]**2 for i in range(n)) + sum(x[i]*y[i] for i in range(n-1))",
    "causal": "C = sum(w[i,j]*x[j]*y[i] for i in range(n) for j in range(n) if j <= i)",
    "counted": "C = sum(i*x[i] for i in range(n))",
    "pooled": "C = sum(y[i]*max(x[i,j] for j in range(m)) for i in range(n))",
    "scalars": "C = (w*x + b - y)**2",
    "names": "C = sum((w[i,k]*W[k] - K[i])**2 for i in range(n) for k in range(d))",
    "elu": "C = sum(y[i]*(x[i] if x[i] > 0 else exp(x[i]) - 1) for i in range(n))",
    "jacobian": """
C    = sum(u[i]*p[i] for i in range(n))
p[i] = exp(z[i])/sum(exp(z[j]) for j in range(n)) for i in range(n)
""",
}


def model(name: str) -> Model:
    return read_model(TEXTS[name]) if name in TEXTS else ready_model(name)


def loss(found: Model) -> Quantity:
    return found.equations[0].left


def derivation(name: str, target: str) -> Derivation:
    found = model(name)
    return differentiate(found, loss(found), read_quantity(target, found))


# ---------------------------------------------------------------- as published

ones = "\N{MATHEMATICAL BOLD DIGIT ONE}"
PUBLISHED = [
    ("lesson", "w(L)[j,k]", "2 ((a⁽ᴸ⁾ − y) ⊙ g′⁽ᴸ⁾(z⁽ᴸ⁾)) (a⁽ᴸ⁻¹⁾)ᵀ"),
    ("lesson", "z(L)[j]", "2 (a⁽ᴸ⁾ − y) ⊙ g′⁽ᴸ⁾(z⁽ᴸ⁾)"),
    ("hidden", "z[k]", "(2 Vᵀ (p − y)) ⊙ g′(z)"),
    ("hidden", "w[k,i]", "2 ((Vᵀ (p − y)) ⊙ g′(z)) xᵀ"),
    ("softmax", "z[j]", "p − y"),
    ("softmax", "w[j,k]", "(p − y) xᵀ"),
    ("softmax", "x[k]", "Wᵀ (p − y)"),
    ("attention", "V[j,c]", "Aᵀ (O − Y)"),
    ("attention", "A[i,j]", "(O − Y) Vᵀ"),
    ("attention", "S[i,j]", f"A ⊙ (∂loss/∂A) − diag(((∂loss/∂A) ⊙ A) {ones}) A"),
    ("attention", "Q[i,k]", "((∂loss/∂S) K)/√(d)"),
    ("attention", "K[j,k]", "((∂loss/∂S)ᵀ Q)/√(d)"),
    ("batchnorm", "gamma", "(y − t)ᵀ x̂"),
    ("batchnorm", "beta", f"{ones}ᵀ (y − t)"),
    ("rows", "w[k,j]", "Xᵀ (Z − Y)"),
    ("rows", "b[j]", f"(Z − Y)ᵀ {ones}"),
    ("rows", "x[s,k]", "(Z − Y) Wᵀ"),
    ("bilinear", "w[i,j]", "x yᵀ"),
    ("bilinear", "x[i]", "W y"),
    ("quadratic", "x[i]", "W x + Wᵀ x"),
    ("weighted", "x[i]", "W (q ⊙ (U y))"),
    ("rnn", "W[i,k]", f"Σ_{{t=1}}^{{T}} ((∂loss/∂hₜ) ⊙ ({ones} − hₜ^∘2)) hₜ₋₁ᵀ"),
    ("rnn", "o[t,i]", "pₜ − yₜ"),
    ("multihead", "W_Q[h,e,c]", "Xᵀ (∂loss/∂Qₕ)"),
    ("word2vec", "v[i]", "Σ_{k=1}^{K} (1 − σ(−sₖ)) uₖ − (1 − σ(s₀)) u₀"),
    ("dense", "w(l)[j,k]", "((∂C/∂a⁽ˡ⁾) ⊙ g′⁽ˡ⁾(z⁽ˡ⁾)) (a⁽ˡ⁻¹⁾)ᵀ"),
    ("embedding", "E[v,k]", "x (p − y)ᵀ W"),
]


@pytest.mark.parametrize(("name", "target", "wanted"), PUBLISHED)
def test_forms_as_published(name: str, target: str, wanted: str) -> None:
    found = derivation(name, target)
    form = matrix_form_of(found)
    assert isinstance(form, MatrixForm), form
    assert matrix_plain(form.right) == wanted
    assert matrix_checked(form)


NUMERATOR = [
    ("lesson", "z(L)[j]", "(2 (a⁽ᴸ⁾ − y) ⊙ g′⁽ᴸ⁾(z⁽ᴸ⁾))ᵀ"),
    ("softmax", "w[j,k]", "x (p − y)ᵀ"),
    ("softmax", "x[k]", "(p − y)ᵀ W"),
    ("attention", "V[j,c]", "(O − Y)ᵀ A"),
    ("rows", "w[k,j]", "(Z − Y)ᵀ X"),
    ("multihead", "W_Q[h,e,c]", "(∂loss/∂Qₕ) X"),
    ("multihead", "V[h,i,c]", "(∂loss/∂Oₕ) Aₕ"),
]


@pytest.mark.parametrize(("name", "target", "wanted"), NUMERATOR)
def test_numerator_layout_exchanges_rows_and_columns(name: str, target: str, wanted: str) -> None:
    found = derivation(name, target)
    form = matrix_form_of(found, Layout.NUMERATOR)
    assert isinstance(form, MatrixForm), form
    assert matrix_plain(form.right) == wanted
    assert shape(form.right) == shape(form.left) == shape(transposed_left(found))
    assert matrix_checked(form)


def transposed_left(found: Derivation) -> Expr:
    form = matrix_form_of(found)
    assert isinstance(form, MatrixForm)
    return Transpose(form.left)


# ---------------------------------------------------------------- every model


def targets(found: Model) -> list[str]:
    """Every family that the loss is computed from, as the model writes it."""
    lefts = [e.left for e in found.equations if e.left.family != loss(found).family]
    mentioned = [q for e in found.equations for q in quantities(e.right)]
    return list({q.family: str(q) for q in (*lefts, *mentioned) if q.family != loss(found).family}.values())


CASES = [(name, target) for name in (*READY, *TEXTS) for target in targets(model(name))]


@pytest.mark.parametrize(("name", "target"), CASES)
@pytest.mark.parametrize("layout", Layout)
def test_every_form_agrees_entry_by_entry_and_prints(name: str, target: str, layout: Layout) -> None:
    """No two sizes are alike, so that a product or a transpose in the wrong place does not fit."""
    found = derivation(name, target)
    for form in matrix_forms_of(found, layout):
        if isinstance(form, MatrixForm):
            assert matrix_checked(form), matrix_plain(form.right)
            assert shape(form.left) == shape(form.right)
            assert problems(f"{matrix_latex(form.left)} = {matrix_latex(form.right)}") == []


def test_no_two_sizes_are_alike() -> None:
    scene = Anywhere(seed=1)
    asked = [("n", 1), ("n", 2), ("m", None), ("K", None), ("n", 1)]
    sizes = [scene.size(name, label) for name, label in asked]
    assert sizes[0] == sizes[-1]
    assert len(set(sizes)) == len(set(asked))


# ---------------------------------------------------------------- where there is none

REFUSED = [
    ("conv1d", "w[f,c,u]", NoForm("shifted index", "d(loss)/d(w[f,c,u])")),
    ("conv2d", "x[c,i,j]", NoForm("shifted index", "d(loss)/d(x[c,i,j])")),
    ("mean_pooling", "p[i,j]", NoForm("shifted index", "p[i,j]")),
    ("cubic", "x[i]", NoForm("many indices", "x[i]")),
    ("part", "x[i]", NoForm("part of a range", "y[i]")),
    ("causal", "w[i,j]", NoForm("condition on an index", "j <= i")),
    ("counted", "x[i]", NoForm("index as a number", "i")),
    ("pooled", "y[i]", NoForm("extreme", "max(x[i,j] for j in range(m))")),
    ("trace", "w[i,i]", NoForm("repeated index", "d(C)/d(w[i,i])")),
    ("scalars", "w", NoForm("numbers only", "w")),
    ("lesson", "w(L)[1,2]", NoForm("numbers only", "w(L)[1,2]")),
]


@pytest.mark.parametrize(("name", "target", "wanted"), REFUSED)
def test_where_there_is_no_matrix_form_it_says_so(name: str, target: str, wanted: NoForm) -> None:
    assert matrix_form_of(derivation(name, target)) == wanted


# ---------------------------------------------------------------- the judge, tested


def test_a_wrong_form_is_caught() -> None:
    found = derivation("quadratic", "x[i]")
    form = matrix_form_of(found)
    assert isinstance(form, MatrixForm)
    assert matrix_checked(form)
    (first, second) = form.right.terms if isinstance(form.right, Sum) else ()
    assert not matrix_checked(replace(form, right=Sum((first, first))))
    assert not matrix_checked(replace(form, right=Sum((first, Negative(second)))))


def test_a_form_of_the_wrong_shape_is_caught() -> None:
    found = derivation("bilinear", "w[i,j]")
    form = matrix_form_of(found)
    assert isinstance(form, MatrixForm)
    assert not matrix_checked(replace(form, right=transposed(form.right)))


# ---------------------------------------------------------------- pieces and shapes

N, M = index(Symbol("n")), index(Symbol("m"))


def column(name: str, size: Index) -> Array:
    return Array(Quantity(name, None, (index(ROW),)), (Axis(index(0), size),))


def matrix(name: str, rows: Index, columns: Index) -> Array:
    axes = (Axis(index(0), rows), Axis(index(0), columns))
    return Array(Quantity(name, None, (index(ROW), index(COLUMN))), axes)


X, Y, W = column("x", M), column("y", N), matrix("w", N, M)

SHAPES = [
    (W, (N, M)),
    (Transpose(W), (M, N)),
    (matrix_product(W, X), (N, index(1))),
    (matrix_product(Transpose(Y), W, X), (index(1), index(1))),
    (matrix_product(Y, Transpose(X)), (N, M)),
    (Diagonal(Y), (N, N)),
    (Hadamard((matrix_product(W, X), Y)), (N, index(1))),
    (matrix_product(Ones(N), Transpose(X)), (N, M)),
]


@pytest.mark.parametrize(("expr", "wanted"), SHAPES)
def test_shapes(expr: Expr, wanted: tuple[Index, Index]) -> None:
    assert shape(expr) == wanted


MISFITS = [
    (Product((W, Y)), "n x m does not fit n x 1 in w*y"),
    (Sum((X, Y)), "m x 1 does not fit n x 1 in x + y"),
    (Hadamard((Y, Transpose(Y))), "n x 1 does not fit 1 x n in y ⊙ yᵀ"),
]


@pytest.mark.parametrize(("expr", "message"), MISFITS)
def test_parts_that_do_not_fit_are_named(expr: Expr, message: str) -> None:
    with pytest.raises(ValueError, match="does not fit") as refused:
        shape(expr)
    assert str(refused.value) == message


TRANSPOSES = [
    (Transpose(W), "w"),
    (matrix_product(W, X), "xᵀ*wᵀ"),
    (Sum((X, Negative(X))), "(x - x)ᵀ"),
    (Hadamard((Transpose(matrix_product(W, X)), Transpose(Y))), "(w*x) ⊙ y"),
    (Diagonal(Y), "diag(y)"),
    (Negative(Transpose(Y)), "-y"),
]


@pytest.mark.parametrize(("expr", "wanted"), TRANSPOSES)
def test_transposes_are_carried_inwards_where_that_saves_one(expr: Expr, wanted: str) -> None:
    assert str(transposed(expr)) == wanted


def test_shapes_of_all_arrays_are_listed() -> None:
    form = matrix_form_of(derivation("softmax", "w[j,k]"))
    assert isinstance(form, MatrixForm)
    listed = {str(array): tuple(map(str, size)) for array, size in form.shapes.items()}
    assert listed == {"d(E)/d(w)": ("K", "D"), "p": ("K", "1"), "y": ("K", "1"), "x": ("D", "1")}


def test_a_capital_that_means_something_else_is_not_taken() -> None:
    form = matrix_form_of(derivation("names", "w[i,k]"))
    assert isinstance(form, MatrixForm)
    assert matrix_plain(form.left) == "∂C/∂w"


def test_forms_hold_for_each_value_of_what_chooses() -> None:
    form = matrix_form_of(derivation("rnn", "o[t,i]"))
    assert isinstance(form, MatrixForm)
    assert [(str(r.symbol), str(r.lower), str(r.upper)) for r in form.each] == [("t", "1", "T + 1")]


DELTA = r"\left(a^{(L)} - y\right) \odot g'^{(L)}\!\left(z^{(L)}\right)"
ELU = r"y \odot (\mathbf{1}\left\lbrack x > 0\right\rbrack + \mathbf{1}\left\lbrack x \le 0\right\rbrack \odot \exp(x))"
LATEX = [
    ("softmax", "w[j,k]", r"(p - y) x^{\top}"),
    ("lesson", "w(L)[j,k]", rf"2 \left({DELTA}\right) \left(a^{{(L-1)}}\right)^{{\top}}"),
    ("elu", "x[i]", ELU),
    ("bilinear", "x[i]", "W y"),
]


@pytest.mark.parametrize(("name", "target", "wanted"), LATEX)
def test_latex(name: str, target: str, wanted: str) -> None:
    form = matrix_form_of(derivation(name, target))
    assert isinstance(form, MatrixForm)
    assert matrix_latex(form.right) == wanted


NOTATED = [
    (Notation(bold=True), "w[j,k]", r"(\boldsymbol{p} - \boldsymbol{y}) \boldsymbol{x}^{\top}"),
    (Notation(families={"w": "theta", "x": "a"}), "w[j,k]", r"(p - y) a^{\top}"),
    (Notation(families={"w": "theta"}), "x[k]", r"\Theta^{\top} (p - y)"),
]


@pytest.mark.parametrize(("notation", "target", "wanted"), NOTATED)
def test_the_notation_says_how_arrays_are_written(notation: Notation, target: str, wanted: str) -> None:
    form = matrix_form_of(derivation("softmax", target))
    assert isinstance(form, MatrixForm)
    assert matrix_latex(form.right, notation) == wanted


def test_the_error_of_a_layer_may_have_a_name() -> None:
    form = matrix_form_of(derivation("attention", "Q[i,k]"))
    assert isinstance(form, MatrixForm)
    assert matrix_latex(form.right, Notation(deltas={"S": "delta"})) == r"\frac{\Delta K}{\sqrt{d}}"
    assert matrix_latex(form.right, Notation(bold=True)) == (
        r"\frac{\frac{\partial \mathrm{loss}}{\partial \boldsymbol{S}} \boldsymbol{K}}{\sqrt{d}}"
    )


def test_pdflatex_sets_every_form(pdflatex: str, tmp_path: Path) -> None:
    found = (matrix_form_of(derivation(name, target)) for name, target in CASES)
    formulas = [matrix_latex(form.right) for form in found if isinstance(form, MatrixForm)]
    log = compile_latex(pdflatex, tmp_path, [rf"\[ {formula} \]" for formula in formulas])
    assert [line for line in complaints(log) if "Overfull" not in line] == []
