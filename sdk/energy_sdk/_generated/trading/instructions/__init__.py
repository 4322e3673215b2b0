from .accept_authority import accept_authority, AcceptAuthorityAccounts
from .add_book import add_book, AddBookAccounts
from .authorize_agent import authorize_agent, AuthorizeAgentArgs, AuthorizeAgentAccounts
from .cancel_order import cancel_order, CancelOrderArgs, CancelOrderAccounts
from .cancel_orders import cancel_orders, CancelOrdersArgs, CancelOrdersAccounts
from .cancel_orders_by_agent import (
    cancel_orders_by_agent,
    CancelOrdersByAgentArgs,
    CancelOrdersByAgentAccounts,
)
from .clear_epoch import clear_epoch, ClearEpochArgs, ClearEpochAccounts
from .close_epoch import close_epoch, CloseEpochAccounts
from .close_seat import close_seat, CloseSeatAccounts
from .create_buy_order import (
    create_buy_order,
    CreateBuyOrderArgs,
    CreateBuyOrderAccounts,
)
from .create_market import create_market, CreateMarketArgs, CreateMarketAccounts
from .create_sell_order import (
    create_sell_order,
    CreateSellOrderArgs,
    CreateSellOrderAccounts,
)
from .deposit import deposit, DepositArgs, DepositAccounts
from .hand_over_seat import hand_over_seat, HandOverSeatArgs, HandOverSeatAccounts
from .lock_withdrawals import (
    lock_withdrawals,
    LockWithdrawalsArgs,
    LockWithdrawalsAccounts,
)
from .nominate_authority import (
    nominate_authority,
    NominateAuthorityArgs,
    NominateAuthorityAccounts,
)
from .open_epoch import open_epoch, OpenEpochAccounts
from .open_seat import open_seat, OpenSeatArgs, OpenSeatAccounts
from .open_withdrawals import (
    open_withdrawals,
    OpenWithdrawalsArgs,
    OpenWithdrawalsAccounts,
)
from .place_orders import place_orders, PlaceOrdersArgs, PlaceOrdersAccounts
from .place_orders_by_agent import (
    place_orders_by_agent,
    PlaceOrdersByAgentArgs,
    PlaceOrdersByAgentAccounts,
)
from .refresh_seat import refresh_seat, RefreshSeatArgs, RefreshSeatAccounts
from .remove_book import remove_book, RemoveBookAccounts
from .retire_energy import retire_energy, RetireEnergyArgs, RetireEnergyAccounts
from .revoke_agent import revoke_agent, RevokeAgentAccounts
from .set_price_bounds import (
    set_price_bounds,
    SetPriceBoundsArgs,
    SetPriceBoundsAccounts,
)
from .update_market import update_market, UpdateMarketArgs, UpdateMarketAccounts
from .void_epoch import void_epoch, VoidEpochArgs, VoidEpochAccounts
from .withdraw import withdraw, WithdrawArgs, WithdrawAccounts
