"""What a fresh local chain is filled with: one market, its office, and members with money and energy."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from solders.keypair import Keypair

from ..addresses import program_data_address
from ..client import EnergyClient
from ..deployment import PAYMENT_DECIMALS, Member, add_member, create_market, initialize_programs
from ..exceptions import AccountError, InvalidInput
from ..oracle import Reading, interval_at
from ..program_files import program_files
from ..programs import PROGRAMS
from ..registry import UserType
from ..registry.errors import UserNotFound
from ..signers import Signer
from ..trading import Asset, Market, MarketTerms
from ..wallets import load_keypair, save_keypair

MARKET_ID: Final = 1
KEY_NAMES: Final = ("office", "payment-token", "alice", "bob")

PAYMENT: Final = 100 * 10**PAYMENT_DECIMALS
"""What each member has on its seat [payment base units]."""

ENERGY_WH: Final = 2_500
"""What Alice has on her seat [Wh]."""

# Of the upgradeable loader: what stands before a program's code.
_PROGRAM_HEADER_BYTES: Final = 45
_MEMBERS: Final = (("alice", UserType.PROSUMER), ("bob", UserType.CONSUMER))
_LAMPORTS: Final = 10_000_000_000
_RATED_POWER_W: Final = 11_000


@dataclass(frozen=True, slots=True, kw_only=True)
class World:
    """One market, the office that runs it, and its members by name."""

    market: Market
    office: Signer
    members: dict[str, Member]


def keys_folder() -> Path:
    """Where the keys of the local chain are kept, so that addresses stay the same from start to start."""
    base = os.environ.get("XDG_DATA_HOME") or Path.home() / ".local" / "share"
    return Path(base) / "energy-market" / "localnet"


def world_keys(folder: Path) -> dict[str, Keypair]:
    """The world's key pairs by name, from `<name>.json` in the folder; those that are missing are made.

    Raises:
        WalletError: a file holds no key pair.
        OSError: the folder or a file cannot be written.
    """
    keys = {}
    for name in KEY_NAMES:
        file = folder / f"{name}.json"
        if not file.exists():
            save_keypair(Keypair(), file)
        keys[name] = load_keypair(file)
    return keys


async def build_world(client: EnergyClient, *, keys: Mapping[str, Keypair], epoch_length_s: int) -> World:
    """Set up programs, a market and two members; the client's payer is the office that runs it all.

    Alice is a prosumer with 2.5 kWh, metered and minted as on any day; Bob is a consumer. Both have money.
    """
    await initialize_programs(client)
    # Four books go round in four epochs: one must not be kept longer than two of them.
    parameters = await client.governance.parameters()
    retention_s = min(parameters.book_retention_s, 2 * epoch_length_s)
    await client.governance.update_parameters(book_retention_s=retention_s)
    mint = await client.tokens.create_mint(decimals=PAYMENT_DECIMALS, mint=keys["payment-token"])
    terms = MarketTerms(payment_mint=mint, tick_size=1_000, tick_count=512, epoch_length_s=epoch_length_s)
    market = await create_market(client, terms, market_id=MARKET_ID)
    members = {
        name: await add_member(
            client,
            market,
            meter_id=_meter_id(name),
            user_type=user_type,
            rated_power_w=_RATED_POWER_W,
            key=keys[name],
            payment=PAYMENT,
            lamports=_LAMPORTS,
        )
        for name, user_type in _MEMBERS
    }
    alice = members["alice"]
    interval = interval_at(await client.transport.clock()) - 1
    reading = Reading(slot=alice.slot, interval=interval, export_wh=ENERGY_WH)
    await client.oracle.submit_meter_data(shard=alice.shard, readings=[reading])
    await client.oracle.mint_energy(meter=alice.meter)
    await client.trading.deposit(market, seat=alice.seat, asset=Asset.ENERGY, amount=ENERGY_WH, owner=alice.key)
    return World(market=market, office=client.payer, members=members)


async def find_world(client: EnergyClient, *, keys: Mapping[str, Keypair]) -> World:
    """The world that `build_world` made with these keys, on a chain that went on since.

    Raises:
        InvalidInput: the chain holds no such world.
    """
    try:
        market = await client.trading.market(MARKET_ID)
        members = {name: await _find_member(client, market, name=name, key=keys[name]) for name, _ in _MEMBERS}
    except (AccountError, UserNotFound) as error:
        raise InvalidInput(
            f"the chain holds no market with these keys ({error}); name the folder of its keys, or begin it again"
        ) from None
    return World(market=market, office=client.payer, members=members)


async def _find_member(client: EnergyClient, market: Market, *, name: str, key: Signer) -> Member:
    user = await client.registry.user(key=key.pubkey())
    meter = (await client.registry.meter(meter_id=_meter_id(name))).number
    place = await client.oracle.meter_slot(meter=meter)
    return Member(
        key=key,
        user=user.address,
        user_type=user.user_type,
        meter=meter,
        shard=place.shard,
        slot=place.slot,
        seat=await client.trading.seat_of(market, key=key.pubkey()),
    )


async def differing_programs(client: EnergyClient) -> list[str]:
    """Names of the programs whose code on the chain is not the one that this package brings."""
    files = program_files()
    accounts = await client.transport.get_accounts([program_data_address(PROGRAMS[name]) for name in PROGRAMS])
    return [
        name
        for (name, address), account in zip(PROGRAMS.items(), accounts, strict=True)
        if account is None or not account.data[_PROGRAM_HEADER_BYTES:].startswith(files[address].read_bytes())
    ]


def _meter_id(name: str) -> str:
    return f"meter of {name}"
