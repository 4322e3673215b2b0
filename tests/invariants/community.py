"""Members who do as they please, and the books that must balance whatever they do."""

from __future__ import annotations

from collections import Counter
from collections.abc import Awaitable, Collection, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from energy_sdk import Pubkey
from energy_sdk.addresses import associated_token_address
from energy_sdk.deployment import Member, create_market, initialize_programs
from energy_sdk.exceptions import EnergyError
from energy_sdk.governance import PauseArea
from energy_sdk.registry import UserStatus, UserType
from energy_sdk.trading import (
    Asset,
    Book,
    BookState,
    EpochResult,
    Market,
    Order,
    OrderStatus,
    PriceRule,
    SeatStatus,
    Side,
    instructions,
)
from energy_sdk.units import cost
from solders.instruction import AccountMeta, Instruction

from tests.support.world import World

PAYMENT = 2_000_000
ENERGY_WH = 5_000
VOID_AFTER_S = 60
ASSETS = (Asset.ENERGY, Asset.PAYMENT)

ATTACKER: Final = 5
"""The place of the member who means no good."""

NOTHING: Final = PauseArea(0)

EVERYBODY: Final = frozenset(range(6))


@dataclass(kw_only=True)
class Community(World):
    """A world whose actions are counted, and checked when they are refused."""

    people: list[Member] = field(default_factory=list)
    other: Market
    """Another market, whose accounts are of the right type in the wrong place."""
    metered: dict[int, tuple[int, ...]] = field(default_factory=dict)
    """Ages of the readings that each seat's meter was founded with."""
    paused: PauseArea = NOTHING
    tally: Counter[str] = field(default_factory=Counter)
    """How often each action was done, and how often each error came."""
    checks: Counter[str] = field(default_factory=Counter)
    """How often each invariant was evaluated."""

    @classmethod
    async def build(cls) -> Community:
        """Three prosumers, two consumers and an attacker with something to trade.

        Clearing may be voided after a minute.
        """
        chain = await World.bare()
        await initialize_programs(chain.client)
        await chain.client.governance.update_parameters(void_after_s=VOID_AFTER_S, max_orders_per_seat=6)
        market = await create_market(chain.client, seats=12, orders=32)
        other = await create_market(chain.client, market_id=2, seats=4, orders=8)
        town = cls(transport=chain.transport, client=chain.client, chief=chain.chief, market=market, other=other)
        for energy_wh in (ENERGY_WH, ENERGY_WH, ENERGY_WH, 0, 0, ENERGY_WH):
            user_type = UserType.PROSUMER if energy_wh else UserType.CONSUMER
            member = await town.join(user_type, payment=PAYMENT, energy_wh=energy_wh)
            town.people.append(member)
            await town.read(member, import_wh=ENERGY_WH, age=2)
            town.metered[member.seat] = (1, 2) if energy_wh else (2,)
        return town

    def holds(self, rule: str, held: bool, text: object) -> None:
        """Count one evaluation of the invariant numbered so in proof/invariants, and demand it."""
        self.checks[rule] += 1
        assert held, f"{rule}: {text}"

    async def attempt(
        self,
        name: str,
        action: Awaitable[Any],
        *errors: type[EnergyError],
        parties: Collection[int] = EVERYBODY,
    ) -> EnergyError | None:
        """Do it. It may fail with one of these errors, and then must not have changed an account.

        Args:
            parties: places of the members whose seats and wallets it may change.
        """
        before = await self.transport.snapshot()
        belongings = [await self._belongings(member) for member in self.people]
        refusal = await _refusal(action)
        if refusal is None:
            self.tally[name] += 1
            for place, member in enumerate(self.people):
                if place not in parties:
                    same = await self._belongings(member) == belongings[place]
                    self.holds("C7", same, f"{name} changed what belongs to member {place}")
            return None
        assert isinstance(refusal, errors), f"{name}: {type(refusal).__name__}: {refusal}"
        self.tally[f"{name}: {type(refusal).__name__}"] += 1
        before = self.transport.touched | before
        changed = [
            address
            for address, account in (await self.transport.snapshot()).items()
            if not self._same(before[address], account)
        ]
        self.holds("C8", not changed, f"{name} was refused and left changes at {changed}")
        return refusal

    async def _belongings(self, member: Member) -> tuple[object, ...]:
        """What a member has on the seat and in the wallets."""
        seat = await self.client.trading.seat(self.market, member.seat)
        wallets = [self.wallet(member, asset) for asset in ASSETS]
        return (
            (seat.energy_free, seat.energy_locked, seat.payment_free, seat.payment_locked),
            [None if account is None else account.data for account in await self.transport.get_accounts(wallets)],
        )

    def wallet(self, member: Member, asset: Asset) -> Pubkey:
        """The token account of a member."""
        return associated_token_address(member.key.pubkey(), self.market.mint(asset))

    async def last_id(self, member: Member) -> int:
        """The last client order id of a member's seat."""
        return (await self.client.trading.seat(self.market, member.seat)).last_client_id

    async def order(self, side: Side, member: Member, energy_wh: int, price: int) -> None:
        """An order with the seat's next client id, whoever placed the ones before."""
        trading = self.client.trading
        create = trading.create_buy_order if side is Side.BID else trading.create_sell_order
        next_id = await self.last_id(member) + 1
        await create(
            self.market, seat=member.seat, energy_wh=energy_wh, price=price, owner=member.key, client_id=next_id
        )

    async def is_active(self, member: Member) -> bool:
        """Whether a member's seat may place orders."""
        return (await self.client.trading.seat(self.market, member.seat)).status is SeatStatus.ACTIVE

    async def unchanged(self, book: Book) -> bool:
        """Whether the orders of a book are those that it had, apart from what clearing wrote."""
        found = await self.client.trading.book(self.market, book.epoch)
        return [_placed(order) for order in found.orders] == [_placed(order) for order in book.orders]

    async def instructions(self, actions: Sequence[tuple[int, str, int]]) -> list[Instruction]:
        """Instructions of members, each with a number of lots; none where an order has no open book.

        Args:
            actions: place of the member, what it does ("sell", "buy", "deposit", "withdraw"), and how many lots.
        """
        market = await self.client.trading.market(self.market.id)
        book = market.book_of(market.epoch_at(await self.transport.clock()))
        steps = []
        ids: Counter[int] = Counter()
        for place, kind, lots in actions:
            member = self.people[place]
            owner, seat, ledger, address = member.key.pubkey(), member.seat, market.ledger, market.address
            ids[seat] += 1
            if kind in ("sell", "buy"):
                if book is None:
                    return []
                create = instructions.create_sell_order if kind == "sell" else instructions.create_buy_order
                order = create(
                    owner=owner,
                    ledger=ledger,
                    book=book,
                    seat=seat,
                    energy_wh=10 * lots,
                    price=100_000,
                    client_id=await self.last_id(member) + ids[seat],
                )
                steps.append(order)
                continue
            grid = lots % 2 and member.user_type is UserType.PROSUMER
            asset, amount = (Asset.ENERGY, 10 * lots) if grid else (Asset.PAYMENT, 1_000 * lots)
            wallet = self.wallet(member, asset)
            move: Any = instructions.deposit if kind == "deposit" else instructions.withdraw
            account = {"source" if kind == "deposit" else "destination": wallet}
            step = move(owner=owner, market=address, ledger=ledger, seat=seat, asset=asset, amount=amount, **account)
            steps.append(step)
        return steps

    def addresses(self) -> list[Pubkey]:
        """What an attacker may put in an account's place: siblings of everything, and accounts of others."""
        markets = [
            address
            for market in (self.market, self.other)
            for address in (
                market.address,
                market.ledger,
                market.energy_vault,
                market.payment_vault,
                *(slot.address for slot in market.books),
            )
        ]
        people = [address for member in self.people for address in (member.key.pubkey(), member.user)]
        wallets = [self.wallet(member, asset) for member in self.people for asset in ASSETS]
        return [*markets, *wallets, *people, self.market.payment_mint, self.market.energy_mint]

    def forged(self, instruction: Instruction, place: int, address: Pubkey) -> Instruction:
        """The instruction with another account at `place`, signed by nobody but the attacker."""
        accounts = list(instruction.accounts)
        place %= len(accounts)
        accounts[place] = AccountMeta(address, accounts[place].is_signer, accounts[place].is_writable)
        attacker = self.people[ATTACKER].key.pubkey()
        signed = [
            AccountMeta(account.pubkey, account.is_signer and account.pubkey == attacker, account.is_writable)
            for account in accounts
        ]
        return Instruction(instruction.program_id, instruction.data, signed)

    async def books(self) -> list[Book]:
        """Every book of the ring."""
        market = await self.client.trading.market(self.market.id)
        found = await self.transport.get_accounts([slot.address for slot in market.books])
        return [Book.decode(account) for account in found if account is not None]

    async def in_state(self, *states: BookState) -> list[Book]:
        """Books in one of the states, the oldest epoch first."""
        return sorted((book for book in await self.books() if book.state in states), key=lambda book: book.epoch)

    async def check(self) -> None:
        """Sums, supply and counters agree, and every lock belongs to a live order."""
        await self._check_sums()
        await self._check_tokens()
        locked: Counter[tuple[int, Asset]] = Counter()
        for book in await self.books():
            self._check_orders(book)
            for order in book.orders:
                if order.status is OrderStatus.ACTIVE:
                    locked[order.seat, _asset(order)] += _lock(order)
        for seat in (await self.client.trading.ledger(self.market)).seats():
            found = (seat.energy_locked, seat.payment_locked)
            self.holds("C6", found == (locked[seat.index, Asset.ENERGY], locked[seat.index, Asset.PAYMENT]), seat)

    async def _check_sums(self) -> None:
        """Vaults, ledger, seats, supply and counters agree, and no meter minted or retired more than it measured."""
        client, market = self.client, self.market
        ledger = await client.trading.ledger(market)
        seats = list(ledger.seats())
        vaults = [await client.tokens.account_balance(account=v) for v in (market.energy_vault, market.payment_vault)]
        self.holds("C3", ledger.energy_wh * 1_000_000 == vaults[0], f"{ledger.energy_wh} Wh, {vaults[0]} in the vault")
        self.holds("C4", ledger.payment == vaults[1], f"{ledger.payment}, {vaults[1]} in the vault")
        # While an epoch is being settled some orders have what the other side has not given yet.
        if not await self.in_state(BookState.CLEARING):
            energy_wh, payment = sum(seat.energy for seat in seats), sum(seat.payment for seat in seats)
            self.holds("C3", energy_wh == ledger.energy_wh, f"{energy_wh} Wh on the seats, {ledger.energy_wh} in all")
            self.holds("C4", payment == ledger.payment, f"{payment} on the seats, {ledger.payment} in all")
        config = await client.energy_token.config()
        supply = await client.tokens.supply(mint=market.energy_mint)
        self.holds("C1", supply == config.minted - config.burned, f"supply {supply}, {config}")
        for member in self.people:
            slot = (await client.oracle.shard(shard=member.shard)).slots[member.slot]
            self.holds("C1", slot.minted_wh <= slot.export_wh and slot.retired_wh <= slot.import_wh, slot)

    async def _check_tokens(self) -> None:
        """The balances of all accounts add up."""
        for asset, mint in ((Asset.ENERGY, self.market.energy_mint), (Asset.PAYMENT, self.market.payment_mint)):
            vault = self.market.energy_vault if asset is Asset.ENERGY else self.market.payment_vault
            accounts = [self.wallet(member, asset) for member in self.people]
            chief = associated_token_address(self.chief.pubkey(), mint)
            held = [
                await self.client.tokens.account_balance(account=account)
                for account in (vault, chief, *accounts)
                if await self.transport.get_account(account) is not None
            ]
            supply = await self.client.tokens.supply(mint=mint)
            self.holds("C2", sum(held) == supply, f"{sum(held)} in accounts, {supply} in existence")

    def _check_orders(self, book: Book) -> None:
        """Fills agree with statuses, and a seat's client ids rise."""
        last: dict[int, int] = {}
        for order in book.orders:
            expected = {
                OrderStatus.FILLED: order.filled_wh == order.energy_wh,
                OrderStatus.PARTIALLY_FILLED: 0 < order.filled_wh < order.energy_wh,
            }
            self.holds("S1", expected.get(order.status, order.filled_wh == 0), order)
            self.holds("U2", order.client_id > last.get(order.seat, 0), order)
            last[order.seat] = order.client_id

    async def check_settlement(self, epoch: int) -> None:
        """Invariants 6 and 7 of ARCHITECTURE.md, and the digest of the log."""
        result = await self.client.trading.result(self.market, epoch)
        assert result is not None
        assert result.state is BookState.SETTLED
        book = await self.client.trading.book(self.market, epoch)
        assert book.recompute_digest() == result.digest
        bids = [order for order in book.orders if order.side is Side.BID and order.filled_wh]
        asks = [order for order in book.orders if order.side is Side.ASK and order.filled_wh]
        bought, sold = (sum(order.filled_wh for order in side) for side in (bids, asks))
        self.holds("S2", bought == sold == result.volume_wh, f"{bought} bought, {sold} sold, {result}")
        self.holds("C5", result.buyers_paid == result.sellers_received + result.fees + result.surplus, result)
        if book.price_rule is not PriceRule.PAY_AS_BID:
            kept = all(order.price >= result.price for order in bids) and all(o.price <= result.price for o in asks)
            self.holds("P1", kept, result)
        self._check_counts(result, book.orders)

    def _check_counts(self, result: EpochResult, orders: Sequence[Order]) -> None:
        by_status = Counter(order.status for order in orders)
        assert (result.filled, result.partially_filled, result.cancelled, result.expired) == (
            by_status[OrderStatus.FILLED],
            by_status[OrderStatus.PARTIALLY_FILLED],
            by_status[OrderStatus.CANCELLED],
            by_status[OrderStatus.EXPIRED],
        )

    async def drain(self) -> None:
        """Everybody cancels what can be cancelled, all epochs settle, and everything is withdrawn.

        Nothing of this may fail, whatever happened before.
        """
        client, market = self.client, self.market
        await client.governance.resume(areas=PauseArea.TRADING | PauseArea.CLEARING | PauseArea.METERING)
        self.paused = NOTHING
        now = await self.transport.clock()
        for book in await self.in_state(BookState.OPEN):
            if now < book.closes_at:
                for order in book.orders:
                    if order.status is OrderStatus.ACTIVE:
                        await client.trading.cancel_order(
                            market,
                            epoch=book.epoch,
                            index=order.index,
                            client_id=order.client_id,
                            owner=self.owner(order.seat),
                        )
                self.transport.set_time(book.closes_at)
            await client.oracle.trigger_market_clearing(market=market, epoch=book.epoch)
        for book in await self.in_state(BookState.CLOSED, BookState.CLEARING, BookState.VOIDING):
            if book.state is BookState.VOIDING:
                await client.trading.void_epoch(market, book.epoch)
            else:
                await client.trading.settle_epoch(market, book.epoch)
        self.holds("E5", len(await self.in_state(*UNSETTLED)) == 0, "epochs are left unsettled")
        await self.check()

        ledger = await client.trading.ledger(market)
        for seat in ledger.seats():
            for asset, free in ((Asset.ENERGY, seat.energy_free), (Asset.PAYMENT, seat.payment_free)):
                if free:
                    await client.trading.withdraw(
                        market, seat=seat.index, asset=asset, amount=free, owner=self.owner(seat.index)
                    )
        ledger = await client.trading.ledger(market)
        self.holds("C9", (ledger.energy_wh, ledger.payment) == (0, 0), ledger)
        self.holds("C9", all(seat.energy == seat.payment == 0 for seat in ledger.seats()), "seats are not empty")
        for vault in (market.energy_vault, market.payment_vault):
            self.holds("C9", await client.tokens.account_balance(account=vault) == 0, "a vault is not empty")
        await self._check_sums()

    def owner(self, seat: int) -> Any:
        """The key of a seat; the chief holds those for fees and for the community."""
        return next((member.key for member in self.people if member.seat == seat), self.chief)

    async def set_standing(self, member: Member, status: UserStatus) -> None:
        """Change a user's standing and tell the market and the oracle."""
        await self.client.registry.update_user_status(user=member.user, status=status)
        await self.client.trading.refresh_seat(
            self.market, seat=member.seat, user=member.user, user_key=member.key.pubkey()
        )
        await self.client.oracle.refresh_meter(meter=member.meter)


UNSETTLED: Final = (BookState.OPEN, BookState.CLOSED, BookState.CLEARING, BookState.VOIDING)


def _placed(order: Order) -> tuple[object, ...]:
    """What an order was placed with, and whether it was cancelled."""
    cancelled = order.status is OrderStatus.CANCELLED
    return order.client_id, order.seat, order.side, order.price, order.energy_wh, cancelled


async def _refusal(action: Awaitable[Any]) -> EnergyError | None:
    try:
        await action
    except EnergyError as error:
        return error
    return None


def _asset(order: Order) -> Asset:
    return Asset.PAYMENT if order.side is Side.BID else Asset.ENERGY


def _lock(order: Order) -> int:
    return cost(order.energy_wh, order.price) if order.side is Side.BID else order.energy_wh
