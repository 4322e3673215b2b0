import typing
from . import reading_batch
from .reading_batch import ReadingBatch, ReadingBatchJSON
