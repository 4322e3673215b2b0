"""Draws villages: synthetic homes under a recorded sky, the same for the same seed.

Load comes from the BDEW 2025 quarter-hour profiles inside demandlib (H25 for
households, G25 for businesses), photovoltaic power from pvlib's PVWatts model
on the typical meteorological year inside pvlib (TMY3 723170, Greensboro).
German habits under the sun of North Carolina: a plausible village, not a
replication of one.

Needs the extra `demo`; nothing else in this package does.
"""

from __future__ import annotations

import warnings
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pvlib
from demandlib import bdew
from numpy.typing import NDArray

from . import defaults
from .village import INTERVAL_S, INTERVALS, Array, Home, Kind, Village

_WEATHER_FILE = "723170TYA.CSV"
_SYSTEM_LOSS = 0.14
"""Soiling, wiring, mismatch and inverter losses [-], the PVWatts default."""
_POWER_TEMPERATURE_COEFFICIENT = -0.0037
"""Change of module power per kelvin above 25 °C [1/K], usual for silicon."""
_ALBEDO = 0.2

_Floats = NDArray[np.float64]


def build_village(*, homes: int = defaults.HOMES, seed: int = defaults.SEED, day: date = defaults.DAY) -> Village:
    """Draw a village. The same arguments give the same village.

    Args:
        homes: Number of connection points, `defaults.MIN_HOMES` to `defaults.MAX_HOMES`. A third of
            them carry photovoltaics and one in thirteen is a small business.
        seed: Any non-negative integer.
        day: The calendar day. The load profile depends on month and weekday,
            the weather on day and month; 29 February borrows the 28th.

    Raises:
        ValueError: Too few or too many homes, or a negative seed.
    """
    if not defaults.MIN_HOMES <= homes <= defaults.MAX_HOMES:
        raise ValueError(f"a village has {defaults.MIN_HOMES} to {defaults.MAX_HOMES} homes, got {homes}")
    if seed < 0:
        raise ValueError(f"the seed must not be negative, got {seed}")

    return draw_village(homes=homes, arrays=homes // 3, businesses=homes // 13, seed=seed, day=day)


def draw_village(*, homes: int, arrays: int, businesses: int, seed: int, day: date, ordinal: int = 0) -> Village:
    """Draw any village: the homes follow from `seed` alone, their day from `day` and `ordinal`.

    Args:
        homes: Number of connection points.
        arrays: How many of them carry photovoltaics.
        businesses: How many of them are small businesses.
        seed: Any non-negative integer.
        day: The calendar day, see `build_village`.
        ordinal: Number of the day in a series; on each of them the habits differ, on number 0 they are those
            of `build_village`.
    """
    sky = _Sky.of(day)
    profiles = {Kind.HOUSEHOLD: _profile(bdew.H25, day), Kind.BUSINESS: _profile(bdew.G25, day)}
    with_array = _spread(count=arrays, among=homes, offset=1)
    with_business = _spread(count=businesses, among=homes, offset=5)

    return Village(
        day=day,
        seed=seed,
        utc_offset_s=sky.utc_offset_s,
        homes=tuple(
            _draw_home(
                number=number,
                kind=Kind.BUSINESS if number in with_business else Kind.HOUSEHOLD,
                has_array=number in with_array,
                # A stream for each home: another home more leaves the others as they were.
                rng=np.random.default_rng([seed, number]),
                habits_rng=np.random.default_rng([seed, number, ordinal]) if ordinal else None,
                profiles=profiles,
                sky=sky,
            )
            for number in range(homes)
        ),
    )


def _spread(*, count: int, among: int, offset: int) -> frozenset[int]:
    """`count` numbers spaced evenly over 0..`among`-1."""
    return frozenset((i * among // count + offset) % among for i in range(count))


def _draw_home(
    *,
    number: int,
    kind: Kind,
    has_array: bool,
    rng: np.random.Generator,
    habits_rng: np.random.Generator | None,
    profiles: dict[Kind, _Floats],
    sky: _Sky,
) -> Home:
    if kind is Kind.HOUSEHOLD:
        annual_kwh = int(np.clip(rng.lognormal(np.log(3200), 0.35), 1400, 7000))
        spread, rated_power_w = 0.45, 14_500
    else:
        annual_kwh = int(rng.uniform(7_000, 15_000))
        spread, rated_power_w = 0.15, 34_500

    array = None
    if has_array:
        array = Array(
            peak_w=int(rng.integers(30, 91)) * 100,
            tilt_deg=int(rng.integers(20, 46)),
            azimuth_deg=int(rng.integers(105, 256)),
        )

    load = profiles[kind] * annual_kwh * _habits(habits_rng or rng, spread=spread)
    limit_wh = rated_power_w // 4
    return Home(
        name=f"{'shop' if kind is Kind.BUSINESS else 'home'}-{number + 1:02d}",
        kind=kind,
        annual_kwh=annual_kwh,
        array=array,
        rated_power_w=rated_power_w,
        load_wh=_whole_wh(np.minimum(load, limit_wh)),
        pv_wh=_whole_wh(sky.energy_wh(array)) if array else (0,) * INTERVALS,
    )


def _habits(rng: np.random.Generator, *, spread: float) -> _Floats:
    """Factors with mean 1 that make one home differ from the average profile.

    A standard profile is the mean of many homes and smoother than any of them.
    The logarithm of the factor follows an autoregressive process of first
    order, so that a busy quarter hour is often followed by another.
    """
    memory = 0.8
    shocks = rng.normal(0.0, spread * np.sqrt(1 - memory**2), INTERVALS)
    level, levels = float(rng.normal(0.0, spread)), []
    for shock in shocks:
        levels.append(level)
        level = memory * level + float(shock)
    factors = np.exp(np.array(levels))
    return np.asarray(factors / factors.mean(), dtype=np.float64)


def _profile(kind: Any, day: date) -> _Floats:
    """Energy in each quarter hour per kWh of annual consumption [Wh/kWh].

    demandlib gives power [kW] for an annual consumption of 1 GWh.
    """
    times = pd.date_range(day, periods=INTERVALS, freq="15min")
    with warnings.catch_warnings():
        # demandlib 0.2.2 calls pandas in a way that pandas 3.1 deprecates.
        warnings.simplefilter("ignore", DeprecationWarning)
        power_kw = kind(times)
    return np.asarray(power_kw, dtype=np.float64) * 0.25 / 1_000


def _whole_wh(energy_wh: _Floats) -> tuple[int, ...]:
    """Round to whole Wh and carry the remainder, as a counting meter does."""
    return tuple(int(wh) for wh in np.diff(np.floor(np.cumsum(energy_wh) + 1e-6), prepend=0.0))


@cache
def _weather() -> tuple[pd.DataFrame, dict[str, Any]]:
    """The hours of the weather file, at the middle of each, and the site."""
    path = Path(pvlib.__file__).parent / "data" / _WEATHER_FILE
    # The file has no leap day; any year without one will do for its clock.
    hours, site = pvlib.iotools.read_tmy3(path, coerce_year=2025)
    hours.index -= pd.Timedelta(minutes=30)
    return hours[["dni", "ghi", "dhi", "temp_air", "wind_speed"]], site


@dataclass(frozen=True, slots=True)
class _Sky:
    """Sun and weather in the middle of each quarter hour of the day."""

    utc_offset_s: int
    sun: pd.DataFrame
    weather: pd.DataFrame

    @classmethod
    def of(cls, day: date) -> _Sky:
        """Read the weather file and interpolate its hours to quarter hours.

        A TMY3 row is the mean of the hour before its time stamp, so it stands
        for the middle of that hour.
        """
        hours, site = _weather()
        like = date(2025, day.month, min(day.day, 28) if day.month == 2 else day.day)
        start = pd.Timestamp(like, tz=hours.index.tz) + pd.Timedelta(seconds=INTERVAL_S // 2)
        times = pd.date_range(start, periods=INTERVALS, freq="15min")
        # A day on either side is enough for its first and last quarter hour.
        nearby = hours.loc[start - pd.Timedelta(days=1) : start + pd.Timedelta(days=2)]
        around = nearby.reindex(nearby.index.union(times)).interpolate("time")
        weather = around.bfill().ffill().loc[times]

        sun = pvlib.solarposition.get_solarposition(times, site["latitude"], site["longitude"], site["altitude"])
        offset = start.utcoffset() or timedelta()
        return cls(utc_offset_s=int(offset.total_seconds()), sun=sun, weather=weather)

    def energy_wh(self, array: Array) -> _Floats:
        """AC energy of an array in each quarter hour [Wh].

        PVWatts (Dobos 2014, NREL/TP-6A20-62641): isotropic sky, Faiman cell
        temperature, linear temperature coefficient, fixed losses.
        """
        in_plane = pvlib.irradiance.get_total_irradiance(
            array.tilt_deg,
            array.azimuth_deg,
            self.sun["apparent_zenith"],
            self.sun["azimuth"],
            self.weather["dni"],
            self.weather["ghi"],
            self.weather["dhi"],
            albedo=_ALBEDO,
        )["poa_global"].where(self.sun["apparent_zenith"] < 90.0, 0.0)
        cell = pvlib.temperature.faiman(in_plane, self.weather["temp_air"], self.weather["wind_speed"])
        power_w = pvlib.pvsystem.pvwatts_dc(in_plane, cell, array.peak_w, _POWER_TEMPERATURE_COEFFICIENT)
        return np.asarray(power_w.clip(lower=0.0) * (1 - _SYSTEM_LOSS) / 4, dtype=np.float64)
