"""Notations of books: every formula there and back, every switch by itself, and whole lines as the books have them."""

from __future__ import annotations

import random
from dataclasses import replace
from functools import cache

import pytest

import derive
from derive.api import derivations_for
from derive.asking import asked
from derive.calculus.domains import fixed_symbols
from derive.calculus.families import biases, parameters, weights
from derive.documents.lesson import View, lesson
from derive.documents.render import FORMATS, render
from derive.errors import OptionError
from derive.exercises.equality import Judge
from derive.exercises.reading import conventions_of
from derive.model.language import read_expression, read_quantity
from derive.model.model import Model
from derive.model.ready import READY, ready
from derive.notation.latex import latex
from derive.notation.notations import NOTATIONS, Notation
from derive.notation.own import read_notation
from derive.notation.plain import plain
from derive.notation.reading.answer import read_answer
from derive.notation.telling import told, untold
from derive.options import Request
from derive.pages.notating import adapted
from derive.writing.nodes import Expr, Gradient, Partial, Product
from derive.writing.walk import free_symbols

SMALL = ("lesson", "dense", "softmax", "residual")
WHOLE = ("nielsen", "bishop", "cs231n", "prince", "mitchell", "mixed")  # every switch is in one of them
MIXED = Notation(base=1, layer_base=1, from_to=True, from_layer=True, weight_first=True)


@cache
def steps(name: str) -> tuple[Model, tuple[Expr, ...]]:
    model = derive.ready_model(name)
    found: dict[Expr, None] = {}
    for by in parameters(model, read_quantity(ready(name).loss, model)):
        derivation = derive.differentiate(model, ready(name).loss, str(by))
        found.update(dict.fromkeys(step.after for step in derivation.steps))
    return model, tuple(found)


@pytest.mark.parametrize("name", READY)
@pytest.mark.parametrize("notation", WHOLE)
def test_what_is_told_is_told_back(notation: str, name: str) -> None:
    model, formulas = steps(name)
    own = adapted(MIXED if notation == "mixed" else NOTATIONS[notation], [model])
    for formula in formulas:
        assert str(untold(told(formula, own), own)) == str(formula)


LINES = {
    "lesson": "∂C₀/∂w₁₂⁽ᴸ⁾ = 2 (a₁⁽ᴸ⁾ − y₁) g′⁽ᴸ⁾(z₁⁽ᴸ⁾) a₂⁽ᴸ⁻¹⁾",
    "nielsen": "∂Cₓ/∂w₁₂ᴸ = δ₁ᴸ a₂ᴸ⁻¹",
    "deeplearning.ai": "∂L/∂w_{12}^[L] = 2 (a_1^[L] − y₁) g′^[L](z_1^[L]) a_2^[L−1]",
    "goodfellow": "∂L/∂w₁₂⁽ᴸ⁾ = 2 (h₁⁽ᴸ⁾ − y₁) f′⁽ᴸ⁾(a₁⁽ᴸ⁾) h₂⁽ᴸ⁻¹⁾",
    "bishop": "∂Eₙ/∂w₁₂⁽ᴸ⁾ = δ₁⁽ᴸ⁾ z₂⁽ᴸ⁻¹⁾",
    "cs231n": "∂Lᵢ/∂w₁₂⁽ᴸ⁾ = 2 (h₂⁽ᴸ⁾ − y₂) g′⁽ᴸ⁾(s₂⁽ᴸ⁾) h₁⁽ᴸ⁻¹⁾",
    "d2l": "∂L/∂w₁₂⁽ᴸ⁾ = 2 (h₁⁽ᴸ⁾ − y₁) ϕ′⁽ᴸ⁾(z₁⁽ᴸ⁾) h₂⁽ᴸ⁻¹⁾",
    "prince": "∂ℓᵢ/∂ω₁₂⁽ᴸ⁻¹⁾ = 2 (h₁⁽ᴸ⁾ − y₁) a′⁽ᴸ⁾(f₁⁽ᴸ⁾) h₂⁽ᴸ⁻¹⁾",
    "3blue1brown": "∂C₀/∂w₁₂⁽ᴸ⁾ = 2 (a₁⁽ᴸ⁾ − y₁) σ′⁽ᴸ⁾(z₁⁽ᴸ⁾) a₂⁽ᴸ⁻¹⁾",
    "mitchell": "∂E_d/∂w₁₂⁽ᴸ⁾ = −δ₁⁽ᴸ⁾ o₂⁽ᴸ⁻¹⁾",
    "han-kamber": "∂E/∂w₁₂⁽ᴸ⁾ = −Err₂⁽ᴸ⁾ O₁⁽ᴸ⁻¹⁾",
}


def derived(**options: str) -> derive.Derivation:
    (found,) = derivations_for(asked(Request(**options)))  # type: ignore[arg-type]
    return found


@pytest.mark.parametrize(("name", "line"), LINES.items())
def test_a_result_as_the_book_has_it(name: str, line: str) -> None:
    assert derived(weight="1,2", notation=name).line() == line


@pytest.mark.parametrize("name", NOTATIONS)
def test_what_is_asked_for_is_read_as_the_book_writes_it(name: str) -> None:
    """The weight that is typed stands in the line that is printed."""
    line = derived(weight="2,3", notation=name).line()
    assert line.partition(" = ")[0].count("23") + line.partition(" = ")[0].count("₂₃") == 1


@pytest.mark.parametrize("name", SMALL)
@pytest.mark.parametrize("notation", NOTATIONS)
def test_a_printed_result_is_read_back(notation: str, name: str) -> None:
    model = derive.ready_model(name)
    own = adapted(NOTATIONS[notation], [model], deltas=bool(NOTATIONS[notation].delta_name))
    conventions = conventions_of(model, own, read_quantity(ready(name).loss, model))
    for by in parameters(model, read_quantity(ready(name).loss, model)):
        derivation = derive.differentiate(model, ready(name).loss, str(by))
        letters = [s.name for s in free_symbols(by) if s not in fixed_symbols(model)]
        known = replace(conventions, sizes={**dict.fromkeys(letters, False), **conventions.sizes})
        (line,) = read_answer(latex(derivation.result, own), known).lines
        assert Judge(derivation, random.Random(7)).same(line.members[-1], derivation.result)


SWITCHES = [
    (Notation(base=1), "sum(w[j,k]*a[k] for k in range(n))", "Σ_{k=1}^{n} wⱼₖ aₖ"),
    (Notation(base=1), "w[0,2]*a[i+1]", "w₁₃ aᵢ₊₁"),
    (Notation(base=1), "sum(x[i+u]*k[u] for u in range(n))", "Σ_{u=1}^{n} xᵢ₊ᵤ₋₁ kᵤ"),
    (Notation(base=1), "x[n-1]", "xₙ"),
    (Notation(base=1), "x[i] if i < n else y[0]", "{xᵢ if i ≤ n; y₁ otherwise}"),
    (Notation(from_to=True), "w[j,k]*a[k]", "wₖⱼ aₖ"),
    (Notation(from_layer=True), "w(L)[j,k]*a(L-1)[k]", "wⱼₖ⁽ᴸ⁻¹⁾ aₖ⁽ᴸ⁻¹⁾"),
    (Notation(layer_base=1), "w(2)[j,k]*a(L)[j]", "wⱼₖ⁽³⁾ aⱼ⁽ᴸ⁾"),
    (Notation(functions={"g": "phi"}, families={"z": "net"}), "g(z[1])", "ϕ(net₁)"),
]


@pytest.mark.parametrize(("notation", "text", "printed"), SWITCHES)
def test_a_switch_by_itself(notation: Notation, text: str, printed: str) -> None:
    model = derive.read_model(
        "C = sum(g(z[j]) for j in range(n))\nz[j] = sum(w[j,k]*a[k] for k in range(n)) + x[n-1] for j in range(n)"
    )
    own = adapted(notation, [model])
    assert plain(read_expression(text, letters=["i", "j", "k", "n"]), own) == printed


def test_a_chain_may_begin_at_the_weight() -> None:
    c, a, z, w = map(read_quantity, ("C", "a", "z", "w"))
    chain = Product((Gradient(c, a), Partial(a, z), Partial(z, w)))
    assert plain(chain, Notation(weight_first=True)) == "(∂z/∂w) (∂a/∂z) (∂C/∂a)"


def test_delta_may_be_minus_the_derivative() -> None:
    own = Notation(deltas={"z": "delta"}, delta_sign=-1)
    by = Gradient(read_quantity("E"), read_quantity("z[j]"))
    assert plain(Product((by, read_quantity("x[k]"))), own) == "−δⱼ xₖ"


@pytest.mark.parametrize("name", NOTATIONS)
def test_a_whole_lesson_is_printed_in_every_format(name: str) -> None:
    derivation = derived(weight="1,2", notation=name)
    document = lesson(derivation, View(dense=True, views=("matrix",), notation=derivation.notation()))
    for kind in ("md", "tex"):
        assert kind in FORMATS
        assert len(render(document, kind, derivation.notation())) > 3000


def test_rows_of_examples_turn_the_matrix_form() -> None:
    derivation = derived(weight="1,2", notation="cs231n")
    text = lesson(derivation, View(dense=True, views=("matrix",), notation=derivation.notation()))
    printed = render(text, "md", derivation.notation())
    assert r"\left(h^{(L-1)}\right)^{\top}" in printed
    assert "vectors are rows" in printed


def test_weights_and_biases_are_read_off_the_equations() -> None:
    model = derive.ready_model("dense")
    assert (weights(model), biases(model)) == (frozenset({"w"}), frozenset({"b"}))


def test_a_letter_that_a_model_uses_itself_stays_the_model_s() -> None:
    """The targets of the residual block are called t, as Bishop calls what the block calls y."""
    model = derive.ready_model("residual")
    own = adapted(NOTATIONS["bishop"], [model])
    assert [own.family(name) for name in ("a", "z", "y", "t")] == ["z", "a", "y", "t"]


def test_a_clash_is_pointed_out() -> None:
    derivation = derived(weight="1,2", notation="deeplearning.ai")
    document = lesson(derivation, View(dense=True, notation=derivation.notation()))
    sentence = "Mind the letter $L$: in this notation it stands for a quantity and for a layer or a size."
    assert sentence in render(document, "md", derivation.notation())


def test_a_notation_of_one_s_own() -> None:
    own = read_notation('like = "nielsen"\nfamilies = { a = "h" }\nlabel = "()"\nbase = 0\n', "mine.toml")
    assert (own.families, own.label, own.base, own.delta_name) == ({"a": "h"}, ("(", ")"), 0, "delta")


REFUSED = [
    ("base = 2", "the notation mine.toml: base must be 0 or 1, not '2'"),
    ("base = true", "the notation mine.toml: base must be 0 or 1, not 'True'"),
    ('label = "<>"', 'the notation mine.toml: label must be "()", "[]" or "", not \'<>\''),
    ("mean = 1", "the notation mine.toml: mean must be true or false, not '1'"),
    ('families = "a"', "the notation mine.toml: families must be a table of names, such as { z = \"a\" }, not 'a'"),
    (
        'families = { z = "" }',
        "the notation mine.toml: families.z must be a name of at most 40 letters, such as sigma or E_n, not ''",
    ),
    ("bases = 1", "the notation mine.toml: unknown key 'bases': it must be one of like, families, letters, functions"),
    ("base", "the notation mine.toml is not TOML: "),
    ('like = "bishops"', "unknown notation 'bishops': it must be one of lesson, apart, nielsen"),
    ("#" * 20_001, "the notation mine.toml is longer than 20,000 characters"),
]


@pytest.mark.parametrize(("text", "message"), REFUSED)
def test_what_is_no_notation_is_refused(text: str, message: str) -> None:
    with pytest.raises(OptionError) as caught:
        read_notation(text, "mine.toml")
    assert str(caught.value).startswith(message)


def test_nodes_counted_from_one_have_no_number_zero() -> None:
    with pytest.raises(OptionError) as caught:
        derived(weight="0,1", notation="nielsen")
    assert str(caught.value) == "the weight 0,1 does not exist: this notation counts nodes from 1"
