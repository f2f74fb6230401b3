"""The envelope around rows, and the problem that comes in its place."""

from functools import cache

from marshmallow import Schema, fields

from service.api.contract.fields import integer_field, schema_example, string_field, string_list_field


class Source(Schema):
    """Where figures come from."""

    dataset = string_field("Code of the dataset.", "jpn-pc-m-demo", required=True)
    attribution = string_field(
        "How the source wants to be named.", "Source: Trade Statistics of Japan, Ministry of Finance", required=True
    )


class Meta(Schema):
    """What an answer is about."""

    as_of = string_field(
        "The day whose knowledge the answer gives: the one asked for, or that of the newest release. "
        "Null where nothing is loaded, and for lists of reference.",
        "2024-02-28",
        nullable=True,
        required=True,
    )
    data_version = integer_field("Version of all data in the service; it moves with every load.", 17, required=True)
    count = integer_field("Rows in this answer.", 1, required=True)
    total = integer_field("Rows over all pages; only with `count=exact`.", 1)
    parameters = fields.Dict(
        keys=fields.String(),
        required=True,
        metadata={"description": "The parameters as they were understood.", "example": {"reporter": "JPN"}},
    )
    sources = fields.List(
        fields.Nested(Source),
        required=True,
        metadata={"description": "Where the figures come from.", "example": [schema_example(Source)]},
    )
    empty_reason = string_field(
        "Why there are no rows: `no_trade`, `not_published`, `not_covered` or `suppressed`. Null where there are some.",
        None,
        nullable=True,
        required=True,
    )


class Links(Schema):
    """Addresses of this answer and of the next page."""

    self = string_field("Address of this answer.", "/v1/flows?reporter=JPN", required=True)
    next = string_field(
        "Address of the next page. Null on the last page and only there.", None, nullable=True, required=True
    )


@cache
def envelope(row_schema: type[Schema]) -> type[Schema]:
    """Return the schema of an answer with rows of `row`."""
    rows = {"description": "The rows.", "example": [schema_example(row_schema)]}
    return Schema.from_dict(
        {
            "data": fields.List(fields.Nested(row_schema), required=True, metadata=rows),
            "meta": fields.Nested(Meta, required=True, metadata={"description": "What the answer is about."}),
            "links": fields.Nested(Links, required=True, metadata={"description": "Where to go on."}),
        },
        name=f"{row_schema.__name__}Page",
    )


class ProblemFault(Schema):
    """What is wrong with one parameter."""

    parameter = string_field("The parameter, or the header.", "partnr", required=True)
    value = string_field("Its value as it came, its first 200 characters.", "CHN", required=True)
    reason = string_field("Why it is not right.", "there is no such parameter", required=True)
    suggestions = string_list_field("What was likely meant; may be empty.", ["partner"], required=True)


class Problem(Schema):
    """An error (RFC 9457)."""

    type = string_field(
        "Stable address of the type of problem, a page that explains it; `about:blank` where the status says it all.",
        "/problems/invalid-parameter",
        required=True,
    )
    title = string_field("What kind of problem it is.", "A parameter is not right", required=True)
    status = integer_field("HTTP status.", 422, required=True)
    detail = string_field("What is wrong with this request.", "partnr: there is no such parameter", required=True)
    instance = string_field("Path of the request; empty where it could not be read.", "/v1/flows", required=True)
    request_id = string_field(
        "Number of the request, as in the service's log and in X-Request-ID.", "5f2c9d1e", required=True
    )
    errors = fields.List(
        fields.Nested(ProblemFault),
        required=True,
        metadata={
            "description": "One for each parameter that is wrong; may be empty.",
            "example": [schema_example(ProblemFault)],
        },
    )
