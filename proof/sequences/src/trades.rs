//! Orders, the course of an epoch, and readings: what is done most.

use trading::Side;

use crate::{calls::Call, draw::Draw, state::*};

pub fn open(draw: &mut Draw, market: usize) -> Call {
    let Market { books, retention_s, .. } = &draw.state.markets[market];
    let now = draw.state.now;
    let free = |book: &Book| {
        let rests = matches!(book.state, SETTLED | VOIDED) && now >= book.closes_at + retention_s;
        book.state == IDLE || rests
    };
    let ring = books.iter().position(free);
    // A full ring waits for its oldest epoch.
    let Some(ring) = ring.or(draw.odd(20).then_some(0)) else { return settle(draw, market, false) };
    let book = if draw.odd(6) { draw.book(market, &[OPEN]) } else { (market, ring) };
    Call::OpenEpoch { market, book }
}

/// The next step of the market's oldest epoch that is over: closing, clearing or voiding.
pub fn settle(draw: &mut Draw, market: usize, void: bool) -> Call {
    let (state, offices) = (draw.state, draw.world.offices);
    let book = draw.book(market, &[OPEN, CLOSED, CLEARING, VOIDING]);
    let found = &state.markets[book.0].books[book.1];
    let (ledger, epoch) = (draw.beside(market), draw.epoch_of(book));
    let max_orders = draw.pick(&[10_000, 1, 2, 5, 10_000, 3, 0, 7]);
    if matches!(found.state, OPEN | IDLE) {
        let grace = state.now < found.closes_at + state.markets[market].grace_s;
        let by_oracle = !draw.odd(if grace { 10 } else { 50 });
        let closer = if by_oracle { offices.operator } else { offices.deployer };
        return Call::Close { signer: draw.signer(closer), by_oracle, market, book, epoch };
    }
    if (void || found.state == VOIDING) ^ draw.odd(4) {
        return Call::Void { market, ledger, book, epoch, max_orders };
    }
    Call::Clear { market, ledger, book, epoch, max_orders }
}

pub fn place(draw: &mut Draw, single: bool) -> Call {
    let market = draw.market();
    let state = draw.state;
    if draw.is_due(market) && !draw.odd(4) {
        return open(draw, market);
    }
    let found = &state.markets[market];
    let (owner, seat) = draw.seated(market);
    let signer = draw.signer(owner);
    let newest = found.newest().unwrap_or(0);
    let book = if draw.odd(5) { draw.book(market, &[CLOSED, CLEARING, SETTLED]) } else { (market, newest) };
    let none = Seat::default();
    let own = found.seats.get(usize::from(seat)).unwrap_or(&none);
    let sides = [Side::Bid, Side::Ask];
    let taken = own.orders > 0 && own.epoch == found.books[newest].epoch;
    let side = match () {
        () if taken => sides[usize::from((own.side == ASK) ^ draw.odd(8))],
        () if own.consumer => sides[usize::from(draw.odd(8))],
        () if own.energy_free < 20 * found.grid.lot_wh => sides[usize::from(draw.odd(8))],
        () => draw.pick(&[Side::Ask, Side::Bid, Side::Ask]),
    };
    let client_id = match draw.below(400) {
        399 => u64::MAX,
        390..399 => own.last_client_id as u64,
        more => (own.last_client_id as u64).saturating_add(1 + more as u64 % 2),
    };
    let ledger = draw.beside(market);
    // Around 0.1 a kWh, so that orders cross.
    let ticks: [u16; 8] = [100, 101, 99, 102, 98, 100, 105, 95];
    let lots: [u32; 8] = [1, 2, 5, 10, 3, 20, 50, 4];
    let most = match side {
        Side::Bid => own.payment_free / found.grid.lot_value(105),
        Side::Ask => own.energy_free / found.grid.lot_wh,
    };
    // Mostly what the seat can pay, shared among a few orders.
    let most = if draw.odd(10) { u32::MAX } else { (most / 2).clamp(1, 1_000) as u32 };
    if single {
        let price = match draw.below(30) {
            29 => draw.pick(&[0, 100_500, 511_000, 512_000, u64::MAX]),
            word => u64::from(ticks[word % 8]) * 1_000,
        };
        let energy_wh = match draw.below(30) {
            29 => draw.pick(&[0, 15, 10_000_000, u64::MAX]),
            word => u64::from(lots[word % 8].min(most)) * 10,
        };
        return Call::Order { signer, ledger, book, side, seat, client_id, energy_wh, price };
    }
    let orders = (0..draw.pick(&[2, 3, 1, 5, 0, 7])).map(|_| match draw.below(97) {
        96 => (600, 1),
        95 => (100, 0),
        94 => (100, u32::MAX),
        word => (ticks[word % 8], lots[word / 8 % 8].min(most / 2).max(1)),
    });
    let orders = orders.collect();
    Call::Orders { signer, ledger, book, side, seat, client_id, orders }
}

pub fn cancel(draw: &mut Draw) -> Call {
    let market = draw.market();
    let state = draw.state;
    let newest = state.markets[market].newest().unwrap_or(0);
    let book = if draw.odd(10) { draw.book(market, &[CLOSED, CLEARING, SETTLED]) } else { (market, newest) };
    let found = &state.markets[book.0].books[book.1];
    let live: Vec<usize> = (0..found.orders.len()).filter(|&i| found.orders[i].status == ACTIVE).collect();
    if live.is_empty() && !draw.odd(20) {
        return place(draw, false);
    }
    let index =
        if live.is_empty() || draw.odd(5) { draw.below(found.orders.len() + 1) } else { draw.pick(&live) };
    let order = found.orders.get(index);
    let owner = order
        .and_then(|order| state.markets[book.0].seats.get(usize::from(order.seat)))
        .map(|seat| seat.owner);
    let signer = draw.signer(owner.unwrap_or(draw.world.offices.deployer));
    let client_id = order.map_or(0, |order| order.client_id as u64).wrapping_add(draw.odd(3).into());
    let (ledger, epoch, index) = (draw.beside(market), draw.epoch_of(book), index as u32);
    if draw.below(3) == 0 {
        return Call::Cancel { signer, ledger, book, epoch, index, client_id };
    }
    // Further orders of the seat, or once in a while of another, or the same again.
    let stray = draw.odd(8);
    let seat = order.map(|order| order.seat);
    let others = live.iter().filter(|&&i| stray || i != index as usize && Some(found.orders[i].seat) == seat);
    let others = others.take(draw.below(4)).map(|&i| (i as u32, found.orders[i].client_id as u64));
    let mut orders: Vec<(u32, u64)> = std::iter::once((index, client_id)).chain(others).collect();
    if draw.odd(2) {
        orders.clear();
    }
    Call::Cancels { signer, ledger, book, epoch, orders }
}

pub fn readings(draw: &mut Draw) -> Call {
    let state = draw.state;
    let interval = (state.now / 900 - 1) as u32;
    let mut signer = draw.signer(draw.world.offices.operator);
    let count = draw.pick(&[1, 2, 1, 3]);
    let mut readings = Vec::new();
    for _ in 0..count {
        let number = draw.meter();
        let slot = &state.meters[number as usize].slot;
        let start = draw.below(6);
        let fresh = |age: &usize| {
            let behind = slot.newest - (i64::from(interval) - *age as i64);
            behind < 0 || behind < 64 && slot.seen >> behind & 1 == 0
        };
        let age = if start == 5 {
            draw.pick(&[0, 63, 70, 7, 65_000, 200])
        } else {
            (start..64).find(fresh).unwrap_or(0)
        };
        let (export, import) = match draw.below(24) {
            23 => (2_001, 0),
            22 => (0, u32::MAX),
            word => ([1_000, 2_000, 500, 0][word % 4], [0, 500, 2_000][word % 3]),
        };
        let export = if slot.may_export || draw.odd(5) { export } else { 0 };
        readings.push((number as u16, age as u16, export, import));
    }
    if draw.odd(15) {
        signer = draw.world.meter_key_of(readings[0].0.into());
    }
    if draw.odd(2) {
        readings.clear();
    }
    Call::Readings { signer, interval: interval + u32::from(draw.odd(4)), readings }
}
