"""What somebody is asked to sign, and what was signed."""

from __future__ import annotations

from energy_sdk import Instruction
from energy_sdk.governance import describe
from energy_sdk.governance.descriptions import proposed_by
from energy_sdk.transactions.messages import TransactionMessage

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
