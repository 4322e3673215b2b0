"""One market day on a chain, quarter hour by quarter hour.

When a quarter hour has passed, its readings are recorded and its export is minted and deposited; then
everybody may retire and place one order in the epoch that begins. When that epoch ends, the oracle closes it
and it is cleared. So energy metered in one quarter hour is traded in the next.

Orders go out one after another, because the earlier of two orders at one price is served first. Everything
else of an epoch may be processed in any order.
"""

from __future__ import annotations

import asyncio
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from random import Random
from typing import Final, TypeVar

from solders.instruction import Instruction
from solders.pubkey import Pubkey

from .. import oracle, trading
from ..addresses import associated_token_address
from ..audit import EpochExport, export_epoch
from ..deployment import Member
from ..exceptions import InvalidInput
from ..governance.constants import MAX_EPOCH_LENGTH_S
from ..oracle import Reading
from ..signers import Signer
from ..trading import Asset, BookState, EpochResult, Market
from ..trading.auction import equilibrium
from ..trading.errors import EpochClosed
from ..transactions import MAX_COMPUTE_UNITS, Step, spl
from .agents import Grid, Intent, Side, Tariffs, Trader, Utility, decide
from .books import Position, metered_epoch_start
from .checks import Tallies, is_balanced
from .report import Book, BookOrder, EpochRow
from .village import Village
from .world import World

T = TypeVar("T")

Settled = Callable[[EpochExport], None]
"""Called with every epoch when it has settled."""

_READINGS_PER_TRANSACTION: Final = 60
_FEE_SEAT: Final = 0
_ATTEMPTS: Final = 3


@dataclass(slots=True, kw_only=True)
class Participant:
    """Who trades: keys and places on the chain, the own books, and the rules it bids by."""

    member: Member
    position: Position
    policy: Trader | Utility
    to_retire_wh: int = 0
    """GRID to be retired with the next transaction [Wh]."""


@dataclass(slots=True, kw_only=True)
class MarketDay:
    """The state of a running day. Its epochs count from 1, whatever number the market gives them."""

    world: World
    village: Village
    tariffs: Tariffs
    grid: Grid
    participants: list[Participant]
    """The homes in their order, then the utility."""
    rng: Random
    rows: list[EpochRow] = field(default_factory=list)
    books: dict[int, Book] = field(default_factory=dict)
    tallies: Tallies = field(default_factory=Tallies)
    market_epoch: int = 0
    """The market's number of the epoch traded last."""
    placements: int = 0
    """How often the orders of an epoch were placed; more often than there are epochs where time ran out."""
    settled: Settled | None = None

    @property
    def utility(self) -> Participant:
        return self.participants[-1]

    async def run(self, progress: Callable[[], None]) -> None:
        """Trade all quarter hours of the day and settle the last epoch.

        Raises:
            InvalidInput: an epoch was over before all its orders were placed.
        """
        clock = self.world.clock
        for epoch in range(1, self.village.intervals + 1):
            await clock.end_of(epoch - 1)
            await self.deliver(epoch - 1)
            await clock.new_epoch(await self._market())
            if epoch > 1:
                await self.settle(epoch - 1)
            self.record(epoch - 1)
            await self.trade(epoch)
            progress()
        await clock.end_of(self.village.intervals)
        await clock.new_epoch(await self._market())
        await self.settle(self.village.intervals)
        await self._send_together(self._retirements())

    async def deliver(self, metered: int) -> None:
        """Bring the readings of a quarter hour to the chain; mint and deposit its export."""
        interval = self.world.clock.first_interval + metered
        shards: defaultdict[int, list[Reading]] = defaultdict(list)
        for participant, (export_wh, import_wh) in zip(self.participants, self._readings(metered), strict=True):
            place = participant.member
            shards[place.shard].append(
                Reading(slot=place.slot, interval=interval, export_wh=export_wh, import_wh=import_wh)
            )
        exporters = [
            (participant.member, export_wh)
            for participant, (export_wh, _) in zip(self.participants, self._readings(metered), strict=True)
            if export_wh
        ]
        submitter = self.world.client.payer.pubkey()
        await self._send_together(
            Step(instructions=(oracle.instructions.submit_meter_data(submitter=submitter, shard=shard, readings=part),))
            for shard, batch in shards.items()
            for part in _parts(batch, _READINGS_PER_TRANSACTION)
        )
        await self._send_together(self._mint(member) for member, _ in exporters)
        await self._send_together(self._deposit(member, export_wh) for member, export_wh in exporters)

    def record(self, metered: int) -> None:
        """Write the readings of a quarter hour into the own books."""
        for participant, (export_wh, import_wh) in zip(self.participants, self._readings(metered), strict=True):
            position = participant.position
            position.record(export_wh=export_wh, import_wh=import_wh)
            used_wh = position.retire()
            participant.to_retire_wh += used_wh
            if participant is not self.utility:
                position.own_use_wh += used_wh

    async def trade(self, epoch: int) -> None:
        """Let everybody retire and place an order."""
        orders = [
            (participant, intent)
            for participant in self.participants
            if (
                intent := decide(
                    seat=participant.position.seat,
                    meter=participant.position.meter,
                    policy=participant.policy,
                    tariffs=self.tariffs,
                    grid=self.grid,
                    rng=self.rng,
                )
            )
            is not None
        ]
        await asyncio.gather(self._place(orders), self._send_together(self._retirements()))
        self.books[epoch] = Book(
            epoch=epoch,
            orders=tuple(
                BookOrder(
                    side=intent.side,
                    energy_wh=intent.energy_wh,
                    price=intent.price,
                    is_utility=participant is self.utility,
                )
                for participant, intent in orders
            ),
        )
        self.tallies.balanced += await is_balanced(self.world, [p.position for p in self.participants])

    async def settle(self, epoch: int) -> None:
        """Have the epoch closed and cleared, and write its fills into the own books."""
        client, market = self.world.client, self.world.market
        result = await self._clear()
        book = await client.trading.book(market, result.epoch)

        by_seat = {participant.member.seat: participant for participant in self.participants}
        for order in book.orders:
            by_seat[order.seat].position.fill(
                side=Side.BUY if order.side is trading.Side.BID else Side.SELL,
                energy_wh=order.filled_wh,
                price=result.price,
                fee_bps=result.fee_bps,
                grid=self.grid,
            )
        for participant in self.participants:
            participant.to_retire_wh += participant.position.retire()

        self.tallies.reproduced += self._follows_from_intents(epoch, result)
        self.tallies.digests += book.recompute_digest() == result.digest
        utility_seat = self.utility.member.seat
        self.rows.append(
            EpochRow(
                epoch=epoch,
                market_epoch=result.epoch,
                opens_at=metered_epoch_start(self.village, epoch),
                export_wh=self.village.export_wh[epoch - 1],
                import_wh=self.village.import_wh[epoch - 1],
                orders=result.orders,
                ask_wh=result.ask_wh,
                bid_wh=result.bid_wh,
                utility_bid_wh=sum(o.energy_wh for o in book.orders if o.seat == utility_seat),
                volume_wh=result.volume_wh,
                utility_bought_wh=sum(o.filled_wh for o in book.orders if o.seat == utility_seat),
                price=None if result.no_trade else result.price,
                price_low=result.price_low,
                price_high=result.price_high,
                filled=result.filled,
                partially_filled=result.partially_filled,
                expired=result.expired,
            )
        )
        if self.settled is not None:
            self.settled(await export_epoch(client, market.id, result.epoch))

    async def withdraw(self) -> None:
        """Everybody takes what is theirs off the market, the market's fees included."""
        client, market = self.world.client, self.world.market
        fees = (await client.trading.seat(market, _FEE_SEAT)).payment_free
        steps = [
            self._withdrawal(participant.member.seat, asset, amount, participant.member.key)
            for participant in self.participants
            for asset, amount in (
                (Asset.PAYMENT, participant.position.payment),
                (Asset.ENERGY, participant.position.energy_wh),
            )
            if amount
        ]
        if fees:
            steps.append(self._withdrawal(_FEE_SEAT, Asset.PAYMENT, fees, client.payer))
        await self._send_together(steps)

    async def _place(self, orders: Sequence[tuple[Participant, Intent]]) -> None:
        """Open an epoch and place all orders in it; where time runs out, cancel them and try in a longer one."""
        client, clock = self.world.client, self.world.clock
        for _ in range(_ATTEMPTS):
            market = await self._market()
            # The book that has rested longest is the first that may be used again.
            book = min(market.books, key=lambda slot: slot.epoch).address
            self.placements += 1
            opening = Step(instructions=(trading.instructions.open_epoch(market=market.address, book=book),))
            steps = [opening, *(self._order(participant.member, intent, book) for participant, intent in orders)]
            try:
                for step in client.transactions.pack(steps):
                    if not await clock.has_time():
                        break
                    await client.transactions.send_in_order([step])
                else:
                    self.market_epoch = (await self._market()).last_opened_epoch
                    return
                await self._abandon(market)
            except EpochClosed:
                break
        raise InvalidInput(
            f"epochs of {clock.epoch_length_s} s are over before their {len(orders)} orders are placed; this chain "
            "needs longer ones"
        )

    async def _abandon(self, before: Market) -> None:
        """Cancel what has been placed, make epochs longer, and settle this one without a trade when it is over."""
        client, clock = self.world.client, self.world.clock
        market = await self._market()
        if market.last_opened_epoch > before.last_opened_epoch:
            self.market_epoch = market.last_opened_epoch
            book = await client.trading.book(market, self.market_epoch)
            keys = {participant.member.seat: participant.member.key for participant in self.participants}
            await self._send_together(
                Step(
                    instructions=(
                        trading.instructions.cancel_order(
                            owner=keys[order.seat].pubkey(),
                            ledger=market.ledger,
                            book=book.address,
                            epoch=book.epoch,
                            index=order.index,
                            client_id=order.client_id,
                        ),
                    ),
                    signers=(keys[order.seat],),
                )
                for order in book.orders
            )
        if clock.runs:
            length_s = min(2 * clock.epoch_length_s, MAX_EPOCH_LENGTH_S)
            await client.trading.update_market(market, epoch_length_s=length_s)
        await clock.new_epoch(await self._market())
        if market.last_opened_epoch > before.last_opened_epoch:
            await self._clear()
            self.tallies.abandoned += 1

    async def _market(self) -> Market:
        """The market as it is now."""
        return await self.world.client.trading.market(self.world.market.id)

    async def _clear(self) -> EpochResult:
        """Close and clear the epoch traded last, in one transaction unless it has very many orders."""
        client, market, epoch = self.world.client, self.world.market, self.market_epoch
        address = (await self._market()).book_of(epoch)
        assert address is not None, f"epoch {epoch} was traded just now"
        await client.transactions.send(
            [
                oracle.instructions.trigger_market_clearing(
                    authority=client.payer.pubkey(), market=market.address, book=address, epoch=epoch
                ),
                trading.instructions.clear_epoch(
                    market=market.address,
                    ledger=market.ledger,
                    book=address,
                    epoch=epoch,
                    max_orders=trading.client.ORDERS_PER_CLEARING_STEP,
                ),
            ],
            compute_units=MAX_COMPUTE_UNITS,
        )
        result = await client.trading.result(market, epoch)
        if result is None or result.state is not BookState.SETTLED:
            return await client.trading.settle_epoch(market, epoch)
        return result

    def _readings(self, metered: int) -> list[tuple[int, int]]:
        """Export and import [Wh] of all participants in a quarter hour."""
        homes = [(home.export_wh[metered], home.import_wh[metered]) for home in self.village.homes]
        return [*homes, (0, self.village.utility_import_wh[metered])]

    def _follows_from_intents(self, epoch: int, result: EpochResult) -> bool:
        """Whether the orders that were meant give what the chain found."""
        bids, asks = [0] * self.grid.tick_count, [0] * self.grid.tick_count
        for order in self.books[epoch].orders:
            tick = (order.price - self.grid.price_min) // self.grid.tick_size
            side = bids if order.side is Side.BUY else asks
            side[tick] += order.energy_wh // self.grid.lot_wh
        found = equilibrium(bids, asks)

        def price_of(tick: int) -> int:
            return self.grid.price_min + tick * self.grid.tick_size

        return (
            found.volume * self.grid.lot_wh == result.volume_wh
            and price_of(found.low) == result.price_low
            and price_of(found.high) == result.price_high
            and (result.no_trade or price_of(found.tick(result.price_rule)) == result.price)
        )

    def _mint(self, member: Member) -> Step:
        mint = oracle.instructions.mint_energy(
            authority=self.world.client.payer.pubkey(),
            shard=member.shard,
            slot=member.slot,
            user=member.user,
            holder=member.key.pubkey(),
        )
        # The first time the holder's token account is created.
        return Step(instructions=(mint,), compute_units=100_000, calls=7)

    def _deposit(self, member: Member, energy_wh: int) -> Step:
        market, owner = self.world.market, member.key.pubkey()
        deposit = trading.instructions.deposit(
            owner=owner,
            market=market.address,
            ledger=market.ledger,
            source=associated_token_address(owner, market.energy_mint),
            seat=member.seat,
            asset=Asset.ENERGY,
            amount=energy_wh,
        )
        return Step(instructions=(deposit,), signers=(member.key,))

    def _order(self, member: Member, intent: Intent, book: Pubkey) -> Step:
        build = (
            trading.instructions.create_buy_order if intent.side is Side.BUY else trading.instructions.create_sell_order
        )
        order = build(
            owner=member.key.pubkey(),
            ledger=self.world.market.ledger,
            book=book,
            seat=member.seat,
            energy_wh=intent.energy_wh,
            price=intent.price,
            # One order a placement: its number rises as client ids must.
            client_id=self.placements,
        )
        return Step(instructions=(order,), signers=(member.key,))

    def _retirements(self) -> list[Step]:
        """All that is due; it counts as done."""
        steps = []
        for participant in self.participants:
            energy_wh, participant.to_retire_wh = participant.to_retire_wh, 0
            if energy_wh:
                member = participant.member
                retirement = oracle.instructions.retire_energy(
                    owner=member.key.pubkey(),
                    user=member.user,
                    market=self.world.market,
                    shard=member.shard,
                    slot=member.slot,
                    seat=member.seat,
                    energy_wh=energy_wh,
                )
                steps.append(Step(instructions=(retirement,), signers=(member.key,), compute_units=80_000, calls=3))
        return steps

    def _withdrawal(self, seat: int, asset: Asset, amount: int, key: Signer) -> Step:
        market, owner, payer = self.world.market, key.pubkey(), self.world.client.payer.pubkey()
        mint = market.mint(asset)
        instructions: tuple[Instruction, ...] = (
            spl.create_token_account(payer=payer, owner=owner, mint=mint),
            trading.instructions.withdraw(
                owner=owner,
                market=market.address,
                ledger=market.ledger,
                destination=associated_token_address(owner, mint),
                seat=seat,
                asset=asset,
                amount=amount,
            ),
        )
        return Step(instructions=instructions, signers=(key,), calls=5)

    async def _send_together(self, steps: Iterable[Step]) -> None:
        await self.world.client.transactions.send_together(steps)


def _parts(items: Sequence[T], size: int) -> Iterator[Sequence[T]]:
    """`items` in groups of at most `size`."""
    for start in range(0, len(items), size):
        yield items[start : start + size]
