"""A user's key in trouble: rotation, freezing, and recovery by guardians."""

from __future__ import annotations

from collections.abc import Sequence

from solders.instruction import Instruction
from solders.pubkey import Pubkey

from ..signers import Signer
from ..transactions import Receipt
from . import instructions, pdas
from .accounts import Recovery
from .enums import KeyChangeReason
from .reader import RegistryReader, account_of


class KeyChanges(RegistryReader):
    """Gives users other keys, and stops those that are lost or stolen."""

    async def rotate_key(
        self,
        *,
        new_key: Signer,
        reason: KeyChangeReason = KeyChangeReason.ROUTINE,
        key: Signer | None = None,
        refresh: Sequence[Instruction] = (),
    ) -> Receipt:
        """Give a user another key, who owns all that the user owns in the registry and the oracle from now on.

        The user's seats follow when they are refreshed, and tokens in the old key's wallet stay there.

        Args:
            new_key: signs too, so that the user does not end up with a key that nobody holds.
            reason: why, for the record.
            key: the user's present key; the payer by default.
            refresh: instructions for the same transaction, as `operations.seat_refreshes` makes them for the
                new key.

        Raises:
            errors.UserNotFound: no user has this key.
            errors.UserNotActive, errors.UserFrozen: the user may not do this at present.
            errors.UserAlreadyExists: the new key belongs to a user, be it this one.
            errors.AuthorityCannotTrade: the new key is a registry authority.
        """
        signer = self._signer(key)
        user = await self.user(key=signer.pubkey())
        instruction = instructions.rotate_key(
            payer=self._sender.payer.pubkey(),
            user=user.address,
            key=signer.pubkey(),
            new_key=new_key.pubkey(),
            reason=reason,
        )
        return await self._send(instruction, *refresh, signers=[signer, new_key])

    async def set_guardians(
        self, *, guardians: Sequence[Pubkey], threshold: int, delay_s: int, key: Signer | None = None
    ) -> Receipt:
        """Name the keys that may freeze this user's key and give the user another one.

        The first set is in force at once, every later one after the delay of the present one; naming another
        before then replaces the set that waits. No guardians end the arrangement, after the delay too.

        Args:
            guardians: up to seven keys of others.
            threshold: how many of them recover the user; 0 where there are none.
            delay_s: how long the user may veto a recovery they have approved [s], 3,600 to 432,000; 0 where
                there are none.
            key: the user's key; the payer by default.

        Raises:
            errors.UserNotFound: no user has this key.
            errors.UserNotActive, errors.UserFrozen, errors.RecoveryOpen: the user may not do this at present.
            errors.InvalidGuardians: too many, equal ones, the zero key or the user's own.
            errors.InvalidRecoveryThreshold, errors.InvalidRecoveryDelay: out of range.
            errors.NoGuardians: there is no arrangement to end.
        """
        signer = self._signer(key)
        user = await self.user(key=signer.pubkey())
        instruction = instructions.set_guardians(
            payer=self._sender.payer.pubkey(),
            user=user.address,
            key=signer.pubkey(),
            guardians=guardians,
            threshold=threshold,
            delay_s=delay_s,
        )
        return await self._send(instruction, signers=[signer])

    async def freeze_user(
        self,
        *,
        user: int | Pubkey,
        reason: KeyChangeReason,
        authority: Signer | None = None,
        refresh: Sequence[Instruction] = (),
    ) -> Receipt:
        """Freeze a user's key for seven days: what it signs moves nothing. Seats follow when they are refreshed.

        Args:
            user: number or account address.
            authority: the user's key or a guardian; the payer by default.
            refresh: instructions for the same transaction, as `operations.seat_refreshes` makes them.

        Raises:
            errors.NoGuardians: the user has none, so nobody could lift the freeze.
            errors.NotGuardian: `authority` is neither the user nor a guardian in force.
            errors.UserFrozen: the key is frozen.
            errors.FreezeTooSoon: a freeze ended less than seven days ago.
        """
        signer = self._signer(authority)
        instruction = instructions.freeze_user(authority=signer.pubkey(), user=account_of(user), reason=reason)
        return await self._send(instruction, *refresh, signers=[signer])

    async def unfreeze_user(
        self,
        *,
        user: int | Pubkey,
        reason: KeyChangeReason,
        guardian: Signer | None = None,
        refresh: Sequence[Instruction] = (),
    ) -> Receipt:
        """Lift a freeze. Seats follow when they are refreshed.

        Args:
            user: number or account address.
            guardian: who froze the key; any guardian if the user did, or one who is a guardian no more. The
                payer by default.
            refresh: instructions for the same transaction, as `operations.seat_refreshes` makes them.

        Raises:
            errors.NoGuardians, errors.NotGuardian: `guardian` is none in force.
            errors.UserNotFrozen: there is nothing to lift.
            errors.NotFreezer: another guardian froze the key.
        """
        signer = self._signer(guardian)
        instruction = instructions.unfreeze_user(guardian=signer.pubkey(), user=account_of(user), reason=reason)
        return await self._send(instruction, *refresh, signers=[signer])

    async def approve_recovery(
        self, *, user: int | Pubkey, new_key: Pubkey, reason: KeyChangeReason, guardian: Signer | None = None
    ) -> Receipt:
        """Approve, as a guardian, that a user be given `new_key`.

        The first approval opens the recovery, the one that reaches the threshold starts the delay in which the
        user may veto it. It expires seven days after it was opened, or after its delay was over.

        Args:
            user: number or account address.
            guardian: a guardian in force; the payer by default.

        Raises:
            errors.NoGuardians, errors.NotGuardian: `guardian` is none in force.
            errors.UserAlreadyExists: the new key belongs to a user.
            errors.RecoveryOfAnotherKey: the open recovery is to another key.
            errors.RecoveryAlreadyApproved: this guardian has.
        """
        signer = self._signer(guardian)
        instruction = instructions.approve_recovery(
            guardian=signer.pubkey(), user=account_of(user), new_key=new_key, reason=reason
        )
        return await self._send(instruction, signers=[signer])

    async def veto_recovery(self, *, key: Signer | None = None) -> Receipt:
        """End the open recovery of the user with this key, the payer's by default; a freeze does not matter.

        Raises:
            errors.UserNotFound: no user has this key.
            errors.UserNotActive: a registry authority has ended the user's veto.
            errors.NoGuardians, errors.RecoveryNotOpen: there is nothing to veto.
        """
        signer = self._signer(key)
        user = await self.user(key=signer.pubkey())
        return await self._send(instructions.veto_recovery(key=signer.pubkey(), user=user.address), signers=[signer])

    async def finish_recovery(
        self, *, user: int | Pubkey, new_key: Signer | None = None, refresh: Sequence[Instruction] = ()
    ) -> Receipt:
        """Give a user the key that the guardians approved, and lift a freeze. Guardians that wait are dropped.

        Args:
            user: number or account address.
            new_key: the approved key; the payer by default.
            refresh: instructions for the same transaction, as `operations.seat_refreshes` makes them for the
                new key.

        Raises:
            errors.NoGuardians, errors.RecoveryNotOpen, errors.RecoveryOfAnotherKey: nobody approved this key.
            errors.RecoveryNotApproved: the threshold is not reached.
            errors.RecoveryNotDue: the delay is not over.
            errors.RecoveryExpired: it is over for more than seven days.
            errors.UserAlreadyExists, errors.AuthorityCannotTrade: the key is a user's or an authority's by now.
        """
        signer = self._signer(new_key)
        found = await self.user(user=user)
        instruction = instructions.finish_recovery(
            payer=self._sender.payer.pubkey(), user=found.address, key=found.key, new_key=signer.pubkey()
        )
        return await self._send(instruction, *refresh, signers=[signer])

    async def recovery(self, *, user: int | Pubkey) -> Recovery | None:
        """The user's guardians and open recovery; None where the user has never named guardians."""
        return await self._find(Recovery, pdas.recovery_address(account_of(user)))
