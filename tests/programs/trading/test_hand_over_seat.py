"""hand_over_seat: who collects fees and surplus can change the key that withdraws them."""

from __future__ import annotations

import pytest
from energy_sdk.trading import Asset, errors, events, instructions
from energy_sdk.trading.constants import COMMUNITY_SEAT, FEE_SEAT

from tests.programs.trading import kit
from tests.support.tampering import ACCOUNT_NOT_SIGNER, framework_refuses, unsigned
from tests.support.world import World, keypair


@pytest.mark.parametrize("seat", [FEE_SEAT, COMMUNITY_SEAT])
async def test_the_new_owner_withdraws_and_the_old_one_no_more(world: World, seat: int) -> None:
    new = await world.stranger()

    receipt = await world.client.trading.hand_over_seat(world.market, seat=seat, new_owner=new)

    assert receipt.one(events.SeatHandedOver) == events.SeatHandedOver(
        market=1, seat=seat, from_=world.chief.pubkey(), to=new.pubkey()
    )
    assert (await world.client.trading.seat(world.market, seat)).owner == new.pubkey()
    async with world.refused(errors.UnauthorizedSeat):
        await world.client.trading.withdraw(world.market, seat=seat, asset=Asset.PAYMENT, amount=1)
    async with world.refused(errors.InsufficientBalance):
        await world.client.trading.withdraw(world.market, seat=seat, asset=Asset.PAYMENT, amount=1, owner=new)


async def test_a_users_seat_follows_the_users_key_only(world: World) -> None:
    member = await world.join()

    async with world.refused(errors.NotSystemSeat):
        await world.client.trading.hand_over_seat(
            world.market, seat=member.seat, owner=member.key, new_owner=await world.stranger()
        )


async def test_rejects_anybody_but_the_owner(world: World) -> None:
    stranger = await world.stranger()

    async with world.refused(errors.UnauthorizedSeat):
        await world.client.trading.hand_over_seat(world.market, seat=FEE_SEAT, owner=stranger, new_owner=stranger)


async def test_rejects_a_seat_that_does_not_exist(world: World) -> None:
    async with world.refused(errors.SeatNotFound):
        await world.client.trading.hand_over_seat(world.market, seat=31, new_owner=await world.stranger())


async def test_the_new_owner_signs_so_that_it_cannot_go_to_a_key_nobody_holds(world: World) -> None:
    call = instructions.hand_over_seat(
        owner=world.chief.pubkey(), new_owner=keypair(5).pubkey(), ledger=world.market.ledger, seat=FEE_SEAT
    )

    async with framework_refuses(world, ACCOUNT_NOT_SIGNER, account="new_owner"):
        await world.send(unsigned(call, keypair(5).pubkey()))


async def test_the_ledger_of_another_market_has_other_seats(world: World) -> None:
    """The owner there decides, whatever the signer owns here."""
    other = await kit.other_market(world)
    new = await world.stranger()
    await world.client.trading.hand_over_seat(world.market, seat=FEE_SEAT, new_owner=new)
    call = instructions.hand_over_seat(
        owner=new.pubkey(), new_owner=world.chief.pubkey(), ledger=other.ledger, seat=FEE_SEAT
    )

    async with world.refused(errors.UnauthorizedSeat):
        await world.send(call, signers=[new])
