from __future__ import annotations

from datetime import date

import pandas as pd
import pytest
from demandlib import bdew
from energy_sdk.simulation import defaults
from energy_sdk.simulation.synthetic import build_village
from energy_sdk.simulation.village import INTERVALS, Kind, Village


def test_same_seed_gives_the_same_village(village: Village) -> None:
    assert build_village() == village


def test_another_seed_gives_another_village(village: Village) -> None:
    assert build_village(seed=village.seed + 1) != village


def test_a_third_of_the_homes_has_photovoltaics_of_varied_size(village: Village) -> None:
    arrays = [home.array for home in village.homes if home.array]

    assert len(arrays) == len(village.homes) // 3
    assert len({array.peak_w for array in arrays}) > len(arrays) // 2
    assert len({array.azimuth_deg for array in arrays}) > len(arrays) // 2
    assert all(3_000 <= array.peak_w <= 9_000 for array in arrays)


def test_every_home_has_a_whole_reading_for_every_quarter_hour(village: Village) -> None:
    for home in village.homes:
        for series in (home.load_wh, home.pv_wh, home.export_wh, home.import_wh):
            assert len(series) == INTERVALS
            assert all(type(energy_wh) is int and energy_wh >= 0 for energy_wh in series)


def test_meters_see_the_difference_of_load_and_generation(village: Village) -> None:
    for home in village.homes:
        for load, pv, out, into, own in zip(
            home.load_wh,
            home.pv_wh,
            home.export_wh,
            home.import_wh,
            home.self_consumed_wh,
            strict=True,
        ):
            assert out - into == pv - load
            assert out == 0 or into == 0
            assert own + out == pv
            assert own + into == load


def test_readings_stay_within_the_rated_power(village: Village) -> None:
    for home in village.homes:
        limit_wh = home.rated_power_w // 4
        assert max(home.export_wh) <= limit_wh
        assert max(home.import_wh) <= limit_wh


def test_homes_without_a_roof_export_nothing(village: Village) -> None:
    assert all(sum(h.export_wh) == 0 for h in village.homes if not h.is_prosumer)


def test_the_utility_takes_what_the_village_cannot_use(village: Village) -> None:
    for out, into, shared, left in zip(
        village.export_wh,
        village.import_wh,
        village.shared_wh,
        village.utility_import_wh,
        strict=True,
    ):
        assert shared + left == out
        assert left == max(out - into, 0)


@pytest.mark.filterwarnings("ignore::DeprecationWarning")  # demandlib on pandas 3.1
def test_load_follows_the_standard_profile_scaled_to_the_annual_consumption(
    village: Village,
) -> None:
    times = pd.date_range(defaults.DAY, periods=INTERVALS, freq="15min")
    # Power in kW for 1 GWh a year, constant over each quarter hour.
    share = {
        Kind.HOUSEHOLD: float(bdew.H25(times).sum()) / 4 / 1_000_000,
        Kind.BUSINESS: float(bdew.G25(times).sum()) / 4 / 1_000_000,
    }
    expected = sum(home.annual_kwh * 1_000 * share[home.kind] for home in village.homes)
    actual = sum(sum(home.load_wh) for home in village.homes)

    assert actual == pytest.approx(expected, rel=0.15)


def test_the_sun_shines_by_day_only(village: Village) -> None:
    for home in village.homes:
        assert sum(home.pv_wh[: 4 * 4]) == 0
        assert sum(home.pv_wh[21 * 4 :]) == 0
        if home.array:
            # A clear June day yields four to seven full hours of peak power.
            assert 4 < sum(home.pv_wh) / home.array.peak_w < 7


def test_midnight_is_in_village_time() -> None:
    village = build_village(day=date(2025, 1, 1))

    assert village.utc_offset_s == -5 * 3_600
    assert village.starts_at == 1_735_707_600
    assert village.starts_at % 900 == 0


def test_a_leap_day_is_a_day() -> None:
    assert sum(build_village(day=date(2024, 2, 29)).export_wh) > 0


def test_more_homes_leave_the_roofless_neighbours_alone(village: Village) -> None:
    larger = build_village(homes=len(village.homes) + 1)

    kept = [
        (small, large)
        for small, large in zip(village.homes, larger.homes, strict=False)
        if small.kind is large.kind and small.is_prosumer is large.is_prosumer
    ]
    assert kept
    assert all(small == large for small, large in kept)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [({"homes": 36}, "37 to 400 homes"), ({"homes": 401}, "37 to 400 homes"), ({"seed": -1}, "must not be negative")],
)
def test_refuses_a_village_it_cannot_draw(arguments: dict[str, int], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        build_village(**arguments)
