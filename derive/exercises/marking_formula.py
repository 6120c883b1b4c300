"""Formulas marked: is it what was asked, in the form that was asked, and where does it go wrong if it is not."""

from __future__ import annotations

from dataclasses import dataclass, replace
from fractions import Fraction
from functools import cached_property

from derive.calculus.matrix import MatrixForm, matrix_form_of
from derive.errors import Unreadable
from derive.exercises.answers import Formula
from derive.exercises.marking_credit import earned
from derive.exercises.marking_lines import Workings, equalities, first_wrong, worked_out
from derive.exercises.marking_reading import Chains, Kind, is_matrix, key, kind, read_chains, written_derivatives
from derive.exercises.marking_setting import Setting
from derive.exercises.marking_slips import Slip, Slips
from derive.exercises.scheme import Claim, claims, slip_credit
from derive.exercises.verdict import (
    FULL,
    NOTHING,
    LineVerdict,
    Outcome,
    Standing,
    Verdict,
    right,
    unreadable,
    unsure,
    wrong,
)
from derive.pages.blocks import Equations, Message
from derive.writing.nodes import Expr, Gradient, Partial
from derive.writing.walk import walk

LEFT_AS_IT_IS = (Standing.FOLLOWS, Standing.TRIVIAL)


@dataclass(frozen=True)
class Written:
    """An answer as a text, and the kinds of derivatives that may be left standing in it."""

    text: str
    allowed: frozenset[Kind]


class FormulaMarker:
    """Marks answers that are a formula, or working that ends in one."""

    def __init__(self, expected: Formula, setting: Setting) -> None:
        self.expected, self.setting, self.judges = expected, setting, setting.judges
        self.workings = Workings(self.judges, setting.derivation)
        self.is_matrix = is_matrix(expected.expr)
        self.claims = () if setting.derivation is None else tuple(claims(setting.derivation))
        self.slips = Slips(self.judges, setting, expected.by)

    def verdict(self, text: str) -> Verdict:
        """What an answer is worth."""
        try:
            chains = read_chains(text, self.setting)
        except Unreadable as error:
            return unreadable(Message("marking.unreadable", {"why": str(error)}))
        lines = self.workings.judged(equalities(tuple(map(self._begun, chains))))
        answer = Written(text, worked_out(lines, self._standing))
        final = self._final(chains, answer)
        found = self._of_final(final, answer)
        return replace(self._with_lines(found, lines), read=tuple(Equations(c[0], c[1:]) for c in chains), lines=lines)

    # ------------------------------------------------------------ what was answered

    def _begun(self, chain: tuple[Expr, ...]) -> tuple[Expr, ...]:
        """A chain that begins with what the chain rule makes of the derivative asked for, with that before it."""
        first = chain[0]
        is_product = not isinstance(first, Partial | Gradient) and any(isinstance(n, Partial) for n in walk(first))
        return (self._asked, *chain) if self._asked is not None and is_product and len(chain) > 1 else chain

    def _final(self, chains: Chains, answer: Written) -> Expr:
        """The last worked out member of the chain that speaks of what was asked, or of the last one."""
        asked = self._asked
        chain = next((c for c in reversed(chains) if asked is not None and asked in c), chains[-1])
        return next((member for member in reversed(chain) if not self._unexpanded(member, answer)), chain[-1])

    @property
    def _asked(self) -> Gradient | None:
        of, by = self.expected.of, self.expected.by
        return None if of is None or by is None else Gradient(of, by)

    @cached_property
    def _standing(self) -> frozenset[Kind]:
        """The kinds of derivatives that are left standing in what is expected."""
        return frozenset(found for n in walk(self.expected.expr) if (found := kind(n)))

    def _unexpanded(self, expr: Expr, answer: Written) -> tuple[Expr, ...]:
        """The derivatives that are written as such, and may not be left standing."""
        if self._standing and self.setting.derivation is None and not key(expr):
            return ()
        found = written_derivatives(expr, answer.text, self.setting)
        return tuple(n for n in found if kind(n) not in answer.allowed)

    # ------------------------------------------------------------ what it is worth

    def _of_final(self, final: Expr, answer: Written) -> Verdict:
        """The verdict of the answer alone, whatever led to it."""
        if self._asked is not None and key(final) == key(self._asked) and key(self.expected.expr) != key(final):
            return Verdict(Outcome.FORM, NOTHING, (Message("marking.formula.restated"),))
        if self.is_matrix != is_matrix(final):
            return self._of_other_kind(final)
        same = self.judges.same(final, self.expected.expr)
        if same is None:
            return unsure(Message("marking.formula.unsure"))
        return self._of_right(final, answer) if same else self._of_wrong(final)

    def _of_other_kind(self, final: Expr) -> Verdict:
        """A matrix where an element was asked, or the other way round: all elements at once are one of them too."""
        other = self._elements if self.is_matrix else self._matrix
        same = None if other is None else self.judges.same(final, other)
        if same is False:
            return wrong(Message("marking.formula.value"))
        if same and not self.is_matrix:
            return right()
        message = Message("marking.formula.matrix" if self.is_matrix else "marking.formula.element")
        return unsure(message) if same is None else Verdict(Outcome.FORM, NOTHING, (message,))

    @cached_property
    def _form(self) -> MatrixForm | None:
        derivation = self.setting.derivation
        form = None if derivation is None else matrix_form_of(derivation)
        return form if isinstance(form, MatrixForm) and form.letters else None

    @property
    def _matrix(self) -> Expr | None:
        return None if self._form is None else self._form.right

    @property
    def _elements(self) -> Expr | None:
        return None if self._form is None else self._form.elements

    def _of_right(self, final: Expr, answer: Written) -> Verdict:
        """An answer that is equal, and perhaps not worked out."""
        left = self._unexpanded(final, answer)
        if not left:
            return right()
        if final == left[0]:
            return Verdict(Outcome.FORM, NOTHING, (Message("marking.formula.restated"),))
        return Verdict(Outcome.FORM, NOTHING, (Message("marking.formula.unexpanded", {"partial": left[0]}),))

    def _of_wrong(self, final: Expr) -> Verdict:
        """An answer that differs, with the mistake that leads to it where one does."""
        slip = self.slips.between(self.expected.expr, final)
        if slip is None:
            return wrong(Message("marking.formula.value"))
        return wrong(slip.message, mistake=slip.mistake, credit=slip_credit(self.claims))

    # ------------------------------------------------------------ working

    def _with_lines(self, found: Verdict, lines: tuple[LineVerdict, ...]) -> Verdict:
        """The verdict of the answer, and what the working adds to it: where it goes wrong, and what still counts."""
        bad = first_wrong(lines)
        if bad is None or not self.expected.working or found.outcome in (Outcome.UNSURE, Outcome.FORM):
            return found
        if found.outcome is Outcome.EQUAL and len(lines) == 1 and key(bad.read.left):
            return wrong(Message("marking.formula.other"), credit=slip_credit(self.claims))
        alone = NOTHING if found.outcome is Outcome.EQUAL else found.credit or NOTHING
        credit = max(alone, self._earned(lines, found))
        if len(lines) == 1 and found.outcome is not Outcome.EQUAL:
            return replace(found, credit=credit)
        return self._explained(found, bad, lines, credit)

    def _earned(self, lines: tuple[LineVerdict, ...], found: Verdict) -> Fraction:
        if len(lines) < 2 or not self.claims:
            return NOTHING
        return earned(self.claims, lines, self.judges, is_right=found.outcome is Outcome.EQUAL)

    def _explained(self, found: Verdict, bad: LineVerdict, lines: tuple[LineVerdict, ...], credit: Fraction) -> Verdict:
        """What is said to working with a line that does not follow."""
        slip = self._slip_in(bad)
        rule = self._rule_at(bad)
        place = "first" if bad.number == 1 else "later"
        messages = [Message(f"marking.line.{place}", {"number": bad.number, "rule": "" if slip else rule})]
        messages += [slip.message] if slip else []
        follows = [line for line in lines if line.number > bad.number and line.standing in LEFT_AS_IT_IS]
        counting = tuple(line.number for line in follows if line.standing is Standing.FOLLOWS)
        if found.outcome is Outcome.EQUAL:
            messages.append(Message("marking.line.result"))
        elif counting:
            messages.append(Message("marking.line.follows", {"numbers": counting}))
        elif follows:
            messages.append(Message("marking.line.trivial"))
        mistake = slip.mistake if slip else found.mistake
        return Verdict(Outcome.DIFFERENT, min(credit, FULL), tuple(messages), mistake)

    def _slip_in(self, bad: LineVerdict) -> Slip | None:
        """The mistake that makes the right side of the wrong line of what it should be."""
        left, (written,) = bad.read.left, bad.read.members
        known = [claim.equation.members[0] for claim in self._claims_of(left)]
        known += [self.workings.products[left]] if left in self.workings.products else []
        known += [] if isinstance(left, Partial | Gradient) else [left]
        known += [self.expected.expr] if self.judges.same(left, self.expected.expr) else []
        return next((slip for one in known if (slip := self.slips.between(one, written)) is not None), None)

    def _rule_at(self, bad: LineVerdict) -> str:
        """The rule that leads on from the left side of the wrong line, where one is known; otherwise ""."""
        if not key(bad.read.left) and sum(1 for n in walk(bad.read.left) if key(n)) > 1:
            return "substitute"
        return next((claim.rule for claim in reversed(self._claims_of(bad.read.left))), "")

    def _claims_of(self, left: Expr) -> tuple[Claim, ...]:
        """What the derivation says of a derivative."""
        return tuple(claim for claim in self.claims if key(claim.equation.left) == (key(left) or ()))
