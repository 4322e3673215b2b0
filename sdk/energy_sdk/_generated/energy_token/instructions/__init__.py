from .accept_admin import accept_admin, AcceptAdminAccounts
from .burn import burn, BurnArgs, BurnAccounts
from .initialize import initialize, InitializeArgs, InitializeAccounts
from .mint_energy_tokens import (
    mint_energy_tokens,
    MintEnergyTokensArgs,
    MintEnergyTokensAccounts,
)
from .nominate_admin import nominate_admin, NominateAdminArgs, NominateAdminAccounts
from .set_roles import set_roles, SetRolesArgs, SetRolesAccounts
