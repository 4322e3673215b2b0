"""The registry over a transport."""

from __future__ import annotations

from solders.pubkey import Pubkey

from ..signers import Signer
from ..transactions import Receipt
from . import instructions, pdas
from .accounts import MeterId
from .enums import UserStatus, UserType
from .key_changes import KeyChanges
from .reader import account_of

_PAGE = 100


class RegistryClient(KeyChanges):
    """Users, meters and the authorities that admit them.

    A user is named by its number, its address or its key, in the arguments `user` of type `int | Pubkey`: an
    int is a number, a Pubkey the address of the user account.

    The base classes have what becomes of a user's key, and what can be read.
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
            user=account_of(user),
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
        outcome = await self._sender.simulate([instructions.verify_user(user=account_of(user))])
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
        instruction = instructions.update_user_status(authority=signer.pubkey(), user=account_of(user), status=status)
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
