"""A frozen key moves nothing in the oracle: neither certificates nor prepaid lamports."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from energy_sdk import Receipt
from energy_sdk.oracle import errors
from energy_sdk.registry import KeyChangeReason

from tests.programs.oracle.certificates import export, issue
from tests.programs.oracle.conftest import Connect, Point
from tests.support.world import World, keypair


async def test_until_the_freeze_is_over(world: World, point: Point, connect: Connect) -> None:
    """Splitting a certificate moves nothing and stays possible."""
    client, owner, other = world.client.oracle, point.owner, await connect()
    await export(point, 2_000)
    for _ in range(2):
        await issue(point, 1_000)
    await client.top_up_requests(user=point.user, lamports=1_000)
    moves: tuple[Callable[[], Awaitable[Receipt]], ...] = (
        lambda: client.transfer_certificate(meter=point.number, index=0, recipient=other.user, owner=owner),
        lambda: client.retire_certificate(meter=point.number, index=1, beneficiary="A", owner=owner),
        lambda: client.withdraw_request_balance(lamports=1_000, owner=owner),
    )
    friend = keypair(20)
    await world.client.registry.set_guardians(guardians=[friend.pubkey()], threshold=1, delay_s=3_600, key=owner)
    await world.client.registry.freeze_user(user=point.user, reason=KeyChangeReason.SUSPECTED, authority=friend)

    world.transport.set_time((await world.client.registry.user(user=point.user)).frozen_until - 1)
    for move in moves:
        async with world.refused(errors.UserFrozen):
            await move()

    world.transport.advance(1)
    for move in moves:
        await move()
