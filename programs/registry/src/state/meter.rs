use anchor_lang::prelude::*;

/// A metering point, numbered in order of registration.
#[account]
#[derive(InitSpace, Debug)]
pub struct Meter {
    /// Layout version, 1.
    pub version: u8,
    /// Canonical bump of this address.
    pub bump: u8,
    /// Position in the registry, from 0.
    pub number: u32,
    /// Identifier: UTF-8 text, padded with zero bytes.
    pub id: [u8; 32],
    /// The key the meter signs its own readings with; the zero key if it has none.
    pub key: Pubkey,
    /// Address of the user's account; the zero key while unassigned.
    pub user: Pubkey,
    /// Rated power of the connection [W]: it bounds what an interval can hold.
    pub rated_power_w: u32,
    /// When the meter was last assigned [unix seconds].
    pub assigned_at: i64,
    pub reserved: [u8; 32],
}

impl Meter {
    /// Whether the meter belongs to a user.
    pub fn is_assigned(&self) -> bool {
        self.user != Pubkey::default()
    }
}
