"""The registry's accounts as values."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Self

from solders.pubkey import Pubkey

from .._generated.registry import accounts as generated
from ..accounts import read_borsh, reading
from ..transports.base import Account
from .constants import PROGRAM_ID, RECOVERY_WINDOW_S
from .enums import UserStatus, UserType


@dataclass(frozen=True, slots=True, kw_only=True)
class Registry:
    """Who may register, and how many users and meters there are.

    Attributes:
        admin: adds and removes authorities.
        authorities: REC regulators; they register users, assign meters and set statuses.
        user_count: users so far; the next one takes this number.
        meter_count: meters so far; the next one takes this number.
        pending_admin: may take over as admin; None while nobody is nominated.
    """

    address: Pubkey
    admin: Pubkey
    authorities: tuple[Pubkey, ...]
    user_count: int
    meter_count: int
    pending_admin: Pubkey | None

    @classmethod
    def decode(cls, account: Account) -> Self:
        raw = read_borsh(account, generated.Registry, program=PROGRAM_ID)
        return cls(
            address=account.address,
            admin=raw.admin,
            authorities=tuple(raw.authorities[: raw.authority_count]),
            user_count=raw.user_count,
            meter_count=raw.meter_count,
            pending_admin=None if raw.pending_admin == Pubkey.default() else raw.pending_admin,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class User:
    """A participant.

    Attributes:
        number: position in the registry, from 0.
        key: the key the user signs with.
        location: a short code or the prefix of a hash, 16 bytes; never personal data.
        registered_at: unix time [s].
        meters: numbers of the meters assigned to the user.
        frozen_until: unix time until which the key is frozen [s]; 0 where it never was.
    """

    address: Pubkey
    number: int
    key: Pubkey
    user_type: UserType
    status: UserStatus
    location: bytes
    registered_at: int
    meters: tuple[int, ...]
    frozen_until: int

    @property
    def is_active(self) -> bool:
        """Whether the user may take part."""
        return self.status is UserStatus.ACTIVE

    def is_frozen(self, now: int) -> bool:
        """Whether what the key signs moves nothing, at unix time `now` [s]."""
        return now < self.frozen_until

    @classmethod
    def decode(cls, account: Account) -> Self:
        raw = read_borsh(account, generated.User, program=PROGRAM_ID)
        return cls(
            address=account.address,
            number=raw.number,
            key=raw.key,
            user_type=UserType(raw.user_type.discriminator),
            status=UserStatus(raw.status.discriminator),
            location=bytes(raw.location),
            registered_at=raw.registered_at,
            meters=tuple(raw.meters[: raw.meter_count]),
            frozen_until=raw.frozen_until,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class UserKey:
    """Points from a key to its user."""

    address: Pubkey
    number: int
    user: Pubkey

    @classmethod
    def decode(cls, account: Account) -> Self:
        raw = read_borsh(account, generated.UserKey, program=PROGRAM_ID)
        return cls(address=account.address, number=raw.number, user=raw.user)


@dataclass(frozen=True, slots=True, kw_only=True)
class Meter:
    """A metering point.

    Attributes:
        number: position in the registry, from 0.
        meter_id: its identifier.
        key: signs the meter's own readings; None where it has no key.
        user: address of the user it reports for; None while unassigned.
        rated_power_w: rated power of the connection [W]; bounds what an interval can hold.
        assigned_at: unix time of the last assignment [s].
    """

    address: Pubkey
    number: int
    meter_id: str
    key: Pubkey | None
    user: Pubkey | None
    rated_power_w: int
    assigned_at: int

    @classmethod
    @reading
    def decode(cls, account: Account) -> Self:
        raw = read_borsh(account, generated.Meter, program=PROGRAM_ID)
        nobody = Pubkey.default()
        return cls(
            address=account.address,
            number=raw.number,
            meter_id=bytes(raw.id).rstrip(b"\0").decode("utf-8"),
            key=None if raw.key == nobody else raw.key,
            user=None if raw.user == nobody else raw.user,
            rated_power_w=raw.rated_power_w,
            assigned_at=raw.assigned_at,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class MeterId:
    """Points from an identifier to its meter."""

    address: Pubkey
    number: int
    meter: Pubkey

    @classmethod
    def decode(cls, account: Account) -> Self:
        raw = read_borsh(account, generated.MeterId, program=PROGRAM_ID)
        return cls(address=account.address, number=raw.number, meter=raw.meter)


@dataclass(frozen=True, slots=True, kw_only=True)
class Guardians:
    """Keys that a user trusts; none while there is no arrangement.

    Attributes:
        members: the guardians' keys, up to seven.
        threshold: how many of them recover the user.
        delay_s: how long the user may veto a recovery that they have approved [s].
    """

    members: tuple[Pubkey, ...]
    threshold: int
    delay_s: int

    @classmethod
    def _of(cls, raw: Any) -> Self:
        return cls(members=tuple(raw.members[: raw.count]), threshold=raw.threshold, delay_s=raw.delay_s)


@dataclass(frozen=True, slots=True, kw_only=True)
class Recovery:
    """A user's guardians, and the recovery that they opened last.

    Attributes:
        user: address of the user's account.
        guardians: those that were in force when the account was last written.
        next_guardians, next_from: who follows them, from which unix time on [s]; both None while none wait.
        new_key: the key that the recovery gives the user; None while none was opened.
        approvals: the guardians who have approved it.
        opened_at: unix time of the first approval [s]; 0 while none was opened.
        approved_at: unix time at which the threshold was reached [s]; 0 before.
        frozen_by: who froze the key last; None while nobody has.
    """

    address: Pubkey
    user: Pubkey
    guardians: Guardians
    next_guardians: Guardians | None
    next_from: int | None
    new_key: Pubkey | None
    approvals: tuple[Pubkey, ...]
    opened_at: int
    approved_at: int
    frozen_by: Pubkey | None

    @property
    def due_at(self) -> int | None:
        """Unix time from which the recovery may be finished [s]; None before the threshold is reached."""
        return self.approved_at + self.guardians.delay_s if self.approved_at else None

    @property
    def expires_at(self) -> int | None:
        """Unix time from which the recovery is void [s]; None while none was opened."""
        if self.new_key is None:
            return None
        return (self.due_at or self.opened_at) + RECOVERY_WINDOW_S

    def is_open(self, now: int) -> bool:
        """Whether a recovery is open at unix time `now` [s], neither vetoed nor expired."""
        return self.expires_at is not None and now < self.expires_at

    def guardians_at(self, now: int) -> Guardians:
        """The guardians in force at unix time `now` [s]: those who wait follow when their time has come and
        no recovery is open."""
        if self.next_guardians is None or self.next_from is None or now < self.next_from or self.is_open(now):
            return self.guardians
        return self.next_guardians

    @classmethod
    def decode(cls, account: Account) -> Self:
        raw = read_borsh(account, generated.Recovery, program=PROGRAM_ID)
        guardians, nobody = Guardians._of(raw.guardians), Pubkey.default()
        return cls(
            address=account.address,
            user=raw.user,
            guardians=guardians,
            next_guardians=Guardians._of(raw.next_guardians) if raw.next_from else None,
            next_from=raw.next_from or None,
            new_key=None if raw.new_key == nobody else raw.new_key,
            approvals=tuple(key for place, key in enumerate(guardians.members) if raw.approvals >> place & 1),
            opened_at=raw.opened_at,
            approved_at=raw.approved_at,
            frozen_by=None if raw.frozen_by == nobody else raw.frozen_by,
        )
