"""`update_feed` records an observation, on behalf of an operator with the operations role."""

from __future__ import annotations

from decimal import Decimal

import pytest
from energy_sdk import Keypair
from energy_sdk.exceptions import InvalidAmount
from energy_sdk.oracle import errors, events, instructions, pdas

from tests.support.tampering import (
    ACCOUNT_NOT_SIGNER,
    ACCOUNT_OF_ANOTHER_TYPE,
    ACCOUNT_OWNED_BY_WRONG_PROGRAM,
    forged,
    framework_refuses,
    swapped,
    unsigned,
)
from tests.support.world import World

MAX_AGE_S = 600


@pytest.fixture
async def feed(world: World) -> int:
    """The number of a temperature in tenths of a degree, stale after ten minutes."""
    receipt = await world.client.oracle.create_feed(name="temperature", unit="°C", decimals=1, max_age_s=MAX_AGE_S)
    return receipt.one(events.FeedCreated).number


async def test_an_observation_is_kept_with_its_times(world: World, feed: int, crank: Keypair) -> None:
    """What, when it was observed, and when it arrived."""
    now = await world.transport.clock()
    before = await world.client.oracle.feed(number=feed)

    receipt = await world.client.oracle.update_feed(
        number=feed, value=before.value_of("-32.5"), observed_at=now - 7, authority=crank
    )

    stated = receipt.one(events.FeedUpdated)
    assert (stated.number, stated.value, stated.observed_at) == (feed, -325, now - 7)
    after = await world.client.oracle.feed(number=feed)
    assert (after.quantity, after.observed_at, after.delay_s) == (Decimal("-32.5"), now - 7, 7)
    assert (after.updated_at, after.updated_slot, after.updates) == (now, receipt.slot, 1)


async def test_a_value_is_fresh_until_its_greatest_age(world: World, feed: int) -> None:
    """To the second, counted from the observation and not from its arrival."""
    observed_at = await world.transport.clock() - 100
    await world.client.oracle.update_feed(number=feed, value=1, observed_at=observed_at)

    state = await world.client.oracle.feed(number=feed)

    assert state.is_fresh(observed_at + MAX_AGE_S)
    assert not state.is_fresh(observed_at + MAX_AGE_S + 1)


async def test_freshness_is_the_share_of_time_with_a_fresh_value(world: World, feed: int) -> None:
    """Between observations at 0, 600 and 1,800 s the value was fresh for 1,200 s."""
    start = await world.transport.clock()
    for second in (0, 600, 1_800):
        world.transport.set_time(start + second)
        await world.client.oracle.update_feed(number=feed, value=second, observed_at=start + second)

    assert (await world.client.oracle.feed(number=feed)).freshness == pytest.approx(1_200 / 1_800)


async def test_rejects_what_is_not_newer(world: World, feed: int) -> None:
    """The same moment again, an earlier one, and before 1970."""
    now = await world.transport.clock()
    async with world.refused(errors.ObservationNotNewer):
        await world.client.oracle.update_feed(number=feed, value=1, observed_at=0)
    await world.client.oracle.update_feed(number=feed, value=1, observed_at=now)

    for observed_at in (now, now - 1, -1, -(2**63)):
        async with world.refused(errors.ObservationNotNewer):
            await world.client.oracle.update_feed(number=feed, value=2, observed_at=observed_at)


async def test_rejects_what_lies_in_the_future(world: World, feed: int) -> None:
    """By a second."""
    now = await world.transport.clock()
    for observed_at in (now + 1, 2**63 - 1):
        async with world.refused(errors.ObservationInFuture):
            await world.client.oracle.update_feed(number=feed, value=1, observed_at=observed_at)

    await world.client.oracle.update_feed(number=feed, value=1, observed_at=now)


async def test_rejects_who_is_no_operator(world: World, feed: int, ami: Keypair, crank: Keypair) -> None:
    """The metering service reports meters, not the weather; a stranger nothing at all."""
    now = await world.transport.clock()
    stranger = await world.stranger()
    for signer in (stranger, ami):
        async with world.refused(errors.UnauthorizedOperator):
            await world.client.oracle.update_feed(number=feed, value=1, observed_at=now, authority=signer)
    instruction = instructions.update_feed(authority=stranger.pubkey(), number=feed, value=1, observed_at=now)
    own = pdas.operator_address(stranger.pubkey())
    async with world.refused(errors.UnauthorizedOperator):
        await world.send(swapped(instruction, own, pdas.operator_address(crank.pubkey())), signers=[stranger])


async def test_rejects_missing_signature_and_forged_feed(world: World, feed: int, crank: Keypair) -> None:
    """A copy of another owner, and an account of another type."""
    now = await world.transport.clock()
    address = pdas.feed_address(feed)
    instruction = instructions.update_feed(authority=crank.pubkey(), number=feed, value=1, observed_at=now)
    async with framework_refuses(world, ACCOUNT_NOT_SIGNER, account="authority"):
        await world.send(unsigned(instruction, crank.pubkey()))
    for wrong, code in (
        (await forged(world, address, owner=world.market.address), ACCOUNT_OWNED_BY_WRONG_PROGRAM),
        (pdas.ORACLE_ADDRESS, ACCOUNT_OF_ANOTHER_TYPE),
    ):
        async with framework_refuses(world, code, account="feed"):
            await world.send(swapped(instruction, address, wrong), signers=[crank])


async def test_sdk_converts_exactly_or_not_at_all(world: World, feed: int) -> None:
    """Too fine, too large, and no number."""
    state = await world.client.oracle.feed(number=feed)
    assert state.value_of("32.50") == 325
    for quantity in ("32.55", "1e30", "warm", "922337203685477580.8", "1." + "0" * 40 + "1"):
        with pytest.raises(InvalidAmount):
            state.value_of(quantity)
    with pytest.raises(InvalidAmount, match="value cannot be"):
        await world.client.oracle.update_feed(number=feed, value=2**63, observed_at=1)
