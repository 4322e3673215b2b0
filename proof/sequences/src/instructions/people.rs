//! The registry: users, meters and authorities.

use anchor_lang::{
    prelude::Pubkey,
    solana_program::{instruction::Instruction, system_program},
};

use super::*;

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
