"""Compute units: exact, the same on every machine."""

from __future__ import annotations

from typing import Final

from bench import compute_units
from bench.table import Measurement, Options, Row, progress

NAMES: Final = {
    "place_order": "place an order, funds in custody",
}


def measure(options: Options) -> Measurement:
    """Every figure of compute_units.py; the recorded ones where it must be quick."""
    progress("every instruction once, and three epochs of up to 10,000 orders")
    figures = compute_units.recorded() if options.quick else compute_units.measure()
    for name, value in figures.items():
        yield Row(name=NAMES.get(name, name), value=value, unit="CU", limit=compute_units.LIMITS.get(name))
