"""Parameters and rows of /v1/releases."""

from marshmallow import Schema

from service.api.contract.fields import Figure, SeriesKey, integer_field, string_field, string_list_field
from service.api.parameters.common import PresentationParams
from service.api.parameters.types import Text


class OneReleaseParams(PresentationParams):
    """Parameters of /v1/releases/{code}."""


class ReleasesParams(PresentationParams):
    """Parameters of /v1/releases."""

    reporter = Text(metadata={"description": "Only releases of this reporter.", "examples": ["JPN"]})
    dataset = Text(metadata={"description": "Only releases of this dataset.", "examples": ["jpn-pc-m-demo"]})


class ReleaseRow(Schema):
    """One release: a publication of a dataset."""

    release = string_field("Code of the release.", "jpn-pc-m-demo-2024-02-28", required=True)
    dataset = string_field("Code of the dataset.", "jpn-pc-m-demo")
    reporter = string_field("Reporter, canonical code.", "JPN")
    published_on = string_field("Day of publication.", "2024-02-28", format="date")
    stage = string_field("Stage of its figures.", "provisional", enum=["provisional", "revised", "final"])
    state = string_field(
        "State of the release; a withdrawn one is no longer used.", "published", enum=["published", "withdrawn"]
    )
    withdrawn_on = string_field(
        "Day of the withdrawal. Null while the release is in use.", None, nullable=True, format="date"
    )
    first_period = string_field("First period with figures in it.", "2024-01")
    last_period = string_field("Last period with figures in it.", "2024-01")
    rows = integer_field("Number of figures in its files.", 5355)
    files = string_list_field("Its files with the sha256 of their bytes, `name sha256`; none for the demo.", [])
    covers = string_field(
        "Coverage: every figure of its periods, or a selection of time series.",
        "complete",
        enum=["complete", "selection"],
    )
    unmapped = string_list_field(
        "Codes in its files without an entry in the code lists, `dimension code rows value share_pct`: the value in "
        "units of the dataset, and its share of the total in percent, `-` without a total. Totals include them.",
        [],
    )
    parser_version = string_field("Version of the parser that read the files.", "tidy-1")
    loaded_at = string_field("Time of the load, UTC.", "2024-03-01T09:30:00+00:00", format="date-time")


RELEASE_FILE_COLUMNS = (
    *("reporter", "partner", "flow", "commodity", "classification", "frequency", "period", "value", "currency"),
    *("valuation", "quantity", "quantity_unit", "net_weight_kg", "obs_status", "release"),
)
"""Columns of the file of a release."""


class ReleaseFigureRow(Figure, SeriesKey):
    """A figure of a release as it was published; the file of a release has the columns of RELEASE_FILE_COLUMNS."""
