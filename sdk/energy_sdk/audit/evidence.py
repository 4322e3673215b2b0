"""What an audit of a market has to go by: accounts as they are, and history as far as the chain remembers."""

from __future__ import annotations

import struct
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypeVar

from solders.pubkey import Pubkey

from ..accounts import Decodable
from ..client import EnergyClient
from ..exceptions import AccountError, AccountMismatch, AccountNotFound, HistoryIncomplete
from ..trading import Ledger, Market, pdas
from ..transports.base import Account, Transport
from .history import History
from .replay import MarketRecord, replay

A = TypeVar("A", bound=Decodable)

_ATTEMPTS = 3


@dataclass(frozen=True, kw_only=True)
class Evidence:
    """One market with everything that can be held against it.

    Attributes:
        accounts: market, ledger, vaults and books of the ring at one moment, by address.
        results: result accounts by epoch.
        record: the market as its history makes it; None where the chain does not remember enough.
        no_record: why there is none.
    """

    market: Market
    ledger: Ledger
    accounts: dict[Pubkey, Account]
    results: dict[int, Account]
    record: MarketRecord | None
    no_record: str

    def book(self, epoch: int) -> Account | None:
        """The account of the ring that serves or served last `epoch`."""
        address = self.market.book_of(epoch)
        return None if address is None else self.accounts.get(address)


def decoded(kind: type[A], account: Account) -> A:
    """The account as a value.

    Raises:
        AccountMismatch: its bytes are not such an account, whatever is wrong with them.
    """
    try:
        return kind.decode(account)
    except AccountError:
        raise
    except (ValueError, IndexError, struct.error) as error:
        raise AccountMismatch(f"{account.address} cannot be read as a {kind.__name__}: {error}") from error


async def gather(client: EnergyClient, market_id: int) -> Evidence:
    """Read a market's accounts, and its history up to the same moment.

    Raises:
        AccountNotFound: no market has this number.
        AccountMismatch: market or ledger cannot be read at all.
    """
    transport, address = client.transport, pdas.market_address(market_id)
    for _ in range(_ATTEMPTS):
        market, accounts = await _snapshot(transport, address, market_id)
        past = await History(transport).of([address, market.ledger])
        record, reason = None, ""
        try:
            record = replay(past, market=address, market_id=market_id, ledger=market.ledger)
        except HistoryIncomplete as error:
            reason = str(error)
        epochs = sorted(set(record.epochs) if record else range(1, market.last_opened_epoch + 1))
        results = await _results(transport, address, epochs)
        if accounts == (await _snapshot(transport, address, market_id))[1]:
            break
    else:
        record, reason = None, "the market changes faster than its history can be read; audit it at a quiet time"
    return Evidence(
        market=market,
        ledger=decoded(Ledger, accounts[market.ledger]),
        accounts=accounts,
        results=results,
        record=record,
        no_record=reason,
    )


async def _snapshot(transport: Transport, address: Pubkey, market_id: int) -> tuple[Market, dict[Pubkey, Account]]:
    account = await transport.get_account(address)
    if account is None:
        raise AccountNotFound(f"market {market_id} does not exist: there is nothing at {address}")
    market = decoded(Market, account)
    # One request, so that the accounts are of one moment.
    wanted = [address, market.ledger, market.energy_vault, market.payment_vault, *(s.address for s in market.books)]
    found = [account for account in await transport.get_accounts(wanted) if account is not None]
    accounts = {account.address: account for account in found}
    if market.ledger not in accounts or address not in accounts:
        raise AccountNotFound(f"market {market_id} has no ledger: there is nothing at {market.ledger}")
    return decoded(Market, accounts[address]), accounts


async def _results(transport: Transport, market: Pubkey, epochs: Sequence[int]) -> dict[int, Account]:
    found = await transport.get_accounts([pdas.epoch_result_address(market, epoch) for epoch in epochs])
    return {epoch: account for epoch, account in zip(epochs, found, strict=True) if account is not None}
