"""A client that is killed at random instants knows afterwards what became of everything it sent."""

from __future__ import annotations

from pathlib import Path

from tests.support import kills


def test_every_payment_of_a_killed_client_ends_in_one_known_outcome(tmp_path: Path) -> None:
    """Each key is applied exactly once or never, as the outbox says; `python -m tests.support.kills` runs more."""
    with kills.engine_process() as url:
        agreement = kills.run_apart(url, tmp_path, kills=20, seed=7, pace=kills.ENGINE)

    assert (agreement.undecided, agreement.disagreeing) == ([], [])
    assert agreement.killed_with_open > 0
    assert agreement.states["landed"] > 0
    assert agreement.states["failed"] > 0
