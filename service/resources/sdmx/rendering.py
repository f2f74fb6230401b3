"""Rendering of SDMX data and structures as messages."""

from flask import Response

from service.api.database.context import Context
from service.api.exports import arrow_schema, file_response, record_batches
from service.errors import InvalidRequest, ParameterError
from service.resources.sdmx.data_message import data_message
from service.resources.sdmx.identifiers import AGENCY, UNIT_MULTIPLIER, VERSION
from service.resources.sdmx.media_types import DATA_FORMATS, STRUCTURE_FORMATS
from service.resources.sdmx.schemas import ObservationRow
from service.resources.sdmx.service import SdmxData, SdmxStructure
from service.resources.sdmx.structure_message import structure_message


def render_data(_context: Context, data: SdmxData, format_name: str) -> Response:
    """Return observations as an SDMX-ML or SDMX-CSV message."""
    if format_name == "csv":
        return _csv_message(data)
    message = data_message(
        data.reference,
        data.dataset,
        data.codelists,
        list(data.observations),
        structure_specific=format_name == "specific",
        detail=data.detail,
        flat=data.is_flat,
    )
    return Response(message, content_type=DATA_FORMATS[format_name].media_type)


def render_structure(_context: Context, structure: SdmxStructure, format_name: str) -> Response:
    """Return artefacts as an SDMX-ML structure message."""
    message = structure_message(
        structure.reference,
        list(structure.datasets),
        structure.codelists,
        artefact_types=frozenset(structure.artefact_types),
        codelist_ids=frozenset(structure.codelist_ids),
    )
    return Response(message, content_type=STRUCTURE_FORMATS[format_name].media_type)


def _csv_message(data: SdmxData) -> Response:
    if data.detail != "full":
        raise InvalidRequest(ParameterError("detail", data.detail, "SDMX-CSV has full rows only", ["full"]))
    dataset = data.dataset
    dataflow = f"{AGENCY}:{dataset.code}({VERSION})"
    rows = (
        (dataflow, *each.series, each.period, each.value, each.status, dataset.currency, UNIT_MULTIPLIER)
        for each in data.observations
    )
    schema = arrow_schema.arrow_schema(ObservationRow, list(ObservationRow._declared_fields))
    response = file_response.file_response("csv", record_batches.batch_rows(rows, schema), schema)
    response.content_type = DATA_FORMATS["csv"].media_type
    return response
