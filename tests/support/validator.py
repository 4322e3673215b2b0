"""One validator for all tests that need one."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from energy_sdk.localnet import Localnet
from solders.keypair import Keypair

DEPLOYER = Keypair.from_seed(bytes(range(32)))
"""Upgrade authority of the programs on that validator, and owner of its SOL."""


@pytest.fixture(scope="package")
def localnet() -> Iterator[Localnet]:
    """A running validator with the programs; its accounts are shared by all tests of `tests/localnet`.

    It ends with the last of them, since it takes most of a core whether it is asked anything or not.
    """
    with Localnet(deployer=DEPLOYER.pubkey()) as net:
        yield net
