"""A market's ledger: who holds how much in custody."""

from __future__ import annotations

import struct
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from solders.pubkey import Pubkey

from ...accounts import reading, require_size
from ...events.borsh import BorshReader
from ...exceptions import AccountMismatch, InvalidAmount
from ...transports.base import Account
from ..enums import Side
from ..status import SeatStatus
from ..withdrawals import WithdrawalLock
from .data import body_of

_LEDGER: Final = struct.Struct("<B3xI32sQQQHHH2x56x")
_SEAT: Final = struct.Struct("<32s32sQQQQQIHBBBBHIQQQQQQqII8x")

LEDGER_HEADER_SIZE: Final = 8 + _LEDGER.size
SEAT_SIZE: Final = _SEAT.size


def ledger_size(seats: int) -> int:
    """Bytes of a ledger account with room for `seats`."""
    return LEDGER_HEADER_SIZE + seats * SEAT_SIZE


@dataclass(frozen=True, slots=True, kw_only=True)
class SeatPointer:
    """Where a user's seat is."""

    address: Pubkey
    market: Pubkey
    user: Pubkey
    ordinal: int
    seat: int

    @classmethod
    @reading
    def decode(cls, account: Account) -> SeatPointer:
        """Read a pointer.

        Raises:
            AccountMismatch: the account is something else.
        """
        read = BorshReader(bytes(body_of(account, "SeatPointer")))
        read.take(2)
        return cls(
            address=account.address,
            market=read.pubkey(),
            user=read.pubkey(),
            ordinal=read.u8(),
            seat=read.u16(),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Seat:
    """One participant's balances in a market: energy in Wh, payment in base units.

    `opened_at` is in Unix seconds, 0 on the seats of fees and community. `energy_in` and `payment_in` are deposits
    less withdrawals and retirement since the seat was opened; below zero where more was earned than deposited.
    """

    index: int
    user: Pubkey
    owner: Pubkey
    energy_free: int
    energy_locked: int
    payment_free: int
    payment_locked: int
    last_client_id: int
    epoch: int
    orders: int
    side: Side
    status: SeatStatus
    ordinal: int
    is_consumer: bool
    opened_at: int
    payment_in: int
    energy_in: int
    withdrawal_lock: WithdrawalLock | None

    @property
    def energy(self) -> int:
        """Free and locked energy [Wh]."""
        return self.energy_free + self.energy_locked

    @property
    def payment(self) -> int:
        """Free and locked payment [base units]."""
        return self.payment_free + self.payment_locked

    @property
    def energy_spent(self) -> int:
        """Energy sold less energy bought since the seat was opened [Wh]; below zero where more was bought."""
        return self.energy_in - self.energy

    @property
    def payment_spent(self) -> int:
        """Payment for energy bought less what was earned, since the seat was opened [base units]."""
        return self.payment_in - self.payment


@dataclass(frozen=True, kw_only=True)
class Ledger:
    """All seats of one market, with the sums that the vaults must hold."""

    address: Pubkey
    market: Pubkey
    market_id: int
    sequence: int
    energy_wh: int
    payment: int
    capacity: int
    used: int
    data: memoryview

    @classmethod
    @reading
    def decode(cls, account: Account) -> Ledger:
        """Read the header; seats are decoded when asked for.

        Raises:
            AccountMismatch: the account is something else, or shorter than its capacity says.
        """
        data = body_of(account, "Ledger")
        require_size(account, LEDGER_HEADER_SIZE, "Ledger")
        _, market_id, market, sequence, energy_wh, payment, capacity, used, _ = _LEDGER.unpack_from(data)
        require_size(account, ledger_size(capacity), "Ledger")
        if used > capacity:
            raise AccountMismatch(f"{account.address} says that {used} of {capacity} seats are used")
        return cls(
            address=account.address,
            market=Pubkey.from_bytes(market),
            market_id=market_id,
            sequence=sequence,
            energy_wh=energy_wh,
            payment=payment,
            capacity=capacity,
            used=used,
            data=data[_LEDGER.size :],
        )

    def seat(self, index: int) -> Seat:
        """The seat with this number, empty or not.

        Raises:
            InvalidAmount: no seat has the number.
            AccountMismatch: its bytes are not those of a seat.
        """
        if not 0 <= index < self.capacity:
            raise InvalidAmount(f"seat {index} does not exist; the market has seats 0 to {self.capacity - 1}")
        (
            user,
            owner,
            energy_free,
            energy_locked,
            payment_free,
            payment_locked,
            last_client_id,
            epoch,
            orders,
            side,
            status,
            ordinal,
            user_type,
            _,
            opened_at,
            payment_in,
            energy_in,
            *lock,
        ) = _SEAT.unpack_from(self.data, index * SEAT_SIZE)
        try:
            return Seat(
                index=index,
                user=Pubkey.from_bytes(user),
                owner=Pubkey.from_bytes(owner),
                energy_free=energy_free,
                energy_locked=energy_locked,
                payment_free=payment_free,
                payment_locked=payment_locked,
                last_client_id=last_client_id,
                epoch=epoch,
                orders=orders,
                side=Side(side),
                status=SeatStatus(status),
                ordinal=ordinal,
                is_consumer=user_type == 1,
                opened_at=opened_at,
                payment_in=_signed(payment_in),
                energy_in=_signed(energy_in),
                withdrawal_lock=_lock(*lock),
            )
        except ValueError as error:
            raise AccountMismatch(f"seat {index} of {self.address} cannot be read: {error}") from error

    def seats(self) -> Iterator[Seat]:
        """All seats in use, by number."""
        for index in range(self.used):
            seat = self.seat(index)
            if seat.status is not SeatStatus.EMPTY:
                yield seat


def _signed(value: int) -> int:
    """A number that the program keeps modulo 2^64."""
    return value - 2**64 if value >= 2**63 else value


def _lock(
    payment_per_day: int,
    energy_per_day: int,
    payment_withdrawn: int,
    energy_withdrawn: int,
    opens_at: int,
    day: int,
    delay_s: int,
) -> WithdrawalLock | None:
    if not delay_s:
        return None
    return WithdrawalLock(
        payment_per_day=payment_per_day,
        energy_per_day=energy_per_day,
        delay_s=delay_s,
        opens_at=opens_at or None,
        day=day,
        payment_withdrawn=payment_withdrawn,
        energy_withdrawn=energy_withdrawn,
    )
