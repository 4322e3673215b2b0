"""energyctl initialize: from deployed programs to a cluster that markets can be created on."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest
from energy_sdk import Keypair, LiteSvmTransport, save_keypair
from energyctl.context import Wiring

from .conftest import Ran, Town, run


@pytest.fixture
def keys(tmp_path: Path) -> dict[str, Keypair]:
    found = {name: Keypair() for name in ("deployer", "chief", "operator", "guardian")}
    for name, key in found.items():
        save_keypair(key, tmp_path / f"{name}.json")
    return found


def initialize(transport: LiteSvmTransport, *args: object) -> Ran:
    return run("initialize", *args, wiring=Wiring(transport=lambda _: transport, environ={}))


def test_each_office_may_have_a_key_of_its_own(keys: dict[str, Keypair], tmp_path: Path) -> None:
    """The deployer pays and keeps nothing that was given to others."""
    transport = LiteSvmTransport(upgrade_authority=keys["deployer"].pubkey())
    asyncio.run(transport.airdrop(keys["deployer"].pubkey(), 10**12))
    offices = [part for name in ("operator", "guardian") for part in (f"--{name}", tmp_path / f"{name}.json")]

    ran = initialize(transport, "--authority", keys["chief"].pubkey(), *offices, "-k", tmp_path / "deployer.json")

    wiring = Wiring(transport=lambda _: transport, environ={})
    assert (ran.code, ran.out.startswith("Initialised the programs")) == (0, True)
    registry = run("authority", "list", "--json", wiring=wiring).json["registry"]
    oracle = run("operator", "list", "--json", wiring=wiring).json["oracle"]
    assert (registry["admin"], registry["authorities"]) == (str(keys["chief"].pubkey()), [str(keys["chief"].pubkey())])
    assert [operator["key"] for operator in oracle["operators"]] == [str(keys["operator"].pubkey())]


def test_who_cannot_set_up_learns_why(keys: dict[str, Keypair], tmp_path: Path) -> None:
    """Another key than the deployer's, an empty purse, another network: three different messages."""
    transport = LiteSvmTransport(upgrade_authority=keys["deployer"].pubkey())
    asyncio.run(transport.airdrop(keys["chief"].pubkey(), 10**12))

    stranger = initialize(transport, "--json", "-k", tmp_path / "chief.json")
    poor = initialize(transport, "--json", "-k", tmp_path / "deployer.json")
    elsewhere = initialize(LiteSvmTransport(programs={}), "--json", "-k", tmp_path / "deployer.json")

    assert (stranger.code, stranger.error["name"]) == (5, "NotDeployer")
    assert (poor.code, poor.error["name"]) == (5, "InsufficientFunds")
    assert (elsewhere.code, elsewhere.error["name"]) == (5, "ClusterNotReady")


def test_programs_are_set_up_once(town: Town) -> None:
    before = town("authority", "list", "--json").json

    ran = town("initialize", key="office")

    assert ran.code == 5
    assert town("authority", "list", "--json").json == before
