use anchor_lang::prelude::*;

pub mod constants;
pub mod errors;
pub mod state;

pub use constants::*;
pub use errors::*;
pub use state::*;

declare_id!("gov9GFUK2CdLJNJz5w7T1SMwXmDQmAH4jttBAuTasXb");

#[program]
pub mod governance {}
