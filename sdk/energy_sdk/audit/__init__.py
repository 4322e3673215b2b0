"""Checks a market without trusting it: recomputes every clearing, and traces energy from meter to user.

- `audit` holds a market's accounts against its orders, its history and each other.
- `export_epoch` and `verify_export` keep an epoch as a file, and check such a file.
- `auction` is the clearing rule written a second time, from its definition; it shares nothing with the programs.

An audit reads what everybody can read, signs nothing, and says of every claim whether it agrees, does not
agree, or could not be checked.
"""

from .export import EpochExport, export_epoch, verify_export
from .report import AuditReport, Check, NotChecked
from .run import audit

__all__ = [
    "AuditReport",
    "Check",
    "EpochExport",
    "NotChecked",
    "audit",
    "export_epoch",
    "verify_export",
]
