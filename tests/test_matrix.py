"""Matrix forms found from forms in indices: as published, checked entry by entry, or refused with a reason."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import pytest

from derive.calculus.derivation import Derivation, differentiate
from derive.calculus.matrix import Layout, MatrixForm, NoForm, matrix_form_of, matrix_forms_of
from derive.calculus.matrix_check import different_sizes, matrix_checked
from derive.model.language import read_model, read_quantity
from derive.model.model import Model
from derive.model.ready import READY, ready_model
from derive.notation.matrix import matrix_latex, matrix_plain
from derive.writing.index import Symbol, index
from derive.writing.matrices import Array, Axis, Diagonal, Hadamard, Ones, Transpose
from derive.writing.matrix_algebra import matrix_product, transposed
from derive.writing.matrix_shapes import shape
from derive.writing.nodes import Negative, Product, Quantity, Sum
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
}
WHOLE = "1 if b else 0"


def model(name: str) -> Model:
    return read_model(TEXTS[name]) if name in TEXTS else ready_model(name)


def loss(found: Model) -> Quantity:
    return found.equations[0].left


def derivation(name: str, target: str, *named: str) -> Derivation:
    found = model(name)
    return differentiate(found, loss(found), read_quantity(target), named=named)


# ---------------------------------------------------------------- as published

PUBLISHED = [
    ("lesson", "w(L)[j,k]", "2 ((a⁽ᴸ⁾ − y) ⊙ g′⁽ᴸ⁾(z⁽ᴸ⁾)) (a⁽ᴸ⁻¹⁾)ᵀ"),
    ("lesson", "z(L)[j]", "2 (a⁽ᴸ⁾ − y) ⊙ g′⁽ᴸ⁾(z⁽ᴸ⁾)"),
    ("hidden", "z[k]", "2 (Vᵀ (p − y)) ⊙ g′(z)"),
    ("hidden", "w[k,i]", "2 ((Vᵀ (p − y)) ⊙ g′(z)) xᵀ"),
    ("softmax", "z[j]", "p − y"),
    ("softmax", "w[j,k]", "(p − y) xᵀ"),
    ("softmax", "x[k]", "Wᵀ (p − y)"),
    ("attention", "V[j,c]", "Aᵀ (O − Y)"),
    ("attention", "A[i,j]", "(O − Y) Vᵀ"),
    ("attention", "S[i,j]", "A ⊙ (∂loss/∂A) − diag(((∂loss/∂A) ⊙ A) 𝟏) A"),
    ("attention", "Q[i,k]", "((∂loss/∂S) K)/(√(d))"),
    ("attention", "K[j,k]", "((∂loss/∂S)ᵀ Q)/(√(d))"),
    ("batchnorm", "gamma", "(y − t)ᵀ x̂"),
    ("batchnorm", "beta", "𝟏ᵀ (y − t)"),
    ("rows", "w[k,j]", "Xᵀ (Z − Y)"),
    ("rows", "b[j]", "(Z − Y)ᵀ 𝟏"),
    ("rows", "x[s,k]", "(Z − Y) Wᵀ"),
    ("bilinear", "w[i,j]", "x yᵀ"),
    ("bilinear", "x[i]", "w y"),
    ("quadratic", "x[i]", "w x + wᵀ x"),
    ("weighted", "x[i]", "w diag(q) u y"),
    ("rnn", "W[i,k]", "Σ_{t=1}^{T} ((∂loss/∂hₜ) ⊙ (𝟏 − hₜ^∘2)) hₜ₋₁ᵀ"),
    ("rnn", "o[t,i]", "pₜ − yₜ"),
    ("multihead", "W_Q[h,e,c]", "Xᵀ (∂loss/∂Qₕ)"),
    ("word2vec", "v[i]", "Σ_{k=1}^{K} (1 − σ(−sₖ)) uₖ − (1 − σ(s₀)) u₀"),
    ("dense", "w(l)[j,k]", "((∂C/∂a⁽ˡ⁾) ⊙ g′⁽ˡ⁾(z⁽ˡ⁾)) (a⁽ˡ⁻¹⁾)ᵀ"),
    ("embedding", "E[v,k]", "x (p − y)ᵀ W"),
]
