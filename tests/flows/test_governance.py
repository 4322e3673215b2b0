"""A community is handed over from its founder to two of three members, who then run it: parameters, offices, code."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass

import pytest
from energy_sdk import PROGRAMS, Keypair, Pubkey, Receipt, energy_token, governance, oracle, registry, trading
from energy_sdk.exceptions import DeclaredError, InvalidInput, TransactionFailed
from energy_sdk.governance import ProposalStatus
from energy_sdk.governance.pdas import GOVERNANCE_ADDRESS, TREASURY_ADDRESS
from energy_sdk.handover import complete_hand_over, propose_hand_over
from energy_sdk.oracle import Role
from energy_sdk.registry import UserType
from solders.instruction import Instruction

from tests.support.upgrades import new_version, speaks_anew
from tests.support.world import World, keypair

TIMELOCK_S = 600


@dataclass(frozen=True, kw_only=True)
class House:
    """A community whose offices are all governance's; Ada, Bob and Cyd are its members, two decide."""

    world: World
    members: tuple[Keypair, Keypair, Keypair]

    async def decide(
        self, *proposed: Instruction, title: str = "Decision", signers: tuple[Keypair, ...] = ()
    ) -> Receipt:
        """Ada proposes, Bob and Cyd approve, and a stranger executes after the timelock."""
        ada, bob, cyd = self.members
        client = self.world.client.governance
        made = await client.propose(proposed, title=title, member=ada)
        number = made.one(governance.events.ProposalCreated).number
        for member in (bob, cyd):
            await client.approve(number=number, member=member)
        self.world.transport.advance(TIMELOCK_S)
        return await client.execute(number=number, executor=await self.world.stranger(), signers=signers)


@pytest.fixture
async def house(world: World) -> House:
    members = (keypair(21), keypair(22), keypair(23))
    client = world.client
    await client.governance.set_timing(timelock_s=TIMELOCK_S, proposal_expiry_s=86_400)
    await client.governance.set_members(members=[member.pubkey() for member in members], threshold=2)
    numbers = await propose_hand_over(client, members=members[:2], markets=[world.market])
    world.transport.advance(TIMELOCK_S)
    await complete_hand_over(client, numbers)
    await world.transport.airdrop(TREASURY_ADDRESS, 1_000_000_000)
    return House(world=world, members=members)


async def test_after_the_hand_over_governance_holds_every_office(house: House) -> None:
    """The founder can no longer administer or upgrade anything."""
    world, client = house.world, house.world.client
    holders = [
        (await client.registry.registry()).admin,
        (await client.oracle.oracle()).admin,
        (await client.energy_token.config()).admin,
        (await client.trading.market(1)).authority,
        *[await client.governance.upgrade_authority(program) for program in PROGRAMS.values()],
    ]
    assert holders == [GOVERNANCE_ADDRESS] * 9

    key = Pubkey.new_unique()
    async with world.refused(registry.errors.NotRecRegulator):
        await client.registry.add_authority(key=key)
    async with world.refused(oracle.errors.UnauthorizedAdmin):
        await client.oracle.add_operator(operator=key, roles=Role.AMI)
    async with world.refused(energy_token.errors.UnauthorizedAdmin):
        await client.energy_token.set_roles(minter=key, burner=key)
    async with world.refused(trading.errors.UnauthorizedMarketAuthority):
        await client.trading.update_market(world.market, fee_bps=1)
    async with world.refused(governance.errors.UnauthorizedAuthority):
        await client.governance.update_parameters(fee_bps=1)


async def test_nothing_changes_hands_before_the_proposals_are_executed(world: World) -> None:
    """A nomination that is never accepted costs the founder nothing."""
    await propose_hand_over(world.client, members=[world.chief], markets=[world.market])

    assert (await world.client.registry.registry()).admin == world.chief.pubkey()
    await world.client.registry.add_authority(key=Pubkey.new_unique())
    await world.client.trading.update_market(world.market, fee_bps=1)


async def test_members_administer_authorities_operators_and_the_market(house: House) -> None:
    """The treasury pays what the programs create; the last authority and operator stay."""
    world, client = house.world, house.world.client
    regulator, metering = Pubkey.new_unique(), Pubkey.new_unique()

    await house.decide(
        registry.instructions.add_authority(admin=GOVERNANCE_ADDRESS, key=regulator),
        oracle.instructions.add_operator(
            admin=GOVERNANCE_ADDRESS, payer=TREASURY_ADDRESS, operator=metering, roles=Role.AMI
        ),
        trading.instructions.update_market(authority=GOVERNANCE_ADDRESS, market=world.market.address, fee_bps=42),
    )

    chief = world.chief.pubkey()
    assert (await client.registry.registry()).authorities == (chief, regulator)
    assert (await client.oracle.oracle()).operators == (chief, metering)
    assert (await client.trading.market(1)).fee_bps == 42
    await house.decide(
        registry.instructions.remove_authority(admin=GOVERNANCE_ADDRESS, key=chief),
        oracle.instructions.remove_operator(admin=GOVERNANCE_ADDRESS, recipient=TREASURY_ADDRESS, operator=chief),
    )
    for last, error in (
        (
            registry.instructions.remove_authority(admin=GOVERNANCE_ADDRESS, key=regulator),
            registry.errors.CannotRemoveLastRecRegulator,
        ),
        (
            oracle.instructions.remove_operator(
                admin=GOVERNANCE_ADDRESS, recipient=TREASURY_ADDRESS, operator=metering
            ),
            oracle.errors.CannotRemoveLastOperator,
        ),
    ):
        with pytest.raises(error):
            await house.decide(last)


async def test_the_market_authority_can_pass_on_to_a_key_again(house: House) -> None:
    """Governance nominates, the key accepts."""
    world, successor = house.world, keypair(30)
    market = world.market

    await house.decide(
        trading.instructions.nominate_authority(
            authority=GOVERNANCE_ADDRESS, market=market.address, new_authority=successor.pubkey()
        )
    )
    await world.client.trading.accept_authority(market, new_authority=successor)

    await world.client.trading.update_market(market, fee_bps=3, authority=successor)


Probe = Callable[[House], Awaitable[object]]

PROBES: dict[str, Probe] = {
    "governance": lambda h: h.world.client.governance.approve(number=0, member=h.world.chief),
    "registry": lambda h: h.world.client.registry.accept_admin(),
    "energy_token": lambda h: h.world.client.energy_token.accept_admin(),
    "oracle": lambda h: h.world.client.oracle.accept_admin(),
    "trading": lambda h: h.world.client.trading.accept_authority(h.world.market),
}
"""A call that each program refuses, with a message that its new version writes in capital letters."""


async def _runs_new_code(house: House, program: str) -> bool:
    with pytest.raises(DeclaredError) as caught:
        await PROBES[program](house)
    return speaks_anew(caught.value.logs)


@pytest.mark.parametrize("program", PROGRAMS)
async def test_two_of_three_upgrade_every_program_and_the_new_code_runs(house: House, program: str) -> None:
    """The upgrade is published, the buffer's rent comes back, and the accounts live on."""
    world, client, address = house.world, house.world.client, PROGRAMS[program]
    member = await world.join(UserType.PROSUMER, energy_wh=1_000)
    assert not await _runs_new_code(house, program)
    buffer = await client.governance.write_buffer(new_version(address))
    await client.governance.require_upgradeable(address, size=len(new_version(address)))
    rent = await client.tokens.lamports(owner=buffer)
    collector = Pubkey.new_unique()

    receipt = await house.decide(
        governance.instructions.upgrade_program(program=address, buffer=buffer, recipient=collector)
    )

    stated = receipt.one(governance.events.ProgramUpgraded)
    assert stated.program == address
    assert await _runs_new_code(house, program)
    assert await client.tokens.lamports(owner=collector) == rent
    assert await client.governance.upgrade_authority(address) == GOVERNANCE_ADDRESS
    await world.feed_in(member, 1_000)
    await house.decide(governance.instructions.update_parameters(authority=GOVERNANCE_ADDRESS, offer_lock_s=9))
    assert (await client.governance.parameters()).offer_lock_s == 9


async def test_code_that_has_grown_fits_after_an_extension(house: House) -> None:
    """Anybody may pay for the room; whether the code runs is still the members' decision."""
    world, client, program = house.world, house.world.client, PROGRAMS["registry"]
    code = new_version(program) + bytes(1_000)
    with pytest.raises(InvalidInput, match=r"extend it by 1000 first"):
        await client.governance.require_upgradeable(program, size=len(code))
    with pytest.raises(InvalidInput, match=r"a program only grows"):
        await client.governance.extend_program(program, size=0)

    await client.governance.extend_program(program, size=1_000)
    world.transport.advance(1)
    await client.governance.require_upgradeable(program, size=len(code))
    assert not await _runs_new_code(house, "registry")
    buffer = await client.governance.write_buffer(code)
    await house.decide(
        governance.instructions.upgrade_program(program=program, buffer=buffer, recipient=world.chief.pubkey())
    )

    assert await _runs_new_code(house, "registry")


async def test_nobody_upgrades_without_the_members(house: House) -> None:
    """Not the founder, not with a buffer of one's own, not with too much code."""
    world, client = house.world, house.world.client
    program = PROGRAMS["registry"]
    ada = house.members[0]
    foreign = await client.governance.write_buffer(new_version(program), authority=world.chief.pubkey())
    with pytest.raises(InvalidInput, match="does not belong to governance"):
        await client.governance.propose_upgrade(program, buffer=foreign, title="Upgrade", member=ada)
    with pytest.raises(InvalidInput, match="extend it by 1 first"):
        await client.governance.require_upgradeable(program, size=len(new_version(program)) + 1)
    with pytest.raises(InvalidInput, match=r"the file is no program"):
        await client.governance.write_buffer(b"#!/bin/sh")
    with pytest.raises(TransactionFailed):
        await house.decide(
            governance.instructions.upgrade_program(program=program, buffer=foreign, recipient=world.chief.pubkey())
        )
    assert not await _runs_new_code(house, "registry")


async def test_the_hand_over_is_on_record(house: House) -> None:
    """Its proposals stay readable until somebody closes them."""
    client = house.world.client.governance
    found = [proposal async for proposal in client.proposals()]
    state, now = await client.governance(), await house.world.transport.clock()
    assert {proposal.status(state, now) for proposal in found} == {ProposalStatus.EXECUTED}
    assert [proposal.title for proposal in found] == [
        "Accept administration",
        "Accept program upgrades",
        "Accept program upgrades",
    ]
