//! The oracle: readings, what follows from them, and operators.

use anchor_lang::{
    prelude::Pubkey,
    solana_program::{instruction::Instruction, system_program},
};
use anchor_spl::{associated_token, token};
use trading::Asset;

use super::*;

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
