"""Governance over a transport."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from typing import Final

from solders.instruction import Instruction
from solders.pubkey import Pubkey

from ..signers import Signer
from ..transactions import MAX_COMPUTE_UNITS, Receipt
from . import instructions, pdas
from .accounts import Governance, Parameters, Pause, Policy, Proposal
from .areas import PauseArea
from .content import ProposalContent
from .upgrades import Upgrades

_PAGE: Final = 100


class GovernanceClient(Upgrades):
    """Who governs, what they decide, and the parameters and the pause that follow from it.

    The sole member of a body of one may call everything directly. Otherwise whatever names an `authority` is
    built with `instructions`, for `pdas.GOVERNANCE_ADDRESS`, and proposed. `Upgrades` prepares new code.
    """

    async def initialize(
        self, *, authority: Pubkey, guardian: Pubkey | None = None, deployer: Signer | None = None
    ) -> Receipt:
        """Create governance with `authority` as its only member.

        Args:
            authority: the first member.
            guardian: may pause alone; nobody by default.
            deployer: the program's upgrade authority, who pays; the payer by default.

        Raises:
            errors.NotDeployer: `deployer` is not the upgrade authority.
            errors.InvalidKey: `authority` is the zero key.
        """
        signer = self._signer(deployer)
        instruction = instructions.initialize(deployer=signer.pubkey(), authority=authority, guardian=guardian)
        return await self._send(instruction, signers=[signer])

    async def update_parameters(
        self,
        *,
        authority: Signer | None = None,
        epoch_length_s: int | None = None,
        offer_lock_s: int | None = None,
        fee_bps: int | None = None,
        max_fee_bps: int | None = None,
        min_order_wh: int | None = None,
        max_order_wh: int | None = None,
        max_orders_per_seat: int | None = None,
        reading_max_age_s: int | None = None,
        reading_future_s: int | None = None,
        clearing_grace_s: int | None = None,
        void_after_s: int | None = None,
        book_retention_s: int | None = None,
        min_price: int | None = None,
        max_price: int | None = None,
    ) -> Receipt:
        """Change the parameters that are given, all or none; `accounts.Parameters` explains them.

        Raises:
            errors.UnauthorizedAuthority: `authority` does not govern.
            errors.NothingToChange: no parameter is given.
            errors.GovernanceError: a value is out of its range; the error names the rule.
        """
        signer = self._signer(authority)
        instruction = instructions.update_parameters(
            authority=signer.pubkey(),
            epoch_length_s=epoch_length_s,
            offer_lock_s=offer_lock_s,
            fee_bps=fee_bps,
            max_fee_bps=max_fee_bps,
            min_order_wh=min_order_wh,
            max_order_wh=max_order_wh,
            max_orders_per_seat=max_orders_per_seat,
            reading_max_age_s=reading_max_age_s,
            reading_future_s=reading_future_s,
            clearing_grace_s=clearing_grace_s,
            void_after_s=void_after_s,
            book_retention_s=book_retention_s,
            min_price=min_price,
            max_price=max_price,
        )
        return await self._send(instruction, signers=[signer])

    async def emergency_pause(self, *, areas: PauseArea, authority: Signer | None = None) -> Receipt:
        """Stop `areas` at once; stopping what stands still changes nothing.

        Raises:
            errors.UnauthorizedAuthority: `authority` neither governs nor is the guardian.
            errors.UnknownPauseArea: `areas` is empty.
        """
        signer = self._signer(authority)
        instruction = instructions.emergency_pause(authority=signer.pubkey(), areas=areas)
        return await self._send(instruction, signers=[signer])

    async def resume(self, *, areas: PauseArea, authority: Signer | None = None) -> Receipt:
        """Let `areas` run again.

        Raises:
            errors.UnauthorizedAuthority: `authority` does not govern; a guardian cannot resume.
            errors.UnknownPauseArea: `areas` is empty.
        """
        signer = self._signer(authority)
        instruction = instructions.resume(authority=signer.pubkey(), areas=areas)
        return await self._send(instruction, signers=[signer])

    async def set_members(
        self, *, members: Sequence[Pubkey], threshold: int, authority: Signer | None = None
    ) -> Receipt:
        """Let `members` govern, `threshold` of them together; open proposals become stale.

        Raises:
            errors.UnauthorizedAuthority: `authority` does not govern.
            errors.InvalidThreshold, errors.DuplicateMember, errors.TooManyMembers, errors.InvalidKey: such a body
                could not decide.
        """
        signer = self._signer(authority)
        instruction = instructions.set_members(authority=signer.pubkey(), members=members, threshold=threshold)
        return await self._send(instruction, signers=[signer])

    async def set_timing(self, *, timelock_s: int, proposal_expiry_s: int, authority: Signer | None = None) -> Receipt:
        """Set the wait between approval and execution, and a proposal's life [s]; open proposals become stale.

        Raises:
            errors.UnauthorizedAuthority: `authority` does not govern.
            errors.TimingOutOfRange: less than 60 s would be left to execute in, or the life exceeds a year.
        """
        signer = self._signer(authority)
        instruction = instructions.set_timing(
            authority=signer.pubkey(), timelock_s=timelock_s, proposal_expiry_s=proposal_expiry_s
        )
        return await self._send(instruction, signers=[signer])

    async def set_guardian(self, *, guardian: Pubkey | None, authority: Signer | None = None) -> Receipt:
        """Let `guardian` pause alone; None means nobody.

        Raises:
            errors.UnauthorizedAuthority: `authority` does not govern.
        """
        signer = self._signer(authority)
        instruction = instructions.set_guardian(authority=signer.pubkey(), guardian=guardian)
        return await self._send(instruction, signers=[signer])

    async def adopt_policy(self, *, sha256: bytes, uri: str, authority: Signer | None = None) -> Receipt:
        """Record that the text at `uri` is in force; the receipt's `events.PolicyAdopted` has its number.

        Args:
            sha256: digest of the text, 32 bytes.
            authority: pays the rent; the payer by default.

        Raises:
            errors.UnauthorizedAuthority: `authority` does not govern.
            errors.InvalidPolicyUri: `uri` is empty or longer than 200 bytes.
        """
        signer = self._signer(authority)
        instruction = instructions.adopt_policy(
            authority=signer.pubkey(), number=(await self.governance()).policies, sha256=sha256, uri=uri
        )
        return await self._send(instruction, signers=[signer])

    async def repeal_policy(self, *, number: int, authority: Signer | None = None) -> Receipt:
        """End a policy; its record stays.

        Raises:
            errors.UnauthorizedAuthority: `authority` does not govern.
            errors.PolicyAlreadyRepealed: it was ended before.
        """
        signer = self._signer(authority)
        instruction = instructions.repeal_policy(authority=signer.pubkey(), number=number)
        return await self._send(instruction, signers=[signer])

    # Proposals

    async def propose(
        self, proposed: Sequence[Instruction], *, title: str, approve: bool = False, member: Signer | None = None
    ) -> Receipt:
        """Put instructions to the members; the receipt's `events.ProposalCreated` has the number.

        Args:
            proposed: one to four instructions, byte for byte as they will run.
            title: what it is about, 1 to 64 bytes of text.
            approve: also approve it, in the same transaction.
            member: who proposes; the payer by default. The payer pays the rent and gets it back.

        Raises:
            errors.NotMember: `member` is none.
            errors.InvalidTitle, errors.NothingProposed, errors.ProposalTooLarge: no decision can look like that.
            InvalidInput: it does not fit into a transaction; split it.
        """
        signer = self._signer(member)
        number = (await self.governance()).proposals
        parts = [
            instructions.propose(
                proposer=signer.pubkey(),
                number=number,
                title=title,
                instructions=proposed,
                payer=self._sender.payer.pubkey(),
            )
        ]
        if approve:
            content = ProposalContent(number=number, title=title, instructions=tuple(proposed))
            parts.append(instructions.approve(member=signer.pubkey(), number=number, digest=content.digest))
        return await self._send(*parts, signers=[signer])

    async def approve(self, *, number: int, digest: bytes | None = None, member: Signer | None = None) -> Receipt:
        """Approve a proposal. The approval that reaches the threshold starts the timelock.

        Args:
            digest: `Proposal.digest` of what was read, 32 bytes; by default that of the proposal as it is fetched
                now, which trusts the node that is asked.

        Raises:
            AccountNotFound: the proposal was never made, or is closed.
            errors.NotMember: `member` is none.
            errors.WrongDigest: the proposal is another one than was read.
            errors.AlreadyApproved: `member` has approved it before.
            errors.ProposalNotOpen, errors.ProposalStale, errors.ProposalExpired: it can no longer be decided.
        """
        signer = self._signer(member)
        if digest is None:
            digest = (await self.proposal(number)).digest
        instruction = instructions.approve(member=signer.pubkey(), number=number, digest=digest)
        return await self._send(instruction, signers=[signer])

    async def revoke_approval(self, *, number: int, member: Signer | None = None) -> Receipt:
        """Take an approval back. Below the threshold, the timelock begins anew once it is reached again.

        Raises:
            errors.NotMember: `member` is none.
            errors.NotApproved: `member` has not approved it.
            errors.ProposalNotOpen, errors.ProposalStale, errors.ProposalExpired: it can no longer be decided.
        """
        signer = self._signer(member)
        instruction = instructions.revoke_approval(member=signer.pubkey(), number=number)
        return await self._send(instruction, signers=[signer])

    async def cancel_proposal(self, *, number: int, authority: Signer | None = None) -> Receipt:
        """End a proposal for good.

        Raises:
            errors.NotProposer: `authority` neither proposed it nor governs.
            errors.ProposalNotOpen: it was executed or cancelled before.
        """
        signer = self._signer(authority)
        instruction = instructions.cancel_proposal(authority=signer.pubkey(), number=number)
        return await self._send(instruction, signers=[signer])

    async def execute(self, *, number: int, executor: Signer | None = None, signers: Sequence[Signer] = ()) -> Receipt:
        """Run an approved proposal's instructions, all or none.

        Args:
            executor: anybody; the payer by default.
            signers: who signs the instructions besides governance and its treasury.

        Raises:
            errors.ProposalNotApproved, errors.TimelockNotOver: not yet.
            errors.ProposalNotOpen, errors.ProposalStale, errors.ProposalExpired: not any more.
            TransactionFailed: an instruction was refused; the proposal stays as it was.
        """
        signer = self._signer(executor)
        proposal = await self.proposal(number)
        instruction = instructions.execute(executor=signer.pubkey(), number=number, instructions=proposal.instructions)
        return await self._send(instruction, signers=[signer, *signers], compute_units=MAX_COMPUTE_UNITS)

    async def close_proposal(self, *, number: int) -> Receipt:
        """Remove a proposal that is executed, cancelled, expired or stale; its payer gets the rent back.

        Raises:
            errors.ProposalStillOpen: it can still be executed.
        """
        proposal = await self.proposal(number)
        return await self._send(instructions.close_proposal(number=number, payer=proposal.payer))

    async def proposal(self, number: int) -> Proposal:
        """The proposal with this number.

        Raises:
            AccountNotFound: it was never made, or is closed.
        """
        return await self._fetch(Proposal, pdas.proposal_address(number), f"proposal {number}")

    async def proposals(self) -> AsyncIterator[Proposal]:
        """All proposals that are not closed, in order of proposing."""
        count = (await self.governance()).proposals
        for start in range(0, count, _PAGE):
            numbers = range(start, min(start + _PAGE, count))
            for found in await self._find_all(Proposal, [pdas.proposal_address(number) for number in numbers]):
                if found is not None:
                    yield found

    async def policy(self, number: int) -> Policy:
        """The policy with this number.

        Raises:
            AccountNotFound: there is none.
        """
        return await self._fetch(Policy, pdas.policy_address(number), f"policy {number}")

    async def policies(self) -> AsyncIterator[Policy]:
        """All policies ever adopted, in that order."""
        count = (await self.governance()).policies
        for start in range(0, count, _PAGE):
            numbers = range(start, min(start + _PAGE, count))
            for found in await self._find_all(Policy, [pdas.policy_address(number) for number in numbers]):
                if found is not None:
                    yield found

    async def propose_upgrade(
        self,
        program: Pubkey,
        *,
        buffer: Pubkey,
        title: str,
        approve: bool = False,
        recipient: Pubkey | None = None,
        member: Signer | None = None,
    ) -> Receipt:
        """Propose to give `program` the code in `buffer`.

        Args:
            buffer: made by `write_buffer`.
            approve: also approve it, in the same transaction.
            recipient: gets the buffer's lamports; the payer by default.

        Raises:
            InvalidInput: governance may not upgrade the program, does not own the buffer, or the program has too
                little room: `extend_program` makes it.
            errors.NotMember: `member` is none.
        """
        await self.require_buffer(buffer, program=program)
        upgrade = instructions.upgrade_program(
            program=program, buffer=buffer, recipient=recipient or self._sender.payer.pubkey()
        )
        return await self.propose([upgrade], title=title, approve=approve, member=member)

    # Reading

    async def governance(self) -> Governance:
        """Who governs.

        Raises:
            AccountNotFound: governance is not initialised.
        """
        return await self._fetch(Governance, pdas.GOVERNANCE_ADDRESS, "governance")

    async def parameters(self) -> Parameters:
        """The parameters in force.

        Raises:
            AccountNotFound: governance is not initialised.
        """
        return await self._fetch(Parameters, pdas.PARAMETERS_ADDRESS, "governance's parameters account")

    async def pause(self) -> Pause:
        """What stands still.

        Raises:
            AccountNotFound: governance is not initialised.
        """
        return await self._fetch(Pause, pdas.PAUSE_ADDRESS, "governance's pause account")
