"""From a refused outcome to the exception that says what was wrong, what was expected and what to do."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final

from solders.pubkey import Pubkey

from ..addresses import ASSOCIATED_TOKEN_PROGRAM, SYSTEM_PROGRAM, TOKEN_PROGRAM
from ..events import failing_program
from ..exceptions import (
    AnchorError,
    DuplicateTransaction,
    InsufficientFunds,
    ProgramError,
    TransactionExpired,
    TransactionFailed,
    TransportError,
    declared_error,
    declared_error_by_name,
)
from ..programs import REGISTRY
from ..transports.base import Outcome

UNKNOWN_PROGRAM: Final = Pubkey.from_bytes(b"\xff" * 32)
_ACCOUNT_NOT_INITIALIZED: Final = 3012
_CAUSED_BY: Final = re.compile(r"caused by account: (\w+)\.")
_DECLARED_MESSAGE: Final = re.compile(r"Error Code: (\w+)\. Error Number: (\d+)\. Error Message: (.*)")

_FUNDS_KINDS: Final = frozenset(
    {
        "AccountNotFound",
        "InsufficientFundsForFee",
        "InsufficientFundsForRent",
        "InsufficientFunds",
        "InvalidRentPayingAccount",
    }
)

# Anchor 1.2's framework errors that a caller can run into; {account} is the account's name in the interface.
ANCHOR_ERRORS: Final[dict[int, tuple[str, str]]] = {
    100: ("InstructionMissing", "the instruction data is empty; build it with this package"),
    101: (
        "InstructionFallbackNotFound",
        "the program does not know this instruction; program and package versions differ",
    ),
    102: (
        "InstructionDidNotDeserialize",
        "the program cannot read the arguments; program and package versions differ",
    ),
    2000: ("ConstraintMut", "account `{account}` must be writable"),
    2001: ("ConstraintHasOne", "account `{account}` belongs to another account than the one passed with it"),
    2002: ("ConstraintSigner", "account `{account}` must sign"),
    2003: ("ConstraintRaw", "account `{account}` does not satisfy a rule of the program"),
    2004: ("ConstraintOwner", "account `{account}` is owned by another program than expected"),
    2005: ("ConstraintRentExempt", "account `{account}` holds too few lamports for its size"),
    2006: ("ConstraintSeeds", "account `{account}` is not at the address derived for it"),
    2007: ("ConstraintExecutable", "account `{account}` is not a program"),
    2009: ("ConstraintAssociated", "account `{account}` is not the associated one"),
    2011: ("ConstraintClose", "account `{account}` cannot be closed into itself"),
    2012: ("ConstraintAddress", "account `{account}` is at another address than expected"),
    2013: ("ConstraintZero", "account `{account}` must be new and empty"),
    2014: ("ConstraintTokenMint", "token account `{account}` holds another token than expected"),
    2015: ("ConstraintTokenOwner", "token account `{account}` belongs to somebody else than expected"),
    2016: ("ConstraintMintMintAuthority", "mint `{account}` has another mint authority than expected"),
    2017: ("ConstraintMintFreezeAuthority", "mint `{account}` has another freeze authority than expected"),
    2018: ("ConstraintMintDecimals", "mint `{account}` has another number of decimals than expected"),
    2019: ("ConstraintSpace", "account `{account}` has another size than expected"),
    2023: ("ConstraintTokenTokenProgram", "token account `{account}` belongs to another token program"),
    2040: ("ConstraintDuplicateMutableAccount", "account `{account}` was passed twice as writable"),
    2500: ("RequireViolated", "a requirement of the program was not met"),
    2501: ("RequireEqViolated", "two values that must be equal are not"),
    2502: ("RequireKeysEqViolated", "two addresses that must be equal are not"),
    2503: ("RequireNeqViolated", "two values that must differ are equal"),
    2504: ("RequireKeysNeqViolated", "two addresses that must differ are equal"),
    2505: ("RequireGtViolated", "a value is too small"),
    2506: ("RequireGteViolated", "a value is too small"),
    3000: ("AccountDiscriminatorAlreadySet", "account `{account}` exists already"),
    3001: ("AccountDiscriminatorNotFound", "account `{account}` has no content yet; create it first"),
    3002: ("AccountDiscriminatorMismatch", "account `{account}` is of another type than expected"),
    3003: ("AccountDidNotDeserialize", "account `{account}` cannot be read; program and account versions differ"),
    3004: ("AccountDidNotSerialize", "account `{account}` cannot be written"),
    3005: ("AccountNotEnoughKeys", "the instruction got too few accounts; program and package versions differ"),
    3006: ("AccountNotMutable", "account `{account}` must be writable"),
    3007: ("AccountOwnedByWrongProgram", "account `{account}` is owned by another program than expected"),
    3008: ("InvalidProgramId", "account `{account}` is not the program that was expected"),
    3009: ("InvalidProgramExecutable", "account `{account}` is not a program"),
    3010: ("AccountNotSigner", "account `{account}` must sign; pass its key pair"),
    3011: ("AccountNotSystemOwned", "account `{account}` must be an ordinary wallet"),
    3012: ("AccountNotInitialized", "account `{account}` does not exist; create it first"),
    3013: ("AccountNotProgramData", "account `{account}` does not hold a program's data"),
    3014: ("AccountNotAssociatedTokenAccount", "account `{account}` is not the associated token account"),
    3015: ("AccountSysvarMismatch", "account `{account}` is not the system account that was expected"),
    3016: ("AccountReallocExceedsLimit", "account `{account}` cannot grow that much in one step"),
    3017: ("AccountDuplicateReallocs", "account `{account}` was resized twice"),
    4100: ("DeclaredProgramIdMismatch", "the program runs at another address than it was built for"),
    5000: ("Deprecated", "the instruction is not in use any more"),
}

# What the programs below ours return as bare numbers and a caller can run into.
NATIVE_ERRORS: Final[dict[tuple[Pubkey, int], tuple[str, str]]] = {
    (SYSTEM_PROGRAM, 0): ("AccountAlreadyInUse", "an account that should be created exists already"),
    (TOKEN_PROGRAM, 3): ("MintMismatch", "the token accounts hold different tokens; pass accounts of one mint"),
    (TOKEN_PROGRAM, 4): ("OwnerMismatch", "the signer does not own the token account; pass an account of the signer"),
    (TOKEN_PROGRAM, 17): ("AccountFrozen", "the token account is frozen; ask the issuer of the token"),
}


def exception_from(outcome: Outcome, programs: Sequence[Pubkey] = ()) -> TransactionFailed | TransportError:
    """The exception for an outcome whose `error` is set.

    Args:
        programs: the program of each top-level instruction, for an outcome without logs.
    """
    error = outcome.error
    if error is None:
        raise ValueError("the outcome has no error")
    signature, logs = outcome.signature, outcome.logs
    if error.kind == "Custom" and error.code is not None:
        return _program_error(error.code, outcome, _failed(outcome, programs))
    if error.kind == "AlreadyProcessed":
        return DuplicateTransaction(
            "this very transaction was processed before; the first sending counts, build a new one to repeat it",
            signature=signature,
            logs=logs,
        )
    if error.kind == "BlockhashNotFound":
        return TransactionExpired(
            "the transaction names a block hash that is too old or unknown; build and send it again",
            signature=signature,
        )
    if error.kind in _FUNDS_KINDS:
        return InsufficientFunds(
            f"too few lamports for the fee or for rent ({error.kind}); fund the paying account",
            signature=signature,
            logs=logs,
        )
    if error.kind == "ComputationalBudgetExceeded" or any("exceeded CUs meter" in line for line in logs):
        return TransactionFailed(
            f"the transaction ran out of compute units after {outcome.compute_units}; "
            "do less at once, or ask for a larger budget",
            signature=signature,
            logs=logs,
        )
    where = "" if error.instruction is None else f" in instruction {error.instruction}"
    program = _failed(outcome, programs)
    by = f" by program {program}" if program else ""
    return TransactionFailed(f"refused{by}{where}: {error.kind}", signature=signature, logs=logs)


def _failed(outcome: Outcome, programs: Sequence[Pubkey]) -> Pubkey | None:
    """The program that returned the error, as far as it is known."""
    program = failing_program(outcome.logs)
    index = outcome.error.instruction if outcome.error else None
    if program is None and index is not None and index < len(programs):
        return programs[index]
    return program


def _program_error(code: int, outcome: Outcome, failed: Pubkey | None) -> TransactionFailed:
    signature, logs = outcome.signature, outcome.logs
    # The zero address is the system program's: an unknown program must not be taken for it.
    program = failed or UNKNOWN_PROGRAM
    account = _account_name(logs)

    declared = declared_error(program, code)
    if declared is not None:
        return declared(signature=signature, logs=logs)

    if code == _ACCOUNT_NOT_INITIALIZED and account is not None and account.startswith("user"):
        # The framework finds the missing account before the program can name its own error.
        not_found = declared_error_by_name(program, "UserNotFound") or declared_error_by_name(REGISTRY, "UserNotFound")
        if not_found is not None:
            return not_found(signature=signature, logs=logs)

    if program == SYSTEM_PROGRAM and code == 1:
        return InsufficientFunds(
            "an account holds too few lamports for a transfer or for rent; fund the paying account",
            signature=signature,
            logs=logs,
        )
    if program == TOKEN_PROGRAM and code == 1:
        return InsufficientFunds(
            "a token account holds less than the amount to move; deposit less, or fund it first",
            signature=signature,
            logs=logs,
        )
    native = NATIVE_ERRORS.get((program, code))
    if native is not None:
        name, message = native
        return ProgramError(program=program, code=code, name=name, message=message, signature=signature, logs=logs)

    known = ANCHOR_ERRORS.get(code)
    if known is not None and program not in (SYSTEM_PROGRAM, TOKEN_PROGRAM, ASSOCIATED_TOKEN_PROGRAM):
        name, text = known
        return AnchorError(
            program=program,
            code=code,
            name=name,
            message=text.format(account=account or "unnamed"),
            account=account,
            signature=signature,
            logs=logs,
        )
    name, message = _logged_error(code, logs)
    return ProgramError(program=program, code=code, name=name, message=message, signature=signature, logs=logs)


def _account_name(logs: tuple[str, ...]) -> str | None:
    found = (_CAUSED_BY.search(line) for line in logs if line.startswith("Program log: AnchorError"))
    return next((match[1] for match in found if match), None)


def _logged_error(code: int, logs: tuple[str, ...]) -> tuple[str, str]:
    """Name and message as an Anchor program logs them, for programs that this package does not know."""
    for line in logs:
        match = _DECLARED_MESSAGE.search(line) if line.startswith("Program log: AnchorError") else None
        if match and int(match[2]) == code:
            return match[1], match[3]
    return f"Error{code}", f"the program returned error code {code} (0x{code:x})"
