"""`approve` and `revoke_approval` count the members who are for a proposal."""

from __future__ import annotations

from dataclasses import replace
from hashlib import sha256

import pytest
from energy_sdk.exceptions import InvalidInput
from energy_sdk.governance import ProposalContent, ProposalStatus, errors, events, instructions, pdas
from energy_sdk.governance.constants import PROGRAM_ID
from energy_sdk.governance.pdas import GOVERNANCE_ADDRESS
from solders.instruction import AccountMeta, Instruction

from tests.programs.governance.body import EXPIRY_S, OFFER_LOCK_S, TIMELOCK_S, Body, change
from tests.support.tampering import ACCOUNT_NOT_SIGNER, CONSTRAINT_SEEDS, forged, framework_refuses, swapped, unsigned


async def test_the_approval_that_reaches_the_threshold_starts_the_timelock(body: Body) -> None:
    """Later approvals do not start it anew."""
    governance = body.chain.client.governance
    number = await body.propose()

    first = await governance.approve(number=number, member=body.cyd)
    assert await body.status(number) is ProposalStatus.OPEN
    body.chain.transport.advance(10)
    second = await governance.approve(number=number, member=body.ada)
    reached = await body.chain.transport.clock()
    body.chain.transport.advance(10)
    await governance.approve(number=number, member=body.bob)

    stated = [receipt.one(events.ProposalApproved) for receipt in (first, second)]
    assert [(event.member, event.approvals) for event in stated] == [(body.cyd.pubkey(), 1), (body.ada.pubkey(), 2)]
    proposal = await body.proposal(number)
    assert proposal.approved_at == reached
    assert proposal.executable_at(await body.governance()) == reached + TIMELOCK_S
    assert set(proposal.approved_by(await body.governance())) == {
        key.pubkey() for key in (body.ada, body.bob, body.cyd)
    }
    assert await body.status(number) is ProposalStatus.WAITING


async def test_a_revoked_approval_stops_the_timelock(body: Body) -> None:
    """When the threshold is reached again, the whole wait begins anew."""
    number = await body.propose()
    await body.approve(number)
    body.chain.transport.advance(TIMELOCK_S - 1)

    receipt = await body.chain.client.governance.revoke_approval(number=number, member=body.bob)

    stated = receipt.one(events.ApprovalRevoked)
    assert (stated.number, stated.member, stated.approvals) == (number, body.bob.pubkey(), 1)
    body.chain.transport.advance(1)
    assert await body.status(number) is ProposalStatus.OPEN
    async with body.chain.refused(errors.ProposalNotApproved):
        await body.chain.client.governance.execute(number=number)
    await body.approve(number, body.cyd)
    assert await body.status(number) is ProposalStatus.WAITING


async def test_each_member_counts_once(body: Body) -> None:
    """Approving twice is no second approval, and there is nothing to revoke twice."""
    governance, number = body.chain.client.governance, await body.propose()
    async with body.chain.refused(errors.NotApproved):
        await governance.revoke_approval(number=number, member=body.ada)
    await governance.approve(number=number, member=body.ada)
    async with body.chain.refused(errors.AlreadyApproved):
        await governance.approve(number=number, member=body.ada)
    await governance.revoke_approval(number=number, member=body.ada)
    async with body.chain.refused(errors.NotApproved):
        await governance.revoke_approval(number=number, member=body.ada)


async def test_an_approval_is_of_what_was_read(body: Body) -> None:
    """Neither of a proposal with the same instructions and another number or title, nor of other instructions."""
    governance, read = body.chain.client.governance, await body.proposal(await body.propose())
    others = [
        await body.propose(),
        await body.propose(title="Change the offer lock!"),
        await body.propose(change(OFFER_LOCK_S + 1)),
        await body.propose(change(), change()),
    ]
    for number in others:
        assert (await body.proposal(number)).digest != read.digest
        for digest in (read.digest, bytes(32)):
            async with body.chain.refused(errors.WrongDigest):
                await governance.approve(number=number, digest=digest, member=body.ada)

    await governance.approve(number=read.number, digest=read.digest, member=body.ada)

    # It stays what was read, whatever becomes of the proposal.
    assert (await body.proposal(read.number)).digest == read.digest
    await governance.approve(number=read.number, digest=read.digest, member=body.bob)
    with pytest.raises(InvalidInput, match="SHA-256 gives 32"):
        await governance.approve(number=read.number, digest=bytes(31), member=body.cyd)


async def test_the_digest_is_that_of_the_bytes_on_the_chain(body: Body) -> None:
    """Title and instructions are the end of the account, so anybody can recompute it with any tool."""
    proposal = await body.proposal(await body.propose(change(), title="Größe"))
    account = await body.chain.transport.get_account(proposal.address)
    assert account is not None
    content = account.data[account.data.index("Größe".encode()) - 4 :]
    assert proposal.digest == sha256(proposal.number.to_bytes(8, "little") + content).digest()
    assert ProposalContent.from_bytes(proposal.content.to_bytes()) == proposal.content
    for cut in (0, 8, 20, len(content)):
        with pytest.raises(InvalidInput):
            ProposalContent.from_bytes(proposal.content.to_bytes()[:cut])


async def test_a_proposal_that_fills_a_transaction_can_be_approved(body: Body) -> None:
    """Also by whoever proposes it and has the most to sign."""
    accounts = [AccountMeta(GOVERNANCE_ADDRESS, is_signer=False, is_writable=False)]
    number = await body.propose(Instruction(PROGRAM_ID, bytes(640), accounts), title="x" * 64)
    await body.approve(number)
    assert await body.status(number) is ProposalStatus.WAITING


async def test_the_largest_proposal_that_a_program_can_make_is_approved_and_executed(body: Body) -> None:
    """A call between programs carries up to 10,240 bytes: digest and instructions fit into the heap."""
    number = await body.propose(change(), title="Much to read")
    proposal = await body.proposal(number)
    account = await body.chain.transport.get_account(proposal.address)
    assert account is not None
    filled = Instruction(PROGRAM_ID, bytes(change().data) + bytes(9_900), list(change().accounts))
    content = replace(proposal.content, instructions=(filled,))
    data = account.data[: len(account.data) - len(proposal.content.to_bytes()) + 8] + content.to_bytes()[8:]
    assert 10_200 < len(data) <= 10_240
    body.chain.transport.set_account(replace(account, data=data, lamports=10**9))
    assert (await body.proposal(number)).digest == content.digest

    await body.approve(number)
    body.chain.transport.advance(TIMELOCK_S)
    await body.chain.client.governance.execute(number=number)

    assert await body.offer_lock_s() == OFFER_LOCK_S


async def test_only_members_decide(body: Body) -> None:
    """Neither a stranger nor the former sole member, who pays for everything here."""
    governance, number = body.chain.client.governance, await body.propose()
    for signer in (body.stranger, body.chain.chief):
        async with body.chain.refused(errors.NotMember):
            await governance.approve(number=number, member=signer)
        async with body.chain.refused(errors.NotMember):
            await governance.revoke_approval(number=number, member=signer)


async def test_nothing_is_decided_about_what_is_over(body: Body) -> None:
    """Executed, cancelled, expired and stale proposals each have their own answer."""
    governance = body.chain.client.governance
    executed = await body.decide()
    await governance.execute(number=executed)
    cancelled, expired = await body.propose(), await body.propose()
    await body.approve(expired, body.cyd)
    await governance.cancel_proposal(number=cancelled, authority=body.ada)
    for number in (executed, cancelled):
        async with body.chain.refused(errors.ProposalNotOpen):
            await governance.approve(number=number, member=body.cyd)
        async with body.chain.refused(errors.ProposalNotOpen):
            await governance.revoke_approval(number=number, member=body.ada)

    body.chain.transport.advance(EXPIRY_S - 1)
    await governance.approve(number=expired, member=body.ada)
    body.chain.transport.advance(1)

    assert await body.status(expired) is ProposalStatus.EXPIRED
    async with body.chain.refused(errors.ProposalExpired):
        await governance.approve(number=expired, member=body.bob)
    async with body.chain.refused(errors.ProposalExpired):
        await governance.revoke_approval(number=expired, member=body.ada)


async def test_rejects_missing_signatures_and_forged_accounts(body: Body) -> None:
    """A member's name, a copy of governance or a copy of the proposal are not enough."""
    number = await body.propose()
    await body.approve(number, body.bob)
    digest, address = (await body.proposal(number)).digest, pdas.proposal_address(number)
    for instruction, member in (
        (instructions.approve(member=body.ada.pubkey(), number=number, digest=digest), body.ada),
        (instructions.revoke_approval(member=body.bob.pubkey(), number=number), body.bob),
    ):
        async with framework_refuses(body.chain, ACCOUNT_NOT_SIGNER, account="member"):
            await body.chain.send(unsigned(instruction, member.pubkey()))
        for name, old in (("governance", pdas.GOVERNANCE_ADDRESS), ("proposal", address)):
            copy = await forged(body.chain, old)
            async with framework_refuses(body.chain, CONSTRAINT_SEEDS, account=name):
                await body.chain.send(swapped(instruction, old, copy), signers=[member])
