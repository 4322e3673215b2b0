"""One object for all programs."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Self

from .energy_token import EnergyTokenClient
from .governance import GovernanceClient
from .oracle import OracleClient
from .registry import RegistryClient
from .signers import Signer
from .streams import Streams
from .tokens import TokenClient
from .trading import TradingClient
from .transactions import LookupTable, Outbox, SendLimit, SendPolicy, TransactionSender
from .transports import Transport


class EnergyClient:
    """The energy market over a transport: one attribute per program.

    Args:
        transport: the chain, e.g. `LiteSvmTransport()` or `RpcTransport(url)`.
        payer: pays for transactions and rent, and signs wherever no other signer is given.
        policy: compute units, priority fees and deadline of what is sent.
        outbox: keeps what is sent until its outcome is known; see `TransactionSender`. Whoever made it closes it.
        limit: how many transactions are under way at once, shared with other clients; by default one of its own.
        tables: lookup tables, for what does not fit into a transaction without them; see `with_lookup_tables`.

    Attributes:
        governance, registry, energy_token, oracle, trading: the programs.
        tokens: payment tokens and lamports.
        transactions: sends instructions of any program.
        streams: accounts and events as they come.
    """

    def __init__(
        self,
        transport: Transport,
        payer: Signer,
        *,
        policy: SendPolicy | None = None,
        outbox: Outbox | None = None,
        limit: SendLimit | None = None,
        tables: Sequence[LookupTable] = (),
    ) -> None:
        self.transport = transport
        self.payer = payer
        self.transactions = TransactionSender(
            transport, payer, policy=policy, outbox=outbox, limit=limit, tables=tables
        )
        self.governance = GovernanceClient(self.transactions)
        self.registry = RegistryClient(self.transactions)
        self.energy_token = EnergyTokenClient(self.transactions)
        self.oracle = OracleClient(self.transactions)
        self.trading = TradingClient(self.transactions)
        self.tokens = TokenClient(self.transactions)
        self.streams = Streams(transport)

    def as_payer(self, payer: Signer) -> EnergyClient:
        """The same chain with another payer, e.g. one client per participant."""
        return self._again(payer, self.transactions.tables)

    def with_tables(self, tables: Sequence[LookupTable]) -> EnergyClient:
        """The same with lookup tables that can be used already; `with_lookup_tables` makes sure that they can."""
        return self._again(self.payer, tables)

    def _again(self, payer: Signer, tables: Sequence[LookupTable]) -> EnergyClient:
        sender = self.transactions
        return EnergyClient(
            self.transport, payer, policy=sender.policy, outbox=sender.outbox, limit=sender.limit, tables=tables
        )

    async def close(self) -> None:
        """Close the transport."""
        await self.transport.close()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.close()
