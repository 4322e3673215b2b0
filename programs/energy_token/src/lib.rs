use anchor_lang::prelude::*;

declare_id!("enebPbuKrxdshP5ufkUKP4TnRKPwdT6KSzyzhzkQ1RW");

#[program]
pub mod energy_token {}
