"""The compiled programs on a chain in this process: orders placed, an epoch closed and cleared for every book."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from solders.keypair import Keypair
from solders.pubkey import Pubkey

from ... import registry
from ...audit.auction import Order
from ...client import EnergyClient
from ...deployment import PAYMENT_DECIMALS, initialize_programs
from ...registry import UserType
from ...trading import Asset, Market, MarketTerms, PriceRule, Side, TieRule, events
from ...transports import LiteSvmTransport
from ...units import WH_PER_KWH
from ...waiting import wait
from ..book import Book, CannotClear, Clearing
from ..grid import BUYER, SELLER, OrderBook, TickClearing, clear_on_grid

TICKS: Final = 1_024
"""The most that the trading program allows; see its `MAX_TICKS`."""
SIDE_LOTS: Final = 2**32 - 1
"""A tick's totals have 32 bits."""

_SIDE_ORDERS: Final = 2**16 - 1
_ORDERS_PER_TRANSACTION: Final = 100
_SMALL_BOOK: Final = 1_024
_LAMPORTS: Final = 10**15


@dataclass(frozen=True, slots=True, kw_only=True)
class _Place:
    """A market with one buyer and one seller."""

    market: Market
    buyer: int
    seller: int


class Program:
    """The trading program under its default rules: interval midpoint, ties by time.

    All books of up to 1,024 orders are epochs of one market; for larger ones further markets are made.

    Raises:
        TransportUnavailable: this installation has no chain in process.
    """

    def __init__(self) -> None:
        self._office = Keypair()
        self._owners = {BUYER: Keypair(), SELLER: Keypair()}
        self._chain = LiteSvmTransport(upgrade_authority=self._office.pubkey())
        self._client = EnergyClient(self._chain, self._office)
        self._users: dict[int, Pubkey] = {}
        self._places: dict[int, _Place] = {}
        wait(self._begin())

    def clear(self, book: Book) -> Clearing:
        """Clear one book; raises CannotClear where no market could hold it."""
        longest = max(len(book.bids), len(book.asks))
        if longest > _SIDE_ORDERS:
            raise CannotClear(f"one side has {longest} orders, and a seat places at most {_SIDE_ORDERS} in an epoch")
        return clear_on_grid(book, lambda orders, _: wait(self._clear(orders)), ticks=TICKS, side_lots=SIDE_LOTS)

    @property
    def rooms(self) -> list[int]:
        """Orders that each market made so far has room for."""
        return list(self._places)

    async def _begin(self) -> None:
        client = self._client
        await self._chain.airdrop(self._office.pubkey(), _LAMPORTS)
        await initialize_programs(client)
        await client.governance.update_parameters(
            min_order_wh=1, max_order_wh=SIDE_LOTS, max_orders_per_seat=_SIDE_ORDERS
        )
        # Energy comes straight from a minter here: no meter could deliver 2^32 lots.
        config = await client.energy_token.config()
        await client.energy_token.set_roles(minter=self._office.pubkey(), burner=config.burner)
        for side, owner in self._owners.items():
            registered = await client.registry.register_user(key=owner.pubkey(), user_type=UserType.PROSUMER)
            self._users[side] = registered.one(registry.events.UserRegistered).user

    async def _place(self, orders: int) -> _Place:
        """A market whose books have room for so many orders."""
        room = max(_SMALL_BOOK, 1 << (orders - 1).bit_length())
        if room not in self._places:
            client = self._client
            mint = await client.tokens.create_mint(decimals=PAYMENT_DECIMALS)
            # A lot of one Wh costs one unit a tick: every amount is whole, whatever the book's own units are.
            terms = MarketTerms(
                payment_mint=mint,
                tick_size=WH_PER_KWH,
                tick_count=TICKS,
                lot_wh=1,
                price_rule=PriceRule.MIDPOINT,
                tie_rule=TieRule.TIME,
                fee_bps=0,
            )
            market = await client.trading.create_market(
                terms,
                market_id=len(self._places) + 1,
                energy_mint=(await client.energy_token.config()).mint,
                parameters=await client.governance.parameters(),
                seats=4,
                orders_per_book=room,
            )
            buyer, seller = [await self._open_seat(market, side) for side in (BUYER, SELLER)]
            self._places[room] = _Place(market=market, buyer=buyer, seller=seller)
        return self._places[room]

    async def _open_seat(self, market: Market, side: int) -> int:
        opened = await self._client.trading.open_seat(market, user=self._users[side], owner=self._owners[side])
        return opened.one(events.SeatOpened).seat

    async def _clear(self, orders: OrderBook) -> TickClearing:
        trading = self._client.trading
        place = await self._place(len(orders))
        bids = [order for order in orders if order.seat == BUYER]
        asks = [order for order in orders if order.seat == SELLER]
        await self._fund(place, bids, asks)
        await self._send(place.market, Side.BID, place.buyer, self._owners[BUYER], bids)
        await self._send(place.market, Side.ASK, place.seller, self._owners[SELLER], asks)

        market = await trading.market(place.market.id)
        epoch = market.epoch_at(await self._chain.clock())
        self._chain.set_time(market.clock.starts_at(epoch + 1))
        await self._client.oracle.trigger_market_clearing(market=market, epoch=epoch)
        result = await trading.settle_epoch(market, epoch)
        log = (await trading.book(market, epoch)).orders
        return TickClearing(
            low=market.tick_of(result.price_low),
            high=market.tick_of(result.price_high),
            tick=market.tick_of(result.price_low if result.no_trade else result.price),
            lots=result.volume_wh,
            fills=tuple(order.filled_lots for order in log),
        )

    async def _fund(self, place: _Place, bids: Sequence[Order], asks: Sequence[Order]) -> None:
        """Deposit what the seats lack."""
        client, market = self._client, place.market
        payment = sum(order.lots * order.tick for order in bids)
        energy = sum(order.lots for order in asks)
        lacking = payment - (await client.trading.seat(market, place.buyer)).payment_free
        if lacking > 0:
            owner = self._owners[BUYER]
            await client.tokens.mint_to(mint=market.payment_mint, owner=owner.pubkey(), amount=lacking)
            await client.trading.deposit(market, seat=place.buyer, asset=Asset.PAYMENT, amount=lacking, owner=owner)
        lacking = energy - (await client.trading.seat(market, place.seller)).energy_free
        if lacking > 0:
            owner = self._owners[SELLER]
            await client.energy_token.mint_energy_tokens(
                user=self._users[SELLER], holder=owner.pubkey(), energy_wh=lacking
            )
            await client.trading.deposit(market, seat=place.seller, asset=Asset.ENERGY, amount=lacking, owner=owner)

    async def _send(self, market: Market, side: Side, seat: int, owner: Keypair, orders: Sequence[Order]) -> None:
        for start in range(0, len(orders), _ORDERS_PER_TRANSACTION):
            part = [(order.lots, order.tick * WH_PER_KWH) for order in orders[start : start + _ORDERS_PER_TRANSACTION]]
            await self._client.trading.place_orders(market, seat=seat, side=side, orders=part, owner=owner)
