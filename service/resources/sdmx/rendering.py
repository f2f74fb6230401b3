"""Rendering of SDMX data and structures as messages."""

from flask import Response

from service.api.database.context import Context
from service.resources.sdmx.media_types import DATA_FORMATS, LABELS_SUFFIX, STRUCTURE_FORMATS
from service.resources.sdmx.messages.data_message import data_message
from service.resources.sdmx.messages.json_message import json_message
from service.resources.sdmx.messages.structure_message import structure_message
from service.resources.sdmx.service import SdmxData, SdmxStructure


def render_data(_context: Context, data: SdmxData, format_name: str) -> Response:
    """Return observations as an SDMX-ML, SDMX-CSV or SDMX-JSON message."""
    format_name, suffix, _ = format_name.partition(LABELS_SUFFIX)
    has_labels = bool(suffix)
    message = (
        json_message(data, format_name)
        if format_name.startswith("json")
        else data_message(data, format_name, labels=has_labels)
    )
    content_type = DATA_FORMATS[format_name].media_type
    return Response(message, content_type=f"{content_type};labels=both" if has_labels else content_type)


def render_structure(_context: Context, structure: SdmxStructure, format_name: str) -> Response:
    """Return artefacts as an SDMX structure message."""
    message = structure_message(
        structure.reference,
        list(structure.datasets),
        structure.codelists,
        artefact_types=frozenset(structure.artefact_types),
        codelist_ids=frozenset(structure.codelist_ids),
        format_name=format_name,
        constraints=structure.constraints,
    )
    return Response(message, content_type=STRUCTURE_FORMATS[format_name].media_type)
