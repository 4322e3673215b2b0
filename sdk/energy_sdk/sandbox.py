"""A market of one's own in a few lines, for notebooks and the interactive prompt.

    from energy_sdk import sandbox

    box = sandbox.create()
    roof = box.join("roof", energy="2.5")
    flat = box.join("flat", money="5")
    box.sell(roof, energy="2.5", price="0.15")
    box.buy(flat, energy="1.2", price="0.25")
    box.clear().plot()

The real programs run in this process; no file, network or key is needed. The calls here do not need `await`, in
Jupyter either. Amounts are exact text, as on the command line: energy in kWh, money in payment tokens, prices in
payment tokens per kWh. Everything else is a call of the SDK away: `box.run(box.client.trading.market(1))`.
"""

from __future__ import annotations

from collections.abc import Coroutine
from dataclasses import dataclass
from typing import Any, Final, TypeVar

from solders.keypair import Keypair

from . import frames, plots
from .client import EnergyClient
from .deployment import PAYMENT_DECIMALS, Member, add_member, create_market, initialize_programs
from .exceptions import InvalidInput
from .oracle import Reading, interval_at
from .oracle.constants import INTERVAL_MEMORY
from .registry import UserType
from .trading import Asset, Book, EpochResult, Market, MarketTerms, PriceRule, Seat, TieRule, Trade
from .transports import LiteSvmTransport
from .units import Number, format_kwh, format_units, kwh_to_wh, price_to_base, to_base_units
from .waiting import wait

T = TypeVar("T")

_LAMPORTS: Final = 1_000_000_000_000
_RATED_POWER_W: Final = 10_000_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Participant:
    """Who has a meter and a seat in the sandbox."""

    name: str
    member: Member

    def __repr__(self) -> str:
        return f"<{self.name}, seat {self.member.seat}>"


@dataclass(frozen=True, slots=True, kw_only=True)
class ClearedEpoch:
    """A settled epoch: its result, the orders, and who supplied whom."""

    result: EpochResult
    book: Book
    trades: tuple[Trade, ...]

    def plot(self) -> Any:
        """The merit order with the clearing price, as a matplotlib Figure."""
        return plots.merit_order(self.book, self.result, decimals=PAYMENT_DECIMALS)

    def orders_frame(self) -> Any:
        """A DataFrame of the orders; see `frames.orders`."""
        return frames.orders(self.book, decimals=PAYMENT_DECIMALS)

    def trades_frame(self) -> Any:
        """A DataFrame of the trades; see `frames.trades`."""
        return frames.trades(self.trades, decimals=PAYMENT_DECIMALS)

    def __repr__(self) -> str:
        result = self.result
        if result.no_trade:
            return f"<Epoch {result.epoch}: no trade among {result.orders} orders>"
        price = format_units(result.price, decimals=PAYMENT_DECIMALS)
        return f"<Epoch {result.epoch}: {format_kwh(result.volume_wh)} kWh at {price} per kWh, {result.orders} orders>"


class Sandbox:
    """A market on a chain in this process, and the office that runs it. `create` makes one."""

    def __init__(self, *, client: EnergyClient, chain: LiteSvmTransport, market: Market) -> None:
        self.client = client
        self.chain = chain
        self.market = market
        self.participants: list[Participant] = []
        self.epochs: list[ClearedEpoch] = []
        """What `clear` has settled."""

    def run(self, call: Coroutine[Any, Any, T]) -> T:
        """Wait for a call of the SDK, whether or not an event loop runs already."""
        return wait(call)

    def join(self, name: str, *, energy: Number = 0, money: Number = 0, sells: bool = True) -> Participant:
        """A new participant with a meter and a seat.

        Args:
            name: tells the participants apart; also the meter's identifier, up to 32 bytes.
            energy: metered, minted and deposited at once [kWh].
            money: on the seat [payment tokens].
            sells: a prosumer; otherwise a consumer, who cannot sell.

        Raises:
            InvalidAmount: an amount is not exact, or negative.
            registry.errors.MeterAlreadyAssigned: the name is taken.
        """
        return wait(self._join(name, energy=kwh_to_wh(energy), money=_tokens(money), sells=sells))

    def feed_in(self, participant: Participant, energy: Number) -> None:
        """Meter an export [kWh] in the newest quarter hour without a reading; mint and deposit it."""
        wait(self._feed_in(participant, kwh_to_wh(energy)))

    def draw(self, participant: Participant, energy: Number) -> None:
        """Meter an import [kWh] in the newest quarter hour without a reading."""
        wait(self._read(participant, import_wh=kwh_to_wh(energy)))

    def sell(self, participant: Participant, *, energy: Number, price: Number) -> None:
        """Offer energy [kWh] at a price or more [payment tokens per kWh]; raises as `create_sell_order` does."""
        member = participant.member
        wait(
            self.client.trading.create_sell_order(
                self.market, seat=member.seat, energy_wh=kwh_to_wh(energy), price=_price(price), owner=member.key
            )
        )

    def buy(self, participant: Participant, *, energy: Number, price: Number) -> None:
        """Bid for energy [kWh] at up to a price [payment tokens per kWh]; raises as `create_buy_order` does."""
        member = participant.member
        wait(
            self.client.trading.create_buy_order(
                self.market, seat=member.seat, energy_wh=kwh_to_wh(energy), price=_price(price), owner=member.key
            )
        )

    def clear(self) -> ClearedEpoch:
        """Let the epoch end, and settle it.

        Raises:
            AccountNotFound: it has no orders.
        """
        return wait(self._clear())

    def retire(self, participant: Participant, energy: Number) -> None:
        """Use energy from the seat against metered import, and burn it [kWh]; raises as `retire_energy` does."""
        member = participant.member
        wait(
            self.client.oracle.retire_energy(
                meter=member.meter,
                market=self.market,
                energy_wh=kwh_to_wh(energy),
                owner=member.key,
                seat=member.seat,
            )
        )

    def seat(self, participant: Participant) -> Seat:
        """What is on the participant's seat."""
        return wait(self.client.trading.seat(self.market, participant.member.seat))

    def balances_frame(self) -> Any:
        """A DataFrame of all seats with the participants' names; fee and community have seats too."""
        table = frames.ledger(wait(self.client.trading.ledger(self.market)), decimals=PAYMENT_DECIMALS)
        names = {participant.member.seat: participant.name for participant in self.participants}
        table.insert(1, "name", [names.get(seat, "office") for seat in table["seat"]])
        return table

    def depth_frame(self) -> Any:
        """A DataFrame of the current epoch's live orders by price; see `frames.depth`."""
        return frames.depth(wait(self.client.trading.market_data(self.market.id)))

    def results_frame(self) -> Any:
        """A DataFrame of the epochs settled so far; see `frames.results`."""
        return frames.results([epoch.result for epoch in self.epochs], decimals=PAYMENT_DECIMALS)

    def plot(self) -> Any:
        """Price and volume of the epochs settled so far, as a matplotlib Figure."""
        return plots.epochs([epoch.result for epoch in self.epochs], decimals=PAYMENT_DECIMALS)

    def __repr__(self) -> str:
        return (
            f"<Sandbox: market {self.market.id}, {len(self.participants)} participants, "
            f"{len(self.epochs)} epochs settled>"
        )

    async def _join(self, name: str, *, energy: int, money: int, sells: bool) -> Participant:
        member = await add_member(
            self.client,
            self.market,
            meter_id=name,
            user_type=UserType.PROSUMER if sells else UserType.CONSUMER,
            rated_power_w=_RATED_POWER_W,
            payment=money,
        )
        participant = Participant(name=name, member=member)
        self.participants.append(participant)
        if energy:
            await self._feed_in(participant, energy)
        return participant

    async def _feed_in(self, participant: Participant, energy_wh: int) -> None:
        member = participant.member
        await self._read(participant, export_wh=energy_wh)
        await self.client.oracle.mint_energy(meter=member.meter)
        await self.client.trading.deposit(
            self.market, seat=member.seat, asset=Asset.ENERGY, amount=energy_wh, owner=member.key
        )

    async def _read(self, participant: Participant, *, export_wh: int = 0, import_wh: int = 0) -> None:
        member, last = participant.member, interval_at(await self.chain.clock()) - 1
        slot = await self.client.oracle.meter_readings(meter=member.meter)
        interval = next((i for i in range(last, last - INTERVAL_MEMORY, -1) if not slot.has_seen(i)), None)
        if interval is None:
            raise InvalidInput(f"every quarter hour that {participant.name} can report has a reading; clear an epoch")
        reading = Reading(slot=member.slot, interval=interval, export_wh=export_wh, import_wh=import_wh)
        await self.client.oracle.submit_meter_data(shard=member.shard, readings=[reading])

    async def _clear(self) -> ClearedEpoch:
        trading = self.client.trading
        market = await trading.market(self.market.id)
        epoch = market.epoch_at(await self.chain.clock())
        book = await trading.book(market, epoch)
        self.chain.set_time(book.closes_at)
        await self.client.oracle.trigger_market_clearing(market=market, epoch=epoch)
        result = await trading.settle_epoch(market, epoch)
        cleared = ClearedEpoch(
            result=result, book=await trading.book(market, epoch), trades=await trading.trades(market, epoch)
        )
        self.epochs.append(cleared)
        return cleared


def create(
    *, price_rule: PriceRule = PriceRule.MIDPOINT, tie_rule: TieRule = TieRule.TIME, fee_bps: int = 100
) -> Sandbox:
    """A market with epochs of a quarter hour, prices of 0 to 0.511 in steps of 0.001, and nobody in it.

    Args:
        price_rule: which of several equilibrium prices is taken.
        tie_rule: who is served first among equal prices.
        fee_bps: fee on a seller's proceeds [basis points].

    Raises:
        TransportUnavailable: this installation has no chain in process.
    """
    return wait(_create(price_rule, tie_rule, fee_bps))


async def _create(price_rule: PriceRule, tie_rule: TieRule, fee_bps: int) -> Sandbox:
    office = Keypair()
    chain = LiteSvmTransport(upgrade_authority=office.pubkey())
    await chain.airdrop(office.pubkey(), _LAMPORTS)
    client = EnergyClient(chain, office)
    await initialize_programs(client)
    mint = await client.tokens.create_mint(decimals=PAYMENT_DECIMALS)
    terms = MarketTerms(
        payment_mint=mint,
        tick_size=1_000,
        tick_count=512,
        price_rule=price_rule,
        tie_rule=tie_rule,
        fee_bps=fee_bps,
    )
    return Sandbox(client=client, chain=chain, market=await create_market(client, terms))


def _tokens(amount: Number) -> int:
    return to_base_units(amount, decimals=PAYMENT_DECIMALS)


def _price(price: Number) -> int:
    return price_to_base(price, decimals=PAYMENT_DECIMALS)
