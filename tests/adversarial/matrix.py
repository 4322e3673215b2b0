"""One change to a valid instruction at a time, and what the programs say to it."""

from __future__ import annotations

import json
import re
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path

from energy_sdk import Pubkey
from energy_sdk.addresses import (
    ASSOCIATED_TOKEN_PROGRAM,
    SYSTEM_PROGRAM,
    TOKEN_PROGRAM,
    UPGRADEABLE_LOADER,
    program_data_address,
)
from energy_sdk.exceptions import EnergyError, InsufficientFunds, ProgramError, TransactionFailed
from energy_sdk.programs import PROGRAMS
from energy_sdk.transactions import MAX_COMPUTE_UNITS, exception_from
from energy_sdk.transports.base import Account, Outcome
from solders.compute_budget import set_compute_unit_limit
from solders.instruction import AccountMeta, Instruction
from solders.message import MessageV0
from solders.signature import Signature
from solders.transaction import VersionedTransaction

from tests.adversarial.cell import Cell
from tests.adversarial.fixtures import FIXTURES, INITIALISERS
from tests.adversarial.harmless import HARMLESS, Harmless
from tests.adversarial.town import Town
from tests.support.world import LAMPORTS, Chain, RecordingTransport, keypair

IDL = Path(__file__).parents[2] / "idl"

FEE_PAYER = keypair(400).pubkey()
STRANGER = keypair(401).pubkey()
NOWHERE = keypair(402).pubkey()
COPY = keypair(403).pubkey()
ATTACKER_PROGRAM = keypair(404).pubkey()

CALLED = {
    "system_program": SYSTEM_PROGRAM,
    "token_program": TOKEN_PROGRAM,
    "associated_token_program": ASSOCIATED_TOKEN_PROGRAM,
} | PROGRAMS

RUNTIME_REFUSALS = frozenset(
    {
        "AccountBorrowFailed",
        "ExternalAccountDataModified",
        "ExternalAccountLamportSpend",
        "IncorrectProgramId",
        "InvalidAccountData",
        "InvalidAccountOwner",
        "InvalidArgument",
        "MissingAccount",
        "MissingRequiredSignature",
        "PrivilegeEscalation",
        "ReadonlyDataModified",
        "ReadonlyLamportChange",
        "UnbalancedInstruction",
        "UnsupportedProgramId",
    }
)
"""Refusals of Solana itself and of its built-in programs that name what was wrong."""


def instructions() -> dict[str, tuple[str, ...]]:
    """Every instruction of the five programs, with the names of its accounts."""
    found = {}
    for file in sorted(IDL.glob("*.json")):
        for entry in json.loads(file.read_text())["instructions"]:
            found[f"{file.stem}.{entry['name']}"] = tuple(account["name"] for account in entry["accounts"])
    return found


class Range:
    """A world brought to where one instruction is due, in which anybody may be made to sign.

    Signatures are not checked, so that a program's address can sign as it does in a call from its program.
    """

    def __init__(self, name: str, chain: Chain, instruction: Instruction) -> None:
        self.name = name
        self.chain = chain
        self.instruction = instruction
        declared = instructions()[name]
        further = range(1, len(instruction.accounts) - len(declared) + 1)
        self.names = (*declared, *(f"remaining account {number}" for number in further))
        self.transport: RecordingTransport = chain.transport
        self.wallets: dict[str, Pubkey] = chain.wallets if isinstance(chain, Town) else {}
        self.labels: dict[Pubkey, str] = chain.labels if isinstance(chain, Town) else {}
        self._sent = 0

    @classmethod
    async def build(cls, name: str) -> Range:
        """A fresh one."""
        chain: Chain
        if name in INITIALISERS:
            chain = await Chain.bare()
            instruction = await INITIALISERS[name](chain)
        else:
            chain = await Town.build()
            instruction = await FIXTURES[name](chain)
        made = cls(name, chain, instruction)
        for wallet in (FEE_PAYER, STRANGER):
            await chain.transport.airdrop(wallet, LAMPORTS)
        return made

    async def send(self, instruction: Instruction, *, only_try: bool = False) -> Outcome:
        """Send it, paid by somebody who is not in it."""
        self._sent += 1
        blockhash = await self.transport.latest_blockhash()
        budget = set_compute_unit_limit(MAX_COMPUTE_UNITS)
        message = MessageV0.try_compile(FEE_PAYER, [budget, instruction], [], blockhash.hash)
        # Any bytes do for a signature, but the first one tells transactions apart.
        first = Signature.from_bytes(self._sent.to_bytes(64, "big"))
        others = [Signature.default()] * (message.header.num_required_signatures - 1)
        transaction = VersionedTransaction.populate(message, [first, *others])
        self.transport._svm.with_sigverify(False)
        return await (self.transport.simulate if only_try else self.transport.send)(transaction)

    async def accounts(self, *instructions: Instruction) -> dict[Pubkey, Account | None]:
        """Everything the instructions name; without any, everything the world ever named."""
        named = [meta.pubkey for instruction in instructions for meta in instruction.accounts]
        return {address: await self.transport.get_account(address) for address in named or self.transport.touched}

    async def cells(self) -> AsyncIterator[Cell]:
        """Every cell of the instruction."""
        known = await self._known()
        for index, (name, meta) in enumerate(zip(self.names, self.instruction.accounts, strict=True)):
            own = known.get(meta.pubkey)
            for mutator, detail, key in self._replacements(name, meta, own, known):
                yield Cell(name, mutator, detail, self._with(index, _at(meta, key)))
            if own is not None and own.data and not own.executable:
                copy = replace(own, address=COPY, owner=ATTACKER_PROGRAM)
                yield Cell(name, "copy", "", self._with(index, _at(meta, COPY)), copy)
            if meta.is_signer:
                yield Cell(name, "unsigned", "", self._with(index, _flagged(meta, signer=False)))
            if meta.is_writable:
                yield Cell(name, "read-only", "", self._with(index, _flagged(meta, writable=False)))

    def _replacements(
        self, name: str, meta: AccountMeta, own: Account | None, known: dict[Pubkey, Account]
    ) -> Iterator[tuple[str, str, Pubkey]]:
        yield "missing", "", NOWHERE
        others = {key: account for key, account in known.items() if key != meta.pubkey}
        if meta.is_signer or own is None or kind(own) == WALLET:
            yield "stranger", "", STRANGER
            for wallet, key in self.wallets.items():
                if key != meta.pubkey:
                    yield "other wallet", wallet, key
        if meta.is_signer:
            # Nothing but a wallet can be made to sign.
            return
        if own is not None and own.executable:
            for program, address in CALLED.items():
                if address != meta.pubkey:
                    yield "other program", program, address
            return
        # A twin: two roles of the instruction played by one account.
        for other, twin in zip(self.names, self.instruction.accounts, strict=True):
            if twin.pubkey != meta.pubkey:
                yield "same as", other, twin.pubkey
        own_kind = WALLET if own is None else kind(own)
        seen = {WALLET, own_kind}
        for number, (key, account) in enumerate(others.items()):
            if kind(account) == own_kind != WALLET:
                yield "sibling", self.labels.get(key, str(number)), key
            elif kind(account) not in seen and not account.executable:
                seen.add(kind(account))
                yield "other type", label(account), key

    def _with(self, index: int, meta: AccountMeta) -> Instruction:
        metas = list(self.instruction.accounts)
        metas[index] = meta
        return Instruction(self.instruction.program_id, bytes(self.instruction.data), metas)

    async def _known(self) -> dict[Pubkey, Account]:
        addresses = [*self.transport.touched, *(program_data_address(program) for program in PROGRAMS.values())]
        addresses += [meta.pubkey for meta in self.instruction.accounts]
        found = [await self.transport.get_account(address) for address in dict.fromkeys(addresses)]
        return {account.address: account for account in found if account is not None}


Kind = tuple[Pubkey, bytes | int]
WALLET: Kind = (SYSTEM_PROGRAM, 0)


def kind(account: Account) -> Kind:
    """Owner, and what tells the owner's types apart."""
    if account.owner in PROGRAMS.values():
        return account.owner, account.data[:8]
    if account.owner == UPGRADEABLE_LOADER:
        return account.owner, account.data[:4]
    return account.owner, len(account.data)


def label(account: Account) -> str:
    """The kind in words."""
    for program, address in PROGRAMS.items():
        if account.owner == address:
            types = json.loads((IDL / f"{program}.json").read_text())["accounts"]
            names = {bytes(entry["discriminator"]): entry["name"] for entry in types}
            return f"{program}.{names.get(account.data[:8], 'empty')}"
    return {82: "mint", 165: "token account"}.get(len(account.data), "program data")


def _at(meta: AccountMeta, key: Pubkey) -> AccountMeta:
    return AccountMeta(key, meta.is_signer, meta.is_writable)


def _flagged(meta: AccountMeta, *, signer: bool = True, writable: bool = True) -> AccountMeta:
    return AccountMeta(meta.pubkey, meta.is_signer and signer, meta.is_writable and writable)


_UNNAMED = re.compile(r"Error\d+")


def refusal(outcome: Outcome) -> str | None:
    """The name of the error, or None when the refusal does not say what was wrong."""
    assert outcome.error is not None
    error: EnergyError = exception_from(outcome)
    if isinstance(error, ProgramError):
        return None if _UNNAMED.fullmatch(error.name) else error.name
    if isinstance(error, InsufficientFunds):
        return "InsufficientFunds"
    if type(error) is TransactionFailed and outcome.error.kind in RUNTIME_REFUSALS:
        return outcome.error.kind
    return None


@dataclass
class Findings:
    """What became of an instruction's cells."""

    cells: int = 0
    refusals: dict[str, dict[str, list[str]]] = field(default_factory=dict)
    """By account and mutator: the names of the errors."""
    wrong: list[str] = field(default_factory=list)
    unused: list[Harmless] = field(default_factory=list)
    """Exceptions that no cell needed."""


async def examine(name: str) -> Findings:
    """Send every cell of an instruction, and at the end the instruction as it should be."""
    found = Findings()
    ground = await Range.build(name)
    harmless = {exception: 0 for exception in HARMLESS if exception.instruction == name}
    refusals: dict[str, dict[str, set[str]]] = {account: {} for account in ground.names}
    world = await ground.accounts()

    async for cell in ground.cells():
        found.cells += 1
        if cell.put is not None:
            ground.transport.set_account(cell.put)
        excused = [exception for exception in harmless if exception.covers(cell)]
        if excused:
            harmless[excused[0]] += 1
            if (await ground.send(cell.instruction, only_try=True)).error is not None:
                found.wrong.append(f"{cell}: listed as harmless, and refused")
            continue
        before = await ground.accounts(cell.instruction)
        outcome = await ground.send(cell.instruction)
        if outcome.error is None:
            found.wrong.append(f"{cell}: accepted")
            continue
        error = refusal(outcome)
        if error is None:
            found.wrong.append(f"{cell}: {exception_from(outcome)!r}")
            continue
        if await ground.accounts(cell.instruction) != before:
            found.wrong.append(f"{cell}: {error} left changes")
        refusals[cell.account].setdefault(cell.mutator, set()).add(error)

    after = await ground.accounts()
    found.wrong += [f"{address} changed" for address, account in world.items() if after[address] != account]
    # That nothing but the change was wrong with the cells.
    outcome = await ground.send(ground.instruction)
    if outcome.error is not None:
        found.wrong.append(f"unchanged: {exception_from(outcome)!r}")
    found.unused = [exception for exception, count in harmless.items() if count == 0]
    found.refusals = {
        account: {mutator: sorted(errors) for mutator, errors in sorted(by_mutator.items())}
        for account, by_mutator in refusals.items()
    }
    return found
