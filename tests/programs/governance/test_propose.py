"""`propose` puts instructions to the members, byte for byte as they will run."""

from __future__ import annotations

import pytest
from energy_sdk import Pubkey
from energy_sdk.exceptions import AccountNotFound, InvalidInput
from energy_sdk.governance import ProposalState, ProposalStatus, errors, events, instructions, pdas
from energy_sdk.governance.constants import MAX_INSTRUCTIONS, MAX_TITLE_BYTES
from solders.instruction import AccountMeta, Instruction

from tests.programs.governance.body import EXPIRY_S, Body, change
from tests.support.tampering import ACCOUNT_NOT_SIGNER, CONSTRAINT_SEEDS, forged, framework_refuses, swapped, unsigned


async def test_a_proposal_holds_exactly_what_was_proposed(body: Body) -> None:
    """Programs, accounts with their rights, and data, in order; nothing is approved by proposing."""
    proposed = [
        change(),
        Instruction(
            Pubkey.new_unique(),
            bytes(range(40)),
            [
                AccountMeta(Pubkey.new_unique(), is_signer=signer, is_writable=writable)
                for signer in (False, True)
                for writable in (False, True)
            ],
        ),
    ]

    receipt = await body.chain.client.governance.propose(proposed, title="Zwölf Öfen", member=body.bob)

    stated = receipt.one(events.ProposalCreated)
    now = await body.chain.transport.clock()
    assert (stated.number, stated.proposer, stated.expires_at) == (0, body.bob.pubkey(), now + EXPIRY_S)
    found = await body.proposal(0)
    assert list(found.instructions) == proposed
    assert (found.title, found.proposer, found.payer) == ("Zwölf Öfen", body.bob.pubkey(), body.chain.chief.pubkey())
    assert (found.created_at, found.expires_at, found.approved_at) == (now, now + EXPIRY_S, None)
    assert (found.approvals, found.state) == (0, ProposalState.OPEN)
    assert await body.status(0) is ProposalStatus.OPEN


async def test_proposals_are_numbered_and_listed_in_order(body: Body) -> None:
    """A closed one leaves a gap, and its number is not used again."""
    for _ in range(3):
        await body.propose()
    await body.chain.client.governance.cancel_proposal(number=1, authority=body.ada)
    await body.chain.client.governance.close_proposal(number=1)
    assert await body.propose() == 3

    assert [proposal.number async for proposal in body.chain.client.governance.proposals()] == [0, 2, 3]
    with pytest.raises(AccountNotFound):
        await body.proposal(1)


async def test_rejects_anybody_but_a_member(body: Body) -> None:
    """Neither a stranger, nor the former sole member, nor the guardian of the market proposes."""
    for signer in (body.stranger, body.chain.chief):
        async with body.chain.refused(errors.NotMember):
            await body.chain.client.governance.propose([change()], title="Mine", member=signer)


async def test_rejects_a_proposal_without_instructions_or_with_too_many(body: Body) -> None:
    """One to four."""
    governance = body.chain.client.governance
    small = Instruction(Pubkey.new_unique(), b"", [])
    async with body.chain.refused(errors.NothingProposed):
        await governance.propose([], title="Nothing", member=body.ada)
    async with body.chain.refused(errors.ProposalTooLarge):
        await governance.propose([small] * (MAX_INSTRUCTIONS + 1), title="Much", member=body.ada)

    await governance.propose([small] * MAX_INSTRUCTIONS, title="Enough", member=body.ada)


@pytest.mark.parametrize("title", ["", "x" * (MAX_TITLE_BYTES + 1), "ö" * (MAX_TITLE_BYTES // 2 + 1)])
async def test_rejects_no_title_and_a_long_one(body: Body, title: str) -> None:
    """1 to 64 bytes, not letters."""
    async with body.chain.refused(errors.InvalidTitle):
        await body.propose(title=title)


async def test_what_does_not_fit_a_transaction_is_refused_before_sending(body: Body) -> None:
    """With the advice of the transaction layer."""
    large = Instruction(Pubkey.new_unique(), bytes(1_200), [])
    async with body.chain.refused(InvalidInput):
        await body.propose(large)


async def test_rejects_a_member_that_does_not_sign_and_accounts_that_are_others(body: Body) -> None:
    """Naming a member is not enough, and the account must be that of the next number."""
    instruction = instructions.propose(
        proposer=body.ada.pubkey(), payer=body.chain.chief.pubkey(), number=0, title="Change", instructions=[change()]
    )
    async with framework_refuses(body.chain, ACCOUNT_NOT_SIGNER, account="proposer"):
        await body.chain.send(unsigned(instruction, body.ada.pubkey()))
    copy = await forged(body.chain, pdas.GOVERNANCE_ADDRESS)
    for name, old, new in (
        ("governance", pdas.GOVERNANCE_ADDRESS, copy),
        ("proposal", pdas.proposal_address(0), pdas.proposal_address(1)),
    ):
        async with framework_refuses(body.chain, CONSTRAINT_SEEDS, account=name):
            await body.chain.send(swapped(instruction, old, new), signers=[body.ada])
