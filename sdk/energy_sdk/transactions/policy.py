"""What a sender may spend: compute units, priority, and time."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, Literal

from ..exceptions import InvalidInput

LAMPORTS_PER_SIGNATURE: Final = 5_000
_MICRO: Final = 1_000_000
_MIN_MARGIN_UNITS: Final = 1_000


@dataclass(frozen=True, slots=True, kw_only=True)
class SendPolicy:
    """How a sender sends. The default is what costs least time: a fixed budget, no priority fee, no deadline.

    Attributes:
        priority_fee: micro-lamports per compute unit; 0 pays none. "auto" pays what the given quantile of recent
            blocks took for transactions that write to the same accounts.
        max_priority_fee: cap of "auto" [micro-lamports per unit]; a fixed fee above it is refused.
        max_priority_lamports: cap of the priority fee of one transaction [lamports]; None sets none.
        quantile: of recent blocks, for "auto"; 0.75 is enough for three blocks of four.
        compute_units: "asked" takes the budget that the caller names; "simulated" what a simulation used and a
            margin, at most the budget named. Priority fees are paid for the budget, used or not.
        margin: share by which a simulated budget exceeds what the simulation used.
        preflight: with an outbox, simulate before signing, so that what would fail costs nothing.
        deadline: seconds that a sending may take altogether; None leaves that to the block hash, a minute or two.
        at_once: how many transactions are under way at the same time, within what a connection pool, and a local
            validator, take.

    Raises:
        InvalidInput: a number that cannot be right.
    """

    priority_fee: int | Literal["auto"] = 0
    max_priority_fee: int = 1_000_000
    max_priority_lamports: int | None = None
    quantile: float = 0.75
    compute_units: Literal["asked", "simulated"] = "asked"
    margin: float = 0.2
    preflight: bool = True
    deadline: float | None = None
    at_once: int = 32

    def __post_init__(self) -> None:
        if isinstance(self.priority_fee, int) and not 0 <= self.priority_fee <= self.max_priority_fee:
            raise InvalidInput(
                f"a priority fee of {self.priority_fee} micro-lamports per compute unit is not within 0 and the cap, "
                f"{self.max_priority_fee}; lower it, or raise the cap"
            )
        if not isinstance(self.priority_fee, int) and self.priority_fee != "auto":
            raise InvalidInput(f"the priority fee is a whole number or 'auto', not {self.priority_fee!r}")
        if self.max_priority_fee < 0 or (self.max_priority_lamports or 0) < 0:
            raise InvalidInput("the cap of a priority fee cannot be negative")
        if not 0 <= self.quantile <= 1:
            raise InvalidInput(f"the quantile {self.quantile} is not between 0 and 1")
        if self.margin < 0:
            raise InvalidInput(f"the margin {self.margin} is negative; a simulation's units are the least needed")
        if self.deadline is not None and self.deadline <= 0:
            raise InvalidInput(f"nothing can be sent within {self.deadline} s; give a deadline above 0")
        if self.at_once < 1:
            raise InvalidInput(f"cannot send {self.at_once} transactions at once; allow 1 or more")

    def units(self, used: int, asked: int) -> int:
        """The budget for a transaction whose simulation used so many compute units."""
        return min(asked, used + max(math.ceil(used * self.margin), _MIN_MARGIN_UNITS))

    def price(self, recent: Sequence[int], compute_units: int) -> int:
        """Micro-lamports per compute unit, within the caps.

        Args:
            recent: what recent blocks took, for "auto".
            compute_units: the budget that the price is paid for.
        """
        if self.priority_fee == "auto":
            price = min(_quantile(recent, self.quantile), self.max_priority_fee)
        else:
            price = self.priority_fee
        if self.max_priority_lamports is not None:
            price = min(price, self.max_priority_lamports * _MICRO // compute_units)
        return price


@dataclass(frozen=True, slots=True, kw_only=True)
class FeeEstimate:
    """What a transaction would cost.

    Attributes:
        compute_units: the budget that it would ask for.
        priority_fee: micro-lamports per compute unit.
        base_lamports: for its signatures.
        priority_lamports: for its budget.
    """

    compute_units: int
    priority_fee: int
    base_lamports: int
    priority_lamports: int

    @property
    def lamports(self) -> int:
        """Altogether."""
        return self.base_lamports + self.priority_lamports


def estimate(*, signatures: int, compute_units: int, price: int) -> FeeEstimate:
    """The fee of a transaction, as the runtime computes it: for signatures, and for units in whole lamports."""
    return FeeEstimate(
        compute_units=compute_units,
        priority_fee=price,
        base_lamports=LAMPORTS_PER_SIGNATURE * signatures,
        priority_lamports=-(-price * compute_units // _MICRO),
    )


def _quantile(values: Sequence[int], share: float) -> int:
    """The least value that reaches this share of all; 0 of none."""
    if not values:
        return 0
    return sorted(values)[max(0, math.ceil(share * len(values)) - 1)]
