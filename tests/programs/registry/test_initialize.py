"""`initialize` creates the registry; `test_initialisers.py` has what all programs' initialisers refuse."""

from __future__ import annotations

from energy_sdk import Pubkey
from energy_sdk.registry import errors, events

from tests.support.world import Chain


async def test_creates_an_empty_registry_with_one_authority(bare: Chain) -> None:
    """The admin is not an authority by itself."""
    authority, admin = Pubkey.new_unique(), Pubkey.new_unique()

    receipt = await bare.client.registry.initialize(authority=authority, admin=admin)

    stated = receipt.one(events.RegistryInitialized)
    assert (stated.authority, stated.admin) == (authority, admin)
    registry = await bare.client.registry.registry()
    assert (registry.authorities, registry.admin) == ((authority,), admin)
    assert (registry.user_count, registry.meter_count) == (0, 0)


async def test_rejects_the_zero_key(bare: Chain) -> None:
    """Neither office may go to a key that can never sign."""
    somebody = Pubkey.new_unique()

    for authority, admin in ((Pubkey.default(), somebody), (somebody, Pubkey.default())):
        async with bare.refused(errors.InvalidKey):
            await bare.client.registry.initialize(authority=authority, admin=admin)
