"""What is late: feeds, epochs, readings.

The program decides, in a simulation of `system_health`; this module finds the accounts to ask about and puts names
to the answer.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from solders.pubkey import Pubkey

from .. import registry
from ..events.borsh import BorshReader
from ..trading.accounts import Market
from ..trading.pdas import market_address
from . import instructions, pdas
from .accounts import Feed, MeterShard
from .enums import Condition
from .feeds import Feeds
from .views import OracleViews

DEFAULT_TOLERATED_INTERVALS: Final = 4
"""A meter that misses more than an hour is silent."""

# A transaction has room for these beside market, program, payer and budget.
_ACCOUNTS_PER_CALL: Final = 24
_ANSWER_BYTES: Final = 13


class Subject(StrEnum):
    """What was examined."""

    FEED = "feed"
    EPOCH = "epoch"
    SHARD = "shard"


@dataclass(frozen=True, slots=True, kw_only=True)
class SilentMeter:
    """An active meter that has not reported for too long.

    Attributes:
        number: in the registry.
        meter_id: its identifier.
        newest: the newest interval it reported; None where it never did.
    """

    number: int
    meter_id: str
    newest: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """The state of one account.

    Attributes:
        subject, number: which feed, epoch or shard.
        name: the same in words.
        condition: what is wrong.
        late_s: by how much [s]; of several meters the latest, without those that never reported.
        silent: the meters of a shard that are silent.
    """

    subject: Subject
    number: int
    name: str
    address: Pubkey
    condition: Condition
    late_s: int
    silent: tuple[SilentMeter, ...] = ()

    @property
    def on_time(self) -> bool:
        """Whether nothing is wrong."""
        return self.condition is Condition.ON_TIME


@dataclass(frozen=True, slots=True, kw_only=True)
class HealthReport:
    """What is late in a market and in the oracle.

    Attributes:
        market: number of the market.
        now: the chain's time [unix s].
        tolerated_intervals: how many intervals a meter could miss.
        findings: one for each feed, each epoch that has a book, and each shard.
        fresh_feeds: feeds whose last observation can be relied on now.
    """

    market: int
    now: int
    tolerated_intervals: int
    findings: tuple[Finding, ...]
    fresh_feeds: int

    @property
    def healthy(self) -> bool:
        """Whether nothing is late."""
        return all(finding.on_time for finding in self.findings)

    @property
    def late(self) -> tuple[Finding, ...]:
        """The findings that are not on time."""
        return tuple(finding for finding in self.findings if not finding.on_time)

    @property
    def feeds(self) -> int:
        """Feeds there are."""
        return sum(finding.subject is Subject.FEED for finding in self.findings)


@dataclass(frozen=True, slots=True)
class _Answer:
    condition: Condition
    late_s: int
    detail: int


class Health(Feeds, OracleViews):
    """The part of the oracle's client that says what is late."""

    async def system_health(
        self, market: int | Market, *, tolerated_intervals: int = DEFAULT_TOLERATED_INTERVALS
    ) -> HealthReport:
        """What is late: feeds, epochs that nobody closes or settles, and meters that do not report.

        Nothing is sent: the program examines the accounts in a simulation, in the name of any address with lamports.

        Args:
            market: the market, which is read anew, or its number.
            tolerated_intervals: how many intervals of 900 s an active meter may miss.

        Raises:
            AccountNotFound: there is no such market, or the oracle is not initialised.
            InvalidInput: neither the payer nor any official of the oracle has lamports to simulate with.
        """
        address = market_address(market) if isinstance(market, int) else market.address
        state = await self._fetch(Market, address, f"market {market if isinstance(market, int) else market.id}")
        feeds = [feed async for feed in self.feeds()]
        shards = await self._shards()
        addresses = [
            *(feed.address for feed in feeds),
            *(book.address for book in state.books),
            *(shard.address for shard in shards),
        ]
        now, answers = await self._examine(state.address, addresses, tolerated_intervals)
        books = answers[len(feeds) : len(feeds) + len(state.books)]
        return HealthReport(
            market=state.id,
            now=now,
            tolerated_intervals=tolerated_intervals,
            findings=(
                *map(_feed_finding, feeds, answers),
                # A book without an epoch was never used.
                *(
                    _epoch_finding(slot.address, answer)
                    for slot, answer in zip(state.books, books, strict=True)
                    if answer.detail
                ),
                *[
                    await self._shard_finding(shard, answer)
                    for shard, answer in zip(shards, answers[len(feeds) + len(state.books) :], strict=True)
                ],
            ),
            fresh_feeds=sum(feed.is_fresh(now) for feed in feeds),
        )

    async def _shards(self) -> list[MeterShard]:
        count = (await self._oracle()).shard_count
        addresses = [pdas.shard_address(number) for number in range(count)]
        return [shard for shard in await self._find_all(MeterShard, addresses) if shard is not None]

    async def _examine(
        self, market: Pubkey, addresses: Sequence[Pubkey], tolerated_intervals: int
    ) -> tuple[int, list[_Answer]]:
        answers: list[_Answer] = []
        now = 0
        for start in range(0, max(len(addresses), 1), _ACCOUNTS_PER_CALL):
            part = addresses[start : start + _ACCOUNTS_PER_CALL]
            instruction = instructions.system_health(
                market=market, accounts=part, tolerated_intervals=tolerated_intervals
            )
            read = BorshReader(await self._ask(instruction, size=12 + _ANSWER_BYTES * len(part)))
            now = read.i64()
            answers += [_answer(read) for _ in range(read.u32())]
        return now, answers

    async def _shard_finding(self, shard: MeterShard, answer: _Answer) -> Finding:
        slots = [slot for slot in shard.slots if answer.detail >> slot.index & 1]
        meters = await self._find_all(registry.Meter, [slot.meter for slot in slots])
        return Finding(
            subject=Subject.SHARD,
            number=shard.index,
            name=f"meters of shard {shard.index}",
            address=shard.address,
            condition=answer.condition,
            late_s=answer.late_s,
            silent=tuple(
                SilentMeter(number=meter.number, meter_id=meter.meter_id, newest=slot.newest or None)
                for slot, meter in zip(slots, meters, strict=True)
                if meter is not None
            ),
        )


def _answer(read: BorshReader) -> _Answer:
    return _Answer(read.enum(Condition), read.u32(), read.u64())


def _feed_finding(feed: Feed, answer: _Answer) -> Finding:
    return Finding(
        subject=Subject.FEED,
        number=feed.number,
        name=f"feed {feed.number}, {feed.name}",
        address=feed.address,
        condition=answer.condition,
        late_s=answer.late_s,
    )


def _epoch_finding(book: Pubkey, answer: _Answer) -> Finding:
    return Finding(
        subject=Subject.EPOCH,
        number=answer.detail,
        name=f"epoch {answer.detail}",
        address=book,
        condition=answer.condition,
        late_s=answer.late_s,
    )
