//! Says what a certificate is worth, as return data, for contracts and for whoever simulates it.
//!
//! *Authority*: nobody's; it changes nothing.
//! *Errors*: `WrongSlot`.

use anchor_lang::prelude::*;

use crate::{
    constants::CERTIFICATE_SEED,
    errors::OracleError,
    state::{Certificate, CertificateState, EnergySource, MeterSlot},
};

/// What a certificate stands for at this moment.
#[derive(AnchorSerialize, AnchorDeserialize, Clone, Debug, PartialEq, Eq)]
pub struct CertificateValidity {
    /// Only a retired certificate proves that energy was claimed.
    pub state: CertificateState,
    /// Registry accounts of the meter and of the user it belongs to.
    pub meter: Pubkey,
    pub owner: Pubkey,
    /// Watt-hours of the meter's export counter.
    pub from_wh: u64,
    pub to_wh: u64,
    pub source: EnergySource,
    /// Whether the range lies within what the oracle certified of the meter's export.
    pub within_certified: bool,
}

#[derive(Accounts)]
pub struct ValidateCertificate<'info> {
    #[account(seeds = [CERTIFICATE_SEED, certificate.meter.as_ref(), &certificate.index.to_le_bytes()], bump = certificate.bump)]
    pub certificate: Account<'info, Certificate>,
    #[account(constraint = meter_slot.meter == certificate.meter @ OracleError::WrongSlot)]
    pub meter_slot: Account<'info, MeterSlot>,
}

pub fn handler(ctx: Context<ValidateCertificate>) -> Result<CertificateValidity> {
    let ValidateCertificate { certificate, meter_slot } = ctx.accounts;
    Ok(CertificateValidity {
        state: certificate.state,
        meter: certificate.meter,
        owner: certificate.owner,
        from_wh: certificate.from_wh,
        to_wh: certificate.to_wh,
        source: certificate.source,
        within_certified: certificate.from_wh < certificate.to_wh
            && certificate.to_wh <= meter_slot.certified_wh
            && certificate.index < meter_slot.certificate_count,
    })
}
