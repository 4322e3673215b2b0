"""Every reading counts once, and every Wh is minted once, in whatever order and however often they are sent."""

from __future__ import annotations

import random
from collections.abc import Sequence

import pytest
from energy_sdk.oracle import errors

from tests.programs.oracle.conftest import Connect, Point
from tests.support.world import World

INTERVALS = 40
METERS = 3


class Ledger:
    """What the chain should hold: the accepted export of each meter and interval [Wh]."""

    def __init__(self) -> None:
        self.accepted: dict[tuple[int, int], int] = {}
        self.minted: dict[int, int] = {}

    def accepts(self, batch: Sequence[tuple[int, int, int]]) -> bool:
        """Whether no interval of `batch` (meter, interval, export) is taken or comes twice."""
        keys = [(meter, interval) for meter, interval, _ in batch]
        return len(set(keys)) == len(keys) and not self.accepted.keys() & set(keys)

    def record(self, batch: Sequence[tuple[int, int, int]]) -> None:
        """Keep an accepted batch."""
        self.accepted |= {(meter, interval): export for meter, interval, export in batch}

    def exported(self, meter: int) -> int:
        """Accepted export of a meter [Wh]."""
        return sum(export for (owner, _), export in self.accepted.items() if owner == meter)


@pytest.mark.parametrize("seed", range(6))
async def test_each_wh_is_minted_once_in_any_order(world: World, connect: Connect, seed: int) -> None:
    """Random batches, repetitions, other values for the same interval, and mintings in between."""
    rng = random.Random(seed)
    points = [await connect() for _ in range(METERS)]
    last = await world.interval() - 1
    truth = {(meter, last - age): rng.randrange(1, 10_000) for meter in range(METERS) for age in range(INTERVALS)}
    queue = [(meter, interval, export) for (meter, interval), export in truth.items()]
    # A third comes twice, half of these with another value: the first one that arrives counts.
    queue += [
        (meter, interval, rng.choice((export, rng.randrange(10_000))))
        for meter, interval, export in rng.sample(queue, len(queue) // 3)
    ]
    rng.shuffle(queue)
    ledger = Ledger()

    while queue:
        size = rng.randrange(1, 9)
        batch, queue = queue[:size], queue[size:]
        await _submit(world, points, ledger, batch, resend=rng.random() < 0.3)
        if rng.random() < 0.3:
            await _mint(world, points, ledger, rng.randrange(METERS))
    for (meter, interval), export in truth.items():
        if (meter, interval) not in ledger.accepted:
            await _submit(world, points, ledger, [(meter, interval, export)])
    for meter in range(METERS):
        await _mint(world, points, ledger, meter)

    assert set(ledger.accepted) == set(truth)
    assert (await world.client.oracle.shard(shard=0)).readings == len(truth)
    total = 0
    for meter, point in enumerate(points):
        slot = await point.state()
        assert slot.export_wh == slot.minted_wh == ledger.exported(meter)
        assert await world.client.energy_token.balance_wh(owner=point.owner.pubkey()) == ledger.exported(meter)
        total += ledger.exported(meter)
    config = await world.client.energy_token.config()
    assert (config.minted, config.burned) == (total * 1_000_000, 0)


async def _submit(
    world: World,
    points: Sequence[Point],
    ledger: Ledger,
    batch: Sequence[tuple[int, int, int]],
    *,
    resend: bool = False,
) -> None:
    readings = [points[meter].reading(interval, export_wh=export) for meter, interval, export in batch]
    if ledger.accepts(batch):
        await world.client.oracle.submit_meter_data(shard=0, readings=readings)
        ledger.record(batch)
        if not resend:
            return
    async with world.refused(errors.DuplicateReading):
        await world.client.oracle.submit_meter_data(shard=0, readings=readings)


async def _mint(world: World, points: Sequence[Point], ledger: Ledger, meter: int) -> None:
    exported = ledger.exported(meter)
    if exported > ledger.minted.get(meter, 0):
        await world.client.oracle.mint_energy(meter=points[meter].number)
        ledger.minted[meter] = exported
    async with world.refused(errors.NothingToMint):
        await world.client.oracle.mint_energy(meter=points[meter].number)
