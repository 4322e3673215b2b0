//! Gives a certificate to another user.
//!
//! *Authority*: the user it belongs to, whatever their standing, while the key is not frozen.
//! *Errors*: `NotCertificateOwner`, `UserFrozen`, `UserNotActive` for the recipient,
//! `CertificateAlreadyRetired`, `CertificateAlreadySplit`.

use anchor_lang::prelude::*;
use registry::User;

use crate::{errors::OracleError, events::CertificateTransferred, state::Certificate};

#[derive(Accounts)]
pub struct TransferCertificate<'info> {
    #[account(address = user.key @ OracleError::NotCertificateOwner)]
    pub owner: Signer<'info>,
    #[account(address = certificate.owner @ OracleError::NotCertificateOwner)]
    pub user: Box<Account<'info, User>>,
    #[account(constraint = recipient.is_active() @ OracleError::UserNotActive)]
    pub recipient: Box<Account<'info, User>>,
    #[account(mut)]
    pub certificate: Box<Account<'info, Certificate>>,
}

pub fn handler(ctx: Context<TransferCertificate>) -> Result<()> {
    let TransferCertificate { user, recipient, certificate, .. } = ctx.accounts;
    require!(!user.is_frozen(Clock::get()?.unix_timestamp), OracleError::UserFrozen);
    certificate.require_live()?;
    certificate.owner = recipient.key();
    emit!(CertificateTransferred {
        certificate: certificate.key(),
        owner: user.key(),
        recipient: recipient.key(),
    });
    Ok(())
}
