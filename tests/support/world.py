"""A small community on the real programs, in process, to begin tests with."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace

from energy_sdk import EnergyClient, Keypair, LiteSvmTransport, Pubkey, Receipt
from energy_sdk.deployment import Member, add_member, create_market, initialize_programs
from energy_sdk.exceptions import EnergyError
from energy_sdk.oracle import Reading
from energy_sdk.registry import UserType
from energy_sdk.trading import Asset, EpochResult, Market, MarketTerms
from energy_sdk.transports.base import Account, Outcome
from energy_sdk.transports.loaded_keys import load_keys
from solders.instruction import Instruction
from solders.transaction import VersionedTransaction

LAMPORTS = 1_000_000_000_000_000
MAX_POWER_W = 100_000_000


def keypair(number: int) -> Keypair:
    """The same key for the same number in every run."""
    return Keypair.from_seed(number.to_bytes(32, "big"))


class RecordingTransport(LiteSvmTransport):
    """Remembers every address that a transaction named, so that tests can compare all of them."""

    def __init__(self, *, upgrade_authority: Pubkey) -> None:
        super().__init__(upgrade_authority=upgrade_authority)
        self.touched: dict[Pubkey, Account | None] = {}
        """What each address held before the first transaction that named it."""

    async def send(self, transaction: VersionedTransaction, *, last_valid_block_height: int = 0) -> Outcome:
        for address in load_keys(transaction, self._account).all:
            if address not in self.touched:
                self.touched[address] = await self.get_account(address)
        return await super().send(transaction, last_valid_block_height=last_valid_block_height)

    async def snapshot(self) -> dict[Pubkey, Account | None]:
        """All accounts touched so far, byte for byte."""
        return {address: await self.get_account(address) for address in self.touched}


@dataclass(kw_only=True)
class Chain:
    """The installed programs, not initialised.

    `chief` is their upgrade authority and pays for everything.
    """

    transport: RecordingTransport
    client: EnergyClient
    chief: Keypair

    @classmethod
    async def bare(cls) -> Chain:
        """A chain on which nothing has happened."""
        chief = keypair(1)
        transport = RecordingTransport(upgrade_authority=chief.pubkey())
        await transport.airdrop(chief.pubkey(), LAMPORTS)
        return Chain(transport=transport, client=EnergyClient(transport, chief), chief=chief)

    async def stranger(self, number: int = 0) -> Keypair:
        """A key without any role, with lamports to pay for accounts; another one for each number."""
        key = keypair(1_000_000 + number)
        await self.transport.airdrop(key.pubkey(), 1_000_000_000)
        return key

    async def send(self, *instructions: Instruction, signers: Sequence[Keypair] = ()) -> Receipt:
        """Send instructions as they are; `signers` sign besides the chief."""
        return await self.client.transactions.send(instructions, signers=signers)

    @asynccontextmanager
    async def refused(self, *errors: type[EnergyError]) -> AsyncIterator[list[EnergyError]]:
        """What happens inside must raise one of exactly these errors and change no account.

        Yields a list that holds the error afterwards. The payer loses a fee, and nothing else.
        """
        before = await self.transport.snapshot()
        caught: list[EnergyError] = []
        try:
            yield caught
        except EnergyError as error:
            caught.append(error)
        assert caught, f"nothing was refused, expected {_names(errors)}"
        kind = type(caught[0])
        assert kind in errors, f"{kind.__name__}: {caught[0]}, expected {_names(errors)}"
        before = self.transport.touched | before
        changed = [
            address
            for address, account in (await self.transport.snapshot()).items()
            if not self._same(before[address], account)
        ]
        assert not changed, f"{_names(errors)} left changes at {changed}"

    def _same(self, before: Account | None, after: Account | None) -> bool:
        if before is None or after is None or after.address != self.chief.pubkey():
            return before == after
        return replace(before, lamports=0) == replace(after, lamports=0)


@dataclass(kw_only=True)
class World(Chain):
    """Programs, one market and whoever joined it.

    `chief` deploys, governs, is registry authority and oracle operator, and pays for everything.
    """

    market: Market
    members: int = 0

    @classmethod
    async def create(cls, terms: MarketTerms | None = None, *, seats: int = 32, orders: int = 256) -> World:
        """A world with initialised programs and market 1."""
        chain = await cls.bare()
        await initialize_programs(chain.client)
        market = await create_market(chain.client, terms, seats=seats, orders=orders)
        return cls(transport=chain.transport, client=chain.client, chief=chain.chief, market=market)

    async def join(self, user_type: UserType = UserType.PROSUMER, *, payment: int = 0, energy_wh: int = 0) -> Member:
        """A new member, with `payment` [base units] and metered `energy_wh` [Wh] on its seat."""
        self.members += 1
        member = await add_member(
            self.client,
            self.market,
            meter_id=f"meter-{self.members}",
            user_type=user_type,
            rated_power_w=MAX_POWER_W,
            key=keypair(1_000 + self.members),
            payment=payment,
        )
        if energy_wh:
            await self.feed_in(member, energy_wh)
        return member

    async def read(self, member: Member, *, export_wh: int = 0, import_wh: int = 0, age: int = 1) -> Receipt:
        """One reading of a member's meter for the interval that ended `age - 1` intervals ago."""
        interval = await self.interval() - age
        reading = Reading(slot=member.slot, interval=interval, export_wh=export_wh, import_wh=import_wh)
        return await self.client.oracle.submit_meter_data(shard=member.shard, readings=[reading])

    async def feed_in(self, member: Member, energy_wh: int, *, age: int = 1) -> None:
        """Meter, mint and deposit `energy_wh` [Wh]."""
        await self.read(member, export_wh=energy_wh, age=age)
        await self.client.oracle.mint_energy(meter=member.meter)
        await self.client.trading.deposit(
            self.market, seat=member.seat, asset=Asset.ENERGY, amount=energy_wh, owner=member.key
        )

    async def interval(self) -> int:
        """Number of the running meter interval."""
        return await self.transport.clock() // 900

    async def epoch(self) -> int:
        """The market's current epoch."""
        market = await self.client.trading.market(self.market.id)
        return market.epoch_at(await self.transport.clock())

    async def sell(self, member: Member, energy_wh: int, price: int) -> Receipt:
        """An offer of `energy_wh` [Wh] at `price` [payment base units per kWh]."""
        return await self.client.trading.create_sell_order(
            self.market, seat=member.seat, energy_wh=energy_wh, price=price, owner=member.key
        )

    async def buy(self, member: Member, energy_wh: int, price: int) -> Receipt:
        """A bid for `energy_wh` [Wh] at `price` [payment base units per kWh]."""
        return await self.client.trading.create_buy_order(
            self.market, seat=member.seat, energy_wh=energy_wh, price=price, owner=member.key
        )

    async def end_epoch(self, epoch: int) -> None:
        """Let the epoch pass and close it."""
        book = await self.client.trading.book(self.market, epoch)
        if await self.transport.clock() < book.closes_at:
            self.transport.set_time(book.closes_at)
        await self.client.oracle.trigger_market_clearing(market=self.market, epoch=epoch)

    async def settle(self, epoch: int) -> EpochResult:
        """Let the epoch pass, close it and clear it."""
        await self.end_epoch(epoch)
        return await self.client.trading.settle_epoch(self.market, epoch)


def _names(errors: Iterable[type[EnergyError]]) -> str:
    return " or ".join(error.__name__ for error in errors)


async def conserved(world: World, members: Sequence[Member] = ()) -> None:
    """Energy and money add up: vaults, ledger, seats, supply and counters.

    Checks invariants 1 to 3 of ARCHITECTURE.md, and for `members` that no meter minted more than it exported
    or retired more than it imported.
    """
    client, market = world.client, world.market
    ledger = await client.trading.ledger(market)
    seats = list(ledger.seats())
    assert sum(seat.energy for seat in seats) == ledger.energy_wh
    assert sum(seat.payment for seat in seats) == ledger.payment
    assert await client.tokens.account_balance(account=market.energy_vault) == ledger.energy_wh * 1_000_000
    assert await client.tokens.account_balance(account=market.payment_vault) == ledger.payment
    config = await client.energy_token.config()
    assert await client.tokens.supply(mint=market.energy_mint) == config.minted - config.burned
    for member in members:
        slot = (await client.oracle.shard(shard=member.shard)).slots[member.slot]
        assert slot.minted_wh <= slot.export_wh
        assert slot.retired_wh <= slot.import_wh
