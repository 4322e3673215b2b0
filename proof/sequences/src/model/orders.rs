//! Placing and cancelling.

use anchor_lang::prelude::Pubkey;
use governance::AREA_TRADING;
use trading::Side;

use super::{demand, Refused, Verdict, SEAT_ACTIVE};
use crate::{calls::BookAt, state::*};

impl State {
    pub(super) fn place(
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

    pub(super) fn cancel(
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
}

/// Gives a seat back what an order has locked.
pub(super) fn release(order: &Order, seat: &mut Seat, grid: &Grid) {
    if order.side == BID {
        let cost = order.lots * grid.lot_value(order.tick);
        seat.payment_locked -= cost;
        seat.payment_free += cost;
    } else {
        seat.energy_locked -= order.lots * grid.lot_wh;
        seat.energy_free += order.lots * grid.lot_wh;
    }
}
