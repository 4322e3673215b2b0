"""deposit: tokens go into the market's vault and onto the owner's seat."""

from __future__ import annotations

import pytest
from energy_sdk import Pubkey
from energy_sdk.addresses import associated_token_address
from energy_sdk.deployment import Member
from energy_sdk.exceptions import ProgramError
from energy_sdk.trading import Asset, errors, events, instructions

from tests.programs.trading import kit
from tests.support.world import World, conserved

by_asset = pytest.mark.parametrize("asset", list(Asset))


async def holder(world: World) -> Member:
    """A member with 5,000 Wh and 5,000 payment units in the wallet and nothing on the seat."""
    member = await world.join()
    await world.read(member, export_wh=5_000)
    await world.client.oracle.mint_energy(meter=member.meter)
    await world.client.tokens.mint_to(mint=world.market.payment_mint, owner=member.key.pubkey(), amount=5_000)
    return member


def wallet(world: World, member: Member, asset: Asset) -> Pubkey:
    return associated_token_address(member.key.pubkey(), world.market.mint(asset))


@by_asset
async def test_moves_tokens_into_custody(world: World, asset: Asset) -> None:
    member = await holder(world)
    unit = 1_000_000 if asset is Asset.ENERGY else 1

    receipt = await world.client.trading.deposit(
        world.market, seat=member.seat, asset=asset, amount=3_000, owner=member.key
    )

    assert receipt.one(events.Deposited) == events.Deposited(
        market=1, seat=member.seat, asset=asset, amount=3_000, free=3_000
    )
    seat = await kit.seat_of(world, member)
    assert (seat.energy_free, seat.payment_free) == ((3_000, 0) if asset is Asset.ENERGY else (0, 3_000))
    tokens = world.client.tokens
    assert await tokens.account_balance(account=wallet(world, member, asset)) == 2_000 * unit
    assert await tokens.account_balance(account=world.market.vault(asset)) == 3_000 * unit
    await conserved(world, [member])


@by_asset
async def test_rejects_more_than_the_wallet_holds(world: World, asset: Asset) -> None:
    member = await holder(world)

    async with world.refused(errors.InsufficientBalance):
        await world.client.trading.deposit(world.market, seat=member.seat, asset=asset, amount=5_001, owner=member.key)


@by_asset
async def test_rejects_nothing(world: World, asset: Asset) -> None:
    member = await holder(world)

    async with world.refused(errors.ZeroAmount):
        await world.client.trading.deposit(world.market, seat=member.seat, asset=asset, amount=0, owner=member.key)


async def test_rejects_energy_beyond_what_tokens_can_count(world: World) -> None:
    member = await holder(world)

    async with world.refused(errors.AmountTooLarge):
        await world.client.trading.deposit(
            world.market, seat=member.seat, asset=Asset.ENERGY, amount=2**64 // 1_000_000 + 1, owner=member.key
        )


async def test_rejects_payment_beyond_what_a_ledger_can_hold(world: World) -> None:
    """The sum over all seats stays below 2^63, so that settlement adds without overflow."""
    first, second = await world.join(), await world.join()
    for member, amount in ((first, 2**63 - 1), (second, 1)):
        await world.client.tokens.mint_to(mint=world.market.payment_mint, owner=member.key.pubkey(), amount=amount)
    await world.client.trading.deposit(
        world.market, seat=first.seat, asset=Asset.PAYMENT, amount=2**63 - 1, owner=first.key
    )

    async with world.refused(errors.AmountTooLarge):
        await world.client.trading.deposit(
            world.market, seat=second.seat, asset=Asset.PAYMENT, amount=1, owner=second.key
        )


@by_asset
async def test_rejects_tokens_of_the_other_mint(world: World, asset: Asset) -> None:
    member = await holder(world)
    wrong = Asset.PAYMENT if asset is Asset.ENERGY else Asset.ENERGY

    async with world.refused(errors.WrongMint):
        await world.client.trading.deposit(
            world.market,
            seat=member.seat,
            asset=asset,
            amount=1,
            owner=member.key,
            source=wallet(world, member, wrong),
        )


@by_asset
async def test_rejects_another_vault(world: World, asset: Asset) -> None:
    """Neither another market's vault nor the depositor's own account passes for the vault."""
    member = await holder(world)
    other = await kit.other_market(world)
    honest = instructions.deposit(
        owner=member.key.pubkey(),
        market=world.market.address,
        ledger=world.market.ledger,
        source=wallet(world, member, asset),
        seat=member.seat,
        asset=asset,
        amount=1,
    )

    for false in (other.vault(asset), wallet(world, member, asset)):
        async with world.refused(errors.WrongVault):
            await world.send(kit.swap(honest, world.market.vault(asset), false), signers=[member.key])


async def test_rejects_the_ledger_of_another_market(world: World) -> None:
    member = await holder(world)
    other = await kit.other_market(world)
    seat = await kit.enter(world, other, member)
    mixed = instructions.deposit(
        owner=member.key.pubkey(),
        market=world.market.address,
        ledger=other.ledger,
        source=wallet(world, member, Asset.PAYMENT),
        seat=seat,
        asset=Asset.PAYMENT,
        amount=1,
    )

    async with world.refused(errors.WrongLedger):
        await world.send(mixed, signers=[member.key])


@pytest.mark.parametrize("seat", [20, 32, 65_535])
async def test_rejects_a_seat_that_nobody_holds(world: World, seat: int) -> None:
    member = await holder(world)

    async with world.refused(errors.SeatNotFound):
        await world.client.trading.deposit(world.market, seat=seat, asset=Asset.PAYMENT, amount=1, owner=member.key)


async def test_rejects_the_seat_of_somebody_else(world: World) -> None:
    member, other = await holder(world), await world.join()

    async with world.refused(errors.UnauthorizedSeat):
        await world.client.trading.deposit(
            world.market, seat=other.seat, asset=Asset.PAYMENT, amount=1, owner=member.key
        )


async def test_rejects_tokens_of_somebody_else(world: World) -> None:
    """The token program asks for the signature of the tokens' owner."""
    member, other = await holder(world), await world.join()

    async with world.refused(ProgramError):
        await world.client.trading.deposit(
            world.market,
            seat=other.seat,
            asset=Asset.PAYMENT,
            amount=1,
            owner=other.key,
            source=wallet(world, member, Asset.PAYMENT),
        )
