from .meter import Meter, MeterJSON
from .meter_id import MeterId, MeterIdJSON
from .registry import Registry, RegistryJSON
from .user import User, UserJSON
from .user_key import UserKey, UserKeyJSON
