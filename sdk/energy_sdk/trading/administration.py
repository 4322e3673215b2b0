"""Making markets and changing their rules: what a market's authority does."""

from __future__ import annotations

from dataclasses import dataclass

from solders.instruction import Instruction
from solders.pubkey import Pubkey

from ..governance.accounts import Parameters
from ..signers import Signer
from ..transactions import Receipt, spl
from . import instructions, pdas
from .accounts import (
    Market,
    book_size,
    ledger_size,
)
from .constants import PROGRAM_ID
from .enums import PriceRule, TieRule
from .reader import MarketReader


@dataclass(frozen=True, slots=True, kw_only=True)
class MarketTerms:
    """What a new market trades and how. Prices in payment base units per kWh.

    The grid must be exact: `lot_wh * tick_size` and `lot_wh * price_min` divisible by 1,000.
    Fee, limits and epoch length default to what governance holds.
    """

    payment_mint: Pubkey
    tick_size: int
    tick_count: int
    lot_wh: int = 10
    price_min: int = 0
    price_rule: PriceRule = PriceRule.MIDPOINT
    tie_rule: TieRule = TieRule.TIME
    fee_bps: int | None = None
    min_order_wh: int | None = None
    max_order_wh: int | None = None
    max_orders_per_seat: int | None = None
    epoch_length_s: int | None = None


class MarketAdministration(MarketReader):
    """Creates markets, changes their rules and books, and hands them on."""

    async def create_market(
        self,
        terms: MarketTerms,
        *,
        market_id: int,
        energy_mint: Pubkey,
        parameters: Parameters,
        authority: Signer | None = None,
        seats: int = 256,
        orders_per_book: int = 1_024,
        books: int = 4,
        anchor_ts: int | None = None,
        fee_recipient: Pubkey | None = None,
        community_recipient: Pubkey | None = None,
    ) -> Market:
        """Create a market with its ledger and ring of books, all paid by `authority`.

        Args:
            terms: assets, grid and rules.
            market_id: the new market's number (u32).
            energy_mint: the GRID mint.
            parameters: governance's parameters, which give the defaults and the limits.
            authority: a registry authority, who becomes the market's authority; the payer by default.
            seats: room in the ledger, two of it for fee and community.
            orders_per_book: room in each book.
            books: books in the ring, 4 to 8.
            anchor_ts: start of epoch 1 in unix seconds; the last multiple of the epoch length by default.
            fee_recipient: who withdraws from seat 0; `authority` by default.
            community_recipient: who withdraws from seat 1; `authority` by default.

        Raises:
            errors.NotRecRegulator: `authority` is no registry authority.
            errors.TradingError: a term is out of range; the error names the rule.
        """
        signer = self._signer(authority)
        owner = signer.pubkey()
        length = parameters.epoch_length_s if terms.epoch_length_s is None else terms.epoch_length_s
        now = await self._transport.clock()
        # A lot or a length of zero is the program's to refuse, by name.
        lot_wh, seconds = max(terms.lot_wh, 1), max(length, 1)
        largest = parameters.max_order_wh // lot_wh * lot_wh
        smallest = -(-parameters.min_order_wh // lot_wh) * lot_wh
        seed = pdas.ledger_seed(market_id)
        create = instructions.create_market(
            authority=owner,
            market_id=market_id,
            ledger=pdas.seeded(owner, seed),
            energy_mint=energy_mint,
            payment_mint=terms.payment_mint,
            price_min=terms.price_min,
            tick_size=terms.tick_size,
            tick_count=terms.tick_count,
            lot_wh=terms.lot_wh,
            price_rule=terms.price_rule,
            tie_rule=terms.tie_rule,
            fee_bps=parameters.fee_bps if terms.fee_bps is None else terms.fee_bps,
            min_order_wh=smallest if terms.min_order_wh is None else terms.min_order_wh,
            max_order_wh=largest if terms.max_order_wh is None else terms.max_order_wh,
            max_orders_per_seat=(
                parameters.max_orders_per_seat if terms.max_orders_per_seat is None else terms.max_orders_per_seat
            ),
            epoch_length_s=length,
            anchor_ts=now - now % seconds if anchor_ts is None else anchor_ts,
            fee_recipient=fee_recipient or owner,
            community_recipient=community_recipient or owner,
        )
        await self._send(await self._allocate(owner, seed, ledger_size(seats)), create, signers=[signer])
        market = await self.market(market_id)
        for number in range(books):
            await self.add_book(market, number=number, orders=orders_per_book, authority=signer)
        return await self.market(market_id)

    async def add_book(self, market: Market, *, number: int, orders: int, authority: Signer | None = None) -> Receipt:
        """Create a book with room for `orders` and add it to the ring.

        Args:
            number: tells the authority's books apart; must not have been used by one that still exists.

        Raises:
            errors.UnauthorizedMarketAuthority: `authority` does not run the market.
            errors.RingFull: the ring holds eight books.
        """
        signer = self._signer(authority)
        seed = pdas.book_seed(market.id, number)
        size = book_size(market.tick_count, orders)
        return await self._send(
            await self._allocate(signer.pubkey(), seed, size),
            instructions.add_book(
                authority=signer.pubkey(), market=market.address, book=pdas.seeded(signer.pubkey(), seed)
            ),
            signers=[signer],
        )

    async def remove_book(self, market: Market, *, book: Pubkey, authority: Signer | None = None) -> Receipt:
        """Close a book out of use; its rent goes back to `authority`.

        Raises:
            errors.BookBusy: its epoch is not final, or its retention time not over.
        """
        signer = self._signer(authority)
        instruction = instructions.remove_book(authority=signer.pubkey(), market=market.address, book=book)
        return await self._send(instruction, signers=[signer])

    async def nominate_authority(
        self, market: Market, *, new_authority: Pubkey | None, authority: Signer | None = None
    ) -> Receipt:
        """Name the next authority, who takes the market over by accepting; None withdraws a nomination.

        Raises:
            errors.UnauthorizedMarketAuthority: `authority` is not the market's authority.
        """
        signer = self._signer(authority)
        instruction = instructions.nominate_authority(
            market=market.address, authority=signer.pubkey(), new_authority=new_authority
        )
        return await self._send(instruction, signers=[signer])

    async def accept_authority(self, market: Market, *, new_authority: Signer | None = None) -> Receipt:
        """Take the market over as the nominated authority, the payer by default.

        Raises:
            errors.NotNominated: the present authority has not nominated this key.
        """
        signer = self._signer(new_authority)
        instruction = instructions.accept_authority(market=market.address, new_authority=signer.pubkey())
        return await self._send(instruction, signers=[signer])

    async def update_market(
        self,
        market: Market,
        *,
        authority: Signer | None = None,
        price_rule: PriceRule | None = None,
        tie_rule: TieRule | None = None,
        fee_bps: int | None = None,
        min_order_wh: int | None = None,
        max_order_wh: int | None = None,
        max_orders_per_seat: int | None = None,
        epoch_length_s: int | None = None,
        adopt_delays: bool = False,
    ) -> Receipt:
        """Change the rules that are given, for epochs that are not open yet.

        Raises:
            errors.UnauthorizedMarketAuthority: `authority` does not run the market.
            errors.TradingError: a value is outside governance's limits; the error names the rule.
        """
        signer = self._signer(authority)
        instruction = instructions.update_market(
            authority=signer.pubkey(),
            market=market.address,
            price_rule=price_rule,
            tie_rule=tie_rule,
            fee_bps=fee_bps,
            min_order_wh=min_order_wh,
            max_order_wh=max_order_wh,
            max_orders_per_seat=max_orders_per_seat,
            epoch_length_s=epoch_length_s,
            adopt_delays=adopt_delays,
        )
        return await self._send(instruction, signers=[signer])

    async def _allocate(self, base: Pubkey, seed: str, size: int) -> Instruction:
        lamports = await self._transport.minimum_balance(size)
        return spl.create_seeded_account(payer=base, seed=seed, owner=PROGRAM_ID, size=size, lamports=lamports)[1]
