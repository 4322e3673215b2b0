"""Markets in this process with funded members, for every group of measurements that needs one."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from energy_sdk import EnergyClient, Keypair, LiteSvmTransport, Pubkey, Receipt
from energy_sdk.deployment import PAYMENT_DECIMALS, Member, add_member, create_market, initialize_programs
from energy_sdk.oracle import Reading
from energy_sdk.registry import UserType
from energy_sdk.trading import Asset, Market, MarketTerms, Side
from energy_sdk.transports.base import Outcome, SignedTransaction

from bench.streams import LOT_WH, RUN, TICK_COUNT, TICK_SIZE, StreamOrder, runs
from bench.table import progress

MAX_ORDERS_PER_SEAT: Final = 1_000
RATED_POWER_W: Final = 100_000_000
READING_WH: Final = 25_000_000
"""What the rated power allows in a quarter hour."""

READINGS: Final = 20
ENERGY_WH: Final = READINGS * READING_WH
"""What each seller offers from, enough for a hundred epochs."""

MONEY: Final = 10**12
LAMPORTS: Final = 10**16


def keypair(number: int) -> Keypair:
    """The same key for the same number in every run."""
    return Keypair.from_seed(number.to_bytes(32, "big"))


@dataclass(frozen=True, slots=True, kw_only=True)
class Community:
    """One market with its sellers and buyers."""

    market: Market
    sellers: Sequence[Member]
    buyers: Sequence[Member]

    def member(self, order: StreamOrder) -> Member:
        """Who places an order of a stream."""
        return (self.sellers if order.side is Side.ASK else self.buyers)[order.trader]


class RecordingTransport(LiteSvmTransport):
    """Keeps the transactions that were sent and what became of them."""

    def __init__(self, *, upgrade_authority: Pubkey) -> None:
        super().__init__(upgrade_authority=upgrade_authority, history=False)
        self.sent: list[tuple[SignedTransaction, Outcome]] = []

    async def send(self, transaction: SignedTransaction, *, last_valid_block_height: int = 0) -> Outcome:
        outcome = await super().send(transaction, last_valid_block_height=last_valid_block_height)
        self.sent.append((transaction, outcome))
        return outcome


class World:
    """A chain in this process whose one office runs all markets."""

    def __init__(self, *, record: bool = False, verify_signatures: bool = True) -> None:
        self.office = keypair(1)
        authority = self.office.pubkey()
        self.chain = (
            RecordingTransport(upgrade_authority=authority)
            if record
            else LiteSvmTransport(upgrade_authority=authority, history=False, verify_signatures=verify_signatures)
        )
        self.client = EnergyClient(self.chain, self.office)
        self._keys = 1_000
        self._clients: dict[int, EnergyClient] = {}

    async def begin(self) -> None:
        """Initialise the programs."""
        await self.chain.airdrop(self.office.pubkey(), LAMPORTS)
        await initialize_programs(self.client)
        await self.client.governance.update_parameters(max_orders_per_seat=MAX_ORDERS_PER_SEAT)

    async def community(self, *, market_id: int, traders: int, orders: int) -> Community:
        """A market with `traders` funded sellers and as many buyers, and room for `orders` in an epoch."""
        mint = await self.client.tokens.create_mint(decimals=PAYMENT_DECIMALS, mint=keypair(100 + market_id))
        terms = MarketTerms(
            payment_mint=mint,
            tick_size=TICK_SIZE,
            tick_count=TICK_COUNT,
            lot_wh=LOT_WH,
            max_orders_per_seat=MAX_ORDERS_PER_SEAT,
        )
        market = await create_market(
            self.client, terms, market_id=market_id, seats=max(64, 2 * traders + 2), orders=orders
        )
        sellers = [await self._member(market, UserType.PROSUMER) for _ in range(traders)]
        buyers = [await self._member(market, UserType.CONSUMER) for _ in range(traders)]
        await self._feed_in(market, sellers)
        return Community(market=market, sellers=sellers, buyers=buyers)

    async def _member(self, market: Market, user_type: UserType) -> Member:
        self._keys += 1
        return await add_member(
            self.client,
            market,
            meter_id=f"meter-{self._keys}",
            user_type=user_type,
            rated_power_w=RATED_POWER_W,
            key=keypair(self._keys),
            payment=MONEY if user_type is UserType.CONSUMER else 0,
            lamports=10**9,
        )

    async def _feed_in(self, market: Market, sellers: Sequence[Member]) -> None:
        last = await self.chain.clock() // 900 - 1
        for seller in sellers:
            readings = [
                Reading(slot=seller.slot, interval=last - back, export_wh=READING_WH) for back in range(READINGS)
            ]
            await self.client.oracle.submit_meter_data(shard=seller.shard, readings=readings)
            await self.client.oracle.mint_energy(meter=seller.meter)
            await self.client.trading.deposit(
                market, seat=seller.seat, asset=Asset.ENERGY, amount=ENERGY_WH, owner=seller.key
            )

    async def place(self, community: Community, orders: list[StreamOrder], *, most: int = RUN) -> list[Receipt]:
        """Place a stream, signed and paid by its traders, in transactions of up to `most` orders."""
        receipts = []
        placed = 0
        for piece in runs(orders, most=most):
            member = community.member(piece[0])
            receipts.append(
                await self._client(member).trading.place_orders(
                    community.market,
                    seat=member.seat,
                    side=piece[0].side,
                    orders=[(order.energy_wh, order.price) for order in piece],
                )
            )
            placed += len(piece)
            progress(f"placing orders: {placed:,} of {len(orders):,}")
        return receipts

    def _client(self, member: Member) -> EnergyClient:
        return self._clients.setdefault(member.meter, self.client.as_payer(member.key))

    async def close(self, community: Community) -> int:
        """End the current epoch, and give its number."""
        market = community.market
        epoch = market.epoch_at(await self.chain.clock())
        self.chain.set_time(market.clock.starts_at(epoch + 1))
        await self.client.oracle.trigger_market_clearing(market=market, epoch=epoch)
        return epoch
