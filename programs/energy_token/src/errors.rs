use anchor_lang::prelude::*;

#[error_code]
#[derive(PartialEq, Eq)]
pub enum EnergyTokenError {
    #[msg("Only the upgrade authority of this program may initialise it: sign with the deployer's key")]
    NotDeployer,
    #[msg("Only the token's admin may do this")]
    UnauthorizedAdmin,
    #[msg("Only the minter named in the token configuration may mint: minting follows recorded generation")]
    UnauthorizedMinter,
    #[msg("Only the burner named in the token configuration may burn")]
    UnauthorizedBurner,
    #[msg("The amount must be at least 1 Wh")]
    ZeroAmount,
    #[msg("The amount does not fit: use at most 18,446,744,073,709 Wh, and a supply below 2^64 base units")]
    AmountTooLarge,
    #[msg("The account holds less GRID than is to be burned")]
    InsufficientBalance,
    #[msg("The user must be Active in the registry")]
    UserNotActive,
    #[msg("The holder must be the key of the user")]
    WrongHolder,
    #[msg("The mint must be the GRID mint of the token configuration")]
    WrongMint,
    #[msg("The account to burn from must belong to the burner")]
    WrongSource,
    #[msg("The zero key can never sign: name a real key")]
    InvalidKey,
    #[msg("The admin has not nominated this key: ask for nominate_admin first")]
    NotNominated,
}
