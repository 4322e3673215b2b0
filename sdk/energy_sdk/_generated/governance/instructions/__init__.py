from .emergency_pause import emergency_pause, EmergencyPauseArgs, EmergencyPauseAccounts
from .initialize import initialize, InitializeArgs, InitializeAccounts
from .resume import resume, ResumeArgs, ResumeAccounts
from .update_parameters import (
    update_parameters,
    UpdateParametersArgs,
    UpdateParametersAccounts,
)
