"""GRID's instructions, built from typed arguments."""

from __future__ import annotations

from solders.instruction import Instruction
from solders.pubkey import Pubkey

from .._generated.energy_token import instructions as generated
from ..addresses import program_data_address
from ..transactions.fields import fitting
from .constants import PROGRAM_ID
from .pdas import GRID_MINT, TOKEN_CONFIG_ADDRESS, grid_account


@fitting
def initialize(*, deployer: Pubkey, admin: Pubkey, minter: Pubkey, burner: Pubkey) -> Instruction:
    """Create the mint and its configuration; `deployer` signs and pays."""
    return generated.initialize(
        {"admin": admin, "minter": minter, "burner": burner},
        {
            "deployer": deployer,
            "program": PROGRAM_ID,
            "program_data": program_data_address(PROGRAM_ID),
            "config": TOKEN_CONFIG_ADDRESS,
            "mint": GRID_MINT,
        },
    )


@fitting
def mint_energy_tokens(*, payer: Pubkey, minter: Pubkey, user: Pubkey, holder: Pubkey, energy_wh: int) -> Instruction:
    """Mint `energy_wh` [Wh] to the user account `user`, whose key is `holder`."""
    return generated.mint_energy_tokens(
        {"energy_wh": energy_wh},
        {
            "payer": payer,
            "minter": minter,
            "config": TOKEN_CONFIG_ADDRESS,
            "mint": GRID_MINT,
            "user": user,
            "holder": holder,
            "recipient": grid_account(holder),
        },
    )


@fitting
def burn(*, burner: Pubkey, source: Pubkey, energy_wh: int) -> Instruction:
    """Burn `energy_wh` [Wh] from the burner's token account `source`."""
    return generated.burn(
        {"energy_wh": energy_wh},
        {"burner": burner, "config": TOKEN_CONFIG_ADDRESS, "mint": GRID_MINT, "source": source},
    )


@fitting
def set_roles(*, admin: Pubkey, minter: Pubkey, burner: Pubkey) -> Instruction:
    """Name who may mint and who may burn."""
    return generated.set_roles({"minter": minter, "burner": burner}, {"admin": admin, "config": TOKEN_CONFIG_ADDRESS})


@fitting
def nominate_admin(*, admin: Pubkey, new_admin: Pubkey | None) -> Instruction:
    """Name the next admin; None withdraws a nomination."""
    return generated.nominate_admin(
        {"new_admin": new_admin or Pubkey.default()}, {"admin": admin, "config": TOKEN_CONFIG_ADDRESS}
    )


@fitting
def accept_admin(*, new_admin: Pubkey) -> Instruction:
    """Take the administration of the token over; the nominated `new_admin` signs."""
    return generated.accept_admin({"new_admin": new_admin, "config": TOKEN_CONFIG_ADDRESS})
