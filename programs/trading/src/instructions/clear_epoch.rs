use anchor_lang::prelude::*;
use energy_core::{
    auction::{self, Allocation, Equilibrium, Tick},
    fees::net_of_fee,
};
use governance::{Pause, AREA_CLEARING};
use solana_sha256_hasher::hashv;

use crate::{constants::*, errors::*, events::EpochCleared, state::*};

#[derive(Accounts)]
pub struct ClearEpoch<'info> {
    pub pause: Box<Account<'info, Pause>>,
    #[account(mut, has_one = ledger @ TradingError::WrongLedger)]
    pub market: Box<Account<'info, Market>>,
    #[account(mut)]
    pub ledger: AccountLoader<'info, Ledger>,
    #[account(mut, constraint = book.load()?.market == market.key() @ TradingError::WrongMarket)]
    pub book: AccountLoader<'info, Book>,
    #[account(
        mut,
        seeds = [RESULT_SEED, market.key().as_ref(), &book.load()?.epoch.to_le_bytes()],
        bump = result.bump,
    )]
    pub result: Box<Account<'info, EpochResult>>,
}

pub fn handler(ctx: Context<ClearEpoch>, max_orders: u32) -> Result<()> {
    let accounts = ctx.accounts;
    let mut book_data = accounts.book.as_ref().try_borrow_mut_data()?;
    let mut book = Book::split(&mut book_data)?;
    if book.header.is(BookState::Settled) {
        return Ok(());
    }
    begin(&mut book, &accounts.market, &accounts.pause)?;

    let mut ledger_data = accounts.ledger.as_ref().try_borrow_mut_data()?;
    let (ledger, seats) = Ledger::split(&mut ledger_data)?;
    let end = book.header.cursor.saturating_add(max_orders).min(book.header.count);
    settle(&mut book, seats, end)?;
    if end < book.header.count {
        return Ok(());
    }
    finish(&mut book, seats, &mut accounts.market, &mut accounts.result)?;

    let result = &accounts.result;
    emit!(EpochCleared {
        market: accounts.market.id,
        epoch: result.epoch,
        sequence: ledger.next_sequence(),
        no_trade: result.no_trade,
        price: result.price,
        price_low: result.price_low,
        price_high: result.price_high,
        volume_wh: result.volume_wh,
        buyers_paid: result.buyers_paid,
        fees: result.fees,
        orders: result.orders,
        digest: result.digest,
    });
    Ok(())
}

/// Lets only the next closed epoch through, and finds its price at the first step.
#[inline(never)]
fn begin(book: &mut BookView, market: &Market, pause: &Pause) -> Result<()> {
    let header = &mut *book.header;
    ensure!(
        !header.is(BookState::Voiding) && !header.is(BookState::Voided),
        TradingError::EpochVoided
    );
    // A settlement that has begun cannot be undone, so after the void delay anybody may
    // complete it although clearing is paused: no lock stays for ever.
    let overdue = header.is(BookState::Clearing) && void_due(pause, market.void_after_s)?;
    ensure!(!pause.is_paused(AREA_CLEARING) || overdue, TradingError::ClearingPaused);
    if header.is(BookState::Clearing) {
        return Ok(());
    }
    ensure!(header.is(BookState::Closed), TradingError::EpochNotClosed);
    ensure!(header.previous_epoch == market.last_settled_epoch, TradingError::EarlierEpochUnsettled);

    let totals = Tick { bid: header.bid_lots, ask: header.ask_lots };
    let found = auction::discover(book.ticks, totals, header.highest_bid, header.lowest_ask);
    header.low = found.low;
    header.high = found.high;
    header.price = found.price(PriceRule::from_stored(header.price_rule).into());
    header.volume = found.volume;
    header.marginal_bid = found.marginal_bid;
    header.marginal_ask = found.marginal_ask;
    header.state = BookState::Clearing as u8;
    Ok(())
}

/// True when clearing has been paused for at least `void_after_s` seconds.
pub fn void_due(pause: &Pause, void_after_s: u32) -> Result<bool> {
    let now = Clock::get()?.unix_timestamp;
    Ok(pause.is_paused(AREA_CLEARING) && now >= pause.since(AREA_CLEARING).saturating_add(i64::from(void_after_s)))
}

/// Credits the fills of the orders from the cursor up to `end`, and folds every completed
/// block of orders into the digest.
fn settle(book: &mut BookView, seats: &mut [Seat], end: u32) -> Result<()> {
    let header = &mut *book.header;
    let equilibrium = Equilibrium {
        low: header.low,
        high: header.high,
        volume: header.volume,
        marginal_bid: header.marginal_bid,
        marginal_ask: header.marginal_ask,
    };
    let tie_rule = TieRule::from_stored(header.tie_rule);
    let mut allocation = Allocation::new(&equilibrium, book.ticks, tie_rule.into());
    allocation.seen_bid = header.seen_bid;
    allocation.seen_ask = header.seen_ask;
    let pay_as_bid = PriceRule::from_stored(header.price_rule) == PriceRule::PayAsBid;
    let (first, step) = (header.first_lot_value, header.tick_lot_value);
    let price = lot_value(first, step, header.price);
    let (lot_wh, fee_bps) = (u64::from(header.lot_wh), header.fee_bps);
    let (mut paid, mut gross_sum, mut fees) = (0u64, 0u64, 0u64);
    let (mut filled, mut partial, mut expired) = (0u32, 0u32, 0u32);

    let mut cursor = header.cursor;
    while cursor < end {
        let block_start = cursor / DIGEST_BLOCK * DIGEST_BLOCK;
        let block_end = (block_start + DIGEST_BLOCK).min(header.count);
        let stop = block_end.min(end);
        for order in &mut book.orders[cursor as usize..stop as usize] {
            if order.status != ORDER_ACTIVE {
                continue;
            }
            let seat = seats.get_mut(usize::from(order.seat)).or_fail(TradingError::SeatNotFound)?;
            let limit = lot_value(first, step, order.tick);
            let rate = if pay_as_bid { limit } else { price };
            let lots = u64::from(order.lots);
            // Products of 32-bit numbers, and balances bounded by the ledger's checked sums.
            if order.side == SIDE_BID {
                order.filled = allocation.fill(auction::Side::Bid, order.tick, order.lots);
                let fill = u64::from(order.filled);
                let locked = lots.wrapping_mul(limit);
                let cost = fill.wrapping_mul(rate);
                seat.payment_locked -= locked;
                seat.payment_free += locked - cost;
                seat.energy_free += fill.wrapping_mul(lot_wh);
                paid += cost;
            } else {
                order.filled = allocation.fill(auction::Side::Ask, order.tick, order.lots);
                let fill = u64::from(order.filled);
                let gross = fill.wrapping_mul(rate);
                let net = net_of_fee(gross, fee_bps);
                seat.energy_locked -= lots.wrapping_mul(lot_wh);
                seat.energy_free += (lots - fill).wrapping_mul(lot_wh);
                seat.payment_free += net;
                gross_sum += gross;
                fees += gross - net;
            }
            order.status = if order.filled == 0 {
                expired += 1;
                ORDER_EXPIRED
            } else if order.filled == order.lots {
                filled += 1;
                ORDER_FILLED
            } else {
                partial += 1;
                ORDER_PARTIALLY_FILLED
            };
        }
        cursor = stop;
        if cursor == block_end {
            let block = &book.orders[block_start as usize..block_end as usize];
            header.digest = hashv(&[&header.digest, bytemuck::cast_slice(block)]).to_bytes();
        }
    }

    header.cursor = cursor;
    header.seen_bid = allocation.seen_bid;
    header.seen_ask = allocation.seen_ask;
    header.buyers_paid += paid;
    header.sellers_gross += gross_sum;
    header.fees += fees;
    header.filled += filled;
    header.partially_filled += partial;
    header.expired += expired;
    Ok(())
}

/// Pays fee and surplus to their seats and writes the result. Runs once, after the last order.
#[inline(never)]
fn finish(book: &mut BookView, seats: &mut [Seat], market: &mut Market, result: &mut EpochResult) -> Result<()> {
    let header = &mut *book.header;
    let grid = header.grid();
    let wh = |lots: u32| u64::from(lots).wrapping_mul(u64::from(header.lot_wh));
    let surplus = header.buyers_paid - header.sellers_gross;
    seats[usize::from(FEE_SEAT)].payment_free += header.fees;
    seats[usize::from(COMMUNITY_SEAT)].payment_free += surplus;

    let no_trade = header.volume == 0;
    if !no_trade {
        market.last_price = grid.price_of(header.price);
        market.last_price_epoch = header.epoch;
    }
    market.last_settled_epoch = header.epoch;
    market.epochs_settled += 1;
    // Statistics over the life of the market; they must never stop an epoch from settling.
    market.traded_wh = market.traded_wh.saturating_add(wh(header.volume));
    market.fees = market.fees.saturating_add(header.fees);

    result.state = BookState::Settled;
    result.no_trade = no_trade;
    result.price = market.last_price;
    result.price_low = grid.price_of(header.low);
    result.price_high = grid.price_of(header.high);
    result.volume_wh = wh(header.volume);
    result.bid_wh = wh(header.bid_lots);
    result.ask_wh = wh(header.ask_lots);
    result.filled = header.filled;
    result.partially_filled = header.partially_filled;
    result.cancelled = header.cancelled;
    result.expired = header.expired;
    result.buyers_paid = header.buyers_paid;
    result.sellers_received = header.sellers_gross - header.fees;
    result.fees = header.fees;
    result.surplus = surplus;
    result.digest = header.digest;
    header.state = BookState::Settled as u8;
    Ok(())
}
