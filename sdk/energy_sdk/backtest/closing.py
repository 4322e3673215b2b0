"""The end of a backtest: its rows and totals, held against the chain."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..simulation.agents import Trader
from ..simulation.checks import is_balanced
from ..simulation.report import Check
from ..trading import Market
from ..units import grid_to_wh
from .result import BacktestResult, MemberRow, Totals, total

if TYPE_CHECKING:
    from .runner import Season


async def close(season: Season) -> BacktestResult:
    """Sum up, and hold the sums against the chain."""
    members = _member_rows(season)
    client, market = season.world.client, await season.world.client.trading.market(season.world.market.id)
    usage = client.transactions.usage
    homes = [participant.position for participant in season.participants[:-1]]
    everybody = [*homes, season.utility.position]
    totals = Totals(
        days=season.days,
        epochs=len(season.epoch_rows),
        trading_epochs=sum(row.volume_wh > 0 for row in season.epoch_rows),
        transactions=usage.transactions,
        compute_units=usage.compute_units,
        exported_wh=season.exported_wh,
        imported_wh=season.imported_wh,
        shared_wh=total(season.epoch_rows, "shared_wh"),
        minted_wh=grid_to_wh((await client.energy_token.config()).minted),
        traded_wh=total(season.epoch_rows, "volume_wh"),
        utility_bought_wh=season.utility.position.bought_wh,
        own_use_wh=total(homes, "own_use_wh"),
        retired_wh=total(everybody, "retired_wh"),
        billed_wh=sum(season.billed),
        held_wh=total(homes, "energy_wh"),
        buyers_paid=total(everybody, "paid"),
        sellers_received=total(everybody, "received"),
        fees=total(season.epoch_rows, "fees"),
        surplus=total(season.epoch_rows, "surplus"),
        cost=total(members, "cost"),
        cost_at_tariffs=total(members, "cost_at_tariffs"),
        advantage=total(members, "advantage"),
    )
    return BacktestResult(
        scenario=season.scenario,
        totals=totals,
        checks=await _checks(season, totals, market),
        epoch_rows=tuple(season.epoch_rows),
        member_day_rows=tuple(season.member_days),
        member_rows=members,
    )


def _member_rows(season: Season) -> tuple[MemberRow, ...]:
    tariffs = season.scenario.tariffs
    exported, imported = [0] * len(season.billed), [0] * len(season.billed)
    for place, row in enumerate(season.member_days):
        exported[place % len(season.billed)] += row.exported_wh
        imported[place % len(season.billed)] += row.imported_wh
    rows = []
    for number, (home, participant) in enumerate(zip(season.village.homes, season.participants, strict=False)):
        position, policy = participant.position, participant.policy
        bill = season.billed[number] * tariffs.retail // 1_000
        cost = position.paid - position.received + bill
        alone = (imported[number] * tariffs.retail - exported[number] * tariffs.feed_in) // 1_000
        rows.append(
            MemberRow(
                member=home.name,
                kind=home.kind.value,
                strategy=policy.strategy.value if isinstance(policy, Trader) else "",
                peak_w=home.array.peak_w if home.array else 0,
                exported_wh=exported[number],
                imported_wh=imported[number],
                own_use_wh=position.own_use_wh,
                bought_wh=position.bought_wh,
                sold_wh=position.sold_wh,
                paid=position.paid,
                received=position.received,
                billed_wh=season.billed[number],
                held_wh=position.energy_wh,
                retailer_bill=bill,
                cost=cost,
                cost_at_tariffs=alone,
                advantage=alone - cost,
            )
        )
    return tuple(rows)


async def _checks(season: Season, totals: Totals, market: Market) -> tuple[Check, ...]:
    slots = [slot async for shard in season.world.client.oracle.shards() for slot in shard.slots]
    epochs = len(season.epoch_rows)
    balanced = season.tallies.balanced
    still = await is_balanced(season.world, [participant.position for participant in season.participants])
    ledger = await season.world.client.trading.ledger(market)
    agreeing = sum(
        (ledger.seat(p.member.seat).energy, ledger.seat(p.member.seat).payment)
        == (p.position.energy_wh, p.position.payment)
        for p in season.participants
    )
    positions = [participant.position for participant in season.participants]
    return (
        Check(name="Export in the meters' slots [Wh]", expected=totals.exported_wh, actual=total(slots, "export_wh")),
        Check(
            name="Import in the meters' slots [Wh]",
            expected=totals.imported_wh + season.utility_imported_wh,
            actual=total(slots, "import_wh"),
        ),
        Check(name="GRID minted for export [Wh]", expected=totals.exported_wh, actual=totals.minted_wh),
        Check(
            name="Import retired in the meters' slots [Wh]",
            expected=totals.retired_wh,
            actual=total(slots, "retired_wh"),
        ),
        Check(
            name="GRID minted less retired, on the seats [Wh]",
            expected=totals.exported_wh - totals.retired_wh,
            actual=ledger.energy_wh,
        ),
        Check(name="Energy bought [Wh]", expected=total(positions, "bought_wh"), actual=market.traded_wh),
        Check(name="Energy sold [Wh]", expected=total(positions, "sold_wh"), actual=totals.traded_wh),
        Check(
            name="Paid by buyers [payment units]",
            expected=totals.buyers_paid,
            actual=total(season.epoch_rows, "buyers_paid"),
        ),
        Check(
            name="Received by sellers [payment units]",
            expected=totals.sellers_received,
            actual=total(season.epoch_rows, "sellers_received"),
        ),
        Check(
            name="Fees and surplus [payment units]",
            expected=totals.buyers_paid - totals.sellers_received,
            actual=totals.fees + totals.surplus,
        ),
        Check(name="Fees on the market's account [payment units]", expected=totals.fees, actual=market.fees),
        Check(name="Epochs settled", expected=epochs, actual=market.epochs_settled),
        Check(name="Prices that follow from the orders", expected=epochs, actual=season.tallies.reproduced),
        Check(name="Digests that follow from the logs", expected=epochs, actual=season.tallies.digests),
        Check(name="Epochs with supply and vaults in balance", expected=epochs + 1, actual=balanced + still),
        Check(name="Seats that agree with the books", expected=len(positions), actual=agreeing),
    )
