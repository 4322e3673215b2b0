//! Who is who, for those who act and for those who read about it.

use std::collections::HashMap;

use anchor_lang::prelude::Pubkey;
use anchor_spl::token;
use trading::Asset;

use super::World;
use crate::instructions as ix;

impl World {
    /// A key that may be registered as a user; call it when all members have joined.
    pub fn invite(&mut self) {
        let key = self.new_key();
        self.open_wallets(key);
        self.user_keys.push(key);
        self.people.push(key);
    }

    /// Everybody who holds a key.
    pub fn people(&self) -> &[Pubkey] {
        &self.people
    }

    /// Keys of users by number, of those too who are not registered yet.
    pub fn user_keys(&self) -> &[Pubkey] {
        &self.user_keys
    }

    pub fn key_of(&self, user: u32) -> Pubkey {
        self.user_keys[user as usize]
    }

    pub fn user_number(&self, user: &Pubkey) -> Option<u32> {
        self.numbers.get(user).copied()
    }

    pub fn meter_key_of(&self, meter: u32) -> Pubkey {
        self.members[meter as usize].meter_key
    }

    /// Shard and slot of a meter.
    pub fn slot_of(&self, meter: u32) -> (u16, u16) {
        let member = &self.members[meter as usize];
        (member.shard, member.slot)
    }

    /// Every followed token account that exists: address, mint, tokens.
    pub fn token_accounts(&self) -> impl Iterator<Item = (Pubkey, Pubkey, u64)> + '_ {
        let existing = self.wallets.iter().filter(|(address, _)| self.chain.account(address).is_some());
        existing.map(|(address, (_, mint))| (*address, *mint, self.chain.tokens(address)))
    }

    /// Who owns a followed token account.
    pub fn owner_of(&self, account: &Pubkey) -> Option<Pubkey> {
        self.wallets.get(account).map(|(owner, _)| *owner)
    }

    /// Owner and mint of a followed token account.
    pub fn wallet_at(&self, account: &Pubkey) -> (Pubkey, Pubkey) {
        self.wallets[account]
    }

    pub fn followed(&self) -> Vec<Pubkey> {
        self.wallets.keys().copied().collect()
    }

    pub fn followed_of(&self, mint: Pubkey) -> Vec<Pubkey> {
        self.wallets.iter().filter(|(_, (_, kind))| *kind == mint).map(|(address, _)| *address).collect()
    }

    /// Addresses that an attacker may put in the place of another.
    pub fn pool(&self) -> Vec<Pubkey> {
        let mut pool = self.people.clone();
        pool.extend(self.wallets.keys());
        for market in &self.markets {
            pool.extend([market.address, market.ledger]);
            pool.extend(&market.books);
            pool.extend((1..4).map(|epoch| ix::result(market.address, epoch)));
            pool.extend((0..3).map(|user| ix::seat_pointer(market.address, ix::user(user), 0)));
        }
        pool.extend(
            (0..5).flat_map(|number| [ix::user(number), ix::meter(number), ix::slot(ix::meter(number))]),
        );
        pool.extend([ix::pause(), ix::parameters(), ix::governance_account(), ix::registry_account()]);
        pool.extend([ix::token_config(), ix::grid_mint(), self.payment_mint, ix::vault_authority()]);
        pool.extend([ix::oracle_account(), ix::operator(self.offices.operator), ix::shard(0)]);
        pool.extend([trading::ID, oracle::ID, energy_token::ID, registry::ID, governance::ID, token::ID]);
        pool
    }

    /// What people call an address.
    pub fn name_of(&self, address: &Pubkey) -> String {
        self.names().remove(&address.to_string()).unwrap_or_else(|| address.to_string())
    }

    /// A text with names instead of addresses.
    pub fn with_names(&self, text: &str) -> String {
        let replace = |text: String, (address, name): (String, String)| text.replace(&address, &name);
        self.names().into_iter().fold(text.to_owned(), replace)
    }

    fn names(&self) -> HashMap<String, String> {
        let offices = &self.offices;
        let mut names: Vec<(Pubkey, String)> = [
            (offices.deployer, "deployer"),
            (offices.governor, "governor"),
            (offices.guardian, "guardian"),
            (offices.registrar, "registrar"),
            (offices.admin, "admin"),
            (offices.operator, "operator"),
            (offices.fee_recipient, "fee recipient"),
            (offices.community_recipient, "community"),
            (ix::vault_authority(), "custody"),
            (ix::grid_mint(), "GRID"),
            (self.payment_mint, "payment token"),
            (ix::pause(), "pause"),
            (ix::parameters(), "parameters"),
        ]
        .map(|(address, name)| (address, name.to_owned()))
        .into();
        for (number, key) in self.user_keys.iter().enumerate() {
            names.push((*key, format!("user {number}")));
            names.push((ix::user(number as u32), format!("user account {number}")));
        }
        for member in &self.members {
            names.push((member.meter_key, format!("key of meter {}", member.number)));
            names.push((member.meter, format!("meter {}", member.number)));
        }
        for (index, market) in self.markets.iter().enumerate() {
            names.push((market.address, format!("market {index}")));
            names.push((market.ledger, format!("ledger {index}")));
            names.extend(
                market
                    .books
                    .iter()
                    .enumerate()
                    .map(|(ring, book)| (*book, format!("book ({index}, {ring})"))),
            );
            names.push((market.vault(Asset::Energy), format!("energy vault {index}")));
            names.push((market.vault(Asset::Payment), format!("payment vault {index}")));
        }
        let known: HashMap<Pubkey, String> = names.iter().cloned().collect();
        for (address, (owner, mint)) in &self.wallets {
            if let (None, Some(owner)) = (known.get(address), known.get(owner)) {
                let token = if *mint == ix::grid_mint() { "GRID" } else { "payment" };
                names.push((*address, format!("{token} wallet of {owner}")));
            }
        }
        names.into_iter().map(|(address, name)| (address.to_string(), name)).collect()
    }
}
