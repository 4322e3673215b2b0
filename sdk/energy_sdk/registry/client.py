"""The registry over a transport."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence

from solders.instruction import Instruction
from solders.pubkey import Pubkey

from ..exceptions import InvalidInput
from ..program_client import ProgramClient
from ..signers import Signer
from ..transactions import Receipt
from . import errors, instructions, pdas
from .accounts import Meter, MeterId, Recovery, Registry, User, UserKey
from .enums import KeyChangeReason, UserStatus, UserType

_PAGE = 100


class RegistryClient(ProgramClient):
    """Users, meters and the authorities that admit them.

    A user is named by its number, its address or its key, in the arguments `user` of type `int | Pubkey`: an
    int is a number, a Pubkey the address of the user account.
    """

    async def initialize(self, *, authority: Pubkey, admin: Pubkey, deployer: Signer | None = None) -> Receipt:
        """Create the registry with one authority.

        Args:
            authority: the first REC regulator.
            admin: adds and removes authorities.
            deployer: the program's upgrade authority, who pays; the payer by default.

        Raises:
            errors.NotDeployer: `deployer` is not the upgrade authority.
        """
        signer = self._signer(deployer)
        instruction = instructions.initialize(deployer=signer.pubkey(), authority=authority, admin=admin)
        return await self._send(instruction, signers=[signer])

    async def register_user(
        self,
        *,
        key: Pubkey,
        user_type: UserType,
        location: bytes = b"",
        authority: Signer | None = None,
    ) -> Receipt:
        """Register `key` as a user, active and without meters.

        The receipt's `events.UserRegistered` has the number and the address of the user.

        Args:
            key: the key the user will sign with.
            location: a short code or the prefix of a hash, at most 16 bytes; never personal data.
            authority: a registry authority, who pays; the payer by default.

        Raises:
            errors.NotRecRegulator: `authority` is not a registry authority.
            errors.UserAlreadyExists: the key belongs to a user.
            errors.AuthorityCannotTrade: the key is an authority's.
            errors.RegistrationPaused: registration stands still.
        """
        signer = self._signer(authority)
        instruction = instructions.register_user(
            authority=signer.pubkey(),
            number=(await self.registry()).user_count,
            key=key,
            user_type=user_type,
            location=location,
        )
        return await self._send(instruction, signers=[signer])

    async def assign_meter(
        self,
        *,
        user: int | Pubkey,
        meter_id: str,
        rated_power_w: int,
        meter_key: Pubkey | None = None,
        authority: Signer | None = None,
    ) -> Receipt:
        """Give a meter to a user; an identifier that is new makes a new meter.

        Args:
            user: number or account address.
            meter_id: the meter's identifier, 1 to 32 bytes of text.
            rated_power_w: rated power of the connection [W], 1 to 100,000,000.
            meter_key: the key the meter signs its own readings with; none by default.
            authority: a registry authority, who pays; the payer by default.

        Raises:
            errors.UserNotFound, errors.UserNotActive: there is no such user, or it may not take part.
            errors.MeterAlreadyAssigned: the meter belongs to a user.
            errors.MeterLimitReached: the user has eight meters.
            errors.InvalidRatedPower: out of range.
        """
        signer = self._signer(authority)
        pointer = await self._find(MeterId, pdas.meter_id_address(meter_id))
        number = (await self.registry()).meter_count if pointer is None else pointer.number
        instruction = instructions.assign_meter(
            authority=signer.pubkey(),
            user=_address(user),
            meter_id=meter_id,
            number=number,
            rated_power_w=rated_power_w,
            meter_key=meter_key,
        )
        return await self._send(instruction, signers=[signer])

    async def unassign_meter(self, *, meter_id: str, authority: Signer | None = None) -> Receipt:
        """Part a meter and its user.

        Raises:
            errors.NotRecRegulator: `authority` is not a registry authority.
            errors.MeterNotAssigned: it has no user.
            AccountNotFound: no meter has this identifier.
        """
        signer = self._signer(authority)
        meter = await self.meter(meter_id=meter_id)
        instruction = instructions.unassign_meter(
            authority=signer.pubkey(), meter=meter.address, user=meter.user or Pubkey.default()
        )
        return await self._send(instruction, signers=[signer])

    async def verify_user(self, *, user: int | Pubkey) -> UserType:
        """Ask the program whether the user may take part; returns what the user may do.

        Nothing is sent: the program runs in a simulation.

        Raises:
            errors.UserNotFound: there is no such user.
            errors.UserNotActive: it may not take part.
        """
        outcome = await self._sender.simulate([instructions.verify_user(user=_address(user))])
        # VerifiedUser: number u32, type u8. Trailing zero bytes of return data are cut by the runtime.
        return UserType(outcome.return_data.ljust(5, b"\0")[4])

    async def update_user_status(
        self, *, user: int | Pubkey, status: UserStatus, authority: Signer | None = None
    ) -> Receipt:
        """Move a user to `status`. Refresh its seats and meters afterwards, so that it takes effect there.

        Raises:
            errors.NotRecRegulator: `authority` is not a registry authority.
            errors.UserNotFound: there is no such user.
        """
        signer = self._signer(authority)
        instruction = instructions.update_user_status(authority=signer.pubkey(), user=_address(user), status=status)
        return await self._send(instruction, signers=[signer])

    async def add_authority(self, *, key: Pubkey, admin: Signer | None = None) -> Receipt:
        """Make `key` a registry authority.

        Raises:
            errors.NotRecRegulator: `admin` is not the registry's admin.
            errors.RecRegulatorAlreadyExists: the key is one already.
            errors.AuthoritiesFull: there are 16.
            errors.AuthorityCannotTrade: the key belongs to a user.
        """
        signer = self._signer(admin)
        instruction = instructions.add_authority(admin=signer.pubkey(), key=key)
        return await self._send(instruction, signers=[signer])

    async def remove_authority(self, *, key: Pubkey, admin: Signer | None = None) -> Receipt:
        """Take the powers of the authority `key` away.

        Raises:
            errors.NotRecRegulator: `admin` is not the registry's admin.
            errors.RecRegulatorNotFound: the key is no authority.
            errors.CannotRemoveLastRecRegulator: it is the only one.
        """
        signer = self._signer(admin)
        instruction = instructions.remove_authority(admin=signer.pubkey(), key=key)
        return await self._send(instruction, signers=[signer])

    async def nominate_admin(self, *, new_admin: Pubkey | None, admin: Signer | None = None) -> Receipt:
        """Name the next admin, who takes the registry over by accepting; None withdraws a nomination.

        Raises:
            errors.NotRecRegulator: `admin` is not the registry's admin.
        """
        signer = self._signer(admin)
        instruction = instructions.nominate_admin(admin=signer.pubkey(), new_admin=new_admin)
        return await self._send(instruction, signers=[signer])

    async def accept_admin(self, *, new_admin: Signer | None = None) -> Receipt:
        """Take the registry over as the nominated admin, the payer by default.

        Raises:
            errors.NotNominated: the present admin has not nominated this key.
        """
        signer = self._signer(new_admin)
        instruction = instructions.accept_admin(new_admin=signer.pubkey())
        return await self._send(instruction, signers=[signer])

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
        instruction = instructions.freeze_user(authority=signer.pubkey(), user=_address(user), reason=reason)
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
        instruction = instructions.unfreeze_user(guardian=signer.pubkey(), user=_address(user), reason=reason)
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
            guardian=signer.pubkey(), user=_address(user), new_key=new_key, reason=reason
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
        return await self._find(Recovery, pdas.recovery_address(_address(user)))

    async def registry(self) -> Registry:
        """Authorities and counts.

        Raises:
            AccountNotFound: the registry is not initialised.
        """
        return await self._fetch(Registry, pdas.REGISTRY_ADDRESS, "the registry")

    async def user(self, *, user: int | Pubkey | None = None, key: Pubkey | None = None) -> User:
        """The user with this number or account address, or with this key.

        Raises:
            AccountNotFound: there is no such user account.
            errors.UserNotFound: no user has this key.
            InvalidInput: neither or both are given.
        """
        if (user is None) == (key is None):
            raise InvalidInput("name the user either by `user` (number or address) or by `key`")
        if key is not None:
            pointer = await self._find(UserKey, pdas.user_key_address(key))
            if pointer is None:
                raise errors.UserNotFound(message=f"no user is registered with the key {key}")
            user = pointer.user
        assert user is not None
        return await self._fetch(User, _address(user), f"user {user}")

    async def users(self) -> AsyncIterator[User]:
        """All users, in order of registration."""
        count = (await self.registry()).user_count
        for start in range(0, count, _PAGE):
            numbers = range(start, min(start + _PAGE, count))
            for user in await self._find_all(User, [pdas.user_address(number) for number in numbers]):
                if user is not None:
                    yield user

    async def meter(self, *, meter_id: str | None = None, meter: int | Pubkey | None = None) -> Meter:
        """The meter with this identifier, or with this number or account address.

        Raises:
            AccountNotFound: there is no such meter.
            InvalidInput: neither or both are given.
        """
        if (meter is None) == (meter_id is None):
            raise InvalidInput("name the meter either by `meter_id` or by `meter` (number or address)")
        if meter_id is not None:
            pointer = await self._fetch(MeterId, pdas.meter_id_address(meter_id), f"meter {meter_id!r}")
            meter = pointer.meter
        assert meter is not None
        address = pdas.meter_address(meter) if isinstance(meter, int) else meter
        return await self._fetch(Meter, address, f"meter {meter}")

    async def meters(self) -> AsyncIterator[Meter]:
        """All meters, in order of registration."""
        count = (await self.registry()).meter_count
        for start in range(0, count, _PAGE):
            numbers = range(start, min(start + _PAGE, count))
            for meter in await self._find_all(Meter, [pdas.meter_address(number) for number in numbers]):
                if meter is not None:
                    yield meter


def _address(user: int | Pubkey) -> Pubkey:
    return pdas.user_address(user) if isinstance(user, int) else user
