use anchor_lang::prelude::*;

use crate::constants::{ROLE_AMI, ROLE_OPERATOR};

/// What one key may do here. Its address is derived from the key, so it proves the role
/// without a search of the oracle's list.
#[account]
#[derive(InitSpace)]
pub struct Operator {
    pub version: u8,
    pub bump: u8,
    pub key: Pubkey,
    /// Set of `ROLE_AMI` and `ROLE_OPERATOR`.
    pub roles: u8,
    pub reserved: [u8; 32],
}

impl Operator {
    pub fn roles_are_valid(roles: u8) -> bool {
        roles != 0 && roles & !(ROLE_AMI | ROLE_OPERATOR) == 0
    }

    /// Whether `account` gives `key` at least one of `roles`.
    ///
    /// Takes any account, so that a key without a role meets this program's own error rather
    /// than Anchor's for a missing account. Only this program can write such an account, and
    /// it writes each key's at that key's address: owner, type and key prove it.
    pub fn grants(account: &AccountInfo, key: &Pubkey, roles: u8) -> bool {
        account.owner == &crate::ID
            && account.try_borrow_data().is_ok_and(|data| {
                Self::try_deserialize(&mut &data[..])
                    .is_ok_and(|operator| operator.key == *key && operator.roles & roles != 0)
            })
    }
}
