"""The demo's own books: what every member should own, kept without asking the chain.

They follow from meter readings, orders and fills by plain arithmetic. At the end of
the day they are compared with the accounts on the chain, and must agree to the unit.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from .agents import Grid, MeterView, SeatView, Side, own_use_wh
from .report import (
    Book,
    ChainFacts,
    Check,
    DayResult,
    EnergyTotals,
    EpochRow,
    GroundFacts,
    GroupMoney,
    MarketFacts,
    VillageFacts,
)
from .village import INTERVAL_S, Kind, Village


@dataclass(slots=True, kw_only=True)
class Position:
    """One member's balances and turnover. Energy in Wh, money in payment units."""

    payment: int
    """Money on the seat."""
    energy_wh: int = 0
    """GRID on the seat."""
    owed_wh: int = 0
    """Metered import not yet retired."""
    bought_wh: int = 0
    sold_wh: int = 0
    paid: int = 0
    received: int = 0
    retired_wh: int = 0
    own_use_wh: int = 0
    """The part of `retired_wh` that was the member's own export."""

    @property
    def seat(self) -> SeatView:
        return SeatView(energy_free_wh=self.energy_wh, payment_free=self.payment)

    @property
    def meter(self) -> MeterView:
        return MeterView(owed_import_wh=self.owed_wh)

    def record(self, *, export_wh: int, import_wh: int) -> None:
        """A reading: the export is minted and deposited, the import is owed."""
        self.energy_wh += export_wh
        self.owed_wh += import_wh

    def retire(self) -> int:
        """Use GRID against import as far as both reach; returns how much [Wh]."""
        used_wh = own_use_wh(seat=self.seat, meter=self.meter)
        self.energy_wh -= used_wh
        self.owed_wh -= used_wh
        self.retired_wh += used_wh
        return used_wh

    def fill(self, *, side: Side, energy_wh: int, price: int, fee_bps: int, grid: Grid) -> None:
        """An executed order at the clearing price; the seller bears the fee."""
        gross = grid.cost(energy_wh=energy_wh, price=price)
        if side is Side.BUY:
            self.energy_wh += energy_wh
            self.payment -= gross
            self.bought_wh += energy_wh
            self.paid += gross
        else:
            net = gross * (10_000 - fee_bps) // 10_000
            self.energy_wh -= energy_wh
            self.payment += net
            self.sold_wh += energy_wh
            self.received += net


def day_result(
    *,
    village: Village,
    members: Sequence[Position],
    utility: Position,
    market: MarketFacts,
    epochs: Sequence[EpochRow],
    minted_wh: int,
    book: Book,
    ground: GroundFacts,
    chain: ChainFacts,
    checks: Sequence[Check],
) -> DayResult:
    """Sum the books of a finished day up.

    Args:
        members: One position for each home of the village, in its order.
        minted_wh: GRID minted to the members during the day [Wh].
    """
    homes = village.homes
    everybody = [*members, utility]

    def group(name: str, *, prosumers: bool) -> GroupMoney:
        own = [(home, position) for home, position in zip(homes, members, strict=True) if home.is_prosumer is prosumers]
        return GroupMoney(
            name=name,
            members=len(own),
            imported_wh=sum(sum(home.import_wh) for home, _ in own),
            exported_wh=sum(sum(home.export_wh) for home, _ in own),
            bought_wh=sum(position.bought_wh for _, position in own),
            sold_wh=sum(position.sold_wh for _, position in own),
            residual_import_wh=sum(position.owed_wh for _, position in own),
            paid=sum(position.paid for _, position in own),
            received=sum(position.received for _, position in own),
            tariffs=market.tariffs,
        )

    return DayResult(
        village=VillageFacts(
            day=village.day,
            seed=village.seed,
            utc_offset_s=village.utc_offset_s,
            homes=len(homes),
            prosumers=sum(home.is_prosumer for home in homes),
            businesses=sum(home.kind is Kind.BUSINESS for home in homes),
            peak_w=sum(home.array.peak_w for home in homes if home.array),
        ),
        market=market,
        energy=EnergyTotals(
            load_wh=sum(sum(home.load_wh) for home in homes),
            generated_wh=sum(sum(home.pv_wh) for home in homes),
            self_consumed_wh=sum(sum(home.self_consumed_wh) for home in homes),
            exported_wh=sum(village.export_wh),
            imported_wh=sum(village.import_wh),
            shared_wh=sum(village.shared_wh),
            minted_wh=minted_wh,
            traded_wh=sum(row.volume_wh for row in epochs),
            utility_bought_wh=utility.bought_wh,
            own_use_wh=sum(position.own_use_wh for position in members),
            retired_wh=sum(position.retired_wh for position in everybody),
            utility_retired_wh=utility.retired_wh,
            residual_import_wh=sum(position.owed_wh for position in members),
            unsold_wh=sum(position.energy_wh for position in members),
        ),
        epochs=tuple(epochs),
        groups=(group("prosumers", prosumers=True), group("consumers", prosumers=False)),
        utility_paid=utility.paid,
        fees=sum(p.paid for p in everybody) - sum(p.received for p in everybody),
        book=book,
        ground=ground,
        chain=chain,
        checks=tuple(checks),
    )


def metered_epoch_start(village: Village, epoch: int) -> int:
    """When the epoch opens that trades metered quarter hour number `epoch` - 1 [Unix seconds]."""
    return village.starts_at + epoch * INTERVAL_S
