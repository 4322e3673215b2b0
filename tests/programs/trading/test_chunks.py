"""However a clearing is cut into steps, and whoever takes them, the same bytes come out."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import chain, cycle, repeat
from random import Random

import pytest
from energy_sdk import EnergyClient, Keypair, Pubkey
from energy_sdk.registry import UserType
from energy_sdk.trading import Asset, BookState, PriceRule, Side, TieRule, pdas
from energy_sdk.transports.base import Account

from tests.support.world import LAMPORTS, World, conserved, keypair

ORDERS = 200
RULES = [
    (PriceRule.MIDPOINT, TieRule.TIME),
    (PriceRule.MIDPOINT, TieRule.PRO_RATA),
    (PriceRule.PAY_AS_BID, TieRule.TIME),
    (PriceRule.PAY_AS_BID, TieRule.PRO_RATA),
]
by_rules = pytest.mark.parametrize(("price_rule", "tie_rule"), RULES)


@dataclass
class ClosedEpoch:
    """An epoch of 200 crossing orders, ties and cancellations in it, that can be cleared again and again."""

    world: World
    accounts: dict[Pubkey, Account]
    owners: dict[int, Keypair]

    @classmethod
    async def create(cls, price_rule: PriceRule, tie_rule: TieRule) -> ClosedEpoch:
        world = await World.create(orders=ORDERS)
        client, market = world.client, world.market
        await client.trading.update_market(market, price_rule=price_rule, tie_rule=tie_rule)
        rng = Random(7)
        sides = {
            Side.ASK: [await world.join(energy_wh=1_000_000) for _ in range(2)],
            Side.BID: [await world.join(UserType.CONSUMER, payment=10**9) for _ in range(2)],
        }
        for _ in range(ORDERS // 40):
            for side, members in sides.items():
                for member in members:
                    # Few prices, so that the margin is shared by many.
                    orders = [(10 * rng.randint(1, 50), 1_000 * rng.randint(100, 110)) for _ in range(10)]
                    await client.trading.place_orders(
                        market, seat=member.seat, side=side, orders=orders, owner=member.key
                    )
        book = await client.trading.book(market, 1)
        owners = {member.seat: member.key for members in sides.values() for member in members}
        for order in book.orders[::9]:
            await client.trading.cancel_order(
                market, epoch=1, index=order.index, client_id=order.client_id, owner=owners[order.seat]
            )
        await world.end_epoch(1)
        addresses = [market.address, market.ledger, book.address, pdas.epoch_result_address(market.address, 1)]
        return cls(world, await _read(world, addresses), owners)

    async def clear(self, steps: Iterable[int], *cranks: EnergyClient) -> dict[Pubkey, bytes]:
        """Put the closed epoch back, clear it in these steps, and return the four accounts' bytes."""
        for account in self.accounts.values():
            self.world.transport.set_account(account)
        for step, crank in zip(steps, cycle(cranks or [self.world.client]), strict=False):
            await crank.trading.clear_epoch(self.world.market, 1, max_orders=step)
            if await self.state() is BookState.SETTLED:
                break
        return await self.data()

    async def state(self) -> BookState:
        return (await self.world.client.trading.book(self.world.market, 1)).state

    async def data(self) -> dict[Pubkey, bytes]:
        return {address: account.data for address, account in (await _read(self.world, self.accounts)).items()}


async def _read(world: World, addresses: Iterable[Pubkey]) -> dict[Pubkey, Account]:
    found = {address: await world.transport.get_account(address) for address in addresses}
    return {address: account for address, account in found.items() if account is not None}


@by_rules
async def test_final_bytes_do_not_depend_on_step_size(price_rule: PriceRule, tie_rule: TieRule) -> None:
    """Market, ledger, book and result are equal after steps of 1, 7, 64, 97 and all orders."""
    closed = await ClosedEpoch.create(price_rule, tie_rule)
    at_once = await closed.clear([ORDERS])

    assert len(at_once) == 4
    assert await closed.state() is BookState.SETTLED
    result = await closed.world.client.trading.result(closed.world.market, 1)
    assert result is not None
    assert min(result.filled, result.partially_filled, result.cancelled, result.expired) > 0
    assert (result.surplus > 0) == (price_rule is PriceRule.PAY_AS_BID)
    await conserved(closed.world)
    for size in (1, 7, 64, 97, 2**32 - 1):
        assert await closed.clear(repeat(size)) == at_once, f"steps of {size}"


@by_rules
async def test_interleaved_cranks_leave_the_same_bytes(price_rule: PriceRule, tie_rule: TieRule) -> None:
    """Two strangers who clear by turns, with steps of different sizes, change nothing about the outcome."""
    closed = await ClosedEpoch.create(price_rule, tie_rule)
    at_once = await closed.clear([ORDERS])
    cranks = [closed.world.client.as_payer(keypair(number)) for number in (11, 12)]
    for crank in cranks:
        await closed.world.transport.airdrop(crank.payer.pubkey(), LAMPORTS)

    assert await closed.clear(cycle([3, 41]), *cranks) == at_once


async def test_a_step_of_no_orders_only_fixes_the_price() -> None:
    closed = await ClosedEpoch.create(PriceRule.MIDPOINT, TieRule.TIME)
    at_once = await closed.clear([ORDERS])

    after_nothing = await closed.clear([0])

    assert await closed.state() is BookState.CLEARING
    assert after_nothing[closed.world.market.ledger] == closed.accounts[closed.world.market.ledger].data
    assert await closed.clear(chain([0, 0], repeat(50))) == at_once


@by_rules
async def test_clearing_a_settled_epoch_changes_nothing(price_rule: PriceRule, tie_rule: TieRule) -> None:
    closed = await ClosedEpoch.create(price_rule, tie_rule)
    settled = await closed.clear([ORDERS])

    receipt = await closed.world.client.trading.clear_epoch(closed.world.market, 1)

    assert receipt.events == ()
    assert await closed.data() == settled


async def test_balances_moved_between_two_steps_change_no_fill() -> None:
    """A seat may withdraw what the first step credited; the second step goes on regardless."""
    closed = await ClosedEpoch.create(PriceRule.MIDPOINT, TieRule.PRO_RATA)
    world = closed.world
    await closed.clear([ORDERS])
    expected = await world.client.trading.result(world.market, 1)
    book_at_once = (await world.client.trading.book(world.market, 1)).order_bytes

    await closed.clear([ORDERS // 2])
    ledger = await world.client.trading.ledger(world.market)
    for number, key in closed.owners.items():
        seat = ledger.seat(number)
        for asset, free in ((Asset.ENERGY, seat.energy_free), (Asset.PAYMENT, seat.payment_free)):
            if free:
                await world.client.trading.withdraw(world.market, seat=number, asset=asset, amount=free, owner=key)
    await world.client.trading.clear_epoch(world.market, 1)

    assert await world.client.trading.result(world.market, 1) == expected
    assert (await world.client.trading.book(world.market, 1)).order_bytes == book_at_once
    await conserved(world)
