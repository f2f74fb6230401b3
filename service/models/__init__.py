"""Tables: reference data, datasets with their releases, and observations."""

from service.models.base import Base
from service.models.dataset import Dataset, DataVersion, Release, ReleaseFile
from service.models.exchange_rate import ExchangeRate
from service.models.observation import FLOWS, Observation, ObservationHistory, ReleasePeriod
from service.models.reference import Area, AreaCode, AreaMember, Classification, Commodity

metadata = Base.metadata

__all__ = [
    "FLOWS",
    "Area",
    "AreaCode",
    "AreaMember",
    "Base",
    "Classification",
    "Commodity",
    "DataVersion",
    "Dataset",
    "ExchangeRate",
    "Observation",
    "ObservationHistory",
    "Release",
    "ReleaseFile",
    "ReleasePeriod",
    "metadata",
]
