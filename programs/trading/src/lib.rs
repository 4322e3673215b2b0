use anchor_lang::prelude::*;

declare_id!("trdEYHHQ8jafNUVfuztRA6qbrsjgci3JVxUF7iNQo4n");

#[program]
pub mod trading {}
