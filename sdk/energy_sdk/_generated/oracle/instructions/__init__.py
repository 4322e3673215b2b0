from .accept_admin import accept_admin, AcceptAdminAccounts
from .add_operator import add_operator, AddOperatorArgs, AddOperatorAccounts
from .attach_meter import attach_meter, AttachMeterAccounts
from .cancel_request import cancel_request, CancelRequestArgs, CancelRequestAccounts
from .close_request import close_request, CloseRequestArgs, CloseRequestAccounts
from .create_feed import create_feed, CreateFeedArgs, CreateFeedAccounts
from .fulfill_energy_data import (
    fulfill_energy_data,
    FulfillEnergyDataArgs,
    FulfillEnergyDataAccounts,
)
from .initialize import initialize, InitializeArgs, InitializeAccounts
from .issue_certificate import (
    issue_certificate,
    IssueCertificateArgs,
    IssueCertificateAccounts,
)
from .mint_energy import mint_energy, MintEnergyArgs, MintEnergyAccounts
from .nominate_admin import nominate_admin, NominateAdminArgs, NominateAdminAccounts
from .open_shard import open_shard, OpenShardAccounts
from .refresh_meter import refresh_meter, RefreshMeterAccounts
from .remove_feed import remove_feed, RemoveFeedAccounts
from .remove_operator import remove_operator, RemoveOperatorArgs, RemoveOperatorAccounts
from .request_energy_data import (
    request_energy_data,
    RequestEnergyDataArgs,
    RequestEnergyDataAccounts,
)
from .retire_certificate import (
    retire_certificate,
    RetireCertificateArgs,
    RetireCertificateAccounts,
)
from .retire_energy import retire_energy, RetireEnergyArgs, RetireEnergyAccounts
from .set_feed_limits import set_feed_limits, SetFeedLimitsArgs, SetFeedLimitsAccounts
from .set_request_fee import set_request_fee, SetRequestFeeArgs, SetRequestFeeAccounts
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
from .system_health import system_health, SystemHealthArgs, SystemHealthAccounts
from .top_up_requests import top_up_requests, TopUpRequestsArgs, TopUpRequestsAccounts
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
from .update_feed import update_feed, UpdateFeedArgs, UpdateFeedAccounts
from .validate_certificate import validate_certificate, ValidateCertificateAccounts
from .withdraw_request_balance import (
    withdraw_request_balance,
    WithdrawRequestBalanceArgs,
    WithdrawRequestBalanceAccounts,
)
