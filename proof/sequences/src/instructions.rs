//! The programs' instructions, and the addresses they name.

use std::{cell::RefCell, collections::HashMap};

use anchor_lang::{
    prelude::{AccountMeta, Pubkey},
    solana_program::{bpf_loader_upgradeable, instruction::Instruction, system_program},
    InstructionData, ToAccountMetas,
};
use anchor_spl::{
    associated_token::{self, get_associated_token_address},
    token::{self, spl_token},
};
use trading::{Asset, Side};

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

// Governance

pub fn initialize_governance(deployer: Pubkey, authority: Pubkey, guardian: Pubkey) -> Instruction {
    build(
        governance::ID,
        governance::accounts::Initialize {
            deployer,
            program: governance::ID,
            program_data: program_data(governance::ID),
            governance: governance_account(),
            parameters: parameters(),
            pause: pause(),
            treasury: treasury(),
            system_program: system_program::ID,
        },
        governance::instruction::Initialize { authority, guardian },
    )
}

pub fn emergency_pause(authority: Pubkey, areas: u8) -> Instruction {
    build(
        governance::ID,
        governance::accounts::EmergencyPause { authority, governance: governance_account(), pause: pause() },
        governance::instruction::EmergencyPause { areas },
    )
}

pub fn resume(authority: Pubkey, areas: u8) -> Instruction {
    build(
        governance::ID,
        governance::accounts::Resume { authority, governance: governance_account(), pause: pause() },
        governance::instruction::Resume { areas },
    )
}

pub fn update_parameters(authority: Pubkey, changes: governance::ParameterChanges) -> Instruction {
    build(
        governance::ID,
        governance::accounts::UpdateParameters {
            authority,
            governance: governance_account(),
            parameters: parameters(),
        },
        governance::instruction::UpdateParameters { changes },
    )
}

pub fn set_timing(authority: Pubkey, timelock_s: u32, proposal_expiry_s: u32) -> Instruction {
    build(
        governance::ID,
        governance::accounts::SetTiming { authority, governance: governance_account() },
        governance::instruction::SetTiming { timelock_s, proposal_expiry_s },
    )
}

// Registry

pub fn initialize_registry(deployer: Pubkey, authority: Pubkey, admin: Pubkey) -> Instruction {
    build(
        registry::ID,
        registry::accounts::Initialize {
            deployer,
            program: registry::ID,
            program_data: program_data(registry::ID),
            registry: registry_account(),
            system_program: system_program::ID,
        },
        registry::instruction::Initialize { authority, admin },
    )
}

pub fn register_user(
    authority: Pubkey,
    number: u32,
    key: Pubkey,
    user_type: registry::UserType,
) -> Instruction {
    build(
        registry::ID,
        registry::accounts::RegisterUser {
            authority,
            registry: registry_account(),
            pause: pause(),
            user_key: user_key(key),
            user: user(number),
            system_program: system_program::ID,
        },
        registry::instruction::RegisterUser { key, user_type, location: [0; 16] },
    )
}

pub fn assign_meter(
    authority: Pubkey,
    user: Pubkey,
    id: [u8; 32],
    number: u32,
    meter_key: Pubkey,
    rated_power_w: u32,
) -> Instruction {
    build(
        registry::ID,
        registry::accounts::AssignMeter {
            authority,
            registry: registry_account(),
            pause: pause(),
            user,
            meter_id: meter_id(id),
            meter: meter(number),
            system_program: system_program::ID,
        },
        registry::instruction::AssignMeter { id, number, meter_key, rated_power_w },
    )
}

pub fn unassign_meter(authority: Pubkey, user: Pubkey, meter: Pubkey) -> Instruction {
    build(
        registry::ID,
        registry::accounts::UnassignMeter { authority, registry: registry_account(), meter, user },
        registry::instruction::UnassignMeter {},
    )
}

pub fn update_user_status(authority: Pubkey, user: Pubkey, status: registry::UserStatus) -> Instruction {
    build(
        registry::ID,
        registry::accounts::UpdateUserStatus { authority, registry: registry_account(), user },
        registry::instruction::UpdateUserStatus { status },
    )
}

pub fn add_authority(admin: Pubkey, key: Pubkey) -> Instruction {
    build(
        registry::ID,
        registry::accounts::AddAuthority { admin, registry: registry_account(), user_key: user_key(key) },
        registry::instruction::AddAuthority { key },
    )
}

pub fn remove_authority(admin: Pubkey, key: Pubkey) -> Instruction {
    build(
        registry::ID,
        registry::accounts::RemoveAuthority { admin, registry: registry_account() },
        registry::instruction::RemoveAuthority { key },
    )
}

// GRID and other tokens

pub fn initialize_energy_token(deployer: Pubkey, admin: Pubkey) -> Instruction {
    build(
        energy_token::ID,
        energy_token::accounts::Initialize {
            deployer,
            program: energy_token::ID,
            program_data: program_data(energy_token::ID),
            config: token_config(),
            mint: grid_mint(),
            token_program: token::ID,
            system_program: system_program::ID,
        },
        energy_token::instruction::Initialize { admin, minter: oracle_account(), burner: vault_authority() },
    )
}

/// The energy token's own minting, which is the oracle's to call.
pub fn mint_energy_tokens(
    payer: Pubkey,
    minter: Pubkey,
    user: Pubkey,
    holder: Pubkey,
    energy_wh: u64,
) -> Instruction {
    build(
        energy_token::ID,
        energy_token::accounts::MintEnergyTokens {
            payer,
            minter,
            config: token_config(),
            mint: grid_mint(),
            user,
            holder,
            recipient: wallet(holder, grid_mint()),
            token_program: token::ID,
            associated_token_program: associated_token::ID,
            system_program: system_program::ID,
        },
        energy_token::instruction::MintEnergyTokens { energy_wh },
    )
}

/// The energy token's own burning, which is trading's to call.
pub fn burn_energy(burner: Pubkey, source: Pubkey, energy_wh: u64) -> Instruction {
    build(
        energy_token::ID,
        energy_token::accounts::Burn {
            burner,
            config: token_config(),
            mint: grid_mint(),
            source,
            token_program: token::ID,
        },
        energy_token::instruction::Burn { energy_wh },
    )
}

pub fn create_wallet(payer: Pubkey, owner: Pubkey, mint: Pubkey) -> Instruction {
    debug_assert_eq!(wallet(owner, mint), get_associated_token_address(&owner, &mint));
    let accounts = vec![
        AccountMeta::new(payer, true),
        AccountMeta::new(wallet(owner, mint), false),
        AccountMeta::new_readonly(owner, false),
        AccountMeta::new_readonly(mint, false),
        AccountMeta::new_readonly(system_program::ID, false),
        AccountMeta::new_readonly(token::ID, false),
    ];
    // 1: CreateIdempotent.
    Instruction { program_id: associated_token::ID, accounts, data: vec![1] }
}

pub fn mint_tokens(mint: Pubkey, authority: Pubkey, to: Pubkey, units: u64) -> Instruction {
    spl_token::instruction::mint_to(&token::ID, &mint, &to, &authority, &[], units)
        .expect("a token instruction")
}

pub fn transfer_tokens(from: Pubkey, to: Pubkey, authority: Pubkey, units: u64) -> Instruction {
    spl_token::instruction::transfer(&token::ID, &from, &to, &authority, &[], units)
        .expect("a token instruction")
}

pub fn burn_tokens(from: Pubkey, mint: Pubkey, authority: Pubkey, units: u64) -> Instruction {
    spl_token::instruction::burn(&token::ID, &from, &mint, &authority, &[], units)
        .expect("a token instruction")
}

// Oracle

pub fn initialize_oracle(deployer: Pubkey, admin: Pubkey, operator_key: Pubkey, roles: u8) -> Instruction {
    build(
        oracle::ID,
        oracle::accounts::Initialize {
            deployer,
            program: oracle::ID,
            program_data: program_data(oracle::ID),
            oracle: oracle_account(),
            operator: operator(operator_key),
            user_key: user_key(operator_key),
            system_program: system_program::ID,
        },
        oracle::instruction::Initialize { admin, operator_key, roles },
    )
}

pub fn add_operator(admin: Pubkey, payer: Pubkey, key: Pubkey, roles: u8) -> Instruction {
    build(
        oracle::ID,
        oracle::accounts::AddOperator {
            admin,
            payer,
            oracle: oracle_account(),
            operator: operator(key),
            user_key: user_key(key),
            system_program: system_program::ID,
        },
        oracle::instruction::AddOperator { operator_key: key, roles },
    )
}

pub fn remove_operator(admin: Pubkey, recipient: Pubkey, key: Pubkey) -> Instruction {
    build(
        oracle::ID,
        oracle::accounts::RemoveOperator {
            admin,
            recipient,
            oracle: oracle_account(),
            operator: operator(key),
        },
        oracle::instruction::RemoveOperator { operator_key: key },
    )
}

pub fn open_shard(authority: Pubkey, index: u16) -> Instruction {
    build(
        oracle::ID,
        oracle::accounts::OpenShard {
            authority,
            operator: operator(authority),
            oracle: oracle_account(),
            shard: shard(index),
            system_program: system_program::ID,
        },
        oracle::instruction::OpenShard {},
    )
}

pub fn attach_meter(authority: Pubkey, meter: Pubkey, user: Pubkey, shard_index: u16) -> Instruction {
    build(
        oracle::ID,
        oracle::accounts::AttachMeter {
            authority,
            operator: operator(authority),
            oracle: oracle_account(),
            meter,
            user,
            shard: shard(shard_index),
            meter_slot: slot(meter),
            system_program: system_program::ID,
        },
        oracle::instruction::AttachMeter {},
    )
}

/// One reading: slot, age in intervals, export and import [Wh].
pub type Record = (u16, u16, u32, u32);

pub fn submit_meter_data(
    submitter: Pubkey,
    shard_index: u16,
    interval: u32,
    readings: &[Record],
) -> Instruction {
    let pack = |&(slot, age, export_wh, import_wh): &Record| {
        [&slot.to_le_bytes()[..], &age.to_le_bytes(), &export_wh.to_le_bytes(), &import_wh.to_le_bytes()]
            .concat()
    };
    let records = readings.iter().flat_map(pack).collect();
    build(
        oracle::ID,
        oracle::accounts::SubmitMeterData {
            submitter,
            operator: operator(submitter),
            pause: pause(),
            parameters: parameters(),
            shard: shard(shard_index),
        },
        oracle::instruction::SubmitMeterData {
            batch: oracle::instructions::ReadingBatch { interval, root: [0; 32], records },
        },
    )
}

pub fn mint_energy(
    authority: Pubkey,
    shard_index: u16,
    slot: u16,
    user: Pubkey,
    holder: Pubkey,
) -> Instruction {
    build(
        oracle::ID,
        oracle::accounts::MintEnergy {
            authority,
            operator: operator(authority),
            pause: pause(),
            oracle: oracle_account(),
            shard: shard(shard_index),
            user,
            holder,
            recipient: wallet(holder, grid_mint()),
            token_config: token_config(),
            energy_mint: grid_mint(),
            energy_token_program: energy_token::ID,
            token_program: token::ID,
            associated_token_program: associated_token::ID,
            system_program: system_program::ID,
        },
        oracle::instruction::MintEnergy { slot },
    )
}

pub fn trigger_market_clearing(
    authority: Pubkey,
    market: &MarketAccounts,
    book: Pubkey,
    epoch: u32,
) -> Instruction {
    build(
        oracle::ID,
        oracle::accounts::TriggerMarketClearing {
            authority,
            operator: operator(authority),
            oracle: oracle_account(),
            market: market.address,
            book,
            result: result(market.address, epoch),
            trading_program: trading::ID,
            system_program: system_program::ID,
        },
        oracle::instruction::TriggerMarketClearing {},
    )
}

/// Burns GRID of a seat for energy that the meter in a slot imported.
pub fn retire_energy(
    owner: Pubkey,
    user: Pubkey,
    (shard_index, slot): (u16, u16),
    market: &MarketAccounts,
    seat: u16,
    energy_wh: u64,
) -> Instruction {
    build(
        oracle::ID,
        oracle::accounts::RetireEnergy {
            owner,
            user,
            oracle: oracle_account(),
            shard: shard(shard_index),
            market: market.address,
            ledger: market.ledger,
            energy_vault: market.vault(Asset::Energy),
            trading_authority: vault_authority(),
            token_config: token_config(),
            energy_mint: grid_mint(),
            trading_program: trading::ID,
            energy_token_program: energy_token::ID,
            token_program: token::ID,
        },
        oracle::instruction::RetireEnergy { slot, seat, energy_wh },
    )
}

pub fn refresh_meter(meter: Pubkey, user: Pubkey, shard_index: u16) -> Instruction {
    build(
        oracle::ID,
        oracle::accounts::RefreshMeter { meter, user, meter_slot: slot(meter), shard: shard(shard_index) },
        oracle::instruction::RefreshMeter {},
    )
}

pub fn update_energy_prices(
    authority: Pubkey,
    market: &MarketAccounts,
    floor: u64,
    ceiling: u64,
) -> Instruction {
    build(
        oracle::ID,
        oracle::accounts::UpdateEnergyPrices {
            authority,
            operator: operator(authority),
            oracle: oracle_account(),
            parameters: parameters(),
            market: market.address,
            trading_program: trading::ID,
        },
        oracle::instruction::UpdateEnergyPrices { floor, ceiling },
    )
}

// Trading

pub fn create_market(
    authority: Pubkey,
    payment_mint: Pubkey,
    ledger: Pubkey,
    args: trading::instructions::MarketArgs,
) -> Instruction {
    let address = market(args.id);
    build(
        trading::ID,
        trading::accounts::CreateMarket {
            authority,
            registry: registry_account(),
            parameters: parameters(),
            market: address,
            ledger,
            token_config: token_config(),
            energy_mint: grid_mint(),
            payment_mint,
            energy_vault: energy_vault(address),
            payment_vault: payment_vault(address),
            vault_authority: vault_authority(),
            oracle: oracle_account(),
            token_program: token::ID,
            system_program: system_program::ID,
        },
        trading::instruction::CreateMarket { args },
    )
}

pub fn add_book(authority: Pubkey, market: Pubkey, book: Pubkey) -> Instruction {
    build(
        trading::ID,
        trading::accounts::AddBook { authority, market, book },
        trading::instruction::AddBook {},
    )
}

pub fn update_market(
    authority: Pubkey,
    market: Pubkey,
    changes: trading::instructions::MarketChanges,
) -> Instruction {
    build(
        trading::ID,
        trading::accounts::UpdateMarket { authority, parameters: parameters(), market },
        trading::instruction::UpdateMarket { changes },
    )
}

pub fn open_seat(
    payer: Pubkey,
    owner: Pubkey,
    user: Pubkey,
    market: &MarketAccounts,
    ordinal: u8,
) -> Instruction {
    build(
        trading::ID,
        trading::accounts::OpenSeat {
            payer,
            owner,
            pause: pause(),
            registry: registry_account(),
            user,
            operator_record: operator(owner),
            market: market.address,
            ledger: market.ledger,
            pointer: seat_pointer(market.address, user, ordinal),
            system_program: system_program::ID,
        },
        trading::instruction::OpenSeat { ordinal },
    )
}

pub fn refresh_seat(user: Pubkey, key: Pubkey, market: &MarketAccounts, seat: u16) -> Instruction {
    build(
        trading::ID,
        trading::accounts::RefreshSeat {
            registry: registry_account(),
            user,
            operator_record: operator(key),
            ledger: market.ledger,
        },
        trading::instruction::RefreshSeat { seat },
    )
}

pub fn close_seat(owner: Pubkey, user: Pubkey, market: &MarketAccounts, ordinal: u8) -> Instruction {
    build(
        trading::ID,
        trading::accounts::CloseSeat {
            owner,
            market: market.address,
            ledger: market.ledger,
            pointer: seat_pointer(market.address, user, ordinal),
        },
        trading::instruction::CloseSeat {},
    )
}

pub fn deposit(
    owner: Pubkey,
    market: &MarketAccounts,
    seat: u16,
    asset: Asset,
    amount: u64,
    source: Pubkey,
) -> Instruction {
    build(
        trading::ID,
        trading::accounts::Deposit {
            owner,
            market: market.address,
            ledger: market.ledger,
            source,
            vault: market.vault(asset),
            token_program: token::ID,
        },
        trading::instruction::Deposit { seat, asset, amount },
    )
}

pub fn withdraw(
    owner: Pubkey,
    market: &MarketAccounts,
    seat: u16,
    asset: Asset,
    amount: u64,
    destination: Pubkey,
) -> Instruction {
    build(
        trading::ID,
        trading::accounts::Withdraw {
            owner,
            market: market.address,
            ledger: market.ledger,
            destination,
            vault: market.vault(asset),
            vault_authority: vault_authority(),
            token_program: token::ID,
        },
        trading::instruction::Withdraw { seat, asset, amount },
    )
}

pub fn open_epoch(market: Pubkey, book: Pubkey) -> Instruction {
    build(
        trading::ID,
        trading::accounts::OpenEpoch { pause: pause(), market, book },
        trading::instruction::OpenEpoch {},
    )
}

/// One order in domain units: energy in Wh, price in payment base units a kWh.
pub fn create_order(
    owner: Pubkey,
    (ledger, book): (Pubkey, Pubkey),
    side: Side,
    (seat, client_id): (u16, u64),
    energy_wh: u64,
    price: u64,
) -> Instruction {
    let accounts = trading::accounts::PlaceOrders { owner, ledger, book, pause: pause() };
    match side {
        Side::Bid => build(
            trading::ID,
            accounts,
            trading::instruction::CreateBuyOrder { seat, energy_wh, price, client_id },
        ),
        Side::Ask => build(
            trading::ID,
            accounts,
            trading::instruction::CreateSellOrder { seat, energy_wh, price, client_id },
        ),
    }
}

/// Orders of one side in ticks and lots.
pub fn place_orders(
    owner: Pubkey,
    (ledger, book): (Pubkey, Pubkey),
    side: Side,
    (seat, client_id): (u16, u64),
    orders: &[(u16, u32)],
) -> Instruction {
    let pack = |&(tick, lots): &(u16, u32)| [&tick.to_le_bytes()[..], &lots.to_le_bytes()].concat();
    let records = orders.iter().flat_map(pack).collect();
    build(
        trading::ID,
        trading::accounts::PlaceOrders { owner, ledger, book, pause: pause() },
        trading::instruction::PlaceOrders { seat, side, client_id, records },
    )
}

pub fn cancel_order(
    owner: Pubkey,
    (ledger, book): (Pubkey, Pubkey),
    epoch: u32,
    index: u32,
    client_id: u64,
) -> Instruction {
    build(
        trading::ID,
        trading::accounts::CancelOrder { owner, ledger, book },
        trading::instruction::CancelOrder { epoch, index, client_id },
    )
}

/// Orders of one seat, each by its index in the log and its client id.
pub fn cancel_orders(
    owner: Pubkey,
    (ledger, book): (Pubkey, Pubkey),
    epoch: u32,
    orders: &[(u32, u64)],
) -> Instruction {
    let pack =
        |(index, client_id): &(u32, u64)| [&index.to_le_bytes()[..], &client_id.to_le_bytes()].concat();
    let records = orders.iter().flat_map(pack).collect();
    build(
        trading::ID,
        trading::accounts::CancelOrder { owner, ledger, book },
        trading::instruction::CancelOrders { epoch, records },
    )
}

pub fn close_epoch(payer: Pubkey, closer: Pubkey, market: Pubkey, book: Pubkey, epoch: u32) -> Instruction {
    build(
        trading::ID,
        trading::accounts::CloseEpoch {
            payer,
            closer,
            market,
            book,
            result: result(market, epoch),
            system_program: system_program::ID,
        },
        trading::instruction::CloseEpoch {},
    )
}

pub fn clear_epoch(market: &MarketAccounts, book: Pubkey, epoch: u32, max_orders: u32) -> Instruction {
    build(trading::ID, clearing(market, book, epoch), trading::instruction::ClearEpoch { max_orders })
}

pub fn void_epoch(market: &MarketAccounts, book: Pubkey, epoch: u32, max_orders: u32) -> Instruction {
    build(trading::ID, clearing(market, book, epoch), trading::instruction::VoidEpoch { max_orders })
}

fn clearing(market: &MarketAccounts, book: Pubkey, epoch: u32) -> trading::accounts::ClearEpoch {
    trading::accounts::ClearEpoch {
        pause: pause(),
        market: market.address,
        ledger: market.ledger,
        book,
        result: result(market.address, epoch),
    }
}
