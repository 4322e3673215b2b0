//! Orders, epochs, clearing and settlement of the energy market.
//!
//! Tokens sit in vaults before any order exists; the ledger says whose they are. Orders of
//! an epoch are an append-only log with totals a price tick. When the epoch is over and
//! closed, anybody drives the clearing: one price from the totals, then one pass over the
//! log that credits the fills. Nobody posts a result, so nobody can post a wrong one.

use anchor_lang::prelude::*;
use governance::Bytes;

pub mod constants;
pub mod errors;
pub mod events;
#[cfg(feature = "fast-path")]
pub mod fast_path;
pub mod instructions;
pub mod state;

pub use state::*;

use instructions::*;

declare_id!("trdEYHHQ8jafNUVfuztRA6qbrsjgci3JVxUF7iNQo4n");

// The instructions of an order's life come first: dispatch costs less for earlier ones.
#[program]
pub mod trading {
    use super::*;

    /// Places one bid for `energy_wh` at up to `price` payment base units a kWh.
    ///
    /// Authority: the seat's owner. `client_id` must exceed all earlier ones of the seat.
    /// Locks the full price. Emits `OrderCreated`.
    pub fn create_buy_order(
        ctx: Context<PlaceOrders>,
        seat: u16,
        energy_wh: u64,
        price: u64,
        client_id: u64,
    ) -> Result<()> {
        instructions::place_orders::single::<SIDE_BID>(ctx, seat, energy_wh, price, client_id)
    }

    /// Places one ask of `energy_wh` at `price` payment base units a kWh or more.
    ///
    /// Authority: the seat's owner, a prosumer. Locks the energy. Emits `OrderCreated`.
    pub fn create_sell_order(
        ctx: Context<PlaceOrders>,
        seat: u16,
        energy_wh: u64,
        price: u64,
        client_id: u64,
    ) -> Result<()> {
        instructions::place_orders::single::<SIDE_ASK>(ctx, seat, energy_wh, price, client_id)
    }

    /// Places many orders of one side, all or none: six bytes each, tick u16 and lots u32.
    ///
    /// Authority: the seat's owner. The orders get consecutive client ids from `client_id`.
    pub fn place_orders(
        ctx: Context<PlaceOrders>,
        seat: u16,
        side: Side,
        client_id: u64,
        records: Bytes,
    ) -> Result<()> {
        match side {
            Side::Bid => instructions::place_orders::batch::<SIDE_BID>(ctx, seat, client_id, records.0),
            Side::Ask => instructions::place_orders::batch::<SIDE_ASK>(ctx, seat, client_id, records.0),
        }
    }

    /// Cancels the live order at `index` of `epoch` before the epoch ends, and unlocks it.
    ///
    /// Authority: the owner of the seat that placed it. Works while trading is paused.
    pub fn cancel_order(ctx: Context<CancelOrder>, epoch: u32, index: u32, client_id: u64) -> Result<()> {
        instructions::cancel_orders::single(ctx, epoch, index, client_id)
    }

    /// Cancels many orders of one seat, all or none: twelve bytes each, index u32 and client id u64.
    ///
    /// Authority: the seat's owner. Otherwise as `cancel_order`.
    pub fn cancel_orders(ctx: Context<CancelOrder>, epoch: u32, records: Bytes) -> Result<()> {
        instructions::cancel_orders::batch(ctx, epoch, records.0)
    }

    /// Moves `amount` (Wh or payment base units) of the signer's tokens into custody.
    ///
    /// Authority: the seat's owner.
    pub fn deposit(ctx: Context<Deposit>, seat: u16, asset: Asset, amount: u64) -> Result<()> {
        instructions::deposit::handler(ctx, seat, asset, amount)
    }

    /// Moves `amount` (Wh or payment base units) of free balance to the owner's token account.
    ///
    /// Authority: the seat's owner, whatever the seat's standing unless it is frozen. Works while
    /// trading is paused. Where withdrawals are locked, the day's limits hold.
    pub fn withdraw(ctx: Context<Withdraw>, seat: u16, asset: Asset, amount: u64) -> Result<()> {
        instructions::withdraw::handler(ctx, seat, asset, amount)
    }

    /// Prices a closed epoch and credits the fills of up to `max_orders` further orders.
    ///
    /// Authority: anybody. Final bytes do not depend on the steps; once settled it does nothing.
    pub fn clear_epoch(ctx: Context<ClearEpoch>, max_orders: u32) -> Result<()> {
        instructions::clear_epoch::handler(ctx, max_orders)
    }

    /// Opens the current epoch in a free book of the ring.
    ///
    /// Authority: anybody; clients send it in front of an epoch's first order.
    pub fn open_epoch(ctx: Context<OpenEpoch>) -> Result<()> {
        instructions::open_epoch::handler(ctx)
    }

    /// Freezes the orders of an epoch that is over and creates its result account.
    ///
    /// Authority: the oracle's address; after the grace period anybody.
    pub fn close_epoch(ctx: Context<CloseEpoch>) -> Result<()> {
        instructions::close_epoch::handler(ctx)
    }

    /// Releases the locks of up to `max_orders` orders of a closed epoch that could not be
    /// cleared for the market's void delay because clearing was paused.
    ///
    /// Authority: anybody.
    pub fn void_epoch(ctx: Context<ClearEpoch>, max_orders: u32) -> Result<()> {
        instructions::void_epoch::handler(ctx, max_orders)
    }

    /// Takes used energy from the seat's free balance and burns it.
    ///
    /// Authority: the oracle's address, which checks the meter, and the seat's owner.
    pub fn retire_energy(ctx: Context<RetireEnergy>, seat: u16, energy_wh: u64) -> Result<()> {
        instructions::retire_energy::handler(ctx, seat, energy_wh)
    }

    /// Opens a seat for a registered, active user. `ordinal` is 0, or 1 for a second seat.
    ///
    /// Authority: the user's key. Officials are refused.
    pub fn open_seat(ctx: Context<OpenSeat>, ordinal: u8) -> Result<()> {
        instructions::open_seat::handler(ctx, ordinal)
    }

    /// Copies the user's current key, kind and standing from the registry to the seat.
    ///
    /// Authority: anybody.
    pub fn refresh_seat(ctx: Context<RefreshSeat>, seat: u16) -> Result<()> {
        instructions::refresh_seat::handler(ctx, seat)
    }

    /// Frees an empty seat for others and returns the rent of its pointer.
    ///
    /// Authority: the seat's owner.
    pub fn close_seat(ctx: Context<CloseSeat>) -> Result<()> {
        instructions::close_seat::handler(ctx)
    }

    /// Creates a market with its vaults and ledger.
    ///
    /// Authority: a registry authority, who becomes the market's authority.
    pub fn create_market(ctx: Context<CreateMarket>, args: MarketArgs) -> Result<()> {
        instructions::create_market::handler(ctx, args)
    }

    /// Changes the rules of epochs that are not open yet.
    ///
    /// Authority: the market's authority, within governance's limits.
    pub fn update_market(ctx: Context<UpdateMarket>, changes: MarketChanges) -> Result<()> {
        instructions::update_market::handler(ctx, changes)
    }

    /// Adopts a book into the market's ring.
    ///
    /// Authority: the market's authority.
    pub fn add_book(ctx: Context<AddBook>) -> Result<()> {
        instructions::add_book::handler(ctx)
    }

    /// Closes a book that is out of use; `recipient` gets its rent.
    ///
    /// Authority: the market's authority.
    pub fn remove_book(ctx: Context<RemoveBook>) -> Result<()> {
        instructions::remove_book::handler(ctx)
    }

    /// Bounds the prices of orders to the ticks within `floor..=ceiling` (payment base units a
    /// kWh), in epochs that are not open yet.
    ///
    /// Authority: the oracle's address, which checks governance's limits.
    pub fn set_price_bounds(ctx: Context<SetPriceBounds>, floor: u64, ceiling: u64) -> Result<()> {
        instructions::set_price_bounds::handler(ctx, floor, ceiling)
    }

    /// Names the market's next authority; the zero key withdraws the nomination.
    ///
    /// Authority: the market's authority.
    pub fn nominate_authority(ctx: Context<NominateAuthority>, new_authority: Pubkey) -> Result<()> {
        instructions::nominate_authority::handler(ctx, new_authority)
    }

    /// Gives the fee seat or the community seat another owner. A user's seat follows the user's key.
    ///
    /// Authority: the seat's owner and the new one, who both sign.
    pub fn hand_over_seat(ctx: Context<HandOverSeat>, seat: u16) -> Result<()> {
        instructions::hand_over_seat::handler(ctx, seat)
    }

    /// Takes the market over.
    ///
    /// Authority: the key that the market's authority nominated.
    pub fn accept_authority(ctx: Context<AcceptAuthority>) -> Result<()> {
        instructions::accept_authority::handler(ctx)
    }

    /// Limits withdrawals to `payment_per_day` (base units) and `energy_per_day` (Wh) a day (UTC);
    /// beyond that they are announced `delay_s` seconds before. Sets a lock or tightens it at once;
    /// while announced withdrawals are open it may also be loosened, or taken off with delay 0.
    /// Withdraws an announcement.
    ///
    /// Authority: the seat's owner.
    pub fn lock_withdrawals(
        ctx: Context<LockWithdrawals>,
        seat: u16,
        payment_per_day: u64,
        energy_per_day: u64,
        delay_s: u32,
    ) -> Result<()> {
        instructions::lock_withdrawals::handler(ctx, seat, payment_per_day, energy_per_day, delay_s)
    }

    /// Announces withdrawals beyond the lock's limits: they open after its delay, for a day.
    ///
    /// Authority: the seat's owner.
    pub fn open_withdrawals(ctx: Context<OpenWithdrawals>, seat: u16) -> Result<()> {
        instructions::open_withdrawals::handler(ctx, seat)
    }

    /// Lets `key` trade for a seat within `limits` as its agent number `ordinal` (0 to 7), or changes
    /// what it may. The grant ends when the seat gets another owner, or is closed.
    ///
    /// Authority: the seat's owner. Officials are refused as agents.
    pub fn authorize_agent(
        ctx: Context<AuthorizeAgent>,
        seat: u16,
        ordinal: u8,
        key: Pubkey,
        limits: AgentLimits,
    ) -> Result<()> {
        instructions::authorize_agent::handler(ctx, seat, ordinal, key, limits)
    }

    /// Ends an agent's grant; the rent goes to who made it. Works on a frozen seat.
    ///
    /// Authority: who made the grant, the seat's owner, or the agent itself.
    pub fn revoke_agent(ctx: Context<RevokeAgent>) -> Result<()> {
        instructions::revoke_agent::handler(ctx)
    }

    /// Places orders of one side for the agent's seat, as `place_orders` does, within its limits.
    ///
    /// Authority: the agent. Emits `OrderCreated`.
    pub fn place_orders_by_agent(
        ctx: Context<PlaceOrdersByAgent>,
        side: Side,
        client_id: u64,
        records: Bytes,
    ) -> Result<()> {
        match side {
            Side::Bid => instructions::place_orders_by_agent::handler::<SIDE_BID>(ctx, client_id, records.0),
            Side::Ask => instructions::place_orders_by_agent::handler::<SIDE_ASK>(ctx, client_id, records.0),
        }
    }

    /// Cancels orders of the agent's seat, whoever placed them, as `cancel_orders` does.
    ///
    /// Authority: the agent. Works while trading is paused.
    pub fn cancel_orders_by_agent(
        ctx: Context<CancelOrdersByAgent>,
        epoch: u32,
        records: Bytes,
    ) -> Result<()> {
        instructions::cancel_orders_by_agent::handler(ctx, epoch, records.0)
    }
}
