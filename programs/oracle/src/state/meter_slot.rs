use anchor_lang::prelude::*;

/// Where a meter's readings are kept. Its address is derived from the meter, so a meter can
/// have one slot only.
#[account]
#[derive(InitSpace)]
pub struct MeterSlot {
    pub version: u8,
    pub bump: u8,
    pub meter: Pubkey,
    pub shard: u16,
    pub slot: u16,
}
