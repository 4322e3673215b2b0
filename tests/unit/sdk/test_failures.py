"""Every refusal becomes an exception that names what was wrong."""

import pytest
from energy_sdk import PROGRAMS, exceptions, governance, registry
from energy_sdk.addresses import SYSTEM_PROGRAM, TOKEN_PROGRAM
from energy_sdk.exceptions import (
    AnchorError,
    DuplicateTransaction,
    InsufficientFunds,
    ProgramError,
    TransactionExpired,
    TransactionFailed,
)
from energy_sdk.transactions import exception_from
from energy_sdk.transports import Failure, Outcome

REGISTRY, GOVERNANCE, TRADING = PROGRAMS["registry"], PROGRAMS["governance"], PROGRAMS["trading"]


def outcome(kind="Custom", code=None, program=None, logs=(), units=100):
    end = (f"Program {program} failed: custom program error: {code or 0:#x}",) if program else ()
    error = Failure(kind=kind, instruction=0, code=code)
    return Outcome(signature=None, slot=1, logs=(*logs, *end), compute_units=units, error=error)


def test_a_declared_error_becomes_its_class():
    error = exception_from(outcome(code=registry.errors.UserAlreadyExists.CODE, program=REGISTRY))
    assert type(error) is registry.errors.UserAlreadyExists
    assert isinstance(error, registry.errors.RegistryError)
    assert (error.program, error.code, error.name) == (REGISTRY, error.CODE, "UserAlreadyExists")
    assert error.logs


def test_the_same_code_means_another_error_in_another_program():
    assert type(exception_from(outcome(code=6000, program=GOVERNANCE))) is governance.errors.NotDeployer


def test_an_inner_programs_error_is_not_taken_for_the_callers():
    failed = f"Program {REGISTRY} failed: custom program error: 0x1770"
    error = exception_from(outcome(code=6000, program=GOVERNANCE, logs=(failed,)))
    assert type(error) is registry.errors.NotDeployer


def test_without_logs_the_top_level_instruction_tells_the_program():
    refused = outcome(code=registry.errors.UserAlreadyExists.CODE)
    assert type(exception_from(refused, [REGISTRY])) is registry.errors.UserAlreadyExists
    assert type(exception_from(refused)) is ProgramError


def test_a_code_of_an_unknown_program_is_not_the_system_programs():
    assert type(exception_from(outcome(code=1))) is ProgramError


@pytest.mark.parametrize("program", [REGISTRY, TRADING])
def test_an_absent_user_is_user_not_found(program):
    line = "Program log: AnchorError caused by account: user. Error Code: AccountNotInitialized. Error Number: 3012."
    error = exception_from(outcome(code=3012, program=program, logs=(line,)))
    assert type(error) is registry.errors.UserNotFound


def test_the_frameworks_errors_name_the_account():
    line = "Program log: AnchorError caused by account: shard. Error Code: AccountNotInitialized. Error Number: 3012."
    error = exception_from(outcome(code=3012, program=REGISTRY, logs=(line,)))
    assert isinstance(error, AnchorError)
    assert error.account == "shard"
    assert str(error) == "AccountNotInitialized: account `shard` does not exist; create it first"


def test_an_unknown_programs_error_keeps_the_words_of_its_log():
    stranger = governance.pdas.PAUSE_ADDRESS
    line = "Program log: AnchorError occurred. Error Code: Odd. Error Number: 6001. Error Message: Make it even."
    error = exception_from(outcome(code=6001, program=stranger, logs=(line,)))
    assert (type(error), error.name, error.message) == (ProgramError, "Odd", "Make it even.")
    assert "0x1771" in str(exception_from(outcome(code=6001, program=stranger)))


@pytest.mark.parametrize("program", [SYSTEM_PROGRAM, TOKEN_PROGRAM])
def test_too_little_money_is_insufficient_funds(program):
    assert isinstance(exception_from(outcome(code=1, program=program)), InsufficientFunds)


def test_the_token_programs_numbers_have_names_and_say_what_to_do():
    error = exception_from(outcome(code=4, program=TOKEN_PROGRAM))
    assert isinstance(error, ProgramError)
    assert error.name == "OwnerMismatch"
    assert "pass an account of the signer" in str(error)


@pytest.mark.parametrize(
    ("kind", "expected"),
    [
        ("AlreadyProcessed", DuplicateTransaction),
        ("BlockhashNotFound", TransactionExpired),
        ("AccountNotFound", InsufficientFunds),
        ("InsufficientFundsForFee", InsufficientFunds),
        ("InvalidAccountData", TransactionFailed),
    ],
)
def test_the_runtimes_refusals(kind, expected):
    assert type(exception_from(outcome(kind=kind))) is expected


def test_running_out_of_compute_units_says_what_to_do():
    error = exception_from(outcome(kind="ComputationalBudgetExceeded", units=300_000))
    assert "300000" in str(error)
    assert "larger budget" in str(error)


def test_the_tree_is_drawn_completely():
    classes = [
        item
        for item in vars(exceptions).values()
        if isinstance(item, type) and issubclass(item, exceptions.EnergyError)
    ]
    hidden = {"DeclaredError"}
    assert [c.__name__ for c in classes if c.__name__ not in exceptions.__doc__ and c.__name__ not in hidden] == []
