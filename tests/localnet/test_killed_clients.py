"""A client that is killed while it sends to a real validator."""

from __future__ import annotations

from pathlib import Path

from energy_sdk.localnet import Localnet

from tests.support import kills


def test_every_payment_of_a_killed_client_ends_in_one_known_outcome(localnet: Localnet, tmp_path: Path) -> None:
    """A slice; `python -m tests.support.kills --rpc validator` runs more."""
    agreement = kills.run_apart(localnet.url, tmp_path, kills=15, seed=7, pace=kills.VALIDATOR)

    assert (agreement.undecided, agreement.disagreeing) == ([], [])
    assert agreement.killed_with_open > 0
    assert agreement.states["landed"] > 0
    assert agreement.states["failed"] > 0
