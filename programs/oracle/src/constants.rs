use anchor_lang::prelude::*;

#[constant]
pub const ORACLE_SEED: &[u8] = b"oracle";
/// The address that the seed gives, written out for instructions that are too frequent to derive it.
pub const ORACLE: Pubkey = pubkey!("55qFkion95pcbqPYkVgkCvYpChEpL8evYXrdq1a8KArQ");
#[constant]
pub const OPERATOR_SEED: &[u8] = b"operator";
#[constant]
pub const SHARD_SEED: &[u8] = b"shard";
#[constant]
pub const SLOT_SEED: &[u8] = b"slot";
#[constant]
pub const CERTIFICATE_SEED: &[u8] = b"certificate";
#[constant]
pub const REQUEST_BALANCE_SEED: &[u8] = b"balance";
#[constant]
pub const REQUEST_SEED: &[u8] = b"request";
#[constant]
pub const FEED_SEED: &[u8] = b"feed";

/// Version written into every account this program creates.
#[constant]
pub const ACCOUNT_VERSION: u8 = 1;

/// Role: delivers readings, mints what they export and answers data requests (the metering
/// service).
#[constant]
pub const ROLE_AMI: u8 = 1;
/// Role: closes epochs, mints, updates feeds, bounds prices and answers data requests.
#[constant]
pub const ROLE_OPERATOR: u8 = 2;

#[constant]
pub const MAX_OPERATORS: u8 = 16;
/// Meters in one shard: as many as fit an account that one instruction can create (10,240 B).
#[constant]
pub const METERS_PER_SHARD: u16 = 64;

/// Length of a metering interval in seconds. Interval `n` is `[900 n, 900 (n + 1))` of Unix time.
#[constant]
pub const INTERVAL_S: u32 = 900;
/// Intervals a slot remembers: its newest one and the 63 before it.
#[constant]
pub const INTERVAL_MEMORY: u64 = 64;
/// Bytes of one packed reading: slot u16, age u16, export u32, import u32, little-endian.
#[constant]
pub const RECORD_LEN: u8 = 12;

/// Seconds after which a request that nobody answered can be cancelled.
#[constant]
pub const REQUEST_TIMEOUT_S: u32 = 3_600;
/// Intervals that one request may ask for: 31 days.
#[constant]
pub const MAX_REQUEST_INTERVALS: u32 = 2_976;
/// A feed's decimals lie between the negative of this and this.
#[constant]
pub const MAX_FEED_DECIMALS: i8 = 18;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn oracle_is_what_its_seed_gives() {
        assert_eq!(Pubkey::find_program_address(&[ORACLE_SEED], &crate::ID).0, ORACLE);
    }
}
