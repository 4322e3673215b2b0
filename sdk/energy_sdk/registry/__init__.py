"""Who takes part: users, their keys, their meters, and the authorities that admit them."""

from . import constants, errors, events, instructions, pdas
from .accounts import Guardians, Meter, MeterId, Recovery, Registry, User, UserKey
from .client import RegistryClient
from .enums import KeyChangeReason, UserStatus, UserType

__all__ = [
    "Guardians",
    "KeyChangeReason",
    "Meter",
    "MeterId",
    "Recovery",
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
