use anchor_lang::prelude::*;
use energy_core::grid::GridError;

/// Codes are appended, never reordered: clients know them by number.
#[error_code]
pub enum TradingError {
    #[msg("No such order: epoch, index and client order id must name one order of this book. List the seat's orders to find it.")]
    OrderNotFound,
    #[msg("There is not that much: orders, withdrawals and retirement take from the seat's free balance, deposits from the wallet. Check both, or ask for less.")]
    InsufficientBalance,
    #[msg("The energy must be a whole number of lots, not zero, and within the market's order limits.")]
    InvalidOrderAmount,
    #[msg("The order has been filled, wholly or in part, and can no longer be cancelled.")]
    OrderAlreadyFilled,
    #[msg(
        "Only the owner of the seat that placed the order may cancel it; a batch cancels orders of one seat."
    )]
    UnauthorizedCancellation,
    #[msg("The order was cancelled before or has expired; there is nothing to cancel.")]
    OrderNotActive,
    #[msg(
        "The price is not on the market's tick grid. Use a multiple of the tick size above the lowest price."
    )]
    PriceOffGrid,
    #[msg("The price lies outside the market's ticks, or outside the price bounds of this epoch.")]
    PriceOutOfBounds,
    #[msg("A seat trades one side an epoch, and this one has placed orders on the other. Use a second seat, or wait for the next epoch.")]
    OppositeSideOrder,
    #[msg("The seat has placed as many orders in this epoch as the market allows; cancelled ones count.")]
    TooManyOrders,
    #[msg("Client order ids of a seat must rise; this one, or one in the batch, is not above the last. A replayed order ends here.")]
    ClientIdNotIncreasing,
    #[msg("The batch is empty, or its length is not a whole number of records: six bytes an order placed, twelve an order cancelled.")]
    MalformedBatch,
    #[msg("The user is not active in the registry, so the seat may not place orders. Its balances can still be withdrawn.")]
    UserNotActive,
    #[msg("A consumer buys energy and does not sell it. Only prosumers place sell orders.")]
    ConsumerCannotSell,
    #[msg("Registry authorities, meter services and oracle operators may not trade.")]
    OfficialCannotTrade,
    #[msg("Trading is paused by governance. Cancelling and withdrawing still work.")]
    TradingPaused,
    #[msg("Clearing is paused by governance.")]
    ClearingPaused,
    #[msg("The epoch has no open book. Open the current epoch first.")]
    EpochNotOpen,
    #[msg("The epoch is over; orders are no longer accepted or cancelled.")]
    EpochClosed,
    #[msg("The epoch is not over yet; it can be closed after its end.")]
    EpochNotOver,
    #[msg("The epoch has been closed before.")]
    EpochAlreadyClosed,
    #[msg("The epoch must be closed before it can be cleared.")]
    EpochNotClosed,
    #[msg("Only the oracle closes an epoch before the grace period is over; afterwards anybody may.")]
    ClosingReserved,
    #[msg("An earlier epoch of this market is not settled yet. Clear it first.")]
    EarlierEpochUnsettled,
    #[msg("The epoch's settlement has begun and can only be completed, not voided.")]
    SettlementBegun,
    #[msg("An epoch can be voided only when clearing has been paused for the market's void delay.")]
    VoidNotDue,
    #[msg("The epoch is being voided and cannot be cleared.")]
    EpochVoided,
    #[msg("This epoch has been opened before, or a later one has.")]
    EpochAlreadyOpened,
    #[msg("The market's clock has not started, or has run out of epochs.")]
    NoCurrentEpoch,
    #[msg("The book is full. Wait for the next epoch.")]
    BookFull,
    #[msg("A book holds fewer than 2^32 lots a side; this order would exceed that.")]
    BookVolumeExceeded,
    #[msg("The book is in use or its retention time is not over. Use another book of the ring.")]
    BookBusy,
    #[msg("The book does not belong to this market's ring.")]
    UnknownBook,
    #[msg("The ring of books is full.")]
    RingFull,
    #[msg("A market needs at least four books before its first epoch opens.")]
    RingIncomplete,
    #[msg("The account is too small for its contents, or holds no room for a single order or seat.")]
    AccountTooSmall,
    #[msg("The ledger does not belong to this market or book.")]
    WrongLedger,
    #[msg("The book does not belong to this market.")]
    WrongMarket,
    #[msg("The vault is not the market's vault for this asset.")]
    WrongVault,
    #[msg("The token account holds another mint than the market trades in this asset.")]
    WrongMint,
    #[msg("The token account must belong to the owner of the seat.")]
    WrongDestination,
    #[msg("The mint is not GRID as configured in the energy token program.")]
    NotGrid,
    #[msg("Energy and payment must be different mints.")]
    SameMint,
    #[msg("No seat with that number.")]
    SeatNotFound,
    #[msg("The signer does not own this seat.")]
    UnauthorizedSeat,
    #[msg("All seats of the ledger are taken.")]
    LedgerFull,
    #[msg("The user holds this seat already.")]
    SeatAlreadyOpen,
    #[msg("A user may hold two seats in a market, numbered 0 and 1.")]
    TooManySeats,
    #[msg("The seat has balances or orders in an epoch that is not settled; withdraw and wait before closing it.")]
    SeatInUse,
    #[msg("The registry account is not the user of this seat, or the user's key is not the signer.")]
    WrongUser,
    #[msg("Amounts must be above zero.")]
    ZeroAmount,
    #[msg("The amount is larger than the ledger can hold.")]
    AmountTooLarge,
    #[msg("Only the market's authority may do this.")]
    UnauthorizedMarketAuthority,
    #[msg("Only the oracle program may do this.")]
    UnauthorizedOracle,
    #[msg("Markets are created by a registry authority.")]
    NotRecRegulator,
    #[msg("Price ticks: two to 1,024 of a size above zero, and a lot above zero.")]
    InvalidGrid,
    #[msg("A lot must cost a whole number of payment units at every tick: lot in Wh times tick size, and times lowest price, must be divisible by 1,000.")]
    GridNotExact,
    #[msg("A lot at the highest price must cost less than 2^32 payment units. Use smaller lots.")]
    GridTooDear,
    #[msg("The epoch length must be 2 to 86,400 seconds.")]
    InvalidEpochLength,
    #[msg("The market's first epoch must have begun and lie less than a day back.")]
    InvalidAnchor,
    #[msg("The fee is above the cap that governance sets.")]
    FeeAboveCap,
    #[msg("Order limits must be whole lots, ordered, and within the limits that governance sets.")]
    OrderLimitsOutOfRange,
    #[msg("Nothing to change: give at least one field.")]
    NothingToChange,
    #[msg("The result account is not the one of this market and epoch.")]
    WrongResult,
    #[msg("No price tick of the market lies between floor and ceiling. Set them further apart, or within the market's prices.")]
    PriceBoundsEmpty,
    #[msg("The market's authority has not nominated this key. Ask for nominate_authority first.")]
    NotNominated,
    #[msg("The seat is frozen: its user's key was reported lost or stolen. Nothing leaves it; cancelling and depositing work. When the freeze is over, refresh the seat.")]
    SeatFrozen,
    #[msg("Withdrawals of this seat are locked and the day's limit does not cover this one. Withdraw less, wait for the next day (UTC), or announce it with open_withdrawals.")]
    WithdrawalLocked,
    #[msg("The lock on withdrawals is tightened at once but loosened only while announced withdrawals are open. Announce them with open_withdrawals first.")]
    WithdrawalLimitsLooser,
    #[msg("The delay of the lock on withdrawals must be 60 seconds to 30 days; 0 takes off a lock that there is.")]
    WithdrawalDelayOutOfRange,
    #[msg("Withdrawals of this seat are not locked, so there is nothing to announce.")]
    WithdrawalsNotLocked,
    #[msg("This key may not trade for the seat: the grant is another key's, or ended with the seat's owner or the seat. The owner grants it with authorize_agent.")]
    AgentNotAuthorized,
    #[msg("The agent's grant has expired, or would have at once. The seat's owner renews it with authorize_agent.")]
    AgentExpired,
    #[msg("If all its orders were filled, the seat would have spent more than the agent may on this day or in this month (UTC). Place less, or cancel orders.")]
    AgentLimitExceeded,
    #[msg("A seat may have eight agents, numbered 0 to 7. Revoke one first.")]
    TooManyAgents,
    #[msg("Only the fee seat and the community seat are handed over. A user's seat follows the user's key: rotate the key.")]
    NotSystemSeat,
}

impl From<GridError> for TradingError {
    fn from(error: GridError) -> Self {
        match error {
            GridError::Empty => TradingError::InvalidGrid,
            GridError::Inexact => TradingError::GridNotExact,
            GridError::TooDear => TradingError::GridTooDear,
            GridError::OffGrid => TradingError::PriceOffGrid,
            GridError::OutOfBounds => TradingError::PriceOutOfBounds,
            GridError::NotLots => TradingError::InvalidOrderAmount,
        }
    }
}

/// Fails with `error`. Out of line: Anchor's own macros build the whole error at every
/// check, which made up two thirds of the program.
#[cold]
#[inline(never)]
pub fn fail(error: impl Into<TradingError>) -> Error {
    Error::from(error.into())
}

/// Returns `error` unless `condition` holds.
macro_rules! ensure {
    ($condition:expr, $error:expr $(,)?) => {
        if !$condition {
            return Err($crate::errors::fail($error));
        }
    };
}
pub(crate) use ensure;

/// The value, or an error that says why there is none.
pub trait OrFail<T> {
    fn or_fail(self, error: TradingError) -> Result<T>;
}

impl<T> OrFail<T> for Option<T> {
    #[inline(always)]
    fn or_fail(self, error: TradingError) -> Result<T> {
        match self {
            Some(value) => Ok(value),
            None => Err(fail(error)),
        }
    }
}
