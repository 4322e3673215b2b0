use anchor_lang::prelude::*;

use crate::{errors::OracleError, text::is_text};

/// Where certified energy came from.
#[derive(AnchorSerialize, AnchorDeserialize, InitSpace, Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub enum EnergySource {
    Solar,
    Wind,
    Hydro,
    Biomass,
    Other,
}

/// What has become of a certificate. Retired and split are final.
#[derive(AnchorSerialize, AnchorDeserialize, InitSpace, Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub enum CertificateState {
    /// May be transferred, split and retired.
    Live,
    /// Its energy is claimed.
    Retired,
    /// Two others took its place.
    Split,
}

/// A certificate of origin: the watt-hours `from_wh..to_wh` of one meter's export counter. The
/// ranges of a meter's live and retired certificates never overlap.
/// Address: `["certificate", meter, index u32]`.
#[account]
#[derive(InitSpace, Debug)]
pub struct Certificate {
    pub version: u8,
    pub bump: u8,
    /// Registry account of the meter.
    pub meter: Pubkey,
    /// Number among the meter's certificates.
    pub index: u32,
    /// Registry account of the user it belongs to.
    pub owner: Pubkey,
    /// First watt-hour, and the one after the last, of all that the meter exported.
    pub from_wh: u64,
    pub to_wh: u64,
    pub source: EnergySource,
    /// Unix seconds.
    pub issued_at: i64,
    /// The newest interval metered when it was issued: all its energy was exported by its end.
    pub through_interval: u64,
    pub state: CertificateState,
    /// Unix seconds; 0 until it is retired.
    pub retired_at: i64,
    /// For whom the energy was claimed: UTF-8 text, padded with zero bytes.
    pub beneficiary: [u8; 32],
    pub reserved: [u8; 32],
}

impl Certificate {
    pub fn energy_wh(&self) -> u64 {
        self.to_wh.saturating_sub(self.from_wh)
    }

    /// Errors: `CertificateAlreadyRetired`, `CertificateAlreadySplit`.
    pub fn require_live(&self) -> Result<()> {
        match self.state {
            CertificateState::Live => Ok(()),
            CertificateState::Retired => err!(OracleError::CertificateAlreadyRetired),
            CertificateState::Split => err!(OracleError::CertificateAlreadySplit),
        }
    }

    /// Ends this certificate and returns the two that take its place: the first `energy_wh` and
    /// the rest. Their bumps and indices are the caller's to fill.
    ///
    /// Errors: those of `require_live`; `SplitOutOfRange`.
    pub fn split(&mut self, energy_wh: u64) -> Result<(Certificate, Certificate)> {
        self.require_live()?;
        require!((1..self.energy_wh()).contains(&energy_wh), OracleError::SplitOutOfRange);
        let at_wh = self.from_wh + energy_wh;
        let first = Certificate { to_wh: at_wh, ..(*self).clone() };
        let second = Certificate { from_wh: at_wh, ..(*self).clone() };
        self.state = CertificateState::Split;
        Ok((first, second))
    }

    /// Claims the energy for `beneficiary`. Errors: those of `require_live`; `InvalidBeneficiary`.
    pub fn retire(&mut self, beneficiary: [u8; 32], now: i64) -> Result<()> {
        self.require_live()?;
        require!(is_text(&beneficiary), OracleError::InvalidBeneficiary);
        self.state = CertificateState::Retired;
        self.retired_at = now;
        self.beneficiary = beneficiary;
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use CertificateState::*;

    fn certificate() -> Certificate {
        Certificate {
            version: 1,
            bump: 255,
            meter: Pubkey::new_unique(),
            index: 0,
            owner: Pubkey::new_unique(),
            from_wh: 100,
            to_wh: 150,
            source: EnergySource::Wind,
            issued_at: 7,
            through_interval: 9,
            state: Live,
            retired_at: 0,
            beneficiary: [0; 32],
            reserved: [0; 32],
        }
    }

    fn text(text: &[u8]) -> [u8; 32] {
        let mut bytes = [0; 32];
        bytes[..text.len()].copy_from_slice(text);
        bytes
    }

    #[test]
    fn split_parts_cover_the_whole_and_nothing_twice() {
        let mut whole = certificate();
        let (first, second) = whole.split(20).unwrap();
        assert_eq!((first.from_wh, first.to_wh, second.from_wh, second.to_wh), (100, 120, 120, 150));
        assert_eq!((first.state, second.state, whole.state), (Live, Live, Split));
        assert_eq!((second.owner, second.source, second.issued_at), (whole.owner, whole.source, 7));
        assert_eq!(whole.split(20).unwrap_err(), OracleError::CertificateAlreadySplit.into());
    }

    #[test]
    fn both_parts_hold_something() {
        for energy_wh in [0, 50, 51, u64::MAX] {
            let mut whole = certificate();
            assert_eq!(whole.split(energy_wh).unwrap_err(), OracleError::SplitOutOfRange.into());
            assert_eq!(whole.state, Live);
        }
        assert!(certificate().split(1).is_ok());
        assert!(certificate().split(49).is_ok());
    }

    #[test]
    fn retired_once() {
        let mut certificate = certificate();
        certificate.retire(text(b"Ana"), 77).unwrap();
        assert_eq!((certificate.state, certificate.retired_at), (Retired, 77));
        let again = certificate.retire(text(b"Ben"), 78).unwrap_err();
        assert_eq!(again, OracleError::CertificateAlreadyRetired.into());
        assert_eq!(certificate.split(1).unwrap_err(), OracleError::CertificateAlreadyRetired.into());
        assert_eq!((certificate.retired_at, certificate.beneficiary), (77, text(b"Ana")));
    }

    #[test]
    fn beneficiary_is_text() {
        for bytes in [&b""[..], b"\0A", b"A\0B", b"A\xff"] {
            let refused = certificate().retire(text(bytes), 1).unwrap_err();
            assert_eq!(refused, OracleError::InvalidBeneficiary.into());
        }
        assert!(certificate().retire(text(&[b'x'; 32]), 1).is_ok());
    }
}
