from .add_operator import add_operator, AddOperatorArgs, AddOperatorAccounts
from .attach_meter import attach_meter, AttachMeterAccounts
from .initialize import initialize, InitializeArgs, InitializeAccounts
from .mint_energy import mint_energy, MintEnergyArgs, MintEnergyAccounts
from .open_shard import open_shard, OpenShardAccounts
from .refresh_meter import refresh_meter, RefreshMeterAccounts
from .remove_operator import remove_operator, RemoveOperatorArgs, RemoveOperatorAccounts
from .retire_energy import retire_energy, RetireEnergyArgs, RetireEnergyAccounts
from .submit_meter_data import (
    submit_meter_data,
    SubmitMeterDataArgs,
    SubmitMeterDataAccounts,
)
from .trigger_market_clearing import (
    trigger_market_clearing,
    TriggerMarketClearingAccounts,
)
