use anchor_lang::prelude::*;

pub mod constants;
pub mod errors;
pub mod state;

pub use constants::*;
pub use errors::*;
pub use state::*;

declare_id!("regtmQe5xibWbUhW3kruonXdFdHCcM669Q31NtdjZgj");

#[program]
pub mod registry {}
