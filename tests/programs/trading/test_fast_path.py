"""create_buy_order and create_sell_order have a way around Anchor that must do exactly what Anchor's way does.

Any further account sends an order through Anchor, which does not look at it: so one program shows both ways.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import AsyncIterator
from dataclasses import dataclass, replace
from random import Random
from typing import Any, Final

import pytest
from energy_sdk import Keypair, Pubkey
from energy_sdk.deployment import Member
from energy_sdk.governance import PauseArea
from energy_sdk.governance.pdas import PARAMETERS_ADDRESS, PAUSE_ADDRESS
from energy_sdk.oracle.pdas import ORACLE_ADDRESS
from energy_sdk.registry import UserStatus, UserType
from energy_sdk.trading import Market, Side, instructions
from energy_sdk.transports.base import Account, Failure, Outcome
from solders.compute_budget import set_compute_unit_limit
from solders.instruction import AccountMeta, Instruction
from solders.message import MessageV0
from solders.signature import Signature
from solders.transaction import VersionedTransaction

from tests.programs.trading import kit
from tests.support.world import World, keypair

CASES: Final = 400
FURTHER: Final = AccountMeta(keypair(900).pubkey(), is_signer=False, is_writable=False)
"""The account that nobody looks at."""
FAST_UNITS: Final = 1_200
"""More than the fast path takes, and less than Anchor's."""


@dataclass(frozen=True)
class Case:
    """An order, accounts as it finds them, and whether what it does stays done."""

    instruction: Instruction
    put: tuple[Account, ...] = ()
    stays: bool = False


@dataclass(frozen=True)
class End:
    """What an order led to: all that anybody could tell from."""

    error: Failure | None
    logs: tuple[str, ...]
    accounts: tuple[Account | None, ...]


class Town:
    """Two markets with an open epoch each, a book whose epoch is over and four kinds of seats."""

    def __init__(self, world: World, other: Market, members: list[Member]) -> None:
        self.world = world
        self.other = other
        self.members = members
        self.keys: dict[Pubkey, Keypair] = {member.key.pubkey(): member.key for member in members}
        self.books: list[Pubkey] = []
        self.client_id = 10
        self.sent = 0

    @classmethod
    async def build(cls) -> Town:
        world = await World.create(orders=200)
        other = await kit.other_market(world)
        prosumer = await world.join(UserType.PROSUMER, payment=10**9, energy_wh=10_000_000)
        consumer = await world.join(UserType.CONSUMER, payment=10**9)
        poor = await world.join(UserType.PROSUMER, payment=1_000, energy_wh=10)
        suspended = await world.join(UserType.PROSUMER, payment=10**9)
        await world.client.registry.update_user_status(user=suspended.user, status=UserStatus.SUSPENDED)
        await world.client.trading.refresh_seat(
            world.market, seat=suspended.seat, user=suspended.user, user_key=suspended.key.pubkey()
        )
        town = cls(world, other, [prosumer, consumer, poor, suspended])
        await world.client.trading.open_epoch(world.market)
        await kit.next_epoch(world)
        for market in (world.market, other):
            await world.client.trading.open_epoch(market)
            town.books += [slot.address for slot in (await world.client.trading.market(market.id)).books[:2]]
        return town

    @property
    def book(self) -> Pubkey:
        """The one that takes orders now."""
        return self.books[1]

    def order(self, member: Member, **changes: Any) -> Instruction:
        """An order that is in order, but for `changes`."""
        self.client_id += 1
        make = instructions.create_sell_order if changes.pop("sell", False) else instructions.create_buy_order
        arguments = {
            "owner": member.key.pubkey(),
            "ledger": self.world.market.ledger,
            "book": self.book,
            "seat": member.seat,
            "energy_wh": 1_000,
            "price": 20_000,
            "client_id": self.client_id,
        }
        return make(**{**arguments, **changes})

    async def send(self, instruction: Instruction) -> Outcome:
        """As it stands, with the signatures it asks for."""
        self.sent += 1
        chief = self.world.chief
        signers = [self.keys[meta.pubkey] for meta in instruction.accounts if meta.is_signer]
        message = MessageV0.try_compile(
            chief.pubkey(),
            # Another limit each time: no two transactions are the same.
            [set_compute_unit_limit(200_000 + self.sent), instruction],
            [],
            (await self.world.transport.latest_blockhash()).hash,
        )
        transaction = VersionedTransaction(message, list({key.pubkey(): key for key in (chief, *signers)}.values()))
        assert Signature.default() not in transaction.signatures
        return await self.world.transport.send(transaction)

    async def both_ways(self, case: Case) -> tuple[End, int]:
        """What the order leads to, which is the same on both ways; and the units of the order as it stands."""
        addresses = list(
            {meta.pubkey: None for meta in case.instruction.accounts} | {a.address: None for a in case.put}
        )
        transport = self.world.transport
        before = [await transport.get_account(address) for address in addresses]
        further = Instruction(case.instruction.program_id, case.instruction.data, [*case.instruction.accounts, FURTHER])
        ends, units = [], []
        for instruction in (further, case.instruction):
            for address, account in zip(addresses, before, strict=True):
                transport.set_account(account or _nothing(address))
            for account in case.put:
                transport.set_account(account)
            outcome = await self.send(instruction)
            accounts = tuple([await transport.get_account(address) for address in addresses])
            ends.append(End(outcome.error, _told(outcome), accounts))
            units.append(outcome.compute_units)
        if not case.stays:
            for address, account in zip(addresses, before, strict=True):
                transport.set_account(account or _nothing(address))
        anchor, fast = ends
        assert fast == anchor
        return fast, units[1]


def _nothing(address: Pubkey) -> Account:
    return Account(address=address, owner=Pubkey.default(), lamports=0, data=b"")


def _told(outcome: Outcome) -> tuple[str, ...]:
    """The logs but for the compute units."""
    return tuple(re.sub(r"consumed \d+ of \d+", "consumed", line) for line in outcome.logs)


@pytest.fixture
async def town() -> Town:
    return await Town.build()


async def test_an_order_goes_around_anchor_and_ends_the_same(town: Town) -> None:
    """Same bytes, same event, same sequence, for less than half the units, whichever side and seat."""
    prosumer, consumer, poor, _ = town.members
    for case in (
        town.order(prosumer, sell=True),
        town.order(prosumer, sell=True, energy_wh=10, price=0),
        town.order(consumer, price=511_000),
        town.order(consumer, client_id=2**64 - 1),
        town.order(poor, sell=True, energy_wh=10),
    ):
        end, units = await town.both_ways(Case(case, stays=True))

        assert (end.error, units < FAST_UNITS) == (None, True)
        assert sum(line.startswith("Program data: ") for line in end.logs) == 1


async def test_one_order_fills_the_last_place_of_the_book(town: Town) -> None:
    """And the one after it is refused, either way."""
    consumer, market = town.members[1], town.other
    seat = await kit.enter(town.world, market, consumer)
    await town.world.client.trading.place_orders(
        market, seat=seat, side=Side.BID, orders=[(10, 0)] * 15, owner=consumer.key
    )
    place: dict[str, Any] = {"seat": seat, "ledger": market.ledger, "book": town.books[2], "price": 0}
    town.client_id = 1_000

    last, _ = await town.both_ways(Case(town.order(consumer, **place), stays=True))
    after, _ = await town.both_ways(Case(town.order(consumer, **place), stays=True))

    assert (last.error, _reason(after)) == (None, "BookFull")


async def test_a_pause_of_trading_stops_orders_either_way(town: Town) -> None:
    """And a pause of anything else does not."""
    pause = await town.world.transport.get_account(PAUSE_ADDRESS)
    assert pause is not None
    for areas in range(256):
        data = pause.data[:10] + bytes([areas]) + pause.data[11:]

        end, _ = await town.both_ways(Case(town.order(town.members[1]), (replace(pause, data=data),)))

        assert _reason(end) == ("TradingPaused" if areas & PauseArea.TRADING else "placed")


@pytest.mark.parametrize("seed", range(4))
async def test_random_orders_end_the_same_both_ways(town: Town, seed: int) -> None:
    """Good and bad arguments, swapped, repeated and read-only accounts, any bytes in them, and in the instruction."""
    random = Random(seed)
    ends: Counter[str] = Counter()
    fast = 0

    async for case in _cases(town, random):
        end, units = await town.both_ways(case)
        ends[_reason(end)] += 1
        if end.error is None:
            fast += units < FAST_UNITS

    assert ends["placed"] >= CASES // 5, ends
    assert fast >= ends["placed"] * 9 // 10, "only what Anchor overlooks, such as bytes left over, may go its way"
    assert len(ends) >= 20, ends


def _reason(end: End) -> str:
    if end.error is None:
        return "placed"
    found = re.search(r"Error Code: (\w+)", "\n".join(end.logs))
    return found[1] if found else end.error.kind


async def _cases(town: Town, random: Random) -> AsyncIterator[Case]:
    for number in range(CASES):
        if number % 2:
            yield _arguments(town, random)
        elif number % 4:
            yield _accounts(town, random)
        else:
            yield await _bytes(town, random)


def _arguments(town: Town, random: Random) -> Case:
    """Arguments from all sorts, most of them good."""
    member = random.choice(town.members[:2] * 4 + town.members)
    sell = member is not town.members[1] and random.random() < 0.98
    order: dict[str, Any] = {"sell": sell, "energy_wh": 10 * random.randint(1, 200)}
    order["price"] = 1_000 * random.randrange(512)
    for name, odd in (
        ("energy_wh", [0, 5, 1_005, 2**32 * 10, 2**64 - 6, 10**9, 10**12]),
        ("price", [1, 999, 512_000, 2**64 - 1]),
        ("client_id", [0, 1, town.client_id]),
        ("seat", [0, 1, 31, 32, 65_535, *(each.seat for each in town.members)]),
        ("book", [town.books[0], town.books[2], town.books[3]]),
        ("ledger", [town.other.ledger]),
    ):
        if random.random() < 0.06:
            order[name] = random.choice(odd)
    return Case(town.order(member, **order), stays=True)


def _accounts(town: Town, random: Random) -> Case:
    """One account is another one, read-only, unsigned or repeated; or the data are not those of an order."""
    instruction = town.order(random.choice(town.members[:2]))
    metas, data = list(instruction.accounts), bytes(instruction.data)
    place = random.randrange(len(metas))
    meta = metas[place]
    strange = [
        PAUSE_ADDRESS,
        PARAMETERS_ADDRESS,
        ORACLE_ADDRESS,
        town.world.market.address,
        town.world.market.ledger,
        *town.books,
        *(each.pubkey for each in metas),
        FURTHER.pubkey,
    ]
    match random.randrange(5):
        case 0:
            other = random.choice(strange)
            metas[place] = AccountMeta(other, meta.is_signer and other in town.keys, meta.is_writable)
        case 1:
            metas[place] = AccountMeta(meta.pubkey, meta.is_signer, not meta.is_writable)
        case 2:
            metas[0] = AccountMeta(metas[0].pubkey, is_signer=False, is_writable=False)
        case 3:
            data = data[: random.randrange(len(data))] if random.random() < 0.5 else data + random.randbytes(3)
        case _:
            at = random.randrange(len(data))
            data = data[:at] + random.randbytes(1) + data[at + 1 :]
    return Case(Instruction(instruction.program_id, data, metas))


async def _bytes(town: Town, random: Random) -> Case:
    """An account holds anything: cut off, of another program, or with changed bytes, most of them near its head."""
    instruction = town.order(random.choice(town.members[:3]), sell=random.random() < 0.3)
    address = random.choice([town.book, town.world.market.ledger, PAUSE_ADDRESS])
    account = await town.world.transport.get_account(address)
    assert account is not None
    data = bytearray(account.data)
    match random.randrange(5):
        case 0:
            data = data[: random.choice([0, 7, 8, 100, 106, 107, 135, 136, 335, 336, 1_000, len(data) - 1])]
        case 1:
            account = replace(account, owner=random.choice([Pubkey.default(), *town.books, PAUSE_ADDRESS]))
        case 2:
            data[random.randrange(8)] ^= 1 << random.randrange(8)
        case _:
            for _ in range(random.randint(1, 3)):
                data[random.randrange(8, min(len(data), 350))] = random.choice([0, 1, 255, random.randrange(256)])
    return Case(instruction, (replace(account, data=bytes(data)),))
