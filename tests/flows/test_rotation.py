"""Another key takes over: all that a key holds, in any number of attempts, and nothing for the old key to use."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from energy_sdk import EnergyClient, Pubkey, Signer
from energy_sdk.exceptions import InvalidInput
from energy_sdk.keys import RoleKind, key_history, plan_rotation, remainders, roles_of, rotate
from energy_sdk.oracle import Role
from energy_sdk.registry import KeyChangeReason, UserStatus, UserType, errors, events
from energy_sdk.trading import AgentLimits, Asset
from energy_sdk.trading.errors import UnauthorizedSeat
from energy_sdk.transactions import Outbox

from tests.support.world import World, conserved, keypair

NEW = keypair(77)


async def hand_over(world: World, old: Signer, *, most: int | None = None) -> list[str]:
    """Rotate to `NEW`, at most so many steps of it; what was done."""
    done = []
    client = world.client.as_payer(old)
    async for step, _ in rotate(client, new=NEW, markets=[world.market], reason=KeyChangeReason.ROUTINE):
        done.append(step.what)
        if len(done) == most:
            break
    return done


async def kinds(world: World, key: Pubkey) -> list[RoleKind]:
    return [role.kind for role in await roles_of(world.client, key, markets=[world.market])]


async def test_a_members_seat_tokens_and_lamports_follow_the_new_key(world: World) -> None:
    """The new key trades at once, the old one can do nothing and has nothing."""
    member = await world.join(UserType.PROSUMER, energy_wh=5_000, payment=100)
    old = member.key
    await world.transport.airdrop(old.pubkey(), 1_000_000_000)
    await world.client.trading.withdraw(world.market, seat=member.seat, asset=Asset.ENERGY, amount=2_000, owner=old)

    done = await hand_over(world, old)

    assert done == [
        f"user {(await world.client.registry.user(user=member.user)).number} and its seats",
        "GRID",
        "lamports",
    ]
    assert (await world.client.registry.user(key=NEW.pubkey())).address == member.user
    assert await kinds(world, old.pubkey()) == []
    assert await kinds(world, NEW.pubkey()) == [RoleKind.USER, RoleKind.SEAT_OWNER]
    assert await world.client.tokens.balance(mint=world.market.energy_mint, owner=NEW.pubkey()) == 2_000 * 1_000_000
    assert await world.transport.get_account(old.pubkey()) is None
    async with world.refused(UnauthorizedSeat):
        await world.sell(member, 1_000, 100_000)
    member = replace(member, key=NEW)
    await world.sell(member, 1_000, 100_000)
    await conserved(world, [member])


async def test_lamports_too_few_to_open_an_account_with_stay_behind(world: World) -> None:
    """They would make the last transaction fail; a rotation ends well without them."""
    member = await world.join(energy_wh=1_000)
    # A token account for the new key takes 2,039,280 of them.
    await world.transport.airdrop(member.key.pubkey(), 2_500_000)
    await world.client.trading.withdraw(
        world.market, seat=member.seat, asset=Asset.ENERGY, amount=1_000, owner=member.key
    )

    done = await hand_over(world, member.key)

    assert done[1:] == ["GRID"]
    assert await kinds(world, member.key.pubkey()) == []


async def test_with_an_outbox_each_step_is_simulated_first_and_all_of_them_pass(world: World, tmp_path: Path) -> None:
    member = await world.join()
    await world.transport.airdrop(member.key.pubkey(), 1_000_000_000)

    with Outbox(tmp_path / "outbox.sqlite") as outbox:
        client = EnergyClient(world.transport, member.key, outbox=outbox)
        done = [
            step.what
            async for step, _ in rotate(client, new=NEW, markets=[world.market], reason=KeyChangeReason.ROUTINE)
        ]

    assert done[-1] == "lamports"
    assert await world.transport.get_account(member.key.pubkey()) is None


async def test_the_reason_and_both_keys_are_on_the_chain(world: World) -> None:
    member = await world.join()
    await world.transport.airdrop(member.key.pubkey(), 1_000_000_000)
    client = world.client.as_payer(member.key)

    receipts = [
        receipt
        async for _, receipt in rotate(client, new=NEW, markets=[world.market], reason=KeyChangeReason.SUSPECTED)
    ]

    told = receipts[0].one(events.KeyRotated)
    assert (told.from_, told.to, told.reason) == (member.key.pubkey(), NEW.pubkey(), KeyChangeReason.SUSPECTED)


async def test_a_founder_hands_every_office_over(world: World) -> None:
    """Administration, upgrades, authority, operator, governance and the market's own seats."""
    held = await kinds(world, world.chief.pubkey())

    done = await hand_over(world, world.chief)

    assert await kinds(world, world.chief.pubkey()) == []
    assert await kinds(world, NEW.pubkey()) == held
    assert done[-1] == "lamports"
    assert await world.client.tokens.lamports(owner=world.chief.pubkey()) == 0
    founder = world.client.as_payer(NEW)
    await founder.registry.register_user(key=Pubkey.new_unique(), user_type=UserType.CONSUMER)


async def steps_of(world: World) -> int:
    plan = await plan_rotation(
        world.client, old=world.chief.pubkey(), new=NEW.pubkey(), markets=[world.market], reason=KeyChangeReason.DRILL
    )
    return len(plan)


async def test_a_rotation_that_stops_after_any_step_is_finished_by_running_it_again(world: World) -> None:
    """One step a time, each in a run of its own, which begins with what the chain says."""
    held, count = await kinds(world, world.chief.pubkey()), await steps_of(world)
    done = []
    for _ in range(count):
        done += await hand_over(world, world.chief, most=1)
    assert await steps_of(world) == 0
    done += await hand_over(world, world.chief)

    assert len(done) == len(set(done)) == count + 1
    assert await kinds(world, NEW.pubkey()) == held
    assert await kinds(world, world.chief.pubkey()) == []


async def test_what_others_have_given_others_take_away(world: World) -> None:
    """An authority and operator that administers neither says who has to act."""
    key = await world.stranger()
    member = await world.join()
    await world.client.registry.set_guardians(guardians=[key.pubkey()], threshold=1, delay_s=3_600, key=member.key)
    await world.client.trading.authorize_agent(
        world.market, seat=member.seat, agent=key.pubkey(), limits=AgentLimits(payment_per_day=1), owner=member.key
    )
    await world.client.registry.add_authority(key=key.pubkey())
    await world.client.oracle.add_operator(operator=key.pubkey(), roles=Role.AMI)
    others = [keypair(n).pubkey() for n in (901, 902)]
    await world.client.governance.set_members(members=[key.pubkey(), *others], threshold=2)

    assert await hand_over(world, key) == ["lamports"]

    left = await remainders(world.client, old=key.pubkey(), markets=[world.market])
    assert [(entry.role.kind, entry.by.split(":")[0]) for entry in left] == [
        (RoleKind.REGISTRY_AUTHORITY, "the registry's admin"),
        (RoleKind.OPERATOR, "the oracle's admin"),
        (RoleKind.GOVERNANCE_MEMBER, "the members"),
        (RoleKind.AGENT, "the seat's owner"),
        (RoleKind.GUARDIAN, "the user"),
    ]


async def test_an_agent_of_a_seat_that_was_closed_has_no_role_any_more(world: World) -> None:
    """Also where the same member has the same seat again, which the grant does not concern."""
    member, agent = await world.join(), keypair(8).pubkey()
    await world.client.trading.authorize_agent(
        world.market, seat=member.seat, agent=agent, limits=AgentLimits(payment_per_day=1), owner=member.key
    )
    assert await kinds(world, agent) == [RoleKind.AGENT]

    await world.client.trading.close_seat(world.market, user=member.user, owner=member.key)
    assert await kinds(world, agent) == []
    world.transport.advance(1)
    await world.client.trading.open_seat(world.market, user=member.user, owner=member.key)
    assert await kinds(world, agent) == []


async def test_a_suspended_user_keeps_its_key(world: World) -> None:
    """Nothing changes hands while a registry authority looks into it; the refusal says so."""
    member = await world.join()
    await world.transport.airdrop(member.key.pubkey(), 1_000_000_000)
    await world.client.registry.update_user_status(user=member.user, status=UserStatus.SUSPENDED)

    with pytest.raises(errors.UserNotActive):
        await hand_over(world, member.key)

    assert (await world.client.registry.user(user=member.user)).key == member.key.pubkey()


async def test_the_log_of_a_key_says_who_did_what_when_and_why(world: World) -> None:
    """From registration to recovery, in order, as the chain has it."""
    guardian, member = await world.stranger(), await world.join()
    registry, key = world.client.registry, member.key.pubkey()
    await registry.set_guardians(guardians=[guardian.pubkey()], threshold=1, delay_s=3_600, key=member.key)
    await registry.freeze_user(user=member.user, reason=KeyChangeReason.STOLEN, authority=guardian)
    await registry.update_user_status(user=member.user, status=UserStatus.SUSPENDED)
    await registry.approve_recovery(
        user=member.user, new_key=NEW.pubkey(), reason=KeyChangeReason.STOLEN, guardian=guardian
    )
    world.transport.advance(3_600)
    await registry.finish_recovery(user=member.user, new_key=NEW)

    log = await key_history(world.client, member.user)

    assert [(entry.what, entry.by, entry.reason) for entry in log] == [
        (f"registered with the key {key}", world.chief.pubkey(), None),
        ("named 1 guardians, 1 recover", key, None),
        ("the key is frozen", guardian.pubkey(), KeyChangeReason.STOLEN),
        ("active before, suspended from then on", world.chief.pubkey(), None),
        (f"approved the recovery to {NEW.pubkey()}", guardian.pubkey(), KeyChangeReason.STOLEN),
        (f"recovered: the key is {NEW.pubkey()}", NEW.pubkey(), None),
    ]
    times = [entry.at or 0 for entry in log]
    assert all(times)
    assert times == sorted(times)


async def test_the_same_key_is_no_new_key(world: World) -> None:
    with pytest.raises(InvalidInput, match="the old one"):
        await plan_rotation(
            world.client,
            old=NEW.pubkey(),
            new=NEW.pubkey(),
            markets=[],
            reason=KeyChangeReason.DRILL,
        )
