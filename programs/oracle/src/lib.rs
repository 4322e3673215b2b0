//! Meter readings in, minting and the market's clock out.
//!
//! The oracle is where the physical world enters. Operators of the metering service, or the
//! meters themselves, report the energy that crossed each connection point; a reading counts
//! once, whoever sends it, however often, in whatever order. What a meter exported becomes
//! GRID; what it imported bounds how much GRID its user may retire. Where the energy came from
//! is no property of GRID: certificates carry it, at most one for each watt-hour exported.
//! Operators also close the market's epochs and bound their prices; what the epochs' outcome is,
//! they cannot say.

use anchor_lang::prelude::*;

pub mod constants;
pub mod errors;
pub mod events;
pub mod health;
pub mod instructions;
pub mod readings;
pub mod state;
pub mod text;

pub use constants::*;
pub use errors::*;
pub use state::*;

use health::SystemHealth;
use instructions::*;

declare_id!("orc5yFja8THivAo6PRQkCX8zMttnRWpowvhznzAo9rz");

// Dispatch compares in this order: the hot instruction comes first.
#[program]
pub mod oracle {
    use super::*;

    /// Records a batch of meter readings, all or none.
    pub fn submit_meter_data(ctx: Context<SubmitMeterData>, batch: ReadingBatch) -> Result<()> {
        instructions::submit_meter_data::handler(ctx, batch)
    }

    /// Mints GRID for what the meter in `slot` exported and has not been minted yet.
    pub fn mint_energy(ctx: Context<MintEnergy>, slot: u16) -> Result<()> {
        instructions::mint_energy::handler(ctx, slot)
    }

    /// Closes an epoch that is over.
    pub fn trigger_market_clearing(ctx: Context<TriggerMarketClearing>) -> Result<()> {
        instructions::trigger_market_clearing::handler(ctx)
    }

    /// Covers `energy_wh` [Wh] that the meter in `slot` imported with GRID from the user's
    /// market seat `seat`, and burns it.
    pub fn retire_energy(ctx: Context<RetireEnergy>, slot: u16, seat: u16, energy_wh: u64) -> Result<()> {
        instructions::retire_energy::handler(ctx, slot, seat, energy_wh)
    }

    /// Makes a meter's slot agree with the registry.
    pub fn refresh_meter<'info>(ctx: Context<'info, RefreshMeter<'info>>) -> Result<()> {
        instructions::refresh_meter::handler(ctx)
    }

    /// Gives a meter its slot in a shard.
    pub fn attach_meter(ctx: Context<AttachMeter>) -> Result<()> {
        instructions::attach_meter::handler(ctx)
    }

    /// Creates the next shard of 64 slots.
    pub fn open_shard(ctx: Context<OpenShard>) -> Result<()> {
        instructions::open_shard::handler(ctx)
    }

    /// Gives a key operator roles.
    pub fn add_operator(ctx: Context<AddOperator>, operator_key: Pubkey, roles: u8) -> Result<()> {
        instructions::add_operator::handler(ctx, operator_key, roles)
    }

    /// Takes all roles from a key.
    pub fn remove_operator<'info>(
        ctx: Context<'info, RemoveOperator<'info>>,
        operator_key: Pubkey,
    ) -> Result<()> {
        instructions::remove_operator::handler(ctx, operator_key)
    }

    /// Creates the oracle and its first operator.
    pub fn initialize(
        ctx: Context<Initialize>,
        admin: Pubkey,
        operator_key: Pubkey,
        roles: u8,
    ) -> Result<()> {
        instructions::initialize::handler(ctx, admin, operator_key, roles)
    }

    /// Certifies the next `energy_wh` [Wh] that a meter exported, for its user.
    pub fn issue_certificate(
        ctx: Context<IssueCertificate>,
        energy_wh: u64,
        source: EnergySource,
    ) -> Result<()> {
        instructions::issue_certificate::handler(ctx, energy_wh, source)
    }

    /// Gives a certificate to another user.
    pub fn transfer_certificate(ctx: Context<TransferCertificate>) -> Result<()> {
        instructions::transfer_certificate::handler(ctx)
    }

    /// Replaces a certificate by two, the first of which covers `energy_wh` [Wh].
    pub fn split_certificate(ctx: Context<SplitCertificate>, energy_wh: u64) -> Result<()> {
        instructions::split_certificate::handler(ctx, energy_wh)
    }

    /// Claims a certificate's energy for `beneficiary` (text, zero-padded), for good.
    pub fn retire_certificate(ctx: Context<RetireCertificate>, beneficiary: [u8; 32]) -> Result<()> {
        instructions::retire_certificate::handler(ctx, beneficiary)
    }

    /// Says what a certificate is worth. Changes nothing: simulate it and read the return data.
    pub fn validate_certificate(ctx: Context<ValidateCertificate>) -> Result<CertificateValidity> {
        instructions::validate_certificate::handler(ctx)
    }

    /// Bounds the prices of a market's epochs that are not open yet [payment base units a kWh].
    pub fn update_energy_prices(ctx: Context<UpdateEnergyPrices>, floor: u64, ceiling: u64) -> Result<()> {
        instructions::update_energy_prices::handler(ctx, floor, ceiling)
    }

    /// Sets what a data request costs [lamports].
    pub fn set_request_fee(ctx: Context<SetRequestFee>, lamports: u64) -> Result<()> {
        instructions::set_request_fee::handler(ctx, lamports)
    }

    /// Prepays a user's data requests.
    pub fn top_up_requests(ctx: Context<TopUpRequests>, lamports: u64) -> Result<()> {
        instructions::top_up_requests::handler(ctx, lamports)
    }

    /// Pays a user free lamports of the request balance back.
    pub fn withdraw_request_balance<'info>(
        ctx: Context<'info, WithdrawRequestBalance<'info>>,
        lamports: u64,
    ) -> Result<()> {
        instructions::withdraw_request_balance::handler(ctx, lamports)
    }

    /// Asks for the energy of one's own meter in the intervals from first to last.
    pub fn request_energy_data<'info>(
        ctx: Context<'info, RequestEnergyData<'info>>,
        first_interval: u32,
        last_interval: u32,
    ) -> Result<()> {
        instructions::request_energy_data::handler(ctx, first_interval, last_interval)
    }

    /// Answers a request with its totals [Wh] and the hash of the readings behind them.
    pub fn fulfill_energy_data<'info>(
        ctx: Context<'info, FulfillEnergyData<'info>>,
        number: u64,
        export_wh: u64,
        import_wh: u64,
        data_hash: [u8; 32],
    ) -> Result<()> {
        instructions::fulfill_energy_data::handler(ctx, number, export_wh, import_wh, data_hash)
    }

    /// Takes back a request that nobody answered.
    pub fn cancel_request<'info>(ctx: Context<'info, CancelRequest<'info>>, number: u64) -> Result<()> {
        instructions::cancel_request::handler(ctx, number)
    }

    /// Closes a request that is final.
    pub fn close_request<'info>(ctx: Context<'info, CloseRequest<'info>>, number: u64) -> Result<()> {
        instructions::close_request::handler(ctx, number)
    }

    /// Creates a feed; name and unit are text padded with zero bytes.
    pub fn create_feed(
        ctx: Context<CreateFeed>,
        name: [u8; 32],
        unit: [u8; 16],
        decimals: i8,
        max_age_s: u32,
    ) -> Result<()> {
        instructions::create_feed::handler(ctx, name, unit, decimals, max_age_s)
    }

    /// Changes how old a feed's last observation may be [s].
    pub fn set_feed_limits(ctx: Context<SetFeedLimits>, max_age_s: u32) -> Result<()> {
        instructions::set_feed_limits::handler(ctx, max_age_s)
    }

    /// Removes a feed for good.
    pub fn remove_feed(ctx: Context<RemoveFeed>) -> Result<()> {
        instructions::remove_feed::handler(ctx)
    }

    /// Records what was observed at `observed_at` [Unix seconds].
    pub fn update_feed(ctx: Context<UpdateFeed>, value: i64, observed_at: i64) -> Result<()> {
        instructions::update_feed::handler(ctx, value, observed_at)
    }

    /// Says what is late among the remaining accounts: the market's books, shards and feeds.
    pub fn system_health<'info>(
        ctx: Context<'info, ExamineHealth<'info>>,
        tolerated_intervals: u16,
    ) -> Result<SystemHealth> {
        instructions::system_health::handler(ctx, tolerated_intervals)
    }

    /// Names the next admin; the zero key withdraws.
    pub fn nominate_admin(ctx: Context<NominateAdmin>, new_admin: Pubkey) -> Result<()> {
        instructions::nominate_admin::handler(ctx, new_admin)
    }

    /// Takes the oracle over.
    pub fn accept_admin(ctx: Context<AcceptAdmin>) -> Result<()> {
        instructions::accept_admin::handler(ctx)
    }
}
