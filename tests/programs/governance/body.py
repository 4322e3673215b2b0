"""A governing body of three, and decisions for it to make."""

from __future__ import annotations

from dataclasses import dataclass

from energy_sdk import Keypair
from energy_sdk.governance import Governance, Proposal, ProposalStatus, events, instructions
from energy_sdk.governance.pdas import GOVERNANCE_ADDRESS
from solders.instruction import Instruction

from tests.support.world import Chain

TIMELOCK_S = 1_000
EXPIRY_S = 10_000
OFFER_LOCK_S = 77


def change(offer_lock_s: int = OFFER_LOCK_S) -> Instruction:
    """A decision with an effect that is easy to see."""
    return instructions.update_parameters(authority=GOVERNANCE_ADDRESS, offer_lock_s=offer_lock_s)


@dataclass(frozen=True, kw_only=True)
class Body:
    """Two of three members decide; decisions wait 1,000 s and live 10,000 s."""

    chain: Chain
    ada: Keypair
    bob: Keypair
    cyd: Keypair
    stranger: Keypair

    async def propose(self, *proposed: Instruction, title: str = "Change the offer lock") -> int:
        """Ada proposes; returns the number."""
        receipt = await self.chain.client.governance.propose(proposed or [change()], title=title, member=self.ada)
        return receipt.one(events.ProposalCreated).number

    async def approve(self, number: int, *members: Keypair) -> None:
        """The members, Ada and Bob by default, approve."""
        for member in members or (self.ada, self.bob):
            await self.chain.client.governance.approve(number=number, member=member)

    async def decide(self, *proposed: Instruction) -> int:
        """A proposal that is approved and may be executed now."""
        number = await self.propose(*proposed)
        await self.approve(number)
        self.chain.transport.advance(TIMELOCK_S)
        return number

    async def governance(self) -> Governance:
        return await self.chain.client.governance.governance()

    async def proposal(self, number: int) -> Proposal:
        return await self.chain.client.governance.proposal(number)

    async def status(self, number: int) -> ProposalStatus:
        """How far the proposal is now."""
        now = await self.chain.transport.clock()
        return (await self.proposal(number)).status(await self.governance(), now)

    async def offer_lock_s(self) -> int:
        return (await self.chain.client.governance.parameters()).offer_lock_s
