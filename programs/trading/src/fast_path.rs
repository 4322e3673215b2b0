//! `create_buy_order` and `create_sell_order` without Anchor's decoding, which costs more than the order.
//!
//! The accounts are read where the runtime put them. Everything that `PlaceOrders` declares and
//! Anchor checks for it is checked here, and the order itself is the same `Run`. This path only
//! accepts: where anything is not as in a good order it answers no before it has written a byte, and
//! Anchor's path runs and says what is wrong. So bytes, events and errors are those of Anchor's path,
//! which any further account leads to as well; tests compare the two.
//!
//! Without the default feature `fast-path`, or without this file, the program is Anchor's alone.

use core::{mem::size_of, slice};

use anchor_lang::{
    prelude::*,
    solana_program::entrypoint::{MAX_PERMITTED_DATA_INCREASE, NON_DUP_MARKER},
    Discriminator, Owner,
};
use governance::{Pause, AREA_TRADING};

use crate::{
    instruction::{CreateBuyOrder, CreateSellOrder},
    instructions::place_orders::{Placement, Run},
    same_key, Book, Ledger, SIDE_ASK, SIDE_BID,
};

/// Places the order that `input` asks for. False, and nothing is written, when it asks for
/// something else or is not entirely in order.
///
/// # Safety
///
/// `input` must be the buffer that the runtime passes to a program's entrypoint, and nothing else
/// may refer to it meanwhile.
pub unsafe fn place_order(input: *mut u8) -> bool {
    // SAFETY: the caller's.
    unsafe { try_place_order(Input(input)) }.is_some()
}

#[inline(always)]
unsafe fn try_place_order(mut input: Input) -> Option<()> {
    // SAFETY: read in the order in which the runtime writes: count, accounts, instruction.
    let (accounts, data, program) = unsafe {
        if input.count() != 4 {
            return None;
        }
        let accounts = [input.account()?, input.account()?, input.account()?, input.account()?];
        let (data, program) = input.instruction();
        (accounts, data, program)
    };
    let [owner, ledger, book, pause] = accounts;
    let (place, arguments) = match data.split_first_chunk::<8>()? {
        (tag, rest) if tag == CreateBuyOrder::DISCRIMINATOR => (place::<SIDE_BID> as Place, rest),
        (tag, rest) if tag == CreateSellOrder::DISCRIMINATOR => (place::<SIDE_ASK> as Place, rest),
        _ => return None,
    };
    let arguments: &Arguments = arguments.try_into().ok()?;

    require(same_key(program, &crate::ID))?;
    require(owner.head.is_signer != 0)?;
    require(ledger.head.is_writable != 0)?;
    require(ledger.is::<Ledger>())?;
    require(book.head.is_writable != 0)?;
    require(book.is::<Book>())?;
    require(pause.is::<Pause>())?;
    require(Pause::areas_in(pause.data)? & AREA_TRADING == 0)?;
    place(Request { owner: &owner.head.key, ledger, book, arguments })
}

/// What is left to judge once the accounts are known to be what they should be.
struct Request<'a> {
    owner: &'a Pubkey,
    ledger: Account<'a>,
    book: Account<'a>,
    arguments: &'a Arguments,
}

type Place = fn(Request) -> Option<()>;

/// Out of line, which leaves the registers to the order.
#[inline(never)]
fn place<const SIDE: u8>(Request { owner, ledger, book, arguments }: Request) -> Option<()> {
    let placement = Placement {
        seat: u16::from_le_bytes(*arguments.first_chunk()?),
        client_id: word(arguments, 18),
        count: 1,
    };
    let (mut run, places) =
        Run::<SIDE>::begin(placement, owner, &ledger.head.key, ledger.data, book.data).ok()?;
    run.push_priced(&mut places[0], word(arguments, 2), word(arguments, 10)).ok()?;
    run.finish();
    Some(())
}

/// seat u16, energy u64, price u64, client id u64.
type Arguments = [u8; 26];

#[inline(always)]
fn word(arguments: &Arguments, at: usize) -> u64 {
    let mut bytes = [0; 8];
    bytes.copy_from_slice(&arguments[at..at + 8]);
    u64::from_le_bytes(bytes)
}

#[inline(always)]
fn require(condition: bool) -> Option<()> {
    condition.then_some(())
}

/// How the runtime lays out an account, in front of its data.
#[repr(C)]
struct Head {
    duplicate: u8,
    is_signer: u8,
    is_writable: u8,
    executable: u8,
    padding: [u8; 4],
    key: Pubkey,
    owner: Pubkey,
    lamports: u64,
    data_len: u64,
}

const _: () = assert!(size_of::<Head>() == 88);

struct Account<'a> {
    head: &'a Head,
    data: &'a mut [u8],
}

impl Account<'_> {
    /// As Anchor's account types check it.
    #[inline(always)]
    fn is<T: Owner + Discriminator>(&self) -> bool {
        same_key(&self.head.owner, &T::owner()) && self.data.starts_with(T::DISCRIMINATOR)
    }
}

/// The runtime's buffer, read from front to back.
struct Input(*mut u8);

impl Input {
    /// The number of accounts.
    #[inline(always)]
    unsafe fn count(&mut self) -> u64 {
        let count = self.0.cast::<u64>();
        self.0 = self.0.add(size_of::<u64>());
        *count
    }

    /// The next account, unless it repeats an earlier one: so no two of them share their data.
    #[inline(always)]
    unsafe fn account<'a>(&mut self) -> Option<Account<'a>> {
        let head = &*self.0.cast::<Head>();
        require(head.duplicate == NON_DUP_MARKER)?;
        let len = head.data_len as usize;
        let data = self.0.add(size_of::<Head>());
        // Then room to grow, up to a multiple of eight, and the rent epoch.
        let end = len.wrapping_add(MAX_PERMITTED_DATA_INCREASE + 7) & !7;
        self.0 = data.add(end).add(size_of::<u64>());
        Some(Account { head, data: slice::from_raw_parts_mut(data, len) })
    }

    /// The instruction's data and the program's address, which end the buffer.
    #[inline(always)]
    unsafe fn instruction<'a>(self) -> (&'a [u8], &'a Pubkey) {
        let len = *self.0.cast::<u64>() as usize;
        let data = self.0.add(size_of::<u64>());
        (slice::from_raw_parts(data, len), &*data.add(len).cast::<Pubkey>())
    }
}

/// The program's entrypoint, in place of the one that Anchor makes.
#[cfg(all(not(feature = "cpi"), target_os = "solana"))]
mod entrypoint {
    use core::mem::ManuallyDrop;

    use anchor_lang::solana_program::entrypoint::{
        custom_heap_default, custom_panic_default, deserialize, SUCCESS,
    };

    /// # Safety
    ///
    /// For the runtime alone, with its buffer.
    #[no_mangle]
    pub unsafe extern "C" fn entrypoint(input: *mut u8) -> u64 {
        // SAFETY: both get the runtime's buffer, one after the other.
        if unsafe { super::place_order(input) } {
            return SUCCESS;
        }
        let (program_id, accounts, data) = unsafe { deserialize(input) };
        // Nothing outlives the program: its accounts need not be dropped one by one.
        let accounts = ManuallyDrop::new(accounts);
        match crate::entry(program_id, &accounts, data) {
            Ok(()) => SUCCESS,
            Err(error) => error.into(),
        }
    }

    custom_heap_default!();
    custom_panic_default!();
}
