"""Formulas for the ear: exact sentences, and words for every formula of every ready model, in every language."""

from __future__ import annotations

import re
from functools import cache

import pytest

import derive
from derive.calculus.families import parameters
from derive.calculus.matrix import MatrixForm, matrix_form_of
from derive.documents.wording import wording
from derive.model.language import read_expression, read_quantity
from derive.model.ready import READY, ready
from derive.notation.notations import LESSON
from derive.notation.speech import Speech, spoken, spoken_chain
from derive.pages.languages import LANGUAGES
from derive.writing.nodes import Gradient, Power


@cache
def speech(language: str = "en") -> Speech:
    return Speech(wording(language).messages["speech"], LESSON)


SENTENCES = [
    ("C0", "C nought"),
    ("w(L)[1,2]", "w one two in layer L"),
    ("a(L-1)[12]", "a 12 in layer L minus one"),
    ("2*(a[j] - y[j])", "two times the quantity a j minus y j, end quantity"),
    ("(a - y)**2", "the quantity a minus y, end quantity, squared"),
    ("x**n_in", "x to the power n in"),
    ("log(1 - h)", "log of the quantity one minus h, end quantity"),
    (
        "sum(w[j,k]*a[k] for k in range(n(l)))",
        "the sum over k from nought to n of layer l minus one of w j k times a k",
    ),
    ("x if x > 0 else 0", "the quantity x if x is greater than nought, nought otherwise, end quantity"),
    ("-x + 1/2", "minus x plus one over two"),
    ("xhat/sqrt(v + eps)", "x hat over the square root of the quantity v plus epsilon, end quantity"),
]


@pytest.mark.parametrize(("text", "words"), SENTENCES)
def test_a_formula_is_said_as_a_person_says_it(text: str, words: str) -> None:
    assert spoken(read_expression(text), speech()) == words


def test_a_derivative_is_said_with_what_it_is_taken_by() -> None:
    by = Gradient(read_quantity("C0"), read_quantity("w(L)[1,2]"))
    assert spoken(by, speech()) == "the partial derivative of C nought with respect to w one two in layer L"


def test_a_layer_is_no_power_and_a_power_no_layer() -> None:
    layer, power = read_quantity("a(2)"), Power(read_quantity("a"), read_expression("2"))
    assert (spoken(layer, speech()), spoken(power, speech())) == ("a in layer two", "a squared")


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("name", READY)
def test_every_formula_of_a_ready_model_has_words(name: str, language: str) -> None:
    model = derive.ready_model(name)
    for by in parameters(model, read_quantity(ready(name).loss, model)):
        derivation = derive.differentiate(model, ready(name).loss, str(by))
        form = matrix_form_of(derivation)
        formulas = [step.after for step in derivation.steps] + ([form.right] if isinstance(form, MatrixForm) else [])
        text = spoken_chain((Gradient(derivation.of, derivation.by), *formulas), speech(language))
        assert re.search(r"[\\{}^_=+*/]", text) is None


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_language_has_the_same_words(language: str) -> None:
    assert speech(language).words.keys() == speech("en").words.keys()
