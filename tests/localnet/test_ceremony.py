"""A 2-of-3 change on a real validator, with one computer offline for longer than a block hash lives."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from energy_sdk import PROGRAMS, EnergyClient, Keypair, RpcTransport, save_keypair
from energy_sdk.governance.pdas import GOVERNANCE_ADDRESS
from energy_sdk.localnet import Localnet
from energy_sdk.offline import OfflineTransaction
from energy_sdk.transactions.loader import set_upgrade_authority
from energyctl.failures import ExitCode

from tests.support.ceremony import NOWHERE, Computer, Member, carry
from tests.support.upgrades import new_version, speaks_anew
from tests.support.validator import DEPLOYER

TIMELOCK_S = 1
FILES = ("parameter", "pause", "upgrade")


@pytest.fixture
def net() -> Iterator[Localnet]:
    """A validator of its own: the others' programs stay as they are."""
    with Localnet(deployer=DEPLOYER.pubkey()) as running:
        yield running


@pytest.fixture
def members(net: Localnet, tmp_path: Path) -> tuple[Member, Member, Computer]:
    """Ada and Ben with a network, and Cyd without; two of them govern."""

    def person(name: str) -> tuple[Path, Keypair]:
        folder, key = tmp_path / name, Keypair()
        folder.mkdir()
        save_keypair(key, folder / "key.json")
        return folder, key

    people = [person(name) for name in ("ada", "ben", "cyd")]

    async def found() -> None:
        async with EnergyClient(RpcTransport(net.url), DEPLOYER) as client:
            governance, keys = client.governance, [key.pubkey() for _, key in people]
            for key in keys:
                await client.tokens.transfer_lamports(recipient=key, lamports=10**11)
            await governance.initialize(authority=DEPLOYER.pubkey())
            await governance.set_timing(timelock_s=0, proposal_expiry_s=100_000)
            take_over = set_upgrade_authority(
                program=PROGRAMS["governance"], authority=DEPLOYER.pubkey(), new_authority=GOVERNANCE_ADDRESS
            )
            await governance.propose([take_over], title="Take over", approve=True)
            await governance.execute(number=0)
            await governance.set_timing(timelock_s=TIMELOCK_S, proposal_expiry_s=100_000)
            await governance.set_members(members=keys, threshold=2)

    asyncio.run(found())
    (ada, a), (ben, b), (cyd, c) = people
    return Member(ada, net.url, a.pubkey()), Member(ben, net.url, b.pubkey()), Computer(cyd, NOWHERE, c.pubkey())


def until(passed: Callable[[], bool]) -> None:
    for _ in range(600):
        if passed():
            return
        time.sleep(0.2)
    pytest.fail("the chain did not get there within two minutes")


def block_height(net: Localnet) -> int:
    async def ask() -> int:
        async with RpcTransport(net.url) as transport:
            # A new block hash is good for 150 blocks.
            return (await transport.latest_blockhash()).last_valid_block_height - 150

    return asyncio.run(ask())


def test_parameter_pause_and_upgrade_with_durable_nonces(
    net: Localnet, members: tuple[Member, Member, Computer]
) -> None:
    """What was signed with a nonce lands when every block hash of its time is dead; what was signed without is void."""
    ada, ben, cyd = members
    ada("gov", "propose", "parameters", "offer_lock_s=77", "--approve")
    ada("gov", "propose", "pause", "trading", "--approve")
    (ada.folder / "new.so").write_bytes(new_version(PROGRAMS["governance"]))
    ada("gov", "propose", "upgrade", "governance", "new.so", "--approve")
    for number, name in enumerate(FILES, 1):
        nonce = ben("nonce", "create", "--authority", cyd.key, "--seed", name)["nonce"]
        assert nonce["authority"] == str(cyd.key)
        words = ("gov", "approve", number, "--unsigned")
        ben(*words, name, "--nonce", nonce["address"], key=cyd.key)
    ben("gov", "approve", 1, "--unsigned", "soon", key=cyd.key)
    last_valid = OfflineTransaction.load(ben.folder / "soon").last_valid_block_height
    assert last_valid is not None
    for name in (*FILES, "soon"):
        carry(ben, cyd, name)
        cyd("offline", "sign", name, "--yes", "--reason", name)
        carry(cyd, ben, name)

    until(lambda: block_height(net) > last_valid)
    assert ben("offline", "submit", "soon", expect=ExitCode.EXPIRED)["name"] == "TransactionExpired"
    # One of three is called back, and made anew.
    ben("offline", "submit", "parameter")
    again = ben("offline", "submit", "parameter", expect=ExitCode.REJECTED)
    assert again["name"] == "DuplicateTransaction"
    pause = OfflineTransaction.load(ben.folder / "pause").message.nonce
    assert pause is not None
    ben("nonce", "advance", pause.account, "--unsigned", "call-back", key=cyd.key)
    carry(ben, cyd, "call-back")
    cyd("offline", "sign", "call-back", "--yes")
    carry(cyd, ben, "call-back")
    ben("offline", "submit", "call-back")
    assert ben("offline", "submit", "pause", expect=ExitCode.EXPIRED)["name"] == "StaleNonce"
    ben("gov", "approve", 2, "--unsigned", "pause", "--nonce", pause.account, key=cyd.key)
    carry(ben, cyd, "pause")
    cyd("offline", "sign", "pause", "--yes")
    carry(cyd, ben, "pause")
    ben("offline", "submit", "pause")
    ben("offline", "submit", "upgrade")

    until(lambda: ada("gov", "show-proposal", 3)["proposal"]["status"] == "ready")
    for number in (1, 2, 3):
        assert ada("gov", "execute", number)["proposal"]["status"] == "executed"
    shown = ben("gov", "show")["governance"]
    assert shown["parameters"]["offer_lock_s"] == 77
    assert [entry["area"] for entry in shown["paused"]] == ["trading"]
    # New code runs from the slot after its deployment on.
    executed = block_height(net)
    until(lambda: block_height(net) > executed + 2)
    save_keypair(DEPLOYER, ada.folder / "stranger.json")
    refused = ada("gov", "approve", 1, key="stranger.json", expect=ExitCode.REJECTED)
    assert speaks_anew(tuple(refused["logs"]))
    assert cyd("signer", "log", "--check")["entries"] == 6
