"""One market day on the chain, quarter hour by quarter hour.

When a quarter hour has passed, its readings are recorded and its export is minted; then everybody may
deposit, retire and place one order in the epoch that begins. When that epoch ends, the oracle closes it and
it is cleared. So energy metered in one quarter hour is traded in the next.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from random import Random
from typing import Final, TypeVar

from solders.instruction import Instruction

from .. import oracle, trading
from ..addresses import associated_token_address
from ..deployment import Member
from ..oracle import Reading, interval_at
from ..trading import Asset, EpochResult
from ..trading.accounts import Tick
from ..trading.auction import equilibrium
from .agents import Grid, Side, Tariffs, Trader, Utility, budget, decide, draw_trader
from .books import Position, day_result, metered_epoch_start
from .checks import Tallies, check_custody, check_history, check_withdrawals, is_balanced
from .report import Book, BookOrder, ChainFacts, Check, DayResult, EpochRow, MarketFacts, choose_book
from .village import INTERVALS, Village
from .world import World, build_world

T = TypeVar("T")

Progress = Callable[[int, int, str], None]
"""Called with steps done, steps in all, and what is going on."""

_MINTS_PER_TRANSACTION: Final = 4
_READINGS_PER_TRANSACTION: Final = 60
_FEE_SEAT: Final = 0


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
    """The state of a running day."""

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

    @property
    def utility(self) -> Participant:
        return self.participants[-1]

    async def run(self, progress: Callable[[str], None]) -> None:
        """Trade all quarter hours of the day and settle the last epoch."""
        for epoch in range(1, INTERVALS + 1):
            self.world.transport.set_time(metered_epoch_start(self.village, epoch))
            if epoch > 1:
                await self.settle(epoch - 1)
            await self.record(epoch - 1)
            await self.trade(epoch)
            progress("trading")
        self.world.transport.set_time(metered_epoch_start(self.village, INTERVALS + 1))
        await self.settle(INTERVALS)
        for participant in self.participants:
            await self._send(participant, self._retirement(participant))

    async def record(self, metered: int) -> None:
        """Record the readings of a quarter hour and mint its export."""
        homes = self.village.homes
        readings = [(home.export_wh[metered], home.import_wh[metered]) for home in homes]
        readings.append((0, self.village.utility_import_wh[metered]))
        interval = interval_at(self.village.starts_at) + metered

        shards: defaultdict[int, list[Reading]] = defaultdict(list)
        for participant, (export_wh, import_wh) in zip(self.participants, readings, strict=True):
            place = participant.member
            shards[place.shard].append(
                Reading(slot=place.slot, interval=interval, export_wh=export_wh, import_wh=import_wh)
            )
        client = self.world.client
        for shard, batch in shards.items():
            for part in _parts(batch, _READINGS_PER_TRANSACTION):
                await client.oracle.submit_meter_data(shard=shard, readings=part)

        exporters = [p.member for p, (export_wh, _) in zip(self.participants, readings, strict=True) if export_wh]
        for members in _parts(exporters, _MINTS_PER_TRANSACTION):
            await client.transactions.send([self._mint(member) for member in members])

        for participant, (export_wh, import_wh) in zip(self.participants, readings, strict=True):
            position = participant.position
            position.record(export_wh=export_wh, import_wh=import_wh)
            used_wh = position.retire()
            participant.to_retire_wh += used_wh
            if participant is not self.utility:
                position.own_use_wh += used_wh

    async def trade(self, epoch: int) -> None:
        """Let everybody deposit, retire and place an order, in one transaction each."""
        client, metered = self.world.client, epoch - 1
        await client.trading.open_epoch(self.world.market)
        address = (await client.trading.market(self.world.market.id)).book_of(epoch)
        assert address is not None, f"epoch {epoch} was opened just now"

        orders: list[BookOrder] = []
        for number, participant in enumerate(self.participants):
            parts: list[Instruction] = []
            is_utility = participant is self.utility
            export_wh = 0 if is_utility else self.village.homes[number].export_wh[metered]
            if export_wh:
                parts.append(self._deposit(participant.member, export_wh))
            parts += self._retirement(participant)
            intent = decide(
                seat=participant.position.seat,
                meter=participant.position.meter,
                policy=participant.policy,
                tariffs=self.tariffs,
                grid=self.grid,
                rng=self.rng,
            )
            if intent is not None:
                build = (
                    trading.instructions.create_buy_order
                    if intent.side is Side.BUY
                    else trading.instructions.create_sell_order
                )
                parts.append(
                    build(
                        owner=participant.member.key.pubkey(),
                        ledger=self.world.market.ledger,
                        book=address,
                        seat=participant.member.seat,
                        energy_wh=intent.energy_wh,
                        price=intent.price,
                        # One order an epoch: its number rises as client ids must.
                        client_id=epoch,
                    )
                )
                orders.append(
                    BookOrder(
                        side=intent.side,
                        energy_wh=intent.energy_wh,
                        price=intent.price,
                        is_utility=is_utility,
                    )
                )
            await self._send(participant, parts)
        self.books[epoch] = Book(epoch=epoch, orders=tuple(orders))
        self.tallies.balanced += await is_balanced(self.world, [p.position for p in self.participants])

    async def settle(self, epoch: int) -> None:
        """Have the epoch closed and cleared, and write its fills into the own books."""
        client, market = self.world.client, self.world.market
        await client.oracle.trigger_market_clearing(market=market, epoch=epoch)
        result = await client.trading.settle_epoch(market, epoch)
        book = await client.trading.book(market, epoch)

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

        self.tallies.reproduced += self._follows_from_intents(result)
        self.tallies.digests += book.recompute_digest() == result.digest
        utility_seat = self.utility.member.seat
        self.rows.append(
            EpochRow(
                epoch=epoch,
                opens_at=result.opens_at,
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

    async def withdraw(self) -> None:
        """Everybody takes what is theirs off the market, the market's fees included."""
        client, market = self.world.client, self.world.market
        for participant in self.participants:
            member, position = participant.member, participant.position
            for asset, amount in ((Asset.PAYMENT, position.payment), (Asset.ENERGY, position.energy_wh)):
                if amount:
                    await client.trading.withdraw(
                        market, seat=member.seat, asset=asset, amount=amount, owner=member.key
                    )
        fees = (await client.trading.seat(market, _FEE_SEAT)).payment_free
        if fees:
            await client.trading.withdraw(market, seat=_FEE_SEAT, asset=Asset.PAYMENT, amount=fees)

    def _follows_from_intents(self, result: EpochResult) -> bool:
        """Whether the orders that were meant give what the chain found."""
        bids, asks = [0] * self.grid.tick_count, [0] * self.grid.tick_count
        for order in self.books[result.epoch].orders:
            tick = (order.price - self.grid.price_min) // self.grid.tick_size
            side = bids if order.side is Side.BUY else asks
            side[tick] += order.energy_wh // self.grid.lot_wh
        found = equilibrium([Tick(bid=bid, ask=ask) for bid, ask in zip(bids, asks, strict=True)])

        def price_of(tick: int) -> int:
            return self.grid.price_min + tick * self.grid.tick_size

        return (
            found.volume * self.grid.lot_wh == result.volume_wh
            and price_of(found.low) == result.price_low
            and price_of(found.high) == result.price_high
            and (result.no_trade or price_of((found.low + found.high) // 2) == result.price)
        )

    def _mint(self, member: Member) -> Instruction:
        return oracle.instructions.mint_energy(
            authority=self.world.client.payer.pubkey(),
            shard=member.shard,
            slot=member.slot,
            user=member.user,
            holder=member.key.pubkey(),
        )

    def _deposit(self, member: Member, energy_wh: int) -> Instruction:
        market, owner = self.world.market, member.key.pubkey()
        return trading.instructions.deposit(
            owner=owner,
            market=market.address,
            ledger=market.ledger,
            source=associated_token_address(owner, market.energy_mint),
            seat=member.seat,
            asset=Asset.ENERGY,
            amount=energy_wh,
        )

    def _retirement(self, participant: Participant) -> list[Instruction]:
        energy_wh, participant.to_retire_wh = participant.to_retire_wh, 0
        if not energy_wh:
            return []
        member = participant.member
        return [
            oracle.instructions.retire_energy(
                owner=member.key.pubkey(),
                user=member.user,
                market=self.world.market,
                shard=member.shard,
                slot=member.slot,
                seat=member.seat,
                energy_wh=energy_wh,
            )
        ]

    async def _send(self, participant: Participant, instructions: Sequence[Instruction]) -> None:
        if instructions:
            await self.world.client.transactions.send(instructions, signers=[participant.member.key])


async def run_day(village: Village, *, progress: Progress = lambda done, total, what: None) -> DayResult:
    """Trade the village's day on a chain of its own and hold the outcome against that chain.

    Raises:
        TransactionFailed: the chain refused a transaction; the demo sends none that should be refused.
    """
    tariffs, grid, utility = Tariffs(), Grid(), Utility()
    steps = len(village.homes) + 1 + INTERVALS
    done = 0

    def step(what: str) -> None:
        nonlocal done
        done += 1
        progress(done, steps, what)

    progress(0, steps, "setting up")
    world = await build_world(
        village, tariffs=tariffs, grid=grid, utility=utility, progress=lambda: step("registering")
    )
    homes = [
        Participant(
            member=member,
            position=Position(payment=budget(home, tariffs=tariffs)),
            policy=draw_trader(home, tariffs=tariffs, rng=Random(f"{village.seed}/{home.name}")),
        )
        for home, member in zip(village.homes, world.members, strict=True)
    ]
    buyer_of_last_resort = Participant(member=world.utility, position=Position(payment=utility.budget), policy=utility)
    day = MarketDay(
        world=world,
        village=village,
        tariffs=tariffs,
        grid=grid,
        participants=[*homes, buyer_of_last_resort],
        rng=Random(village.seed),
    )
    await day.run(step)

    positions = [participant.position for participant in day.participants]
    checks: list[Check] = [
        *await check_history(world, village, positions, day.rows, tallies=day.tallies),
        *await check_custody(world, [(p.member, p.position) for p in day.participants]),
    ]
    await day.withdraw()
    checks += await check_withdrawals(world, [(p.member, p.position) for p in day.participants])

    config = await world.client.energy_token.config()
    market = await world.client.trading.market(world.market.id)
    return day_result(
        village=village,
        members=positions[:-1],
        utility=positions[-1],
        market=MarketFacts(
            price_rule=market.price_rule.name.lower(),
            tie_rule=market.tie_rule.name.lower(),
            fee_bps=market.fee_bps,
            tick_size=market.tick_size,
            lot_wh=market.lot_wh,
            epoch_length_s=market.clock.length_s,
            tariffs=tariffs,
        ),
        epochs=day.rows,
        minted_wh=config.minted // 1_000_000,
        book=day.books[choose_book(day.rows)],
        chain=ChainFacts(transactions=world.transport.transactions, compute_units=world.transport.compute_units),
        checks=checks,
    )


def _parts(items: Sequence[T], size: int) -> Iterator[Sequence[T]]:
    """`items` in groups of at most `size`."""
    for start in range(0, len(items), size):
        yield items[start : start + size]
