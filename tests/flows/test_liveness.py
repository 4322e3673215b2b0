"""Clearing cannot be blocked: not by orders, users or officials, not by a crank that stops, not by two at once.

What any of them does in between, the epoch ends with the bytes it would have ended with.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import product

import pytest
from energy_sdk import EnergyClient, Pubkey
from energy_sdk.addresses import TOKEN_PROGRAM, associated_token_address
from energy_sdk.deployment import Member
from energy_sdk.governance import PauseArea
from energy_sdk.operations import set_user_status, settle_due_epochs
from energy_sdk.registry import UserStatus, UserType
from energy_sdk.trading import Asset, BookState, PriceRule, TieRule, errors, pdas
from energy_sdk.transports.base import Account
from solders.instruction import AccountMeta, Instruction

from tests.programs.trading import kit
from tests.support.world import LAMPORTS, RecordingTransport, World, keypair

CENT = kit.CENT
ORDERS = 6
RULES = [(PriceRule.MIDPOINT, TieRule.TIME), (PriceRule.PAY_AS_BID, TieRule.PRO_RATA)]


@dataclass
class Town:
    """Two sellers and two buyers, and a closed epoch of six orders: every fate an order can have is among them."""

    world: World
    sellers: list[Member]
    buyers: list[Member]

    @classmethod
    async def create(cls, price_rule: PriceRule = PriceRule.MIDPOINT, tie_rule: TieRule = TieRule.TIME) -> Town:
        world = await World.create(seats=8, orders=ORDERS)
        await world.client.trading.update_market(world.market, price_rule=price_rule, tie_rule=tie_rule)
        sellers = [await world.join(energy_wh=9_000) for _ in range(2)]
        buyers = [await world.join(UserType.CONSUMER, payment=500 * CENT) for _ in range(2)]
        await world.sell(sellers[0], 3_000, 18 * CENT)
        await world.buy(buyers[0], 4_000, 30 * CENT)
        await world.sell(sellers[1], 5_000, 20 * CENT)
        await world.buy(buyers[1], 1_000, 10 * CENT)
        await world.buy(buyers[0], 2_000, 25 * CENT)
        await world.buy(buyers[1], 1_000, 28 * CENT)
        await world.client.trading.cancel_order(world.market, epoch=1, index=5, client_id=2, owner=buyers[1].key)
        await world.end_epoch(1)
        return cls(world, sellers, buyers)

    @property
    def members(self) -> list[Member]:
        return [*self.sellers, *self.buyers]

    async def step(self, orders: int, client: EnergyClient | None = None) -> None:
        await (client or self.world.client).trading.clear_epoch(self.world.market, 1, max_orders=orders)

    async def outcome(self) -> dict[str, bytes]:
        """The bytes of what a settlement writes."""
        return {name: account.data for name, account in (await self.accounts()).items()}

    async def accounts(self) -> dict[str, Account]:
        """The four accounts that a settlement writes."""
        market = self.world.market
        addresses = {
            "market": market.address,
            "ledger": market.ledger,
            "book": (await kit.book_of(self.world)).address,
            "result": pdas.epoch_result_address(market.address, 1),
        }
        return {name: await self._account(address) for name, address in addresses.items()}

    def restore(self, accounts: dict[str, Account]) -> None:
        """Put accounts back as they were, under a new block hash: what follows may have been sent before."""
        self.world.transport.advance(1)
        for account in accounts.values():
            self.world.transport.set_account(account)

    async def state(self) -> BookState:
        return (await kit.book_of(self.world)).state

    async def reborn(self) -> Town:
        """The same accounts on a new chain, read from their bytes; nobody there remembers anything."""
        old = self.world.transport
        new = RecordingTransport(upgrade_authority=self.world.chief.pubkey())
        new.touched = await old.snapshot()
        for address, account in new.touched.items():
            if account is not None and not account.executable and await new.get_account(address) is None:
                new.set_account(account)
        new.set_time(await old.clock())
        client = EnergyClient(new, self.world.chief)
        world = World(transport=new, client=client, chief=self.world.chief, market=self.world.market)
        return Town(world, self.sellers, self.buyers)

    async def _account(self, address: Pubkey) -> Account:
        account = await self.world.transport.get_account(address)
        assert account is not None
        return account


def ways(total: int, steps: Sequence[int]) -> Iterator[tuple[int, ...]]:
    """Every sequence of steps that just passes `total` orders."""
    if total <= 0:
        yield ()
        return
    for step in steps:
        for rest in ways(total - step, steps):
            yield (step, *rest)


@pytest.mark.parametrize(("price_rule", "tie_rule"), RULES)
async def test_a_crank_may_die_after_any_step(price_rule: PriceRule, tie_rule: TieRule) -> None:
    """Whoever comes next finds everything in the accounts: at every boundary, from their bytes alone."""
    town = await Town.create(price_rule, tie_rule)
    closed = await town.accounts()
    await town.step(ORDERS)
    settled = await town.outcome()

    for survived in range(ORDERS):
        town.restore(closed)
        await town.step(survived)
        successor = await town.reborn()
        while await successor.state() is not BookState.SETTLED:
            await successor.step(2)
        assert await successor.outcome() == settled, f"the first crank died after {survived} orders"


@pytest.mark.parametrize(("price_rule", "tie_rule"), RULES)
async def test_two_cranks_in_any_interleaving_leave_the_same_bytes(price_rule: PriceRule, tie_rule: TieRule) -> None:
    """Every way in which two cranks with steps of one or three orders can take turns."""
    town = await Town.create(price_rule, tie_rule)
    cranks = [town.world.client.as_payer(keypair(number)) for number in (11, 12)]
    for crank in cranks:
        await town.world.transport.airdrop(crank.payer.pubkey(), LAMPORTS)
    closed = await town.accounts()
    await town.step(ORDERS)
    settled = await town.outcome()

    tried = 0
    for steps in ways(ORDERS, (1, 3)):
        for turns in product(cranks, repeat=len(steps)):
            town.restore(closed)
            for crank, step in zip(turns, steps, strict=True):
                await town.step(step, crank)
            assert await town.outcome() == settled, f"steps of {steps}"
            tried += 1

    assert tried == 292


async def suspend_everybody(town: Town) -> None:
    for member in town.members:
        await set_user_status(
            town.world.client, user=member.user, status=UserStatus.SUSPENDED, markets=[town.world.market]
        )


async def try_to_leave(town: Town) -> None:
    """A seat with an order in an unsettled epoch cannot be closed under the settlement."""
    for member in town.members:
        async with town.world.refused(errors.SeatInUse):
            await town.world.client.trading.close_seat(town.world.market, user=member.user, owner=member.key)


async def donate_to_the_vaults(town: Town) -> None:
    market, buyer = town.world.market, town.buyers[0]
    await town.world.client.tokens.mint_to(mint=market.payment_mint, owner=buyer.key.pubkey(), amount=77)
    source = associated_token_address(buyer.key.pubkey(), market.payment_mint)
    # SPL Token's Transfer: 3, amount u64.
    transfer = Instruction(
        TOKEN_PROGRAM,
        b"\x03" + (77).to_bytes(8, "little"),
        [
            AccountMeta(source, False, True),
            AccountMeta(market.payment_vault, False, True),
            AccountMeta(buyer.key.pubkey(), True, False),
        ],
    )
    await town.world.send(transfer, signers=[buyer.key])


async def pause_everything_for_a_while(town: Town) -> None:
    await kit.pause(town.world)
    async with town.world.refused(errors.ClearingPaused):
        await town.step(1)
    town.world.transport.advance(60)
    await town.world.client.governance.resume(areas=kit.ALL_AREAS)


async def change_the_rules(town: Town) -> None:
    """The market's new rules are for epochs that are not open yet."""
    await town.world.client.trading.update_market(
        town.world.market, price_rule=PriceRule.SELLERS_END, tie_rule=TieRule.PRO_RATA, fee_bps=0, min_order_wh=1_000
    )


async def withdraw_everything_free(town: Town) -> None:
    for member in town.members:
        seat = await kit.seat_of(town.world, member)
        for asset, free in ((Asset.ENERGY, seat.energy_free), (Asset.PAYMENT, seat.payment_free)):
            if free:
                await town.world.client.trading.withdraw(
                    town.world.market, seat=member.seat, asset=asset, amount=free, owner=member.key
                )


async def trade_in_the_next_epoch(town: Town) -> None:
    await town.world.sell(town.sellers[0], 1_000, 20 * CENT)
    await town.world.buy(town.buyers[0], 1_000, 20 * CENT)


Disturbance = Callable[[Town], Awaitable[None]]
DISTURBANCES: list[Disturbance] = [
    suspend_everybody,
    try_to_leave,
    donate_to_the_vaults,
    pause_everything_for_a_while,
    change_the_rules,
    withdraw_everything_free,
    trade_in_the_next_epoch,
]


@pytest.mark.parametrize("after", [None, 0, 3])
@pytest.mark.parametrize("disturb", DISTURBANCES, ids=lambda disturb: disturb.__name__)
async def test_nothing_that_happens_meanwhile_changes_an_epoch(disturb: Disturbance, after: int | None) -> None:
    """Between closing and the first step (None), and after a first step of so many orders.

    Log, digest and result have the same bytes, and every seat ends with the same sums as without it.
    """
    calm = await Town.create()
    town = await calm.reborn()
    await calm.step(ORDERS)
    expected = await calm.outcome()

    if after is not None:
        await town.step(after)
    await disturb(town)
    result = await town.world.client.trading.settle_epoch(town.world.market, 1)

    assert result.state is BookState.SETTLED
    outcome = await town.outcome()
    assert outcome["book"] == expected["book"]
    assert outcome["result"] == expected["result"]
    for member in town.members:
        gained = [await gains(either, member) for either in (town, calm)]
        assert gained[0] == gained[1]


async def gains(town: Town, member: Member) -> tuple[int, int]:
    """Energy [Wh] and payment that belong to a member, in custody or in the wallet."""
    seat, market = await kit.seat_of(town.world, member), town.world.market
    wallets = [
        await town.world.client.tokens.balance(mint=mint, owner=member.key.pubkey())
        for mint in (market.energy_mint, market.payment_mint)
    ]
    return seat.energy + wallets[0] // 1_000_000, seat.payment + wallets[1]


@pytest.mark.parametrize("after", range(ORDERS))
async def test_a_pause_without_end_stops_no_settlement_that_has_begun(after: int) -> None:
    """Once clearing has stood still for the void delay anybody completes it, with the same bytes."""
    calm = await Town.create()
    town = await calm.reborn()
    await calm.step(ORDERS)
    stranger = town.world.client.as_payer(await town.world.stranger())

    await town.step(after)
    await kit.pause(town.world)
    town.world.transport.advance(town.world.market.void_after_s)
    while await town.state() is not BookState.SETTLED:
        await town.step(1, stranger)

    assert await town.outcome() == await calm.outcome()


async def test_no_official_is_needed(world: World) -> None:
    """Without any operator strangers open, close and clear: closing once the grace period is over."""
    seller = await world.join(energy_wh=1_000)
    buyer = await world.join(UserType.CONSUMER, payment=20 * CENT)
    stranger = world.client.as_payer(await world.stranger())
    await stranger.trading.open_epoch(world.market)
    await world.sell(seller, 1_000, 20 * CENT)
    await world.buy(buyer, 1_000, 20 * CENT)
    market = await world.client.trading.market(1)
    world.transport.set_time(market.clock.starts_at(2) + market.clearing_grace_s - 1)

    with pytest.raises(errors.ClosingReserved):
        await stranger.trading.close_epoch(world.market, 1)
    world.transport.advance(1)
    await stranger.trading.close_epoch(world.market, 1)
    result = await stranger.trading.settle_epoch(world.market, 1)

    assert result.volume_wh == 1_000


async def test_a_day_without_a_crank_is_caught_up_by_anybody(world: World) -> None:
    """Orders go on until the ring of books is full, then wait; 96 epochs later one call settles what is due."""
    seller = await world.join(energy_wh=9_000)
    books = len((await world.client.trading.market(1)).books)
    for _ in range(books):
        await world.sell(seller, 1_000, 20 * CENT)
        await kit.next_epoch(world)
    async with world.refused(errors.BookBusy):
        await world.sell(seller, 1_000, 20 * CENT)
    await kit.next_epoch(world, ahead=96)
    stranger = world.client.as_payer(await world.stranger())

    results = [result async for result in settle_due_epochs(stranger, world.market)]

    assert [(result.epoch, result.expired) for result in results] == [(1 + number, 1) for number in range(books)]
    await world.sell(seller, 9_000, 20 * CENT)


async def test_every_quarter_hour_of_a_day_settles_in_its_turn(world: World) -> None:
    """96 epochs with orders, each settled by a stranger while the next one runs: no book is ever missing."""
    seller = await world.join(energy_wh=1_000)
    stranger = world.client.as_payer(await world.stranger())
    settled = 0
    for _ in range(96):
        await world.sell(seller, 1_000, 20 * CENT)
        await kit.next_epoch(world)
        world.transport.advance(world.market.clearing_grace_s)
        settled += len([result async for result in settle_due_epochs(stranger, world.market)])

    market = await world.client.trading.market(1)
    assert (settled, market.epochs_settled, market.last_settled_epoch) == (96, 96, 96)


async def test_a_clearing_pause_leaves_placing_to_the_next_epochs(world: World) -> None:
    """A pause of clearing alone blocks no order, and what it delayed settles in order after it."""
    seller = await world.join(energy_wh=3_000)
    await world.sell(seller, 1_000, 20 * CENT)
    await world.end_epoch(1)
    await kit.pause(world, PauseArea.CLEARING)

    await world.sell(seller, 1_000, 20 * CENT)
    await world.end_epoch(2)
    await world.client.governance.resume(areas=PauseArea.CLEARING)
    results = [result async for result in settle_due_epochs(world.client, world.market)]

    assert [result.state for result in results] == [BookState.SETTLED] * 2
