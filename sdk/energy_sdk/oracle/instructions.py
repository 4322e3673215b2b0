"""The oracle's instructions, built from typed arguments."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

from solders.instruction import Instruction
from solders.pubkey import Pubkey

from .._generated.oracle import instructions as generated
from .._generated.oracle.types import ReadingBatch, energy_source
from ..addresses import program_data_address
from ..energy_token.pdas import GRID_MINT, TOKEN_CONFIG_ADDRESS, grid_account
from ..exceptions import InvalidInput
from ..governance.pdas import PARAMETERS_ADDRESS, PAUSE_ADDRESS
from ..programs import ENERGY_TOKEN, TRADING
from ..registry.pdas import user_key_address
from ..trading.accounts import Market
from ..trading.pdas import AUTHORITY_ADDRESS, epoch_result_address
from ..transactions.fields import fitting, fixed_text
from .constants import PROGRAM_ID
from .enums import EnergySource
from .pdas import ORACLE_ADDRESS, certificate_address, meter_slot_address, operator_address, shard_address
from .readings import Reading, pack_readings
from .roles import Role

ROOT_BYTES: Final = 32
BENEFICIARY_BYTES: Final = 32

# AnchorPy's generated enums are classes; this table leads to them from ours.
_SOURCE: Final[dict[EnergySource, Any]] = {
    EnergySource.SOLAR: energy_source.Solar(),
    EnergySource.WIND: energy_source.Wind(),
    EnergySource.HYDRO: energy_source.Hydro(),
    EnergySource.BIOMASS: energy_source.Biomass(),
    EnergySource.OTHER: energy_source.Other(),
}


@fitting
def initialize(*, deployer: Pubkey, admin: Pubkey, operator: Pubkey, roles: Role) -> Instruction:
    """Create the oracle with its first operator; `deployer` signs and pays."""
    return generated.initialize(
        {"admin": admin, "operator_key": operator, "roles": int(roles)},
        {
            "deployer": deployer,
            "program": PROGRAM_ID,
            "program_data": program_data_address(PROGRAM_ID),
            "oracle": ORACLE_ADDRESS,
            "operator": operator_address(operator),
            "user_key": user_key_address(operator),
        },
    )


@fitting
def add_operator(*, admin: Pubkey, operator: Pubkey, roles: Role) -> Instruction:
    """Give a key roles; `admin` pays."""
    return generated.add_operator(
        {"operator_key": operator, "roles": int(roles)},
        {
            "admin": admin,
            "oracle": ORACLE_ADDRESS,
            "operator": operator_address(operator),
            "user_key": user_key_address(operator),
        },
    )


@fitting
def remove_operator(*, admin: Pubkey, operator: Pubkey) -> Instruction:
    """Take all roles from a key; the rent goes to `admin`."""
    return generated.remove_operator(
        {"operator_key": operator},
        {"admin": admin, "oracle": ORACLE_ADDRESS, "operator": operator_address(operator)},
    )


@fitting
def open_shard(*, authority: Pubkey, shard: int) -> Instruction:
    """Create shard number `shard`, which must be the oracle's next; `authority` pays."""
    return generated.open_shard(
        {
            "authority": authority,
            "operator": operator_address(authority),
            "oracle": ORACLE_ADDRESS,
            "shard": shard_address(shard),
        }
    )


@fitting
def attach_meter(*, authority: Pubkey, meter: Pubkey, user: Pubkey, shard: int) -> Instruction:
    """Give a meter, assigned to `user`, the next slot of `shard`; `authority` pays."""
    return generated.attach_meter(
        {
            "authority": authority,
            "operator": operator_address(authority),
            "oracle": ORACLE_ADDRESS,
            "meter": meter,
            "user": user,
            "shard": shard_address(shard),
            "meter_slot": meter_slot_address(meter),
        }
    )


@fitting
def refresh_meter(*, meter: Pubkey, user: Pubkey | None, shard: int) -> Instruction:
    """Make a meter's slot agree with the registry, where the meter has `user`, or None."""
    return generated.refresh_meter(
        {
            "meter": meter,
            "user": user or Pubkey.default(),
            "meter_slot": meter_slot_address(meter),
            "shard": shard_address(shard),
        }
    )


@fitting
def submit_meter_data(
    *, submitter: Pubkey, shard: int, readings: Sequence[Reading], root: bytes = bytes(ROOT_BYTES)
) -> Instruction:
    """Record readings of meters in `shard`, all or none.

    Args:
        submitter: an operator of the metering service, or the key of the meter that all readings are from.
        root: commitment to the meter-signed readings the batch comes from, 32 bytes.

    Raises:
        InvalidInput: no readings, too far apart, or a root of another size.
    """
    if len(root) != ROOT_BYTES:
        raise InvalidInput(f"the root has {len(root)} bytes; it is a hash of {ROOT_BYTES}")
    interval, records = pack_readings(readings)
    return generated.submit_meter_data(
        {"batch": ReadingBatch(interval=interval, root=list(root), records=records)},
        {
            "submitter": submitter,
            "operator": operator_address(submitter),
            "pause": PAUSE_ADDRESS,
            "parameters": PARAMETERS_ADDRESS,
            "shard": shard_address(shard),
        },
    )


@fitting
def mint_energy(*, authority: Pubkey, shard: int, slot: int, user: Pubkey, holder: Pubkey) -> Instruction:
    """Mint what the meter in the slot exported to `user`, whose key is `holder`; `authority` pays."""
    return generated.mint_energy(
        {"slot": slot},
        {
            "authority": authority,
            "operator": operator_address(authority),
            "pause": PAUSE_ADDRESS,
            "oracle": ORACLE_ADDRESS,
            "shard": shard_address(shard),
            "user": user,
            "holder": holder,
            "recipient": grid_account(holder),
            "token_config": TOKEN_CONFIG_ADDRESS,
            "energy_mint": GRID_MINT,
            "energy_token_program": ENERGY_TOKEN,
        },
    )


@fitting
def trigger_market_clearing(*, authority: Pubkey, market: Pubkey, book: Pubkey, epoch: int) -> Instruction:
    """Close an epoch that is over; `authority` pays its result account."""
    return generated.trigger_market_clearing(
        {
            "authority": authority,
            "operator": operator_address(authority),
            "oracle": ORACLE_ADDRESS,
            "market": market,
            "book": book,
            "result": epoch_result_address(market, epoch),
            "trading_program": TRADING,
        }
    )


@fitting
def retire_energy(
    *, owner: Pubkey, user: Pubkey, market: Market, shard: int, slot: int, seat: int, energy_wh: int
) -> Instruction:
    """Cover `energy_wh` [Wh] of the meter's import with GRID from the user's seat, and burn it."""
    return generated.retire_energy(
        {"slot": slot, "seat": seat, "energy_wh": energy_wh},
        {
            "owner": owner,
            "user": user,
            "oracle": ORACLE_ADDRESS,
            "shard": shard_address(shard),
            "market": market.address,
            "ledger": market.ledger,
            "energy_vault": market.energy_vault,
            "trading_authority": AUTHORITY_ADDRESS,
            "token_config": TOKEN_CONFIG_ADDRESS,
            "energy_mint": market.energy_mint,
            "trading_program": TRADING,
            "energy_token_program": ENERGY_TOKEN,
        },
    )


@fitting
def update_energy_prices(*, authority: Pubkey, market: Pubkey, floor: int, ceiling: int) -> Instruction:
    """Bound the prices of epochs that are not open yet [payment base units per kWh]; `authority` signs."""
    return generated.update_energy_prices(
        {"floor": floor, "ceiling": ceiling},
        {
            "authority": authority,
            "operator": operator_address(authority),
            "oracle": ORACLE_ADDRESS,
            "parameters": PARAMETERS_ADDRESS,
            "market": market,
            "trading_program": TRADING,
        },
    )


@fitting
def issue_certificate(
    *, authority: Pubkey, meter: Pubkey, shard: int, user: Pubkey, index: int, energy_wh: int, source: EnergySource
) -> Instruction:
    """Certify the next `energy_wh` [Wh] that a meter exported to its `user`; `authority` pays.

    `index` must be the meter's next certificate number.
    """
    return generated.issue_certificate(
        {"energy_wh": energy_wh, "source": _SOURCE[source]},
        {
            "authority": authority,
            "operator": operator_address(authority),
            "pause": PAUSE_ADDRESS,
            "meter_slot": meter_slot_address(meter),
            "shard": shard_address(shard),
            "user": user,
            "certificate": certificate_address(meter, index),
        },
    )


@fitting
def transfer_certificate(*, owner: Pubkey, user: Pubkey, recipient: Pubkey, certificate: Pubkey) -> Instruction:
    """Give a certificate of `user`, whose key is `owner`, to the user `recipient`; `owner` signs."""
    return generated.transfer_certificate(
        {"owner": owner, "user": user, "recipient": recipient, "certificate": certificate}
    )


@fitting
def split_certificate(
    *, payer: Pubkey, owner: Pubkey, user: Pubkey, meter: Pubkey, index: int, next_index: int, energy_wh: int
) -> Instruction:
    """Replace certificate `index` of `meter` by two, the first over `energy_wh` [Wh]; `payer` and `owner` sign.

    `next_index` must be the meter's next certificate number.
    """
    return generated.split_certificate(
        {"energy_wh": energy_wh},
        {
            "payer": payer,
            "owner": owner,
            "user": user,
            "meter_slot": meter_slot_address(meter),
            "certificate": certificate_address(meter, index),
            "first": certificate_address(meter, next_index),
            "second": certificate_address(meter, next_index + 1),
        },
    )


@fitting
def retire_certificate(*, owner: Pubkey, user: Pubkey, certificate: Pubkey, beneficiary: str) -> Instruction:
    """Claim a certificate's energy for `beneficiary`, 1 to 32 bytes of text, for good; `owner` signs.

    Raises:
        InvalidInput: the text is empty, too long, or has a zero character.
    """
    text = fixed_text(beneficiary, BENEFICIARY_BYTES, "beneficiary")
    return generated.retire_certificate(
        {"beneficiary": list(text)}, {"owner": owner, "user": user, "certificate": certificate}
    )


@fitting
def validate_certificate(*, meter: Pubkey, index: int) -> Instruction:
    """Say what a certificate is worth, as return data; nobody needs to sign."""
    return generated.validate_certificate(
        {"certificate": certificate_address(meter, index), "meter_slot": meter_slot_address(meter)}
    )
