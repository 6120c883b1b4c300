"""Work on things from outside, in processes that can be killed: whatever one of them does, the next is done as ever.

Each process has a limit of processor time for one piece of work, which the system itself enforces, and of memory. A
process that dies is replaced, and its piece of work is Lost, with the reason; what it had not begun is done by another.
"""

from __future__ import annotations

import multiprocessing
import os
import signal
import time
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import islice
from multiprocessing.connection import Connection, wait
from multiprocessing.process import BaseProcess
from typing import Any, Generic, TypeVar

try:
    import resource
except ImportError:  # not on Windows, where memory has no limit
    resource = None  # type: ignore[assignment]

T = TypeVar("T")
R = TypeVar("R")
AT_ONCE = 16  # pieces that a process is handed together
AHEAD = 1_000  # pieces that may be begun after one that is not done
PRELOADED = ["derive.documents.batch.desk"]  # imported once, and not by each process
_ALARM = getattr(signal, "SIGPROF", 0)  # it ends a process without any Python
_NO_MEMORY = 3  # an exit status
_REASONS = {-_ALARM: "time", _NO_MEMORY: "memory"}


@dataclass(frozen=True)
class Limits:
    """What one piece of work may take: processor seconds, those to prepare it, seconds on the clock, megabytes."""

    seconds: float = 2.0
    preparing: float = 20.0
    waiting: float = 60.0
    megabytes: int = 1_024


LIMITS = Limits()


@dataclass(frozen=True)
class Lost:
    """In the place of a result: why there is none, `time`, `memory` or `stopped`."""

    reason: str


# Makes, in each process, what prepares a piece of work and gives back what then does it.
Setup = Callable[..., Callable[[T], Callable[[], R]]]


@dataclass
class Hand(Generic[T]):
    """One process, and the pieces of work that it has and has not finished, by their numbers."""

    process: BaseProcess
    line: Connection
    has: deque[tuple[int, T]] = field(default_factory=deque)
    ready: bool = False
    since: float = 0.0

    def give(self, pieces: Sequence[tuple[int, T]]) -> None:
        self.has.extend(pieces)
        self.since = time.monotonic()
        self.line.send([piece for _, piece in pieces])

    def overdue(self, limits: Limits) -> bool:
        """Whether it has been silent for too long; how long it takes to begin is not held against what it has."""
        return self.ready and time.monotonic() - self.since > limits.waiting

    def end(self) -> None:
        """Kill it, if it has not ended, and wait until it has."""
        self.process.kill()
        self.process.join()
        self.line.close()


class Crew(Generic[T, R]):
    """At most `size` processes; each is set up once, by `setup(*arguments)`, and handed piece after piece.

    A context manager: at the end of the block, however it is reached, no process is left.
    """

    def __init__(self, setup: Setup[T, R], arguments: tuple[Any, ...], size: int = 1, limits: Limits = LIMITS) -> None:
        self._what = (setup, arguments, limits)
        self._limits = limits
        self._size = size
        self._hands: list[Hand[T]] = []
        self._again: deque[tuple[int, T]] = deque()
        self._done: dict[int, R | Lost] = {}
        self._begun = 0
        self._context = _context()

    def __enter__(self) -> Crew[T, R]:
        return self

    def __exit__(self, *_: object) -> None:
        for hand in self._hands:
            hand.end()
        self._hands.clear()

    def results(self, pieces: Iterator[T]) -> Iterator[R | Lost]:
        """A result for each piece, in their order, as soon as there is one."""
        due = 0
        while True:
            while due in self._done:
                yield self._done.pop(due)
                due += 1
            self._hand_out(pieces, due)
            if due == self._begun:
                return
            self._collect()

    # ------------------------------------------------------------ giving

    def _hand_out(self, pieces: Iterator[T], due: int) -> None:
        """Give work to everyone who has none, as long as there is some and it is not too far ahead of what is due."""
        while (len(self._hands) < self._size or not all(hand.has for hand in self._hands)) and (
            some := self._some(pieces, due)
        ):
            hand = next((hand for hand in self._hands if not hand.has), None) or self._hired()
            hand.give(some)

    def _some(self, pieces: Iterator[T], due: int) -> list[tuple[int, T]]:
        if self._again:
            return [self._again.popleft() for _ in range(min(AT_ONCE, len(self._again)))]
        room = due + AHEAD - self._begun
        some = list(enumerate(islice(pieces, max(0, min(AT_ONCE, room))), start=self._begun))
        self._begun += len(some)
        return some

    def _hired(self) -> Hand[T]:
        ours, theirs = self._context.Pipe()
        process = self._context.Process(target=_work, args=(theirs, *self._what), daemon=True)
        process.start()
        theirs.close()
        hand: Hand[T] = Hand(process, ours)
        self._hands.append(hand)
        return hand

    # ------------------------------------------------------------ taking

    def _collect(self) -> None:
        """Wait for results, or for the end of a process."""
        busy = [hand for hand in self._hands if hand.has]
        ready = wait([hand.line for hand in busy], timeout=1.0)
        for hand in busy:
            if hand.line in ready:
                self._take(hand)
            elif hand.overdue(self._limits):
                self._lose(hand, "time")

    def _take(self, hand: Hand[T]) -> None:
        try:
            result: R = hand.line.recv()
        except (EOFError, OSError):
            hand.process.join()
            if not hand.ready:
                raise RuntimeError(f"a process could not begin, and ended with {hand.process.exitcode}") from None
            self._lose(hand, _REASONS.get(hand.process.exitcode or 0, "stopped"))
            return
        hand.since = time.monotonic()
        if hand.ready:
            number, _ = hand.has.popleft()
            self._done[number] = result
        hand.ready = True

    def _lose(self, hand: Hand[T], reason: str) -> None:
        """The piece that it was at is lost; what it had not begun comes next."""
        number, _ = hand.has.popleft()
        self._done[number] = Lost(reason)
        self._again.extendleft(reversed(hand.has))
        self._hands.remove(hand)
        hand.end()


def processors() -> int:
    """How many processes can run at once: two at most, which leaves others their share of the machine."""
    return min(2, os.cpu_count() or 1)


def _context() -> Any:
    """Processes forked from one that has imported everything and does nothing else, where the system has fork."""
    if "forkserver" not in multiprocessing.get_all_start_methods():
        return multiprocessing.get_context("spawn")
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(PRELOADED)
    return context


# ---------------------------------------------------------------- in the other process


def _work(line: Connection, setup: Setup[Any, Any], arguments: tuple[Any, ...], limits: Limits) -> None:
    """Serve until nobody is there to ask. What fails ends the process, which is how the other side hears of it."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # an interruption is for the one who handed out the work
    os.dup2(os.open(os.devnull, os.O_WRONLY), 2)  # a traceback for each hostile answer helps nobody
    work = setup(*arguments)
    _limit_memory(limits)
    line.send("ready")
    try:
        while True:
            for piece in line.recv():
                line.send(_done(work, piece, limits))
    except (EOFError, BrokenPipeError):
        return
    except MemoryError:
        os._exit(_NO_MEMORY)


def _done(work: Callable[[Any], Callable[[], Any]], piece: Any, limits: Limits) -> Any:
    _alarm(limits.preparing)
    prepared = work(piece)
    _alarm(limits.seconds)
    result = prepared()
    _alarm(0)
    return result


def _alarm(seconds: float) -> None:
    """End this process after so many seconds of its own on the processor; 0: never."""
    if _ALARM:
        signal.setitimer(signal.ITIMER_PROF, seconds)


def _limit_memory(limits: Limits) -> None:
    if resource is not None:
        most = limits.megabytes << 20
        resource.setrlimit(resource.RLIMIT_AS, (most, resource.getrlimit(resource.RLIMIT_AS)[1]))
