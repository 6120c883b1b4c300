"""The report on a class: what it counts, what it says, and how it is printed."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Mapping
from pathlib import Path

from classroom import key
from hostile import REASONS
from test_documents import typeset

from derive.documents.batch.answers import Answer, Roster
from derive.documents.batch.journal import Row
from derive.documents.batch.report import report
from derive.documents.batch.tally import MOST_STUDENTS, Tally
from derive.documents.render import render
from derive.documents.wording import TEMPLATES
from derive.exercises.mistakes import MISTAKES
from derive.pages.blocks import Document, Heading, Message, Paragraph, Table


def tally(*rows: Row) -> Tally:
    made = Tally()
    for row in rows:
        made.add(row)
    return made


def row(
    student: str, question: str, outcome: str, marks: str = "", mistake: str = "", line: str = ""
) -> tuple[str, ...]:
    return (student, "1", question, marks, "2", outcome, mistake, line, "Look.", "")


def test_mistakes_are_counted_with_their_places() -> None:
    rows = [
        row("Mia", "10", "different", "0", "residual_turned", "2"),
        row("Bo", "2", "different", "2/3", "residual_turned", "2"),
        row("Bo", "10", "different", "0", "residual_turned"),
        row("Cy", "10", "different", "0", "two_missing", "1"),
        row("Di", "10", "unsure"),
        row("Ed", "10", "different", "0", "", "3"),
    ]
    page = render(report(tally(*rows), key()), "md")
    assert "| the sign of the residual | 3 | 2 (1), 10 (2) | 2 (2) |\n" in page
    assert "is missing | 1 | 10 (1) | 1 (1) |\n| none that is known | 1 | 10 (1) | 3 (1) |\n" in page
    assert "| 2 | 1 | 0.67 | 2 | 0 | 1 | 0 | 0 | 0 |\n| 10 | 5 | 0 | 2 | 0 | 4 | 0 | 0 | 1 |\n" in page
    assert "| Di | 1 | 1 | 0 | 8 | 1 |\n" in page


def test_a_crowd_has_no_totals_and_costs_no_memory() -> None:
    crowd = tally(*(row(f"s{i}", "1a", "unsure") for i in range(MOST_STUDENTS + 1)))
    assert (crowd.students, len(crowd.look)) == (None, 200)
    page = render(report(crowd, key()), "md")
    assert "There are more than 5,000 students: their marks stand in the table of marks alone." in page
    assert "the first 200 of 5,001 are shown, and all stand in the table of marks.\n" in page
    assert page.startswith("# How the class did: Gradients\n\n5,001 answers: 0 right, ")


def test_nobody_answered() -> None:
    assert render(report(Tally(), key()), "md") == (
        "# How the class did: Gradients\n\n"
        "0 answers of 0 students: 0 right, 0 different, 0 not in the form asked, 0 not readable, 0 to be looked at.\n"
    )


CLASS = tally(
    row("Mia_M", "10", "different", "0", "residual_turned", "2"),
    row("Bo & Co", "2", "different", "2/3", "residual_turned", "2"),
    row("Cy", "10", "unsure"),
    row("Di", "1a", "form", "1"),
    row("Ed", "10", "different", "0", "", "3"),
    *(row(f"Student {i} of the class", "1b", "different", "0", name, "1") for i, name in enumerate(MISTAKES)),
)


def test_the_report_compiles_and_no_box_is_overfull(pdflatex: str, tmp_path: Path) -> None:
    pages = [render(report(counted, key()), "tex") for counted in (CLASS, Tally())]
    assert typeset(pdflatex, tmp_path, pages) == []


def said(document: Document) -> Iterator[Message]:
    yield document.title
    for block in document.blocks:
        match block:
            case Heading(_, message):
                yield message
            case Paragraph(messages):
                yield from messages
            case Table(header, rows):
                yield from header
                yield from (row[0] for row in rows if isinstance(row[0], Message) and row[0].key.startswith("report."))


def leaves(table: Mapping[str, object], path: str = "") -> Iterator[str]:
    for name, value in table.items():
        if isinstance(value, dict):
            yield from leaves(value, f"{path}{name}.")
        else:
            yield f"{path}{name}"


def test_every_message_is_of_use() -> None:
    """Those of the report, of answers that belong nowhere, and of those that no marker could do with."""
    crowd = tally(*(row(f"s{i}", "1a", "unsure") for i in range(MOST_STUDENTS + 1)))
    used = {message.key for counted in (CLASS, crowd) for message in said(report(counted, key()))}
    nowhere = [("9", "1a", False), ("1", "9", False), ("1", "1z", False), ("1", "1", True)]
    spots = [Roster(key()).spot(Answer("", sheet, question, "", unread)) for sheet, question, unread in nowhere]
    used |= {spot.key for spot in spots if isinstance(spot, Message)}
    used |= {f"report.row.{reason}" for reason in REASONS.values()}
    written = tomllib.loads((TEMPLATES / "en" / "report.toml").read_text(encoding="utf-8"))
    assert used == set(leaves(written))
