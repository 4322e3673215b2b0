"""Agents: keys that trade for a seat within limits."""

from __future__ import annotations

from typing import Annotated

import typer
from energy_sdk import EnergyClient, Pubkey, Receipt
from energy_sdk.exceptions import InvalidInput
from energy_sdk.trading import Agent, AgentLimits, Market, Seat
from energy_sdk.trading.agents import UNLIMITED
from energy_sdk.units import kwh_to_wh, to_base_units

from ..context import session
from ..render import kwh, money, rfc3339
from ..views import agent_json, agent_rows, agent_state, receipt_json, receipt_rows
from .arguments import KeyReference, MarketId, SeatNumber, address, unix_time

app = typer.Typer(help="Agents: keys that trade for your seat within limits and never withdraw.", no_args_is_help=True)

_DAY = "on a day (UTC), earnings subtracted; nothing by default."
_MONTH = "in a calendar month; what its days allow by default."
PaymentDay = Annotated[
    str | None, typer.Option("--payment-per-day", metavar="AMOUNT", help=f"Payment tokens that it may spend {_DAY}")
]
PaymentMonth = Annotated[
    str | None, typer.Option("--payment-per-month", metavar="AMOUNT", help=f"Payment tokens {_MONTH}")
]
EnergyDay = Annotated[
    str | None, typer.Option("--energy-per-day", metavar="KWH", help=f"Energy that it may sell {_DAY}")
]
EnergyMonth = Annotated[str | None, typer.Option("--energy-per-month", metavar="KWH", help=f"Energy {_MONTH}")]
Expires = Annotated[
    str | None, typer.Option("--expires", metavar="TIME", help="When the grant ends; never by default.")
]


@app.command(epilog="Example: energyctl agent authorize 1 bot.json --payment-per-day 5 --energy-per-day 3")
def authorize(
    context: typer.Context,
    market: MarketId,
    key: KeyReference,
    payment_per_day: PaymentDay = None,
    payment_per_month: PaymentMonth = None,
    energy_per_day: EnergyDay = None,
    energy_per_month: EnergyMonth = None,
    expires: Expires = None,
    seat: SeatNumber = None,
) -> None:
    """Let a key place and cancel your seat's orders, or change what it may. It never moves tokens.

    All limits are set anew. What your own orders spend counts, too.
    """
    if payment_per_day is None and energy_per_day is None:
        raise InvalidInput("say what the agent may spend on a day: --payment-per-day, --energy-per-day, or both")
    cli = session(context)
    agent = address(key, "agent")

    async def send(client: EnergyClient) -> tuple[Market, Seat, Agent, int, Receipt]:
        state = await client.trading.market(market)

        def payment(text: str | None, default: int) -> int:
            return default if text is None else to_base_units(text, decimals=state.payment_decimals)

        def energy(text: str | None, default: int) -> int:
            return default if text is None else kwh_to_wh(text)

        limits = AgentLimits(
            payment_per_day=payment(payment_per_day, 0),
            payment_per_month=payment(payment_per_month, UNLIMITED),
            energy_per_day=energy(energy_per_day, 0),
            energy_per_month=energy(energy_per_month, UNLIMITED),
            expires_at=None if expires is None else unix_time(expires),
        )
        number = await _own(client, state, seat)
        receipt = await client.trading.authorize_agent(state, seat=number, agent=agent, limits=limits)
        return *await _read(client, state, number, agent), receipt

    state, holder, found, now, receipt = cli.write(send)
    cli.output.facts(
        {"agent": agent_json(found, holder, state, now), "transaction": receipt_json(receipt)},
        title=f"Agent {found.ordinal} of seat {holder.index} of market {market}",
        rows=[*agent_rows(found, holder, state, now), *receipt_rows(receipt)],
    )


@app.command(epilog="Example: energyctl agent revoke 1 bot.json")
def revoke(context: typer.Context, market: MarketId, key: KeyReference, seat: SeatNumber = None) -> None:
    """End what an agent may do; its rent goes to who authorized it. An agent may give up itself: name the --seat."""
    cli = session(context)
    agent = address(key, "agent")

    async def send(client: EnergyClient) -> tuple[int, Receipt]:
        state = await client.trading.market(market)
        number = await _own(client, state, seat)
        return number, await client.trading.revoke_agent(state, seat=number, agent=agent)

    number, receipt = cli.write(send)
    cli.output.facts(
        {"market": market, "seat": number, "key": str(agent), "transaction": receipt_json(receipt)},
        title=f"Revoked {agent} as agent of seat {number} of market {market}",
        rows=receipt_rows(receipt),
    )


@app.command(epilog="Example: energyctl agent show 1 bot.json")
def show(context: typer.Context, market: MarketId, key: KeyReference, seat: SeatNumber = None) -> None:
    """What an agent may still spend today, its limits and its standing."""
    cli = session(context)
    agent = address(key, "agent")
    own = cli.public_key if seat is None else None

    async def read(client: EnergyClient) -> tuple[Market, Seat, Agent, int]:
        state = await client.trading.market(market)
        return await _read(client, state, await _number(client, state, seat, own), agent)

    state, holder, found, now = cli.read(read)
    cli.output.facts(
        {"agent": agent_json(found, holder, state, now)},
        title=f"Agent {found.ordinal} of seat {holder.index} of market {market}",
        rows=agent_rows(found, holder, state, now),
    )


@app.command("list", epilog="Example: energyctl agent list 1")
def list_(context: typer.Context, market: MarketId, seat: SeatNumber = None) -> None:
    """Every key that may trade for a seat."""
    cli = session(context)
    own = cli.public_key if seat is None else None

    async def read(client: EnergyClient) -> tuple[Market, Seat, tuple[Agent, ...], int]:
        state = await client.trading.market(market)
        number = await _number(client, state, seat, own)
        holder, now = await client.trading.seat(state, number), await client.transport.clock()
        return state, holder, await client.trading.agents(state, seat=number), now

    state, holder, agents, now = cli.read(read)
    decimals = state.payment_decimals
    cli.output.table(
        {
            "market": market,
            "seat": holder.index,
            "agents": [agent_json(agent, holder, state, now) for agent in agents],
        },
        title=f"Seat {holder.index} of market {market}",
        columns=(">agent", "state", ">payment a day", ">energy a day", "expires", "key"),
        rows=(
            (
                str(agent.ordinal),
                agent_state(agent, holder, now),
                money(agent.limits.payment_per_day, decimals),
                kwh(agent.limits.energy_per_day),
                "never" if agent.limits.expires_at is None else rfc3339(agent.limits.expires_at),
                str(agent.key),
            )
            for agent in agents
        ),
        empty="The seat has no agents.",
    )


async def _own(client: EnergyClient, market: Market, seat: int | None) -> int:
    return await _number(client, market, seat, client.payer.pubkey())


async def _number(client: EnergyClient, market: Market, seat: int | None, key: Pubkey | None) -> int:
    if seat is not None:
        return seat
    assert key is not None
    return await client.trading.seat_of(market, key=key)


async def _read(client: EnergyClient, market: Market, seat: int, key: Pubkey) -> tuple[Market, Seat, Agent, int]:
    found = await client.trading.agent(market, seat=seat, key=key)
    return market, await client.trading.seat(market, seat), found, await client.transport.clock()
