"""Parameters of /sdmx."""

import re
from collections.abc import Mapping
from datetime import date
from typing import Any, ClassVar

from marshmallow import Schema

from service.api.openapi.enums import ENUM_NAME_KEY
from service.api.parameters.types import Boolean, BoundedInteger, CalendarDate, Choice, Text, invalid_value
from service.domain.periods import InvalidPeriodError, parse_calendar_period
from service.resources.sdmx.identifiers import ALL_DIMENSIONS, PRIMARY_MEASURE, TIME_DIMENSION
from service.resources.sdmx.references import REFERENCES

MAX_SERIES_OBSERVATIONS = 100_000
MAX_OFFSET = 100_000
DETAILS = ("full", "dataonly", "serieskeysonly", "nodata")
STRUCTURE_DETAILS = (
    *("full", "allstubs", "referencestubs", "allcompletestubs", "referencecompletestubs", "referencepartial"),
    "raw",
)
_SDMX_PERIOD_PATTERNS = ((re.compile(r"(\d{4})-M(\d{2})"), r"\1-\2"), (re.compile(r"(\d{4})-A1"), r"\1"))
_TIME_PATTERN = re.compile(r"(\d{4}-\d{2}-\d{2})T[0-9:.+Z -]*")
_DAY_PATTERN = re.compile(r"(\d{4}-\d{2})-\d{2}")


class TimePeriod(Text):
    """A parameter with an SDMX period, such as `2024`, `2023-Q4` or `2024-01`. A day stands for its month."""

    OPENAPI_SCHEMA: ClassVar[dict[str, Any]] = {"minLength": 4, "maxLength": 10}

    def _deserialize(self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **kwargs: Any) -> Any:
        text = super()._deserialize(value, attr, data, **kwargs).upper()
        for pattern, replacement in _SDMX_PERIOD_PATTERNS:
            text = pattern.sub(replacement, text)
        reason = "a period has the form 2024, 2023-Q4, 2024-01 or 2024-01-31"
        try:
            if _DAY_PATTERN.fullmatch(text):
                date.fromisoformat(text)
            return parse_calendar_period(_DAY_PATTERN.sub(r"\1", text))
        except InvalidPeriodError as error:
            raise invalid_value(reason, *([error.suggestion] if error.suggestion else [])) from error
        except ValueError as error:
            raise invalid_value(f"there is no such day; {reason}", text[:7]) from error


class AsOfDate(CalendarDate):
    """A parameter with a day, such as 2024-02-28, or with a time, of which only the day is used."""

    OPENAPI_SCHEMA: ClassVar[dict[str, Any]] = {"minLength": 10, "maxLength": 35}

    def _deserialize(self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **kwargs: Any) -> Any:
        return super()._deserialize(_TIME_PATTERN.sub(r"\1", str(value).strip()), attr, data, **kwargs)


class StructureParams(Schema):
    """Parameters of structure messages."""

    references = Choice(
        REFERENCES,
        load_default="none",
        metadata={
            "default": "none",
            ENUM_NAME_KEY: "SdmxReferences",
            "description": "Referenced artefacts to include: `none`; `children`, the structure of a dataflow, or the "
            "code lists and concepts of a structure; `descendants` both; `parents`, `ancestors` the artefacts that "
            "reference it; `all` all of them; the type of an artefact, that type alone.",
            "examples": ["descendants"],
        },
    )
    structure_detail = Choice(
        STRUCTURE_DETAILS,
        data_key="detail",
        load_default="full",
        metadata={
            "default": "full",
            ENUM_NAME_KEY: "SdmxStructureDetail",
            "description": "Amount of information. Artefacts always come in full, which every value allows.",
            "examples": ["full"],
        },
    )
    as_of = AsOfDate(
        data_key="asOf",
        metadata={"description": "A day; artefacts are those of today.", "examples": ["2024-02-28"]},
    )


class DataParams(Schema):
    """Parameters of data messages."""

    start = TimePeriod(
        data_key="startPeriod",
        metadata={
            "description": "First period, inclusive; by default the first published one.",
            "example": "2024-01",
        },
    )
    end = TimePeriod(
        data_key="endPeriod",
        metadata={
            "description": "Last period, inclusive; by default the last published one.",
            "examples": ["2024-01"],
        },
    )
    detail = Choice(
        DETAILS,
        load_default="full",
        metadata={
            "default": "full",
            ENUM_NAME_KEY: "SdmxDetail",
            "description": "`full`; `dataonly` without attributes; `nodata` series with attributes and without "
            "observations; `serieskeysonly` series alone. SDMX-CSV has full rows only.",
            "examples": ["full"],
        },
    )
    flat = Choice(
        (TIME_DIMENSION, ALL_DIMENSIONS),
        data_key="dimensionAtObservation",
        load_default=TIME_DIMENSION,
        metadata={
            "default": TIME_DIMENSION,
            ENUM_NAME_KEY: "SdmxDimensionAtObservation",
            "description": f"`{TIME_DIMENSION}` groups observations into series, `{ALL_DIMENSIONS}` does not.",
            "examples": [TIME_DIMENSION],
        },
    )
    first_count = BoundedInteger(
        min_value=1,
        max_value=MAX_SERIES_OBSERVATIONS,
        data_key="firstNObservations",
        metadata={"description": "Number of observations from the start of each series.", "example": 1},
    )
    last_count = BoundedInteger(
        min_value=1,
        max_value=MAX_SERIES_OBSERVATIONS,
        data_key="lastNObservations",
        metadata={"description": "Number of observations up to the end of each series.", "examples": [1]},
    )
    update_day = AsOfDate(
        data_key="updatedAfter",
        metadata={
            "description": "Only observations of releases that were loaded on this day or later.",
            "examples": ["2024-02-28"],
        },
    )
    include_history = Boolean(
        data_key="includeHistory",
        load_default=False,
        metadata={
            "default": False,
            "description": "`true` returns a data set for each day of a release, with its validity.",
            "examples": [False],
        },
    )
    as_of = AsOfDate(
        metadata={
            "description": "Extension of the standard: figures as known on this day; by default as known today.",
            "examples": ["2024-02-28"],
        }
    )


class AvailabilityParams(Schema):
    """Parameters of availability in SDMX REST 1.5."""

    start = TimePeriod(data_key="startPeriod")
    end = TimePeriod(data_key="endPeriod")
    update_day = AsOfDate(data_key="updatedAfter")
    references = Choice(
        ("none", "all", "datastructure", "conceptscheme", "codelist", "dataflow", "children", "descendants"),
        load_default="none",
    )
    mode = Choice(("exact", "available"), load_default="exact")


class Version3AvailabilityParams(AvailabilityParams):
    """Parameters of availability in SDMX REST 2.2."""

    as_of = AsOfDate(data_key="asOf")


class Version3DataParams(DataParams):
    """Parameters of data in SDMX REST 2.2."""

    flat = Choice((TIME_DIMENSION, ALL_DIMENSIONS), data_key="dimensionAtObservation", load_default=TIME_DIMENSION)
    as_of_day = AsOfDate(data_key="asOf")
    attributes = Choice(("dsd", "all", "msd", "none"), load_default="dsd")
    measures = Choice(("all", PRIMARY_MEASURE, "none"), load_default="all")
    offset = BoundedInteger(min_value=0, max_value=MAX_OFFSET, load_default=0)
    limit = BoundedInteger(min_value=1, max_value=MAX_OFFSET, load_default=None)
    reporting_year_start = Text(data_key="reportingYearStartDay", load_default=None)
