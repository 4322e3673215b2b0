"""Lamports of data requests are conserved, whatever users and operators do in whatever order."""

from __future__ import annotations

import random

import pytest
from energy_sdk import Keypair
from energy_sdk.deployment import Member
from energy_sdk.oracle import RequestState, errors, pdas

from tests.programs.oracle.prepaid import HASH, Prepaid, balance_is_backed
from tests.support.world import World

STEPS = 200
EXPECTED = (
    errors.InsufficientOracleBalance,
    errors.NotMeterOwner,
    errors.RequestAlreadyCancelled,
    errors.RequestAlreadyFulfilled,
    errors.RequestNotFound,
    errors.RequestNotTimedOut,
    errors.RequestStillPending,
    errors.UnauthorizedUser,
    errors.ZeroAmount,
)


class Requests:
    """Two members and an operator who act at random; the chief pays all transaction fees."""

    def __init__(self, world: World, members: list[Member], operator: Keypair, seed: int) -> None:
        self.world = world
        self.members = members
        self.operator = operator
        self.random = random.Random(seed)
        self.made = 0
        self.done: set[str] = set()

    async def step(self) -> None:
        """One action; it is refused for one of the expected reasons, or done."""
        name = self.random.choice(["top_up", "withdraw", "ask", "ask", "answer", "cancel", "close", "wait", "price"])
        try:
            await getattr(self, name)(self.random.choice(self.members))
        except EXPECTED:
            return
        self.done.add(name)

    async def top_up(self, member: Member) -> None:
        lamports = self.random.choice([0, 1, 5_000, 40_000])
        await self.world.client.oracle.top_up_requests(user=member.user, lamports=lamports, payer=member.key)

    async def withdraw(self, member: Member) -> None:
        lamports = self.random.choice([0, 1, 5_000, 40_000])
        await self.world.client.oracle.withdraw_request_balance(lamports=lamports, owner=member.key)

    async def ask(self, member: Member) -> None:
        meter = self.random.choice([*self.members, member, member]).meter
        await self.world.client.oracle.request_energy_data(
            meter=meter, first_interval=await self.world.interval() - 1, owner=member.key
        )
        self.made += 1

    async def answer(self, _: Member) -> None:
        await self.world.client.oracle.fulfill_energy_data(
            number=self._number(), export_wh=1, import_wh=1, data_hash=HASH, authority=self.operator
        )

    async def cancel(self, member: Member) -> None:
        await self.world.client.oracle.cancel_request(number=self._number(), owner=member.key)

    async def close(self, member: Member) -> None:
        await self.world.client.oracle.close_request(number=self._number(), owner=member.key)

    async def wait(self, _: Member) -> None:
        self.world.transport.advance(self.random.choice([1, 900, 3_600]))

    async def price(self, _: Member) -> None:
        await self.world.client.oracle.set_request_fee(lamports=self.random.choice([0, 1, 5_000]))

    def _number(self) -> int:
        return self.random.randrange(self.made + 1)

    async def held(self) -> int:
        """All lamports of wallets, balances and requests."""
        addresses = [self.operator.pubkey(), *(member.key.pubkey() for member in self.members)]
        addresses += [pdas.request_balance_address(member.user) for member in self.members]
        addresses += [pdas.request_address(number) for number in range(self.made)]
        accounts = await self.world.transport.get_accounts(addresses)
        return sum(account.lamports for account in accounts if account is not None)

    async def check(self) -> None:
        """What is promised is the fees of the open requests, and every balance is in its account."""
        open_fees = {member.user: 0 for member in self.members}
        async for request in self.world.client.oracle.requests():
            if request.state is RequestState.PENDING:
                open_fees[request.user] += request.fee
        for user, fees in open_fees.items():
            assert (await self.world.client.oracle.request_balance(user=user)).promised == fees
        await balance_is_backed(self.world, list(open_fees))


@pytest.mark.parametrize("seed", range(3))
async def test_lamports_are_conserved(world: World, ami: Keypair, seed: int) -> None:
    """Nothing appears and nothing is lost; at the end everything can be taken out again."""
    members = [await Prepaid.funded(world) for _ in range(2)]
    requests = Requests(world, members, ami, seed)
    for member in members:
        await world.client.oracle.top_up_requests(user=member.user, lamports=60_000, payer=member.key)
    before = await requests.held()

    for _ in range(STEPS):
        await requests.step()
        assert await requests.held() == before
    await requests.check()
    assert requests.done == {"top_up", "withdraw", "ask", "answer", "cancel", "close", "wait", "price"}

    await _drain(requests)
    assert await requests.held() == before
    for member in members:
        balance = await world.client.oracle.request_balance(user=member.user)
        assert (balance.balance, balance.promised) == (0, 0)


async def _drain(requests: Requests) -> None:
    oracle = requests.world.client.oracle
    requests.world.transport.advance(3_600)
    owners = {member.user: member.key for member in requests.members}
    for request in [request async for request in oracle.requests()]:
        if request.state is RequestState.PENDING:
            await oracle.cancel_request(number=request.number, owner=owners[request.user])
        await oracle.close_request(number=request.number, owner=owners[request.user])
    for user, owner in owners.items():
        free = (await oracle.request_balance(user=user)).free
        if free:
            await oracle.withdraw_request_balance(lamports=free, owner=owner)
