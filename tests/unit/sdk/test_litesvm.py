"""The in-process chain: deterministic, strict about signatures, and moved by hand."""

import pytest
from energy_sdk import Keypair, LiteSvmTransport, Pubkey
from energy_sdk.addresses import UPGRADEABLE_LOADER, program_data_address
from energy_sdk.exceptions import (
    DuplicateTransaction,
    InsufficientFunds,
    InvalidInput,
    TransactionFailed,
    TransportUnavailable,
)
from energy_sdk.programs import GOVERNANCE
from energy_sdk.tokens import TokenClient
from energy_sdk.transactions import SendPolicy, TransactionSender, exception_from, spl
from energy_sdk.transports import Account, Transport
from energy_sdk.transports.litesvm import GENESIS_TIME
from solders.message import MessageV0
from solders.transaction import VersionedTransaction

ALICE, BOB = (Keypair.from_seed(bytes([n] * 32)) for n in (1, 2))


@pytest.fixture
async def chain():
    transport = LiteSvmTransport(programs={})
    await transport.airdrop(ALICE.pubkey(), 10**10)
    return transport


async def payment(chain, lamports=1_000_000):
    transfer = spl.transfer_lamports(payer=ALICE.pubkey(), recipient=BOB.pubkey(), lamports=lamports)
    blockhash = await chain.latest_blockhash()
    return VersionedTransaction(MessageV0.try_compile(ALICE.pubkey(), [transfer], [], blockhash.hash), [ALICE])


async def test_it_is_a_transport(chain):
    assert isinstance(chain, Transport)


async def test_two_chains_begin_alike():
    first, second = LiteSvmTransport(programs={}), LiteSvmTransport(programs={})
    assert await first.latest_blockhash() == await second.latest_blockhash()
    assert await first.clock() == await second.clock() == GENESIS_TIME


async def test_a_payment_moves_lamports(chain):
    outcome = await chain.send(await payment(chain))
    assert outcome.error is None
    assert outcome.logs
    assert (await chain.get_account(BOB.pubkey())).lamports == 1_000_000


async def test_the_same_bytes_count_once(chain):
    transaction = await payment(chain)
    await chain.send(transaction)
    again = await chain.send(transaction)
    assert isinstance(exception_from(again), DuplicateTransaction)
    assert (await chain.get_account(BOB.pubkey())).lamports == 1_000_000


async def test_the_same_intention_twice_counts_twice(chain):
    sender = TransactionSender(chain, ALICE)
    transfer = spl.transfer_lamports(payer=ALICE.pubkey(), recipient=BOB.pubkey(), lamports=1_000_000)
    first, second = await sender.send([transfer]), await sender.send([transfer])
    assert first.signature != second.signature
    assert (await chain.get_account(BOB.pubkey())).lamports == 2_000_000


async def test_a_wrong_signature_is_refused(chain):
    good = await payment(chain)
    forged = VersionedTransaction.populate(good.message, [BOB.sign_message(bytes(good.message))])
    assert (await chain.send(forged)).error.kind == "SignatureFailure"


async def test_simulation_changes_nothing(chain):
    assert (await chain.simulate(await payment(chain))).error is None
    assert await chain.get_account(BOB.pubkey()) is None


async def test_spending_too_much_is_insufficient_funds(chain):
    with pytest.raises(InsufficientFunds):
        await TokenClient(TransactionSender(chain, ALICE)).transfer_lamports(recipient=BOB.pubkey(), lamports=10**12)
    with pytest.raises(InsufficientFunds):
        await TokenClient(TransactionSender(chain, BOB)).transfer_lamports(recipient=ALICE.pubkey(), lamports=1)


async def test_time_moves_only_forward_and_only_by_hand(chain):
    chain.advance(900)
    assert await chain.clock() == GENESIS_TIME + 900
    chain.set_time(GENESIS_TIME + 1_000)
    chain.set_time(GENESIS_TIME + 1_000)
    assert await chain.clock() == GENESIS_TIME + 1_000
    for backward in (lambda: chain.advance(0), lambda: chain.set_time(GENESIS_TIME)):
        with pytest.raises(InvalidInput, match="forward"):
            backward()


async def test_time_makes_block_hashes_expire(chain):
    transaction = await payment(chain)
    chain.advance(1)
    assert (await chain.send(transaction)).error.kind == "BlockhashNotFound"


async def test_airdrops_add_up_beyond_what_litesvm_itself_can_do(chain):
    await chain.airdrop(BOB.pubkey(), 10**16)
    await chain.airdrop(BOB.pubkey(), 1)
    assert (await chain.get_account(BOB.pubkey())).lamports == 10**16 + 1


async def test_programs_are_installed_as_upgradeable():
    authority = Pubkey.new_unique()
    chain = LiteSvmTransport(upgrade_authority=authority)
    program = await chain.get_account(GOVERNANCE)
    data = await chain.get_account(program_data_address(GOVERNANCE))
    assert program.executable
    assert program.owner == data.owner == UPGRADEABLE_LOADER
    assert program.data == b"\x02\0\0\0" + bytes(data.address)
    assert data.data[:45] == b"\x03\0\0\0" + bytes(8) + b"\x01" + bytes(authority)
    assert data.data[45:49] == b"\x7fELF"


async def test_missing_programs_are_named(monkeypatch, tmp_path):
    monkeypatch.setenv("ENERGY_PROGRAMS_DIR", str(tmp_path))
    with pytest.raises(TransportUnavailable, match=r"governance\.so"):
        LiteSvmTransport()


async def test_without_litesvm_the_error_says_what_to_do(monkeypatch):
    monkeypatch.setitem(__import__("sys").modules, "solders.litesvm", None)
    with pytest.raises(TransportUnavailable, match="RpcTransport"):
        LiteSvmTransport(programs={})


async def test_accounts_can_be_written_and_read_in_order(chain):
    address = Pubkey.new_unique()
    account = Account(address=address, owner=GOVERNANCE, lamports=10**7, data=b"abc")
    chain.set_account(account)
    assert await chain.get_accounts([BOB.pubkey(), address]) == [None, account]


async def test_a_transaction_that_is_too_large_is_never_sent(chain):
    transfers = [
        spl.transfer_lamports(payer=ALICE.pubkey(), recipient=Pubkey.new_unique(), lamports=1) for _ in range(40)
    ]
    with pytest.raises(InvalidInput, match="send fewer records"):
        await TransactionSender(chain, ALICE).send(transfers)


async def test_a_missing_signature_is_named_before_sending(chain):
    transfer = spl.transfer_lamports(payer=BOB.pubkey(), recipient=ALICE.pubkey(), lamports=1)
    with pytest.raises(InvalidInput, match=str(BOB.pubkey())):
        await TransactionSender(chain, ALICE).send([transfer])


async def test_a_priority_fee_is_one_more_budget_instruction(chain):
    transfer = spl.transfer_lamports(payer=ALICE.pubkey(), recipient=BOB.pubkey(), lamports=1_000_000)
    plain = await TransactionSender(chain, ALICE).send([transfer])
    paying = await TransactionSender(chain, ALICE, policy=SendPolicy(priority_fee=5)).send([transfer])
    budget = "Program ComputeBudget111111111111111111111111111111 invoke [1]"
    assert (plain.logs.count(budget), paying.logs.count(budget)) == (1, 2)


async def test_running_out_of_budget_is_told_apart(chain):
    transfer = spl.transfer_lamports(payer=ALICE.pubkey(), recipient=BOB.pubkey(), lamports=1_000_000)
    with pytest.raises(TransactionFailed, match="compute units"):
        await TransactionSender(chain, ALICE).send([transfer], compute_units=200)


async def test_tokens_are_created_minted_and_moved(chain):
    tokens = TokenClient(TransactionSender(chain, ALICE))
    mint = await tokens.create_mint(decimals=6, mint=Keypair.from_seed(bytes([5] * 32)))
    await tokens.mint_to(mint=mint, owner=ALICE.pubkey(), amount=1_000)
    await tokens.transfer(mint=mint, recipient=BOB.pubkey(), amount=400)
    assert await tokens.balance(mint=mint, owner=ALICE.pubkey()) == 600
    assert await tokens.balance(mint=mint, owner=BOB.pubkey()) == 400
    assert (await tokens.decimals(mint=mint), await tokens.supply(mint=mint)) == (6, 1_000)
    with pytest.raises(InsufficientFunds):
        await tokens.transfer(mint=mint, recipient=BOB.pubkey(), amount=601)


async def test_history_lists_what_names_an_address(chain):
    """Newest first, with the clock that the programs saw; `before` goes on where an answer ended."""
    first = await payment(chain, 1_000_000)
    await chain.send(first)
    chain.advance(10)
    second = await payment(chain, 2_000_000)
    await chain.send(second)

    found = await chain.signatures(BOB.pubkey())
    assert [record.signature for record in found] == [second.signatures[0], first.signatures[0]]
    assert [record.block_time for record in found] == [GENESIS_TIME + 10, GENESIS_TIME]
    assert await chain.signatures(BOB.pubkey(), limit=1) == found[:1]
    assert await chain.signatures(BOB.pubkey(), before=second.signatures[0]) == found[1:]
    assert await chain.signatures(Pubkey.default().find_program_address([], BOB.pubkey())[0]) == []


async def test_history_keeps_the_bytes_and_the_log(chain):
    transaction = await payment(chain)
    outcome = await chain.send(transaction)
    record = await chain.transaction(transaction.signatures[0])
    assert (record.transaction, record.logs) == (transaction, outcome.logs)
    assert (record.slot, record.compute_units, record.error) == (outcome.slot, outcome.compute_units, None)


async def test_history_has_failures_that_were_processed_and_no_refusals(chain):
    failing = await payment(chain, 10**12)
    await chain.send(failing)
    await chain.send(failing)  # the same bytes again: refused before processing
    [record] = await chain.signatures(BOB.pubkey())
    assert record.error.instruction == 0


async def test_history_can_be_switched_off():
    chain = LiteSvmTransport(programs={}, history=False)
    await chain.airdrop(ALICE.pubkey(), 10**10)
    transaction = await payment(chain)
    await chain.send(transaction)
    assert await chain.signatures(BOB.pubkey()) == []
    assert await chain.transaction(transaction.signatures[0]) is None


async def test_a_list_of_no_transactions_is_not_a_question(chain):
    with pytest.raises(InvalidInput, match="ask for 1 or more"):
        await chain.signatures(BOB.pubkey(), limit=0)


@pytest.mark.parametrize("verify", [True, False])
async def test_signatures_are_verified_unless_a_backtest_says_otherwise(verify):
    chain = LiteSvmTransport(programs={}, verify_signatures=verify)
    await chain.airdrop(ALICE.pubkey(), 10**10)
    signed = await payment(chain)
    forged = VersionedTransaction.populate(signed.message, [BOB.sign_message(b"something else")])

    outcome = await chain.send(forged)

    assert (outcome.error is None) is not verify
    assert (await chain.get_account(BOB.pubkey()) is None) is verify
