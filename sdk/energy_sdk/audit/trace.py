"""Where the energy of one reading went, step by step, until it was used.

A trace ID names one reading: `METER:INTERVAL`, the meter by its identifier or account address, the interval by
its number (start in unix seconds divided by 900), e.g. `M-1:1944445`. The signature of a transaction that
recorded a single reading with export is taken for that reading.

GRID is fungible, so which kilowatt-hour went where is a convention, the same everywhere in this package:

- First in, first out: what a meter, a wallet or a seat gives away is what it has had longest. An order does not
  set energy aside; a fill takes what the seat has had longest when the epoch is settled.
- Within an epoch, by overlap of fill intervals: filled bids, best price first and then oldest first, are laid end
  to end, filled asks likewise, and two orders trade where they overlap (`energy_sdk.trading.trades`).

Every step is split into steps of the same total: nothing appears and nothing is lost on the way.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from solders.pubkey import Pubkey
from solders.signature import Signature

from ..client import EnergyClient
from ..exceptions import AccountNotFound, InvalidInput
from ..oracle import MeterShard
from ..registry import Meter
from ..tokens import token_balance
from .history import History
from .metering import submitted_calls
from .replay import replay
from .steps import Step
from .walk import Walk


@dataclass(frozen=True, slots=True, kw_only=True)
class Trace:
    """The way of one reading's export.

    Attributes:
        trace_id: in its canonical form, `IDENTIFIER:INTERVAL`.
        market: number of the market that was looked at.
        payment_decimals: of the market's payment token.
        root: the reading.
        notes: what could not be followed.
    """

    trace_id: str
    market: int
    payment_decimals: int
    root: Step
    notes: tuple[str, ...] = ()


async def trace(client: EnergyClient, market: int, trace_id: str) -> Trace:
    """Follow the energy of a reading through a market.

    Raises:
        InvalidInput: the trace ID is none, names several readings, or a reading without export.
        AccountNotFound: no such meter, market or reading.
        HistoryIncomplete: the chain does not remember enough.
    """
    history = History(client.transport)
    state = await client.trading.market(market)
    shards = [shard async for shard in client.oracle.shards()]
    meter, interval = await _resolve(client, history, shards, trace_id)
    place = await client.oracle.meter_slot(meter=meter.address)
    start = shards[place.shard].address, place.slot
    record = replay(
        await history.of([state.address, state.ledger]),
        market=state.address,
        market_id=market,
        ledger=state.ledger,
    )
    canonical = f"{meter.meter_id}:{interval}"
    addresses = [state.address, state.ledger, *(shard.address for shard in shards)]
    wallets: set[Pubkey] = set()
    while True:
        # A wallet's own list says in which order it was filled and emptied; which wallets matter shows on the way.
        past = await history.of([*addresses, *sorted(wallets, key=bytes)])
        walk = Walk(state, record, {shard.address: shard for shard in shards}, start, interval)
        walk.run(past)
        if walk.wallets <= wallets:
            break
        wallets |= walk.wallets
    if walk.root is None:
        raise AccountNotFound(f"meter {meter.meter_id} has no recorded reading of interval {interval}")
    if not walk.root.grid:
        raise InvalidInput(f"the reading {canonical} holds no export, so there is no energy to follow")
    walk.finish()
    return Trace(
        trace_id=canonical,
        market=market,
        payment_decimals=state.payment_decimals,
        root=walk.root,
        notes=tuple(await _differences(client, walk)),
    )


async def _differences(client: EnergyClient, walk: Walk) -> list[str]:
    notes = []
    for wallet in sorted(walk.wallets, key=bytes):
        held = token_balance(await client.transport.get_account(wallet))
        followed = sum(grid for grid, _ in walk.pockets[wallet])
        if held != followed:
            notes.append(
                f"token account {wallet} holds {held} GRID base units, and {followed} by what could be followed; "
                "other programs moved the difference"
            )
    return notes


async def _resolve(
    client: EnergyClient, history: History, shards: Sequence[MeterShard], trace_id: str
) -> tuple[Meter, int]:
    """Meter and interval that a trace ID names."""
    name, colon, number = trace_id.rpartition(":")
    if colon:
        if not name or not number.isdecimal():
            raise InvalidInput(f"{trace_id!r} is no trace ID; use METER:INTERVAL, e.g. M-1:1944445")
        return await _meter(client, name), int(number)
    try:
        signature = Signature.from_string(trace_id)
    except ValueError:
        raise InvalidInput(
            f"{trace_id!r} is no trace ID; use METER:INTERVAL, e.g. M-1:1944445, or the signature of a reading"
        ) from None
    transaction = await history.read(signature)
    if transaction is None:
        raise AccountNotFound(f"the chain does not know transaction {signature}")
    slots = {shard.address: shard.slots for shard in shards}
    found = [
        (slots[shard][reading.slot].meter, reading.interval)
        for shard, readings in submitted_calls(transaction)
        for reading in readings
        if reading.export_wh
    ]
    if len(found) != 1:
        names = [f"{(await client.registry.meter(meter=meter)).meter_id}:{interval}" for meter, interval in found[:3]]
        hint = f"; name one, e.g. {', '.join(names)}" if names else ""
        raise InvalidInput(f"transaction {signature} recorded {len(found)} readings with export{hint}")
    meter, interval = found[0]
    return await client.registry.meter(meter=meter), interval


async def _meter(client: EnergyClient, name: str) -> Meter:
    try:
        return await client.registry.meter(meter=Pubkey.from_string(name))
    except ValueError:
        return await client.registry.meter(meter_id=name)
