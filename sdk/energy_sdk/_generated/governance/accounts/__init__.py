from .governance import Governance, GovernanceJSON
from .parameters import Parameters, ParametersJSON
from .pause import Pause, PauseJSON
