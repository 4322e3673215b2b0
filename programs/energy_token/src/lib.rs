use anchor_lang::prelude::*;

pub mod constants;
pub mod errors;
pub mod state;

pub use constants::*;
pub use errors::*;
pub use state::*;

declare_id!("enebPbuKrxdshP5ufkUKP4TnRKPwdT6KSzyzhzkQ1RW");

#[program]
pub mod energy_token {}
