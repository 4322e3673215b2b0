import typing
from . import book_slot
from .book_slot import BookSlot, BookSlotJSON
from . import clockwork
from .clockwork import Clockwork, ClockworkJSON
from . import market
from .market import Market, MarketJSON
from . import meter
from .meter import Meter, MeterJSON
from . import parameters
from .parameters import Parameters, ParametersJSON
from . import pause
from .pause import Pause, PauseJSON
from . import price_rule
from .price_rule import PriceRuleKind, PriceRuleJSON
from . import reading_batch
from .reading_batch import ReadingBatch, ReadingBatchJSON
from . import tie_rule
from .tie_rule import TieRuleKind, TieRuleJSON
from . import user
from .user import User, UserJSON
from . import user_status
from .user_status import UserStatusKind, UserStatusJSON
from . import user_type
from .user_type import UserTypeKind, UserTypeJSON
