"""Rendering of results as HTTP responses."""

from collections.abc import Mapping
from itertools import starmap
from typing import Any

from flask import Response, request
from sqlalchemy.exc import TimeoutError as PoolTimeout

from service.api.contract.formats import BARE_ROW_FORMATS, CHART_FORMATS, CONTENT_TYPES, encode_json
from service.api.database.context import Context
from service.api.responses.resource import Result
from service.api.responses.table_resource import ExportResult
from service.api.serialization.row_structs import struct_factory

LICENCE_NOTE = "The terms of use of the named sources apply; name them where the figures are used."


def render_result(context: Context, result: Result | ExportResult, format_name: str) -> Response:
    """Return the HTTP response for a result in the format `format_name`.

    The response to an `ExportResult` reads its rows from the database while it is sent.

    :raises DataChanged: the rows of an `ExportResult` are no longer of the state of the data at which it was planned.
    """
    if isinstance(result, ExportResult):
        return _render_stream(context, result, format_name)
    if format_name in CHART_FORMATS:
        return _render_chart(context, result, format_name)
    response = _render_rows(result, format_name)
    if result.next_url:
        response.headers["Link"] = f'<{result.next_url}>; rel="next"'
    return response


def json_response(body: Mapping[str, Any]) -> Response:
    """Return a response with `body` as JSON; decimals become numbers with all their digits."""
    return Response(encode_json(body), content_type=CONTENT_TYPES["json"])


def _render_rows(result: Result, format_name: str) -> Response:
    if format_name in BARE_ROW_FORMATS:
        # To import Arrow takes a third of a second and 50 MB, which a worker that only sends JSON is spared.
        from service.api.exports import arrow_schema, file_response, record_batches  # noqa: PLC0415

        schema = arrow_schema.arrow_schema(
            result.row_schema, result.column_names, _file_metadata(result.meta, result.self_url)
        )
        return file_response.file_response(format_name, record_batches.batch_rows(result.value_rows(), schema), schema)
    rows = list(starmap(struct_factory(result.row_schema, result.column_names), result.value_rows()))
    return json_response(
        {"data": rows, "meta": result.meta, "links": {"self": result.self_url, "next": result.next_url}}
    )


def _render_chart(context: Context, result: Result, format_name: str) -> Response:
    """Return the chart of a result; its measure, width and theme are query parameters of the request.

    :raises InvalidRequest: the rows are not of one chart.
    """
    from service.api.charts import options, renderer, specification  # noqa: PLC0415 - few requests are for charts

    rows, reporter_code = result.rows(), result.meta["parameters"]["reporter"]
    chart = specification.chart_specification(
        rows,
        result.meta,
        options.ChartOptions.parse_query(request.args),
        reporter_name=context.reference.area_lookup.area_by_code[reporter_code].name,
    )
    body = encode_json(chart) if format_name == "vega-lite" else renderer.render_chart(chart, format_name)
    return Response(body, content_type=CONTENT_TYPES[format_name])


def _render_stream(context: Context, result: ExportResult, format_name: str) -> Response:
    """Return all rows of a query; to HEAD, where no connection for exports is free, the headers without the size."""
    from service.api.exports import file_response  # noqa: PLC0415 - as in _render_rows

    try:
        return _export_response(context, result, format_name)
    except PoolTimeout:
        if request.method == "HEAD":
            return file_response.headers_only_response(format_name)
        raise


def _export_response(context: Context, result: ExportResult, format_name: str) -> Response:
    """Return all rows of a query: complete up to a size, streamed while they are read above it."""
    from service.api.exports import arrow_schema, copy_reader, file_response, record_batches  # noqa: PLC0415

    schema = arrow_schema.arrow_schema(
        result.row_schema, [column.name for column in result.columns], _file_metadata(result.meta, result.self_url)
    )
    context.close()
    reader = copy_reader.CopyReader(
        context.server.export_engine, data_state=result.data_state, copy_hook=context.database.copy_hook()
    )
    context.confirm_state(result.data_state)
    needed = sorted({source for column in result.columns for source in column.source_columns})
    batches = (
        record_batches.build_batch(batch, result.columns, schema) for batch in reader.batches(result.query, needed)
    )
    return file_response.streamed_file_response(format_name, batches, schema, close=reader.close)


def _file_metadata(meta: Mapping[str, Any], url: str) -> dict[str, str]:
    """Return the metadata of a file: the day of its figures, its sources and their terms, and its address."""
    attributions = dict.fromkeys(source["attribution"] for source in meta.get("sources", ()))
    as_of = meta.get("as_of")
    return {
        **({} if as_of is None else {"as_of": str(as_of)}),
        "source": "; ".join(attributions),
        "licence": LICENCE_NOTE,
        "address": url,
    }
