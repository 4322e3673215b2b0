"""energyctl audit and epoch export: what an auditor at a command line sees."""

from __future__ import annotations

import asyncio
import base64
import json
from dataclasses import replace
from pathlib import Path

import pytest
from energy_sdk import Pubkey
from energy_sdk.audit import EpochExport
from energy_sdk.trading import pdas

from .conftest import Town, run
from .test_commands import trade


def forge(town: Town, address: Pubkey, offset: int) -> None:
    """Flip a bit of an account on the chain."""

    async def write() -> None:
        account = await town.transport.get_account(address)
        assert account is not None
        data = bytearray(account.data)
        data[offset] ^= 1
        town.transport.set_account(replace(account, data=bytes(data)))

    asyncio.run(write())


def exported(town: Town, file: Path) -> int:
    epoch = trade(town)
    assert town("epoch", "export", 1, epoch, "--out", file).code == 0
    return epoch


def test_an_audit_says_what_agrees(town: Town) -> None:
    """Without a key: areas with how much was compared, and status 0."""
    trade(town)
    ran = town("audit", 1)
    assert ran.code == 0
    assert "claims that could be checked agree" in ran.out
    assert {"custody", "supply", "sequence", "book and history"} <= {
        line.split("  ")[0] for line in ran.out.splitlines()
    }

    document = town("audit", 1, "--json").json["audit"]
    assert (document["ok"], document["mismatches"], document["not_checked"]) == (True, [], [])
    assert document["burned_by_holders"] == "0"
    assert document["compared"] == sum(area["compared"] for area in document["areas"])


def test_an_audit_that_finds_something_ends_with_status_1(town: Town) -> None:
    """And names the claim, what follows from the evidence, and what the chain says."""
    epoch = trade(town)
    forge(town, pdas.epoch_result_address(pdas.market_address(1), epoch), 60)

    ran = town("audit", 1)
    assert ran.code == 1
    assert "do not agree" in ran.out
    assert f"epoch {epoch}" in ran.out.partition("Does not agree")[2]

    ran = town("audit", 1, epoch, "--json")
    assert ran.code == 1
    found = json.loads(ran.out)["audit"]["mismatches"]
    assert {mismatch["subject"] for mismatch in found} == {f"epoch {epoch}"}
    assert all(mismatch["expected"] != mismatch["found"] for mismatch in found)


def test_one_epoch(town: Town) -> None:
    epoch = trade(town)
    assert f"epoch {epoch} of market 1" in town("audit", 1, epoch).out


def test_an_export_holds_the_bytes_of_the_chain(town: Town, tmp_path: Path) -> None:
    """The file and stdout are the same document, with the accounts as they are on the chain."""
    file = tmp_path / "epoch.json"
    epoch = exported(town, file)

    document = json.loads(file.read_text(encoding="utf-8"))
    export = EpochExport.loads(file.read_text(encoding="utf-8"))
    assert (export.market, export.epoch, export.checksum) == (1, epoch, document["sha256"])
    account = asyncio.run(town.transport.get_account(export.result_address))
    assert account is not None
    assert base64.b64decode(document["accounts"]["result"]["data"]) == account.data
    on_stdout = json.loads(town("epoch", "export", 1, epoch).out)
    assert on_stdout == document


def test_an_export_keeps_what_is_there(town: Town, tmp_path: Path) -> None:
    epoch = trade(town)
    file = tmp_path / "epoch.json"
    file.write_text("mine", encoding="utf-8")

    refused = town("epoch", "export", 1, epoch, "--out", file)

    assert refused.code == 2
    assert "--force" in refused.err
    assert file.read_text(encoding="utf-8") == "mine"
    assert town("epoch", "export", 1, epoch, "--out", file, "--force").code == 0
    assert town("epoch", "export", 1, epoch, "--out", tmp_path / "none" / "epoch.json").code == 2


def test_an_export_is_checked_without_a_chain(town: Town, tmp_path: Path) -> None:
    """Offline: an honest file agrees, says what it cannot show, and a repaired forgery does not agree."""
    file = tmp_path / "epoch.json"
    exported(town, file)

    ran = run("audit", 1, "--offline", file)
    assert ran.code == 0
    assert "that only the chain can tell" in ran.out

    export = EpochExport.loads(file.read_text(encoding="utf-8"))
    forged = replace(export, result=export.result[:70] + bytes([export.result[70] ^ 1]) + export.result[71:])
    file.write_text(forged.dumps(), encoding="utf-8")
    ran = run("audit", 1, "--offline", file)
    assert ran.code == 1
    assert "Does not agree" in ran.out


def test_exports_of_a_folder_help_the_audit(town: Town, tmp_path: Path) -> None:
    archive = tmp_path / "archive"
    archive.mkdir()
    epoch = exported(town, archive / "epoch.json")
    ran = town("audit", 1, epoch, "--exports", archive, "--json")
    assert ran.code == 0
    assert "export and chain" in {area["area"] for area in ran.json["audit"]["areas"]}


@pytest.mark.parametrize(
    ("content", "message"), [("{", "no JSON"), ("{}", "its format must be"), (None, "No such file")]
)
def test_a_file_that_is_no_export_is_named(tmp_path: Path, content: str | None, message: str) -> None:
    file = tmp_path / "epoch.json"
    if content is not None:
        file.write_text(content, encoding="utf-8")
    ran = run("audit", 1, "--offline", file)
    assert ran.code == 2
    assert message in ran.err
    assert "epoch.json" in ran.err.replace("\n", "")


def test_arguments_that_cannot_be_right(town: Town, tmp_path: Path) -> None:
    """Status 2 for what is wrong with the arguments, 5 for what the chain does not hold."""
    file = tmp_path / "epoch.json"
    exported(town, file)
    assert run("audit", 2, "--offline", file).code == 2
    assert run("audit", 1, "--offline", file, "--exports", tmp_path).code == 2
    assert town("audit", 1, "--exports", tmp_path / "none").code == 2
    assert town("audit", 1, 4_711).code == 2
    assert town("audit", 9).code == 5
    assert town("epoch", "export", 1, 4_711).code == 5
