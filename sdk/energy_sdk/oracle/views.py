"""Questions to the oracle program that it answers with return data."""

from __future__ import annotations

from solders.instruction import Instruction
from solders.pubkey import Pubkey

from ..addresses import SYSTEM_PROGRAM
from ..exceptions import InvalidInput
from ..program_client import ProgramClient
from . import pdas
from .accounts import Oracle


class OracleViews(ProgramClient):
    """Asks by simulation: nothing is sent, nobody signs, and no fee is due."""

    async def _ask(self, instruction: Instruction, *, size: int) -> bytes:
        outcome = await self._sender.simulate([instruction], payer=await self._bystander())
        # The runtime cuts trailing zero bytes of return data.
        return outcome.return_data.ljust(size, b"\0")

    async def _bystander(self) -> Pubkey:
        """Somebody a cluster lets pay for a simulation, which costs nothing."""
        oracle = await self._fetch(Oracle, pdas.ORACLE_ADDRESS, "the oracle")
        candidates = [self._signer(None).pubkey(), *oracle.operators, oracle.admin]
        for account in await self._transport.get_accounts(candidates):
            if account is not None and account.owner == SYSTEM_PROGRAM and account.lamports and not account.data:
                return account.address
        raise InvalidInput("a simulation needs an address with lamports; fund the payer's key")
