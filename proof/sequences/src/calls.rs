//! Instructions as actors choose them: every account and argument is named, right or wrong.

use anchor_lang::{prelude::Pubkey, solana_program::instruction::Instruction};
use trading::{Asset, PriceRule, Side, TieRule};

use crate::{
    instructions as ix,
    world::{meter_id, World, RATED_POWER_W},
};

/// A book by the places of its market and its own in the ring.
pub type BookAt = (usize, usize);

/// One instruction. Markets, meters and users are named by number, token accounts by address.
#[derive(Clone, Debug, PartialEq)]
pub enum Call {
    /// An order in domain units; `ledger` is a market whose ledger is named.
    Order {
        signer: Pubkey,
        ledger: usize,
        book: BookAt,
        side: Side,
        seat: u16,
        client_id: u64,
        energy_wh: u64,
        price: u64,
    },
    /// Orders in ticks and lots.
    Orders {
        signer: Pubkey,
        ledger: usize,
        book: BookAt,
        side: Side,
        seat: u16,
        client_id: u64,
        orders: Vec<(u16, u32)>,
    },
    Cancel {
        signer: Pubkey,
        ledger: usize,
        book: BookAt,
        epoch: u32,
        index: u32,
        client_id: u64,
    },
    /// Orders of one seat at once.
    Cancels {
        signer: Pubkey,
        ledger: usize,
        book: BookAt,
        epoch: u32,
        orders: Vec<(u32, u64)>,
    },
    OpenEpoch {
        market: usize,
        book: BookAt,
    },
    /// By an operator through the oracle, or by anybody directly.
    Close {
        signer: Pubkey,
        by_oracle: bool,
        market: usize,
        book: BookAt,
        epoch: u32,
    },
    Clear {
        market: usize,
        ledger: usize,
        book: BookAt,
        epoch: u32,
        max_orders: u32,
    },
    Void {
        market: usize,
        ledger: usize,
        book: BookAt,
        epoch: u32,
        max_orders: u32,
    },
    Deposit {
        signer: Pubkey,
        market: usize,
        ledger: usize,
        seat: u16,
        asset: Asset,
        amount: u64,
        source: Pubkey,
    },
    Withdraw {
        signer: Pubkey,
        market: usize,
        ledger: usize,
        seat: u16,
        asset: Asset,
        amount: u64,
        destination: Pubkey,
        vault: usize,
    },
    Retire {
        signer: Pubkey,
        user: u32,
        meter: u32,
        market: usize,
        ledger: usize,
        seat: u16,
        energy_wh: u64,
    },
    OpenSeat {
        signer: Pubkey,
        user: u32,
        market: usize,
        ordinal: u8,
    },
    RefreshSeat {
        user: u32,
        market: usize,
        seat: u16,
    },
    CloseSeat {
        signer: Pubkey,
        user: u32,
        market: usize,
        ordinal: u8,
    },
    HandOverSeat {
        signer: Pubkey,
        market: usize,
        seat: u16,
        to: Pubkey,
    },
    UpdateMarket {
        signer: Pubkey,
        market: usize,
        change: Change,
    },
    Prices {
        signer: Pubkey,
        market: usize,
        floor: u64,
        ceiling: u64,
    },
    Readings {
        signer: Pubkey,
        interval: u32,
        readings: Vec<ix::Record>,
    },
    Mint {
        signer: Pubkey,
        meter: u32,
        user: u32,
    },
    RefreshMeter {
        meter: u32,
        user: Option<u32>,
    },
    Register {
        signer: Pubkey,
        number: u32,
        key: Pubkey,
        consumer: bool,
    },
    Assign {
        signer: Pubkey,
        meter: u32,
        user: u32,
    },
    Unassign {
        signer: Pubkey,
        meter: u32,
        user: u32,
    },
    Status {
        signer: Pubkey,
        user: u32,
        status: u8,
    },
    AddAuthority {
        signer: Pubkey,
        key: Pubkey,
    },
    RemoveAuthority {
        signer: Pubkey,
        key: Pubkey,
    },
    AddOperator {
        signer: Pubkey,
        key: Pubkey,
        roles: u8,
    },
    RemoveOperator {
        signer: Pubkey,
        key: Pubkey,
    },
    Pause {
        signer: Pubkey,
        areas: u8,
    },
    Resume {
        signer: Pubkey,
        areas: u8,
    },
    Parameters {
        signer: Pubkey,
        limit: Limit,
    },
    Transfer {
        signer: Pubkey,
        from: Pubkey,
        to: Pubkey,
        units: u64,
    },
    Burn {
        signer: Pubkey,
        from: Pubkey,
        mint: Pubkey,
        units: u64,
    },
    /// The energy token's own minting, past the oracle.
    MintPast {
        signer: Pubkey,
        user: u32,
        energy_wh: u64,
    },
    /// The energy token's own burning, past trading.
    BurnPast {
        signer: Pubkey,
        source: Pubkey,
        energy_wh: u64,
    },
    /// What the model does not follow: nothing that it follows may change.
    Apart {
        name: &'static str,
        instruction: Instruction,
    },
}

/// One change of a market's rules.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Change {
    Rules(PriceRule, TieRule),
    Fee(u16),
    OrderLimits(u64, u64, u16),
    EpochLength(u32),
    AdoptDelays,
}

/// One change of governance's parameters.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Limit {
    ReadingAge(u32),
    VoidAfter(u32),
    Retention(u32),
    Grace(u32),
    MaxFee(u16),
    Orders(u16),
}

impl Call {
    /// The instruction's name in its program, as reports show it.
    pub fn name(&self) -> &'static str {
        match self {
            Call::Order { side: Side::Bid, .. } => "trading.create_buy_order",
            Call::Order { .. } => "trading.create_sell_order",
            Call::Orders { .. } => "trading.place_orders",
            Call::Cancel { .. } => "trading.cancel_order",
            Call::Cancels { .. } => "trading.cancel_orders",
            Call::OpenEpoch { .. } => "trading.open_epoch",
            Call::Close { by_oracle: true, .. } => "oracle.trigger_market_clearing",
            Call::Close { .. } => "trading.close_epoch",
            Call::Clear { .. } => "trading.clear_epoch",
            Call::Void { .. } => "trading.void_epoch",
            Call::Deposit { .. } => "trading.deposit",
            Call::Withdraw { .. } => "trading.withdraw",
            Call::Retire { .. } => "oracle.retire_energy",
            Call::OpenSeat { .. } => "trading.open_seat",
            Call::RefreshSeat { .. } => "trading.refresh_seat",
            Call::CloseSeat { .. } => "trading.close_seat",
            Call::HandOverSeat { .. } => "trading.hand_over_seat",
            Call::UpdateMarket { .. } => "trading.update_market",
            Call::Prices { .. } => "oracle.update_energy_prices",
            Call::Readings { .. } => "oracle.submit_meter_data",
            Call::Mint { .. } => "oracle.mint_energy",
            Call::RefreshMeter { .. } => "oracle.refresh_meter",
            Call::Register { .. } => "registry.register_user",
            Call::Assign { .. } => "registry.assign_meter",
            Call::Unassign { .. } => "registry.unassign_meter",
            Call::Status { .. } => "registry.update_user_status",
            Call::AddAuthority { .. } => "registry.add_authority",
            Call::RemoveAuthority { .. } => "registry.remove_authority",
            Call::AddOperator { .. } => "oracle.add_operator",
            Call::RemoveOperator { .. } => "oracle.remove_operator",
            Call::Pause { .. } => "governance.emergency_pause",
            Call::Resume { .. } => "governance.resume",
            Call::Parameters { .. } => "governance.update_parameters",
            Call::Transfer { .. } => "token.transfer",
            Call::Burn { .. } => "token.burn",
            Call::MintPast { .. } => "energy_token.mint_energy_tokens",
            Call::BurnPast { .. } => "energy_token.burn",
            Call::Apart { name, .. } => name,
        }
    }

    /// The instruction as the chain takes it.
    pub fn instruction(&self, world: &World) -> Instruction {
        let at = |(market, book): BookAt| world.markets[market].books[book];
        // A market with the ledger of another, where the call names two.
        let mixed = |market: usize, ledger: usize| {
            let mut accounts = world.markets[market].clone();
            accounts.ledger = world.markets[ledger].ledger;
            accounts
        };
        let payer = world.offices.deployer;
        match self.clone() {
            Call::Order { signer, ledger, book, side, seat, client_id, energy_wh, price } => {
                let places = (world.markets[ledger].ledger, at(book));
                ix::create_order(signer, places, side, (seat, client_id), energy_wh, price)
            }
            Call::Orders { signer, ledger, book, side, seat, client_id, orders } => {
                let places = (world.markets[ledger].ledger, at(book));
                ix::place_orders(signer, places, side, (seat, client_id), &orders)
            }
            Call::Cancel { signer, ledger, book, epoch, index, client_id } => {
                let places = (world.markets[ledger].ledger, at(book));
                ix::cancel_order(signer, places, epoch, index, client_id)
            }
            Call::Cancels { signer, ledger, book, epoch, orders } => {
                ix::cancel_orders(signer, (world.markets[ledger].ledger, at(book)), epoch, &orders)
            }
            Call::OpenEpoch { market, book } => ix::open_epoch(world.markets[market].address, at(book)),
            Call::Close { signer, by_oracle: true, market, book, epoch } => {
                ix::trigger_market_clearing(signer, &world.markets[market], at(book), epoch)
            }
            Call::Close { signer, market, book, epoch, .. } => {
                ix::close_epoch(signer, signer, world.markets[market].address, at(book), epoch)
            }
            Call::Clear { market, ledger, book, epoch, max_orders } => {
                ix::clear_epoch(&mixed(market, ledger), at(book), epoch, max_orders)
            }
            Call::Void { market, ledger, book, epoch, max_orders } => {
                ix::void_epoch(&mixed(market, ledger), at(book), epoch, max_orders)
            }
            Call::Deposit { signer, market, ledger, seat, asset, amount, source } => {
                ix::deposit(signer, &mixed(market, ledger), seat, asset, amount, source)
            }
            Call::Withdraw { signer, market, ledger, seat, asset, amount, destination, vault } => {
                let mut withdraw =
                    ix::withdraw(signer, &mixed(market, ledger), seat, asset, amount, destination);
                for account in &mut withdraw.accounts {
                    if account.pubkey == world.markets[market].vault(asset) {
                        account.pubkey = world.markets[vault].vault(asset);
                    }
                }
                withdraw
            }
            Call::Retire { signer, user, meter, market, ledger, seat, energy_wh } => {
                let place = world.slot_of(meter);
                ix::retire_energy(signer, ix::user(user), place, &mixed(market, ledger), seat, energy_wh)
            }
            Call::OpenSeat { signer, user, market, ordinal } => {
                ix::open_seat(payer, signer, ix::user(user), &world.markets[market], ordinal)
            }
            Call::RefreshSeat { user, market, seat } => {
                ix::refresh_seat(ix::user(user), world.key_of(user), &world.markets[market], seat)
            }
            Call::CloseSeat { signer, user, market, ordinal } => {
                ix::close_seat(signer, ix::user(user), &world.markets[market], ordinal)
            }
            Call::HandOverSeat { signer, market, seat, to } => {
                ix::hand_over_seat(signer, to, &world.markets[market], seat)
            }
            Call::UpdateMarket { signer, market, change } => {
                ix::update_market(signer, world.markets[market].address, change.fields())
            }
            Call::Prices { signer, market, floor, ceiling } => {
                ix::update_energy_prices(signer, &world.markets[market], floor, ceiling)
            }
            Call::Readings { signer, interval, readings } => {
                ix::submit_meter_data(signer, 0, interval, &readings)
            }
            Call::Mint { signer, meter, user } => {
                let (shard, slot) = world.slot_of(meter);
                ix::mint_energy(signer, shard, slot, ix::user(user), world.key_of(user))
            }
            Call::RefreshMeter { meter, user } => {
                let user = user.map_or(Pubkey::default(), ix::user);
                ix::refresh_meter(ix::meter(meter), user, world.slot_of(meter).0)
            }
            Call::Register { signer, number, key, consumer } => {
                let kinds = [registry::UserType::Prosumer, registry::UserType::Consumer];
                ix::register_user(signer, number, key, kinds[usize::from(consumer)])
            }
            Call::Assign { signer, meter, user } => {
                let key = world.meter_key_of(meter);
                ix::assign_meter(signer, ix::user(user), meter_id(meter), meter, key, RATED_POWER_W)
            }
            Call::Unassign { signer, meter, user } => {
                ix::unassign_meter(signer, ix::user(user), ix::meter(meter))
            }
            Call::Status { signer, user, status } => {
                use registry::UserStatus::*;
                let status = [Active, Suspended, Inactive][usize::from(status)];
                ix::update_user_status(signer, ix::user(user), status)
            }
            Call::AddAuthority { signer, key } => ix::add_authority(signer, key),
            Call::RemoveAuthority { signer, key } => ix::remove_authority(signer, key),
            Call::AddOperator { signer, key, roles } => ix::add_operator(signer, payer, key, roles),
            Call::RemoveOperator { signer, key } => ix::remove_operator(signer, payer, key),
            Call::Pause { signer, areas } => ix::emergency_pause(signer, areas),
            Call::Resume { signer, areas } => ix::resume(signer, areas),
            Call::Parameters { signer, limit } => ix::update_parameters(signer, limit.fields()),
            Call::Transfer { signer, from, to, units } => ix::transfer_tokens(from, to, signer, units),
            Call::Burn { signer, from, mint, units } => ix::burn_tokens(from, mint, signer, units),
            Call::MintPast { signer, user, energy_wh } => {
                ix::mint_energy_tokens(payer, signer, ix::user(user), world.key_of(user), energy_wh)
            }
            Call::BurnPast { signer, source, energy_wh } => ix::burn_energy(signer, source, energy_wh),
            Call::Apart { instruction, .. } => instruction,
        }
    }

    /// What a reader sees of it: the name, and what was asked.
    pub fn text(&self, world: &World) -> String {
        match self {
            Call::Apart { name, instruction } => {
                let accounts: Vec<String> =
                    instruction.accounts.iter().map(|a| world.name_of(&a.pubkey)).collect();
                format!("{name}({})", accounts.join(", "))
            }
            other => {
                let text = format!("{other:?}");
                let fields =
                    text.find('{').map_or("", |start| text[start + 1..].trim_end_matches('}').trim());
                format!("{}({})", self.name(), world.with_names(fields))
            }
        }
    }
}

impl Change {
    pub fn fields(self) -> trading::instructions::MarketChanges {
        let mut fields = trading::instructions::MarketChanges::default();
        match self {
            Change::Rules(price, tie) => {
                fields.price_rule = Some(price);
                fields.tie_rule = Some(tie);
            }
            Change::Fee(bps) => fields.fee_bps = Some(bps),
            Change::OrderLimits(min, max, orders) => {
                fields.min_order_wh = Some(min);
                fields.max_order_wh = Some(max);
                fields.max_orders_per_seat = Some(orders);
            }
            Change::EpochLength(seconds) => fields.epoch_length_s = Some(seconds),
            Change::AdoptDelays => fields.adopt_delays = true,
        }
        fields
    }
}

impl Limit {
    pub fn fields(self) -> governance::ParameterChanges {
        let mut fields = governance::ParameterChanges::default();
        match self {
            Limit::ReadingAge(seconds) => fields.reading_max_age_s = Some(seconds),
            Limit::VoidAfter(seconds) => fields.void_after_s = Some(seconds),
            Limit::Retention(seconds) => fields.book_retention_s = Some(seconds),
            Limit::Grace(seconds) => fields.clearing_grace_s = Some(seconds),
            Limit::MaxFee(bps) => fields.max_fee_bps = Some(bps),
            Limit::Orders(count) => fields.max_orders_per_seat = Some(count),
        }
        fields
    }
}
