"""Messages are read back as they were built, and nothing else is taken for one."""

from __future__ import annotations

import pytest
from energy_sdk import Hash, Keypair, Pubkey
from energy_sdk.exceptions import InvalidInput
from energy_sdk.governance import describe, instructions
from energy_sdk.governance.descriptions import proposed_by
from energy_sdk.transactions import spl
from energy_sdk.transactions.messages import compile_message, read_message, signed_transaction
from hypothesis import example, given
from hypothesis import strategies as st
from solders.address_lookup_table_account import AddressLookupTableAccount
from solders.message import Message, MessageV0, to_bytes_versioned
from solders.system_program import (
    AdvanceNonceAccountParams,
    TransferParams,
    advance_nonce_account,
    create_nonce_account,
    transfer,
)
from solders.transaction import VersionedTransaction

ADA, BEN, ANY = Keypair(), Keypair(), Pubkey.new_unique()
APPROVE = instructions.approve(member=BEN.pubkey(), number=7, digest=bytes(range(32)))
RAW = compile_message(ADA.pubkey(), [APPROVE], Hash.new_unique()).raw


def test_there_and_back() -> None:
    """Who pays, who signs, what runs; with every right that an account has."""
    blockhash = Hash.new_unique()
    parts = (APPROVE, transfer(TransferParams(from_pubkey=BEN.pubkey(), to_pubkey=ANY, lamports=5)))
    made = compile_message(ADA.pubkey(), parts, blockhash)
    for raw in (made.raw, bytes(Message.new_with_blockhash(list(parts), ADA.pubkey(), blockhash))):
        read = read_message(raw)
        assert (read.payer, set(read.signers)) == (ADA.pubkey(), {ADA.pubkey(), BEN.pubkey()})
        assert (read.blockhash, read.nonce) == (blockhash, None)
        assert [str(describe(part)) for part in read.instructions] == [
            f"governance.approve(digest={bytes(range(32)).hex()})",
            "system_program.transfer(lamports=5)",
        ]
        # In a message a key has for all instructions what it needs for one: Ben pays here.
        assert [meta.pubkey for meta in read.instructions[0].accounts] == [meta.pubkey for meta in APPROVE.accounts]
        assert read_message(read.raw) == read


def test_a_durable_nonce_is_the_first_instruction_s() -> None:
    advance = advance_nonce_account(AdvanceNonceAccountParams(nonce_pubkey=ANY, authorized_pubkey=BEN.pubkey()))
    nonce = compile_message(ADA.pubkey(), [advance, APPROVE], Hash.default()).nonce
    assert nonce is not None
    assert (nonce.account, nonce.authority) == (ANY, BEN.pubkey())
    assert compile_message(ADA.pubkey(), [APPROVE, advance], Hash.default()).nonce is None


def test_signatures_come_in_the_message_s_order() -> None:
    message = compile_message(ADA.pubkey(), [APPROVE], Hash.new_unique())
    signatures = {key.pubkey(): key.sign_message(message.raw) for key in (BEN, ADA)}
    transaction = signed_transaction(message, signatures)
    assert transaction == VersionedTransaction(transaction.message, [ADA, BEN])
    with pytest.raises(InvalidInput, match=str(ADA.pubkey())):
        signed_transaction(message, {BEN.pubkey(): signatures[BEN.pubkey()]})


def test_lookup_tables_are_refused() -> None:
    """Their addresses are on a chain that the signer may not see."""
    table = AddressLookupTableAccount(Pubkey.new_unique(), [ANY])
    part = transfer(TransferParams(from_pubkey=ADA.pubkey(), to_pubkey=ANY, lamports=5))
    with pytest.raises(InvalidInput, match="lookup tables"):
        read_message(to_bytes_versioned(MessageV0.try_compile(ADA.pubkey(), [part], [table], Hash.default())))


def test_too_large_to_be_sent() -> None:
    parts = [transfer(TransferParams(from_pubkey=ADA.pubkey(), to_pubkey=Pubkey.new_unique(), lamports=5))] * 80
    with pytest.raises(InvalidInput, match="1232"):
        compile_message(ADA.pubkey(), parts, Hash.default())


def test_what_follows_a_message_is_not_signed_with_it() -> None:
    """Nor is a message that is cut short taken for one."""
    for raw in (RAW + b"\0", RAW + RAW, RAW[:-1]):
        with pytest.raises(InvalidInput, match="no transaction's message"):
            read_message(raw)


@given(st.binary(max_size=400))
@example(b"")
@example(b"\x80")
@example(RAW[:-1])
@example(RAW + b"\0")
def test_other_bytes_are_no_message(raw: bytes) -> None:
    """Whatever they are, the error is ours."""
    try:
        read = read_message(raw)
    except InvalidInput:
        return
    assert read.raw == raw


@given(st.integers(0, len(RAW) - 1), st.integers(1, 255))
def test_a_changed_byte_is_read_or_refused(place: int, change: int) -> None:
    changed = bytearray(RAW)
    changed[place] ^= change
    try:
        message = read_message(bytes(changed))
    except InvalidInput:
        return
    assert message.raw == bytes(changed)
    assert [describe(part) for part in message.instructions]


def test_what_native_instructions_do_is_told_in_words() -> None:
    """Amounts, owners and authorities: what a thief would change."""
    mint = Pubkey.new_unique()
    create, initialize = create_nonce_account(ADA.pubkey(), ANY, BEN.pubkey(), 9)
    told = {
        "system_program.transfer(lamports=3)": spl.transfer_lamports(payer=ADA.pubkey(), recipient=ANY, lamports=3),
        "token_program.transfer_checked(amount=7, decimals=6)": spl.transfer_tokens(
            mint=mint, decimals=6, owner=ADA.pubkey(), recipient=ANY, amount=7
        ),
        "associated_token_program.create_idempotent()": spl.create_token_account(
            payer=ADA.pubkey(), owner=ANY, mint=mint
        ),
        "token_program.mint_to(amount=4)": spl.mint_tokens(mint=mint, owner=ANY, authority=ADA.pubkey(), amount=4),
        "system_program.create_account(lamports=9, space=80, owner=11111111111111111111111111111111)": create,
        f"system_program.initialize_nonce_account(authority={BEN.pubkey()})": initialize,
    }
    assert {str(describe(part)) for part in told.values()} == set(told)
    _, seeded = spl.create_seeded_account(payer=ADA.pubkey(), seed="séed", owner=mint, size=5, lamports=6)
    assert str(describe(seeded)) == (
        f"system_program.create_account_with_seed(base={ADA.pubkey()}, seed=séed, lamports=6, space=5, owner={mint})"
    )
    names = [
        account.name for account in describe(told["token_program.transfer_checked(amount=7, decimals=6)"]).accounts
    ]
    assert names == ["source", "mint", "destination", "owner"]


def test_what_a_proposal_proposes() -> None:
    inner = (instructions.set_timing(authority=ADA.pubkey(), timelock_s=1, proposal_expiry_s=100), APPROVE)
    outer = instructions.propose(proposer=ADA.pubkey(), number=0, title="x", instructions=inner, payer=ADA.pubkey())
    assert proposed_by(outer) == inner
    assert proposed_by(APPROVE) == ()
