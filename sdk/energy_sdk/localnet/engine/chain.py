"""The in-process chain as a cluster of one: blocks, block hashes, a clock that stands still, and a memory."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, Final

from solders.hash import Hash
from solders.keypair import Keypair
from solders.message import Message
from solders.pubkey import Pubkey
from solders.signature import Signature
from solders.system_program import TransferParams, transfer
from solders.transaction import VersionedTransaction

from ...addresses import SYSTEM_PROGRAM, program_data_address
from ...exceptions import InvalidInput
from ...program_files import program_files
from ...transports.base import Account
from ...transports.litesvm import GENESIS_TIME, MILLISECONDS_PER_SLOT
from ...transports.loaded_keys import LoadedKeys, load_keys
from .errors import error_json
from .nonces import nonce_in_use
from .store import Block, Store
from .svm import Svm
from .transactions import fee_of, transaction_meta

VALID_BLOCKS: Final = 150
"""Blocks of chain time for which a block hash can be named: one minute."""

FUNDS: Final = 500_000_000 * 10**9
"""Lamports of the deployer and of the faucet at the start, as a solana-test-validator has them."""

SLOTS_PER_EPOCH: Final = 432_000
_SLOT_HASHES: Final = 512
# Some thirty thousand years: every time and slot stays far within 64 bits.
_LAST_TIME: Final = 10**12


@dataclass(frozen=True, slots=True, kw_only=True)
class Execution:
    """What executing a transaction came to. `error` is in JSON-RPC's form; `landed` says that a block holds it."""

    keys: LoadedKeys
    error: Any
    logs: list[str] = field(default_factory=list)
    compute_units: int = 0
    inner: list[list[Any]] = field(default_factory=list)
    return_data: tuple[Pubkey, bytes] | None = None
    landed: bool = False
    after: dict[Pubkey, Account] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Landed:
    """A new block, and the transaction in it if there is one: for those who listen."""

    block: Block
    parent: int
    signature: Signature | None = None
    error: Any = None
    logs: list[str] = field(default_factory=list)
    mentions: tuple[Pubkey, ...] = ()
    changed: dict[Pubkey, Account | None] = field(default_factory=dict)


class Chain:
    """One chain, from genesis or from where its state file ends.

    Every transaction makes a block of its own in the next slot, with a new block hash. Chain time stands still
    but for `advance`, and so does the block height: it counts blocks of 400 ms, 150 of which a hash stays valid.
    However many transactions run at one moment, the hash of each can therefore be named until a minute of
    chain time has passed.

    Args:
        deployer: upgrade authority of the programs, owner of 500 million SOL; None installs them as final.
        state: file that keeps the chain; None keeps it in memory. A chain that is resumed ignores the rest.
        programs: address and ELF of each program; the packaged ones by default.
        unix_time: chain time at genesis [unix s].

    Raises:
        InvalidInput: the state file cannot be used.
        TransportUnavailable: this installation has no LiteSVM, or lacks the built programs.
    """

    def __init__(
        self,
        *,
        deployer: Pubkey | None = None,
        state: Path | None = None,
        programs: Mapping[Pubkey, bytes] | None = None,
        unix_time: int = GENESIS_TIME,
    ) -> None:
        self.store = Store(state)
        self.on_landed: Callable[[Landed], None] = lambda _: None
        try:
            if self.store.fresh:
                self._begin(deployer, programs, unix_time)
            else:
                self._resume()
        except BaseException:
            self.store.close()
            raise

    # Now

    @property
    def slot(self) -> int:
        """The newest block's slot; programs see the next one."""
        return self.head.slot

    @property
    def genesis_hash(self) -> Hash:
        return Hash.from_bytes(self.store.fact("genesis hash"))

    @property
    def identity(self) -> Pubkey:
        """Who makes the blocks, and airdrops."""
        return self._faucet.pubkey()

    def account(self, address: Pubkey) -> Account | None:
        """What an address holds; None where nothing exists."""
        return self._svm.account(address)

    def rent(self, size: int) -> int:
        """Lamports that an account of `size` bytes must hold."""
        return self._svm.rent(size)

    def is_valid(self, blockhash: Hash) -> bool:
        """Whether a transaction can name this block hash."""
        block = self.store.block_of_hash(blockhash)
        return block is not None and self.head.height <= block.height + VALID_BLOCKS

    # Forward

    def advance(self, seconds: int) -> int:
        """Let chain time pass and return the new one [unix s]; block hashes older than a minute expire."""
        if seconds < 1:
            raise InvalidInput(f"cannot advance by {seconds} s; chain time only moves forward, by 1 s or more")
        if self.head.unix_time + seconds > _LAST_TIME:
            raise InvalidInput(f"cannot advance by {seconds} s; chain time ends at {_LAST_TIME}")
        slots = max(1, seconds * 1_000 // MILLISECONDS_PER_SLOT)
        head = self.head
        block = self._next(slot=head.slot + slots, height=head.height + slots, unix_time=head.unix_time + seconds)
        with self.store.transaction():
            self.store.add_block(block)
        self._enter(block)
        self.on_landed(Landed(block=block, parent=head.slot))
        return block.unix_time

    def airdrop(self, address: Pubkey, lamports: int) -> Signature:
        """Send lamports from the faucet, as a transaction like any other.

        Raises:
            InvalidInput: the faucet has too few, or they are too few for the account to exist.
        """
        instruction = transfer(TransferParams(from_pubkey=self._faucet.pubkey(), to_pubkey=address, lamports=lamports))
        message = Message.new_with_blockhash([instruction], self._faucet.pubkey(), self.head.hash)
        transaction = VersionedTransaction(message, [self._faucet])
        if (error := self.simulate(transaction).error) is not None:
            raise InvalidInput(f"the faucet cannot send {lamports} lamports: {json.dumps(error)}")
        self.process(transaction)
        return transaction.signatures[0]

    def simulate(
        self, transaction: VersionedTransaction, *, verify: bool = False, any_blockhash: bool = False
    ) -> Execution:
        """What the transaction would come to now.

        Args:
            verify: look at its signatures, too.
            any_blockhash: do not look at its block hash.
        """
        keys = load_keys(transaction, self.account)
        if (refusal := self._refusal(transaction, keys, verify=verify, any_blockhash=any_blockhash)) is not None:
            return Execution(keys=keys, error=refusal)
        result = self._svm.try_out(transaction)
        after = _accounts_of(result)
        execution = _execution(result, keys, after=after)
        return self._judged(transaction, execution, {key: self.account(key) for key in after}, after)

    def process(self, transaction: VersionedTransaction) -> Execution:
        """Execute a transaction. If it can be charged for, succeed or fail, it makes the next block."""
        keys = load_keys(transaction, self.account)
        if (refusal := self._refusal(transaction, keys, verify=True, any_blockhash=False)) is not None:
            return Execution(keys=keys, error=refusal)
        before, nonce = self._accounts(keys), nonce_in_use(transaction, self.account)
        executed = _execution(self._svm.run(transaction), keys)
        after = self._accounts(keys)
        execution = self._judged(transaction, executed, before, after)
        if executed.error is None and execution.error is not None:
            self._undo(before, fee=fee_of(transaction.message))
            after = self._accounts(keys)
        if nonce is not None and execution.error is not None and before != after:
            # Charged for, so that it cannot run again; what it did is undone, its nonce's advance is not.
            self._svm.advance_nonce(nonce.address)
            after = self._accounts(keys)
        # Who pays is charged in every block that holds the transaction, and in no other case.
        if before == after:
            return execution
        self._land(transaction, execution, before, after)
        return replace(execution, landed=True)

    def _accounts(self, keys: LoadedKeys) -> dict[Pubkey, Account | None]:
        return {key: self.account(key) for key in keys.all}

    def _refusal(
        self, transaction: VersionedTransaction, keys: LoadedKeys, *, verify: bool, any_blockhash: bool
    ) -> str | None:
        """Why a cluster would not even begin to execute."""
        if verify and not all(transaction.verify_with_results()):
            return "SignatureFailure"
        is_valid = any_blockhash or self.is_valid(transaction.message.recent_blockhash)
        if not is_valid and nonce_in_use(transaction, self.account) is None:
            return "BlockhashNotFound"
        if self.store.record(transaction.signatures[0]) is not None:
            return "AlreadyProcessed"
        return keys.error

    def _judged(
        self,
        transaction: VersionedTransaction,
        execution: Execution,
        before: Mapping[Pubkey, Account | None],
        after: Mapping[Pubkey, Account | None],
    ) -> Execution:
        """The execution, or what a cluster says where LiteSVM is milder or calls it otherwise."""
        if execution.error == "InvalidProgramForExecution":
            called = [execution.keys.all[entry.program_id_index] for entry in transaction.message.instructions]
            missing = any(self.account(program) is None for program in called)
            return replace(execution, error="ProgramAccountNotFound") if missing else execution
        if execution.error is not None:
            return execution
        for index, key in enumerate(execution.keys.all):
            if key in after and not self._rent_is_paid(before[key], after[key]):
                return replace(execution, error={"InsufficientFundsForRent": {"account_index": index}})
        return execution

    def _rent_is_paid(self, before: Account | None, after: Account | None) -> bool:
        """The runtime's rule: an account holds rent for its size, or held less before and was not touched since."""
        if after is None or after.lamports == 0 or after.lamports >= self.rent(len(after.data)):
            return True
        if before is None or before.lamports >= self.rent(len(before.data)):
            return False
        return len(before.data) == len(after.data) and after.lamports <= before.lamports

    def _undo(self, before: Mapping[Pubkey, Account | None], *, fee: int) -> None:
        """Take back what a transaction did, all but the fee."""
        payer = next(iter(before))
        for address, account in before.items():
            was = account or Account(address=address, owner=SYSTEM_PROGRAM, lamports=0, data=b"")
            if was != self.account(address):
                self._svm.set_account(replace(was, lamports=was.lamports - fee) if address == payer else was)

    def _land(
        self,
        transaction: VersionedTransaction,
        execution: Execution,
        before: Mapping[Pubkey, Account | None],
        after: Mapping[Pubkey, Account | None],
    ) -> None:
        keys = execution.keys
        changed = {key: account for key, account in after.items() if account != before[key]}
        head, signature = self.head, transaction.signatures[0]
        block = self._next(slot=head.slot + 1, height=head.height, unix_time=head.unix_time)
        meta = transaction_meta(execution, fee_of(transaction.message), before, after, self.account)
        with self.store.transaction():
            self.store.add_block(block)
            self.store.add_transaction(
                slot=block.slot,
                signature=signature,
                wire=bytes(transaction),
                meta=json.dumps(meta),
                mentions=keys.all,
            )
            for address, account in changed.items():
                self.store.put_account(address, account)
        self._enter(block)
        self.on_landed(
            Landed(
                block=block,
                parent=head.slot,
                signature=signature,
                error=execution.error,
                logs=execution.logs,
                mentions=keys.all,
                changed=changed,
            )
        )

    # Beginning

    def _begin(self, deployer: Pubkey | None, programs: Mapping[Pubkey, bytes] | None, unix_time: int) -> None:
        if programs is None:
            programs = {address: file.read_bytes() for address, file in program_files().items()}
        self._svm = Svm(upgrade_authority=deployer, programs=programs, unix_time=unix_time, history=False)
        self._faucet = Keypair()
        genesis = Block(slot=0, hash=Hash.hash(bytes(self._faucet)), height=0, unix_time=unix_time)
        rich = [self._faucet.pubkey()] if deployer is None else [self._faucet.pubkey(), deployer]
        with self.store.transaction():
            self.store.set_fact("genesis hash", bytes(genesis.hash))
            self.store.set_fact("faucet", bytes(self._faucet))
            self.store.add_block(genesis)
            for address in rich:
                self._svm.set_account(Account(address=address, owner=SYSTEM_PROGRAM, lamports=FUNDS, data=b""))
            for address in [*rich, *programs, *map(program_data_address, programs)]:
                self.store.put_account(address, self.account(address))
        self._hashes: list[tuple[int, Hash]] = []
        self._enter(genesis)

    def _resume(self) -> None:
        self._svm = Svm(programs={}, history=False)
        self._faucet = Keypair.from_bytes(self.store.fact("faucet"))
        blocks = self.store.last_blocks(_SLOT_HASHES)
        if not blocks:
            raise InvalidInput("the state file holds no block; start again with --reset")
        for account in self.store.accounts():
            self._svm.set_account(account)
        self._hashes = [(block.slot, block.hash) for block in blocks[1:]]
        # LiteSVM derives its block hashes from one another; a value of a nonce must never come again.
        for _ in range(self.store.block_count() - 1):
            self._svm.next_blockhash()
        self._enter(blocks[0])

    def _next(self, *, slot: int, height: int, unix_time: int) -> Block:
        parent = self.head
        seed = bytes(parent.hash) + slot.to_bytes(8, "little")
        return Block(slot=slot, hash=Hash.hash(seed), height=height, unix_time=unix_time)

    def _enter(self, block: Block) -> None:
        """Go on from a block: programs see the slot after it."""
        self.head = block
        self._hashes = [(block.slot, block.hash), *self._hashes[: _SLOT_HASHES - 1]]
        self._svm.next_blockhash()
        self._svm.enter(slot=block.slot + 1, unix_time=block.unix_time, hashes=self._hashes)

    def close(self) -> None:
        """Release the state file."""
        self.store.close()


def _execution(result: Any, keys: LoadedKeys, *, after: dict[Pubkey, Account] | None = None) -> Execution:
    failed = hasattr(result, "err")
    meta = result.meta() if hasattr(result, "meta") else result
    returned = meta.return_data()
    return Execution(
        keys=keys,
        error=error_json(result.err()) if failed else None,
        logs=list(meta.logs()),
        compute_units=meta.compute_units_consumed(),
        inner=meta.inner_instructions(),
        return_data=(returned.program_id, bytes(returned.data)) if returned.data else None,
        after=after or {},
    )


def _accounts_of(result: Any) -> dict[Pubkey, Account]:
    if not hasattr(result, "post_accounts"):
        return {}
    return {
        address: Account(
            address=address, owner=raw.owner, lamports=raw.lamports, data=bytes(raw.data), executable=raw.executable
        )
        for address, raw in result.post_accounts()
    }
