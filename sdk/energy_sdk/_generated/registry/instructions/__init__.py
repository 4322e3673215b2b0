from .accept_admin import accept_admin, AcceptAdminAccounts
from .add_authority import add_authority, AddAuthorityArgs, AddAuthorityAccounts
from .approve_recovery import (
    approve_recovery,
    ApproveRecoveryArgs,
    ApproveRecoveryAccounts,
)
from .assign_meter import assign_meter, AssignMeterArgs, AssignMeterAccounts
from .finish_recovery import finish_recovery, FinishRecoveryAccounts
from .freeze_user import freeze_user, FreezeUserArgs, FreezeUserAccounts
from .initialize import initialize, InitializeArgs, InitializeAccounts
from .nominate_admin import nominate_admin, NominateAdminArgs, NominateAdminAccounts
from .register_user import register_user, RegisterUserArgs, RegisterUserAccounts
from .remove_authority import (
    remove_authority,
    RemoveAuthorityArgs,
    RemoveAuthorityAccounts,
)
from .rotate_key import rotate_key, RotateKeyArgs, RotateKeyAccounts
from .set_guardians import set_guardians, SetGuardiansArgs, SetGuardiansAccounts
from .unassign_meter import unassign_meter, UnassignMeterAccounts
from .unfreeze_user import unfreeze_user, UnfreezeUserArgs, UnfreezeUserAccounts
from .update_user_status import (
    update_user_status,
    UpdateUserStatusArgs,
    UpdateUserStatusAccounts,
)
from .verify_user import verify_user, VerifyUserAccounts
from .veto_recovery import veto_recovery, VetoRecoveryAccounts
