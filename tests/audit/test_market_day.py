"""The demo's day, audited."""

from __future__ import annotations

from energy_sdk.audit import EpochExport, audit, verify_export
from energy_sdk.simulation import defaults
from energy_sdk.simulation.run import run_day
from energy_sdk.simulation.synthetic import build_village
from energy_sdk.simulation.world import own_chain


async def test_a_market_day_agrees():
    """Homes of the demo's village trade through its noon; everything that the market claims can be derived again."""
    village = build_village(homes=defaults.MIN_HOMES, seed=defaults.SEED, day=defaults.DAY)
    few = village.excerpt(homes=slice(12), intervals=slice(40, 64))
    client = await own_chain(few)
    exports: list[EpochExport] = []
    day = await run_day(few, client=client, settled=exports.append)
    assert day.ok

    report = await audit(client, 1, exports=exports)

    assert report.mismatches == []
    assert report.not_checked == []
    traded = [check for check in report.checks if check.area == "result from history" and check.name == "volume_wh"]
    assert len(traded) == len(exports) == 24
    assert any(check.found != "0" for check in traded)
    assert all([(await verify_export(export)).ok for export in exports])
