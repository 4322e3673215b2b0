"""A check finds exactly what differs, account by account and field by field."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest
from energy_sdk import Keypair
from energy_sdk.deployment import Member
from energy_sdk.exceptions import AccountNotFound, InvalidInput
from energy_sdk.state import Difference, State, StoredAccount, check_state, read_state, stored

from tests.support.world import World

PRICE = 200_000


@pytest.fixture
async def world() -> World:
    return await World.create()


@pytest.fixture
async def bob(world: World) -> Member:
    return await world.join(payment=10_000_000)


def kept(state: State) -> State:
    """As it comes back from a file."""
    return State.parse(json.loads(json.dumps(state.document())))


def fields(differences: tuple[Difference, ...]) -> dict[str, tuple[Any, Any]]:
    return {f"{entry.kind}.{entry.field}": (entry.stored, entry.on_chain) for entry in differences}


async def test_what_has_not_changed_agrees(world: World, bob: Member) -> None:
    """Every account of a market with an order in its book, through a file."""
    await world.buy(bob, 100, PRICE)
    state = await read_state(world.client, 1)

    report = await check_state(world.client, kept(state))

    assert report.agrees
    assert report.checked == len(state.accounts) == 6 + 1 + 4 + 1 + 1 + 1
    assert {account.kind for account in state.accounts} == {
        "governance.Parameters",
        "governance.Pause",
        "registry.Registry",
        "registry.User",
        "registry.Meter",
        "energy_token.TokenConfig",
        "oracle.Oracle",
        "oracle.MeterShard",
        "trading.Market",
        "trading.Ledger",
        "trading.Book",
    }


async def test_a_cancellation_that_was_missed_is_named(world: World, bob: Member) -> None:
    """The fields that it changed, with what is kept and what the chain has; and no other field."""
    await world.buy(bob, 100, PRICE)
    state = kept(await read_state(world.client, 1))
    number = (await world.client.trading.seat(world.market, bob.seat)).last_client_id
    await world.client.trading.cancel_order(
        world.market, epoch=await world.epoch(), index=0, client_id=number, owner=bob.key
    )

    report = await check_state(world.client, state)

    found = fields(report.differences)
    assert found["trading.Book.orders.0.status"] == ("ACTIVE", "CANCELLED")
    assert found[f"trading.Ledger.seats.{bob.seat}.payment_locked"] == ("20000", "0")
    assert found[f"trading.Ledger.seats.{bob.seat}.payment_free"] == ("9980000", "10000000")
    assert {name.split(".")[1] for name in found} == {"Book", "Ledger"}
    assert (report.missing, report.new) == ((), ())


async def test_what_is_new_is_named_by_account(world: World, bob: Member) -> None:
    """A member who joined since: user and meter are new, and those who count them differ."""
    state = kept(await read_state(world.client, 1))
    alice = await world.join()

    report = await check_state(world.client, state)

    assert {account.kind for account in report.new} == {"registry.User", "registry.Meter"}
    assert alice.user in {account.address for account in report.new}
    found = fields(report.differences)
    assert found["registry.Registry.user_count"] == ("1", "2")
    assert found[f"trading.Ledger.seats.{alice.seat}"][0] is None


async def test_what_is_gone_is_named(world: World, bob: Member) -> None:
    """Kept, but not on the chain: an account of a chain that was wiped, say."""
    gone = StoredAccount(address=Keypair().pubkey(), kind="registry.User", fields={"number": 7})

    report = await check_state(world.client, [gone])

    assert not report.agrees
    assert report.missing == (gone,)


async def test_typed_accounts_can_be_checked_as_they_are(world: World, bob: Member) -> None:
    """What a program holds in memory."""
    market = await world.client.trading.market(1)
    user = await world.client.registry.user(key=bob.key.pubkey())
    assert (await check_state(world.client, [market, user])).agrees

    report = await check_state(world.client, [replace(user, registered_at=5)])

    assert fields(report.differences) == {"registry.User.registered_at": ("5", str(user.registered_at))}


async def test_only_the_fields_that_are_kept_count(world: World, bob: Member) -> None:
    """A table with two columns is checked on two."""
    whole = stored(await world.client.trading.market(1))
    table = [StoredAccount(address=whole.address, kind=whole.kind, fields={"id": 1, "fees": 0})]
    await world.buy(bob, 100, PRICE)

    assert (await check_state(world.client, table)).agrees


async def test_another_type_is_one_difference(world: World) -> None:
    """Its fields mean something else."""
    wrong = StoredAccount(address=world.market.address, kind="registry.User", fields={"number": 1})

    report = await check_state(world.client, [wrong])

    assert fields(report.differences) == {"registry.User.kind": ("registry.User", "trading.Market")}


async def test_a_market_that_does_not_exist(world: World) -> None:
    with pytest.raises(AccountNotFound, match="market 9"):
        await read_state(world.client, 9)


@pytest.mark.parametrize(
    "document",
    [
        None,
        [],
        {},
        {"schema_version": 2, "slot": 1, "accounts": []},
        {"schema_version": 1, "slot": "x", "accounts": []},
        {"schema_version": 1, "slot": 1, "accounts": [{}]},
        {"schema_version": 1, "slot": 1, "accounts": [{"address": "x", "kind": "y", "fields": {}}]},
        {"schema_version": 1, "slot": 1, "accounts": 5},
    ],
)
def test_what_is_no_state_is_refused(document: Any) -> None:
    with pytest.raises(InvalidInput, match=r"expected|reads"):
        State.parse(document)
