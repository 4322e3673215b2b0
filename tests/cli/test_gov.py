"""`energyctl gov`: the sole member's direct way, and the way of a body of three."""

from __future__ import annotations

import asyncio
from hashlib import sha256

import pytest
from energy_sdk import PROGRAMS, Keypair, save_keypair
from energy_sdk.governance.pdas import GOVERNANCE_ADDRESS, TREASURY_ADDRESS

from tests.support.upgrades import new_version

from .conftest import Ran, Town

TIMELOCK_S = 100
NAMES = ("ada", "ben", "cyd")


@pytest.fixture
def body(town: Town) -> Town:
    """Ada, Ben and Cyd govern, two together; decisions wait 100 s."""
    for name in NAMES:
        pair = Keypair()
        save_keypair(pair, town.keys / f"{name}.json")
        asyncio.run(town.transport.airdrop(pair.pubkey(), 10**11))
    asyncio.run(town.transport.airdrop(TREASURY_ADDRESS, 10**9))
    files = [town.keys / f"{name}.json" for name in NAMES]
    done(town("gov", "propose", "timing", "--timelock", TIMELOCK_S, "--expiry", 1_000, "--direct", key="office"))
    done(town("gov", "propose", "members", *files, "--threshold", 2, "--direct", key="office"))
    return town


def done(ran: Ran) -> Ran:
    assert ran.code == 0, ran
    return ran


def decide(town: Town, *words: object) -> Ran:
    """Ada proposes and approves, Ben approves, anybody executes after the timelock."""
    number = done(town("gov", "propose", *words, "--approve", "--json", key="ada")).json["proposal"]["number"]
    done(town("gov", "approve", number, key="ben"))
    town.transport.advance(TIMELOCK_S)
    return done(town("gov", "execute", number, "--json", key="office"))


def test_the_sole_member_changes_a_parameter_at_once(town: Town) -> None:
    """Without a proposal, and `show` says so."""
    done(town("gov", "propose", "parameters", "offer_lock_s=77", "--direct", key="office"))

    shown = done(town("gov", "show", "--json")).json["governance"]
    assert shown["parameters"]["offer_lock_s"] == 77
    assert (shown["threshold"], len(shown["members"]), shown["proposals"]) == (1, 1, "0")
    assert shown["address"] == str(GOVERNANCE_ADDRESS)
    assert done(town("gov", "members", "--json")).json["members"] == shown["members"]


def test_two_of_three_change_a_parameter(body: Town) -> None:
    """Each step shows how far the proposal is, and what it would do."""
    made = done(body("gov", "propose", "parameters", "offer_lock_s=77", "fee_bps=5", "--json", key="ada")).json[
        "proposal"
    ]
    assert (made["number"], made["status"], made["approvals"], made["threshold"]) == ("0", "open", 0, 2)
    (instruction,) = made["instructions"]
    assert (instruction["program"], instruction["name"]) == ("governance", "update_parameters")
    assert instruction["arguments"] == {"changes": {"offer_lock_s": 77, "fee_bps": 5}}
    assert [account["name"] for account in instruction["accounts"]] == ["authority", "governance", "parameters"]

    digest = done(body("gov", "show-proposal", 0, "--json")).json["proposal"]["digest"]
    other = "00" + digest[2:]
    assert body("gov", "approve", 0, "--digest", other, "--json", key="ada").error["name"] == "WrongDigest"
    assert "64 hexadecimal digits" in body("gov", "approve", 0, "--digest", digest[2:], key="ada").err
    done(body("gov", "approve", 0, "--digest", digest, key="ada"))
    early = body("gov", "execute", 0, "--json", key="office")
    assert (early.code != 0, early.error["name"]) == (True, "ProposalNotApproved")
    waiting = done(body("gov", "approve", 0, "--json", key="cyd")).json["proposal"]
    assert (waiting["status"], len(waiting["approved_by"])) == ("waiting", 2)
    assert body("gov", "execute", 0, "--json", key="alice").error["name"] == "TimelockNotOver"
    body.transport.advance(TIMELOCK_S)
    text = done(body("gov", "show-proposal", 0)).out
    assert "governance.update_parameters(changes={offer_lock_s=77, fee_bps=5})" in text
    assert "ready" in text

    done(body("gov", "execute", 0, key="office"))

    assert done(body("gov", "show", "--json")).json["governance"]["parameters"]["offer_lock_s"] == 77
    (listed,) = done(body("gov", "list", "--json")).json["proposals"]
    assert listed["status"] == "executed"
    done(body("gov", "close", 0, key="office"))
    assert done(body("gov", "list", "--json")).json["proposals"] == []


def test_an_approval_is_revoked_and_a_proposal_cancelled(body: Town) -> None:
    """By those who may."""
    done(body("gov", "propose", "guardian", "--approve", key="ada"))
    assert done(body("gov", "revoke", 0, "--json", key="ada")).json["proposal"]["approvals"] == 0
    assert body("gov", "cancel", 0, "--json", key="ben").error["name"] == "NotProposer"
    assert done(body("gov", "cancel", 0, "--json", key="ada")).json["proposal"]["status"] == "cancelled"
    assert body("gov", "approve", 0, "--json", key="ben").error["name"] == "ProposalNotOpen"


def test_pausing_is_quick_and_resuming_takes_a_decision(body: Town) -> None:
    """The guardian stops the market; neither it nor a member starts it."""
    decide(body, "guardian", body.keys / "alice.json")

    paused = done(body("gov", "pause", "trading", "clearing", "--json", key="alice")).json["paused"]
    assert [entry["area"] for entry in paused] == ["trading", "clearing"]
    for key in ("alice", "ada"):
        assert body("gov", "resume", "trading", "--json", key=key).error["name"] == "UnauthorizedAuthority"
    decide(body, "resume", "trading", "clearing")

    assert done(body("gov", "show", "--json")).json["governance"]["paused"] == []


def test_a_policy_is_adopted_and_repealed(body: Town) -> None:
    """The digest is the file's, and the treasury pays."""
    text = body.keys / "rules.txt"
    text.write_text("Be kind.", encoding="utf-8")
    decide(body, "adopt-policy", text, "https://example.org/rules.txt")
    decide(body, "repeal-policy", 0)

    (policy,) = done(body("gov", "policies", "--json")).json["policies"]
    assert policy["sha256"] == sha256(b"Be kind.").hexdigest()
    assert (policy["uri"], policy["in_force"]) == ("https://example.org/rules.txt", False)


def test_after_the_hand_over_members_run_registry_oracle_market_and_code(body: Town) -> None:
    """Everything that the founder could do takes two members from then on."""
    files = [word for name in ("ada", "ben") for word in ("--member", body.keys / f"{name}.json")]
    numbers = done(body("gov", "hand-over", "--market", 1, *files, "--json", key="office")).json["proposals"]
    held = done(body("gov", "offices", "--market", 1, "--json")).json["offices"]
    assert [office["office"] for office in held if office["is_governed"]] == []
    body.transport.advance(TIMELOCK_S)
    for number in numbers:
        done(body("gov", "execute", number, key="office"))
    held = done(body("gov", "offices", "--market", 1, "--json")).json["offices"]
    assert len(held) == 9
    assert all(office["is_governed"] for office in held)
    key = Keypair().pubkey()
    assert body("authority", "add", key, "--json", key="office").error["name"] == "NotRecRegulator"

    decide(body, "add-authority", key)
    decide(body, "remove-authority", key)
    decide(body, "add-operator", key, "--role", "ami")
    decide(body, "remove-operator", key)
    for office in ("registry", "oracle", "energy_token", "market:1"):
        decide(body, "nominate-admin", office, GOVERNANCE_ADDRESS)
        decide(body, "accept-admin", office)
    file = body.keys / "registry.so"
    file.write_bytes(new_version(PROGRAMS["registry"]))
    executed = decide(body, "upgrade", "registry", file).json["proposal"]
    assert executed["instructions"][0]["name"] == "upgrade"


@pytest.mark.parametrize(
    ("words", "hint"),
    [
        (("parameters", "fee_bp=5"), "did you mean fee_bps?"),
        (("parameters", "volume=5"), "use one of epoch_length_s"),
        (("parameters", "fee_bps=many"), "takes a whole number"),
        (("parameters", "fee_bps=1", "fee_bps=2"), "given twice"),
        (("accept-admin", "treasury"), "is no office"),
        (("accept-admin", "market:first"), "is no office"),
        (("adopt-policy", "nowhere.txt", "https://example.org"), "cannot be read"),
        (("upgrade", "registry", "nowhere.so"), "cannot be read"),
        (("members", "nobody", "--threshold", "1"), "is not an address"),
    ],
)
def test_bad_words_are_refused_with_a_hint(town: Town, words: tuple[str, ...], hint: str) -> None:
    """Before anything is sent."""
    ran = town("gov", "propose", *words, "--json", key="office")

    assert ran.code == 2, ran
    assert hint in ran.error["message"]


def test_code_is_not_uploaded_for_a_program_that_governance_does_not_hold(town: Town) -> None:
    """The founder still holds it: the upload would be wasted."""
    file = town.keys / "registry.so"
    file.write_bytes(new_version(PROGRAMS["registry"]))

    ran = town("gov", "propose", "upgrade", "registry", file, "--json", key="office")

    assert "hand it over to governance first" in ran.error["message"]
