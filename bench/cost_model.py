"""What a transaction costs a Solana block, and what a block and an account have to spend.

The cost model is Agave's, crate `solana-cost-model` 4.2 (`block_cost_limits.rs`, `cost_model.rs`):

    cost = 720 a signature + 300 a write lock + instruction bytes / 4 + 8 for every 32 KiB loaded + executed units

A leader first reserves what a transaction asks for and corrects it to what it used; the block is judged by the
latter. Loaded bytes are counted as SIMD-0186 says: every account once with 64 bytes on top, the code of upgradeable
programs included.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any, Final

from energy_sdk import Pubkey
from energy_sdk.addresses import program_data_address
from energy_sdk.transports.base import Outcome, SignedTransaction, Transport
from solders.message import MessageV0

SIGNATURE: Final = 720
WRITE_LOCK: Final = 300
INSTRUCTION_BYTES_A_UNIT: Final = 4
PAGE_BYTES: Final = 32 * 1024
PAGE: Final = 8
ACCOUNT_OVERHEAD_BYTES: Final = 64
LAMPORTS_A_SIGNATURE: Final = 5_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Regime:
    """Limits of one slot, in cost units.

    Attributes:
        account: for all transactions that write one account.
        block: for all transactions.
        slot_ms: length of a slot [ms].
        source: where the figures are published, and what speaks against them.
    """

    name: str
    account: int
    block: int
    slot_ms: int
    source: str


_DOCUMENTS: Final = "https://github.com/solana-foundation/solana-improvement-documents"


def _simd(number: int) -> str:
    return f"[SIMD-{number:04}]({_DOCUMENTS}/pull/{number})"


REGIMES: Final = (
    Regime(
        name="until 2025",
        account=12_000_000,
        block=48_000_000,
        slot_ms=400,
        source="`solana-cost-model` 2.0 to 2.2; the lowest of all readings, so at least this much fits",
    ),
    Regime(
        name="2025",
        account=24_000_000,
        block=60_000_000,
        slot_ms=400,
        source=f"{_simd(256)} (block) and {_simd(306)} (an account gets 40 % of the block)",
    ),
    Regime(
        name="2026",
        account=20_000_000,
        block=50_000_000,
        slot_ms=200,
        source=f"{_simd(286)} (block of 100 M in 400 ms) and {_simd(525)} (slots of 200 ms, limits halved with them), "
        f"as Agave 4.2's `slot_params.rs` computes them. SIMD-0286's own table leaves an account at 12 M; "
        f"[issue 603]({_DOCUMENTS}/issues/603) there records the difference",
    ),
)
REGIMES_AS_OF: Final = "November 2026"


@dataclass(frozen=True, slots=True, kw_only=True)
class Footprint:
    """What the cost model sees of a transaction.

    Attributes:
        things: orders or readings in it.
        executed: compute units that it used, the compute-budget instruction included.
    """

    name: str
    things: int
    signatures: int
    write_locks: int
    instruction_bytes: int
    loaded_bytes: int
    executed: int

    @property
    def fixed(self) -> int:
        """What it costs beyond execution."""
        return (
            SIGNATURE * self.signatures
            + WRITE_LOCK * self.write_locks
            + self.instruction_bytes // INSTRUCTION_BYTES_A_UNIT
            + self.pages * PAGE
        )

    @property
    def pages(self) -> int:
        """Pages of 32 KiB that it loads, the last one in part."""
        return -(-self.loaded_bytes // PAGE_BYTES)

    @property
    def cost(self) -> int:
        """Cost units that it takes from block and accounts."""
        return self.fixed + self.executed

    @property
    def each(self) -> float:
        """Cost units of one order or reading in it."""
        return self.cost / self.things

    def as_json(self) -> dict[str, Any]:
        """As it is kept."""
        return asdict(self)


async def footprint(
    name: str, transport: Transport, transaction: SignedTransaction, outcome: Outcome, *, things: int = 1
) -> Footprint:
    """The footprint of a transaction that was just processed."""
    message = transaction.message
    return Footprint(
        name=name,
        things=things,
        signatures=message.header.num_required_signatures,
        write_locks=len(written(transaction)),
        instruction_bytes=sum(len(instruction.data) for instruction in message.instructions),
        loaded_bytes=await _loaded(transport, message.account_keys),
        executed=outcome.compute_units,
    )


def written(transaction: SignedTransaction) -> set[Pubkey]:
    """The accounts that a transaction asks to write."""
    message = transaction.message
    assert isinstance(message, MessageV0)
    return {key for place, key in enumerate(message.account_keys) if message.is_maybe_writable(place)}


async def _loaded(transport: Transport, keys: Sequence[Pubkey]) -> int:
    total = 0
    for key in keys:
        account = await transport.get_account(key)
        if account is None:
            continue
        total += len(account.data) + ACCOUNT_OVERHEAD_BYTES
        if account.executable and (code := await transport.get_account(program_data_address(key))) is not None:
            total += len(code.data) + ACCOUNT_OVERHEAD_BYTES
    return total
