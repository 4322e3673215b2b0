"""A market for books of any size: many seats, funded from a minter, and batches of orders in log order."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from itertools import groupby
from typing import Final, Self, TypeVar

from energy_sdk import EnergyClient, Instruction, Keypair, LiteSvmTransport, Pubkey, Receipt
from energy_sdk.audit import auction
from energy_sdk.audit.auction import Order, OrderRecord
from energy_sdk.deployment import PAYMENT_DECIMALS, initialize_programs
from energy_sdk.registry import UserType
from energy_sdk.registry import events as registered
from energy_sdk.trading import (
    Asset,
    Book,
    BookState,
    EpochResult,
    Ledger,
    Market,
    MarketTerms,
    PriceRule,
    Side,
    TieRule,
    events,
    instructions,
)
from energy_sdk.transactions import MAX_COMPUTE_UNITS

from tests.reference.books import Grid, MarketParams
from tests.reference.compare import SeatChange, differences
from tests.support.world import LAMPORTS, keypair

BATCH: Final = 125
"""Orders that fit into a transaction."""
CENT: Final = 10_000
"""A cent per kWh, in payment base units per kWh."""
FEE_BPS: Final = 100
MONEY: Final = 10**13
"""What every buyer deposits [payment base units]."""
ENERGY_WH: Final = 10**9
"""What every seller deposits."""

Draft = tuple[Side, int, int]
"""Side, tick and lots of an order that has no seat yet."""


@dataclass(kw_only=True)
class LargeMarket:
    """One market of sellers and buyers who have all they need.

    Signatures are not checked and no history is kept: what is tested is the size, not who signs.
    """

    client: EnergyClient
    transport: LiteSvmTransport
    market: Market
    chief: Keypair
    sellers: tuple[int, ...]
    buyers: tuple[int, ...]
    keys: dict[int, Keypair]
    last_id: Counter[int] = field(default_factory=Counter)

    @classmethod
    async def create(
        cls,
        *,
        orders: int,
        seats_a_side: int = 4,
        tick_count: int = 64,
        price_rule: PriceRule = PriceRule.MIDPOINT,
        tie_rule: TieRule = TieRule.TIME,
    ) -> Self:
        """A market whose books take `orders`, with so many seats a side, half as many users."""
        chief = keypair(1)
        transport = LiteSvmTransport(upgrade_authority=chief.pubkey(), history=False, verify_signatures=False)
        await transport.airdrop(chief.pubkey(), LAMPORTS)
        client = EnergyClient(transport, chief)
        await initialize_programs(client)
        await client.governance.update_parameters(
            max_orders_per_seat=2**16 - 1, clearing_grace_s=0, book_retention_s=0, max_order_wh=2**32
        )
        # Energy comes straight from a minter here; metering it is tested elsewhere.
        config = await client.energy_token.config()
        await client.energy_token.set_roles(minter=chief.pubkey(), burner=config.burner)
        payment = await client.tokens.create_mint(decimals=PAYMENT_DECIMALS, mint=keypair(2))
        market = await client.trading.create_market(
            MarketTerms(
                payment_mint=payment,
                tick_size=CENT,
                tick_count=tick_count,
                price_rule=price_rule,
                tie_rule=tie_rule,
                fee_bps=FEE_BPS,
            ),
            market_id=1,
            energy_mint=config.mint,
            parameters=await client.governance.parameters(),
            seats=2 + 2 * seats_a_side,
            orders_per_book=orders,
        )
        keys: dict[int, Keypair] = {}
        for number in range(seats_a_side):
            key = keypair(100 + number)
            receipt = await client.registry.register_user(key=key.pubkey(), user_type=UserType.PROSUMER)
            user = receipt.one(registered.UserRegistered).user
            await client.energy_token.mint_energy_tokens(user=user, holder=key.pubkey(), energy_wh=ENERGY_WH)
            await client.tokens.mint_to(mint=payment, owner=key.pubkey(), amount=MONEY)
            for ordinal, asset, amount in ((0, Asset.ENERGY, ENERGY_WH), (1, Asset.PAYMENT, MONEY)):
                opened = await client.trading.open_seat(market, user=user, owner=key, ordinal=ordinal)
                seat = opened.one(events.SeatOpened).seat
                keys[seat] = key
                await client.trading.deposit(market, seat=seat, asset=asset, amount=amount, owner=key)
        seats = sorted(keys)
        return cls(
            client=client,
            transport=transport,
            market=market,
            chief=chief,
            sellers=tuple(seats[::2]),
            buyers=tuple(seats[1::2]),
            keys=keys,
        )

    def seated(self, drafts: Sequence[Draft]) -> list[Order]:
        """The drafts as orders, side by side in batches, each batch of the next seat of its side."""
        sides = {Side.ASK: self.sellers, Side.BID: self.buyers}
        batches: Counter[Side] = Counter()
        orders = []
        for side, run in groupby(drafts, key=lambda draft: draft[0]):
            for part in _parts(list(run), BATCH):
                seat = sides[side][batches[side] % len(sides[side])]
                batches[side] += 1
                for _, tick, lots in part:
                    self.last_id[seat] += 1
                    # The chain decides the time.
                    orders.append(
                        Order(seat=seat, side=side, tick=tick, lots=lots, client_id=self.last_id[seat], placed_at=0)
                    )
        return orders

    async def open(self) -> int:
        """Open the current epoch in the next book; its number."""
        await self.client.trading.open_epoch(self.market)
        self.market = await self.client.trading.market(self.market.id)
        return self.market.last_opened_epoch

    async def place(self, orders: Sequence[Order], epoch: int) -> list[int]:
        """Place all orders in their order; the compute units of each transaction."""
        units = []
        for seat, run in groupby(orders, key=lambda order: order.seat):
            for part in _parts(list(run), BATCH):
                receipt = await self.send(
                    instructions.place_orders(
                        owner=self.keys[seat].pubkey(),
                        ledger=self.market.ledger,
                        book=self.book_address(epoch),
                        seat=seat,
                        side=Side(part[0].side),
                        client_id=part[0].client_id,
                        orders=[(order.tick, order.lots) for order in part],
                    ),
                    signers=[self.keys[seat]],
                )
                units.append(receipt.compute_units)
        return units

    async def end(self, epoch: int) -> None:
        """Let the epoch pass and close it."""
        now = await self.transport.clock()
        self.transport.set_time(max(now, self.market.clock.starts_at(epoch + 1)))
        await self.client.trading.close_epoch(self.market, epoch)

    async def clear(self, epoch: int, *, step: int) -> list[int]:
        """Clear a closed epoch in steps of so many orders; the compute units of each transaction."""
        units = []
        while True:
            receipt = await self.client.trading.clear_epoch(self.market, epoch, max_orders=step)
            units.append(receipt.compute_units)
            if await self.state(epoch) is BookState.SETTLED:
                return units

    async def clear_book(self, orders: Sequence[Order], *, step: int) -> tuple[int, list[int]]:
        """Open an epoch, place, close and clear; the epoch and the compute units of each clearing transaction."""
        epoch = await self.open()
        await self.place(orders, epoch)
        await self.end(epoch)
        return epoch, await self.clear(epoch, step=step)

    async def state(self, epoch: int) -> BookState:
        return (await self.book(epoch)).state

    async def book(self, epoch: int) -> Book:
        return await self.client.trading.book(self.market, epoch)

    async def ledger(self) -> Ledger:
        return await self.client.trading.ledger(self.market)

    async def result(self, epoch: int) -> EpochResult:
        result = await self.client.trading.result(self.market, epoch)
        assert result is not None
        return result

    def book_address(self, epoch: int) -> Pubkey:
        address = self.market.book_of(epoch)
        assert address is not None
        return address

    async def send(self, *instructions: Instruction, signers: Iterable[Keypair] = ()) -> Receipt:
        return await self.client.transactions.send(instructions, signers=signers, compute_units=MAX_COMPUTE_UNITS)

    async def differences(self, orders: Sequence[Order], epoch: int, before: Ledger) -> list[str]:
        """What differs between a cleared epoch and the reference of `energy_sdk.audit`; empty if nothing."""
        market = self.market
        params = MarketParams(
            grid=Grid(
                tick_count=market.tick_count,
                tick_size=market.tick_size,
                price_min=market.price_min,
                lot_wh=market.lot_wh,
            ),
            price_rule=auction.PriceRule(market.price_rule),
            tie_rule=auction.TieRule(market.tie_rule),
            fee_bps=market.fee_bps,
        )
        log = bytes((await self.book(epoch)).order_bytes)
        records = [OrderRecord.unpack(log[i : i + OrderRecord.SIZE]) for i in range(0, len(log), OrderRecord.SIZE)]
        after = await self.ledger()
        changes = {
            seat.index: SeatChange(
                energy_wh=seat.energy - before.seat(seat.index).energy,
                payment=seat.payment - before.seat(seat.index).payment,
                energy_locked=seat.energy_locked,
                payment_locked=seat.payment_locked,
            )
            for seat in after.seats()
        }
        return differences(params, params.clear(orders), records, await self.result(epoch), changes)

    async def assert_conserved(self) -> None:
        """Vaults hold what the ledger says, and the ledger says what its seats add up to."""
        ledger, tokens = await self.ledger(), self.client.tokens
        seats = list(ledger.seats())
        assert sum(seat.energy for seat in seats) == ledger.energy_wh
        assert sum(seat.payment for seat in seats) == ledger.payment
        assert await tokens.account_balance(account=self.market.energy_vault) == ledger.energy_wh * 1_000_000
        assert await tokens.account_balance(account=self.market.payment_vault) == ledger.payment


T = TypeVar("T")


def _parts(items: Sequence[T], size: int) -> Iterable[Sequence[T]]:
    return (items[start : start + size] for start in range(0, len(items), size))
