use anchor_lang::prelude::*;

#[error_code]
#[derive(PartialEq, Eq)]
pub enum OracleError {
    #[msg("Only the program's upgrade authority may initialise it: sign with that key")]
    NotDeployer,
    #[msg("Only the oracle's admin may do this: sign with the admin key")]
    UnauthorizedAdmin,
    #[msg("The signer lacks the operator role this needs: ask the admin for it, or sign with the meter's own key")]
    UnauthorizedOperator,
    #[msg("Roles must be 1 (metering), 2 (operations) or 3 (both)")]
    InvalidRoles,
    #[msg("This key is an operator already: remove it first to change its roles")]
    OperatorAlreadyExists,
    #[msg("This key is no operator: look at the oracle's list of operators")]
    OperatorNotFound,
    #[msg("The last operator must stay: add another one first")]
    CannotRemoveLastOperator,
    #[msg("The oracle has 16 operators already: remove one first")]
    OperatorsFull,
    #[msg("An operator may not trade: use a key that no user is registered with")]
    OperatorCannotTrade,
    #[msg("No further shard number is free")]
    ShardsFull,
    #[msg("All 64 slots of this shard are taken: attach to another shard or open one")]
    ShardFull,
    #[msg("This meter has a slot already: refresh it instead")]
    MeterAlreadyAttached,
    #[msg("The meter has no user: have the registry assign it first")]
    MeterNotAssigned,
    #[msg("Expected the user the meter is assigned to")]
    WrongUser,
    #[msg("Expected the shard and the slot that were given to this meter")]
    WrongSlot,
    #[msg("Energy of the meter's former user is not minted yet: mint it, then refresh")]
    UnmintedEnergy,
    #[msg("Records must be one or more packed readings of 12 bytes")]
    MalformedBatch,
    #[msg("No meter has this slot in this shard: slots count from 0 in order of attachment")]
    MeterNotFound,
    #[msg("The meter may not report: it needs an active user, then refresh_meter")]
    MeterInactive,
    #[msg("The reading's interval is not over yet: submit it after its end")]
    ReadingInFuture,
    #[msg("The reading came too late: its interval is beyond the accepted age")]
    ReadingTooOld,
    #[msg("A reading of this meter for this interval was accepted already")]
    DuplicateReading,
    #[msg("The reading exceeds what the meter's rated power allows in one interval")]
    ReadingAboveRatedPower,
    #[msg("A consumer's meter may not export: register its user as a prosumer")]
    ConsumerCannotExport,
    #[msg("Metering is paused: wait until governance resumes it")]
    MeteringPaused,
    #[msg("All exported energy of this meter is minted already")]
    NothingToMint,
    #[msg("The amount must be above zero")]
    ZeroAmount,
    #[msg("The signer is not the user this meter reports for")]
    NotMeterOwner,
    #[msg("The amount exceeds the metered import that is not retired yet")]
    RetirementExceedsImport,
    #[msg("The market names another oracle")]
    WrongMarket,
    #[msg("The zero key can never sign: name a real key")]
    InvalidKey,
    #[msg(
        "The meter has less uncertified export than this: certify at most what is left of its export counter"
    )]
    CertifiedEnergyExceedsExport,
    #[msg("The user must be active in the registry to be given a certificate")]
    UserNotActive,
    #[msg("Only the certificate's owner may do this: sign with the key of the user it belongs to")]
    NotCertificateOwner,
    #[msg("The certificate is retired: its energy is claimed, and nothing can change that")]
    CertificateAlreadyRetired,
    #[msg("The certificate was split: use the two that took its place")]
    CertificateAlreadySplit,
    #[msg("Split off at least 1 Wh and less than the certificate covers")]
    SplitOutOfRange,
    #[msg("The beneficiary must be text of 1 to 32 bytes, padded with zero bytes")]
    InvalidBeneficiary,
    #[msg("The floor must not be below governance's min_price, nor the ceiling above its max_price")]
    PriceBoundsOutsideLimits,
    #[msg("The free part of the request balance does not cover this: top it up with top_up_requests")]
    InsufficientOracleBalance,
    #[msg("There is no such request: look at the number, or it was closed")]
    RequestNotFound,
    #[msg("The request is answered already: read the answer in its account")]
    RequestAlreadyFulfilled,
    #[msg("The request was cancelled: make a new one")]
    RequestAlreadyCancelled,
    #[msg("The request may still be answered: cancel it from 3,600 seconds after it was made")]
    RequestNotTimedOut,
    #[msg("The request is open: it can be closed once it is answered or cancelled")]
    RequestStillPending,
    #[msg("Name up to 2,976 intervals that are over, the first not after the last")]
    InvalidIntervalRange,
    #[msg("Only the user whose balance and requests these are may do this: sign with that user's key")]
    UnauthorizedUser,
    #[msg("Expected the request balance of the request's user")]
    WrongRequestBalance,
    #[msg("A feed needs a name of 1 to 32 bytes of text, a unit of up to 16, 18 decimals at most and a greatest age above zero")]
    InvalidFeed,
    #[msg("No further feed number is free")]
    FeedsFull,
    #[msg("The observation is not newer than the feed's last one: send what was observed since")]
    ObservationNotNewer,
    #[msg("The observation lies in the future: check the clock it was stamped with")]
    ObservationInFuture,
    #[msg("Only the market's books, shards and feeds can be examined: leave other accounts out")]
    UnexpectedAccount,
    #[msg("The admin has not nominated this key: ask for nominate_admin first")]
    NotNominated,
    #[msg("The meter was assigned to you later: ask for intervals that began after its assignment, what came before may be another household's")]
    IntervalBeforeAssignment,
    #[msg("The user's key is frozen in the registry: wait until the freeze ends or a guardian lifts it")]
    UserFrozen,
}
