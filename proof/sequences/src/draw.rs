//! Choices that are drawn from an intent's words. A word of zero is the plainest one: the owner signs, the accounts
//! belong together.

use anchor_lang::prelude::Pubkey;

use crate::{calls::BookAt, state::*, world::World};

/// Draws an intent's details from its words, one after the other.
pub struct Draw<'a> {
    words: &'a [u32],
    pub state: &'a State,
    pub world: &'a World,
}

impl<'a> Draw<'a> {
    pub fn new(words: &'a [u32], state: &'a State, world: &'a World) -> Self {
        Draw { words, state, world }
    }

    /// 0 to `count - 1`.
    pub fn below(&mut self, count: usize) -> usize {
        let (word, rest) = self.words.split_first().unwrap_or((&0, &[]));
        self.words = rest;
        *word as usize % count.max(1)
    }

    /// True in so many of a hundred cases, and never for a word of zero.
    pub fn odd(&mut self, percent: usize) -> bool {
        self.below(100) >= 100 - percent
    }

    pub fn pick<T: Copy>(&mut self, choices: &[T]) -> T {
        choices[self.below(choices.len())]
    }

    /// `owner`, or in some cases anybody who holds a key.
    pub fn signer(&mut self, owner: Pubkey) -> Pubkey {
        if self.odd(7) {
            self.anybody()
        } else {
            owner
        }
    }

    pub fn anybody(&mut self) -> Pubkey {
        let people = self.world.people();
        self.pick(people)
    }

    pub fn market(&mut self) -> usize {
        self.below(self.world.markets.len() + 1) % self.world.markets.len()
    }

    /// The market, or sometimes another one, for an account that must belong to it.
    pub fn beside(&mut self, market: usize) -> usize {
        (market + usize::from(self.odd(3))) % self.world.markets.len()
    }

    pub fn user(&mut self) -> u32 {
        self.below(self.state.users.len()) as u32
    }

    pub fn meter(&mut self) -> u32 {
        self.below(self.state.meters.len()) as u32
    }

    /// A user with a seat of the market, and the seat.
    pub fn seated(&mut self, market: usize) -> (Pubkey, u16) {
        let seats = &self.state.markets[market].seats;
        let used: Vec<usize> = (0..seats.len()).filter(|&seat| seats[seat].user.is_some()).collect();
        if used.is_empty() || self.odd(3) {
            return (self.anybody(), self.below(seats.len() + 2) as u16);
        }
        let seat = self.pick(&used);
        (seats[seat].owner, seat as u16)
    }

    /// The oldest book of the market in one of the states, or any book.
    pub fn book(&mut self, market: usize, states: &[u8]) -> BookAt {
        if self.odd(6) {
            let other = self.beside(market);
            return (other, self.below(self.state.markets[other].books.len()));
        }
        let books = &self.state.markets[market].books;
        let found =
            (0..books.len()).filter(|&i| states.contains(&books[i].state)).min_by_key(|&i| books[i].epoch);
        (market, found.unwrap_or(0))
    }

    /// Whether the market's present epoch is not open yet.
    pub fn is_due(&self, market: usize) -> bool {
        let last = i64::from(self.state.markets[market].last_opened);
        self.state.epoch(market).is_some_and(|(now, ..)| now > last)
    }

    pub fn epoch_of(&mut self, (market, ring): BookAt) -> u32 {
        self.state.markets[market].books[ring].epoch + u32::from(self.odd(2))
    }

    /// So much of a hundredth part of what there is, or more, or nothing.
    pub fn share(&mut self, of: i128) -> u64 {
        let percent = self.pick(&[25, 10, 50, 100, 33, 101, 0, 60]);
        (of.max(0) * percent + 99).div_euclid(100).min(i128::from(u64::MAX)) as u64
    }
}
