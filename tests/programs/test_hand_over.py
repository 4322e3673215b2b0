"""Every office changes hands in two steps: its holder nominates, the nominee accepts by signing."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any

import pytest
from energy_sdk import Keypair, Pubkey, Receipt, energy_token, oracle, registry, trading
from energy_sdk.energy_token.pdas import TOKEN_CONFIG_ADDRESS
from energy_sdk.exceptions import EnergyError
from energy_sdk.governance import PauseArea
from energy_sdk.oracle.pdas import ORACLE_ADDRESS
from energy_sdk.registry.pdas import REGISTRY_ADDRESS
from solders.instruction import Instruction

from tests.support.tampering import (
    ACCOUNT_NOT_SIGNER,
    ACCOUNT_OWNED_BY_WRONG_PROGRAM,
    CONSTRAINT_SEEDS,
    forged,
    framework_refuses,
    swapped,
    unsigned,
)
from tests.support.world import World

Step = Callable[..., Awaitable[Receipt]]


@dataclass(kw_only=True)
class Office:
    """One office and what its holder does with it."""

    world: World
    account: Pubkey
    field: str
    not_holder: type[EnergyError]
    not_nominated: type[EnergyError]
    nominate: Step
    accept: Step
    use: Callable[[Keypair], Awaitable[Receipt]]
    nomination: Callable[[Pubkey, Pubkey], Instruction]
    acceptance: Callable[[Pubkey], Instruction]

    async def holder(self) -> tuple[Pubkey, Pubkey | None]:
        """Who holds it, and who is nominated."""
        match self.field:
            case "registry":
                found: Any = await self.world.client.registry.registry()
            case "oracle":
                found = await self.world.client.oracle.oracle()
            case "config":
                found = await self.world.client.energy_token.config()
            case _:
                market = await self.world.client.trading.market(1)
                return market.authority, market.pending_authority
        return found.admin, found.pending_admin


@pytest.fixture(params=["registry", "oracle", "energy_token", "market"])
async def office(world: World, request: pytest.FixtureRequest) -> Office:
    """Each office of a running community, held by the chief."""
    client, market = world.client, world.market
    if request.param == "registry":
        return Office(
            world=world,
            not_nominated=registry.errors.NotNominated,
            account=REGISTRY_ADDRESS,
            field="registry",
            not_holder=registry.errors.NotRecRegulator,
            nominate=lambda new, by=None: client.registry.nominate_admin(new_admin=new, admin=by),
            accept=lambda by: client.registry.accept_admin(new_admin=by),
            use=lambda by: client.registry.add_authority(key=Pubkey.new_unique(), admin=by),
            nomination=lambda by, new: registry.instructions.nominate_admin(admin=by, new_admin=new),
            acceptance=lambda by: registry.instructions.accept_admin(new_admin=by),
        )
    if request.param == "oracle":
        return Office(
            world=world,
            not_nominated=oracle.errors.NotNominated,
            account=ORACLE_ADDRESS,
            field="oracle",
            not_holder=oracle.errors.UnauthorizedAdmin,
            nominate=lambda new, by=None: client.oracle.nominate_admin(new_admin=new, admin=by),
            accept=lambda by: client.oracle.accept_admin(new_admin=by),
            use=lambda by: client.oracle.add_operator(operator=Pubkey.new_unique(), roles=oracle.Role.AMI, admin=by),
            nomination=lambda by, new: oracle.instructions.nominate_admin(admin=by, new_admin=new),
            acceptance=lambda by: oracle.instructions.accept_admin(new_admin=by),
        )
    if request.param == "energy_token":
        return Office(
            world=world,
            not_nominated=energy_token.errors.NotNominated,
            account=TOKEN_CONFIG_ADDRESS,
            field="config",
            not_holder=energy_token.errors.UnauthorizedAdmin,
            nominate=lambda new, by=None: client.energy_token.nominate_admin(new_admin=new, admin=by),
            accept=lambda by: client.energy_token.accept_admin(new_admin=by),
            use=lambda by: client.energy_token.set_roles(minter=ORACLE_ADDRESS, burner=Pubkey.new_unique(), admin=by),
            nomination=lambda by, new: energy_token.instructions.nominate_admin(admin=by, new_admin=new),
            acceptance=lambda by: energy_token.instructions.accept_admin(new_admin=by),
        )
    return Office(
        world=world,
        not_nominated=trading.errors.NotNominated,
        account=market.address,
        field="market",
        not_holder=trading.errors.UnauthorizedMarketAuthority,
        nominate=lambda new, by=None: client.trading.nominate_authority(market, new_authority=new, authority=by),
        accept=lambda by: client.trading.accept_authority(market, new_authority=by),
        use=lambda by: client.trading.update_market(market, fee_bps=7, authority=by),
        nomination=lambda by, new: trading.instructions.nominate_authority(
            authority=by, market=market.address, new_authority=new
        ),
        acceptance=lambda by: trading.instructions.accept_authority(new_authority=by, market=market.address),
    )


async def test_a_nomination_alone_moves_nothing(office: Office) -> None:
    """Until the nominee accepts, the holder keeps the office and the nominee has no power."""
    world, successor = office.world, await office.world.stranger()

    await office.nominate(successor.pubkey())

    assert await office.holder() == (world.chief.pubkey(), successor.pubkey())
    await office.use(world.chief)
    async with world.refused(office.not_holder):
        await office.use(successor)


async def test_the_nominee_who_accepts_has_the_powers_and_the_former_holder_none(office: Office) -> None:
    """A hand-over leaves one holder and no nomination."""
    world, successor = office.world, await office.world.stranger()
    await office.nominate(successor.pubkey())

    receipt = await office.accept(successor)

    assert await office.holder() == (successor.pubkey(), None)
    (stated,) = receipt.events
    assert (stated.from_, stated.to) == (world.chief.pubkey(), successor.pubkey())  # type: ignore[union-attr]
    await office.use(successor)
    async with world.refused(office.not_holder):
        await office.use(world.chief)


async def test_a_nomination_can_be_withdrawn_or_replaced(office: Office) -> None:
    """Only the last nominee may accept, and nobody after a withdrawal."""
    world = office.world
    first, second = await world.stranger(1), await world.stranger(2)
    await office.nominate(first.pubkey())
    await office.nominate(second.pubkey())
    async with world.refused(office.not_nominated):
        await office.accept(first)

    await office.nominate(None)

    assert await office.holder() == (world.chief.pubkey(), None)
    async with world.refused(office.not_nominated):
        await office.accept(second)


async def test_nobody_else_nominates_or_accepts(office: Office) -> None:
    """Neither strangers, nor the holder in the nominee's place, nor the nominee twice."""
    world = office.world
    successor, stranger = await world.stranger(1), await world.stranger(2)
    for signer in (successor, stranger):
        async with world.refused(office.not_holder):
            await office.nominate(signer.pubkey(), signer)
    await office.nominate(successor.pubkey())
    for signer in (world.chief, stranger):
        async with world.refused(office.not_nominated):
            await office.accept(signer)
    await office.accept(successor)
    async with world.refused(office.not_nominated):
        await office.accept(successor)


async def test_naming_a_key_is_not_signing_for_it(office: Office) -> None:
    """Both steps need the signature of the one who takes them."""
    world, successor = office.world, await office.world.stranger()
    await office.nominate(successor.pubkey())
    await office.accept(successor)
    nominee = Pubkey.new_unique()

    async with framework_refuses(world, ACCOUNT_NOT_SIGNER):
        await world.send(unsigned(office.nomination(successor.pubkey(), nominee), successor.pubkey()))
    await office.nominate(nominee, successor)
    async with framework_refuses(world, ACCOUNT_NOT_SIGNER):
        await world.send(unsigned(office.acceptance(nominee), nominee))


async def test_a_forged_account_is_refused(office: Office) -> None:
    """A copy elsewhere, or of another owner, that names the attacker hands nothing over."""
    world, chief = office.world, office.world.chief.pubkey()
    copy = await forged(world, office.account, owner=Pubkey.new_unique())

    for instruction in (office.nomination(chief, chief), office.acceptance(chief)):
        async with framework_refuses(world, ACCOUNT_OWNED_BY_WRONG_PROGRAM, CONSTRAINT_SEEDS):
            await world.send(swapped(instruction, office.account, copy))


async def test_another_pays_for_an_operator_and_gets_the_rent(world: World) -> None:
    """The admin of the oracle need not hold lamports: an address that a program signs for may be it."""
    payer, recipient = await world.stranger(1), await world.stranger(2)
    admin, key = await world.stranger(3), Pubkey.new_unique()
    await world.client.oracle.nominate_admin(new_admin=admin.pubkey())
    await world.client.oracle.accept_admin(new_admin=admin)
    held = [await world.client.tokens.lamports(owner=who.pubkey()) for who in (admin, payer, recipient)]

    await world.send(
        oracle.instructions.add_operator(
            admin=admin.pubkey(), operator=key, roles=oracle.Role.AMI, payer=payer.pubkey()
        ),
        signers=[admin, payer],
    )
    await world.send(
        oracle.instructions.remove_operator(admin=admin.pubkey(), operator=key, recipient=recipient.pubkey()),
        signers=[admin],
    )

    now = [await world.client.tokens.lamports(owner=who.pubkey()) for who in (admin, payer, recipient)]
    rent = held[1] - now[1]
    assert rent > 0
    assert now == [held[0], held[1] - rent, held[2] + rent]


async def test_handing_over_touches_no_pause(office: Office) -> None:
    """Offices change hands while everything stands still: a stolen key can be replaced in an emergency."""
    successor = await office.world.stranger()
    everything = PauseArea.TRADING | PauseArea.CLEARING | PauseArea.METERING | PauseArea.REGISTRATION
    await office.world.client.governance.emergency_pause(areas=everything)

    await office.nominate(successor.pubkey())
    await office.accept(successor)

    assert (await office.holder())[0] == successor.pubkey()
