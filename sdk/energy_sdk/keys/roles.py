"""Everything that one key may do in a community, read from the chain."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from solders.pubkey import Pubkey

from ..client import EnergyClient
from ..handover import offices
from ..oracle import Role
from ..registry import Recovery
from ..registry.errors import UserNotFound
from ..registry.pdas import recovery_address
from ..trading import Agent, Market, Seat, SeatStatus
from ..trading.constants import AGENTS_PER_SEAT, COMMUNITY_SEAT, FEE_SEAT
from ..trading.pdas import agent_address


class RoleKind(StrEnum):
    """Kinds of roles, each with what it permits."""

    USER = "user"
    SEAT_OWNER = "seat owner"
    SYSTEM_SEAT = "market's seat"
    OFFICE = "office"
    NOMINEE = "nominee"
    REGISTRY_AUTHORITY = "registry authority"
    OPERATOR = "oracle operator"
    GOVERNANCE_MEMBER = "governance member"
    GOVERNANCE_GUARDIAN = "governance guardian"
    AGENT = "agent"
    GUARDIAN = "guardian"

    @property
    def permits(self) -> str:
        """What whoever has it may do."""
        return _PERMITS[self]


_PERMITS = {
    RoleKind.USER: "open seats, answer for meters, use certificates and data requests",
    RoleKind.SEAT_OWNER: "trade, deposit, withdraw and retire energy",
    RoleKind.SYSTEM_SEAT: "withdraw what the market collects there",
    RoleKind.OFFICE: "administer it alone",
    RoleKind.NOMINEE: "take the office over",
    RoleKind.REGISTRY_AUTHORITY: "register users, assign meters, suspend, create markets",
    RoleKind.OPERATOR: "report readings and mint, or close epochs and bound prices",
    RoleKind.GOVERNANCE_MEMBER: "propose and approve decisions",
    RoleKind.GOVERNANCE_GUARDIAN: "pause the market, not resume it",
    RoleKind.AGENT: "trade for the seat within limits, not withdraw",
    RoleKind.GUARDIAN: "freeze the user's key; with others, give the user a new one",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class HeldRole:
    """One role of a key.

    Attributes:
        kind: which.
        scope: where it holds, in words: "user 3", "market 1", "registry admin".
        market: number of the market that it concerns.
        number: of the user or the seat.
    """

    kind: RoleKind
    scope: str
    market: int | None = None
    number: int | None = None


async def roles_of(client: EnergyClient, key: Pubkey, *, markets: Sequence[Market]) -> tuple[HeldRole, ...]:
    """All roles of a key, in the order in which their loss hurts a member: user and seats first.

    Args:
        markets: where to look for seats and offices.
    """
    markets = await client.trading.markets([market.id for market in markets])
    found: list[HeldRole] = []
    try:
        user = await client.registry.user(key=key)
        found.append(HeldRole(kind=RoleKind.USER, scope=f"user {user.number}", number=user.number))
    except UserNotFound:
        pass
    for market in markets:
        ledger = await client.trading.ledger(market)
        found += [_seat(seat, market) for seat in ledger.seats() if seat.owner == key]
    for office in await offices(client, markets=markets):
        if office.holder == key:
            found.append(HeldRole(kind=RoleKind.OFFICE, scope=office.name))
        if office.nominee == key:
            found.append(HeldRole(kind=RoleKind.NOMINEE, scope=office.name))
    if key in (await client.registry.registry()).authorities:
        found.append(HeldRole(kind=RoleKind.REGISTRY_AUTHORITY, scope="registry"))
    operator = await client.oracle.operator(key=key)
    if operator is not None:
        names = " and ".join(str(role.name) for role in Role if role in operator.roles)
        found.append(HeldRole(kind=RoleKind.OPERATOR, scope=f"oracle: {names}"))
    body = await client.governance.governance()
    if key in body.members:
        found.append(
            HeldRole(kind=RoleKind.GOVERNANCE_MEMBER, scope=f"one of {len(body.members)}, {body.threshold} decide")
        )
    if key == body.guardian:
        found.append(HeldRole(kind=RoleKind.GOVERNANCE_GUARDIAN, scope="governance"))
    for market in markets:
        found += await _agencies(client, key, market)
    return (*found, *await _guardianships(client, key))


def _seat(seat: Seat, market: Market) -> HeldRole:
    is_system = seat.status is SeatStatus.SYSTEM
    name = {FEE_SEAT: "fee seat", COMMUNITY_SEAT: "community seat"}[seat.index] if is_system else f"seat {seat.index}"
    return HeldRole(
        kind=RoleKind.SYSTEM_SEAT if is_system else RoleKind.SEAT_OWNER,
        scope=f"{name} of market {market.id}",
        market=market.id,
        number=seat.index,
    )


async def _agencies(client: EnergyClient, key: Pubkey, market: Market) -> list[HeldRole]:
    """The seats that the key trades for. A grant of a former owner counts for nothing."""
    seats = {seat.index: seat for seat in (await client.trading.ledger(market)).seats()}
    places = [agent_address(market.ledger, seat, ordinal) for seat in seats for ordinal in range(AGENTS_PER_SEAT)]
    grants = [Agent.decode(account) for account in await client.transport.get_accounts(places) if account is not None]
    return [
        HeldRole(
            kind=RoleKind.AGENT,
            scope=f"seat {grant.seat} of market {market.id}",
            market=market.id,
            number=grant.seat,
        )
        for grant in grants
        if grant.key == key and grant.holds_for(seats[grant.seat])
    ]


async def _guardianships(client: EnergyClient, key: Pubkey) -> list[HeldRole]:
    """The users whose guardian the key is, or will be."""
    users = [user async for user in client.registry.users()]
    accounts = await client.transport.get_accounts([recovery_address(user.address) for user in users])
    found = []
    for user, account in zip(users, accounts, strict=True):
        if account is None:
            continue
        recovery = Recovery.decode(account)
        following = () if recovery.next_guardians is None else recovery.next_guardians.members
        if key in (*recovery.guardians.members, *following):
            found.append(HeldRole(kind=RoleKind.GUARDIAN, scope=f"user {user.number}", number=user.number))
    return found
