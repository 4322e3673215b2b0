"""The yardstick: token transfers with nothing between solders and its in-process chain."""

from __future__ import annotations

from typing import Final

from energy_sdk import EnergyClient, Keypair, LiteSvmTransport
from energy_sdk.addresses import TOKEN_PROGRAM, associated_token_address
from energy_sdk.transports.x87 import leave_mmx_mode
from solders.instruction import AccountMeta, Instruction
from solders.litesvm import LiteSVM
from solders.message import MessageV0, to_bytes_versioned
from solders.transaction import VersionedTransaction

from bench.community import LAMPORTS, keypair

TRANSFER: Final = b"\x03"


class _Chain(LiteSvmTransport):
    """An in-process chain that gives out what it is made of."""

    @property
    def svm(self) -> LiteSVM:
        return self._svm


class BareTransfers:
    """Signed transfers of an SPL token, as lean as solders allows.

    Accounts and keys are prepared; a transfer packs its data, compiles a message, signs it and sends it. Each moves
    another amount, so that no two are the same transaction, with one block hash for all.
    """

    @classmethod
    async def create(cls) -> BareTransfers:
        """A chain of its own with a token and two accounts of it."""
        chain, owner, recipient = _Chain(programs={}), keypair(1), keypair(2)
        await chain.airdrop(owner.pubkey(), LAMPORTS)
        tokens = EnergyClient(chain, owner).tokens
        mint = await tokens.create_mint(decimals=6)
        await tokens.mint_to(mint=mint, owner=owner.pubkey(), amount=2**63)
        await tokens.mint_to(mint=mint, owner=recipient.pubkey(), amount=1)
        accounts = [
            AccountMeta(associated_token_address(owner.pubkey(), mint), is_signer=False, is_writable=True),
            AccountMeta(associated_token_address(recipient.pubkey(), mint), is_signer=False, is_writable=True),
            AccountMeta(owner.pubkey(), is_signer=True, is_writable=False),
        ]
        return cls(chain.svm, owner, accounts)

    def __init__(self, svm: LiteSVM, owner: Keypair, accounts: list[AccountMeta]) -> None:
        self._svm, self._owner, self._accounts = svm, owner, accounts
        self._sent = 0

    def send(self, count: int) -> None:
        """Send `count` transfers, and see that each went through."""
        svm, owner, accounts, payer = self._svm, self._owner, self._accounts, self._owner.pubkey()
        blockhash = svm.latest_blockhash()
        for amount in range(self._sent + 1, self._sent + count + 1):
            instruction = Instruction(TOKEN_PROGRAM, TRANSFER + amount.to_bytes(8, "little"), accounts)
            message = MessageV0.try_compile(payer, [instruction], [], blockhash)
            signature = owner.sign_message(to_bytes_versioned(message))
            outcome = svm.send_transaction(VersionedTransaction.populate(message, [signature]))
            assert not hasattr(outcome, "err"), outcome
        self._sent += count
        leave_mmx_mode()()
