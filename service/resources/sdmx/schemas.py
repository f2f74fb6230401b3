"""Parameters of /sdmx/2.1, and rows of SDMX-CSV."""

import re
from collections.abc import Mapping
from typing import Any, ClassVar

from marshmallow import Schema

from service.api.contract.fields import integer_field, string_field
from service.api.openapi.enums import ENUM_NAME_KEY
from service.api.parameters.types import CalendarDate, Choice, Text, invalid_value
from service.domain.periods import InvalidPeriodError, parse_period
from service.resources.sdmx.identifiers import ALL_DIMENSIONS, TIME_DIMENSION

DETAILS = ("full", "dataonly", "serieskeysonly", "nodata")
REFERENCES = ("none", "children", "descendants", "all")
_SDMX_PERIOD_PATTERNS = ((re.compile(r"(\d{4})-M(\d{2})"), r"\1-\2"), (re.compile(r"(\d{4})-A1"), r"\1"))
_DAY_PATTERN = re.compile(r"(\d{4}-\d{2})-\d{2}")


class TimePeriod(Text):
    """A parameter with an SDMX period: `2024`, `2023-Q4`, `2024-01`, or a day, which stands for its month."""

    OPENAPI_SCHEMA: ClassVar[dict[str, Any]] = {"minLength": 4, "maxLength": 10}

    def _deserialize(self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **kwargs: Any) -> Any:
        text = super()._deserialize(value, attr, data, **kwargs).upper()
        for pattern, replacement in _SDMX_PERIOD_PATTERNS:
            text = pattern.sub(replacement, text)
        try:
            return parse_period(_DAY_PATTERN.sub(r"\1", text))
        except InvalidPeriodError as error:
            reason = "a period has the form 2024, 2023-Q4, 2024-01 or 2024-01-31"
            raise invalid_value(reason, *([error.suggestion] if error.suggestion else [])) from error


class StructureParams(Schema):
    """Parameters of structure messages."""

    references = Choice(
        REFERENCES,
        load_default="none",
        metadata={
            "default": "none",
            ENUM_NAME_KEY: "SdmxReferences",
            "description": "Referenced artefacts to include: `none`; `children`, the structure of a dataflow, or the "
            "code lists and concepts of a structure; `descendants` both; `all` also the dataflows of a structure.",
            "examples": ["descendants"],
        },
    )


class NoParams(Schema):
    """Parameters of messages without referenced artefacts: none."""


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
    as_of = CalendarDate(
        metadata={
            "description": "Extension of the standard: figures as known on this day; by default as known today.",
            "examples": ["2024-02-28"],
        }
    )


class ObservationRow(Schema):
    """A row of SDMX-CSV 1.0."""

    DATAFLOW = string_field("The dataflow, with its agency and version.", "TRADEFLOWS:jpn-pc-m-demo(1.0)")
    FREQ = string_field("Frequency, of CL_FREQ.", "M")
    REPORTER = string_field("Reporter, of CL_AREA.", "JPN")
    FLOW = string_field("The flow, of CL_FLOW.", "X")
    PARTNER = string_field("Partner, of CL_AREA.", "CHN")
    COMMODITY = string_field("Commodity, of the code list of the dataset's classification.", "TOTAL")
    TIME_PERIOD = string_field("The period.", "2024-01")
    OBS_VALUE = integer_field(
        "Value in units of UNIT_MEASURE. Null where missing or suppressed.", 1250314515000, nullable=True
    )
    OBS_STATUS = string_field("Status of the figure, of CL_OBS_STATUS.", "P")
    UNIT_MEASURE = string_field("Currency, ISO 4217.", "JPY")
    UNIT_MULT = string_field("Unit multiplier: exponent of the power of ten of the value's unit.", "0")
