"""Who takes part: users, their keys, their meters, and the authorities that admit them."""

from . import constants, errors, events, instructions, pdas
from .accounts import Meter, MeterId, Registry, User, UserKey
from .client import RegistryClient
from .enums import KeyChangeReason, UserStatus, UserType

__all__ = [
    "KeyChangeReason",
    "Meter",
    "MeterId",
    "Registry",
    "RegistryClient",
    "User",
    "UserKey",
    "UserStatus",
    "UserType",
    "constants",
    "errors",
    "events",
    "instructions",
    "pdas",
]
