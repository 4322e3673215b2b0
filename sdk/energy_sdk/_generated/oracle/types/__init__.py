import typing
from . import certificate_state
from .certificate_state import CertificateStateKind, CertificateStateJSON
from . import energy_source
from .energy_source import EnergySourceKind, EnergySourceJSON
from . import reading_batch
from .reading_batch import ReadingBatch, ReadingBatchJSON
from . import request_state
from .request_state import RequestStateKind, RequestStateJSON
