"""Where a transaction is, and what it costs."""

from __future__ import annotations

from typing import Any

from energy_sdk import Receipt
from energy_sdk.transactions import FeeEstimate

from ..render import amount

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


def estimate_json(fee: FeeEstimate) -> dict[str, Any]:
    """What a transaction would cost."""
    return {
        "lamports": amount(fee.lamports),
        "base_lamports": amount(fee.base_lamports),
        "priority_lamports": amount(fee.priority_lamports),
        "priority_fee": amount(fee.priority_fee),
        "compute_units": fee.compute_units,
    }


def estimate_rows(fee: FeeEstimate, used: int) -> Rows:
    """The same for people."""
    return [
        ("fee", f"{fee.lamports:,} lamports"),
        ("  for signatures", f"{fee.base_lamports:,}"),
        ("  for priority", f"{fee.priority_lamports:,}, at {fee.priority_fee:,} micro-lamports per compute unit"),
        ("compute units", f"{used:,} used of a budget of {fee.compute_units:,}"),
        ("rent", "not included: what new accounts hold, and give back when they are closed"),
    ]
