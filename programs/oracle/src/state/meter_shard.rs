use anchor_lang::prelude::*;
use registry::{Meter, User, UserType};

use crate::{
    constants::{INTERVAL_MEMORY, INTERVAL_S, METERS_PER_SHARD},
    errors::OracleError,
    readings::{interval_at, Memory, Reading},
};

/// The readings of up to 64 meters.
#[account(zero_copy)]
#[derive(Debug)]
pub struct MeterShard {
    pub version: u8,
    pub bump: u8,
    pub index: u16,
    /// Slots taken, from the front; a slot is never given back.
    pub used: u16,
    pub padding: [u8; 2],
    /// Readings accepted in this shard.
    pub readings: u64,
    pub reserved: [u8; 48],
    pub slots: [ReadingSlot; METERS_PER_SHARD as usize],
}

/// One meter's account of itself. Energy in Wh at the connection point.
#[zero_copy]
#[derive(Debug)]
pub struct ReadingSlot {
    /// Registry account of the meter.
    pub meter: Pubkey,
    /// Registry account of the user it reports for.
    pub user: Pubkey,
    /// Key the meter signs its own readings with.
    pub meter_key: Pubkey,
    /// Number of the newest interval seen; 0 before the first.
    pub newest: u64,
    /// Bit `i` is set when interval `newest - i` is accepted, or closed to readings.
    pub seen: u64,
    /// Exported since attachment, over all its users.
    pub export_wh: u64,
    /// Imported by the present user.
    pub import_wh: u64,
    /// The part of `export_wh` that became GRID.
    pub minted_wh: u64,
    /// The part of `import_wh` that the present user covered with GRID.
    pub retired_wh: u64,
    /// Most energy in one interval, each way, by the meter's rated power.
    pub limit_wh: u32,
    /// Set of `ReadingSlot::ACTIVE` and `ReadingSlot::MAY_EXPORT`.
    pub flags: u8,
    pub reserved: [u8; 3],
}

// Both are read in place; a size that moved would misread every account there is. An
// instruction can create 10,240 bytes and no more.
const _: () = assert!(size_of::<ReadingSlot>() == 3 * 32 + 6 * 8 + 4 + 1 + 3);
const _: () = assert!(size_of::<MeterShard>() == 64 + METERS_PER_SHARD as usize * 152);
const _: () = assert!(MeterShard::SPACE <= 10_240);
const _: () = assert!(INTERVAL_MEMORY == u64::BITS as u64);

impl MeterShard {
    pub const SPACE: usize = 8 + size_of::<Self>();

    /// The slots that meters have, by number.
    pub fn attached(&self) -> &[ReadingSlot] {
        self.slots.get(..usize::from(self.used)).unwrap_or_default()
    }

    /// The same to be written.
    pub fn attached_mut(&mut self) -> &mut [ReadingSlot] {
        self.slots.get_mut(..usize::from(self.used)).unwrap_or_default()
    }

    /// The slot numbered `index`. Errors: `MeterNotFound` when no meter has it.
    pub fn slot(&self, index: u16) -> Result<&ReadingSlot> {
        let slot = self.attached().get(usize::from(index));
        Ok(slot.ok_or(OracleError::MeterNotFound)?)
    }

    /// As `slot`, to change it.
    pub fn slot_mut(&mut self, index: u16) -> Result<&mut ReadingSlot> {
        let slot = self.attached_mut().get_mut(usize::from(index));
        Ok(slot.ok_or(OracleError::MeterNotFound)?)
    }

    /// Takes the next slot and returns its number. Errors: `ShardFull`.
    pub fn attach(&mut self, meter: Pubkey, details: &Meter, user: &User) -> Result<u16> {
        let index = self.used;
        require!(index < METERS_PER_SHARD, OracleError::ShardFull);
        self.used += 1;
        let slot = self.slot_mut(index)?;
        slot.meter = meter;
        slot.user = details.user;
        slot.link(details, user);
        Ok(index)
    }
}

impl ReadingSlot {
    pub const ACTIVE: u8 = 1;
    pub const MAY_EXPORT: u8 = 2;

    pub fn is_active(&self) -> bool {
        self.flags & Self::ACTIVE != 0
    }

    pub fn may_export(&self) -> bool {
        self.flags & Self::MAY_EXPORT != 0
    }

    pub fn unminted_wh(&self) -> u64 {
        self.export_wh.saturating_sub(self.minted_wh)
    }

    pub fn unretired_wh(&self) -> u64 {
        self.import_wh.saturating_sub(self.retired_wh)
    }

    /// Takes over what the registry says of the meter and its present user.
    pub fn link(&mut self, meter: &Meter, user: &User) {
        self.meter_key = meter.key;
        // W for 900 s are W/4 in Wh; whole watt-hours at most that are those at most its floor.
        self.limit_wh = meter.rated_power_w / (3_600 / INTERVAL_S);
        self.flags = 0;
        if user.is_active() {
            self.flags |= Self::ACTIVE;
        }
        if user.user_type == UserType::Prosumer {
            self.flags |= Self::MAY_EXPORT;
        }
    }

    /// Gives the meter to another user, from the first interval that begins after `assigned_at`
    /// (Unix seconds): earlier readings belong to the former user and are refused. So is the
    /// import the former user has not covered, which is theirs to settle elsewhere.
    ///
    /// Errors: `UnmintedEnergy` while the former user has export that is not GRID yet.
    pub fn hand_over(&mut self, user: Pubkey, assigned_at: i64) -> Result<()> {
        require!(self.unminted_wh() == 0, OracleError::UnmintedEnergy);
        self.user = user;
        self.import_wh = 0;
        self.retired_wh = 0;
        self.newest = self.newest.max(interval_at(assigned_at));
        self.seen = u64::MAX;
        Ok(())
    }

    pub fn memory(&self) -> Memory {
        Memory { newest: self.newest, seen: self.seen }
    }

    /// Adds a reading that `accept` let through with `memory`.
    #[inline(always)]
    pub fn record(&mut self, reading: &Reading, memory: Memory) {
        self.newest = memory.newest;
        self.seen = memory.seen;
        self.export_wh += reading.export_wh;
        self.import_wh += reading.import_wh;
    }

    /// Marks everything exported as minted and returns how much was new.
    /// Errors: `NothingToMint`.
    pub fn mint(&mut self) -> Result<u64> {
        let energy_wh = self.unminted_wh();
        require!(energy_wh > 0, OracleError::NothingToMint);
        self.minted_wh = self.export_wh;
        Ok(energy_wh)
    }

    /// Covers `energy_wh` of import. Errors: `ZeroAmount`, `RetirementExceedsImport`.
    pub fn retire(&mut self, energy_wh: u64) -> Result<()> {
        require!(energy_wh > 0, OracleError::ZeroAmount);
        require!(energy_wh <= self.unretired_wh(), OracleError::RetirementExceedsImport);
        self.retired_wh += energy_wh;
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use bytemuck::Zeroable;

    fn slot() -> ReadingSlot {
        ReadingSlot { newest: 100, seen: 0b101, export_wh: 30, import_wh: 20, ..Zeroable::zeroed() }
    }

    #[test]
    fn export_is_minted_once() {
        let mut slot = slot();
        assert_eq!(slot.mint().unwrap(), 30);
        assert_eq!(slot.mint().unwrap_err(), OracleError::NothingToMint.into());
        slot.export_wh += 7;
        assert_eq!(slot.mint().unwrap(), 7);
    }

    #[test]
    fn retirement_is_bounded_by_import() {
        let mut slot = slot();
        assert_eq!(slot.retire(0).unwrap_err(), OracleError::ZeroAmount.into());
        slot.retire(15).unwrap();
        assert_eq!(slot.retire(6).unwrap_err(), OracleError::RetirementExceedsImport.into());
        slot.retire(5).unwrap();
        assert_eq!(slot.unretired_wh(), 0);
    }

    #[test]
    fn hand_over_waits_for_minting() {
        let mut slot = slot();
        let refused = slot.hand_over(Pubkey::new_unique(), 0).unwrap_err();
        assert_eq!(refused, OracleError::UnmintedEnergy.into());
        assert_eq!(slot.user, Pubkey::default());
    }

    #[test]
    fn hand_over_closes_the_intervals_of_the_former_user() {
        let mut slot = slot();
        slot.mint().unwrap();
        slot.retire(4).unwrap();
        let successor = Pubkey::new_unique();
        slot.hand_over(successor, 900 * 105 + 899).unwrap();
        assert_eq!((slot.user, slot.newest, slot.seen), (successor, 105, u64::MAX));
        assert_eq!((slot.import_wh, slot.retired_wh, slot.unminted_wh()), (0, 0, 0));
    }

    #[test]
    fn unused_slot_is_no_meter() {
        let mut shard = Box::new(MeterShard::zeroed());
        shard.used = 1;
        assert!(shard.slot_mut(0).is_ok());
        assert_eq!(shard.slot_mut(1).unwrap_err(), OracleError::MeterNotFound.into());
        assert!(shard.slot_mut(u16::MAX).is_err());
    }
}
