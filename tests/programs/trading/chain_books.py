"""Clears the reference's books on the compiled programs."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from itertools import groupby
from random import Random
from typing import Final, TypeVar

from energy_sdk import EnergyClient, Instruction, LiteSvmTransport, Pubkey, registry
from energy_sdk.audit.auction import Order, OrderRecord
from energy_sdk.deployment import PAYMENT_DECIMALS, initialize_programs
from energy_sdk.registry import UserType
from energy_sdk.trading import (
    Asset,
    Book,
    EpochResult,
    Ledger,
    Market,
    MarketData,
    MarketTerms,
    PriceRule,
    Side,
    TieRule,
    events,
)
from energy_sdk.trading import instructions as trading
from energy_sdk.transactions import MAX_COMPUTE_UNITS
from solders.keypair import Keypair

from tests.reference.books import FIRST_SEAT, LARGE_BOOK, MAX_SEATS, Grid, MarketParams
from tests.reference.books import Book as ReferenceBook
from tests.reference.compare import Run, SeatChange
from tests.support.world import LAMPORTS, keypair

MAX_LOTS: Final = 2**32 - 1
EPOCH_S: Final = 900
ORDERS_PER_TRANSACTION: Final = 125
CANCELS_PER_TRANSACTION: Final = 24
# A seat gets several books' worth at once, so that most books need no deposit.
TOP_UP: Final = 4

T = TypeVar("T")


@dataclass(kw_only=True)
class _Place:
    """A market for one grid, and what has been used of it."""

    market: Market
    seats: dict[int, int] = field(default_factory=dict)
    last_id: Counter[int] = field(default_factory=Counter)
    books_used: int = 0


class ChainBooks:
    """An implementation for `CrossCheck`: a market a grid, a seat a reference seat, an epoch a book.

    Every token that is traded was minted and deposited. Limits that governance may lift are lifted, so that
    orders can be as large as the format allows.

    Args:
        seed: decides into how many steps each clearing is cut.
    """

    def __init__(self, *, seed: int) -> None:
        self._random = Random(seed)
        self._chief = keypair(1)
        self._transport = LiteSvmTransport(upgrade_authority=self._chief.pubkey())
        self._client = EnergyClient(self._transport, self._chief)
        self._users: dict[int, tuple[Keypair, Pubkey]] = {}
        self._places: dict[Grid, _Place] = {}
        self._payment_mint = Pubkey.default()
        self.indications: list[tuple[MarketData, EpochResult]] = []
        """What market data said right before each epoch ended, and what became of the epoch."""
        self._runner = asyncio.Runner()
        self._runner.run(self._begin())

    def close(self) -> None:
        self._runner.close()

    def run_book(self, params: MarketParams, orders: Sequence[Order]) -> Run:
        """Open an epoch, place, cancel, close and clear, and report what the accounts say."""
        return self._runner.run(self._run(params, orders))

    def balances(self) -> list[tuple[Ledger, int, int]]:
        """Every market's ledger, with what is in its energy vault [base units] and payment vault."""
        return self._runner.run(self._balances())

    async def _begin(self) -> None:
        client = self._client
        await self._transport.airdrop(self._chief.pubkey(), LAMPORTS)
        await initialize_programs(client)
        await client.governance.update_parameters(
            max_order_wh=MAX_LOTS * 1_000, max_orders_per_seat=LARGE_BOOK, clearing_grace_s=0, book_retention_s=0
        )
        # Energy comes straight from a minter here: no meter could deliver 2^32 lots.
        config = await client.energy_token.config()
        await client.energy_token.set_roles(minter=self._chief.pubkey(), burner=config.burner)
        self._payment_mint = await client.tokens.create_mint(decimals=PAYMENT_DECIMALS, mint=keypair(2))
        for number in range(MAX_SEATS // 2):
            key = keypair(100 + number)
            receipt = await client.registry.register_user(key=key.pubkey(), user_type=UserType.PROSUMER)
            self._users[number] = key, receipt.one(registry.events.UserRegistered).user

    async def _run(self, params: MarketParams, orders: Sequence[Order]) -> Run:
        place = self._places.get(params.grid) or await self._create(params.grid)
        await self._fund(place, params, orders)
        before = await self._ledger(place)
        market = place.market
        now = await self._transport.clock()
        epoch = market.epoch_at(now)
        book = market.books[place.books_used % len(market.books)].address
        place.books_used += 1

        await self._send(
            trading.update_market(
                authority=self._chief.pubkey(),
                market=market.address,
                price_rule=PriceRule(params.price_rule),
                tie_rule=TieRule(params.tie_rule),
                fee_bps=params.fee_bps,
            ),
            trading.open_epoch(market=market.address, book=book),
        )
        ids = await self._place(place, book, orders)
        await self._cancel(place, book, epoch, orders, ids)

        data = await self._client.trading.market_data(market.id)
        self._transport.set_time(market.clock.starts_at(epoch + 1))
        chief = self._chief.pubkey()
        await self._send(trading.close_epoch(payer=chief, closer=chief, market=market.address, book=book, epoch=epoch))
        for step in self._steps(len(orders)):
            await self._send(
                trading.clear_epoch(
                    market=market.address, ledger=market.ledger, book=book, epoch=epoch, max_orders=step
                )
            )
        report = await self._report(place, book, epoch, before)
        self.indications.append((data, report[1]))
        return report

    def _steps(self, orders: int) -> Iterable[int]:
        """Random step sizes that together pass all orders."""
        done = 0
        while True:
            step = self._random.randint(1, max(orders, 1))
            yield step
            done += step
            if done >= orders:
                return

    async def _create(self, grid: Grid) -> _Place:
        client = self._client
        terms = MarketTerms(
            payment_mint=self._payment_mint,
            tick_size=grid.tick_size,
            tick_count=grid.tick_count,
            lot_wh=grid.lot_wh,
            price_min=grid.price_min,
            max_order_wh=MAX_LOTS * grid.lot_wh,
            epoch_length_s=EPOCH_S,
        )
        market = await client.trading.create_market(
            terms,
            market_id=len(self._places) + 1,
            energy_mint=(await client.energy_token.config()).mint,
            parameters=await client.governance.parameters(),
            seats=FIRST_SEAT + MAX_SEATS,
            orders_per_book=LARGE_BOOK,
        )
        self._places[grid] = _Place(market=market)
        return self._places[grid]

    async def _fund(self, place: _Place, params: MarketParams, orders: Sequence[Order]) -> None:
        """Open the seats that the book names and deposit what they lack."""
        client, market = self._client, place.market
        needs = ReferenceBook(name="", params=params, orders=tuple(orders)).funding()
        for number in sorted(needs.keys() - place.seats.keys()):
            key, user = self._user(number)
            receipt = await client.trading.open_seat(market, user=user, owner=key, ordinal=(number - FIRST_SEAT) % 2)
            place.seats[number] = receipt.one(events.SeatOpened).seat
        ledger = await self._ledger(place)
        for number, (energy, payment) in needs.items():
            seat = ledger.seat(place.seats[number])
            key, user = self._user(number)
            if energy > seat.energy_free:
                amount = TOP_UP * energy
                await client.energy_token.mint_energy_tokens(user=user, holder=key.pubkey(), energy_wh=amount)
                await client.trading.deposit(market, seat=seat.index, asset=Asset.ENERGY, amount=amount, owner=key)
            if payment > seat.payment_free:
                amount = TOP_UP * payment
                await client.tokens.mint_to(mint=self._payment_mint, owner=key.pubkey(), amount=amount)
                await client.trading.deposit(market, seat=seat.index, asset=Asset.PAYMENT, amount=amount, owner=key)

    def _user(self, number: int) -> tuple[Keypair, Pubkey]:
        """Key and registry account behind a reference seat: a user has two seats."""
        return self._users[(number - FIRST_SEAT) // 2]

    async def _place(self, place: _Place, book: Pubkey, orders: Sequence[Order]) -> list[int]:
        """Place the orders in their order, at most one run of one seat a transaction; the client ids they got."""
        ids = []
        runs = (list(group) for _, group in groupby(orders, key=lambda order: order.seat))
        for run in (part for whole in runs for part in _parts(whole, ORDERS_PER_TRANSACTION)):
            number = run[0].seat
            first = place.last_id[number] + 1
            place.last_id[number] += len(run)
            ids += range(first, first + len(run))
            key, _ = self._user(number)
            await self._send(
                trading.place_orders(
                    owner=key.pubkey(),
                    ledger=place.market.ledger,
                    book=book,
                    seat=place.seats[number],
                    side=Side(run[0].side),
                    client_id=first,
                    orders=[(order.tick, order.lots) for order in run],
                ),
                signer=key,
            )
        return ids

    async def _cancel(
        self, place: _Place, book: Pubkey, epoch: int, orders: Sequence[Order], ids: Sequence[int]
    ) -> None:
        marked = [index for index, order in enumerate(orders) if order.cancelled]
        marked.sort(key=lambda index: orders[index].seat)
        for number, group in groupby(marked, key=lambda index: orders[index].seat):
            key, _ = self._user(number)
            cancels = [
                trading.cancel_order(
                    owner=key.pubkey(),
                    ledger=place.market.ledger,
                    book=book,
                    epoch=epoch,
                    index=index,
                    client_id=ids[index],
                )
                for index in group
            ]
            for part in _parts(cancels, CANCELS_PER_TRANSACTION):
                await self._send(*part, signer=key)

    async def _report(self, place: _Place, book: Pubkey, epoch: int, before: Ledger) -> Run:
        result = await self._client.trading.result(place.market, epoch)
        assert result is not None
        account = await self._transport.get_account(book)
        assert account is not None
        log = bytes(Book.decode(account).order_bytes)
        size = OrderRecord.SIZE
        records = [OrderRecord.unpack(log[start : start + size]) for start in range(0, len(log), size)]
        after = await self._ledger(place)
        changes = {
            seat.index: SeatChange(
                energy_wh=seat.energy - before.seat(seat.index).energy,
                payment=seat.payment - before.seat(seat.index).payment,
                energy_locked=seat.energy_locked,
                payment_locked=seat.payment_locked,
            )
            for seat in after.seats()
        }
        return records, result, changes

    async def _ledger(self, place: _Place) -> Ledger:
        return await self._client.trading.ledger(place.market)

    async def _balances(self) -> list[tuple[Ledger, int, int]]:
        tokens = self._client.tokens
        return [
            (
                await self._ledger(place),
                await tokens.account_balance(account=place.market.energy_vault),
                await tokens.account_balance(account=place.market.payment_vault),
            )
            for place in self._places.values()
        ]

    async def _send(self, *instructions: Instruction, signer: Keypair | None = None) -> None:
        await self._client.transactions.send(
            instructions, signers=() if signer is None else (signer,), compute_units=MAX_COMPUTE_UNITS
        )


def _parts(items: Sequence[T], size: int) -> Iterable[Sequence[T]]:
    return (items[start : start + size] for start in range(0, len(items), size))
