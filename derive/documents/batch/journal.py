"""A journal of finished rows: what is in it is never done again, whatever ended the program.

Its first line names the key by a checksum. Each further line is a row with a checksum of all answers up to it, so that
a journal is gone on with only where the same answers come again in the same order. A last line that was cut is removed.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterable, Iterator, Sequence
from contextlib import ExitStack
from dataclasses import astuple
from hashlib import blake2b
from io import BufferedRandom
from pathlib import Path
from typing import Any

from derive.documents.batch.answers import Answer
from derive.errors import OptionError

try:
    import fcntl
except ImportError:  # not on Windows, where nobody is kept from writing into the same journal
    fcntl = None  # type: ignore[assignment]

FORMAT = "derive journal 1"
BLOCK = 500  # rows between two times that the disk is asked to keep them

Row = tuple[str, ...]


class Seal:
    """The checksum of a key and of all answers so far."""

    def __init__(self, key: str) -> None:
        self._sum = blake2b(key.encode(), digest_size=8)

    def after(self, answer: Answer) -> str:
        """The checksum with one more answer."""
        self._sum.update(json.dumps(astuple(answer)).encode())
        return self._sum.hexdigest()


class Journal:
    """An open journal; `done` rows stand in it, none where it is begun `anew`. A context manager that closes it."""

    def __init__(self, path: Path, key: str, *, anew: bool = False) -> None:
        self.path = path
        self.done = 0
        self._since = 0
        self._stream: BufferedRandom = path.open("a+b")
        with ExitStack() as undo:
            undo.callback(self._stream.close)
            _keep_to_one(self._stream, path)
            if anew:
                self._stream.truncate(0)
            self._continue(_line(f"{FORMAT} {blake2b(key.encode(), digest_size=16).hexdigest()}"))
            undo.pop_all()

    def __enter__(self) -> Journal:
        return self

    def __exit__(self, *_: object) -> None:
        self._keep()
        self._stream.close()

    def add(self, seal: str, row: Sequence[str]) -> None:
        """One more row."""
        self._stream.write(_line([seal, *row]))
        self._stream.flush()
        self._since += 1
        if self._since >= BLOCK:
            self._keep()

    def rows(self) -> Iterator[tuple[str, Row]]:
        """Every row, with its checksum, from the first."""
        with self.path.open("rb") as stream:
            stream.readline()
            for line in stream:
                seal, *row = json.loads(line)
                yield seal, tuple(row)

    def remove(self) -> None:
        """The end of a journal: all of it stands elsewhere."""
        self.path.unlink()

    def _keep(self) -> None:
        self._stream.flush()
        os.fsync(self._stream.fileno())
        self._since = 0

    def _continue(self, head: bytes) -> None:
        """Count what is there, and remove what the end of a machine has left half written; where nothing is, begin."""
        self._stream.seek(0)
        first = self._stream.readline(len(head))
        if not head.startswith(first):
            raise stranger(self.path, "key")
        end = len(first) if first == head else 0
        while end and _is_row(line := self._stream.readline()):
            end += len(line)
            self.done += 1
        self._stream.truncate(end)
        self._stream.seek(0, os.SEEK_END)
        if not end:
            self._stream.write(head)
            self._stream.flush()


def _is_row(line: bytes) -> bool:
    try:
        return line.endswith(b"\n") and isinstance(json.loads(line), list)
    except ValueError:
        return False


def _keep_to_one(stream: BufferedRandom, path: Path) -> None:
    """An OptionError where another process has the journal open; the system forgets it when that process ends."""
    if fcntl is not None:
        try:
            fcntl.flock(stream, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise OptionError(f"another marking is writing {path}: wait for it, or name another folder") from error


def _line(value: Any) -> bytes:
    return json.dumps(value).encode() + b"\n"


def again(journal: Journal, seal: Seal, answers: Iterator[Answer]) -> Iterator[tuple[Answer, Row]]:
    """The answers that the journal has rows for, with those rows; an OptionError where they are other answers."""
    rows: Iterable[tuple[str, Row]] = journal.rows() if journal.done else ()
    for sealed, row in rows:
        answer = next(answers, None)
        if answer is None or seal.after(answer) != sealed:
            raise stranger(journal.path, "answers")
        yield answer, row


def stranger(path: Path, what: str) -> OptionError:
    """The journal that is there was begun with something else."""
    return OptionError(
        f"{path} is what is left of a marking that was interrupted, with another {what}: give the same key and answers "
        "to go on with it, or --restart to begin anew"
    )
