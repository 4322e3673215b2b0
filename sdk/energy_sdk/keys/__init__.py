"""What a key may do, what became of it, and how another key takes all of it over."""

from .history import KeyEvent, key_history
from .roles import HeldRole, RoleKind, roles_of
from .rotation import Remainder, RotationStep, plan_rotation, remainders, rotate

__all__ = [
    "HeldRole",
    "KeyEvent",
    "Remainder",
    "RoleKind",
    "RotationStep",
    "key_history",
    "plan_rotation",
    "remainders",
    "roles_of",
    "rotate",
]
