"""One pass over history that knows of all energy where it is, and of some where it came from."""

from __future__ import annotations

from collections import defaultdict, deque
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final

from solders.pubkey import Pubkey

from .._generated.oracle.instructions.mint_energy import layout as mint_layout
from .._generated.oracle.instructions.retire_energy import layout as retire_layout
from .._generated.trading.instructions.deposit import layout as move_layout
from .._generated.trading.types import asset
from ..addresses import TOKEN_PROGRAM
from ..energy_token.constants import PROGRAM_ID as ENERGY_TOKEN
from ..exceptions import HistoryIncomplete
from ..oracle import MeterShard, Reading
from ..oracle import events as oracle_events
from ..oracle.constants import PROGRAM_ID as ORACLE
from ..trading import Asset, Market
from ..trading import events as trading_events
from ..trading.constants import PROGRAM_ID as TRADING
from ..trading.enums import PriceRule
from ..units import GRID_UNITS_PER_WH
from .auction import Side
from .history import Call, PastTransaction, discriminator
from .metering import MINT, MINT_SHARD, RETIRE, RETIRE_SHARD, SUBMIT, submitted_calls
from .replay import EpochRecord, MarketRecord
from .steps import Step, StepKind

_DEPOSIT: Final = discriminator("deposit")
_WITHDRAW: Final = discriminator("withdraw")
_MARKET, _LEDGER, _TOKENS = 1, 2, 3
"""Positions of market, ledger and the owner's token account among the accounts of both."""
_RECIPIENT: Final = 7
"""Position of the token account that `mint_energy` fills."""
_RETIRE_MARKET: Final = 4
# The first byte of the token program's instructions, and where source and destination are among the accounts.
_TRANSFERS: Final = {3: 1, 12: 2}
_BURNS: Final = (8, 15)

_OWN: Final = (TRADING, ENERGY_TOKEN)
"""Programs whose own transfers, mints and burns are a part of what their instructions do."""
_WATCHED: Final = (
    (oracle_events.ReadingsRecorded, ORACLE, SUBMIT),
    (oracle_events.GenerationMinted, ORACLE, MINT),
    (oracle_events.EnergyRetired, ORACLE, RETIRE),
    (trading_events.Deposited, TRADING, _DEPOSIT),
    (trading_events.Withdrawn, TRADING, _WITHDRAW),
)
"""Events that come with energy, each once for every call of an instruction."""

Place = Pubkey | int | tuple[Pubkey, int]
"""Where energy can be: a token account, a seat, or a slot of a shard."""


class Walk:
    """One pass over history: who holds what, longest held first."""

    def __init__(
        self,
        market: Market,
        record: MarketRecord,
        shards: Mapping[Pubkey, MeterShard],
        start: tuple[Pubkey, int],
        interval: int,
    ) -> None:
        self.pockets: dict[Place, deque[tuple[int, Step | None]]] = defaultdict(deque)
        self.wallets: set[Pubkey] = set()
        """Token accounts that the energy came into."""
        self.root: Step | None = None
        self._market = market
        self._record = record
        self._shards = shards
        self._start = start
        self._interval = interval

    def run(self, past: Sequence[PastTransaction]) -> None:
        """Everything that happened, in order."""
        for transaction in past:
            self._check(transaction)
            batches = iter(list(submitted_calls(transaction)))
            for call in transaction.calls:
                if call.program == ORACLE:
                    self._metering(call, transaction, batches)
                elif call.program == TRADING and call.data[:8] in (_DEPOSIT, _WITHDRAW):
                    self._custody(call, transaction)
                elif call.program == TOKEN_PROGRAM and call.data and call.caller not in _OWN:
                    self._token(call, transaction)
            for event in transaction.events:
                if isinstance(event, trading_events.EpochCleared) and event.market == self._market.id:
                    self._sales(self._record.epochs[event.epoch], transaction)

    def finish(self) -> None:
        """Say of the energy that was not given away where it is."""
        for place, parts in self.pockets.items():
            for grid, step in parts:
                if step is not None:
                    step.children.append(self._rest(place, grid))

    def _rest(self, place: Place, grid: int) -> Step:
        if isinstance(place, tuple):
            return Step(kind=StepKind.NOT_MINTED, grid=grid)
        if isinstance(place, int):
            return Step(kind=StepKind.ON_SEAT, grid=grid, seat=place)
        return Step(kind=StepKind.IN_WALLET, grid=grid, account=place)

    def _check(self, transaction: PastTransaction) -> None:
        """That the chain tells every call that moved energy, because events do not name the accounts."""
        if transaction.truncated:
            return
        for kind, program, name in _WATCHED:
            events = sum(isinstance(event, kind) for event in transaction.events)
            calls = sum(call.program == program and call.data[:8] == name for call in transaction.calls)
            if events != calls:
                raise HistoryIncomplete(f"the chain does not tell every call in transaction {transaction.signature}")

    def _metering(
        self, call: Call, transaction: PastTransaction, batches: Iterator[tuple[Pubkey, tuple[Reading, ...]]]
    ) -> None:
        kind = call.data[:8]
        if kind == MINT and call.accounts[MINT_SHARD] in self._shards:
            place = call.accounts[MINT_SHARD], mint_layout.parse(call.data[8:]).slot
            wallet = call.accounts[_RECIPIENT]
            # Minting takes all that is not minted yet.
            grid = sum(grid for grid, _ in self.pockets[place])
            self._move(place, wallet, grid, self._step(StepKind.MINTED, transaction, account=wallet))
        elif kind == RETIRE and call.accounts[_RETIRE_MARKET] == self._market.address:
            arguments = retire_layout.parse(call.data[8:])
            meter = self._shards[call.accounts[RETIRE_SHARD]].slots[arguments.slot].meter
            step = self._step(StepKind.RETIRED, transaction, seat=arguments.seat, meter=meter)
            self._move(arguments.seat, None, arguments.energy_wh * GRID_UNITS_PER_WH, step)
        elif kind == SUBMIT:
            shard, readings = next(batches)
            for reading in readings:
                self._reading(shard, reading, transaction)

    def _reading(self, shard: Pubkey, reading: Reading, transaction: PastTransaction) -> None:
        place, grid = (shard, reading.slot), reading.export_wh * GRID_UNITS_PER_WH
        step = None
        if (place, reading.interval) == (self._start, self._interval):
            meter = self._shards[shard].slots[reading.slot].meter
            self.root = step = self._step(StepKind.METERED, transaction, meter=meter)(grid)
        if grid:
            self.pockets[place].append((grid, step))

    def _custody(self, call: Call, transaction: PastTransaction) -> None:
        arguments = move_layout.parse(call.data[8:])
        if asset.from_decoded(arguments.asset).discriminator != Asset.ENERGY:
            return
        wallet, seat, grid = call.accounts[_TOKENS], arguments.seat, arguments.amount * GRID_UNITS_PER_WH
        mine = call.accounts[_LEDGER] == self._market.ledger
        if call.data[:8] == _DEPOSIT:
            if mine:
                self._move(wallet, seat, grid, self._step(StepKind.DEPOSITED, transaction, seat=seat))
            else:
                elsewhere = self._step(StepKind.DEPOSITED_ELSEWHERE, transaction, account=call.accounts[_MARKET])
                self._move(wallet, None, grid, elsewhere)
        elif mine:
            self._move(seat, wallet, grid, self._step(StepKind.WITHDRAWN, transaction, account=wallet))
        else:
            self.pockets[wallet].append((grid, None))

    def _token(self, call: Call, transaction: PastTransaction) -> None:
        kind, source = call.data[0], call.accounts[0] if call.accounts else None
        # Only wallets of GRID that the energy came into matter; the others' history is not read.
        if source is None or source not in self.pockets:
            return
        grid = int.from_bytes(call.data[1:9], "little")
        if kind in _BURNS:
            self._move(source, None, grid, self._step(StepKind.BURNED, transaction, account=source))
        elif kind in _TRANSFERS:
            wallet = call.accounts[_TRANSFERS[kind]]
            self._move(source, wallet, grid, self._step(StepKind.TRANSFERRED, transaction, account=wallet))

    def _sales(self, epoch: EpochRecord, transaction: PastTransaction) -> None:
        for sale in _sales(epoch):
            made = self._step(StepKind.SOLD, transaction, seat=sale.buyer)

            def step(grid: int, sale: _Sale = sale, made: Callable[[int], Step] = made) -> Step:
                return replace(
                    made(grid), epoch=epoch.terms.epoch, ask=sale.ask, bid=sale.bid, price=sale.price, children=[]
                )

            self._move(sale.seller, sale.buyer, sale.energy_wh * GRID_UNITS_PER_WH, step)

    def _step(
        self,
        kind: StepKind,
        transaction: PastTransaction,
        *,
        seat: int | None = None,
        account: Pubkey | None = None,
        meter: Pubkey | None = None,
    ) -> Callable[[int], Step]:
        return lambda grid: Step(
            kind=kind,
            grid=grid,
            at=transaction.block_time,
            signature=transaction.signature,
            seat=seat,
            account=account,
            meter=meter,
        )

    def _move(self, source: Place, target: Place | None, grid: int, step: Callable[[int], Step]) -> None:
        """Take what `source` has had longest, and put it into `target`; None takes it out of the market."""
        for part, before in self._take(source, grid):
            after = None
            if before is not None:
                after = step(part)
                before.children.append(after)
                if isinstance(target, Pubkey):
                    self.wallets.add(target)
            if target is not None:
                self.pockets[target].append((part, after))

    def _take(self, source: Place, grid: int) -> list[tuple[int, Step | None]]:
        pocket, taken = self.pockets[source], []
        while grid and pocket:
            part, step = pocket.popleft()
            if part > grid:
                pocket.appendleft((part - grid, step))
                part = grid
            grid -= part
            taken.append((part, step))
        if grid:
            # Energy from before this history, or that came in a way that is not followed.
            taken.append((grid, None))
        return taken


@dataclass(frozen=True, slots=True)
class _Sale:
    """A part of one bid matched with a part of one ask."""

    seller: int
    buyer: int
    ask: int
    bid: int
    energy_wh: int
    price: int


def _sales(epoch: EpochRecord) -> Iterator[_Sale]:
    """Who supplied whom, by overlap of fill intervals, from the recomputed clearing."""
    clearing, terms = epoch.clearing, epoch.terms
    if clearing is None:
        return
    filled = [(index, outcome) for index, outcome in enumerate(clearing.outcomes) if outcome.filled]
    bids = deque(sorted((x for x in filled if x[1].order.side == Side.BID), key=lambda x: (-x[1].order.tick, x[0])))
    asks = deque(sorted((x for x in filled if x[1].order.side == Side.ASK), key=lambda x: (x[1].order.tick, x[0])))
    left: dict[int, int] = {index: outcome.filled for index, outcome in filled}
    while bids and asks:
        (bid, buyer), (ask, seller) = bids[0], asks[0]
        lots = min(left[bid], left[ask])
        own = terms.price_rule is PriceRule.PAY_AS_BID
        yield _Sale(
            seller=seller.order.seat,
            buyer=buyer.order.seat,
            ask=ask,
            bid=bid,
            energy_wh=lots * terms.lot_wh,
            price=terms.price_min + seller.order.tick * terms.tick_size if own else clearing.price,
        )
        for index, queue in ((bid, bids), (ask, asks)):
            left[index] -= lots
            if not left[index]:
                queue.popleft()
