"""Markets, seats, orders and epochs: the trading program."""

from . import constants, errors, events, instructions, pdas
from .accounts import (
    Book,
    BookSlot,
    Clock,
    EpochResult,
    Ledger,
    Market,
    Order,
    Seat,
    SeatPointer,
    Tick,
)
from .administration import MarketTerms
from .agents import Agent, AgentLimits
from .auction import Equilibrium, equilibrium
from .client import TradingClient
from .constants import COMMUNITY_SEAT, FEE_SEAT, PROGRAM_ID
from .enums import Asset, BookState, PriceRule, Side, TieRule
from .reader import MarketData, MarketReader
from .status import OrderStatus, SeatStatus
from .trades import Trade, trades
from .withdrawals import WithdrawalLock

__all__ = [
    "COMMUNITY_SEAT",
    "FEE_SEAT",
    "PROGRAM_ID",
    "Agent",
    "AgentLimits",
    "Asset",
    "Book",
    "BookSlot",
    "BookState",
    "Clock",
    "EpochResult",
    "Equilibrium",
    "Ledger",
    "Market",
    "MarketData",
    "MarketReader",
    "MarketTerms",
    "Order",
    "OrderStatus",
    "PriceRule",
    "Seat",
    "SeatPointer",
    "SeatStatus",
    "Side",
    "Tick",
    "TieRule",
    "Trade",
    "TradingClient",
    "WithdrawalLock",
    "constants",
    "equilibrium",
    "errors",
    "events",
    "instructions",
    "pdas",
    "trades",
]
