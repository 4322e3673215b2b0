use anchor_lang::prelude::*;

declare_id!("gov9GFUK2CdLJNJz5w7T1SMwXmDQmAH4jttBAuTasXb");

#[program]
pub mod governance {}
