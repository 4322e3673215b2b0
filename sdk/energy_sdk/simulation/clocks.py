"""How a day's quarter hours and epochs pass on a chain.

Where the chain's clock can be advanced, the day takes place at its own date, or next if that is over, and an
epoch is a quarter hour. Where the clock runs by itself, epochs are seconds long, and the day's quarter hours
are moved, by a whole number of them, to the ones that have just gone by.
"""

from __future__ import annotations

import asyncio
import math
import time
from typing import Final, Protocol

from ..client import EnergyClient
from ..exceptions import InvalidInput
from ..governance.constants import MAX_EPOCH_LENGTH_S, MAX_READING_AGE_S, MIN_EPOCH_LENGTH_S
from ..oracle import interval_at, interval_bounds
from ..trading import Market
from ..transports import LiteSvmTransport, RpcTransport, Transport
from .village import INTERVAL_S, Village

TRADING_TIME_S: Final = 3 * 3_600
"""How long trading a day on a running clock may take [s]; readings must be accepted for so much longer."""

_POLL_S: Final = 0.1
# Orders of different members that share a transaction, at least.
_ORDERS_PER_TRANSACTION: Final = 5
# Settling, opening, and reading the clock.
_OTHER_STEPS: Final = 3
_PROBES: Final = 3


class DayClock(Protocol):
    """The time of a day on a chain."""

    @property
    def runs(self) -> bool:
        """Whether the chain's time passes by itself."""
        ...

    @property
    def first_interval(self) -> int:
        """The chain's number for the day's first quarter hour."""
        ...

    @property
    def epoch_length_s(self) -> int:
        """How long the market's epochs are now [s]."""
        ...

    async def end_of(self, interval: int) -> None:
        """Return when the day's quarter hour number `interval`, from 0, is over on the chain."""
        ...

    async def new_epoch(self, market: Market) -> None:
        """Return when an epoch has just begun that is later than that of the call before."""
        ...

    async def has_time(self) -> bool:
        """Whether the epoch that `new_epoch` found goes on for long enough to place an order and cancel it again."""
        ...


class AdvancedClock:
    """A chain whose clock stands still until it is told to advance.

    Args:
        transport: the chain.
        first_interval: see `DayClock`; must not be over.
    """

    runs: Final = False
    epoch_length_s: Final = INTERVAL_S

    def __init__(self, transport: Transport, *, first_interval: int) -> None:
        self._transport = transport
        self.first_interval = first_interval

    async def end_of(self, interval: int) -> None:
        _, end = interval_bounds(self.first_interval + interval)
        seconds = end - await self._transport.clock()
        if seconds > 0:
            await _advance(self._transport, seconds)

    async def new_epoch(self, market: Market) -> None:
        """Epochs begin as quarter hours end."""

    async def has_time(self) -> bool:
        return True


class RunningClock:
    """A chain whose time passes by itself.

    Args:
        transport: the chain.
        first_interval: see `DayClock`; the whole day must be over.
        epoch_length_s: long enough for all orders of an epoch [s].
    """

    runs: Final = True

    def __init__(self, transport: Transport, *, first_interval: int, epoch_length_s: int) -> None:
        self._transport = transport
        self.first_interval = first_interval
        self.epoch_length_s = epoch_length_s
        self._last = 0
        self._ends_at = 0

    async def end_of(self, interval: int) -> None:
        """The whole day is over."""

    async def new_epoch(self, market: Market) -> None:
        now = await self._transport.clock()
        clock = market.clock_at(now)
        epoch = clock.epoch_at(now)
        if epoch <= self._last or now - clock.starts_at(epoch) > clock.length_s // 4:
            epoch += 1
            # Where the length changes, the first epoch of another length begins here too.
            begins_at = clock.starts_at(epoch)
            while await self._transport.clock() < begins_at:  # noqa: ASYNC110 - the chain's time is not an event
                await asyncio.sleep(_POLL_S)
            clock = market.clock_at(begins_at)
        self._last, self._ends_at, self.epoch_length_s = epoch, clock.starts_at(epoch + 1), clock.length_s

    async def has_time(self) -> bool:
        return await self._transport.clock() + max(1, 2 * self.epoch_length_s // 5) < self._ends_at


async def day_clock(client: EnergyClient, village: Village, *, epoch_length_s: int | None = None) -> DayClock:
    """The clock for trading a village's day on the client's chain.

    Args:
        epoch_length_s: length of an epoch on a chain whose time passes by itself [s]; by default as long as the
            orders of an epoch seem to need there.

    Raises:
        InvalidInput: the chain has no such epochs, or too many quarter hours would lie in the past.
    """
    transport = client.transport
    now = await transport.clock()
    if await _can_be_advanced(transport):
        if epoch_length_s is not None:
            raise InvalidInput(
                "this chain's clock is advanced by its users, quarter hour by quarter hour; leave the length of "
                "epochs out"
            )
        first = max(interval_at(village.starts_at), interval_at(await transport.clock()))
        return AdvancedClock(transport, first_interval=first)

    if village.intervals * INTERVAL_S + TRADING_TIME_S > MAX_READING_AGE_S:
        raise InvalidInput(
            f"{village.intervals} quarter hours are too many for a chain whose clock runs by itself: readings of "
            f"the last {MAX_READING_AGE_S // 3_600} hours are accepted at most"
        )
    length = await _sufficient_length(client, village) if epoch_length_s is None else epoch_length_s
    if not MIN_EPOCH_LENGTH_S <= length <= MAX_EPOCH_LENGTH_S:
        raise InvalidInput(f"an epoch takes {MIN_EPOCH_LENGTH_S} to {MAX_EPOCH_LENGTH_S} seconds, not {length}")
    return RunningClock(transport, first_interval=interval_at(now) - village.intervals, epoch_length_s=length)


async def _can_be_advanced(transport: Transport) -> bool:
    if isinstance(transport, LiteSvmTransport):
        return True
    try:
        await _advance(transport, 1)
    except InvalidInput:
        return False
    return True


async def _advance(transport: Transport, seconds: int) -> None:
    if isinstance(transport, LiteSvmTransport):
        transport.advance(seconds)
    elif isinstance(transport, RpcTransport):
        await transport.advance(seconds)
    else:
        raise InvalidInput(f"the clock of a {type(transport).__name__} cannot be advanced")


async def _sufficient_length(client: EnergyClient, village: Village) -> int:
    """Two and a half times what an epoch's transactions take one after another, in whole seconds."""
    own = client.payer.pubkey()
    begin = time.monotonic()
    for lamports in range(1, _PROBES + 1):
        await client.tokens.transfer_lamports(recipient=own, lamports=lamports)
    confirmation_s = (time.monotonic() - begin) / _PROBES
    orders = len(village.homes) + 1
    needed_s = 2.5 * confirmation_s * (orders / _ORDERS_PER_TRANSACTION + _OTHER_STEPS)
    return max(MIN_EPOCH_LENGTH_S, math.ceil(needed_s))
