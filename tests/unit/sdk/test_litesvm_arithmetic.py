"""LiteSVM 0.26 can leave the x87 unit in MMX mode; whoever computes next must not notice."""

from __future__ import annotations

import math

import numpy as np
import pytest
from energy_sdk import EnergyClient, Keypair, LiteSvmTransport
from energy_sdk.exceptions import TransactionFailed
from energy_sdk.transactions import spl


def assert_arithmetic() -> None:
    assert math.fmod(7.5, 2) == 1.5
    assert np.float64(7.5) // np.float64(2) == 3
    assert np.longdouble(1.5) * 2 == 3


async def test_floating_point_survives_transactions() -> None:
    """Whether they go through, are refused, or are only tried out."""
    payer = Keypair()
    transport = LiteSvmTransport(programs={})
    await transport.airdrop(payer.pubkey(), 1_000_000_000_000)
    client = EnergyClient(transport, payer)

    mint = await client.tokens.create_mint(decimals=6)
    await client.tokens.mint_to(mint=mint, owner=payer.pubkey(), amount=1)
    assert_arithmetic()

    def transfer(amount: int) -> list:
        owner = payer.pubkey()
        return [spl.transfer_tokens(mint=mint, decimals=6, owner=owner, recipient=owner, amount=amount)]

    await client.transactions.simulate(transfer(1))
    assert_arithmetic()

    with pytest.raises(TransactionFailed):
        await client.transactions.send(transfer(2))
    assert_arithmetic()
