use anchor_lang::prelude::*;

use crate::state::EnergySource;

#[event]
pub struct OracleInitialized {
    pub admin: Pubkey,
}

#[event]
pub struct OperatorAdded {
    pub key: Pubkey,
    pub roles: u8,
}

#[event]
pub struct OperatorRemoved {
    pub key: Pubkey,
}

#[event]
pub struct ShardOpened {
    pub shard: u16,
}

#[event]
pub struct MeterAttached {
    pub meter: Pubkey,
    pub user: Pubkey,
    pub shard: u16,
    pub slot: u16,
}

#[event]
pub struct MeterRefreshed {
    pub meter: Pubkey,
    pub user: Pubkey,
    /// Whether the meter's readings are accepted from now on.
    pub active: bool,
}

/// One a batch. The root commits to the meter-signed readings behind it.
#[event]
pub struct ReadingsRecorded {
    pub shard: u16,
    /// The interval the records' ages count back from.
    pub interval: u32,
    pub count: u16,
    pub export_wh: u64,
    pub import_wh: u64,
    pub root: [u8; 32],
}

#[event]
pub struct GenerationMinted {
    pub meter: Pubkey,
    pub user: Pubkey,
    pub energy_wh: u64,
}

#[event]
pub struct ClearingTriggered {
    /// Number of the market.
    pub market: u32,
    pub epoch: u32,
}

#[event]
pub struct EnergyRetired {
    pub meter: Pubkey,
    pub user: Pubkey,
    pub energy_wh: u64,
}

/// The meter's exported energy from `from_wh` up to `to_wh`, counted since attachment, has a
/// certificate.
#[event]
pub struct CertificateIssued {
    pub certificate: Pubkey,
    pub meter: Pubkey,
    pub index: u32,
    pub owner: Pubkey,
    pub from_wh: u64,
    pub to_wh: u64,
    pub source: EnergySource,
    /// The newest interval metered so far.
    pub through_interval: u64,
}

#[event]
pub struct CertificateTransferred {
    pub certificate: Pubkey,
    pub owner: Pubkey,
    pub recipient: Pubkey,
}

/// Two certificates took the place of one.
#[event]
pub struct CertificateSplit {
    pub certificate: Pubkey,
    pub owner: Pubkey,
    /// Up to `at_wh`.
    pub first: Pubkey,
    /// From `at_wh` on.
    pub second: Pubkey,
    pub at_wh: u64,
}

/// The energy is claimed, once and for all.
#[event]
pub struct CertificateRetired {
    pub certificate: Pubkey,
    pub owner: Pubkey,
    pub energy_wh: u64,
    pub beneficiary: [u8; 32],
}

#[event]
pub struct RequestFeeSet {
    pub lamports: u64,
}

#[event]
pub struct RequestsToppedUp {
    pub user: Pubkey,
    pub payer: Pubkey,
    pub lamports: u64,
}

#[event]
pub struct RequestBalanceWithdrawn {
    pub user: Pubkey,
    pub lamports: u64,
}

#[event]
pub struct EnergyDataRequested {
    pub number: u64,
    pub user: Pubkey,
    pub meter: Pubkey,
    pub first_interval: u32,
    pub last_interval: u32,
    /// Reserved for whoever answers, lamports.
    pub fee: u64,
}

#[event]
pub struct EnergyDataFulfilled {
    pub number: u64,
    pub operator: Pubkey,
    pub export_wh: u64,
    pub import_wh: u64,
    pub data_hash: [u8; 32],
}

#[event]
pub struct RequestCancelled {
    pub number: u64,
}

#[event]
pub struct RequestClosed {
    pub number: u64,
}

#[event]
pub struct FeedCreated {
    pub number: u16,
}

#[event]
pub struct FeedLimitsSet {
    pub number: u16,
    pub max_age_s: u32,
}

#[event]
pub struct FeedRemoved {
    pub number: u16,
}

#[event]
pub struct FeedUpdated {
    pub number: u16,
    /// In units of ten to the minus the feed's decimals.
    pub value: i64,
    /// Unix seconds.
    pub observed_at: i64,
}

/// The next admin is named; the zero key withdraws.
#[event]
pub struct AdminNominated {
    pub new_admin: Pubkey,
}

#[event]
pub struct AdminChanged {
    pub from: Pubkey,
    pub to: Pubkey,
}
