use anchor_lang::prelude::*;
use anchor_spl::token::{Mint, Token, TokenAccount};
use energy_token::TokenConfig;
use governance::Parameters;
use registry::Registry;

use crate::{constants::*, errors::*, events::MarketCreated, state::*};

#[derive(AnchorSerialize, AnchorDeserialize, Clone)]
pub struct MarketArgs {
    pub id: u32,
    /// Payment base units a kWh.
    pub price_min: u64,
    pub tick_size: u64,
    pub tick_count: u16,
    /// Wh.
    pub lot_wh: u32,
    pub price_rule: PriceRule,
    pub tie_rule: TieRule,
    pub fee_bps: u16,
    pub min_order_wh: u64,
    pub max_order_wh: u64,
    pub max_orders_per_seat: u16,
    pub epoch_length_s: u32,
    /// Start of epoch 1, Unix seconds: not in the future and less than a day back.
    pub anchor_ts: i64,
    /// Keys that withdraw from the fee seat and the community seat.
    pub fee_recipient: Pubkey,
    pub community_recipient: Pubkey,
}

#[derive(Accounts)]
#[instruction(args: MarketArgs)]
pub struct CreateMarket<'info> {
    #[account(mut)]
    pub authority: Signer<'info>,
    #[account(constraint = registry.is_authority(&authority.key()) @ TradingError::NotRecRegulator)]
    pub registry: Box<Account<'info, Registry>>,
    pub parameters: Box<Account<'info, Parameters>>,
    #[account(
        init, payer = authority, space = 8 + Market::INIT_SPACE,
        seeds = [MARKET_SEED, &args.id.to_le_bytes()], bump,
    )]
    pub market: Box<Account<'info, Market>>,
    /// Made beforehand by a system instruction, so that it can be of any size.
    #[account(zero)]
    pub ledger: AccountLoader<'info, Ledger>,
    pub token_config: Box<Account<'info, TokenConfig>>,
    #[account(address = token_config.mint @ TradingError::NotGrid)]
    pub energy_mint: Box<Account<'info, Mint>>,
    #[account(constraint = payment_mint.key() != energy_mint.key() @ TradingError::SameMint)]
    pub payment_mint: Box<Account<'info, Mint>>,
    #[account(
        init, payer = authority, token::mint = energy_mint, token::authority = vault_authority,
        seeds = [ENERGY_VAULT_SEED, market.key().as_ref()], bump,
    )]
    pub energy_vault: Box<Account<'info, TokenAccount>>,
    #[account(
        init, payer = authority, token::mint = payment_mint, token::authority = vault_authority,
        seeds = [PAYMENT_VAULT_SEED, market.key().as_ref()], bump,
    )]
    pub payment_vault: Box<Account<'info, TokenAccount>>,
    /// CHECK: address only; owns every vault.
    #[account(address = AUTHORITY)]
    pub vault_authority: UncheckedAccount<'info>,
    /// CHECK: address only; the oracle's signing address.
    #[account(seeds = [ORACLE_SEED], bump, seeds::program = ORACLE_PROGRAM_ID)]
    pub oracle: UncheckedAccount<'info>,
    pub token_program: Program<'info, Token>,
    pub system_program: Program<'info, System>,
}

pub fn handler(ctx: Context<CreateMarket>, args: MarketArgs) -> Result<()> {
    let now = Clock::get()?.unix_timestamp;
    ensure!(args.anchor_ts <= now && args.anchor_ts > now - 86_400, TradingError::InvalidAnchor);

    let accounts = ctx.accounts;
    let parameters = &accounts.parameters;
    accounts.market.set_inner(Market {
        version: ACCOUNT_VERSION,
        bump: ctx.bumps.market,
        id: args.id,
        authority: accounts.authority.key(),
        oracle: accounts.oracle.key(),
        energy_mint: accounts.energy_mint.key(),
        payment_mint: accounts.payment_mint.key(),
        payment_decimals: accounts.payment_mint.decimals,
        energy_vault: accounts.energy_vault.key(),
        payment_vault: accounts.payment_vault.key(),
        ledger: accounts.ledger.key(),
        books: Default::default(),
        book_count: 0,
        price_min: args.price_min,
        tick_size: args.tick_size,
        tick_count: args.tick_count,
        lot_wh: args.lot_wh,
        price_rule: args.price_rule,
        tie_rule: args.tie_rule,
        fee_bps: args.fee_bps,
        min_order_wh: args.min_order_wh,
        max_order_wh: args.max_order_wh,
        max_orders_per_seat: args.max_orders_per_seat,
        clock: Clockwork { anchor_ts: args.anchor_ts, anchor_epoch: 1, length_s: args.epoch_length_s },
        next: Clockwork::default(),
        clearing_grace_s: parameters.clearing_grace_s,
        void_after_s: parameters.void_after_s,
        book_retention_s: parameters.book_retention_s,
        last_opened_epoch: 0,
        last_settled_epoch: 0,
        last_price: 0,
        last_price_epoch: 0,
        traded_wh: 0,
        fees: 0,
        epochs_settled: 0,
        floor_tick: 0,
        // A grid without ticks is refused below.
        ceiling_tick: args.tick_count.saturating_sub(1),
        pending_authority: Pubkey::default(),
        reserved: [0; 92],
    });
    accounts.market.validate(parameters)?;

    let info = accounts.ledger.to_account_info();
    let capacity = Ledger::capacity_of(info.data_len())?;
    {
        let mut ledger = accounts.ledger.load_init()?;
        ledger.version = ACCOUNT_VERSION;
        ledger.market_id = args.id;
        ledger.market = accounts.market.key();
        ledger.capacity = capacity;
        ledger.free_head = NO_SEAT;
    }
    let mut data = info.try_borrow_mut_data()?;
    let (ledger, seats) = Ledger::split(&mut data)?;
    for (expected, owner) in [(FEE_SEAT, args.fee_recipient), (COMMUNITY_SEAT, args.community_recipient)] {
        let index = ledger.take_seat(seats)?;
        require_eq!(index, expected);
        let seat = &mut seats[usize::from(index)];
        seat.owner = owner;
        seat.status = SEAT_SYSTEM;
    }

    emit!(MarketCreated {
        market: args.id,
        address: accounts.market.key(),
        authority: accounts.authority.key(),
    });
    Ok(())
}
