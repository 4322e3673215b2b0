"""Keys in other processes and on other computers: what the three command lines of a 2-of-3 body do, and refuse."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest
from energy_sdk import PROGRAMS, Pubkey
from energyctl.failures import ExitCode

from tests.cli.test_story import APART, ELSEWHERE, documents, shape
from tests.localnet_engine.calls import lamports
from tests.support.ceremony import NOWHERE, Member, advance, carry, serving, standing
from tests.support.engine import DEPLOYER, running_engine
from tests.support.upgrades import new_version

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


@pytest.fixture
def body(tmp_path: Path) -> Iterator[Body]:
    with running_engine() as engine:
        ada, ben, cyd = standing(engine.url, DEPLOYER).members(tmp_path, timelock_s=TIMELOCK_S)
        yield Body(engine.url, ada, ben, Member(cyd.folder, cyd.url, cyd.key))


@contextmanager
def signer(member: Member, *args: object) -> Iterator[dict[str, Any]]:
    """`energyctl signer serve` on a member's computer; what it printed first."""
    words = ("-k", "key.json", "signer", "serve", "--socket", "s", *args)
    with serving(*words, folder=member.folder, environ=member.environ) as (told, notes):
        yield told
    assert "governance." in notes[0]


def test_a_member_s_key_in_a_process_of_its_own(body: Body) -> None:
    """Ada's commands sign through the socket, for what the policy allows and nothing else."""
    with signer(body.ada, "--allow", "governance") as told:
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


def test_an_upgrade_proposed_where_there_is_no_network(body: Body) -> None:
    """Ben uploads and pays every fee; Cyd, who proposes and approves, has no lamports to spend."""
    ben, cyd = body.ben, body.cyd
    code = new_version(PROGRAMS["governance"])
    (ben.folder / "new.so").write_bytes(code)
    uploaded = ben("gov", "upload", "governance", "new.so")
    assert (uploaded["bytes"], uploaded["sha256"]) == (len(code), sha256(code).hexdigest())
    held = lamports(body.url, cyd.key)

    words = ("gov", "propose", "upgrade", "governance", "--buffer", uploaded["buffer"], "--recipient", ben.key)
    made = ben(*words, "--approve", "--unsigned", "out", "--fee-payer", "key.json", key=cyd.key)["transaction"]
    assert (made["payer"], made["missing"]) == (str(ben.key), [str(ben.key), str(cyd.key)])
    assert made["approves"][0]["title"] == "Upgrade governance"
    carry(ben, cyd, "out")
    cyd("offline", "sign", "out", "--yes")
    carry(cyd, ben, "out")
    ben("offline", "sign", "out", "--yes")
    ben("offline", "submit", "out")
    rent = held - lamports(body.url, cyd.key)

    proposal = ben("gov", "show-proposal", 1)["proposal"]
    assert (proposal["proposer"], proposal["approved_by"]) == (str(cyd.key), [str(cyd.key)])
    # The proposal's account is the proposer's to pay; the fees are not.
    assert rent == lamports(body.url, Pubkey.from_string(proposal["address"]))
    body.ada("gov", "approve", 1)
    advance(body.url, TIMELOCK_S)
    assert ben("gov", "execute", 1)["proposal"]["status"] == "executed"


def test_documents_keep_their_fields(body: Body) -> None:
    """Those of every command of a ceremony: scripts rely on them as on the others'."""
    ben, cyd = body.ben, body.cyd
    told: dict[str, Any] = {}

    def say(who: Member, *words: object, key: object = "key.json") -> Any:
        told[" ".join(map(str, words[:2]))] = document = who(*words, key=key)
        return document

    body.ada("gov", "propose", "pause", "metering")
    address = say(ben, "nonce", "create", "--authority", cyd.key)["nonce"]["address"]
    say(ben, "nonce", "show", address)
    ben("gov", "approve", 1, "--unsigned", "file", "--nonce", address, key=cyd.key)
    (cyd.folder / "scanned").write_text("\n".join(say(ben, "offline", "qr", "file")["parts"]))
    say(cyd, "offline", "join", "scanned", "--out", "file")
    say(cyd, "offline", "show", "file")
    say(cyd, "offline", "sign", "file", "--yes", "--reason", "agreed")
    say(cyd, "offline", "combine", "file", "--out", "both")
    say(cyd, "signer", "log")
    carry(cyd, ben, "both")
    say(ben, "offline", "submit", "both")
    own = ben("nonce", "create", "--seed", "own")["nonce"]["address"]
    say(ben, "nonce", "advance", own)
    say(ben, "nonce", "close", own)
    with signer(body.ada, "--allow", "governance") as told["signer serve"]:
        body.ada("gov", "approve", 1, key="remote:s")

    assert {command: shape(document) for command, document in told.items()} == documents(apart=True)
    assert set(told) == {command for command in ELSEWHERE if command.split()[0] in APART}


def test_export_goes_with_commands_that_send(body: Body) -> None:
    """And with keys that exist: one that is made on the spot would be lost."""
    (body.ada.folder / "new.so").write_bytes(new_version(PROGRAMS["governance"]))
    for words, part in (
        (("gov", "show"), "sends nothing"),
        (("gov", "propose", "upgrade", "governance", "new.so"), "propose with --buffer"),
        (("gov", "propose", "upgrade", "governance"), "either an .so file, or --buffer"),
        (("gov", "upload", "governance", "new.so"), "made on the spot"),
    ):
        refused = body.ada(*words, "--unsigned", "file", expect=ExitCode.USAGE)
        assert part in refused["message"]
    for option in ("--nonce", "--fee-payer"):
        alone = body.ada("gov", "approve", 0, option, str(body.ada.key), expect=ExitCode.USAGE)
        assert f"{option} goes with --unsigned" in alone["message"]
    assert not (body.ada.folder / "file").exists()
