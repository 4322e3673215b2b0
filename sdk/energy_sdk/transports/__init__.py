"""Ways to a chain: in this process (`litesvm`) or over JSON-RPC (`rpc`), with one interface."""

from .base import (
    Account,
    AccountsAtSlot,
    Blockhash,
    ClusterStatus,
    Failure,
    InnerInstruction,
    Notifications,
    Outcome,
    SignatureRecord,
    SignedTransaction,
    Topic,
    TransactionRecord,
    Transport,
)
from .litesvm import LiteSvmTransport
from .rpc import RpcTransport

__all__ = [
    "Account",
    "AccountsAtSlot",
    "Blockhash",
    "ClusterStatus",
    "Failure",
    "InnerInstruction",
    "LiteSvmTransport",
    "Notifications",
    "Outcome",
    "RpcTransport",
    "SignatureRecord",
    "SignedTransaction",
    "Topic",
    "TransactionRecord",
    "Transport",
]
