use anchor_lang::prelude::*;
use governance::{Pause, AREA_REGISTRATION, PAUSE_SEED};

use crate::{
    constants::*,
    errors::RegistryError,
    events::MeterAssigned,
    state::{Meter, MeterId, Registry, User},
};

/// Links a meter and a user: a meter nobody knew under the next number, or a known one
/// that is free.
///
/// *Authority*: a registry authority.
#[derive(Accounts)]
#[instruction(id: [u8; 32], number: u32)]
pub struct AssignMeter<'info> {
    #[account(
        mut,
        constraint = registry.is_authority(authority.key) @ RegistryError::NotRecRegulator
    )]
    pub authority: Signer<'info>,
    #[account(mut, seeds = [REGISTRY_SEED], bump = registry.bump)]
    pub registry: Box<Account<'info, Registry>>,
    #[account(
        seeds = [PAUSE_SEED],
        bump = pause.bump,
        seeds::program = governance::ID,
        constraint = !pause.is_paused(AREA_REGISTRATION) @ RegistryError::RegistrationPaused
    )]
    pub pause: Box<Account<'info, Pause>>,
    #[account(mut, constraint = user.is_active() @ RegistryError::UserNotActive)]
    pub user: Box<Account<'info, User>>,
    #[account(
        init_if_needed,
        payer = authority,
        space = 8 + MeterId::INIT_SPACE,
        seeds = [METER_ID_SEED, id.as_ref()],
        bump
    )]
    pub meter_id: Box<Account<'info, MeterId>>,
    #[account(
        init_if_needed,
        payer = authority,
        space = 8 + Meter::INIT_SPACE,
        seeds = [METER_SEED, &number.to_le_bytes()],
        bump,
        constraint = !meter.is_assigned() @ RegistryError::MeterAlreadyAssigned
    )]
    pub meter: Box<Account<'info, Meter>>,
    pub system_program: Program<'info, System>,
}

pub(crate) fn assign_meter(
    ctx: Context<AssignMeter>,
    id: [u8; 32],
    number: u32,
    meter_key: Pubkey,
    rated_power_w: u32,
) -> Result<()> {
    let bumps = &ctx.bumps;
    let accounts = ctx.accounts;
    let registry = &mut accounts.registry;
    let meter_id = &mut accounts.meter_id;
    MeterId::validate(&id)?;
    require!((1..=MAX_RATED_POWER_W).contains(&rated_power_w), RegistryError::InvalidRatedPower);

    let meter = accounts.meter.key();
    let is_new = meter_id.meter == Pubkey::default();
    let due = if is_new { registry.meter_count } else { meter_id.number };
    require_eq!(number, due, RegistryError::WrongMeterNumber);
    if is_new {
        meter_id.set_inner(MeterId { version: ACCOUNT_VERSION, bump: bumps.meter_id, number, meter });
        registry.meter_count += 1;
    }

    let user = accounts.user.key();
    accounts.user.add_meter(number)?;
    accounts.meter.set_inner(Meter {
        version: ACCOUNT_VERSION,
        bump: bumps.meter,
        number,
        id,
        key: meter_key,
        user,
        rated_power_w,
        assigned_at: Clock::get()?.unix_timestamp,
        reserved: [0; 32],
    });

    emit!(MeterAssigned { number, meter, user, rated_power_w });
    Ok(())
}
