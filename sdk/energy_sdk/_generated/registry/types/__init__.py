import typing
from . import guardians
from .guardians import Guardians, GuardiansJSON
from . import key_change_reason
from .key_change_reason import KeyChangeReasonKind, KeyChangeReasonJSON
from . import user_status
from .user_status import UserStatusKind, UserStatusJSON
from . import user_type
from .user_type import UserTypeKind, UserTypeJSON
