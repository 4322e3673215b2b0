use anchor_lang::prelude::*;

use crate::{
    constants::*, errors::GovernanceError, events::ParametersUpdated, Governance, ParameterChanges,
    Parameters,
};

/// Changes some parameters, all or none.
///
/// *Authority*: governance.
#[derive(Accounts)]
pub struct UpdateParameters<'info> {
    #[account(
        constraint = governance.authorizes(authority.key) @ GovernanceError::UnauthorizedAuthority
    )]
    pub authority: Signer<'info>,
    #[account(seeds = [GOVERNANCE_SEED], bump = governance.bump)]
    pub governance: Box<Account<'info, Governance>>,
    #[account(mut, seeds = [PARAMETERS_SEED], bump = parameters.bump)]
    pub parameters: Box<Account<'info, Parameters>>,
}

pub(crate) fn update_parameters(ctx: Context<UpdateParameters>, changes: ParameterChanges) -> Result<()> {
    let parameters = &mut ctx.accounts.parameters;
    parameters.apply(&changes)?;

    emit!(ParametersUpdated {
        epoch_length_s: parameters.epoch_length_s,
        offer_lock_s: parameters.offer_lock_s,
        fee_bps: parameters.fee_bps,
        max_fee_bps: parameters.max_fee_bps,
        min_order_wh: parameters.min_order_wh,
        max_order_wh: parameters.max_order_wh,
        max_orders_per_seat: parameters.max_orders_per_seat,
        reading_max_age_s: parameters.reading_max_age_s,
        reading_future_s: parameters.reading_future_s,
        clearing_grace_s: parameters.clearing_grace_s,
        void_after_s: parameters.void_after_s,
        book_retention_s: parameters.book_retention_s,
        min_price: parameters.min_price,
        max_price: parameters.max_price,
    });
    Ok(())
}
