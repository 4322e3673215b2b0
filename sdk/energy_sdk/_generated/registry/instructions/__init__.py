from .accept_admin import accept_admin, AcceptAdminAccounts
from .add_authority import add_authority, AddAuthorityArgs, AddAuthorityAccounts
from .assign_meter import assign_meter, AssignMeterArgs, AssignMeterAccounts
from .initialize import initialize, InitializeArgs, InitializeAccounts
from .nominate_admin import nominate_admin, NominateAdminArgs, NominateAdminAccounts
from .register_user import register_user, RegisterUserArgs, RegisterUserAccounts
from .remove_authority import (
    remove_authority,
    RemoveAuthorityArgs,
    RemoveAuthorityAccounts,
)
from .rotate_key import rotate_key, RotateKeyArgs, RotateKeyAccounts
from .unassign_meter import unassign_meter, UnassignMeterAccounts
from .update_user_status import (
    update_user_status,
    UpdateUserStatusArgs,
    UpdateUserStatusAccounts,
)
from .verify_user import verify_user, VerifyUserAccounts
