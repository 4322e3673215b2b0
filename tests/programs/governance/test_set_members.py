"""`set_members`, `set_timing` and `set_guardian`: who decides, how long it takes, who may stop the market."""

from __future__ import annotations

import pytest
from energy_sdk import Keypair, Pubkey
from energy_sdk.exceptions import EnergyError
from energy_sdk.governance import PauseArea, errors, events, instructions
from energy_sdk.governance.pdas import GOVERNANCE_ADDRESS
from solders.instruction import Instruction

from tests.programs.governance.body import Body
from tests.support.tampering import ACCOUNT_NOT_SIGNER, CONSTRAINT_SEEDS, forged, framework_refuses, swapped, unsigned
from tests.support.world import Chain, keypair

A, B, C = (keypair(40 + number).pubkey() for number in range(3))


async def test_a_sole_member_appoints_a_body_and_decides_no_longer(chain: Chain, authority: Keypair) -> None:
    """From then on no single key does, whatever the threshold."""
    governance = chain.client.governance
    members = [authority.pubkey(), A, B]

    receipt = await governance.set_members(members=members, threshold=1, authority=authority)

    stated = receipt.one(events.MembersChanged)
    assert (list(stated.members), stated.threshold, stated.membership) == (members, 1, 2)
    found = await governance.governance()
    assert (list(found.members), found.threshold, found.membership) == (members, 1, 2)
    async with chain.refused(errors.UnauthorizedAuthority):
        await governance.update_parameters(authority=authority, fee_bps=1)


async def test_a_smaller_body_leaves_nothing_of_the_larger(body: Body) -> None:
    """Those who left neither propose nor approve."""
    governance = body.chain.client.governance
    number = await body.decide(
        instructions.set_members(authority=GOVERNANCE_ADDRESS, members=[body.cyd.pubkey()], threshold=1)
    )
    await governance.execute(number=number)

    for former in (body.ada, body.bob):
        async with body.chain.refused(errors.NotMember):
            await governance.propose(
                [instructions.set_guardian(authority=GOVERNANCE_ADDRESS, guardian=None)], title="Mine", member=former
            )
    await governance.update_parameters(authority=body.cyd, fee_bps=1)


@pytest.mark.parametrize(
    ("members", "threshold", "error"),
    [
        ([], 0, errors.InvalidThreshold),
        ([], 1, errors.InvalidThreshold),
        ([A], 0, errors.InvalidThreshold),
        ([A, B], 3, errors.InvalidThreshold),
        ([A, B, A], 2, errors.DuplicateMember),
        ([A, Pubkey.default()], 1, errors.InvalidKey),
        ([keypair(50 + number).pubkey() for number in range(11)], 2, errors.TooManyMembers),
    ],
)
async def test_rejects_a_body_that_could_not_decide(
    chain: Chain, authority: Keypair, members: list[Pubkey], threshold: int, error: type[EnergyError]
) -> None:
    """1 to 10 members, each once, and a threshold they can reach."""
    async with chain.refused(error):
        await chain.client.governance.set_members(members=members, threshold=threshold, authority=authority)


async def test_timing_changes_for_later_proposals(chain: Chain, authority: Keypair) -> None:
    """The event has the terms from now on."""
    governance = chain.client.governance
    before = (await governance.governance()).membership

    receipt = await governance.set_timing(timelock_s=5, proposal_expiry_s=65, authority=authority)

    stated = receipt.one(events.TimingChanged)
    assert (stated.timelock_s, stated.proposal_expiry_s, stated.membership) == (5, 65, before + 1)
    found = await governance.governance()
    assert (found.timelock_s, found.proposal_expiry_s) == (5, 65)


@pytest.mark.parametrize(("timelock_s", "expiry_s"), [(0, 59), (5, 64), (5, 5), (5, 0), (0, 31_536_001)])
async def test_rejects_timing_in_which_nothing_could_be_executed(
    chain: Chain, authority: Keypair, timelock_s: int, expiry_s: int
) -> None:
    """At least a minute after the timelock, at most a year in all."""
    async with chain.refused(errors.TimingOutOfRange):
        await chain.client.governance.set_timing(timelock_s=timelock_s, proposal_expiry_s=expiry_s, authority=authority)


async def test_a_new_guardian_pauses_and_the_former_one_does_not(
    chain: Chain, authority: Keypair, guardian: Keypair
) -> None:
    """Open proposals are not touched by it."""
    governance, successor = chain.client.governance, await chain.stranger()
    membership = (await governance.governance()).membership

    receipt = await governance.set_guardian(guardian=successor.pubkey(), authority=authority)

    assert receipt.one(events.GuardianChanged).guardian == successor.pubkey()
    assert (await governance.governance()).membership == membership
    await governance.emergency_pause(areas=PauseArea.TRADING, authority=successor)
    async with chain.refused(errors.UnauthorizedAuthority):
        await governance.emergency_pause(areas=PauseArea.TRADING, authority=guardian)
    await governance.set_guardian(guardian=None, authority=authority)
    assert (await governance.governance()).guardian is None
    async with chain.refused(errors.UnauthorizedAuthority):
        await governance.emergency_pause(areas=PauseArea.TRADING, authority=successor)


def _changes(authority: Pubkey) -> list[Instruction]:
    return [
        instructions.set_members(authority=authority, members=[A], threshold=1),
        instructions.set_timing(authority=authority, timelock_s=0, proposal_expiry_s=60),
        instructions.set_guardian(authority=authority, guardian=A),
    ]


async def test_rejects_anybody_but_the_authority(chain: Chain, guardian: Keypair) -> None:
    """Neither a stranger, nor the guardian, nor the deployer."""
    for signer in (await chain.stranger(), guardian, chain.chief):
        for instruction in _changes(signer.pubkey()):
            async with chain.refused(errors.UnauthorizedAuthority):
                await chain.send(instruction, signers=[signer])


async def test_one_member_of_several_is_not_the_authority(body: Body) -> None:
    """A member proposes; it does not decide."""
    for instruction in _changes(body.ada.pubkey()):
        async with body.chain.refused(errors.UnauthorizedAuthority):
            await body.chain.send(instruction, signers=[body.ada])


async def test_rejects_a_missing_signature_and_a_forged_governance(chain: Chain, authority: Keypair) -> None:
    """Naming the authority, or bringing a governance of one's own, is not enough."""
    copy = await forged(chain, GOVERNANCE_ADDRESS)
    for instruction in _changes(authority.pubkey()):
        async with framework_refuses(chain, ACCOUNT_NOT_SIGNER, account="authority"):
            await chain.send(unsigned(instruction, authority.pubkey()))
        async with framework_refuses(chain, CONSTRAINT_SEEDS, account="governance"):
            await chain.send(swapped(instruction, GOVERNANCE_ADDRESS, copy), signers=[authority])
