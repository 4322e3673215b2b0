//! Trading: seats, custody, orders and epochs.

use anchor_lang::{
    prelude::Pubkey,
    solana_program::{instruction::Instruction, system_program},
};
use anchor_spl::token;
use trading::{Asset, Side};

use super::*;

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

pub fn hand_over_seat(owner: Pubkey, new_owner: Pubkey, market: &MarketAccounts, seat: u16) -> Instruction {
    build(
        trading::ID,
        trading::accounts::HandOverSeat { owner, new_owner, ledger: market.ledger },
        trading::instruction::HandOverSeat { seat },
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
