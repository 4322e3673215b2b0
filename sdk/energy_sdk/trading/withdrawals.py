"""The lock that a seat's owner may put on withdrawals."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from .constants import WITHDRAWAL_WINDOW_S
from .enums import Asset

DAY_S: Final = 86_400


@dataclass(frozen=True, slots=True, kw_only=True)
class WithdrawalLock:
    """How much a seat lets out on a day (UTC), unless the withdrawal was announced.

    Attributes:
        payment_per_day: limit [payment base units].
        energy_per_day: limit [Wh].
        delay_s: time from announcing to the opening of withdrawals [s].
        opens_at: from when on announced withdrawals are open, for a day [unix s]; None while none are announced.
        day: the last day on which something was withdrawn [days since 1970, UTC].
        payment_withdrawn: how much on that day [payment base units].
        energy_withdrawn: how much on that day [Wh].
    """

    payment_per_day: int
    energy_per_day: int
    delay_s: int
    opens_at: int | None
    day: int
    payment_withdrawn: int
    energy_withdrawn: int

    def is_open(self, now: int) -> bool:
        """Whether announced withdrawals are open at the time `now`, so that the limits do not apply."""
        return self.opens_at is not None and self.opens_at <= now < self.opens_at + WITHDRAWAL_WINDOW_S

    def left(self, asset: Asset, now: int) -> int | None:
        """What may still be withdrawn of an asset on the day of `now` [Wh or base units]; None: all that is free."""
        if self.is_open(now):
            return None
        limit, withdrawn = (
            (self.energy_per_day, self.energy_withdrawn)
            if asset is Asset.ENERGY
            else (self.payment_per_day, self.payment_withdrawn)
        )
        return max(limit - (withdrawn if self.day == now // DAY_S else 0), 0)
