"""A village on one day: who lives there and what its meters read.

Everything a market may see is an integer in Wh: what passed each connection
point in each quarter hour. What a home uses behind its meter is known to this
model only.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, datetime
from enum import Enum
from functools import cached_property
from typing import Final

INTERVALS: Final = 96
"""Quarter hours of a day."""
INTERVAL_S: Final = 900


class Kind(Enum):
    """What a member of the village is; decides the load profile."""

    HOUSEHOLD = "household"
    BUSINESS = "business"


@dataclass(frozen=True, slots=True, kw_only=True)
class Array:
    """A photovoltaic array on a roof."""

    peak_w: int
    """Power under standard test conditions [W]."""
    tilt_deg: int
    """Angle from the horizontal [°]."""
    azimuth_deg: int
    """Direction the roof faces, clockwise from north [°]."""


@dataclass(frozen=True, kw_only=True)
class Home:
    """One connection point and what happens behind it during the day."""

    name: str
    kind: Kind
    annual_kwh: int
    """Consumption in a year [kWh]."""
    array: Array | None
    rated_power_w: int
    """Limit of the connection in both directions [W]."""
    load_wh: tuple[int, ...]
    """Consumption in each quarter hour [Wh]."""
    pv_wh: tuple[int, ...]
    """Generation in each quarter hour [Wh]."""

    @property
    def is_prosumer(self) -> bool:
        return self.array is not None

    @cached_property
    def export_wh(self) -> tuple[int, ...]:
        """Energy given to the grid in each quarter hour [Wh]."""
        return tuple(max(pv - load, 0) for load, pv in zip(self.load_wh, self.pv_wh, strict=True))

    @cached_property
    def import_wh(self) -> tuple[int, ...]:
        """Energy taken from the grid in each quarter hour [Wh]."""
        return tuple(max(load - pv, 0) for load, pv in zip(self.load_wh, self.pv_wh, strict=True))

    @cached_property
    def self_consumed_wh(self) -> tuple[int, ...]:
        """Own generation used behind the meter in each quarter hour [Wh]."""
        return tuple(min(load, pv) for load, pv in zip(self.load_wh, self.pv_wh, strict=True))


@dataclass(frozen=True, kw_only=True)
class Village:
    """All homes of one seeded day, or of a part of it."""

    day: date
    seed: int
    utc_offset_s: int
    """Village time minus UTC [s]; standard time, as in the weather file."""
    homes: tuple[Home, ...]
    skipped: int = 0
    """Quarter hours of the day before the first one here."""

    @property
    def starts_at(self) -> int:
        """When the first quarter hour begins; midnight in village time unless some are skipped [Unix seconds]."""
        midnight = datetime(self.day.year, self.day.month, self.day.day)
        seconds = int((midnight - datetime(1970, 1, 1)).total_seconds())
        return seconds - self.utc_offset_s + self.skipped * INTERVAL_S

    @property
    def intervals(self) -> int:
        """Quarter hours."""
        return len(self.homes[0].load_wh)

    def excerpt(self, *, homes: slice, intervals: slice) -> Village:
        """Some of the homes in some of the quarter hours: `excerpt(homes=slice(4), intervals=slice(40, 48))`."""
        return replace(
            self,
            homes=tuple(
                replace(home, load_wh=home.load_wh[intervals], pv_wh=home.pv_wh[intervals])
                for home in self.homes[homes]
            ),
            skipped=self.skipped + (intervals.start or 0),
        )

    @cached_property
    def export_wh(self) -> tuple[int, ...]:
        """Sum of all exports in each quarter hour [Wh]."""
        return tuple(sum(column) for column in zip(*(h.export_wh for h in self.homes), strict=True))

    @cached_property
    def import_wh(self) -> tuple[int, ...]:
        """Sum of all imports in each quarter hour [Wh]."""
        return tuple(sum(column) for column in zip(*(h.import_wh for h in self.homes), strict=True))

    @cached_property
    def shared_wh(self) -> tuple[int, ...]:
        """Exports that neighbours used within the same quarter hour [Wh]."""
        return tuple(map(min, self.export_wh, self.import_wh))

    @cached_property
    def utility_import_wh(self) -> tuple[int, ...]:
        """What left the village over the transformer in each quarter hour [Wh]."""
        return tuple(max(e - i, 0) for e, i in zip(self.export_wh, self.import_wh, strict=True))
