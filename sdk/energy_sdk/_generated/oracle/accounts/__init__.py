from .certificate import Certificate, CertificateJSON
from .feed import Feed, FeedJSON
from .meter_slot import MeterSlot, MeterSlotJSON
from .operator import Operator, OperatorJSON
from .oracle import Oracle, OracleJSON
from .request import Request, RequestJSON
from .request_balance import RequestBalance, RequestBalanceJSON
