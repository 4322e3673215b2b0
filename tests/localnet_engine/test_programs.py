"""Programs on the engine: upgraded like on a cluster, and called with addresses from lookup tables."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from energy_sdk import PROGRAMS, Instruction, Keypair, Pubkey
from energy_sdk.addresses import SYSTEM_PROGRAM, UPGRADEABLE_LOADER, program_data_address
from energy_sdk.program_files import program_files
from solders.address_lookup_table_account import AddressLookupTableAccount
from solders.instruction import AccountMeta
from solders.message import MessageV0
from solders.system_program import CreateAccountParams, create_account
from solders.transaction import VersionedTransaction

from tests.support.engine import DEPLOYER, running_engine

from .calls import SOL, lamports, latest_hash, payment, result, send, signed

LOOKUP_PROGRAM = Pubkey.from_string("AddressLookupTab1e1111111111111111111111111")
CLOCK = Pubkey.from_string("SysvarC1ock11111111111111111111111111111111")
RENT = Pubkey.from_string("SysvarRent111111111111111111111111111111111")
BUFFER_HEADER_BYTES = 37
CHUNK = 1_000
UNKNOWN_INSTRUCTION, ANOTHER_ADDRESS = 101, 4_100


def done(url: str, *instructions: Instruction, signers: Sequence[Keypair] = ()) -> None:
    """Send a transaction that must succeed."""
    message = MessageV0.try_compile(DEPLOYER.pubkey(), list(instructions), [], latest_hash(url))
    answer = send(url, VersionedTransaction(message, [DEPLOYER, *signers]))
    assert "result" in answer, answer


def answer_of(url: str, program: Pubkey) -> int:
    """The code with which a program refuses nonsense."""
    error = send(url, signed(latest_hash(url), Instruction(program, b"unknown!", [])))["error"]
    code = error["data"]["err"]["InstructionError"][1]["Custom"]
    assert isinstance(code, int)
    return code


def uploaded(url: str, code: bytes) -> Pubkey:
    """A buffer that holds the code, written piece by piece with the loader's own instructions."""
    buffer, me = Keypair(), DEPLOYER.pubkey()
    size = BUFFER_HEADER_BYTES + len(code)
    rent = result(url, "getMinimumBalanceForRentExemption", size)
    create = CreateAccountParams(
        from_pubkey=me, to_pubkey=buffer.pubkey(), lamports=rent, space=size, owner=UPGRADEABLE_LOADER
    )
    target = AccountMeta(buffer.pubkey(), is_signer=False, is_writable=True)
    authority = AccountMeta(me, is_signer=True, is_writable=False)
    initialize = Instruction(UPGRADEABLE_LOADER, (0).to_bytes(4, "little"), [target, authority])
    done(url, create_account(create), initialize, signers=[buffer])
    for offset in range(0, len(code), CHUNK):
        piece = code[offset : offset + CHUNK]
        data = (1).to_bytes(4, "little") + offset.to_bytes(4, "little") + len(piece).to_bytes(8, "little") + piece
        send(
            url,
            signed(latest_hash(url), Instruction(UPGRADEABLE_LOADER, data, [target, authority])),
            skipPreflight=True,
        )
    return buffer.pubkey()


def test_an_upgrade_runs_at_once_and_after_a_restart(tmp_path: Path) -> None:
    """The governance program gets GRID's code, which notices that it runs at another address."""
    governance, me, state = PROGRAMS["governance"], DEPLOYER.pubkey(), tmp_path / "chain.db"
    with running_engine(state=state) as engine:
        assert answer_of(engine.url, governance) == UNKNOWN_INSTRUCTION
        buffer = uploaded(engine.url, program_files()[PROGRAMS["energy_token"]].read_bytes())
        accounts = [
            AccountMeta(program_data_address(governance), is_signer=False, is_writable=True),
            AccountMeta(governance, is_signer=False, is_writable=True),
            AccountMeta(buffer, is_signer=False, is_writable=True),
            AccountMeta(me, is_signer=False, is_writable=True),
            AccountMeta(RENT, is_signer=False, is_writable=False),
            AccountMeta(CLOCK, is_signer=False, is_writable=False),
            AccountMeta(me, is_signer=True, is_writable=False),
        ]
        done(engine.url, Instruction(UPGRADEABLE_LOADER, (3).to_bytes(4, "little"), accounts))
        assert answer_of(engine.url, governance) == ANOTHER_ADDRESS

    with running_engine(state=state) as engine:
        assert answer_of(engine.url, governance) == ANOTHER_ADDRESS
        assert answer_of(engine.url, PROGRAMS["energy_token"]) == UNKNOWN_INSTRUCTION


def test_addresses_from_a_lookup_table() -> None:
    """A table is created, filled and used; the record names what was looked up."""
    me, receiver = DEPLOYER.pubkey(), Keypair().pubkey()
    with running_engine() as engine:
        slot = result(engine.url, "getSlot")
        table, bump = Pubkey.find_program_address([bytes(me), slot.to_bytes(8, "little")], LOOKUP_PROGRAM)
        accounts = [
            AccountMeta(table, is_signer=False, is_writable=True),
            AccountMeta(me, is_signer=True, is_writable=False),
            AccountMeta(me, is_signer=True, is_writable=True),
            AccountMeta(SYSTEM_PROGRAM, is_signer=False, is_writable=False),
        ]
        create = (0).to_bytes(4, "little") + slot.to_bytes(8, "little") + bytes([bump])
        extend = (2).to_bytes(4, "little") + (1).to_bytes(8, "little") + bytes(receiver)
        done(engine.url, Instruction(LOOKUP_PROGRAM, create, accounts))
        done(engine.url, Instruction(LOOKUP_PROGRAM, extend, accounts))

        lookup = AddressLookupTableAccount(table, [receiver])
        message = MessageV0.try_compile(me, [payment(receiver, SOL)], [lookup], latest_hash(engine.url))
        signature = send(engine.url, VersionedTransaction(message, [DEPLOYER]))["result"]

        record = result(engine.url, "getTransaction", signature, {"maxSupportedTransactionVersion": 0})
        assert lamports(engine.url, receiver) == SOL
        assert record["meta"]["loadedAddresses"] == {"writable": [str(receiver)], "readonly": []}
        assert [entry["signature"] for entry in result(engine.url, "getSignaturesForAddress", str(receiver))] == [
            signature
        ]
