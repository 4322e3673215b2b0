"""`cancel_proposal` ends a proposal, `close_proposal` removes it and returns the rent."""

from __future__ import annotations

from energy_sdk import Keypair
from energy_sdk.governance import ProposalStatus, errors, events, instructions, pdas
from energy_sdk.governance.pdas import GOVERNANCE_ADDRESS

from tests.programs.governance.body import EXPIRY_S, TIMELOCK_S, Body
from tests.support.tampering import ACCOUNT_NOT_SIGNER, CONSTRAINT_SEEDS, forged, framework_refuses, swapped, unsigned
from tests.support.world import Chain


async def test_the_proposer_cancels_even_what_is_approved(body: Body) -> None:
    """A cancelled proposal is never executed."""
    number = await body.decide()

    receipt = await body.chain.client.governance.cancel_proposal(number=number, authority=body.ada)

    stated = receipt.one(events.ProposalCancelled)
    assert (stated.number, stated.by) == (number, body.ada.pubkey())
    assert await body.status(number) is ProposalStatus.CANCELLED
    async with body.chain.refused(errors.ProposalNotOpen):
        await body.chain.client.governance.execute(number=number)
    async with body.chain.refused(errors.ProposalNotOpen):
        await body.chain.client.governance.cancel_proposal(number=number, authority=body.ada)


async def test_governance_cancels_through_another_proposal(body: Body) -> None:
    """Against the will of whoever proposed it."""
    victim = await body.propose()
    decided = await body.decide(instructions.cancel_proposal(authority=GOVERNANCE_ADDRESS, number=victim))

    await body.chain.client.governance.execute(number=decided)

    assert await body.status(victim) is ProposalStatus.CANCELLED


async def test_a_sole_member_cancels_what_its_former_body_proposed(chain: Chain, authority: Keypair) -> None:
    """Governance is whoever it is now."""
    proposer = Keypair()
    governance = chain.client.governance
    await governance.set_members(members=[proposer.pubkey()], threshold=1, authority=authority)
    await governance.propose(
        [instructions.set_guardian(authority=GOVERNANCE_ADDRESS, guardian=None)], title="Late", member=proposer
    )
    await governance.set_members(members=[authority.pubkey()], threshold=1, authority=proposer)

    await governance.cancel_proposal(number=0, authority=authority)

    async with chain.refused(errors.ProposalNotOpen):
        await governance.execute(number=0)


async def test_nobody_else_cancels(body: Body) -> None:
    """Neither other members nor strangers."""
    number = await body.propose()
    for signer in (body.bob, body.cyd, body.stranger, body.chain.chief):
        async with body.chain.refused(errors.NotProposer):
            await body.chain.client.governance.cancel_proposal(number=number, authority=signer)


async def test_what_is_over_is_closed_and_its_payer_gets_the_rent(body: Body) -> None:
    """Executed, cancelled, stale and expired proposals."""
    governance, tokens = body.chain.client.governance, body.chain.client.tokens
    executed, cancelled, stale = await body.propose(), await body.propose(), await body.propose()
    terms = await body.propose(
        instructions.set_timing(authority=GOVERNANCE_ADDRESS, timelock_s=TIMELOCK_S, proposal_expiry_s=EXPIRY_S)
    )
    for number in (executed, terms):
        await body.approve(number)
    body.chain.transport.advance(TIMELOCK_S)
    await governance.execute(number=executed)
    await governance.cancel_proposal(number=cancelled, authority=body.ada)
    await governance.execute(number=terms)
    expired = await body.propose()
    body.chain.transport.advance(EXPIRY_S)
    for number in (executed, cancelled, stale, terms, expired):
        rent = await tokens.lamports(owner=pdas.proposal_address(number))
        held = await tokens.lamports(owner=body.chain.chief.pubkey())

        receipt = await body.chain.client.as_payer(body.stranger).governance.close_proposal(number=number)

        assert receipt.one(events.ProposalClosed).number == number
        assert await body.chain.transport.get_account(pdas.proposal_address(number)) is None
        assert await tokens.lamports(owner=body.chain.chief.pubkey()) == held + rent


async def test_what_can_still_be_executed_is_not_closed(body: Body) -> None:
    """Open, waiting and ready proposals stay."""
    open_, ready = await body.propose(), await body.decide()
    for number in (open_, ready):
        async with body.chain.refused(errors.ProposalStillOpen):
            await body.chain.client.governance.close_proposal(number=number)


async def test_the_rent_goes_to_nobody_else(body: Body) -> None:
    """Also not to whoever closes."""
    number = await body.propose()
    await body.chain.client.governance.cancel_proposal(number=number, authority=body.ada)

    async with body.chain.refused(errors.WrongRecipient):
        await body.chain.send(instructions.close_proposal(number=number, payer=body.stranger.pubkey()))


async def test_rejects_missing_signatures_and_forged_accounts(body: Body) -> None:
    """Copies of governance, or of a proposal, and a proposer that is only named."""
    number = await body.propose()
    cancel = instructions.cancel_proposal(authority=body.ada.pubkey(), number=number)
    close = instructions.close_proposal(number=number, payer=body.chain.chief.pubkey())
    async with framework_refuses(body.chain, ACCOUNT_NOT_SIGNER, account="authority"):
        await body.chain.send(unsigned(cancel, body.ada.pubkey()))
    for name, old in (("governance", GOVERNANCE_ADDRESS), ("proposal", pdas.proposal_address(number))):
        copy = await forged(body.chain, old)
        for instruction, signers in ((cancel, [body.ada]), (close, [])):
            async with framework_refuses(body.chain, CONSTRAINT_SEEDS, account=name):
                await body.chain.send(swapped(instruction, old, copy), signers=signers)
