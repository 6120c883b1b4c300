"""Mark schemes: every mark has its reason, every claim is true, and working that makes them all earns everything."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from functools import cache

import pytest

import derive
from derive.calculus.derivation import Derivation
from derive.documents.marks import feedback
from derive.exercises.marking_judges import Judges
from derive.exercises.scheme import awards, claims, scheme, scheme_blocks
from derive.model.ready import READY
from derive.notation.latex import latex
from derive.pages.blocks import Block, Equations, Heading, Listing, Paragraph


@cache
def derivation(name: str) -> derive.Derivation:
    return derive.differentiate(derive.ready_model(name), READY[name].loss, READY[name].target)


def equation(of: Equations) -> str:
    return f"{latex(of.left)} = {latex(of.members[0])}"


def working(found: Derivation, start: int = 0, end: int | None = None) -> str:
    """What a derivation claims, a line each."""
    return "".join(equation(claim.equation) + " \\\\\n" for claim in list(claims(found))[start:end])


def deltas_first(found: Derivation) -> str:
    """The lines that work out the derivatives by the pre-activations."""
    return working(derive.differentiate(found.model, str(found.of), str(found.by), upstream="delta"), 0, -1)


@pytest.mark.parametrize("name", READY)
def test_every_claim_of_a_scheme_is_true(name: str) -> None:
    found = derivation(name)
    judges = Judges(found.model, found)
    for claim in claims(found):
        assert judges.same_on_a_path(claim.equation.left, claim.equation.members[0]) is True, claim


@pytest.mark.parametrize("name", READY)
@pytest.mark.parametrize("marks", [0, 1, 2, 3, 5, 12, 40])
def test_all_marks_are_given_for_something(name: str, marks: int) -> None:
    found = awards(derivation(name), marks)
    assert sum(award.marks for award in found) == marks
    assert all(award.marks > 0 and award.claims for award in found)
    assert [award.answer for award in found] == [False] * (len(found) - 1) + [True] * (marks > 0)


@pytest.mark.parametrize("name", READY)
def test_the_working_of_a_key_earns_all_marks(name: str) -> None:
    found = derivation(name)
    marked = derive.mark(working(found), found)
    assert (marked.outcome, marked.credit) == ("equal", Fraction(1)), marked
    assert {line.standing for line in marked.lines} == {"right"}
    assert derive.mark(latex(found.result, found.notation()), found).outcome == "equal"


@pytest.mark.parametrize("name", READY)
def test_what_counts_as_well_is_marked_right(name: str) -> None:
    found = derivation(name)
    for alternative in scheme(found, 5).alternatives:
        if alternative.equation is not None:
            before = deltas_first(found) if alternative.key == "delta" else ""
            marked = derive.mark(before + equation(alternative.equation), found)
            assert (marked.outcome, marked.credit) == ("equal", Fraction(1)), (alternative.key, marked)


SMALL = [name for name in READY if name not in {"rnn", "lstm", "gru", "multihead"}]  # the others take long


@pytest.mark.parametrize("name", SMALL)
def test_what_is_often_wrong_is_marked_with_its_mistake(name: str) -> None:
    found = derivation(name)
    for common in scheme(found, 10).common:
        marked = derive.mark(latex(common.result), found)
        assert (marked.outcome, marked.mistake) == ("different", common.mistake), marked
        assert marked.credit is not None
        assert int(marked.credit * 10) == common.marks


LESSON = """\
Mark scheme (6 marks)
1 mark for the chain rule:
d(C0)/d(w(L)[1,2]) = d(C0)/d(a(L)[1])*d(a(L)[1])/d(z(L)[1])*d(z(L)[1])/d(w(L)[1,2])
1 mark for the power rule:
d(C0)/d(a(L)[1]) = 2*(a(L)[1] - y[1])
1 mark for the chain rule:
d(a(L)[1])/d(z(L)[1]) = g(L)'(z(L)[1])
1 mark for constant factors:
d(z(L)[1])/d(w(L)[1,2]) = a(L-1)[2]
2 marks for the result:
d(C0)/d(w(L)[1,2]) = 2*(a(L)[1] - y[1])*g(L)'(z(L)[1])*a(L-1)[2]
These earn all of the marks too:
the derivative by the pre-activation worked out first, and then ∂C₀/∂w₁₂⁽ᴸ⁾ as (∂C₀/∂z₁⁽ᴸ⁾) a₂⁽ᴸ⁻¹⁾
any other right way to the result, and the result alone where no working was asked for
Wrong results that are often given, each still worth 3 marks where nothing else is wrong:
(a₁⁽ᴸ⁾ − y₁) g′⁽ᴸ⁾(z₁⁽ᴸ⁾) a₂⁽ᴸ⁻¹⁾: the factor 2 of the square is missing
2 (y₁ − a₁⁽ᴸ⁾) g′⁽ᴸ⁾(z₁⁽ᴸ⁾) a₂⁽ᴸ⁻¹⁾: the sign of the residual
2 (a₁⁽ᴸ⁾ − y₁) a₂⁽ᴸ⁻¹⁾: the slope of the output activation is missing
2 (a₁⁽ᴸ⁾ − y₁) g′⁽ᴸ⁾(a₁⁽ᴸ⁾) a₂⁽ᴸ⁻¹⁾: the slope taken at the activation
2 (a₁⁽ᴸ⁾ − y₁) g′⁽ᴸ⁾(z₁⁽ᴸ⁾): the inner derivative is missing"""


def printed(block: Block) -> Iterator[str]:
    match block:
        case Heading(_, message):
            yield feedback([message])
        case Paragraph(messages) | Listing(messages):
            yield from (feedback([message]) for message in messages)
        case Equations(left, (right,)):
            yield f"{left} = {right}"


def test_a_scheme_is_printed() -> None:
    blocks = scheme_blocks(scheme(derivation("lesson"), 6))
    assert "\n".join(line for block in blocks for line in printed(block)) == LESSON


def test_a_group_of_claims_names_all_rules() -> None:
    (first, *_) = list(scheme_blocks(scheme(derivation("lesson"), 2)))[1:]
    assert list(printed(first)) == ["1 mark for the chain rule, the power rule and constant factors:"]


def test_one_mark_is_for_the_result() -> None:
    lines = [line for block in scheme_blocks(scheme(derivation("softmax"), 1)) for line in printed(block)]
    assert lines[:2] == ["Mark scheme (1 mark)", "1 mark for the result:"]
