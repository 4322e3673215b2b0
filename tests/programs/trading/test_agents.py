"""Agents: a key that trades for a seat within limits, and never moves a token."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, datetime

import pytest
from energy_sdk import Keypair
from energy_sdk.deployment import Member
from energy_sdk.exceptions import AccountNotFound, ProgramError
from energy_sdk.registry import UserStatus
from energy_sdk.trading import AgentLimits, Asset, OrderStatus, Side, errors, events, instructions, pdas
from energy_sdk.trading.agents import UNLIMITED, Spent, month_of

from tests.programs.trading import kit
from tests.programs.trading.test_frozen_seat import freeze, refresh
from tests.support.world import World, conserved

DAY_S = 86_400
MONEY = 10_000_000
PRICE = 10 * kit.CENT
"""At this price 10 Wh cost 1,000 base units."""


@dataclass
class Desk:
    """A member with a seat, and an agent who trades for it."""

    world: World
    member: Member
    key: Keypair

    async def authorize(self, *, owner: Keypair | None = None, **limits: int) -> None:
        await self.world.client.trading.authorize_agent(
            self.world.market,
            seat=self.member.seat,
            agent=self.key.pubkey(),
            limits=AgentLimits(**limits),
            owner=owner or self.member.key,
        )

    async def place(self, side: Side, *energies: int, price: int = PRICE) -> None:
        await self.world.client.trading.place_orders_by_agent(
            self.world.market,
            seat=self.member.seat,
            side=side,
            orders=[(energy_wh, price) for energy_wh in energies],
            agent=self.key,
        )

    async def bid(self, energy_wh: int, price: int = PRICE) -> None:
        await self.place(Side.BID, energy_wh, price=price)

    async def ask(self, energy_wh: int, price: int = PRICE) -> None:
        await self.place(Side.ASK, energy_wh, price=price)

    async def cancel(self, epoch: int, *orders: tuple[int, int]) -> None:
        await self.world.client.trading.cancel_orders_by_agent(
            self.world.market, seat=self.member.seat, epoch=epoch, orders=orders, agent=self.key
        )

    async def left(self, asset: Asset = Asset.PAYMENT) -> int:
        agent = await self.world.client.trading.agent(self.world.market, seat=self.member.seat, key=self.key.pubkey())
        now = await self.world.transport.clock()
        return agent.left(asset, await kit.seat_of(self.world, self.member), now)


@pytest.fixture
async def desk(world: World) -> Desk:
    """Somebody with energy and money, and an agent who may spend 10,000 base units and 100 Wh a day."""
    member = await world.join(payment=MONEY, energy_wh=10_000)
    desk = Desk(world, member, await world.stranger(7))
    await desk.authorize(payment_per_day=10_000, energy_per_day=100)
    return desk


async def at(world: World, year: int, month: int, day: int, hour: int = 12) -> None:
    """Let time pass until then, UTC."""
    world.transport.set_time(int(datetime(year, month, day, hour, tzinfo=UTC).timestamp()))


# Authorizing


async def test_a_grant_is_an_account_and_an_event(world: World) -> None:
    member, agent = await world.join(), await world.stranger(7)
    limits = AgentLimits(payment_per_day=1, payment_per_month=2, energy_per_day=3, energy_per_month=4, expires_at=2**40)

    receipt = await world.client.trading.authorize_agent(
        world.market, seat=member.seat, agent=agent.pubkey(), limits=limits, owner=member.key
    )

    assert receipt.one(events.AgentAuthorized) == events.AgentAuthorized(
        market=1,
        seat=member.seat,
        ordinal=0,
        agent=agent.pubkey(),
        payment_per_day=1,
        payment_per_month=2,
        energy_per_day=3,
        energy_per_month=4,
        expires_at=2**40,
    )
    found = await world.client.trading.agent(world.market, seat=member.seat, key=agent.pubkey())
    assert found.address == pdas.agent_address(world.market.ledger, member.seat, 0)
    assert (found.market_id, found.ledger, found.seat, found.ordinal) == (1, world.market.ledger, member.seat, 0)
    assert (found.key, found.owner, found.limits) == (agent.pubkey(), member.key.pubkey(), limits)
    assert found.opened_at == (await kit.seat_of(world, member)).opened_at
    assert (found.day, found.month, found.day_start) == (0, 0, Spent(payment=0, energy=0))


async def test_a_seat_lists_its_agents_and_has_eight_at_most(world: World) -> None:
    member = await world.join()
    agents = [await world.stranger(number) for number in range(9)]
    trading = world.client.trading
    for agent in agents[:8]:
        await trading.authorize_agent(
            world.market, seat=member.seat, agent=agent.pubkey(), limits=AgentLimits(), owner=member.key
        )

    assert [agent.key for agent in await trading.agents(world.market, seat=member.seat)] == [
        agent.pubkey() for agent in agents[:8]
    ]
    async with world.refused(errors.TooManyAgents):
        await trading.authorize_agent(
            world.market, seat=member.seat, agent=agents[8].pubkey(), limits=AgentLimits(), owner=member.key
        )
    async with world.refused(errors.TooManyAgents):
        ninth = instructions.authorize_agent(
            payer=world.chief.pubkey(),
            owner=member.key.pubkey(),
            ledger=world.market.ledger,
            seat=member.seat,
            ordinal=8,
            key=agents[8].pubkey(),
            limits=AgentLimits(),
        )
        await world.send(ninth, signers=[member.key])
    await trading.revoke_agent(world.market, seat=member.seat, agent=agents[3].pubkey(), signer=member.key)
    await trading.authorize_agent(
        world.market, seat=member.seat, agent=agents[8].pubkey(), limits=AgentLimits(), owner=member.key
    )

    assert (await trading.agent(world.market, seat=member.seat, key=agents[8].pubkey())).ordinal == 3


async def test_a_grant_that_has_ended_makes_room(world: World) -> None:
    member = await world.join()
    now = await world.transport.clock()
    for number in range(8):
        await world.client.trading.authorize_agent(
            world.market,
            seat=member.seat,
            agent=(await world.stranger(number)).pubkey(),
            limits=AgentLimits(expires_at=now + (60 if number == 5 else DAY_S)),
            owner=member.key,
        )
    world.transport.set_time(now + 60)
    newcomer = (await world.stranger(9)).pubkey()
    await world.client.trading.authorize_agent(
        world.market, seat=member.seat, agent=newcomer, limits=AgentLimits(), owner=member.key
    )

    assert (await world.client.trading.agent(world.market, seat=member.seat, key=newcomer)).ordinal == 5


async def test_changed_limits_apply_to_what_was_spent_already(desk: Desk) -> None:
    await desk.bid(60)
    await desk.authorize(payment_per_day=7_000)

    assert await desk.left() == 1_000
    async with desk.world.refused(errors.AgentLimitExceeded):
        await desk.bid(20)
    await desk.bid(10)


@pytest.mark.parametrize("expires_at", [1, -1, 1_000_000])
async def test_rejects_a_grant_that_ended_before_it_began(desk: Desk, expires_at: int) -> None:
    async with desk.world.refused(errors.AgentExpired):
        await desk.authorize(expires_at=expires_at)


async def test_rejects_officials_as_agents(world: World) -> None:
    member = await world.join()
    operator = await world.stranger(1)
    await world.client.oracle.add_operator(operator=operator.pubkey(), roles=1)

    for official in (world.chief, operator):
        async with world.refused(errors.OfficialCannotTrade):
            await Desk(world, member, official).authorize()


async def test_rejects_grants_by_others(desk: Desk) -> None:
    other = await desk.world.join()

    async with desk.world.refused(errors.UnauthorizedSeat):
        await desk.authorize(owner=other.key)
    async with desk.world.refused(errors.UnauthorizedSeat):
        await desk.authorize(owner=desk.key)


@pytest.mark.parametrize("seat", [20, 32, 65_535])
async def test_rejects_a_seat_that_nobody_holds(desk: Desk, seat: int) -> None:
    async with desk.world.refused(errors.SeatNotFound):
        await replace_seat(desk, seat).authorize()


def replace_seat(desk: Desk, seat: int) -> Desk:
    return Desk(desk.world, replace(desk.member, seat=seat), desk.key)


async def test_a_seat_that_may_not_trade_grants_nothing(desk: Desk) -> None:
    world, member = desk.world, desk.member
    await world.client.registry.update_user_status(user=member.user, status=UserStatus.SUSPENDED)
    await refresh(world, member)
    async with world.refused(errors.UserNotActive):
        await desk.authorize()
    await world.client.registry.update_user_status(user=member.user, status=UserStatus.ACTIVE)
    await freeze(world, member)
    await refresh(world, member)
    async with world.refused(errors.SeatFrozen):
        await desk.authorize()


# Placing


async def test_orders_of_an_agent_are_the_seats_orders(desk: Desk) -> None:
    world = desk.world
    await world.buy(desk.member, 10, 0)

    receipt = await world.client.trading.place_orders_by_agent(
        world.market,
        seat=desk.member.seat,
        side=Side.BID,
        orders=[(50, PRICE), (40, 2 * kit.CENT)],
        agent=desk.key,
        client_id=40,
    )

    assert receipt.one(events.OrderCreated) == events.OrderCreated(
        market=1, epoch=1, sequence=2, first_index=1, count=2, seat=desk.member.seat, side=Side.BID
    )
    placed = [(o.client_id, o.seat, o.energy_wh, o.price) for o in (await kit.book_of(world)).orders[1:]]
    assert placed == [(40, desk.member.seat, 50, PRICE), (41, desk.member.seat, 40, 2 * kit.CENT)]
    seat = await kit.seat_of(world, desk.member)
    assert (seat.payment_locked, seat.orders, seat.last_client_id) == (5_000 + 800, 3, 41)
    assert await desk.left() == 4_200
    await conserved(world, [desk.member])


@pytest.mark.parametrize("side", list(Side))
async def test_a_day_lets_an_agent_commit_its_limit_and_no_more(desk: Desk, side: Side) -> None:
    """100 Wh offered, or bids that may cost 10,000 base units: both are what the agent may."""
    await desk.place(side, 60, 30)
    async with desk.world.refused(errors.AgentLimitExceeded):
        await desk.place(side, 20)
    await desk.place(side, 10)
    async with desk.world.refused(errors.AgentLimitExceeded):
        await desk.place(side, 10)
    assert await desk.left(Asset.ENERGY if side is Side.ASK else Asset.PAYMENT) == 0


async def test_what_was_not_granted_may_not_be_spent(desk: Desk) -> None:
    await desk.authorize(payment_per_day=10_000)

    async with desk.world.refused(errors.AgentLimitExceeded):
        await desk.ask(10)


async def test_cancelled_and_unfilled_orders_cost_nothing(desk: Desk) -> None:
    world = desk.world
    await desk.bid(100)
    assert await desk.left() == 0
    await desk.cancel(1, (0, 1))
    assert await desk.left() == 10_000
    await desk.bid(100)
    await world.settle(1)
    assert await desk.left() == 10_000

    await desk.bid(100)


async def test_filled_orders_cost_what_was_paid_and_earnings_give_back(desk: Desk) -> None:
    world = desk.world
    partner = await world.join(payment=MONEY, energy_wh=1_000)
    await world.sell(partner, 60, 5 * kit.CENT)
    await desk.bid(60)
    result = await world.settle(1)
    paid = result.buyers_paid
    assert 0 < paid < 6_000
    assert await desk.left() == 10_000 - paid
    assert await desk.left(Asset.ENERGY) == 160

    epoch = await kit.next_epoch(world)
    await world.buy(partner, 100, PRICE)
    await desk.ask(100)
    result = await world.settle(epoch)
    assert await desk.left() == 10_000 - paid + result.sellers_received
    assert await desk.left(Asset.ENERGY) == 60


async def test_the_owners_own_orders_count(desk: Desk) -> None:
    await desk.bid(10)
    await desk.world.buy(desk.member, 90, PRICE)

    async with desk.world.refused(errors.AgentLimitExceeded):
        await desk.bid(10)
    await desk.world.buy(desk.member, 10, PRICE)


async def test_deposits_and_withdrawals_neither_widen_nor_use_the_limits(desk: Desk) -> None:
    world, member = desk.world, desk.member
    await desk.bid(40)
    await world.client.trading.withdraw(
        world.market, seat=member.seat, asset=Asset.PAYMENT, amount=5_000_000, owner=member.key
    )
    assert await desk.left() == 6_000
    await world.client.trading.deposit(
        world.market, seat=member.seat, asset=Asset.PAYMENT, amount=4_000_000, owner=member.key
    )
    assert await desk.left() == 6_000
    await desk.bid(60)


async def test_days_and_months_are_those_of_the_calendar(world: World) -> None:
    """Bids that are filled with 4,000 a day, on the last days of a month and the first of the next."""
    await at(world, 2028, 2, 27)
    member, partner = await world.join(payment=MONEY), await world.join(energy_wh=10_000)
    desk = Desk(world, member, await world.stranger(7))
    await desk.authorize(payment_per_day=4_000, payment_per_month=10_000, energy_per_day=0)

    for month, day, allowed in ((2, 27, 4_000), (2, 28, 4_000), (2, 29, 2_000), (3, 1, 4_000), (3, 2, 4_000)):
        await at(world, 2028, month, day)
        assert await desk.left() == allowed
        async with world.refused(errors.AgentLimitExceeded):
            await desk.bid(allowed // 100 + 10)
        await desk.bid(allowed // 100)
        await world.sell(partner, allowed // 100, PRICE)
        epoch = await world.epoch()
        assert (await world.settle(epoch)).buyers_paid == allowed
        await kit.next_epoch(world)


async def test_a_new_day_begins_at_midnight(desk: Desk) -> None:
    world = desk.world
    now = await world.transport.clock()
    midnight = (now // DAY_S + 1) * DAY_S
    world.transport.set_time(midnight - 900)
    await desk.bid(100)
    epoch = await world.epoch()
    world.transport.set_time(midnight)
    await world.settle(epoch)

    await desk.bid(100)
    assert await desk.left() == 0


async def test_what_is_still_open_at_midnight_counts_on_the_new_day(world: World) -> None:
    """The orders of the day before may be filled yet, so a day's start leaves them out of what was spent."""
    market = await world.client.trading.market(1)
    member = await world.join(payment=MONEY)
    desk = Desk(world, member, await world.stranger(7))
    await desk.authorize(payment_per_day=10_000)
    await world.client.trading.update_market(market, epoch_length_s=86_400)
    await kit.next_epoch(world, ahead=1)
    await at(world, 2030, 5, 5, 20)
    await desk.bid(70)
    epoch = await world.epoch()
    now = await world.transport.clock()
    world.transport.set_time((now // DAY_S + 1) * DAY_S)
    assert await world.epoch() == epoch

    assert await desk.left() == 3_000
    async with world.refused(errors.AgentLimitExceeded):
        await desk.bid(40)
    await desk.bid(30)


async def test_rejects_one_order_of_many_beyond_the_limit(desk: Desk) -> None:
    async with desk.world.refused(errors.AgentLimitExceeded):
        await desk.place(Side.BID, 10, 10, 90)


async def test_a_grant_expires(desk: Desk) -> None:
    world = desk.world
    now = await world.transport.clock()
    await desk.authorize(payment_per_day=10_000, expires_at=now + 60)
    world.transport.set_time(now + 59)
    await desk.bid(10)
    world.transport.set_time(now + 60)

    async with world.refused(errors.AgentExpired):
        await desk.bid(10)
    async with world.refused(errors.AgentExpired):
        await desk.cancel(1, (0, 1))


async def test_a_grant_ends_with_the_owners_key(desk: Desk) -> None:
    """Whoever takes the seat over with another key is not bound by what the old key allowed."""
    world, member = desk.world, desk.member
    await desk.bid(10)
    new = await world.stranger(3)
    await world.client.registry.rotate_key(new_key=new, key=member.key)
    await world.client.trading.refresh_seat(world.market, seat=member.seat, user=member.user, user_key=new.pubkey())

    async with world.refused(errors.AgentNotAuthorized):
        await desk.bid(10)
    async with world.refused(errors.AgentNotAuthorized):
        await desk.cancel(1, (0, 1))
    await desk.authorize(owner=new, payment_per_day=10_000)
    assert await desk.left() == 9_000
    await desk.bid(90)


async def test_a_grant_ends_with_the_seat(world: World) -> None:
    """Also where the same member takes the same seat again: what was spent of the old one says nothing of the new."""
    member = await world.join()
    desk = Desk(world, member, await world.stranger(7))
    await desk.authorize(payment_per_day=10_000)
    await world.client.trading.close_seat(world.market, user=member.user, owner=member.key)
    await world.client.trading.open_epoch(world.market)
    async with world.refused(errors.AgentNotAuthorized):
        await desk.bid(10, price=0)
    world.transport.advance(1)
    assert await kit.enter(world, world.market, member) == member.seat

    async with world.refused(errors.AgentNotAuthorized):
        await desk.bid(10, price=0)


async def test_an_agent_has_its_own_seat_only(desk: Desk) -> None:
    """The same owner's other seat is none of its business, nor the same seat of another market."""
    world, member = desk.world, desk.member
    second = await kit.enter(world, world.market, member, ordinal=1)
    await desk.bid(10)
    await world.client.trading.create_buy_order(
        world.market, seat=second, energy_wh=10, price=0, owner=member.key, client_id=1
    )
    book = (await kit.book_of(world)).address

    async with world.refused(errors.UnauthorizedCancellation):
        await desk.cancel(1, (1, 1))
    with pytest.raises(AccountNotFound, match="no agent of seat"):
        await replace_seat(desk, second).bid(10)

    other = await kit.other_market(world)
    grant = pdas.agent_address(world.market.ledger, member.seat, 0)
    abroad = instructions.place_orders_by_agent(
        key=desk.key.pubkey(),
        agent=grant,
        ledger=other.ledger,
        book=book,
        side=Side.BID,
        client_id=9,
        orders=[(1, 1)],
    )
    async with world.refused(errors.AgentNotAuthorized):
        await world.send(abroad, signers=[desk.key])


async def test_a_grant_is_for_one_market(world: World) -> None:
    """Also where the owner has the same seat in another market, opened in the same second."""
    other = await kit.other_market(world)
    member = await world.join(payment=MONEY)
    assert await kit.enter(world, other, member) == member.seat
    desk = Desk(world, member, await world.stranger(7))
    await desk.authorize(payment_per_day=10_000)
    seats = [await world.client.trading.seat(market, member.seat) for market in (world.market, other)]
    assert seats[0].opened_at == seats[1].opened_at
    await world.client.trading.create_buy_order(other, seat=member.seat, energy_wh=10, price=0, owner=member.key)
    abroad = {
        "key": desk.key.pubkey(),
        "agent": pdas.agent_address(world.market.ledger, member.seat, 0),
        "ledger": other.ledger,
        "book": (await kit.book_of(world, market=other)).address,
    }

    async with world.refused(errors.AgentNotAuthorized):
        placed = instructions.place_orders_by_agent(**abroad, side=Side.BID, client_id=9, orders=[(0, 1)])
        await world.send(placed, signers=[desk.key])
    async with world.refused(errors.AgentNotAuthorized):
        await world.send(instructions.cancel_orders_by_agent(**abroad, epoch=1, orders=[(0, 1)]), signers=[desk.key])


async def test_the_seat_in_another_market_revokes_nothing(world: World) -> None:
    """Its owner is somebody else, who has the same number there."""
    other = await kit.other_market(world)
    owner, stranger = await world.join(), await world.join()
    desk = Desk(world, owner, await world.stranger(7))
    await desk.authorize()
    assert await kit.enter(world, other, stranger) == owner.seat
    revocation = instructions.revoke_agent(
        signer=stranger.key.pubkey(),
        ledger=other.ledger,
        agent=pdas.agent_address(world.market.ledger, owner.seat, 0),
        owner=owner.key.pubkey(),
    )

    async with world.refused(errors.WrongLedger):
        await world.send(revocation, signers=[stranger.key])


async def test_rejects_the_grant_of_another_agent(desk: Desk) -> None:
    world = desk.world
    await desk.bid(10)
    thief = await world.stranger(8)
    stolen = {
        "key": thief.pubkey(),
        "agent": pdas.agent_address(world.market.ledger, desk.member.seat, 0),
        "ledger": world.market.ledger,
        "book": (await kit.book_of(world)).address,
    }

    async with world.refused(errors.AgentNotAuthorized):
        placed = instructions.place_orders_by_agent(**stolen, side=Side.BID, client_id=9, orders=[(1, 1)])
        await world.send(placed, signers=[thief])
    async with world.refused(errors.AgentNotAuthorized):
        await world.send(instructions.cancel_orders_by_agent(**stolen, epoch=1, orders=[(0, 1)]), signers=[thief])


async def test_what_placing_refuses_it_refuses_an_agent(desk: Desk) -> None:
    world = desk.world
    await desk.bid(10)
    async with world.refused(errors.OppositeSideOrder):
        await desk.ask(10)
    async with world.refused(errors.InvalidOrderAmount):
        await desk.bid(1_000_000_010, price=0)
    await kit.pause(world)
    async with world.refused(errors.TradingPaused):
        await desk.bid(10)
    await world.client.governance.resume(areas=kit.ALL_AREAS)
    await freeze(world, desk.member)
    await refresh(world, desk.member)
    async with world.refused(errors.SeatFrozen):
        await desk.bid(10)


# Cancelling


async def test_an_agent_cancels_its_own_orders_and_the_owners(desk: Desk) -> None:
    world = desk.world
    await desk.bid(50)
    await world.buy(desk.member, 500, PRICE)
    await freeze(world, desk.member)
    await refresh(world, desk.member)
    await kit.pause(world)

    await desk.cancel(1, (0, 1), (1, 2))

    assert {order.status for order in (await kit.book_of(world)).orders} == {OrderStatus.CANCELLED}
    assert (await kit.seat_of(world, desk.member)).payment_locked == 0
    await conserved(world, [desk.member])


# Revoking


async def test_the_owner_revokes_and_gets_the_rent(desk: Desk) -> None:
    world, owner = desk.world, desk.member.key
    agent = await world.client.trading.agent(world.market, seat=desk.member.seat, key=desk.key.pubkey())
    rent = await world.transport.get_account(agent.address)
    assert rent is not None
    before = await world.transport.get_account(owner.pubkey())

    receipt = await world.client.trading.revoke_agent(
        world.market, seat=desk.member.seat, agent=desk.key.pubkey(), signer=owner
    )

    assert receipt.one(events.AgentRevoked) == events.AgentRevoked(
        market=1, seat=desk.member.seat, ordinal=0, agent=desk.key.pubkey()
    )
    after = await world.transport.get_account(owner.pubkey())
    assert after is not None
    assert after.lamports - (before.lamports if before else 0) == rent.lamports
    with pytest.raises(AccountNotFound, match="no agent of seat"):
        await desk.bid(10)


async def test_an_agent_revokes_itself(desk: Desk) -> None:
    await desk.world.client.trading.revoke_agent(
        desk.world.market, seat=desk.member.seat, agent=desk.key.pubkey(), signer=desk.key
    )

    assert await desk.world.client.trading.agents(desk.world.market, seat=desk.member.seat) == ()


async def test_a_seat_revokes_also_while_it_is_frozen(desk: Desk) -> None:
    """Taking a right away needs no leave."""
    await freeze(desk.world, desk.member)
    await refresh(desk.world, desk.member)

    await desk.world.client.trading.revoke_agent(
        desk.world.market, seat=desk.member.seat, agent=desk.key.pubkey(), signer=desk.member.key
    )


async def test_the_new_key_revokes_what_the_old_one_granted(desk: Desk) -> None:
    world, member = desk.world, desk.member
    new = await world.stranger(3)
    await world.client.registry.rotate_key(new_key=new, key=member.key)
    await world.client.trading.refresh_seat(world.market, seat=member.seat, user=member.user, user_key=new.pubkey())

    await world.client.trading.revoke_agent(world.market, seat=member.seat, agent=desk.key.pubkey(), signer=new)

    assert await world.client.trading.agents(world.market, seat=member.seat) == ()


async def test_others_revoke_nothing(desk: Desk) -> None:
    world = desk.world
    other = await world.join()

    async with world.refused(errors.UnauthorizedSeat):
        await world.client.trading.revoke_agent(
            world.market, seat=desk.member.seat, agent=desk.key.pubkey(), signer=other.key
        )
    honest = instructions.revoke_agent(
        signer=desk.key.pubkey(),
        ledger=world.market.ledger,
        agent=pdas.agent_address(world.market.ledger, desk.member.seat, 0),
        owner=desk.member.key.pubkey(),
    )
    async with world.refused(errors.WrongDestination):
        await world.send(kit.swap(honest, desk.member.key.pubkey(), other.key.pubkey()), signers=[desk.key])
    abroad = await kit.other_market(world)
    async with world.refused(errors.WrongLedger):
        await world.send(kit.swap(honest, world.market.ledger, abroad.ledger), signers=[desk.key])


# The client


async def test_a_client_finds_a_grant_that_has_moved(desk: Desk) -> None:
    """Revoked and made again under another number while a client remembers where it was."""
    world, trading, owner = desk.world, desk.world.client.trading, desk.member.key
    await desk.bid(10)
    await trading.revoke_agent(world.market, seat=desk.member.seat, agent=desk.key.pubkey(), signer=owner)
    usurper = await world.stranger(8)
    await Desk(world, desk.member, usurper).authorize()
    await desk.authorize(payment_per_day=10_000)

    async with world.refused(errors.AgentNotAuthorized):
        await desk.bid(10)
    await desk.bid(10)

    for agent in (usurper, desk.key):
        await trading.revoke_agent(world.market, seat=desk.member.seat, agent=agent.pubkey(), signer=owner)
    await desk.authorize(payment_per_day=10_000)
    with pytest.raises(ProgramError, match="AccountNotInitialized"):
        await desk.cancel(1, (0, 1))
    await desk.cancel(1, (0, 1))


@pytest.mark.parametrize(
    ("date", "month"), [((1970, 1, 1), 0), ((1999, 12, 31), 359), ((2000, 1, 1), 360), ((2028, 2, 29), 697)]
)
def test_months_are_counted_from_1970(date: tuple[int, int, int], month: int) -> None:
    assert month_of(int(datetime(*date, 23, 59, tzinfo=UTC).timestamp())) == month


def test_limits_not_given_allow_nothing_a_day_and_no_less_a_month() -> None:
    limits = AgentLimits(payment_per_day=5)
    assert (limits.of(Asset.PAYMENT), limits.of(Asset.ENERGY)) == ((5, UNLIMITED), (0, UNLIMITED))
