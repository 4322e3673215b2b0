"""An agent's key alone never lowers what a seat owns by more than its limits, and never moves a token."""

from __future__ import annotations

import asyncio
import contextlib
from datetime import UTC, datetime

from energy_sdk import Keypair, Pubkey
from energy_sdk.addresses import associated_token_address
from energy_sdk.deployment import Member
from energy_sdk.exceptions import EnergyError
from energy_sdk.trading import AgentLimits, Asset, OrderStatus, Side, errors
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.support.world import World, conserved

PRICES = (50_000, 100_000, 150_000)
START = datetime(2028, 2, 26, 20, tzinfo=UTC)
"""A few days before a leap day and the end of a month."""
LIMITS = AgentLimits(payment_per_day=10_000, payment_per_month=25_000, energy_per_day=100, energy_per_month=250)
"""Some ten orders of the sizes below on a day, and days of that in a month."""

SIZES = st.sampled_from([10, 20, 50, 100, 150])
ORDERS = st.lists(st.tuples(SIZES, st.sampled_from(PRICES)), min_size=1, max_size=3)
ACTIONS = st.one_of(
    st.tuples(st.just("agent"), st.sampled_from(list(Side)), ORDERS),
    st.tuples(st.just("agent"), st.sampled_from(list(Side)), ORDERS),
    st.tuples(st.just("partner"), st.sampled_from(list(Side)), ORDERS),
    st.tuples(st.just("cancel"), st.integers(0, 20), st.none()),
    st.tuples(st.just("settle"), st.none(), st.none()),
    st.tuples(st.just("wait"), st.sampled_from([900, 14_400, 86_400, 10 * 86_400]), st.none()),
)


class Desk:
    """A seat that only its agent uses, a partner who takes and offers whatever comes, and a count of days."""

    world: World
    member: Member
    partner: Member
    agent: Keypair
    days: set[str]
    months: set[str]

    @classmethod
    async def create(cls) -> Desk:
        desk = cls()
        desk.world = await World.create()
        desk.world.transport.set_time(int(START.timestamp()))
        desk.member = await desk.world.join(payment=1_000_000, energy_wh=10_000)
        desk.partner = await desk.world.join(payment=1_000_000, energy_wh=10_000)
        desk.agent = await desk.world.stranger()
        desk.days, desk.months = set(), set()
        await desk.world.client.trading.authorize_agent(
            desk.world.market,
            seat=desk.member.seat,
            agent=desk.agent.pubkey(),
            limits=LIMITS,
            owner=desk.member.key,
        )
        return desk

    async def act(self, action: str, what: object, orders: list[tuple[int, int]] | None) -> None:
        """One action; the partner's may be refused for any reason, the agent's never for lack of a grant."""
        trading, market = self.world.client.trading, self.world.market
        if action == "wait":
            assert isinstance(what, int)
            self.world.transport.advance(what)
        elif action == "settle":
            await self.settle()
        elif action == "cancel":
            await self.cancel(what)
        elif action == "partner":
            assert isinstance(what, Side)
            assert orders is not None
            with contextlib.suppress(EnergyError):
                await trading.place_orders(
                    market, seat=self.partner.seat, side=what, orders=orders, owner=self.partner.key
                )
        else:
            assert isinstance(what, Side)
            assert orders is not None
            before = await self.tokens()
            try:
                await trading.place_orders_by_agent(
                    market, seat=self.member.seat, side=what, orders=orders, agent=self.agent
                )
            except (errors.AgentLimitExceeded, errors.OppositeSideOrder, errors.InsufficientBalance, errors.BookBusy):
                pass
            else:
                now = datetime.fromtimestamp(await self.world.transport.clock(), UTC)
                self.days.add(f"{now:%F}")
                self.months.add(f"{now:%Y-%m}")
            assert await self.tokens() == before

    async def cancel(self, number: object) -> None:
        """The agent cancels one of the seat's live orders in the running epoch."""
        assert isinstance(number, int)
        trading, market, epoch = self.world.client.trading, self.world.market, await self.world.epoch()
        live = [
            order
            for order in await trading.orders(market, epoch)
            if order.seat == self.member.seat and order.status is OrderStatus.ACTIVE
        ]
        if live:
            order = live[number % len(live)]
            before = await self.tokens()
            await trading.cancel_orders_by_agent(
                market,
                seat=self.member.seat,
                epoch=epoch,
                orders=[(order.index, order.client_id)],
                agent=self.agent,
            )
            assert await self.tokens() == before

    async def settle(self) -> None:
        """Every epoch that has orders ends."""
        market = await self.world.client.trading.market(1)
        while (epoch := market.oldest_unsettled_epoch()) is not None:
            await self.world.settle(epoch)
            market = await self.world.client.trading.market(1)

    async def tokens(self) -> list[int]:
        """What is in all vaults and wallets."""
        market, accounts = self.world.market, []
        for asset in Asset:
            accounts.append(market.vault(asset))
            for key in (self.member.key, self.partner.key, self.agent):
                accounts.append(associated_token_address(key.pubkey(), market.mint(asset)))
        return [await self._balance(account) for account in accounts]

    async def _balance(self, account: Pubkey) -> int:
        if await self.world.transport.get_account(account) is None:
            return 0
        return await self.world.client.tokens.account_balance(account=account)

    async def check(self) -> None:
        """What is spent, and what may be at most once all orders are filled, lies within the limits of the days."""
        seat = await self.world.client.trading.seat(self.world.market, self.member.seat)
        for asset, spent, locked in (
            (Asset.PAYMENT, seat.payment_spent, seat.payment_locked),
            (Asset.ENERGY, seat.energy_spent, seat.energy_locked),
        ):
            day, month = LIMITS.of(asset)
            assert spent + locked <= day * len(self.days)
            assert spent + locked <= month * len(self.months)
        await conserved(self.world, [self.member, self.partner])


@settings(max_examples=15, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
@given(st.lists(ACTIONS, min_size=10, max_size=40))
def test_an_agent_spends_no_more_than_its_limits(
    actions: list[tuple[str, object, list[tuple[int, int]] | None]],
) -> None:
    async def live() -> None:
        desk = await Desk.create()
        for action in actions:
            await desk.act(*action)
            await desk.check()

    asyncio.run(live())
