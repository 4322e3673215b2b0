"""Handing a community over from its founder to governance: every admin's office and every program's upgrades.

Both sides act. The founder nominates governance; governance accepts by executing proposals, which the founder
co-signs where the loader wants the present upgrade authority's signature as well. Until then nothing has changed
hands, and afterwards no single key can administer or upgrade anything.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from solders.instruction import Instruction
from solders.pubkey import Pubkey

from . import energy_token, governance, oracle, registry, trading
from .client import EnergyClient
from .governance.constants import MAX_INSTRUCTIONS
from .governance.pdas import GOVERNANCE_ADDRESS
from .programs import PROGRAMS
from .signers import Signer
from .trading import Market
from .transactions import Receipt


@dataclass(frozen=True, slots=True, kw_only=True)
class Office:
    """A power over the market: what it is, who holds it (nobody where None), and who is nominated to."""

    name: str
    holder: Pubkey | None
    nominee: Pubkey | None = None

    @property
    def is_governed(self) -> bool:
        """Whether governance holds it, so that no single key can use it."""
        return self.holder == GOVERNANCE_ADDRESS


async def offices(client: EnergyClient, *, markets: Sequence[Market] = ()) -> tuple[Office, ...]:
    """Who may administer the programs and the markets, and who may replace the programs' code."""
    users, meters = await client.registry.registry(), await client.oracle.oracle()
    grid = await client.energy_token.config()
    return (
        Office(name="registry admin", holder=users.admin, nominee=users.pending_admin),
        Office(name="oracle admin", holder=meters.admin, nominee=meters.pending_admin),
        Office(name="energy_token admin", holder=grid.admin, nominee=grid.pending_admin),
        *(
            Office(name=f"market {market.id}", holder=market.authority, nominee=market.pending_authority)
            for market in markets
        ),
        *[
            Office(name=f"{name} upgrades", holder=await client.governance.upgrade_authority(program))
            for name, program in PROGRAMS.items()
        ],
    )


async def propose_hand_over(
    client: EnergyClient, *, members: Sequence[Signer], markets: Sequence[Market] = ()
) -> tuple[int, ...]:
    """Nominate governance for every office that the client's payer holds, and propose to accept them.

    The payer must be admin of registry, oracle and GRID, authority of the markets, and upgrade authority of the
    five programs.

    Args:
        members: approve the proposals; the first one proposes them. A threshold of them completes the hand-over.

    Returns:
        The numbers of the proposals, for `complete_hand_over` once the timelock is over.
    """
    founder = client.payer.pubkey()
    nominations = [
        registry.instructions.nominate_admin(admin=founder, new_admin=GOVERNANCE_ADDRESS),
        oracle.instructions.nominate_admin(admin=founder, new_admin=GOVERNANCE_ADDRESS),
        energy_token.instructions.nominate_admin(admin=founder, new_admin=GOVERNANCE_ADDRESS),
    ]
    nominations += [
        trading.instructions.nominate_authority(
            authority=founder, market=market.address, new_authority=GOVERNANCE_ADDRESS
        )
        for market in markets
    ]
    for some in _groups(nominations, 8):
        await client.transactions.send(some)

    acceptances: list[Instruction] = [
        registry.instructions.accept_admin(new_admin=GOVERNANCE_ADDRESS),
        oracle.instructions.accept_admin(new_admin=GOVERNANCE_ADDRESS),
        energy_token.instructions.accept_admin(new_admin=GOVERNANCE_ADDRESS),
    ]
    acceptances += [
        trading.instructions.accept_authority(new_authority=GOVERNANCE_ADDRESS, market=market.address)
        for market in markets
    ]
    upgrades = [
        governance.instructions.accept_upgrade_authority(program=program, deployer=founder)
        for program in PROGRAMS.values()
    ]
    numbers = []
    for title, parts in (("Accept administration", acceptances), ("Accept program upgrades", upgrades)):
        for some in _groups(parts, MAX_INSTRUCTIONS):
            receipt = await client.governance.propose(some, title=title, approve=True, member=members[0])
            number = receipt.one(governance.events.ProposalCreated).number
            for member in members[1:]:
                await client.governance.approve(number=number, member=member)
            numbers.append(number)
    return tuple(numbers)


async def complete_hand_over(client: EnergyClient, proposals: Sequence[int]) -> list[Receipt]:
    """Execute what `propose_hand_over` proposed; the client's payer is still the founder.

    Raises:
        governance.errors.ProposalNotApproved, governance.errors.TimelockNotOver: not yet.
    """
    return [await client.governance.execute(number=number) for number in proposals]


def _groups(parts: list[Instruction], size: int) -> list[list[Instruction]]:
    return [parts[start : start + size] for start in range(0, len(parts), size)]
