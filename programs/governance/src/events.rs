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
