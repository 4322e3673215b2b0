"""Handing a community over from its founder to governance: every admin's office and every program's upgrades.

Both sides act. The founder nominates governance; governance accepts by executing proposals, which the founder
co-signs where the loader wants the present upgrade authority's signature as well. Until then nothing has changed
hands, and afterwards no single key can administer or upgrade anything.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from types import ModuleType

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
from .transactions.loader import set_upgrade_authority

HandOver = Callable[[Pubkey, Pubkey], tuple[Instruction, ...]]
"""The instructions that give an office from its holder to another key; both sign."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Office:
    """A power over the market.

    Attributes:
        name: what it is.
        holder: who has it; nobody where None.
        nominee: who is nominated to.
        hand_over: how its holder gives it to another key.
    """

    name: str
    holder: Pubkey | None
    nominee: Pubkey | None = None
    hand_over: HandOver = field(repr=False, compare=False)

    @property
    def is_governed(self) -> bool:
        """Whether governance holds it, so that no single key can use it."""
        return self.holder == GOVERNANCE_ADDRESS


async def offices(client: EnergyClient, *, markets: Sequence[Market] = ()) -> tuple[Office, ...]:
    """Who may administer the programs and the markets, and who may replace the programs' code."""
    users, meters = await client.registry.registry(), await client.oracle.oracle()
    grid = await client.energy_token.config()
    return (
        Office(name="registry admin", holder=users.admin, nominee=users.pending_admin, hand_over=_of_admin(registry)),
        Office(name="oracle admin", holder=meters.admin, nominee=meters.pending_admin, hand_over=_of_admin(oracle)),
        Office(
            name="energy_token admin", holder=grid.admin, nominee=grid.pending_admin, hand_over=_of_admin(energy_token)
        ),
        *(
            Office(
                name=f"market {market.id}",
                holder=market.authority,
                nominee=market.pending_authority,
                hand_over=_of_market(market),
            )
            for market in markets
        ),
        *[
            Office(
                name=f"{name} upgrades",
                holder=await client.governance.upgrade_authority(program),
                hand_over=_of_upgrades(program),
            )
            for name, program in PROGRAMS.items()
        ],
    )


def _of_admin(program: ModuleType) -> HandOver:
    """Nomination and acceptance, whoever was nominated before."""

    def instructions(old: Pubkey, new: Pubkey) -> tuple[Instruction, ...]:
        nominate, accept = program.instructions.nominate_admin, program.instructions.accept_admin
        return nominate(admin=old, new_admin=new), accept(new_admin=new)

    return instructions


def _of_market(market: Market) -> HandOver:
    """Nomination and acceptance, whoever was nominated before."""

    def instructions(old: Pubkey, new: Pubkey) -> tuple[Instruction, ...]:
        nominate, accept = trading.instructions.nominate_authority, trading.instructions.accept_authority
        nomination = nominate(authority=old, market=market.address, new_authority=new)
        return nomination, accept(new_authority=new, market=market.address)

    return instructions


def _of_upgrades(program: Pubkey) -> HandOver:
    def instructions(old: Pubkey, new: Pubkey) -> tuple[Instruction, ...]:
        return (set_upgrade_authority(program=program, authority=old, new_authority=new),)

    return instructions


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
    administered = [*map(_of_admin, (registry, oracle, energy_token)), *map(_of_market, markets)]
    pairs = [hand_over(founder, GOVERNANCE_ADDRESS) for hand_over in administered]
    for some in _groups([nomination for nomination, _ in pairs], 8):
        await client.transactions.send(some)

    acceptances = [acceptance for _, acceptance in pairs]
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
