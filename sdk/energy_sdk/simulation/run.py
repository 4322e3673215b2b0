"""A village's whole day: the world is built, the day traded, and the outcome held against the chain."""

from __future__ import annotations

from collections.abc import Callable
from random import Random
from typing import Final

from ..client import EnergyClient
from ..transports import RpcTransport
from ..units import grid_to_wh
from .agents import Grid, Tariffs, Utility, budget, draw_trader
from .books import Position, day_result
from .checks import check_custody, check_history, check_withdrawals
from .day import MarketDay, Participant, Settled
from .report import ChainFacts, Check, DayResult, GroundFacts, MarketFacts, choose_book
from .village import Village
from .world import build_world, own_chain

Progress = Callable[[int, int, str], None]
"""Called with steps done, steps in all, and what is going on."""

# Parts of setting up that report their beginning: see `build_world` and `enrol`.
_PREPARATIONS: Final = 6


async def run_day(
    village: Village,
    *,
    client: EnergyClient | None = None,
    epoch_length_s: int | None = None,
    progress: Progress = lambda done, total, what: None,
    settled: Settled | None = None,
) -> DayResult:
    """Trade the village's day and hold the outcome against the chain.

    Energy, money and prices are the same on every chain.

    Args:
        client: whose chain to use, see `build_world`; one in this process by default. Nobody else may mint or
            retire energy there, or register, until the day is over.
        epoch_length_s: length of an epoch [s] on a chain whose time passes by itself, see `day_clock`.

    Raises:
        InvalidInput, AccountNotFound, InsufficientFunds, ProgramError: the chain does not suit, see `build_world`.
        TransactionFailed: the chain refused a transaction; the day has none that should be refused.
        TransportError: the chain could not be asked.
    """
    if client is None:
        client = await own_chain(village)
    tariffs, grid, utility = Tariffs(), Grid(), Utility()
    steps = _PREPARATIONS + village.intervals + 1
    done = -1

    def step(what: str) -> None:
        nonlocal done
        done += 1
        progress(done, steps, what)

    world = await build_world(
        client, village, tariffs=tariffs, grid=grid, utility=utility, epoch_length_s=epoch_length_s, progress=step
    )
    step("trading")
    homes = [
        Participant(
            member=member,
            position=Position(payment=budget(home, tariffs=tariffs)),
            policy=draw_trader(home, tariffs=tariffs, rng=Random(f"{village.seed}/{home.name}")),
        )
        for home, member in zip(village.homes, world.members, strict=True)
    ]
    buyer_of_last_resort = Participant(member=world.utility, position=Position(payment=utility.budget), policy=utility)
    day = MarketDay(
        world=world,
        village=village,
        tariffs=tariffs,
        grid=grid,
        participants=[*homes, buyer_of_last_resort],
        rng=Random(village.seed),
        settled=settled,
    )
    await day.run(lambda: step("trading"))

    positions = [participant.position for participant in day.participants]
    checks: list[Check] = [
        *await check_history(world, village, positions, day.rows, tallies=day.tallies),
        *await check_custody(world, [(p.member, p.position) for p in day.participants]),
    ]
    await day.withdraw()
    checks += await check_withdrawals(world, [(p.member, p.position) for p in day.participants])

    config = await client.energy_token.config()
    market = await client.trading.market(world.market.id)
    usage = client.transactions.usage
    return day_result(
        village=village,
        members=positions[:-1],
        utility=positions[-1],
        market=MarketFacts(
            price_rule=market.price_rule.name.lower(),
            tie_rule=market.tie_rule.name.lower(),
            fee_bps=market.fee_bps,
            tick_size=market.tick_size,
            lot_wh=market.lot_wh,
            epoch_length_s=world.clock.epoch_length_s,
            tariffs=tariffs,
        ),
        epochs=day.rows,
        minted_wh=grid_to_wh(config.minted - world.before.minted),
        book=day.books[choose_book(day.rows)],
        ground=GroundFacts(
            url=client.transport.url if isinstance(client.transport, RpcTransport) else None,
            market=market.id,
            first_interval=world.clock.first_interval,
        ),
        chain=ChainFacts(transactions=usage.transactions, compute_units=usage.compute_units),
        checks=checks,
    )
