"""LiteSVM 0.26 can leave the x87 unit in MMX mode; whoever computes next must not notice."""

from __future__ import annotations

import numpy as np
from energy_sdk import EnergyClient, Keypair, LiteSvmTransport


async def test_floating_point_survives_transactions() -> None:
    payer = Keypair()
    transport = LiteSvmTransport(programs={})
    await transport.airdrop(payer.pubkey(), 1_000_000_000_000)
    client = EnergyClient(transport, payer)

    mint = await client.tokens.create_mint(decimals=6)
    await client.tokens.mint_to(mint=mint, owner=payer.pubkey(), amount=1)

    assert np.float64(7.5) // np.float64(2) == 3
    assert np.longdouble(1.5) * 2 == 3
