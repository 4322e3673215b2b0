import typing
from . import asset
from .asset import AssetKind, AssetJSON
from . import book_slot
from .book_slot import BookSlot, BookSlotJSON
from . import book_state
from .book_state import BookStateKind, BookStateJSON
from . import clockwork
from .clockwork import Clockwork, ClockworkJSON
from . import market_args
from .market_args import MarketArgs, MarketArgsJSON
from . import market_changes
from .market_changes import MarketChanges, MarketChangesJSON
from . import parameters
from .parameters import Parameters, ParametersJSON
from . import pause
from .pause import Pause, PauseJSON
from . import price_rule
from .price_rule import PriceRuleKind, PriceRuleJSON
from . import registry
from .registry import Registry, RegistryJSON
from . import side
from .side import SideKind, SideJSON
from . import tie_rule
from .tie_rule import TieRuleKind, TieRuleJSON
from . import token_config
from .token_config import TokenConfig, TokenConfigJSON
from . import user
from .user import User, UserJSON
from . import user_status
from .user_status import UserStatusKind, UserStatusJSON
from . import user_type
from .user_type import UserTypeKind, UserTypeJSON
