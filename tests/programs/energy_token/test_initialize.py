"""`initialize` creates the GRID mint; `test_initialisers.py` has what all programs' initialisers refuse."""

from __future__ import annotations

from energy_sdk import Pubkey
from energy_sdk.addresses import TOKEN_PROGRAM
from energy_sdk.energy_token import errors, events, pdas

from tests.support.world import Chain


async def test_creates_a_mint_that_only_the_program_can_use(bare: Chain) -> None:
    """9 decimals, the configuration's address as authority, nobody who can freeze."""
    admin, minter, burner = (Pubkey.new_unique() for _ in range(3))

    receipt = await bare.client.energy_token.initialize(admin=admin, minter=minter, burner=burner)

    stated = receipt.one(events.EnergyTokenInitialized)
    assert (stated.mint, stated.admin, stated.minter, stated.burner) == (pdas.GRID_MINT, admin, minter, burner)
    config = await bare.client.energy_token.config()
    assert (config.mint, config.admin, config.minter, config.burner) == (pdas.GRID_MINT, admin, minter, burner)
    assert (config.minted, config.burned) == (0, 0)
    mint = await bare.transport.get_account(pdas.GRID_MINT)
    assert mint is not None
    assert mint.owner == TOKEN_PROGRAM
    # Mint layout: authority option u32 and key, supply u64, decimals, initialised, freeze authority option u32.
    assert mint.data[:4] == (1).to_bytes(4, "little")
    assert mint.data[4:36] == bytes(pdas.TOKEN_CONFIG_ADDRESS)
    assert (mint.data[44], mint.data[46:50]) == (9, bytes(4))
    assert await bare.client.tokens.supply(mint=pdas.GRID_MINT) == 0


async def test_rejects_the_zero_key_as_admin(bare: Chain) -> None:
    """The roles may be empty at first; without an admin they would be so for good."""
    somebody = Pubkey.new_unique()

    async with bare.refused(errors.InvalidKey):
        await bare.client.energy_token.initialize(admin=Pubkey.default(), minter=somebody, burner=somebody)

    await bare.client.energy_token.initialize(admin=somebody, minter=Pubkey.default(), burner=Pubkey.default())
