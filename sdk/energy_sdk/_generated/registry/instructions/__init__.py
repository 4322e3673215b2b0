from .add_authority import add_authority, AddAuthorityArgs, AddAuthorityAccounts
from .assign_meter import assign_meter, AssignMeterArgs, AssignMeterAccounts
from .initialize import initialize, InitializeArgs, InitializeAccounts
from .register_user import register_user, RegisterUserArgs, RegisterUserAccounts
from .remove_authority import (
    remove_authority,
    RemoveAuthorityArgs,
    RemoveAuthorityAccounts,
)
from .set_admin import set_admin, SetAdminAccounts
from .unassign_meter import unassign_meter, UnassignMeterAccounts
from .update_user_status import (
    update_user_status,
    UpdateUserStatusArgs,
    UpdateUserStatusAccounts,
)
from .verify_user import verify_user, VerifyUserAccounts
