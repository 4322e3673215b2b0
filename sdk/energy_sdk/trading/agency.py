"""Agents: who may trade for a seat, and how they do."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager

from solders.instruction import Instruction
from solders.pubkey import Pubkey

from ..addresses import public_key
from ..exceptions import AccountNotFound, ProgramError
from ..signers import Signer
from ..transactions import Receipt, TransactionSender
from . import errors, instructions, pdas
from .accounts import Market
from .agents import Agent, AgentLimits
from .constants import AGENTS_PER_SEAT
from .enums import Side
from .placing import OrderPlacement


class Agency(OrderPlacement):
    """Lets agents trade for a seat within limits, and trades as one.

    Where a seat's grant is does not change while it holds, so it is asked for once.
    """

    def __init__(self, sender: TransactionSender) -> None:
        super().__init__(sender)
        self._grants: dict[tuple[Pubkey, int, Pubkey], Pubkey] = {}

    async def authorize_agent(
        self, market: Market, *, seat: int, agent: Pubkey, limits: AgentLimits, owner: Signer | None = None
    ) -> Receipt:
        """Let the key `agent` place and cancel a seat's orders within limits, or change what it may.

        An agent never moves tokens. Whatever the seat trades counts, the owner's own orders too. Changed limits apply
        to what the agent has spent on this day and in this month already.

        Raises:
            errors.TooManyAgents: the seat has eight.
            errors.AgentExpired: the grant would end in the past.
            errors.OfficialCannotTrade: the key is a registry authority's or an operator's.
            errors.UserNotActive, errors.SeatFrozen: the seat may not trade itself.
            errors.UnauthorizedSeat: the seat is not the owner's.
        """
        signer = self._signer(owner)
        instruction = instructions.authorize_agent(
            payer=self._sender.payer.pubkey(),
            owner=public_key(signer),
            ledger=market.ledger,
            seat=seat,
            ordinal=await self._ordinal_for(market, seat, agent),
            key=agent,
            limits=limits,
        )
        return await self._send(instruction, signers=[signer])

    async def revoke_agent(self, market: Market, *, seat: int, agent: Pubkey, signer: Signer | None = None) -> Receipt:
        """End what the key `agent` may do for a seat; the rent goes to who granted it.

        Args:
            signer: the seat's owner, who made the grant, or the agent itself.

        Raises:
            AccountNotFound: the seat has no such agent.
            errors.UnauthorizedSeat: the signer is none of these.
        """
        key = self._signer(signer)
        found = await self.agent(market, seat=seat, key=agent)
        instruction = instructions.revoke_agent(
            signer=public_key(key), ledger=market.ledger, agent=found.address, owner=found.owner
        )
        return await self._send(instruction, signers=[key])

    async def place_orders_by_agent(
        self,
        market: Market,
        *,
        seat: int,
        side: Side,
        orders: Sequence[tuple[int, int]],
        agent: Signer | None = None,
        client_id: int | None = None,
    ) -> Receipt:
        """Place orders of one side for a seat as its agent, in one transaction, all or none.

        Args:
            orders: energy [Wh] and price [payment base units per kWh] of each; about 120 fit.
            agent: the key that the seat's owner authorized.
            client_id: of the first order; the others count up from it.

        Raises:
            errors.AgentLimitExceeded: if all orders of the seat were filled, more would be spent than the agent may.
            errors.AgentNotAuthorized, errors.AgentExpired: it may not trade for the seat (any more).
            AccountNotFound: it never could. And all that `place_orders` raises.
        """
        signer = self._signer(agent)
        key = public_key(signer)
        records = [(market.tick_of(price), market.lots_of(energy_wh)) for energy_wh, price in orders]

        async with self._granted(market, seat, key) as grant:

            def build(book: Pubkey, next_id: int) -> Instruction:
                return instructions.place_orders_by_agent(
                    key=key,
                    agent=grant,
                    ledger=market.ledger,
                    book=book,
                    side=side,
                    client_id=next_id,
                    orders=records,
                )

            return await self._place(market, seat, signer, client_id, len(orders), build)

    async def cancel_orders_by_agent(
        self,
        market: Market,
        *,
        seat: int,
        epoch: int,
        orders: Sequence[tuple[int, int]],
        agent: Signer | None = None,
    ) -> Receipt:
        """Cancel orders of a seat as its agent, whoever placed them; otherwise as `cancel_orders`.

        Raises:
            errors.AgentNotAuthorized, errors.AgentExpired: the agent may not trade for the seat (any more).
            AccountNotFound: it never could. And all that `cancel_orders` raises.
        """
        signer = self._signer(agent)
        key = public_key(signer)
        async with self._granted(market, seat, key) as grant:
            instruction = instructions.cancel_orders_by_agent(
                key=key,
                agent=grant,
                ledger=market.ledger,
                book=await self._book_with_orders(market, epoch),
                epoch=epoch,
                orders=orders,
            )
            return await self._send(instruction, signers=[signer])

    @asynccontextmanager
    async def _granted(self, market: Market, seat: int, key: Pubkey) -> AsyncIterator[Pubkey]:
        """Where the grant of a seat's agent is; asked for once, and anew after a refusal.

        The grant may have ended, or have been made again under another number.
        """
        place = (market.ledger, seat, key)
        if place not in self._grants:
            self._grants[place] = (await self.agent(market, seat=seat, key=key)).address
        try:
            yield self._grants[place]
        except ProgramError:
            self._grants.pop(place, None)
            raise

    async def agents(self, market: Market, *, seat: int) -> tuple[Agent, ...]:
        """All agents of a seat, by number; among them those whose grant has ended and nobody revoked."""
        addresses = [pdas.agent_address(market.ledger, seat, ordinal) for ordinal in range(AGENTS_PER_SEAT)]
        return tuple(agent for agent in await self._find_all(Agent, addresses) if agent is not None)

    async def agent(self, market: Market, *, seat: int, key: Pubkey) -> Agent:
        """The agent of a seat that signs with `key`.

        Raises:
            AccountNotFound: the seat has no such agent.
        """
        for agent in await self.agents(market, seat=seat):
            if agent.key == key:
                return agent
        raise AccountNotFound(f"{key} is no agent of seat {seat} in market {market.id}; its owner authorizes agents")

    async def _ordinal_for(self, market: Market, seat: int, key: Pubkey) -> int:
        """The agent's number, the first free one, or that of a grant that has ended."""
        agents = await self.agents(market, seat=seat)
        taken = {agent.ordinal: agent for agent in agents}
        same = next((agent.ordinal for agent in agents if agent.key == key), None)
        free = next((ordinal for ordinal in range(AGENTS_PER_SEAT) if ordinal not in taken), None)
        for ordinal in (same, free):
            if ordinal is not None:
                return ordinal
        holder, now = await self.seat(market, seat), await self._transport.clock()
        for agent in agents:
            if agent.has_expired(now) or not agent.holds_for(holder):
                return agent.ordinal
        raise errors.TooManyAgents(
            message=f"seat {seat} of market {market.id} has {AGENTS_PER_SEAT} agents; revoke one first"
        )
