use anchor_lang::prelude::*;

/// Governance exists, with one member.
#[event]
pub struct GovernanceInitialized {
    pub authority: Pubkey,
    pub guardian: Pubkey,
}

/// The parameters changed; the fields are the values from now on.
#[event]
pub struct ParametersUpdated {
    pub epoch_length_s: u32,
    pub offer_lock_s: u32,
    pub fee_bps: u16,
    pub max_fee_bps: u16,
    pub min_order_wh: u64,
    pub max_order_wh: u64,
    pub max_orders_per_seat: u16,
    pub reading_max_age_s: u32,
    pub reading_future_s: u32,
    pub clearing_grace_s: u32,
    pub void_after_s: u32,
    pub book_retention_s: u32,
    pub min_price: u64,
    pub max_price: u64,
}

/// These areas stand still.
#[event]
pub struct Paused {
    pub areas: u8,
    pub by: Pubkey,
}

/// These areas run.
#[event]
pub struct Resumed {
    pub areas: u8,
    pub by: Pubkey,
}

/// Others govern from now on; open proposals are stale.
#[event]
pub struct MembersChanged {
    pub members: Vec<Pubkey>,
    pub threshold: u8,
    pub membership: u32,
}

/// Decisions take other times from now on; open proposals are stale.
#[event]
pub struct TimingChanged {
    pub timelock_s: u32,
    pub proposal_expiry_s: u32,
    pub membership: u32,
}

/// Another key may pause alone; the zero key means nobody.
#[event]
pub struct GuardianChanged {
    pub guardian: Pubkey,
}

/// A member proposed a decision.
#[event]
pub struct ProposalCreated {
    pub number: u64,
    pub proposer: Pubkey,
    pub expires_at: i64,
}

/// A member approved; `approvals` counts this one.
#[event]
pub struct ProposalApproved {
    pub number: u64,
    pub member: Pubkey,
    pub approvals: u8,
}

/// A member took the approval back; `approvals` are left.
#[event]
pub struct ApprovalRevoked {
    pub number: u64,
    pub member: Pubkey,
    pub approvals: u8,
}

/// The proposal can no longer be executed.
#[event]
pub struct ProposalCancelled {
    pub number: u64,
    pub by: Pubkey,
}

/// The proposal's instructions ran.
#[event]
pub struct ProposalExecuted {
    pub number: u64,
    pub by: Pubkey,
}

/// The proposal's account is gone and its rent returned.
#[event]
pub struct ProposalClosed {
    pub number: u64,
}

/// A program got new code through a proposal.
#[event]
pub struct ProgramUpgraded {
    pub program: Pubkey,
    pub proposal: u64,
}

/// A policy is in force: the text at `uri` with this SHA-256.
#[event]
pub struct PolicyAdopted {
    pub number: u32,
    pub hash: [u8; 32],
    pub uri: String,
}

/// A policy is no longer in force.
#[event]
pub struct PolicyRepealed {
    pub number: u32,
}
