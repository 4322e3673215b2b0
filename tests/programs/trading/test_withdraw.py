"""withdraw: free balance goes back to the owner's wallet, whatever stands still."""

from __future__ import annotations

import pytest
from energy_sdk import Pubkey
from energy_sdk.addresses import associated_token_address
from energy_sdk.deployment import Member
from energy_sdk.trading import FEE_SEAT, Asset, errors, events, instructions

from tests.programs.trading import kit
from tests.support.world import World, conserved

by_asset = pytest.mark.parametrize("asset", list(Asset))


async def holder(world: World) -> Member:
    """A member with 5,000 Wh and 5,000 payment units on the seat."""
    return await world.join(energy_wh=5_000, payment=5_000)


def wallet(world: World, member: Member, asset: Asset) -> Pubkey:
    return associated_token_address(member.key.pubkey(), world.market.mint(asset))


@by_asset
async def test_moves_free_balance_to_the_wallet(world: World, asset: Asset) -> None:
    member = await holder(world)
    unit = 1_000_000 if asset is Asset.ENERGY else 1

    receipt = await world.client.trading.withdraw(
        world.market, seat=member.seat, asset=asset, amount=2_000, owner=member.key
    )

    assert receipt.one(events.Withdrawn) == events.Withdrawn(
        market=1, seat=member.seat, asset=asset, amount=2_000, free=3_000
    )
    seat = await kit.seat_of(world, member)
    assert (seat.energy_free, seat.payment_free) == ((3_000, 5_000) if asset is Asset.ENERGY else (5_000, 3_000))
    tokens = world.client.tokens
    assert await tokens.account_balance(account=wallet(world, member, asset)) == 2_000 * unit
    assert await tokens.account_balance(account=world.market.vault(asset)) == 3_000 * unit
    await conserved(world, [member])


@by_asset
async def test_works_while_everything_is_paused(world: World, asset: Asset) -> None:
    member = await holder(world)
    await kit.pause(world)

    await world.client.trading.withdraw(world.market, seat=member.seat, asset=asset, amount=5_000, owner=member.key)

    seat = await kit.seat_of(world, member)
    assert (seat.energy if asset is Asset.ENERGY else seat.payment) == 0


async def test_fees_go_to_the_key_that_the_market_named(world: World) -> None:
    seller = await world.join(energy_wh=10_000)
    buyer = await world.join(payment=10_000_000)
    await world.sell(seller, 10_000, 30 * kit.CENT)
    await world.buy(buyer, 10_000, 30 * kit.CENT)
    fees = (await world.settle(1)).fees

    await world.client.trading.withdraw(world.market, seat=FEE_SEAT, asset=Asset.PAYMENT, amount=fees)

    assert fees == 30_000
    chief = world.chief.pubkey()
    assert await world.client.tokens.balance(mint=world.market.payment_mint, owner=chief) == fees
    await conserved(world)


async def test_rejects_what_orders_have_locked(world: World) -> None:
    member = await holder(world)
    await world.sell(member, 4_000, kit.CENT)

    async with world.refused(errors.InsufficientBalance):
        await world.client.trading.withdraw(
            world.market, seat=member.seat, asset=Asset.ENERGY, amount=1_001, owner=member.key
        )


@by_asset
async def test_rejects_more_than_is_free(world: World, asset: Asset) -> None:
    member = await holder(world)
    await world.join(energy_wh=5_000, payment=5_000)

    async with world.refused(errors.InsufficientBalance):
        await world.client.trading.withdraw(world.market, seat=member.seat, asset=asset, amount=5_001, owner=member.key)


@by_asset
async def test_rejects_nothing(world: World, asset: Asset) -> None:
    member = await holder(world)

    async with world.refused(errors.ZeroAmount):
        await world.client.trading.withdraw(world.market, seat=member.seat, asset=asset, amount=0, owner=member.key)


async def test_rejects_energy_beyond_what_tokens_can_count(world: World) -> None:
    member = await holder(world)

    async with world.refused(errors.AmountTooLarge):
        await world.client.trading.withdraw(
            world.market, seat=member.seat, asset=Asset.ENERGY, amount=2**64 - 1, owner=member.key
        )


@by_asset
async def test_rejects_a_wallet_of_the_other_mint(world: World, asset: Asset) -> None:
    member = await holder(world)
    wrong = Asset.PAYMENT if asset is Asset.ENERGY else Asset.ENERGY

    async with world.refused(errors.WrongMint):
        await world.client.trading.withdraw(
            world.market,
            seat=member.seat,
            asset=asset,
            amount=1,
            owner=member.key,
            destination=wallet(world, member, wrong),
        )


@by_asset
async def test_rejects_the_wallet_of_somebody_else(world: World, asset: Asset) -> None:
    member, other = await holder(world), await holder(world)

    async with world.refused(errors.WrongDestination):
        await world.client.trading.withdraw(
            world.market,
            seat=member.seat,
            asset=asset,
            amount=1,
            owner=member.key,
            destination=wallet(world, other, asset),
        )


@by_asset
async def test_rejects_another_vault(world: World, asset: Asset) -> None:
    """All vaults have one owner, so the market must name the vault that pays."""
    member = await holder(world)
    other = await kit.other_market(world)
    honest = instructions.withdraw(
        owner=member.key.pubkey(),
        market=world.market.address,
        ledger=world.market.ledger,
        destination=wallet(world, member, asset),
        seat=member.seat,
        asset=asset,
        amount=1,
    )

    async with world.refused(errors.WrongVault):
        await world.send(kit.swap(honest, world.market.vault(asset), other.vault(asset)), signers=[member.key])


async def test_rejects_the_ledger_of_another_market(world: World) -> None:
    """Balances of one market do not pay out of another's vault."""
    member = await holder(world)
    other = await kit.other_market(world)
    seat = await kit.enter(world, other, member)
    mixed = instructions.withdraw(
        owner=member.key.pubkey(),
        market=other.address,
        ledger=world.market.ledger,
        destination=wallet(world, member, Asset.PAYMENT),
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
        await world.client.trading.withdraw(world.market, seat=seat, asset=Asset.PAYMENT, amount=1, owner=member.key)


async def test_rejects_the_seat_of_somebody_else(world: World) -> None:
    member, other = await holder(world), await holder(world)

    async with world.refused(errors.UnauthorizedSeat):
        await world.client.trading.withdraw(
            world.market, seat=other.seat, asset=Asset.PAYMENT, amount=1, owner=member.key
        )
