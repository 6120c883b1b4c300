"""Marking a class: hostile answers among the others, what is written at the end, and a kill in between."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from classroom import HEADER, key
from hostile import LIMITS, POISON, REASONS, poisoned, setup, unable

from derive.documents.batch.answers import Spot
from derive.documents.batch.crew import Crew, Lost
from derive.documents.batch.desk import Desk
from derive.documents.batch.journal import Journal
from derive.documents.batch.run import JOURNAL, Job, Staff, harmless, mark_answers
from derive.errors import OptionError
from derive.exercises.stored import key_text

ROOT = Path(__file__).parents[1]

# ---------------------------------------------------------------- processes that can be killed


@pytest.mark.parametrize("size", [1, 2])
def test_a_poisoned_piece_disturbs_no_other(size: int) -> None:
    """Every kind of poison, twice, among a thousand; two of them side by side."""
    pieces = [f"a{i}" for i in range(1000)]
    for i, name in enumerate(POISON):
        pieces[80 * i + 7] = pieces[80 * i + 8] = name
    with Crew(setup, (), size, LIMITS) as crew:
        found = list(crew.results(iter(pieces)))
    expected = [Lost(REASONS[piece]) if piece in POISON else piece.upper() for piece in pieces]
    assert found == expected


def test_a_crew_takes_no_more_than_it_needs() -> None:
    """However many pieces there are, only so many are begun ahead of what was taken."""
    begun = 0

    def pieces() -> Iterator[str]:
        nonlocal begun
        for i in range(100_000):
            begun = i
            yield str(i)

    with Crew(setup, (), 2, LIMITS) as crew:
        results = crew.results(pieces())
        assert [next(results) for _ in range(3)] == ["0", "1", "2"]
        assert begun < 1_100


def test_a_worker_that_cannot_begin_is_a_bug() -> None:
    with Crew(unable, (), 1, LIMITS) as crew, pytest.raises(RuntimeError, match="a process could not begin, and ended"):
        list(crew.results(iter("a")))


def test_no_pieces_no_processes() -> None:
    with Crew(setup, (), 2, LIMITS) as crew:
        assert list(crew.results(iter(()))) == []


# ---------------------------------------------------------------- the whole

ANSWERS = """\
Name,Variant,Question,Answer
Mia,1,1a,3/4
Mia,1,1b,2
Mia,1,2,B
Mia,1,3,L-1
=cmd()|' /C calc'!A0,2,1a,0.75
=cmd()|' /C calc'!A0,2,1b,"2
"
Bo,2,1a,
Bo,2,7,x
Bo,2,1a,3/4
Bo,2,2,A
"""
MARKS = """\
student,sheet,question,marks,of,outcome,mistake,line,feedback,read
Mia,1,1a,2,2,equal,,,Right.,3/4
Mia,1,1b,0,2,different,,,The value is another one.,2
Mia,1,2,2,2,equal,,,Right.,B
Mia,1,3,2,2,equal,,,Right.,L - 1
'=cmd()|' /C calc'!A0,2,1a,2,2,equal,,,Right.,3/4
'=cmd()|' /C calc'!A0,2,1b,2,2,equal,,,Right.,2
Bo,2,1a,0,2,unreadable,,,There is no answer here.,
Bo,2,7,,,unsure,,,"There is no question 7: the sheet has 3, numbered from 1.",
Bo,2,1a,2,2,equal,,,Right.,3/4
Bo,2,2,0,2,different,,,A is not the right one.,A
"""
REPORT = """\
# How the class did: Gradients

10 answers of 3 students: 6 right, 2 different, 0 not in the form asked, 1 not readable, 1 to be looked at.

## Question by question

All variants of a question are counted together. The mean is taken over the answers that could be decided.

| Question | Answers | Mean | Of | Right | Different | Form | Unreadable | To look at |
| --- | --- | --- | --- | --- | --- | --- | --- | --- |
| 1a | 4 | 1.5 | 2 | 3 | 0 | 0 | 1 | 0 |
| 1b | 2 | 1 | 2 | 1 | 1 | 0 | 0 | 0 |
| 2 | 2 | 1 | 2 | 1 | 1 | 0 | 0 | 0 |
| 3 | 1 | 2 | 2 | 1 | 0 | 0 | 0 | 0 |

## Mistakes

These mistakes lead from what is right to what was written. Behind each question, and each line of a working, \
stands how often the mistake was made there.

| Mistake | Times | Question | Line |
| --- | --- | --- | --- |
| none that is known | 2 | 1b (1), 2 (1) |  |

## To be looked at

This answer could not be decided, and counts for nothing until somebody has looked.

| Student | Sheet | Question | Why |
| --- | --- | --- | --- |
| Bo | 2 | 7 | There is no question 7: the sheet has 3, numbered from 1. |

## Student by student

Where a student answered a question twice, the last answer counts.

| Student | Sheet | Answers | Marks | Of | To look at |
| --- | --- | --- | --- | --- | --- |
| =cmd()\\|' /C calc'!A0 | 2 | 2 | 4 | 8 | 0 |
| Bo | 2 | 2 | 2 | 8 | 0 |
| Mia | 1 | 4 | 6 | 8 | 0 |
"""
SUMMARY = "Marked: 10 answers, 6 right, 2 different, 0 not in the form asked, 1 not readable, 1 to be looked at."


def job_in(folder: Path, answers: str) -> Job:
    (folder / "key.json").write_text(key_text(key()), encoding="utf-8")
    (folder / "answers.csv").write_text(answers, encoding="utf-8")
    return Job(str(folder / "key.json"), str(folder / "answers.csv"), folder / "out", ("md",))


@pytest.fixture
def job(tmp_path: Path) -> Job:
    return job_in(tmp_path, ANSWERS)


def test_a_class_is_marked(job: Job) -> None:
    written = f"Written: {job.out / 'marks.csv'}, {job.out / 'report.md'}"
    assert mark_answers(job) == f"{SUMMARY}\n\n{written}"
    assert (job.out / "marks.csv").read_text(encoding="utf-8") == MARKS
    assert (job.out / "report.md").read_text(encoding="utf-8") == REPORT
    assert sorted(path.name for path in job.out.iterdir()) == ["marks.csv", "report.md"]


CELLS = [
    ("=1+1", "'=1+1"),
    ("+49 30 1", "'+49 30 1"),
    ("-1+1", "'-1+1"),
    ("-0.75", "-0.75"),
    ("@SUM(A1)", "'@SUM(A1)"),
    ("\t=1", "'\t=1"),
    ("Mia = Bo", "Mia = Bo"),
    ("", ""),
]


@pytest.mark.parametrize(("cell", "written"), CELLS)
def test_no_cell_is_a_formula(cell: str, written: str) -> None:
    assert harmless(cell) == written


POISONED = """\
student,sheet,question,marks,of,outcome,mistake,line,feedback,read
Mia,1,1a,1,2,equal,,,,ONE
Mia,1,1b,,2,unsure,,,This answer could not be marked within 0.2 seconds.,
Mia,1,2,,2,unsure,,,This answer could not be marked within 1024 megabytes of memory.,
Mia,1,3,,2,unsure,,,The marker failed at this answer.,
Bo,2,1a,1,2,equal,,,,TWO
"""


def test_hostile_answers_are_told_apart(job: Job) -> None:
    rows = ("Mia,1,1a,one", "Mia,1,1b,hang", "Mia,1,2,eat", "Mia,1,3,die", "Bo,2,1a,two")
    Path(job.answers).write_text(HEADER + "\n".join(rows), encoding="utf-8")
    mark_answers(job, Staff(poisoned, 1, LIMITS))
    assert (job.out / "marks.csv").read_text(encoding="utf-8") == POISONED


def test_the_same_answer_is_marked_once() -> None:
    desk = Desk(key())
    assert desk((Spot(0, 0, 0), "3/4"))() is desk((Spot(0, 0, 0), "3/4"))()


# ---------------------------------------------------------------- a kill in between


COUNT = 300
RUN = "sys.argv = sys.argv[1:]; runpy.run_path(sys.argv[0], run_name='__main__')"


# A few hundred answers, no two alike.
MANY = "".join(f"s{i // 4},{i % 2 + 1},{('1a', '1b', '2', '3')[i % 4]},answer {i}\n" for i in range(COUNT))


@pytest.fixture
def many(tmp_path: Path) -> Job:
    return job_in(tmp_path, HEADER + MANY)


def command(job: Job) -> list[str]:
    """`derive mark` with a marker that notes what it marks."""
    marker = str(ROOT / "tests" / "hostile.py")
    return [sys.executable, marker, "mark", job.key, job.answers, "--out", str(job.out), "--to=md"]


def environment(job: Job, **more: str) -> dict[str, str]:
    return {**os.environ, "PYTHONPATH": str(ROOT), "LOG": str(job.out.parent / "log"), **more}


def program(job: Job, *more: str, text: str = "", **own: str) -> subprocess.CompletedProcess[str]:
    """What becomes of that command, with `text` for its standard input."""
    return subprocess.run(
        [*command(job), *more], env=environment(job, **own), input=text, capture_output=True, text=True, check=False
    )


def logged(job: Job) -> list[str]:
    """What was marked, and in no order, since the log was looked at last."""
    log = job.out.parent / "log"
    found = log.read_text(encoding="utf-8").splitlines()
    log.unlink()
    return found


def outputs(job: Job) -> dict[str, str]:
    return {path.name: path.read_text(encoding="utf-8") for path in job.out.iterdir()}


@pytest.fixture(scope="module")
def expected(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """What a marking without interruptions writes."""
    done = job_in(tmp_path_factory.mktemp("whole"), HEADER + MANY)
    assert program(done).returncode == 0
    assert sorted(logged(done)) == sorted(f"answer {i}" for i in range(COUNT))
    return outputs(done)


def finished(job: Job) -> list[list[str]]:
    """The rows in the journal."""
    return [json.loads(line) for line in (job.out / JOURNAL).read_text(encoding="utf-8").splitlines()[1:]]


TORN = [b"", b'["12', b"\0" * 9 + b"\n", b'"x"\n']


@pytest.mark.parametrize("torn", TORN)
def test_a_killed_marking_goes_on_without_loss_or_repetition(many: Job, expected: dict[str, str], torn: bytes) -> None:
    killed = program(many, AT="answer 150", SIGNAL=str(int(signal.SIGKILL)))
    assert killed.returncode == -signal.SIGKILL
    assert [path.name for path in many.out.iterdir()] == [JOURNAL]
    done = finished(many)
    with (many.out / JOURNAL).open("ab") as journal:
        journal.write(torn)
    assert 140 < len(done) <= 150
    logged(many)
    assert program(many).returncode == 0
    assert sorted(logged(many)) == sorted(f"answer {i}" for i in range(len(done), COUNT))
    assert outputs(many) == expected


def test_an_interruption_says_how_to_go_on(many: Job, expected: dict[str, str]) -> None:
    stopped = program(many, AT="answer 150", SIGNAL=str(int(signal.SIGINT)))
    journal = many.out / JOURNAL
    how = f"what is done is kept in {journal}, and the same command goes on from there"
    assert (stopped.returncode, stopped.stdout, stopped.stderr) == (130, "", f"derive: interrupted: {how}\n")
    assert program(many).stderr == ""
    assert outputs(many) == expected


STRANGE = (
    "derive: {journal} is what is left of a marking that was interrupted, with another {what}: give the same key and "
    "answers to go on with it, or --restart to begin anew\n"
)


@pytest.mark.parametrize("what", ["key", "answers"])
def test_a_journal_is_gone_on_with_by_the_same_key_and_answers_alone(
    many: Job, expected: dict[str, str], what: str
) -> None:
    program(many, AT="answer 150", SIGNAL=str(int(signal.SIGKILL)))
    file = Path(many.key if what == "key" else many.answers)
    before = file.read_text(encoding="utf-8")
    file.write_text(before.replace("Gradients" if what == "key" else "answer 20", "Others"), encoding="utf-8")
    refused = program(many)
    assert (refused.returncode, refused.stderr) == (2, STRANGE.format(journal=many.out / JOURNAL, what=what))
    file.write_text(before, encoding="utf-8")
    logged(many)
    assert program(many, "--restart").returncode == 0
    assert len(logged(many)) == COUNT
    assert outputs(many) == expected


def test_answers_from_standard_input(many: Job, expected: dict[str, str]) -> None:
    done = program(replace(many, answers="-"), text=Path(many.answers).read_text(encoding="utf-8"))
    assert (done.returncode, done.stderr) == (0, "")
    assert outputs(many) == expected


def test_a_full_disk_leaves_the_journal(many: Job, expected: dict[str, str]) -> None:
    """As far as the system lets it grow."""
    run = f"import resource, runpy, sys; resource.setrlimit(resource.RLIMIT_FSIZE, (8_000, 8_000)); {RUN}"
    full = subprocess.run(
        [sys.executable, "-c", run, *command(many)[1:]],
        env=environment(many),
        capture_output=True,
        text=True,
        check=False,
    )
    how = f"what is done is kept in {many.out / JOURNAL}, and the same command goes on from there"
    why = f"cannot write into the folder {many.out}: a document is larger than a file may be here"
    assert (full.returncode, full.stderr) == (2, f"derive: {why}; {how}\n")
    assert program(many).returncode == 0
    assert outputs(many) == expected


def test_two_markings_do_not_share_a_journal(job: Job) -> None:
    job.out.mkdir()
    with Journal(job.out / JOURNAL, "key"), pytest.raises(OptionError) as caught:
        mark_answers(job)
    assert str(caught.value) == f"another marking is writing {job.out / JOURNAL}: wait for it, or name another folder"


def peak(job: Job, count: int) -> float:
    """The megabytes that marking so many long answers takes at most."""
    rows = (f"s{i % 9},1,1a,{i} {'x' * 10_000}\n" for i in range(count))
    Path(job.answers).write_text(HEADER + "".join(rows), encoding="utf-8")
    with subprocess.Popen(command(job), env=environment(job), stdout=subprocess.DEVNULL) as running:
        _, status, usage = os.wait4(running.pid, 0)
        running.returncode = os.waitstatus_to_exitcode(status)
    assert running.returncode == 0
    return usage.ru_maxrss / 1024


def test_memory_does_not_grow_with_the_answers(many: Job) -> None:
    """15 MB of answers more."""
    assert peak(many, 2_000) - peak(many, 500) < 5
