// Anchor needs the accounts' generated modules at the crate root; `handler`, which each file
// has too, is always called by its path.
#![allow(ambiguous_glob_reexports)]

pub mod add_operator;
pub mod attach_meter;
pub mod initialize;
pub mod issue_certificate;
pub mod mint_energy;
pub mod open_shard;
pub mod refresh_meter;
pub mod remove_operator;
pub mod retire_certificate;
pub mod retire_energy;
pub mod split_certificate;
pub mod submit_meter_data;
pub mod transfer_certificate;
pub mod trigger_market_clearing;
pub mod update_energy_prices;
pub mod validate_certificate;

pub use add_operator::*;
pub use attach_meter::*;
pub use initialize::*;
pub use issue_certificate::*;
pub use mint_energy::*;
pub use open_shard::*;
pub use refresh_meter::*;
pub use remove_operator::*;
pub use retire_certificate::*;
pub use retire_energy::*;
pub use split_certificate::*;
pub use submit_meter_data::*;
pub use transfer_certificate::*;
pub use trigger_market_clearing::*;
pub use update_energy_prices::*;
pub use validate_certificate::*;
