"""The oracle over a transport."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from typing import Final

from solders.pubkey import Pubkey

from .. import registry
from ..addresses import public_key
from ..exceptions import AccountNotFound
from ..signers import Signer
from ..trading import pdas as trading_pdas
from ..trading.accounts import Market, SeatPointer
from ..transactions import Receipt
from . import errors, instructions, pdas
from .accounts import MeterShard, Operator, Oracle, ReadingSlot
from .certificates import Certificates, meter_account
from .health import Health
from .readings import Reading
from .requests import Requests
from .roles import Role

_NO_ROOT: Final = bytes(instructions.ROOT_BYTES)
# Several times what readings use. Priority fees are paid for what is asked for.
_BASE_UNITS: Final = 25_000
_UNITS_PER_READING: Final = 300


class OracleClient(Certificates, Requests, Health):
    """Operators, readings, minting, retirement, and the market's clock.

    The base classes have certificates and price bounds, data requests, feeds, and what is late.

    In the arguments `meter` an int is a meter's registry number, a Pubkey the address of its account.
    """

    async def initialize(
        self, *, admin: Pubkey, operator: Pubkey, roles: Role, deployer: Signer | None = None
    ) -> Receipt:
        """Create the oracle with its first operator.

        Args:
            admin: adds and removes operators.
            deployer: the program's upgrade authority, who pays; the payer by default.

        Raises:
            errors.NotDeployer: `deployer` is not the upgrade authority.
            errors.InvalidKey: `admin` or `operator` is the zero key.
            errors.OperatorCannotTrade: the operator's key belongs to a user.
        """
        signer = self._signer(deployer)
        instruction = instructions.initialize(deployer=signer.pubkey(), admin=admin, operator=operator, roles=roles)
        return await self._send(instruction, signers=[signer])

    async def add_operator(self, *, operator: Pubkey, roles: Role, admin: Signer | None = None) -> Receipt:
        """Give a key roles.

        Raises:
            errors.UnauthorizedAdmin: `admin` is not the oracle's.
            errors.OperatorAlreadyExists, errors.OperatorsFull: it has a role, or sixteen keys have.
            errors.OperatorCannotTrade: the key belongs to a user.
            errors.InvalidKey: `operator` is the zero key.
            errors.InvalidRoles: `roles` is empty.
        """
        signer = self._signer(admin)
        instruction = instructions.add_operator(admin=signer.pubkey(), operator=operator, roles=roles)
        return await self._send(instruction, signers=[signer])

    async def remove_operator(self, *, operator: Pubkey, admin: Signer | None = None) -> Receipt:
        """Take all roles from a key.

        Raises:
            errors.UnauthorizedAdmin: `admin` is not the oracle's.
            errors.OperatorNotFound: the key has no role.
            errors.CannotRemoveLastOperator: it is the only one.
        """
        signer = self._signer(admin)
        instruction = instructions.remove_operator(admin=signer.pubkey(), operator=operator)
        return await self._send(instruction, signers=[signer])

    async def nominate_admin(self, *, new_admin: Pubkey | None, admin: Signer | None = None) -> Receipt:
        """Name the next admin, who takes the oracle over by accepting; None withdraws a nomination.

        Raises:
            errors.UnauthorizedAdmin: `admin` is not the oracle's admin.
        """
        signer = self._signer(admin)
        instruction = instructions.nominate_admin(admin=signer.pubkey(), new_admin=new_admin)
        return await self._send(instruction, signers=[signer])

    async def accept_admin(self, *, new_admin: Signer | None = None) -> Receipt:
        """Take the oracle over as the nominated admin, the payer by default.

        Raises:
            errors.NotNominated: the present admin has not nominated this key.
        """
        signer = self._signer(new_admin)
        instruction = instructions.accept_admin(new_admin=signer.pubkey())
        return await self._send(instruction, signers=[signer])

    async def open_shard(self, *, authority: Signer | None = None) -> Receipt:
        """Create the next shard of 64 slots; `attach_meter` does so by itself when one is needed.

        Raises:
            errors.UnauthorizedOperator: `authority` has no role.
        """
        signer = self._signer(authority)
        shard = (await self.oracle()).shard_count
        instruction = instructions.open_shard(authority=signer.pubkey(), shard=shard)
        return await self._send(instruction, signers=[signer])

    async def attach_meter(self, *, meter: int | Pubkey, authority: Signer | None = None) -> Receipt:
        """Give a meter that is assigned to a user its slot, in the newest shard, or in a new one.

        The receipt's `events.MeterAttached` has shard and slot.

        Raises:
            errors.UnauthorizedOperator: `authority` lacks the AMI role.
            errors.MeterNotAssigned, errors.MeterAlreadyAttached: not now, or not again.
            AccountNotFound: there is no such meter.
        """
        signer = self._signer(authority)
        found = await self._fetch(registry.Meter, meter_account(meter), f"meter {meter}")
        oracle = await self.oracle()
        parts = []
        shard = oracle.shard_count - 1
        if shard < 0 or (await self.shard(shard=shard)).is_full:
            shard += 1
            parts.append(instructions.open_shard(authority=signer.pubkey(), shard=shard))
        if found.user is None:
            raise errors.MeterNotAssigned()
        parts.append(
            instructions.attach_meter(authority=signer.pubkey(), meter=found.address, user=found.user, shard=shard)
        )
        return await self._send(*parts, signers=[signer])

    async def refresh_meter(self, *, meter: int | Pubkey) -> Receipt:
        """Make a meter's slot agree with the registry: user, status, key, rated power. Anybody may.

        Raises:
            errors.UnmintedEnergy: the user changed; mint the former user's energy first.
            AccountNotFound: there is no such meter, or it is not attached.
        """
        found = await self._fetch(registry.Meter, meter_account(meter), f"meter {meter}")
        pointer = await self.meter_slot(meter=found.address)
        instruction = instructions.refresh_meter(meter=found.address, user=found.user, shard=pointer.shard)
        return await self._send(instruction)

    async def submit_meter_data(
        self,
        *,
        shard: int,
        readings: Sequence[Reading],
        root: bytes = _NO_ROOT,
        submitter: Signer | None = None,
    ) -> Receipt:
        """Record readings of meters in one shard, all or none.

        Args:
            readings: up to about 60, or 69 where the submitter pays; of intervals that are over and at most 63
                apart.
            root: commitment to the meter-signed readings that the batch comes from, 32 bytes.
            submitter: an operator with the AMI role, or the key of the meter that all readings are from.

        Raises:
            errors.UnauthorizedOperator: neither of both.
            errors.DuplicateReading: an interval was recorded before.
            errors.ReadingInFuture, errors.ReadingTooOld: outside the time that is accepted.
            errors.ReadingAboveRatedPower, errors.ConsumerCannotExport: more than the connection or the user may.
            errors.MeterNotFound, errors.MeterInactive: the slot is empty, or its user may not take part.
            errors.MeteringPaused: metering stands still.
        """
        signer = self._signer(submitter)
        instruction = instructions.submit_meter_data(
            submitter=public_key(signer), shard=shard, readings=readings, root=root
        )
        units = _BASE_UNITS + _UNITS_PER_READING * len(readings)
        return await self._send(instruction, signers=[signer], compute_units=units)

    async def mint_energy(self, *, meter: int | Pubkey, authority: Signer | None = None) -> Receipt:
        """Mint GRID for all export of a meter that is not minted yet, to its user's token account.

        Raises:
            errors.UnauthorizedOperator: `authority` has no role.
            errors.NothingToMint: everything is minted.
            errors.MeteringPaused: metering stands still.
            energy_token.errors.UserNotActive: the user may not take part.
        """
        signer = self._signer(authority)
        pointer = await self.meter_slot(meter=meter)
        slot = (await self.shard(shard=pointer.shard)).slots[pointer.slot]
        user = await self._fetch(registry.User, slot.user, f"the user of meter {meter}")
        instruction = instructions.mint_energy(
            authority=signer.pubkey(),
            shard=pointer.shard,
            slot=pointer.slot,
            user=user.address,
            holder=user.key,
        )
        return await self._send(instruction, signers=[signer])

    async def trigger_market_clearing(self, *, market: Market, epoch: int, authority: Signer | None = None) -> Receipt:
        """Close an epoch that is over, so that anybody may clear it; the market is read anew.

        Raises:
            errors.UnauthorizedOperator: `authority` lacks the OPERATOR role.
            trading.errors.EpochNotOver, trading.errors.EpochAlreadyClosed: too early, or done.
            AccountNotFound: the epoch had no orders, or its book serves another epoch by now.
        """
        signer = self._signer(authority)
        book = (await self._fetch(Market, market.address, f"market {market.id}")).book_of(epoch)
        if book is None:
            raise AccountNotFound(
                f"epoch {epoch} of market {market.id} has no book: it had no orders, or the book is in use again"
            )
        instruction = instructions.trigger_market_clearing(
            authority=signer.pubkey(), market=market.address, book=book, epoch=epoch
        )
        return await self._send(instruction, signers=[signer])

    async def update_energy_prices(
        self, *, market: Market, floor: int, ceiling: int, authority: Signer | None = None
    ) -> Receipt:
        """Bound the prices of epochs that are not open yet; open ones keep their bounds.

        The bounds are taken inward to the market's ticks; `trading.events.PriceBoundsChanged` has them.

        Args:
            floor: lowest price allowed [payment base units per kWh].
            ceiling: highest price allowed [payment base units per kWh].

        Raises:
            errors.UnauthorizedOperator: `authority` lacks the OPERATOR role.
            errors.PriceBoundsOutsideLimits: below or above what governance allows.
            trading.errors.PriceBoundsEmpty: no tick of the market lies between them.
        """
        signer = self._signer(authority)
        instruction = instructions.update_energy_prices(
            authority=signer.pubkey(), market=market.address, floor=floor, ceiling=ceiling
        )
        return await self._send(instruction, signers=[signer])

    async def retire_energy(
        self,
        *,
        meter: int | Pubkey,
        market: Market,
        energy_wh: int,
        owner: Signer | None = None,
        seat: int | None = None,
    ) -> Receipt:
        """Cover metered import with GRID from the owner's seat in a market, and burn it.

        Args:
            energy_wh: at most the meter's import that is not covered yet [Wh].
            owner: the user the meter reports for.
            seat: index of the owner's seat; its first by default.

        Raises:
            errors.NotMeterOwner: the meter reports for somebody else.
            errors.RetirementExceedsImport, errors.ZeroAmount: more than was imported, or nothing.
            trading.errors.InsufficientBalance: less energy is free on the seat.
        """
        signer = self._signer(owner)
        pointer = await self.meter_slot(meter=meter)
        user = await self._user_of(signer.pubkey())
        if seat is None:
            address = trading_pdas.seat_pointer_address(market.address, user)
            seat = (await self._fetch(SeatPointer, address, f"a seat of {signer.pubkey()}")).seat
        instruction = instructions.retire_energy(
            owner=signer.pubkey(),
            user=user,
            market=market,
            shard=pointer.shard,
            slot=pointer.slot,
            seat=seat,
            energy_wh=energy_wh,
        )
        return await self._send(instruction, signers=[signer])

    async def oracle(self) -> Oracle:
        """Operators and counts.

        Raises:
            AccountNotFound: the oracle is not initialised.
        """
        return await self._fetch(Oracle, pdas.ORACLE_ADDRESS, "the oracle")

    async def operator(self, *, key: Pubkey) -> Operator | None:
        """What a key may do; None without a role."""
        return await self._find(Operator, pdas.operator_address(key))

    async def shard(self, *, shard: int) -> MeterShard:
        """The readings of up to 64 meters.

        Raises:
            AccountNotFound: there is no such shard.
        """
        return await self._fetch(MeterShard, pdas.shard_address(shard), f"shard {shard}")

    async def shards(self) -> AsyncIterator[MeterShard]:
        """All shards, in order."""
        for shard in range((await self.oracle()).shard_count):
            yield await self.shard(shard=shard)

    async def meter_readings(self, *, meter: int | Pubkey) -> ReadingSlot:
        """What a meter has reported, minted and retired.

        Raises:
            AccountNotFound: the meter is not attached.
        """
        pointer = await self.meter_slot(meter=meter)
        return (await self.shard(shard=pointer.shard)).slots[pointer.slot]
