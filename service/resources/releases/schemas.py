"""What /v1/releases takes and gives."""

from marshmallow import Schema

from service.api.contract.fields import text, texts, whole
from service.api.parameters.common import AnswerParams
from service.api.parameters.types import Text


class OneReleaseParams(AnswerParams):
    """Parameters of /v1/releases/{code}."""


class ReleasesParams(AnswerParams):
    """Parameters of /v1/releases."""

    reporter = Text(metadata={"description": "Only releases of this reporter.", "examples": ["JPN"]})
    dataset = Text(metadata={"description": "Only releases of this dataset.", "examples": ["jpn-pc-m-demo"]})


class ReleaseRow(Schema):
    """One release: a publication of a dataset."""

    release = text("Code of the release.", "jpn-pc-m-demo-2024-02-28", required=True)
    dataset = text("Code of the dataset.", "jpn-pc-m-demo")
    reporter = text("Who reports, canonical code.", "JPN")
    published_on = text("The day from which on it was known.", "2024-02-28", format="date")
    stage = text("How final its figures are.", "provisional", enum=["provisional", "revised", "final"])
    state = text("Whether it still counts.", "published", enum=["published", "withdrawn"])
    withdrawn_on = text(
        "The day from which on it no longer counts. Null while it does.", None, nullable=True, format="date"
    )
    first_period = text("The first period that it speaks of.", "2024-01")
    last_period = text("The last period that it speaks of.", "2024-01")
    rows = whole("How many figures its files held.", 5355)
    files = texts("Its files with the sha256 of their bytes, `name sha256`; none for the demo.", [])
    parser_version = text("The version of the code that read them.", "tidy-1")
    loaded_at = text("When it was loaded here, UTC.", "2024-03-01T09:30:00+00:00", format="date-time")
