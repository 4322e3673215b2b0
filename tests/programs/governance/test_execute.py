"""`execute` runs what was approved: once, after the timelock, before expiry, byte for byte."""

from __future__ import annotations

from energy_sdk import Keypair, Pubkey
from energy_sdk.addresses import SYSTEM_PROGRAM
from energy_sdk.exceptions import TransactionFailed
from energy_sdk.governance import PauseArea, ProposalStatus, errors, events, instructions, pdas
from energy_sdk.governance.pdas import GOVERNANCE_ADDRESS, TREASURY_ADDRESS
from energy_sdk.transactions.spl import transfer_lamports
from solders.instruction import AccountMeta, Instruction

from tests.programs.governance.body import EXPIRY_S, OFFER_LOCK_S, TIMELOCK_S, Body, change
from tests.support.tampering import ACCOUNT_NOT_SIGNER, CONSTRAINT_SEEDS, forged, framework_refuses, swapped, unsigned


async def test_anybody_executes_what_two_of_three_approved(body: Body) -> None:
    """The change takes effect, and the decision is published."""
    number = await body.decide()

    receipt = await body.chain.client.governance.execute(number=number, executor=body.stranger)

    assert await body.offer_lock_s() == OFFER_LOCK_S
    assert receipt.one(events.ParametersUpdated).offer_lock_s == OFFER_LOCK_S
    stated = receipt.one(events.ProposalExecuted)
    assert (stated.number, stated.by) == (number, body.stranger.pubkey())
    assert await body.status(number) is ProposalStatus.EXECUTED


async def test_executes_once(body: Body) -> None:
    """The same approval cannot be spent twice."""
    number = await body.decide()
    await body.chain.client.governance.execute(number=number)

    async with body.chain.refused(errors.ProposalNotOpen):
        await body.chain.client.governance.execute(number=number)


async def test_not_before_the_threshold_nor_before_the_timelock_is_over(body: Body) -> None:
    """To the second."""
    governance, number = body.chain.client.governance, await body.propose()
    await body.approve(number, body.ada)
    body.chain.transport.advance(TIMELOCK_S)
    async with body.chain.refused(errors.ProposalNotApproved):
        await governance.execute(number=number)
    await body.approve(number, body.bob)
    body.chain.transport.advance(TIMELOCK_S - 1)
    async with body.chain.refused(errors.TimelockNotOver):
        await governance.execute(number=number)

    body.chain.transport.advance(1)
    await governance.execute(number=number)

    assert await body.offer_lock_s() == OFFER_LOCK_S


async def test_not_from_the_second_it_expires_in(body: Body) -> None:
    """The last second before is good."""
    governance = body.chain.client.governance
    first, second = await body.propose(change(1)), await body.propose(change(2))
    for number in (first, second):
        await body.approve(number)
    body.chain.transport.advance(EXPIRY_S - 1)
    await governance.execute(number=first)
    body.chain.transport.advance(1)

    async with body.chain.refused(errors.ProposalExpired):
        await governance.execute(number=second)
    assert await body.offer_lock_s() == 1


async def test_any_change_of_members_threshold_or_timing_ends_open_proposals(body: Body) -> None:
    """Also one that is approved and due: those who approved no longer decide on these terms."""
    governance = body.chain.client.governance
    members = [key.pubkey() for key in (body.ada, body.bob, body.cyd)]
    for new_terms in (
        instructions.set_members(authority=GOVERNANCE_ADDRESS, members=[*members, Pubkey.new_unique()], threshold=2),
        instructions.set_members(authority=GOVERNANCE_ADDRESS, members=members, threshold=1),
        instructions.set_members(authority=GOVERNANCE_ADDRESS, members=members, threshold=2),
        instructions.set_timing(authority=GOVERNANCE_ADDRESS, timelock_s=TIMELOCK_S, proposal_expiry_s=EXPIRY_S),
    ):
        victim, other = await body.propose(), await body.propose(new_terms)
        await body.approve(victim)
        await body.approve(other)
        body.chain.transport.advance(TIMELOCK_S)
        await governance.execute(number=other)

        assert await body.status(victim) is ProposalStatus.STALE
        assert (await body.proposal(victim)).approved_by(await body.governance()) == ()
        async with body.chain.refused(errors.ProposalStale):
            await governance.execute(number=victim)
        async with body.chain.refused(errors.ProposalStale):
            await governance.approve(number=victim, member=body.cyd)
        async with body.chain.refused(errors.ProposalStale):
            await governance.revoke_approval(number=victim, member=body.ada)


async def test_a_failing_instruction_undoes_all_and_leaves_the_proposal_open(body: Body) -> None:
    """All or none: it can be executed once what hinders it is gone."""
    governance = body.chain.client.governance
    payment = transfer_lamports(payer=TREASURY_ADDRESS, recipient=body.stranger.pubkey(), lamports=5_000_000)
    number = await body.decide(change(), payment)
    async with body.chain.refused(TransactionFailed):
        await _execute_plainly(body, number)
    assert await body.status(number) is ProposalStatus.READY

    await body.chain.transport.airdrop(TREASURY_ADDRESS, 10_000_000)
    held = await body.chain.client.tokens.lamports(owner=body.stranger.pubkey())
    await governance.execute(number=number)

    assert await body.offer_lock_s() == OFFER_LOCK_S
    assert await body.chain.client.tokens.lamports(owner=body.stranger.pubkey()) == held + 5_000_000
    assert await body.chain.client.tokens.lamports(owner=TREASURY_ADDRESS) == 5_000_000


async def _execute_plainly(body: Body, number: int) -> None:
    try:
        await body.chain.client.governance.execute(number=number)
    except TransactionFailed as error:
        # Whatever the failing program calls it.
        raise TransactionFailed(str(error)) from error


async def test_the_treasury_pays_for_a_policy(body: Body) -> None:
    """An account that governance creates needs nobody's wallet."""
    await body.chain.transport.airdrop(TREASURY_ADDRESS, 100_000_000)
    adopt = instructions.adopt_policy(
        authority=GOVERNANCE_ADDRESS, payer=TREASURY_ADDRESS, number=0, sha256=bytes(32), uri="https://example.org"
    )
    number = await body.decide(adopt)

    receipt = await body.chain.client.governance.execute(number=number)

    assert receipt.one(events.PolicyAdopted).number == 0
    assert (await body.chain.client.governance.policy(0)).is_in_force


async def test_four_instructions_run_in_order(body: Body) -> None:
    """The last word counts."""
    number = await body.decide(*(change(seconds) for seconds in (10, 20, 30, 40)))

    receipt = await body.chain.client.governance.execute(number=number)

    assert [event.offer_lock_s for event in receipt.of(events.ParametersUpdated)] == [10, 20, 30, 40]
    assert await body.offer_lock_s() == 40


async def test_a_proposal_that_executes_itself_runs_once(body: Body) -> None:
    """It is written as executed before its first instruction runs, so a call back finds it executed."""
    governance, number = body.chain.client.governance, (await body.governance()).proposals
    own = instructions.execute(executor=body.stranger.pubkey(), number=number, instructions=[])
    assert await body.decide(own) == number

    async with body.chain.refused(errors.ProposalNotOpen):
        await governance.execute(number=number, signers=[body.stranger])
    assert await body.status(number) is ProposalStatus.READY


async def test_a_proposal_may_execute_another_that_is_due(body: Body) -> None:
    """What the inner one writes to governance stays: nothing is written back over it."""
    governance = body.chain.client.governance
    inner_parts = [instructions.set_guardian(authority=GOVERNANCE_ADDRESS, guardian=body.cyd.pubkey())]
    inner = await body.propose(*inner_parts)
    outer = await body.propose(
        instructions.execute(executor=body.stranger.pubkey(), number=inner, instructions=inner_parts), change()
    )
    await body.approve(inner)
    await body.approve(outer)
    body.chain.transport.advance(TIMELOCK_S)

    await governance.execute(number=outer, signers=[body.stranger])

    assert (await body.governance()).guardian == body.cyd.pubkey()
    assert await body.status(inner) is ProposalStatus.EXECUTED
    assert await body.status(outer) is ProposalStatus.EXECUTED


async def test_who_else_signs_an_instruction_must_sign_the_transaction(body: Body) -> None:
    """Approval lends governance's signature and nobody else's."""
    payment = transfer_lamports(payer=body.stranger.pubkey(), recipient=body.ada.pubkey(), lamports=5_000_000)
    number = await body.decide(payment)
    execute = instructions.execute(executor=body.bob.pubkey(), number=number, instructions=[payment])
    async with body.chain.refused(errors.MissingInstructionSigner):
        await body.chain.send(unsigned(execute, body.stranger.pubkey()), signers=[body.bob])

    await body.chain.client.governance.execute(number=number, signers=[body.stranger])

    assert await body.chain.client.tokens.lamports(owner=body.ada.pubkey()) == 5_000_000


async def test_rejects_other_accounts_than_were_approved(body: Body) -> None:
    """Missing, exchanged, additional and read-only accounts, and another program."""
    number = await body.decide()
    good = instructions.execute(executor=body.stranger.pubkey(), number=number, instructions=[change()])
    own, further = list(good.accounts[:3]), list(good.accounts[3:])
    extra = AccountMeta(Pubkey.new_unique(), is_signer=False, is_writable=False)
    parameters = AccountMeta(pdas.PARAMETERS_ADDRESS, is_signer=False, is_writable=False)
    for wrong in (
        [],
        further[:-1],
        further[1:],
        [*further, extra],
        [further[0], further[2], further[3], further[1]],
        [*further[:-1], extra],
        [AccountMeta(SYSTEM_PROGRAM, is_signer=False, is_writable=False), *further[1:]],
        [*further[:-1], parameters],
    ):
        async with body.chain.refused(errors.WrongInstructionAccounts):
            await body.chain.send(
                Instruction(good.program_id, bytes(good.data), [*own, *wrong]), signers=[body.stranger]
            )

    await body.chain.send(good, signers=[body.stranger])


async def test_rejects_forged_governance_and_proposals_and_a_missing_signature(body: Body) -> None:
    """A copy whose terms are easier, or whose contents are others, decides nothing."""
    number = await body.decide()
    good = instructions.execute(executor=body.stranger.pubkey(), number=number, instructions=[change()])
    async with framework_refuses(body.chain, ACCOUNT_NOT_SIGNER, account="executor"):
        await body.chain.send(unsigned(good, body.stranger.pubkey()))
    for name, old in (("governance", GOVERNANCE_ADDRESS), ("proposal", pdas.proposal_address(number))):
        copy = await forged(body.chain, old)
        async with framework_refuses(body.chain, CONSTRAINT_SEEDS, account=name):
            await body.chain.send(swapped(good, old, copy), signers=[body.stranger])


async def test_resuming_needs_the_quorum_and_pausing_the_guardian_alone(body: Body, guardian: Keypair) -> None:
    """The brake is quick, the start is not."""
    governance = body.chain.client.governance
    await governance.emergency_pause(areas=PauseArea.TRADING, authority=guardian)
    for signer in (guardian, body.ada, body.stranger):
        async with body.chain.refused(errors.UnauthorizedAuthority):
            await governance.resume(areas=PauseArea.TRADING, authority=signer)

    number = await body.decide(instructions.resume(authority=GOVERNANCE_ADDRESS, areas=PauseArea.TRADING))
    await governance.execute(number=number)

    assert (await governance.pause()).areas == PauseArea(0)
