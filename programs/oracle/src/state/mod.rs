mod certificate;
mod feed;
mod meter_shard;
mod meter_slot;
mod operator;
mod oracle;
mod request;
mod request_balance;

pub use certificate::*;
pub use feed::*;
pub use meter_shard::*;
pub use meter_slot::*;
pub use operator::*;
pub use oracle::*;
pub use request::*;
pub use request_balance::*;
