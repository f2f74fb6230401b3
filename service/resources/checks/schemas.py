"""The request and the response of /v1/checks."""

from marshmallow import Schema, fields, validate

from service.api.contract.fields import (
    decimal_field,
    float_field,
    integer_field,
    schema_example,
    string_field,
)
from service.api.contract.omitted_fact import OmittedFact
from service.api.parameters.types import CalendarDate, JsonBoolean, Text
from service.resources.checks.verdicts.judge import VERDICTS

MAX_TEXT_BYTES = 20 * 1024
EXAMPLE_TEXT = "In January 2024 Japan's exports to China rose 29.2 percent from a year earlier."


class CheckRequest(Schema):
    """A text to check."""

    text = fields.String(
        required=True,
        validate=validate.Length(min=1, max=MAX_TEXT_BYTES),
        metadata={
            "description": "The text, in English, at most 20 kB in UTF-8. It is neither stored nor logged.",
            "example": EXAMPLE_TEXT,
        },
    )
    published = CalendarDate(
        metadata={
            "description": "Day on which the text was published: its numbers are compared with the figures known by "
            "then. Default: the figures of today.",
            "example": "2024-02-21",
        }
    )
    reporter = Text(
        metadata={
            "description": "Reporter that the text is about where it names none. Default: the reporter that the text "
            "names, or the only one that is loaded.",
            "example": "JPN",
        }
    )
    omitted = JsonBoolean(
        load_default=True,
        metadata={"description": "`false` leaves the facts out that the text omits.", "example": True},
    )


class Span(Schema):
    """The position of a claim in the text."""

    start = integer_field("Position of the first character, from 0.", 46, required=True)
    end = integer_field("Position behind the last character.", 58, required=True)
    quote = string_field("The characters.", "29.2 percent", required=True)


class Dimensions(Schema):
    """The meaning of a number: its measure and the key of its figure."""

    measure = string_field(
        "Measure: a column of /v1/series or /v1/balances, `rank` of /v1/partners, `months_since_as_high` and similar "
        "months back to such a value, balance or growth, `balance_size_change` change of the absolute value of the "
        "balance, or `ratio`, `excess_pct` and `excess` for the comparison with the series `base`. Null where the "
        "claim is not understood.",
        "yoy_pct",
        nullable=True,
        required=True,
    )
    reporter = string_field("Reporter. Null where it is not known.", "JPN", nullable=True, required=True)
    partner = string_field("Partner. Null where it is not known.", "CHN", nullable=True, required=True)
    flow = string_field("`X` or `M`. Null for a balance, or where it is not known.", "X", nullable=True, required=True)
    commodity = string_field("Commodity. Null where it is not known.", "TOTAL", nullable=True, required=True)
    period = string_field("Period. Null where it is not known.", "2024-01", nullable=True, required=True)


class ComparedSeries(Schema):
    """The series that another one is compared with."""

    partner = string_field("Partner.", "KOR", required=True)
    flow = string_field("`X` or `M`. Null for a balance.", "X", nullable=True, required=True)
    commodity = string_field("Commodity.", "TOTAL", required=True)


class ParsedClaim(Dimensions):
    """A number of the text, as the grammar understands it."""

    number = float_field("The printed number, negative for a decline.", 29.2, nullable=False, required=True)
    unit = string_field(
        "`%`, `pp` percentage points, `currency`, `months`, `rank`, or `times` for a multiple.",
        "%",
        required=True,
        enum=["%", "pp", "currency", "months", "rank", "times"],
    )
    magnitude = integer_field("Value of the printed magnitude: 1000000000 for `billion`.", 1, required=True)
    currency = string_field("Printed currency, ISO 4217. Null for none.", None, nullable=True, required=True)
    precision = float_field(
        "Half a unit of the last printed digit, in the unit of `number`.", 0.05, nullable=False, required=True
    )
    qualifier = string_field(
        "`about`, `below` (nearly), `above` (more than) or `under` (less than). Null for none.",
        None,
        nullable=True,
        required=True,
    )

    base = fields.Nested(
        ComparedSeries,
        allow_none=True,
        required=True,
        metadata={
            "description": "The other series of a comparison, as in `twice the exports to Korea`. Null for others.",
            "example": None,
        },
    )


class DimensionSource(Schema):
    """The origin of a dimension of a claim: the words that state it, or a default."""

    field = string_field("The dimension.", "period", required=True)
    origin = fields.String(
        data_key="from",
        required=True,
        metadata={
            "description": "`text` of the sentence, `previous sentence`, `published` (the day of the text) or "
            "`default`.",
            "example": "text",
        },
    )
    words = string_field("The words that state it. Null where none do.", None, nullable=True, required=True)


class Candidate(Dimensions):
    """Another reading of a claim, with its figure."""

    figure = decimal_field("The figure of this reading. Null where it is not known.", 11.9406)
    link = string_field(
        "URL of the request that returns the figure.", "/v1/series?reporter=JPN&partner=WLD&flow=X&period=2024-01"
    )


class CheckRow(Schema):
    """A number of the text, and the verdict on it."""

    span = fields.Nested(Span, required=True, metadata={"description": "Position of the claim in the text."})
    sentence = integer_field("Number of the sentence, from 1.", 1, required=True)
    parsed = fields.Nested(ParsedClaim, required=True, metadata={"description": "The claim as it is understood."})
    reading = string_field(
        "The meaning in words. Null where the claim is not understood.",
        "exports to China, growth from a year earlier, 2024-01",
        nullable=True,
        required=True,
    )
    dimension_sources = fields.List(
        fields.Nested(DimensionSource),
        data_key="read_from",
        required=True,
        metadata={
            "description": "Origin of the dimensions.",
            "example": [{"field": "period", "from": "text", "words": None}],
        },
    )
    figure = decimal_field(
        "The figure: percent, percentage points, months, a rank, or units of the currency. Null where there is none.",
        29.2195,
    )
    interval = fields.List(
        fields.Float(),
        required=True,
        allow_none=True,
        metadata={
            "description": "Numbers that round to the printed one, in the unit of `figure`. Null where the claim is "
            "not understood.",
            "example": [29.15, 29.25],
        },
    )
    difference = decimal_field("`figure` minus the printed number. Null where there is no figure.", 0.0195)
    exchange_rate = decimal_field(
        "Units of the printed currency for one of the converted one. Null for an amount in the reported currency.",
        None,
    )
    exchange_rate_basis = string_field(
        "Basis of the rate that fits best: a day, `average of 2024-01` or `end of 2024-01`. Null without a rate.",
        None,
        nullable=True,
    )
    verdict = string_field(
        "`holds`, `near` (explained by one change), `off` (right sign and size), `contradicted` (every reading "
        "disagrees), or `cannot_be_checked`.",
        "holds",
        required=True,
        enum=list(VERDICTS),
    )
    reason = string_field(
        "Reason for the verdict. For `holds`: `first_release_after`, nothing was published by the day of the text. For "
        "`near`: `later_release`, `base_revised`, `truncated`, `other_rate`, `other_valuation`, `within_revision`. For "
        "`cannot_be_checked`: `forecast`, `opinion`, `not_covered`, `not_published_by_then`, `ambiguous`, "
        "`unit_unknown`, `not_enough_history` (a record, and the loaded months do not reach back to the last one), "
        "`other_direction` (the amount is right, its rise or fall is not), "
        "`seasonally_adjusted_not_loaded`. Null where there is none.",
        None,
        nullable=True,
        required=True,
    )
    as_of = string_field(
        "Day as of which the figure was known. Null for today.", "2024-02-28", nullable=True, format="date"
    )
    release = string_field(
        "Release of the figure. Null where there is none.", "jpn-pc-m-demo-2024-02-28", nullable=True
    )
    newest_figure = fields.Float(
        data_key="since_revised",
        allow_none=True,
        metadata={"description": "The figure as it is known today. Null where it did not change.", "example": None},
    )
    candidates = fields.List(
        fields.Nested(Candidate),
        required=True,
        metadata={"description": "Other readings, each with its figure.", "example": []},
    )
    link = string_field(
        "URL of the request that returns the figure. Null where there is none.",
        "/v1/series?reporter=JPN&partner=CHN&flow=X&period=2024-01",
        nullable=True,
    )


class CheckMeta(Schema):
    """Metadata of a check."""

    grammar = string_field("Version of the grammar.", "1", required=True)
    published = string_field(
        "Day of the text. Null where the request names none.", "2024-02-21", nullable=True, required=True, format="date"
    )
    reporter = string_field("Reporter of the text. Null where there is none.", "JPN", nullable=True, required=True)
    data_version = integer_field("Version of all data in the service.", 17, required=True)
    count = integer_field("Number of claims, at most 200.", 1, required=True)


class CheckResponse(Schema):
    """The claims of a text with their verdicts."""

    data = fields.List(
        fields.Nested(CheckRow),
        required=True,
        metadata={"description": "The claims in the order of the text.", "example": []},
    )
    omitted = fields.List(
        fields.Nested(OmittedFact),
        required=True,
        metadata={
            "description": "Facts beside the first growth rate that the text leaves out.",
            "example": [schema_example(OmittedFact)],
        },
    )
    meta = fields.Nested(CheckMeta, required=True, metadata={"description": "Metadata of the response."})
