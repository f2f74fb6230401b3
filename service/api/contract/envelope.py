"""Schemas of responses in JSON: the envelope around rows, and the problem of an error."""

from functools import cache

from marshmallow import Schema, fields

from service.api.contract.fields import integer_field, schema_example, string_field, string_list_field


class Source(Schema):
    """One source of the figures in a response."""

    dataset = string_field("Code of the dataset.", "jpn-pc-m-demo", required=True)
    attribution = string_field(
        "Attribution that the source requires.", "Source: Trade Statistics of Japan, Ministry of Finance", required=True
    )


class AvailableDataset(Schema):
    """Another dataset that has the requested figures, where the response has none."""

    dataset = string_field("Code of the dataset.", "jpn-pc-m-demo", required=True)
    request = string_field(
        "URL of the request that it answers.", "/v1/flows?dataset=jpn-pc-m-demo&frequency=M&reporter=JPN", required=True
    )


class UnmappedCode(Schema):
    """A code in a source's file that is missing from the source's code lists.

    The service keeps it as an area or a commodity of its own, and counts its figures in totals.
    """

    dataset = string_field("Code of the dataset.", "usa-hs-m", required=True)
    dimension = string_field("Kind of the code: `partner` or `commodity`.", "commodity", required=True)
    code = string_field("Code of the area or the commodity in requests and rows.", "851712", required=True)
    label = string_field("Name in the file of the source; can be empty.", "Telephones", required=True)
    parent = string_field("Code of the commodity above it. Null for a partner.", "8517", nullable=True, required=True)


class Meta(Schema):
    """Metadata of a response."""

    as_of = string_field(
        "Day as of which the figures were known: the requested day, or else that of the newest release. "
        "Null where no data is loaded, and for reference lists.",
        "2024-02-28",
        nullable=True,
        required=True,
    )
    data_version = integer_field("Version of all data in the service; every load increases it.", 17, required=True)
    count = integer_field("Rows in this response.", 1, required=True)
    total = integer_field("Rows over all pages; only with `count=exact`.", 1)
    parameters = fields.Dict(
        keys=fields.String(),
        required=True,
        metadata={"description": "Resolved parameters: canonical codes, and defaults.", "example": {"reporter": "JPN"}},
    )
    sources = fields.List(
        fields.Nested(Source),
        required=True,
        metadata={"description": "Sources of the figures.", "example": [schema_example(Source)]},
    )
    empty_reason = string_field(
        "Reason for a response without rows. `no_trade`: the source publishes all trade of the period, and there was "
        "none of this. `not_published`: no requested period is published yet. `not_covered`: no dataset has these "
        "series; with `as_of`, a later release may have them. Null where there are rows.",
        None,
        nullable=True,
        required=True,
    )
    available_in = fields.Nested(
        AvailableDataset,
        metadata={
            "description": "Another dataset of the reporter that has the figures, where the response has none; "
            "left out otherwise.",
            "example": schema_example(AvailableDataset),
        },
    )
    rca_reason = string_field(
        "Reason for rows of /v1/comparative-advantage with `rca_status` `no_world`: only one reporter has exports by "
        "commodity in this classification. Left out otherwise.",
        "Exports by commodity in JP-PC are loaded for JPN only; the index compares at least two reporters.",
    )
    unmapped = fields.List(
        fields.Nested(UnmappedCode),
        metadata={
            "description": "Unmapped codes that are counted in the requested figures, or in the figures of the year "
            "before: at most 100, the largest first; left out without any. /v1/releases/{code} has their values.",
            "example": [schema_example(UnmappedCode)],
        },
    )


class Links(Schema):
    """URLs of this response and of the next page."""

    self = string_field("URL of this response.", "/v1/flows?reporter=JPN", required=True)
    next = string_field("URL of the next page. Null only on the last page.", None, nullable=True, required=True)


@cache
def envelope(row_schema: type[Schema]) -> type[Schema]:
    """Return the schema of a response with rows of `row_schema`."""
    rows = {"description": "The rows.", "example": [schema_example(row_schema)]}
    return Schema.from_dict(
        {
            "data": fields.List(fields.Nested(row_schema), required=True, metadata=rows),
            "meta": fields.Nested(Meta, required=True, metadata={"description": "Metadata of the response."}),
            "links": fields.Nested(Links, required=True, metadata={"description": "URLs of this page and the next."}),
        },
        name=f"{row_schema.__name__}Page",
    )


class ProblemError(Schema):
    """The error of one parameter."""

    parameter = string_field("Name of the parameter or header; `path` for a misspelt path.", "partnr", required=True)
    value = string_field("Its value in the request, at most 200 characters.", "CHN", required=True)
    reason = string_field("Reason why the value is invalid.", "there is no such parameter", required=True)
    suggestions = string_list_field("Similar valid values; may be empty.", ["partner"], required=True)


class Problem(Schema):
    """An error (RFC 9457)."""

    type = string_field(
        "Stable URL of the problem type, a page that explains it; `about:blank` where the status explains enough.",
        "/problems/invalid-parameter",
        required=True,
    )
    title = string_field("Title of the problem type.", "Invalid parameter", required=True)
    status = integer_field("HTTP status.", 422, required=True)
    detail = string_field(
        "Errors of this request, in sentences.",
        "partnr: there is no such parameter. Did you mean partner?",
        required=True,
    )
    instance = string_field("Path of the request; empty where it could not be parsed.", "/v1/flows", required=True)
    request_id = string_field("ID of the request, as in the access log and in X-Request-ID.", "5f2c9d1e", required=True)
    errors = fields.List(
        fields.Nested(ProblemError),
        required=True,
        metadata={
            "description": "Errors of parameters, one for each invalid value, at most 20; may be empty.",
            "example": [schema_example(ProblemError)],
        },
    )
