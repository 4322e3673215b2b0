//! What every instruction should do, written from the documentation with wide integers.
//!
//! A refusal carries the number of the invariant that it serves: proof/invariants/list.toml.

mod custody;
mod epochs;
mod meters;
mod orders;

use anchor_lang::prelude::Pubkey;
use oracle::ROLE_OPERATOR;

use self::custody::units;
pub use self::epochs::{counts, trade_value};
use crate::{
    calls::{Call, Change, Limit},
    instructions as ix,
    state::*,
    world::World,
};

/// Why an instruction must be refused: the invariant that demands it, and the reason in words.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Refused(pub &'static str, pub &'static str);

type Verdict = Result<(), Refused>;

/// Refuses for the sake of an invariant where the condition does not hold.
fn demand(condition: bool, invariant: &'static str, reason: &'static str) -> Verdict {
    if condition {
        Ok(())
    } else {
        Err(Refused(invariant, reason))
    }
}

const SEAT_ACTIVE: u8 = 1;

impl State {
    /// Applies an instruction, or says why it must be refused; then some of it may have been applied.
    pub fn apply(&mut self, call: &Call, world: &World) -> Verdict {
        match *call {
            Call::Order { signer, ledger, book, side, seat, client_id, energy_wh, price } => {
                let grid = self.markets[book.0].grid;
                let above = i128::from(price) - grid.price_min;
                let order = (above.div_euclid(grid.tick_size), i128::from(energy_wh).div_euclid(grid.lot_wh));
                self.place(signer, ledger, book, side, (seat, client_id), &[order])?;
                demand(above >= 0 && above % grid.tick_size == 0, "N4", "the price is off the grid")?;
                demand(
                    i128::from(energy_wh) % grid.lot_wh == 0,
                    "N4",
                    "the energy is no whole number of lots",
                )
            }
            Call::Orders { signer, ledger, book, side, seat, client_id, ref orders } => {
                let orders: Vec<_> = orders.iter().map(|&(tick, lots)| (tick.into(), lots.into())).collect();
                self.place(signer, ledger, book, side, (seat, client_id), &orders)
            }
            Call::Cancel { signer, ledger, book, epoch, index, client_id } => {
                self.cancel(signer, ledger, book, epoch, &[(index, client_id)])
            }
            Call::Cancels { signer, ledger, book, epoch, ref orders } => {
                self.cancel(signer, ledger, book, epoch, orders)
            }
            Call::OpenEpoch { market, book } => self.open_epoch(market, book),
            Call::Close { signer, by_oracle, market, book, epoch } => {
                self.close(signer, by_oracle, market, book, epoch)
            }
            Call::Clear { market, ledger, book, epoch, max_orders } => {
                self.clear(market, ledger, book, epoch, max_orders as usize)
            }
            Call::Void { market, ledger, book, epoch, max_orders } => {
                self.void(market, ledger, book, epoch, max_orders as usize)
            }
            Call::Deposit { signer, market, ledger, seat, asset, amount, source } => {
                demand(market == ledger, "A8", "another market's ledger")?;
                demand(amount > 0, "N4", "nothing")?;
                let (vault, mint) = (world.markets[market].vault(asset), world.markets[market].mint(asset));
                self.own_seat(market, seat, &signer)?;
                let units = units(asset, amount);
                self.pay(world, source, vault, mint, signer, units)?;
                let market = &mut self.markets[market];
                *market.seats[usize::from(seat)].free_mut(asset) += i128::from(amount);
                *market.total(asset) += i128::from(amount);
                Ok(())
            }
            Call::Withdraw { signer, market, ledger, seat, asset, amount, destination, vault } => {
                demand(market == ledger && market == vault, "A8", "another market's ledger or vault")?;
                demand(amount > 0, "N4", "nothing")?;
                self.own_seat(market, seat, &signer)?;
                demand(world.owner_of(&destination) == Some(signer), "A8", "another one's wallet")?;
                let (vault, mint) = (world.markets[market].vault(asset), world.markets[market].mint(asset));
                let there = self.tokens.get(&destination).is_some_and(|(kind, _)| *kind == mint);
                demand(there, "A8", "no wallet for this token")?;
                let market = &mut self.markets[market];
                let free = market.seats[usize::from(seat)].free_mut(asset);
                demand(*free >= i128::from(amount), "S3", "more than is free")?;
                *free -= i128::from(amount);
                *market.total(asset) -= i128::from(amount);
                self.shift(vault, destination, units(asset, amount));
                Ok(())
            }
            Call::Retire { signer, user, meter, market, ledger, seat, energy_wh } => {
                self.retire(world, signer, (user, meter), (market, ledger), seat, energy_wh.into())
            }
            Call::OpenSeat { signer, user, market, ordinal } => self.open_seat(signer, user, market, ordinal),
            Call::RefreshSeat { user, market, seat } => {
                let standing = self.standing(user);
                let User { key, consumer, .. } = self.users[user as usize];
                let seat = self.markets[market].seats.get_mut(usize::from(seat));
                let seat = seat
                    .filter(|seat| seat.user == Some(user))
                    .ok_or(Refused("A8", "not the user's seat"))?;
                (seat.owner, seat.consumer, seat.status) = (key, consumer, standing);
                Ok(())
            }
            Call::CloseSeat { signer, user, market, ordinal } => {
                let market = &mut self.markets[market];
                let index = market.seat_of(user, ordinal).ok_or(Refused("U1", "no such seat"))?;
                let seat = &mut market.seats[usize::from(index)];
                demand(seat.owner == signer, "A8", "another one's seat")?;
                let held = [seat.energy_free, seat.energy_locked, seat.payment_free, seat.payment_locked];
                demand(held == [0; 4] && seat.epoch <= market.last_settled, "C9", "the seat is in use")?;
                *seat = Seat::default();
                market.free_seats.insert(0, index);
                Ok(())
            }
            Call::HandOverSeat { signer, market, seat, to } => {
                self.own_seat(market, seat, &signer)?;
                let seat = &mut self.markets[market].seats[usize::from(seat)];
                demand(seat.user.is_none(), "A8", "a user's seat follows its user")?;
                seat.owner = to;
                Ok(())
            }
            Call::UpdateMarket { signer, market, change } => self.update_market(signer, market, change),
            Call::Prices { signer, market, floor, ceiling } => {
                demand(self.roles(&signer) & ROLE_OPERATOR != 0, "A8", "no operator")?;
                let (floor, ceiling) = (i128::from(floor), i128::from(ceiling));
                let within = floor >= self.limits.min_price && ceiling <= self.limits.max_price;
                demand(within, "P11", "beyond governance's limits")?;
                let grid = self.markets[market].grid;
                let first = (floor - grid.price_min + grid.tick_size - 1).div_euclid(grid.tick_size).max(0);
                let last = (ceiling - grid.price_min).div_euclid(grid.tick_size).min(grid.ticks - 1);
                demand(first <= last, "P11", "no tick between the bounds")?;
                self.markets[market].bounds = (first, last);
                Ok(())
            }
            Call::Readings { signer, interval, ref readings } => {
                self.readings(world, signer, interval, readings)
            }
            Call::Mint { signer, meter, user } => self.mint(world, signer, meter, user),
            Call::RefreshMeter { meter, user } => self.refresh_meter(meter, user),
            Call::Register { signer, number, key, consumer } => {
                self.registering(&signer)?;
                demand(number as usize == self.users.len(), "U1", "not the next number")?;
                demand(!self.users.iter().any(|user| user.key == key), "U1", "the key is another user's")?;
                demand(!self.authorities.contains(&key), "A8", "an authority's key")?;
                self.users.push(User { key, consumer, status: 0, meters: Vec::new() });
                Ok(())
            }
            Call::Assign { signer, meter, user } => {
                self.registering(&signer)?;
                let now = self.now;
                let found = &mut self.meters[meter as usize];
                demand(found.user.is_none(), "U8", "the meter has a user")?;
                let user_state = &mut self.users[user as usize];
                demand(user_state.status == 0, "A6", "the user is not active")?;
                demand(user_state.meters.len() < 8, "U8", "too many meters")?;
                (found.user, found.assigned_at) = (Some(user), now);
                user_state.meters.push(meter);
                user_state.meters.sort_unstable();
                Ok(())
            }
            Call::Unassign { signer, meter, user } => {
                demand(self.authorities.contains(&signer), "A8", "no registry authority")?;
                let found = &mut self.meters[meter as usize];
                demand(found.user == Some(user), "U8", "not the meter's user")?;
                found.user = None;
                self.users[user as usize].meters.retain(|number| *number != meter);
                Ok(())
            }
            Call::Status { signer, user, status } => {
                demand(self.authorities.contains(&signer), "A8", "no registry authority")?;
                self.users[user as usize].status = status;
                Ok(())
            }
            Call::AddAuthority { signer, key } => {
                demand(signer == world.offices.registrar, "A8", "not the admin")?;
                demand(!self.users.iter().any(|user| user.key == key), "A8", "a user's key")?;
                let fits = !self.authorities.contains(&key) && self.authorities.len() < 16;
                demand(fits, "A1", "an authority already, or too many")?;
                self.authorities.push(key);
                self.authorities.sort();
                Ok(())
            }
            Call::RemoveAuthority { signer, key } => {
                demand(signer == world.offices.registrar, "A8", "not the admin")?;
                demand(self.authorities.contains(&key), "A1", "no authority")?;
                demand(self.authorities.len() > 1, "A1", "the last one stays")?;
                self.authorities.retain(|authority| *authority != key);
                Ok(())
            }
            Call::AddOperator { signer, key, roles } => {
                demand(signer == world.offices.admin, "A8", "not the admin")?;
                demand(!self.users.iter().any(|user| user.key == key), "A8", "a user's key")?;
                demand(self.roles(&key) == 0 && self.operators.len() < 16, "A1", "an operator, or too many")?;
                demand((1..=3).contains(&roles), "A1", "no such role")?;
                self.operators.push((key, roles));
                self.operators.sort();
                Ok(())
            }
            Call::RemoveOperator { signer, key } => {
                demand(signer == world.offices.admin, "A8", "not the admin")?;
                demand(self.roles(&key) != 0, "A1", "no operator")?;
                demand(self.operators.len() > 1, "A1", "the last one stays")?;
                self.operators.retain(|(operator, _)| *operator != key);
                Ok(())
            }
            Call::Pause { signer, areas } => {
                let offices = [world.offices.governor, world.offices.guardian];
                demand(offices.contains(&signer), "A8", "neither governance nor guardian")?;
                demand(areas != 0 && areas < 16, "Z1", "no such area")?;
                for bit in (0..8).filter(|bit| areas & !self.paused & (1 << bit) != 0) {
                    self.since[bit] = self.now;
                }
                self.paused |= areas;
                Ok(())
            }
            Call::Resume { signer, areas } => {
                demand(signer == world.offices.governor, "A8", "not governance")?;
                demand(areas != 0 && areas < 16, "Z1", "no such area")?;
                for bit in (0..8).filter(|bit| areas & (1 << bit) != 0) {
                    self.since[bit] = 0;
                }
                self.paused &= !areas;
                Ok(())
            }
            Call::Parameters { signer, limit } => {
                demand(signer == world.offices.governor, "A8", "not governance")?;
                self.set_limit(limit)
            }
            Call::Transfer { signer, from, to, units } => {
                let mint = self.tokens.get(&to).ok_or(Refused("C2", "no wallet to receive"))?.0;
                self.pay(world, from, to, mint, signer, units.into())
            }
            Call::Burn { signer, from, mint, units } => {
                let held = self.tokens.get_mut(&from).ok_or(Refused("C2", "no wallet"))?;
                demand(
                    held.0 == mint && world.owner_of(&from) == Some(signer),
                    "A8",
                    "another one's wallet",
                )?;
                demand(held.1 >= i128::from(units), "C2", "more than there is")?;
                held.1 -= i128::from(units);
                if mint == ix::grid_mint() {
                    self.supply -= i128::from(units);
                }
                Ok(())
            }
            Call::MintPast { .. } => demand(false, "A8", "only the oracle mints"),
            Call::BurnPast { .. } => demand(false, "A8", "only trading burns"),
            Call::Apart { .. } => Ok(()),
        }
    }

    fn update_market(&mut self, signer: Pubkey, index: usize, change: Change) -> Verdict {
        let epoch = self.epoch(index);
        let now = self.now;
        let limits = self.limits.clone();
        let market = &mut self.markets[index];
        demand(market.authority == signer, "A8", "not the market's authority")?;
        match change {
            Change::Rules(price, tie) => (market.price_rule, market.tie_rule) = (price, tie),
            Change::Fee(bps) => market.fee_bps = bps.into(),
            Change::OrderLimits(min, max, orders) => {
                (market.min_order_wh, market.max_order_wh) = (min.into(), max.into());
                market.max_orders_per_seat = orders.into();
            }
            Change::EpochLength(seconds) => {
                let (number, _, ends_at) = epoch.ok_or(Refused("E1", "before the first epoch"))?;
                demand((2..=86_400).contains(&seconds), "E1", "no such epoch length")?;
                let [first, next] = market.clocks;
                let current = if next.2 != 0 && now >= next.0 { next } else { first };
                market.clocks = [current, (ends_at, number + 1, seconds.into())];
            }
            Change::AdoptDelays => {
                market.grace_s = limits.clearing_grace_s;
                market.void_after_s = limits.void_after_s;
                market.retention_s = limits.book_retention_s;
            }
        }
        demand(market.fee_bps <= limits.max_fee_bps, "N4", "the fee is above the cap")?;
        let lot = market.grid.lot_wh;
        let (min, max) = (market.min_order_wh, market.max_order_wh);
        let whole = min % lot == 0 && max % lot == 0 && min > 0 && max / lot < 1 << 32;
        let within = limits.min_order_wh <= min && min <= max && max <= limits.max_order_wh;
        let count = (1..=limits.max_orders_per_seat).contains(&market.max_orders_per_seat);
        demand(whole && within && count, "N4", "order limits out of range")
    }

    fn set_limit(&mut self, limit: Limit) -> Verdict {
        let limits = &mut self.limits;
        match limit {
            Limit::ReadingAge(seconds) => {
                demand((900..=172_800).contains(&seconds), "U4", "no such age")?;
                limits.reading_max_age_s = seconds.into();
            }
            Limit::VoidAfter(seconds) => {
                demand(seconds >= 60, "E2", "too short")?;
                limits.void_after_s = seconds.into();
            }
            Limit::Retention(seconds) => limits.book_retention_s = seconds.into(),
            Limit::Grace(seconds) => limits.clearing_grace_s = seconds.into(),
            Limit::MaxFee(bps) => {
                // The default fee of new markets is one per cent.
                demand((100..=1_000).contains(&bps), "N4", "the cap is too high, or below the fee")?;
                limits.max_fee_bps = bps.into();
            }
            Limit::Orders(count) => {
                demand(count > 0, "N4", "none")?;
                limits.max_orders_per_seat = count.into();
            }
        }
        Ok(())
    }
}
