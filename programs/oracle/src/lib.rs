use anchor_lang::prelude::*;

declare_id!("orc5yFja8THivAo6PRQkCX8zMttnRWpowvhznzAo9rz");

#[program]
pub mod oracle {}
