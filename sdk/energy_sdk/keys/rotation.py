"""Another key takes over what a key holds: the user account with its seats, roles, offices, tokens and lamports.

Nothing is kept besides the chain: what is left to do follows from what the old key still holds, so a rotation that
stopped anywhere is finished by running it again.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass

from solders.instruction import Instruction
from solders.pubkey import Pubkey

from .. import governance, oracle, registry, trading
from ..client import EnergyClient
from ..energy_token.pdas import GRID_MINT
from ..exceptions import InvalidInput
from ..handover import offices
from ..operations import seat_refreshes
from ..registry import KeyChangeReason
from ..signers import Signer
from ..trading import Market, SeatStatus
from ..transactions import Receipt, SendPolicy, TransactionSender, spl
from ..transactions.policy import LAMPORTS_PER_SIGNATURE
from .roles import HeldRole, RoleKind, roles_of


@dataclass(frozen=True, slots=True, kw_only=True)
class RotationStep:
    """One transaction of a rotation.

    Attributes:
        what: what changes hands, in words.
        instructions: signed by the old key and, where they name it as a signer, the new one.
    """

    what: str
    instructions: tuple[Instruction, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Remainder:
    """A role that the old key cannot hand over itself.

    Attributes:
        role: which.
        by: who can.
    """

    role: HeldRole
    by: str


async def plan_rotation(
    client: EnergyClient, *, old: Pubkey, new: Pubkey, markets: Sequence[Market], reason: KeyChangeReason
) -> tuple[RotationStep, ...]:
    """What the old and the new key have still to sign, in order. Empty once the new key has it all.

    Lamports are not part of it, because fees are paid from them until the end.

    Args:
        markets: where to look for seats, offices and payment tokens.
        reason: why, which the chain keeps.

    Raises:
        InvalidInput: both keys are the same.
    """
    if old == new:
        raise InvalidInput("the new key is the old one; make another with `energyctl wallet new`")
    markets = await client.trading.markets([market.id for market in markets])
    found = await roles_of(client, old, markets=markets)
    kinds = {role.kind for role in found}
    steps = []
    if RoleKind.USER in kinds:
        steps.append(await _user(client, old, new, markets, reason))
    # While the old key administers, it pays for the new one's record; the new key may have no lamports yet.
    admin = (await client.registry.registry()).admin
    if RoleKind.REGISTRY_AUTHORITY in kinds and admin in (old, new):
        exchange = (
            registry.instructions.add_authority(admin=admin, key=new),
            registry.instructions.remove_authority(admin=admin, key=old),
        )
        steps.append(RotationStep(what="registry authority", instructions=exchange))
    admin, operator = (await client.oracle.oracle()).admin, await client.oracle.operator(key=old)
    if operator is not None and admin in (old, new):
        exchange = (
            oracle.instructions.add_operator(admin=admin, operator=new, roles=operator.roles),
            oracle.instructions.remove_operator(admin=admin, operator=old),
        )
        steps.append(RotationStep(what="oracle operator", instructions=exchange))
    held = [office for office in await offices(client, markets=markets) if office.holder == old]
    steps += [RotationStep(what=office.name, instructions=office.hand_over(old, new)) for office in held]
    steps += await _system_seats(client, old, new, markets)
    steps += await _governance(client, old, new)
    steps += await _tokens(client, old, new, markets)
    return tuple(steps)


async def rotate(
    client: EnergyClient, *, new: Signer, markets: Sequence[Market], reason: KeyChangeReason
) -> AsyncIterator[tuple[RotationStep, Receipt]]:
    """Hand over everything that the client's payer, the old key, holds and can hand over; last its lamports.

    May be stopped and run again. Afterwards `remainders` says what others have to do.

    Args:
        new: takes over, and signs that it does.
        markets: where to look for seats, offices and payment tokens.
        reason: why, which the chain keeps.

    Yields:
        Each step once it is done, with its receipt.

    Raises:
        registry.errors.UserNotActive, registry.errors.UserFrozen: the user's key cannot be changed by itself now.
        registry.errors.UserAlreadyExists, registry.errors.AuthorityCannotTrade: the new key cannot be a user's.
        InvalidInput: both keys are the same.
    """
    old = client.payer
    plan = await plan_rotation(client, old=old.pubkey(), new=new.pubkey(), markets=markets, reason=reason)
    for step in plan:
        needed = {meta.pubkey for instruction in step.instructions for meta in instruction.accounts if meta.is_signer}
        signers = [signer for signer in (old, new) if signer.pubkey() in needed]
        yield step, await client.transactions.send(step.instructions, signers=signers)
    rest = await _lamports(client, new.pubkey())
    if rest is not None:
        yield rest


async def remainders(client: EnergyClient, *, old: Pubkey, markets: Sequence[Market]) -> tuple[Remainder, ...]:
    """What the old key still holds after a rotation, and who can take it away."""
    return tuple(
        Remainder(role=role, by=_GIVEN_BY[role.kind])
        for role in await roles_of(client, old, markets=markets)
        if role.kind in _GIVEN_BY
    )


_GIVEN_BY = {
    RoleKind.NOMINEE: "who holds the office: nominate the new key",
    RoleKind.REGISTRY_AUTHORITY: "the registry's admin: authority add, authority remove",
    RoleKind.OPERATOR: "the oracle's admin: operator add, operator remove",
    RoleKind.GOVERNANCE_MEMBER: "the members: gov propose members",
    RoleKind.GOVERNANCE_GUARDIAN: "the members: gov propose guardian",
    RoleKind.AGENT: "the seat's owner: agent revoke, agent authorize",
    RoleKind.GUARDIAN: "the user: guardian set",
}
"""Roles that one has by the decision of somebody else."""


async def _user(
    client: EnergyClient, old: Pubkey, new: Pubkey, markets: Sequence[Market], reason: KeyChangeReason
) -> RotationStep:
    user = await client.registry.user(key=old)
    instructions = [registry.instructions.rotate_key(user=user.address, key=old, new_key=new, payer=old, reason=reason)]
    instructions += await seat_refreshes(client, user=user.address, key=new, markets=markets)
    return RotationStep(what=f"user {user.number} and its seats", instructions=tuple(instructions))


async def _governance(client: EnergyClient, old: Pubkey, new: Pubkey) -> list[RotationStep]:
    """A body of one decides for itself; several need a proposal."""
    body = await client.governance.governance()
    alone = next(iter(body.members)) if len(body.members) == 1 else None
    if alone not in (old, new):
        return []
    instructions = []
    if alone == old:
        instructions.append(governance.instructions.set_members(authority=old, members=[new], threshold=1))
    if body.guardian == old:
        instructions.append(governance.instructions.set_guardian(authority=new, guardian=new))
    return [RotationStep(what="governance", instructions=tuple(instructions))] if instructions else []


async def _system_seats(
    client: EnergyClient, old: Pubkey, new: Pubkey, markets: Sequence[Market]
) -> list[RotationStep]:
    """Seats that belong to a key and to no user."""
    steps = []
    for market in markets:
        instructions = tuple(
            trading.instructions.hand_over_seat(owner=old, new_owner=new, ledger=market.ledger, seat=seat.index)
            for seat in (await client.trading.ledger(market)).seats()
            if seat.owner == old and seat.status is SeatStatus.SYSTEM
        )
        if instructions:
            steps.append(RotationStep(what=f"fee and community seats of market {market.id}", instructions=instructions))
    return steps


async def _tokens(client: EnergyClient, old: Pubkey, new: Pubkey, markets: Sequence[Market]) -> list[RotationStep]:
    steps = []
    for mint in dict.fromkeys((GRID_MINT, *(market.payment_mint for market in markets))):
        amount = await client.tokens.balance(mint=mint, owner=old)
        if amount:
            decimals = await client.tokens.decimals(mint=mint)
            instructions = (
                spl.create_token_account(payer=old, owner=new, mint=mint),
                spl.transfer_tokens(mint=mint, decimals=decimals, owner=old, recipient=new, amount=amount),
            )
            name = "GRID" if mint == GRID_MINT else f"payment tokens {mint}"
            steps.append(RotationStep(what=name, instructions=instructions))
    return steps


async def _lamports(client: EnergyClient, new: Pubkey) -> tuple[RotationStep, Receipt] | None:
    """Move all lamports but the fee, so that the old account ends at zero as the chain demands."""
    old = client.payer.pubkey()
    # A fee that depended on the moment would leave a remainder, which no account may hold.
    sender = TransactionSender(client.transport, client.payer, policy=SendPolicy(), outbox=client.transactions.outbox)
    fee, balance = LAMPORTS_PER_SIGNATURE, await client.tokens.lamports(owner=old)
    received = await client.tokens.lamports(owner=new) + balance - fee
    # No account may hold less than its rent, not even one that is about to receive.
    if balance <= fee or received < await client.transport.minimum_balance(0):
        return None
    instruction = spl.transfer_lamports(payer=old, recipient=new, lamports=balance - fee)
    step = RotationStep(what="lamports", instructions=(instruction,))
    return step, await sender.send(step.instructions)
