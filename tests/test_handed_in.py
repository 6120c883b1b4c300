"""Answers as people hand them in: tables of any layout, JSON, and where each answer belongs."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path

import pytest
from classroom import HEADER, key
from hypothesis import given, settings
from hypothesis import strategies as st

from derive.documents.batch import records
from derive.documents.batch.answers import Answer, Roster, Spot, from_csv, from_json, from_jsonl, layout
from derive.documents.batch.source import source
from derive.documents.wording import wording
from derive.errors import OptionError, TooLarge
from derive.pages.blocks import Message

# ---------------------------------------------------------------- tables as people export them

TABLES: list[tuple[str, list[list[str]]]] = [
    ("a,b\n1,2\n", [["1", "2"]]),
    ("a;b\n1,5;2\n", [["1,5", "2"]]),
    ("a\tb\n1\t2\n", [["1", "2"]]),
    ("\n ,,\nsep=;\na;b\n1;2\n", [["1", "2"]]),
    ('a,b\n"1, or so",2\n', [["1, or so", "2"]]),
    ('a,b\n"say ""x""",2\n', [['say "x"', "2"]]),
    ('a,b\n"one\ntwo",2\n3,4\n', [["one\ntwo", "2"], ["3", "4"]]),
    ("a,b\n\n1,2\n   \n", [["1", "2"]]),
    ("a,b\r\n1,2\r\n3,4", [["1", "2"], ["3", "4"]]),
    ('a,b\n5" tall,2\n', [['5" tall', "2"]]),
    ('a,b\n"never closed,2\n3,4\n5,6\n', [['"never closed', "2"], ["3", "4"], ["5", "6"]]),
    ('a,b\n"never closed,2\n"3",4\n"5, 5",6\n', [['"never closed', "2"], ["3", "4"], ["5, 5", "6"]]),
    ('a,b\n"x"y,2\n3,4\n', [['"x"y', "2"], ["3", "4"]]),
    ("a,b\n1\n1,2,3\n", [["1"], ["1", "2", "3"]]),
]


def table(text: str) -> list[list[str]]:
    lines = records.Lines(io.StringIO(text, newline=None))
    header, delimiter = records.csv_header(lines)
    return list(records.csv_records(lines, delimiter, len(header)))


@pytest.mark.parametrize(("text", "rows"), TABLES)
def test_rows_of_a_table(text: str, rows: list[list[str]]) -> None:
    assert table(text) == rows


CELL = st.text(st.sampled_from("ab ,;\t\"'\n=0é"), max_size=8)
STYLES = st.tuples(st.sampled_from(records.DELIMITERS), st.sampled_from([csv.QUOTE_MINIMAL, csv.QUOTE_ALL]))


@given(st.lists(st.tuples(CELL, CELL, CELL), max_size=12), STYLES, st.sampled_from(["\n", "\r\n"]))
@settings(max_examples=150, deadline=None)
def test_whatever_a_spreadsheet_writes_is_read(rows: list[tuple[str, ...]], style: tuple[str, int], end: str) -> None:
    buffer = io.StringIO()
    delimiter, quoting = style
    writer = csv.writer(buffer, delimiter=delimiter, quoting=quoting, lineterminator=end)  # type: ignore[arg-type]
    writer.writerows([("a", "b", "c"), *rows])
    blank = [["", "", ""], [" " * 9, "", ""]]
    assert [row for row in table(buffer.getvalue()) if row not in blank] == [
        list(row) for row in rows if list(row) not in blank
    ]


def test_one_quotation_mark_does_not_swallow_the_rest() -> None:
    rows = [[f"s{i}", "x"] for i in range(1000)]
    text = (
        "a,b\n" + "".join(f"{a},{b}\n" for a, b in rows[:10]) + '"odd,x\n' + "".join(f"{a},{b}\n" for a, b in rows[10:])
    )
    assert table(text) == [*rows[:10], ['"odd', "x"], *rows[10:]]


def test_a_line_without_end_is_cut(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(records, "LONGEST_LINE", 10)
    assert table("a,b\n1," + "x" * 35 + "\n3,4\n") == [["1", "x" * 8], ["3", "4"]]


ENCODED = [
    ("Müller σ", "utf-8", "Müller σ"),
    ("Müller σ", "utf-8-sig", "Müller σ"),
    ("Müller σ", "utf-16", "Müller σ"),
    ("Müller", "cp1252", "Müller"),
]


@pytest.mark.parametrize(("name", "encoding", "read"), ENCODED)
def test_encodings(name: str, encoding: str, read: str, tmp_path: Path) -> None:
    file = tmp_path / "a.csv"
    file.write_bytes(f"student,question,answer\n{name},1,x\n".encode(encoding))
    with source(str(file)) as found:
        assert list(found.answers(1)) == [Answer(read, "", "1", "x")]


# ---------------------------------------------------------------- columns

A = Answer("Mia", "2", "1a", "3/4")
LAYOUTS: list[tuple[str, list[Answer]]] = [
    (HEADER + "Mia,2,1a,3/4\n", [A]),
    ("Name;Variant;Question;Part;Response\nMia;2;1;a;3/4\n", [A]),
    ("ANSWER,Student ID , question,version\n3/4, Mia ,1a,2\n", [A]),
    ("student,sheet,1a,Q2\nMia,2,3/4,B\n", [A, Answer("Mia", "2", "Q2", "B")]),
    ("student,sheet,1a,Q2\nMia,2,3/4\n", [A, Answer("Mia", "2", "Q2", "")]),
    (HEADER + "Mia,2,1a,w_{1,2}\n", [Answer("Mia", "2", "1a", "w_{1,2}")]),
    ("answer,student,question,sheet\nw_{1,2},Mia,1a,2\n", [Answer("2}", "1a", "Mia", "w_{1", unread=True)]),
    (HEADER + '"Mia\nM.",2,1a,"a\nb"\n', [Answer("Mia M.", "2", "1a", "a\nb")]),
    (HEADER + "Mi\ue000a,2,1a,x\n", [Answer("Mi\ufffda", "2", "1a", "x")]),
    (HEADER + "M" * 300 + ",2,1a,x\n", [Answer("M" * 199 + "…", "2", "1a", "x")]),
    (HEADER + "Mia,2,1a," + "x" * 30_000 + "\n", [Answer("Mia", "2", "1a", "x" * 20_000)]),
]


@pytest.mark.parametrize(("text", "answers"), LAYOUTS)
def test_layouts(text: str, answers: list[Answer]) -> None:
    assert list(from_csv(io.StringIO(text), 2)) == answers


JSON: list[tuple[str, list[Answer]]] = [
    ('[{"student": "Mia", "sheet": 2, "question": "1a", "answer": "3/4"}]', [A]),
    ('[{"student": "Mia", "sheet": 2, "answers": {"1a": "3/4", "2": null}}]', [A, Answer("Mia", "2", "2", "")]),
    ('[{"student": "Mia", "sheet": 2, "1a": ["a", "= b"]}]', [Answer("Mia", "2", "1a", "a\n= b")]),
    ('[{"student": "Mia", "sheet": 2, "1a": "3/4"}, 7]', [A, Answer("", "", "", "", unread=True)]),
    ('[{"student": "Mia", "sheet": 2, "1a": "3/4"}, {"student": "Bo"}]', [A, Answer("Bo", "", "", "", unread=True)]),
]


@pytest.mark.parametrize(("text", "answers"), JSON)
def test_json(text: str, answers: list[Answer]) -> None:
    assert list(from_json(io.StringIO(text), 2)) == answers
    lines = "\n\n".join(json.dumps(entry) for entry in json.loads(text))
    assert list(from_jsonl(io.StringIO(lines), 2)) == answers


def test_a_line_that_is_no_json_is_a_row_all_the_same() -> None:
    text = '{"student": "Mia", "sheet": 2, "1a": "3/4"}\n{oops\n' + "[" * 100_000 + "\n"
    lost = Answer("", "", "", "", unread=True)
    assert list(from_jsonl(io.StringIO(text), 2)) == [A, lost, lost]


MEND = (
    "Name the columns student, sheet, question and answer, or give each question a column of its own: "
    "student, sheet, 1, 2a, 2b"
)
TWELVE = ", ".join(f"'c{i}'" for i in range(12))
REFUSED = [
    ("csv", "", "the answers are empty: their first line must name the columns"),
    (
        "csv",
        "student,sheet,question\n",
        f"the answers lack the column answer; they have 'student', 'sheet', 'question'. {MEND}",
    ),
    (
        "csv",
        "who,what\nMia,3\n",
        f"the answers lack the columns student, question, answer, sheet; they have 'who', 'what'. {MEND}",
    ),
    ("csv", "1a,2\nx,y\n", f"the answers lack the columns student, sheet; they have '1a', '2'. {MEND}"),
    (
        "csv",
        ",".join(f"c{i}" for i in range(14)) + "\n",
        f"the answers lack the columns student, question, answer, sheet; they have {TWELVE} and 2 more. {MEND}",
    ),
    ("csv", "x," * 1001, "the answers have 1,002 columns, and may have at most 1,000"),
    ("json", "[{]", "the answers are not JSON (expecting property name enclosed in double quotes): line 1, column 3"),
    ("json", "{}", "the answers in JSON must be a list of objects, one for each answer or each student"),
    ("json", "[" * 100_000, "the answers are not JSON: they are nested too deep, or a number is too long"),
    ("json", "[3]", f"the answers lack the columns student, question, answer, sheet; they have nothing. {MEND}"),
    (
        "xlsx",
        "PK",
        "unknown kind of answers '.xlsx': it must be one of .csv, .tsv, .txt, .json, .jsonl.",
    ),
]


@pytest.mark.parametrize(("kind", "text", "message"), REFUSED)
def test_answers_that_are_refused_as_a_whole(kind: str, text: str, message: str, tmp_path: Path) -> None:
    file = tmp_path / f"answers.{kind}"
    file.write_text(text, encoding="utf-8")
    with pytest.raises(OptionError) as caught, source(str(file)) as found:
        list(found.answers(2))
    assert str(caught.value) == message


def test_json_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(records, "LARGEST_JSON", 10)
    with pytest.raises(TooLarge) as caught:
        list(from_json(io.StringIO("[" + "1," * 20 + "1]"), 1))
    assert str(caught.value) == "the answers have more than 10 characters: give them as CSV or as JSON Lines"


def test_one_sheet_needs_no_column_of_its_own() -> None:
    assert layout(("name", "q", "answer"), 1).roles == {"student": "name", "question": "q", "answer": "answer"}


# ---------------------------------------------------------------- where answers belong

SPOTS: list[tuple[str, str, Spot | str]] = [
    ("1", "1a", Spot(0, 0, 0)),
    ("2", "1b", Spot(1, 0, 1)),
    ("Variant 2", "Question 1 (b)", Spot(1, 0, 1)),
    ("sheet 2.0", "Q1.b)", Spot(1, 0, 1)),
    ("#2", "2", Spot(1, 1, 0)),
    ("1", "2a", Spot(0, 1, 0)),
    ("3", "1a", "There is no sheet 3: the key has 2 sheets."),
    ("", "1a", "The row names no sheet: the key has 2 sheets."),
    ("x", "1a", "There is no sheet x: the key has 2 sheets."),
    ("1", "4", "There is no question 4: the sheet has 3, numbered from 1."),
    ("1", "0", "There is no question 0: the sheet has 3, numbered from 1."),
    ("1", "", "The row names no question: the sheet has 3, numbered from 1."),
    ("1", "1", "There is no part 1: the question has the parts a, b."),
    ("1", "1c", "There is no part 1c: the question has the parts a, b."),
    ("1", "2b", "There is no part 2b: the question has no parts."),
]


def said(message: Message) -> str:
    return "".join(str(piece) for piece in wording().phrase(message))


@pytest.mark.parametrize(("sheet", "question", "expected"), SPOTS)
def test_where_an_answer_belongs(sheet: str, question: str, expected: Spot | str) -> None:
    found = Roster(key()).spot(Answer("Mia", sheet, question, "x"))
    assert (said(found) if isinstance(found, Message) else found) == expected


def test_one_sheet_need_not_be_named() -> None:
    assert Roster(key(1)).spot(Answer("Mia", "", "3", "x")) == Spot(0, 2, 0)


def test_names_of_the_key() -> None:
    roster = Roster(key())
    assert [roster.names(spot) for spot in (Spot(0, 0, 1), Spot(1, 2, 0))] == [("1", "1b"), ("2", "3")]
