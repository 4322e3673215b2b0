//! Claims a certificate's energy for a beneficiary, for good. Only this makes a use of energy
//! attributable to its source; holding GRID does not.
//!
//! *Authority*: the user it belongs to, whatever their standing, while the key is not frozen.
//! *Errors*: `NotCertificateOwner`, `UserFrozen`, `CertificateAlreadyRetired`, `CertificateAlreadySplit`,
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
    let RetireCertificate { user, certificate, .. } = ctx.accounts;
    let now = Clock::get()?.unix_timestamp;
    require!(!user.is_frozen(now), OracleError::UserFrozen);
    certificate.retire(beneficiary, now)?;
    emit!(CertificateRetired {
        certificate: certificate.key(),
        owner: certificate.owner,
        energy_wh: certificate.energy_wh(),
        beneficiary,
    });
    Ok(())
}
