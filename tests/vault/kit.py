"""A vault of two of three, and what its members have it do."""

from __future__ import annotations

import os
from collections.abc import AsyncIterator, Awaitable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Final

from energy_sdk import EnergyClient, Keypair, Pubkey, Receipt
from energy_sdk.addresses import SYSTEM_PROGRAM
from energy_sdk.exceptions import AnchorError, ProgramError, TransactionFailed
from energy_sdk.offline import export
from energy_sdk.program_files import PROGRAMS_FOLDER_VARIABLE
from energy_sdk.signers.absent import AbsentSigner
from solders.instruction import AccountMeta, Instruction

from tests.support.tampering import ACCOUNT_NOT_SIGNER, unsigned
from tests.support.world import Chain, keypair

VAULT_PROGRAM: Final = Pubkey.from_string("963aExVg8iJKYnvtXGE6m8mgDtVw7cgDL1EthSR5N1op")
TOO_FEW_MEMBERS: Final = 6001
COMPUTE_BUDGET: Final = "ComputeBudget111111111111111111111111111111"
_SIGNS, _IS_WRITTEN = 1, 2


def vault_file() -> Path:
    """The program that is tested: that of a new build where one is being checked, else the one beside this file."""
    built = Path(os.environ.get(PROGRAMS_FOLDER_VARIABLE, "")) / "vault.so"
    return built if built.is_file() else Path(__file__).with_name("vault.so")


@dataclass(frozen=True, kw_only=True)
class Vault:
    """Two of Ada, Bob and Cyd act for `address`, which has no key; `client` builds what it is to do."""

    chain: Chain
    multisig: Pubkey
    address: Pubkey
    client: EnergyClient
    ada: Keypair
    bob: Keypair
    cyd: Keypair

    @classmethod
    async def create(cls, chain: Chain, *, lamports: int = 10_000_000_000) -> Vault:
        """A vault with `lamports` to pay from."""
        chain.transport.install_program(VAULT_PROGRAM, vault_file().read_bytes())
        creator = chain.chief.pubkey()
        multisig, _ = Pubkey.find_program_address([b"multisig", bytes(creator)], VAULT_PROGRAM)
        address, _ = Pubkey.find_program_address([b"vault", bytes(multisig)], VAULT_PROGRAM)
        ada, bob, cyd = (keypair(number) for number in (41, 42, 43))
        members = b"".join(bytes(member.pubkey()) for member in (ada, bob, cyd))
        accounts = [
            AccountMeta(creator, is_signer=True, is_writable=True),
            AccountMeta(multisig, is_signer=False, is_writable=True),
            AccountMeta(address, is_signer=False, is_writable=False),
            AccountMeta(SYSTEM_PROGRAM, is_signer=False, is_writable=False),
        ]
        data = _named("create") + bytes([2]) + (3).to_bytes(4, "little") + members
        await chain.send(Instruction(VAULT_PROGRAM, data, accounts))
        await chain.transport.airdrop(address, lamports)
        client = chain.client.as_payer(AbsentSigner(address))
        return cls(chain=chain, multisig=multisig, address=address, client=client, ada=ada, bob=bob, cyd=cyd)

    def call(self, instruction: Instruction, *approving: Pubkey) -> Instruction:
        """The instruction, called by the vault for these members, who must sign the transaction."""
        accounts = [
            AccountMeta(self.multisig, is_signer=False, is_writable=False),
            AccountMeta(self.address, is_signer=False, is_writable=False),
            *(AccountMeta(member, is_signer=True, is_writable=False) for member in approving),
            AccountMeta(instruction.program_id, is_signer=False, is_writable=False),
            # The program signs for the vault.
            *(
                AccountMeta(meta.pubkey, meta.is_signer and meta.pubkey != self.address, meta.is_writable)
                for meta in instruction.accounts
            ),
        ]
        data = _named("execute") + bytes([len(approving)]) + _borsh(bytes(instruction.data))
        return Instruction(VAULT_PROGRAM, data, accounts)

    async def does(self, action: Awaitable[object], *signers: Keypair) -> Receipt:
        """The vault does for Ada and Bob what a method of its `client` would send.

        Before that it is refused, each time without a trace: with one member, with the same one twice, with a member
        who is named and does not sign, when the vault is named and does not sign, and when another program claims
        that it does.
        """
        exported = await export(self.chain.transport, action)
        wanted = [part for part in exported.message.instructions if str(part.program_id) != COMPUTE_BUDGET]
        ada, bob = self.ada.pubkey(), self.bob.pubkey()
        async with self.chain.refused(ProgramError) as few:
            await self.chain.send(*(self.call(part, ada) for part in wanted), signers=[self.ada, *signers])
        async with self.chain.refused(ProgramError) as double:
            await self.chain.send(*(self.call(part, ada, ada) for part in wanted), signers=[self.ada, *signers])
        async with self.chain.refused(ProgramError) as silent:
            calls = [unsigned(self.call(part, ada, bob), bob) for part in wanted]
            await self.chain.send(*calls, signers=[self.ada, *signers])
        for caught in (few, double, silent):
            assert isinstance(caught[0], ProgramError)
            assert (caught[0].program, caught[0].code) == (VAULT_PROGRAM, TOO_FEW_MEMBERS)
        async with self.chain.refused(AnchorError, TransactionFailed) as missing:
            await self.chain.send(*(unsigned(part, self.address) for part in wanted), signers=signers)
        # The loader and the token programs are no Anchor programs, and say so in words.
        answer = missing[0]
        is_named = isinstance(answer, AnchorError) and answer.code == ACCOUNT_NOT_SIGNER
        assert is_named or any(word in str(answer).lower() for word in ("signature", "privilege")), answer
        async with escalates(self.chain):
            held = [signer.pubkey() for signer in signers]
            await self.chain.send(*(relayed(part, signs=held) for part in wanted), signers=signers)

        return await self.chain.send(
            *(self.call(part, ada, bob) for part in wanted), signers=[self.ada, self.bob, *signers]
        )


@asynccontextmanager
async def escalates(chain: Chain) -> AsyncIterator[None]:
    """What happens inside claims a right that its caller does not have: the runtime refuses it."""
    async with chain.refused(TransactionFailed, ProgramError) as caught:
        yield
    assert "privilege" in str(caught[0]).lower(), caught[0]


def relayed(instruction: Instruction, *, signs: Sequence[Pubkey] = (), read_only: Sequence[Pubkey] = ()) -> Instruction:
    """The instruction, called by a program that claims every right that it names.

    Args:
        signs: who of its signers signs the transaction.
        read_only: accounts that it writes, and that the transaction may not write.
    """
    accounts = [
        AccountMeta(instruction.program_id, is_signer=False, is_writable=False),
        *(
            AccountMeta(meta.pubkey, meta.pubkey in signs, meta.is_writable and meta.pubkey not in read_only)
            for meta in instruction.accounts
        ),
    ]
    rights = bytes(_SIGNS * meta.is_signer + _IS_WRITTEN * meta.is_writable for meta in instruction.accounts)
    return Instruction(VAULT_PROGRAM, _named("relay") + _borsh(rights) + _borsh(bytes(instruction.data)), accounts)


def _named(instruction: str) -> bytes:
    return sha256(f"global:{instruction}".encode()).digest()[:8]


def _borsh(raw: bytes) -> bytes:
    return len(raw).to_bytes(4, "little") + raw
