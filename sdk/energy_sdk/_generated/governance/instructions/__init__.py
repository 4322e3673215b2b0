from .adopt_policy import adopt_policy, AdoptPolicyArgs, AdoptPolicyAccounts
from .approve import approve, ApproveArgs, ApproveAccounts
from .cancel_proposal import cancel_proposal, CancelProposalAccounts
from .close_proposal import close_proposal, CloseProposalAccounts
from .emergency_pause import emergency_pause, EmergencyPauseArgs, EmergencyPauseAccounts
from .execute import execute, ExecuteAccounts
from .initialize import initialize, InitializeArgs, InitializeAccounts
from .propose import propose, ProposeArgs, ProposeAccounts
from .repeal_policy import repeal_policy, RepealPolicyAccounts
from .resume import resume, ResumeArgs, ResumeAccounts
from .revoke_approval import revoke_approval, RevokeApprovalAccounts
from .set_guardian import set_guardian, SetGuardianArgs, SetGuardianAccounts
from .set_members import set_members, SetMembersArgs, SetMembersAccounts
from .set_timing import set_timing, SetTimingArgs, SetTimingAccounts
from .update_parameters import (
    update_parameters,
    UpdateParametersArgs,
    UpdateParametersAccounts,
)
