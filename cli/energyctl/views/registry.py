"""Users, meters, and who administers them."""

from __future__ import annotations

from typing import Any

from energy_sdk.oracle import Operator, Oracle, Role
from energy_sdk.registry import Guardians, Meter, Recovery, Registry, User

from ..render import label, rfc3339
from .transactions import Rows


def user_json(user: User) -> dict[str, Any]:
    """A participant."""
    return {
        "number": user.number,
        "address": str(user.address),
        "key": str(user.key),
        "user_type": label(user.user_type),
        "status": label(user.status),
        "location": user.location.hex(),
        "registered_at": rfc3339(user.registered_at),
        "meters": list(user.meters),
        "frozen_until": rfc3339(user.frozen_until) if user.frozen_until else None,
    }


def user_rows(user: User) -> Rows:
    """The same for people."""
    return [
        ("address", str(user.address)),
        ("key", str(user.key)),
        ("type", label(user.user_type)),
        ("status", label(user.status)),
        ("location", location(user.location)),
        ("registered", rfc3339(user.registered_at)),
        ("meters", ", ".join(map(str, user.meters)) or "none"),
        *([("frozen until", rfc3339(user.frozen_until))] if user.frozen_until else []),
    ]


def guardians_json(user: User, recovery: Recovery, now: int) -> dict[str, Any]:
    """Who may freeze and recover a user, at unix time `now` [s]."""
    following = _following(recovery, now)
    return {
        "user": str(user.address),
        "in_force": _set_json(recovery.guardians_at(now)),
        "next": None if following is None else _set_json(following),
        "next_from": None if following is None else _moment(recovery.next_from),
        "frozen_until": rfc3339(user.frozen_until) if user.is_frozen(now) else None,
        "frozen_by": str(recovery.frozen_by) if user.is_frozen(now) else None,
    }


def guardians_rows(user: User, recovery: Recovery, now: int) -> Rows:
    """The same for people."""
    following = _following(recovery, now)
    rows = _set_rows(recovery.guardians_at(now))
    if following is not None:
        rows += [("followed from", str(_moment(recovery.next_from))), *_set_rows(following)]
    if user.is_frozen(now):
        rows += [("frozen until", rfc3339(user.frozen_until)), ("frozen by", str(recovery.frozen_by))]
    return rows


def recovery_json(user: User, recovery: Recovery, now: int) -> dict[str, Any]:
    """The recovery that was opened last, at unix time `now` [s]."""
    return {
        "user": str(user.address),
        "state": _state(recovery, now),
        "new_key": None if recovery.new_key is None else str(recovery.new_key),
        "approved_by": [str(key) for key in recovery.approvals],
        "threshold": recovery.guardians.threshold,
        "due_at": _moment(recovery.due_at),
        "expires_at": _moment(recovery.expires_at),
    }


def recovery_rows(user: User, recovery: Recovery, now: int) -> Rows:
    """The same for people."""
    rows = [("user", str(user.address)), ("state", _state(recovery, now))]
    if recovery.new_key is not None:
        rows += [
            ("new key", str(recovery.new_key)),
            *(("approved by", str(key)) for key in recovery.approvals),
            ("approvals", f"{len(recovery.approvals)} of {recovery.guardians.threshold}"),
            *([("due", str(_moment(recovery.due_at)))] if recovery.due_at else []),
            ("expires", str(_moment(recovery.expires_at))),
        ]
    return rows


def _state(recovery: Recovery, now: int) -> str:
    """none, open (it waits for approvals), approved (it waits for the delay), due or expired."""
    if recovery.new_key is None:
        return "none"
    if not recovery.is_open(now):
        return "expired"
    if recovery.due_at is None:
        return "open"
    return "approved" if now < recovery.due_at else "due"


def _following(recovery: Recovery, now: int) -> Guardians | None:
    """The guardians that wait, unless they are in force by now."""
    return recovery.next_guardians if recovery.guardians_at(now) is recovery.guardians else None


def _set_json(guardians: Guardians) -> dict[str, Any]:
    return {
        "guardians": [str(key) for key in guardians.members],
        "threshold": guardians.threshold,
        "delay_s": guardians.delay_s,
    }


def _set_rows(guardians: Guardians) -> Rows:
    if not guardians.members:
        return [("guardians", "none")]
    return [
        *(("guardian", str(key)) for key in guardians.members),
        ("threshold", f"{guardians.threshold} of {len(guardians.members)}"),
        ("delay", f"{guardians.delay_s:,} s"),
    ]


def _moment(unix_time: int | None) -> str | None:
    return None if unix_time is None else rfc3339(unix_time)


def location(code: bytes) -> str:
    """A location for people: as text where it is text, else as hexadecimal."""
    text = code.rstrip(b"\0")
    return (text.decode() if text.isascii() and text.decode().isprintable() else code.hex()) or "-"


def meter_json(meter: Meter) -> dict[str, Any]:
    """A metering point."""
    return {
        "number": meter.number,
        "meter_id": meter.meter_id,
        "address": str(meter.address),
        "user": str(meter.user) if meter.user else None,
        "key": str(meter.key) if meter.key else None,
        "rated_power_w": meter.rated_power_w,
        "assigned_at": rfc3339(meter.assigned_at),
    }


def meter_rows(meter: Meter) -> Rows:
    """The same for people."""
    return [
        ("number", str(meter.number)),
        ("address", str(meter.address)),
        ("user", str(meter.user) if meter.user else "nobody"),
        ("key", str(meter.key) if meter.key else "none"),
        ("rated power", f"{meter.rated_power_w} W"),
        ("assigned", rfc3339(meter.assigned_at)),
    ]


def registry_json(registry: Registry) -> dict[str, Any]:
    """Who registers, and how much there is."""
    return {
        "address": str(registry.address),
        "admin": str(registry.admin),
        "authorities": [str(key) for key in registry.authorities],
        "user_count": registry.user_count,
        "meter_count": registry.meter_count,
    }


def oracle_json(oracle: Oracle, operators: list[Operator]) -> dict[str, Any]:
    """Who meters and clears, and how much there is."""
    return {
        "address": str(oracle.address),
        "admin": str(oracle.admin),
        "operators": [{"key": str(operator.key), "roles": roles(operator.roles)} for operator in operators],
        "shard_count": oracle.shard_count,
        "meter_count": oracle.meter_count,
    }


def roles(held: Role) -> list[str]:
    """Roles as they are written on the command line."""
    return [label(role) for role in Role if role in held]
