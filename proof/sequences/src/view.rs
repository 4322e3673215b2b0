//! The programs' accounts as they lie on the chain, read in place.

use anchor_lang::{prelude::Pubkey, AccountDeserialize};
use energy_core::auction::Tick;
use oracle::MeterShard;
use trading::{Book, Ledger, Order, Seat};

use crate::chain::Chain;

const DISCRIMINATOR: usize = 8;

/// An account that Anchor decodes; `None` when there is none, or lamports alone, which anybody may send.
pub fn decoded<T: AccountDeserialize>(chain: &Chain, address: &Pubkey) -> Option<T> {
    use solana_account::ReadableAccount;
    let account = chain.account(address).filter(|account| !account.data().is_empty())?;
    Some(T::try_deserialize(&mut account.data()).expect("an account of that type"))
}

/// A ledger's header and its seats.
pub fn ledger<'a>(chain: &'a Chain, address: &Pubkey) -> (&'a Ledger, &'a [Seat]) {
    let (header, tail) = chain.data(address)[DISCRIMINATOR..].split_at(size_of::<Ledger>());
    let header: &Ledger = bytemuck::from_bytes(header);
    (header, bytemuck::cast_slice(&tail[..usize::from(header.capacity) * size_of::<Seat>()]))
}

/// A book's header, its ticks, and the orders in its log.
pub fn book<'a>(chain: &'a Chain, address: &Pubkey) -> (&'a Book, &'a [Tick], &'a [Order]) {
    let (header, tail) = chain.data(address)[DISCRIMINATOR..].split_at(size_of::<Book>());
    let header: &Book = bytemuck::from_bytes(header);
    let (ticks, tail) = tail.split_at(usize::from(header.tick_count) * size_of::<Tick>());
    let orders = &tail[..header.count as usize * size_of::<Order>()];
    (header, bytemuck::cast_slice(ticks), bytemuck::cast_slice(orders))
}

/// 64 meters' readings.
pub fn shard<'a>(chain: &'a Chain, address: &Pubkey) -> &'a MeterShard {
    bytemuck::from_bytes(&chain.data(address)[DISCRIMINATOR..][..size_of::<MeterShard>()])
}
