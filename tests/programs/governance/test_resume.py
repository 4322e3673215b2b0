"""`resume` lets areas run again, on behalf of governance and not of its guardian."""

from __future__ import annotations

import pytest
from energy_sdk import Keypair
from energy_sdk.governance import PauseArea, errors, events, instructions, pdas

from tests.support.tampering import (
    ACCOUNT_NOT_SIGNER,
    ACCOUNT_OF_ANOTHER_TYPE,
    CONSTRAINT_SEEDS,
    forged,
    framework_refuses,
    swapped,
    unsigned,
)
from tests.support.world import Chain


@pytest.fixture
async def paused(chain: Chain, authority: Keypair) -> Chain:
    """Trading and metering stand still."""
    await chain.client.governance.emergency_pause(areas=PauseArea.TRADING | PauseArea.METERING, authority=authority)
    return chain


async def test_starts_only_the_named_area(paused: Chain, authority: Keypair) -> None:
    """The other area stays as it was."""
    since = (await paused.client.governance.pause()).since

    receipt = await paused.client.governance.resume(areas=PauseArea.TRADING, authority=authority)

    pause = await paused.client.governance.pause()
    assert pause.areas == PauseArea.METERING
    assert pause.since == {PauseArea.METERING: since[PauseArea.METERING]}
    stated = receipt.one(events.Resumed)
    assert (stated.areas, stated.by) == (PauseArea.TRADING, authority.pubkey())


async def test_resuming_again_changes_nothing(paused: Chain, authority: Keypair) -> None:
    """What runs may be resumed."""
    await paused.client.governance.resume(areas=PauseArea.TRADING, authority=authority)
    once = await paused.transport.get_account(pdas.PAUSE_ADDRESS)

    await paused.client.governance.resume(areas=PauseArea.TRADING | PauseArea.CLEARING, authority=authority)

    assert await paused.transport.get_account(pdas.PAUSE_ADDRESS) == once


async def test_a_new_pause_counts_from_its_own_start(paused: Chain, authority: Keypair) -> None:
    """The time before resuming does not count."""
    await paused.client.governance.resume(areas=PauseArea.TRADING, authority=authority)
    paused.transport.advance(50)

    await paused.client.governance.emergency_pause(areas=PauseArea.TRADING, authority=authority)

    since = (await paused.client.governance.pause()).since
    assert since[PauseArea.TRADING] == await paused.transport.clock()


@pytest.mark.parametrize("areas", [0, 16, 1 | 128, 255])
async def test_rejects_no_area_and_unknown_ones(paused: Chain, authority: Keypair, areas: int) -> None:
    """As for pausing."""
    instruction = instructions.resume(authority=authority.pubkey(), areas=areas)

    async with paused.refused(errors.UnknownPauseArea):
        await paused.send(instruction, signers=[authority])


async def test_rejects_guardian_stranger_and_deployer(paused: Chain, guardian: Keypair) -> None:
    """The guardian can stop the market but not start it."""
    for signer in (guardian, await paused.stranger(), paused.chief):
        async with paused.refused(errors.UnauthorizedAuthority):
            await paused.client.governance.resume(areas=PauseArea.TRADING, authority=signer)


async def test_rejects_an_authority_that_does_not_sign(paused: Chain, authority: Keypair) -> None:
    """Naming the authority is not enough."""
    instruction = instructions.resume(authority=authority.pubkey(), areas=PauseArea.TRADING)

    async with framework_refuses(paused, ACCOUNT_NOT_SIGNER, account="authority"):
        await paused.send(unsigned(instruction, authority.pubkey()))


async def test_rejects_accounts_that_are_not_the_singletons(paused: Chain, authority: Keypair) -> None:
    """Copies and accounts of another type are refused."""
    instruction = instructions.resume(authority=authority.pubkey(), areas=PauseArea.TRADING)

    for name, address in (("governance", pdas.GOVERNANCE_ADDRESS), ("pause", pdas.PAUSE_ADDRESS)):
        for copy, code in (
            (await forged(paused, address), CONSTRAINT_SEEDS),
            (pdas.PARAMETERS_ADDRESS, ACCOUNT_OF_ANOTHER_TYPE),
        ):
            async with framework_refuses(paused, code, account=name):
                await paused.send(swapped(instruction, address, copy), signers=[authority])
