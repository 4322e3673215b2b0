"""Certificates can be found without searching the chain, and any sequence of steps leaves them sound."""

from __future__ import annotations

from random import Random

import pytest
from energy_sdk.exceptions import EnergyError
from energy_sdk.oracle import CertificateState, EnergySource

from tests.programs.oracle.certificates import export, hand_over, issue, sound
from tests.programs.oracle.conftest import Connect, Point
from tests.support.world import World

STEPS = 60


async def test_a_users_certificates_are_found_on_every_meter(world: World, connect: Connect, point: Point) -> None:
    """Those that came by transfer too; what was split or given away is not among them."""
    other, client = await connect(), world.client.oracle
    for meter in (point, other):
        await export(meter, 1_000)
        await issue(meter, 600)
        await issue(meter, 400)
    await client.transfer_certificate(meter=other.number, index=1, recipient=point.user, owner=other.owner)
    await client.split_certificate(meter=point.number, index=0, energy_wh=100, owner=point.owner)
    await client.retire_certificate(meter=point.number, index=2, beneficiary="me", owner=point.owner)

    held = await client.certificates_of(user=point.user)

    mine = [(certificate.meter, certificate.index) for certificate in held]
    assert mine == [(point.meter, 1), (point.meter, 2), (point.meter, 3), (other.meter, 1)]
    assert {certificate.owner for certificate in held} == {point.user}
    assert [c.index for c in await client.certificates_of(user=1)] == [0]


@pytest.mark.parametrize("seed", range(3))
async def test_any_sequence_of_steps_leaves_certificates_sound(world: World, connect: Connect, seed: int) -> None:
    """Issue, transfer, split, retire, hand over, in any order: no watt-hour is certified or claimed twice."""
    random = Random(seed)
    points = [await connect() for _ in range(3)]
    owners = {point.user: point.owner for point in points}
    client = world.client.oracle
    done: set[str] = set()
    retired: dict[tuple[int, int], int] = {}

    async def step() -> str:
        point = random.choice(points)
        every = await client.certificates(meter=point.number)
        match random.choice(("export", "issue", "issue", "split", "transfer", "retire", "hand over")):
            case "issue":
                await issue(point, random.randint(1, 900), random.choice(list(EnergySource)))
                return "issue"
            case "split" if every:
                chosen = random.choice(every)
                energy_wh = random.randint(0, chosen.energy_wh)
                await client.split_certificate(
                    meter=point.number, index=chosen.index, energy_wh=energy_wh, owner=owners[chosen.owner]
                )
                return "split"
            case "transfer" if every:
                chosen = random.choice(every)
                await client.transfer_certificate(
                    meter=point.number,
                    index=chosen.index,
                    recipient=random.choice(points).user,
                    owner=owners[chosen.owner],
                )
                return "transfer"
            case "retire" if every:
                chosen = random.choice(every)
                await client.retire_certificate(
                    meter=point.number, index=chosen.index, beneficiary="somebody", owner=owners[chosen.owner]
                )
                retired[point.number, chosen.index] = chosen.energy_wh
                return "retire"
            case "hand over":
                await hand_over(world, point, random.choice(points))
                return "hand over"
            case _:
                world.transport.advance(2 * 900)
                await export(point, random.randint(1, 1_000))
                return "export"

    for _ in range(STEPS):
        before = await world.transport.snapshot()
        try:
            done.add(await step())
        except EnergyError:
            # A refusal is part of the game, and changes no account.
            for address, account in before.items():
                now = await world.transport.get_account(address)
                assert now == account or address == world.chief.pubkey()
        await sound(world, *points)

    assert done == {"export", "issue", "split", "transfer", "retire", "hand over"}
    claimed = {
        (point.number, certificate.index): certificate.energy_wh
        for point in points
        for certificate in await client.certificates(meter=point.number)
        if certificate.state is CertificateState.RETIRED
    }
    assert claimed == retired
