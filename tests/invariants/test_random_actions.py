"""Long random lives of a small community: good and bad actions of everybody, mixed by Hypothesis."""

from __future__ import annotations

from proof.invariants import promised
from tests.invariants.life import live

LIVES = 20
STEPS = 60

DONE = {"read", "mint", "retire", "deposit", "withdraw", "sell", "buy", "place_many", "cancel", "together"}
DONE |= {"close", "clear", "settle", "void", "pause", "judge"}
"""Actions that must have gone through at least once, or the lives were too dull."""

REFUSALS = 30
"""Pairs of an action and an error that must have come."""


def test_every_life_adds_up_and_drains() -> None:
    """Every rule holds after each of some 1,200 actions, and the market can be emptied at the end."""
    outcome = live(LIVES, STEPS)

    assert outcome.tally.keys() >= DONE, f"never done: {DONE - outcome.tally.keys()}"
    refusals = {name for name in outcome.tally if ": " in name}
    assert len(refusals) >= REFUSALS, sorted(refusals)
    assert outcome.checks.keys() >= promised("lives")
