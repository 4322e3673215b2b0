//! Certifies the next `energy_wh` of what a meter exported, for the user it reports for. All that
//! lies below in the meter's export counter is certified or forgone already.
//!
//! *Authority*: an operator of any role, who pays the account.
//! *Errors*: `UnauthorizedOperator`, `MeteringPaused`, `WrongSlot`, `NotMeterOwner`,
//! `UserNotActive`, `ZeroAmount`, `CertifiedEnergyExceedsExport`.

use anchor_lang::prelude::*;
use governance::{Pause, AREA_METERING};
use registry::User;

use crate::{
    constants::{ACCOUNT_VERSION, CERTIFICATE_SEED, ROLE_AMI, ROLE_OPERATOR},
    errors::OracleError,
    events::CertificateIssued,
    state::{Certificate, CertificateState, EnergySource, MeterShard, MeterSlot, Operator},
};

#[derive(Accounts)]
pub struct IssueCertificate<'info> {
    #[account(mut)]
    pub authority: Signer<'info>,
    /// CHECK: `grants` reads it.
    #[account(constraint = Operator::grants(&operator, authority.key, ROLE_AMI | ROLE_OPERATOR) @ OracleError::UnauthorizedOperator)]
    pub operator: UncheckedAccount<'info>,
    #[account(constraint = !pause.is_paused(AREA_METERING) @ OracleError::MeteringPaused)]
    pub pause: Box<Account<'info, Pause>>,
    #[account(mut)]
    pub meter_slot: Box<Account<'info, MeterSlot>>,
    #[account(constraint = shard.load()?.index == meter_slot.shard @ OracleError::WrongSlot)]
    pub shard: AccountLoader<'info, MeterShard>,
    /// The user the slot reports for; the handler compares.
    #[account(constraint = user.is_active() @ OracleError::UserNotActive)]
    pub user: Box<Account<'info, User>>,
    #[account(init, payer = authority, space = 8 + Certificate::INIT_SPACE,
        seeds = [CERTIFICATE_SEED, meter_slot.meter.as_ref(), &meter_slot.certificate_count.to_le_bytes()], bump)]
    pub certificate: Box<Account<'info, Certificate>>,
    pub system_program: Program<'info, System>,
}

pub fn handler(ctx: Context<IssueCertificate>, energy_wh: u64, source: EnergySource) -> Result<()> {
    let IssueCertificate { meter_slot, shard, user, certificate, .. } = ctx.accounts;
    let shard = shard.load()?;
    let slot = shard.slot(meter_slot.slot)?;
    require_keys_eq!(slot.user, user.key(), OracleError::NotMeterOwner);
    let (from_wh, to_wh) = meter_slot.certify(energy_wh, slot.export_wh)?;

    certificate.set_inner(Certificate {
        version: ACCOUNT_VERSION,
        bump: ctx.bumps.certificate,
        meter: meter_slot.meter,
        index: meter_slot.next_certificate(),
        owner: user.key(),
        from_wh,
        to_wh,
        source,
        issued_at: Clock::get()?.unix_timestamp,
        through_interval: slot.newest,
        state: CertificateState::Live,
        retired_at: 0,
        beneficiary: [0; 32],
        reserved: [0; 32],
    });
    emit!(CertificateIssued {
        certificate: certificate.key(),
        meter: certificate.meter,
        index: certificate.index,
        owner: certificate.owner,
        from_wh,
        to_wh,
        source,
        through_interval: slot.newest,
    });
    Ok(())
}
