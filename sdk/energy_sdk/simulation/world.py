"""The village's market on a chain: programs, offices, a market of its own, and a seat for everybody."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from hashlib import sha256
from itertools import count
from typing import Final

from solders.keypair import Keypair

from ..client import EnergyClient
from ..deployment import PAYMENT_DECIMALS, Member, create_market, initialize_programs
from ..exceptions import AccountNotFound, InsufficientFunds
from ..governance.constants import MAX_READING_AGE_S
from ..governance.errors import UnauthorizedAuthority
from ..governance.pdas import GOVERNANCE_ADDRESS
from ..oracle import Role
from ..oracle.errors import UnauthorizedOperator
from ..programs import PROGRAMS
from ..registry import UserType
from ..registry.errors import NotRecRegulator
from ..trading import Market, MarketTerms
from ..transports import LiteSvmTransport
from .agents import Grid, Tariffs, Utility, budget
from .clocks import TRADING_TIME_S, DayClock, day_clock
from .enrolment import Entrant, enrol
from .village import INTERVAL_S, Village

_LAMPORTS: Final = 1_000_000_000_000
_UTILITY_POWER_W: Final = 10_000_000
# Fee and community have seats as well.
_SPARE_SEATS: Final = 8
_MARKET_NUMBERS: Final = 100

# Rent of programs' accounts, of a market with its ring, and of what a member and an epoch leave on the chain,
# with fees, rounded up.
_MARKET_LAMPORTS: Final = 1_000_000_000
_MEMBER_LAMPORTS: Final = 20_000_000
_EPOCH_LAMPORTS: Final = 5_000_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Before:
    """What the energy token said before the day, in GRID units."""

    minted: int
    burned: int
    supply: int


@dataclass(frozen=True, slots=True, kw_only=True)
class World:
    """Everything the day is traded with.

    The client's payer holds all offices of the village: it registers, reads meters, runs the market and pays
    the transactions of everybody. What belongs to a member only the member signs.
    """

    client: EnergyClient
    clock: DayClock
    market: Market
    members: tuple[Member, ...]
    """One for each home of the village, in its order."""
    utility: Member
    payment_minted: int
    """Money in the village [payment units]."""
    before: Before


def demo_key(seed: int, name: str) -> Keypair:
    """The key of a participant in process; it depends on seed and name, so that a day can be repeated exactly."""
    return Keypair.from_seed(sha256(f"energyctl demo/{seed}/{name}".encode()).digest())


async def own_chain(village: Village) -> EnergyClient:
    """A chain in this process on which the village's day is about to begin; the client's payer may do everything."""
    office = demo_key(village.seed, "office")
    transport = LiteSvmTransport(upgrade_authority=office.pubkey(), unix_time=village.starts_at)
    await transport.airdrop(office.pubkey(), _LAMPORTS)
    return EnergyClient(transport, office)


async def build_world(
    client: EnergyClient,
    village: Village,
    *,
    tariffs: Tariffs,
    grid: Grid,
    utility: Utility,
    epoch_length_s: int | None,
    progress: Callable[[str], None],
) -> World:
    """Set the village up on a chain, in a market of its own.

    Args:
        client: its payer is the upgrade authority of programs that nobody has initialised, or holds the offices
            of those that are: registry authority, oracle operator with both roles, and, on a chain whose clock
            runs by itself, governance.
        epoch_length_s: see `day_clock`.
        progress: called as each part of the work begins, with its name.

    Raises:
        AccountNotFound: the chain lacks a program.
        InsufficientFunds: the payer cannot pay for the day.
        NotDeployer, NotRecRegulator, UnauthorizedOperator, UnauthorizedAuthority: an office is missing.
        InvalidInput: as `day_clock` does.
    """
    progress("setting up the programs")
    await _require_programs(client)
    await _require_lamports(client, village)
    if await client.transport.get_account(GOVERNANCE_ADDRESS) is None:
        await initialize_programs(client)
    await _require_offices(client)
    clock = await day_clock(client, village, epoch_length_s=epoch_length_s)
    # The market's first epoch begins where the first metered quarter hour ends.
    await clock.end_of(0)

    progress("creating the market")
    in_process = isinstance(client.transport, LiteSvmTransport)

    def key(name: str) -> Keypair:
        # On a chain that others see, a key that anybody can derive would belong to anybody.
        return demo_key(village.seed, name) if in_process else Keypair()

    seats = len(village.homes) + _SPARE_SEATS
    async with suitable_parameters(client, clock, village):
        payment_mint = await client.tokens.create_mint(decimals=PAYMENT_DECIMALS, mint=key("payment token"))
        terms = MarketTerms(
            payment_mint=payment_mint,
            price_min=grid.price_min,
            tick_size=grid.tick_size,
            tick_count=grid.tick_count,
            lot_wh=grid.lot_wh,
            epoch_length_s=clock.epoch_length_s,
        )
        number = await _free_market_number(client)
        market = await create_market(client, terms, market_id=number, seats=seats, orders=seats)

    def entrant(name: str, user_type: UserType, rated_power_w: int, payment: int) -> Entrant:
        return Entrant(
            key=key(name),
            meter_id=f"market {market.id}, {name}",
            user_type=user_type,
            rated_power_w=rated_power_w,
            payment=payment,
        )

    *members, buyer_of_last_resort = await enrol(
        client,
        market,
        [
            *(
                entrant(
                    home.name,
                    UserType.PROSUMER if home.is_prosumer else UserType.CONSUMER,
                    home.rated_power_w,
                    budget(home, tariffs=tariffs),
                )
                for home in village.homes
            ),
            entrant("utility", UserType.CONSUMER, _UTILITY_POWER_W, utility.budget),
        ],
        progress=progress,
    )
    config = await client.energy_token.config()
    return World(
        client=client,
        clock=clock,
        market=market,
        members=tuple(members),
        utility=buyer_of_last_resort,
        payment_minted=await client.tokens.supply(mint=payment_mint),
        before=Before(minted=config.minted, burned=config.burned, supply=await client.tokens.supply(mint=config.mint)),
    )


async def _require_programs(client: EnergyClient) -> None:
    accounts = await client.transport.get_accounts(list(PROGRAMS.values()))
    missing = [
        name for name, account in zip(PROGRAMS, accounts, strict=True) if account is None or not account.executable
    ]
    if missing:
        raise AccountNotFound(
            f"this chain lacks the programs {', '.join(missing)}; deploy them, or use a local chain "
            "(`energyctl localnet start`)"
        )


async def _require_lamports(client: EnergyClient, village: Village) -> None:
    payer = client.payer.pubkey()
    needed = _MARKET_LAMPORTS + len(village.homes) * _MEMBER_LAMPORTS + village.intervals * _EPOCH_LAMPORTS
    owned = await client.tokens.lamports(owner=payer)
    if owned < needed:
        raise InsufficientFunds(
            f"{payer} has {owned / 1e9:.2f} SOL; this day needs {needed / 1e9:.2f} SOL for rent and fees: fund it "
            "(`solana airdrop` on a test network), or use another key"
        )


async def _require_offices(client: EnergyClient) -> None:
    payer = client.payer.pubkey()
    advice = f"{payer} does not hold it; on a chain of `energyctl localnet start` the office's key file does"
    if payer not in (await client.registry.registry()).authorities:
        raise NotRecRegulator(message=f"registering the village takes a registry authority: {advice}")
    operator = await client.oracle.operator(key=payer)
    if operator is None or operator.roles != Role.AMI | Role.OPERATOR:
        raise UnauthorizedOperator(message=f"metering and clearing take an operator with both roles: {advice}")


@asynccontextmanager
async def suitable_parameters(client: EnergyClient, clock: DayClock, village: Village) -> AsyncIterator[None]:
    """While in here, new markets suit a running clock; readings of the whole day are accepted from now on."""
    before = await client.governance.parameters()
    age_s = village.intervals * INTERVAL_S + TRADING_TIME_S
    # Books must be free again before the ring has gone round.
    retention_s = 2 * clock.epoch_length_s
    if not clock.runs or (before.reading_max_age_s >= age_s and before.book_retention_s <= retention_s):
        yield
        return
    try:
        await client.governance.update_parameters(
            reading_max_age_s=max(before.reading_max_age_s, min(MAX_READING_AGE_S, age_s)),
            book_retention_s=min(before.book_retention_s, retention_s),
        )
    except UnauthorizedAuthority as error:
        raise UnauthorizedAuthority(
            message=f"epochs of seconds and readings of the last {age_s // 3_600} hours are for governance to allow, "
            f"and {client.payer.pubkey()} does not govern here"
        ) from error
    yield
    if before.book_retention_s > retention_s:
        await client.governance.update_parameters(book_retention_s=before.book_retention_s)


async def _free_market_number(client: EnergyClient) -> int:
    for first in count(1, _MARKET_NUMBERS):
        taken = {market.id for market in await client.trading.markets(range(first, first + _MARKET_NUMBERS))}
        free = next((number for number in range(first, first + _MARKET_NUMBERS) if number not in taken), None)
        if free is not None:
            return free
    raise AssertionError("unreachable")
