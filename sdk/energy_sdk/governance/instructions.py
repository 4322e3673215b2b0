"""Governance's instructions, built from typed arguments."""

from __future__ import annotations

from solders.instruction import Instruction
from solders.pubkey import Pubkey

from .._generated.governance import instructions as generated
from .._generated.governance.types import ParameterChanges
from ..addresses import program_data_address
from ..transactions.fields import fitting
from .areas import PauseArea
from .constants import PROGRAM_ID
from .pdas import GOVERNANCE_ADDRESS, PARAMETERS_ADDRESS, PAUSE_ADDRESS


@fitting
def initialize(*, deployer: Pubkey, authority: Pubkey, guardian: Pubkey | None = None) -> Instruction:
    """Create governance with `authority` as its only member; `deployer` signs and pays."""
    return generated.initialize(
        {"authority": authority, "guardian": guardian or Pubkey.default()},
        {
            "deployer": deployer,
            "program": PROGRAM_ID,
            "program_data": program_data_address(PROGRAM_ID),
            "governance": GOVERNANCE_ADDRESS,
            "parameters": PARAMETERS_ADDRESS,
            "pause": PAUSE_ADDRESS,
        },
    )


@fitting
def update_parameters(
    *,
    authority: Pubkey,
    epoch_length_s: int | None = None,
    offer_lock_s: int | None = None,
    fee_bps: int | None = None,
    max_fee_bps: int | None = None,
    min_order_wh: int | None = None,
    max_order_wh: int | None = None,
    max_orders_per_seat: int | None = None,
    reading_max_age_s: int | None = None,
    reading_future_s: int | None = None,
    clearing_grace_s: int | None = None,
    void_after_s: int | None = None,
    book_retention_s: int | None = None,
    min_price: int | None = None,
    max_price: int | None = None,
) -> Instruction:
    """Change the parameters that are given; see `accounts.Parameters` for their meaning."""
    changes = ParameterChanges(
        epoch_length_s=epoch_length_s,
        offer_lock_s=offer_lock_s,
        fee_bps=fee_bps,
        max_fee_bps=max_fee_bps,
        min_order_wh=min_order_wh,
        max_order_wh=max_order_wh,
        max_orders_per_seat=max_orders_per_seat,
        reading_max_age_s=reading_max_age_s,
        reading_future_s=reading_future_s,
        clearing_grace_s=clearing_grace_s,
        void_after_s=void_after_s,
        book_retention_s=book_retention_s,
        min_price=min_price,
        max_price=max_price,
    )
    return generated.update_parameters(
        {"changes": changes},
        {"authority": authority, "governance": GOVERNANCE_ADDRESS, "parameters": PARAMETERS_ADDRESS},
    )


@fitting
def emergency_pause(*, authority: Pubkey, areas: PauseArea) -> Instruction:
    """Stop `areas` at once; `authority` is governance's or the guardian."""
    return generated.emergency_pause(
        {"areas": int(areas)},
        {"authority": authority, "governance": GOVERNANCE_ADDRESS, "pause": PAUSE_ADDRESS},
    )


@fitting
def resume(*, authority: Pubkey, areas: PauseArea) -> Instruction:
    """Let `areas` run again."""
    return generated.resume(
        {"areas": int(areas)},
        {"authority": authority, "governance": GOVERNANCE_ADDRESS, "pause": PAUSE_ADDRESS},
    )
