"""New code for the programs: buffers, room, and who may put it in place."""

from __future__ import annotations

import asyncio
from typing import Final

from solders.keypair import Keypair
from solders.pubkey import Pubkey

from ..addresses import UPGRADEABLE_LOADER, program_data_address
from ..exceptions import AccountMismatch, AccountNotFound, InvalidInput
from ..program_client import ProgramClient
from ..transactions import Receipt, loader
from ..transports.base import Account
from . import pdas

# A write and its frame fill a transaction.
_WRITE_BYTES: Final = 900
# Enough to keep a cluster busy, few enough for a public endpoint to bear.
_WRITES_AT_ONCE: Final = 64


class Upgrades(ProgramClient):
    """Prepares upgrades, which governance decides."""

    async def upgrade_authority(self, program: Pubkey) -> Pubkey | None:
        """Who may upgrade `program`; None where nobody can.

        Raises:
            AccountNotFound: no upgradeable program is there.
        """
        data = (await self._program_data(program)).data
        return Pubkey.from_bytes(data[13:45]) if data[12] else None

    async def require_upgradeable(self, program: Pubkey, *, size: int) -> None:
        """Check that governance can give `program` code of `size` bytes.

        Raises:
            AccountNotFound: no upgradeable program is there.
            InvalidInput: governance may not upgrade it, or it has too little room: `extend_program` makes it.
        """
        holder = await self.upgrade_authority(program)
        if holder != pdas.GOVERNANCE_ADDRESS:
            raise InvalidInput(f"{holder or 'nobody'} may upgrade {program}; hand it over to governance first")
        room = len((await self._program_data(program)).data) - loader.PROGRAM_DATA_HEADER
        if size > room:
            raise InvalidInput(
                f"the new code takes {size} bytes and {program} has room for {room}; extend it by {size - room} first"
            )

    async def require_buffer(self, buffer: Pubkey, *, program: Pubkey) -> None:
        """Check that governance can give `program` the code in `buffer`.

        Raises:
            AccountNotFound, AccountMismatch: there is no buffer, or no upgradeable program.
            InvalidInput: governance does not own the buffer, or could not upgrade the program with it.
        """
        account = await self._transport.get_account(buffer)
        if account is None:
            raise AccountNotFound(f"the buffer does not exist: there is nothing at {buffer}")
        # bincode of UpgradeableLoaderState::Buffer: u32 variant 1, then an optional authority.
        if account.owner != UPGRADEABLE_LOADER or account.data[:4] != (1).to_bytes(4, "little"):
            raise AccountMismatch(f"{buffer} is not a buffer of the upgradeable loader")
        if account.data[4:37] != b"\x01" + bytes(pdas.GOVERNANCE_ADDRESS):
            raise InvalidInput(f"the buffer {buffer} does not belong to governance; upload it with write_buffer")
        await self.require_upgradeable(program, size=len(account.data) - loader.BUFFER_HEADER)

    async def write_buffer(self, elf: bytes, *, authority: Pubkey = pdas.GOVERNANCE_ADDRESS) -> Pubkey:
        """Upload a program's new code into a buffer and give that to `authority`; returns its address.

        The payer pays the buffer's rent, some 7 SOL a megabyte, which an upgrade returns.

        Raises:
            InvalidInput: these are not the bytes of a program.
        """
        if not elf.startswith(b"\x7fELF"):
            raise InvalidInput("the file is no program: give the .so file that the build made")
        payer, buffer = self._sender.payer, Keypair()
        own, address = payer.pubkey(), buffer.pubkey()
        rent = await self._transport.minimum_balance(loader.BUFFER_HEADER + len(elf))
        create = loader.create_buffer(payer=own, buffer=address, authority=own, size=len(elf), lamports=rent)
        await self._send(*create, signers=[buffer])
        writes = [
            loader.write_buffer(buffer=address, authority=own, offset=start, data=elf[start : start + _WRITE_BYTES])
            for start in range(0, len(elf), _WRITE_BYTES)
        ]
        for start in range(0, len(writes), _WRITES_AT_ONCE):
            await asyncio.gather(*(self._send(write) for write in writes[start : start + _WRITES_AT_ONCE]))
        await self._send(loader.set_buffer_authority(buffer=address, authority=own, new_authority=authority))
        return address

    async def extend_program(self, program: Pubkey, *, size: int) -> Receipt:
        """Make room in `program` for code of `size` bytes more; the payer pays the rent.

        Raises:
            InvalidInput: less than one byte.
        """
        if size < 1:
            raise InvalidInput(f"cannot extend by {size} bytes; a program only grows")
        return await self._send(loader.extend_program(program=program, payer=self._sender.payer.pubkey(), size=size))

    async def _program_data(self, program: Pubkey) -> Account:
        account = await self._transport.get_account(program_data_address(program))
        if account is None or account.owner != UPGRADEABLE_LOADER:
            raise AccountNotFound(f"{program} is not an upgradeable program of this cluster")
        return account
