"""LiteSVM, as the chain of blocks uses it."""

from __future__ import annotations

from typing import Any

from solders.epoch_schedule import EpochSchedule
from solders.hash import Hash
from solders.pubkey import Pubkey
from solders.transaction import VersionedTransaction

from ...transports.base import Account
from ...transports.litesvm import LiteSvmTransport
from .nonces import advanced


class Svm(LiteSvmTransport):
    """The in-process chain with what a cluster keeps outside the virtual machine left to `Chain`."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        # Signatures, block hashes and repetitions are checked against the blocks.
        self._svm.with_sigverify(False)
        self._svm.with_blockhash_check(False)
        self._svm.with_transaction_history(0)
        self._svm.set_epoch_schedule(EpochSchedule.without_warmup())

    def account(self, address: Pubkey) -> Account | None:
        return self._account(address)

    def run(self, transaction: VersionedTransaction) -> Any:
        return self._execute(self._svm.send_transaction, transaction)

    def try_out(self, transaction: VersionedTransaction) -> Any:
        return self._execute(self._svm.simulate_transaction, transaction)

    def enter(self, *, slot: int, unix_time: int, hashes: list[tuple[int, Hash]]) -> None:
        self._set_clock(slot=slot, unix_time=unix_time)
        self._svm.set_slot_hashes(hashes)

    def next_blockhash(self) -> None:
        """What the System program makes the next values of nonces from."""
        self._svm.expire_blockhash()

    def advance_nonce(self, address: Pubkey) -> None:
        account = self._account(address)
        assert account is not None
        self.set_account(advanced(account, self._svm.latest_blockhash()))

    def rent(self, size: int) -> int:
        return int(self._svm.minimum_balance_for_rent_exemption(size))
