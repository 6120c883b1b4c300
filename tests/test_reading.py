"""Reading answers: what each spelling means, what is refused in which words, and our own LaTeX read back."""

from __future__ import annotations

import pytest

from derive.exercises.reading import conventions_of, lesson_conventions
from derive.model.ready import ready_model
from derive.notation.reading.answer import Answer, read_answer

LESSON_MODEL = conventions_of(ready_model("lesson"))
NO_MODEL = lesson_conventions()


def told(answer: Answer) -> str:
    """Every line in the model language."""
    lines = []
    for line in answer.lines:
        left = [] if line.left is None else [str(line.left)]
        lines.append(" = ".join([*left, *map(str, line.members)]))
    return "; ".join(lines)


# One meaning, and the ways to write it.
SAME: dict[str, tuple[str, ...]] = {
    "w(L)[1,2]": (
        "w_{12}^{(L)}",
        "w_{1,2}^{(L)}",
        "w^{(L)}_{12}",
        "w_{1 2}^{(L)}",
        "w_{12}^{L}",
        "w_{12}^L",
        "w^{[L]}_{12}",
        "w_{1\\,2}^{(L)}",
        "{w}_{12}^{(L)}",
        "w_{12}",
        "w₁₂⁽ᴸ⁾",
    ),
}


@pytest.mark.parametrize(("meaning", "text"), [(m, t) for m, texts in SAME.items() for t in texts])
def test_all_spellings_mean_the_same(meaning: str, text: str) -> None:
    assert told(read_answer(text, LESSON_MODEL)) == meaning
