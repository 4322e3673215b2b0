"""JSON-RPC's errors, and the runtime's errors in its own words."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any, Final

from solders.rpc.responses import RpcSignatureResponse

PARSE_ERROR: Final = -32_700
INVALID_REQUEST: Final = -32_600
METHOD_NOT_FOUND: Final = -32_601
INVALID_PARAMS: Final = -32_602
INTERNAL_ERROR: Final = -32_603
# Solana's own numbers.
PREFLIGHT_FAILURE: Final = -32_002
BLOCK_NOT_AVAILABLE: Final = -32_004
SLOT_SKIPPED: Final = -32_009
UNSUPPORTED_VERSION: Final = -32_015
MIN_CONTEXT_SLOT: Final = -32_016
TRANSACTION_NOT_FOUND: Final = -32_020


class RpcError(Exception):
    """An answer that is an error: `code` and `data` as JSON-RPC has them."""

    def __init__(self, code: int, message: str, data: Any = None) -> None:
        super().__init__(message)
        self.code = code
        self.message = message
        self.data = data

    def document(self) -> dict[str, Any]:
        """The `error` member of an answer."""
        document: dict[str, Any] = {"code": self.code, "message": self.message}
        if self.data is not None:
            document["data"] = self.data
        return document


def invalid_params(message: str) -> RpcError:
    """The error for parameters that cannot be right."""
    return RpcError(INVALID_PARAMS, message)


# The runtime's sentences, which clients show and search.
_SENTENCES: Final = {
    "AccountNotFound": "Attempt to debit an account but found no record of a prior credit.",
    "ProgramAccountNotFound": "Attempt to load a program that does not exist",
    "InsufficientFundsForFee": "Insufficient funds for fee",
    "InvalidAccountForFee": "This account may not be used to pay transaction fees",
    "AlreadyProcessed": "This transaction has already been processed",
    "BlockhashNotFound": "Blockhash not found",
    "SanitizeFailure": "Transaction failed to sanitize accounts offsets correctly",
    "SignatureFailure": "Transaction did not pass signature verification",
    "InvalidProgramForExecution": "This program may not be used for executing instructions",
    "AccountLoadedTwice": "Account loaded twice",
    "AddressLookupTableNotFound": "Transaction loads an address table account that doesn't exist",
    "InvalidAddressLookupTableIndex": "Transaction address table lookup uses an invalid index",
    "InvalidRentPayingAccount": "Transaction leaves an account with a lower balance than rent-exempt minimum",
}


def error_json(error: Any) -> Any:
    """A solders transaction error in the form that JSON-RPC gives it; None stays None."""
    return None if error is None else json.loads(RpcSignatureResponse(error).to_json())["err"]


def sentence(error: Any, logs: Sequence[str]) -> str:
    """What the runtime says of an error in JSON-RPC's form, as far as it can be known from here."""
    if isinstance(error, str):
        return _SENTENCES.get(error, error)
    kind, detail = next(iter(error.items()))
    if kind == "InstructionError":
        index, cause = detail
        return f"Error processing Instruction {index}: {_instruction_sentence(cause, logs)}"
    if kind == "InsufficientFundsForRent":
        return f"Transaction results in an account ({detail['account_index']}) with insufficient funds for rent"
    return f"{kind} {json.dumps(detail)}"


def _instruction_sentence(cause: Any, logs: Sequence[str]) -> str:
    if isinstance(cause, dict) and "Custom" in cause:
        return f"custom program error: {cause['Custom']:#x}"
    if cause == "ProgramFailedToComplete":
        return "Program failed to complete"
    # The log ends in the failed program's sentence.
    last = logs[-1] if logs else ""
    if last.startswith("Program ") and " failed: " in last:
        return last.partition(" failed: ")[2]
    return cause if isinstance(cause, str) else json.dumps(cause)
