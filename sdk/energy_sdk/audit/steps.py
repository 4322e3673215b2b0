"""What can happen to energy between a meter and its use."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from enum import StrEnum

from solders.pubkey import Pubkey
from solders.signature import Signature

from ..units import GRID_UNITS_PER_WH


class StepKind(StrEnum):
    """What happened to energy, or where it is now."""

    METERED = "metered"
    MINTED = "minted"
    DEPOSITED = "deposited"
    SOLD = "sold"
    WITHDRAWN = "withdrawn"
    TRANSFERRED = "transferred"
    RETIRED = "retired"
    BURNED = "burned"
    DEPOSITED_ELSEWHERE = "deposited in another market"
    NOT_MINTED = "not minted yet"
    IN_WALLET = "in the wallet"
    ON_SEAT = "on the seat"


@dataclass(slots=True, kw_only=True, eq=False)
class Step:
    """Something that happened to a part of the energy; `children` says what became of all of it.

    Attributes:
        kind: what happened. A step without children is an end: the energy was used, or is still there.
        grid: how much, in GRID base units; a million are one Wh.
        at: time of the block [unix s].
        signature: the transaction.
        seat: seat on which the energy is, or that it was taken from at its end.
        account: token account in which it is; for another market, the address of that market.
        meter: account of the meter that produced it, or that it was retired for.
        epoch, ask, bid: the epoch of a sale, and the numbers of its orders in the log.
        price: of a sale, what the seller got before the fee [payment base units per kWh].
    """

    kind: StepKind
    grid: int
    at: int | None = None
    signature: Signature | None = None
    seat: int | None = None
    account: Pubkey | None = None
    meter: Pubkey | None = None
    epoch: int | None = None
    ask: int | None = None
    bid: int | None = None
    price: int | None = None
    children: list[Step] = field(default_factory=list)

    @property
    def energy_wh(self) -> int:
        """How much, in Wh; rounded down where a holder moved fractions of a Wh."""
        return self.grid // GRID_UNITS_PER_WH

    def walk(self) -> Iterator[Step]:
        """This step and all that follow from it."""
        yield self
        for child in self.children:
            yield from child.walk()
