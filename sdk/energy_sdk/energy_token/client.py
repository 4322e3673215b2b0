"""GRID over a transport."""

from __future__ import annotations

from solders.pubkey import Pubkey

from ..program_client import ProgramClient
from ..signers import Signer
from ..tokens import token_balance
from ..transactions import Receipt
from ..units import grid_to_wh
from . import instructions, pdas
from .accounts import TokenConfig


class EnergyTokenClient(ProgramClient):
    """The mint, its roles and its balances.

    In a running market the oracle's address mints and the trading program's burns; the methods for both serve
    set-ups in which a key has these roles.
    """

    async def initialize(
        self, *, admin: Pubkey, minter: Pubkey, burner: Pubkey, deployer: Signer | None = None
    ) -> Receipt:
        """Create the mint.

        Args:
            admin: names minter and burner.
            minter: the oracle's address, `oracle.pdas.ORACLE_ADDRESS`.
            burner: trading's custody address, `trading.pdas.AUTHORITY_ADDRESS`.
            deployer: the program's upgrade authority, who pays; the payer by default.

        Raises:
            errors.NotDeployer: `deployer` is not the upgrade authority.
        """
        signer = self._signer(deployer)
        instruction = instructions.initialize(deployer=signer.pubkey(), admin=admin, minter=minter, burner=burner)
        return await self._send(instruction, signers=[signer])

    async def mint_energy_tokens(
        self, *, user: Pubkey, holder: Pubkey, energy_wh: int, minter: Signer | None = None
    ) -> Receipt:
        """Mint `energy_wh` [Wh] to an active user's token account, made on first use.

        Raises:
            errors.UnauthorizedMinter: `minter` does not have the role.
            errors.UserNotActive: the user may not take part.
            errors.ZeroAmount, errors.AmountTooLarge: outside what a token amount can hold.
        """
        signer = self._signer(minter)
        instruction = instructions.mint_energy_tokens(
            payer=self._sender.payer.pubkey(),
            minter=signer.pubkey(),
            user=user,
            holder=holder,
            energy_wh=energy_wh,
        )
        return await self._send(instruction, signers=[signer])

    async def burn(self, *, energy_wh: int, source: Pubkey | None = None, burner: Signer | None = None) -> Receipt:
        """Burn `energy_wh` [Wh] from the burner's token account, the associated one by default.

        Raises:
            errors.UnauthorizedBurner: `burner` does not have the role.
            errors.InsufficientBalance: the account holds less.
        """
        signer = self._signer(burner)
        instruction = instructions.burn(
            burner=signer.pubkey(),
            source=source or pdas.grid_account(signer.pubkey()),
            energy_wh=energy_wh,
        )
        return await self._send(instruction, signers=[signer])

    async def set_roles(self, *, minter: Pubkey, burner: Pubkey, admin: Signer | None = None) -> Receipt:
        """Name who may mint and who may burn.

        Raises:
            errors.UnauthorizedAdmin: `admin` is not the configuration's.
        """
        signer = self._signer(admin)
        instruction = instructions.set_roles(admin=signer.pubkey(), minter=minter, burner=burner)
        return await self._send(instruction, signers=[signer])

    async def nominate_admin(self, *, new_admin: Pubkey | None, admin: Signer | None = None) -> Receipt:
        """Name the next admin, who takes over by accepting; None withdraws a nomination.

        Raises:
            errors.UnauthorizedAdmin: `admin` is not the token's admin.
        """
        signer = self._signer(admin)
        instruction = instructions.nominate_admin(admin=signer.pubkey(), new_admin=new_admin)
        return await self._send(instruction, signers=[signer])

    async def accept_admin(self, *, new_admin: Signer | None = None) -> Receipt:
        """Take the administration of the token over as the nominated admin, the payer by default.

        Raises:
            errors.NotNominated: the present admin has not nominated this key.
        """
        signer = self._signer(new_admin)
        instruction = instructions.accept_admin(new_admin=signer.pubkey())
        return await self._send(instruction, signers=[signer])

    async def config(self) -> TokenConfig:
        """Mint, roles and totals.

        Raises:
            AccountNotFound: the program is not initialised.
        """
        return await self._fetch(TokenConfig, pdas.TOKEN_CONFIG_ADDRESS, "GRID's configuration")

    async def balance_wh(self, *, owner: Pubkey) -> int:
        """Whole Wh of GRID in the token account of `owner`; 0 where there is none.

        Raises:
            InvalidAmount: the account holds a fraction of a Wh, which only a transfer outside this package
                can bring about.
        """
        return grid_to_wh(token_balance(await self._transport.get_account(pdas.grid_account(owner))))
