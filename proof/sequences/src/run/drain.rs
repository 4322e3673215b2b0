//! The end of a sequence.

use anchor_lang::prelude::Pubkey;
use governance::AREA_CLEARING;
use trading::Asset;

use super::Run;
use crate::{
    calls::Call,
    instructions as ix,
    invariants::{Broken, Judge},
    state::*,
};

impl Run<'_> {
    /// Everybody cancels, epochs end and are settled, and everything is withdrawn. Nothing of it may fail.
    pub(super) fn drain(&mut self) -> Result<(), Broken> {
        let offices = self.world.offices;
        self.tell(|_| "drain".into());
        self.demand("Z1", &[Call::Pause { signer: offices.guardian, areas: 15 }])?;
        for market in 0..self.state.markets.len() {
            self.cancel_all(market)?;
        }
        let ends =
            self.state.markets.iter().flat_map(|market| &market.books).filter(|book| book.state == OPEN);
        if let Some(last) = ends.map(|book| book.closes_at).max().filter(|end| *end > self.state.now) {
            self.wait(last - self.state.now);
        }
        for market in 0..self.state.markets.len() {
            for ring in self.rings(market, &[OPEN]) {
                let epoch = self.state.markets[market].books[ring].epoch;
                let signer = offices.operator;
                self.demand(
                    "Z2",
                    &[Call::Close { signer, by_oracle: true, market, book: (market, ring), epoch }],
                )?;
            }
        }
        self.demand("Z1", &[Call::Resume { signer: offices.governor, areas: 15 }])?;
        for market in 0..self.state.markets.len() {
            self.settle_all(market)?;
        }
        self.demand("Z1", &[Call::Pause { signer: offices.guardian, areas: 15 }])?;
        for market in 0..self.state.markets.len() {
            self.withdraw_all(market)?;
        }
        self.empty()
    }

    fn rings(&self, market: usize, states: &[u8]) -> Vec<usize> {
        let books = &self.state.markets[market].books;
        let mut rings: Vec<usize> =
            (0..books.len()).filter(|&ring| states.contains(&books[ring].state)).collect();
        rings.sort_by_key(|&ring| books[ring].epoch);
        rings
    }

    fn cancel_all(&mut self, market: usize) -> Result<(), Broken> {
        for ring in self.rings(market, &[OPEN]) {
            let book = self.state.markets[market].books[ring].clone();
            if self.state.now >= book.closes_at {
                continue;
            }
            // Every other order stays, so that there is something to settle.
            let live = book.orders.iter().enumerate().filter(|(_, order)| order.status == ACTIVE).step_by(2);
            for (index, order) in live {
                let signer = self.state.markets[market].seats[usize::from(order.seat)].owner;
                let client_id = order.client_id as u64;
                let (ledger, epoch, index) = (market, book.epoch, index as u32);
                self.demand(
                    "Z2",
                    &[Call::Cancel { signer, ledger, book: (market, ring), epoch, index, client_id }],
                )?;
            }
        }
        Ok(())
    }

    /// Settles in two steps with a pause between them, and compares with one step on a copy by somebody else.
    fn settle_all(&mut self, market: usize) -> Result<(), Broken> {
        let offices = self.world.offices;
        for ring in self.rings(market, &[CLOSED, CLEARING, VOIDING]) {
            let found = &self.state.markets[market].books[ring];
            let (epoch, voiding, ledger, book) =
                (found.epoch, found.state == VOIDING, market, (market, ring));
            let step = |max_orders: u32| {
                if voiding {
                    Call::Void { market, ledger, book, epoch, max_orders }
                } else {
                    Call::Clear { market, ledger, book, epoch, max_orders }
                }
            };
            let mut copy = self.world.clone();
            let at_once = step(u32::MAX).instruction(&copy);
            // A refusal shows below, where the bytes differ.
            let _ = copy.chain.send(offices.governor, &[at_once]);

            self.demand("E5", &[step(3)])?;
            self.demand("Z1", &[Call::Pause { signer: offices.guardian, areas: AREA_CLEARING }])?;
            self.demand("Z1", &[Call::Resume { signer: offices.governor, areas: AREA_CLEARING }])?;
            self.demand("E5", &[step(u32::MAX)])?;

            let state = self.state.markets[market].books[ring].state;
            let accounts = &self.world.markets[market];
            let written = [
                accounts.address,
                accounts.ledger,
                accounts.books[ring],
                ix::result(accounts.address, epoch),
            ];
            let same = |address: &Pubkey| self.world.chain.data(address) == copy.chain.data(address);
            let differs = written.iter().find(|address| !same(address));
            let mut judge = Judge { checks: &mut self.tally.checks };
            judge.holds("E5", matches!(state, SETTLED | VOIDED), || {
                format!("epoch {epoch} is left in state {state}")
            })?;
            for rule in ["P7", "Z5"] {
                judge.holds(rule, differs.is_none(), || {
                    let name = differs.map(|address| self.world.name_of(address)).unwrap_or_default();
                    format!("{name} is not what one step makes of epoch {epoch}")
                })?;
            }
        }
        Ok(())
    }

    fn withdraw_all(&mut self, market: usize) -> Result<(), Broken> {
        for seat in 0..self.state.markets[market].seats.len() {
            for asset in [Asset::Energy, Asset::Payment] {
                let mut found = self.state.markets[market].seats[seat].clone();
                let amount = *found.free_mut(asset) as u64;
                if amount > 0 {
                    let (signer, ledger, vault, seat) = (found.owner, market, market, seat as u16);
                    let destination = ix::wallet(signer, self.world.markets[market].mint(asset));
                    self.demand(
                        "Z2",
                        &[Call::Withdraw { signer, market, ledger, seat, asset, amount, destination, vault }],
                    )?;
                }
            }
        }
        Ok(())
    }

    fn empty(&mut self) -> Result<(), Broken> {
        let mut judge = Judge { checks: &mut self.tally.checks };
        for (index, market) in self.state.markets.iter().enumerate() {
            let left = (market.energy, market.payment);
            judge.holds("C9", left == (0, 0), || format!("market {index} still holds {left:?}"))?;
            let open = market
                .books
                .iter()
                .filter(|book| matches!(book.state, OPEN | CLOSED | CLEARING | VOIDING))
                .count();
            judge.holds("C9", open == 0, || format!("{open} books of market {index} are not settled"))?;
            let held: i128 = market
                .seats
                .iter()
                .map(|s| s.energy_free + s.energy_locked + s.payment_free + s.payment_locked)
                .sum();
            judge.holds("C9", held == 0, || format!("seats of market {index} hold {held}"))?;
        }
        Ok(())
    }
}
