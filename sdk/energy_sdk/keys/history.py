"""What became of a user's key: who did what, when and why, as the chain has it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from solders.pubkey import Pubkey
from solders.signature import Signature

from ..audit.history import History, PastTransaction, discriminator
from ..client import EnergyClient
from ..events import Event
from ..registry import KeyChangeReason, UserStatus
from ..registry import events as told
from ..registry.constants import PROGRAM_ID


@dataclass(frozen=True, slots=True, kw_only=True)
class KeyEvent:
    """One entry of the log of a user's key.

    Attributes:
        at: block time [unix seconds]; None where the chain does not know it.
        what: in words.
        by: whose signature counted; None where the transaction does not tell.
        reason: why; None where none is given.
        signature: of the transaction.
        event: all that was told.
    """

    at: int | None
    what: str
    by: Pubkey | None
    reason: KeyChangeReason | None
    signature: Signature
    event: Event


async def key_history(client: EnergyClient, user: Pubkey) -> tuple[KeyEvent, ...]:
    """Registrations, changes of standing, rotations, freezes and recoveries of the registry account `user`, oldest
    first, as far back as the chain remembers.
    """
    found = []
    for transaction in await History(client.transport).of([user]):
        for event in transaction.events:
            if isinstance(event, _Told) and event.user == user:
                what, by = _words(event)
                if by is None:
                    by = _authority(transaction, event, user)
                found.append(
                    KeyEvent(
                        at=transaction.block_time,
                        what=what,
                        by=by,
                        reason=getattr(event, "reason", None),
                        signature=transaction.signature,
                        event=event,
                    )
                )
    return tuple(found)


_Told = (
    told.UserRegistered
    | told.UserStatusChanged
    | told.KeyRotated
    | told.GuardiansNamed
    | told.UserFrozen
    | told.UserUnfrozen
    | told.RecoveryApproved
    | told.RecoveryVetoed
    | told.UserRecovered
)

# Where the key that counted is among the accounts of instructions whose events do not name it.
_AUTHORITY: Final = {
    told.UserRegistered: ("register_user", 0),
    told.UserStatusChanged: ("update_user_status", 0),
    told.GuardiansNamed: ("set_guardians", 1),
}


def _authority(transaction: PastTransaction, event: _Told, user: Pubkey) -> Pubkey | None:
    name, place = _AUTHORITY[type(event)]
    for call in transaction.calls:
        if call.program == PROGRAM_ID and call.data.startswith(discriminator(name)) and user in call.accounts:
            return call.accounts[place]
    return None


def _words(event: _Told) -> tuple[str, Pubkey | None]:
    match event:
        case told.UserRegistered(key=key):
            return f"registered with the key {key}", None
        case told.UserStatusChanged(from_=before, to=after):
            return f"{UserStatus(before).name.lower()} before, {UserStatus(after).name.lower()} from then on", None
        case told.KeyRotated(from_=old, to=new):
            return f"the key is {new}", old
        case told.GuardiansNamed(guardians=guardians, threshold=threshold):
            return f"named {len(guardians)} guardians, {threshold} recover" if guardians else "ended guardianship", None
        case told.UserFrozen(by=by):
            return "the key is frozen", by
        case told.UserUnfrozen(by=by):
            return "the freeze is lifted", by
        case told.RecoveryApproved(by=by, new_key=key):
            return f"approved the recovery to {key}", by
        case told.RecoveryVetoed(by=by, new_key=key):
            return f"vetoed the recovery to {key}", by
        case told.UserRecovered(to=key):
            return f"recovered: the key is {key}", key
