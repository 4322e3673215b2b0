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
    #[msg("Only a member of governance may do this: sign with a member's key")]
    NotMember,
    #[msg("The threshold must be between 1 and the number of members")]
    InvalidThreshold,
    #[msg("Each member has one vote: name every key once")]
    DuplicateMember,
    #[msg("Governance has room for ten members")]
    TooManyMembers,
    #[msg("proposal_expiry_s must exceed timelock_s by at least 60 seconds and be at most 31,536,000")]
    TimingOutOfRange,
    #[msg("A title has 1 to 64 bytes of text")]
    InvalidTitle,
    #[msg("A proposal carries at least one instruction")]
    NothingProposed,
    #[msg("A proposal carries at most four instructions: split it")]
    ProposalTooLarge,
    #[msg("The proposal has been executed or cancelled already")]
    ProposalNotOpen,
    #[msg("The members, the threshold or the timing changed since this was proposed: propose it again")]
    ProposalStale,
    #[msg("The proposal has expired: propose it again")]
    ProposalExpired,
    #[msg("This member has approved the proposal already")]
    AlreadyApproved,
    #[msg("This member has not approved the proposal, so there is nothing to revoke")]
    NotApproved,
    #[msg("Too few members have approved the proposal")]
    ProposalNotApproved,
    #[msg("The timelock is not over: execute timelock_s after the approval that reached the threshold")]
    TimelockNotOver,
    #[msg(
        "Pass exactly the proposal's accounts: for each instruction its program, then its accounts in order"
    )]
    WrongInstructionAccounts,
    #[msg("An account that signs a proposed instruction must sign the executing transaction too")]
    MissingInstructionSigner,
    #[msg("Only the member who proposed it, or governance itself, may cancel a proposal")]
    NotProposer,
    #[msg("The proposal can still be executed: cancel it, or wait until it is executed, expired or stale")]
    ProposalStillOpen,
    #[msg("The rent of a proposal goes back to the key that paid it")]
    WrongRecipient,
    #[msg("The address of a policy's text has 1 to 200 bytes")]
    InvalidPolicyUri,
    #[msg("The policy was repealed already")]
    PolicyAlreadyRepealed,
    #[msg(
        "The proposal is not the one that was read: show it again, and approve the digest that it has now"
    )]
    WrongDigest,
}
