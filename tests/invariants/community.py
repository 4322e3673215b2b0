"""Members who do as they please, and the books that must balance whatever they do."""

from __future__ import annotations

from collections import Counter
from collections.abc import Awaitable, Sequence
from dataclasses import dataclass, field
from typing import Any

from energy_sdk.deployment import Member, create_market, initialize_programs
from energy_sdk.exceptions import EnergyError
from energy_sdk.governance import PauseArea
from energy_sdk.registry import UserStatus, UserType
from energy_sdk.trading import Asset, Book, BookState, EpochResult, Order, OrderStatus, PriceRule, Side
from energy_sdk.units import cost

from tests.support.world import World, conserved

PAYMENT = 2_000_000
ENERGY_WH = 5_000
VOID_AFTER_S = 60
ASSETS = (Asset.ENERGY, Asset.PAYMENT)


@dataclass(kw_only=True)
class Community(World):
    """A world whose actions are counted, and checked when they are refused."""

    people: list[Member] = field(default_factory=list)
    tally: Counter[str] = field(default_factory=Counter)
    """How often each action was done, and how often each error came."""

    @classmethod
    async def build(cls) -> Community:
        """Three prosumers and two consumers with something to trade; clearing may be voided after a minute."""
        chain = await World.bare()
        await initialize_programs(chain.client)
        await chain.client.governance.update_parameters(void_after_s=VOID_AFTER_S, max_orders_per_seat=6)
        market = await create_market(chain.client, seats=12, orders=32)
        town = cls(transport=chain.transport, client=chain.client, chief=chain.chief, market=market)
        for energy_wh in (ENERGY_WH, ENERGY_WH, ENERGY_WH, 0, 0):
            user_type = UserType.PROSUMER if energy_wh else UserType.CONSUMER
            town.people.append(await town.join(user_type, payment=PAYMENT, energy_wh=energy_wh))
            await town.read(town.people[-1], import_wh=ENERGY_WH, age=2)
        return town

    async def attempt(self, name: str, action: Awaitable[Any], *errors: type[EnergyError]) -> EnergyError | None:
        """Do it. It may fail with one of these errors, and then must not have changed an account."""
        before = await self.transport.snapshot()
        refusal = await _refusal(action)
        if refusal is None:
            self.tally[name] += 1
            return None
        assert type(refusal) in errors, f"{name}: {type(refusal).__name__}: {refusal}"
        self.tally[f"{name}: {type(refusal).__name__}"] += 1
        before = self.transport.touched | before
        changed = [
            address
            for address, account in (await self.transport.snapshot()).items()
            if not self._same(before[address], account)
        ]
        assert not changed, f"{name} was refused and left changes at {changed}"
        return refusal

    async def books(self) -> list[Book]:
        """Every book of the ring."""
        market = await self.client.trading.market(self.market.id)
        found = await self.transport.get_accounts([slot.address for slot in market.books])
        return [Book.decode(account) for account in found if account is not None]

    async def in_state(self, *states: BookState) -> list[Book]:
        """Books in one of the states, the oldest epoch first."""
        return sorted((book for book in await self.books() if book.state in states), key=lambda book: book.epoch)

    async def check(self) -> None:
        """Sums, supply and counters agree, and every lock belongs to a live order."""
        await conserved(self, self.people)
        locked: Counter[tuple[int, Asset]] = Counter()
        for book in await self.books():
            for order in book.orders:
                if order.status is OrderStatus.ACTIVE:
                    locked[order.seat, _asset(order)] += _lock(order)
        for seat in (await self.client.trading.ledger(self.market)).seats():
            assert seat.energy_locked == locked[seat.index, Asset.ENERGY], seat
            assert seat.payment_locked == locked[seat.index, Asset.PAYMENT], seat

    async def check_settlement(self, epoch: int) -> None:
        """Invariants 6 and 7 of ARCHITECTURE.md, and the digest of the log."""
        result = await self.client.trading.result(self.market, epoch)
        assert result is not None
        assert result.state is BookState.SETTLED
        book = await self.client.trading.book(self.market, epoch)
        assert book.recompute_digest() == result.digest
        bids = [order for order in book.orders if order.side is Side.BID and order.filled_wh]
        asks = [order for order in book.orders if order.side is Side.ASK and order.filled_wh]
        assert sum(order.filled_wh for order in bids) == sum(order.filled_wh for order in asks) == result.volume_wh
        assert result.buyers_paid == result.sellers_received + result.fees + result.surplus
        if book.price_rule is not PriceRule.PAY_AS_BID:
            assert all(order.price >= result.price for order in bids)
            assert all(order.price <= result.price for order in asks)
        self._check_counts(result, book.orders)

    def _check_counts(self, result: EpochResult, orders: Sequence[Order]) -> None:
        by_status = Counter(order.status for order in orders)
        assert (result.filled, result.partially_filled, result.cancelled, result.expired) == (
            by_status[OrderStatus.FILLED],
            by_status[OrderStatus.PARTIALLY_FILLED],
            by_status[OrderStatus.CANCELLED],
            by_status[OrderStatus.EXPIRED],
        )

    async def drain(self) -> None:
        """Everybody cancels what can be cancelled, all epochs settle, and everything is withdrawn.

        Nothing of this may fail, whatever happened before.
        """
        client, market = self.client, self.market
        await client.governance.resume(areas=PauseArea.TRADING | PauseArea.CLEARING | PauseArea.METERING)
        now = await self.transport.clock()
        for book in await self.in_state(BookState.OPEN):
            if now < book.closes_at:
                for order in book.orders:
                    if order.status is OrderStatus.ACTIVE:
                        await client.trading.cancel_order(
                            market,
                            epoch=book.epoch,
                            index=order.index,
                            client_id=order.client_id,
                            owner=self.owner(order.seat),
                        )
                self.transport.set_time(book.closes_at)
            await client.oracle.trigger_market_clearing(market=market, epoch=book.epoch)
        for book in await self.in_state(BookState.CLOSED, BookState.CLEARING, BookState.VOIDING):
            if book.state is BookState.VOIDING:
                await client.trading.void_epoch(market, book.epoch)
            else:
                await client.trading.settle_epoch(market, book.epoch)
        await self.check()

        ledger = await client.trading.ledger(market)
        for seat in ledger.seats():
            for asset, free in ((Asset.ENERGY, seat.energy_free), (Asset.PAYMENT, seat.payment_free)):
                if free:
                    await client.trading.withdraw(
                        market, seat=seat.index, asset=asset, amount=free, owner=self.owner(seat.index)
                    )
        ledger = await client.trading.ledger(market)
        assert (ledger.energy_wh, ledger.payment) == (0, 0)
        assert all(seat.energy == seat.payment == 0 for seat in ledger.seats())
        for vault in (market.energy_vault, market.payment_vault):
            assert await client.tokens.account_balance(account=vault) == 0
        await conserved(self, self.people)

    def owner(self, seat: int) -> Any:
        """The key of a seat; the chief holds those for fees and for the community."""
        return next((member.key for member in self.people if member.seat == seat), self.chief)

    async def set_standing(self, member: Member, status: UserStatus) -> None:
        """Change a user's standing and tell the market and the oracle."""
        await self.client.registry.update_user_status(user=member.user, status=status)
        await self.client.trading.refresh_seat(
            self.market, seat=member.seat, user=member.user, user_key=member.key.pubkey()
        )
        await self.client.oracle.refresh_meter(meter=member.meter)


async def _refusal(action: Awaitable[Any]) -> EnergyError | None:
    try:
        await action
    except EnergyError as error:
        return error
    return None


def _asset(order: Order) -> Asset:
    return Asset.PAYMENT if order.side is Side.BID else Asset.ENERGY


def _lock(order: Order) -> int:
    return cost(order.energy_wh, order.price) if order.side is Side.BID else order.energy_wh
