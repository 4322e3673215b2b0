"""A member with a meter, a balance and a request, to begin tests of data requests with."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from energy_sdk import Pubkey
from energy_sdk.deployment import Member
from energy_sdk.oracle import events, pdas
from energy_sdk.oracle.constants import REQUEST_TIMEOUT_S

from tests.support.world import World

FEE = 5_000
PREPAID = 12_000
HASH = bytes(range(32))


@dataclass(frozen=True, kw_only=True)
class Prepaid:
    """A member who has prepaid two requests, some time after the meter was assigned."""

    world: World
    member: Member

    @classmethod
    async def build(cls, world: World) -> Prepaid:
        """Each request costs 5,000 lamports, and 12,000 are paid in."""
        await world.client.oracle.set_request_fee(lamports=FEE)
        member = await cls.funded(world)
        await world.client.oracle.top_up_requests(user=member.user, lamports=PREPAID)
        return cls(world=world, member=member)

    @staticmethod
    async def funded(world: World) -> Member:
        """A member with lamports, whose meter has been theirs for two whole intervals."""
        member = await world.join()
        await world.transport.airdrop(member.key.pubkey(), 1_000_000_000)
        world.transport.advance(3 * 900)
        return member

    async def ask(self) -> int:
        """Request the interval that is just over; returns the request's number."""
        receipt = await self.world.client.oracle.request_energy_data(
            meter=self.member.meter, first_interval=await self.world.interval() - 1, owner=self.member.key
        )
        return receipt.one(events.EnergyDataRequested).number

    async def answer(self, number: int) -> None:
        """Fulfil a request as the chief."""
        await self.world.client.oracle.fulfill_energy_data(number=number, export_wh=700, import_wh=30, data_hash=HASH)

    def let_time_out(self) -> None:
        """Let so much time pass that requests can be cancelled."""
        self.world.transport.advance(REQUEST_TIMEOUT_S)


async def balance_is_backed(world: World, users: Sequence[Pubkey]) -> None:
    """Every request balance lies in its account on top of the rent."""
    for user in users:
        account = await world.transport.get_account(pdas.request_balance_address(user))
        if account is None:
            continue
        balance = await world.client.oracle.request_balance(user=user)
        assert account.lamports == balance.balance + await world.transport.minimum_balance(len(account.data))
        assert 0 <= balance.promised <= balance.balance
