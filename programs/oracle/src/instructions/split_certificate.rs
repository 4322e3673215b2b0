//! Replaces a certificate by two, which divide its range. The old account stays, marked as split,
//! so that a certificate never changes what it covers.
//!
//! *Authority*: the user it belongs to; `payer` pays the accounts.
//! *Errors*: `NotCertificateOwner`, `WrongSlot`, `CertificateAlreadyRetired`,
//! `CertificateAlreadySplit`, `SplitOutOfRange`.

use anchor_lang::prelude::*;
use registry::User;

use crate::{
    constants::CERTIFICATE_SEED,
    errors::OracleError,
    events::CertificateSplit,
    state::{Certificate, MeterSlot},
};

#[derive(Accounts)]
pub struct SplitCertificate<'info> {
    #[account(mut)]
    pub payer: Signer<'info>,
    #[account(address = user.key @ OracleError::NotCertificateOwner)]
    pub owner: Signer<'info>,
    #[account(address = certificate.owner @ OracleError::NotCertificateOwner)]
    pub user: Box<Account<'info, User>>,
    /// Numbers the meter's certificates.
    #[account(mut, constraint = meter_slot.meter == certificate.meter @ OracleError::WrongSlot)]
    pub meter_slot: Box<Account<'info, MeterSlot>>,
    #[account(mut)]
    pub certificate: Box<Account<'info, Certificate>>,
    #[account(init, payer = payer, space = 8 + Certificate::INIT_SPACE,
        seeds = [CERTIFICATE_SEED, meter_slot.meter.as_ref(), &meter_slot.certificate_count.to_le_bytes()], bump)]
    pub first: Box<Account<'info, Certificate>>,
    #[account(init, payer = payer, space = 8 + Certificate::INIT_SPACE,
        seeds = [CERTIFICATE_SEED, meter_slot.meter.as_ref(), &(meter_slot.certificate_count + 1).to_le_bytes()], bump)]
    pub second: Box<Account<'info, Certificate>>,
    pub system_program: Program<'info, System>,
}

pub fn handler(ctx: Context<SplitCertificate>, energy_wh: u64) -> Result<()> {
    let SplitCertificate { meter_slot, certificate, first, second, .. } = ctx.accounts;
    let parts = certificate.split(energy_wh)?;
    for (account, bump, part) in
        [(&mut *first, ctx.bumps.first, parts.0), (&mut *second, ctx.bumps.second, parts.1)]
    {
        account.set_inner(Certificate { bump, index: meter_slot.next_certificate(), ..part });
    }
    emit!(CertificateSplit {
        certificate: certificate.key(),
        owner: certificate.owner,
        first: first.key(),
        second: second.key(),
        at_wh: second.from_wh,
    });
    Ok(())
}
