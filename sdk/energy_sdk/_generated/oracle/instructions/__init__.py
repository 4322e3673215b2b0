from .add_operator import add_operator, AddOperatorArgs, AddOperatorAccounts
from .attach_meter import attach_meter, AttachMeterAccounts
from .initialize import initialize, InitializeArgs, InitializeAccounts
from .issue_certificate import (
    issue_certificate,
    IssueCertificateArgs,
    IssueCertificateAccounts,
)
from .mint_energy import mint_energy, MintEnergyArgs, MintEnergyAccounts
from .open_shard import open_shard, OpenShardAccounts
from .refresh_meter import refresh_meter, RefreshMeterAccounts
from .remove_operator import remove_operator, RemoveOperatorArgs, RemoveOperatorAccounts
from .retire_certificate import (
    retire_certificate,
    RetireCertificateArgs,
    RetireCertificateAccounts,
)
from .retire_energy import retire_energy, RetireEnergyArgs, RetireEnergyAccounts
from .split_certificate import (
    split_certificate,
    SplitCertificateArgs,
    SplitCertificateAccounts,
)
from .submit_meter_data import (
    submit_meter_data,
    SubmitMeterDataArgs,
    SubmitMeterDataAccounts,
)
from .transfer_certificate import transfer_certificate, TransferCertificateAccounts
from .trigger_market_clearing import (
    trigger_market_clearing,
    TriggerMarketClearingAccounts,
)
from .update_energy_prices import (
    update_energy_prices,
    UpdateEnergyPricesArgs,
    UpdateEnergyPricesAccounts,
)
from .validate_certificate import validate_certificate, ValidateCertificateAccounts
