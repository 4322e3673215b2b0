"""Compute units of every instruction that matters, on the compiled programs in process.

    python bench/compute_units.py            print the table, and what changed since it was recorded
    python bench/compute_units.py --write    record it in compute_units.json

Keys, clock and amounts are fixed, so the figures are exact and the same on every machine. They exclude the
150 units of the compute-budget instruction that every transaction of the SDK begins with.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from random import Random
from typing import Final

from energy_sdk import EnergyClient, Instruction, Keypair, LiteSvmTransport, Pubkey, Receipt, registry
from energy_sdk.addresses import TOKEN_PROGRAM, associated_token_address
from energy_sdk.deployment import PAYMENT_DECIMALS, Member, add_member, create_market, initialize_programs
from energy_sdk.oracle import Reading
from energy_sdk.registry import UserType
from energy_sdk.trading import (
    AgentLimits,
    Asset,
    BookState,
    Market,
    MarketTerms,
    PriceRule,
    Side,
    TieRule,
    instructions,
)
from energy_sdk.trading.constants import MAX_TICKS
from energy_sdk.transactions import MAX_COMPUTE_UNITS

FILE: Final = Path(__file__).with_suffix(".json")
COMPUTE_BUDGET_UNITS: Final = 150

LIMITS: Final[Mapping[str, int]] = {
    "place_order": 850,
    "place_order_through_anchor": 2_050,
    "place_order_marginal": 60,
    "place_order_by_agent": 5_000,
    "place_order_by_agent_marginal": 60,
    "cancel_order": 1_900,
    "cancel_order_marginal": 80,
    "deposit_beyond_token": 6_000,
    "withdraw_beyond_token": 6_000,
    "clear_per_order": 95,
    "clear_per_order_1000": 95,
    "clear_per_order_1000_dearest_rules": 95,
    "clear_per_order_one_price": 95,
    "clear_10000": MAX_COMPUTE_UNITS,
    "clear_10000_dearest_rules": MAX_COMPUTE_UNITS,
    "price_discovery_worst": 40_000,
    "submit_reading_marginal": 100,
    "whole_trade": 1_800,
    "whole_trade_through_anchor": 4_300,
}
"""What the market promises. Ten thousand orders clear in one transaction, whose budget is the limit there.

`price_step` is a step of the clearing that passes no order: it finds the price and does what every step does.
`_through_anchor` is what an order costs where the program's fast path does not apply. A whole trade is two
orders, matched and settled, the funds in custody.
"""

LAMPORTS: Final = 10**15
RATED_POWER_W: Final = 100_000_000
READING_WH: Final = 25_000_000
MONEY: Final = 10**13
SELLERS: Final = 20
BUYERS: Final = 20
ORDERS_PER_TRANSACTION: Final = 100
TICKS: Final = 512
TICK: Final = 1_000
"""Payment base units per kWh from one price to the next."""


def keypair(number: int) -> Keypair:
    """The same key for the same number in every run."""
    return Keypair.from_seed(number.to_bytes(32, "big"))


def units(receipt: Receipt) -> int:
    """What the instruction itself used."""
    return receipt.compute_units - COMPUTE_BUDGET_UNITS


def used_by(program: Pubkey, receipt: Receipt) -> int:
    """What a program used, in all calls of it that the receipt's transaction made."""
    line = re.compile(rf"Program {program} consumed (\d+) of \d+ compute units")
    return sum(int(found[1]) for found in map(line.fullmatch, receipt.logs) if found)


class Bench:
    """One community, 20 prosumers and 20 consumers, whose every step is metered.

    Attributes:
        figures: name to compute units.
    """

    def __init__(self) -> None:
        self.chief = keypair(1)
        self.transport = LiteSvmTransport(upgrade_authority=self.chief.pubkey())
        self.client = EnergyClient(self.transport, self.chief)
        self.figures: dict[str, int] = {}
        self.members: list[Member] = []
        self.random = Random(1)

    async def run(self) -> dict[str, int]:
        """Measure everything."""
        market = await self.set_up()
        await self.registering()
        await self.metering(market)
        await self.custody(market)
        await self.ordering(market)
        self.figures["clear_per_order_1000"] = -(-await self.clearing(market, orders=1_000) // 1_000)
        whole = await self.clearing(market, orders=10_000)
        self.figures["clear_10000"] = whole
        self.figures["clear_per_order"] = -(-whole // 10_000)
        # The rules that decide the most for each order.
        await self.client.trading.update_market(market, price_rule=PriceRule.PAY_AS_BID, tie_rule=TieRule.PRO_RATA)
        small = await self.clearing(market, orders=1_000)
        self.figures["clear_per_order_1000_dearest_rules"] = -(-small // 1_000)
        self.figures["clear_10000_dearest_rules"] = await self.clearing(market, orders=10_000)
        # Every order shares in the margin: the dearest book that the tests know.
        one_price = await self.clearing(market, orders=10_000, ticks=[TICKS // 2])
        self.figures["clear_per_order_one_price"] = -(-one_price // 10_000)
        self.figures["price_discovery_worst"] = await self.price_discovery(market)
        for way in ("", "_through_anchor"):
            order = self.figures[f"place_order{way}"]
            self.figures[f"whole_trade{way}"] = 2 * order + 2 * self.figures["clear_per_order"]
        return dict(sorted(self.figures.items()))

    async def set_up(self) -> Market:
        client = self.client
        await self.transport.airdrop(self.chief.pubkey(), LAMPORTS)
        await initialize_programs(client)
        await client.governance.update_parameters(max_orders_per_seat=1_000)
        mint = await client.tokens.create_mint(decimals=PAYMENT_DECIMALS, mint=keypair(2))
        terms = MarketTerms(payment_mint=mint, tick_size=TICK, tick_count=TICKS)
        market = await create_market(client, terms, seats=64, orders=10_500)
        for number in range(SELLERS + BUYERS):
            sells = number < SELLERS
            self.members.append(
                await add_member(
                    client,
                    market,
                    meter_id=f"meter-{number}",
                    user_type=UserType.PROSUMER if sells else UserType.CONSUMER,
                    rated_power_w=RATED_POWER_W,
                    key=keypair(1_000 + number),
                    payment=0 if sells else MONEY,
                )
            )
        return market

    @property
    def sellers(self) -> Sequence[Member]:
        return self.members[:SELLERS]

    @property
    def buyers(self) -> Sequence[Member]:
        return self.members[SELLERS:]

    async def registering(self) -> None:
        client = self.client
        registered = await client.registry.register_user(key=keypair(3).pubkey(), user_type=UserType.PROSUMER)
        self.figures["register_user"] = units(registered)
        user = registered.one(registry.events.UserRegistered).user
        assigned = await client.registry.assign_meter(meter_id="bench", user=user, rated_power_w=RATED_POWER_W)
        self.figures["assign_meter"] = units(assigned)

    async def metering(self, market: Market) -> None:
        client = self.client
        last = await self.transport.clock() // 900 - 1
        member = self.sellers[0]

        def readings(number: int, interval: int) -> list[Reading]:
            return [
                Reading(slot=seller.slot, interval=interval, export_wh=READING_WH) for seller in self.sellers[:number]
            ]

        one = units(await client.oracle.submit_meter_data(shard=member.shard, readings=readings(1, last - 2)))
        many = units(await client.oracle.submit_meter_data(shard=member.shard, readings=readings(SELLERS, last - 1)))
        self.figures["submit_reading"] = one
        self.figures["submit_reading_marginal"] = -(-(many - one) // (SELLERS - 1))

        # The first minting makes the token account; the second is the one that recurs.
        for seller in self.sellers:
            await client.oracle.mint_energy(meter=seller.meter)
        await client.oracle.submit_meter_data(shard=member.shard, readings=readings(SELLERS, last))
        for seller in self.sellers:
            minted = await client.oracle.mint_energy(meter=seller.meter)
            self.figures.setdefault("mint_energy", units(minted))
            await client.trading.deposit(
                market, seat=seller.seat, asset=Asset.ENERGY, amount=2 * READING_WH, owner=seller.key
            )
        used = Reading(slot=member.slot, interval=last - 3, import_wh=1_000)
        await client.oracle.submit_meter_data(shard=member.shard, readings=[used])
        retired = await client.oracle.retire_energy(
            meter=member.meter, market=market, energy_wh=1_000, owner=member.key
        )
        self.figures["retire_energy"] = units(retired)

    async def custody(self, market: Market) -> None:
        client, member = self.client, self.buyers[0]
        await client.tokens.mint_to(mint=market.payment_mint, owner=member.key.pubkey(), amount=MONEY)
        deposited = await client.trading.deposit(
            market, seat=member.seat, asset=Asset.PAYMENT, amount=MONEY, owner=member.key
        )
        self.figures["deposit"] = units(deposited)
        self.figures["deposit_beyond_token"] = units(deposited) - used_by(TOKEN_PROGRAM, deposited)
        withdrawn = await client.trading.withdraw(
            market,
            seat=member.seat,
            asset=Asset.PAYMENT,
            amount=MONEY,
            owner=member.key,
            destination=associated_token_address(member.key.pubkey(), market.payment_mint),
        )
        self.figures["withdraw"] = units(withdrawn)
        self.figures["withdraw_beyond_token"] = units(withdrawn) - used_by(TOKEN_PROGRAM, withdrawn)

    async def ordering(self, market: Market) -> None:
        """Single orders, batches and a cancellation in an open epoch; it settles afterwards."""
        client, buyer, batcher = self.client, self.buyers[0], self.buyers[1]
        self.figures["open_epoch"] = units(await client.trading.open_epoch(market))
        epoch = market.epoch_at(await self.transport.clock())
        for index in range(2):
            placed = await client.trading.create_buy_order(
                market, seat=buyer.seat, energy_wh=1_000, price=100 * TICK, owner=buyer.key, client_id=index + 1
            )
        # The second order: the first of an epoch resets the seat's count.
        self.figures["place_order"] = units(placed)
        self.figures["place_order_through_anchor"] = await self.through_anchor(market, self.buyers[2])
        batches = {}
        for size in (10, 110):
            orders = [(1_000, tick * TICK) for tick in range(1, size + 1)]
            batches[size] = units(
                await client.trading.place_orders(
                    market, seat=batcher.seat, side=Side.BID, orders=orders, owner=batcher.key
                )
            )
        self.figures["place_order_batch_10"] = batches[10]
        self.figures["place_order_marginal"] = -(-(batches[110] - batches[10]) // 100)
        await self.by_agent(market, self.buyers[3])
        cancelled = await client.trading.cancel_order(market, epoch=epoch, index=0, client_id=1, owner=buyer.key)
        self.figures["cancel_order"] = units(cancelled)
        live = [
            (order.index, order.client_id)
            for order in await client.trading.orders(market, epoch, owner=batcher.key.pubkey())
        ]
        few, many = [
            units(await client.trading.cancel_orders(market, epoch=epoch, orders=orders, owner=batcher.key))
            for orders in (live[:10], live[10:70])
        ]
        self.figures["cancel_order_marginal"] = -(-(many - few) // 50)

        closed = await self.close(market, epoch)
        self.figures["trigger_market_clearing"] = units(closed)
        await client.trading.settle_epoch(market, epoch)

    async def by_agent(self, market: Market, buyer: Member) -> None:
        """Orders of a seat's agent, which go through Anchor and are held against its limits."""
        agent = keypair(999_999)
        authorized = await self.client.trading.authorize_agent(
            market,
            seat=buyer.seat,
            agent=agent.pubkey(),
            limits=AgentLimits(payment_per_day=MONEY, payment_per_month=MONEY),
            owner=buyer.key,
        )
        self.figures["authorize_agent"] = units(authorized)
        costs = {}
        # The first order of a day also finds out what the seat has spent up to then.
        for size in (1, 2, 102):
            placed = await self.client.trading.place_orders_by_agent(
                market, seat=buyer.seat, side=Side.BID, orders=[(1_000, 100 * TICK)] * size, agent=agent
            )
            costs[size] = units(placed)
        self.figures["place_order_by_agent"] = costs[2] - -(-(costs[102] - costs[2]) // 100)
        self.figures["place_order_by_agent_marginal"] = -(-(costs[102] - costs[2]) // 100)

    async def through_anchor(self, market: Market, buyer: Member) -> int:
        """Units of an order that the fast path leaves alone: its data end with a byte that nobody reads."""
        book = await self.client.trading.book(market, market.epoch_at(await self.transport.clock()))
        for client_id in (1, 2):
            order = instructions.create_buy_order(
                owner=buyer.key.pubkey(),
                ledger=market.ledger,
                book=book.address,
                seat=buyer.seat,
                energy_wh=1_000,
                price=100 * TICK,
                client_id=client_id,
            )
            longer = Instruction(order.program_id, bytes(order.data) + b"\0", order.accounts)
            placed = await self.client.transactions.send([longer], signers=[buyer.key])
        return units(placed)

    async def price_discovery(self, first: Market) -> int:
        """Units of finding the price of the worst book: the most ticks that a market may have, all to be looked at.

        A step of no orders finds the price, and the same step again does all but that.
        """
        client, buyer, seller = self.client, self.buyers[0], self.sellers[0]
        terms = MarketTerms(payment_mint=first.payment_mint, tick_size=TICK, tick_count=MAX_TICKS)
        market = await create_market(client, terms, market_id=2, seats=8, orders=16)
        seats = {}
        for member, asset, amount in ((buyer, Asset.PAYMENT, 10**9), (seller, Asset.ENERGY, 10_000)):
            owner = member.key
            mint = first.payment_mint if asset is Asset.PAYMENT else first.energy_mint
            await client.trading.withdraw(
                first,
                seat=member.seat,
                asset=asset,
                amount=amount,
                owner=owner,
                destination=associated_token_address(owner.pubkey(), mint),
            )
            await client.trading.open_seat(market, user=member.user, owner=owner)
            seat = await client.trading.find_seat(market, user=member.user)
            assert seat is not None
            await client.trading.deposit(market, seat=seat, asset=asset, amount=amount, owner=owner)
            seats[owner.pubkey()] = seat

        top, worst = (MAX_TICKS - 1) * TICK, 0
        # The margin is the highest tick; a tie that goes on to the highest tick; no ask at all.
        for bids, asks in (([(20, top)], [(10, 0)]), ([(10, top)], [(10, 0)]), ([(10, top)], [])):
            epoch = market.epoch_at(await self.transport.clock())
            for member, side, orders in ((buyer, Side.BID, bids), (seller, Side.ASK, asks)):
                if orders:
                    seat = seats[member.key.pubkey()]
                    await client.trading.place_orders(market, seat=seat, side=side, orders=orders, owner=member.key)
            await self.close(market, epoch)
            book = await client.trading.book(market, epoch)
            step = instructions.clear_epoch(
                market=market.address, ledger=market.ledger, book=book.address, epoch=epoch, max_orders=0
            )
            priced, again = [units(await client.transactions.send([step])) for _ in range(2)]
            worst = max(worst, priced - again)
            await client.trading.settle_epoch(market, epoch)
        return worst

    async def clearing(self, market: Market, *, orders: int, ticks: Sequence[int] = range(TICKS)) -> int:
        """Units of the one transaction that clears a crossing book of `orders`, from price to result.

        Both sides draw from all `ticks`, so about half of the book trades.
        """
        client = self.client
        epoch = market.epoch_at(await self.transport.clock())
        each = orders // len(self.members)
        for start in range(0, each, ORDERS_PER_TRANSACTION):
            size = min(ORDERS_PER_TRANSACTION, each - start)
            for member in self.members:
                sells = member in self.sellers
                await client.trading.place_orders(
                    market,
                    seat=member.seat,
                    side=Side.ASK if sells else Side.BID,
                    orders=[self.draw(ticks) for _ in range(size)],
                    owner=member.key,
                )
        await self.close(market, epoch)
        book = await client.trading.book(market, epoch)
        assert book.count == orders
        price, step = (
            instructions.clear_epoch(
                market=market.address, ledger=market.ledger, book=book.address, epoch=epoch, max_orders=size
            )
            for size in (0, orders)
        )
        priced = await client.transactions.simulate([price])
        self.figures.setdefault(f"price_step_{orders}", priced.compute_units - COMPUTE_BUDGET_UNITS)
        receipt = await client.transactions.send([step], compute_units=MAX_COMPUTE_UNITS)
        result = await client.trading.result(market, epoch)
        assert result is not None
        assert result.state is BookState.SETTLED
        assert result.filled + result.partially_filled > orders // 4
        return units(receipt)

    def draw(self, ticks: Sequence[int]) -> tuple[int, int]:
        """Energy [Wh] and price of an order."""
        return 10 * self.random.randint(1, 1_000), TICK * self.random.choice(ticks)

    async def close(self, market: Market, epoch: int) -> Receipt:
        self.transport.set_time(market.clock.starts_at(epoch + 1))
        return await self.client.oracle.trigger_market_clearing(market=market, epoch=epoch)


def measure() -> dict[str, int]:
    """All figures, by name, of the programs that are installed with the package."""
    return asyncio.run(Bench().run())


def recorded() -> dict[str, int]:
    """The figures in compute_units.json."""
    figures: dict[str, int] = json.loads(FILE.read_text())
    return figures


def broken_limits(figures: Mapping[str, int]) -> list[str]:
    """The promises that the figures do not keep, in words."""
    return [
        f"{name}: {figures[name]:,} compute units, at most {limit:,} are promised"
        for name, limit in LIMITS.items()
        if figures[name] > limit
    ]


def main() -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--write", action="store_true", help=f"record the figures in {FILE.name}")
    write = parser.parse_args().write

    before = recorded() if FILE.exists() else {}
    figures = measure()
    for name, value in figures.items():
        limit = f"  (at most {LIMITS[name]:,})" if name in LIMITS else ""
        change = "" if before.get(name, value) == value else f"  was {before[name]:,}"
        print(f"{name:36}{value:12,}{limit}{change}")
    if write:
        FILE.write_text(json.dumps(figures, indent=2) + "\n")
    broken = broken_limits(figures)
    for line in broken:
        print(line)
    return 1 if broken else 0


if __name__ == "__main__":
    raise SystemExit(main())
