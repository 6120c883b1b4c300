"""Justify: one step of a chain, whose rule is to be named."""

from __future__ import annotations

import random

from derive.calculus.steps import Step
from derive.exercises.answers import RuleName
from derive.exercises.exercise import Exercise, Part, Topic, remembered
from derive.exercises.kinds.chains import Chain, are_readable, chains
from derive.exercises.kinds.naming import FEWEST, can_be_named, others_than, rules_to_choose_from
from derive.exercises.kinds.stem import given_of
from derive.pages.blocks import Equations, Listing, Message, say


def justify(topic: Topic, rng: random.Random) -> Exercise | None:
    """One step, and some rules of which only one gives it; None where no step of the topic is like that."""
    found = _steps(topic)
    if not found:
        return None
    chain, step = rng.choice(found)
    rules = rules_to_choose_from(chain, step, rng)
    return Exercise(
        "justify",
        topic,
        (
            *given_of(topic, chain),
            say("exercise.justify.step", left=chain.asked),
            Equations(step.before, (step.after,)),
            say("exercise.justify.rules"),
            Listing(tuple(Message("exercise.rule", {"rule": rule}) for rule in rules)),
        ),
        (Part((say("exercise.justify.question"),), RuleName(step.rule), 1, 1),),
        (
            say(f"rule.{step.rule}.sentence", by=chain.by, element=chain.of),
            Equations(step.before, (step.after,)),
        ),
        topic.measure,
    )


@remembered
def _steps(topic: Topic) -> tuple[tuple[Chain, Step], ...]:
    """The steps with a rule of their own, each rule alone, that are short enough to read."""
    return tuple(
        (chain, step)
        for chain in chains(topic)
        for step in chain.rules
        if can_be_named(step) and are_readable(step.before, step.after) and len(others_than(chain, step)) >= FEWEST - 1
    )
