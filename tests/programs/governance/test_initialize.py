"""`initialize` creates governance; `test_initialisers.py` has what all programs' initialisers refuse."""

from __future__ import annotations

from energy_sdk import Pubkey
from energy_sdk.governance import PauseArea, errors, events

from tests.support.world import Chain


async def test_creates_one_member_default_parameters_and_no_pause(bare: Chain) -> None:
    """One member decides alone; the parameters are the documented defaults; everything runs."""
    authority, guardian = Pubkey.new_unique(), Pubkey.new_unique()

    receipt = await bare.client.governance.initialize(authority=authority, guardian=guardian)

    stated = receipt.one(events.GovernanceInitialized)
    assert (stated.authority, stated.guardian) == (authority, guardian)
    governance = await bare.client.governance.governance()
    assert (governance.threshold, governance.members, governance.guardian) == (1, (authority,), guardian)
    assert (governance.membership, governance.proposals) == (1, 0)
    assert (governance.timelock_s, governance.proposal_expiry_s) == (86_400, 604_800)
    parameters = await bare.client.governance.parameters()
    assert (parameters.epoch_length_s, parameters.offer_lock_s) == (900, 300)
    assert (parameters.fee_bps, parameters.max_fee_bps) == (100, 1_000)
    assert (parameters.min_order_wh, parameters.max_order_wh) == (10, 1_000_000_000)
    assert parameters.max_orders_per_seat == 64
    assert (parameters.reading_max_age_s, parameters.reading_future_s) == (57_600, 0)
    assert (parameters.clearing_grace_s, parameters.void_after_s) == (300, 86_400)
    assert parameters.book_retention_s == 1_800
    assert (await bare.client.governance.pause()).areas == PauseArea(0)


async def test_guardian_is_optional(bare: Chain) -> None:
    """Without a guardian only the authority may pause."""
    await bare.client.governance.initialize(authority=bare.chief.pubkey())

    assert (await bare.client.governance.governance()).guardian is None
    stranger = await bare.stranger()
    async with bare.refused(errors.UnauthorizedAuthority):
        await bare.client.governance.emergency_pause(areas=PauseArea.TRADING, authority=stranger)


async def test_rejects_the_zero_key_as_authority(bare: Chain) -> None:
    """A governance that nobody can sign for could never change anything."""
    async with bare.refused(errors.InvalidKey):
        await bare.client.governance.initialize(authority=Pubkey.default())
