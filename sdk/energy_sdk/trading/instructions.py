"""Trading's instructions, built from typed arguments."""

from __future__ import annotations

import struct
from collections.abc import Sequence
from functools import lru_cache
from itertools import chain
from typing import Any, Final

from solders.instruction import AccountMeta, Instruction
from solders.pubkey import Pubkey

from .._generated.trading import instructions as generated
from .._generated.trading import types
from ..energy_token.pdas import TOKEN_CONFIG_ADDRESS
from ..governance.pdas import PARAMETERS_ADDRESS, PAUSE_ADDRESS
from ..registry.pdas import REGISTRY_ADDRESS
from ..transactions.fields import PackedArguments, fitting, unsigned
from . import pdas
from .agents import AgentLimits
from .constants import PROGRAM_ID
from .enums import Asset, PriceRule, Side, TieRule

_BUY_ORDER: Final = PackedArguments("create_buy_order", seat=16, energy_wh=64, price=64, client_id=64)
_SELL_ORDER: Final = PackedArguments("create_sell_order", seat=16, energy_wh=64, price=64, client_id=64)
_ORDERS: Final = PackedArguments("place_orders", seat=16, side=8, client_id=64, records=32)
_CANCEL: Final = PackedArguments("cancel_order", epoch=32, index=32, client_id=64)
_CANCELS: Final = PackedArguments("cancel_orders", epoch=32, records=32)
_ORDERS_BY_AGENT: Final = PackedArguments("place_orders_by_agent", side=8, client_id=64, records=32)
_CANCELS_BY_AGENT: Final = PackedArguments("cancel_orders_by_agent", epoch=32, records=32)

# AnchorPy's generated enums are classes; these tables lead to them from ours.
_ASSET: Final[dict[Asset, Any]] = {Asset.ENERGY: types.asset.Energy(), Asset.PAYMENT: types.asset.Payment()}
_PRICE_RULE: Final[dict[PriceRule, Any]] = {
    PriceRule.MIDPOINT: types.price_rule.Midpoint(),
    PriceRule.BUYERS_END: types.price_rule.BuyersEnd(),
    PriceRule.SELLERS_END: types.price_rule.SellersEnd(),
    PriceRule.PAY_AS_BID: types.price_rule.PayAsBid(),
}
_TIE_RULE: Final[dict[TieRule, Any]] = {
    TieRule.TIME: types.tie_rule.Time(),
    TieRule.PRO_RATA: types.tie_rule.ProRata(),
}


@fitting
def create_market(
    *,
    authority: Pubkey,
    market_id: int,
    ledger: Pubkey,
    energy_mint: Pubkey,
    payment_mint: Pubkey,
    price_min: int,
    tick_size: int,
    tick_count: int,
    lot_wh: int,
    price_rule: PriceRule,
    tie_rule: TieRule,
    fee_bps: int,
    min_order_wh: int,
    max_order_wh: int,
    max_orders_per_seat: int,
    epoch_length_s: int,
    anchor_ts: int,
    fee_recipient: Pubkey,
    community_recipient: Pubkey,
) -> Instruction:
    """Create a market whose ledger account exists and is empty; `authority` signs and pays."""
    market = pdas.market_address(market_id)
    return generated.create_market(
        {
            "args": types.MarketArgs(
                id=market_id,
                price_min=price_min,
                tick_size=tick_size,
                tick_count=tick_count,
                lot_wh=lot_wh,
                price_rule=_PRICE_RULE[price_rule],
                tie_rule=_TIE_RULE[tie_rule],
                fee_bps=fee_bps,
                min_order_wh=min_order_wh,
                max_order_wh=max_order_wh,
                max_orders_per_seat=max_orders_per_seat,
                epoch_length_s=epoch_length_s,
                anchor_ts=anchor_ts,
                fee_recipient=fee_recipient,
                community_recipient=community_recipient,
            )
        },
        {
            "authority": authority,
            "registry": REGISTRY_ADDRESS,
            "parameters": PARAMETERS_ADDRESS,
            "market": market,
            "ledger": ledger,
            "token_config": TOKEN_CONFIG_ADDRESS,
            "energy_mint": energy_mint,
            "payment_mint": payment_mint,
            "energy_vault": pdas.energy_vault_address(market),
            "payment_vault": pdas.payment_vault_address(market),
            "vault_authority": pdas.AUTHORITY_ADDRESS,
            "oracle": pdas.ORACLE_AUTHORITY_ADDRESS,
        },
    )


@fitting
def update_market(
    *,
    authority: Pubkey,
    market: Pubkey,
    price_rule: PriceRule | None = None,
    tie_rule: TieRule | None = None,
    fee_bps: int | None = None,
    min_order_wh: int | None = None,
    max_order_wh: int | None = None,
    max_orders_per_seat: int | None = None,
    epoch_length_s: int | None = None,
    adopt_delays: bool = False,
) -> Instruction:
    """Change the rules of epochs that are not open yet; `authority` signs."""
    return generated.update_market(
        {
            "changes": types.MarketChanges(
                price_rule=None if price_rule is None else _PRICE_RULE[price_rule],
                tie_rule=None if tie_rule is None else _TIE_RULE[tie_rule],
                fee_bps=fee_bps,
                min_order_wh=min_order_wh,
                max_order_wh=max_order_wh,
                max_orders_per_seat=max_orders_per_seat,
                epoch_length_s=epoch_length_s,
                adopt_delays=adopt_delays,
            )
        },
        {"authority": authority, "parameters": PARAMETERS_ADDRESS, "market": market},
    )


@fitting
def add_book(*, authority: Pubkey, market: Pubkey, book: Pubkey) -> Instruction:
    """Adopt an empty account as a book of the ring; `authority` signs."""
    return generated.add_book({"authority": authority, "market": market, "book": book})


@fitting
def remove_book(*, authority: Pubkey, market: Pubkey, book: Pubkey, recipient: Pubkey | None = None) -> Instruction:
    """Close a book out of use; the rent goes to `recipient`, the authority by default."""
    return generated.remove_book(
        {"authority": authority, "recipient": recipient or authority, "market": market, "book": book}
    )


@fitting
def nominate_authority(*, authority: Pubkey, market: Pubkey, new_authority: Pubkey | None) -> Instruction:
    """Name the market's next authority; None withdraws a nomination."""
    return generated.nominate_authority(
        {"new_authority": new_authority or Pubkey.default()}, {"authority": authority, "market": market}
    )


@fitting
def accept_authority(*, new_authority: Pubkey, market: Pubkey) -> Instruction:
    """Take the market over; the nominated `new_authority` signs."""
    return generated.accept_authority({"new_authority": new_authority, "market": market})


@fitting
def open_seat(
    *, payer: Pubkey, owner: Pubkey, user: Pubkey, market: Pubkey, ledger: Pubkey, ordinal: int = 0
) -> Instruction:
    """Open a seat for the registry account `user`, whose key is `owner`; both keys sign."""
    return generated.open_seat(
        {"ordinal": ordinal},
        {
            "payer": payer,
            "owner": owner,
            "pause": PAUSE_ADDRESS,
            "registry": REGISTRY_ADDRESS,
            "user": user,
            "operator_record": pdas.operator_address(owner),
            "market": market,
            "ledger": ledger,
            "pointer": pdas.seat_pointer_address(market, user, ordinal),
        },
    )


@fitting
def refresh_seat(*, user: Pubkey, user_key: Pubkey, ledger: Pubkey, seat: int) -> Instruction:
    """Copy key, kind and standing of the registry account `user`, whose key is `user_key`, to its seat."""
    return generated.refresh_seat(
        {"seat": seat},
        {
            "registry": REGISTRY_ADDRESS,
            "user": user,
            "operator_record": pdas.operator_address(user_key),
            "ledger": ledger,
        },
    )


@fitting
def close_seat(*, owner: Pubkey, user: Pubkey, market: Pubkey, ledger: Pubkey, ordinal: int = 0) -> Instruction:
    """Free an empty seat; `owner` signs and gets the rent of its pointer."""
    return generated.close_seat(
        {
            "owner": owner,
            "market": market,
            "ledger": ledger,
            "pointer": pdas.seat_pointer_address(market, user, ordinal),
        }
    )


@fitting
def hand_over_seat(*, owner: Pubkey, new_owner: Pubkey, ledger: Pubkey, seat: int) -> Instruction:
    """Give the fee seat or the community seat another owner; `owner` and `new_owner` sign."""
    return generated.hand_over_seat({"seat": seat}, {"owner": owner, "new_owner": new_owner, "ledger": ledger})


@fitting
def deposit(
    *, owner: Pubkey, market: Pubkey, ledger: Pubkey, source: Pubkey, seat: int, asset: Asset, amount: int
) -> Instruction:
    """Move tokens from `source` into custody: Wh of energy or payment base units; `owner` signs."""
    return generated.deposit(
        {"seat": seat, "asset": _ASSET[asset], "amount": amount},
        {
            "owner": owner,
            "market": market,
            "ledger": ledger,
            "source": source,
            "vault": _vault(market, asset),
        },
    )


@fitting
def withdraw(
    *, owner: Pubkey, market: Pubkey, ledger: Pubkey, destination: Pubkey, seat: int, asset: Asset, amount: int
) -> Instruction:
    """Move free balance to the owner's token account: Wh or payment base units; `owner` signs."""
    return generated.withdraw(
        {"seat": seat, "asset": _ASSET[asset], "amount": amount},
        {
            "owner": owner,
            "market": market,
            "ledger": ledger,
            "destination": destination,
            "vault": _vault(market, asset),
            "vault_authority": pdas.AUTHORITY_ADDRESS,
        },
    )


@fitting
def lock_withdrawals(
    *, owner: Pubkey, ledger: Pubkey, seat: int, payment_per_day: int, energy_per_day: int, delay_s: int
) -> Instruction:
    """Limit what may be withdrawn on a day: payment base units and Wh; `owner` signs."""
    return generated.lock_withdrawals(
        {"seat": seat, "payment_per_day": payment_per_day, "energy_per_day": energy_per_day, "delay_s": delay_s},
        {"owner": owner, "ledger": ledger},
    )


@fitting
def open_withdrawals(*, owner: Pubkey, ledger: Pubkey, seat: int) -> Instruction:
    """Announce withdrawals beyond the limits; `owner` signs."""
    return generated.open_withdrawals({"seat": seat}, {"owner": owner, "ledger": ledger})


@fitting
def authorize_agent(
    *, payer: Pubkey, owner: Pubkey, ledger: Pubkey, seat: int, ordinal: int, key: Pubkey, limits: AgentLimits
) -> Instruction:
    """Let `key` trade for a seat as its agent number `ordinal`; `payer` and `owner` sign."""
    return generated.authorize_agent(
        {
            "seat": seat,
            "ordinal": ordinal,
            "key": key,
            "limits": types.AgentLimits(
                payment_per_day=limits.payment_per_day,
                payment_per_month=limits.payment_per_month,
                energy_per_day=limits.energy_per_day,
                energy_per_month=limits.energy_per_month,
                expires_at=limits.expires_at or 0,
            ),
        },
        {
            "payer": payer,
            "owner": owner,
            "registry": REGISTRY_ADDRESS,
            "operator_record": pdas.operator_address(key),
            "ledger": ledger,
            "agent": pdas.agent_address(ledger, seat, ordinal),
        },
    )


@fitting
def revoke_agent(*, signer: Pubkey, ledger: Pubkey, agent: Pubkey, owner: Pubkey) -> Instruction:
    """End the grant at the address `agent`; `owner`, who made it, gets the rent. One of them or the agent signs."""
    return generated.revoke_agent({"signer": signer, "ledger": ledger, "agent": agent, "owner": owner})


@fitting
def open_epoch(*, market: Pubkey, book: Pubkey) -> Instruction:
    """Open the current epoch in a free book of the ring; nobody needs to sign."""
    return generated.open_epoch({"pause": PAUSE_ADDRESS, "market": market, "book": book})


def create_buy_order(
    *, owner: Pubkey, ledger: Pubkey, book: Pubkey, seat: int, energy_wh: int, price: int, client_id: int
) -> Instruction:
    """Bid for `energy_wh` [Wh] at up to `price` [payment base units per kWh]; `owner` signs."""
    data = _BUY_ORDER.pack(seat, energy_wh, price, client_id)
    return Instruction(PROGRAM_ID, data, _order_accounts(owner, ledger, book))


def create_sell_order(
    *, owner: Pubkey, ledger: Pubkey, book: Pubkey, seat: int, energy_wh: int, price: int, client_id: int
) -> Instruction:
    """Offer `energy_wh` [Wh] at `price` [payment base units per kWh] or more; `owner` signs."""
    data = _SELL_ORDER.pack(seat, energy_wh, price, client_id)
    return Instruction(PROGRAM_ID, data, _order_accounts(owner, ledger, book))


def place_orders(
    *,
    owner: Pubkey,
    ledger: Pubkey,
    book: Pubkey,
    seat: int,
    side: Side,
    client_id: int,
    orders: Sequence[tuple[int, int]],
) -> Instruction:
    """Place many orders of one side, each (tick, lots), all or none; `owner` signs."""
    records = _records("HI", orders, tick=16, lots=32)
    data = _ORDERS.pack(seat, side, client_id, len(records)) + records
    return Instruction(PROGRAM_ID, data, _order_accounts(owner, ledger, book))


def place_orders_by_agent(
    *,
    key: Pubkey,
    agent: Pubkey,
    ledger: Pubkey,
    book: Pubkey,
    side: Side,
    client_id: int,
    orders: Sequence[tuple[int, int]],
) -> Instruction:
    """Place orders of one side for the seat of the grant at the address `agent`, each (tick, lots); `key` signs."""
    records = _records("HI", orders, tick=16, lots=32)
    data = _ORDERS_BY_AGENT.pack(side, client_id, len(records)) + records
    grant = AccountMeta(agent, is_signer=False, is_writable=True)
    return Instruction(PROGRAM_ID, data, (*_order_accounts(key, ledger, book), grant))


def _records(codes: str, pairs: Sequence[tuple[int, int]], **bits: int) -> bytes:
    """Pairs of unsigned numbers, packed; `codes` are those of `struct` for the `bits` of each."""
    try:
        return struct.pack("<" + codes * len(pairs), *chain.from_iterable(pairs))
    except struct.error:
        for pair in pairs:
            for (what, width), value in zip(bits.items(), pair, strict=True):
                unsigned(value, width, what)
        raise


@lru_cache(maxsize=1_024)
def _order_accounts(owner: Pubkey, ledger: Pubkey, book: Pubkey) -> tuple[AccountMeta, ...]:
    return (
        AccountMeta(owner, is_signer=True, is_writable=False),
        AccountMeta(ledger, is_signer=False, is_writable=True),
        AccountMeta(book, is_signer=False, is_writable=True),
        AccountMeta(PAUSE_ADDRESS, is_signer=False, is_writable=False),
    )


def cancel_order(*, owner: Pubkey, ledger: Pubkey, book: Pubkey, epoch: int, index: int, client_id: int) -> Instruction:
    """Cancel the order at `index` of the epoch's log; the owner of its seat signs."""
    data = _CANCEL.pack(epoch, index, client_id)
    return Instruction(PROGRAM_ID, data, _order_accounts(owner, ledger, book)[:3])


def cancel_orders(
    *, owner: Pubkey, ledger: Pubkey, book: Pubkey, epoch: int, orders: Sequence[tuple[int, int]]
) -> Instruction:
    """Cancel many orders of one seat, each (index, client id), all or none; the owner of the seat signs."""
    records = _records("IQ", orders, index=32, client_id=64)
    data = _CANCELS.pack(epoch, len(records)) + records
    return Instruction(PROGRAM_ID, data, _order_accounts(owner, ledger, book)[:3])


def cancel_orders_by_agent(
    *, key: Pubkey, agent: Pubkey, ledger: Pubkey, book: Pubkey, epoch: int, orders: Sequence[tuple[int, int]]
) -> Instruction:
    """Cancel orders of the seat of the grant at the address `agent`, each (index, client id); `key` signs."""
    records = _records("IQ", orders, index=32, client_id=64)
    data = _CANCELS_BY_AGENT.pack(epoch, len(records)) + records
    grant = AccountMeta(agent, is_signer=False, is_writable=False)
    return Instruction(PROGRAM_ID, data, (*_order_accounts(key, ledger, book)[:3], grant))


@fitting
def close_epoch(*, payer: Pubkey, closer: Pubkey, market: Pubkey, book: Pubkey, epoch: int) -> Instruction:
    """Freeze an epoch that is over; `payer` and `closer` sign. The oracle calls this in the grace period."""
    return generated.close_epoch(
        {
            "payer": payer,
            "closer": closer,
            "market": market,
            "book": book,
            "result": pdas.epoch_result_address(market, epoch),
        }
    )


@fitting
def clear_epoch(*, market: Pubkey, ledger: Pubkey, book: Pubkey, epoch: int, max_orders: int) -> Instruction:
    """Price a closed epoch and credit up to `max_orders` further orders; nobody needs to sign."""
    return generated.clear_epoch(
        {"max_orders": max_orders},
        {
            "pause": PAUSE_ADDRESS,
            "market": market,
            "ledger": ledger,
            "book": book,
            "result": pdas.epoch_result_address(market, epoch),
        },
    )


@fitting
def void_epoch(*, market: Pubkey, ledger: Pubkey, book: Pubkey, epoch: int, max_orders: int) -> Instruction:
    """Release the locks of up to `max_orders` orders of an epoch that could not be cleared."""
    return generated.void_epoch(
        {"max_orders": max_orders},
        {
            "pause": PAUSE_ADDRESS,
            "market": market,
            "ledger": ledger,
            "book": book,
            "result": pdas.epoch_result_address(market, epoch),
        },
    )


def _vault(market: Pubkey, asset: Asset) -> Pubkey:
    return pdas.energy_vault_address(market) if asset is Asset.ENERGY else pdas.payment_vault_address(market)
