"""What meters have reported, minted and retired."""

from __future__ import annotations

from typing import Any

from energy_sdk.oracle import ReadingSlot, interval_bounds

from ..render import amount, kwh, rfc3339
from .transactions import Rows


def readings_json(shard: int, slot: ReadingSlot) -> dict[str, Any]:
    """A meter's account of itself."""
    return {
        "shard": shard,
        "slot": slot.index,
        "active": slot.active,
        "may_export": slot.may_export,
        "limit_wh": slot.limit_wh,
        "newest_interval": slot.newest or None,
        "export_wh": amount(slot.export_wh),
        "minted_wh": amount(slot.minted_wh),
        "mintable_wh": amount(slot.mintable_wh),
        "import_wh": amount(slot.import_wh),
        "retired_wh": amount(slot.retired_wh),
        "retirable_wh": amount(slot.retirable_wh),
    }


def readings_rows(shard: int, slot: ReadingSlot) -> Rows:
    """The same for people."""
    newest = f"{slot.newest}, until {rfc3339(interval_bounds(slot.newest)[1])}" if slot.newest else "none yet"
    return [
        ("kept in", f"slot {slot.index} of shard {shard}"),
        ("readings", "accepted" if slot.active else "refused: its user may not take part"),
        ("newest interval", newest),
        ("exported", f"{kwh(slot.export_wh)}, of it {kwh(slot.minted_wh)} minted and {kwh(slot.mintable_wh)} not yet"),
        (
            "imported",
            f"{kwh(slot.import_wh)}, of it {kwh(slot.retired_wh)} covered and {kwh(slot.retirable_wh)} not yet",
        ),
    ]
