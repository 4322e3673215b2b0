"""Governance over a transport."""

from __future__ import annotations

from solders.keypair import Keypair
from solders.pubkey import Pubkey

from ..program_client import ProgramClient
from ..transactions import Receipt
from . import instructions, pdas
from .accounts import Governance, Parameters, Pause
from .areas import PauseArea


class GovernanceClient(ProgramClient):
    """Parameters, pause, and who may change them."""

    async def initialize(
        self, *, authority: Pubkey, guardian: Pubkey | None = None, deployer: Keypair | None = None
    ) -> Receipt:
        """Create governance with `authority` as its only member.

        Args:
            authority: the first member.
            guardian: may pause alone; nobody by default.
            deployer: the program's upgrade authority, who pays; the payer by default.

        Raises:
            errors.NotDeployer: `deployer` is not the upgrade authority.
            errors.InvalidKey: `authority` is the zero key.
        """
        signer = self._signer(deployer)
        instruction = instructions.initialize(deployer=signer.pubkey(), authority=authority, guardian=guardian)
        return await self._send(instruction, signers=[signer])

    async def update_parameters(
        self,
        *,
        authority: Keypair | None = None,
        epoch_length_s: int | None = None,
        offer_lock_s: int | None = None,
        fee_bps: int | None = None,
        max_fee_bps: int | None = None,
        min_order_wh: int | None = None,
        max_order_wh: int | None = None,
        max_orders_per_seat: int | None = None,
        reading_max_age_s: int | None = None,
        reading_future_s: int | None = None,
        clearing_grace_s: int | None = None,
        void_after_s: int | None = None,
        book_retention_s: int | None = None,
        min_price: int | None = None,
        max_price: int | None = None,
    ) -> Receipt:
        """Change the parameters that are given, all or none; `accounts.Parameters` explains them.

        Raises:
            errors.UnauthorizedAuthority: `authority` does not govern.
            errors.NothingToChange: no parameter is given.
            errors.GovernanceError: a value is out of its range; the error names the rule.
        """
        signer = self._signer(authority)
        instruction = instructions.update_parameters(
            authority=signer.pubkey(),
            epoch_length_s=epoch_length_s,
            offer_lock_s=offer_lock_s,
            fee_bps=fee_bps,
            max_fee_bps=max_fee_bps,
            min_order_wh=min_order_wh,
            max_order_wh=max_order_wh,
            max_orders_per_seat=max_orders_per_seat,
            reading_max_age_s=reading_max_age_s,
            reading_future_s=reading_future_s,
            clearing_grace_s=clearing_grace_s,
            void_after_s=void_after_s,
            book_retention_s=book_retention_s,
            min_price=min_price,
            max_price=max_price,
        )
        return await self._send(instruction, signers=[signer])

    async def emergency_pause(self, *, areas: PauseArea, authority: Keypair | None = None) -> Receipt:
        """Stop `areas` at once; stopping what stands still changes nothing.

        Raises:
            errors.UnauthorizedAuthority: `authority` neither governs nor is the guardian.
            errors.UnknownPauseArea: `areas` is empty.
        """
        signer = self._signer(authority)
        instruction = instructions.emergency_pause(authority=signer.pubkey(), areas=areas)
        return await self._send(instruction, signers=[signer])

    async def resume(self, *, areas: PauseArea, authority: Keypair | None = None) -> Receipt:
        """Let `areas` run again.

        Raises:
            errors.UnauthorizedAuthority: `authority` does not govern; a guardian cannot resume.
            errors.UnknownPauseArea: `areas` is empty.
        """
        signer = self._signer(authority)
        instruction = instructions.resume(authority=signer.pubkey(), areas=areas)
        return await self._send(instruction, signers=[signer])

    async def governance(self) -> Governance:
        """Who governs.

        Raises:
            AccountNotFound: governance is not initialised.
        """
        return await self._fetch(Governance, pdas.GOVERNANCE_ADDRESS, "governance")

    async def parameters(self) -> Parameters:
        """The parameters in force.

        Raises:
            AccountNotFound: governance is not initialised.
        """
        return await self._fetch(Parameters, pdas.PARAMETERS_ADDRESS, "governance's parameters account")

    async def pause(self) -> Pause:
        """What stands still.

        Raises:
            AccountNotFound: governance is not initialised.
        """
        return await self._fetch(Pause, pdas.PAUSE_ADDRESS, "governance's pause account")
