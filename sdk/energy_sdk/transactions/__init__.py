"""From instructions to a receipt: budget, sign, send, and turn refusals into exceptions."""

from .building import MAX_COMPUTE_UNITS, Step
from .failures import exception_from
from .lookup_tables import LookupTable
from .outbox import Entry, Outbox, State
from .policy import FeeEstimate, SendPolicy
from .queue import SendLimit
from .receipt import Receipt
from .sender import TransactionSender

__all__ = [
    "MAX_COMPUTE_UNITS",
    "Entry",
    "FeeEstimate",
    "LookupTable",
    "Outbox",
    "Receipt",
    "SendLimit",
    "SendPolicy",
    "State",
    "Step",
    "TransactionSender",
    "exception_from",
]
