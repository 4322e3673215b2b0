"""Two of three members change a parameter and upgrade a program on a real validator."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterator

import pytest
from energy_sdk import EnergyClient, Instruction, Keypair, Receipt, RpcTransport
from energy_sdk.governance import errors, events, instructions
from energy_sdk.governance.pdas import GOVERNANCE_ADDRESS
from energy_sdk.localnet import Localnet
from energy_sdk.programs import GOVERNANCE
from energy_sdk.transactions.loader import set_upgrade_authority

from tests.support.upgrades import new_version, speaks_anew
from tests.support.validator import DEPLOYER

TIMELOCK_S = 2


@pytest.fixture
def net() -> Iterator[Localnet]:
    """A validator of its own: the others' programs stay as they are."""
    with Localnet(deployer=DEPLOYER.pubkey()) as running:
        yield running


async def _until(read: Callable[[], Awaitable[int]], wanted: int) -> None:
    for _ in range(300):
        if await read() >= wanted:
            return
        await asyncio.sleep(0.2)
    pytest.fail(f"the chain did not reach {wanted} within a minute")


async def _slot(client: EnergyClient) -> int:
    return (await client.transactions.simulate([])).slot


async def _decide(client: EnergyClient, members: list[Keypair], *proposed: Instruction) -> Receipt:
    """The members propose, approve, wait the timelock out by the chain's clock, and execute."""
    governance = client.governance
    made = await governance.propose(proposed, title="Decision", approve=True, member=members[0])
    number = made.one(events.ProposalCreated).number
    await governance.approve(number=number, member=members[1])
    due = (await governance.proposal(number)).executable_at(await governance.governance())
    assert due is not None
    await _until(client.transport.clock, due)
    return await governance.execute(number=number)


async def test_two_of_three_change_a_parameter_and_upgrade_a_program(net: Localnet) -> None:
    """The upgraded program runs, with its accounts as they were."""
    members = [Keypair() for _ in range(3)]
    async with EnergyClient(RpcTransport(net.url), DEPLOYER) as client:
        governance = client.governance
        await governance.initialize(authority=DEPLOYER.pubkey())
        await governance.set_timing(timelock_s=TIMELOCK_S, proposal_expiry_s=3_600)
        await governance.set_members(members=[member.pubkey() for member in members], threshold=2)

        await _decide(client, members, instructions.update_parameters(authority=GOVERNANCE_ADDRESS, offer_lock_s=77))
        assert (await governance.parameters()).offer_lock_s == 77
        take_over = set_upgrade_authority(
            program=GOVERNANCE, authority=DEPLOYER.pubkey(), new_authority=GOVERNANCE_ADDRESS
        )
        await _decide(client, members, take_over)
        assert await governance.upgrade_authority(GOVERNANCE) == GOVERNANCE_ADDRESS
        buffer = await governance.write_buffer(new_version(GOVERNANCE))
        upgrade = instructions.upgrade_program(program=GOVERNANCE, buffer=buffer, recipient=DEPLOYER.pubkey())

        receipt = await _decide(client, members, upgrade)

        assert receipt.one(events.ProgramUpgraded).program == GOVERNANCE
        # New code runs from the slot after its deployment on.
        await _until(lambda: _slot(client), receipt.slot + 2)
        with pytest.raises(errors.NotMember) as caught:
            await governance.approve(number=0, member=DEPLOYER)
        assert speaks_anew(caught.value.logs)
        assert (await governance.parameters()).offer_lock_s == 77
