"""Keys that trade for a seat within limits, and never move a token."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final, Self

from solders.pubkey import Pubkey

from .._generated.trading import accounts as generated
from .._generated.trading import types
from ..accounts import read_borsh, reading
from ..transports.base import Account
from .accounts import Seat
from .constants import PROGRAM_ID
from .enums import Asset
from .status import SeatStatus
from .withdrawals import DAY_S

UNLIMITED: Final = 2**64 - 1
"""A limit that never binds."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AgentLimits:
    """What an agent may spend of its seat in trading, net of what it earns, and until when.

    A day and a calendar month are those of UTC. What is not given may not be spent, and a month allows what its days
    allow.

    Attributes:
        payment_per_day, payment_per_month: [payment base units].
        energy_per_day, energy_per_month: [Wh].
        expires_at: when the grant ends [unix s]; None for no end.
    """

    payment_per_day: int = 0
    payment_per_month: int = UNLIMITED
    energy_per_day: int = 0
    energy_per_month: int = UNLIMITED
    expires_at: int | None = None

    def of(self, asset: Asset) -> tuple[int, int]:
        """Limits of a day and of a month for an asset."""
        if asset is Asset.ENERGY:
            return self.energy_per_day, self.energy_per_month
        return self.payment_per_day, self.payment_per_month


@dataclass(frozen=True, slots=True, kw_only=True)
class Spent:
    """What a seat has spent since it was opened [payment base units, Wh]; below zero where it earned."""

    payment: int
    energy: int

    @classmethod
    def by(cls, seat: Seat) -> Self:
        """What a seat has spent up to now."""
        return cls(payment=seat.payment_spent, energy=seat.energy_spent)

    def of(self, asset: Asset) -> int:
        """Of one asset."""
        return self.energy if asset is Asset.ENERGY else self.payment


@dataclass(frozen=True, slots=True, kw_only=True)
class Agent:
    """A key that may place and cancel a seat's orders.

    Attributes:
        ordinal: its number among the seat's agents, 0 to 7.
        key: what it signs with.
        owner: who granted it; the grant holds while this is the seat's owner.
        opened_at: when the seat of the grant was opened [unix s].
        day: the last day on which the agent placed orders [days since 1970, UTC]; 0 before the first.
        month: and the month [months since January 1970, UTC].
        day_start: what the seat had spent when the agent first placed orders on that day.
        month_start: and in that month.
    """

    address: Pubkey
    market_id: int
    ledger: Pubkey
    seat: int
    ordinal: int
    key: Pubkey
    owner: Pubkey
    opened_at: int
    limits: AgentLimits
    day: int
    month: int
    day_start: Spent
    month_start: Spent

    @classmethod
    @reading
    def decode(cls, account: Account) -> Self:
        """Read an agent.

        Raises:
            AccountMismatch: the account is something else.
        """
        raw = read_borsh(account, generated.Agent, program=PROGRAM_ID)
        return cls(
            address=account.address,
            market_id=raw.market_id,
            ledger=raw.ledger,
            seat=raw.seat,
            ordinal=raw.ordinal,
            key=raw.key,
            owner=raw.owner,
            opened_at=raw.opened_at,
            limits=limits_from(raw.limits),
            day=raw.day,
            month=raw.month,
            day_start=Spent(payment=raw.day_start.payment, energy=raw.day_start.energy),
            month_start=Spent(payment=raw.month_start.payment, energy=raw.month_start.energy),
        )

    def holds_for(self, seat: Seat) -> bool:
        """Whether the grant is by the owner that the seat has now, since it was opened."""
        same = (self.owner, self.opened_at) == (seat.owner, seat.opened_at)
        return same and seat.status is not SeatStatus.EMPTY

    def has_expired(self, now: int) -> bool:
        """Whether the grant has ended at the time `now`."""
        return self.limits.expires_at is not None and now >= self.limits.expires_at

    def left(self, asset: Asset, seat: Seat, now: int) -> int:
        """What the agent's orders may still take of an asset at the time `now` [Wh or base units].

        Orders that are open count in full. That so much is free on the seat is another matter.
        """
        spent = Spent.by(seat).of(asset)
        locked = seat.energy_locked if asset is Asset.ENERGY else seat.payment_locked
        day_start = self.day_start.of(asset) if self.day == now // DAY_S else spent
        month_start = self.month_start.of(asset) if self.month == month_of(now) else spent
        day, month = self.limits.of(asset)
        return max(min(day + day_start, month + month_start) - spent - locked, 0)


def month_of(now: int) -> int:
    """Months since January 1970 at the time `now` [unix s], UTC."""
    date = datetime.fromtimestamp(now, UTC)
    return (date.year - 1970) * 12 + date.month - 1


def limits_from(raw: types.agent_limits.AgentLimits) -> AgentLimits:
    """Limits as the program keeps them, where 0 stands for no end."""
    return AgentLimits(
        payment_per_day=raw.payment_per_day,
        payment_per_month=raw.payment_per_month,
        energy_per_day=raw.energy_per_day,
        energy_per_month=raw.energy_per_month,
        expires_at=raw.expires_at or None,
    )
