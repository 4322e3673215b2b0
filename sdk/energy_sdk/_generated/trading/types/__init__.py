import typing
from . import agent_limits
from .agent_limits import AgentLimits, AgentLimitsJSON
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
from . import price_rule
from .price_rule import PriceRuleKind, PriceRuleJSON
from . import side
from .side import SideKind, SideJSON
from . import spent
from .spent import Spent, SpentJSON
from . import tie_rule
from .tie_rule import TieRuleKind, TieRuleJSON
