//! What every instruction should do, written from the documentation with wide integers.
//!
//! A refusal carries the number of the invariant that it serves: proof/invariants/list.toml.

use anchor_lang::prelude::Pubkey;
use governance::{AREA_CLEARING, AREA_METERING, AREA_REGISTRATION, AREA_TRADING};
use oracle::{ROLE_AMI, ROLE_OPERATOR};
use trading::{Asset, Side};

use crate::{
    auction,
    calls::{BookAt, Call, Change, Limit},
    instructions as ix,
    state::*,
    world::{World, RATED_POWER_W},
};

/// Why an instruction must be refused: the invariant that demands it, and the reason in words.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Refused(pub &'static str, pub &'static str);

type Verdict = Result<(), Refused>;

fn demand(condition: bool, invariant: &'static str, reason: &'static str) -> Verdict {
    if condition {
        Ok(())
    } else {
        Err(Refused(invariant, reason))
    }
}

const INTERVAL_S: i64 = 900;
const MEMORY: i64 = 64;
const SEAT_ACTIVE: u8 = 1;
const SEAT_INACTIVE: u8 = 3;
const FEE_SEAT: usize = 0;
const COMMUNITY_SEAT: usize = 1;

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

    // Orders

    fn place(
        &mut self,
        signer: Pubkey,
        ledger: usize,
        (market, ring): BookAt,
        side: Side,
        (seat, client_id): (u16, u64),
        orders: &[(i128, i128)],
    ) -> Verdict {
        demand(!self.is_paused(AREA_TRADING), "Z1", "trading is paused")?;
        demand(market == ledger, "A8", "another market's ledger")?;
        self.own_seat(market, seat, &signer)?;
        let now = self.now;
        let Market { grid, seats, books, sequence, .. } = &mut self.markets[market];
        let (book, index, seat) = (&mut books[ring], seat, &mut seats[usize::from(seat)]);
        demand(book.state == OPEN && now < book.closes_at, "P9", "the epoch is not open")?;
        demand(seat.status == SEAT_ACTIVE, "A6", "the seat is not active")?;
        demand(side == Side::Bid || !seat.consumer, "A6", "a consumer does not sell")?;
        let first = i128::from(client_id);
        let last = first + orders.len() as i128 - 1;
        demand(
            first > seat.last_client_id && last <= i128::from(u64::MAX),
            "U2",
            "the client id does not rise",
        )?;
        let side = side as u8;
        if seat.epoch != book.epoch {
            (seat.epoch, seat.orders, seat.side) = (book.epoch, 0, side);
        }
        demand(seat.side == side, "P10", "the seat trades the other side")?;
        seat.orders += orders.len() as i128;
        demand((1..=book.max_orders_per_seat).contains(&seat.orders), "N4", "too many orders")?;
        demand(!orders.is_empty(), "N4", "no order")?;
        demand(book.orders.len() + orders.len() <= book.capacity, "N4", "the book is full")?;
        seat.last_client_id = last;
        for (&(tick, lots), client_id) in orders.iter().zip(first..) {
            demand((book.lots.0..=book.lots.1).contains(&lots), "N4", "the order is too small or too large")?;
            let within = (book.bounds.0..=book.bounds.1).contains(&tick) && tick < grid.ticks;
            demand(within, "P11", "the price is out of bounds")?;
            if side == BID {
                let cost = lots * grid.lot_value(tick);
                seat.payment_free -= cost;
                seat.payment_locked += cost;
            } else {
                seat.energy_free -= lots * grid.lot_wh;
                seat.energy_locked += lots * grid.lot_wh;
            }
            demand(seat.payment_free >= 0 && seat.energy_free >= 0, "S3", "more than is free")?;
            demand(book.lots_of(side) + lots < 1 << 32, "N1", "too many lots in the book")?;
            let (filled, status) = (0, ACTIVE);
            book.orders.push(Order {
                client_id,
                seat: index,
                side,
                tick,
                lots,
                filled,
                placed_at: now,
                status,
            });
        }
        *sequence += 1;
        Ok(())
    }

    fn cancel(
        &mut self,
        signer: Pubkey,
        ledger: usize,
        (market, ring): BookAt,
        epoch: u32,
        orders: &[(u32, u64)],
    ) -> Verdict {
        demand(market == ledger, "A8", "another market's ledger")?;
        let now = self.now;
        let Market { grid, seats, books, sequence, .. } = &mut self.markets[market];
        let book = &mut books[ring];
        demand(book.epoch == epoch, "U2", "another epoch")?;
        demand(!orders.is_empty(), "N4", "no order")?;
        let mut whose = None;
        for &(index, client_id) in orders {
            let order = book.orders.get_mut(index as usize).ok_or(Refused("U2", "no such order"))?;
            demand(order.client_id == i128::from(client_id), "U2", "another order")?;
            demand(*whose.get_or_insert(order.seat) == order.seat, "A8", "orders of two seats")?;
            let seat = &mut seats[usize::from(order.seat)];
            demand(seat.owner == signer, "A8", "another one's order")?;
            demand(order.status == ACTIVE, "S1", "the order does not live")?;
            demand(book.state == OPEN && now < book.closes_at, "P9", "the epoch is over")?;
            release(order, seat, grid);
            order.status = CANCELLED;
        }
        *sequence += 1;
        Ok(())
    }

    // Epochs

    fn open_epoch(&mut self, market: usize, (owner, ring): BookAt) -> Verdict {
        demand(!self.is_paused(AREA_TRADING), "Z1", "trading is paused")?;
        demand(market == owner, "A8", "another market's book")?;
        let (index, opens_at, closes_at) =
            self.epoch(market).ok_or(Refused("E1", "before the first epoch"))?;
        let now = self.now;
        let market = &mut self.markets[market];
        demand(index > i64::from(market.last_opened), "E1", "the epoch was opened")?;
        let book = &mut market.books[ring];
        let at_rest = matches!(book.state, SETTLED | VOIDED) && now >= book.closes_at + market.retention_s;
        demand(book.state == IDLE || at_rest, "E2", "the book is in use")?;
        let epoch = index as u32;
        *book = Book {
            state: OPEN,
            epoch,
            capacity: book.capacity,
            previous: market.last_opened,
            opens_at,
            closes_at,
            price_rule: market.price_rule as u8,
            tie_rule: market.tie_rule as u8,
            fee_bps: market.fee_bps,
            lots: (market.min_order_wh / market.grid.lot_wh, market.max_order_wh / market.grid.lot_wh),
            max_orders_per_seat: market.max_orders_per_seat,
            bounds: market.bounds,
            cursor: 0,
            orders: Vec::new(),
        };
        market.last_opened = epoch;
        market.forget_old_results();
        Ok(())
    }

    fn close(
        &mut self,
        signer: Pubkey,
        by_oracle: bool,
        market: usize,
        (owner, ring): BookAt,
        epoch: u32,
    ) -> Verdict {
        demand(!by_oracle || self.roles(&signer) & ROLE_OPERATOR != 0, "A8", "no operator")?;
        demand(market == owner, "A8", "another market's book")?;
        let now = self.now;
        let market = &mut self.markets[market];
        let book = &mut market.books[ring];
        demand(book.state == OPEN, "E2", "the epoch is not open")?;
        demand(book.epoch == epoch, "E2", "another epoch's result")?;
        demand(now >= book.closes_at, "E3", "the epoch is not over")?;
        demand(by_oracle || now >= book.closes_at + market.grace_s, "E3", "only the oracle closes yet")?;
        book.state = CLOSED;
        let outcome = Outcome {
            state: CLOSED,
            no_trade: false,
            price: 0,
            interval: (0, 0),
            volume_wh: 0,
            bid_wh: 0,
            ask_wh: 0,
            orders: book.orders.len() as i128,
            counts: [0; 4],
            buyers_paid: 0,
            sellers_received: 0,
            fees: 0,
            surplus: 0,
        };
        market.results.insert(epoch, outcome);
        market.forget_old_results();
        Ok(())
    }

    /// Whether clearing has stood still for so long that epochs may be voided.
    fn void_due(&self, market: usize) -> bool {
        let since = self.since[AREA_CLEARING.trailing_zeros() as usize];
        self.is_paused(AREA_CLEARING) && self.now >= since + self.markets[market].void_after_s
    }

    fn clear(
        &mut self,
        market: usize,
        ledger: usize,
        (owner, ring): BookAt,
        epoch: u32,
        max: usize,
    ) -> Verdict {
        demand(market == owner && market == ledger, "A8", "another market's accounts")?;
        let (paused, overdue) = (self.is_paused(AREA_CLEARING), self.void_due(market));
        let market = &mut self.markets[market];
        let book = &mut market.books[ring];
        if book.state == SETTLED {
            return Ok(());
        }
        demand(matches!(book.state, CLOSED | CLEARING), "E2", "the epoch is not closed, or void")?;
        let completes = book.state == CLEARING && overdue;
        demand(!paused || completes, "Z1", "clearing is paused")?;
        let in_order = book.state == CLEARING || book.previous == market.last_settled;
        demand(in_order, "E3", "an earlier epoch is not settled")?;
        demand(book.epoch == epoch, "E2", "another epoch's result")?;

        book.state = CLEARING;
        let grid = market.grid;
        // Statuses change as the cursor passes, cancelled ones apart, which count for nothing from the start.
        let found = auction::clear(&book.orders, grid.ticks, book.price_rule, book.tie_rule);
        let end = (book.cursor + max).min(book.orders.len());
        for index in book.cursor..end {
            let order = &mut book.orders[index];
            if order.status != ACTIVE {
                continue;
            }
            let seat = &mut market.seats[usize::from(order.seat)];
            release(order, seat, &grid);
            order.filled = found.fills[index];
            let value = trade_value(order, &grid, book.price_rule, found.price);
            let energy = order.filled * grid.lot_wh;
            if order.side == BID {
                seat.payment_free -= value;
                seat.energy_free += energy;
            } else {
                seat.energy_free -= energy;
                seat.payment_free += auction::net_of_fee(value, book.fee_bps);
            }
            order.status = match order.filled {
                0 => EXPIRED,
                filled if filled == order.lots => FILLED,
                _ => PARTIALLY_FILLED,
            };
        }
        book.cursor = end;
        if end == book.orders.len() {
            market.finish(ring, &found);
        }
        Ok(())
    }

    fn void(
        &mut self,
        market: usize,
        ledger: usize,
        (owner, ring): BookAt,
        epoch: u32,
        max: usize,
    ) -> Verdict {
        demand(market == owner && market == ledger, "A8", "another market's accounts")?;
        let due = self.void_due(market);
        let market = &mut self.markets[market];
        let book = &mut market.books[ring];
        if book.state == VOIDED {
            return Ok(());
        }
        demand(
            matches!(book.state, CLOSED | VOIDING),
            "E2",
            "settlement has begun, or the epoch is not closed",
        )?;
        let begun = book.state == VOIDING;
        demand(begun || due, "E2", "voiding is not due")?;
        demand(begun || book.previous == market.last_settled, "E3", "an earlier epoch is not settled")?;
        demand(book.epoch == epoch, "E2", "another epoch's result")?;
        book.state = VOIDING;
        let end = (book.cursor + max).min(book.orders.len());
        for order in &mut book.orders[book.cursor..end] {
            if order.status == ACTIVE {
                release(order, &mut market.seats[usize::from(order.seat)], &market.grid);
                order.status = EXPIRED;
            }
        }
        book.cursor = end;
        if end == book.orders.len() {
            book.state = VOIDED;
            market.last_settled = epoch;
            market.sequence += 1;
            let counts = counts(&book.orders);
            if let Some(outcome) = market.results.get_mut(&epoch) {
                (outcome.state, outcome.no_trade, outcome.price) = (VOIDED, true, market.last_price);
                outcome.counts = [0, 0, counts[2], counts[3]];
            }
        }
        Ok(())
    }

    // Custody and tokens

    fn own_seat(&self, market: usize, seat: u16, signer: &Pubkey) -> Verdict {
        let found = self.markets[market].seats.get(usize::from(seat)).filter(|seat| seat.status != 0);
        demand(found.is_some_and(|seat| seat.owner == *signer), "A8", "not the signer's seat")
    }

    fn shift(&mut self, from: Pubkey, to: Pubkey, units: i128) {
        self.tokens.get_mut(&from).expect("a followed account").1 -= units;
        self.tokens.get_mut(&to).expect("a followed account").1 += units;
    }

    /// A transfer as the token program does it.
    fn pay(
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

    fn retire(
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

    // Seats

    /// What a seat's status becomes when the registry is copied.
    fn standing(&self, user: u32) -> u8 {
        let user = &self.users[user as usize];
        match user.status {
            _ if self.is_official(&user.key) => SEAT_INACTIVE,
            status => SEAT_ACTIVE + status,
        }
    }

    fn open_seat(&mut self, signer: Pubkey, number: u32, market: usize, ordinal: u8) -> Verdict {
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

    // Meters

    fn registering(&self, signer: &Pubkey) -> Verdict {
        demand(self.authorities.contains(signer), "A8", "no registry authority")?;
        demand(!self.is_paused(AREA_REGISTRATION), "Z1", "registration is paused")
    }

    fn readings(&mut self, world: &World, signer: Pubkey, base: u32, readings: &[ix::Record]) -> Verdict {
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

    fn mint(&mut self, world: &World, signer: Pubkey, meter: u32, user: u32) -> Verdict {
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

    fn refresh_meter(&mut self, meter: u32, named: Option<u32>) -> Verdict {
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

    // Rules

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

impl Market {
    pub fn total(&mut self, asset: Asset) -> &mut i128 {
        match asset {
            Asset::Energy => &mut self.energy,
            Asset::Payment => &mut self.payment,
        }
    }

    fn forget_old_results(&mut self) {
        let oldest = self.last_opened.saturating_sub(EPOCHS_FOLLOWED as u32 - 1);
        self.results.retain(|epoch, _| *epoch >= oldest);
    }

    /// Pays fee and surplus, and writes down what came of the epoch.
    fn finish(&mut self, ring: usize, found: &auction::Clearing) {
        let (book, grid) = (&mut self.books[ring], self.grid);
        let (mut paid, mut gross, mut net) = (0, 0, 0);
        for order in &book.orders {
            let value = trade_value(order, &grid, book.price_rule, found.price);
            if order.side == BID {
                paid += value;
            } else {
                gross += value;
                net += auction::net_of_fee(value, book.fee_bps);
            }
        }
        self.seats[FEE_SEAT].payment_free += gross - net;
        self.seats[COMMUNITY_SEAT].payment_free += paid - gross;
        book.state = SETTLED;
        if found.volume > 0 {
            (self.last_price, self.last_price_epoch) = (grid.price(found.price), book.epoch);
        }
        self.last_settled = book.epoch;
        self.epochs_settled += 1;
        self.traded_wh += found.volume * grid.lot_wh;
        self.fees += gross - net;
        self.sequence += 1;
        if let Some(outcome) = self.results.get_mut(&book.epoch) {
            *outcome = Outcome {
                state: SETTLED,
                no_trade: found.volume == 0,
                price: self.last_price,
                interval: (grid.price(found.interval.0), grid.price(found.interval.1)),
                volume_wh: found.volume * grid.lot_wh,
                bid_wh: book.lots_of(BID) * grid.lot_wh,
                ask_wh: book.lots_of(ASK) * grid.lot_wh,
                orders: book.orders.len() as i128,
                counts: counts(&book.orders),
                buyers_paid: paid,
                sellers_received: net,
                fees: gross - net,
                surplus: paid - gross,
            };
        }
    }
}

/// Orders that are filled, partially filled, cancelled and expired.
pub fn counts(orders: &[Order]) -> [i128; 4] {
    [FILLED, PARTIALLY_FILLED, CANCELLED, EXPIRED]
        .map(|status| orders.iter().filter(|order| order.status == status).count() as i128)
}

/// What the filled part of an order is worth at the price in ticks.
pub fn trade_value(order: &Order, grid: &Grid, price_rule: u8, price: i128) -> i128 {
    let tick = if price_rule == auction::PAY_AS_BID { order.tick } else { price };
    order.filled * grid.lot_value(tick)
}

fn release(order: &Order, seat: &mut Seat, grid: &Grid) {
    if order.side == BID {
        let cost = order.lots * grid.lot_value(order.tick);
        seat.payment_locked -= cost;
        seat.payment_free += cost;
    } else {
        seat.energy_locked -= order.lots * grid.lot_wh;
        seat.energy_free += order.lots * grid.lot_wh;
    }
}

fn units(asset: Asset, amount: u64) -> i128 {
    match asset {
        Asset::Energy => i128::from(amount) * UNITS_PER_WH,
        Asset::Payment => amount.into(),
    }
}
