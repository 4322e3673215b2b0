"""What the clients of all programs share."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TypeVar

from solders.instruction import Instruction
from solders.pubkey import Pubkey

from .accounts import Decodable
from .exceptions import AccountNotFound
from .signers import Signer
from .transactions import Receipt, TransactionSender
from .transactions.building import DEFAULT_COMPUTE_UNITS
from .transports.base import Transport

A = TypeVar("A", bound=Decodable)


class ProgramClient:
    """Base of the clients: sends instructions, reads accounts.

    A signer is a key pair or another `Signer`; where one is optional, the payer of the transaction signs.
    """

    def __init__(self, sender: TransactionSender) -> None:
        self._sender = sender

    @property
    def _transport(self) -> Transport:
        return self._sender.transport

    def _signer(self, signer: Signer | None) -> Signer:
        return self._sender.payer if signer is None else signer

    async def _send(
        self,
        *instructions: Instruction,
        signers: Iterable[Signer] = (),
        compute_units: int = DEFAULT_COMPUTE_UNITS,
    ) -> Receipt:
        return await self._sender.send(instructions, signers=signers, compute_units=compute_units)

    async def _find(self, kind: type[A], address: Pubkey) -> A | None:
        account = await self._transport.get_account(address)
        return None if account is None else kind.decode(account)

    async def _fetch(self, kind: type[A], address: Pubkey, what: str) -> A:
        found = await self._find(kind, address)
        if found is None:
            raise AccountNotFound(f"{what} does not exist: there is nothing at {address}")
        return found

    async def _find_all(self, kind: type[A], addresses: list[Pubkey]) -> list[A | None]:
        accounts = await self._transport.get_accounts(addresses)
        return [None if account is None else kind.decode(account) for account in accounts]
