"""What /v1/releases takes and gives."""

from marshmallow import Schema

from service.api.contract.fields import integer_field, string_field, string_list_field
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
    reporter = string_field("Who reports, canonical code.", "JPN")
    published_on = string_field("The day from which on it was known.", "2024-02-28", format="date")
    stage = string_field("How final its figures are.", "provisional", enum=["provisional", "revised", "final"])
    state = string_field("Whether it still counts.", "published", enum=["published", "withdrawn"])
    withdrawn_on = string_field(
        "The day from which on it no longer counts. Null while it does.", None, nullable=True, format="date"
    )
    first_period = string_field("The first period that it speaks of.", "2024-01")
    last_period = string_field("The last period that it speaks of.", "2024-01")
    rows = integer_field("How many figures its files held.", 5355)
    files = string_list_field("Its files with the sha256 of their bytes, `name sha256`; none for the demo.", [])
    covers = string_field(
        "Whether it covers every figure of its periods, or a selection of time series.",
        "complete",
        enum=["complete", "selection"],
    )
    unmapped = string_list_field(
        "Codes in its files that the code lists do not have, `dimension code rows value share_pct`: the value in units "
        "of the dataset, and its share of the total in percent, - where there is no total. They count in every total.",
        [],
    )
    parser_version = string_field("The version of the code that read them.", "tidy-1")
    loaded_at = string_field("When it was loaded here, UTC.", "2024-03-01T09:30:00+00:00", format="date-time")
