"""A market day to audit: seven epochs with everything that can happen in one, and the audit of what is there."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace

from energy_sdk.audit import AuditReport, audit
from energy_sdk.deployment import Member
from energy_sdk.oracle import EnergySource
from energy_sdk.registry import UserType
from energy_sdk.trading import AgentLimits, Asset, Side
from energy_sdk.transports.base import Account
from solders.pubkey import Pubkey

from tests.support.world import World

BATCH = ((300, 160_000), (200, 90_000), (100, 80_000), (50, 155_000))
"""Energy [Wh] and price of the orders that a buyer places at once; two are cancelled at once."""


@dataclass(kw_only=True)
class Town:
    """A world with a past: `settled` epochs are final, `open` takes orders."""

    world: World
    seller: Member
    buyers: tuple[Member, Member]
    settled: list[int] = field(default_factory=list)
    open: int = 0
    books: dict[int, Pubkey] = field(default_factory=dict)
    """The ring at the end, by epoch."""

    @classmethod
    async def create(cls) -> Town:
        """Six settled epochs, of which the ring still has three, and one with live orders."""
        world = await World.create(orders=48, seats=8)
        seller = await world.join(energy_wh=20_000)
        buyers = (
            await world.join(UserType.CONSUMER, payment=60_000_000),
            await world.join(UserType.CONSUMER, payment=60_000_000),
        )
        leaving = await world.join()
        await world.client.trading.close_seat(world.market, user=leaving.user, owner=leaving.key)
        town = cls(world=world, seller=seller, buyers=buyers)
        for number in range(6):
            await town.trade(number)
        await town.use()
        await town.certify()
        await town.trade(6, settle=False)
        market = await world.client.trading.market(world.market.id)
        town.books = {slot.epoch: slot.address for slot in market.books}
        return town

    async def trade(self, number: int, *, settle: bool = True) -> None:
        """One epoch: offers and bids, a batch, cancellations; the fourth has nothing that crosses."""
        world, (first, second) = self.world, self.buyers
        epoch = await world.epoch()
        await world.sell(self.seller, 1_000, 250_000 if number == 3 else 100_000 + 1_000 * number)
        await world.buy(first, 700, 200_000)
        await world.buy(second, 600, 150_000)
        await world.client.trading.place_orders(
            world.market, seat=second.seat, side=Side.BID, orders=BATCH, owner=second.key
        )
        book = await world.client.trading.book(world.market, epoch)
        await world.client.trading.cancel_order(
            world.market, epoch=epoch, index=3, client_id=book.orders[3].client_id, owner=second.key
        )
        await world.client.trading.cancel_orders(
            world.market,
            epoch=epoch,
            orders=[(index, book.orders[index].client_id) for index in (6, 5)],
            owner=second.key,
        )
        if number == 5:
            await self.delegate(epoch)
        if settle:
            await world.settle(epoch)
            self.settled.append(epoch)
        else:
            self.open = epoch

    async def delegate(self, epoch: int) -> None:
        """An agent of the second buyer places two more bids and cancels one of them."""
        trading, member, agent = self.world.client.trading, self.buyers[1], await self.world.stranger()
        await trading.authorize_agent(
            self.world.market,
            seat=member.seat,
            agent=agent.pubkey(),
            limits=AgentLimits(payment_per_day=1_000_000),
            owner=member.key,
        )
        await trading.place_orders_by_agent(
            self.world.market, seat=member.seat, side=Side.BID, orders=[(100, 140_000), (50, 20_000)], agent=agent
        )
        orders = (await trading.book(self.world.market, epoch)).orders
        await trading.cancel_orders_by_agent(
            self.world.market,
            seat=member.seat,
            epoch=epoch,
            orders=[(len(orders) - 1, orders[-1].client_id)],
            agent=agent,
        )

    async def use(self) -> None:
        """A buyer retires what was drawn, the other withdraws energy, the seller money under a lock."""
        world, (first, second) = self.world, self.buyers
        await world.read(first, import_wh=500)
        await world.client.oracle.retire_energy(
            market=world.market, meter=first.meter, seat=first.seat, energy_wh=400, owner=first.key
        )
        await world.client.trading.withdraw(
            world.market, seat=second.seat, asset=Asset.ENERGY, amount=100, owner=second.key
        )
        trading, seat, owner = world.client.trading, self.seller.seat, self.seller.key
        await trading.lock_withdrawals(
            world.market, seat=seat, payment_per_day=2_000, energy_per_day=500, delay_s=3_600, owner=owner
        )
        for asset, amount in ((Asset.PAYMENT, 600), (Asset.PAYMENT, 400), (Asset.ENERGY, 100)):
            await trading.withdraw(world.market, seat=seat, asset=asset, amount=amount, owner=owner)
        await trading.open_withdrawals(world.market, seat=seat, owner=owner)

    async def certify(self) -> None:
        """Three certificates of the seller's export: one retired, one given away, one split."""
        oracle, meter, owner = self.world.client.oracle, self.seller.meter, self.seller.key
        for _ in range(3):
            await oracle.issue_certificate(meter=meter, energy_wh=1_000, source=EnergySource.SOLAR)
        await oracle.retire_certificate(meter=meter, index=0, beneficiary="the bakery", owner=owner)
        await oracle.transfer_certificate(meter=meter, index=1, recipient=self.buyers[0].user, owner=owner)
        await oracle.split_certificate(meter=meter, index=2, energy_wh=300, owner=owner)

    async def audit(self) -> AuditReport:
        """Everything about the market."""
        return await audit(self.world.client, self.world.market.id)

    async def account(self, address: Pubkey) -> Account:
        """What is there now."""
        found = await self.world.transport.get_account(address)
        assert found is not None
        return found

    async def forge(self, address: Pubkey, change: Callable[[bytearray], object]) -> Account:
        """Write other bytes over an account's; returns it as it was."""
        before = await self.account(address)
        data = bytearray(before.data)
        change(data)
        assert bytes(data) != before.data, "nothing was forged"
        self.world.transport.set_account(replace(before, data=bytes(data)))
        return before
