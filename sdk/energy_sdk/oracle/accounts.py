"""The oracle's accounts as values."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final, Self

from solders.pubkey import Pubkey

from .._generated.oracle import accounts as generated
from ..accounts import DISCRIMINATOR_SIZE, PodLayout, check, read_borsh, require_size
from ..transports.base import Account
from .constants import INTERVAL_MEMORY, METER_SHARD_DISCRIMINATOR, METERS_PER_SHARD, PROGRAM_ID
from .enums import CertificateState, EnergySource
from .roles import Role

SHARD_LAYOUT: Final = PodLayout(
    ("version", "B"),
    ("bump", "B"),
    ("index", "H"),
    ("used", "H"),
    ("_", "2s"),
    ("readings", "Q"),
    ("_", "48s"),
)
SLOT_LAYOUT: Final = PodLayout(
    ("meter", "pubkey"),
    ("user", "pubkey"),
    ("meter_key", "pubkey"),
    ("newest", "Q"),
    ("seen", "Q"),
    ("export_wh", "Q"),
    ("import_wh", "Q"),
    ("minted_wh", "Q"),
    ("retired_wh", "Q"),
    ("limit_wh", "I"),
    ("flags", "B"),
    ("_", "3s"),
)
SHARD_SIZE: Final = DISCRIMINATOR_SIZE + SHARD_LAYOUT.size + METERS_PER_SHARD * SLOT_LAYOUT.size

_ACTIVE: Final = 1
_MAY_EXPORT: Final = 2


@dataclass(frozen=True, slots=True, kw_only=True)
class Oracle:
    """Operators, shards and meters.

    Attributes:
        admin: adds and removes operators.
        operators: keys that have a role.
        shard_count: shards of 64 meters each.
        meter_count: meters attached, over all shards.
    """

    address: Pubkey
    admin: Pubkey
    operators: tuple[Pubkey, ...]
    shard_count: int
    meter_count: int

    @classmethod
    def decode(cls, account: Account) -> Self:
        raw = read_borsh(account, generated.Oracle, program=PROGRAM_ID)
        return cls(
            address=account.address,
            admin=raw.admin,
            operators=tuple(raw.operators[: raw.operator_count]),
            shard_count=raw.shard_count,
            meter_count=raw.meter_count,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Operator:
    """What one key may do."""

    address: Pubkey
    key: Pubkey
    roles: Role

    @classmethod
    def decode(cls, account: Account) -> Self:
        raw = read_borsh(account, generated.Operator, program=PROGRAM_ID)
        return cls(address=account.address, key=raw.key, roles=Role(raw.roles))


@dataclass(frozen=True, slots=True, kw_only=True)
class MeterSlot:
    """Where a meter's readings are kept, and how much of its export has certificates.

    Attributes:
        shard, slot: the readings are in `slot` of `shard`.
        certified_wh: of the export counter, everything below this is certified or forgone [Wh].
        certificate_count: certificates so far; the next one takes this number.
    """

    address: Pubkey
    meter: Pubkey
    shard: int
    slot: int
    certified_wh: int
    certificate_count: int

    @classmethod
    def decode(cls, account: Account) -> Self:
        raw = read_borsh(account, generated.MeterSlot, program=PROGRAM_ID)
        return cls(
            address=account.address,
            meter=raw.meter,
            shard=raw.shard,
            slot=raw.slot,
            certified_wh=raw.certified_wh,
            certificate_count=raw.certificate_count,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Certificate:
    """A certificate of origin: watt-hours `from_wh` up to `to_wh` of one meter's export counter.

    Attributes:
        meter: account of the meter.
        index: number among the meter's certificates.
        owner: account of the user it belongs to.
        from_wh, to_wh: the first watt-hour, and the one after the last.
        source: where the energy came from.
        issued_at: unix time [s].
        through_interval: newest interval metered at issue; all the energy was exported by its end.
        state: only a retired certificate proves that its energy was claimed.
        retired_at: unix time [s]; None until then.
        beneficiary: for whom the energy was claimed; None until then.
    """

    address: Pubkey
    meter: Pubkey
    index: int
    owner: Pubkey
    from_wh: int
    to_wh: int
    source: EnergySource
    issued_at: int
    through_interval: int
    state: CertificateState
    retired_at: int | None
    beneficiary: str | None

    @property
    def energy_wh(self) -> int:
        """The energy it covers [Wh]."""
        return self.to_wh - self.from_wh

    @classmethod
    def decode(cls, account: Account) -> Self:
        raw = read_borsh(account, generated.Certificate, program=PROGRAM_ID)
        retired = raw.state.discriminator == CertificateState.RETIRED
        return cls(
            address=account.address,
            meter=raw.meter,
            index=raw.index,
            owner=raw.owner,
            from_wh=raw.from_wh,
            to_wh=raw.to_wh,
            source=EnergySource(raw.source.discriminator),
            issued_at=raw.issued_at,
            through_interval=raw.through_interval,
            state=CertificateState(raw.state.discriminator),
            retired_at=raw.retired_at if retired else None,
            beneficiary=bytes(raw.beneficiary).rstrip(b"\0").decode("utf-8") if retired else None,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadingSlot:
    """One meter's account of itself.

    Attributes:
        index: position in the shard.
        meter: account of the meter.
        user: account of the user it reports for.
        meter_key: signs the meter's own readings; None where it has no key.
        seen: bit i is set when interval `newest - i` is accepted, or closed to readings.
        newest: number of the newest interval seen; 0 before the first.
        limit_wh: most energy in one interval, each way [Wh].
        export_wh: exported since attachment, over all users [Wh].
        minted_wh: the part of it that became GRID [Wh].
        import_wh: imported by the present user [Wh].
        retired_wh: the part of it that the user covered with GRID [Wh].
        active: readings are accepted.
        may_export: readings with export are accepted.
    """

    index: int
    meter: Pubkey
    user: Pubkey
    meter_key: Pubkey | None
    seen: int
    newest: int
    limit_wh: int
    export_wh: int
    minted_wh: int
    import_wh: int
    retired_wh: int
    active: bool
    may_export: bool

    @property
    def mintable_wh(self) -> int:
        """Export that is not minted yet [Wh]."""
        return self.export_wh - self.minted_wh

    @property
    def retirable_wh(self) -> int:
        """Import that is not covered with GRID yet [Wh]."""
        return self.import_wh - self.retired_wh

    def has_seen(self, interval: int) -> bool:
        """Whether an interval is accepted, or closed to readings."""
        age = self.newest - interval
        return age >= INTERVAL_MEMORY or (age >= 0 and bool(self.seen >> age & 1))


@dataclass(frozen=True, slots=True, kw_only=True)
class MeterShard:
    """The readings of up to 64 meters.

    Attributes:
        index: number of the shard.
        readings: accepted in this shard so far.
        slots: the slots in use, in order.
    """

    address: Pubkey
    index: int
    readings: int
    slots: tuple[ReadingSlot, ...]

    @property
    def is_full(self) -> bool:
        """Whether another meter does not fit."""
        return len(self.slots) >= METERS_PER_SHARD

    @classmethod
    def decode(cls, account: Account) -> Self:
        data = check(account, program=PROGRAM_ID, discriminator=METER_SHARD_DISCRIMINATOR, name="meter shard")
        require_size(account, SHARD_SIZE, "meter shard")
        raw = SHARD_LAYOUT.read(data)
        slots = (
            _slot(index, SLOT_LAYOUT.read(data, SHARD_LAYOUT.size + index * SLOT_LAYOUT.size))
            for index in range(raw["used"])
        )
        return cls(address=account.address, index=raw["index"], readings=raw["readings"], slots=tuple(slots))


def _slot(index: int, raw: dict[str, Any]) -> ReadingSlot:
    flags = raw.pop("flags")
    return ReadingSlot(
        **raw
        | {
            "index": index,
            "meter_key": None if raw["meter_key"] == Pubkey.default() else raw["meter_key"],
            "active": bool(flags & _ACTIVE),
            "may_export": bool(flags & _MAY_EXPORT),
        }
    )
