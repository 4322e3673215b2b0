from .certificate import Certificate, CertificateJSON
from .meter_slot import MeterSlot, MeterSlotJSON
from .operator import Operator, OperatorJSON
from .oracle import Oracle, OracleJSON
