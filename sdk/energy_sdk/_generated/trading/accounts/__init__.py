from .agent import Agent, AgentJSON
from .epoch_result import EpochResult, EpochResultJSON
from .market import Market, MarketJSON
from .seat_pointer import SeatPointer, SeatPointerJSON
