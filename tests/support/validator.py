"""One validator for the whole test session."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from energy_sdk.localnet import Localnet
from solders.keypair import Keypair

DEPLOYER = Keypair.from_seed(bytes(range(32)))
"""Upgrade authority of the programs on the session's validator, and owner of its SOL."""


@pytest.fixture(scope="session")
def localnet() -> Iterator[Localnet]:
    """A running validator with the programs; its accounts are shared by all tests of the session."""
    with Localnet(deployer=DEPLOYER.pubkey()) as net:
        yield net
