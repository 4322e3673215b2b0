"""`emergency_pause` stops areas at once, on behalf of governance or its guardian."""

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

EVERY_AREA = PauseArea.TRADING | PauseArea.CLEARING | PauseArea.METERING | PauseArea.REGISTRATION


@pytest.mark.parametrize("area", list(PauseArea))
async def test_stops_only_the_named_area(chain: Chain, authority: Keypair, area: PauseArea) -> None:
    """Each area has its own time."""
    now = await chain.transport.clock()

    receipt = await chain.client.governance.emergency_pause(areas=area, authority=authority)

    pause = await chain.client.governance.pause()
    assert pause.areas == area
    assert pause.since == {area: now}
    stated = receipt.one(events.Paused)
    assert (stated.areas, stated.by) == (area, authority.pubkey())


async def test_guardian_stops_everything(chain: Chain, guardian: Keypair) -> None:
    """One key is enough to stop, so that an alarm needs no meeting."""
    receipt = await chain.client.governance.emergency_pause(areas=EVERY_AREA, authority=guardian)

    assert (await chain.client.governance.pause()).areas == EVERY_AREA
    assert receipt.one(events.Paused).by == guardian.pubkey()


async def test_pausing_again_keeps_the_first_time(chain: Chain, authority: Keypair) -> None:
    """Repetition cannot put off what becomes possible after a long pause; a further area gets its own time."""
    start = await chain.transport.clock()
    await chain.client.governance.emergency_pause(areas=PauseArea.CLEARING, authority=authority)
    chain.transport.advance(100)

    await chain.client.governance.emergency_pause(areas=PauseArea.CLEARING | PauseArea.TRADING, authority=authority)

    pause = await chain.client.governance.pause()
    assert pause.since == {PauseArea.CLEARING: start, PauseArea.TRADING: start + 100}


@pytest.mark.parametrize("areas", [0, 16, 32, 64, 128, 15 | 16, 255])
async def test_rejects_no_area_and_unknown_ones(chain: Chain, authority: Keypair, areas: int) -> None:
    """A known area beside an unknown one is refused too."""
    instruction = instructions.emergency_pause(authority=authority.pubkey(), areas=areas)

    async with chain.refused(errors.UnknownPauseArea):
        await chain.send(instruction, signers=[authority])


async def test_rejects_strangers_and_the_deployer(chain: Chain) -> None:
    """Deploying is not governing."""
    for signer in (await chain.stranger(), chain.chief):
        async with chain.refused(errors.UnauthorizedAuthority):
            await chain.client.governance.emergency_pause(areas=PauseArea.TRADING, authority=signer)


async def test_rejects_a_guardian_that_does_not_sign(chain: Chain, guardian: Keypair) -> None:
    """Naming the guardian is not enough."""
    instruction = instructions.emergency_pause(authority=guardian.pubkey(), areas=PauseArea.TRADING)

    async with framework_refuses(chain, ACCOUNT_NOT_SIGNER, account="authority"):
        await chain.send(unsigned(instruction, guardian.pubkey()))


async def test_rejects_accounts_that_are_not_the_singletons(chain: Chain, authority: Keypair) -> None:
    """Copies and accounts of another type are refused."""
    instruction = instructions.emergency_pause(authority=authority.pubkey(), areas=PauseArea.TRADING)

    for name, address in (("governance", pdas.GOVERNANCE_ADDRESS), ("pause", pdas.PAUSE_ADDRESS)):
        for copy, code in (
            (await forged(chain, address), CONSTRAINT_SEEDS),
            (pdas.PARAMETERS_ADDRESS, ACCOUNT_OF_ANOTHER_TYPE),
        ):
            async with framework_refuses(chain, code, account=name):
                await chain.send(swapped(instruction, address, copy), signers=[authority])
