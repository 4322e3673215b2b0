use anchor_lang::prelude::*;

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
