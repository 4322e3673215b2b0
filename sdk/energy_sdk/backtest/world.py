"""The chain of a backtest: in this process, with the scenario's market and a seat for everybody."""

from __future__ import annotations

from hashlib import sha256
from typing import Final

from solders.keypair import Keypair

from ..client import EnergyClient
from ..deployment import initialize_programs
from ..registry import UserType
from ..simulation.agents import budget
from ..simulation.clocks import AdvancedClock
from ..simulation.enrolment import Entrant, enrol
from ..simulation.village import Village
from ..simulation.world import Before, World
from ..trading import MarketTerms
from ..transports import LiteSvmTransport
from .scenario import PAYMENT_DECIMALS, Scenario

_LAMPORTS: Final = 1_000_000_000_000_000
_UTILITY_POWER_W: Final = 10_000_000
_MARKET: Final = 1
# Fee and community have seats as well, and the utility.
_SPARE_SEATS: Final = 3


async def build_world(scenario: Scenario, village: Village, *, utility_budget: int, first_interval: int) -> World:
    """Set up a chain on which the scenario's first epoch is about to begin.

    Args:
        village: the first day.
        utility_budget: money that the utility begins with [payment base units].
        first_interval: number of the first metered quarter hour.
    """
    office = _key(scenario, "office")
    # Nobody else can send to this chain, so that signatures prove nothing here.
    transport = LiteSvmTransport(
        upgrade_authority=office.pubkey(), unix_time=village.starts_at, history=False, verify_signatures=False
    )
    await transport.airdrop(office.pubkey(), _LAMPORTS)
    client = EnergyClient(transport, office)
    await initialize_programs(client)
    transport.set_time(village.starts_at + scenario.epoch_length_s)

    grid, seats = scenario.grid, scenario.homes + _SPARE_SEATS
    mint = await client.tokens.create_mint(decimals=PAYMENT_DECIMALS, mint=_key(scenario, "payment token"))
    market = await client.trading.create_market(
        MarketTerms(
            payment_mint=mint,
            price_min=grid.price_min,
            tick_size=grid.tick_size,
            tick_count=grid.tick_count,
            lot_wh=grid.lot_wh,
            price_rule=scenario.price_rule,
            tie_rule=scenario.tie_rule,
            fee_bps=scenario.fee_bps,
            epoch_length_s=scenario.epoch_length_s,
        ),
        market_id=_MARKET,
        energy_mint=(await client.energy_token.config()).mint,
        parameters=await client.governance.parameters(),
        seats=seats,
        orders_per_book=seats,
        anchor_ts=village.starts_at + scenario.epoch_length_s,
    )
    entrants = [
        Entrant(
            key=_key(scenario, home.name),
            meter_id=home.name,
            user_type=UserType.PROSUMER if home.is_prosumer else UserType.CONSUMER,
            rated_power_w=home.rated_power_w,
            payment=budget(home, tariffs=scenario.tariffs),
        )
        for home in village.homes
    ]
    utility = Entrant(
        key=_key(scenario, "utility"),
        meter_id="utility",
        user_type=UserType.CONSUMER,
        rated_power_w=_UTILITY_POWER_W,
        payment=utility_budget,
    )
    *members, buyer_of_last_resort = await enrol(client, market, [*entrants, utility], progress=lambda part: None)
    return World(
        client=client,
        clock=AdvancedClock(transport, first_interval=first_interval),
        market=market,
        members=tuple(members),
        utility=buyer_of_last_resort,
        payment_minted=await client.tokens.supply(mint=mint),
        before=Before(minted=0, burned=0, supply=0),
    )


def _key(scenario: Scenario, name: str) -> Keypair:
    return Keypair.from_seed(sha256(f"energy-market backtest/{scenario.seed}/{name}".encode()).digest())
