"""Where a transaction is."""

from __future__ import annotations

from typing import Any

from energy_sdk import Receipt

Rows = list[tuple[str, str]]


def receipt_json(receipt: Receipt) -> dict[str, Any]:
    """Where a transaction is."""
    return {
        "signature": str(receipt.signature),
        "slot": receipt.slot,
        "compute_units": receipt.compute_units,
    }


def receipt_rows(receipt: Receipt) -> Rows:
    """The same for people."""
    return [("transaction", str(receipt.signature)), ("slot", str(receipt.slot))]
