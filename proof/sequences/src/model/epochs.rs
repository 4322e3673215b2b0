//! Opening, closing, clearing and voiding.

use anchor_lang::prelude::Pubkey;
use governance::{AREA_CLEARING, AREA_TRADING};
use oracle::ROLE_OPERATOR;

use super::{demand, orders::release, Refused, Verdict};
use crate::{auction, calls::BookAt, state::*};

const FEE_SEAT: usize = 0;
const COMMUNITY_SEAT: usize = 1;

impl State {
    pub(super) fn open_epoch(&mut self, market: usize, (owner, ring): BookAt) -> Verdict {
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

    pub(super) fn close(
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

    pub(super) fn clear(
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

    pub(super) fn void(
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
}

impl Market {
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
