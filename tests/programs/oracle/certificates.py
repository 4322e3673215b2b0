"""What the tests of certificates share."""

from __future__ import annotations

from energy_sdk.oracle import Certificate, CertificateState, EnergySource, events, instructions

from tests.programs.oracle.conftest import Point
from tests.support.world import World


async def export(point: Point, energy_wh: int, *, age: int = 1) -> None:
    """A reading of the interval that ended `age - 1` intervals ago."""
    await point.report(await point.world.interval() - age, export_wh=energy_wh)


async def issue(point: Point, energy_wh: int, source: EnergySource = EnergySource.SOLAR) -> Certificate:
    """Certify the next `energy_wh` of what the meter exported."""
    receipt = await point.world.client.oracle.issue_certificate(meter=point.number, energy_wh=energy_wh, source=source)
    index = receipt.one(events.CertificateIssued).index
    return await point.world.client.oracle.certificate(meter=point.number, index=index)


async def hand_over(world: World, point: Point, successor: Point) -> None:
    """Mint what is left and give the meter to the successor's user."""
    slot = await point.state()
    if slot.mintable_wh:
        await world.client.oracle.mint_energy(meter=point.number)
    await world.client.registry.unassign_meter(meter_id=point.meter_id)
    await world.client.registry.assign_meter(user=successor.user, meter_id=point.meter_id, rated_power_w=40_000)
    await world.send(instructions.refresh_meter(meter=point.meter, user=successor.user, shard=point.shard))


async def sound(world: World, *points: Point) -> None:
    """No watt-hour has two certificates, and none is certified that was not exported.

    Live and retired certificates of a meter are disjoint and lie below its certified mark, which lies below its
    export; what was split is covered exactly by the others.
    """
    for point in points:
        pointer = await world.client.oracle.meter_slot(meter=point.number)
        slot = await point.state()
        every = await world.client.oracle.certificates(meter=point.number)
        assert len(every) == pointer.certificate_count
        assert [certificate.index for certificate in every] == list(range(len(every)))
        standing = sorted(
            (certificate for certificate in every if certificate.state is not CertificateState.SPLIT),
            key=lambda certificate: certificate.from_wh,
        )
        end = 0
        for certificate in standing:
            assert end <= certificate.from_wh < certificate.to_wh
            end = certificate.to_wh
        assert end <= pointer.certified_wh <= slot.export_wh
        for split in (certificate for certificate in every if certificate.state is CertificateState.SPLIT):
            inside = [c for c in standing if split.from_wh <= c.from_wh and c.to_wh <= split.to_wh]
            assert sum(c.energy_wh for c in inside) == split.energy_wh
