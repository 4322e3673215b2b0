"""The oracle's instructions, built from typed arguments."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from typing import Any, Final

from solders.instruction import AccountMeta, Instruction
from solders.pubkey import Pubkey

from .._generated.oracle import instructions as generated
from .._generated.oracle.types import energy_source
from ..addresses import program_data_address
from ..energy_token.pdas import GRID_MINT, TOKEN_CONFIG_ADDRESS, grid_account
from ..exceptions import InvalidInput
from ..governance.pdas import PARAMETERS_ADDRESS, PAUSE_ADDRESS
from ..programs import ENERGY_TOKEN, TRADING
from ..registry.pdas import user_key_address
from ..trading.accounts import Market
from ..trading.pdas import AUTHORITY_ADDRESS, epoch_result_address
from ..transactions.fields import PackedArguments, fitting, fixed_text
from .constants import PROGRAM_ID
from .enums import EnergySource
from .pdas import (
    ORACLE_ADDRESS,
    certificate_address,
    feed_address,
    meter_slot_address,
    operator_address,
    request_address,
    request_balance_address,
    shard_address,
)
from .readings import Reading, pack_readings
from .roles import Role

_READINGS: Final = PackedArguments("submit_meter_data", interval=32)

ROOT_BYTES: Final = 32
BENEFICIARY_BYTES: Final = 32
DATA_HASH_BYTES: Final = 32
FEED_NAME_BYTES: Final = 32
FEED_UNIT_BYTES: Final = 16

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
def add_operator(*, admin: Pubkey, operator: Pubkey, roles: Role, payer: Pubkey | None = None) -> Instruction:
    """Give a key roles; `payer`, the admin by default, pays."""
    return generated.add_operator(
        {"operator_key": operator, "roles": int(roles)},
        {
            "admin": admin,
            "payer": payer or admin,
            "oracle": ORACLE_ADDRESS,
            "operator": operator_address(operator),
            "user_key": user_key_address(operator),
        },
    )


@fitting
def remove_operator(*, admin: Pubkey, operator: Pubkey, recipient: Pubkey | None = None) -> Instruction:
    """Take all roles from a key; the rent goes to `recipient`, the admin by default."""
    return generated.remove_operator(
        {"operator_key": operator},
        {
            "admin": admin,
            "recipient": recipient or admin,
            "oracle": ORACLE_ADDRESS,
            "operator": operator_address(operator),
        },
    )


@fitting
def nominate_admin(*, admin: Pubkey, new_admin: Pubkey | None) -> Instruction:
    """Name the next admin; None withdraws a nomination."""
    return generated.nominate_admin(
        {"new_admin": new_admin or Pubkey.default()}, {"admin": admin, "oracle": ORACLE_ADDRESS}
    )


@fitting
def accept_admin(*, new_admin: Pubkey) -> Instruction:
    """Take the oracle over; the nominated `new_admin` signs."""
    return generated.accept_admin({"new_admin": new_admin, "oracle": ORACLE_ADDRESS})


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
    data = _READINGS.pack(interval) + root + len(records).to_bytes(4, "little") + records
    return Instruction(PROGRAM_ID, data, _reading_accounts(submitter, shard))


@lru_cache(maxsize=1_024)
def _reading_accounts(submitter: Pubkey, shard: int) -> tuple[AccountMeta, ...]:
    return (
        AccountMeta(submitter, is_signer=True, is_writable=False),
        AccountMeta(operator_address(submitter), is_signer=False, is_writable=False),
        AccountMeta(PAUSE_ADDRESS, is_signer=False, is_writable=False),
        AccountMeta(PARAMETERS_ADDRESS, is_signer=False, is_writable=False),
        AccountMeta(shard_address(shard), is_signer=False, is_writable=True),
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


@fitting
def set_request_fee(*, admin: Pubkey, lamports: int) -> Instruction:
    """Set what a data request costs [lamports]."""
    return generated.set_request_fee({"lamports": lamports}, {"admin": admin, "oracle": ORACLE_ADDRESS})


@fitting
def top_up_requests(*, payer: Pubkey, user: Pubkey, lamports: int) -> Instruction:
    """Prepay the data requests of `user`; `payer` pays the lamports, and the account when it is the first."""
    return generated.top_up_requests(
        {"lamports": lamports}, {"payer": payer, "user": user, "balance": request_balance_address(user)}
    )


@fitting
def withdraw_request_balance(*, owner: Pubkey, user: Pubkey, lamports: int) -> Instruction:
    """Pay free lamports of the request balance of `user` back to its key `owner`."""
    return generated.withdraw_request_balance(
        {"lamports": lamports}, {"owner": owner, "user": user, "balance": request_balance_address(user)}
    )


@fitting
def request_energy_data(
    *, owner: Pubkey, user: Pubkey, meter: Pubkey, number: int, first_interval: int, last_interval: int
) -> Instruction:
    """Ask for the energy of a meter of `user`; `number` must be the oracle's next, `owner` pays the account."""
    return generated.request_energy_data(
        {"first_interval": first_interval, "last_interval": last_interval},
        {
            "owner": owner,
            "user": user,
            "meter": meter,
            "oracle": ORACLE_ADDRESS,
            "balance": request_balance_address(user),
            "request": request_address(number),
        },
    )


@fitting
def fulfill_energy_data(
    *, authority: Pubkey, user: Pubkey, number: int, export_wh: int, import_wh: int, data_hash: bytes
) -> Instruction:
    """Answer request `number` of `user` with its totals [Wh]; `authority` receives the fee.

    Raises:
        InvalidInput: the hash has another size than 32 bytes.
    """
    if len(data_hash) != DATA_HASH_BYTES:
        raise InvalidInput(f"the data hash has {len(data_hash)} bytes; it is a hash of {DATA_HASH_BYTES}")
    return generated.fulfill_energy_data(
        {"number": number, "export_wh": export_wh, "import_wh": import_wh, "data_hash": list(data_hash)},
        {
            "authority": authority,
            "operator": operator_address(authority),
            "request": request_address(number),
            "balance": request_balance_address(user),
        },
    )


@fitting
def cancel_request(*, owner: Pubkey, user: Pubkey, number: int) -> Instruction:
    """Take back request `number` of `user`, whose key is `owner`."""
    return generated.cancel_request(
        {"number": number},
        {
            "owner": owner,
            "user": user,
            "request": request_address(number),
            "balance": request_balance_address(user),
        },
    )


@fitting
def close_request(*, owner: Pubkey, user: Pubkey, number: int) -> Instruction:
    """Close request `number` of `user`; the rent goes to its key `owner`."""
    return generated.close_request(
        {"number": number}, {"owner": owner, "user": user, "request": request_address(number)}
    )


@fitting
def create_feed(
    *, admin: Pubkey, payer: Pubkey, number: int, name: str, unit: str = "", decimals: int = 0, max_age_s: int
) -> Instruction:
    """Create feed `number`, which must be the oracle's next; `payer` pays.

    Raises:
        InvalidInput: name or unit have too many bytes or a zero character, or the name is empty.
    """
    return generated.create_feed(
        {
            "name": list(fixed_text(name, FEED_NAME_BYTES, "feed name")),
            "unit": list(fixed_text(unit, FEED_UNIT_BYTES, "unit") if unit else bytes(FEED_UNIT_BYTES)),
            "decimals": decimals,
            "max_age_s": max_age_s,
        },
        {"payer": payer, "admin": admin, "oracle": ORACLE_ADDRESS, "feed": feed_address(number)},
    )


@fitting
def set_feed_limits(*, admin: Pubkey, number: int, max_age_s: int) -> Instruction:
    """Change how old the last observation of feed `number` may be [s]."""
    return generated.set_feed_limits(
        {"max_age_s": max_age_s}, {"admin": admin, "oracle": ORACLE_ADDRESS, "feed": feed_address(number)}
    )


@fitting
def remove_feed(*, admin: Pubkey, number: int, recipient: Pubkey | None = None) -> Instruction:
    """Remove feed `number`; the rent goes to `recipient`, by default the admin."""
    return generated.remove_feed(
        {
            "admin": admin,
            "oracle": ORACLE_ADDRESS,
            "feed": feed_address(number),
            "recipient": recipient or admin,
        }
    )


@fitting
def update_feed(*, authority: Pubkey, number: int, value: int, observed_at: int) -> Instruction:
    """Record what was observed at `observed_at` [unix s]; `value` is in units of 10**-decimals."""
    return generated.update_feed(
        {"value": value, "observed_at": observed_at},
        {"authority": authority, "operator": operator_address(authority), "feed": feed_address(number)},
    )


@fitting
def system_health(*, market: Pubkey, accounts: Sequence[Pubkey] = (), tolerated_intervals: int) -> Instruction:
    """Examine books of `market`, shards and feeds; to be simulated, for what it returns.

    Args:
        tolerated_intervals: how many intervals an active meter may miss.
    """
    examined = [AccountMeta(address, is_signer=False, is_writable=False) for address in accounts]
    return generated.system_health(
        {"tolerated_intervals": tolerated_intervals}, {"market": market}, PROGRAM_ID, examined
    )
