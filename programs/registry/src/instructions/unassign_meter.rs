use anchor_lang::prelude::*;

use crate::{
    constants::*,
    errors::RegistryError,
    events::MeterUnassigned,
    state::{Meter, Registry, User},
};

/// Parts a meter and its user. The meter keeps its number and can be assigned again.
///
/// *Authority*: a registry authority.
#[derive(Accounts)]
pub struct UnassignMeter<'info> {
    #[account(constraint = registry.is_authority(authority.key) @ RegistryError::NotRecRegulator)]
    pub authority: Signer<'info>,
    #[account(seeds = [REGISTRY_SEED], bump = registry.bump)]
    pub registry: Box<Account<'info, Registry>>,
    #[account(mut, constraint = meter.user == user.key() @ RegistryError::MeterNotAssigned)]
    pub meter: Box<Account<'info, Meter>>,
    #[account(mut)]
    pub user: Box<Account<'info, User>>,
}

pub(crate) fn unassign_meter(ctx: Context<UnassignMeter>) -> Result<()> {
    let meter = &mut ctx.accounts.meter;
    ctx.accounts.user.remove_meter(meter.number)?;
    meter.user = Pubkey::default();

    emit!(MeterUnassigned { number: meter.number, meter: meter.key(), user: ctx.accounts.user.key() });
    Ok(())
}
