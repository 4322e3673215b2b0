//! A community on the compiled programs, with its offices held by different keys.

mod roll;

use std::collections::{BTreeMap, HashMap};

use anchor_lang::{prelude::Pubkey, solana_program::instruction::Instruction};
use anchor_spl::token;
use registry::UserType;
use trading::{instructions::MarketArgs, Asset, Book, Ledger, PriceRule, Seat, TieRule};

use crate::{
    chain::{Chain, Refusal},
    instructions::{self as ix, MarketAccounts},
};

/// Every wallet begins with so many lamports: half a million SOL.
pub const LAMPORTS: u64 = 500_000_000_000_000;
/// Rated power of every meter [W]: 2,000 Wh an interval.
pub const RATED_POWER_W: u32 = 8_000;

/// Keys that hold an office, each another one, so that no office is mistaken for another.
#[derive(Clone, Copy, Debug)]
pub struct Offices {
    /// Upgrade authority of the programs; also pays for everything here.
    pub deployer: Pubkey,
    /// Sole member of governance.
    pub governor: Pubkey,
    pub guardian: Pubkey,
    /// Registry authority and admin, and authority of the markets.
    pub registrar: Pubkey,
    /// Admin of the oracle and of GRID.
    pub admin: Pubkey,
    /// Delivers readings and closes epochs.
    pub operator: Pubkey,
    /// Owners of the markets' fee and community seats.
    pub fee_recipient: Pubkey,
    pub community_recipient: Pubkey,
    /// May mint the payment token.
    pub issuer: Pubkey,
}

/// A registered participant.
#[derive(Clone, Debug)]
pub struct Member {
    pub key: Pubkey,
    /// Registry account and number.
    pub user: Pubkey,
    pub number: u32,
    pub user_type: UserType,
    /// Registry account of the meter, its key, and its shard and slot in the oracle.
    pub meter: Pubkey,
    pub meter_key: Pubkey,
    pub shard: u16,
    pub slot: u16,
}

/// What a market is created with. Prices in payment base units a kWh, energy in Wh.
#[derive(Clone, Copy, Debug)]
pub struct Terms {
    pub price_min: u64,
    pub tick_size: u64,
    pub tick_count: u16,
    pub lot_wh: u32,
    pub price_rule: PriceRule,
    pub tie_rule: TieRule,
    pub fee_bps: u16,
    pub min_order_wh: u64,
    pub max_order_wh: u64,
    pub max_orders_per_seat: u16,
    pub epoch_length_s: u32,
    /// Room in the ledger, the two system seats counted, and in each book.
    pub seats: usize,
    pub orders: usize,
    pub books: usize,
}

impl Default for Terms {
    /// Lots of 10 Wh at 0 to 0.511 in steps of 0.001 a kWh, in a token of six decimals.
    fn default() -> Self {
        Terms {
            price_min: 0,
            tick_size: 1_000,
            tick_count: 512,
            lot_wh: 10,
            price_rule: PriceRule::Midpoint,
            tie_rule: TieRule::Time,
            fee_bps: 100,
            min_order_wh: 10,
            max_order_wh: 1_000_000_000,
            max_orders_per_seat: 64,
            epoch_length_s: 900,
            seats: 32,
            orders: 256,
            books: 4,
        }
    }
}

/// The programs, initialised, with markets and members.
///
/// A clone is another world with the same past.
#[derive(Clone)]
pub struct World {
    pub chain: Chain,
    pub offices: Offices,
    pub payment_mint: Pubkey,
    pub markets: Vec<MarketAccounts>,
    pub members: Vec<Member>,
    keys: u64,
    /// Keys of users, by number: members, and who may yet be registered.
    user_keys: Vec<Pubkey>,
    /// Token accounts that are followed, with owner and mint, and those by mint.
    wallets: BTreeMap<Pubkey, (Pubkey, Pubkey)>,
    people: Vec<Pubkey>,
    numbers: HashMap<Pubkey, u32>,
}

/// Users beyond this number are not looked for.
const MOST_USERS: u32 = 64;

impl World {
    /// Initialised programs, a payment token of six decimals and an oracle with one shard.
    pub fn new() -> Self {
        let mut chain = Chain::bare();
        let mut numbers = 1..;
        let mut key = || chain.key(numbers.next().expect("keys without end"));
        let offices = Offices {
            deployer: key(),
            governor: key(),
            guardian: key(),
            registrar: key(),
            admin: key(),
            operator: key(),
            fee_recipient: key(),
            community_recipient: key(),
            issuer: key(),
        };
        let payment_mint = key();
        let mut world = World {
            chain,
            offices,
            payment_mint,
            markets: Vec::new(),
            members: Vec::new(),
            keys: 1_000,
            user_keys: Vec::new(),
            wallets: BTreeMap::new(),
            people: Vec::new(),
            numbers: (0..MOST_USERS).map(|number| (ix::user(number), number)).collect(),
        };
        world.found();
        world
    }

    fn found(&mut self) {
        let Offices { deployer, governor, guardian, registrar, admin, operator, .. } = self.offices;
        for key in [deployer, governor, guardian, registrar, admin, operator, self.offices.issuer] {
            self.chain.fund(key, LAMPORTS);
        }
        self.chain.install_programs(deployer);
        let mint = mint_bytes(self.offices.issuer, 6);
        self.chain.set_account(self.payment_mint, token::ID, mint, false);
        self.must(&[ix::initialize_governance(deployer, governor, guardian)]);
        self.must(&[ix::initialize_registry(deployer, registrar, registrar)]);
        self.must(&[ix::initialize_energy_token(deployer, admin)]);
        self.must(&[ix::initialize_oracle(
            deployer,
            admin,
            operator,
            oracle::ROLE_AMI | oracle::ROLE_OPERATOR,
        )]);
        self.must(&[ix::open_shard(operator, 0)]);
        self.people = vec![deployer, governor, guardian, registrar, admin, operator];
        for owner in [self.offices.fee_recipient, self.offices.community_recipient] {
            self.open_wallets(owner);
        }
    }

    /// A key that nobody else has, with lamports.
    pub fn new_key(&mut self) -> Pubkey {
        self.keys += 1;
        let key = self.chain.key(self.keys);
        self.chain.fund(key, LAMPORTS);
        key
    }

    /// Token accounts of `owner` for GRID and for the payment token.
    pub fn open_wallets(&mut self, owner: Pubkey) {
        let payer = self.offices.deployer;
        let wallets = [ix::grid_mint(), self.payment_mint].map(|mint| ix::create_wallet(payer, owner, mint));
        self.must(&wallets);
        self.follow(owner);
    }

    fn follow(&mut self, owner: Pubkey) {
        for mint in [ix::grid_mint(), self.payment_mint] {
            self.wallets.insert(ix::wallet(owner, mint), (owner, mint));
        }
    }

    /// Sends what has to work, at the deployer's expense.
    ///
    /// # Panics
    /// When it does not, with the program's log.
    pub fn must(&mut self, instructions: &[Instruction]) {
        if let Err(Refusal { error, logs, .. }) = self.chain.send(self.offices.deployer, instructions) {
            panic!("{error}\n{}", logs.join("\n"));
        }
    }

    /// Creates the next market, with its ledger and ring of books, and returns its place in `markets`.
    pub fn create_market(&mut self, terms: &Terms) -> usize {
        let id = self.markets.len() as u32 + 1;
        let authority = self.offices.registrar;
        let ledger = self.new_account(trading::ID, 8 + size_of::<Ledger>() + terms.seats * size_of::<Seat>());
        let args = MarketArgs {
            id,
            price_min: terms.price_min,
            tick_size: terms.tick_size,
            tick_count: terms.tick_count,
            lot_wh: terms.lot_wh,
            price_rule: terms.price_rule,
            tie_rule: terms.tie_rule,
            fee_bps: terms.fee_bps,
            min_order_wh: terms.min_order_wh,
            max_order_wh: terms.max_order_wh,
            max_orders_per_seat: terms.max_orders_per_seat,
            epoch_length_s: terms.epoch_length_s,
            anchor_ts: self.chain.now(),
            fee_recipient: self.offices.fee_recipient,
            community_recipient: self.offices.community_recipient,
        };
        self.must(&[ix::create_market(authority, self.payment_mint, ledger, args)]);
        let address = ix::market(id);
        let book = 8
            + size_of::<Book>()
            + usize::from(terms.tick_count) * 8
            + terms.orders * size_of::<trading::Order>();
        let books: Vec<Pubkey> = (0..terms.books).map(|_| self.new_account(trading::ID, book)).collect();
        for book in &books {
            self.must(&[ix::add_book(authority, address, *book)]);
        }
        for vault in
            [(ix::energy_vault(address), ix::grid_mint()), (ix::payment_vault(address), self.payment_mint)]
        {
            self.wallets.insert(vault.0, (ix::vault_authority(), vault.1));
        }
        let payment_mint = self.payment_mint;
        self.markets.push(MarketAccounts { id, address, payment_mint, ledger, books });
        self.markets.len() - 1
    }

    /// An account of zeros that `owner` will fill.
    pub fn new_account(&mut self, owner: Pubkey, size: usize) -> Pubkey {
        self.keys += 1;
        let address = self.chain.key(self.keys);
        self.chain.set_account(address, owner, vec![0; size], false);
        address
    }

    /// Registers a user with wallets and an attached meter that signs for itself, and returns its
    /// place in `members`.
    pub fn join(&mut self, user_type: UserType) -> usize {
        let number = self.members.len() as u32;
        let (key, meter_key) = (self.new_key(), self.new_key());
        let Offices { registrar, operator, .. } = self.offices;
        let (shard, slot) = ((number / 64) as u16, (number % 64) as u16);
        if slot == 0 && shard > 0 {
            self.must(&[ix::open_shard(operator, shard)]);
        }
        let (user, meter) = (ix::user(number), ix::meter(number));
        self.must(&[
            ix::register_user(registrar, number, key, user_type),
            ix::assign_meter(registrar, user, meter_id(number), number, meter_key, RATED_POWER_W),
            ix::attach_meter(operator, meter, user, shard),
        ]);
        self.open_wallets(key);
        self.user_keys.push(key);
        self.people.extend([key, meter_key]);
        self.members.push(Member { key, user, number, user_type, meter, meter_key, shard, slot });
        self.members.len() - 1
    }

    /// Gives a member the next seat of a market, numbered 2 and up while none was closed.
    pub fn open_seat(&mut self, member: usize, market: usize, ordinal: u8) {
        let Member { key, user, .. } = self.members[member];
        let open = ix::open_seat(self.offices.deployer, key, user, &self.markets[market], ordinal);
        self.must(&[open]);
    }

    /// Mints payment tokens into a member's wallet.
    pub fn pay(&mut self, member: usize, units: u64) {
        let to = ix::wallet(self.members[member].key, self.payment_mint);
        self.must(&[ix::mint_tokens(self.payment_mint, self.offices.issuer, to, units)]);
    }

    /// Lets the member's meter export and import [Wh] in the interval before the last `age` ones,
    /// and mints the export.
    pub fn meter(&mut self, member: usize, age: u32, export_wh: u32, import_wh: u32) {
        let Member { key, user, shard, slot, .. } = self.members[member];
        let interval = (self.chain.now() / 900) as u32 - 1 - age;
        let operator = self.offices.operator;
        self.must(&[ix::submit_meter_data(operator, shard, interval, &[(slot, 0, export_wh, import_wh)])]);
        if export_wh > 0 {
            self.must(&[ix::mint_energy(operator, shard, slot, user, key)]);
        }
    }

    /// Deposits from a member's wallet onto a seat: Wh, or payment base units.
    pub fn deposit(&mut self, member: usize, market: usize, seat: u16, asset: Asset, amount: u64) {
        let owner = self.members[member].key;
        let market = &self.markets[market];
        let source = ix::wallet(owner, market.mint(asset));
        let deposit = ix::deposit(owner, market, seat, asset, amount, source);
        self.must(&[deposit]);
    }
}

impl Default for World {
    fn default() -> Self {
        Self::new()
    }
}

/// The identifier of the meter numbered so.
pub fn meter_id(number: u32) -> [u8; 32] {
    let mut id = [0; 32];
    let text = format!("meter-{number}");
    id[..text.len()].copy_from_slice(text.as_bytes());
    id
}

/// The bytes of an SPL mint without supply.
fn mint_bytes(authority: Pubkey, decimals: u8) -> Vec<u8> {
    // Authority: option u32 and key; supply u64; decimals; initialised; freeze authority: none.
    [&1u32.to_le_bytes()[..], authority.as_ref(), &[0; 8], &[decimals, 1], &[0; 36]].concat()
}

#[cfg(test)]
mod tests {
    use trading::Side;

    use super::*;
    use crate::view;

    #[test]
    fn a_community_trades() {
        let mut world = World::new();
        let market = world.create_market(&Terms::default());
        let seller = world.join(UserType::Prosumer);
        let buyer = world.join(UserType::Consumer);
        for member in [seller, buyer] {
            world.open_seat(member, market, 0);
        }
        world.meter(seller, 0, 2_000, 0);
        world.deposit(seller, market, 2, Asset::Energy, 1_000);
        world.pay(buyer, 100_000);
        world.deposit(buyer, market, 3, Asset::Payment, 100_000);

        let accounts = world.markets[market].clone();
        let book = accounts.books[0];
        world.must(&[
            ix::open_epoch(accounts.address, book),
            ix::create_order(
                world.members[seller].key,
                (accounts.ledger, book),
                Side::Ask,
                (2, 1),
                500,
                90_000,
            ),
            ix::create_order(
                world.members[buyer].key,
                (accounts.ledger, book),
                Side::Bid,
                (3, 1),
                500,
                90_000,
            ),
        ]);
        world.chain.advance(900);
        world.must(&[
            ix::trigger_market_clearing(world.offices.operator, &accounts, book, 1),
            ix::clear_epoch(&accounts, book, 1, u32::MAX),
        ]);

        // 500 Wh at 0.09 a kWh are 45,000 units; one per cent is the fee.
        let (_, seats) = view::ledger(&world.chain, &accounts.ledger);
        assert_eq!((seats[2].energy_free, seats[2].payment_free), (500, 44_550));
        assert_eq!((seats[3].energy_free, seats[3].payment_free), (500, 55_000));
    }
}
