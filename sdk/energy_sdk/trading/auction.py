"""The equilibrium of a book, as the program computes it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from .accounts import Tick
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


def equilibrium(ticks: Sequence[Tick]) -> Equilibrium:
    """Equilibrium prices and volume of a book's totals.

    A tick p is an equilibrium if and only if the bids above p do not exceed the asks at or below p, and the
    asks below p do not exceed the bids at or above p. Let E(p) be bids above p less asks at or below p; it
    falls with p, and the set is where E(p) <= 0 <= E(p - 1).
    """
    above = sum(tick.bid for tick in ticks)
    asks = 0
    for low, tick in enumerate(ticks):
        at_or_above = above
        above -= tick.bid
        asks += tick.ask
        if above <= asks:
            high = low
            if above == asks:
                last = len(ticks) - 1
                while high < last:
                    high += 1
                    if ticks[high].bid or ticks[high].ask:
                        break
            return Equilibrium(low=low, high=high, volume=min(at_or_above, asks))
    raise ValueError("a book needs at least one tick")
