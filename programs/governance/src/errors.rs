use anchor_lang::prelude::*;

#[error_code]
#[derive(PartialEq, Eq)]
pub enum GovernanceError {
    #[msg("Only the upgrade authority of this program may initialise it: sign with the deployer's key")]
    NotDeployer,
    #[msg(
        "This needs the authority of governance: sign with the sole member or through an approved decision"
    )]
    UnauthorizedAuthority,
    #[msg("Name at least one area to pause or resume, and only known ones (1 trading, 2 clearing, 4 metering, 8 registration)")]
    UnknownPauseArea,
    #[msg("The zero key can never sign: name the key of the first member")]
    InvalidKey,
    #[msg("Name at least one parameter to change")]
    NothingToChange,
    #[msg("epoch_length_s must be between 2 and 86,400 seconds")]
    EpochLengthOutOfRange,
    #[msg("offer_lock_s must be at least one second")]
    OfferLockZero,
    #[msg("max_fee_bps must be at most 1,000 basis points")]
    FeeCapTooHigh,
    #[msg("fee_bps must not exceed max_fee_bps")]
    FeeAboveCap,
    #[msg("min_order_wh must be at least 1 Wh and must not exceed max_order_wh")]
    OrderLimitsInverted,
    #[msg("max_orders_per_seat must be at least 1")]
    OrdersPerSeatZero,
    #[msg("reading_max_age_s must be between 900 and 172,800 seconds")]
    ReadingAgeOutOfRange,
    #[msg("reading_future_s must be at most 900 seconds")]
    ReadingFutureOutOfRange,
    #[msg("void_after_s must be at least 60 seconds")]
    VoidDelayTooShort,
    #[msg("min_price must not exceed max_price")]
    PriceLimitsInverted,
}
