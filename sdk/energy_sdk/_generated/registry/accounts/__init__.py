from .meter import Meter, MeterJSON
from .meter_id import MeterId, MeterIdJSON
from .recovery import Recovery, RecoveryJSON
from .registry import Registry, RegistryJSON
from .user import User, UserJSON
from .user_key import UserKey, UserKeyJSON
