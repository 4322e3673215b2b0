"""The equilibrium of a book, as the program computes it."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import accumulate
from operator import add

from .enums import PriceRule


@dataclass(frozen=True, slots=True, kw_only=True)
class Equilibrium:
    """All equilibrium ticks [low, high] and the lots that trade at any of them."""

    low: int
    high: int
    volume: int

    def tick(self, rule: PriceRule) -> int:
        """The clearing tick under a price rule; under pay-as-bid the reference tick."""
        ends = {PriceRule.BUYERS_END: self.low, PriceRule.SELLERS_END: self.high}
        return ends.get(rule, (self.low + self.high) // 2)


def equilibrium(bids: Sequence[int], asks: Sequence[int]) -> Equilibrium:
    """Equilibrium prices and volume of the lots bid and offered at every tick, lowest first.

    A tick p is an equilibrium if and only if the bids above p do not exceed the asks at or below p, and the
    asks below p do not exceed the bids at or above p. With F(p), the bids and asks at or below p together,
    which never falls, that is F(p - 1) <= all bids <= F(p).

    Raises:
        ValueError: there is no tick, or not the same number of them on both sides.
    """
    if not bids or len(bids) != len(asks):
        raise ValueError("a book needs at least one tick, and bids and asks at each")
    wanted = sum(bids)
    reached = list(accumulate(map(add, bids, asks)))
    low = bisect_left(reached, wanted)
    high = min(bisect_right(reached, wanted), len(reached) - 1)
    return Equilibrium(low=low, high=high, volume=min(sum(bids[low:]), sum(asks[: low + 1])))
