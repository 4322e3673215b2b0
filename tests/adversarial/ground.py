"""A world in which one instruction is due, where anybody may be made to sign and everything is put back."""

from __future__ import annotations

from collections.abc import Iterable

from energy_sdk import Pubkey
from energy_sdk.addresses import SYSTEM_PROGRAM, program_data_address
from energy_sdk.programs import PROGRAMS
from energy_sdk.transactions import MAX_COMPUTE_UNITS
from energy_sdk.transports.base import Account, Outcome
from solders.compute_budget import set_compute_unit_limit
from solders.instruction import Instruction
from solders.message import MessageV0
from solders.signature import Signature
from solders.transaction import VersionedTransaction

from tests.adversarial.fixtures import FIXTURES, INITIALISERS
from tests.adversarial.idl import instructions
from tests.adversarial.town import Town
from tests.support.world import LAMPORTS, Chain, RecordingTransport, keypair

FEE_PAYER = keypair(400).pubkey()
STRANGER = keypair(401).pubkey()


class Stage:
    """A chain that many fixtures use one after the other, each from the same beginning."""

    def __init__(self, chain: Chain) -> None:
        self.chain = chain
        self.transport: RecordingTransport = chain.transport
        self.beginning = {address: self.transport._account(address) for address in self.transport.touched}
        clock = self.transport._svm.get_clock()
        self.slot, self.time = clock.slot, clock.unix_timestamp
        self.sent = 0

    def reset(self) -> None:
        """Bring everything back that changed since the beginning."""
        touched = self.transport.touched
        write(self.transport, {address: self.beginning.get(address, touched[address]) for address in touched})
        for address in touched.keys() - self.beginning.keys():
            del touched[address]
        self.set_time(self.slot, self.time)

    def set_time(self, slot: int, unix_time: int) -> None:
        """Any time, the past included."""
        self.transport._set_clock(slot=slot, unix_time=unix_time)
        self.transport._svm.expire_blockhash()


_stages: dict[bool, Stage] = {}


async def stage(*, initialised: bool) -> Stage:
    """The town, or a chain on which nothing is initialised; built once and always at its beginning."""
    if initialised not in _stages:
        chain = await (Town.build() if initialised else Chain.bare())
        for wallet in (FEE_PAYER, STRANGER):
            await chain.transport.airdrop(wallet, LAMPORTS)
            chain.transport.touched[wallet] = await chain.transport.get_account(wallet)
        _stages[initialised] = Stage(chain)
    found = _stages[initialised]
    found.reset()
    return found


class Ground:
    """A world brought to where one instruction is due.

    Signatures are not checked, so that a program's address can sign as it does in a call from its program.
    """

    def __init__(self, name: str, stage: Stage, instruction: Instruction) -> None:
        self.name = name
        self.stage = stage
        self.chain = stage.chain
        self.instruction = instruction
        declared = instructions()[name]
        further = range(1, len(instruction.accounts) - len(declared) + 1)
        self.names = (*declared, *(f"remaining account {number}" for number in further))
        self.transport = stage.transport
        town = self.chain if isinstance(self.chain, Town) else None
        self.wallets: dict[str, Pubkey] = town.wallets if town else {}
        self.labels: dict[Pubkey, str] = town.labels if town else {}

    @classmethod
    async def build(cls, name: str) -> Ground:
        """The one of the instruction `name`."""
        found = await stage(initialised=name not in INITIALISERS)
        chain = found.chain
        instruction = await (FIXTURES[name](chain) if isinstance(chain, Town) else INITIALISERS[name](chain))
        return cls(name, found, instruction)

    async def send(self, *instructions: Instruction, only_try: bool = False) -> Outcome:
        """Send them as one transaction, paid by somebody who is not in it."""
        self.stage.sent += 1
        blockhash = await self.transport.latest_blockhash()
        budget = set_compute_unit_limit(MAX_COMPUTE_UNITS)
        message = MessageV0.try_compile(FEE_PAYER, [budget, *instructions], [], blockhash.hash)
        # Any bytes do for a signature, but the first one tells transactions apart.
        first = Signature.from_bytes(self.stage.sent.to_bytes(64, "big"))
        others = [Signature.default()] * (message.header.num_required_signatures - 1)
        transaction = VersionedTransaction.populate(message, [first, *others])
        self.transport._svm.with_sigverify(False)
        return await (self.transport.simulate if only_try else self.transport.send)(transaction)

    def accounts(self, *instructions: Instruction) -> dict[Pubkey, Account | None]:
        """Everything the instructions name; without any, everything the world ever named. The fee payer pays."""
        named = [meta.pubkey for instruction in instructions for meta in instruction.accounts]
        addresses = dict.fromkeys(named or self.transport.touched)
        return {address: self.transport._account(address) for address in addresses if address != FEE_PAYER}

    def contents(self, accounts: Iterable[Account]) -> dict[Pubkey, Account | None]:
        """What is at the addresses of these accounts."""
        return {account.address: self.transport._account(account.address) for account in accounts}

    def known(self) -> dict[Pubkey, Account]:
        """All accounts that exist, those of the instruction first."""
        addresses = [meta.pubkey for meta in self.instruction.accounts]
        addresses += [*self.transport.touched, *(program_data_address(program) for program in PROGRAMS.values())]
        found = [self.transport._account(address) for address in dict.fromkeys(addresses)]
        return {account.address: account for account in found if account is not None}

    def put(self, accounts: Iterable[Account]) -> None:
        """Write accounts as they are."""
        for account in accounts:
            self.transport.touched.setdefault(account.address, self.transport._account(account.address))
            self.transport.set_account(account)

    def restore(self, before: dict[Pubkey, Account | None]) -> None:
        """Write back what `accounts` found."""
        write(self.transport, before)


def write(transport: RecordingTransport, accounts: dict[Pubkey, Account | None]) -> None:
    """Give each address this content, unless it has it."""
    for address, account in accounts.items():
        if transport._account(address) != account:
            transport.set_account(account or Account(address=address, owner=SYSTEM_PROGRAM, lamports=0, data=b""))
