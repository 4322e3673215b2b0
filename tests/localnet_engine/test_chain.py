"""Block hashes, slots, repetitions and refusals: what clients rely on when they send."""

from __future__ import annotations

import base64
import json

import pytest
from energy_sdk import Hash, Instruction, Keypair, Pubkey, RpcTransport, Signature
from energy_sdk.addresses import SYSTEM_PROGRAM
from energy_sdk.localnet.engine import LiteSvmEngine
from energy_sdk.programs import PROGRAMS
from solders.transaction import VersionedTransaction

from tests.support.engine import DEPLOYER

from .calls import SOL, call, lamports, latest_hash, payment, result, send, signed

PREFLIGHT_FAILURE = -32_002


def stranger() -> Keypair:
    return Keypair()


def test_every_transaction_has_a_slot_and_a_block_hash_of_its_own(engine: LiteSvmEngine) -> None:
    """Two equal transfers one after the other are two transactions, because the hash has changed."""
    receiver = stranger().pubkey()
    slots = []
    for _ in range(2):
        signature = send(engine.url, signed(latest_hash(engine.url), payment(receiver, SOL)))["result"]
        slots.append(result(engine.url, "getTransaction", signature, {"maxSupportedTransactionVersion": 0})["slot"])

    assert slots[1] == slots[0] + 1
    assert lamports(engine.url, receiver) == 2 * SOL


def test_a_block_hash_outlives_any_number_of_transactions(engine: LiteSvmEngine) -> None:
    """Only chain time makes a hash old, so that many transactions can be signed at once."""
    blockhash, receiver = latest_hash(engine.url), stranger().pubkey()

    for count in range(1, 201):
        assert "result" in send(engine.url, signed(blockhash, payment(receiver, SOL + count)), skipPreflight=True)

    assert lamports(engine.url, receiver) == 200 * SOL + sum(range(1, 201))


def test_a_block_hash_expires_after_a_minute_of_chain_time(engine: LiteSvmEngine) -> None:
    """150 blocks of 400 ms: the last of them still counts, the next one does not."""
    old = latest_hash(engine.url)
    last = result(engine.url, "getLatestBlockhash")["value"]["lastValidBlockHeight"]

    engine_time = result(engine.url, "advance", 60)
    assert result(engine.url, "getBlockHeight") == last
    assert result(engine.url, "isBlockhashValid", str(old))["value"] is True
    assert "result" in send(engine.url, signed(old, payment(stranger().pubkey(), SOL)))

    assert result(engine.url, "advance", 1) == engine_time + 1
    assert result(engine.url, "getBlockHeight") > last
    assert result(engine.url, "isBlockhashValid", str(old))["value"] is False
    answer = send(engine.url, signed(old, payment(stranger().pubkey(), SOL)))
    assert answer["error"]["data"]["err"] == "BlockhashNotFound"


def test_the_same_bytes_count_once(engine: LiteSvmEngine) -> None:
    """A repetition is refused by preflight, and does nothing without it."""
    receiver = stranger().pubkey()
    transaction = signed(latest_hash(engine.url), payment(receiver, SOL))

    first = send(engine.url, transaction)
    again = send(engine.url, transaction)
    unseen = send(engine.url, transaction, skipPreflight=True)

    assert again["error"]["data"]["err"] == "AlreadyProcessed"
    assert unseen["result"] == first["result"]
    assert lamports(engine.url, receiver) == SOL


REFUSED = {
    "too little money": (lambda: [payment(stranger().pubkey(), 10**18)], {"InstructionError": [0, {"Custom": 1}]}),
    "no rent": (lambda: [payment(stranger().pubkey(), 5)], {"InsufficientFundsForRent": {"account_index": 1}}),
    "no program": (lambda: [Instruction(stranger().pubkey(), b"", [])], "ProgramAccountNotFound"),
    "no such instruction": (
        lambda: [Instruction(PROGRAMS["trading"], b"unknown!", [])],
        {"InstructionError": [0, {"Custom": 101}]},
    ),
    "no data": (
        lambda: [Instruction(SYSTEM_PROGRAM, b"\xff" * 4, [])],
        {"InstructionError": [0, "InvalidInstructionData"]},
    ),
}


@pytest.mark.parametrize("case", REFUSED)
def test_preflight_refuses_and_changes_nothing(engine: LiteSvmEngine, case: str) -> None:
    """The error has a cluster's number, the runtime's reason and the logs; not even a fee is taken."""
    build, reason = REFUSED[case]
    before, slot = lamports(engine.url, DEPLOYER.pubkey()), result(engine.url, "getSlot")

    error = send(engine.url, signed(latest_hash(engine.url), *build()))["error"]

    assert error["code"] == PREFLIGHT_FAILURE
    assert error["message"].startswith("Transaction simulation failed: ")
    assert error["data"]["err"] == reason
    assert (lamports(engine.url, DEPLOYER.pubkey()), result(engine.url, "getSlot")) == (before, slot)


@pytest.mark.parametrize("case", ["too little money", "no rent"])
def test_without_preflight_a_failure_is_recorded_and_costs_its_fee(engine: LiteSvmEngine, case: str) -> None:
    """As on a cluster: the transaction lands, everything but the fee is taken back."""
    build, reason = REFUSED[case]
    instructions = build()
    receiver = instructions[0].accounts[1].pubkey
    before = lamports(engine.url, DEPLOYER.pubkey())

    signature = send(engine.url, signed(latest_hash(engine.url), *instructions), skipPreflight=True)["result"]

    (status,) = result(engine.url, "getSignatureStatuses", [signature])["value"]
    meta = result(engine.url, "getTransaction", signature, {"maxSupportedTransactionVersion": 0})["meta"]
    assert status["err"] == meta["err"] == reason
    assert meta["fee"] == before - lamports(engine.url, DEPLOYER.pubkey()) == 5_000
    assert meta["preBalances"][0] - meta["postBalances"][0] == 5_000
    assert lamports(engine.url, receiver) == 0


def test_who_does_not_exist_cannot_pay(engine: LiteSvmEngine) -> None:
    poor = stranger()

    error = send(engine.url, signed(latest_hash(engine.url), payment(stranger().pubkey(), 1, poor), payer=poor))[
        "error"
    ]

    assert error["data"]["err"] == "AccountNotFound"


def test_a_forged_signature_moves_nothing(engine: LiteSvmEngine) -> None:
    """With preflight it is named; without, the transaction vanishes as it does on a cluster."""
    receiver = stranger().pubkey()
    message = signed(latest_hash(engine.url), payment(receiver, SOL)).message
    forged = VersionedTransaction.populate(message, [Signature.from_bytes(bytes([1]) * 64)])

    error = send(engine.url, forged)["error"]
    unseen = send(engine.url, forged, skipPreflight=True)["result"]

    assert error["data"]["err"] == "SignatureFailure"
    assert result(engine.url, "getSignatureStatuses", [unseen])["value"] == [None]
    assert lamports(engine.url, receiver) == 0


def test_a_simulation_changes_nothing_and_shows_the_accounts_after_it(engine: LiteSvmEngine) -> None:
    """With the latest hash put in, neither hash nor signature of the transaction matter."""
    receiver = stranger().pubkey()
    unsigned = VersionedTransaction.populate(
        signed(Hash.default(), payment(receiver, SOL)).message, [Signature.default()]
    )
    text = base64.b64encode(bytes(unsigned)).decode()
    config = {"encoding": "base64", "accounts": {"encoding": "base64", "addresses": [str(receiver)]}}

    value = result(engine.url, "simulateTransaction", text, config | {"replaceRecentBlockhash": True})["value"]
    plain = result(engine.url, "simulateTransaction", text, config)["value"]
    verified = result(engine.url, "simulateTransaction", text, config | {"sigVerify": True})["value"]

    assert (value["err"], value["accounts"][0]["lamports"]) == (None, SOL)
    assert value["replacementBlockhash"]["blockhash"] == str(latest_hash(engine.url))
    assert (plain["err"], verified["err"]) == ("BlockhashNotFound", "SignatureFailure")
    assert lamports(engine.url, receiver) == 0


def test_an_airdrop_is_a_transaction(engine: LiteSvmEngine) -> None:
    """It has a signature that can be looked up; one that cannot be is refused."""
    receiver = stranger().pubkey()

    signature = result(engine.url, "requestAirdrop", str(receiver), 3 * SOL)

    assert result(engine.url, "getSignatureStatuses", [signature])["value"][0]["err"] is None
    assert lamports(engine.url, receiver) == 3 * SOL
    for amount in (5, 10**18):
        assert "faucet" in call(engine.url, "requestAirdrop", str(stranger().pubkey()), amount)["error"]["message"]


def test_history_is_told_newest_first_and_in_pages(engine: LiteSvmEngine) -> None:
    receiver = str(stranger().pubkey())
    sent = [result(engine.url, "requestAirdrop", receiver, SOL + count) for count in range(5)]

    page = result(engine.url, "getSignaturesForAddress", receiver, {"limit": 2})
    rest = result(engine.url, "getSignaturesForAddress", receiver, {"before": page[-1]["signature"]})
    newer = result(engine.url, "getSignaturesForAddress", receiver, {"until": sent[2]})

    assert [entry["signature"] for entry in page + rest] == sent[::-1]
    assert [entry["signature"] for entry in newer] == [sent[4], sent[3]]


def test_blocks_and_their_times(engine: LiteSvmEngine) -> None:
    """A block holds its transaction and knows its parent; slots that time has skipped have none."""
    signature = result(engine.url, "requestAirdrop", str(stranger().pubkey()), SOL)
    slot = result(engine.url, "getSlot")
    now = result(engine.url, "advance", 10)

    block = result(
        engine.url, "getBlock", slot, {"maxSupportedTransactionVersion": 0, "transactionDetails": "signatures"}
    )

    assert block["signatures"] == [signature]
    assert block["parentSlot"] == slot - 1
    assert result(engine.url, "getBlockTime", slot) == block["blockTime"] == now - 10
    assert result(engine.url, "getBlockTime", slot + 25) == now
    assert call(engine.url, "getBlock", slot + 1)["error"]["code"] == -32_009
    assert call(engine.url, "getBlock", slot + 26)["error"]["code"] == -32_004


async def test_the_programs_are_upgradeable_by_the_deployer(rpc: RpcTransport) -> None:
    """They can be initialised and upgraded as on any cluster."""
    for address in PROGRAMS.values():
        program = await rpc.get_account(address)
        assert program is not None
        assert program.executable
        data = await rpc.get_account(Pubkey(program.data[4:36]))
        assert data is not None
        assert Pubkey(data.data[13:45]) == DEPLOYER.pubkey()


def test_answers_are_plain_json(engine: LiteSvmEngine) -> None:
    """No NaN or Infinity, which other languages do not read."""
    text = json.dumps(result(engine.url, "getEpochInfo"), allow_nan=False)

    assert json.loads(text)["slotsInEpoch"] == 432_000
