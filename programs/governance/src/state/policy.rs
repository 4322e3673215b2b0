use anchor_lang::prelude::*;

use crate::Text;

/// A rule that governance adopted: the digest of its text and where to read it. Stays when
/// it is repealed, so that what was in force when can always be told.
#[account]
#[derive(InitSpace, Debug)]
pub struct Policy {
    /// Layout version, 1.
    pub version: u8,
    /// Canonical bump of this address.
    pub bump: u8,
    /// Position in the order of adoption, from 0.
    pub number: u32,
    /// SHA-256 of the text.
    pub hash: [u8; 32],
    /// When it was adopted [unix seconds].
    pub adopted_at: i64,
    /// When it was repealed [unix seconds]; 0 while it is in force.
    pub repealed_at: i64,
    pub reserved: [u8; 32],
    /// Where the text is.
    pub uri: Text,
}
