"""What somebody is asked to sign, and what was signed."""

from __future__ import annotations

from typing import Any

from energy_sdk import Instruction
from energy_sdk.governance import ProposalContent, describe
from energy_sdk.governance.descriptions import proposed_by
from energy_sdk.offline import OfflineTransaction
from energy_sdk.signers.log import LogEntry
from energy_sdk.transactions.messages import TransactionMessage

from ..render import amount, rfc3339
from .governance import account_rows
from .transactions import Rows


def message_rows(message: TransactionMessage) -> Rows:
    """A transaction's message in full: who pays and signs, and every instruction with its accounts."""
    rows = [("pays the fee", str(message.payer))]
    rows += [("signs too", str(key)) for key in message.signers[1:]]
    if message.nonce is None:
        rows.append(("valid", f"about a minute from when it was made, block hash {message.blockhash}"))
    else:
        rows.append(("valid", f"until nonce account {message.nonce.account} is advanced by {message.nonce.authority}"))
    for place, instruction in enumerate(message.instructions, 1):
        rows += _instruction_rows(f"instruction {place}", instruction)
        for number, inner in enumerate(proposed_by(instruction), 1):
            rows += _instruction_rows(f"  proposed {number}", inner)
    return rows


def _instruction_rows(name: str, instruction: Instruction) -> Rows:
    description = describe(instruction)
    return [(name, str(description)), *account_rows(description)]


def offline_json(transaction: OfflineTransaction) -> dict[str, Any]:
    """A transaction that is signed elsewhere."""
    message, height = transaction.message, transaction.last_valid_block_height
    return {
        "network": str(transaction.network),
        "network_name": transaction.network_name,
        "exported_at": rfc3339(transaction.exported_at),
        "payer": str(message.payer),
        "signers": [str(key) for key in message.signers],
        "missing": [str(key) for key in transaction.missing],
        "last_valid_block_height": None if height is None else amount(height),
        "nonce": None if message.nonce is None else str(message.nonce.account),
        "summary": list(transaction.summary),
        "approves": [_content_json(content) for content in transaction.approves],
        "context": list(transaction.context),
    }


def offline_rows(transaction: OfflineTransaction) -> Rows:
    """The same for people, with every account of every instruction."""
    return [
        ("network", transaction.network_name),
        ("exported", rfc3339(transaction.exported_at)),
        *message_rows(transaction.message),
        *(row for content in transaction.approves for row in _content_rows(content)),
        *(("approves", f"{digest.hex()}, which the file does not show: compare it") for digest in transaction.unread),
        *(("told, not signed", line) for line in transaction.context),
        ("yet to sign", ", ".join(map(str, transaction.missing)) or "nobody"),
    ]


def _content_json(content: ProposalContent) -> dict[str, Any]:
    return {"number": amount(content.number), "digest": content.digest.hex(), "title": content.title}


def _content_rows(content: ProposalContent) -> Rows:
    """What is approved, by the digest in the message."""
    rows = [("approves", f"proposal {content.number}: {content.title}"), ("  digest", content.digest.hex())]
    for number, instruction in enumerate(content.instructions, 1):
        rows += _instruction_rows(f"  approved {number}", instruction)
    return rows


def log_entry_json(entry: LogEntry) -> dict[str, Any]:
    """An entry of the log of signatures, as it is in the file, with its hash."""
    return {**{name: getattr(entry, name) for name in LogEntry.__dataclass_fields__}, "what": list(entry.what)}
