//! Claims a certificate's energy for a beneficiary, for good. Only this makes a use of energy
//! attributable to its source; holding GRID does not.
//!
//! *Authority*: the user it belongs to, whatever their standing.
//! *Errors*: `NotCertificateOwner`, `CertificateAlreadyRetired`, `CertificateAlreadySplit`,
//! `InvalidBeneficiary`.

use anchor_lang::prelude::*;
use registry::User;

use crate::{errors::OracleError, events::CertificateRetired, state::Certificate};

#[derive(Accounts)]
pub struct RetireCertificate<'info> {
    #[account(address = user.key @ OracleError::NotCertificateOwner)]
    pub owner: Signer<'info>,
    #[account(address = certificate.owner @ OracleError::NotCertificateOwner)]
    pub user: Box<Account<'info, User>>,
    #[account(mut)]
    pub certificate: Box<Account<'info, Certificate>>,
}

pub fn handler(ctx: Context<RetireCertificate>, beneficiary: [u8; 32]) -> Result<()> {
    let certificate = &mut ctx.accounts.certificate;
    certificate.retire(beneficiary, Clock::get()?.unix_timestamp)?;
    emit!(CertificateRetired {
        certificate: certificate.key(),
        owner: certificate.owner,
        energy_wh: certificate.energy_wh(),
        beneficiary,
    });
    Ok(())
}
