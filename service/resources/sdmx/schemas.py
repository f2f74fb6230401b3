"""What /sdmx/2.1 takes and gives."""

import re
from collections.abc import Mapping
from typing import Any, ClassVar

from marshmallow import Schema

from service.api.contract.fields import text, whole
from service.api.openapi.enums import NAME
from service.api.parameters.types import Choice, Day, Text, wrong
from service.domain.periods import NotAPeriodError, parse_period
from service.resources.sdmx.identifiers import FLAT, TIME

DETAILS = ("full", "dataonly", "serieskeysonly", "nodata")
REFERENCES = ("none", "children", "descendants", "all")
_OTHER_FORMS = ((re.compile(r"(\d{4})-M(\d{2})"), r"\1-\2"), (re.compile(r"(\d{4})-A1"), r"\1"))
_DAY = re.compile(r"(\d{4}-\d{2})-\d{2}")


class TimePeriod(Text):
    """A period as SDMX writes it: `2024`, `2023-Q4`, `2024-01`, or a day, which means its month."""

    FORM: ClassVar[dict[str, Any]] = {"minLength": 4, "maxLength": 10}

    def _deserialize(self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **kwargs: Any) -> Any:
        written = super()._deserialize(value, attr, data, **kwargs).upper()
        for form, ours in _OTHER_FORMS:
            written = form.sub(ours, written)
        try:
            return parse_period(_DAY.sub(r"\1", written))
        except NotAPeriodError as error:
            reason = "a period reads 2024, 2023-Q4, 2024-01 or 2024-01-31"
            raise wrong(reason, *([error.suggestion] if error.suggestion else [])) from error


class StructureParams(Schema):
    """Parameters of messages about structure."""

    references = Choice(
        REFERENCES,
        load_default="none",
        metadata={
            "default": "none",
            NAME: "SdmxReferences",
            "description": "What comes along: `none`; `children`, the structure of a dataflow, or the code lists and "
            "concepts of a structure; `descendants` both; `all` the dataflows of a structure too.",
            "examples": ["descendants"],
        },
    )


class NoParams(Schema):
    """Parameters of messages that hold what they are asked for alone: none."""


class DataParams(Schema):
    """Parameters of messages with data."""

    start = TimePeriod(
        data_key="startPeriod",
        metadata={
            "description": "First period, inclusive; the first published where left out.",
            "example": "2024-01",
        },
    )
    end = TimePeriod(
        data_key="endPeriod",
        metadata={"description": "Last period, inclusive; the last published where left out.", "examples": ["2024-01"]},
    )
    detail = Choice(
        DETAILS,
        load_default="full",
        metadata={
            "default": "full",
            NAME: "SdmxDetail",
            "description": "`full`; `dataonly` without attributes; `nodata` series with attributes and without "
            "observations; `serieskeysonly` series alone. SDMX-CSV has full rows only.",
            "examples": ["full"],
        },
    )
    flat = Choice(
        (TIME, FLAT),
        data_key="dimensionAtObservation",
        load_default=TIME,
        metadata={
            "default": TIME,
            NAME: "SdmxDimensionAtObservation",
            "description": f"`{TIME}` groups observations into series, `{FLAT}` does not.",
            "examples": [TIME],
        },
    )
    as_of = Day(
        metadata={
            "description": "Not of the standard: figures as known on this day; as known today where left out.",
            "examples": ["2024-02-28"],
        }
    )


class ObservationRow(Schema):
    """A row of SDMX-CSV 1.0."""

    DATAFLOW = text("The dataflow, with its agency and version.", "TRADEFLOWS:jpn-pc-m-demo(1.0)")
    FREQ = text("Frequency, of CL_FREQ.", "M")
    REPORTER = text("Who reports, of CL_AREA.", "JPN")
    FLOW = text("The flow, of CL_FLOW.", "X")
    PARTNER = text("With whom, of CL_AREA.", "CHN")
    COMMODITY = text("In what, of the list of the dataset's classification.", "TOTAL")
    TIME_PERIOD = text("The period.", "2024-01")
    OBS_VALUE = whole("Value in units of UNIT_MEASURE. Null where missing or suppressed.", 1250314515000, nullable=True)
    OBS_STATUS = text("Status of the figure, of CL_OBS_STATUS.", "P")
    UNIT_MEASURE = text("Currency, ISO 4217.", "JPY")
    UNIT_MULT = text("Power of ten that the value is to be multiplied by.", "0")
