mod certificate;
mod meter_shard;
mod meter_slot;
mod operator;
mod oracle;

pub use certificate::*;
pub use meter_shard::*;
pub use meter_slot::*;
pub use operator::*;
pub use oracle::*;
