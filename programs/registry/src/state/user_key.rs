use anchor_lang::prelude::*;

/// Points from a key to the user that signs with it. One key serves one user.
#[account]
#[derive(InitSpace, Debug)]
pub struct UserKey {
    /// Layout version, 1.
    pub version: u8,
    /// Canonical bump of this address.
    pub bump: u8,
    /// Number of the user.
    pub number: u32,
    /// Address of the user's account.
    pub user: Pubkey,
}
