import typing
from . import parameter_changes
from .parameter_changes import ParameterChanges, ParameterChangesJSON
from . import proposal_state
from .proposal_state import ProposalStateKind, ProposalStateJSON
from . import proposed_account
from .proposed_account import ProposedAccount, ProposedAccountJSON
from . import proposed_instruction
from .proposed_instruction import ProposedInstruction, ProposedInstructionJSON
