use anchor_lang::prelude::*;

/// Seed of the one [`Registry`](crate::Registry) account.
#[constant]
pub const REGISTRY_SEED: &[u8] = b"registry";
/// Seed of a [`User`](crate::User), followed by its number (u32, little-endian).
#[constant]
pub const USER_SEED: &[u8] = b"user";
/// Seed of a [`UserKey`](crate::UserKey), followed by the key.
#[constant]
pub const USER_KEY_SEED: &[u8] = b"user_key";
/// Seed of a [`Meter`](crate::Meter), followed by its number (u32, little-endian).
#[constant]
pub const METER_SEED: &[u8] = b"meter";
/// Seed of a [`MeterId`](crate::MeterId), followed by the identifier (32 bytes).
#[constant]
pub const METER_ID_SEED: &[u8] = b"meter_id";

/// Layout version written into every account of this program.
#[constant]
pub const ACCOUNT_VERSION: u8 = 1;
/// Room for registry authorities.
#[constant]
pub const MAX_AUTHORITIES: u8 = 16;
/// Meters one user may hold.
#[constant]
pub const MAX_METERS_PER_USER: u8 = 8;
/// Largest connection a meter may stand for [W]: 100 MW.
#[constant]
pub const MAX_RATED_POWER_W: u32 = 100_000_000;
/// Seed of a [`Recovery`](crate::Recovery), followed by the address of the user's account.
#[constant]
pub const RECOVERY_SEED: &[u8] = b"recovery";
/// Guardians one user may have.
#[constant]
pub const MAX_GUARDIANS: u8 = 7;
/// Shortest time a user has for a veto [s]: an hour.
#[constant]
pub const MIN_RECOVERY_DELAY_S: u32 = 3_600;
/// Longest time a user has for a veto [s]: five days, so that a recovery fits into a freeze.
#[constant]
pub const MAX_RECOVERY_DELAY_S: u32 = 432_000;
/// How long a recovery waits for approvals, and after its delay for its end [s]: seven days.
#[constant]
pub const RECOVERY_WINDOW_S: i64 = 604_800;
/// How long a freeze lasts, and how long after one no other begins [s]: seven days.
#[constant]
pub const FREEZE_S: i64 = 604_800;
