"""Durable nonces as a cluster takes them: for as long as it takes, and once."""

from __future__ import annotations

import base64
from pathlib import Path

import pytest
from energy_sdk import Hash, Keypair, Pubkey
from energy_sdk.localnet.engine import LiteSvmEngine
from energy_sdk.transactions import nonces
from energy_sdk.transactions.nonces import NonceAccount
from energy_sdk.transports.base import Account
from solders.instruction import AccountMeta, Instruction

from tests.support.engine import DEPLOYER, running_engine

from .calls import SOL, lamports, latest_hash, payment, result, send, signed

AUTHORITY = Keypair()


def create(url: str) -> Pubkey:
    """A nonce account of AUTHORITY, who has lamports."""
    result(url, "requestAirdrop", str(AUTHORITY.pubkey()), 10 * SOL)
    address, parts = nonces.create_nonce(
        payer=DEPLOYER.pubkey(), seed="nonce", authority=AUTHORITY.pubkey(), lamports=2_000_000
    )
    assert "result" in send(url, signed(latest_hash(url), *parts))
    return address


def value(url: str, address: Pubkey) -> Hash:
    account = result(url, "getAccountInfo", str(address), {"encoding": "base64"})["value"]
    raw = base64.b64decode(account["data"][0])
    owner = Pubkey.from_string(account["owner"])
    return NonceAccount.decode(Account(address=address, owner=owner, lamports=account["lamports"], data=raw)).value


def advance(address: Pubkey, authority: Pubkey | None = None) -> Instruction:
    return nonces.advance_nonce(nonce=address, authority=authority or AUTHORITY.pubkey())


def test_it_waits_for_hours_and_runs_once(engine: LiteSvmEngine) -> None:
    url, receiver = engine.url, Keypair().pubkey()
    address = create(url)
    before = value(url, address)
    waiting = signed(before, advance(address), payment(receiver, SOL, AUTHORITY), payer=AUTHORITY)
    other = signed(before, advance(address), payment(receiver, 2 * SOL, AUTHORITY), payer=AUTHORITY)
    result(url, "advance", 10_000)

    assert "result" in send(url, waiting)

    assert (lamports(url, receiver), value(url, address) == before) == (SOL, False)
    assert send(url, waiting)["error"]["data"]["err"] in ("AlreadyProcessed", "BlockhashNotFound")
    assert send(url, other)["error"]["data"]["err"] == "BlockhashNotFound"
    again = signed(value(url, address), advance(address), payment(receiver, SOL, AUTHORITY), payer=AUTHORITY)
    assert "result" in send(url, again)
    assert lamports(url, receiver) == 2 * SOL


def test_a_transaction_that_fails_uses_it_up(engine: LiteSvmEngine) -> None:
    """It was charged for; whatever else was signed with the same value is void, and the next value is good."""
    url, receiver = engine.url, Keypair().pubkey()
    address = create(url)
    before = value(url, address)
    poor = signed(before, advance(address), payment(receiver, 1_000 * SOL, AUTHORITY), payer=AUTHORITY)
    held = lamports(url, AUTHORITY.pubkey())

    assert "result" in send(url, poor, skipPreflight=True)

    assert lamports(url, AUTHORITY.pubkey()) == held - 5_000
    after = value(url, address)
    assert after != before
    assert "result" in send(url, signed(after, advance(address), payment(receiver, SOL, AUTHORITY), payer=AUTHORITY))
    assert (lamports(url, receiver), value(url, address) in (before, after)) == (SOL, False)


def test_only_as_the_runtime_takes_it(engine: LiteSvmEngine) -> None:
    """First, writable, with the authority's signature, and with the account's own value."""
    url, receiver = engine.url, Keypair().pubkey()
    address = create(url)
    nonce, pay = value(url, address), payment(receiver, SOL, AUTHORITY)
    whole = advance(address)
    read_only = Instruction(
        whole.program_id, bytes(whole.data), [AccountMeta(address, False, False), *whole.accounts[1:]]
    )
    for wrong in (
        signed(nonce, pay, payer=AUTHORITY),
        signed(nonce, pay, advance(address), payer=AUTHORITY),
        signed(nonce, read_only, pay, payer=AUTHORITY),
        signed(nonce, advance(address, DEPLOYER.pubkey()), payment(receiver, SOL)),
        signed(nonce, advance(Keypair().pubkey()), pay, payer=AUTHORITY),
        signed(Hash.new_unique(), advance(address), pay, payer=AUTHORITY),
    ):
        assert send(url, wrong)["error"]["data"]["err"] == "BlockhashNotFound"
        assert "result" in send(url, wrong, skipPreflight=True)
    assert (lamports(url, receiver), value(url, address)) == (0, nonce)


@pytest.mark.parametrize("waits", [False, True])
def test_values_do_not_come_again_after_a_restart(tmp_path: Path, waits: bool) -> None:
    """A transaction that was signed with an old value stays void on a chain that was resumed."""
    state, seen = tmp_path / "chain.db", []
    with running_engine(state=state) as engine:
        address = create(engine.url)
        seen.append(value(engine.url, address))
    for _ in range(3):
        with running_engine(state=state) as engine:
            if waits:
                result(engine.url, "advance", 100)
            assert "result" in send(engine.url, signed(seen[-1], advance(address), payer=AUTHORITY))
            seen.append(value(engine.url, address))
    assert len(set(seen)) == len(seen)
