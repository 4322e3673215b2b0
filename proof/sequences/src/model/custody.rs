//! Seats, and tokens on their way to them and back.

use anchor_lang::prelude::Pubkey;
use governance::AREA_TRADING;
use trading::Asset;

use super::{demand, Refused, Verdict, SEAT_ACTIVE};
use crate::{state::*, world::World};

const SEAT_INACTIVE: u8 = 3;

impl State {
    pub(super) fn own_seat(&self, market: usize, seat: u16, signer: &Pubkey) -> Verdict {
        let found = self.markets[market].seats.get(usize::from(seat)).filter(|seat| seat.status != 0);
        demand(found.is_some_and(|seat| seat.owner == *signer), "A8", "not the signer's seat")
    }

    pub(super) fn shift(&mut self, from: Pubkey, to: Pubkey, units: i128) {
        self.tokens.get_mut(&from).expect("a followed account").1 -= units;
        self.tokens.get_mut(&to).expect("a followed account").1 += units;
    }

    /// A transfer as the token program does it.
    pub(super) fn pay(
        &mut self,
        world: &World,
        from: Pubkey,
        to: Pubkey,
        mint: Pubkey,
        signer: Pubkey,
        units: i128,
    ) -> Verdict {
        let (kind, held) = *self.tokens.get(&from).ok_or(Refused("C2", "no wallet"))?;
        demand(kind == mint, "C2", "another token")?;
        demand(world.owner_of(&from) == Some(signer), "A8", "another one's wallet")?;
        demand(held >= units && units <= i128::from(u64::MAX), "C2", "more than there is")?;
        self.shift(from, to, units);
        Ok(())
    }

    pub(super) fn retire(
        &mut self,
        world: &World,
        signer: Pubkey,
        (user, meter): (u32, u32),
        (market, ledger): (usize, usize),
        seat: u16,
        energy_wh: i128,
    ) -> Verdict {
        demand(market == ledger, "A8", "another market's ledger")?;
        demand(self.users[user as usize].key == signer, "A8", "another user")?;
        let slot = &mut self.meters[meter as usize].slot;
        demand(slot.user == user, "U8", "another user's meter")?;
        demand(energy_wh > 0, "N4", "nothing")?;
        demand(energy_wh <= slot.imported - slot.retired, "C1", "more than was imported")?;
        slot.retired += energy_wh;
        self.own_seat(market, seat, &signer)?;
        let vault = world.markets[market].vault(Asset::Energy);
        let market = &mut self.markets[market];
        let seat = &mut market.seats[usize::from(seat)];
        demand(energy_wh <= seat.energy_free, "S3", "more than is free")?;
        seat.energy_free -= energy_wh;
        market.energy -= energy_wh;
        let units = energy_wh * UNITS_PER_WH;
        self.tokens.get_mut(&vault).expect("a vault").1 -= units;
        self.burned += units;
        self.supply -= units;
        Ok(())
    }

    /// What a seat's status becomes when the registry is copied.
    pub(super) fn standing(&self, user: u32) -> u8 {
        let user = &self.users[user as usize];
        match user.status {
            _ if self.is_official(&user.key) => SEAT_INACTIVE,
            status => SEAT_ACTIVE + status,
        }
    }

    pub(super) fn open_seat(&mut self, signer: Pubkey, number: u32, market: usize, ordinal: u8) -> Verdict {
        demand(!self.is_paused(AREA_TRADING), "Z1", "trading is paused")?;
        let user = &self.users[number as usize];
        demand(user.key == signer, "A8", "another user")?;
        demand(user.status == 0, "A6", "the user is not active")?;
        demand(!self.is_official(&signer), "A8", "an official")?;
        demand(ordinal < 2, "U1", "two seats a user")?;
        let seat = Seat {
            user: Some(number),
            ordinal,
            owner: signer,
            consumer: user.consumer,
            status: SEAT_ACTIVE,
            ..Seat::default()
        };
        let market = &mut self.markets[market];
        demand(market.seat_of(number, ordinal).is_none(), "U1", "the seat is open")?;
        if market.free_seats.is_empty() {
            demand(market.seats.len() < market.capacity, "U1", "the ledger is full")?;
            market.seats.push(seat);
        } else {
            let index = market.free_seats.remove(0);
            market.seats[usize::from(index)] = seat;
        }
        Ok(())
    }
}

impl Market {
    pub fn total(&mut self, asset: Asset) -> &mut i128 {
        match asset {
            Asset::Energy => &mut self.energy,
            Asset::Payment => &mut self.payment,
        }
    }
}

/// Token base units of an amount, which counts Wh of energy or base units of payment.
pub(super) fn units(asset: Asset, amount: u64) -> i128 {
    match asset {
        Asset::Energy => i128::from(amount) * UNITS_PER_WH,
        Asset::Payment => amount.into(),
    }
}
