use anchor_lang::prelude::*;

use crate::state::{KeyChangeReason, UserStatus, UserType};

/// The registry exists, with one authority.
#[event]
pub struct RegistryInitialized {
    pub authority: Pubkey,
    pub admin: Pubkey,
}

/// A user joined.
#[event]
pub struct UserRegistered {
    pub number: u32,
    pub user: Pubkey,
    pub key: Pubkey,
    pub user_type: UserType,
}

/// A meter and a user were linked.
#[event]
pub struct MeterAssigned {
    pub number: u32,
    pub meter: Pubkey,
    pub user: Pubkey,
    pub rated_power_w: u32,
}

/// A meter and a user were parted.
#[event]
pub struct MeterUnassigned {
    pub number: u32,
    pub meter: Pubkey,
    pub user: Pubkey,
}

/// A user's status changed.
#[event]
pub struct UserStatusChanged {
    pub user: Pubkey,
    pub from: UserStatus,
    pub to: UserStatus,
}

/// A key became a registry authority.
#[event]
pub struct AuthorityAdded {
    pub authority: Pubkey,
}

/// A key is no registry authority any more.
#[event]
pub struct AuthorityRemoved {
    pub authority: Pubkey,
}

/// The next admin is named; the zero key withdraws.
#[event]
pub struct AdminNominated {
    pub new_admin: Pubkey,
}

/// The registry was handed over.
#[event]
pub struct AdminChanged {
    pub from: Pubkey,
    pub to: Pubkey,
}

/// A user signs with another key.
#[event]
pub struct KeyRotated {
    pub number: u32,
    pub user: Pubkey,
    pub from: Pubkey,
    pub to: Pubkey,
    pub reason: KeyChangeReason,
}

/// A user named guardians; none end the arrangement.
#[event]
pub struct GuardiansNamed {
    pub user: Pubkey,
    pub guardians: Vec<Pubkey>,
    pub threshold: u8,
    pub delay_s: u32,
    pub in_force_from: i64,
}

/// A user's key was frozen.
#[event]
pub struct UserFrozen {
    pub user: Pubkey,
    pub by: Pubkey,
    pub until: i64,
    pub reason: KeyChangeReason,
}

/// A freeze was lifted.
#[event]
pub struct UserUnfrozen {
    pub user: Pubkey,
    pub by: Pubkey,
    pub reason: KeyChangeReason,
}

/// A guardian approved a recovery; bit i of `approvals` stands for guardian i, and `approved_at`
/// is 0 until the threshold is reached.
#[event]
pub struct RecoveryApproved {
    pub user: Pubkey,
    pub by: Pubkey,
    pub new_key: Pubkey,
    pub approvals: u8,
    pub approved_at: i64,
    pub reason: KeyChangeReason,
}

/// The user ended a recovery.
#[event]
pub struct RecoveryVetoed {
    pub user: Pubkey,
    pub by: Pubkey,
    pub new_key: Pubkey,
    pub approvals: u8,
}

/// A user signs with the key that the guardians approved; bit i of `approvals` stands for guardian i.
#[event]
pub struct UserRecovered {
    pub number: u32,
    pub user: Pubkey,
    pub from: Pubkey,
    pub to: Pubkey,
    pub approvals: u8,
    pub approved_at: i64,
}
