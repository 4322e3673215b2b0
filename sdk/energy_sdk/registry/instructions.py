"""The registry's instructions, built from typed arguments."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

from solders.instruction import Instruction
from solders.pubkey import Pubkey

from .._generated.registry import instructions as generated
from .._generated.registry.types import key_change_reason, user_status
from .._generated.registry.types import user_type as user_type_module
from ..addresses import program_data_address
from ..exceptions import InvalidInput
from ..governance.pdas import PAUSE_ADDRESS
from ..transactions.fields import fitting
from .constants import PROGRAM_ID
from .enums import KeyChangeReason, UserStatus, UserType
from .pdas import (
    REGISTRY_ADDRESS,
    meter_address,
    meter_id_address,
    meter_id_bytes,
    recovery_address,
    user_address,
    user_key_address,
)

LOCATION_BYTES: Final = 16

_USER_TYPES: Final[dict[UserType, Any]] = {
    UserType.PROSUMER: user_type_module.Prosumer(),
    UserType.CONSUMER: user_type_module.Consumer(),
}
_USER_STATUSES: Final[dict[UserStatus, Any]] = {
    UserStatus.ACTIVE: user_status.Active(),
    UserStatus.SUSPENDED: user_status.Suspended(),
    UserStatus.INACTIVE: user_status.Inactive(),
}
_REASONS: Final[dict[KeyChangeReason, Any]] = {
    KeyChangeReason.ROUTINE: key_change_reason.Routine(),
    KeyChangeReason.LOST: key_change_reason.Lost(),
    KeyChangeReason.STOLEN: key_change_reason.Stolen(),
    KeyChangeReason.SUSPECTED: key_change_reason.Suspected(),
    KeyChangeReason.DRILL: key_change_reason.Drill(),
}


@fitting
def initialize(*, deployer: Pubkey, authority: Pubkey, admin: Pubkey) -> Instruction:
    """Create the registry; `deployer` signs and pays."""
    return generated.initialize(
        {"authority": authority, "admin": admin},
        {
            "deployer": deployer,
            "program": PROGRAM_ID,
            "program_data": program_data_address(PROGRAM_ID),
            "registry": REGISTRY_ADDRESS,
        },
    )


@fitting
def register_user(
    *, authority: Pubkey, number: int, key: Pubkey, user_type: UserType, location: bytes = b""
) -> Instruction:
    """Register `key` as user `number`, which must be the registry's next; `authority` pays.

    Raises:
        InvalidInput: the location is longer than 16 bytes.
    """
    if len(location) > LOCATION_BYTES:
        raise InvalidInput(f"location takes {len(location)} bytes; use a code of at most {LOCATION_BYTES}")
    return generated.register_user(
        {
            "key": key,
            "user_type": _USER_TYPES[user_type],
            "location": list(location.ljust(LOCATION_BYTES, b"\0")),
        },
        {
            "authority": authority,
            "registry": REGISTRY_ADDRESS,
            "pause": PAUSE_ADDRESS,
            "user_key": user_key_address(key),
            "user": user_address(number),
        },
    )


@fitting
def assign_meter(
    *,
    authority: Pubkey,
    user: Pubkey,
    meter_id: str,
    number: int,
    rated_power_w: int,
    meter_key: Pubkey | None = None,
) -> Instruction:
    """Give the meter to `user`; `number` is its own, or for a new meter the registry's next."""
    return generated.assign_meter(
        {
            "id": list(meter_id_bytes(meter_id)),
            "number": number,
            "meter_key": meter_key or Pubkey.default(),
            "rated_power_w": rated_power_w,
        },
        {
            "authority": authority,
            "registry": REGISTRY_ADDRESS,
            "pause": PAUSE_ADDRESS,
            "user": user,
            "meter_id": meter_id_address(meter_id),
            "meter": meter_address(number),
        },
    )


@fitting
def unassign_meter(*, authority: Pubkey, meter: Pubkey, user: Pubkey) -> Instruction:
    """Part a meter and its user."""
    return generated.unassign_meter(
        {"authority": authority, "registry": REGISTRY_ADDRESS, "meter": meter, "user": user}
    )


@fitting
def verify_user(*, user: Pubkey) -> Instruction:
    """Succeed for an active user only."""
    return generated.verify_user({"user": user})


@fitting
def update_user_status(*, authority: Pubkey, user: Pubkey, status: UserStatus) -> Instruction:
    """Move a user to `status`."""
    return generated.update_user_status(
        {"status": _USER_STATUSES[status]},
        {"authority": authority, "registry": REGISTRY_ADDRESS, "user": user},
    )


@fitting
def add_authority(*, admin: Pubkey, key: Pubkey) -> Instruction:
    """Make `key` a registry authority."""
    return generated.add_authority(
        {"key": key}, {"admin": admin, "registry": REGISTRY_ADDRESS, "user_key": user_key_address(key)}
    )


@fitting
def remove_authority(*, admin: Pubkey, key: Pubkey) -> Instruction:
    """Take the powers of the authority `key` away."""
    return generated.remove_authority({"key": key}, {"admin": admin, "registry": REGISTRY_ADDRESS})


@fitting
def nominate_admin(*, admin: Pubkey, new_admin: Pubkey | None) -> Instruction:
    """Name the next admin; None withdraws a nomination."""
    return generated.nominate_admin(
        {"new_admin": new_admin or Pubkey.default()}, {"admin": admin, "registry": REGISTRY_ADDRESS}
    )


@fitting
def accept_admin(*, new_admin: Pubkey) -> Instruction:
    """Take the registry over; the nominated `new_admin` signs."""
    return generated.accept_admin({"new_admin": new_admin, "registry": REGISTRY_ADDRESS})


@fitting
def rotate_key(*, payer: Pubkey, user: Pubkey, key: Pubkey, new_key: Pubkey, reason: KeyChangeReason) -> Instruction:
    """Give a user another key; all three keys sign, `payer` exchanges the rents of the records."""
    return generated.rotate_key(
        {"reason": _REASONS[reason]},
        {
            "payer": payer,
            "key": key,
            "new_key": new_key,
            "registry": REGISTRY_ADDRESS,
            "user": user,
            "user_key": user_key_address(key),
            "new_user_key": user_key_address(new_key),
        },
    )


@fitting
def set_guardians(
    *, payer: Pubkey, user: Pubkey, key: Pubkey, guardians: Sequence[Pubkey], threshold: int, delay_s: int
) -> Instruction:
    """Name the user's guardians; the user's `key` signs, `payer` pays for the account."""
    return generated.set_guardians(
        {"guardians": list(guardians), "threshold": threshold, "delay_s": delay_s},
        {"payer": payer, "key": key, "user": user, "recovery": recovery_address(user)},
    )


@fitting
def freeze_user(*, authority: Pubkey, user: Pubkey, reason: KeyChangeReason) -> Instruction:
    """Freeze a user's key; `authority` is that key or a guardian."""
    return generated.freeze_user(
        {"reason": _REASONS[reason]},
        {"authority": authority, "user": user, "recovery": recovery_address(user)},
    )


@fitting
def unfreeze_user(*, guardian: Pubkey, user: Pubkey, reason: KeyChangeReason) -> Instruction:
    """Lift a freeze."""
    return generated.unfreeze_user(
        {"reason": _REASONS[reason]},
        {"guardian": guardian, "user": user, "recovery": recovery_address(user)},
    )


@fitting
def approve_recovery(*, guardian: Pubkey, user: Pubkey, new_key: Pubkey, reason: KeyChangeReason) -> Instruction:
    """Approve that a user be given `new_key`."""
    return generated.approve_recovery(
        {"new_key": new_key, "reason": _REASONS[reason]},
        {
            "guardian": guardian,
            "user": user,
            "recovery": recovery_address(user),
            "new_user_key": user_key_address(new_key),
        },
    )


@fitting
def veto_recovery(*, key: Pubkey, user: Pubkey) -> Instruction:
    """End the open recovery; the user's `key` signs."""
    return generated.veto_recovery({"key": key, "user": user, "recovery": recovery_address(user)})


@fitting
def finish_recovery(*, payer: Pubkey, user: Pubkey, key: Pubkey, new_key: Pubkey) -> Instruction:
    """Give a user the approved `new_key`, which signs; `key` is the present one, which does not."""
    return generated.finish_recovery(
        {
            "payer": payer,
            "new_key": new_key,
            "registry": REGISTRY_ADDRESS,
            "user": user,
            "recovery": recovery_address(user),
            "user_key": user_key_address(key),
            "new_user_key": user_key_address(new_key),
        }
    )
