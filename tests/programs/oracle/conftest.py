"""A market whose metering service and crank are keys of their own, and metering points to read."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass

import pytest
from energy_sdk import Keypair, Pubkey, Receipt
from energy_sdk._generated.oracle import instructions as generated
from energy_sdk._generated.oracle.types import ReadingBatch
from energy_sdk.governance.pdas import PARAMETERS_ADDRESS, PAUSE_ADDRESS
from energy_sdk.oracle import Reading, ReadingSlot, Role, events, pdas
from energy_sdk.registry import UserType
from energy_sdk.registry import events as registry_events
from solders.instruction import Instruction

from tests.support.world import World, keypair

RATED_POWER_W = 40_000
LIMIT_WH = 10_000
"""What 40 kW make in 15 minutes."""


@dataclass(frozen=True, kw_only=True)
class Point:
    """A meter that is attached to the oracle, with its user.

    `owner` signs for the user, `meter_key` for the meter; `user` and `meter` are the registry's accounts.
    """

    world: World
    owner: Keypair
    meter_key: Keypair
    meter_id: str
    number: int
    user: Pubkey
    meter: Pubkey
    shard: int
    slot: int

    async def state(self) -> ReadingSlot:
        """The meter's slot as it is now."""
        return (await self.world.client.oracle.shard(shard=self.shard)).slots[self.slot]

    def reading(self, interval: int, *, export_wh: int = 0, import_wh: int = 0) -> Reading:
        """A reading of this meter."""
        return Reading(slot=self.slot, interval=interval, export_wh=export_wh, import_wh=import_wh)

    async def report(
        self, interval: int, *, export_wh: int = 0, import_wh: int = 0, submitter: Keypair | None = None
    ) -> Receipt:
        """Submit one reading, as the chief if nobody else is given."""
        return await self.world.client.oracle.submit_meter_data(
            shard=self.shard,
            readings=[self.reading(interval, export_wh=export_wh, import_wh=import_wh)],
            submitter=submitter,
        )


Connect = Callable[..., Awaitable[Point]]


@pytest.fixture
async def ami(world: World) -> Keypair:
    """The metering service: an operator with the AMI role alone."""
    key = await world.stranger(10)
    await world.client.oracle.add_operator(operator=key.pubkey(), roles=Role.AMI)
    return key


@pytest.fixture
async def crank(world: World) -> Keypair:
    """Closes epochs: an operator with the OPERATOR role alone."""
    key = await world.stranger(11)
    await world.client.oracle.add_operator(operator=key.pubkey(), roles=Role.OPERATOR)
    return key


@pytest.fixture
def connect(world: World) -> Connect:
    """Registers a user with one meter and attaches it; 40 kW and a prosumer by default."""
    count = 0

    async def new_point(user_type: UserType = UserType.PROSUMER, rated_power_w: int = RATED_POWER_W) -> Point:
        nonlocal count
        count += 1
        owner, meter_key, meter_id = await world.stranger(100 + count), keypair(5_000 + count), f"point-{count}"
        registered = await world.client.registry.register_user(key=owner.pubkey(), user_type=user_type)
        user = registered.one(registry_events.UserRegistered).user
        assigned = await world.client.registry.assign_meter(
            user=user, meter_id=meter_id, rated_power_w=rated_power_w, meter_key=meter_key.pubkey()
        )
        meter = assigned.one(registry_events.MeterAssigned)
        attached = (await world.client.oracle.attach_meter(meter=meter.number)).one(events.MeterAttached)
        return Point(
            world=world,
            owner=owner,
            meter_key=meter_key,
            meter_id=meter_id,
            number=meter.number,
            user=user,
            meter=meter.meter,
            shard=attached.shard,
            slot=attached.slot,
        )

    return new_point


@pytest.fixture
async def point(connect: Connect) -> Point:
    """A prosumer's meter rated 40 kW."""
    return await connect()


def raw_batch(submitter: Pubkey, *, interval: int, records: bytes, shard: int = 0) -> Instruction:
    """A batch of any bytes, such as the SDK would not build."""
    return generated.submit_meter_data(
        {"batch": ReadingBatch(interval=interval, root=[0] * 32, records=records)},
        {
            "submitter": submitter,
            "operator": pdas.operator_address(submitter),
            "pause": PAUSE_ADDRESS,
            "parameters": PARAMETERS_ADDRESS,
            "shard": pdas.shard_address(shard),
        },
    )
