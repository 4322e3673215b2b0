"""Days in a row on one chain: the simulation's market day, carried on from midnight to midnight.

GRID that is left stays with its owner for the next day, and whoever runs short of money is topped up at
midnight. What a home has drawn and not covered by the end of a billing period, the retailer bills.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from datetime import timedelta
from random import Random
from typing import TYPE_CHECKING

from .. import trading
from ..addresses import associated_token_address
from ..extras import optional
from ..oracle import interval_at
from ..simulation.agents import Side, Strategy, Trader, Utility, budget, draw_trader
from ..simulation.books import Position
from ..simulation.clocks import AdvancedClock
from ..simulation.day import MarketDay, Participant
from ..simulation.village import INTERVAL_S, INTERVALS, Home, Village
from ..trading import Asset, EpochResult, PriceRule
from ..transactions import Step, spl
from ..waiting import wait
from .closing import close
from .result import BacktestResult, EpochRow, MemberDayRow
from .scenario import Scenario
from .world import build_world

if TYPE_CHECKING:
    from ..deployment import Member

Progress = Callable[[int, int], None]
"""Called with days done and days in all."""


def run(scenario: Scenario, *, progress: Progress = lambda done, total: None) -> BacktestResult:
    """Trade a scenario's days on a chain of their own in this process, with the compiled programs.

    Raises:
        MissingPackage: a package of the extra `backtest` is not installed.
        TransportUnavailable: this installation has no chain in process.
    """
    return wait(run_async(scenario, progress=progress))


async def run_async(scenario: Scenario, *, progress: Progress = lambda done, total: None) -> BacktestResult:
    """As `run`, for callers that are coroutines themselves."""
    synthetic = optional("energy_sdk.simulation.synthetic", extra="backtest", purpose="backtests")

    def villages() -> Iterator[Village]:
        for ordinal in range(scenario.days):
            yield synthetic.draw_village(
                homes=scenario.homes,
                arrays=scenario.roof_count,
                businesses=scenario.business_count,
                seed=scenario.seed,
                day=scenario.start + timedelta(days=ordinal),
                ordinal=ordinal,
            )

    days = villages()
    first = next(days)
    season = await _begin(scenario, first)
    await season.trade_day(first)
    for village in days:
        progress(season.days, scenario.days)
        await season.trade_day(village)
    await season.finish()
    progress(season.days, scenario.days)
    return await close(season)


@dataclass(slots=True)
class _Turnover:
    """What a position had come to when the day began."""

    bought_wh: int = 0
    sold_wh: int = 0
    paid: int = 0
    received: int = 0
    own_use_wh: int = 0

    @classmethod
    def of(cls, position: Position) -> _Turnover:
        return cls(position.bought_wh, position.sold_wh, position.paid, position.received, position.own_use_wh)


@dataclass(kw_only=True)
class Season(MarketDay):
    """The state of a running backtest: a market day whose village is exchanged at midnight."""

    scenario: Scenario
    budgets: list[int]
    """What every participant begins a day with at least [payment base units]."""
    first_interval: int
    days: int = 0
    """Days that are over."""
    epoch: int = 0
    """The epoch traded last, counted from 1 over all days."""
    epoch_rows: list[EpochRow] = field(default_factory=list)
    member_days: list[MemberDayRow] = field(default_factory=list)
    billed: list[int] = field(default_factory=list)
    since_midnight: list[_Turnover] = field(default_factory=list)
    exported_wh: int = 0
    imported_wh: int = 0
    utility_imported_wh: int = 0

    @property
    def quarters(self) -> int:
        """Quarter hours whose metering an epoch trades."""
        return self.scenario.epoch_length_s // INTERVAL_S

    async def trade_day(self, village: Village) -> None:
        """Trade the metering of one day. Its last epoch settles when the next day begins, or in `finish`."""
        transport, before = self.world.client.transport, self.village
        clock = AdvancedClock(transport, first_interval=self.first_interval + self.days * INTERVALS)
        self.world = replace(self.world, clock=clock)
        self.village = village
        for number in range(self.scenario.epochs_per_day):
            metered = range(number * self.quarters, (number + 1) * self.quarters)
            for quarter in metered:
                await clock.end_of(quarter)
                await self.deliver(quarter)
            if self.epoch:
                self.village = village if number else before
                await self.settle(self.epoch)
                if not number:
                    await self.end_day()
                self.village = village
            for quarter in metered:
                self.record(quarter)
            self.epoch += 1
            await self.trade(self.epoch)
        self.days += 1

    async def finish(self) -> None:
        """Settle the last epoch and bill what is left."""
        await self.world.clock.end_of(INTERVALS - 1 + self.quarters)
        await self.settle(self.epoch)
        await self._send_together(self._retirements())
        await self.end_day()

    async def settle(self, epoch: int) -> None:
        """Have the epoch closed and cleared, and write its fills into the own books."""
        result = await self._clear()
        book = await self.world.client.trading.book(self.world.market, result.epoch)
        by_seat = {participant.member.seat: participant for participant in self.participants}
        for order in book.orders:
            by_seat[order.seat].position.fill(
                side=Side.BUY if order.side is trading.Side.BID else Side.SELL,
                energy_wh=order.filled_wh,
                price=order.price if result.price_rule is PriceRule.PAY_AS_BID else result.price,
                fee_bps=result.fee_bps,
                grid=self.grid,
            )
        for participant in self.participants:
            participant.to_retire_wh += participant.position.retire()
        self.tallies.reproduced += self._follows_from_intents(epoch, result)
        self.tallies.digests += book.recompute_digest() == result.digest
        # A year of orders would fill the memory.
        del self.books[epoch]
        utility = [order for order in book.orders if order.seat == self.utility.member.seat]
        self._record_epoch(
            epoch,
            result,
            utility_bid_wh=sum(order.energy_wh for order in utility),
            utility_bought_wh=sum(order.filled_wh for order in utility),
        )

    async def end_day(self) -> None:
        """Write what the homes did since the last midnight, bill them, and top up who runs short."""
        day, village = self.epoch_rows[-1].day, self.village
        is_billing_day = (day + 1) % self.scenario.billing_days == 0 or day + 1 == self.scenario.days
        for number, (home, participant) in enumerate(zip(village.homes, self.participants, strict=False)):
            position, before = participant.position, self.since_midnight[number]
            billed_wh = position.owed_wh if is_billing_day else 0
            position.owed_wh -= billed_wh
            self.billed[number] += billed_wh
            self.member_days.append(
                MemberDayRow(
                    day=day,
                    date=village.day.isoformat(),
                    member=home.name,
                    exported_wh=sum(home.export_wh),
                    imported_wh=sum(home.import_wh),
                    own_use_wh=position.own_use_wh - before.own_use_wh,
                    bought_wh=position.bought_wh - before.bought_wh,
                    sold_wh=position.sold_wh - before.sold_wh,
                    paid=position.paid - before.paid,
                    received=position.received - before.received,
                    billed_wh=billed_wh,
                    held_wh=position.energy_wh,
                    owed_wh=position.owed_wh,
                )
            )
            self.since_midnight[number] = _Turnover.of(position)
        self.exported_wh += sum(village.export_wh)
        self.imported_wh += sum(village.import_wh)
        self.utility_imported_wh += sum(village.utility_import_wh)
        await self._top_up()

    def _record_epoch(self, epoch: int, result: EpochResult, *, utility_bid_wh: int, utility_bought_wh: int) -> None:
        day, number = divmod(epoch - 1, self.scenario.epochs_per_day)
        metered = slice(number * self.quarters, (number + 1) * self.quarters)
        self.epoch_rows.append(
            EpochRow(
                epoch=epoch,
                day=day,
                opens_at=result.opens_at,
                export_wh=sum(self.village.export_wh[metered]),
                import_wh=sum(self.village.import_wh[metered]),
                shared_wh=sum(self.village.shared_wh[metered]),
                orders=result.orders,
                ask_wh=result.ask_wh,
                bid_wh=result.bid_wh,
                utility_bid_wh=utility_bid_wh,
                volume_wh=result.volume_wh,
                utility_bought_wh=utility_bought_wh,
                price=None if result.no_trade else result.price,
                price_low=result.price_low,
                price_high=result.price_high,
                buyers_paid=result.buyers_paid,
                sellers_received=result.sellers_received,
                fees=result.fees,
                surplus=result.surplus,
                filled=result.filled,
                partially_filled=result.partially_filled,
                expired=result.expired,
            )
        )

    async def _top_up(self) -> None:
        steps = []
        for participant, least in zip(self.participants, self.budgets, strict=True):
            missing = least - participant.position.payment
            if missing > 0:
                steps.append(self._money(participant.member, missing))
                participant.position.payment += missing
        await self._send_together(steps)

    def _money(self, member: Member, amount: int) -> Step:
        market, owner = self.world.market, member.key.pubkey()
        mint, office = market.payment_mint, self.world.client.payer.pubkey()
        return Step(
            instructions=(
                spl.mint_tokens(mint=mint, owner=owner, authority=office, amount=amount),
                trading.instructions.deposit(
                    owner=owner,
                    market=market.address,
                    ledger=market.ledger,
                    source=associated_token_address(owner, mint),
                    seat=member.seat,
                    asset=Asset.PAYMENT,
                    amount=amount,
                ),
            ),
            signers=(member.key,),
        )


async def _begin(scenario: Scenario, village: Village) -> Season:
    tariffs, grid = scenario.tariffs, scenario.grid
    utility = Utility(energy_wh=scenario.utility_bid_wh, budget=_utility_budget(scenario))
    first_interval = interval_at(village.starts_at)
    world = await build_world(scenario, village, utility_budget=utility.budget, first_interval=first_interval)
    strategies = _spread_strategies(scenario)
    homes = [
        Participant(
            member=member,
            position=Position(payment=budget(home, tariffs=tariffs)),
            policy=_policy(home, scenario, strategy),
        )
        for home, member, strategy in zip(village.homes, world.members, strategies, strict=True)
    ]
    buyer_of_last_resort = Participant(member=world.utility, position=Position(payment=utility.budget), policy=utility)
    participants = [*homes, buyer_of_last_resort]
    return Season(
        world=world,
        village=village,
        tariffs=tariffs,
        grid=grid,
        participants=participants,
        rng=Random(scenario.seed),
        scenario=scenario,
        budgets=[participant.position.payment for participant in participants],
        first_interval=first_interval,
        billed=[0] * len(homes),
        since_midnight=[_Turnover() for _ in homes],
    )


def _utility_budget(scenario: Scenario) -> int:
    """What the utility's bids of a whole day can cost [payment base units]."""
    return scenario.epochs_per_day * scenario.grid.cost(
        energy_wh=scenario.utility_bid_wh, price=scenario.tariffs.feed_in
    )


def _policy(home: Home, scenario: Scenario, strategy: Strategy) -> Trader:
    rng = Random(f"{scenario.seed}/{home.name}")
    return replace(draw_trader(home, tariffs=scenario.tariffs, rng=rng), strategy=strategy)


def _spread_strategies(scenario: Scenario) -> list[Strategy]:
    """A strategy for each home: their shares of the homes, rounded, in an order drawn by the seed."""
    given: list[Strategy] = []
    percent = 0
    for strategy, share in scenario.strategies:
        percent += share
        given += [strategy] * (round(scenario.homes * percent / 100) - len(given))
    Random(f"{scenario.seed}/strategies").shuffle(given)
    return given
