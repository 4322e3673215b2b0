"""Arbitrary bytes in accounts and instruction data, sent through the compiled programs.

Every case begins with a valid use of an instruction and changes bytes: of its data, of one account's contents, or
of both. Accounts keep their owner, and mostly their mark, so that the programs read on.
"""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field, replace

from energy_sdk.addresses import TOKEN_PROGRAM
from energy_sdk.programs import PROGRAMS
from energy_sdk.transports.base import Account, Outcome
from solders.instruction import Instruction

from tests.adversarial.ground import Ground
from tests.adversarial.idl import INTEGERS, Leaf, arguments, content
from tests.adversarial.limits import within_limits

TRAPS = frozenset(
    {
        "AccessViolation",
        "ComputationalBudgetExceeded",
        "InvalidProgramForExecution",
        "ProgramEnvironmentSetupFailure",
        "ProgramFailedToComplete",
    }
)
"""How the runtime ends a program that does not end by itself."""

MAX_DATA = 1_024


@dataclass(frozen=True)
class Case:
    """What is sent. `about` says which bytes were changed and how."""

    instruction: Instruction
    put: tuple[Account, ...]
    about: str


@dataclass
class Tally:
    """What became of an instruction's cases."""

    cases: int = 0
    accepted: int = 0
    refused: Counter[str] = field(default_factory=Counter)
    limits: int = 0
    """Cases that the runtime stopped because of bytes listed in limits.py."""
    wrong: dict[str, int] = field(default_factory=dict)
    """By what was changed and what came of it: the number of the first case that ended otherwise than it may."""


class Fuzzer:
    """Cases of one instruction, the same ones for the same seed."""

    def __init__(self, ground: Ground, seed: int) -> None:
        self.ground = ground
        self.random = random.Random(f"{seed} {ground.name}")
        self.data = bytes(ground.instruction.data)
        self.leaves = arguments(ground.name, self.data)
        named = dict(zip((meta.pubkey for meta in ground.instruction.accounts), ground.names, strict=False))
        found = {name: ground.transport._account(address) for address, name in named.items()}
        readable = (*PROGRAMS.values(), TOKEN_PROGRAM)
        self.accounts = {
            name: account
            for name, account in found.items()
            if account is not None and account.data and not account.executable and account.owner in readable
        }
        self.fields = {
            name: content(account.owner, account.data)
            for name, account in self.accounts.items()
            if account.owner in PROGRAMS.values() and any(account.data[:8])
        }

    async def run(self, cases: int) -> Tally:
        """Send so many."""
        tally = Tally()
        for number in range(cases):
            case = self.case()
            outcome, kept = await self.send(case)
            tally.cases += 1
            if outcome.error is None:
                tally.accepted += 1
                continue
            tally.refused[outcome.error.kind] += 1
            if not kept:
                tally.wrong.setdefault(f"{case.about}: refused, and left changes", number)
            if trapped(outcome):
                milder, _ = await self.send(self.within_limits(case))
                if milder.error is not None and trapped(milder):
                    tally.wrong.setdefault(f"{case.about}: {outcome.error.kind}", number)
                tally.limits += 1
        return tally

    def within_limits(self, case: Case) -> Case:
        """The case without what is known to stop a program."""
        valid = {account.address: account for account in self.accounts.values()}
        put = tuple(within_limits(valid[account.address], account) for account in case.put)
        return Case(case.instruction, put, case.about)

    async def send(self, case: Case) -> tuple[Outcome, bool]:
        """The outcome, and whether it left the accounts as they were. Everything is put back."""
        ground = self.ground
        before = ground.accounts(case.instruction)
        ground.put(case.put)
        then = before | {account.address: account for account in case.put}
        outcome = await ground.send(case.instruction)
        kept = outcome.error is None or ground.accounts(case.instruction) == then
        ground.restore(before)
        return outcome, kept

    def case(self) -> Case:
        """The next one."""
        instruction, put, about = self.ground.instruction, (), []
        choice = self.random.random()
        if not self.accounts or choice < 0.35 or choice > 0.9:
            data, how = self._changed(self.data, self.leaves, keep=8)
            instruction = Instruction(instruction.program_id, data[:MAX_DATA], instruction.accounts)
            about.append(f"data: {how}")
        if self.accounts and choice >= 0.35:
            name = self.random.choice(list(self.accounts))
            account = self.accounts[name]
            data, how = self._changed(account.data, self.fields.get(name, []), keep=8 if name in self.fields else 0)
            put = (replace(account, data=data),)
            about.append(f"{name}: {how}")
        return Case(instruction, put, ", ".join(about))

    def _changed(self, data: bytes, leaves: list[Leaf], keep: int) -> tuple[bytes, str]:
        """Other bytes, of which the first `keep` mostly stay, and how they differ."""
        if self.random.random() < 0.02:
            keep = 0
        ways: list[Callable[[bytes, int], tuple[bytes, str]]] = [self._noise, self._flips, self._cut, self._grown]
        ways += [self._word] * 3
        if leaves:
            ways += [lambda data, _: self._extreme(data, leaves)] * 6
        return self.random.choice(ways)(data, keep)

    def _noise(self, data: bytes, keep: int) -> tuple[bytes, str]:
        return data[:keep] + self.random.randbytes(max(0, len(data) - keep)), "noise"

    def _flips(self, data: bytes, keep: int) -> tuple[bytes, str]:
        changed = bytearray(data)
        if len(data) > keep:
            for _ in range(self.random.randint(1, 8)):
                place = self.random.randrange(keep, min(len(data), self.random.choice((64, 512, len(data))) + keep))
                changed[place] ^= 1 << self.random.randrange(8)
        return bytes(changed), "flipped bits"

    def _cut(self, data: bytes, keep: int) -> tuple[bytes, str]:
        return data[: self.random.randint(0, len(data))], "cut"

    def _grown(self, data: bytes, keep: int) -> tuple[bytes, str]:
        return data + self.random.randbytes(self.random.randint(1, 100)), "grown"

    def _word(self, data: bytes, keep: int) -> tuple[bytes, str]:
        """Any aligned word at one of its extremes."""
        size = self.random.choice((1, 2, 4, 8))
        reach = min(len(data), self.random.choice((400, len(data))))
        if reach - size <= keep:
            return data, "nothing"
        place = self.random.randrange(keep, reach - size, 1)
        return data[:place] + self._value(size) + data[place + size :], "a word"

    def _extreme(self, data: bytes, leaves: list[Leaf]) -> tuple[bytes, str]:
        leaf = self.random.choice(leaves)
        size = leaf.end - leaf.start
        value = self._value(size) if leaf.kind in INTEGERS or leaf.kind == "length" else self.random.randbytes(size)
        return data[: leaf.start] + value + data[leaf.end :], leaf.path

    def _value(self, size: int) -> bytes:
        most = (1 << 8 * size) - 1
        extremes = (0, 1, 2, most, most - 1, most >> 1, (most >> 1) + 1, self.random.randint(0, most))
        return self.random.choice(extremes).to_bytes(size, "little")


def trapped(outcome: Outcome) -> bool:
    """Whether the runtime had to end the program."""
    assert outcome.error is not None
    return outcome.error.kind in TRAPS or any("exceeded CUs meter" in line for line in outcome.logs)
