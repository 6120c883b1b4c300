"""Judges of printed LaTeX that share nothing with the printer: pylatexenc, rules of TeX, pdflatex and KaTeX."""

from __future__ import annotations

import json
import re
import subprocess
from collections.abc import Iterator, Sequence
from pathlib import Path

from pylatexenc.latexwalker import LatexWalker, LatexWalkerParseError

PRINTED = r"""
frac partial left right bigl bigr Bigl Bigr biggl biggr lvert rvert lbrace rbrace sum prod max min substack sqrt
text mathrm exp log sin cos tan tanh sinh cosh cdot cdots ldots quad le ge ne land lor lnot begin end
hat bar tilde dot widehat overline widetilde acute grave breve ddot check imath jmath
alpha beta gamma delta epsilon varepsilon zeta eta theta vartheta iota kappa lambda mu nu xi pi rho sigma tau
upsilon phi varphi chi psi omega Gamma Delta Theta Lambda Xi Pi Sigma Upsilon Phi Psi Omega ell
boldsymbol mathbf top odot oslash circ lbrack rbrack
longrightarrow dashrightarrow cr lt gt vert thinspace negthinspace small footnotesize resizebox linewidth displaystyle
boxed scriptstyle textcolor underline cancel
"""
KNOWN = {*PRINTED.split(), "!", ",", ";", " ", "\\"}
ENVIRONMENTS = {"cases", "aligned", "align*"}
TOKEN = re.compile(r"\\[A-Za-z]+\*?|\\.|\d+(?:\.\d+)?|\s+|.", re.DOTALL)
OPENING, CLOSING = re.compile(r"\\begin\{(.*?)\}"), re.compile(r"\\end\{(.*?)\}")


def problems(tex: str) -> list[str]:
    """What is wrong with a formula, in words; nothing if all is well."""
    return [
        *_parsed(tex),
        *_macros(tex),
        *_characters(tex),
        *_pairs(tex),
        *_scripts(tex),
        *_alignment(tex),
        *_numbers(tex),
    ]


def _parsed(tex: str) -> Iterator[str]:
    try:
        nodes, _, _ = LatexWalker(tex, tolerant_parsing=False).get_latex_nodes()
    except LatexWalkerParseError as error:
        yield f"pylatexenc: {error}"
        return
    if "".join(node.latex_verbatim() for node in nodes) != tex:
        yield "pylatexenc does not give back what it read"


def _macros(tex: str) -> Iterator[str]:
    for name in re.findall(r"\\([A-Za-z]+|.)", tex):
        if name not in KNOWN:
            yield f"unknown macro \\{name}"
    for environment in OPENING.findall(tex):
        if environment not in ENVIRONMENTS:
            yield f"unknown environment {environment}"


def _characters(tex: str) -> Iterator[str]:
    if not tex.isascii():
        yield f"not ASCII: {''.join(c for c in tex if not c.isascii())}"
    for character in sorted(set(tex) & set('%#~$"@`?:')):
        yield f"character {character} has no business in a formula"


PAIRS = {
    r"\right": r"\left",
    "}": "{",
    r"\bigr": r"\bigl",
    r"\Bigr": r"\Bigl",
    r"\biggr": r"\biggl",
    r"\end": r"\begin",
}


def _pairs(tex: str) -> Iterator[str]:
    """Braces, environments and growing brackets close in the order in which they opened."""
    waiting: list[str] = []
    for token in TOKEN.findall(tex):
        if token in PAIRS.values():
            waiting.append(token)
        elif token in PAIRS and (not waiting or waiting.pop() != PAIRS[token]):
            yield f"{token} closes nothing"
    yield from (f"{token} is never closed" for token in waiting)


def _scripts(tex: str) -> Iterator[str]:
    """At most one subscript and one superscript on each symbol; a prime may only come before the superscript."""
    depth, seen = 0, {0: ""}
    for token in TOKEN.findall(tex):
        if token.isspace():
            continue
        if token in "_^'":
            if token in seen[depth].replace("'", "") or (token == "'" and "^" in seen[depth]):
                yield f"two scripts {token} on one symbol"
            seen[depth] += token
            continue
        if token == "}":
            depth -= 1
            continue
        if not seen[depth].endswith(("_", "^")):
            seen[depth] = ""
        else:
            seen[depth] += "."
        if token == "{":
            depth += 1
            seen[depth] = ""
    if seen[depth].endswith(("_", "^")):
        yield "a script without content"


def _alignment(tex: str) -> Iterator[str]:
    """Marks and line ends stand in an environment, not deeper in its braces; lines may also end in a substack."""
    waiting: list[str] = []
    tokens = TOKEN.findall(tex)
    for before, token in zip(["", *tokens], tokens, strict=False):
        if token in {r"\begin", "{"}:
            waiting.append(before if token == "{" else token)
        elif token in {r"\end", "}"}:
            waiting.pop()
        elif token == "&" and waiting[-1:] != [r"\begin"]:
            yield "a stray &"
        elif token in {r"\\", r"\cr"} and waiting[-1:] not in ([r"\begin"], [r"\substack"]):
            yield "a stray line end"


def _numbers(tex: str) -> Iterator[str]:
    for found in re.findall(r"\d\s+\d|\d\s*\\frac\{\d+\}\{\d+\}|\d\s*\\[,!]\s*\d", tex):
        yield f"two numbers side by side: {found}"


# ---------------------------------------------------------------- Markdown


def markdown_problems(text: str) -> list[str]:
    """What CommonMark, or GitHub around it, would take for something else than mathematics between dollar signs."""
    return [*_line_starts(text), *_escapes(text), *_emphasis(text)]


def _line_starts(text: str) -> Iterator[str]:
    for line in text.split("\n"):
        if not line.strip():
            yield "a blank line"
        elif re.match(r"[-+*=>#<~|`\d]|    ", line):
            yield f"a line begins with {line[0]}"


def _escapes(text: str) -> Iterator[str]:
    for found in re.findall(r"\\[!-/:-@\[-`{-~]|[<>|*~`\[\]]|&\w+;|\\(?:operatorname|mbox|phantom)", text):
        yield f"{found} means something else"


def _emphasis(text: str) -> Iterator[str]:
    """An underscore opens emphasis if it is left-flanking, and not right-flanking or after punctuation."""
    for found in re.finditer("_", text):
        before, after = text[found.start() - 1 : found.start()] or " ", text[found.end() : found.end() + 1] or " "
        left = not after.isspace() and (after.isalnum() or not before.isalnum())
        right = not before.isspace() and (before.isalnum() or not after.isalnum())
        if left and (not right or not before.isalnum()):
            yield f"{before}_{after} opens emphasis"


# ---------------------------------------------------------------- pdflatex

PREAMBLE = r"""\documentclass[11pt]{article}
\usepackage[T1]{fontenc}
\usepackage[utf8]{inputenc}
\usepackage[a4paper,margin=2.5cm]{geometry}
\usepackage{amsmath,amssymb,graphicx,xcolor,cancel}
\allowdisplaybreaks
\newsavebox\measured
\begin{document}
"""


def compile_latex(pdflatex: str, folder: Path, blocks: Sequence[str]) -> str:
    """The log of one run of pdflatex over all the blocks, each announced by its number."""
    body = "\n".join(f"\\typeout{{[block {i}]}}\n{block}\n" for i, block in enumerate(blocks))
    (folder / "sheet.tex").write_text(f"{PREAMBLE}{body}\n\\end{{document}}\n", encoding="utf-8")
    command = [pdflatex, "-no-shell-escape", "-interaction=nonstopmode", "-file-line-error", "sheet.tex"]
    environment = {"PATH": str(Path(pdflatex).parent), "max_print_line": "1000", "HOME": str(folder)}
    subprocess.run(command, cwd=folder, env=environment, capture_output=True, timeout=300, check=False)
    return (folder / "sheet.log").read_text(encoding="utf-8", errors="replace")


def complaints(log: str) -> list[str]:
    """Errors and overfull boxes, each with the number of its block."""
    found, block = [], "before"
    for line in log.splitlines():
        if announced := re.search(r"\[block (\d+)\]", line):
            block = announced[1]
        if line.startswith(("Overfull", "!")) or re.match(r"\S*sheet\.tex:\d+:", line):
            found.append(f"block {block}: {line}")
    if "Output written on" not in log:
        found.append("nothing was written")
    return found


def measured(pdflatex: str, folder: Path, formulas: Sequence[str]) -> list[float]:
    """The widths of formulas in display style, in em of the text."""
    blocks = [f"\\sbox\\measured{{$\\displaystyle {f}$}}\\typeout{{[width \\the\\wd\\measured]}}" for f in formulas]
    log = compile_latex(pdflatex, folder, [*blocks, "end"])
    return [float(points) / 10.95 for points in re.findall(r"\[width ([\d.]+)pt\]", log)]


# ---------------------------------------------------------------- KaTeX

SCRIPT = """
const katex = require(process.argv[1]);
const formulas = JSON.parse(require("fs").readFileSync(0, "utf8"));
const wrong = [];
formulas.forEach((tex, i) => {
  try { katex.renderToString(tex, {displayMode: true, throwOnError: true, strict: "error", trust: false}); }
  catch (error) { wrong.push(`formula ${i}: ${error.message}`); }
});
process.stdout.write(JSON.stringify(wrong));
"""


def katex_errors(node: str, katex: Path, formulas: Sequence[str]) -> list[str]:
    """What KaTeX, at its strictest, says against the formulas; one process renders them all."""
    run = subprocess.run(
        [node, "-e", SCRIPT, str(katex)],
        input=json.dumps(list(formulas)),
        capture_output=True,
        text=True,
        timeout=300,
        check=True,
    )
    wrong: list[str] = json.loads(run.stdout)
    return wrong
