"""Random actions on proposals, against a model: nothing runs that was not decided, and what was decided can."""

from __future__ import annotations

from collections import Counter
from collections.abc import Awaitable
from dataclasses import dataclass, field
from random import Random

import pytest
from energy_sdk import Keypair
from energy_sdk.exceptions import ProgramError
from energy_sdk.governance import instructions
from energy_sdk.governance.pdas import GOVERNANCE_ADDRESS

from tests.programs.governance.body import EXPIRY_S, TIMELOCK_S, Body, change

ACTIONS = 200
THRESHOLD = 2
KINDS = {"propose": 3, "approve": 12, "revoke": 2, "execute": 7, "cancel": 1, "wait": 4}
WAITS_S = (1, TIMELOCK_S // 2, TIMELOCK_S, EXPIRY_S // 4)


@dataclass(slots=True, kw_only=True)
class Model:
    """A proposal as it should be; `value` is the offer lock that it sets, `seats` are the members that it appoints."""

    proposer: int
    generation: int
    expires_at: int
    value: int = 0
    seats: tuple[int, ...] = ()
    approvals: set[int] = field(default_factory=set)
    approved_at: int | None = None
    is_open: bool = True

    def over(self, generation: int, now: int) -> str | None:
        """Why nothing more can be decided."""
        if not self.is_open:
            return "ProposalNotOpen"
        if self.generation != generation:
            return "ProposalStale"
        return "ProposalExpired" if now >= self.expires_at else None

    def approve(self, person: int, now: int) -> str | None:
        if person in self.approvals:
            return "AlreadyApproved"
        self.approvals.add(person)
        if self.approved_at is None and len(self.approvals) >= THRESHOLD:
            self.approved_at = now
        return None

    def revoke(self, person: int) -> str | None:
        if person not in self.approvals:
            return "NotApproved"
        self.approvals.remove(person)
        if len(self.approvals) < THRESHOLD:
            self.approved_at = None
        return None

    def execute(self, now: int) -> str | None:
        if self.approved_at is None:
            return "ProposalNotApproved"
        if now < self.approved_at + TIMELOCK_S:
            return "TimelockNotOver"
        self.is_open = False
        return None

    def cancel(self, person: int) -> str | None:
        if person != self.proposer:
            return "NotProposer"
        if not self.is_open:
            return "ProposalNotOpen"
        self.is_open = False
        return None


async def _outcome(action: Awaitable[object]) -> str | None:
    try:
        await action
    except ProgramError as error:
        return error.name
    return None


@pytest.mark.parametrize("seed", range(3))
async def test_each_action_does_what_the_rules_say(body: Body, seed: int) -> None:
    """Every action of a member or a stranger succeeds or is refused by the error that the model names.

    What runs has the threshold, the timelock behind it and its life before it, under the members who approved, and
    runs once: the parameter always has the value of the last decision that ran.
    """
    rng, client, transport = Random(seed), body.chain.client.governance, body.chain.transport
    people = (body.ada, body.bob, body.cyd, body.stranger)
    members: tuple[int, ...] = (0, 1, 2)
    generation = 0
    value = await body.offer_lock_s()
    proposals: list[Model] = []
    seen: Counter[str] = Counter()

    def key(person: int) -> Keypair:
        return people[person]

    for action in range(ACTIONS):
        now = await transport.clock()
        person = rng.randrange(len(people))
        kind = rng.choices(list(KINDS), weights=list(KINDS.values()))[0] if proposals else "propose"
        if kind == "wait":
            transport.advance(rng.choice(WAITS_S))
            continue
        number = rng.randrange(max(0, len(proposals) - 3), len(proposals)) if proposals else 0
        expected: str | None
        if kind == "propose":
            seats = tuple(rng.sample(range(len(people)), 3)) if rng.random() < 0.15 else ()
            appointed = [key(seat).pubkey() for seat in seats]
            decision = (
                instructions.set_members(authority=GOVERNANCE_ADDRESS, members=appointed, threshold=THRESHOLD)
                if seats
                else change(1_000 + action)
            )
            expected = None if person in members else "NotMember"
            if expected is None:
                proposals.append(
                    Model(
                        proposer=person,
                        generation=generation,
                        expires_at=now + EXPIRY_S,
                        value=1_000 + action,
                        seats=seats,
                    )
                )
            found = await _outcome(client.propose([decision], title=f"Action {action}", member=key(person)))
        elif kind == "cancel":
            expected = proposals[number].cancel(person)
            found = await _outcome(client.cancel_proposal(number=number, authority=key(person)))
        elif kind == "execute":
            proposal = proposals[number]
            expected = proposal.over(generation, now) or proposal.execute(now)
            if expected is None and proposal.seats:
                members, generation = proposal.seats, generation + 1
            elif expected is None:
                value = proposal.value
            found = await _outcome(client.execute(number=number, executor=key(person)))
        else:
            proposal = proposals[number]
            expected = "NotMember" if person not in members else proposal.over(generation, now)
            if kind == "approve":
                expected = expected or proposal.approve(person, now)
                found = await _outcome(client.approve(number=number, member=key(person)))
            else:
                expected = expected or proposal.revoke(person)
                found = await _outcome(client.revoke_approval(number=number, member=key(person)))

        assert found == expected, f"seed {seed}, action {action}: {kind} of proposal {number} by person {person}"
        assert await body.offer_lock_s() == value
        seen[f"{kind}: {expected or 'done'}"] += 1

    assert seen["execute: done"] >= 3, seen
    governance = await body.governance()
    assert governance.members == tuple(key(member).pubkey() for member in members)
