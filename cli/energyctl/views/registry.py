"""Users, meters, and who administers them."""

from __future__ import annotations

from typing import Any

from energy_sdk.oracle import Operator, Oracle, Role
from energy_sdk.registry import Meter, Registry, User

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
    ]


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
