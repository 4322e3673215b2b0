"""Ways to a chain: in this process (`litesvm`) or over JSON-RPC (`rpc`), with one interface."""

from .base import (
    Account,
    Blockhash,
    Failure,
    InnerInstruction,
    Outcome,
    SignatureRecord,
    SignedTransaction,
    TransactionRecord,
    Transport,
)
from .litesvm import LiteSvmTransport
from .rpc import RpcTransport

__all__ = [
    "Account",
    "Blockhash",
    "Failure",
    "InnerInstruction",
    "LiteSvmTransport",
    "Outcome",
    "RpcTransport",
    "SignatureRecord",
    "SignedTransaction",
    "TransactionRecord",
    "Transport",
]
