//! The programs' instructions, and the addresses they name.

mod governing;
mod metering;
mod people;
mod tokens;
mod trade;

pub use self::{governing::*, metering::*, people::*, tokens::*, trade::*};

use std::{cell::RefCell, collections::HashMap};

use anchor_lang::{
    prelude::Pubkey,
    solana_program::{bpf_loader_upgradeable, instruction::Instruction},
    InstructionData, ToAccountMetas,
};
use anchor_spl::{associated_token, token};
use trading::Asset;

/// An address derived from seeds. Each is searched for once a thread.
pub fn derived(program: Pubkey, seeds: &[&[u8]]) -> Pubkey {
    thread_local!(static KNOWN: RefCell<HashMap<Vec<u8>, Pubkey>> = RefCell::default());
    let mut name = program.as_ref().to_vec();
    for seed in seeds {
        name.push(seed.len() as u8);
        name.extend_from_slice(seed);
    }
    let search = || Pubkey::find_program_address(seeds, &program).0;
    KNOWN.with_borrow_mut(|known| *known.entry(name).or_insert_with(search))
}

macro_rules! addresses {
    ($($(#[$about:meta])* $name:ident($($arg:ident: $kind:ty),*) = $program:ident [$($seed:expr),+];)+) => {
        $($(#[$about])* pub fn $name($($arg: $kind),*) -> Pubkey { derived($program::ID, &[$($seed),+]) })+
    };
}

addresses! {
    governance_account() = governance [b"governance"];
    parameters() = governance [b"parameters"];
    pause() = governance [b"pause"];
    treasury() = governance [b"treasury"];
    proposal(number: u64) = governance [b"proposal", &number.to_le_bytes()];
    policy(number: u32) = governance [b"policy", &number.to_le_bytes()];
    registry_account() = registry [b"registry"];
    user(number: u32) = registry [b"user", &number.to_le_bytes()];
    user_key(key: Pubkey) = registry [b"user_key", key.as_ref()];
    recovery(user: Pubkey) = registry [b"recovery", user.as_ref()];
    meter(number: u32) = registry [b"meter", &number.to_le_bytes()];
    meter_id(id: [u8; 32]) = registry [b"meter_id", &id];
    token_config() = energy_token [b"energy_token"];
    grid_mint() = energy_token [b"grid_mint"];
    oracle_account() = oracle [b"oracle"];
    operator(key: Pubkey) = oracle [b"operator", key.as_ref()];
    shard(index: u16) = oracle [b"shard", &index.to_le_bytes()];
    slot(meter: Pubkey) = oracle [b"slot", meter.as_ref()];
    certificate(meter: Pubkey, index: u32) = oracle [b"certificate", meter.as_ref(), &index.to_le_bytes()];
    request_balance(user: Pubkey) = oracle [b"balance", user.as_ref()];
    request(number: u64) = oracle [b"request", &number.to_le_bytes()];
    feed(number: u16) = oracle [b"feed", &number.to_le_bytes()];
    market(id: u32) = trading [b"market", &id.to_le_bytes()];
    energy_vault(market: Pubkey) = trading [b"energy_vault", market.as_ref()];
    payment_vault(market: Pubkey) = trading [b"payment_vault", market.as_ref()];
    vault_authority() = trading [b"authority"];
    result(market: Pubkey, epoch: u32) = trading [b"result", market.as_ref(), &epoch.to_le_bytes()];
    agent(ledger: Pubkey, seat: u16, ordinal: u8) = trading [b"agent", ledger.as_ref(), &seat.to_le_bytes(), &[ordinal]];
    seat_pointer(market: Pubkey, user: Pubkey, ordinal: u8) = trading [b"seat", market.as_ref(), user.as_ref(), &[ordinal]];
}

/// Where a program's code and upgrade authority are kept.
pub fn program_data(program: Pubkey) -> Pubkey {
    derived(bpf_loader_upgradeable::ID, &[program.as_ref()])
}

/// The associated token account of `owner`.
pub fn wallet(owner: Pubkey, mint: Pubkey) -> Pubkey {
    derived(associated_token::ID, &[owner.as_ref(), token::ID.as_ref(), mint.as_ref()])
}

/// The accounts of one market.
#[derive(Clone, Debug)]
pub struct MarketAccounts {
    pub id: u32,
    pub address: Pubkey,
    pub payment_mint: Pubkey,
    pub ledger: Pubkey,
    pub books: Vec<Pubkey>,
}

impl MarketAccounts {
    pub fn mint(&self, asset: Asset) -> Pubkey {
        match asset {
            Asset::Energy => grid_mint(),
            Asset::Payment => self.payment_mint,
        }
    }

    pub fn vault(&self, asset: Asset) -> Pubkey {
        match asset {
            Asset::Energy => energy_vault(self.address),
            Asset::Payment => payment_vault(self.address),
        }
    }
}

/// An instruction from Anchor's types for its accounts and arguments.
pub fn build(program: Pubkey, accounts: impl ToAccountMetas, data: impl InstructionData) -> Instruction {
    Instruction { program_id: program, accounts: accounts.to_account_metas(None), data: data.data() }
}
