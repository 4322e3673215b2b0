use anchor_lang::prelude::*;

use crate::errors::OracleError;

/// Where a meter's readings are kept, and how much of its export has certificates. Its address is
/// derived from the meter, so a meter can have one slot only.
#[account]
#[derive(InitSpace)]
pub struct MeterSlot {
    pub version: u8,
    pub bump: u8,
    pub meter: Pubkey,
    pub shard: u16,
    pub slot: u16,
    /// Every watt-hour of the export counter below this is certified or forgone.
    pub certified_wh: u64,
    /// Certificates issued or split off so far; the next one takes this number.
    pub certificate_count: u32,
    pub reserved: [u8; 32],
}

impl MeterSlot {
    /// Takes the next `energy_wh` below `export_wh`, the meter's export counter, and returns where
    /// they begin and end. Nothing is ever given back, so no two certificates overlap.
    ///
    /// Errors: `ZeroAmount`, `CertifiedEnergyExceedsExport`.
    pub fn certify(&mut self, energy_wh: u64, export_wh: u64) -> Result<(u64, u64)> {
        require!(energy_wh > 0, OracleError::ZeroAmount);
        let from_wh = self.certified_wh;
        require!(energy_wh <= export_wh.saturating_sub(from_wh), OracleError::CertifiedEnergyExceedsExport);
        self.certified_wh += energy_wh;
        Ok((from_wh, self.certified_wh))
    }

    /// The number of the next certificate.
    pub fn next_certificate(&mut self) -> u32 {
        let index = self.certificate_count;
        self.certificate_count += 1;
        index
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pointer() -> MeterSlot {
        MeterSlot {
            version: 1,
            bump: 255,
            meter: Pubkey::default(),
            shard: 0,
            slot: 0,
            certified_wh: 0,
            certificate_count: 0,
            reserved: [0; 32],
        }
    }

    #[test]
    fn each_watt_hour_is_certified_once() {
        let mut slot = pointer();
        assert_eq!(slot.certify(30, 100).unwrap(), (0, 30));
        assert_eq!(slot.certify(70, 100).unwrap(), (30, 100));
        let beyond = slot.certify(1, 100).unwrap_err();
        assert_eq!(beyond, OracleError::CertifiedEnergyExceedsExport.into());
        assert_eq!(slot.certify(1, 101).unwrap(), (100, 101));
    }

    #[test]
    fn nothing_is_no_certificate() {
        assert_eq!(pointer().certify(0, 100).unwrap_err(), OracleError::ZeroAmount.into());
    }
}
