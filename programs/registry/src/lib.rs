use anchor_lang::prelude::*;

declare_id!("regtmQe5xibWbUhW3kruonXdFdHCcM669Q31NtdjZgj");

#[program]
pub mod registry {}
