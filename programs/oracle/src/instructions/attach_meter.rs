//! Gives a meter its slot in a shard, for good.
//!
//! *Authority*: an operator of the metering service, who pays the pointer account.
//! *Errors*: `UnauthorizedOperator`, `MeterNotAssigned`, `WrongUser`, `MeterAlreadyAttached`,
//! `ShardFull`.

use anchor_lang::prelude::*;
use registry::{Meter, User};

use crate::{
    constants::{ACCOUNT_VERSION, ORACLE_SEED, ROLE_AMI, SLOT_SEED},
    errors::OracleError,
    events::MeterAttached,
    state::{MeterShard, MeterSlot, Operator, Oracle},
};

#[derive(Accounts)]
pub struct AttachMeter<'info> {
    #[account(mut)]
    pub authority: Signer<'info>,
    /// CHECK: `grants` reads it.
    #[account(constraint = Operator::grants(&operator, authority.key, ROLE_AMI) @ OracleError::UnauthorizedOperator)]
    pub operator: UncheckedAccount<'info>,
    #[account(mut, seeds = [ORACLE_SEED], bump = oracle.bump)]
    pub oracle: Box<Account<'info, Oracle>>,
    #[account(constraint = meter.is_assigned() @ OracleError::MeterNotAssigned)]
    pub meter: Box<Account<'info, Meter>>,
    #[account(address = meter.user @ OracleError::WrongUser)]
    pub user: Box<Account<'info, User>>,
    #[account(mut)]
    pub shard: AccountLoader<'info, MeterShard>,
    #[account(init_if_needed, payer = authority, space = 8 + MeterSlot::INIT_SPACE, seeds = [SLOT_SEED, meter.key().as_ref()], bump,
        constraint = meter_slot.version == 0 @ OracleError::MeterAlreadyAttached)]
    pub meter_slot: Account<'info, MeterSlot>,
    pub system_program: Program<'info, System>,
}

pub fn handler(ctx: Context<AttachMeter>) -> Result<()> {
    let AttachMeter { oracle, meter, user, .. } = ctx.accounts;
    let mut shard = ctx.accounts.shard.load_mut()?;
    let slot = shard.attach(meter.key(), meter, user)?;
    oracle.meter_count += 1;

    ctx.accounts.meter_slot.set_inner(MeterSlot {
        version: ACCOUNT_VERSION,
        bump: ctx.bumps.meter_slot,
        meter: meter.key(),
        shard: shard.index,
        slot,
        certified_wh: 0,
        certificate_count: 0,
        reserved: [0; 32],
    });
    emit!(MeterAttached { meter: meter.key(), user: user.key(), shard: shard.index, slot });
    Ok(())
}
