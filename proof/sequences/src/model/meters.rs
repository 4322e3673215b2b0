//! Readings, and what follows from them.

use anchor_lang::prelude::Pubkey;
use governance::{AREA_METERING, AREA_REGISTRATION};
use oracle::{ROLE_AMI, ROLE_OPERATOR};

use super::{demand, Refused, Verdict};
use crate::{
    instructions as ix,
    state::*,
    world::{World, RATED_POWER_W},
};

const INTERVAL_S: i64 = 900;
/// Intervals that a slot remembers.
const MEMORY: i64 = 64;

impl State {
    pub(super) fn registering(&self, signer: &Pubkey) -> Verdict {
        demand(self.authorities.contains(signer), "A8", "no registry authority")?;
        demand(!self.is_paused(AREA_REGISTRATION), "Z1", "registration is paused")
    }

    pub(super) fn readings(
        &mut self,
        world: &World,
        signer: Pubkey,
        base: u32,
        readings: &[ix::Record],
    ) -> Verdict {
        demand(!self.is_paused(AREA_METERING), "Z1", "metering is paused")?;
        demand(!readings.is_empty(), "N4", "no reading")?;
        let operator = self.roles(&signer) & ROLE_AMI != 0;
        let running = (self.now + self.limits.reading_future_s).div_euclid(INTERVAL_S);
        let oldest = (self.now - self.limits.reading_max_age_s - 1).div_euclid(INTERVAL_S);
        for &(slot, age, exported, imported) in readings {
            let number = u32::from(slot);
            let meter = self.meters.get_mut(usize::from(slot)).ok_or(Refused("U8", "no such slot"))?;
            demand(operator || world.meter_key_of(number) == signer, "A8", "neither operator nor the meter")?;
            let slot = &mut meter.slot;
            demand(slot.active, "A6", "the meter does not report")?;
            let interval = i64::from(base) - i64::from(age);
            demand((oldest..running).contains(&interval), "U4", "too old, or not over")?;
            if interval > slot.newest {
                let ahead = interval - slot.newest;
                slot.seen = if ahead < MEMORY { slot.seen << ahead } else { 0 } | 1;
                slot.newest = interval;
            } else {
                let behind = slot.newest - interval;
                demand(behind < MEMORY, "U4", "beyond the memory")?;
                demand(slot.seen >> behind & 1 == 0, "U3", "the interval was accepted")?;
                slot.seen |= 1 << behind;
            }
            let (exported, imported) = (i128::from(exported), i128::from(imported));
            demand(exported.max(imported) <= slot.limit, "U4", "above the rated power")?;
            demand(exported == 0 || slot.may_export, "A6", "a consumer does not export")?;
            slot.exported += exported;
            slot.imported += imported;
        }
        Ok(())
    }

    pub(super) fn mint(&mut self, world: &World, signer: Pubkey, meter: u32, user: u32) -> Verdict {
        demand(self.roles(&signer) & (ROLE_AMI | ROLE_OPERATOR) != 0, "A8", "no operator")?;
        demand(!self.is_paused(AREA_METERING), "Z1", "metering is paused")?;
        let slot = &mut self.meters[meter as usize].slot;
        demand(slot.user == user, "U8", "another user's meter")?;
        let new = slot.exported - slot.minted;
        demand(new > 0, "U3", "nothing to mint")?;
        demand(self.users[user as usize].status == 0, "A6", "the user is not active")?;
        slot.minted = slot.exported;
        let units = new * UNITS_PER_WH;
        let wallet = ix::wallet(world.key_of(user), ix::grid_mint());
        self.tokens.entry(wallet).or_insert((ix::grid_mint(), 0)).1 += units;
        self.minted += units;
        self.supply += units;
        Ok(())
    }

    pub(super) fn refresh_meter(&mut self, meter: u32, named: Option<u32>) -> Verdict {
        let Meter { user, assigned_at, slot } = &mut self.meters[meter as usize];
        demand(*user == named, "U8", "not the meter's user")?;
        let Some(user) = *user else {
            (slot.active, slot.may_export) = (false, false);
            return Ok(());
        };
        if slot.user != user {
            demand(slot.exported == slot.minted, "U3", "the former user's energy is not minted")?;
            (slot.user, slot.imported, slot.retired) = (user, 0, 0);
            slot.newest = slot.newest.max(assigned_at.div_euclid(INTERVAL_S));
            slot.seen = u64::MAX;
        }
        let user = &self.users[user as usize];
        slot.limit = i128::from(RATED_POWER_W) / 4;
        (slot.active, slot.may_export) = (user.status == 0, !user.consumer);
        Ok(())
    }
}
