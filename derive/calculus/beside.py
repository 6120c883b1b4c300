"""SymPy beside: a process of its own imports SymPy, which takes 0.3 s, while this one derives and prints.

It is started first of all, before this process has imported much, and asked once. Where no process can be started, or
there is only one processor to run it on, SymPy answers in this one.
"""

from __future__ import annotations

import os
import pickle
import signal
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress

TYPE_CHECKING = False  # as in `typing`, whose import would delay the start
if TYPE_CHECKING:
    from typing import BinaryIO

    from derive.calculus.questions import Answer, Ask, Question


@contextmanager
def sympy_beside() -> Iterator[Ask | None]:
    """What puts questions to the other process, None where there is none; it ends with the block, asked or not."""
    if not hasattr(os, "fork") or (os.cpu_count() or 1) < 2:
        yield None
        return
    reading, asking = os.pipe()
    listening, answering = os.pipe()
    child = os.fork()
    if child == 0:
        _serve(reading, answering, unused=(asking, listening))
    os.close(reading)
    os.close(answering)
    with os.fdopen(asking, "wb") as out, os.fdopen(listening, "rb") as answered:
        try:
            yield lambda questions: _asked(questions, out, answered)
        finally:
            os.kill(child, signal.SIGKILL)
            os.waitpid(child, 0)


def _serve(reading: int, answering: int, unused: tuple[int, ...]) -> None:
    """The other process: import, read what is asked, answer, end. What goes wrong here is answered by silence."""
    try:
        for end in unused:
            os.close(end)
        from derive.calculus.symbolic import answers  # imports SymPy, which is what this process is for

        with os.fdopen(reading, "rb") as asked, os.fdopen(answering, "wb") as out:
            pickle.dump(answers(pickle.load(asked)), out)
    finally:
        os._exit(0)


def _asked(questions: Sequence[Question], out: BinaryIO, answered: BinaryIO) -> Callable[[], Sequence[Answer]]:
    """Ask now, and give what fetches the answers; after silence they are found here."""
    with suppress(OSError):
        pickle.dump(questions, out)
        out.flush()

    def fetch() -> Sequence[Answer]:
        received = answered.read()
        if received:
            found: Sequence[Answer] = pickle.loads(received)
            return found
        from derive.calculus.symbolic import answers  # imports SymPy, 0.3 s, as nobody else did

        return answers(questions)

    return fetch
