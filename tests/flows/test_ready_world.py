"""The world that a local net comes with."""

from __future__ import annotations

import pytest
from energy_sdk import EnergyClient, Keypair, LiteSvmTransport
from energy_sdk.localnet.world import KEY_NAMES, build_world
from energy_sdk.operations import settle_due_epochs


@pytest.mark.parametrize("epoch_length_s", [2, 60, 900])
async def test_epoch_after_epoch_finds_a_book(epoch_length_s: int) -> None:
    """However short its epochs, a market whose epochs are settled at once never runs out of books."""
    keys = {name: Keypair() for name in KEY_NAMES}
    office = keys["office"]
    chain = LiteSvmTransport(upgrade_authority=office.pubkey())
    await chain.airdrop(office.pubkey(), 10**12)
    client = EnergyClient(chain, office)
    world = await build_world(client, keys=keys, epoch_length_s=epoch_length_s)
    alice = world.members["alice"]

    for _ in range(9):
        await client.trading.create_sell_order(
            world.market, seat=alice.seat, energy_wh=10, price=100_000, owner=alice.key
        )
        chain.advance(epoch_length_s)
        assert [result.no_trade async for result in settle_due_epochs(client, world.market)] == [True]

    assert (await client.trading.market(world.market.id)).epochs_settled == 9
