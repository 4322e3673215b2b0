from .governance import Governance, GovernanceJSON
from .parameters import Parameters, ParametersJSON
from .pause import Pause, PauseJSON
from .policy import Policy, PolicyJSON
from .proposal import Proposal, ProposalJSON
