"""A 2-of-3 decision by three command lines in three folders, one of them without a network."""

from __future__ import annotations

import asyncio
import json
import signal
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest
from energy_sdk import PROGRAMS, EnergyClient, Keypair, Pubkey, RpcTransport, save_keypair
from energy_sdk.governance import PauseArea
from energy_sdk.governance.pdas import GOVERNANCE_ADDRESS
from energy_sdk.transactions.loader import set_upgrade_authority
from energyctl.failures import ExitCode

from tests.support.ceremony import ENTRY, NOWHERE, Computer, Member, carry
from tests.support.engine import DEPLOYER, running_engine
from tests.support.upgrades import new_version, speaks_anew

TIMELOCK_S = 60


@dataclass(frozen=True)
class Body:
    """Ada and Ben have a network, Cyd has none; two of them decide."""

    url: str
    ada: Member
    ben: Member
    cyd: Member

    def decide(self, *words: object, key_of_ada: object = "key.json") -> Any:
        """Ada proposes and approves, Ben carries Cyd's approval to her and back, Ada executes."""
        made = self.ada("gov", "propose", *words, "--approve", key=key_of_ada)["proposal"]
        number, file = made["number"], f"approve-{made['number']}.json"

        self.ben("gov", "approve", number, "--unsigned", file, key=self.cyd.key)
        carry(self.ben, self.cyd, file)
        signed = self.cyd("offline", "sign", file, "--yes", "--reason", f"decision {number}")
        assert signed["transaction"]["missing"] == []
        assert signed["transaction"]["approves"] == [
            {"number": number, "digest": made["digest"], "title": made["title"]}
        ]
        carry(self.cyd, self.ben, file)
        self.ben("offline", "submit", file)

        advance(self.url, TIMELOCK_S)
        return self.ada("gov", "execute", number)["proposal"]


def advance(url: str, seconds: int) -> None:
    async def moved() -> None:
        async with RpcTransport(url) as transport:
            await transport.advance(seconds)

    asyncio.run(moved())


async def _found(url: str, members: list[Pubkey]) -> None:
    """The three govern, and governance may upgrade itself."""
    async with EnergyClient(RpcTransport(url, poll_interval=0.01), DEPLOYER) as client:
        for member in members:
            await client.transport.airdrop(member, 10**11)
        governance = client.governance
        await governance.initialize(authority=DEPLOYER.pubkey())
        await governance.set_timing(timelock_s=0, proposal_expiry_s=100_000)
        take_over = set_upgrade_authority(
            program=PROGRAMS["governance"], authority=DEPLOYER.pubkey(), new_authority=GOVERNANCE_ADDRESS
        )
        await governance.propose([take_over], title="Take over", approve=True)
        await governance.execute(number=0)
        await governance.set_timing(timelock_s=TIMELOCK_S, proposal_expiry_s=100_000)
        await governance.set_members(members=members, threshold=2)


@pytest.fixture
def body(tmp_path: Path) -> Iterator[Body]:
    with running_engine() as engine:
        members = {}
        for name, url in (("ada", engine.url), ("ben", engine.url), ("cyd", NOWHERE)):
            key, folder = Keypair(), tmp_path / name
            folder.mkdir()
            save_keypair(key, folder / "key.json")
            members[name] = Member(folder, url, key.pubkey())
        asyncio.run(_found(engine.url, [member.key for member in members.values()]))
        yield Body(engine.url, **members)


def test_parameter_pause_and_upgrade_with_one_of_three_offline(body: Body) -> None:
    """Each is proposed by Ada, approved by Cyd where there is no network, and executed; Cyd's log has them all."""
    body = replace(body, cyd=Computer(**vars(body.cyd)))
    changed = body.decide("parameters", "offer_lock_s=77")
    body.decide("pause", "trading")
    (body.ada.folder / "new.so").write_bytes(new_version(PROGRAMS["governance"]))
    upgraded = body.decide("upgrade", "governance", "new.so")

    assert (changed["status"], upgraded["status"]) == ("executed", "executed")
    shown = body.ben("gov", "show")["governance"]
    assert shown["parameters"]["offer_lock_s"] == 77
    assert [entry["area"] for entry in shown["paused"]] == [PauseArea.TRADING.name.lower()]
    refused = body.ada("gov", "approve", 1, key=stranger(body.ada), expect=ExitCode.REJECTED)
    assert speaks_anew(tuple(refused["logs"]))

    entries = body.cyd("signer", "log")["entries"]
    assert [entry["reason"] for entry in entries] == ["decision 1", "decision 2", "decision 3"]
    assert {entry["signer"] for entry in entries} == {str(body.cyd.key)}
    assert [entry["what"][-1] for entry in entries][:2] == [
        "  approved: governance.update_parameters(changes={offer_lock_s=77})",
        "  approved: governance.emergency_pause(areas=1)",
    ]
    newest = body.cyd("signer", "log", "--check")["newest"]
    log = body.cyd.folder / ".local/share/energy-market/signatures.jsonl"
    log.write_bytes(b"".join(log.read_bytes().splitlines(keepends=True)[:2]))
    gone = body.cyd("signer", "log", "--check", "--known", newest, expect=ExitCode.CONFIG)
    assert gone["name"] == "SigningLogDamaged"


def stranger(member: Member) -> str:
    save_keypair(DEPLOYER, member.folder / "stranger.json")
    return "stranger.json"


@contextmanager
def serving(member: Member, *args: object) -> Iterator[dict[str, Any]]:
    """`energyctl signer serve` on a member's computer; what it printed first."""
    process = subprocess.Popen(
        [*ENTRY, "--json", "-k", "key.json", "signer", "serve", "--socket", "s", *map(str, args)],
        cwd=member.folder,
        env=member.environ,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    assert process.stdout is not None
    lines: list[str] = []
    try:
        while not lines or lines[-1] not in ("}\n", ""):
            lines.append(process.stdout.readline())
        assert lines[-1], process.communicate()[1]
        yield json.loads("".join(lines))
    finally:
        process.send_signal(signal.SIGTERM)
        _, notes = process.communicate(timeout=30)
    assert process.returncode == 0, notes
    assert "Traceback" not in notes
    assert "governance.propose" in notes


def test_a_member_s_key_in_a_process_of_its_own(body: Body) -> None:
    """Ada's commands sign through the socket, for what the policy allows and nothing else."""
    with serving(body.ada, "--allow", "governance") as told:
        assert told["pubkey"] == str(body.ada.key)
        assert body.decide("parameters", "fee_bps=7", key_of_ada="remote:s")["status"] == "executed"
        refused = body.ada("nonce", "create", key="remote:s", expect=ExitCode.CONFIG)
    assert refused["name"] == "SignerRefused"
    assert "system_program.create_account_with_seed" in refused["message"]
    gone = body.ada("gov", "approve", 0, key="remote:s", expect=ExitCode.CONFIG)
    assert gone["name"] == "SignerGone"

    entries = body.ada("signer", "log")["entries"]
    assert [entry["outcome"] for entry in entries] == ["signed", "refused"]
    assert "  proposed: governance.update_parameters(changes={fee_bps=7})" in entries[0]["what"]


def test_as_codes_from_one_computer_to_the_other(body: Body) -> None:
    """A proposal made where there is no network, shown as QR codes both ways."""
    text = ("gov", "propose", "pause", "metering", "--approve")
    body.ben(*text, "--unsigned", "out.json", key=body.cyd.key)
    parts = body.ben("offline", "qr", "out.json")["parts"]
    (body.cyd.folder / "scanned.txt").write_text("\n".join(parts[1:]))
    missing = body.cyd("offline", "join", "scanned.txt", "--out", "in.json", expect=ExitCode.USAGE)
    assert (missing["name"], "scan 1" in missing["message"]) == ("QrPartMissing", True)
    (body.cyd.folder / "scanned.txt").write_text("\n".join(parts))
    body.cyd("offline", "join", "scanned.txt", "--out", "in.json")

    shown = body.cyd("offline", "show", "in.json")["transaction"]
    assert shown["approves"][0]["number"] == "1"
    assert "  proposed: governance.emergency_pause(areas=4)" in shown["summary"]
    body.cyd("offline", "sign", "in.json", "--yes")

    files = body.cyd("offline", "qr", "in.json", "--png", "codes")["files"]
    assert all((body.cyd.folder / file).read_bytes().startswith(b"\x89PNG") for file in files)
    back = body.cyd("offline", "qr", "in.json")["parts"]
    (body.ben.folder / "scanned.txt").write_text("\n".join(back))
    body.ben("offline", "join", "scanned.txt", "--out", "back.json")
    body.ben("offline", "submit", "back.json")
    assert body.ben("gov", "show-proposal", 1)["proposal"]["proposer"] == str(body.cyd.key)


def test_what_goes_wrong_on_the_way(body: Body) -> None:
    """By name, and nothing is signed or sent."""
    ada, ben, cyd = body.ada, body.ben, body.cyd
    ada("gov", "propose", "pause", "metering", "--approve")
    ben("gov", "approve", 1, "--unsigned", "file", key=cyd.key)
    raw = (ben.folder / "file").read_bytes()

    def refusal(content: bytes, *, whose: Member = cyd) -> object:
        (whose.folder / "broken").write_bytes(content)
        return whose("offline", "sign", "broken", "--yes", expect=ExitCode.USAGE)["name"]

    assert refusal(raw[:500]) == "OfflineFileDamaged"
    assert refusal(raw.replace(b"metering", b"clearing")) == "MessageChanged"
    assert refusal(raw, whose=ben) == "UnexpectedSigner"
    assert ben("offline", "submit", "file", expect=ExitCode.USAGE)["name"] == "InvalidInput"
    # Nobody can be asked, or says no.
    carry(ben, cyd, "file")
    assert cyd("offline", "sign", "file", expect=ExitCode.USAGE)["name"] == "InvalidInput"
    asked: list[str] = []
    words = ("offline", "sign", "file", "-k", "key.json", "-u", NOWHERE)
    assert cyd.run(*words, asked=asked, answer="n").code == ExitCode.CONFIG
    assert (cyd.folder / "file").read_bytes() == raw
    said = cyd.run(*words, asked=asked, answer="y")
    assert asked == [f"Sign this with {cyd.key}? [y/N] "] * 2
    assert "approves: proposal 1: Pause metering" in said.err
    assert "approved 1: governance.emergency_pause(areas=4)" in said.err
    carry(cyd, ben, "file")
    with running_engine() as other:
        strange = Member(ben.folder, other.url, ben.key)
        assert strange("offline", "submit", "file", expect=ExitCode.USAGE)["name"] == "WrongNetwork"
    ben("offline", "combine", "file", "file", "--out", "both")
    ben("offline", "submit", "both")
    assert ben("offline", "submit", "file", expect=ExitCode.REJECTED)["name"] == "DuplicateTransaction"

    ben("gov", "approve", 1, "--unsigned", "late", key=ada.key)
    carry(ben, ada, "late")
    ada("offline", "sign", "late", "--yes")
    advance(body.url, 1_000)
    assert ada("offline", "submit", "late", expect=ExitCode.EXPIRED)["name"] == "TransactionExpired"


def test_export_goes_with_commands_that_send(body: Body) -> None:
    """And with keys that exist: one that is made on the spot would be lost."""
    (body.ada.folder / "new.so").write_bytes(new_version(PROGRAMS["governance"]))
    for words, part in (
        (("gov", "show"), "sends nothing"),
        (("gov", "propose", "upgrade", "governance", "new.so"), "made on the spot"),
    ):
        refused = body.ada(*words, "--unsigned", "file", expect=ExitCode.USAGE)
        assert part in refused["message"]
    alone = body.ada("gov", "approve", 0, "--nonce", str(body.ada.key), expect=ExitCode.USAGE)
    assert "--unsigned" in alone["message"]
    assert not (body.ada.folder / "file").exists()


def test_a_chain_without_durable_nonces_says_so(body: Body) -> None:
    """The engine litesvm is one; a validator takes them."""
    nonce = body.ada("nonce", "create")["nonce"]["address"]
    body.ada("gov", "approve", 0, "--unsigned", "file", "--nonce", nonce)
    body.ada("offline", "sign", "file", "--yes")
    refused = body.ada("offline", "submit", "file", expect=ExitCode.UNREACHABLE)
    assert "a validator does" in refused["message"]
