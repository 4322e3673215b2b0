use anchor_lang::prelude::*;

/// Where a user's seat is. Address: `["seat", market, user, ordinal]`.
#[account]
#[derive(InitSpace)]
pub struct SeatPointer {
    pub version: u8,
    pub bump: u8,
    pub market: Pubkey,
    pub user: Pubkey,
    pub ordinal: u8,
    /// Index of the seat in the market's ledger.
    pub seat: u16,
}
