"""The village's chain: in this process, with programs, a market, and a seat for everybody."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from hashlib import sha256

from solders.keypair import Keypair

from ..client import EnergyClient
from ..deployment import PAYMENT_DECIMALS, Member, add_member, create_market, initialize_programs
from ..registry import UserType
from ..trading import Market, MarketTerms
from ..transports import LiteSvmTransport, Outcome, SignedTransaction
from .agents import Grid, Tariffs, Utility, budget
from .books import metered_epoch_start
from .village import Village

_LAMPORTS = 1_000_000_000_000
_UTILITY_POWER_W = 10_000_000


class CountingTransport(LiteSvmTransport):
    """An in-process chain that keeps count of what it executed."""

    transactions = 0
    compute_units = 0

    async def send(self, transaction: SignedTransaction, *, last_valid_block_height: int = 0) -> Outcome:
        outcome = await super().send(transaction, last_valid_block_height=last_valid_block_height)
        self.transactions += 1
        self.compute_units += outcome.compute_units
        return outcome


@dataclass(frozen=True, slots=True, kw_only=True)
class World:
    """Everything the day is traded with.

    The client's payer holds all offices of the village: it registers, reads meters, runs the market and pays
    the transactions of everybody. What belongs to a member only the member signs.
    """

    transport: CountingTransport
    client: EnergyClient
    market: Market
    members: tuple[Member, ...]
    """One for each home of the village, in its order."""
    utility: Member
    payment_minted: int
    """Money in the village [payment units]."""


def demo_key(seed: int, name: str) -> Keypair:
    """The key of a participant; it depends on seed and name, so that a day can be repeated exactly."""
    return Keypair.from_seed(sha256(f"energyctl demo/{seed}/{name}".encode()).digest())


async def build_world(
    village: Village, *, tariffs: Tariffs, grid: Grid, utility: Utility, progress: Callable[[], None]
) -> World:
    """Set up a chain on which the first metered quarter hour has just ended.

    Args:
        progress: called once for every participant.
    """
    office = demo_key(village.seed, "office")
    transport = CountingTransport(upgrade_authority=office.pubkey(), unix_time=metered_epoch_start(village, 1))
    await transport.airdrop(office.pubkey(), _LAMPORTS)
    client = EnergyClient(transport, office)
    await initialize_programs(client)

    seats = len(village.homes) + 8
    payment_mint = await client.tokens.create_mint(
        decimals=PAYMENT_DECIMALS, mint=demo_key(village.seed, "payment token")
    )
    terms = MarketTerms(
        payment_mint=payment_mint,
        price_min=grid.price_min,
        tick_size=grid.tick_size,
        tick_count=grid.tick_count,
        lot_wh=grid.lot_wh,
    )
    market = await create_market(client, terms, seats=seats, orders=seats)

    async def join(name: str, user_type: UserType, rated_power_w: int, payment: int) -> Member:
        member = await add_member(
            client,
            market,
            meter_id=f"meter of {name}",
            user_type=user_type,
            rated_power_w=rated_power_w,
            key=demo_key(village.seed, name),
            payment=payment,
        )
        progress()
        return member

    members = [
        await join(
            home.name,
            UserType.PROSUMER if home.is_prosumer else UserType.CONSUMER,
            home.rated_power_w,
            budget(home, tariffs=tariffs),
        )
        for home in village.homes
    ]
    return World(
        transport=transport,
        client=client,
        market=market,
        members=tuple(members),
        utility=await join("utility", UserType.CONSUMER, _UTILITY_POWER_W, utility.budget),
        payment_minted=await client.tokens.supply(mint=payment_mint),
    )
