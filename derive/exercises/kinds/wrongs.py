"""What people write in the place of a line of a chain who make one mistake, each proved to be wrong."""

from __future__ import annotations

from collections.abc import Iterator

from derive.exercises.kinds.chains import Chain, Wrong, are_readable
from derive.exercises.mistakes.catalogue import wrong_versions
from derive.exercises.mistakes.setting import Setting
from derive.writing.nodes import Expr


def wrong_lines(chain: Chain, place: int) -> tuple[Wrong, ...]:
    """Wrong versions of one line of a chain, no two of them equal; the chain remembers them."""
    if place not in chain.wrong:
        chain.wrong[place] = tuple(_wrong(chain, chain.lines[place]))
    return chain.wrong[place]


def _wrong(chain: Chain, line: Expr) -> Iterator[Wrong]:
    for mistake, wrong in wrong_versions(line, _setting(chain), chain.judge):
        if are_readable(wrong) and chain.is_broken_by(wrong):
            yield Wrong(wrong, mistake.name)


def _setting(chain: Chain) -> Setting:
    return Setting(chain.derivation.model, chain.of, chain.by, chain.facts.ranges)
