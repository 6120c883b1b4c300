"""From text to tokens: pylatexenc cuts it, the whitelist says what each piece is, and bounds are kept on the way."""

from __future__ import annotations

import difflib
import re
from collections.abc import Collection
from dataclasses import dataclass, field
from typing import NamedTuple

from pylatexenc.latexwalker import LatexToken, LatexWalker, LatexWalkerEndOfStream, LatexWalkerParseError
from pylatexenc.macrospec import LatexContextDb

from derive.errors import Unreadable, shortened
from derive.notation.names import GREEK
from derive.notation.reading import signs
from derive.notation.reading.places import MAX_DEPTH, MAX_DIGITS, MAX_LINES, MAX_TOKENS, checked, unreadable


class Token(NamedTuple):
    """A `number`, a `letter`, a `word`, a `sign`, or the `end`; `at` and `until` say where it stands in the text.

    The text of a Greek letter is its name, that of a letter with an accent begins with the accent: "hat x".
    """

    kind: str
    text: str
    at: int
    until: int
    spaced: bool = False  # a space stands before it


_CONTEXT = LatexContextDb()
_CONTEXT.add_context_category("nothing", macros=[], environments=[], specials=[])


def tokens(text: str, words: Collection[str]) -> list[Token]:
    """All tokens of a text; letters that stand together as one of `words` are one token."""
    checked(text)
    scanner = _Scanner(text, frozenset(words))
    scanner.scan()
    return scanner.found


_RUN = re.compile(r"[A-Za-z]+")
_DIGITS = re.compile(r"[0-9]+(?:\.[0-9]+)?|\.[0-9]+")
_THOUSANDS = re.compile(r"(?:\\,[0-9]{3}(?![0-9]))+")
_ENVIRONMENTS = frozenset({"cases", "dcases", "rcases"})
_LINES = frozenset(
    {"aligned", "align", "align*", "alignat", "split", "gather", "gather*", "gathered", "equation", "equation*",
     "multline", "multline*", "eqnarray", "eqnarray*"}
)  # fmt: skip
_OPENING = {"(": ")", "[": "]", "{": "}", "lbrace": "rbrace", "lvert": "rvert"}
_CLOSING = {close: opening for opening, close in _OPENING.items()}


@dataclass
class _Scanner:
    """Reads a text from left to right; `found` grows."""

    text: str
    words: frozenset[str]
    found: list[Token] = field(default_factory=list)
    depth: int = 0
    braces: list[int] = field(default_factory=list)
    lines: int = 1
    cases: int = 0  # environments that are open

    def scan(self) -> None:
        walker = LatexWalker(self.text, latex_context=_CONTEXT, tolerant_parsing=False)
        state = walker.make_parsing_state()
        position = 0
        while True:
            try:
                token = walker.get_token(position, parsing_state=state)
            except LatexWalkerEndOfStream as end:
                if self.text.endswith("\\") and position < len(self.text):
                    raise self._error("nothing stands behind this \\", len(self.text) - 1) from None
                self._spaces(getattr(end, "final_space", "") or "", len(self.text))
                break
            except LatexWalkerParseError as error:
                raise self._error(r"an environment is named in braces, as in \begin{aligned}", error.pos) from None
            self._spaces(token.pre_space, token.pos)
            position = self._taken(token)
            if len(self.found) > MAX_TOKENS:
                raise self._error(f"the answer has more than {MAX_TOKENS} signs", token.pos)
        if self.braces:
            raise self._error("this { is never closed", self.braces[-1])
        self.found.append(Token("end", "", len(self.text), len(self.text)))

    def _error(self, message: str, at: int) -> Unreadable:
        return unreadable(message, self.text, at)

    def _add(self, kind: str, text: str, at: int, until: int, spaced: bool = False) -> None:
        self.found.append(Token(kind, text, at, until, spaced))

    def _spaces(self, space: str, until: int) -> None:
        if "\n" in space and not self.braces and not self.cases:
            self._line("newline", until - len(space.partition("\n")[2]) - 1, until)

    def _line(self, text: str, at: int, until: int) -> None:
        self.lines += 1
        if self.lines > MAX_LINES:
            raise self._error(f"the answer has more than {MAX_LINES} lines", at)
        self._add("sign", text, at, until)

    def _taken(self, token: LatexToken) -> int:
        """Adds what the token is, and gives the position after it."""
        until: int = token.pos + token.len
        handler = _HANDLERS.get(token.tok)
        if handler is None:
            raise self._error("this cannot be read", token.pos)
        return handler(self, token) or until

    # ------------------------------------------------------------ what pylatexenc finds

    def character(self, token: LatexToken) -> int | None:
        at, character = token.pos, token.arg
        spaced = bool(token.pre_space)
        if character.isascii() and character.isalpha():
            return self._letters(at, spaced)
        if character.isdigit() or (character == "." and self.text[at + 1 : at + 2].isdigit()):
            return self._number(at, spaced) if character.isascii() else self._script(at, spaced)
        if character == "\n\n":
            self._line("newline", at, at + 2)
            return None
        sign = signs.CHARACTERS.get(character)
        if sign is not None:
            return self._sign(sign, at, spaced)
        if character in signs.LETTERS:
            self._add("letter", signs.LETTERS[character], at, at + 1, spaced)
            return None
        return self._script(at, spaced)

    def _letters(self, at: int, spaced: bool) -> int:
        run = _RUN.match(self.text, at)
        assert run is not None
        word = run.group()
        if len(word) > 1 and word in self.words and not self._in_subscript:
            self._add("word", word, at, run.end(), spaced)
            return run.end()
        ending = (
            "" if self._in_subscript else next((w for w in _ENDINGS if word.endswith(w) and len(word) > len(w)), "")
        )
        for i, letter in enumerate(word[: len(word) - len(ending)]):
            self._add("letter", letter, at + i, at + i + 1, spaced and i == 0)
        if ending:
            self._add("word", ending, run.end() - len(ending), run.end())
        return run.end()

    @property
    def _in_subscript(self) -> bool:
        """Whether letters stand side by side here as indices, as in w_{pi}."""
        return bool(self.braces) and self.text[: self.braces[-1]].rstrip().endswith("_")

    def _number(self, at: int, spaced: bool) -> int:
        match = _DIGITS.match(self.text, at)
        assert match is not None
        if self._after_fraction():
            self._add("number", self.text[at], at, at + 1, spaced)
            return at + 1
        end, digits = match.end(), match.group()
        more = _THOUSANDS.match(self.text, end) if len(digits) <= 3 and digits.isdigit() else None
        if more is not None:
            end, digits = more.end(), digits + more.group().replace("\\,", "")
        if len(digits) > MAX_DIGITS:
            raise self._error(f"a number may have at most {MAX_DIGITS} digits", at)
        self._add("number", digits, at, end, spaced)
        return end

    def _after_fraction(self) -> bool:
        r"""Whether one digit alone is due: \frac12 is a half."""
        last = self.found[-2:]
        return bool(last) and (last[-1].text == "frac" or (last[-1].kind == "number" and last[0].text == "frac"))

    def _sign(self, sign: str, at: int, spaced: bool) -> int | None:
        pair = self.text[at : at + 2]
        if pair in {"<=", ">=", "!=", ":=", "**"}:
            self._add("sign", {":=": "=", "**": "^"}.get(pair, pair), at, at + 2, spaced)
            return at + 2
        if sign:
            self._nested(sign, at)
            self._add("sign", sign, at, at + 1, spaced)
        return None

    def _nested(self, sign: str, at: int) -> None:
        if sign in _OPENING:
            self.depth += 1
            if self.depth > MAX_DEPTH:
                raise self._error(f"more than {MAX_DEPTH} brackets are open here", at)
        elif sign in _CLOSING:
            self.depth = max(self.depth - 1, 0)

    def _script(self, at: int, spaced: bool) -> int:
        """w₁₂ => w _ { 12 }, a⁽ᴸ⁾ => a ^ { ( L ) }, ½ => frac { 1 } { 2 }, and styled letters => letters"""
        character = self.text[at]
        if character in signs.HALVES:
            above, below = signs.HALVES[character]
            for sign in ("frac", "{", above, "}", "{", below, "}"):
                self._add("number" if sign.isdigit() else "sign", sign, at, at + 1, spaced)
            return at + 1
        how, plain = signs.plainly(character)
        if not how:
            raise self._error(f"{shortened(character)} ({signs.described(character)}) is not read here", at)
        end = at
        while end < len(self.text) and signs.plainly(self.text[end])[0] == how:
            end += 1
        plain = "".join(signs.plainly(c)[1] for c in self.text[at:end])
        around = how in {signs.RAISED, signs.LOWERED}
        if around:
            self._add("sign", "^" if how == signs.RAISED else "_", at, at, spaced)
            self._add("sign", "{", at, at)
        for piece in re.finditer(r"[0-9]+|.", plain):
            self._plain(piece.group(), at + piece.start())
        if around:
            self._add("sign", "}", end, end)
        return end

    def _plain(self, piece: str, at: int) -> None:
        if piece.isdigit():
            self._add("number", piece, at, at + len(piece))
        elif piece in signs.CHARACTERS:
            self._nested(signs.CHARACTERS[piece], at)
            self._add("sign", signs.CHARACTERS[piece], at, at + 1)
        elif piece in signs.LETTERS or (piece.isascii() and piece.isalpha()):
            self._add("letter", signs.LETTERS.get(piece, piece), at, at + 1)
        else:
            raise self._error(f"{shortened(piece)} ({signs.described(piece)}) is not read here", at)

    def opening(self, token: LatexToken) -> None:
        self._nested("{", token.pos)
        self.braces.append(token.pos)
        self._add("sign", "{", token.pos, token.pos + 1, bool(token.pre_space))

    def closing(self, token: LatexToken) -> None:
        if not self.braces:
            raise self._error("this } closes nothing", token.pos)
        self._nested("}", token.pos)
        self.braces.pop()
        self._add("sign", "}", token.pos, token.pos + 1)

    def macro(self, token: LatexToken) -> int | None:
        name, at, until = token.arg, token.pos, token.pos + token.len
        if name in signs.NOTHING:
            return self._bracket_of_nothing(name, until)
        spaced = bool(token.pre_space)
        if name == "\\":
            self._line("\\\\", at, until)
            return self._star_and_gap(until)
        if name in signs.MACROS:
            sign = signs.MACROS[name]
            self._nested(sign, at)
            self._add("letter" if sign in GREEK else "sign", sign, at, until - len(token.post_space), spaced)
        elif name in GREEK:
            self._add("letter", name, at, until - len(token.post_space), spaced)
        elif name in signs.OPERATORS:
            self._add("word", name, at, until - len(token.post_space), spaced)
        elif name in signs.WORDS:
            return self._word(token)
        elif name in signs.STYLES or name in signs.OVER:
            return self._styled(token)
        else:
            raise self._error(self._unknown(name), at)
        return None

    def _bracket_of_nothing(self, name: str, until: int) -> int | None:
        if name in {"left", "right"} and self.text[until : until + 1] == ".":
            raise self._error("a bracket of nothing is not read here: write the bracket", until)
        return None

    def _star_and_gap(self, until: int) -> int:
        """What may stand behind a line's end: \\\\*[2pt]"""
        gap = re.compile(r"\*?\s*\[[0-9. ]*(?:pt|em|ex|mm|cm)\]").match(self.text, until)
        return gap.end() if gap else until

    def _unknown(self, name: str) -> str:
        if name in _SPEAKING:
            return _SPEAKING[name]
        known = (*signs.MACROS, *GREEK, *signs.OPERATORS, *signs.WORDS, *signs.STYLES)
        near = difflib.get_close_matches(name[:30], known, n=1, cutoff=0.75)
        hint = f": did you mean \\{near[0]}?" if near else ""
        return f"{_macro(name)} is not read here{hint}"

    def _argument(self, start: int) -> tuple[str, int, int]:
        """The text of a macro's argument, where it begins, and the position after it."""
        while start < len(self.text) and self.text[start].isspace():
            start += 1
        if self.text[start : start + 1] != "{":
            macro = re.compile(r"\\[A-Za-z]+|.|$", re.DOTALL).match(self.text, start)
            assert macro is not None
            return macro.group(), start, macro.end()
        depth, end = 0, start
        for end in range(start, min(len(self.text), start + 200)):
            depth += {"{": 1, "}": -1}.get(self.text[end], 0)
            if depth == 0:
                return self.text[start + 1 : end], start + 1, end + 1
        raise self._error("this { is never closed, or holds too much", start)

    def _word(self, token: LatexToken) -> int:
        r"""\mathrm{ReLU} => the word ReLU, \mathrm{d} => the letter d, \text{if } => the word if"""
        at = token.pos
        behind: int = at + token.len
        argument, start, end = self._argument(behind + self.text.startswith("*", behind))
        word = argument.replace("\\_", "_").replace("~", " ").strip()
        spaced = bool(token.pre_space)
        if re.fullmatch(r"[A-Za-z]", word):
            self._add("letter", word, at, end, spaced)
        elif re.fullmatch(r"[A-Za-z][A-Za-z_0-9 .-]*", word):
            self._add("word", word, at, end, spaced)
        elif re.fullmatch(r"[0-9.]+", word):
            self._number(start, spaced)
        elif word:
            raise self._error(f"{shortened(word)} is no word that is read here", start)
        return end

    def _styled(self, token: LatexToken) -> int:
        r"""\boldsymbol{\delta} => delta, \hat{x} => hat x, \mathbb{1} => the word 1"""
        name, at = token.arg, token.pos
        behind: int = at + token.len
        argument, start, end = self._argument(behind)
        letter = argument.strip().removeprefix("\\").strip()
        accent = signs.OVER.get(name, "")
        if letter == "1" and name in {"mathbf", "mathbb", "boldsymbol", "bm"}:
            self._add("word", "1", at, end, bool(token.pre_space))
        elif letter == "I" and name == "mathbf":
            self._add("word", "I", at, end, bool(token.pre_space))
        elif letter in GREEK or re.fullmatch(r"[A-Za-z]", letter) or letter in {"imath", "jmath"}:
            self._add("letter", f"{accent} {letter}".strip(), at, end, bool(token.pre_space))
        elif accent and (word := re.fullmatch(r"\\?(?:mathrm)?\{?([A-Za-z]+)\}?", argument.strip())):
            self._add("word", f"{accent} {word[1]}", at, end, bool(token.pre_space))
        elif accent:
            raise self._error(f"\\{name} stands over one letter", start)
        else:
            return behind  # the argument is read as it stands
        return end

    def begin(self, token: LatexToken) -> int | None:
        name = token.arg
        until: int = token.pos + token.len
        if name in _ENVIRONMENTS:
            self._nested("{", token.pos)
            self.cases += 1
            self._add("sign", "begin", token.pos, until)
        elif name in _LINES:
            columns = re.compile(r"\s*\{[0-9]{1,2}\}").match(self.text, until) if name.startswith("alignat") else None
            self._line("\\\\", token.pos, until)
            return columns.end() if columns else None
        else:
            raise self._error(f"the environment {shortened(name)} is not read here", token.pos)
        return None

    def end(self, token: LatexToken) -> None:
        name = token.arg
        if name in _ENVIRONMENTS:
            self._nested("}", token.pos)
            self.cases = max(self.cases - 1, 0)
            self._add("sign", "endcases", token.pos, token.pos + token.len)
        elif name in _LINES:
            self._line("\\\\", token.pos, token.pos + token.len)
        else:
            raise self._error(f"the environment {shortened(name)} is not read here", token.pos)

    def mathematics(self, token: LatexToken) -> None:
        if token.arg in {"$$", r"\[", r"\]"} and self.found:
            self._line("\\\\", token.pos, token.pos + token.len)

    def comment(self, token: LatexToken) -> None:
        raise self._error("the sign % begins a comment in LaTeX, and is not read here: write 0.05 for 5 %", token.pos)


def _macro(name: str) -> str:
    return f"\\{name}" if len(name) <= 30 and name.isprintable() else f"\\{name[:30]}…"


_ENDINGS = ("exp", "log", "tanh", "sinh", "cosh", "sin", "cos", "tan", "sqrt", "ln")
_SPEAKING = {
    "dot": "a derivative is written with a prime, as in g'(z), not with a dot",
    "ddot": "a derivative is written with a prime, as in g'(z), not with dots",
    "pm": "an answer has one value: write + or -",
    "mp": "an answer has one value: write + or -",
    "int": "integrals are not read here",
    "matrix": "matrices are written by their names here, not by their entries",
    "%": "a percentage is not read here: write 0.05 for 5 %",
}
_HANDLERS = {
    "char": _Scanner.character,
    "brace_open": _Scanner.opening,
    "brace_close": _Scanner.closing,
    "macro": _Scanner.macro,
    "begin_environment": _Scanner.begin,
    "end_environment": _Scanner.end,
    "mathmode_inline": _Scanner.mathematics,
    "mathmode_display": _Scanner.mathematics,
    "comment": _Scanner.comment,
}
