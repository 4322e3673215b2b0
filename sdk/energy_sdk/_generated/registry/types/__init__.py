import typing
from . import pause
from .pause import Pause, PauseJSON
from . import user_status
from .user_status import UserStatusKind, UserStatusJSON
from . import user_type
from .user_type import UserTypeKind, UserTypeJSON
from . import verified_user
from .verified_user import VerifiedUser, VerifiedUserJSON
