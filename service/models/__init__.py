"""Tables: reference data, datasets, releases, observations, exchange rates, measures, indicators, API keys."""

from service.models.api_key import KEY_SCOPES, ApiKey
from service.models.base import Base
from service.models.dataset import Dataset, DataVersion, Release, ReleaseFile, ReleaseSeries, ReleaseUnmapped
from service.models.exchange_rate import ExchangeRate
from service.models.indicator import INDICATOR_KINDS, Indicator, IndicatorFigure
from service.models.measure import MEASURE_CERTAINTIES, MEASURE_KINDS, Measure, MeasureCommodity, MeasurePartner
from service.models.observation import Observation, ObservationHistory, ReleasePeriod
from service.models.reference import (
    AREA_KINDS,
    Area,
    AreaCode,
    AreaMember,
    AreaSuccession,
    Classification,
    Commodity,
    ConcordancePair,
    GroupComposition,
)

metadata = Base.metadata

__all__ = [
    "AREA_KINDS",
    "INDICATOR_KINDS",
    "KEY_SCOPES",
    "MEASURE_CERTAINTIES",
    "MEASURE_KINDS",
    "ApiKey",
    "Area",
    "AreaCode",
    "AreaMember",
    "AreaSuccession",
    "Base",
    "Classification",
    "Commodity",
    "ConcordancePair",
    "DataVersion",
    "Dataset",
    "ExchangeRate",
    "GroupComposition",
    "Indicator",
    "IndicatorFigure",
    "Measure",
    "MeasureCommodity",
    "MeasurePartner",
    "Observation",
    "ObservationHistory",
    "Release",
    "ReleaseFile",
    "ReleasePeriod",
    "ReleaseSeries",
    "ReleaseUnmapped",
    "metadata",
]
