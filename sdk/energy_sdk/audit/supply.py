"""Checks of GRID and of the meters: what was minted, burned, metered and retired."""

from __future__ import annotations

from collections.abc import Sequence

from .._generated.energy_token import accounts as token_accounts
from .._generated.oracle import accounts as oracle_accounts
from ..accounts import DISCRIMINATOR_SIZE, read_borsh
from ..client import EnergyClient
from ..energy_token import TokenConfig
from ..energy_token.constants import PROGRAM_ID as ENERGY_TOKEN
from ..energy_token.pdas import GRID_MINT, TOKEN_CONFIG_ADDRESS
from ..exceptions import AccountError, AccountMismatch, HistoryIncomplete
from ..oracle import MeterShard, Oracle
from ..oracle.accounts import SHARD_LAYOUT, SLOT_LAYOUT
from ..oracle.constants import PROGRAM_ID as ORACLE
from ..oracle.pdas import ORACLE_ADDRESS, shard_address
from ..trading.pdas import AUTHORITY_ADDRESS
from ..transports.base import Account
from ..units import GRID_UNITS_PER_WH
from .certificates import check_certificates
from .evidence import Evidence, decoded
from .history import History
from .metering import MeterRecord, replay_meters
from .report import AuditReport

_SUPPLY = slice(36, 44)
_MINT_AUTHORITY = slice(0, 36)


async def check_supply(report: AuditReport, client: EnergyClient, evidence: Evidence) -> None:
    """Hold the mint against the token's counters, these against the meters, and the meters against history."""
    transport = client.transport
    try:
        oracle_account = await transport.get_account(ORACLE_ADDRESS)
        if oracle_account is None:
            raise AccountMismatch(f"there is no oracle at {ORACLE_ADDRESS}")
        oracle = decoded(Oracle, oracle_account)
        addresses = [shard_address(index) for index in range(oracle.shard_count)]
        # One request, so that token and meters are of one moment.
        config_account, mint, *found = await transport.get_accounts([TOKEN_CONFIG_ADDRESS, GRID_MINT, *addresses])
        if config_account is None or mint is None or len(mint.data) < 82 or None in found:
            raise AccountMismatch("the token's configuration, its mint or a shard of meters is not there")
        config = decoded(TokenConfig, config_account)
        accounts = [account for account in found if account is not None]
        shards = [decoded(MeterShard, account) for account in accounts]
    except AccountError as error:
        report.compare("supply", "GRID", "readable", expected="token and meters", found=error)
        return

    report.compare("supply", "GRID", "initialised", expected=1, found=mint.data[45])
    supply = int.from_bytes(mint.data[_SUPPLY], "little")
    report.at_most(
        "supply", "GRID", "minted less burned covers the supply", most=config.minted - config.burned, found=supply
    )
    report.burned_by_holders = config.minted - config.burned - supply
    authority = (1).to_bytes(4, "little") + bytes(TOKEN_CONFIG_ADDRESS)
    report.compare("supply", "GRID", "who mints", expected=authority, found=mint.data[_MINT_AUTHORITY])
    for name, address in (("mint", GRID_MINT), ("minter", ORACLE_ADDRESS), ("burner", AUTHORITY_ADDRESS)):
        report.compare("supply", "GRID", name, expected=address, found=getattr(config, name))
    stored = read_borsh(config_account, token_accounts.TokenConfig, program=ENERGY_TOKEN)
    report.zeros("GRID", "reserved bytes of the token configuration", bytes(stored.reserved))

    slots = [slot for shard in shards for slot in shard.slots]
    minted = sum(slot.minted_wh for slot in slots) * GRID_UNITS_PER_WH
    report.compare("supply", "GRID", "minted for meters", expected=minted, found=config.minted)
    # A meter that changes hands forgets what its former users retired.
    retired = sum(slot.retired_wh for slot in slots) * GRID_UNITS_PER_WH
    report.at_least("supply", "GRID", "burned covers what meters retired", least=retired, found=config.burned)
    if evidence.record is not None:
        used = evidence.record.used_wh * GRID_UNITS_PER_WH
        report.at_least("supply", "GRID", "burned covers what was used from seats", least=used, found=config.burned)
    report.compare("meters", "oracle", "meters", expected=len(slots), found=oracle.meter_count)
    stored = read_borsh(oracle_account, oracle_accounts.Oracle, program=ORACLE)
    report.zeros("oracle", "reserved bytes of the oracle", bytes(stored.reserved))
    for account, shard in zip(accounts, shards, strict=True):
        _check_shard(report, account, shard)
    history = History(transport)
    await _check_readings(report, history, shards)
    await check_certificates(report, client, history, shards)


def _check_shard(report: AuditReport, account: Account, shard: MeterShard) -> None:
    subject = f"shard {shard.index}"
    report.compare("meters", subject, "address", expected=shard_address(shard.index), found=account.address)
    used = DISCRIMINATOR_SIZE + SHARD_LAYOUT.size + len(shard.slots) * SLOT_LAYOUT.size
    header = account.data[DISCRIMINATOR_SIZE : DISCRIMINATOR_SIZE + SHARD_LAYOUT.size]
    report.zeros(subject, "padding of shards", header[6:8])
    report.zeros(subject, "reserved bytes of the shards", header[16:])
    report.zeros(subject, "slots never used", account.data[used:])
    for slot in shard.slots:
        name = f"meter in slot {slot.index} of shard {shard.index}"
        report.at_most("meters", name, "minted at most what was fed in", most=slot.export_wh, found=slot.minted_wh)
        report.at_most("meters", name, "retired at most what was drawn", most=slot.import_wh, found=slot.retired_wh)
        end = DISCRIMINATOR_SIZE + SHARD_LAYOUT.size + (slot.index + 1) * SLOT_LAYOUT.size
        report.zeros(name, "reserved bytes of the slots", account.data[end - 3 : end])


async def _check_readings(report: AuditReport, history: History, shards: Sequence[MeterShard]) -> None:
    """Hold every slot against the readings, mints and retirements that transactions tell of."""
    past = await history.of([shard.address for shard in shards])
    try:
        record = replay_meters(past, {shard.address: shard.index for shard in shards})
    except HistoryIncomplete as error:
        report.skip("meters and history", "all meters", str(error))
        return
    for shard in shards:
        known = record.readings.get(shard.index, 0)
        report.compare("meters and history", f"shard {shard.index}", "readings", expected=known, found=shard.readings)
        for slot in shard.slots:
            meter = record.meters.get((shard.index, slot.index), MeterRecord())
            for name in ("meter", "user", "export_wh", "import_wh", "minted_wh", "retired_wh"):
                report.compare(
                    "meters and history",
                    f"meter in slot {slot.index} of shard {shard.index}",
                    name,
                    expected=getattr(meter, name),
                    found=getattr(slot, name),
                )
