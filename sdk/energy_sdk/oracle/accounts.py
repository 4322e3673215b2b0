"""The oracle's accounts as values."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal, localcontext
from typing import Any, Final, Self

from solders.pubkey import Pubkey

from .._generated.oracle import accounts as generated
from ..accounts import DISCRIMINATOR_SIZE, PodLayout, check, read_borsh, reading, require_size
from ..exceptions import InvalidAmount
from ..transports.base import Account
from ..units import Number, parse_decimal
from .constants import INTERVAL_MEMORY, METER_SHARD_DISCRIMINATOR, METERS_PER_SHARD, PROGRAM_ID, REQUEST_TIMEOUT_S
from .enums import CertificateState, EnergySource, RequestState
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
_I64_MAX: Final = 2**63 - 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Oracle:
    """Operators, shards and meters.

    Attributes:
        admin: adds and removes operators and feeds, and sets the request fee.
        operators: keys that have a role.
        shard_count: shards of 64 meters each.
        meter_count: meters attached, over all shards.
        request_fee: what a data request costs its user [lamports].
        request_count: data requests ever made; the next one takes this number.
        feed_count: feeds ever created; the next one takes this number.
        pending_admin: may take over as admin; None while nobody is nominated.
    """

    address: Pubkey
    admin: Pubkey
    operators: tuple[Pubkey, ...]
    shard_count: int
    meter_count: int
    request_fee: int
    request_count: int
    feed_count: int
    pending_admin: Pubkey | None

    @classmethod
    def decode(cls, account: Account) -> Self:
        raw = read_borsh(account, generated.Oracle, program=PROGRAM_ID)
        return cls(
            address=account.address,
            admin=raw.admin,
            operators=tuple(raw.operators[: raw.operator_count]),
            shard_count=raw.shard_count,
            meter_count=raw.meter_count,
            request_fee=raw.request_fee,
            request_count=raw.request_count,
            feed_count=raw.feed_count,
            pending_admin=None if raw.pending_admin == Pubkey.default() else raw.pending_admin,
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
    @reading
    def decode(cls, account: Account) -> Self:
        data = check(account, program=PROGRAM_ID, discriminator=METER_SHARD_DISCRIMINATOR, name="meter shard")
        require_size(account, SHARD_SIZE, "meter shard")
        raw = SHARD_LAYOUT.read(data)
        slots = (
            _slot(index, SLOT_LAYOUT.read(data, SHARD_LAYOUT.size + index * SLOT_LAYOUT.size))
            for index in range(raw["used"])
        )
        return cls(address=account.address, index=raw["index"], readings=raw["readings"], slots=tuple(slots))


@dataclass(frozen=True, slots=True, kw_only=True)
class RequestBalance:
    """What a user has prepaid for requests. All amounts are lamports.

    Attributes:
        user: the user's registry account.
        balance: prepaid and not spent.
        promised: the part of it that waits for the answers to open requests.
        requests: made from it so far.
    """

    address: Pubkey
    user: Pubkey
    balance: int
    promised: int
    requests: int

    @property
    def free(self) -> int:
        """What further requests or a withdrawal can take [lamports]."""
        return self.balance - self.promised

    @classmethod
    def decode(cls, account: Account) -> Self:
        raw = read_borsh(account, generated.RequestBalance, program=PROGRAM_ID)
        return cls(
            address=account.address,
            user=raw.user,
            balance=raw.balance,
            promised=raw.promised,
            requests=raw.requests,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """A user's question for the energy of one of their meters.

    Attributes:
        number: among all requests, from 0.
        user, meter: their registry accounts.
        first_interval, last_interval: what is asked for, both included.
        fee: promised to whoever answers [lamports].
        requested_at: unix time [s].
        operator: key of the operator who answered; None until then, as everything below.
        fulfilled_at: unix time [s].
        export_wh, import_wh: totals of the intervals asked for [Wh].
        data_hash: commitment to the readings behind them, 32 bytes; the readings travel off the chain.
    """

    address: Pubkey
    number: int
    user: Pubkey
    meter: Pubkey
    first_interval: int
    last_interval: int
    fee: int
    requested_at: int
    state: RequestState
    operator: Pubkey | None
    fulfilled_at: int | None
    export_wh: int | None
    import_wh: int | None
    data_hash: bytes | None

    @property
    def cancellable_from(self) -> int:
        """When the user may take the request back if nobody has answered [unix s]."""
        return self.requested_at + REQUEST_TIMEOUT_S

    @classmethod
    def decode(cls, account: Account) -> Self:
        raw = read_borsh(account, generated.Request, program=PROGRAM_ID)
        state = RequestState(raw.state.discriminator)
        answered = state is RequestState.FULFILLED
        return cls(
            address=account.address,
            number=raw.number,
            user=raw.user,
            meter=raw.meter,
            first_interval=raw.first_interval,
            last_interval=raw.last_interval,
            fee=raw.fee,
            requested_at=raw.requested_at,
            state=state,
            operator=raw.operator if answered else None,
            fulfilled_at=raw.fulfilled_at if answered else None,
            export_wh=raw.export_wh if answered else None,
            import_wh=raw.import_wh if answered else None,
            data_hash=bytes(raw.data_hash) if answered else None,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Feed:
    """The latest observation of one quantity.

    Attributes:
        number: among all feeds, from 0.
        name, unit: text, e.g. "temperature" in "°C".
        decimals: the quantity is `value` * 10**-decimals.
        max_age_s: an older observation is stale [s].
        value: the last observation, scaled; see `quantity`.
        observed_at: when it was made [unix s]; None before the first.
        updated_at, updated_slot: when it arrived on the chain [unix s], and in which slot.
        updates: observations so far.
        created_at: when the feed was created [unix s].
        first_observed_at: when the first observation was made [unix s].
        fresh_s: seconds from the first to the last observation in which the latest one was fresh.
    """

    address: Pubkey
    number: int
    name: str
    unit: str
    decimals: int
    max_age_s: int
    value: int
    observed_at: int | None
    updated_at: int | None
    updated_slot: int
    updates: int
    created_at: int
    first_observed_at: int | None
    fresh_s: int

    @property
    def quantity(self) -> Decimal:
        """The last observation in the feed's unit, exactly."""
        return Decimal(self.value).scaleb(-self.decimals)

    @property
    def delay_s(self) -> int | None:
        """How long after its observation the last value arrived [s]; None before the first."""
        return None if self.updated_at is None or self.observed_at is None else self.updated_at - self.observed_at

    @property
    def freshness(self) -> float | None:
        """Share of the time from first to last observation with a fresh value, 0 to 1; None before the second."""
        if self.observed_at is None or self.first_observed_at is None or self.updates < 2:
            return None
        return self.fresh_s / (self.observed_at - self.first_observed_at)

    def is_fresh(self, now: int) -> bool:
        """Whether the last observation can be relied on at `now` [unix s]."""
        return self.observed_at is not None and now <= self.observed_at + self.max_age_s

    def value_of(self, quantity: Number) -> int:
        """A quantity in the feed's unit as the chain stores it.

        Raises:
            InvalidAmount: not a number, finer than the feed's decimals, or beyond 64 bits.
        """
        with localcontext() as context:
            context.prec = 100
            scaled = parse_decimal(quantity, self.unit or self.name).scaleb(self.decimals)
        if scaled != scaled.to_integral_value():
            raise InvalidAmount(f"{quantity} is too fine; feed {self.number} has {self.decimals} decimals")
        if not -_I64_MAX <= scaled <= _I64_MAX:
            raise InvalidAmount(f"{quantity} with {self.decimals} decimals is beyond what a feed can hold")
        return int(scaled)

    @classmethod
    def decode(cls, account: Account) -> Self:
        raw = read_borsh(account, generated.Feed, program=PROGRAM_ID)
        observed = raw.updates > 0
        return cls(
            address=account.address,
            number=raw.number,
            name=_text(raw.name),
            unit=_text(raw.unit),
            decimals=raw.decimals,
            max_age_s=raw.max_age_s,
            value=raw.value,
            observed_at=raw.observed_at if observed else None,
            updated_at=raw.updated_at if observed else None,
            updated_slot=raw.updated_slot,
            updates=raw.updates,
            created_at=raw.created_at,
            first_observed_at=raw.first_observed_at if observed else None,
            fresh_s=raw.fresh_s,
        )


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


def _text(padded: list[int]) -> str:
    return bytes(padded).rstrip(b"\0").decode("utf-8")
