import typing
from . import user_status
from .user_status import UserStatusKind, UserStatusJSON
from . import user_type
from .user_type import UserTypeKind, UserTypeJSON
