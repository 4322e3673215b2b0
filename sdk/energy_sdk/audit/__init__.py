"""Checks a market without trusting it: recomputes every clearing, and traces energy from meter to user.

- `audit` holds a market's accounts against its orders, its history and each other.
- `trace` follows the energy of one reading to whoever used it.
- `export_epoch` and `verify_export` keep an epoch as a file, and check such a file.
- `auction` is the clearing rule written a second time, from its definition; it shares nothing with the programs.

An audit reads what everybody can read, signs nothing, and says of every claim whether it agrees, does not
agree, or could not be checked.
"""

from .export import EpochExport, export_epoch, verify_export
from .report import AuditReport, Check, NotChecked
from .run import audit
from .steps import Step, StepKind
from .trace import Trace, trace

__all__ = [
    "AuditReport",
    "Check",
    "EpochExport",
    "NotChecked",
    "Step",
    "StepKind",
    "Trace",
    "audit",
    "export_epoch",
    "trace",
    "verify_export",
]
