"""`create_feed`, `set_feed_limits` and `remove_feed`: the oracle's admin decides what is observed."""

from __future__ import annotations

import pytest
from energy_sdk import Pubkey
from energy_sdk._generated.oracle import accounts as generated
from energy_sdk._generated.oracle import instructions as calls
from energy_sdk.exceptions import AccountNotFound, InvalidAmount, InvalidInput
from energy_sdk.oracle import errors, events, instructions, pdas
from energy_sdk.transports.base import Account

from tests.support.tampering import (
    ACCOUNT_NOT_SIGNER,
    CONSTRAINT_SEEDS,
    forged,
    framework_refuses,
    swapped,
    unsigned,
)
from tests.support.world import LAMPORTS, World, keypair


async def test_feeds_are_numbered_and_described(world: World) -> None:
    """Text, scale and greatest age are kept; nothing is observed yet."""
    now = await world.transport.clock()
    receipt = await world.client.oracle.create_feed(name="temperature", unit="°C", decimals=1, max_age_s=600)
    await world.client.oracle.create_feed(name="x" * 32, unit="y" * 16, decimals=-18, max_age_s=1)

    assert receipt.one(events.FeedCreated).number == 0
    feeds = [feed async for feed in world.client.oracle.feeds()]
    assert [(feed.number, feed.name, feed.unit, feed.decimals, feed.max_age_s) for feed in feeds] == [
        (0, "temperature", "°C", 1, 600),
        (1, "x" * 32, "y" * 16, -18, 1),
    ]
    assert (feeds[0].observed_at, feeds[0].updates, feeds[0].created_at) == (None, 0, now)
    assert (feeds[0].freshness, feeds[0].delay_s, feeds[0].is_fresh(now)) == (None, None, False)


async def test_somebody_else_may_pay(world: World) -> None:
    """The admin may be an address without lamports."""
    payer, before = await world.stranger(), await world.client.tokens.lamports(owner=world.chief.pubkey())

    receipt = await world.client.oracle.create_feed(name="load", max_age_s=60, payer=payer)

    fee = before - await world.client.tokens.lamports(owner=world.chief.pubkey())
    assert fee < 100_000
    account = await world.transport.get_account(pdas.feed_address(0))
    assert account is not None
    assert await world.client.tokens.lamports(owner=payer.pubkey()) == 1_000_000_000 - account.lamports
    assert receipt.one(events.FeedCreated).number == 0


@pytest.mark.parametrize(
    ("changes", "error"),
    [
        ({"max_age_s": 0}, errors.InvalidFeed),
        ({"decimals": 19}, errors.InvalidFeed),
        ({"decimals": -19}, errors.InvalidFeed),
        ({"decimals": 128}, InvalidAmount),
        ({"max_age_s": 2**32}, InvalidAmount),
        ({"name": ""}, InvalidInput),
        ({"name": "x" * 33}, InvalidInput),
        ({"name": "a\0b"}, InvalidInput),
        ({"unit": "°" * 9}, InvalidInput),
    ],
)
async def test_rejects_a_description_that_makes_no_sense(
    world: World, changes: dict[str, object], error: type[Exception]
) -> None:
    """By the program, or where it does not even fit by the SDK."""
    given = {"name": "load", "max_age_s": 60} | changes
    async with world.refused(error):  # type: ignore[arg-type]
        await world.client.oracle.create_feed(**given)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("name", "unit"), [(b"", b""), (b"a\0b", b""), (b"\xff", b""), (b"load", b"\xff"), (b"load", b"M\0W")]
)
async def test_rejects_bytes_that_are_no_text(world: World, name: bytes, unit: bytes) -> None:
    """Whoever builds the instruction."""
    instruction = calls.create_feed(
        {"name": list(name.ljust(32, b"\0")), "unit": list(unit.ljust(16, b"\0")), "decimals": 0, "max_age_s": 1},
        {
            "payer": world.chief.pubkey(),
            "admin": world.chief.pubkey(),
            "oracle": pdas.ORACLE_ADDRESS,
            "feed": pdas.feed_address(0),
        },
    )
    async with world.refused(errors.InvalidFeed):
        await world.send(instruction)


async def test_rejects_a_feed_beyond_the_last_number(world: World) -> None:
    """Numbers are not given twice, so they can run out."""
    account = await world.transport.get_account(pdas.ORACLE_ADDRESS)
    assert account is not None
    raw = generated.Oracle.decode(account.data)
    raw.feed_count = 2**16 - 1
    data = generated.Oracle.discriminator + generated.Oracle.layout.build(vars(raw))
    world.transport.set_account(
        Account(address=account.address, owner=account.owner, lamports=account.lamports, data=data)
    )

    async with world.refused(errors.FeedsFull):
        await world.client.oracle.create_feed(name="load", max_age_s=60)


async def test_limits_change(world: World) -> None:
    """From now on another age is too old."""
    await world.client.oracle.create_feed(name="load", max_age_s=60)
    now = await world.transport.clock()
    await world.client.oracle.update_feed(number=0, value=1, observed_at=now)
    world.transport.advance(61)

    receipt = await world.client.oracle.set_feed_limits(number=0, max_age_s=61)

    stated = receipt.one(events.FeedLimitsSet)
    assert (stated.number, stated.max_age_s) == (0, 61)
    assert (await world.client.oracle.feed(number=0)).is_fresh(now + 61)
    async with world.refused(errors.InvalidFeed):
        await world.client.oracle.set_feed_limits(number=0, max_age_s=0)


async def test_a_removed_feed_leaves_its_number(world: World) -> None:
    """The rent goes where the admin says; the number is not given again."""
    heir = Pubkey.new_unique()
    for name in ("one", "two"):
        await world.client.oracle.create_feed(name=name, max_age_s=60)
    account = await world.transport.get_account(pdas.feed_address(0))
    assert account is not None

    receipt = await world.client.oracle.remove_feed(number=0, recipient=heir)

    assert receipt.one(events.FeedRemoved).number == 0
    assert await world.client.tokens.lamports(owner=heir) == account.lamports
    assert (await world.client.oracle.create_feed(name="three", max_age_s=60)).one(events.FeedCreated).number == 2
    assert [feed.number async for feed in world.client.oracle.feeds()] == [1, 2]
    for call in (
        world.client.oracle.feed(number=0),
        world.client.oracle.remove_feed(number=0),
        world.client.oracle.set_feed_limits(number=0, max_age_s=1),
        world.client.oracle.update_feed(number=0, value=1, observed_at=1),
    ):
        async with world.refused(AccountNotFound):
            await call


async def test_rejects_anybody_but_the_admin(world: World) -> None:
    """An operator observes and does not decide."""
    await world.client.oracle.create_feed(name="load", max_age_s=60)
    stranger = await world.stranger()
    async with world.refused(errors.UnauthorizedAdmin):
        await world.client.oracle.create_feed(name="load", max_age_s=60, admin=stranger, payer=stranger)
    async with world.refused(errors.UnauthorizedAdmin):
        await world.client.oracle.set_feed_limits(number=0, max_age_s=1, admin=stranger)
    async with world.refused(errors.UnauthorizedAdmin):
        await world.client.oracle.remove_feed(number=0, admin=stranger)


async def test_rejects_missing_signatures_and_forged_accounts(world: World) -> None:
    """Naming a payer is not enough; the oracle and the next number are fixed."""
    payer = keypair(2)
    await world.transport.airdrop(payer.pubkey(), LAMPORTS)
    instruction = instructions.create_feed(
        admin=world.chief.pubkey(), payer=payer.pubkey(), number=0, name="load", max_age_s=60
    )
    async with framework_refuses(world, ACCOUNT_NOT_SIGNER, account="payer"):
        await world.send(unsigned(instruction, payer.pubkey()))
    for name, old, new in (
        ("oracle", pdas.ORACLE_ADDRESS, await forged(world, pdas.ORACLE_ADDRESS)),
        ("feed", pdas.feed_address(0), pdas.feed_address(1)),
    ):
        async with framework_refuses(world, CONSTRAINT_SEEDS, account=name):
            await world.send(swapped(instruction, old, new), signers=[payer])
