"""A chain in this process: deterministic, needs no network, advances only when told to."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from types import ModuleType
from typing import Any, Final, Self

from solders.account import Account as SoldersAccount
from solders.hash import Hash
from solders.pubkey import Pubkey
from solders.signature import Signature

from ..addresses import SYSTEM_PROGRAM, UPGRADEABLE_LOADER, program_data_address
from ..exceptions import HistoryIncomplete, InvalidInput, TransactionExpired, TransportUnavailable
from ..program_files import program_files
from .base import (
    Account,
    AccountsAtSlot,
    Blockhash,
    ClusterStatus,
    Notifications,
    Outcome,
    SignatureRecord,
    SignedTransaction,
    Topic,
    TransactionRecord,
    checked_limit,
    failure_from,
)
from .history import History
from .loaded_keys import load_keys
from .x87 import leave_mmx_mode

GENESIS_TIME: Final = 1_750_000_500
"""Unix time at which every in-process chain begins: 2025-06-15 15:15:00 UTC, a quarter hour."""

MILLISECONDS_PER_SLOT: Final = 400
# A hash is valid for 150 blocks; in process there are no blocks, so any height will do.
_VALID_BLOCKS: Final = 150
_RECENT_SLOTS: Final = 512
_SLOT_HASHES: Final = 32
_LOADER_BYTES: Final = bytes(UPGRADEABLE_LOADER)


class LiteSvmTransport:
    """An in-process chain with the five programs installed.

    Args:
        upgrade_authority: who may initialise the programs; None installs them as final.
        unix_time: the chain's clock at the start, in unix seconds.
        programs: address and ELF of each program; the ones shipped with the package by default.
        history: remember every transaction, as a cluster does; a backtest of many epochs saves the memory.
        verify_signatures: refuse transactions that are not signed as they must be, as a cluster does; a
            backtest whose keys are all its own saves half of its time.

    Raises:
        TransportUnavailable: the installed solders has no LiteSVM, or the package has no built programs.
    """

    def __init__(
        self,
        *,
        upgrade_authority: Pubkey | None = None,
        unix_time: int = GENESIS_TIME,
        programs: Mapping[Pubkey, bytes] | None = None,
        history: bool = True,
        verify_signatures: bool = True,
    ) -> None:
        module = _import_litesvm()
        self._svm: Any = module.LiteSVM()
        self._leave_mmx_mode = leave_mmx_mode()
        self._verify_signatures = verify_signatures
        self._svm.with_sigverify(verify_signatures)
        self._history = History() if history else None
        self._genesis_hash = Hash(os.urandom(32))
        self._listeners: set[_Listener] = set()
        # Slot 0 holds deployments: a program is callable only in a later slot than its own.
        self._svm.warp_to_slot(1)
        self._set_clock(slot=1, unix_time=unix_time)
        if programs is None:
            programs = {address: file.read_bytes() for address, file in program_files().items()}
        for program, elf in programs.items():
            self.install_program(program, elf, upgrade_authority=upgrade_authority)

    # Reading

    async def get_account(self, address: Pubkey) -> Account | None:
        return self._account(address)

    def _account(self, address: Pubkey) -> Account | None:
        raw = self._svm.get_account(address)
        # LiteSVM keeps closed accounts as empty ones; a cluster forgets them.
        if raw is None or (raw.lamports == 0 and not raw.data):
            return None
        return Account(
            address=address,
            owner=raw.owner,
            lamports=raw.lamports,
            data=bytes(raw.data),
            executable=raw.executable,
        )

    async def get_accounts(self, addresses: Sequence[Pubkey]) -> list[Account | None]:
        return [await self.get_account(address) for address in addresses]

    async def get_accounts_at_slot(self, addresses: Sequence[Pubkey]) -> AccountsAtSlot:
        return AccountsAtSlot(
            slot=self._svm.get_clock().slot, accounts=tuple(self._account(address) for address in addresses)
        )

    async def latest_blockhash(self) -> Blockhash:
        return Blockhash(
            hash=self._svm.latest_blockhash(),
            last_valid_block_height=self._svm.get_clock().slot + _VALID_BLOCKS,
            slot=self._svm.get_clock().slot,
        )

    async def genesis_hash(self) -> Hash:
        return self._genesis_hash

    async def recent_priority_fees(self, accounts: Sequence[Pubkey]) -> list[int]:
        # Nobody else is here to be outbid.
        return []

    async def clock(self) -> int:
        return int(self._svm.get_clock().unix_timestamp)

    async def status(self) -> ClusterStatus:
        clock = self._svm.get_clock()
        return ClusterStatus(
            version="LiteSVM", slot=clock.slot, finalized_slot=clock.slot, block_time=int(clock.unix_timestamp)
        )

    async def minimum_balance(self, size: int) -> int:
        return int(self._svm.minimum_balance_for_rent_exemption(size))

    # History

    async def signatures(
        self, address: Pubkey, *, before: Signature | None = None, limit: int = 1_000
    ) -> list[SignatureRecord]:
        checked_limit(limit)
        return [] if self._history is None else self._history.signatures(address, before=before, limit=limit)

    async def transaction(self, signature: Signature) -> TransactionRecord | None:
        return None if self._history is None else self._history.transaction(signature)

    async def notifications(self, address: Pubkey, topic: Topic) -> Notifications:
        if topic is Topic.LOGS and self._history is None:
            raise HistoryIncomplete("this chain keeps no history; make it with LiteSvmTransport(history=True)")
        return _Listener(self._listeners)

    # Sending

    async def send(self, transaction: SignedTransaction, *, last_valid_block_height: int = 0) -> Outcome:
        signature = transaction.signatures[0]
        result = self._execute(self._svm.send_transaction, transaction)
        outcome = self._outcome(result, signature)
        raw = bytes(transaction)
        # A refusal that names no instruction came before processing: a cluster would not have it in a block.
        if self._history is not None and (outcome.error is None or outcome.error.instruction is not None):
            self._history.add(
                raw,
                signature=signature,
                slot=outcome.slot,
                block_time=self._svm.get_clock().unix_timestamp,
                error=outcome.error,
                meta=_meta(result),
                loaded=load_keys(transaction, self._account).looked_up,
            )
        if outcome.error is None and _LOADER_BYTES in raw:
            self._reload_programs(transaction)
        for listener in self._listeners:
            listener.wake()
        return outcome

    async def confirm(
        self, transaction: SignedTransaction, *, last_valid_block_height: int, since_slot: int, sent: bool
    ) -> Outcome:
        signature = transaction.signatures[0]
        outcome = await self.send(transaction, last_valid_block_height=last_valid_block_height)
        kind = None if outcome.error is None else outcome.error.kind
        if kind not in ("AlreadyProcessed", "BlockhashNotFound"):
            return outcome
        if self._history is None:
            raise HistoryIncomplete("this chain remembers no transactions; make it with `history=True`")
        record = self._history.transaction(signature)
        if record is None:
            raise TransactionExpired(
                f"transaction {signature} was never processed, and its block hash has expired; "
                "sending a new one is safe",
                signature=signature,
            )
        return Outcome(
            signature=signature,
            slot=record.slot,
            logs=record.logs,
            compute_units=record.compute_units,
            error=record.error,
        )

    async def simulate(self, transaction: SignedTransaction) -> Outcome:
        result = self._execute(self._simulate, transaction)
        return self._outcome(result, None, return_data=bytes(_meta(result).return_data().data))

    async def airdrop(self, address: Pubkey, lamports: int) -> None:
        # Written directly: LiteSVM's own airdrop fails silently above a certain amount.
        account = await self.get_account(address)
        self.set_account(
            Account(
                address=address,
                owner=account.owner if account else SYSTEM_PROGRAM,
                lamports=(account.lamports if account else 0) + lamports,
                data=account.data if account else b"",
            )
        )

    async def close(self) -> None:
        for listener in list(self._listeners):
            await listener.close()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.close()

    # What only a local chain can do

    def advance(self, seconds: int) -> None:
        """Let `seconds` of chain time pass, with the slots that fit into them; old block hashes expire.

        Raises:
            InvalidInput: less than one second.
        """
        if seconds < 1:
            raise InvalidInput(f"cannot advance by {seconds} s; chain time only moves forward, by 1 s or more")
        clock = self._svm.get_clock()
        slots = max(1, seconds * 1_000 // MILLISECONDS_PER_SLOT)
        slot = clock.slot + slots
        # A table of addresses is named after a slot in this list. Short: it is written anew each time.
        hashes = [(slot - 1, self._svm.latest_blockhash()), *self._svm.get_slot_hashes()][:_SLOT_HASHES]
        self._svm.set_slot_hashes([entry for entry in hashes if entry[0] >= slot - _RECENT_SLOTS])
        self._set_clock(slot=slot, unix_time=clock.unix_timestamp + seconds)
        self._svm.expire_blockhash()

    def set_time(self, unix_time: int) -> None:
        """Advance the clock to `unix_time` in unix seconds; the present moment is allowed and changes nothing.

        Raises:
            InvalidInput: the time lies in the chain's past.
        """
        now = int(self._svm.get_clock().unix_timestamp)
        if unix_time != now:
            self.advance(unix_time - now)

    def set_account(self, account: Account) -> None:
        """Write an account as it is, without any transaction."""
        self._svm.set_account(
            account.address,
            SoldersAccount(account.lamports, account.data, account.owner, account.executable),
        )
        for listener in self._listeners:
            listener.wake()

    def install_program(self, program: Pubkey, elf: bytes, *, upgrade_authority: Pubkey | None = None) -> None:
        """Install `elf` at the address `program` as the upgradeable loader would have left it."""
        program_data = program_data_address(program)
        # bincode of UpgradeableLoaderState: u32 variant, then the fields. ProgramData = 3 has the slot and
        # an optional authority in a header of fixed size; Program = 2 has the address of the former.
        authority = bytes(33) if upgrade_authority is None else b"\x01" + bytes(upgrade_authority)
        header = (3).to_bytes(4, "little") + (0).to_bytes(8, "little") + authority
        # In this order: writing the program makes LiteSVM look for its data.
        self._install(program_data, header + elf, executable=False)
        self._install(program, (2).to_bytes(4, "little") + bytes(program_data), executable=True)

    def _install(self, address: Pubkey, data: bytes, *, executable: bool) -> None:
        lamports = self._svm.minimum_balance_for_rent_exemption(len(data))
        self.set_account(
            Account(
                address=address,
                owner=UPGRADEABLE_LOADER,
                lamports=lamports,
                data=data,
                executable=executable,
            )
        )

    def _reload_programs(self, transaction: SignedTransaction) -> None:
        """Make the code that a transaction deployed the code that runs, from the next slot on as on a cluster."""
        addresses = load_keys(transaction, self._account).all
        clock = self._svm.get_clock()
        deployed_now = clock.slot.to_bytes(8, "little")
        changed = []
        for program in addresses:
            account = self._svm.get_account(program)
            if account is None or not account.executable or account.owner != UPGRADEABLE_LOADER:
                continue
            data = self._svm.get_account(program_data_address(program))
            if data is not None and bytes(data.data[4:12]) == deployed_now:
                changed += [(program_data_address(program), data), (program, account)]
        if not changed:
            return
        self._set_clock(slot=clock.slot + 1, unix_time=clock.unix_timestamp)
        for address, account in changed:
            # LiteSVM keeps the code it has compiled until the program's account is written.
            self._svm.set_account(address, account)

    def _set_clock(self, *, slot: int, unix_time: int) -> None:
        clock = self._svm.get_clock()
        clock.slot = slot
        clock.unix_timestamp = unix_time
        self._svm.set_clock(clock)

    def _simulate(self, transaction: SignedTransaction) -> Any:
        # As on a cluster: nothing is decided here, so nobody needs to sign.
        self._svm.with_sigverify(False)
        try:
            return self._svm.simulate_transaction(transaction)
        finally:
            self._svm.with_sigverify(self._verify_signatures)

    def _execute(self, call: Callable[[SignedTransaction], Any], transaction: SignedTransaction) -> Any:
        try:
            return call(transaction)
        finally:
            self._leave_mmx_mode()

    def _outcome(self, result: Any, signature: Signature | None, return_data: bytes = b"") -> Outcome:
        meta = _meta(result)
        failed = meta is not result and hasattr(result, "err")
        return Outcome(
            signature=signature,
            slot=self._svm.get_clock().slot,
            logs=tuple(meta.logs()),
            compute_units=meta.compute_units_consumed(),
            error=failure_from(result.err()) if failed else None,
            return_data=return_data,
        )


class _Listener:
    """Hears of everything that happens on the chain, whatever it is about: looking costs little here."""

    settling_time = 0.0

    def __init__(self, listeners: set[_Listener]) -> None:
        self.closed = False
        self._listeners = listeners
        self._news = asyncio.Event()
        listeners.add(self)

    def wake(self) -> None:
        self._news.set()

    async def wait(self, seconds: float) -> bool:
        with suppress(TimeoutError):
            await asyncio.wait_for(self._news.wait(), seconds)
        heard = self._news.is_set()
        self._news.clear()
        return heard

    def logs(self, signature: Signature, slot: int) -> None:
        return None

    async def close(self) -> None:
        self.closed = True
        self._listeners.discard(self)
        self.wake()


def _meta(result: Any) -> Any:
    """LiteSVM wraps what it says of a transaction when that failed or was simulated."""
    return result.meta() if hasattr(result, "meta") else result


def _import_litesvm() -> ModuleType:
    try:
        import solders.litesvm as module
    except ImportError:
        raise TransportUnavailable(
            "the installed solders has no LiteSVM (its 0.26 wheels for Windows, musl and ARM Linux leave it "
            "out); use an x86-64 Linux or macOS machine, or a validator with RpcTransport"
        ) from None
    return module
