//! Who governs the market, its parameters, and its brake.
//!
//! The other programs read [`Parameters`] and [`Pause`] as accounts; this one calls and
//! knows none of them.

use anchor_lang::prelude::*;

pub mod bounded;
pub mod constants;
pub mod errors;
pub mod events;
pub mod instructions;
pub mod state;

pub use bounded::*;
pub use constants::*;
pub use errors::*;
pub use events::*;
pub use instructions::*;
pub use state::*;

declare_id!("gov9GFUK2CdLJNJz5w7T1SMwXmDQmAH4jttBAuTasXb");

#[program]
pub mod governance {
    use super::*;

    /// Creates governance with one member, the default parameters, and no pause. The zero
    /// key as `guardian` means that there is none.
    ///
    /// Authority: the program's upgrade authority.
    ///
    /// Errors: `NotDeployer`, `InvalidKey`.
    pub fn initialize(ctx: Context<Initialize>, authority: Pubkey, guardian: Pubkey) -> Result<()> {
        instructions::initialize(ctx, authority, guardian)
    }

    /// Changes the parameters named in `changes`, all or none.
    ///
    /// Authority: governance.
    ///
    /// Errors: `UnauthorizedAuthority`, `NothingToChange`, `EpochLengthOutOfRange`,
    /// `OfferLockZero`, `FeeCapTooHigh`, `FeeAboveCap`, `OrderLimitsInverted`,
    /// `OrdersPerSeatZero`, `ReadingAgeOutOfRange`, `ReadingFutureOutOfRange`,
    /// `VoidDelayTooShort`, `PriceLimitsInverted`.
    pub fn update_parameters(ctx: Context<UpdateParameters>, changes: ParameterChanges) -> Result<()> {
        instructions::update_parameters(ctx, changes)
    }

    /// Pauses `areas`, a sum of the `AREA_` constants, at once.
    ///
    /// Authority: governance or the guardian.
    ///
    /// Errors: `UnauthorizedAuthority`, `UnknownPauseArea`.
    pub fn emergency_pause(ctx: Context<EmergencyPause>, areas: u8) -> Result<()> {
        instructions::emergency_pause(ctx, areas)
    }

    /// Lets `areas`, a sum of the `AREA_` constants, run again.
    ///
    /// Authority: governance.
    ///
    /// Errors: `UnauthorizedAuthority`, `UnknownPauseArea`.
    pub fn resume(ctx: Context<Resume>, areas: u8) -> Result<()> {
        instructions::resume(ctx, areas)
    }

    /// Puts up to four instructions, byte for byte as they will run, to the members.
    ///
    /// Authority: a member. Proposing is not approving.
    ///
    /// Errors: `NotMember`, `InvalidTitle`, `NothingProposed`, `ProposalTooLarge`.
    pub fn propose(ctx: Context<Propose>, title: Text, instructions: Vec<ProposedInstruction>) -> Result<()> {
        instructions::propose(ctx, title, instructions)
    }

    /// Counts a member's approval of what was read: `digest` is the SHA-256 of the proposal's
    /// number, title and instructions. The one that reaches the threshold starts the timelock.
    ///
    /// Authority: a member.
    ///
    /// Errors: `NotMember`, `ProposalNotOpen`, `ProposalStale`, `ProposalExpired`, `WrongDigest`,
    /// `AlreadyApproved`.
    pub fn approve(ctx: Context<Approve>, digest: [u8; 32]) -> Result<()> {
        instructions::approve(ctx, digest)
    }

    /// Takes a member's approval back; below the threshold the timelock begins anew later.
    ///
    /// Authority: a member.
    ///
    /// Errors: `NotMember`, `ProposalNotOpen`, `ProposalStale`, `ProposalExpired`, `NotApproved`.
    pub fn revoke_approval(ctx: Context<RevokeApproval>) -> Result<()> {
        instructions::revoke_approval(ctx)
    }

    /// Ends an open proposal for good.
    ///
    /// Authority: whoever proposed it, or governance.
    ///
    /// Errors: `NotProposer`, `ProposalNotOpen`.
    pub fn cancel_proposal(ctx: Context<CancelProposal>) -> Result<()> {
        instructions::cancel_proposal(ctx)
    }

    /// Runs an approved proposal's instructions, once, signed by governance and its treasury.
    ///
    /// Authority: anybody, after the timelock and before expiry.
    ///
    /// Errors: `ProposalNotOpen`, `ProposalStale`, `ProposalExpired`, `ProposalNotApproved`,
    /// `TimelockNotOver`, `WrongInstructionAccounts`, `MissingInstructionSigner`, and whatever
    /// an instruction fails with.
    pub fn execute<'info>(ctx: Context<'info, Execute<'info>>) -> Result<()> {
        instructions::execute(ctx)
    }

    /// Removes a proposal that is executed, cancelled, expired or stale, and returns its rent.
    ///
    /// Authority: anybody.
    ///
    /// Errors: `ProposalStillOpen`, `WrongRecipient`.
    pub fn close_proposal(ctx: Context<CloseProposal>) -> Result<()> {
        instructions::close_proposal(ctx)
    }

    /// Lets `members` govern, `threshold` of them together. Open proposals become stale.
    ///
    /// Authority: governance.
    ///
    /// Errors: `UnauthorizedAuthority`, `TooManyMembers`, `InvalidThreshold`, `InvalidKey`,
    /// `DuplicateMember`.
    pub fn set_members(ctx: Context<SetMembers>, members: Vec<Pubkey>, threshold: u8) -> Result<()> {
        instructions::set_members(ctx, members, threshold)
    }

    /// Sets the wait between approval and execution, and a proposal's life [s]. Open proposals
    /// become stale.
    ///
    /// Authority: governance.
    ///
    /// Errors: `UnauthorizedAuthority`, `TimingOutOfRange`.
    pub fn set_timing(ctx: Context<SetTiming>, timelock_s: u32, proposal_expiry_s: u32) -> Result<()> {
        instructions::set_timing(ctx, timelock_s, proposal_expiry_s)
    }

    /// Lets `guardian` pause alone; the zero key means nobody.
    ///
    /// Authority: governance.
    ///
    /// Errors: `UnauthorizedAuthority`.
    pub fn set_guardian(ctx: Context<SetGuardian>, guardian: Pubkey) -> Result<()> {
        instructions::set_guardian(ctx, guardian)
    }

    /// Records that the text at `uri`, with the SHA-256 `hash`, is in force.
    ///
    /// Authority: governance.
    ///
    /// Errors: `UnauthorizedAuthority`, `InvalidPolicyUri`.
    pub fn adopt_policy(ctx: Context<AdoptPolicy>, hash: [u8; 32], uri: Text) -> Result<()> {
        instructions::adopt_policy(ctx, hash, uri)
    }

    /// Ends a policy; its record stays.
    ///
    /// Authority: governance.
    ///
    /// Errors: `UnauthorizedAuthority`, `PolicyAlreadyRepealed`.
    pub fn repeal_policy(ctx: Context<RepealPolicy>) -> Result<()> {
        instructions::repeal_policy(ctx)
    }
}
