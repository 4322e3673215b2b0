use anchor_lang::prelude::*;

/// Seed of the one [`Governance`](crate::Governance) account.
#[constant]
pub const GOVERNANCE_SEED: &[u8] = b"governance";
/// Seed of the one [`Parameters`](crate::Parameters) account.
#[constant]
pub const PARAMETERS_SEED: &[u8] = b"parameters";
/// Seed of the one [`Pause`](crate::Pause) account.
#[constant]
pub const PAUSE_SEED: &[u8] = b"pause";
/// Seed of the [`Proposal`](crate::Proposal) accounts, followed by the number, u64.
#[constant]
pub const PROPOSAL_SEED: &[u8] = b"proposal";
/// Seed of the [`Policy`](crate::Policy) accounts, followed by the number, u32.
#[constant]
pub const POLICY_SEED: &[u8] = b"policy";
/// Seed of the treasury, an ordinary wallet that pays rent where governance creates accounts.
#[constant]
pub const TREASURY_SEED: &[u8] = b"treasury";

/// Layout version written into every account of this program.
#[constant]
pub const ACCOUNT_VERSION: u8 = 1;
/// Room for members of the governing body.
#[constant]
pub const MAX_MEMBERS: u8 = 10;

/// Most instructions in one proposal.
#[constant]
pub const MAX_INSTRUCTIONS: u8 = 4;
/// Longest title of a proposal [bytes].
#[constant]
pub const MAX_TITLE_BYTES: u8 = 64;
/// Longest address of a policy's text [bytes].
#[constant]
pub const MAX_URI_BYTES: u8 = 200;
/// What a proposal's life must leave for its execution, beyond the timelock [s].
#[constant]
pub const MIN_EXECUTION_WINDOW_S: u32 = 60;
/// Longest life of a proposal [s]: a year.
#[constant]
pub const MAX_PROPOSAL_EXPIRY_S: u32 = 31_536_000;

/// Placing orders and opening epochs.
#[constant]
pub const AREA_TRADING: u8 = 1;
/// Clearing and settling closed epochs.
#[constant]
pub const AREA_CLEARING: u8 = 2;
/// Accepting meter readings and minting for them.
#[constant]
pub const AREA_METERING: u8 = 4;
/// Registering users and assigning meters.
#[constant]
pub const AREA_REGISTRATION: u8 = 8;
/// Every area there is.
#[constant]
pub const ALL_AREAS: u8 = AREA_TRADING | AREA_CLEARING | AREA_METERING | AREA_REGISTRATION;

/// Shortest epoch [s]: test networks run a whole day of epochs in minutes.
#[constant]
pub const MIN_EPOCH_LENGTH_S: u32 = 2;
/// Longest epoch [s]: one day.
#[constant]
pub const MAX_EPOCH_LENGTH_S: u32 = 86_400;
/// No fee cap may be set above this [basis points].
#[constant]
pub const FEE_CAP_LIMIT_BPS: u16 = 1_000;
/// One metering interval [s]: a shorter limit would refuse every reading.
#[constant]
pub const MIN_READING_AGE_S: u32 = 900;
/// Two days [s]: time to deliver a day late. The oracle remembers a meter's latest 64 intervals
/// of 900 s, so readings that are further apart have to come in order.
#[constant]
pub const MAX_READING_AGE_S: u32 = 172_800;
/// Most a meter's clock may run ahead of the chain's [s].
#[constant]
pub const MAX_READING_FUTURE_S: u32 = 900;
/// Shortest wait before a stuck epoch can be voided [s].
#[constant]
pub const MIN_VOID_AFTER_S: u32 = 60;
