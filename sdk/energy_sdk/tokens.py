"""Payment tokens: any SPL token, and lamports."""

from __future__ import annotations

from solders.keypair import Keypair
from solders.pubkey import Pubkey

from .accounts import require_size
from .addresses import TOKEN_PROGRAM, associated_token_address
from .exceptions import AccountMismatch, AccountNotFound
from .program_client import ProgramClient
from .signers import Signer
from .transactions import Receipt, spl
from .transports.base import Account

# SPL token layouts: an account is mint 32, owner 32, amount u64; a mint has its decimals at byte 44.
_TOKEN_ACCOUNT_BYTES = 165
_AMOUNT = slice(64, 72)
_SUPPLY = slice(36, 44)
_DECIMALS = 44


def token_balance(account: Account | None) -> int:
    """Base units in a token account; 0 where there is no account.

    Raises:
        AccountMismatch: it is not a token account.
    """
    if account is None:
        return 0
    _require_token(account, _TOKEN_ACCOUNT_BYTES, "token account")
    return int.from_bytes(account.data[_AMOUNT], "little")


class TokenClient(ProgramClient):
    """Creates tokens, mints and moves them, and reads balances. Amounts are in base units."""

    async def create_mint(
        self, *, decimals: int, authority: Pubkey | None = None, mint: Signer | None = None
    ) -> Pubkey:
        """Create a token and return its mint's address.

        Args:
            decimals: base units of a token are 10**decimals.
            authority: may mint; the payer by default.
            mint: the signer whose address the mint gets; a random one by default.
        """
        signer = mint or Keypair()
        payer = self._sender.payer.pubkey()
        instructions = spl.create_mint(
            payer=payer,
            mint=signer.pubkey(),
            authority=authority or payer,
            decimals=decimals,
            lamports=await self._transport.minimum_balance(spl.MINT_BYTES),
        )
        await self._send(*instructions, signers=[signer])
        return signer.pubkey()

    async def mint_to(self, *, mint: Pubkey, owner: Pubkey, amount: int, authority: Signer | None = None) -> Receipt:
        """Mint `amount` to the associated token account of `owner`, made on first use."""
        signer = self._signer(authority)
        return await self._send(
            spl.create_token_account(payer=self._sender.payer.pubkey(), owner=owner, mint=mint),
            spl.mint_tokens(mint=mint, owner=owner, authority=signer.pubkey(), amount=amount),
            signers=[signer],
        )

    async def transfer(self, *, mint: Pubkey, recipient: Pubkey, amount: int, owner: Signer | None = None) -> Receipt:
        """Move `amount` to the associated token account of `recipient`, made on first use.

        Raises:
            InsufficientFunds: the owner holds less.
        """
        signer = self._signer(owner)
        decimals = await self.decimals(mint=mint)
        return await self._send(
            spl.create_token_account(payer=self._sender.payer.pubkey(), owner=recipient, mint=mint),
            spl.transfer_tokens(
                mint=mint, decimals=decimals, owner=signer.pubkey(), recipient=recipient, amount=amount
            ),
            signers=[signer],
        )

    async def transfer_lamports(self, *, recipient: Pubkey, lamports: int, owner: Signer | None = None) -> Receipt:
        """Move lamports.

        Raises:
            InsufficientFunds: the owner holds less.
        """
        signer = self._signer(owner)
        instruction = spl.transfer_lamports(payer=signer.pubkey(), recipient=recipient, lamports=lamports)
        return await self._send(instruction, signers=[signer])

    async def balance(self, *, mint: Pubkey, owner: Pubkey) -> int:
        """Base units in the associated token account of `owner`; 0 where there is none."""
        return await self.account_balance(account=associated_token_address(owner, mint))

    async def account_balance(self, *, account: Pubkey) -> int:
        """Base units in the token account at this address, e.g. a vault; 0 where there is none."""
        return token_balance(await self._transport.get_account(account))

    async def lamports(self, *, owner: Pubkey) -> int:
        """Lamports of an account; 0 where there is none."""
        account = await self._transport.get_account(owner)
        return 0 if account is None else account.lamports

    async def decimals(self, *, mint: Pubkey) -> int:
        """Decimals of a token.

        Raises:
            AccountNotFound: there is no mint at the address.
        """
        return (await self._mint(mint)).data[_DECIMALS]

    async def supply(self, *, mint: Pubkey) -> int:
        """Base units in existence.

        Raises:
            AccountNotFound: there is no mint at the address.
        """
        return int.from_bytes((await self._mint(mint)).data[_SUPPLY], "little")

    async def _mint(self, mint: Pubkey) -> Account:
        account = await self._transport.get_account(mint)
        if account is None:
            raise AccountNotFound(f"there is no token mint at {mint}")
        _require_token(account, spl.MINT_BYTES, "token mint")
        return account


def _require_token(account: Account, size: int, name: str) -> None:
    if account.owner != TOKEN_PROGRAM:
        raise AccountMismatch(f"{account.address} is owned by {account.owner}; a {name} is owned by {TOKEN_PROGRAM}")
    require_size(account, size, name)
