"""Which answers each kind of wrong may get, whatever the table of answers says.

A cell that fails for another reason than its own does not show that anything is checked.
"""

from __future__ import annotations

from collections.abc import Set
from dataclasses import dataclass
from fnmatch import fnmatchcase

from tests.adversarial.cell import Cell
from tests.adversarial.idl import declared_errors

RUNTIME_REFUSALS = frozenset(
    {
        "AccountBorrowFailed",
        "ExternalAccountDataModified",
        "ExternalAccountLamportSpend",
        "IncorrectProgramId",
        "InvalidAccountData",
        "InvalidAccountOwner",
        "InvalidArgument",
        "InvalidInstructionData",
        "MissingAccount",
        "MissingRequiredSignature",
        "PrivilegeEscalation",
        "ReadonlyDataModified",
        "ReadonlyLamportChange",
        "UnbalancedInstruction",
        "UninitializedAccount",
        "UnsupportedProgramId",
    }
)
"""Refusals of Solana itself and of its built-in programs that name what was wrong."""

LOADS = {
    "InsufficientOracleBalance",
    "NoGuardians",
    "RequestNotFound",
    "UnauthorizedOperator",
    "UserNotFound",
    "WrongRecovery",
    "WrongRequestBalance",
    "WrongResult",
}
"""What programs say that look at an account themselves, whatever is wrong with it."""

TYPES = {
    "AccountDidNotDeserialize",
    "AccountDiscriminatorMismatch",
    "AccountDiscriminatorNotFound",
    "AccountNotInitialized",
    "AccountNotProgramData",
    "AccountNotSystemOwned",
    "AccountOwnedByWrongProgram",
    "AccountTooSmall",
    "ConstraintZero",
    "InvalidAccountData",
    "InvalidProgramId",
    "UninitializedAccount",
}
PLACES = {
    "AccountNotAssociatedTokenAccount",
    "ConstraintAddress",
    "ConstraintSeeds",
    "ConstraintTokenMint",
    "ConstraintTokenOwner",
}
TOKENS = {"AccountFrozen", "MintMismatch", "OwnerMismatch"}
OWN = declared_errors()
"""Anything that the programs have a name for."""

IDENTITY = (
    PLACES
    | {"AgentNotAuthorized", "ClosingReserved", "MeterNotAssigned", "SameMint", "UnknownBook"}
    | {name for name in OWN if name.startswith(("Unauthorized", "Wrong", "Not"))}
    - {"NotApproved", "NothingProposed", "NothingToChange", "NothingToMint"}
)
"""What says that an account or a signer is not the one that was expected."""

ANOTHER = TYPES | LOADS | IDENTITY | {"AccountBorrowFailed", "ConstraintClose", "MissingAccount", "OwnerMismatch"}

RULES: dict[str, Set[str]] = {
    # Accounts
    "missing": ANOTHER | {"InsufficientFunds"},
    "stranger": IDENTITY,
    "fee payer": IDENTITY,
    "other wallet": IDENTITY,
    "other program's address": IDENTITY,
    "other program": {"InvalidProgramId"},
    "attacker's program": {"InvalidProgramId"},
    "same as": ANOTHER,
    "other type": ANOTHER,
    "sibling": PLACES | TOKENS | OWN,
    "copy": {"AccountOwnedByWrongProgram"} | LOADS | IDENTITY,
    "clone": IDENTITY,
    "swapped with": ANOTHER,
    "left out": {"AccountNotEnoughKeys"},
    "doubled": set(),
    "one more": set(),
    # Rights
    "unsigned": {"AccountNotSigner"},
    "read-only": {"ConstraintMut", "PrivilegeEscalation"},
    # Contents
    "owner": {"AccountOwnedByWrongProgram"} | LOADS,
    "closed": {"AccountNotInitialized", "AccountOwnedByWrongProgram"} | LOADS,
    "taken": {"AccountDiscriminatorMismatch", "AccountDiscriminatorNotFound", "InvalidInstructionData"},
    "marked as": {"AccountDiscriminatorMismatch", "ConstraintZero"} | LOADS,
    "cut to": {"AccountDiscriminatorNotFound", "AccountDidNotDeserialize", "AccountTooSmall"} | LOADS,
    "longer": set(),
    "token account": TOKENS | {"ConstraintTokenMint", "ConstraintTokenOwner", "UninitializedAccount"} | IDENTITY,
    "mint": {"OwnerMismatch", "UninitializedAccount"},
    "delegated": set(),
    "closable": set(),
    "freezable": set(),
    "given lamports": set(),
    "given tokens": set(),
    # Arguments
    "argument": OWN | {"ConstraintSeeds", "InsufficientFunds", "InstructionDidNotDeserialize"},
    "cut before": {"InstructionDidNotDeserialize", "InstructionFallbackNotFound"},
    "of no instruction": {"InstructionFallbackNotFound"},
    "left over": set(),
}


@dataclass(frozen=True)
class Exceptional:
    """An answer that cells may get for a reason of their own. All but `error` are patterns."""

    instruction: str
    subject: str
    mutator: str
    error: str
    reason: str


OLD_CHAIN = "the in-process chain does not know the system instruction that Anchor creates accounts with"
OWN_LIST = "the proposal's accounts are compared with its own list before anything else"
NO_RENT = "written here, not created: the lamports for so many bytes are missing"

EXCEPTIONS = (
    Exceptional("governance.execute", "remaining account *", "*", "WrongInstructionAccounts", OWN_LIST),
    Exceptional("governance.execute", "accounts", "one more", "WrongInstructionAccounts", OWN_LIST),
    Exceptional("oracle.system_health", "*", "*", "UnexpectedAccount", "it looks at what it is given, and says so"),
    Exceptional("*", "recipient", "owner", "AccountAlreadyInUse", "it is taken for one that has yet to be made"),
    Exceptional("oracle.top_up_requests", "balance", "closed", "InvalidInstructionData", OLD_CHAIN),
    Exceptional("oracle.top_up_requests", "balance", "owner", "InvalidInstructionData", OLD_CHAIN),
    Exceptional("oracle.top_up_requests", "balance", "longer", "ConstraintSpace", "its size is compared"),
    Exceptional(
        "oracle.trigger_market_clearing", "result", "taken", "AccountOwnedByWrongProgram", "oracle is no owner"
    ),
    Exceptional(
        "trading.*", "book", "closed", "AccountDidNotDeserialize", "it has no bytes yet, nor can it have a type"
    ),
    Exceptional("trading.*", "ledger", "closed", "AccountDidNotDeserialize", "as with a book"),
    Exceptional("trading.add_book", "book", "longer", "ConstraintRentExempt", NO_RENT),
    Exceptional("trading.create_market", "ledger", "longer", "ConstraintRentExempt", NO_RENT),
    Exceptional("trading.close_epoch", "payer", "swapped with", "InvalidArgument", "a payer cannot hold data"),
    Exceptional("trading.open_seat", "payer", "swapped with", "InsufficientFunds", "the newcomer has no lamports"),
    Exceptional("trading.*", "vault", "closed", "InvalidAccountData", "only the token program reads it"),
    Exceptional("trading.*", "vault", "owner", "ExternalAccountDataModified", "only the token program reads it"),
)


def illegal(name: str, cell: Cell, error: str) -> str | None:
    """What is wrong with `error` as the answer to `cell`, one of the instruction `name`."""
    if error in RULES[cell.mutator]:
        return None
    for exception in EXCEPTIONS:
        if (
            error == exception.error
            and fnmatchcase(name, exception.instruction)
            and fnmatchcase(cell.subject, exception.subject)
            and fnmatchcase(cell.mutator, exception.mutator)
        ):
            return None
    return f"{error}, which says nothing about this"
