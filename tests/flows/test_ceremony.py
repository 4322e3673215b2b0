"""A 2-of-3 change of a parameter, a pause and a program; one computer is offline for longer than a block hash lives."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from energy_sdk import PROGRAMS, save_keypair
from energy_sdk.localnet import Localnet
from energy_sdk.offline import OfflineTransaction
from energyctl.failures import ExitCode

from tests.support import engine, validator
from tests.support.ceremony import Ground, carry, running, standing
from tests.support.upgrades import new_version, speaks_anew

TIMELOCK_S = 1
FILES = ("parameter", "pause", "upgrade")


@pytest.fixture(params=["litesvm", pytest.param("validator", marks=pytest.mark.validator)])
def ground(request: pytest.FixtureRequest) -> Iterator[Ground]:
    """A chain of its own: the programs of others stay as they are."""
    if request.param == "litesvm":
        with engine.running_engine() as found:
            yield standing(found.url, engine.DEPLOYER)
    else:
        with Localnet(deployer=validator.DEPLOYER.pubkey()) as net:
            yield running(net.url, validator.DEPLOYER)


def test_parameter_pause_and_upgrade_with_durable_nonces(ground: Ground, tmp_path: Path) -> None:
    """What was signed with a nonce lands when every block hash of its time is dead; what was signed without is void."""
    ada, ben, cyd = ground.members(tmp_path, timelock_s=TIMELOCK_S)
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

    ground.until(lambda: ground.block_height() > last_valid)
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

    ground.until(lambda: ada("gov", "show-proposal", 3)["proposal"]["status"] == "ready")
    for number in (1, 2, 3):
        assert ada("gov", "execute", number)["proposal"]["status"] == "executed"
    shown = ben("gov", "show")["governance"]
    assert shown["parameters"]["offer_lock_s"] == 77
    assert [entry["area"] for entry in shown["paused"]] == ["trading"]
    # New code runs from the slot after its deployment on.
    executed = ground.block_height()
    ground.until(lambda: ground.block_height() > executed + 2)
    save_keypair(ground.deployer, ada.folder / "stranger.json")
    refused = ada("gov", "approve", 1, key="stranger.json", expect=ExitCode.REJECTED)
    assert speaks_anew(tuple(refused["logs"]))

    entries = cyd("signer", "log")["entries"]
    assert [entry["reason"] for entry in entries] == [*FILES, "soon", None, None]
    assert {entry["signer"] for entry in entries} == {str(cyd.key)}
    approved = [line for entry in entries[:3] for line in entry["what"] if line.startswith("  approved: ")]
    assert approved[:2] == [
        "  approved: governance.update_parameters(changes={offer_lock_s=77})",
        "  approved: governance.emergency_pause(areas=1)",
    ]
    # Who loses the end of the log finds out by the digest that was kept elsewhere.
    newest = cyd("signer", "log", "--check")["newest"]
    log = cyd.folder / ".local/share/energy-market/signatures.jsonl"
    log.write_bytes(b"".join(log.read_bytes().splitlines(keepends=True)[:2]))
    gone = cyd("signer", "log", "--check", "--known", newest, expect=ExitCode.CONFIG)
    assert gone["name"] == "SigningLogDamaged"
