"""A small community's life: good and bad actions of everybody, mixed by Hypothesis.

Members read their meters, trade and withdraw; an attacker who is a member too exchanges accounts and signs for
others; several act in one transaction. After every action the rules of proof/invariants are checked that name the
proof "lives", and in the end everybody withdraws everything.
"""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Callable, Coroutine
from dataclasses import dataclass
from typing import Any, TypeVar

from energy_sdk.deployment import Member
from energy_sdk.energy_token import errors as token_errors
from energy_sdk.exceptions import AnchorError, EnergyError, InvalidAmount
from energy_sdk.governance import PauseArea
from energy_sdk.oracle import Reading
from energy_sdk.oracle import errors as oracle_errors
from energy_sdk.registry import UserStatus
from energy_sdk.trading import Asset, BookState, OrderStatus, Side
from energy_sdk.trading import errors as trading_errors
from hypothesis import HealthCheck, settings
from hypothesis import seed as seeded
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule, run_state_machine_as_test

from tests.invariants.community import ATTACKER, EVERYBODY, VOID_AFTER_S, Community

T = TypeVar("T")

MEMBERS = st.integers(0, 5)
# Who does what of how many lots: mostly what each of them can do.
ACTIONS = st.one_of(
    st.tuples(st.integers(0, 2), st.sampled_from(["sell", "withdraw"]), st.integers(1, 20)),
    st.tuples(st.integers(3, 4), st.sampled_from(["buy", "withdraw"]), st.integers(1, 20)),
    st.tuples(MEMBERS, st.sampled_from(["sell", "buy", "deposit", "withdraw"]), st.integers(1, 40)),
)
# Mostly on the grid of 10 Wh and 1,000 base units, sometimes not, sometimes out of bounds.
ENERGY = st.sampled_from([10, 20, 50, 100, 250, 500, 1_000, 0, 15, 10**12])
PRICES = st.sampled_from([100_000, 101_000, 99_000, 150_000, 50_000, 0, 511_000, 512_000, 500])
ORDERS = st.tuples(st.sampled_from([10, 20, 50, 100, 10**12]), st.sampled_from([100_000, 101_000, 99_000]))
# Who signs instead of the owner, mostly nobody.
OTHERS = st.sampled_from([None, None, None, 0, 3])
# Per cent.
SHARES = st.sampled_from([0, 10, 50, 100, 101])
AREAS = st.sampled_from([PauseArea.TRADING, PauseArea.CLEARING, PauseArea.METERING])
READING_AGE_S = 57_600
# Seconds; an epoch lasts 900.
PAUSES = st.sampled_from([1, 60, 300, 900, 900, 2_700])

ORDER_ERRORS = (
    trading_errors.InsufficientBalance,
    trading_errors.InvalidOrderAmount,
    trading_errors.PriceOffGrid,
    trading_errors.PriceOutOfBounds,
    trading_errors.OppositeSideOrder,
    trading_errors.TooManyOrders,
    trading_errors.ConsumerCannotSell,
    trading_errors.UserNotActive,
    trading_errors.TradingPaused,
    trading_errors.BookFull,
    trading_errors.BookBusy,
)


@dataclass
class Outcome:
    """What lives came to."""

    lives: int
    tally: Counter[str]
    """How often each action was done, and how often each error came, as "action: error"."""
    checks: Counter[str]
    """How often each invariant was evaluated."""


outcome = Outcome(0, Counter(), Counter())
"""What the lives of the present run have come to."""
watchers: list[Callable[[int], None]] = []
"""Told the number of lives whenever one has ended."""


class Life(RuleBasedStateMachine):
    """One community from its founding to the day everything is withdrawn."""

    def __init__(self) -> None:
        super().__init__()
        self.runner = asyncio.Runner()
        self.town = self.run(Community.build())
        now = self.run(self.town.interval())
        # What the members were founded with.
        self.accepted = {
            (who, now - age) for who, member in enumerate(self.town.people) for age in self.town.metered[member.seat]
        }

    def run(self, action: Coroutine[Any, Any, T]) -> T:
        return self.runner.run(action)

    def attempt(self, name: str, action: Coroutine[Any, Any, Any], *errors: Any, who: Any = EVERYBODY) -> bool:
        """Do it; `who` are the members whose seats and wallets it may touch."""
        return self.run(self.town.attempt(name, action, *errors, parties=who)) is None

    def holds(self, rule: str, held: bool, text: str) -> None:
        self.town.holds(rule, held, text)

    def member(self, number: int) -> Member:
        return self.town.people[number]

    # Meters

    @rule(
        who=MEMBERS,
        exported=st.sampled_from([0, 500, 2_000, 10**9]),
        imported=st.sampled_from([0, 500, 2_000]),
        age=st.sampled_from([0, 1, 1, 2, 3, 63, 70]),
    )
    def read(self, who: int, exported: int, imported: int, age: int) -> None:
        member = self.member(who)
        interval = self.run(self.town.interval()) - age
        reading = Reading(slot=member.slot, interval=interval, export_wh=exported, import_wh=imported)
        done = self.attempt(
            "read",
            self.town.client.oracle.submit_meter_data(shard=member.shard, readings=[reading]),
            oracle_errors.ReadingInFuture,
            oracle_errors.ReadingTooOld,
            oracle_errors.DuplicateReading,
            oracle_errors.ReadingAboveRatedPower,
            oracle_errors.ConsumerCannotExport,
            oracle_errors.MeterInactive,
            oracle_errors.MeteringPaused,
            who=(),
        )
        if done:
            self.holds("U3", (who, interval) not in self.accepted, "an interval was accepted twice")
            self.accepted.add((who, interval))
            now = self.run(self.town.transport.clock())
            self.holds("U4", now - READING_AGE_S <= 900 * (interval + 1) <= now, "a reading too old or too early")
            self.holds("Z1", not self.town.paused & PauseArea.METERING, "a reading in a pause")

    @rule(who=MEMBERS)
    def mint(self, who: int) -> None:
        self.attempt(
            "mint",
            self.town.client.oracle.mint_energy(meter=self.member(who).meter),
            oracle_errors.NothingToMint,
            oracle_errors.MeteringPaused,
            token_errors.UserNotActive,
            who=(who,),
        )

    @rule(who=st.integers(0, 2), exported=st.sampled_from([500, 2_000]), age=st.integers(3, 40))
    def feed_in(self, who: int, exported: int, age: int) -> None:
        """The way energy usually takes."""
        self.read(who, exported, 0, age)
        self.mint(who)
        self.deposit(who, Asset.ENERGY, 50)

    @rule(who=MEMBERS, energy_wh=st.sampled_from([0, 10, 100, 1_000]))
    def retire(self, who: int, energy_wh: int) -> None:
        member = self.member(who)
        self.attempt(
            "retire",
            self.town.client.oracle.retire_energy(
                meter=member.meter, market=self.town.market, energy_wh=energy_wh, owner=member.key, seat=member.seat
            ),
            oracle_errors.RetirementExceedsImport,
            oracle_errors.ZeroAmount,
            trading_errors.InsufficientBalance,
            who=(who,),
        )

    # Custody

    @rule(who=MEMBERS, asset=st.sampled_from(Asset), share=SHARES, other=OTHERS)
    def deposit(self, who: int, asset: Asset, share: int, other: int | None = None) -> None:
        """A share [%] of what the signer's wallet holds; succeeds for the owner if it is there."""
        member, client = self.member(who), self.town.client
        signer = who if other is None else other
        key = self.member(signer).key
        mint = self.town.market.mint(asset)
        held = self.run(client.tokens.balance(mint=mint, owner=key.pubkey()))
        wh_or_units = held // 1_000_000 if asset is Asset.ENERGY else held
        amount = -(-wh_or_units * share // 100)
        action = client.trading.deposit(self.town.market, seat=member.seat, asset=asset, amount=amount, owner=key)
        if 0 < amount <= wh_or_units and who == signer:
            assert self.attempt("deposit", action, who=(who,))
        else:
            # A wallet that never held the token has no account for it.
            absent = () if held else (AnchorError,)
            assert not self.attempt(
                "deposit",
                action,
                trading_errors.ZeroAmount,
                trading_errors.InsufficientBalance,
                trading_errors.UnauthorizedSeat,
                *absent,
            )

    @rule(who=MEMBERS, asset=st.sampled_from(Asset), share=SHARES, other=OTHERS)
    def withdraw(self, who: int, asset: Asset, share: int, other: int | None = None) -> None:
        """A share [%] of what is free: succeeds for the owner whatever is paused, and whatever the standing."""
        signer = who if other is None else other
        member, trading = self.member(who), self.town.client.trading
        seat = self.run(trading.seat(self.town.market, member.seat))
        free = seat.energy_free if asset is Asset.ENERGY else seat.payment_free
        amount = -(-free * share // 100)
        action = trading.withdraw(
            self.town.market, seat=member.seat, asset=asset, amount=amount, owner=self.member(signer).key
        )
        if 0 < amount <= free and who == signer:
            self.holds("Z2", self.attempt("withdraw", action, EnergyError, who=(who,)), "a withdrawal was refused")
        else:
            assert not self.attempt(
                "withdraw",
                action,
                trading_errors.ZeroAmount,
                trading_errors.InsufficientBalance,
                trading_errors.UnauthorizedSeat,
            )

    # Orders

    def order(self, name: str, who: int, energy_wh: int, price: int) -> None:
        """Place one order; who may not must be refused."""
        side = Side.ASK if name == "sell" else Side.BID
        action = self.town.order(side, self.member(who), energy_wh, price)
        active = self.run(self.town.is_active(self.member(who)))
        if self.attempt(name, action, *ORDER_ERRORS, who=(who,)):
            self.holds("Z1", not self.town.paused & PauseArea.TRADING, "an order in a pause")
            self.holds("A6", active, "who is not active placed an order")

    @rule(who=MEMBERS, energy_wh=ENERGY, price=PRICES)
    def sell(self, who: int, energy_wh: int, price: int) -> None:
        self.order("sell", who, energy_wh, price)

    @rule(who=MEMBERS, energy_wh=ENERGY, price=PRICES)
    def buy(self, who: int, energy_wh: int, price: int) -> None:
        self.order("buy", who, energy_wh, price)

    @rule(seller=st.integers(0, 2), buyer=MEMBERS, lots=st.integers(1, 50), gap=st.integers(-2, 5))
    def trade(self, seller: int, buyer: int, lots: int, gap: int) -> None:
        """Two orders that mostly cross."""
        self.order("sell", seller, 10 * lots, 100_000)
        self.order("buy", buyer, 10 * lots + 20, 100_000 + 1_000 * gap)

    @rule(who=MEMBERS, side=st.sampled_from(Side), orders=st.lists(ORDERS, min_size=1, max_size=3))
    def place_many(self, who: int, side: Side, orders: list[tuple[int, int]]) -> None:
        member = self.member(who)
        next_id = self.run(self.town.last_id(member)) + 1
        self.attempt(
            "place_many",
            self.town.client.trading.place_orders(
                self.town.market, seat=member.seat, side=side, orders=orders, owner=member.key, client_id=next_id
            ),
            *ORDER_ERRORS,
            InvalidAmount,
            who=(who,),
        )

    @rule(actions=st.lists(ACTIONS, min_size=2, max_size=4))
    def together(self, actions: list[tuple[int, str, int]]) -> None:
        """Several members' actions in one transaction: all of them, or none."""
        town = self.town
        # Opens the epoch where nobody has.
        self.order("buy", 4, 10, 99_000)
        steps = self.run(town.instructions(actions))
        if not steps:
            return
        members = [self.member(who) for who, *_ in actions]
        action = town.client.transactions.send(steps, signers=[member.key for member in members])
        paused = town.paused & PauseArea.TRADING and any(kind in ("sell", "buy") for _, kind, _ in actions)
        # A wallet that never held the token has no account for it.
        done = self.attempt("together", action, *ORDER_ERRORS, AnchorError, who={who for who, *_ in actions})
        self.holds("Z1", not (done and paused), "an order in a pause")

    @rule(
        victim=st.integers(0, 4),
        kind=st.sampled_from(["sell", "buy", "deposit", "withdraw"]),
        place=st.integers(0, 6),
        other=st.integers(0, 60),
        signs=st.booleans(),
    )
    def attack(self, victim: int, kind: str, place: int, other: int, signs: bool) -> None:
        """One account of a victim's instruction exchanged; who signs for it has no other keys than the attacker's."""
        town = self.town
        steps = self.run(town.instructions([(ATTACKER if signs else victim, kind, 5)]))
        if not steps:
            return
        forged = town.forged(steps[-1], place, town.addresses()[other % len(town.addresses())])
        action = town.client.transactions.send([forged], signers=[self.member(ATTACKER).key])
        self.attempt("attack", action, EnergyError, who=(ATTACKER,))

    @rule(which=st.integers(0, 31), signer=st.integers(0, 9))
    def cancel(self, which: int, signer: int) -> None:
        """Any order of the newest book: succeeds for its owner while the epoch runs, whatever is paused."""
        books = [book for book in self.run(self.town.books()) if book.count]
        if not books:
            return
        book = max(books, key=lambda book: book.epoch)
        order = book.orders[which % book.count]
        # Most attempts are the owner's.
        key = self.member(signer).key if signer < 5 else self.town.owner(order.seat)
        owns = key == self.town.owner(order.seat)
        running = book.state is BookState.OPEN and self.run(self.town.transport.clock()) < book.closes_at
        action = self.town.client.trading.cancel_order(
            self.town.market, epoch=book.epoch, index=order.index, client_id=order.client_id, owner=key
        )
        if owns and running and order.status is OrderStatus.ACTIVE:
            seats = {member.seat: place for place, member in enumerate(self.town.people)}
            done = self.attempt("cancel", action, EnergyError, who=(seats[order.seat],))
            self.holds("Z2", done, "a cancellation was refused")
        else:
            assert not self.attempt(
                "cancel",
                action,
                trading_errors.UnauthorizedCancellation,
                trading_errors.OrderAlreadyFilled,
                trading_errors.OrderNotActive,
                trading_errors.EpochClosed,
                who=(),
            )
        if not running:
            self.holds("P9", self.run(self.town.unchanged(book)), "an order was changed after the end of its epoch")

    # Epochs

    @rule(seconds=PAUSES)
    def wait(self, seconds: int) -> None:
        self.town.transport.advance(seconds)

    @rule(by_oracle=st.booleans())
    def close(self, by_oracle: bool) -> None:
        """The oldest open epoch, by the oracle or by anybody."""
        books = self.run(self.town.in_state(BookState.OPEN))
        if not books:
            return
        market, epoch, client = self.town.market, books[0].epoch, self.town.client
        if by_oracle:
            action = client.oracle.trigger_market_clearing(market=market, epoch=epoch)
        else:
            action = client.trading.close_epoch(market, epoch)
        self.attempt("close", action, trading_errors.EpochNotOver, trading_errors.ClosingReserved, who=())

    @rule(max_orders=st.sampled_from([1, 2, 5, 10_000]), newest=st.booleans())
    def clear(self, max_orders: int, newest: bool) -> None:
        books = self.run(self.town.in_state(*(state for state in BookState if state is not BookState.IDLE)))
        if not books:
            return
        epoch = books[-1 if newest else 0].epoch
        done = self.attempt(
            "clear",
            self.town.client.trading.clear_epoch(self.town.market, epoch, max_orders=max_orders),
            trading_errors.EpochNotClosed,
            trading_errors.EarlierEpochUnsettled,
            trading_errors.ClearingPaused,
            trading_errors.EpochVoided,
        )
        if done and any(book.epoch == epoch for book in self.run(self.town.in_state(BookState.SETTLED))):
            self.run(self.town.check_settlement(epoch))

    @rule()
    def finish_epoch(self) -> None:
        """What the operator does every quarter of an hour."""
        for book in self.run(self.town.in_state(BookState.OPEN)):
            if self.run(self.town.transport.clock()) < book.closes_at:
                self.town.transport.set_time(book.closes_at)
            self.close(True)
        for _ in self.run(self.town.in_state(BookState.CLOSED, BookState.CLEARING)):
            (book, *_) = self.run(self.town.in_state(BookState.CLOSED, BookState.CLEARING))
            if self.attempt(
                "settle",
                self.town.client.trading.clear_epoch(self.town.market, book.epoch),
                trading_errors.ClearingPaused,
                trading_errors.EarlierEpochUnsettled,
            ):
                self.run(self.town.check_settlement(book.epoch))

    @rule(max_orders=st.sampled_from([1, 3, 10_000]))
    def void(self, max_orders: int) -> None:
        books = self.run(self.town.in_state(BookState.CLOSED, BookState.CLEARING, BookState.VOIDING))
        if not books:
            return
        self.attempt(
            "void",
            self.town.client.trading.void_epoch(self.town.market, books[0].epoch, max_orders=max_orders),
            trading_errors.VoidNotDue,
            trading_errors.SettlementBegun,
            trading_errors.EarlierEpochUnsettled,
        )

    # Authorities

    @rule(areas=AREAS, stop=st.sampled_from([False, False, True]))
    def pause(self, areas: PauseArea, stop: bool) -> None:
        governance = self.town.client.governance
        action = governance.emergency_pause(areas=areas) if stop else governance.resume(areas=areas)
        self.attempt("pause", action, who=())
        self.town.paused = self.town.paused | areas if stop else self.town.paused & ~areas

    @rule()
    def stand_still(self) -> None:
        """Clearing stops until an epoch may be voided."""
        self.pause(PauseArea.CLEARING, True)
        self.finish_epoch()
        self.town.transport.advance(VOID_AFTER_S)
        self.void(10_000)
        self.pause(PauseArea.CLEARING, False)

    @rule(who=MEMBERS, status=st.sampled_from([UserStatus.ACTIVE, UserStatus.ACTIVE, *UserStatus]))
    def judge(self, who: int, status: UserStatus) -> None:
        self.attempt("judge", self.town.set_standing(self.member(who), status))

    @invariant()
    def everything_adds_up(self) -> None:
        self.run(self.town.check())

    def teardown(self) -> None:
        try:
            self.run(self.town.drain())
            outcome.lives += 1
            outcome.tally.update(self.town.tally)
            outcome.checks.update(self.town.checks)
            for tell in watchers:
                tell(outcome.lives)
        finally:
            self.runner.close()


def live(lives: int, steps: int, *, seed: int | None = None, progress: Callable[[int], None] | None = None) -> Outcome:
    """Let `lives` communities live for up to `steps` actions each.

    Args:
        seed: repeats a run; None always gives the same lives, as a test should.
        progress: told the number of lives so far after each.

    Raises:
        AssertionError: a rule did not hold; Hypothesis prints the shortest life that shows it.
    """
    outcome.lives = 0
    outcome.tally.clear()
    outcome.checks.clear()
    watchers[:] = [] if progress is None else [progress]
    machine = Life if seed is None else seeded(seed)(type("Life", (Life,), {}))
    run_state_machine_as_test(
        machine,
        settings=settings(
            max_examples=lives,
            stateful_step_count=steps,
            derandomize=seed is None,
            database=None,
            deadline=None,
            suppress_health_check=list(HealthCheck),
        ),
    )
    return outcome
