"""Seeded streams of orders: the same for the program, the reference and the packages of others."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import groupby
from random import Random
from typing import Final

from energy_sdk.trading import Side

TICK_SIZE: Final = 1_000
"""Payment base units per kWh from one price to the next."""

TICK_COUNT: Final = 512
"""Prices of a market: 0 to 0.511 payment tokens per kWh. The streams leave price 0 out, which some packages take
for a market order."""

LOT_WH: Final = 10
MAX_LOTS: Final = 1_000
RUN: Final = 100
"""Orders that a seat places one after another, so that they fit into one transaction."""


@dataclass(frozen=True, slots=True, kw_only=True)
class StreamOrder:
    """One order on its way to a market; `trader` counts from 0 within its side."""

    side: Side
    trader: int
    tick: int
    lots: int

    @property
    def price(self) -> int:
        """Payment base units per kWh."""
        return self.tick * TICK_SIZE

    @property
    def energy_wh(self) -> int:
        """Energy [Wh]."""
        return self.lots * LOT_WH


def stream(seed: int, orders: int, *, traders: int, run: int = RUN) -> list[StreamOrder]:
    """`orders` orders of `traders` sellers and as many buyers, in the order in which they arrive.

    Quantities and prices are drawn evenly, bids from the odd ticks and asks from the even ones, so about half of the
    volume trades and every tick is in use. (Some packages find no price where a bid and an ask name the same one.)
    Traders take turns, a seller after a buyer, with `run` orders each.
    """
    random = Random(f"{seed}/{orders}")
    drawn = []
    for index in range(orders):
        turn = index // run
        side = Side.BID if turn % 2 == 0 else Side.ASK
        drawn.append(
            StreamOrder(
                side=side,
                trader=turn // 2 % traders,
                tick=random.randrange(1 if side is Side.BID else 2, TICK_COUNT, 2),
                lots=random.randint(1, MAX_LOTS),
            )
        )
    return drawn


def runs(orders: list[StreamOrder], *, most: int = RUN) -> list[list[StreamOrder]]:
    """The stream cut into pieces of one trader, of `most` orders or less."""
    pieces = []
    for _, group in groupby(orders, key=lambda order: (order.side, order.trader)):
        whole = list(group)
        pieces += [whole[start : start + most] for start in range(0, len(whole), most)]
    return pieces
