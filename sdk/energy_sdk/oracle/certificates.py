"""Certificates of origin over a transport."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Self

from solders.pubkey import Pubkey

from .. import registry
from ..events.borsh import BorshReader
from ..signers import Signer
from ..transactions import Receipt
from . import instructions, pdas
from .accounts import Certificate, MeterShard, MeterSlot
from .enums import CertificateState, EnergySource
from .views import OracleViews

_PAGE: Final = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class CertificateValidity:
    """What the chain itself says of a certificate.

    Attributes:
        state: only a retired certificate proves that its energy was claimed.
        meter, owner: registry accounts of the meter and of the user it belongs to.
        from_wh, to_wh: watt-hours of the meter's export counter.
        source: where the energy came from.
        within_certified: the range lies within what the oracle certified of the meter's export.
    """

    SIZE = 1 + 32 + 32 + 8 + 8 + 1 + 1

    state: CertificateState
    meter: Pubkey
    owner: Pubkey
    from_wh: int
    to_wh: int
    source: EnergySource
    within_certified: bool

    @property
    def proves_claim(self) -> bool:
        """Whether somebody may say that they used this energy."""
        return self.state is CertificateState.RETIRED and self.within_certified

    @classmethod
    def decode(cls, data: bytes) -> Self:
        read = BorshReader(data)
        # Keyword arguments are evaluated in order, and this is the order of the fields.
        return cls(
            state=read.enum(CertificateState),
            meter=read.pubkey(),
            owner=read.pubkey(),
            from_wh=read.u64(),
            to_wh=read.u64(),
            source=read.enum(EnergySource),
            within_certified=read.bool(),
        )


class Certificates(OracleViews):
    """Issues, moves and retires certificates.

    A certificate is named by its meter and its number there; an int as `meter` or user is a registry number,
    a Pubkey the address of its account.
    """

    async def issue_certificate(
        self, *, meter: int | Pubkey, energy_wh: int, source: EnergySource, authority: Signer | None = None
    ) -> Receipt:
        """Certify the next `energy_wh` [Wh] that a meter exported, for the user it reports for.

        The receipt's `events.CertificateIssued` has the number.

        Args:
            authority: an operator of any role, who pays; the payer by default.

        Raises:
            errors.UnauthorizedOperator: `authority` has no role.
            errors.CertifiedEnergyExceedsExport: the meter has exported less that is not certified.
            errors.ZeroAmount, errors.UserNotActive, errors.MeteringPaused: as they say.
            AccountNotFound: the meter is not attached.
        """
        signer = self._signer(authority)
        pointer = await self.meter_slot(meter=meter)
        shard = await self._fetch(MeterShard, pdas.shard_address(pointer.shard), f"shard {pointer.shard}")
        instruction = instructions.issue_certificate(
            authority=signer.pubkey(),
            meter=pointer.meter,
            shard=pointer.shard,
            user=shard.slots[pointer.slot].user,
            index=pointer.certificate_count,
            energy_wh=energy_wh,
            source=source,
        )
        return await self._send(instruction, signers=[signer])

    async def transfer_certificate(
        self, *, meter: int | Pubkey, index: int, recipient: int | Pubkey, owner: Signer | None = None
    ) -> Receipt:
        """Give a certificate to another registered, active user.

        Args:
            recipient: the user who gets it.
            owner: the key of the user it belongs to; the payer by default.

        Raises:
            errors.NotCertificateOwner: it belongs to somebody else.
            errors.UserFrozen: the owner's key is frozen.
            errors.CertificateAlreadyRetired, errors.CertificateAlreadySplit: it is no longer live.
            errors.UserNotActive: the recipient may not take part.
            AccountNotFound: there is no such certificate.
        """
        signer = self._signer(owner)
        found = await self.certificate(meter=meter, index=index)
        instruction = instructions.transfer_certificate(
            owner=signer.pubkey(),
            user=found.owner,
            recipient=_user_address(recipient),
            certificate=found.address,
        )
        return await self._send(instruction, signers=[signer])

    async def split_certificate(
        self, *, meter: int | Pubkey, index: int, energy_wh: int, owner: Signer | None = None
    ) -> Receipt:
        """Replace a certificate by two: one over its first `energy_wh` [Wh], one over the rest.

        The receipt's `events.CertificateSplit` has their addresses; they take the meter's next two numbers.

        Raises:
            errors.NotCertificateOwner: it belongs to somebody else.
            errors.SplitOutOfRange: a part would be empty.
            errors.CertificateAlreadyRetired, errors.CertificateAlreadySplit: it is no longer live.
            AccountNotFound: there is no such certificate.
        """
        signer = self._signer(owner)
        found = await self.certificate(meter=meter, index=index)
        instruction = instructions.split_certificate(
            payer=self._sender.payer.pubkey(),
            owner=signer.pubkey(),
            user=found.owner,
            meter=found.meter,
            index=index,
            next_index=(await self.meter_slot(meter=meter)).certificate_count,
            energy_wh=energy_wh,
        )
        return await self._send(instruction, signers=[signer])

    async def retire_certificate(
        self, *, meter: int | Pubkey, index: int, beneficiary: str, owner: Signer | None = None
    ) -> Receipt:
        """Claim a certificate's energy, for good.

        Args:
            beneficiary: for whom, 1 to 32 bytes of text; it is public for ever, so no personal data.

        Raises:
            errors.NotCertificateOwner: it belongs to somebody else.
            errors.UserFrozen: the owner's key is frozen.
            errors.CertificateAlreadyRetired, errors.CertificateAlreadySplit: it is no longer live.
            InvalidInput: the text is empty, too long, or has a zero character.
            AccountNotFound: there is no such certificate.
        """
        signer = self._signer(owner)
        found = await self.certificate(meter=meter, index=index)
        instruction = instructions.retire_certificate(
            owner=signer.pubkey(), user=found.owner, certificate=found.address, beneficiary=beneficiary
        )
        return await self._send(instruction, signers=[signer])

    async def validate_certificate(self, *, meter: int | Pubkey, index: int) -> CertificateValidity:
        """What the oracle program says of a certificate; nothing is sent, and no fee is due.

        Raises:
            AccountNotFound: there is no such certificate.
            InvalidInput: neither the payer nor any official of the oracle has lamports to simulate with.
        """
        found = await self.certificate(meter=meter, index=index)
        instruction = instructions.validate_certificate(meter=found.meter, index=index)
        return CertificateValidity.decode(await self._ask(instruction, size=CertificateValidity.SIZE))

    async def certificate(self, *, meter: int | Pubkey, index: int) -> Certificate:
        """A meter's certificate by its number.

        Raises:
            AccountNotFound: there is no such certificate.
        """
        address = pdas.certificate_address(meter_account(meter), index)
        return await self._fetch(Certificate, address, f"certificate {index} of meter {meter}")

    async def certificates(self, *, meter: int | Pubkey) -> tuple[Certificate, ...]:
        """All certificates of a meter, whatever has become of them, by number.

        Raises:
            AccountNotFound: the meter is not attached.
        """
        pointer = await self.meter_slot(meter=meter)
        return await self._certificates_of(pointer)

    async def certificates_of(self, *, user: int | Pubkey) -> tuple[Certificate, ...]:
        """The live and the retired certificates that belong to a user, by meter and number.

        Certificates change hands, so this looks at those of every meter in the registry.
        """
        address = _user_address(user)
        found = await self._fetch(registry.Registry, registry.pdas.REGISTRY_ADDRESS, "the registry")
        held: list[Certificate] = []
        for start in range(0, found.meter_count, _PAGE):
            numbers = range(start, min(start + _PAGE, found.meter_count))
            slots = [pdas.meter_slot_address(registry.pdas.meter_address(number)) for number in numbers]
            for pointer in await self._find_all(MeterSlot, slots):
                if pointer is not None:
                    held += await self._certificates_of(pointer)
        return tuple(
            certificate
            for certificate in held
            if certificate.owner == address and certificate.state is not CertificateState.SPLIT
        )

    async def meter_slot(self, *, meter: int | Pubkey) -> MeterSlot:
        """Where a meter's readings are kept, and how much of its export has certificates.

        Raises:
            AccountNotFound: the meter is not attached.
        """
        address = pdas.meter_slot_address(meter_account(meter))
        return await self._fetch(MeterSlot, address, f"the slot of meter {meter}")

    async def _certificates_of(self, pointer: MeterSlot) -> tuple[Certificate, ...]:
        addresses = [pdas.certificate_address(pointer.meter, index) for index in range(pointer.certificate_count)]
        found = await self._find_all(Certificate, addresses)
        return tuple(certificate for certificate in found if certificate is not None)


def meter_account(meter: int | Pubkey) -> Pubkey:
    """Address of a meter's account, given that or its registry number."""
    return registry.pdas.meter_address(meter) if isinstance(meter, int) else meter


def _user_address(user: int | Pubkey) -> Pubkey:
    return registry.pdas.user_address(user) if isinstance(user, int) else user
